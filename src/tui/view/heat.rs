//! The words that the model itself found surprising, tinted where they stand.

use std::ops::Range;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use unicode_segmentation::UnicodeSegmentation;

use super::{Look, tint};
use crate::{
    debate::TurnId,
    lens::surprise,
    tui::{state::Item, theme::Role, wrap::cells},
};

/// Bits from which a word is tinted, and from which it is marked.
const WARM: f64 = 8.0;
const HOT: f64 = 14.0;
/// Bytes of markup between two glyphs that are passed over.
const APART: usize = 64;

/// What is known of the turn whose rows are drawn: rows come one after another.
#[derive(Default)]
pub struct Heat {
    of: Option<(TurnId, u16)>,
    words: Vec<(Range<usize>, f64)>,
    /// Where the text of each row begins in the turn's.
    begins: Vec<usize>,
}

impl Heat {
    /// Tints the words of a row that is drawn already.
    pub fn tint(&mut self, look: Look<'_>, item: Item, n: usize, area: Rect, buffer: &mut Buffer) {
        let Item::Turn(id) = item else { return };
        let Some(turn) = look.screen.debate.turn(id).filter(|t| look.screen.lenses.heat && !t.tokens.is_empty()) else { return };
        let (text, rows) = (turn.text.as_str(), look.screen.rows.body(item, area.width));
        if self.of != Some((id, area.width)) {
            let mut at = text.len() - text.trim_start().len();
            self.words = surprise::of_words(text, &turn.tokens);
            self.of = Some((id, area.width));
            self.begins.clear();
            for row in rows {
                self.begins.push(at);
                row.runs.iter().flat_map(|(_, run)| run.graphemes(true)).for_each(|g| at = after(text, at, g).map_or(at, |r| r.end));
            }
        }
        let (Some(row), Some(mut at)) = (rows.get(n), self.begins.get(n).copied()) else { return };
        let mut x = area.x;
        for g in row.runs.iter().flat_map(|(_, run)| run.graphemes(true)) {
            let width = cells(g);
            if let Some(found) = after(text, at, g) {
                at = found.end;
                if let Some(style) = self.bits(found.start).and_then(|bits| style(look, bits)) {
                    tint(buffer, Rect { x, y: area.y, width, height: 1 }, style);
                }
            }
            x += width;
        }
    }

    /// The bits of the word that a byte is part of.
    fn bits(&self, at: usize) -> Option<f64> {
        let n = self.words.partition_point(|(word, _)| word.end <= at);
        self.words.get(n).filter(|(word, _)| word.contains(&at)).map(|(_, bits)| *bits)
    }
}

/// Where a glyph of a row stands in the text: rows leave markup out.
fn after(text: &str, at: usize, glyph: &str) -> Option<Range<usize>> {
    if glyph.trim().is_empty() {
        return None;
    }
    let rest = text.get(at..)?;
    let start = at + rest.find(glyph).filter(|skipped| *skipped <= APART)?;
    Some(start..start + glyph.len())
}

fn style(look: Look<'_>, bits: f64) -> Option<Style> {
    if bits >= HOT {
        Some(look.theme.style(Role::Bad).add_modifier(Modifier::UNDERLINED))
    } else if bits >= WARM {
        Some(look.theme.style(Role::Warn))
    } else {
        None
    }
}
