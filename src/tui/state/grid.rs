//! Where panes go: rows of panes that fill an area, as near to a good column of text as it allows.

use ratatui::layout::Rect;

/// Narrowest and lowest pane that can be read, borders included.
pub const PANE_MIN: (u16, u16) = (24, 7);
/// What a pane would like to be: a column one reads with ease.
const PANE_LIKED: (f32, f32) = (46.0, 24.0);

/// Rectangles for panes, left to right and down, each line shared out by how much room each pane should get (1 is an equal share).
/// `None` when they would be too small to read.
pub fn grid(area: Rect, shares: &[f32]) -> Option<Vec<Rect>> {
    let panes = shares.len();
    let lines = (1..=panes)
        .filter(|lines| {
            let (width, height) = size(area, panes, *lines);
            width >= PANE_MIN.0 && height >= PANE_MIN.1
        })
        .min_by(|a, b| strain(area, panes, *a).total_cmp(&strain(area, panes, *b)))?;
    let mut rects = Vec::with_capacity(panes);
    let mut left = panes;
    for (line, (y, height)) in split(area.y, area.height, lines).into_iter().enumerate() {
        // The first lines have one more where it doesn't come out even.
        let here = left.div_ceil(lines - line);
        left -= here;
        let parts = shared(area.x, area.width, &shares[rects.len()..rects.len() + here]);
        rects.extend(parts.into_iter().map(|(x, width)| Rect { x, y, width, height }));
    }
    Some(rects)
}

/// The smallest pane of so many lines.
fn size(area: Rect, panes: usize, lines: usize) -> (u16, u16) {
    let part = |whole: u16, by: usize| u16::try_from(usize::from(whole) / by.max(1)).unwrap_or(0);
    (part(area.width, panes.div_ceil(lines)), part(area.height, lines))
}

/// How far panes are from what they would like to be. Too narrow is worse than too wide.
fn strain(area: Rect, panes: usize, lines: usize) -> f32 {
    let (width, height) = size(area, panes, lines);
    let (w, h) = ((f32::from(width) / PANE_LIKED.0).ln(), (f32::from(height) / PANE_LIKED.1).ln());
    let w = if w < 0.0 { -w * 1.2 } else { w };
    let h = if h < 0.0 { -h } else { h * 0.5 };
    w + h
}

/// Cuts a length by shares, no part below the least that can be read; equally where that can't be.
fn shared(from: u16, length: u16, shares: &[f32]) -> Vec<(u16, u16)> {
    let all: f32 = shares.iter().sum();
    let equal = split(from, length, shares.len());
    let (mut parts, mut at, mut sum) = (Vec::with_capacity(shares.len()), from, 0.0);
    for (n, share) in shares.iter().enumerate() {
        sum += share;
        // Rounded at the borders, so that the parts fill the length.
        let end = if n + 1 == shares.len() { from + length } else { from + (f32::from(length) * sum / all).round() as u16 };
        parts.push((at, end.saturating_sub(at)));
        at = end;
    }
    if parts.iter().any(|(_, part)| *part < PANE_MIN.0) { equal } else { parts }
}

/// Cuts a length into parts that differ by one at most.
fn split(from: u16, length: u16, parts: usize) -> Vec<(u16, u16)> {
    let parts = u16::try_from(parts.max(1)).unwrap_or(u16::MAX);
    let (each, more) = (length / parts, length % parts);
    let mut at = from;
    (0..parts)
        .map(|n| {
            let here = each + u16::from(n < more);
            at += here;
            (at - here, here)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(width: u16, height: u16, panes: usize) -> Option<Vec<usize>> {
        let rects = grid(Rect::new(0, 0, width, height), &vec![1.0; panes])?;
        let mut ys: Vec<u16> = rects.iter().map(|r| r.y).collect();
        ys.dedup();
        Some(ys.iter().map(|y| rects.iter().filter(|r| r.y == *y).count()).collect())
    }

    #[test]
    fn panes_stand_in_columns_one_can_read() {
        assert_eq!(shape(80, 21, 3), Some(vec![3]));
        assert_eq!(shape(80, 21, 4), Some(vec![2, 2]));
        assert_eq!(shape(160, 42, 4), Some(vec![4]));
        assert_eq!(shape(200, 57, 8), Some(vec![4, 4]));
        assert_eq!(shape(160, 42, 5), Some(vec![3, 2]));
        assert_eq!(shape(40, 9, 3), None);
    }

    #[test]
    fn panes_fill_the_area_and_never_overlap() {
        for (width, height) in [(80, 21), (133, 40), (301, 77), (50, 30)] {
            for panes in 1..=9 {
                let area = Rect::new(0, 2, width, height);
                let shares: Vec<f32> = (0..panes).map(|n| [1.0, 1.35, 0.8, 1.1][n % 4]).collect();
                let Some(rects) = grid(area, &shares) else { continue };
                assert!(rects.iter().all(|r| r.width >= PANE_MIN.0 && r.height >= PANE_MIN.1));
                assert_eq!(rects.len(), panes);
                assert_eq!(rects.iter().map(|r| r.area()).sum::<u32>(), area.area());
                for (n, a) in rects.iter().enumerate() {
                    assert!(rects[..n].iter().all(|b| !a.intersects(*b)), "{width}x{height} {panes}");
                }
            }
        }
    }
}
