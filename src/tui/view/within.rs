//! A turn's words, one of them marked, with the likeliest others at its place.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
    widgets::Widget,
};

use super::{Look, dialog, put, tint};
use crate::tui::{
    state::within::{Told, Within},
    theme::Role,
    tongue::phrase,
    wrap::{Row, Setting, Tone, cells, wrap},
};

/// Rows of other words at most.
const OTHERS: u16 = 8;
/// Cells of the widest bar.
const BAR: f32 = 16.0;

/// Draws it; gives where the cursor is.
pub fn draw(look: Look<'_>, within: &Within, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let theme = look.theme;
    let width = area.width.saturating_sub(4).clamp(30, 76);
    let rows = rows(within, width.saturating_sub(4).max(1));
    let text = u16::try_from(rows.len()).unwrap_or(u16::MAX);
    let most = area.height.saturating_sub(4);
    let others = OTHERS.min(most.saturating_sub(4)).max(1);
    let shown = text.min(most.saturating_sub(others + 1)).max(1);
    let keys = match (within.typing, width >= 60) {
        (true, true) => "within-typing-keys",
        (true, false) => "form-limit-keys",
        (false, true) => "within-keys",
        (false, false) => "within-keys-brief",
    };
    let label = look.screen.debate.turn(within.turn).map(|t| t.label.clone()).unwrap_or_default();
    let title = phrase!(look.screen.tongue, "within-title", id = within.turn, label = label);
    let inner = dialog::frame(look, area, (width, shown + others + 3), &title, look.say(keys), buffer);
    if inner.height < 3 || inner.width < 8 {
        return None;
    }
    let shown = shown.min(inner.height.saturating_sub(2));
    let marked = rows.iter().position(is_marked).unwrap_or(0);
    let visible = usize::from(shown);
    // The marked word stays in sight, with a line of what comes after it.
    let from = (marked + 2).saturating_sub(visible).min(rows.len().saturating_sub(visible)).min(marked);
    for (y, row) in (inner.y..inner.y + shown).zip(rows.iter().skip(from)) {
        let mut x = inner.x;
        for (tone, part) in &row.runs {
            let style = if tone.strong {
                theme.filled(theme.style(Role::Accent)).add_modifier(Modifier::BOLD)
            } else if tone.emphasis {
                theme.style(Role::Dim)
            } else {
                theme.style(Role::Text)
            };
            x = put(buffer, x, y, part, inner.right().saturating_sub(x), style);
        }
    }
    let mut rest = Rect { y: inner.y + shown, height: inner.height - shown, ..inner };
    let cursor = own(look, within, Rect { height: 1, ..rest }, buffer);
    rest = Rect { y: rest.y + 1, height: rest.height - 1, ..rest };
    told(look, within, rest, buffer);
    cursor
}

/// The line of one's own words.
fn own(look: Look<'_>, within: &Within, row: Rect, buffer: &mut Buffer) -> Option<Position> {
    let theme = look.theme;
    let sign = if within.typing { theme.style(Role::Accent) } else { theme.style(Role::Dim) };
    put(buffer, row.x, row.y, "›", 1, sign);
    let field = Rect { x: row.x + 2, width: row.width.saturating_sub(2), ..row };
    if !within.typing && within.field.is_blank() {
        let word = within.text.slice(within.word());
        let hint = match &within.told {
            Told::Words(_) => phrase!(look.screen.tongue, "within-words", word = word),
            Told::Waiting => phrase!(look.screen.tongue, "within-waiting", word = word),
            Told::Nothing(_) => phrase!(look.screen.tongue, "within-nothing", word = word),
        };
        put(buffer, field.x, field.y, &hint, field.width, theme.style(Role::Dim));
        return None;
    }
    within.field.area().render(field, buffer);
    let (x, _) = within.field.cursor();
    within.typing.then(|| Position::new(field.x + x.min(field.width.saturating_sub(1)), field.y))
}

fn told(look: Look<'_>, within: &Within, area: Rect, buffer: &mut Buffer) {
    let theme = look.theme;
    let words = match &within.told {
        Told::Words(words) => words,
        Told::Waiting => return,
        Told::Nothing(why) => {
            let rows = wrap(
                &[(Tone::default(), look.screen.tongue.heard(why.as_str()).into_owned())],
                Setting { width: area.width.max(1), hang: 0, words: true },
            );
            for (y, row) in (area.y..area.bottom()).zip(&rows) {
                put(buffer, area.x, y, &row.text(), area.width, theme.style(Role::Warn));
            }
            return;
        }
    };
    let visible = usize::from(area.height);
    let from = (within.chosen + 1).saturating_sub(visible);
    let widest = words.iter().map(|(word, _)| cells(word.as_str().trim())).max().unwrap_or(0).min(area.width / 2);
    for (y, (n, (word, logprob))) in (area.y..area.bottom()).zip(words.iter().enumerate().skip(from)) {
        let row = Rect { y, height: 1, ..area };
        let here = n == within.chosen && !within.typing;
        if here {
            tint(buffer, row, theme.selected());
            put(buffer, row.x, y, "▌", 1, theme.style(Role::Accent));
        }
        let share = logprob.exp().clamp(0.0, 1.0);
        let x = put(buffer, row.x + 2, y, word.as_str().trim(), widest, theme.style(Role::Text));
        let x = x.max(row.x + 2 + widest) + 1;
        let percent = format!("{:5.1} %", share * 100.0);
        let x = put(buffer, x, y, &percent, row.right().saturating_sub(x), theme.style(Role::Dim)) + 1;
        let bar = "█".repeat((share * BAR).ceil() as usize);
        put(buffer, x, y, &bar, row.right().saturating_sub(x), theme.style(Role::Accent));
    }
}

/// The turn's text: what stays, the marked word in bold, what goes.
fn rows(within: &Within, width: u16) -> Vec<Row> {
    let word = within.word();
    let part = |range: std::ops::Range<usize>| within.text.slice(range).as_str().replace('\n', " ");
    let runs = [
        (Tone::default(), part(0..word.start).trim_start().to_owned()),
        (Tone::default().bold(), part(word.clone())),
        (Tone { emphasis: true, ..Tone::default() }, part(word.end..within.text.len()).trim_end().to_owned()),
    ];
    wrap(&runs, Setting { width, hang: 0, words: true })
}

fn is_marked(row: &Row) -> bool {
    row.runs.iter().any(|(tone, _)| tone.strong)
}
