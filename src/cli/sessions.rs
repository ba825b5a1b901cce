//! What was kept: list, show, search, rename, export.

use std::{
    io::{BufRead, Write},
    path::Path,
};

use super::{
    args::{ExportArgs, ListArgs, RenameArgs, SearchArgs, ShowArgs},
    compared,
    context::{Context, date_and_time},
    report::{Done, Report, print, say},
    session,
};
use crate::{
    archive::{Query, Shelf, Summary},
    debate::{Clean, Debate},
    export,
};

pub fn list(context: &Context, args: &ListArgs) -> Done {
    let shelf = match (args.shelved, args.removed, args.all) {
        (true, ..) => Shelf::Shelved,
        (_, true, _) => Shelf::Bin,
        (.., true) => Shelf::All,
        _ => Shelf::Table,
    };
    let sessions = context.archive()?.list(shelf, args.tag.as_deref(), args.number)?;
    if sessions.is_empty() {
        if shelf != Shelf::Table || args.tag.is_some() {
            say("there is none such");
            return Ok(());
        }
        say("no session yet; begin one: agon \"your question\"");
        return Ok(());
    }
    let mut text = String::new();
    for s in &sessions {
        if args.json {
            text.push_str(&json(s));
        } else {
            text.push_str(&line(s));
        }
        text.push('\n');
    }
    print(text).map(drop)
}

/// What tells it apart from others, then what it is.
pub fn line(s: &Summary) -> String {
    let name = s.name.as_ref().map(|n| format!(" “{n}”")).unwrap_or_default();
    let branches = if s.branches > 1 { format!(", {} branches", s.branches) } else { String::new() };
    let compared = if s.compared > 0 { ", compared" } else { "" };
    let tags: String = s.tags.iter().map(|tag| format!(" #{tag}")).collect();
    format!(
        "{}  {}  {:>3} turns{branches}{compared}  {}  {}{name}{tags}",
        short(&s.id),
        date_and_time(s.changed_at),
        s.turns,
        s.panel,
        s.topic
    )
}

/// The end of an id: ids begin with their time, so the end is what tells two apart.
pub fn short(id: &Clean) -> &str {
    let id = id.as_str();
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

fn json(s: &Summary) -> String {
    serde_json::json!({
        "session": s.id, "name": s.name, "topic": s.topic, "panel": s.panel, "model": s.model, "started_at": s.started_at,
        "changed_at": s.changed_at, "turns": s.turns, "branches": s.branches, "compared": s.compared, "closed": s.closed, "tags": s.tags, "shelved": s.shelved,
        "removed_at": s.removed_at,
    })
    .to_string()
}

pub fn show(context: &Context, args: &ShowArgs) -> Done {
    let debate = found(context, &args.session)?;
    let text = compared::text(&debate, args.branch.as_deref(), &context.made())?;
    print(if args.escaped { export::escaped(&text) } else { text }).map(drop)
}

pub fn search(context: &Context, args: &SearchArgs) -> Done {
    // The shell took the quotes off a phrase.
    let quoted = |word: &String| if word.contains(char::is_whitespace) && !word.contains('"') { phrase(word) } else { word.clone() };
    let words = args.words.iter().map(quoted).collect::<Vec<_>>().join(" ");
    let query = Query::parse(&words, &jiff::tz::TimeZone::system()).map_err(Report::usage)?;
    let hits = context.archive()?.search(&query, args.number)?;
    if hits.is_empty() {
        return Err(Report::failed(format_args!("no turn and no topic has all of: {words}")));
    }
    let mut text = String::new();
    for hit in hits {
        let turn = hit.turn.map(|t| format!(" #{t}")).unwrap_or_default();
        let who = if hit.label.is_empty() { String::new() } else { format!("{}: ", hit.label) };
        text.push_str(&format!("{}{turn}  {}  {}\n    {who}{}\n", short(&hit.session), date_and_time(hit.at), hit.topic, hit.excerpt));
    }
    print(text).map(drop)
}

/// A phrase in quotes, also as the value of a filter.
fn phrase(word: &str) -> String {
    match word.split_once(':').filter(|(filter, _)| !filter.contains(char::is_whitespace)) {
        Some((filter, value)) => format!("{filter}:\"{value}\""),
        None => format!("\"{word}\""),
    }
}

pub fn rename(context: &Context, args: &RenameArgs) -> Done {
    let mut archive = context.archive()?;
    let session = archive.find(&args.session)?;
    let name = args.name.as_deref().map(Clean::line);
    archive.rename(session.id.as_str(), name.as_ref())?;
    Ok(())
}

pub fn export(context: &Context, args: &ExportArgs) -> Done {
    let archive = context.archive()?;
    let id = archive.find(&args.session)?.id;
    let by_name = || args.out.as_deref().and_then(export::Form::of_name);
    let form = args.to.map(Into::into).or_else(by_name).unwrap_or(export::Form::Markdown);
    let text = compared::written(&archive.events(id.as_str())?, form, args.branch.as_deref(), &context.made())?;
    write(args.out.as_deref(), &text, args.force)
}

/// To a file, or to standard output.
pub fn write(out: Option<&Path>, text: &str, force: bool) -> Done {
    let Some(path) = out else { return print(text).map(drop) };
    export::file::write_new(path, text, force).map_err(|e| Report::from(e).hint("choose another name, or add --force"))?;
    say(format_args!("wrote {}", path.display()));
    Ok(())
}

/// A session by what a person calls it, as a debate.
fn found(context: &Context, which: &str) -> Result<Debate, Report> {
    let archive = context.archive()?;
    let id = archive.find(which)?.id;
    session::load(&archive, &id)
}

/// Asks on the terminal; Enter alone means `default`.
pub fn asked(question: &str, default: bool) -> Result<bool, Report> {
    let choice = if default { "[Y/n]" } else { "[y/N]" };
    let mut err = std::io::stderr();
    // A terminal that can't be written to can't be read from either; the read below tells.
    let _ = write!(err, "{question} {choice} ").and_then(|()| err.flush());
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(match answer.trim().to_lowercase().as_str() {
        "" => default,
        answer => answer.starts_with('y'),
    })
}
