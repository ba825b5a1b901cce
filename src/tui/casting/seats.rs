//! Who takes which seat: the next of the sheet who is farthest from those who sit, or somebody of the library.

use super::{
    library::Pick,
    state::{Asking, For, Heard, Seat, Table},
};
use crate::tui::tongue::phrase;
use crate::{
    debate::{Clean, Expert, look::look, panel::EXPERTS},
    room::casting::Wish,
    script::casting::{Candidate, farthest, read_cards, seat, spread},
};

/// Asks the model.
pub fn ask(table: &mut Table, what: For) -> Heard {
    let wish = match &what {
        For::Table => Wish::Sheet { known: Vec::new() },
        For::Seats(_) => Wish::Sheet { known: table.sheet.clone() },
        For::Cards(seats) => {
            let coming = seats.iter().filter_map(|n| table.seats.get(*n)?.candidate).collect();
            let beside = table.seats.iter().enumerate().filter(|(n, _)| !seats.contains(n)).map(|(_, s)| s.expert.clone()).collect();
            Wish::Cards { sheet: table.sheet.clone(), coming, beside }
        }
    };
    table.asking = Some(Asking { what, since: table.now, written: Clean::default(), again: false });
    Heard::Ask(wish)
}

/// Lays a whole table from the sheet, beside those who sit there already.
pub fn lay(table: &mut Table) -> Heard {
    table.seats.retain(|s| s.locked);
    let free = EXPERTS.end().saturating_sub(table.seats.len());
    let sits: Vec<String> = table.seats.iter().map(|s| s.expert.name.to_string()).collect();
    let coming: Vec<usize> =
        spread(&table.sheet).into_iter().filter(|n| !sits.iter().any(|name| table.sheet[*n].is(name))).take(free).collect();
    let from = table.seats.len();
    for n in coming {
        let one = sitting(table, n, None);
        table.seats.push(one);
    }
    (table.at, table.scroll, table.base) = (from.min(table.seats.len().saturating_sub(1)), 0, None);
    ask(table, For::Cards((from..table.seats.len()).collect()))
}

/// Somebody of the sheet, with what the sheet says of them.
fn sitting(table: &mut Table, candidate: usize, leaves: Option<usize>) -> Seat {
    table.seen.insert(candidate);
    let beside: Vec<Expert> = table.seats.iter().enumerate().filter(|(n, _)| Some(*n) != leaves).map(|(_, s)| s.expert.clone()).collect();
    let expert = seat(&table.sheet[candidate], None, &beside);
    Seat { expert, candidate: Some(candidate), locked: false, waiting: true }
}

/// Seats others on these seats (one past the end is added). Asks for more people where the sheet has no more.
pub fn reroll(table: &mut Table, seats: Vec<usize>) -> Heard {
    if !fill(table, &seats) {
        return ask(table, For::Seats(seats));
    }
    ask(table, For::Cards(seats))
}

/// Whether there was somebody for each of these seats.
pub fn fill(table: &mut Table, seats: &[usize]) -> bool {
    let stays = |n: &usize| !seats.contains(n);
    let mut near: Vec<usize> = (0..table.seats.len()).filter(stays).filter_map(|n| table.seats[n].candidate).collect();
    let mut seen: Vec<usize> = table.seen.iter().copied().collect();
    let names: Vec<String> = table.seats.iter().map(|s| s.expert.name.to_string()).collect();
    seen.extend((0..table.sheet.len()).filter(|c| names.iter().any(|name| table.sheet[*c].is(name))));
    let mut coming = Vec::new();
    for _ in seats {
        let Some(next) = farthest(&table.sheet, &near, &seen) else { return false };
        near.push(next);
        seen.push(next);
        coming.push(next);
    }
    for (n, candidate) in seats.iter().zip(coming) {
        let one = sitting(table, candidate, Some(*n));
        match table.seats.get_mut(*n) {
            Some(place) => *place = one,
            None => table.seats.push(one),
        }
    }
    if table.seats.iter().all(|s| s.candidate.is_some()) {
        // Nobody of the library's panel is left, so its room is not theirs.
        table.base = None;
    }
    table.scroll = 0;
    true
}

/// Puts what is written of cards so far on them: whoever waits for theirs sees it grow.
pub fn fill_in(table: &mut Table) {
    let Some(Asking { what: For::Cards(seats), written, .. }) = &table.asking else { return };
    let of = |n: &usize| table.seats.get(*n).filter(|s| s.waiting)?.candidate.and_then(|c| table.sheet.get(c));
    let waiting: Vec<(usize, &Candidate)> = seats.iter().filter_map(|n| Some((*n, of(n)?))).collect();
    let names: Vec<&str> = waiting.iter().map(|(_, c)| c.name.as_str()).collect();
    let cards = read_cards(written.as_str(), &names);
    let mut grown = Vec::new();
    for ((n, one), card) in waiting.into_iter().zip(cards) {
        if let Some(card) = card {
            grown.push((n, seat(one, Some(&card), &[])));
        }
    }
    for (n, expert) in grown {
        // The label is settled already.
        let label = table.seats[n].expert.label.clone();
        table.seats[n].expert = Expert { label, ..expert };
    }
}

/// Seats a panel or somebody of the library. Says what can't be.
pub fn pick(table: &mut Table, pick: Pick) -> Result<(), String> {
    let label = |e: &Expert| look(e.label.as_str());
    match pick {
        Pick::Panel(n) => {
            let Some(panel) = table.library.get(n).cloned() else { return Ok(()) };
            table.seats.retain(|s| s.locked);
            for expert in &panel.experts {
                let sits = table.seats.iter().any(|s| label(&s.expert) == label(expert));
                if !sits && table.seats.len() < *EXPERTS.end() {
                    table.seats.push(Seat { expert: expert.clone(), candidate: None, locked: false, waiting: false });
                }
            }
            (table.base, table.at) = (Some(panel), 0);
        }
        Pick::Expert(expert) => {
            let at = table.at;
            if table.seats.iter().enumerate().any(|(n, s)| n != at && label(&s.expert) == label(&expert)) {
                return Err(phrase!(table.tongue, "cast-sits-already", label = expert.label));
            }
            let one = Seat { expert: *expert, candidate: None, locked: false, waiting: false };
            let full = table.seats.len() >= *EXPERTS.end();
            match table.seats.get_mut(at).filter(|s| !s.locked) {
                Some(place) => *place = one,
                None if full => return Err(phrase!(table.tongue, "cast-most-unlock", n = *EXPERTS.end())),
                None => {
                    table.seats.push(one);
                    table.at = table.seats.len() - 1;
                }
            }
        }
    }
    table.scroll = 0;
    Ok(())
}
