//! Minutes over the room: sections, statements, and the turns they cite, of which one is marked.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::{Modifier, Style},
};

use super::{Look, dialog, put};
use crate::{
    export::{minutes_title, provenance},
    room::Activity,
    tui::{
        keys::Intent,
        state::{Screen, minutes::Open},
        theme::Role,
        tongue::phrase,
        wrap::{Setting, Tone, cells, wrap},
    },
};

/// A row: pieces with their styles, and whether the marked citation is in it.
type Line = (Vec<(String, Style)>, bool);

/// Draws them.
pub fn draw(look: Look<'_>, open: &Open, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let width = area.width.saturating_sub(4).min(100);
    let (lines, title) = (lines(look, open, width.saturating_sub(4)), title(look.screen, open));
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).saturating_add(2).min(area.height.saturating_sub(2));
    let inner = dialog::frame(look, area, (width, height), &title, &keys(look, open), buffer);
    // The marked citation stays in the middle of what is seen.
    let marked = lines.iter().position(|(_, marked)| *marked).unwrap_or(0);
    let rows = usize::from(inner.height);
    let from = marked.saturating_sub(rows / 2).min(lines.len().saturating_sub(rows));
    // As long as nobody has gone on, the beginning is seen.
    let from = if open.at == 0 { 0 } else { from };
    for (y, (pieces, _)) in (inner.y..inner.bottom()).zip(lines.iter().skip(from)) {
        let mut x = inner.x;
        for (text, style) in pieces {
            x = put(buffer, x, y, text, inner.right().saturating_sub(x), *style);
        }
    }
    None
}

fn title(screen: &Screen, open: &Open) -> String {
    let name = minutes_title(&screen.debate);
    let all = screen.debate.minutes().len();
    match screen.debate.branch() {
        Some(branch) if all > 1 => {
            format!("{name} · {} · {}", branch.name, phrase!(screen.tongue, "n-of", n = all - open.back.min(all - 1), of = all))
        }
        Some(branch) => format!("{name} · {}", branch.name),
        None => name.to_string(),
    }
}

fn keys(look: Look<'_>, open: &Open) -> String {
    let key = |intent: Intent, does| look.screen.keys.key(intent).map(|k| format!("{k} {}", look.say(does)));
    if look.screen.is_minuting() {
        return look.say("minutes-making-keys").to_owned();
    }
    let older = (look.screen.debate.minutes().len() > 1).then(|| format!("[ ] {}", look.say("minutes-older")));
    let some = open.shown(&look.screen.debate).is_some();
    let all = [
        some.then(|| format!("enter {}", look.say("foot-to-turn"))),
        key(Intent::Minutes, "foot-anew"),
        key(Intent::Copy, "foot-copy"),
        older,
        Some("esc".to_owned()),
    ];
    all.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn lines(look: Look<'_>, open: &Open, width: u16) -> Vec<Line> {
    let (screen, theme) = (look.screen, look.theme);
    let (text, dim) = (theme.style(Role::Text), theme.style(Role::Dim));
    let mut lines: Vec<Line> = Vec::new();
    if screen.is_minuting() {
        lines.push((vec![(progress(screen), theme.style(Role::Accent).add_modifier(Modifier::BOLD))], false));
        lines.push((Vec::new(), false));
    }
    let Some(drawn) = open.shown(&screen.debate) else { return lines };
    let minutes = &drawn.minutes;
    for line in provenance(&screen.debate, minutes) {
        lines.extend(rows(&line, width, 0).into_iter().map(|row| (vec![(row, dim)], false)));
    }
    let language = screen.debate.opening().map_or("en", |o| o.panel.language.as_str());
    let mut at = 0;
    for section in &minutes.sections {
        lines.push((Vec::new(), false));
        let heading = section.about.heading(language).to_owned();
        lines.push((vec![(heading, theme.style(Role::Title).add_modifier(Modifier::BOLD))], false));
        for statement in &section.statements {
            let mut block: Vec<Line> =
                rows(&format!("· {}", statement.text), width, 2).into_iter().map(|row| (vec![(row, text)], false)).collect();
            for turn in &statement.turns {
                let cite = format!("#{turn}");
                let used: u16 = block.last().map_or(0, |(pieces, _)| pieces.iter().map(|(t, _)| cells(t)).sum());
                if used + cells(&cite) + 1 > width {
                    block.push((vec![(" ".to_owned(), text)], false));
                }
                let marked = at == open.at;
                let style = theme.style(Role::Accent);
                let style = if marked { theme.filled(style) } else { style };
                if let Some((pieces, here)) = block.last_mut() {
                    pieces.extend([(" ".to_owned(), text), (cite, style)]);
                    *here |= marked;
                }
                at += 1;
            }
            lines.append(&mut block);
        }
    }
    lines
}

fn rows(text: &str, width: u16, hang: u16) -> Vec<String> {
    let setting = Setting { width: width.max(1), hang, words: true };
    wrap(&[(Tone::default(), text.to_owned())], setting).iter().map(|row| row.text()).collect()
}

/// How far they are.
fn progress(screen: &Screen) -> String {
    let tongue = screen.tongue;
    match screen.status.activity {
        Activity::Minuting { section, of, tokens } => {
            phrase!(tongue, "minutes-making", section = section, of = of, n = tokens)
        }
        Activity::Retrying { .. } => tongue.say("minutes-again").to_owned(),
        _ => match screen.debate.speaking() {
            Some(turn) => phrase!(tongue, "minutes-as-soon-as", label = turn.label),
            None => tongue.say("minutes-asked").to_owned(),
        },
    }
}
