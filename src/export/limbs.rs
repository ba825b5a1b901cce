//! The tree of a debate as it is written out: each branch with the turns that no branch before it has shown.

use crate::debate::{Branch, Debate, Turn, TurnId};

/// A branch and what is shown of it.
pub(super) struct Limb<'a> {
    /// The branch.
    pub(super) branch: &'a Branch,
    /// The last turn before its own ones; it stands on an earlier limb.
    pub(super) from: Option<TurnId>,
    /// Which earlier limb that is.
    pub(super) below: Option<usize>,
    /// Its own turns, the oldest first; none where others have shown them all.
    pub(super) turns: Vec<&'a Turn>,
}

/// All branches, the one on stage first. Every turn that is on a branch stands on one limb.
pub(super) fn limbs(debate: &Debate) -> Vec<Limb<'_>> {
    let mut shown: Vec<Option<usize>> = vec![None; debate.turns().len() + 1];
    let staged = debate.branch().into_iter();
    let others = debate.branches().iter().filter(|b| debate.branch().is_some_and(|s| s.name != b.name));
    let mut limbs: Vec<Limb<'_>> = Vec::new();
    for branch in staged.chain(others) {
        let mut turns = Vec::new();
        let mut at = branch.head;
        while let Some(turn) = at.and_then(|id| debate.turn(id)) {
            if shown[turn.id.0 as usize].is_some() {
                break;
            }
            shown[turn.id.0 as usize] = Some(limbs.len());
            turns.push(turn);
            at = turn.parent;
        }
        turns.reverse();
        limbs.push(Limb { branch, from: at, below: at.and_then(|id| shown[id.0 as usize]), turns });
    }
    limbs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::talk;

    #[test]
    fn every_turn_stands_on_one_limb_after_the_one_that_it_follows() {
        let debate = talk().debate;
        let limbs = limbs(&debate);
        let names: Vec<&str> = limbs.iter().map(|l| l.branch.name.as_str()).collect();
        assert_eq!(names, ["what if", "main"]);
        let numbers: Vec<Vec<u32>> = limbs.iter().map(|l| l.turns.iter().map(|t| t.id.0).collect()).collect();
        assert_eq!(numbers, [vec![1, 2, 6], vec![3, 4, 5]]);
        assert_eq!((limbs[1].from, limbs[1].below), (Some(TurnId(2)), Some(0)));
    }
}
