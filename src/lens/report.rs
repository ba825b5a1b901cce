//! All lenses over one transcript, as rows: no number without what it was taken from, and what is missing where there is none.

use serde::Serialize;

use super::{
    Interval, Live, Measured, Script, Talk, assent, collapse, convergence,
    distinctness::{self, Found},
    diversity,
    echo::{self, Echo},
    floor::{self, Floor},
    redundancy, surprise,
};

/// One number, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Which lens.
    pub lens: &'static str,
    /// Which of its numbers.
    pub figure: &'static str,
    /// Of whom; `all` for the branch.
    pub of: String,
    /// The number; `None`: not yet.
    pub value: Option<f64>,
    /// Where it may as well lie (90 %), where that can be told.
    pub interval: Option<Interval>,
    /// What it was taken from, in `unit`.
    pub n: usize,
    /// Words, turns, windows or tokens.
    pub unit: &'static str,
    /// What to know about it; what is missing where there is no number.
    pub note: String,
}

/// All that was measured of one transcript.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// Speakers, in the order of first words.
    pub speakers: Vec<String>,
    /// Turns that were looked at.
    pub turns: usize,
    /// Words in them.
    pub words: usize,
    /// The numbers.
    pub rows: Vec<Row>,
    /// Signs of collapse, in words.
    pub signs: Vec<&'static str>,
    /// Whether they make a collapse.
    pub collapse: bool,
}

struct Rows(Vec<Row>);

impl Rows {
    fn add(
        &mut self,
        names: (&'static str, &'static str),
        of: &str,
        measured: Option<Measured>,
        sample: (usize, &'static str),
        missing: &str,
    ) {
        let note = if measured.is_some() { String::new() } else { missing.to_owned() };
        let (value, interval) = (measured.map(|m| m.value), measured.and_then(|m| m.interval));
        let n = measured.map_or(sample.0, |m| m.n);
        self.0.push(Row { lens: names.0, figure: names.1, of: of.to_owned(), value, interval, n, unit: sample.1, note });
    }

    fn note(&mut self, note: impl Into<String>) {
        if let Some(row) = self.0.last_mut() {
            row.note = note.into();
        }
    }
}

const ALL: &str = "all";

/// Measures everything.
pub fn measure(talk: &Talk) -> Report {
    let mut rows = Rows(Vec::new());
    surprises(talk, &mut rows);
    distinct(talk, &mut rows);
    let (live, trend) = (Live::of(talk), convergence::trend(talk));
    texts(talk, &live, &mut rows);
    echoes(talk, &live.echo, &mut rows);
    assents(talk, &live.assent, &mut rows);
    converging(&trend, &mut rows);
    floors(talk, &live.floor, &mut rows);
    let signs = collapse::signs(&live.echo, &live.assent, &trend, false);
    Report {
        speakers: talk.speakers().to_vec(),
        turns: talk.said().len(),
        words: talk.words_of_each().iter().sum(),
        rows: rows.0,
        collapse: collapse::is_collapse(&signs),
        signs: signs.into_iter().map(collapse::Sign::words).collect(),
    }
}

/// Everybody, then each.
fn everybody(talk: &Talk) -> impl Iterator<Item = (Option<usize>, &str)> {
    let each = talk.speakers().iter().enumerate().map(|(i, name)| (Some(i), name.as_str()));
    let all = [(None, ALL)].into_iter();
    // One speaker is all there is.
    all.chain(each.filter(|_| talk.speakers().len() > 1))
}

fn surprises(talk: &Talk, rows: &mut Rows) {
    for (who, name) in everybody(talk) {
        let said = || talk.said().iter().filter(|s| who.is_none_or(|w| s.speaker == w));
        let tokens = said().map(|s| s.bits.len()).sum();
        let found = surprise::of(said());
        let missing =
            if tokens == 0 { "not told by the model".to_owned() } else { format!("not yet: no turn of {} tokens", surprise::LEAST) };
        rows.add(("surprise", "bits a token"), name, found.map(|s| s.bits), (tokens, "tokens"), &missing);
        if let Some(found) = found {
            if found.bits.n < surprise::COMPARE {
                rows.note(format!("under {} tokens: not to be compared", surprise::COMPARE));
            }
            let bare = |value| Some(Measured { value, interval: None, n: found.bits.n });
            rows.add(("surprise", "bits a character"), name, bare(found.a_character), (tokens, "tokens"), "");
            rows.add(("surprise", "squared step"), name, bare(found.step), (tokens, "tokens"), "");
        } else if tokens == 0 {
            return;
        }
    }
}

fn distinct(talk: &Talk, rows: &mut Rows) {
    let words = talk.words_of_each();
    let enough = words.iter().filter(|w| **w >= distinctness::LEAST).sum();
    match distinctness::of(talk) {
        Found::NotYet(speakers) => {
            let missing = format!("not yet: {speakers} of 2 speakers have {} words", distinctness::LEAST);
            rows.add(("distinctness", "D"), ALL, None, (enough, "words"), &missing);
        }
        Found::NotComparable(blocks) => {
            let missing = format!("not comparable: two speak in {blocks} stretches of time, 3 are needed");
            rows.add(("distinctness", "D"), ALL, None, (enough, "words"), &missing);
        }
        Found::Measured(found) => {
            let bare = |value| Some(Measured { value, interval: None, n: found.words });
            rows.add(("distinctness", "D"), ALL, bare(found.d), (found.words, "words"), "");
            rows.note(format!(
                "{}; {} speakers, {} blocks, p {:.2} of 99 shuffles",
                if found.is_distinct() { "distinct" } else { "not shown to be distinct" },
                found.speakers.len(),
                found.blocks,
                found.p
            ));
            rows.add(("distinctness", "shuffled mean"), ALL, bare(found.null), (found.words, "words"), "");
            rows.add(("distinctness", "V"), ALL, bare(found.v), (found.words, "words"), "");
            rows.add(("distinctness", "p"), ALL, bare(found.p), (found.words, "words"), "");
        }
    }
}

fn texts(talk: &Talk, live: &Live, rows: &mut Rows) {
    for (who, name) in everybody(talk) {
        let measure = who.and_then(|w| live.diversity_of_each.get(w)).unwrap_or(&live.diversity);
        let missing = format!("not yet: {} of {} words", measure.words(), diversity::LEAST);
        rows.add(("diversity", "MATTR-50"), name, measure.reading(), (measure.words(), unit(talk)), &missing);
    }
    let measure = &live.redundancy;
    let missing = "not yet: no whole window of 4 KiB";
    rows.add(("redundancy", "saved by deflate"), ALL, measure.reading(), (measure.windows(), "windows of 4 KiB"), missing);
    if (1..redundancy::COMPARE).contains(&measure.windows()) {
        rows.note(format!("under {} windows: not to be compared", redundancy::COMPARE));
    }
}

fn unit(talk: &Talk) -> &'static str {
    match talk.script() {
        Script::Spaced => "words",
        Script::Dense => "characters",
    }
}

