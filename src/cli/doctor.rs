//! `agon doctor`: for everything the program needs, whether it works, and what to do where it doesn't.

use std::io::IsTerminal;

use super::{
    context::Context,
    found::facts,
    key, keyring, open, reload,
    report::{Done, Report, print},
};
use crate::{
    config::panels,
    model::{
        discover::{By, discover},
        http::Client,
        weights,
    },
};

pub fn doctor(context: &Context) -> Done {
    let mut findings = vec![settings(context), archive(context), casts(context), embedded(), terminal()];
    findings.extend(weights::known().iter().map(|known| on_disk(context, known)));
    findings.extend(wanted(context));
    findings.extend(at_hand(context)?);
    let mut text = String::new();
    for finding in &findings {
        text.push_str(&format!("{} {}\n", if finding.good { "ok  " } else { "look" }, finding.what));
        if !finding.todo.is_empty() {
            text.push_str(&format!("     {}\n", finding.todo));
        }
    }
    print(text)?;
    if findings.iter().any(|f| f.broken) { Err(Report::failed("something is broken (see above)")) } else { Ok(()) }
}

struct Finding {
    good: bool,
    /// Whether a debate can't run for it.
    broken: bool,
    what: String,
    todo: String,
}

fn good(what: String) -> Finding {
    Finding { good: true, broken: false, what, todo: String::new() }
}

fn look(what: String, todo: impl Into<String>) -> Finding {
    Finding { good: false, broken: false, what, todo: todo.into() }
}

fn broken(what: String, todo: impl Into<String>) -> Finding {
    Finding { good: false, broken: true, what, todo: todo.into() }
}

fn settings(context: &Context) -> Finding {
    let path = context.paths.settings();
    match reload::faults(context).len() {
        0 if path.exists() => good(format!("settings: {}", path.display())),
        0 => good(format!("settings: none, all is as built in ({})", path.display())),
        n => look(
            format!("settings: {n} values in {} can't be used", path.display()),
            "agon config show says which, agon config edit mends them",
        ),
    }
}

fn archive(context: &Context) -> Finding {
    let dir = context.paths.state.display();
    let checked = context.archive().map_err(|_| ()).and_then(|archive| {
        let faults = archive.check().map_err(|_| ())?;
        let sessions = archive.sessions(usize::MAX).map_err(|_| ())?.len();
        Ok((faults, sessions))
    });
    match checked {
        Ok((faults, sessions)) if faults.is_empty() => good(format!("archive: {sessions} sessions in {dir}")),
        Ok((faults, _)) => {
            broken(format!("archive: damaged: {}", faults.join("; ")), format!("copy {dir} to a safe place before anything else"))
        }
        Err(()) => broken(format!("archive: {dir} can't be opened or written"), "look at the folder's owner, rights and free space"),
    }
}

fn casts(context: &Context) -> Finding {
    let (found, faults) = panels::list(&context.paths.panels());
    match faults.first() {
        None => good(format!("panels: {}", found.len())),
        Some(fault) => look(format!("panels: {} can be used; {fault}", found.len()), "agon panels check"),
    }
}

fn embedded() -> Finding {
    if cfg!(feature = "embedded") {
        good("embedded model: built in".into())
    } else {
        look("embedded model: not built in".into(), "name a server with --base-url, or build agon with its default features")
    }
}

fn on_disk(context: &Context, known: &weights::Known) -> Finding {
    match weights::resolve(&known.name, &context.paths.models) {
        Ok(path) => good(format!("weights {}: {}", known.name, path.display())),
        Err(error) => look(error.to_string(), ""),
    }
}

/// The models of the settings: whether each can be asked, by what is known here. Nobody is asked.
fn wanted(context: &Context) -> Vec<Finding> {
    let settings = &context.settings;
    let providers = match open::providers(context) {
        Ok(providers) => providers,
        Err(report) => return vec![broken(report.in_one_line(), "mend providers.toml, or move it away")],
    };
    let own = settings.model.iter().map(|model| (model.to_string(), model.to_string(), settings.base_url.is_some()));
    let aliases = settings.models.iter().map(|(name, alias)| {
        let (here, key) = (alias.base_url.is_some(), alias.key_command.is_some() || alias.key_env.as_deref().is_some_and(is_set));
        (name.clone(), alias.model.to_string(), here || key)
    });
    let judged = own.chain(aliases).map(|(name, model, reached)| {
        let provider_name = model.split_once('/').map_or("", |(provider, _)| provider);
        let what = if name == model { format!("model {model}") } else { format!("model {name}: {model}") };
        match providers.get(provider_name) {
            _ if reached || provider_name == "embedded" || settings.models.contains_key(&model) => good(what),
            None => look(
                format!("{what}: nobody knows the provider “{provider_name}”"),
                "agon models lists what there is; base_url names a server of your own",
            ),
            Some(provider) if provider.keys.is_empty() || provider.keys.iter().any(|variable| is_set(variable)) => good(what),
            Some(_) if settings.key_commands.contains_key(provider_name) => good(what),
            Some(_) if matches!(keyring::get(provider_name), Ok(Some(_))) => good(what),
            Some(provider) => look(
                format!("{what}: no key ({})", provider.keys.join(" or ")),
                format!(
                    "agon keys set {provider_name}{}",
                    provider.key_url.as_ref().map(|url| format!(", from {url}")).unwrap_or_default()
                ),
            ),
        }
    });
    judged.collect()
}

fn is_set(variable: &str) -> bool {
    key::variable(variable).is_some()
}

/// Servers of this machine, and keys of the environment.
fn at_hand(context: &Context) -> Result<Vec<Finding>, Report> {
    let (Ok(providers), Ok(client)) = (open::providers(context), Client::new(open::limits(&context.settings).connect)) else {
        return Ok(Vec::new());
    };
    let found = super::runtime()?.block_on(discover(&providers, &key::variable, &client));
    let judged = found.iter().map(|one| {
        let what = format!("{}: {}", one.name().unwrap_or_else(|| one.provider.clone()), facts(one, None).join(", "));
        match &one.by {
            By::Server | By::Key(_) => good(what),
            By::Locked(keys) if keys.is_empty() => look(what, format!("give it one: agon keys set {}", one.provider)),
            By::Locked(keys) => look(what, format!("set {}, or agon keys set {}", keys.join(" or "), one.provider)),
        }
    });
    Ok(judged.collect())
}

fn terminal() -> Finding {
    let term = std::env::var("TERM").unwrap_or_default();
    if !std::io::stdout().is_terminal() {
        look("terminal: standard output is none".into(), "agon run works without one")
    } else if term.is_empty() || term == "dumb" {
        look(format!("terminal: TERM is “{term}”"), "use a terminal that can draw, or agon run")
    } else {
        good(format!("terminal: {term}"))
    }
}
