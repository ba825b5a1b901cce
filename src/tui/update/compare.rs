//! The comparison with the plain assistant: asked for by a key, watched as it is written, read when it is over.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Effect, deny, leave, program, report, tell};
use crate::{
    debate::{Kind, Speaker},
    export::{self, Compared},
    lens,
    room::Command,
    tui::{
        keys::{Intent, Press},
        state::{Layer, Screen, compare::Compare},
        tongue::phrase,
    },
};

/// Shows the last comparison of the branch on stage, or the one that goes on; where there is none, it is asked for.
pub fn open(screen: &mut Screen) -> Vec<Effect> {
    let going = screen.debate.comparing().is_some();
    let waits = going || screen.asked_compare || screen.compares && screen.debate.comparisons().is_empty();
    let kept = kept(screen).pop();
    let effects = if waits || kept.is_some() { Vec::new() } else { ask(screen) };
    if waits || kept.is_some() || !effects.is_empty() {
        let which = if going { screen.debate.comparisons().len().checked_sub(1) } else { kept.filter(|_| !waits) };
        put(screen, which);
    }
    effects
}

/// The comparisons of the branch on stage that are over, the first one first.
fn kept(screen: &Screen) -> Vec<usize> {
    let (debate, path) = (&screen.debate, screen.debate.path());
    let all = debate.comparisons().iter().enumerate();
    all.filter(|(_, c)| c.how.is_some() && !c.is_empty() && c.upto.is_some_and(|id| path.contains(&id))).map(|(n, _)| n).collect()
}

/// Shows an older one, or a newer one.
fn turn_back(screen: &mut Screen, by: isize) {
    let all = kept(screen);
    let Some(Layer::Compare(compare)) = screen.layers.last() else { return };
    let Some(at) = compare.which.and_then(|which| all.iter().position(|n| *n == which)) else { return };
    let to = at.saturating_add_signed(by).min(all.len().saturating_sub(1));
    if to != at {
        screen.layers.pop();
        put(screen, all.get(to).copied());
    }
}

/// Has it compared once more, as far as the branch goes now.
fn anew(screen: &mut Screen) -> Vec<Effect> {
    let effects = ask(screen);
    if !effects.is_empty() {
        screen.layers.pop();
        put(screen, None);
    }
    effects
}

fn put(screen: &mut Screen, which: Option<usize>) {
    let mut compare = Compare { tongue: screen.tongue, ..Compare::new(which) };
    if let Some(comparison) = compare.shown(&screen.debate).filter(|c| c.how.is_some()) {
        let pairs = lens::compare::pairs(&screen.debate, comparison);
        compare.over(pairs);
    }
    screen.layers.push(Layer::Compare(Box::new(compare)));
}

fn ask(screen: &mut Screen) -> Vec<Effect> {
    if screen.is_finished() {
        deny(screen, "told-over-compare");
        return Vec::new();
    }
    if !screen.debate.staged_turns().any(|t| matches!(t.speaker, Speaker::Expert(_) | Speaker::WalkOn)) {
        deny(screen, "told-nothing-to-compare");
        return Vec::new();
    }
    screen.asked_compare = true;
    vec![Effect::Send(Command::Compare)]
}

/// A key while it lies open.
pub fn key(screen: &mut Screen, event: KeyEvent) -> Vec<Effect> {
    let intent = screen.keys.intent(Press::of(event));
    let held = matches!(screen.status.activity, crate::room::Activity::Comparing { held: true, .. });
    let paused = screen.is_paused();
    let Some(Layer::Compare(compare)) = screen.layers.last_mut() else { return Vec::new() };
    let comparison = compare.shown(&screen.debate);
    let (begun, over) = (comparison.is_some(), comparison.is_some_and(|c| c.how.is_some()));
    match (event.code, intent) {
        (KeyCode::Esc, _) | (_, Some(Intent::Back)) => return back(screen),
        (_, Some(Intent::Quit)) if screen.compares => return leave::quit(screen),
        (_, Some(Intent::Quit)) => return back(screen),
        (KeyCode::Enter, _) | (_, Some(Intent::Lenses)) if compare.pairs.is_some() => compare.measured = !compare.measured,
        (KeyCode::Char(c @ '1'..='4'), _) if !compare.measured => compare.at = usize::from(c as u8 - b'1'),
        (KeyCode::Right | KeyCode::Tab, _) => compare.step(1),
        (KeyCode::Left | KeyCode::BackTab, _) => compare.step(-1),
        (_, Some(Intent::Down | Intent::NextTurn)) => compare.scroll(1),
        (_, Some(Intent::Up | Intent::PreviousTurn)) => compare.scroll(-1),
        (_, Some(Intent::PageDown)) => compare.page(1),
        (_, Some(Intent::PageUp)) => compare.page(-1),
        (_, Some(Intent::First)) => compare.first(),
        (_, Some(Intent::Last)) => compare.last(),
        (_, Some(Intent::Pause)) if !over => {
            let resumes = if begun { held } else { paused };
            return vec![Effect::Send(if resumes { Command::Resume } else { Command::Pause })];
        }
        (_, Some(Intent::Cut)) if !over => return stop(screen),
        (_, Some(Intent::Compare)) if over => return anew(screen),
        (_, Some(Intent::TakeBefore)) if over => turn_back(screen, -1),
        (_, Some(Intent::TakeAfter)) if over => turn_back(screen, 1),
        (_, Some(Intent::Copy)) if over => return copy(screen),
        (_, Some(Intent::Save)) if over => program::save(screen),
        (_, Some(Intent::Help)) => screen.layers.push(Layer::Help(0)),
        _ => {}
    }
    Vec::new()
}

