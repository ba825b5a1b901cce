//! The tree of branches as rows of a graph: a row is a stretch of turns between two forks.
//!
//! Owns where one is in it and what is previewed there. Does not draw.

use std::collections::HashMap;

use ratatui::layout::Rect;

use super::{Layout, PaneId, Screen, Scroll};
use crate::debate::{Branch, Clean, Debate, Ended, Event, Kind, Speaker, TurnId};
use crate::tui::tongue::Tongue;

/// A stretch of turns, none of which but the last has more than one that follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its first turn.
    pub first: TurnId,
    /// Its last turn.
    pub last: TurnId,
    /// How many turns.
    pub turns: usize,
    /// For each fork on the way here, whether more follow below; the last is its own.
    pub forks: Vec<bool>,
    /// Place of its first turn among its takes, and their number; 1 of 1 where there are no others.
    pub take: (usize, usize),
    /// Branches that end with its last turn.
    pub heads: Vec<Clean>,
    /// A branch that goes through it: the one on stage where it does.
    pub branch: Clean,
    /// Whether the branch on stage goes through it.
    pub staged: bool,
}

/// Two branches side by side, from where they part.
#[derive(Clone, Debug)]
pub struct Sides {
    /// The one on stage.
    pub left: Screen,
    /// The other one.
    pub right: Screen,
    /// Their names.
    pub names: (Clean, Clean),
    /// The last turn that they share.
    pub since: Option<TurnId>,
}

/// The tree with a place in it.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// Top down, as it is drawn.
    pub rows: Vec<Stretch>,
    /// The language of what is ours in a preview.
    pub tongue: Tongue,
    /// Where one is.
    pub at: usize,
    /// How the branch there reads.
    pub preview: Option<Box<Screen>>,
    /// Two branches instead of the tree.
    pub sides: Option<Box<Sides>>,
    /// Where the graph is drawn.
    pub graph: Rect,
    /// Where the preview is; empty where there is no room.
    pub beside: Rect,
}

impl Tree {
    /// The tree of a debate, at the end of the branch on stage.
    pub fn new(debate: &Debate, tongue: Tongue) -> Self {
        let mut tree = Self { rows: stretches(debate), tongue, ..Self::default() };
        let head = debate.branch().map(|b| b.name.clone());
        tree.at = tree.rows.iter().rposition(|r| r.staged && head.as_ref().is_some_and(|h| r.heads.contains(h))).unwrap_or(0);
        tree.look(debate);
        tree
    }

    /// The debate has changed: the same place in the new tree.
    pub fn follow(&mut self, debate: &Debate) {
        let here = self.rows.get(self.at).map(|r| r.last);
        self.rows = stretches(debate);
        let same = |r: &Stretch| {
            here.is_some_and(|id| {
                id >= r.first && debate.path_to(r.last).contains(&id) && !debate.path_to(r.first).contains(&id) || here == Some(r.first)
            })
        };
        self.at = self.rows.iter().position(same).unwrap_or(self.at).min(self.rows.len().saturating_sub(1));
        self.look(debate);
    }

    /// Goes up or down.
    pub fn step(&mut self, debate: &Debate, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        let at = self.at.saturating_add_signed(by).min(last);
        if at != self.at {
            self.at = at;
            self.look(debate);
        }
    }

    /// The stretch where one is.
    pub fn here(&self) -> Option<&Stretch> {
        self.rows.get(self.at)
    }

    /// Reads the branch where one is.
    fn look(&mut self, debate: &Debate) {
        self.preview = self.here().and_then(|here| {
            let mut screen = staged(debate, &here.branch, self.tongue)?;
            screen.selected = Some(here.first);
            // A stretch that others follow is shown from its beginning, a branch's end as one would find it.
            if here.heads.is_empty() {
                to_turn(&mut screen, here.first);
            }
            Some(Box::new(screen))
        });
    }

