//! What is measured of the debate: a strip for all of it, and each expert's own under the pane. “not yet” where there is too little text.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::{Look, dialog, put, put_all};
use crate::{
    lens::{Course, Point, collapse},
    tui::{state::PaneId, theme::Role, tongue::phrase, update, wrap::cells},
};

/// How a number over turns is drawn: between which values.
type Scale = (f64, f64);
const BITS: Scale = (0.0, 8.0);
const DIVERSITY: Scale = (0.5, 0.9);
const ECHO: Scale = (0.0, 0.1);
const ASSENT: Scale = (0.0, 0.5);
const CONVERGENCE: Scale = (-0.2, 0.2);
const DISTINCT: Scale = (-0.2, 0.6);

/// How much is told of each measure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Length {
    /// With what it was taken from, and over turns.
    Full,
    /// Over fewer turns.
    Middle,
    /// The number alone.
    Short,
}

impl Length {
    fn gap(self) -> u16 {
        if self == Self::Short { 1 } else { 2 }
    }
}

/// The last values as a line of blocks, on a fixed scale: what is equal looks equal.
pub fn sparkline(values: impl DoubleEndedIterator<Item = f64>, (low, high): Scale, width: usize) -> String {
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let block = |v: f64| BLOCKS[(((v - low) / (high - low)).clamp(0.0, 1.0) * 7.0).round() as usize];
    let mut line: Vec<char> = values.rev().take(width).map(block).collect();
    line.reverse();
    line.into_iter().collect()
}

/// Draws the strip.
pub fn draw(look: Look<'_>, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let course = &look.screen.lenses.course;
    let apart = look.screen.arranged.panes.iter().filter(|p| p.bordered && matches!(p.id, PaneId::Seat(_))).count();
    // Where each pane tells its own, no line of all experts is needed.
    let experts = area.height > 1 && apart < look.screen.debate.cast().present().count();
    let lines = area.height - u16::from(experts);
    for length in [Length::Full, Length::Middle, Length::Short] {
        let pieces = measures(look, course, length);
        let (room, gap) = (Rect { x: area.x + 1, width: area.width.saturating_sub(1), height: lines, ..area }, length.gap());
        if flow(&pieces, room, gap, None) || length == Length::Short {
            flow(&pieces, room, gap, Some(buffer));
            break;
        }
    }
    if experts {
        let room = Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width.saturating_sub(1), height: 1 };
        for length in [Length::Full, Length::Middle, Length::Short] {
            let pieces = own(look, course, length);
            if flow(&pieces, room, 2, None) || length == Length::Short {
                flow(&pieces, room, 2, Some(buffer));
                break;
            }
        }
    }
}

/// Pieces one after another in some lines, none cut in two. False when they don't all fit.
fn flow(pieces: &[Vec<(String, Style)>], area: Rect, gap: u16, mut buffer: Option<&mut Buffer>) -> bool {
    let (mut x, mut y) = (area.x, area.y);
    for piece in pieces {
        let wide: u16 = piece.iter().map(|(t, _)| cells(t)).sum();
        if x > area.x && x + wide > area.right() {
            (x, y) = (area.x, y + 1);
        }
        if y >= area.bottom() || wide > area.width {
            return false;
        }
        if let Some(buffer) = buffer.as_deref_mut() {
            put_all(buffer, x, y, wide, piece);
        }
        x += wide + gap;
    }
    true
}

/// What is measured of everybody.
fn measures(look: Look<'_>, course: &Course, length: Length) -> Vec<Vec<(String, Style)>> {
    let (dim, text, accent) = (look.theme.style(Role::Dim), look.theme.style(Role::Text), look.theme.style(Role::Accent));
    let wide = if length == Length::Full { 16 } else { 6 };
    let points = course.points();
    let over = |of: fn(&Point) -> Option<f64>, scale| sparkline(points.iter().filter_map(of), scale, wide);
    let tongue = look.screen.tongue;
    let piece = |names: (&'static str, &'static str), value: Option<(String, String)>, line: String| {
        let name = tongue.say(if length == Length::Short { names.1 } else { names.0 });
        // A sign stands as well for a blank.
        let blank = if length == Length::Short && value.as_ref().is_some_and(|(v, _)| v.starts_with(['+', '-'])) { "" } else { " " };
        let mut piece = vec![(format!("{name}{blank}"), dim)];
        match value {
            None if length == Length::Short => piece.push(("–".to_owned(), dim)),
            Some((value, _)) if length == Length::Short => piece.push((value.replacen("0.", ".", 1), text)),
            None => piece.push((tongue.say("lens-not-yet").to_owned(), dim)),
            Some((value, from)) => {
                piece.push((value, text));
                piece.push((format!(" {from} "), dim));
                piece.push((line, accent));
            }
        }
        piece
    };
    let words = |n: usize| if length == Length::Full { phrase!(tongue, "lens-from-words", n = n) } else { format!("/{n}") };
    let turns = if length == Length::Full { tongue.say("lens-from-turns") } else { "/8" }.to_owned();
    let (live, short) = (course.live(), length == Length::Short);
    let diversity = live.diversity.mean().map(|v| (format!("{v:.2}"), words(live.diversity.words())));
    let echo = course.echo().map(|v| (if short { format!("{v:.2}") } else { format!("{v:.3}") }, turns.clone()));
    let assent = course.assent().map(|(n, of)| {
        let value = if short { format!("{n}/{of}") } else { format!("{:.2}", n as f64 / of as f64) };
        (value, turns)
    });
    let convergence = course.convergence().map(|r| (format!("{:+.2}", r.value()), words(r.words)));
    let apart = course.voices().map(|v| {
        let sure = if v.is_distinct() || short { String::new() } else { format!(" p {:.2}", v.p) };
        (format!("{:.2}{sure}", v.d), words(v.words))
    });
    let distinct = sparkline(course.voices_over_time().iter().copied(), DISTINCT, wide);
    let mut pieces = vec![
        piece(("lens-diversity", "lens-diversity-brief"), diversity, over(|p| p.diversity, DIVERSITY)),
        piece(("lens-echo", "lens-echo-brief"), echo, over(|p| p.echo, ECHO)),
        piece(("lens-assent", "lens-assent-brief"), assent, over(|p| p.assent, ASSENT)),
        piece(("lens-convergence", "lens-convergence-brief"), convergence, over(|p| p.convergence, CONVERGENCE)),
        piece(("lens-distinctness", "lens-distinctness-brief"), apart, distinct),
    ];
    if collapse::is_collapse(&course.signs()) {
        let sign = if length == Length::Short { "!" } else { tongue.say("lens-one-voice") };
        pieces.insert(0, vec![(sign.to_owned(), look.theme.style(Role::Bad).add_modifier(Modifier::BOLD))]);
    }
    pieces
}

