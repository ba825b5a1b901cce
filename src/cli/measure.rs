//! `agon measure`: all lenses over sessions and files, as a table, CSV or JSON.

use std::{fmt::Write as _, fs, path::Path};

use super::{
    args::{MeasureArgs, MeasureOutput},
    context::Context,
    report::{Done, Report},
    session,
    sessions::write,
};
use crate::{
    archive::{Archive, ArchiveError},
    debate::{Clean, Debate},
    export::table::field,
    lens::{
        self, Row, Talk,
        outcome::{self, Outcome},
    },
    script::wording,
};

/// Larger files are no transcripts.
const LARGEST: u64 = 64 << 20;
/// What we call the audience in each language; it is not measured.
const LANGUAGES: [&str; 4] = ["en", "zh", "de", "es"];

/// One transcript and what was measured of it.
#[derive(serde::Serialize)]
struct Measured {
    /// As it was named on the command line.
    of: Clean,
    #[serde(flatten)]
    report: lens::Report,
    /// What became of a disagreement.
    outcome: Outcome,
}

pub fn measure(context: &Context, args: &MeasureArgs) -> Done {
    let mut archive = None;
    let mut all = Vec::new();
    for name in &args.what {
        let talk = talk(context, &mut archive, name, args)?;
        all.push(Measured { of: Clean::line(name), report: lens::measure(&talk), outcome: outcome::heard(&talk) });
    }
    let text = match args.output {
        MeasureOutput::Table => all.iter().map(table).chain(together(&all)).collect::<Vec<_>>().join("\n"),
        MeasureOutput::Csv => csv(&all),
        MeasureOutput::Json => serde_json::to_string_pretty(&all)? + "\n",
    };
    write(args.out.as_deref(), &text, args.force)
}

/// A file where there is one of that name, else a session.
fn talk(context: &Context, archive: &mut Option<Archive>, name: &str, args: &MeasureArgs) -> Result<Talk, Report> {
    let path = Path::new(name);
    if path.is_file() {
        if args.branch.is_some() {
            return Err(Report::usage(format_args!("{name} is a file; --branch is for sessions")));
        }
        return file(path, &args.without);
    }
    let archive = match archive {
        Some(archive) => archive,
        None => archive.insert(context.archive()?),
    };
    let looks_like_a_file = path.exists() || name.contains(['/', '\\']) || path.extension().is_some_and(|e| e.len() <= 5);
    let id = match archive.find(name) {
        Ok(session) => session.id,
        Err(ArchiveError::NoSession { .. } | ArchiveError::Empty) if looks_like_a_file => {
            let what = if path.exists() { "is no file" } else { "is not there, and no session has that name" };
            return Err(Report::failed(format_args!("{name} {what}")).hint("agon list names the sessions"));
        }
        Err(e) => return Err(e.into()),
    };
    of(&session::load(archive, &id)?, args.branch.as_deref(), &args.without, name)
}

/// What was said on a branch (the one on stage when `None`) of the session of that name.
pub fn of(debate: &Debate, branch: Option<&str>, without: &[String], name: &str) -> Result<Talk, Report> {
    let talk = Talk::of(debate, session::branch(debate, branch)?, without);
    if talk.said().is_empty() {
        return Err(Report::failed(format_args!("nobody has spoken in session {name}")).hint("agon show prints it"));
    }
    Ok(talk)
}

fn file(path: &Path, without: &[String]) -> Result<Talk, Report> {
    let name = path.display();
    let size = fs::metadata(path).map_err(|e| Report::failed(format_args!("{name} can't be read: {e}")))?.len();
    if size > LARGEST {
        return Err(Report::failed(format_args!("{name} has {} MiB; a transcript has at most {}", size >> 20, LARGEST >> 20)));
    }
    let bytes = fs::read(path).map_err(|e| Report::failed(format_args!("{name} can't be read: {e}")))?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Report::failed(format_args!("{name} is no text in UTF-8")).hint("convert it: iconv -f LATIN1 -t UTF-8"));
    };
    let audiences = LANGUAGES.map(|tag| wording::of(tag).audience);
    let without: Vec<&str> = without.iter().map(String::as_str).chain(audiences).collect();
    lens::read(&text, &without).map_err(|e| Report::failed(format_args!("{name} can't be measured: {e}")))
}

