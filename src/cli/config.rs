//! `agon config`: where the settings are, what is in force, an editor on them.

use std::{fs, process::Command};

use crate::{config::Settings, export::file};

use super::{
    args::{ConfigArgs, ConfigCommand},
    context::Context,
    reload,
    report::{Done, Report, print, say},
};

pub fn config(context: &Context, args: &ConfigArgs) -> Done {
    let path = context.paths.settings();
    match &args.command {
        None | Some(ConfigCommand::Path) => print(format_args!("{}\n", path.display())).map(drop),
        Some(ConfigCommand::Show) => {
            tell_faults(context);
            print(in_force(context)).map(drop)
        }
        Some(ConfigCommand::Edit) => {
            if !path.exists() {
                if let Some(folder) = path.parent() {
                    file::folder(folder)?;
                }
                file::write_new(&path, crate::config::TEMPLATE, false)
                    .map_err(|e| Report::failed(format_args!("{} can't be written: {e}", path.display())))?;
            }
            let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|e| !e.trim().is_empty()));
            let editor = editor.unwrap_or_else(|| if cfg!(windows) { "notepad".into() } else { "vi".into() });
            let mut words = editor.split_whitespace();
            let program = words.next().unwrap_or("vi");
            let status = Command::new(program).args(words).arg(&path).status().map_err(|e| {
                Report::failed(format_args!("the editor “{editor}” can't be started: {e}"))
                    .hint("set $EDITOR, or edit the file that `agon config path` names")
            })?;
            if !status.success() {
                return Err(Report::failed(format_args!("the editor “{editor}” ended with {status}")));
            }
            let again = Context::read()?;
            tell_faults(&again);
            if reload::faults(&again).is_empty() {
                say("the settings are good");
            }
            Ok(())
        }
    }
}

/// Tells what is wrong in the settings beyond what was told when they were read: what only a screen looks at.
fn tell_faults(context: &Context) {
    for fault in reload::faults(context).iter().filter(|fault| !context.diagnostics.contains(fault)) {
        say(format_args!("agon: {}: {fault}", context.paths.settings().display()));
    }
}

/// Each setting with its value and where that comes from; what nobody set is left to panel, model or program.
fn in_force(context: &Context) -> String {
    let path = context.paths.settings();
    let places = Settings::places(&fs::read_to_string(&path).unwrap_or_default());
    let (s, broken) = (&context.settings, |line: usize| context.diagnostics.iter().any(|d| d.line == line));
    let mut text = format!("# {}\n", path.display());
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let mut line = |key: &str, value: Option<String>, by: Option<&str>| {
        let whole = key.split('.').take(2).collect::<Vec<_>>().join(".");
        let place = places.get(key).or_else(|| places.iter().find(|(k, _)| k.starts_with(&format!("{whole}."))).map(|(_, n)| n));
        let from = match (by, place) {
            (Some(variable), _) => format!("environment: {variable}"),
            (None, Some(n)) if broken(*n) => format!("built-in (line {n} can't be used)"),
            (None, Some(n)) => format!("line {n}"),
            (None, None) => "built-in".to_owned(),
        };
        text.push_str(&format!("{key:<28} {:<32} {from}\n", value.unwrap_or_else(|| "-".into())));
    };
    line("model", s.model.as_ref().map(ToString::to_string), None);
    line("base_url", s.base_url.as_ref().map(ToString::to_string), None);
    line("panel", s.panel.as_ref().map(ToString::to_string), None);
    line("staging", s.staging.map(|v| format!("{v:?}").to_lowercase()), None);
    line("floor", s.floor.map(|v| format!("{v:?}").to_lowercase()), None);
    line("format", s.format.as_ref().map(ToString::to_string), None);
    line("pace", s.pace.map(|v| v.to_string()), None);
    line("until", s.until.as_ref().map(ToString::to_string), None);
    line("language", s.language.as_ref().map(ToString::to_string), None);
    line("screen_language", s.screen_language.map(|v| v.name().to_owned()), None);
    line("theme", s.theme.as_ref().map(ToString::to_string), None);
    line("layout", s.layout.as_ref().map(ToString::to_string), None);
    line("keymap", s.keymap.as_ref().map(ToString::to_string), None);
    let still = ["NO_MOTION", "REDUCE_MOTION"].into_iter().find(|name| set(name).is_some());
    line("animations", Some((s.animations && still.is_none()).to_string()), still);
    line("mouse", Some(s.mouse.to_string()), None);
    line("threads", s.threads.map(|v| v.to_string()), None);
    line("context_tokens", s.context_tokens.map(|v| v.to_string()), None);
    let sampling = s.sampling;
    for (key, value) in [
        ("temperature", sampling.temperature),
        ("min_p", sampling.min_p),
        ("top_p", sampling.top_p),
        ("repeat_penalty", sampling.repeat_penalty),
        ("presence_penalty", sampling.presence_penalty),
        ("frequency_penalty", sampling.frequency_penalty),
    ] {
        line(&format!("sampling.{key}"), value.map(|v| v.to_string()), None);
    }
    line("sampling.top_k", sampling.top_k.map(|v| v.to_string()), None);
    line("sampling.turn_tokens", sampling.turn_tokens.map(|v| v.to_string()), None);
    for (name, alias) in &s.models {
        line(&format!("models.{name}"), Some(alias.model.to_string()), None);
    }
    for provider in s.key_commands.keys() {
        line(&format!("key_commands.{provider}"), Some("(a command)".into()), None);
    }
    line("plain_http", (!s.plain_http.is_empty()).then(|| s.plain_http.join(", ")), None);
    line("limits.connect", s.limits.connect.map(|v| format!("{v} s")), None);
    line("limits.first_token", s.limits.first_token.map(|v| format!("{v} s")), None);
    line("limits.silence", s.limits.silence.map(|v| format!("{v} s")), None);
    for (action, keys) in &s.keys {
        line(&format!("keys.{action}"), Some(keys.join(", ")), None);
    }
    line("(weights)", Some(context.paths.models.display().to_string()), set("AGON_MODELS").map(|_| "AGON_MODELS"));
    for variable in ["NO_COLOR", "COLORTERM", "AGON_LOG"] {
        if let Some(value) = set(variable) {
            line("(terminal, log)", Some(value), Some(variable));
        }
    }
    text.push_str("# Options on the command line go before all of these.\n");
    text
}
