//! Forms and questions.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    widgets::Widget,
};

use super::{Look, dialog, put};
use crate::{
    room::director,
    tui::{
        state::layer::{Ask, Form, FormFor},
        theme::Role,
        wrap::{Setting, Tone, clip, wrap},
    },
};

/// Draws a form; gives where the cursor is.
pub fn draw(look: Look<'_>, form: &Form, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let (title, hint, keys) = words(look, form);
    let width = area.width.saturating_sub(6).clamp(30, 76);
    let lines = match form.of {
        FormFor::Edit(_) => form.field.height(width.saturating_sub(6)).clamp(3, (area.height * 2 / 3).max(3)),
        FormFor::Fork(_) | FormFor::Name(_) | FormFor::Limit(_) | FormFor::Save | FormFor::Vote | FormFor::Autopilot | FormFor::Pace => 1,
    };
    let inner = dialog::frame(look, area, (width, lines + 4), &title, keys, buffer);
    if inner.height == 0 || inner.width < 4 {
        return None;
    }
    let (text, style) = match &form.fault {
        Some(fault) => (fault.clone(), look.theme.style(Role::Bad)),
        None => (hint, look.theme.style(Role::Dim)),
    };
    let field = if inner.height > 1 {
        put(buffer, inner.x, inner.y, &text, inner.width, style);
        Rect { x: inner.x + 2, y: inner.y + 1, width: inner.width - 2, height: (inner.height - 1).min(lines) }
    } else {
        Rect { x: inner.x + 2, width: inner.width - 2, ..inner }
    };
    put(buffer, inner.x, field.y, "›", 1, look.theme.style(Role::Accent));
    form.field.area().render(field, buffer);
    let (x, y) = form.field.cursor();
    Some(Position::new(field.x + x.min(field.width.saturating_sub(1)), field.y + y.min(field.height.saturating_sub(1))))
}

fn words(look: Look<'_>, form: &Form) -> (String, String, &'static str) {
    let turn = |id| {
        let turn = look.screen.debate.turn(id);
        turn.map_or_else(String::new, |t| format!("#{id} {}", t.label))
    };
    match &form.of {
        FormFor::Fork(Some(at)) => {
            let at = *at;
            let said = look.screen.debate.turn(at).map_or("", |t| t.said()).replace('\n', " ");
            (format!("fork after {}", turn(at)), format!("“{}” · a name, or none", clip(&said, 36)), "enter forks · esc")
        }
        FormFor::Fork(None) => ("fork from here".to_owned(), "a name, or none".to_owned(), "enter forks · esc"),
        FormFor::Edit(id) => (
            format!("reword {}", turn(*id)),
            "the new words go on a branch of their own".to_owned(),
            "enter forks · alt-enter new line · esc keeps",
        ),
        FormFor::Name(branch) => {
            (format!("name the branch “{branch}”"), "what it is about, in a few words".to_owned(), "enter names · esc")
        }
        FormFor::Limit(label) => {
            let whose = label.as_ref().map_or("everybody's turns".to_owned(), |label| format!("{label}'s turns"));
            (
                format!("how long are {whose}?"),
                "about so many tokens (110 is usual), 8 to 4096; nothing: no limit".to_owned(),
                "enter · esc",
            )
        }
        FormFor::Vote => {
            let choices = director::choices(&look.screen.debate).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            ("the audience votes".to_owned(), format!("a number each for: {choices}; or one of these words"), "enter votes · esc")
        }
        FormFor::Pace => ("read along".to_owned(), "words a second, such as 4; off".to_owned(), "enter sets it · esc"),
        FormFor::Autopilot => (
            "it stops by itself".to_owned(),
            "turns 12, agreement, collapse, tokens 20000, cost 0.50; off".to_owned(),
            "enter sets it · esc",
        ),
        FormFor::Save => ("save as markdown".to_owned(), "or, by its end: .html .txt .jsonl .cast".to_owned(), "enter saves · esc"),
    }
}

/// Draws a question.
pub fn ask(look: Look<'_>, ask: &Ask, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let width = area.width.saturating_sub(6).clamp(24, 60);
    let text = [(Tone::default(), ask.question.clone())];
    let rows = wrap(&text, Setting { width: width.saturating_sub(4).max(1), hang: 0, words: true });
    let height = u16::try_from(rows.len()).unwrap_or(4) + 2;
    let inner = dialog::frame(look, area, (width, height), "sure?", "y yes · n no", buffer);
    for (y, row) in (inner.y..inner.bottom()).zip(&rows) {
        put(buffer, inner.x, y, &row.text(), inner.width, look.theme.style(Role::Text));
    }
    None
}
