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
        Some(ConfigCommand::Show) => print(context.settings.to_toml()).map(drop),
        Some(ConfigCommand::Edit) => {
            if !path.exists() {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder)?;
                }
                fs::write(&path, crate::config::TEMPLATE).map_err(|e| Report::failed(format_args!("{} can't be written: {e}", path.display())))?;
            }
            let editor = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|e| !e.trim().is_empty()));
            let editor = editor.unwrap_or_else(|| if cfg!(windows) { "notepad".into() } else { "vi".into() });
            let mut words = editor.split_whitespace();
            let program = words.next().unwrap_or("vi");
            let status = Command::new(program)
                .args(words)
                .arg(&path)
                .status()
                .map_err(|e| Report::failed(format_args!("the editor “{editor}” can't be started: {e}")).hint("set $EDITOR, or edit the file that `agon config path` names"))?;
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
