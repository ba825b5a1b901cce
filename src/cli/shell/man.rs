//! The manual's pages.

use clap_mangen::{
    Man,
    roff::{Roff, roman},
};

use crate::cli::{
    args::ManArgs,
    definition, examples,
    report::{Done, Report, print, say},
};

/// Sections that only the page of agon itself has: a heading, and what is at the left and at the right.
const OWN: [(&str, &[(&str, &str)]); 3] = [
    (
        "ENVIRONMENT",
        &[
            ("OPENAI_API_KEY, …", "The keys of providers; `agon keys` says which one is looked for."),
            ("AGON_MODELS", "Where weights are kept, if not in the cache folder."),
            ("AGON_LOG", "A level (error, warn, info, debug, trace): what happens is written to agon.log in the state folder."),
            ("NO_COLOR", "Set: no colours."),
            ("NO_MOTION, REDUCE_MOTION", "Set: nothing moves on the screen but text."),
            ("VISUAL, EDITOR", "What `agon config edit` opens the settings with."),
            ("XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_CACHE_HOME", "Other places for the folders below."),
        ],
    ),
    (
        "FILES",
        &[
            ("~/.config/agon/config.toml", "The settings."),
            ("~/.config/agon/panels, formats, themes", "Your own panels, formats and themes."),
            ("~/.config/agon/providers.toml, prices.toml", "Your own providers and prices."),
            ("~/.local/state/agon/archive.sqlite3", "All sessions."),
            ("~/.cache/agon/models", "Weights that were fetched."),
        ],
    ),
    (
        "EXIT STATUS",
        &[
            ("0", "All went well."),
            ("1", "Something did not work."),
            ("2", "The call was wrong."),
            ("130", "A signal ended it; all that was said is kept."),
        ],
    ),
];

pub fn man(args: &ManArgs) -> Done {
    let mut whole = definition().disable_help_subcommand(true);
    whole.build();
    if let Some(folder) = &args.folder {
        std::fs::create_dir_all(folder).map_err(|e| Report::failed(format_args!("the folder {} can't be made: {e}", folder.display())))?;
        let mut count = 0;
        for command in with_subcommands(&whole) {
            let path = folder.join(Man::new(command.clone()).get_filename());
            std::fs::write(&path, page(&command)?).map_err(|e| Report::failed(format_args!("{} can't be written: {e}", path.display())))?;
            count += 1;
        }
        say(format_args!("wrote {count} pages to {}", folder.display()));
        return Ok(());
    }
    let mut command = &whole;
    for name in &args.command {
        let all = || command.get_subcommands().map(clap::Command::get_name).collect::<Vec<_>>().join(", ");
        command = command.find_subcommand(name).ok_or_else(|| match all() {
            none if none.is_empty() => Report::usage(format_args!("`{}` has no subcommands", command.get_bin_name().unwrap_or("agon"))),
            all => Report::usage(format_args!("there is no page for “{name}”; there are: {all}")),
        })?;
    }
    print(page(command)?).map(drop)
}

/// It and all that are below it.
fn with_subcommands(command: &clap::Command) -> Vec<clap::Command> {
    let below = command.get_subcommands().filter(|c| !c.is_hide_set()).flat_map(with_subcommands);
    std::iter::once(command.clone()).chain(below).collect()
}

/// A page as roff.
fn page(command: &clap::Command) -> Result<String, Report> {
    let failed = |e: std::io::Error| Report::failed(format_args!("the manual page can't be made: {e}"));
    let top = command.get_name() == "agon";
    let name = Man::new(command.clone()).get_filename();
    let man = Man::new(command.clone());
    // No date: the same program makes the same page.
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(".TH {} 1 \"\" \"agon {version}\" \"agon\"\n", name.trim_end_matches(".1").to_uppercase()).into_bytes();
    man.render_name_section(&mut page).map_err(failed)?;
    man.render_synopsis_section(&mut page).map_err(failed)?;
    man.render_description_section(&mut page).map_err(failed)?;
    if command.get_arguments().any(|arg| !arg.is_hide_set()) {
        man.render_options_section(&mut page).map_err(failed)?;
    }
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page).map_err(failed)?;
    }
    let mut more = Roff::default();
    let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (shown, said) = examples::parted(&help);
    if !shown.is_empty() {
        more.control("SH", ["EXAMPLES"]);
        more.control("nf", []);
        more.text(shown.lines().map(|line| roman(format!("{}\n", line.trim_start()))).collect::<Vec<_>>());
        more.control("fi", []);
    }
    if !said.is_empty() {
        more.control("SH", ["NOTES"]);
        more.control("nf", []);
        more.text(said.lines().map(|line| roman(format!("{line}\n"))).collect::<Vec<_>>());
        more.control("fi", []);
    }
    for (heading, rows) in OWN.iter().filter(|_| top) {
        more.control("SH", [*heading]);
        for (left, right) in *rows {
            more.control("TP", []);
            more.text([roman(*left)]);
            more.text([roman(*right)]);
        }
    }
    if !top {
        more.control("SH", ["SEE ALSO"]);
        more.text([roman("agon(1)")]);
    }
    more.to_writer(&mut page).map_err(failed)?;
    // An empty line is written as one, not as a line between two breaks, at which readers of pages stumble.
    Ok(String::from_utf8_lossy(&page).replace(".br\n\n.br\n", ".sp\n"))
}
