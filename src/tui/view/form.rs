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
        tongue::phrase,
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
        Some(fault) => (look.screen.tongue.heard(fault).into_owned(), look.theme.style(Role::Bad)),
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
    let tongue = look.screen.tongue;
    let said = |id| tongue.say(id).to_owned();
    let turn = |id| {
        let turn = look.screen.debate.turn(id);
        turn.map_or_else(String::new, |t| format!("#{id} {}", t.label))
    };
    match &form.of {
        FormFor::Fork(Some(at)) => {
            let at = *at;
            let words = look.screen.debate.turn(at).map_or("", |t| t.said()).replace('\n', " ");
            let hint = phrase!(tongue, "form-fork-hint-after", said = clip(&words, 36));
            (phrase!(tongue, "form-fork-after", turn = turn(at)), hint, tongue.say("form-fork-keys"))
        }
        FormFor::Fork(None) => (said("form-fork"), said("form-fork-hint"), tongue.say("form-fork-keys")),
        FormFor::Edit(id) => (phrase!(tongue, "form-edit", turn = turn(*id)), said("form-edit-hint"), tongue.say("form-edit-keys")),
        FormFor::Name(branch) => (phrase!(tongue, "form-name", branch = branch), said("form-name-hint"), tongue.say("form-name-keys")),
        FormFor::Limit(label) => {
            let title = match label {
                Some(label) => phrase!(tongue, "form-limit-one", label = label),
                None => said("form-limit"),
            };
            (title, said("form-limit-hint"), tongue.say("form-limit-keys"))
        }
        FormFor::Vote => {
            let choices =
                director::choices(&look.screen.debate).iter().map(ToString::to_string).collect::<Vec<_>>().join(tongue.say("comma"));
            (said("head-vote"), phrase!(tongue, "form-vote-hint", choices = choices), tongue.say("form-vote-keys"))
        }
        FormFor::Pace => (said("form-pace"), said("form-pace-hint"), tongue.say("form-set-keys")),
        FormFor::Autopilot => (said("form-autopilot"), said("form-autopilot-hint"), tongue.say("form-set-keys")),
        FormFor::Save => (said("form-save"), said("form-save-hint"), tongue.say("form-save-keys")),
    }
}

/// Draws a question.
pub fn ask(look: Look<'_>, ask: &Ask, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    let width = area.width.saturating_sub(6).clamp(24, 60);
    let text = [(Tone::default(), ask.question.clone())];
    let rows = wrap(&text, Setting { width: width.saturating_sub(4).max(1), hang: 0, words: true });
    let height = u16::try_from(rows.len()).unwrap_or(4) + 2;
    let inner = dialog::frame(look, area, (width, height), look.say("ask-sure"), look.say("ask-keys"), buffer);
    for (y, row) in (inner.y..inner.bottom()).zip(&rows) {
        put(buffer, inner.x, y, &row.text(), inner.width, look.theme.style(Role::Text));
    }
    None
}
