//! Which turns stand in which pane, and where each pane is scrolled to.
//!
//! An expert's pane has that expert's turns, and all that everybody in the room heard from outside the cast: the audience's
//! lines and the stage directions, so that no reader of any pane misses them. Walk-ons share a pane that is there once one has spoken.

use crate::debate::{Debate, SeatId, Speaker, Turn, TurnId};

/// Names a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaneId {
    /// An expert's.
    Seat(SeatId),
    /// The walk-ons'.
    Others,
    /// All turns in order.
    Everything,
}

/// One thing in a pane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    /// Who sits here: the pane's first item.
    Card(SeatId),
    /// What the debate is about: the transcript's first item.
    Topic,
    /// A turn.
    Turn(TurnId),
}

/// Where a pane is scrolled to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scroll {
    /// To its end, wherever that moves.
    #[default]
    Follow,
    /// So that this row of this item is the topmost one.
    At {
        /// Index of the item.
        item: usize,
        /// Row within it.
        row: usize,
        /// How many items there were when the reader left the end.
        seen: usize,
    },
}

/// A pane.
#[derive(Clone, Debug)]
pub struct Pane {
    /// Which.
    pub id: PaneId,
    /// What stands in it, in order.
    pub items: Vec<Item>,
    /// Where it is scrolled to.
    pub scroll: Scroll,
    /// How many of the items are the owner's own turns.
    pub own: usize,
}

/// All panes.
#[derive(Clone, Debug, Default)]
pub struct Panes {
    all: Vec<Pane>,
    /// How many turns of the branch on stage were taken in, and the last of them.
    taken: (usize, Option<TurnId>),
}

impl Panes {
    /// Takes in what is new on the branch on stage. Costs what is new, unless another branch came on stage.
    pub fn follow(&mut self, debate: &Debate) {
        let path = debate.path();
        let (taken, last) = self.taken;
        // A turn has one way back to the first, so the same turn in the same place means the same turns before it.
        let grown =
            taken == 0 && self.all.is_empty() || taken <= path.len() && taken.checked_sub(1).and_then(|n| path.get(n).copied()) == last;
        if !grown || self.all.is_empty() {
            self.all.clear();
            self.taken = (0, None);
            self.pane(PaneId::Everything);
        }
        self.seat_all(debate.cast_at(None).seats().iter().map(|s| s.id));
        for id in &path[self.taken.0..] {
            if let Some(turn) = debate.turn(*id) {
                self.seat_all(turn.cast.seats().iter().map(|s| s.id));
                self.place(turn);
            }
        }
        self.taken = (path.len(), path.last().copied());
    }

    fn seat_all(&mut self, seats: impl Iterator<Item = SeatId>) {
        for seat in seats {
            self.pane(PaneId::Seat(seat));
        }
    }

    fn place(&mut self, turn: &Turn) {
        let item = Item::Turn(turn.id);
        let own = match turn.speaker {
            Speaker::Expert(seat) => Some(PaneId::Seat(seat)),
            Speaker::WalkOn => Some(PaneId::Others),
            Speaker::Audience { .. } | Speaker::Stage => None,
        };
        match own {
            Some(id) => {
                let pane = self.pane(id);
                pane.items.push(item);
                pane.own += 1;
                self.pane(PaneId::Everything).items.push(item);
            }
            None => self.all.iter_mut().for_each(|pane| pane.items.push(item)),
        }
    }

    fn pane(&mut self, id: PaneId) -> &mut Pane {
        let at = self.all.iter().position(|p| p.id == id).unwrap_or_else(|| {
            let items = match id {
                PaneId::Seat(seat) => vec![Item::Card(seat)],
                PaneId::Everything => vec![Item::Topic],
                PaneId::Others => Vec::new(),
            };
            self.all.push(Pane { id, items, scroll: Scroll::Follow, own: 0 });
            self.all.len() - 1
        });
        &mut self.all[at]
    }

    /// A pane, if it is there.
    pub fn get(&self, id: PaneId) -> Option<&Pane> {
        self.all.iter().find(|p| p.id == id)
    }

    /// A pane, to scroll it.
    pub fn get_mut(&mut self, id: PaneId) -> Option<&mut Pane> {
        self.all.iter_mut().find(|p| p.id == id)
    }

    /// The panes of the grid, in the order of the table: everybody present, and of those who left whoever spoke, as long as
    /// there are no more than eight; the walk-ons last.
    pub fn shown(&self, debate: &Debate) -> Vec<PaneId> {
        let cast = debate.cast();
        let present = cast.present().count();
        let mut room_for_absent = 8usize.saturating_sub(present);
        let mut shown: Vec<PaneId> = Vec::new();
        for seat in cast.seats() {
            let id = PaneId::Seat(seat.id);
            let spoke = self.get(id).is_some_and(|p| p.own > 0);
            if seat.present {
                shown.push(id);
            } else if spoke && room_for_absent > 0 {
                room_for_absent -= 1;
                shown.push(id);
            }
        }
        if self.get(PaneId::Others).is_some_and(|p| p.own > 0) {
            shown.push(PaneId::Others);
        }
        shown
    }
}

impl Pane {
    /// Where a turn stands in the pane.
    pub fn find(&self, turn: TurnId, debate: &Debate) -> Option<usize> {
        let depth = debate.turn(turn)?.depth;
        let at = |item: &Item| match item {
            Item::Card(_) | Item::Topic => None,
            Item::Turn(id) => debate.turn(*id).map(|t| t.depth),
        };
        self.items.binary_search_by_key(&Some(depth), at).ok().filter(|n| self.items[*n] == Item::Turn(turn))
    }
}
