//! Who may come in: a file as OpenSSH's `authorized_keys` has it, a key a line. The comment is the guest's name; `read-only` before the key makes
//! somebody who looks on.

use russh::keys::{Algorithm, PublicKey};

use super::SshError;
use crate::debate::Clean;

/// Most bytes of the file.
pub const FILE_MAX: u64 = 1 << 20;

/// Somebody who may come in.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Their key.
    pub key: PublicKey,
    /// What the file calls them.
    pub name: Clean,
    /// They look on.
    pub reads_only: bool,
}

/// Reads the file. An option that would have to be obeyed and isn't known here is refused: to pass over it would let in more than the line says.
pub fn read(text: &str) -> Result<Vec<Guest>, SshError> {
    let mut guests: Vec<Guest> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |what: String| SshError::Guests { line: n + 1, what };
        let (options, key) = match line.split_once(char::is_whitespace) {
            Some((first, rest)) if !is_key_type(first) => (first, rest.trim_start()),
            _ => ("", line),
        };
        let mut reads_only = false;
        for option in options.split(',').filter(|option| !option.is_empty()) {
            match option {
                "read-only" => reads_only = true,
                // Nothing that it takes away is given here.
                "restrict" => {}
                _ => return Err(fault(format!("has the option “{}”, which is not known here; there is `read-only`", Clean::line(option)))),
            }
        }
        let key: PublicKey =
            key.parse().map_err(|_| fault("is no public key: it takes TYPE KEY NAME, as in the .pub file of a key".to_owned()))?;
        if !is_taken(&key.algorithm()) {
            return Err(fault(format!(
                "is a key of the kind {}; taken are ssh-ed25519 and ecdsa (ssh-keygen -t ed25519)",
                key.algorithm()
            )));
        }
        let name = Clean::line(&String::from_utf8_lossy(key.comment().as_bytes()));
        if guests.iter().any(|guest| guest.key.key_data() == key.key_data()) {
            return Err(fault("has the same key as a line above it".to_owned()));
        }
        guests.push(Guest { key, name, reads_only });
    }
    Ok(guests)
}

/// Whose key it is.
pub fn whose<'a>(guests: &'a [Guest], key: &PublicKey) -> Option<&'a Guest> {
    guests.iter().find(|guest| guest.key.key_data() == key.key_data())
}

fn is_taken(algorithm: &Algorithm) -> bool {
    matches!(algorithm, Algorithm::Ed25519 | Algorithm::Ecdsa { .. })
}

fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"].iter().any(|begin| word.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARA: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";

    #[test]
    fn a_line_is_a_guest_with_a_name_who_may_be_there_to_look_on() {
        let text = format!("# friends\n\n{MARA} Mara at home\n");
        let guests = read(&text).unwrap();
        assert_eq!((guests.len(), guests[0].name.as_str(), guests[0].reads_only), (1, "Mara at home", false));
        let looks_on = read(&format!("read-only,restrict {MARA} mara@x")).unwrap();
        assert!(looks_on[0].reads_only && looks_on[0].name.as_str() == "mara@x");
        assert!(whose(&guests, &looks_on[0].key).is_some());
    }

    #[test]
    fn a_line_that_can_t_be_obeyed_lets_nobody_in() {
        for (text, word) in [
            (format!("from=\"10.0.0.1\" {MARA} mara"), "from="),
            (format!("cert-authority {MARA} ca"), "cert-authority"),
            ("ssh-ed25519 rubbish mara".to_owned(), "no public key"),
            ("hello".to_owned(), "no public key"),
            (format!("{MARA} a\n{MARA} b"), "same key"),
        ] {
            let fault = read(&text).unwrap_err().to_string();
            assert!(fault.contains(word), "{text}: {fault}");
        }
    }
}
