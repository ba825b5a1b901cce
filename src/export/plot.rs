//! Numbers as a line of signs: from the least to the most, the middle half thick, the median marked.

use crate::debate::{Spread, play::figure};

/// A spread between `from` and `to` in so many cells.
pub fn plot(spread: &Spread, from: f64, to: f64, cells: usize) -> String {
    let last = cells.max(1) - 1;
    let at = |value: f64| {
        let share = if to > from { ((value - from) / (to - from)).clamp(0.0, 1.0) } else { 0.5 };
        // Within the cells by the clamp.
        (share * last as f64).round() as usize
    };
    let (least, lower, median, upper, most) = (at(spread.least), at(spread.lower), at(spread.median), at(spread.upper), at(spread.most));
    let sign = |n: usize| match n {
        _ if n == median => '┃',
        _ if (lower..=upper).contains(&n) => '━',
        _ if n == least => '├',
        _ if n == most => '┤',
        _ if (least..=most).contains(&n) => '─',
        _ => '·',
    };
    (0..=last).map(sign).collect()
}

/// A spread on a line of its own, with its ends: `10 ├──━━┃━━──┤ 40`.
pub fn line(spread: &Spread, cells: usize) -> String {
    format!("{} {} {}", figure(spread.least), plot(spread, spread.least, spread.most, cells), figure(spread.most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half_is_thick_and_the_median_is_marked() {
        let of = |numbers: &[f64]| Spread::of(numbers.iter().copied()).unwrap();
        assert_eq!(line(&of(&[10.0, 20.0, 30.0, 40.0]), 13), "10 ├──━━━┃━━━──┤ 40");
        assert_eq!(plot(&of(&[10.0, 20.0, 30.0]), 0.0, 40.0, 9), "··├━┃━┤··");
        assert_eq!(line(&of(&[7.0]), 5), "7 ··┃·· 7");
        assert_eq!(plot(&of(&[7.0]), 7.0, 7.0, 0), "┃");
    }
}
