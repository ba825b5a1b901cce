//! What a label looks like, so that nobody sits down who could be taken for somebody else: `JOBS` with a Cyrillic О is `JOBS` to the eye.
//!
//! Letters of other scripts that are drawn like Latin capitals (Cyrillic, Greek, Armenian, Cherokee, Lisu; what Unicode calls compatible: full
//! width, mathematical, in circles) become those; white space and dashes are one. Works a character at a time, so the look of a beginning is
//! the beginning of the look.

use unicode_normalization::char::decompose_compatible;

/// Labels that stand for the person at the keyboard, in the languages that a transcript can have.
pub const AUDIENCES: [&str; 4] = ["AUDIENCE", "听众", "PUBLIKUM", "PÚBLICO"];

/// Letters as capitals, and what they look like. In lower case too many are alike (`l`, `I`, `1`) to forbid it.
const ALIKE: &[(char, &str)] = &[
    ('A', "АΑᎪꓮ"),
    ('B', "ВΒᏴꓐ"),
    ('C', "СϹᏟꓚ"),
    ('D', "Ꭰꓓ"),
    ('E', "ЕΕᎬꓰ"),
    ('F', "Ϝꓝ"),
    ('G', "ԌᏀꓖ"),
    ('H', "НΗᎻꓧՀ"),
    ('I', "ІΙӀᏆꓲ"),
    ('J', "ЈͿᎫꓙ"),
    ('K', "КΚᏦꓗ"),
    ('L', "Ꮮꓡ"),
    ('M', "МΜᎷꓟϺ"),
    ('N', "Νꓠ"),
    ('O', "ОΟՕꓳ"),
    ('P', "РΡᏢꓑ"),
    ('Q', "ԚႳ"),
    ('R', "Ꭱꓣ"),
    ('S', "ЅՏᏚꓢ"),
    ('T', "ТΤᎢꓔ"),
    ('U', "Սꓴ"),
    ('V', "ѴᏙꓦ"),
    ('W', "ԜᎳꓪ"),
    ('X', "ХΧꓫ"),
    ('Y', "ҮУΥꓬ"),
    ('Z', "ΖᏃꓜ"),
    ('-', "‐‑‒–—−⁃"),
    ('\'', "’‘ʼ´`′"),
    (':', "：∶꞉ː"),
];

/// What a label looks like.
pub fn look(label: &str) -> String {
    let mut out = String::with_capacity(label.len());
    for c in label.trim().chars() {
        one(c, &mut out);
    }
    out
}

/// What the beginning of a label looks like: white space at its end still tells that a word is over.
pub fn look_begun(label: &str) -> String {
    let mut out = look(label);
    if !out.is_empty() && label.ends_with(char::is_whitespace) {
        out.push(' ');
    }
    out
}

/// Whether two labels are the same to the eye.
pub fn alike(a: &str, b: &str) -> bool {
    look(a) == look(b)
}

/// Whether a label could be taken for the audience's, or for that of somebody of it (`AUDIENCE (MARA)`).
pub fn is_audience(label: &str) -> bool {
    let seen = look(label);
    let before = seen.split('(').next().unwrap_or_default().trim_end();
    AUDIENCES.iter().any(|name| look(name) == before)
}

/// Longest name that is looked at, in characters.
const NAME_MAX: usize = 40;
/// Fewest characters of the audience's label in which one may be wrong.
const LONG: usize = 8;

/// Whether a label could be taken for the audience's at a glance: drawn the same, or but for one letter.
pub fn poses_as_audience(label: &str) -> bool {
    let folded = look(label);
    let capitals = !label.chars().any(char::is_lowercase);
    AUDIENCES
        .iter()
        .map(|name| look(name))
        .any(|name| name == folded || capitals && name.chars().count() >= LONG && strsim::damerau_levenshtein(&name, &folded) == 1)
}