fn table(measured: &Measured) -> String {
    let report = &measured.report;
    let speakers: Vec<Clean> = report.speakers.iter().map(|s| Clean::line(s)).collect();
    let names = speakers.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
    let mut text = format!("{}: {} turns, {} words; {names}\n\n", measured.of, report.turns, report.words);
    let rows: Vec<[String; 5]> = report.rows.iter().map(cells).collect();
    let head = ["lens", "of", "value", "90 %", "from"].map(str::to_owned);
    let widths: Vec<usize> = (0..5)
        .map(|i| rows.iter().chain([&head]).map(|r| unicode_width::UnicodeWidthStr::width(r[i].as_str())).max().unwrap_or(0))
        .collect();
    let line = |cells: &[String; 5], note: &str| {
        let mut line = String::new();
        for (i, cell) in cells.iter().enumerate() {
            let blanks = " ".repeat(widths[i].saturating_sub(unicode_width::UnicodeWidthStr::width(cell.as_str())));
            // Words stand left, numbers right.
            let cell = if i < 2 || i == 4 { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") };
            line.push_str(&cell);
            line.push_str("  ");
        }
        line.push_str(note);
        format!("{}\n", line.trim_end())
    };
    text.push_str(&line(&head, ""));
    for (cells, row) in rows.iter().zip(&report.rows) {
        text.push_str(&line(cells, &row.note));
    }
    let signs = report.signs.join("; ");
    // Writing to a String can't fail.
    let _ = match (report.collapse, report.signs.is_empty()) {
        (true, _) => writeln!(text, "\ncollapse: {signs}. What may help: {}", lens::collapse::REMEDIES),
        (false, false) => writeln!(text, "\none sign of collapse, which alone means little: {signs}"),
        (false, true) => writeln!(text, "\nno sign of collapse"),
    };
    let _ = writeln!(text, "disagreement: {}", measured.outcome.words());
    text
}

/// What several say together.
fn together(all: &[Measured]) -> Option<String> {
    if all.len() < 2 {
        return None;
    }
    let rate = outcome::collapse_rate(all.iter().map(|m| &m.outcome));
    let unheard = all.iter().filter(|m| m.outcome.apart.is_none() || m.outcome.together.is_none()).count();
    let rate = match (rate.value(), rate.interval()) {
        (Some(value), Some(i)) => format!("{} of {} that began apart, {value:.3} ({:.3} to {:.3})", rate.k, rate.n, i.low, i.high),
        _ => "not yet: none of them began apart".to_owned(),
    };
    Some(format!("{} transcripts, {unheard} of which can't be heard; disagreement collapse rate: {rate}\n", all.len()))
}

fn cells(row: &Row) -> [String; 5] {
    let name = format!("{}, {}", row.lens, row.figure);
    let value = row.value.map_or_else(|| "not yet".to_owned(), |v| format!("{v:.3}"));
    let interval = row.interval.map_or_else(String::new, |i| format!("{:.3} to {:.3}", i.low, i.high));
    [name, Clean::line(&row.of).to_string(), value, interval, format!("{} {}", row.n, row.unit)]
}

fn csv(all: &[Measured]) -> String {
    let mut text = String::from("transcript,lens,figure,of,value,low,high,n,unit,note\n");
    for (measured, row) in all.iter().flat_map(|m| m.report.rows.iter().map(move |r| (m, r))) {
        let number = |n: Option<f64>| n.map_or_else(String::new, |n| format!("{n:.6}"));
        let cells = [
            field(measured.of.as_str()),
            field(row.lens),
            field(row.figure),
            field(&row.of),
            number(row.value),
            number(row.interval.map(|i| i.low)),
            number(row.interval.map(|i| i.high)),
            row.n.to_string(),
            field(row.unit),
            field(&row.note),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    for measured in all {
        let outcome = &measured.outcome;
        let told = [("began apart", outcome.apart), ("ended together", outcome.together), ("collapsed", outcome.collapsed())];
        for (figure, yes) in told {
            let value = yes.map_or_else(String::new, |yes| format!("{:.6}", f64::from(u8::from(yes))));
            let note = if yes.is_some() { "" } else { "can't be told" };
            // Writing to a String can't fail.
            let _ = writeln!(text, "{},outcome,{figure},all,{value},,,1,transcripts,{note}", field(measured.of.as_str()));
        }
    }
    text
}
