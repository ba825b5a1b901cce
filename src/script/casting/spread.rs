//! Picks people who are far apart: farthest-first over what is written of them.

use super::{
    Candidate,
    features::{Bag, bag, near, parts},
};

/// Who is always seated, and the most.
const SEATED: (usize, usize) = (3, 5);

/// Who of a sheet is seated, three to five: first whoever was given the best odds, then each time whoever is farthest from those who sit
/// already (of two as far, the likelier). A fourth comes where that adds as much as two of the sheet usually differ, a fifth
/// where it adds more.
pub fn spread(sheet: &[Candidate]) -> Vec<usize> {
    let bags = bags(sheet);
    let Some(first) = (0..sheet.len()).reduce(|a, b| if sheet[b].chance > sheet[a].chance { b } else { a }) else { return Vec::new() };
    let mut apart: Vec<f64> =
        (0..sheet.len()).flat_map(|a| (0..a).map(move |b| (a, b))).map(|(a, b)| 1.0 - near(&bags[a], &bags[b])).collect();
    apart.sort_by(f64::total_cmp);
    let usual = apart.get(apart.len() / 2).copied().unwrap_or(0.0);
    let mut seated = vec![first];
    while seated.len() < SEATED.1
        && let Some((next, gap)) = next(sheet, &bags, &seated, &[])
        && (seated.len() < SEATED.0 || gap > usual || seated.len() == SEATED.0 && gap >= usual)
    {
        seated.push(next);
    }
    seated
}

/// Who of a sheet is farthest from those who sit, leaving out `seen`; `None` where nobody is left.
pub fn farthest(sheet: &[Candidate], seated: &[usize], seen: &[usize]) -> Option<usize> {
    next(sheet, &bags(sheet), seated, seen).map(|(n, _)| n)
}

fn bags(sheet: &[Candidate]) -> Vec<Bag> {
    sheet.iter().map(|c| bag(parts(&c.text()))).collect()
}

fn next(sheet: &[Candidate], bags: &[Bag], seated: &[usize], seen: &[usize]) -> Option<(usize, f64)> {
    let gap = |n: usize| seated.iter().filter_map(|s| bags.get(*s)).map(|s| 1.0 - near(s, &bags[n])).fold(1.0, f64::min);
    let free = (0..sheet.len()).filter(|n| !seated.contains(n) && !seen.contains(n));
    free.map(|n| (n, gap(n))).reduce(|a, b| {
        let order = b.1.total_cmp(&a.1).then(sheet[b.0].chance.total_cmp(&sheet[a.0].chance));
        if order.is_gt() { b } else { a }
    })
}
