//! The options of `agon host` and `agon join`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, ValueHint};

use crate::cli::args::{DebateArgs, ScreenArgs};

const HOST_NOTES: &str = "\
Who may come in is a file with a public key a line, the name behind it:
  cat mara.pub >> ~/.config/agon/guests       (ssh-ed25519 AAAA… Mara)
  read-only ssh-ed25519 AAAA… Ben             Ben looks on

Guests come in with agon join HOST, or with any ssh: ssh -p 2222 HOST";

const JOIN_NOTES: &str = "\
The host has to have your public key (~/.ssh/id_ed25519.pub) in its file of guests.";

#[derive(Args, Debug)]
#[cfg_attr(not(feature = "host"), allow(dead_code))]
#[command(after_help = HOST_NOTES)]
pub struct HostArgs {
    /// The question that is argued, or a session to go on with (its id, the beginning of it, its name, or `last`)
    #[arg(value_name = "TOPIC|SESSION", required_unless_present = "fingerprint")]
    pub what: Option<String>,
    /// Where to listen; 0.0.0.0:2222 lets other machines in
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:2222", help_heading = "Guests")]
    pub listen: SocketAddr,
    /// Who may come in: a file of public keys, the name behind each [default: guests in the folder of the settings]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Guests")]
    pub guests: Option<PathBuf>,
    /// This guest looks on and says nothing (repeatable)
    #[arg(long, value_name = "NAME", help_heading = "Guests")]
    pub read_only: Vec<String>,
    /// What guests call this machine; it is told in the line they are to type
    #[arg(long, value_name = "HOSTNAME", help_heading = "Guests")]
    pub name: Option<String>,
    /// Print the fingerprint of this host's key, and that is all
    #[arg(long, help_heading = "Guests")]
    pub fingerprint: bool,
    #[command(flatten)]
    pub debate: DebateArgs,
    #[command(flatten)]
    pub screen: ScreenArgs,
}

#[derive(Args, Debug)]
#[cfg_attr(not(feature = "host"), allow(dead_code))]
#[command(after_help = JOIN_NOTES)]
pub struct JoinArgs {
    /// Where to, as ssh has it; port 2222 where none is said
    #[arg(value_name = "[NAME@]HOST[:PORT]", value_hint = ValueHint::Hostname)]
    pub to: String,
    /// A key of your own; without it those of the agent, then ~/.ssh/id_ed25519 and ~/.ssh/id_ecdsa
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
}
