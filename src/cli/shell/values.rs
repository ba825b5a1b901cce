//! What can stand where a panel, a session, a model … is named: looked up when a shell asks, without asking any server and without changing anything.

use std::ffi::OsStr;

use clap::{Arg, Command, ValueHint, builder::PossibleValuesParser};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, PathCompleter, ValueCompleter};

use crate::{
    archive::{self, Shelf, Summary},
    cli::{context::date_and_time, screen, sessions::short},
    config::{Paths, Settings, formats, panels},
    debate::Clean,
    model::{providers::Providers, weights},
    tui::{Layout, Theme},
};

/// As many sessions as a person looks through.
const SESSIONS: usize = 100;

/// What is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    Panel,
    Format,
    Theme,
    Layout,
    Model,
    Weights,
    Provider,
    Session,
    Removed,
    Compared,
    Tag,
}

/// Which arguments name what: the subcommand (empty: each that has it), the argument, the thing. The first that fits counts.
const PLACES: [(&str, &str, Thing); 20] = [
    ("", "panel", Thing::Panel),
    ("import", "with", Thing::Panel),
    ("", "format", Thing::Format),
    ("", "theme", Thing::Theme),
    ("", "layout", Thing::Layout),
    ("", "model", Thing::Model),
    ("", "models", Thing::Model),
    ("mcp", "allow", Thing::Model),
    ("host", "what", Thing::Session),
    ("fetch", "name", Thing::Weights),
    ("set", "provider", Thing::Provider),
    ("remove", "provider", Thing::Provider),
    ("restore", "session", Thing::Removed),
    ("", "session", Thing::Session),
    ("", "from_session", Thing::Session),
    ("compare", "open", Thing::Compared),
    ("measure", "what", Thing::Session),
    ("tag", "tags", Thing::Tag),
    ("untag", "tags", Thing::Tag),
    ("list", "tag", Thing::Tag),
];

fn thing(command: &str, arg: &Arg) -> Option<Thing> {
    let fits = |(of, name, _): &&(&str, &str, Thing)| (of.is_empty() || *of == command) && arg.get_id() == name;
    PLACES.iter().find(fits).map(|(.., thing)| *thing)
}

/// The command line that looks values up when a shell asks for them.
pub fn asked(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let with = |arg: Arg| match thing(&name, &arg) {
        Some(thing) => {
            let files = arg.get_value_hint() == ValueHint::FilePath;
            arg.add(ArgValueCompleter::new(move |typed: &OsStr| candidates(thing, files, typed)))
        }
        None => arg,
    };
    command.mut_args(with).mut_subcommands(asked)
}

/// The command line with the names that ship in it, for a shell that doesn't ask.
pub fn listed(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let with = |arg: Arg| match thing(&name, &arg) {
        Some(thing @ (Thing::Format | Thing::Theme | Thing::Layout | Thing::Weights | Thing::Provider | Thing::Panel)) => {
            arg.value_parser(PossibleValuesParser::new(named(thing, None).into_iter().map(|(name, _)| name).collect::<Vec<_>>()))
        }
        _ => arg,
    };
    command.mut_args(with).mut_subcommands(listed)
}

/// Names that begin as what is typed, and files where it can be no name.
fn candidates(thing: Thing, files: bool, typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(begun) = typed.to_str() else { return Vec::new() };
    let paths = Paths::from(&|name| std::env::var_os(name)).ok();
    let fits = |(name, _): &(String, String)| name.starts_with(begun) && is_plain(name);
    let names = named(thing, paths.as_ref()).into_iter().filter(fits);
    let mut all: Vec<_> = names
        .enumerate()
        .map(|(at, (name, about))| {
            let about = (!about.is_empty()).then(|| Clean::line(&about).to_string().into());
            CompletionCandidate::new(name).help(about).display_order(Some(at))
        })
        .collect();
    if files && (all.is_empty() || begun.contains(['/', '\\', '.'])) {
        all.extend(PathCompleter::file().complete(typed));
    }
    all
}

/// Whether it means only itself to every shell: what is offered is run as it stands, and a panel's file may come from anybody.
fn is_plain(name: &str) -> bool {
    !name.starts_with('-') && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | ':' | '@' | '+'))
}

