//! Arithmetic over a whole vocabulary, once a token: it has to be cheap beside the model itself (a quarter of a million numbers
//! in a tenth of a millisecond). Plain slices, written so that the compiler makes vector instructions of them.

/// Numbers worked on side by side.
const LANES: usize = 16;

/// log Σ exp, with a relative error of the sum below 1e-5.
pub fn log_sum_exp(logits: &[f32]) -> f32 {
    let (chunks, rest) = logits.as_chunks::<LANES>();
    let mut most = [f32::NEG_INFINITY; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            most[lane] = if chunk[lane] > most[lane] { chunk[lane] } else { most[lane] };
        }
    }
    let most = most.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
    if !most.is_finite() {
        return most;
    }
    let mut sums = [0.0f32; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            sums[lane] += exp(chunk[lane] - most);
        }
    }
    let sum: f32 = sums.iter().sum::<f32>() + rest.iter().map(|&x| exp(x - most)).sum::<f32>();
    most + sum.ln()
}

/// e^x for x ≤ 0: 2^n by the exponent's bits, times a polynomial for the fraction (the Taylor series of 2^f around 0 for |f| ≤ ½).
fn exp(x: f32) -> f32 {
    // Adding it leaves no bits for a fraction, so that a float rounds to a whole number without a call.
    const ROUND: f32 = 12_582_912.0;
    let y = x * std::f32::consts::LOG2_E;
    let y = if y > -126.0 { y } else { -126.0 };
    let rounded = y + ROUND;
    let f = (y - (rounded - ROUND)) * std::f32::consts::LN_2;
    let p = 1.0 + f * (1.0 + f * (0.5 + f * (1.0 / 6.0 + f * (1.0 / 24.0 + f * (1.0 / 120.0)))));
    // The low bits of `rounded` hold n; shifted into the exponent they multiply by 2^n.
    f32::from_bits(p.to_bits().wrapping_add(rounded.to_bits().wrapping_shl(23)))
}

/// The best tokens with their logits, unordered, into `out`.
pub fn best(logits: &[f32], count: usize, out: &mut Vec<(f32, i32)>) {
    out.clear();
    let mut bar = f32::NEG_INFINITY;
    let keep = |out: &mut Vec<(f32, i32)>| {
        // Among equals the lower number wins, so that the choice never depends on the order in which they were found.
        out.select_nth_unstable_by(count - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        out.truncate(count);
        out.iter().map(|o| o.0).fold(f32::INFINITY, f32::min)
    };
    let mut id = 0;
    for chunk in logits.chunks(LANES) {
        if chunk.iter().fold(false, |any, &x| any | (x > bar)) {
            for (&logit, id) in chunk.iter().zip(id..) {
                if logit > bar {
                    out.push((logit, id));
                }
            }
            if out.len() >= 2 * count {
                bar = keep(out);
            }
        }
        id += LANES as i32;
    }
    if out.len() > count {
        keep(out);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_sum_is_right_at_any_scale(logits in prop::collection::vec(-60f32..60.0, 1..400)) {
            let most = logits.iter().copied().fold(f32::MIN, f32::max);
            let exact = f64::from(most) + logits.iter().map(|&x| f64::from(x - most).exp()).sum::<f64>().ln();
            prop_assert!((f64::from(log_sum_exp(&logits)) - exact).abs() < 2e-5 * exact.abs().max(1.0));
        }

        #[test]
        fn the_best_are_the_best(logits in prop::collection::vec(-9i8..9, 1..300), count in 1usize..40) {
            let logits: Vec<f32> = logits.into_iter().map(f32::from).collect();
            let mut found = Vec::new();
            best(&logits, count, &mut found);
            let mut found: Vec<f32> = found.into_iter().map(|(logit, _)| logit).collect();
            let mut all = logits.clone();
            all.sort_by(|a, b| b.total_cmp(a));
            all.truncate(count);
            found.sort_by(|a, b| b.total_cmp(a));
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn impossible_tokens_do_no_harm() {
        assert!((log_sum_exp(&[f32::NEG_INFINITY, 0.0, f32::NEG_INFINITY]) - 0.0).abs() < 1e-6);
        assert!((log_sum_exp(&[3.5]) - 3.5).abs() < 1e-6);
    }
}
