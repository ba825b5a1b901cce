//! What is about the program: saving, copying, themes, the palette.

use std::path::PathBuf;

use super::{Effect, deny, fail, tell};
use crate::{
    debate::Clean,
    tui::{
        keys::{ENTRIES, Intent},
        state::{
            Layer, Screen,
            choose::{Choice, Choose, Purpose, Value},
            field::Field,
            layer::{Form, FormFor},
        },
        tongue::phrase,
    },
};

/// Asks where to save.
pub fn save(screen: &mut Screen) {
    let path = screen.drafts.get("save").cloned().unwrap_or_else(|| screen.save_to.clone());
    screen.layers.push(Layer::Form(Form { of: FormFor::Save, field: Field::line(&path), fault: None }));
}

/// Keeps whoever sits at the table now as a panel.
pub fn keep_panel(screen: &mut Screen) -> Vec<Effect> {
    let panel = screen.debate.panel();
    match panel.filter(|p| p.check().is_ok()) {
        Some(panel) => vec![Effect::KeepPanel(Box::new(panel))],
        None => {
            deny(screen, "told-no-panel");
            Vec::new()
        }
    }
}

/// Where a panel was kept, or why it was not.
pub fn kept(screen: &mut Screen, kept: Result<PathBuf, String>) {
    match kept {
        Ok(path) => {
            let text = phrase!(screen.tongue, "told-panel-kept", path = Clean::line(&path.display().to_string()));
            tell(screen, text);
        }
        Err(why) => fail(screen, why),
    }
}

/// Gives the marked text to the clipboard, or the selected turn, without number, label or border.
pub fn copy(screen: &mut Screen) -> Vec<Effect> {
    if screen.marked.is_some() {
        return super::pointer::copy_marked(screen);
    }
    let Some(turn) = screen.turn_in_hand() else {
        deny(screen, "told-nothing-to-copy");
        return Vec::new();
    };
    let (id, said) = (turn.id, turn.said().to_owned());
    // A terminal doesn't tell whether it took the text, so neither do we.
    let text = phrase!(screen.tongue, "told-turn-copied", id = id);
    tell(screen, text);
    vec![Effect::Copy(said)]
}

/// Opens the theme picker; what is marked is worn at once.
pub fn themes(screen: &mut Screen) {
    let choices = screen.themes.iter().enumerate().map(|(n, t)| Choice {
        name: t.name.as_str().to_owned(),
        about: screen.tongue.heard(t.about.as_str()).into_owned(),
        mark: String::new(),
        depth: 0,
        value: Value::Theme(n),
    });
    let mut list = Choose::new(Purpose::Themes(screen.theme), choices.collect(), "");
    list.put_on(|c| c.value == Value::Theme(screen.theme));
    screen.layers.push(Layer::Choose(list));
}

/// Opens the list of all actions.
pub fn palette(screen: &mut Screen) {
    let listed = |i: Intent| !matches!(i, Intent::Back | Intent::Palette | Intent::Pane(_));
    let choices = ENTRIES.iter().filter(|e| listed(e.intent) && screen.rights.allow(e.intent)).map(|e| Choice {
        name: e.does(screen.tongue).to_owned(),
        about: e.name.to_owned(),
        mark: screen.keys.key(e.intent).unwrap_or_default(),
        depth: 0,
        value: Value::Intent(e.intent),
    });
    let choices = choices.collect();
    screen.layers.push(Layer::Choose(Choose::new(Purpose::Palette, choices, "")));
}
