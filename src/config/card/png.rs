//! The text chunks of a PNG (PNG specification, 11.3.4.3): a card is in one of them, in base64.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Most chunks that are walked: pictures have a few hundred at most.
const CHUNKS: usize = 100_000;

/// Whether this begins as a PNG.
pub fn is_png(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// The card in a picture: that of the third specification before that of the others.
pub fn card(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut rest, mut found) = (bytes.get(SIGNATURE.len()..)?, None);
    for _ in 0..CHUNKS {
        let Some((head, after)) = rest.split_at_checked(8) else { break };
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        // A chunk's checksum comes after it; a picture that is cut short may have none.
        let Some(data) = after.get(..length) else { break };
        if &head[4..8] == b"tEXt"
            && let Some(at) = data.iter().position(|b| *b == 0)
        {
            match &data[..at] {
                b"ccv3" => return base64(&data[at + 1..]),
                b"chara" => found = base64(&data[at + 1..]),
                _ => {}
            }
        }
        if &head[4..8] == b"IEND" {
            break;
        }
        rest = after.get(length + 4..).unwrap_or_default();
    }
    found
}

/// What base64 (RFC 4648, section 4) stands for; line ends and padding may be missing or not.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut have) = (0u32, 0);
    for byte in text.iter().filter(|b| !b.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => break,
            _ => return None,
        };
        (bits, have) = (bits << 6 | u32::from(value), have + 6);
        if have >= 8 {
            have -= 8;
            out.push(u8::try_from(bits >> have & 0xff).unwrap_or_default());
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (coded, plain) in [("", ""), ("Zg==", "f"), ("Zm8", "fo"), ("Zm9v\nYmFy", "foobar"), ("5oqk", "护")] {
            assert_eq!(base64(coded.as_bytes()).unwrap(), plain.as_bytes());
        }
        assert_eq!(base64(b"Zg$="), None);
    }

    #[test]
    fn a_picture_that_is_cut_anywhere_harms_nobody() {
        let mut picture = SIGNATURE.to_vec();
        for (kind, data) in [(b"IHDR", &b"12345"[..]), (b"tEXt", b"chara\0e30="), (b"IEND", b"")] {
            picture.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
            picture.extend(kind);
            picture.extend(data);
            picture.extend([0; 4]);
        }
        assert_eq!(card(&picture).unwrap(), b"{}");
        for end in 0..picture.len() {
            let _ = card(&picture[..end]);
        }
        let mut long = SIGNATURE.to_vec();
        long.extend([0xff, 0xff, 0xff, 0xff, b't', b'E', b'X', b't', 0]);
        assert_eq!(card(&long), None);
    }
}
