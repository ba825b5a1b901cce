//! The whole debate as one page for a browser: readable without a script, in light and in dark, on paper; nothing is fetched.
//!
//! The branch on stage comes first, then each other one with the turns that are its own; where they part there are links. Words of others are
//! only ever text between tags: `escaped` is their one way in, and attributes are made of numbers of ours.

mod speech;
#[cfg(any(test, fuzzing))]
pub(super) mod strict;

use std::fmt::Write as _;

use super::{
    Made, NoBranch, branch, language,
    limbs::{Limb, limbs},
    minutes::{minutes, minutes_title, provenance},
    plot::plot,
    words::{self, Words},
};
use crate::debate::{Debate, Drawn, Ended, Minutes, Speaker, Spread, Turn, TurnId, play::figure};

/// Hues of experts; seats beyond take them again.
const HUES: u16 = 8;
/// Cells of a plot.
const CELLS: usize = 40;
/// First words of a branch in the tree, in characters.
const FIRST_WORDS: usize = 60;
/// How it looks.
const STYLE: &str = include_str!("../../assets/page.css");

/// A page that is being written.
struct Page<'a> {
    debate: &'a Debate,
    words: &'static Words,
    limbs: Vec<Limb<'a>>,
    out: String,
}

/// The whole tree as a page, or the branch of that name, with what is to stand behind the turns.
pub fn html(debate: &Debate, name: Option<&str>, appendix: &str, made: &Made<'_>) -> Result<String, NoBranch> {
    let limbs = match name {
        None => limbs(debate),
        Some(_) => {
            let (found, turns) = branch(debate, name)?;
            found.into_iter().map(|branch| Limb { branch, from: None, below: None, turns: turns.clone() }).collect()
        }
    };
    let mut page = Page { debate, words: words::of(language(debate)), limbs, out: String::new() };
    page.head(made);
    page.tree();
    page.out.push_str("<main>\n");
    for at in 0..page.limbs.len() {
        page.limb(at);
    }
    page.out.push_str(appendix);
    let _ = write!(page.out, "</main>\n<footer>agon {} · {}</footer>\n</body>\n</html>\n", escaped(made.version), escaped(made.date));
    Ok(page.out)
}

/// Text that means nothing to HTML, between tags and in quoted attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '`' => out.push_str("&#96;"),
            c => out.push(c),
        }
    }
    out
}

/// A tag of a language that is one, or English.
fn tag(language: &str) -> &str {
    let fits = !language.is_empty() && language.len() <= 35 && language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { language } else { "en" }
}