    /// Puts the branch on stage and the one where one is side by side. False when they are the same.
    pub fn compare(&mut self, debate: &Debate) -> bool {
        let (Some(here), Some(stage)) = (self.here(), debate.branch()) else { return false };
        let other = if here.branch == stage.name {
            debate.branches().iter().rev().find(|b| b.name != stage.name).map(|b| b.name.clone())
        } else {
            Some(here.branch.clone())
        };
        let Some(other) = other else { return false };
        let (Some(mut left), Some(mut right)) = (staged(debate, &stage.name, self.tongue), staged(debate, &other, self.tongue)) else {
            return false;
        };
        let shared = left.debate.path().iter().zip(right.debate.path()).take_while(|(a, b)| a == b).count();
        let since = shared.checked_sub(1).and_then(|n| left.debate.path().get(n).copied());
        for side in [&mut left, &mut right] {
            if let Some(first) = side.debate.path().get(shared).copied() {
                to_turn(side, first);
            }
        }
        self.sides = Some(Box::new(Sides { left, right, names: (stage.name.clone(), other), since }));
        true
    }

    /// Arranges what is previewed for a screen of this size.
    pub fn arrange(&mut self, area: Rect) {
        if let Some(sides) = &mut self.sides {
            let half = area.width / 2;
            sides.left.arrange_room(Rect { y: area.y + 1, width: half, height: area.height.saturating_sub(2), ..area });
            let right = Rect { x: area.x + half, y: area.y + 1, width: area.width - half, height: area.height.saturating_sub(2) };
            sides.right.arrange_room(right);
            return;
        }
        let body = Rect { height: area.height.saturating_sub(1), ..area };
        (self.graph, self.beside) = if area.width >= 96 {
            let left = area.width * 11 / 20;
            (Rect { width: left, ..body }, Rect { x: area.x + left, width: area.width - left, ..body })
        } else if area.height >= 18 {
            let wanted = u16::try_from(self.rows.len()).unwrap_or(u16::MAX).saturating_add(3);
            let top = wanted.clamp(5, body.height / 2);
            (Rect { height: top, ..body }, Rect { y: area.y + top, height: body.height - top, ..body })
        } else {
            (body, Rect { height: 0, ..body })
        };
        if let Some(preview) = self.preview.as_mut().filter(|_| self.beside.height >= 4) {
            preview.arrange_room(self.beside);
        }
    }
}

/// The debate as it would read with a branch on stage; nothing of it goes anywhere.
fn staged(debate: &Debate, branch: &Clean, tongue: Tongue) -> Option<Screen> {
    let mut debate = debate.clone();
    let mut happen = |kind| debate.apply(&Event { seq: debate.seq() + 1, at: debate.at(), kind }).ok();
    happen(Kind::Switched { branch: branch.clone() }).or_else(|| {
        let turn = debate.speaking().map(|t| t.id)?;
        debate.apply(&Event { seq: debate.seq() + 1, at: debate.at(), kind: Kind::TurnEnded { turn, how: Ended::Done } }).ok()?;
        debate.apply(&Event { seq: debate.seq() + 1, at: debate.at(), kind: Kind::Switched { branch: branch.clone() } }).ok()
    })?;
    let mut screen = Screen::new(debate, Vec::new());
    screen.layout = Layout::Transcript;
    screen.speak(tongue);
    Some(screen)
}

/// Scrolls so that a turn is the topmost.
fn to_turn(screen: &mut Screen, turn: TurnId) {
    let Some(pane) = screen.panes.get(PaneId::Everything) else { return };
    let (item, seen) = (pane.find(turn, &screen.debate), pane.items.len());
    if let (Some(item), Some(pane)) = (item, screen.panes.get_mut(PaneId::Everything)) {
        pane.scroll = Scroll::At { item, row: 0, seen };
    }
}

