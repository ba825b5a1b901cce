//! `agon keys`: where each provider's key comes from, and the ones in the system's keyring. Shows no key.

use std::io::{BufRead, IsTerminal};

use super::{
    args::{KeysArgs, KeysCommand},
    context::Context,
    key, keyring, open,
    report::{Done, Report, print, say},
};
use crate::model::{Secret, providers::Provider};

pub fn keys(context: &Context, args: &KeysArgs) -> Done {
    match &args.command {
        None | Some(KeysCommand::List) => list(context),
        Some(KeysCommand::Set { provider }) => {
            let known = known(context, provider)?;
            let key = typed(provider)?;
            keyring::set(provider, &key).map_err(|why| unkept(provider, &why))?;
            let shadow = known.keys.iter().find(|variable| key::variable(variable).is_some());
            say(format_args!("The key of {provider} is in the keyring."));
            if let Some(variable) = shadow {
                say(format_args!("{variable} is set too, and goes first."));
            }
            Ok(())
        }
        Some(KeysCommand::Remove { provider }) => {
            known(context, provider)?;
            match keyring::remove(provider) {
                Ok(true) => say(format_args!("The key of {provider} is out of the keyring.")),
                Ok(false) => say(format_args!("There was no key of {provider} in the keyring.")),
                Err(why) => return Err(Report::failed(why)),
            }
            Ok(())
        }
    }
}

fn list(context: &Context) -> Done {
    let providers = open::providers(context)?;
    let mut text = String::new();
    let mut fault = None;
    for (name, provider) in providers.iter().filter(|(_, provider)| !provider.keys.is_empty()) {
        let set = provider.keys.iter().find(|variable| key::variable(variable).is_some());
        let from = match (set, context.settings.key_commands.contains_key(name)) {
            (Some(variable), _) => format!("in {variable}"),
            (None, true) => "printed by the key_command of the settings".to_owned(),
            // One that can't be asked isn't asked again for the next.
            (None, false) => match if fault.is_none() { keyring::get(name) } else { Ok(None) } {
                Ok(Some(_)) => "in the keyring".to_owned(),
                Ok(None) => none(provider),
                Err(why) => {
                    fault = Some(why);
                    none(provider)
                }
            },
        };
        text.push_str(&format!("{name:<14} {from}\n"));
    }
    print(text)?;
    if let Some(why) = fault {
        say(format_args!("The keyring was not looked into: {why}."));
    }
    Ok(())
}

fn none(provider: &Provider) -> String {
    let at = provider.key_url.as_ref().map(|url| format!(" · given out at {url}")).unwrap_or_default();
    format!("none ({}){at}", provider.keys.join(" or "))
}

fn known(context: &Context, name: &str) -> Result<Provider, Report> {
    let providers = open::providers(context)?;
    let with_keys = || providers.iter().filter(|(_, provider)| !provider.keys.is_empty());
    match with_keys().find(|(known, _)| *known == name) {
        Some((_, provider)) => Ok(provider.clone()),
        None => {
            let names: Vec<&str> = with_keys().map(|(name, _)| name).collect();
            Err(Report::usage(format_args!("no provider “{name}” takes a key; there are: {}", names.join(", "))))
        }
    }
}

/// Reads a key: unseen from a terminal, else the first line of standard input. Never an argument, which every process can read.
fn typed(provider: &str) -> Result<Secret, Report> {
    let line = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(format!("Key of {provider} (it isn't shown): "))?
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line
    };
    Secret::new(&line).ok_or_else(|| Report::failed("no key was given, so nothing was changed"))
}

fn unkept(provider: &str, why: &str) -> Report {
    Report::failed(format_args!("the key of {provider} was not kept: {why}"))
        .hint("other ways: a variable of the environment, or key_command in the settings (agon config edit)")
}