/// The names of all of a kind, each with what is called so; without a person's folders those that ship.
fn named(thing: Thing, paths: Option<&Paths>) -> Vec<(String, String)> {
    let pair = |name: &dyn ToString, about: &dyn ToString| (name.to_string(), about.to_string());
    let own = |folder: fn(&Paths) -> std::path::PathBuf| paths.map(folder).unwrap_or_default();
    match thing {
        Thing::Panel => {
            let cast = pair(&"cast", &"a cast made for the question");
            let all = panels::list(&own(Paths::panels)).0;
            all.iter().map(|(panel, _)| pair(&panel.name, &panel.about)).chain([cast]).collect()
        }
        Thing::Format => formats::list(&own(Paths::formats)).0.iter().map(|found| pair(&found.format.name, &found.format.about)).collect(),
        Thing::Theme => {
            let files = screen::theme_files(&own(Paths::themes));
            let own = files.iter().filter_map(|path| screen::read_theme(path).ok());
            Theme::built_in().into_iter().chain(own).map(|theme| pair(&theme.name, &theme.about)).collect()
        }
        Thing::Layout => Layout::ALL.iter().map(|layout| pair(&layout.name(), &"")).collect(),
        Thing::Model => models(paths),
        Thing::Weights => weights::known().iter().map(|known| pair(&known.name, &known.about)).collect(),
        Thing::Provider => providers(paths).iter().map(|name| pair(name, &"")).collect(),
        Thing::Session => {
            let last = pair(&"last", &"the one changed last");
            sessions(paths, Shelf::All).iter().flat_map(called).chain([last]).collect()
        }
        Thing::Removed => sessions(paths, Shelf::Bin).iter().flat_map(called).collect(),
        Thing::Compared => sessions(paths, Shelf::All).iter().filter(|s| s.compared > 0).flat_map(called).collect(),
        Thing::Tag => {
            let mut tags: Vec<_> = sessions(paths, Shelf::All).iter().flat_map(|s| s.tags.clone()).map(|tag| pair(&tag, &"")).collect();
            tags.sort();
            tags.dedup();
            tags
        }
    }
}

fn sessions(paths: Option<&Paths>, shelf: Shelf) -> Vec<Summary> {
    paths.map(|paths| archive::glance(&paths.state, shelf, SESSIONS)).unwrap_or_default()
}

/// A session by its name, if it has one, and by its id's end.
fn called(session: &Summary) -> Vec<(String, String)> {
    let about = format!("{}  {}  {}", date_and_time(session.changed_at), session.panel, session.topic);
    let name = session.name.as_ref().map(|name| (name.to_string(), about.clone()));
    name.into_iter().chain([(short(&session.id).to_owned(), about)]).collect()
}

/// A person's own names, the weights that are known, and how the name of any other begins.
fn models(paths: Option<&Paths>) -> Vec<(String, String)> {
    let settings = paths.and_then(|paths| std::fs::read_to_string(paths.settings()).ok()).map(|text| Settings::parse(&text).0);
    let own = settings.map(|s| s.models).unwrap_or_default().into_iter().map(|(name, alias)| (name, alias.model.to_string()));
    let known = weights::known().iter().map(|known| (format!("embedded/{}", known.name), known.about.clone()));
    let begun = providers(paths).into_iter().map(|name| (format!("{name}/"), "a model of this provider".to_owned()));
    own.chain(known).chain(begun).collect()
}

fn providers(paths: Option<&Paths>) -> Vec<String> {
    let own = paths.and_then(|paths| std::fs::read_to_string(paths.config.join("providers.toml")).ok());
    let all = Providers::shipped().map(|shipped| own.and_then(|text| shipped.with(&text).ok()).unwrap_or(shipped));
    all.map(|all| all.iter().map(|(name, _)| name.to_owned()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::definition;

    /// All arguments of all subcommands, with the command's name.
    fn all(command: &Command) -> Vec<(String, Arg)> {
        let own = command.get_arguments().map(|arg| (command.get_name().to_owned(), arg.clone()));
        own.chain(command.get_subcommands().flat_map(all)).collect()
    }

    #[test]
    fn each_place_is_one_of_the_command_line() {
        let all = all(&definition());
        for (command, name, _) in PLACES {
            assert!(all.iter().any(|(of, arg)| (command.is_empty() || of == command) && arg.get_id() == name), "{command} {name}");
        }
    }

    #[test]
    fn whoever_names_a_thing_gets_its_names_offered() {
        for (command, arg) in all(&definition()) {
            let says =
                arg.get_value_names().unwrap_or_default().iter().any(|n| ["SESSION", "PANEL", "PROVIDER/MODEL"].contains(&n.as_str()));
            assert!(!says || thing(&command, &arg).is_some(), "{command} {}", arg.get_id());
        }
    }

    #[test]
    fn what_a_shell_would_run_is_never_offered() {
        for name in ["a b", "$(date)", "x;y", "`x`", "a'b", "-rf", "a*", "a\nb", "~root", "a>b"] {
            assert!(!is_plain(name), "{name}");
        }
        for name in ["founders", "百家", "embedded/gemma-3-270m", "ollama/llama3:8b", "my_panel.toml"] {
            assert!(is_plain(name), "{name}");
        }
    }

    #[test]
    fn every_kind_has_names_from_the_start_but_what_a_person_makes() {
        for (.., thing) in PLACES {
            let made = matches!(thing, Thing::Removed | Thing::Compared | Thing::Tag);
            assert_eq!(named(thing, None).is_empty(), made, "{thing:?}");
        }
    }
}