/// What is measured of each expert at the table.
fn own(look: Look<'_>, course: &Course, length: Length) -> Vec<Vec<(String, Style)>> {
    let screen = look.screen;
    let seats = screen.debate.cast().present();
    let one = |seat: &crate::debate::Seat| {
        let number = super::pane::number(look, PaneId::Seat(seat.id)).unwrap_or(0);
        let name = if length == Length::Short { number.to_string() } else { format!("{number} {}", seat.expert.label) };
        let mut piece = vec![(format!("{name} "), look.theme.expert(seat.id.0))];
        piece.extend(of_one(look, course, seat.expert.label.as_str(), length));
        piece
    };
    seats.map(one).collect()
}

/// An expert's surprise and share of the floor.
fn of_one(look: Look<'_>, course: &Course, label: &str, length: Length) -> Vec<(String, Style)> {
    let (dim, text, accent) = (look.theme.style(Role::Dim), look.theme.style(Role::Text), look.theme.style(Role::Accent));
    let speaker = course.speaker(label);
    let mut pieces = Vec::new();
    if let Some((bits, n)) = speaker.and_then(|s| course.surprise(s)) {
        let wide = if length == Length::Full { 12 } else { 5 };
        let points = course.points().iter().filter(|p| Some(p.speaker) == speaker);
        if length != Length::Short {
            pieces.push((format!("{} ", sparkline(points.filter_map(|p| p.bits), BITS, wide)), accent));
        }
        pieces.push((format!("{bits:.1}"), text));
        let from = if length == Length::Full {
            format!(" {} ", phrase!(look.screen.tongue, "lens-bits-tokens", n = n))
        } else {
            format!(" {} ", look.say("lens-bits"))
        };
        pieces.push((if length == Length::Short { " ".to_owned() } else { from }, dim));
    }
    match speaker.and_then(|s| course.share(s)) {
        Some(share) => pieces.push((format!("{:.0} %", share * 100.0), text)),
        None => pieces.push((if length == Length::Short { "–" } else { look.say("lens-not-yet") }.to_owned(), dim)),
    }
    if length == Length::Full && speaker.and_then(|s| course.share(s)).is_some() {
        pieces.push((format!(" {}", look.say("lens-of-words")), dim));
    }
    pieces
}

/// An expert's measures at the right of the pane's lower edge. Gives where that leaves off.
pub fn foot(look: Look<'_>, pane: PaneId, area: Rect, buffer: &mut Buffer) -> u16 {
    let PaneId::Seat(seat) = pane else { return area.right() };
    if !look.screen.lenses.shown {
        return area.right();
    }
    let course = &look.screen.lenses.course;
    for length in [Length::Full, Length::Middle, Length::Short] {
        let mut pieces = of_one(look, course, look.screen.label(seat), length);
        pieces.insert(0, (" ".to_owned(), Style::new()));
        pieces.push((" ".to_owned(), Style::new()));
        let wide: u16 = pieces.iter().map(|(t, _)| cells(t)).sum();
        // The role gives way only to what would not be told otherwise: it stands at the pane's beginning too.
        let most = if length == Length::Full { area.width * 2 / 3 } else { area.width };
        if wide <= most {
            let x = area.right() - wide;
            put_all(buffer, x, area.y, wide, &pieces);
            return x.saturating_sub(1);
        }
    }
    area.right()
}

/// Draws what helps where the panel became one voice.
pub fn remedies(look: Look<'_>, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (theme, offered) = (look.theme, update::remedies_offered(look.screen));
    let signs = look.screen.lenses.course.signs();
    let told: Vec<&str> = signs.iter().map(|s| s.words()).collect();
    let height = u16::try_from(offered.len() + told.len()).unwrap_or(8) + 2 + u16::from(!told.is_empty());
    let inner = dialog::frame(look, area, (86, height), look.say("remedies-title"), look.say("remedies-keys"), buffer);
    let mut y = inner.y;
    for sign in &told {
        put(buffer, inner.x, y, &format!("! {}", look.screen.tongue.heard(sign)), inner.width, theme.style(Role::Warn));
        y += 1;
    }
    y += u16::from(!told.is_empty() && inner.height > height.saturating_sub(3));
    for (key, does) in &offered {
        if y >= inner.bottom() {
            break;
        }
        put(buffer, inner.x, y, &key.to_string(), 1, theme.style(Role::Accent).add_modifier(Modifier::BOLD));
        put(buffer, inner.x + 3, y, does, inner.width.saturating_sub(3), theme.style(Role::Text));
        y += 1;
    }
    None
}