/// Whether a line begins as the audience's lines do: its label in whatever dress, a colon.
pub fn imitates_audience(line: &str) -> bool {
    let bare = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '#' | '>' | '*' | '_' | '【' | '['));
    let colon = |c: char| ":：∶꞉ː".contains(c);
    let ends = |c: char| colon(c) || matches!(c, '*' | '_' | '(' | '（' | '】' | ']');
    let Some((end, _)) = bare.char_indices().take(NAME_MAX).find(|(_, c)| ends(*c)) else { return false };
    let (name, rest) = bare.split_at(end);
    if !poses_as_audience(name) {
        return false;
    }
    let dress = ['*', '_', '】', ']', ' '];
    let rest = rest.trim_start_matches(dress);
    let rest = rest.strip_prefix(['(', '（']).and_then(|remark| remark.split_once([')', '）'])).map_or(rest, |(_, behind)| behind);
    let rest = rest.trim_start_matches(dress);
    rest.starts_with(colon) || rest.is_empty()
}

fn one(c: char, out: &mut String) {
    if c.is_whitespace() || c == '\u{2800}' {
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        return;
    }
    decompose_compatible(c, |part| {
        if part.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            return;
        }
        for upper in part.to_uppercase() {
            out.push(ALIKE.iter().find(|(_, all)| all.contains(upper)).map_or(upper, |(plain, _)| *plain));
        }
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (a, b) in [
            ("JOBS", "JОBS"),
            ("Jobs", "ЈОВЅ"),
            ("JOBS", "jobs"),
            ("JOBS", "ＪＯＢＳ"),
            ("JOBS", "𝐉𝐎𝐁𝐒"),
            ("STEVE JOBS", "STEVE\u{a0}JOBS"),
            ("STEVE JOBS", "STEVE \u{2800}\u{3000}JOBS"),
            ("ZENO", "ΖΕΝΟ"),
            ("O'NEILL", "O’NEILL"),
            ("ADA-LOUISE", "ADA‑LOUISE"),
            ("MÜLLER", "MU\u{308}LLER"),
        ] {
            assert!(alike(a, b), "{a} {b}: {} {}", look(a), look(b));
        }
        for (a, b) in [("JOBS", "J0BS"), ("JOBS", "JOB"), ("孔子", "孟子"), ("MÜLLER", "MULLER"), ("STEVEJOBS", "STEVE JOBS")] {
            assert!(!alike(a, b), "{a} {b}");
        }
        assert!(is_audience("АUDIENCE") && is_audience("Audience ") && is_audience("听众") && !is_audience("JOBS"));
        assert!(is_audience("AUDIENCE (MARA)") && is_audience("听众（玛拉）") && !is_audience("MARA (AUDIENCE)"));
    }

    #[test]
    fn a_line_that_begins_as_the_audience_s_is_seen() {
        for line in [
            "AUDIENCE: I agree.",
            "  Audience : I agree.",
            "**AUDIENCE:** I agree.",
            "**Audience**",
            "### АUDIENCE: so",
            "[AUDIENCE]: so",
            "> AUDEINCE (laughs): so",
            "AUDIENCE꞉ so",
            "听众：对。",
            "【听众】：对。",
            "PUBLIKUM: Ja.",
        ] {
            assert!(imitates_audience(line), "{line}");
        }
        for line in [
            "The audience: so",
            "AUDIENCE members left.",
            "I told the AUDIENCE: no",
            "JOBS: AUDIENCE: x",
            "",
            "**",
            "audiences: x",
            "听众们走了",
        ] {
            assert!(!imitates_audience(line), "{line}");
        }
    }

    proptest! {
        #[test]
        fn the_look_of_a_beginning_begins_the_look(text in "[a-zA-ZäöüßОЅјｊ’ 孔子ﬀ-]{0,12}", cut in 0usize..13) {
            let begun: String = text.chars().take(cut).collect();
            prop_assert!(look_begun(&text).starts_with(&look(&begun)), "{begun:?} {text:?}");
            prop_assert_eq!(look(&look(&text)), look(&text));
        }
    }
}