/// All stretches, parents before children, the oldest child first.
fn stretches(debate: &Debate) -> Vec<Stretch> {
    let mut after: HashMap<Option<TurnId>, Vec<TurnId>> = HashMap::new();
    for turn in debate.turns() {
        after.entry(turn.parent).or_default().push(turn.id);
    }
    let none = Vec::new();
    let children = |id: Option<TurnId>| after.get(&id).unwrap_or(&none);
    let mut heads: HashMap<TurnId, Vec<&Branch>> = HashMap::new();
    for branch in debate.branches() {
        if let Some(head) = branch.head {
            heads.entry(head).or_default().push(branch);
        }
    }
    let mut through: HashMap<TurnId, &Branch> = HashMap::new();
    let stage = debate.branch().map(|b| b.name.clone());
    let newest_first = debate.branches().iter().rev();
    // The one on stage first, then the newest: each turn belongs to the first that goes through it.
    let order = newest_first.clone().filter(|b| Some(&b.name) == stage.as_ref()).chain(newest_first);
    for branch in order {
        let mut at = branch.head;
        while let Some(id) = at.filter(|id| !through.contains_key(id)) {
            through.insert(id, branch);
            at = debate.turn(id).and_then(|t| t.parent);
        }
    }
    let mut rows = Vec::new();
    let below = |forks: &[bool], parent: Option<TurnId>| -> Vec<(TurnId, Vec<bool>)> {
        let all = children(parent);
        let one = all.len() == 1;
        let row = |(n, id): (usize, &TurnId)| {
            let mut forks = forks.to_vec();
            if !one {
                forks.push(n + 1 < all.len());
            }
            (*id, forks)
        };
        all.iter().enumerate().map(row).rev().collect()
    };
    let mut open = below(&[], None);
    while let Some((first, forks)) = open.pop() {
        let (mut last, mut turns) = (first, 1);
        while let ([only], false) = (children(Some(last)).as_slice(), heads.contains_key(&last)) {
            last = *only;
            turns += 1;
        }
        let siblings = children(debate.turn(first).and_then(|t| t.parent));
        let branch = through.get(&last).or(through.get(&first));
        rows.push(Stretch {
            first,
            last,
            turns,
            take: (siblings.iter().position(|id| *id == first).unwrap_or(0) + 1, siblings.len()),
            heads: heads.get(&last).map(|all| all.iter().map(|b| b.name.clone()).collect()).unwrap_or_default(),
            branch: branch.map(|b| b.name.clone()).unwrap_or_default(),
            staged: branch.is_some_and(|b| Some(&b.name) == stage.as_ref()),
            forks: forks.clone(),
        });
        open.extend(below(&forks, Some(last)));
    }
    rows
}

/// How a stretch begins, for one line.
pub fn first_words(debate: &Debate, stretch: &Stretch) -> (String, String) {
    let Some(turn) = debate.turn(stretch.first) else { return Default::default() };
    let said = turn.said().replace('\n', " ");
    let label = match turn.speaker {
        Speaker::Stage => String::new(),
        Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => turn.label.to_string(),
    };
    (label, said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fake::Fake;

    #[test]
    fn a_tree_reads_as_stretches_between_forks() {
        let mut fake = Fake::founders();
        let turns: Vec<TurnId> = (0..4).map(|n| fake.turn(n % 3, &format!(" Turn {n}."))).collect();
        fake.fork("other", Some(turns[1]));
        fake.turn(1, " Another way.");
        fake.fork("third", Some(turns[1]));
        let tree = Tree::new(&fake.screen.debate, Tongue::English);
        let rows: Vec<String> =
            tree.rows.iter().map(|r| format!("{}-{} of {} {:?} {:?} {}", r.first, r.last, r.turns, r.forks, r.heads, r.staged)).collect();
        assert_eq!(rows, ["1-2 of 2 [] [\"third\"] true", "3-4 of 2 [true] [\"main\"] false", "5-5 of 1 [false] [\"other\"] false"]);
        assert_eq!(tree.rows[2].take, (2, 2));
    }

    #[test]
    fn what_is_previewed_is_the_branch_one_is_at_and_nothing_is_staged_by_looking() {
        let mut fake = Fake::founders();
        let first = fake.turn(0, " First.");
        fake.turn(1, " Second.");
        fake.fork("other", Some(first));
        fake.begin(2, " Speaking");
        let mut tree = Tree::new(&fake.screen.debate, Tongue::English);
        assert_eq!(tree.here().unwrap().branch, "other");
        tree.step(&fake.screen.debate, -1);
        assert_eq!(tree.here().unwrap().branch, "main");
        let preview = tree.preview.as_ref().unwrap();
        assert_eq!(preview.debate.head().unwrap().said(), "Second.");
        assert!(tree.compare(&fake.screen.debate));
        assert_eq!(tree.sides.as_ref().unwrap().since, Some(first));
        assert_eq!(fake.screen.debate.branch().unwrap().name, "other");
    }
}
