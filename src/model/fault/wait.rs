//! When a server wants to be asked again: `Retry-After` in seconds or as a date, rate-limit headers in the forms that the
//! providers use, and what some say only in words. Whole seconds, rounded up.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::HeaderMap;

/// A server that asks for more than a day is not waited for as it asks.
const LONGEST_S: f64 = 86_400.0;

/// The wait that an answer asks for, if it does.
pub fn asked(headers: &HeaderMap, body: &[u8]) -> Option<u64> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    // The server's own clock is the one that its dates are by.
    let now = text("date").and_then(date).unwrap_or_else(Timestamp::now);
    let until = |at: Timestamp| at.duration_since(now).as_secs_f64().max(0.0);
    let wait = text("retry-after-ms")
        .and_then(|v| Some(v.parse::<f64>().ok()? / 1000.0))
        .or_else(|| text("retry-after").and_then(|v| v.parse::<f64>().ok().or_else(|| date(v).map(until))))
        .or_else(|| in_body(&String::from_utf8_lossy(&body[..body.len().min(1 << 14)])))
        .or_else(|| exhausted(&text, &until))?;
    (wait.is_finite() && (0.0..=LONGEST_S).contains(&wait)).then_some(wait.ceil() as u64)
}

/// The longest wait among the limits that are used up; where none says that it is, the shortest of all.
fn exhausted<'a>(text: &dyn Fn(&str) -> Option<&'a str>, until: &dyn Fn(Timestamp) -> f64) -> Option<f64> {
    // (what is left, when it is full again)
    const LIMITS: [(&str, &str); 9] = [
        ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
        ("x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"),
        ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
        ("anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"),
        ("anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"),
        ("anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"),
        ("x-ratelimit-remaining", "x-ratelimit-reset"),
        ("ratelimit-remaining", "ratelimit-reset"),
        ("x-ratelimit-remaining-requests-day", "x-ratelimit-reset-requests-day"),
    ];
    let waits: Vec<(bool, f64)> = LIMITS
        .iter()
        .filter_map(|(left, reset)| {
            let used_up = text(left).and_then(|v| v.parse::<f64>().ok()).is_some_and(|v| v <= 0.0);
            Some((used_up, moment(text(reset)?, until)?))
        })
        .collect();
    let used_up = waits.iter().filter(|w| w.0).map(|w| w.1).reduce(f64::max);
    used_up.or_else(|| waits.iter().map(|w| w.1).reduce(f64::min))
}

/// Seconds from a reset header: a span (`1m30s`, `120ms`), a number of seconds, a time since the epoch in seconds or
/// milliseconds, or a date.
fn moment(text: &str, until: &dyn Fn(Timestamp) -> f64) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(match number {
            n if n > 1e11 => until(Timestamp::from_millisecond(n as i64).ok()?),
            n if n > 1e9 => until(Timestamp::from_second(n as i64).ok()?),
            n => n,
        });
    }
    span(text).map(|s| s.as_secs_f64()).or_else(|| date(text).map(until))
}

/// `6m0s`, `1h2m3.5s`, `120ms`.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&n| n > 0)?;
        let number: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        seconds += number
            * match &rest[..unit] {
                "ms" => 0.001,
                "s" | "sec" | "second" | "seconds" => 1.0,
                "m" | "min" => 60.0,
                "h" => 3600.0,
                "d" => 86_400.0,
                _ => return None,
            };
        rest = &rest[unit..];
    }
    (!text.is_empty()).then(|| Duration::try_from_secs_f64(seconds).ok()).flatten()
}

/// An HTTP date or one as in RFC 3339.
fn date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok().or_else(|| text.parse().ok())
}

/// `Please try again in 1m2.5s.`, and `"retryDelay": "34s"`.
fn in_body(body: &str) -> Option<f64> {
    ["try again in ", "retryDelay\": \"", "retryDelay\":\""].iter().find_map(|lead| {
        let from = body.find(lead)? + lead.len();
        let end = body[from..].find(|c: char| !c.is_ascii_alphanumeric() && c != '.').map_or(body.len(), |n| from + n);
        span(body[from..end].trim_end_matches('.')).map(|s| s.as_secs_f64())
    })
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn wait(headers: &[(&'static str, &str)], body: &str) -> Option<u64> {
        let map = headers.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_str(v).unwrap())).collect();
        asked(&map, body.as_bytes())
    }

    #[test]
    fn retry_after_is_obeyed_in_seconds_and_as_a_date() {
        assert_eq!(wait(&[("retry-after", "7")], ""), Some(7));
        assert_eq!(wait(&[("retry-after", "0.4")], ""), Some(1));
        assert_eq!(wait(&[("retry-after-ms", "1500"), ("retry-after", "9")], ""), Some(2));
        let date = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[date, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], ""), Some(30));
        assert_eq!(wait(&[date, ("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT")], ""), Some(0), "it is over");
        for nonsense in ["soon", "-3", "1e300", "999999999999", ""] {
            assert_eq!(wait(&[("retry-after", nonsense)], ""), None, "{nonsense}");
        }
        assert_eq!(wait(&[], ""), None);
    }

    #[test]
    fn the_limit_that_is_used_up_is_waited_for() {
        let openai = [
            ("x-ratelimit-remaining-requests", "12"),
            ("x-ratelimit-reset-requests", "120ms"),
            ("x-ratelimit-remaining-tokens", "0"),
            ("x-ratelimit-reset-tokens", "6m0s"),
        ];
        assert_eq!(wait(&openai, ""), Some(360));
        assert_eq!(wait(&openai[..2], ""), Some(1));
        let date = ("date", "Tue, 24 Nov 2026 07:00:00 GMT");
        assert_eq!(wait(&[date, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795503610000")], ""), Some(10));
        assert_eq!(wait(&[date, ("anthropic-ratelimit-requests-reset", "2026-11-24T07:00:42Z")], ""), Some(42));
        assert_eq!(wait(&[("ratelimit-reset", "3")], ""), Some(3));
    }

    #[test]
    fn a_wait_told_only_in_words_is_read() {
        assert_eq!(wait(&[], "Rate limit reached. Please try again in 1m2.5s. Visit"), Some(63));
        assert_eq!(wait(&[], r#"{"@type":"RetryInfo","retryDelay": "34s"}"#), Some(34));
        assert_eq!(wait(&[], "try again in a while"), None);
    }
}