// Writing to a String can't fail, here and below.
impl Page<'_> {
    fn head(&mut self, made: &Made<'_>) {
        let (topic, words) = (escaped(&self.debate.topic().replace('\n', " ")), self.words);
        let _ = write!(
            self.out,
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" content=\"agon {}\">\n<title>{topic}</title>\n<style>\n{STYLE}</style>\n\
             </head>\n<body>\n<header>\n<p class=\"simulation\">{}</p>\n<h1 dir=\"auto\">{topic}</h1>\n",
            tag(language(self.debate)),
            escaped(made.version),
            escaped(words.simulation),
        );
        if let Some(o) = self.debate.opening() {
            let format = o.format.as_ref().map_or_else(String::new, |f| format!(" · {}", escaped(f.name.as_str())));
            let (panel, model, date) = (escaped(o.panel.name.as_str()), escaped(o.model.as_str()), escaped(made.date));
            let _ = writeln!(self.out, "<p class=\"facts\">{panel} · {model}{format} · {date}</p>");
            let _ = writeln!(
                self.out,
                "<p class=\"table\">{}</p>\n<ul class=\"cast\">",
                escaped(words.table.trim_end_matches([' ', ':', '：']))
            );
            for (seat, expert) in o.panel.experts.iter().enumerate() {
                let hue = u16::try_from(seat).unwrap_or_default() % HUES;
                let role = if expert.role.is_empty() { String::new() } else { format!(" <span>{}</span>", escaped(expert.role.as_str())) };
                let _ = writeln!(self.out, "<li class=\"e{hue}\"><b dir=\"auto\">{}</b>{role}</li>", escaped(expert.name.as_str()));
            }
            self.out.push_str("</ul>\n");
        }
        self.out.push_str("</header>\n");
    }

    /// All branches as a list of lists, each below the one that it leaves.
    fn tree(&mut self) {
        if self.limbs.len() < 2 {
            return;
        }
        let _ = writeln!(self.out, "<nav aria-label=\"{0}\">\n<h2>{0}</h2>", escaped(self.words.tree));
        self.twigs(None);
        self.out.push_str("</nav>\n");
    }

    /// No recursion: a debate can be forked a thousand times in a row.
    fn twigs(&mut self, root: Option<usize>) {
        let below = |of: Option<usize>, limbs: &[Limb<'_>]| -> Vec<usize> {
            (0..limbs.len()).filter(|n| limbs[*n].below == of && of != Some(*n)).rev().collect()
        };
        let mut open: Vec<Vec<usize>> = vec![below(root, &self.limbs)];
        self.out.push_str("<ul>\n");
        while let Some(level) = open.last_mut() {
            let Some(at) = level.pop() else {
                open.pop();
                self.out.push_str(if open.is_empty() { "</ul>\n" } else { "</ul>\n</li>\n" });
                continue;
            };
            self.twig(at);
            let next = below(Some(at), &self.limbs);
            if next.is_empty() {
                self.out.push_str("</li>\n");
            } else {
                self.out.push_str("\n<ul>\n");
                open.push(next);
            }
        }
    }

    fn twig(&mut self, at: usize) {
        let (limb, words) = (&self.limbs[at], self.words);
        let to =
            if limb.turns.is_empty() { limb.from.map_or_else(|| "b1".to_owned(), |id| format!("t{id}")) } else { format!("b{}", at + 1) };
        let first = limb.turns.first().map_or_else(String::new, |turn| {
            let said = turn.said();
            let text: String = said.chars().take(FIRST_WORDS).collect::<String>().replace('\n', " ");
            let more = if text.len() < said.len() { "…" } else { "" };
            format!(" <q dir=\"auto\">{}{more}</q>", escaped(&text))
        });
        let own = escaped(&words.turns(limb.turns.len()));
        let from = limb.from.map_or_else(String::new, |id| format!(", {}{id}{}", words.from.0, words.from.1));
        let _ = write!(
            self.out,
            "<li><a href=\"#{to}\"><b dir=\"auto\">{}</b></a> <small>{own}{from}</small>{first}",
            escaped(limb.branch.name.as_str())
        );
    }

    fn limb(&mut self, at: usize) {
        let limb = &self.limbs[at];
        if limb.turns.is_empty() && at > 0 {
            return;
        }
        let (turns, branch, from) = (limb.turns.clone(), limb.branch, limb.from);
        let words = self.words;
        let _ = writeln!(self.out, "<section class=\"branch\" id=\"b{}\">", at + 1);
        if self.limbs.len() > 1 {
            let _ = writeln!(self.out, "<h2 dir=\"auto\">{}</h2>", escaped(branch.name.as_str()));
        }
        if at > 0 {
            let from = match from {
                Some(id) => format!("↑ {}<a href=\"#t{id}\">{id}</a>{}", words.from.0, words.from.1),
                None => words.from_start.to_owned(),
            };
            let _ = writeln!(self.out, "<p class=\"from\">{from}</p>");
        }
        for turn in &turns {
            self.turn(turn);
        }
        let path: Vec<&Turn> = {
            let ids = branch.head.map(|head| self.debate.path_to(head)).unwrap_or_default();
            ids.into_iter().filter_map(|id| self.debate.turn(id)).collect()
        };
        if at == 0 {
            self.outcome(&path);
        }
        if let Some(drawn) = minutes(self.debate, Some(branch)) {
            let elsewhere = at > 0 && !turns.iter().any(|t| t.id == drawn.minutes.upto);
            if !elsewhere {
                self.minutes(drawn);
            }
        }
        self.out.push_str("</section>\n");
    }

    fn turn(&mut self, turn: &Turn) {
        let words = self.words;
        if let Some(phase) = turn.play.as_ref().filter(|play| play.began == turn.id).and_then(|play| play.phase()) {
            let _ = writeln!(self.out, "<h3 class=\"phase\" dir=\"auto\">{}</h3>", escaped(phase.name.as_str()));
        }
        let (class, to) = match turn.speaker {
            Speaker::Expert(seat) => (format!("e{}", seat.0 % HUES), String::new()),
            Speaker::WalkOn => ("walk-on".to_owned(), String::new()),
            Speaker::Stage => ("stage".to_owned(), String::new()),
            Speaker::Audience { to } => {
                let to = to.and_then(|seat| turn.cast.seat(seat)).map(|seat| seat.expert.label.to_string());
                ("audience".to_owned(), words.addressing(to.as_deref(), turn.manner))
            }
        };
        let _ = writeln!(self.out, "<article class=\"turn {class}\" id=\"t{0}\">", turn.id);
        let mut notes = Vec::new();
        match (turn.edited, turn.is_model_s_direction()) {
            (Some(_), _) => notes.push(words.edited.to_owned()),
            (None, true) => notes.push(words.written.to_owned()),
            (None, false) => {}
        }
        if turn.imitates_audience() {
            notes.push(words.imitates.to_owned());
        }
        notes.extend(turn.kept.map(|kept| format!("{}{}", words.begins, kept.of)));
        match turn.ended {
            Some(Ended::Done) => {}
            Some(Ended::Cut) => notes.push(words.cut.to_owned()),
            Some(Ended::Failed) => notes.push(words.failed.to_owned()),
            None => notes.push(words.speaking.to_owned()),
        }
        let notes: String = notes.iter().map(|note| format!(" <small>({})</small>", escaped(note))).collect();
        let number = format!("<a class=\"number\" href=\"#t{0}\">{0}</a>", turn.id);
        if turn.speaker == Speaker::Stage {
            let _ = writeln!(self.out, "<p class=\"direction\" dir=\"auto\">[{}] {number}{notes}</p>", escaped(turn.said()));
        } else {
            let (label, to) = (escaped(turn.label.as_str()), escaped(&to));
            let _ = writeln!(self.out, "<p class=\"who\"><b dir=\"auto\">{label}</b>{to} {number}{notes}</p>");
            self.out.push_str(&speech::paragraphs(turn.said()));
        }
        self.forks(turn.id);
        self.out.push_str("</article>\n");
    }

    /// Where else it goes on from a turn.
    fn forks(&mut self, id: TurnId) {
        let forks: Vec<String> = (0..self.limbs.len())
            .filter(|n| self.limbs[*n].from == Some(id) && !self.limbs[*n].turns.is_empty())
            .map(|n| format!("<a href=\"#b{}\">{}</a>", n + 1, escaped(self.limbs[n].branch.name.as_str())))
            .collect();
        if !forks.is_empty() {
            let _ = writeln!(self.out, "<p class=\"forks\">↳ {}</p>", forks.join(" · "));
        }
    }

    fn minutes(&mut self, drawn: &Drawn) {
        let (debate, minutes): (_, &Minutes) = (self.debate, &drawn.minutes);
        let [made, read] = provenance(debate, minutes).map(|line| escaped(&line));
        let title = minutes_title(debate);
        let _ =
            writeln!(self.out, "<section class=\"minutes\">\n<h3>{}</h3>\n<p class=\"note\">{made} {read}</p>", escaped(title.as_str()));
        for section in &minutes.sections {
            let _ = writeln!(self.out, "<h4>{}</h4>\n<ul>", escaped(section.about.heading(language(debate))));
            for statement in &section.statements {
                let links: Vec<String> = statement.turns.iter().map(|id| format!("<a href=\"#t{id}\">#{id}</a>")).collect();
                let _ =
                    writeln!(self.out, "<li dir=\"auto\">{} <small>({})</small></li>", escaped(statement.text.as_str()), links.join(", "));
            }
            self.out.push_str("</ul>\n");
        }
        self.out.push_str("</section>\n");
    }

    /// Votes with the swing, numbers with a plot.
    fn outcome(&mut self, turns: &[&Turn]) {
        let (debate, words) = (self.debate, self.words);
        let votes = debate.votes(turns.iter().copied());
        if let Some((_, first)) = votes.first() {
            let _ = writeln!(self.out, "<section class=\"outcome\">\n<h3>{}</h3>\n<ul>", escaped(words.votes));
            for (n, (turn, vote)) in votes.iter().enumerate() {
                let swing = vote.swing(first).filter(|_| n > 0);
                let each = vote.choices.iter().zip(&vote.counts).zip(vote.shares()).enumerate().map(|(at, ((choice, count), share))| {
                    let by = swing.as_ref().and_then(|s| s.get(at)).map_or_else(String::new, |points| format!(", {points:+.0}"));
                    format!("{} {count} ({share:.0} %{by})", escaped(choice.as_str()))
                });
                let each = each.collect::<Vec<_>>().join(words.list);
                let _ = writeln!(self.out, "<li dir=\"auto\">{}: {each}</li>", link(*turn, words));
            }
            self.out.push_str("</ul>\n</section>\n");
        }
        let estimates = debate.estimates(turns.iter().copied());
        let spreads: Vec<Spread> = estimates.iter().filter_map(|e| e.spread()).collect();
        let ends = spreads.iter().map(|s| s.least).min_by(f64::total_cmp).zip(spreads.iter().map(|s| s.most).max_by(f64::total_cmp));
        let Some((from, to)) = ends else { return };
        let _ = writeln!(self.out, "<section class=\"outcome\">\n<h3>{}</h3>\n<ul>", escaped(words.estimates));
        for one in &estimates {
            let Some(spread) = one.spread() else { continue };
            let given = one.given.iter().map(|(_, label, number)| format!("{} {}", escaped(label.as_str()), figure(*number)));
            let given = given.collect::<Vec<_>>().join(words.list);
            let _ = writeln!(
                self.out,
                "<li dir=\"auto\"><b>{}</b> ({}): {} {} [{} – {}]; {given}<br><code>{} {} {}</code></li>",
                escaped(one.phase.as_str()),
                link(one.began, words),
                escaped(words.median),
                figure(spread.median),
                figure(spread.lower),
                figure(spread.upper),
                figure(from),
                plot(&spread, from, to, CELLS),
                figure(to),
            );
        }
        self.out.push_str("</ul>\n</section>\n");
    }
}

fn link(turn: TurnId, words: &Words) -> String {
    format!("{}<a href=\"#t{turn}\">{turn}</a>{}", words.turn.0, words.turn.1)
}

#[cfg(test)]
mod tests;
