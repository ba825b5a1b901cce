//! The examples of every subcommand's help. They are lines of shell that a test parses, in one place, so that they can be read through.

use clap::Command;

const HEADING: &str = "Examples:";

/// What stands below the examples of agon itself.
const NOTICE: &str = "\
`agon COMMAND --help` has examples of each command. Nobody named in a panel said any of it: a language model simulates them.";

/// A subcommand's words (none: agon itself), and its examples. A line is at most 80 columns wide with the two before it.
const EXAMPLES: &[(&str, &str)] = &[
    (
        "",
        "\
agon                            # a lobby: a question, a panel, a model
agon \"What moats does a generative-AI start-up have?\"
agon \"Is P = NP?\" --panel physicists --format oxford
agon \"Rewrite it in Rust?\" -e 'Ada: wants proof' -e 'Linus: wants it to boot'
agon \"Is taste a moat?\" --model openai/NAME --base-url http://[::1]:8000/v1
agon run \"Is taste a moat?\" --turns 12 -o debate.md --output markdown
agon open                       # back to where the last debate was left",
    ),
    (
        "run",
        "\
agon run \"What is a moat?\" --turns 6
agon run \"Is P = NP?\" --panel physicists --output markdown -o debate.md
agon run \"What is a moat?\" --output jsonl --steer steps.txt
agon run \"Abolish code review?\" --format oxford --max-cost 0.50
echo \"What is a moat?\" | agon run - --until \"turns 12, agreement\"",
    ),
    (
        "compare",
        "\
agon compare \"What is a moat?\" --panel founders --tokens 2000
agon compare \"What is a moat?\" -o moat.html     # one page with plots
agon compare --list                             # what was compared
agon compare --open last",
    ),
    (
        "probe",
        "\
agon probe --limit 12                           # a small part, to see it work
agon probe -m embedded/gemma-3-270m -m ollama/qwen3 --limit 60
agon probe -m openai/NAME --at-once 8 --output csv -o folds.csv",
    ),
    (
        "sweep",
        "\
agon sweep grid.toml --dry-run                  # what would be run
agon sweep grid.toml --csv out.csv --parquet out.parquet
agon sweep grid.toml --shard 2/4 --at-once 8    # the second of four machines",
    ),
    (
        "open",
        "\
agon open                       # the last one
agon open moats                 # by its name
agon open 1f2e3d4c --at 12      # at a turn that `agon search` found
agon open last -m ollama/qwen3  # go on with another model",
    ),
    (
        "follow",
        "\
agon follow                     # the last one that runs
agon follow moats --plain       # line by line",
    ),
    (
        "host",
        "\
agon host \"What is a moat?\" --panel founders
agon host last --listen 0.0.0.0:2222 --name desk.example.org
agon host --fingerprint         # what guests compare before they trust it",
    ),
    (
        "join",
        "\
agon join desk.example.org
agon join desk.example.org:2022 --key ~/.ssh/id_ecdsa",
    ),
    (
        "mcp",
        "\
agon mcp                        # what an agent's configuration starts
agon mcp --model ollama/qwen3:8b --allow embedded/gemma-3-270m
agon mcp --model openai/gpt-4.1 --max-cost 2 --folder ~/debates",
    ),
    (
        "list",
        "\
agon list
agon list --tag work -n 50
agon list --all --json          # for programs
agon list --removed             # what is in the bin",
    ),
    (
        "show",
        "\
agon show                       # the last one
agon show moats --branch \"what if\" | less",
    ),
    (
        "search",
        "\
agon search moat                # words that begin so
agon search '\"zero to one\"' taste
agon search moat speaker:THIEL after:2026-11-01
agon search 护城河",
    ),
    (
        "rename",
        "\
agon rename last moats
agon rename moats               # takes the name away",
    ),
    (
        "tag",
        "\
agon tag last work
agon tag moats work venture     # list them: agon list --tag work",
    ),
    ("untag", "agon untag last work"),
    (
        "shelve",
        "\
agon shelve moats
agon list --shelved             # what is there",
    ),
    ("unshelve", "agon unshelve moats"),
    (
        "remove",
        "\
agon remove moats               # into the bin, where it stays for 30 days
agon remove 1f2e3d4c --yes --for-good",
    ),
    (
        "restore",
        "\
agon list --removed             # what is in the bin
agon restore 1f2e3d4c",
    ),
    (
        "archive",
        "\
agon archive check
agon archive compact
agon archive merge other.sqlite3",
    ),
    ("archive check", "agon archive check              # exit code 1 where something is wrong"),
    ("archive compact", "agon archive compact"),
    (
        "archive merge",
        "\
agon archive merge /mnt/old/archive.sqlite3
for a in shards/*.sqlite3; do agon archive merge \"$a\"; done",
    ),
    (
        "export",
        "\
agon export > debate.md         # the last one, as markdown
agon export moats -o moats.html # the end of the name says the form
agon export moats --branch \"what if\" -o what-if.txt
agon export last --to cast -o debate.cast",
    ),
    (
        "import",
        "\
agon import moats.md            # what agon exported, from anybody
agon import conversations.json  # chats that were kept elsewhere",
    ),
    (
        "measure",
        "\
agon measure last
agon measure debate.md talk.txt
agon measure hearing.txt --without MODERATOR
agon measure last --output csv -o lenses.csv",
    ),
    (
        "minutes",
        "\
agon minutes                    # of the last one, by its own model
agon minutes moats -m anthropic/NAME --output markdown -o minutes.md
agon minutes last --kept        # the last ones that were made; asks nobody",
    ),
    (
        "panels",
        "\
agon panels
agon panels show founders > ~/.config/agon/panels/mine.toml
agon panels new mine --from-session last
agon panels import mira.json otto.png",
    ),
    ("panels list", "agon panels list"),
    (
        "panels show",
        "\
agon panels show founders
agon panels show founders > mine.toml           # to start one's own from",
    ),
    (
        "panels new",
        "\
agon panels new pioneers                        # asked line by line
agon panels new mine --from-session last        # whoever sits there now",
    ),
    (
        "panels import",
        "\
agon panels import mira.json otto.png
agon panels import mira.png --with founders --name guests",
    ),
    (
        "panels check",
        "\
agon panels check               # all
agon panels check ./mine.toml",
    ),
    (
        "formats",
        "\
agon formats
agon formats show oxford > ~/.config/agon/formats/mine.toml
agon formats check ./mine.toml",
    ),
    ("formats list", "agon formats list"),
    (
        "formats show",
        "\
agon formats show oxford
agon formats show delphi > mine.toml            # to start one's own from",
    ),
    (
        "formats check",
        "\
agon formats check              # all
agon formats check ./mine.toml",
    ),
    (
        "models",
        "\
agon models
agon models fetch smollm2-135m",
    ),
    ("models list", "agon models list"),
    (
        "models fetch",
        "\
agon models fetch gemma-3-270m  # the default, 253 MB
agon models fetch smollm2-135m",
    ),
    (
        "keys",
        "\
agon keys                       # where each key comes from
agon keys set openai            # asks for it, unseen
agon keys remove openai",
    ),
    ("keys list", "agon keys list"),
    (
        "keys set",
        "\
agon keys set openai            # asks for it, unseen
pass show work/llm | agon keys set anthropic",
    ),
    ("keys remove", "agon keys remove openai"),
    (
        "config",
        "\
agon config show
agon config edit                # in $VISUAL or $EDITOR",
    ),
    ("config path", "agon config path"),
    ("config show", "agon config show               # also what is wrong in the file"),
    ("config edit", "agon config edit"),
    ("doctor", "agon doctor"),
    (
        "completions",
        "\
agon completions bash > ~/.local/share/bash-completion/completions/agon
agon completions zsh > ~/.zfunc/_agon           # a folder of $fpath
agon completions fish > ~/.config/fish/completions/agon.fish
agon completions powershell >> $PROFILE
agon completions nushell > agon-completions.nu  # config.nu: source it",
    ),
    (
        "man",
        "\
agon man | man -l -             # read it at once
agon man run
agon man archive merge
agon man --folder ~/.local/share/man/man1       # then: man agon-run",
    ),
];

/// The command line with the examples in its help.
pub fn taught(command: Command) -> Command {
    let more = match command.get_after_help() {
        Some(help) => help.to_string(),
        None => NOTICE.to_owned(),
    };
    with("", command.after_help(more))
}

fn with(path: &str, command: Command) -> Command {
    let more = command.get_after_help().map(|help| format!("\n\n{help}")).unwrap_or_default();
    let help = EXAMPLES.iter().find(|(of, _)| *of == path).map(|(_, lines)| {
        let lines: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
        format!("{HEADING}\n{}{more}", lines.join("\n"))
    });
    let command = match help {
        Some(help) => command.after_help(help),
        None => command,
    };
    command.mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        with(path.trim(), below)
    })
}

/// The help below the options as its examples and what else it says.
pub fn parted(help: &str) -> (&str, &str) {
    match help.strip_prefix(HEADING) {
        Some(rest) => rest.trim_start_matches('\n').split_once("\n\n").unwrap_or((rest.trim_start_matches('\n'), "")),
        None => ("", help),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{definition, documents};

    /// All subcommands with their words.
    fn all(path: &str, command: &Command) -> Vec<(String, Command)> {
        let below = command.get_subcommands().flat_map(|c| all(format!("{path} {}", c.get_name()).trim(), c));
        std::iter::once((path.to_owned(), command.clone())).chain(below).collect()
    }

    #[test]
    fn every_subcommand_teaches_by_examples_and_each_of_them_is_a_command() {
        let commands = all("", &definition());
        assert!(commands.len() > 45, "only {}", commands.len());
        for (path, command) in &commands {
            let help = command.clone().render_long_help().to_string();
            assert!(help.contains(HEADING), "`agon {path} --help` has no examples: add some to EXAMPLES in src/cli/examples.rs");
            let below = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let (shown, _) = parted(&below);
            let mut own = 0;
            for line in shown.lines() {
                assert!(help.contains(line) && line.chars().count() <= 80, "agon {path}: too wide: {line}");
                let calls = documents::calls(line);
                assert!(!calls.is_empty(), "agon {path}: no call of agon: {line}");
                for words in calls {
                    let parsed = documents::parses(&words);
                    assert!(parsed.is_ok(), "agon {path}: {line}\n{}", parsed.unwrap_err());
                    let of = path.split(' ').filter(|word| !word.is_empty());
                    own += usize::from(words[1..].iter().map(String::as_str).zip(of.clone()).filter(|(a, b)| a == b).count() == of.count());
                }
            }
            assert!(own > 0, "no example of `agon {path}` is one of it");
        }
    }

    #[test]
    fn no_examples_are_left_of_a_command_that_is_gone() {
        let commands = all("", &definition());
        for (path, _) in EXAMPLES {
            assert!(commands.iter().any(|(of, _)| of == path), "there is no `agon {path}`");
        }
    }

    #[test]
    fn what_stood_below_the_options_before_still_does() {
        let help = |name: &str| definition().find_subcommand_mut(name).unwrap().render_long_help().to_string();
        assert!(help("sweep").contains("A file:") && help("probe").contains("net fold"));
        assert!(definition().render_long_help().to_string().contains("Nobody named in a panel said any of it"));
    }
}
