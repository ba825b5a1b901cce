//! Text to tokens and back, so that the bytes of tokens add up to the bytes of the text.

use llama_cpp_2::{model::LlamaModel, token::LlamaToken};

use super::cache::TokenId;

/// The bytes of a token, `None` when it ends the text (also a mark of a chat that ran on).
pub fn bytes(model: &LlamaModel, token: TokenId) -> Option<Vec<u8>> {
    let (vocab, token) = (model.vocab(), LlamaToken(token));
    if vocab.is_eog(token) || vocab.is_control(token) {
        return None;
    }
    Some(vocab.token_to_piece(token, false, None))
}

/// The tokens of a text, each with its bytes of it. Words that look like the model's own marks stay words.
pub fn split<'t>(model: &LlamaModel, text: &'t str, begins: bool) -> Vec<(TokenId, &'t [u8])> {
    let vocab = model.vocab();
    let mut tokens = Vec::new();
    if begins && vocab.should_add_bos() {
        tokens.push((vocab.bos().0, &text.as_bytes()[..0]));
    }
    if text.is_empty() {
        return tokens;
    }
    let piece = |token: &LlamaToken| (token.0, vocab.token_to_piece(*token, false, None));
    let mut pieces: Vec<_> = vocab.tokenize(text.as_bytes(), false, false).iter().map(piece).collect();
    let spaced = |pieces: &[(TokenId, Vec<u8>)]| pieces.iter().flat_map(|(_, b)| b).copied().eq(format!(" {text}").bytes());
    if spaced(&pieces) {
        // Old tokenisers put a space before every text. At the beginning it does no harm; later it would be a fault, so the text
        // is read behind a line's end, which is dropped again.
        let behind = format!("\n{text}");
        let read: Vec<_> = vocab.tokenize(behind.as_bytes(), false, false).iter().map(piece).collect();
        let mut end = 0;
        let cut = read.iter().position(|(_, b)| {
            end += b.len();
            end >= 2
        });
        match cut {
            Some(cut) if !begins && end == 2 => pieces = read[cut + 1..].to_vec(),
            _ => {
                if let Some((_, first)) = pieces.first_mut() {
                    first.remove(0);
                }
            }
        }
    }
    tokens.extend(aligned(text, pieces.into_iter()));
    tokens
}

/// Gives each token its bytes of the text. Where a tokeniser rewrites text they can't be told apart, so the first gets them all:
/// then these tokens are kept together or not at all.
fn aligned(text: &str, pieces: impl ExactSizeIterator<Item = (TokenId, Vec<u8>)>) -> Vec<(TokenId, &[u8])> {
    let all = text.as_bytes();
    let (mut at, mut same) = (0, true);
    let mut tokens: Vec<_> = pieces
        .map(|(id, piece)| {
            let end = (at + piece.len()).min(all.len());
            let bytes = &all[at..end];
            same &= bytes == piece;
            at = end;
            (id, bytes)
        })
        .collect();
    if !same || at != all.len() {
        for (place, token) in tokens.iter_mut().enumerate() {
            token.1 = if place == 0 { all } else { &all[..0] };
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of<'t>(text: &'t str, pieces: &[&str]) -> Vec<&'t [u8]> {
        let pieces: Vec<_> = pieces.iter().map(|p| (1, p.as_bytes().to_vec())).collect();
        aligned(text, pieces.into_iter()).into_iter().map(|(_, bytes)| bytes).collect()
    }

    #[test]
    fn each_token_gets_its_bytes() {
        assert_eq!(of("No. Yes", &["No", ".", " Yes"]), [&b"No"[..], b".", b" Yes"]);
    }

    #[test]
    fn a_rewritten_text_stays_in_one_piece() {
        assert_eq!(of("ﬁne", &["fi", "ne"]), ["ﬁne".as_bytes(), b""]);
        assert_eq!(of("abc", &["ab"]), [&b"abc"[..]]);
    }
}