fn echoes(talk: &Talk, echo: &Echo, rows: &mut Rows) {
    for (who, name) in everybody(talk) {
        let (others, own) = echo.reading(who).unzip();
        let missing = format!("not yet: no turn of {} {}", echo::LEAST, unit(talk));
        rows.add(("echo", "of others"), name, others, (0, "turns"), &missing);
        rows.add(("echo", "of oneself"), name, own, (0, "turns"), &missing);
    }
}

fn assents(talk: &Talk, assent: &assent::Assent, rows: &mut Rows) {
    let missing = |n: usize| format!("not yet: {n} of {} turns", assent::LEAST);
    for (who, name) in everybody(talk) {
        let of = |t: &assent::Opening| who.is_none_or(|w| t.speaker == w);
        let n = assent.turns().iter().filter(|t| of(t)).count();
        let (assenting, qualified) = assent.reading(of).map(|s| (s.assenting, s.qualified)).unzip();
        rows.add(("assent", "opens with it"), name, assenting, (n, "turns"), &missing(n));
        rows.add(("assent", "qualified"), name, qualified, (n, "turns"), &missing(n));
    }
    for (from, name) in talk.speakers().iter().enumerate() {
        for (to, other) in talk.speakers().iter().enumerate() {
            if let Some(shares) = assent.reading(|t| t.speaker == from && t.to == Some(to)) {
                rows.add(("assent", "opens with it"), &format!("{name} → {other}"), Some(shares.assenting), (0, "turns"), "");
            }
        }
    }
}

fn converging(trend: &[convergence::Reading], rows: &mut Rows) {
    let missing = format!("not yet: two speakers with {} words in one stretch are needed", convergence::LEAST);
    let Some(last) = trend.last() else {
        rows.add(("convergence", "cosine above shuffled"), ALL, None, (0, "words"), &missing);
        return;
    };
    // Where the difference would lie if labels made none.
    let measured = |value| Some(Measured { value, interval: None, n: last.words });
    rows.add(("convergence", "cosine above shuffled"), ALL, measured(last.value()), (last.words, "words"), "");
    rows.note(format!("shuffled {:+.3} to {:+.3}", last.band.low - last.shuffled, last.band.high - last.shuffled));
    rows.add(("convergence", "cosine"), ALL, measured(last.cosine), (last.words, "words"), "");
    if let Some(first) = trend.first().filter(|f| f.turns < last.turns) {
        let moved = last.value() - first.value();
        rows.add(("convergence", "change"), ALL, measured(moved), (last.words, "words"), "");
        let noise = if moved.abs() < 0.05 { "; under 0.05 is noise" } else { "" };
        rows.note(format!("since turn {}, {} readings{noise}", first.turns, trend.len()));
    }
}

fn floors(talk: &Talk, measure: &Floor, rows: &mut Rows) {
    let missing = if talk.speakers().len() < 2 {
        "one speaker has all of it".to_owned()
    } else {
        format!("not yet: {} of {} turns", measure.turns(), floor::LEAST)
    };
    rows.add(("floor", "evenness"), ALL, measure.evenness(), (measure.turns(), "turns"), &missing);
    for (who, name) in everybody(talk).filter_map(|(who, name)| Some((who?, name))) {
        rows.add(("floor", "share of words"), name, measure.share(who), (measure.turns(), "turns"), &missing);
    }
}
