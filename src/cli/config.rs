//! `agon config`: where the settings are, what is in force, an editor on them.

use std::{fs, process::Command};

use super::{
    args::{ConfigArgs, ConfigCommand},
    context::Context,
    report::{Done, Report, print, say},
};

pub fn config(context: &Context, args: &ConfigArgs) -> Done {
    let path = context.paths.settings();
    match &args.command {
        None | Some(ConfigCommand::Path) => print(format_args!("{}\n", path.display())).map(drop),
        Some(ConfigCommand::Show) => print(in_force(context)).map(drop),
        Some(ConfigCommand::Edit) => {
            if !path.exists() {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&path, crate::config::TEMPLATE)
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
            if again.diagnostics.is_empty() {
                say("the settings are good");
            }
            Ok(())
        }
    }
}

/// Each setting with its value; what nobody set is left to panel, model or program.
fn in_force(context: &Context) -> String {
    let s = &context.settings;
    let mut text = String::new();
    let mut line = |key: &str, value: Option<String>| text.push_str(&format!("{key:<24} {}\n", value.unwrap_or_else(|| "-".into())));
    line("model", s.model.as_ref().map(ToString::to_string));
    line("base_url", s.base_url.as_ref().map(ToString::to_string));
    line("staging", s.staging.map(|v| format!("{v:?}").to_lowercase()));
    line("floor", s.floor.map(|v| format!("{v:?}").to_lowercase()));
    line("language", s.language.as_ref().map(ToString::to_string));
    line("theme", s.theme.as_ref().map(ToString::to_string));
    line("layout", s.layout.as_ref().map(ToString::to_string));
    line("keymap", s.keymap.as_ref().map(ToString::to_string));
    line("animations", Some(s.animations.to_string()));
    line("mouse", Some(s.mouse.to_string()));
    line("threads", s.threads.map(|v| v.to_string()));
    line("context_tokens", s.context_tokens.map(|v| v.to_string()));
    let sampling = s.sampling;
    for (key, value) in [
        ("temperature", sampling.temperature),
        ("min_p", sampling.min_p),
        ("top_p", sampling.top_p),
        ("repeat_penalty", sampling.repeat_penalty),
        ("presence_penalty", sampling.presence_penalty),
        ("frequency_penalty", sampling.frequency_penalty),
    ] {
        line(&format!("sampling.{key}"), value.map(|v| v.to_string()));
    }
    line("sampling.top_k", sampling.top_k.map(|v| v.to_string()));
    line("sampling.turn_tokens", sampling.turn_tokens.map(|v| v.to_string()));
    for (name, alias) in &s.models {
        line(&format!("models.{name}"), Some(alias.model.to_string()));
    }
    for provider in s.key_commands.keys() {
        line(&format!("key_commands.{provider}"), Some("(a command)".into()));
    }
    line("plain_http", (!s.plain_http.is_empty()).then(|| s.plain_http.join(", ")));
    line("limits.connect", s.limits.connect.map(|v| format!("{v} s")));
    line("limits.first_token", s.limits.first_token.map(|v| format!("{v} s")));
    line("limits.silence", s.limits.silence.map(|v| format!("{v} s")));
    for (action, keys) in &s.keys {
        line(&format!("keys.{action}"), Some(keys.join(", ")));
    }
    text
}
