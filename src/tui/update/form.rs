//! Keys in forms and questions, and what filling them in does.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Effect, fetch};
use crate::tui::tongue::phrase;
use crate::{
    debate::Clean,
    room::{Autopilot, Command, Pace, director},
    tui::state::{
        Layer, Screen,
        layer::{Form, FormFor, Yes},
    },
};

/// A key while a form is open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let Some(Layer::Form(form)) = screen.layers.last_mut() else { return Vec::new() };
    let newline = event.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SHIFT | KeyModifiers::CONTROL);
    match event.code {
        KeyCode::Esc => close(screen),
        KeyCode::Enter if !newline => return submit(screen),
        KeyCode::Enter => form.field.new_line(),
        KeyCode::Char('j') if event.modifiers.contains(KeyModifiers::CONTROL) => form.field.new_line(),
        _ => {
            if form.field.input(event) {
                form.fault = None;
            }
        }
    }
    Vec::new()
}

/// Leaves a form; what was typed is there again next time.
pub fn close(screen: &mut Screen) {
    if let Some(Layer::Form(form)) = screen.layers.pop() {
        screen.drafts.insert(draft_of(&form.of), form.field.text());
    }
}

/// Where the text of a form is kept when it is left.
pub fn draft_of(of: &FormFor) -> String {
    match of {
        FormFor::Fork(_) => "fork".to_owned(),
        FormFor::Edit(turn) => format!("edit {turn}"),
        FormFor::Name(branch) => format!("name {branch}"),
        FormFor::Limit(_) => "limit".to_owned(),
        FormFor::Save => "save".to_owned(),
        FormFor::Vote => "vote".to_owned(),
        FormFor::Autopilot => "autopilot".to_owned(),
        FormFor::Pace => "pace".to_owned(),
    }
}

fn submit(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Form(form)) = screen.layers.last() else { return Vec::new() };
    let effect = match filled(screen, form) {
        Ok(effect) => effect,
        Err(why) => {
            if let Some(Layer::Form(form)) = screen.layers.last_mut() {
                form.fault = Some(why);
            }
            return Vec::new();
        }
    };
    if let Some(Layer::Form(form)) = screen.layers.pop() {
        screen.drafts.remove(&draft_of(&form.of));
        if matches!(form.of, FormFor::Fork(_) | FormFor::Edit(_)) && effect.is_some() {
            // On the new branch there is another end to follow.
            (screen.selected, screen.focus) = (None, None);
        }
    }
    effect.into_iter().collect()
}

/// What a filled-in form does; an error says what is wrong with it.
fn filled(screen: &Screen, form: &Form) -> Result<Option<Effect>, String> {
    let (text, tongue) = (form.field.text(), screen.tongue);
    match &form.of {
        FormFor::Fork(at) => {
            let name = Clean::line(&text);
            if screen.debate.find_branch(name.as_str()).is_some() {
                return Err(phrase!(tongue, "told-branch-there", name = name));
            }
            Ok(Some(Effect::Send(Command::Fork { at: *at, name: Some(name).filter(|n| !n.is_empty()) })))
        }
        FormFor::Edit(turn) => {
            if text.trim().is_empty() {
                return Err(tongue.say("told-turn-needs-words").to_owned());
            }
            let same = screen.debate.turn(*turn).is_some_and(|t| t.said() == text.trim());
            Ok((!same).then(|| Effect::Send(Command::Edit { turn: *turn, text: Clean::new(text.trim()) })))
        }
        FormFor::Name(branch) => {
            let name = Clean::line(&text);
            if name.is_empty() {
                return Err(tongue.say("told-branch-needs-name").to_owned());
            }
            if screen.debate.find_branch(name.as_str()).is_some_and(|b| b.name != *branch) {
                return Err(phrase!(tongue, "told-branch-there", name = name));
            }
            Ok((name != *branch).then(|| Effect::Send(Command::Rename { branch: Some(branch.clone()), name })))
        }
        FormFor::Limit(label) => {
            let tokens = match text.trim() {
                "" | "off" => None,
                n => Some(n.parse().ok().filter(|n| (8..=4096).contains(n)).ok_or(tongue.say("told-limit"))?),
            };
            Ok(Some(Effect::Send(Command::Limit { label: label.clone(), tokens })))
        }
        FormFor::Vote => {
            director::read_vote(&screen.debate, &text)?;
            Ok(Some(Effect::Send(Command::Vote { text: Clean::line(&text) })))
        }
        FormFor::Pace => Ok(Some(Effect::Send(Command::Pace(Pace::parse(&text)?)))),
        FormFor::Autopilot => Ok(Some(Effect::Send(Command::Autopilot(Autopilot::parse(&text)?)))),
        FormFor::Save => {
            let path = text.trim();
            if path.is_empty() {
                return Err(tongue.say("told-file-needs-name").to_owned());
            }
            Ok(Some(Effect::Save { path: PathBuf::from(path), overwrite: false }))
        }
    }
}

/// A key while a question is open.
pub fn answer(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    match event.code {
        KeyCode::Char('y' | 'Y') | KeyCode::Enter => {
            let Some(Layer::Ask(ask)) = screen.layers.pop() else { return Vec::new() };
            match ask.yes {
                Yes::Dismiss(label) => vec![Effect::Send(Command::Dismiss { label })],
                Yes::Overwrite(path) => vec![Effect::Save { path, overwrite: true }],
                Yes::Fetch { label, model } => fetch::begin(screen, label, model),
            }
        }
        KeyCode::Char('n' | 'N' | 'q') | KeyCode::Esc => {
            screen.layers.pop();
            Vec::new()
        }
        _ => Vec::new(),
    }
}