/// Esc: what the assistant writes ends here; else the room is seen again.
fn back(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Compare(compare)) = screen.layers.last() else { return Vec::new() };
    let writes = compare.shown(&screen.debate).is_some_and(|c| c.how.is_none() && !c.panel_speaks());
    if writes || screen.asked_compare {
        return stop(screen);
    }
    screen.layers.pop();
    Vec::new()
}

/// Ends it early. Where the panel still speaks in a room that is there to compare, the panel's part ends.
pub fn stop(screen: &mut Screen) -> Vec<Effect> {
    if screen.asked_compare && screen.debate.comparing().is_none() {
        screen.asked_compare = false;
        screen.layers.retain(|l| !matches!(l, Layer::Compare(_)));
        report(screen, "told-not-compared");
    }
    vec![Effect::Send(Command::NoCompare)]
}

/// Ctrl-C: ends early what goes on. `None`: nothing does.
pub fn interrupt(screen: &mut Screen) -> Option<Vec<Effect>> {
    let Some(Layer::Compare(compare)) = screen.layers.last() else { return None };
    let over = screen.is_finished() || compare.shown(&screen.debate).is_some_and(|c| c.how.is_some());
    (!over).then(|| stop(screen))
}

fn copy(screen: &mut Screen) -> Vec<Effect> {
    let Some(Layer::Compare(compare)) = screen.layers.last() else { return Vec::new() };
    let (Some(comparison), Some(pairs)) = (compare.shown(&screen.debate), &compare.pairs) else { return Vec::new() };
    let text = export::comparison_text(&Compared { debate: &screen.debate, comparison, pairs });
    report(screen, "told-measured-copied");
    vec![Effect::Copy(text)]
}

/// What happens goes to what lies open too.
pub fn heard(screen: &mut Screen, kind: &Kind) {
    match kind {
        Kind::CompareBegan { .. } => {
            screen.asked_compare = false;
            let which = screen.debate.comparisons().len().checked_sub(1);
            let empty = screen.layers.is_empty();
            match screen.layers.iter_mut().find(|l| matches!(l, Layer::Compare(_))) {
                Some(Layer::Compare(open)) => **open = Compare { which, at: open.at, tongue: open.tongue, ..Compare::default() },
                // One that steers meanwhile is not disturbed.
                None if screen.compares && empty => put(screen, which),
                _ => {}
            }
        }
        Kind::Compared { .. } => {
            let which = screen.debate.comparisons().len().checked_sub(1);
            let open = screen.layers.iter().any(|l| matches!(l, Layer::Compare(open) if open.which == which));
            if !open {
                let text = match screen.keys.key(Intent::Compare) {
                    Some(key) => phrase!(screen.tongue, "told-compared-key", key = key),
                    None => screen.tongue.say("told-compared").to_owned(),
                };
                tell(screen, text);
                return;
            }
            let Some(comparison) = screen.debate.comparisons().last() else { return };
            let pairs = lens::compare::pairs(&screen.debate, comparison);
            for layer in &mut screen.layers {
                if let Layer::Compare(open) = layer {
                    open.over(pairs.clone());
                }
            }
        }
        _ => {}
    }
}

/// Nothing will come of what was asked for.
pub fn refused(screen: &mut Screen) {
    if std::mem::take(&mut screen.asked_compare) && screen.debate.comparing().is_none() {
        screen.layers.retain(|l| !matches!(l, Layer::Compare(_)));
    }
}

/// A room that is there to compare begins with that.
pub fn begin(screen: &mut Screen) {
    let which = screen.debate.comparisons().iter().rposition(|c| !c.is_empty());
    put(screen, which);
}
