//! Shares of yes and no, and their differences, with 90 % intervals that hold for few and for extreme ones: Wilson's for one share (1927),
//! Newcombe's for two of the same things (1998, method 10) and of different ones (1998, method 10 of the other paper).

use serde::Serialize;

use super::Interval;

/// The normal quantile of a two-sided 90 %.
const Z90: f64 = 1.644_853_626_951_472_2;

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// How many.
    pub k: usize,
    /// Of how many.
    pub n: usize,
}

impl Share {
    /// Counts those of which something holds.
    pub fn of(all: impl IntoIterator<Item = bool>) -> Self {
        all.into_iter().fold(Self::default(), |s, yes| Self { k: s.k + usize::from(yes), n: s.n + 1 })
    }

    /// As a number; `None` of nothing.
    pub fn value(self) -> Option<f64> {
        (self.n > 0).then(|| self.k as f64 / self.n as f64)
    }

    /// Where it may as well lie (90 %, Wilson).
    pub fn interval(self) -> Option<Interval> {
        wilson(self, Z90)
    }
}

/// The same things looked at twice: how many were so both times, the first time only, the second time only, neither time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// Both times.
    pub both: usize,
    /// The first time only.
    pub first: usize,
    /// The second time only.
    pub second: usize,
    /// Neither time.
    pub neither: usize,
}

impl Pairs {
    /// Counts them.
    pub fn of(all: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut pairs = Self::default();
        for pair in all {
            match pair {
                (true, true) => pairs.both += 1,
                (true, false) => pairs.first += 1,
                (false, true) => pairs.second += 1,
                (false, false) => pairs.neither += 1,
            }
        }
        pairs
    }

    /// How many things.
    pub fn n(self) -> usize {
        self.both + self.first + self.second + self.neither
    }

    /// The first share less the second; `None` of nothing.
    pub fn difference(self) -> Option<f64> {
        (self.n() > 0).then(|| (self.first as f64 - self.second as f64) / self.n() as f64)
    }

    /// Where the difference may as well lie (90 %, Newcombe).
    pub fn interval(self) -> Option<Interval> {
        newcombe(self, Z90)
    }
}

/// Where the difference of two shares of different things may as well lie (90 %, Newcombe).
pub fn difference(first: Share, second: Share) -> Option<(f64, Interval)> {
    square_and_add(first, second, 0.0, Z90)
}

fn wilson(share: Share, z: f64) -> Option<Interval> {
    let (n, p) = (share.n as f64, share.value()?);
    let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    // None of them, and all of them, are at the edge itself.
    let low = if share.k == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if share.k == share.n { 1.0 } else { (middle + half).min(1.0) };
    Some(Interval { low, high })
}

fn newcombe(pairs: Pairs, z: f64) -> Option<Interval> {
    let Pairs { both, first, second, neither } = pairs;
    let [a, b, c, d] = [both, first, second, neither].map(|n| n as f64);
    let margins = (a + b) * (c + d) * (a + c) * (b + d);
    // How the two go together, made smaller where they go together by chance.
    let (cross, half) = (a * d - b * c, (a + b + c + d) / 2.0);
    let together = if cross > half { cross - half } else { cross.min(0.0) };
    let phi = if margins > 0.0 { together / margins.sqrt() } else { 0.0 };
    let n = pairs.n();
    square_and_add(Share { k: both + first, n }, Share { k: both + second, n }, phi, z).map(|(_, interval)| interval)
}

fn square_and_add(first: Share, second: Share, phi: f64, z: f64) -> Option<(f64, Interval)> {
    let (p, q) = (first.value()?, second.value()?);
    let (of_p, of_q) = (wilson(first, z)?, wilson(second, z)?);
    let joined = |x: f64, y: f64| (x * x - 2.0 * phi * x * y + y * y).max(0.0).sqrt();
    let low = p - q - joined(p - of_p.low, of_q.high - q);
    let high = p - q + joined(of_p.high - p, q - of_q.low);
    Some((p - q, Interval { low, high }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const Z95: f64 = 1.959_963_984_540_054;

    fn near(found: Option<Interval>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?} is not {low} to {high}");
    }

    /// Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3.
    #[test]
    fn one_share_has_wilsons_interval_as_published() {
        for (k, n, low, high) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)] {
            near(wilson(Share { k, n }, Z95), low, high);
        }
        near(Share { k: 7, n: 41 }.interval(), 0.0953, 0.2869);
        assert_eq!(Share { k: 20, n: 20 }.interval().unwrap().high, 1.0);
        assert_eq!((Share::default().value(), Share::default().interval()), (None, None));
    }

    /// Newcombe 1998, Statistics in Medicine 17:2635-2650, method 10; Altman et al. 2000, Statistics with Confidence, table 6.2;
    /// Fagerland, Lydersen & Laake 2014, Statistics in Medicine 33:2850-2875, airway reactivity.
    #[test]
    fn two_shares_of_the_same_things_differ_as_published() {
        let pairs = |both, first, second, neither| Pairs { both, first, second, neither };
        near(newcombe(pairs(36, 12, 2, 0), Z95), 0.0569, 0.3404);
        near(newcombe(pairs(14, 5, 0, 22), Z95), 0.0115, 0.2265);
        near(newcombe(pairs(1, 1, 7, 12), Z95), -0.5069, -0.0256);
        assert_eq!(pairs(14, 5, 0, 22).difference(), Some(5.0 / 41.0));
        let none = pairs(0, 0, 0, 30);
        assert_eq!(none.difference(), Some(0.0));
        assert!(none.interval().unwrap().low < 0.0 && none.interval().unwrap().high > 0.0);
        assert_eq!((Pairs::default().difference(), Pairs::default().interval()), (None, None));
    }

    /// Newcombe 1998, Statistics in Medicine 17:873-890, table II, method 10.
    #[test]
    fn two_shares_of_different_things_differ_as_published() {
        let (value, interval) = square_and_add(Share { k: 56, n: 70 }, Share { k: 48, n: 80 }, 0.0, Z95).unwrap();
        assert!((value - 0.2).abs() < 1e-12);
        near(Some(interval), 0.0524, 0.3339);
        assert!(difference(Share::default(), Share { k: 1, n: 2 }).is_none());
    }
}
