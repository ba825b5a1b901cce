//! Turns and branches: fork, retake, walk takes, reword, choose a branch.

use super::{Effect, deny, form::draft_of, tell, warn};
use crate::{
    debate::{Branch, Clean, Debate, TurnId},
    room::Command,
    tui::{
        keys::Intent,
        state::{
            Layer, Screen,
            field::Field,
            layer::{Form, FormFor},
        },
        tongue::phrase,
    },
};

/// Asks for the name of a branch that goes on from the selected turn (from where the debate is, when none is).
pub fn fork(screen: &mut Screen) {
    open(screen, FormFor::Fork(screen.selected), Field::line, "");
}

/// Asks for new words for the selected turn.
pub fn edit(screen: &mut Screen) {
    let Some(turn) = screen.turn_in_hand() else {
        deny(screen, "told-nothing-to-reword");
        return;
    };
    let (id, said) = (turn.id, turn.said().to_owned());
    open(screen, FormFor::Edit(id), Field::lines, &said);
}

pub(super) fn open(screen: &mut Screen, of: FormFor, field: fn(&str) -> Field, text: &str) {
    let typed = screen.drafts.get(&draft_of(&of)).map_or(text, String::as_str);
    let field = field(typed);
    screen.layers.push(Layer::Form(Form { of, field, fault: None }));
}

/// Asks for another name for a branch, the one on stage when `None`.
pub fn name(screen: &mut Screen, branch: Option<Clean>) {
    let Some(branch) = branch.or(screen.debate.branch().map(|b| b.name.clone())) else { return };
    let text = branch.as_str().to_owned();
    open(screen, FormFor::Name(branch), Field::line, &text);
}

/// Ends the branch at the selected turn.
pub fn rewind(screen: &mut Screen) -> Vec<Effect> {
    let Some(turn) = screen.selected else {
        let keys = [Intent::PreviousTurn, Intent::NextTurn].map(|i| screen.keys.key(i).unwrap_or_default()).join("/");
        let text = phrase!(screen.tongue, "told-select-to-rewind", keys = keys);
        warn(screen, text);
        return Vec::new();
    };
    (screen.selected, screen.focus) = (None, None);
    vec![Effect::Send(Command::Rewind { to: Some(turn) })]
}

/// Pins the selected turn, or lets it go.
pub fn pin(screen: &mut Screen) -> Vec<Effect> {
    let Some((turn, pinned)) = screen.turn_in_hand().map(|t| (t.id, t.pinned)) else {
        deny(screen, "told-nothing-to-pin");
        return Vec::new();
    };
    vec![Effect::Send(Command::Pin { turn, pinned: !pinned })]
}

/// Another take of the selected turn.
pub fn retake(screen: &mut Screen) -> Vec<Effect> {
    match screen.turn_in_hand().map(|t| t.id) {
        Some(turn) => {
            (screen.selected, screen.focus) = (None, None);
            vec![Effect::Send(Command::Retake { turn })]
        }
        None => {
            deny(screen, "told-nothing-to-retake");
            Vec::new()
        }
    }
}

/// Puts a branch on stage on which the selected turn went another way.
pub fn take(screen: &mut Screen, by: isize) -> Vec<Effect> {
    let Some(id) = screen.turn_in_hand().map(|t| t.id) else { return Vec::new() };
    let takes = screen.debate.takes(id);
    if takes.len() < 2 {
        let key = screen.keys.key(Intent::Retake).unwrap_or_default();
        let text = phrase!(screen.tongue, "told-one-take", id = id, key = key);
        warn(screen, text);
        return Vec::new();
    }
    let count = isize::try_from(takes.len()).unwrap_or(1);
    let at = takes.iter().position(|t| *t == id).and_then(|n| isize::try_from(n).ok()).unwrap_or(0);
    let n = usize::try_from((at + by).rem_euclid(count)).unwrap_or(0);
    let Some(branch) = screen.debate.branches().iter().rev().find(|b| has(&screen.debate, b, takes[n])) else {
        let text = phrase!(screen.tongue, "told-on-no-branch", id = takes[n]);
        warn(screen, text);
        return Vec::new();
    };
    let branch = branch.name.clone();
    screen.selected = Some(takes[n]);
    let text = phrase!(screen.tongue, "told-take", n = n + 1, of = takes.len(), branch = branch);
    tell(screen, text);
    vec![Effect::Send(Command::Stage { branch })]
}

/// Whether a turn is on a branch.
pub fn has(debate: &Debate, branch: &Branch, turn: TurnId) -> bool {
    let depth = debate.turn(turn).map_or(0, |t| t.depth);
    std::iter::successors(branch.head, |id| debate.turn(*id)?.parent)
        .take_while(|id| debate.turn(*id).is_some_and(|t| t.depth >= depth))
        .any(|id| id == turn)
}
