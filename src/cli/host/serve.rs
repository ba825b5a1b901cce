//! `agon host`: the room on the host's own screen, and a door for guests.

use std::{io::IsTerminal, net::TcpListener, path::Path};

use super::{args::HostArgs, door::Open};
use crate::{
    cli::{
        args::OpenArgs,
        context::Context,
        report::{Done, Report, print, say},
        screen::{self, Shared},
    },
    debate::{Clean, look},
    room::shared,
    script::voices,
    ssh::{
        fingerprint,
        guests::{self, FILE_MAX, Guest},
        host_key,
    },
};

/// `agon host`.
pub fn host(context: &Context, args: &HostArgs) -> Done {
    let key = host_key::of(&context.paths.state.join("host_key"))?;
    let known_by = fingerprint(key.public_key());
    if args.fingerprint {
        return print(format_args!("{known_by}\n")).map(drop);
    }
    let Some(what) = args.what.as_deref() else { return Err(Report::usage("a room needs a question, or a session to go on with")) };
    if !std::io::stdout().is_terminal() {
        return Err(Report::failed("standard output is no terminal, so there is no room that guests could come into")
            .hint("agon run has a debate without a screen"));
    }
    let guests = who_may_come(context, args)?;
    let listener = listen(args)?;
    let place = args.name.clone().unwrap_or_else(|| args.listen.ip().to_string());
    let port = listener.local_addr()?.port();
    let notice = format!("guests come in with: ssh -p {port} {place}   (this host is {known_by})");
    let share: screen::Share<'_> = Box::new(move |runtime, room, debate| {
        let guard = runtime.enter();
        let (room, door) = shared::share(room, debate.clone());
        drop(guard);
        let open = Open::to(listener, key, guests, door.clone())?;
        Ok(Shared { room, door, notice: Clean::line(&notice).to_string(), open: Box::new(open) })
    });
    match session(context, what) {
        Some(session) => {
            let open = OpenArgs {
                session,
                at: None,
                model: args.debate.model.clone(),
                base_url: args.debate.base_url.clone(),
                budget: args.debate.budget.clone(),
                engine: args.debate.engine.clone(),
                screen: args.screen.clone(),
            };
            screen::open_to(context, &open, Some(share))
        }
        None => screen::begin_for(context, what, &args.debate, &args.screen, Some(share)).map(drop),
    }
}

/// The session of that name; a question has blanks, and is none.
fn session(context: &Context, what: &str) -> Option<String> {
    if what.contains(char::is_whitespace) {
        return None;
    }
    context.archive().ok()?.find(what).ok().map(|found| found.id.to_string())
}

fn listen(args: &HostArgs) -> Result<TcpListener, Report> {
    let failed = |e: std::io::Error| {
        Report::failed(format_args!("{} can't be listened on: {e}", args.listen))
            .hint("--listen ADDR:PORT takes another, such as 127.0.0.1:2022")
    };
    let listener = TcpListener::bind(args.listen).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    if !args.listen.ip().is_loopback() {
        say(format_args!("agon: other machines can reach this room at {}", args.listen));
    }
    Ok(listener)
}

/// The guests, each under the name that the transcript will have.
fn who_may_come(context: &Context, args: &HostArgs) -> Result<Vec<Guest>, Report> {
    let path = args.guests.clone().unwrap_or_else(|| context.paths.config.join("guests"));
    let nobody = |what: &str| {
        Report::failed(format_args!("nobody may come in: the guests' file {} {what}", path.display()))
            .hint("put the public key of each guest into it, a line each, with the name behind it: ssh-ed25519 AAAA… Mara")
            .hint(format_args!("for example: cat mara.pub >> {}", path.display()))
    };
    let text = match std::fs::metadata(&path) {
        Ok(file) if file.len() > FILE_MAX => return Err(Report::failed(format_args!("the guests' file {} is too large", path.display()))),
        Ok(_) => std::fs::read_to_string(&path)
            .map_err(|e| Report::failed(format_args!("the guests' file {} can't be read: {e}", path.display())))?,
        Err(_) => return Err(nobody("is not there")),
    };
    if is_others(&path) {
        return Err(Report::failed(format_args!("others can write to the guests' file {}, so they could let in anybody", path.display()))
            .hint(format_args!("chmod go-w {}", path.display())));
    }
    let mut guests = guests::read(&text).map_err(|e| Report::failed(format_args!("{}: {e}", path.display())))?;
    if guests.is_empty() {
        return Err(nobody("has no key in it"));
    }
    for n in 0..guests.len() {
        let told = guests[n].name.to_string();
        // A key's comment is often name@machine.
        let told = told.split('@').next().unwrap_or_default();
        let name = voices::name(told).ok_or_else(|| {
            Report::failed(format_args!("{}: the key {} has no name behind it", path.display(), fingerprint(&guests[n].key)))
        })?;
        if guests[..n].iter().any(|other| look::alike(other.name.as_str(), name.as_str())) {
            return Err(Report::failed(format_args!("{}: two guests are called {name}; give one another name", path.display())));
        }
        guests[n].name = name;
    }
    for wanted in &args.read_only {
        let wanted = voices::name(wanted).unwrap_or_default();
        match guests.iter_mut().find(|guest| look::alike(guest.name.as_str(), wanted.as_str())) {
            Some(guest) => guest.reads_only = true,
            None => {
                let names: Vec<&str> = guests.iter().map(|guest| guest.name.as_str()).collect();
                return Err(Report::usage(format_args!("--read-only {wanted}: no guest is called that; there are {}", names.join(", "))));
            }
        }
    }
    Ok(guests)
}

/// Whether others than its owner can write a file.
#[cfg(unix)]
fn is_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o022 != 0)
}

/// Told by no mode here.
#[cfg(not(unix))]
fn is_others(_: &Path) -> bool {
    false
}
