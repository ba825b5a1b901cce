//! What a guest's terminal sends, read into keys, clicks and pastes. Strict and small: what it doesn't know is passed over, whatever it is, and
//! nothing that is sent makes it keep more than a paste's worth. The sequences are those of ECMA-48, of xterm's control sequences (cursor and function keys,
//! bracketed paste, SGR mouse) and, for whoever has them on, of the kitty keyboard protocol's `CSI u`.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

/// Most bytes of a paste; what comes after them is passed over.
pub const PASTE_MAX: usize = 64 << 10;
/// Most bytes of a sequence that says something; of a longer one nothing is kept.
const SEQUENCE_MAX: usize = 64;

const PASTE_ENDS: &[u8] = b"\x1b[201~";

/// Reads bytes as they come, cut anywhere.
#[derive(Debug, Default)]
pub struct Reader {
    held: Vec<u8>,
    within: Within,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Within {
    #[default]
    Keys,
    Paste,
    /// A string to the terminal (OSC, DCS, APC …), which keys never are.
    Message,
}

impl Reader {
    /// Takes bytes in; gives what is whole.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut out = Vec::new();
        for byte in bytes {
            self.byte(*byte, &mut out);
        }
        out
    }

    /// Whether something was begun that may be over.
    pub fn waits(&self) -> bool {
        self.within == Within::Message || self.within == Within::Keys && !self.held.is_empty()
    }

    /// Nothing followed: an Esc was just that.
    pub fn nothing_follows(&mut self) -> Vec<Event> {
        if !self.waits() {
            return Vec::new();
        }
        let held = std::mem::take(&mut self.held);
        if std::mem::take(&mut self.within) == Within::Message {
            return Vec::new();
        }
        match held.as_slice() {
            [0x1b] => vec![key(KeyCode::Esc, KeyModifiers::NONE)],
            [0x1b, byte @ (b'[' | b'O' | b']' | b'P')] => vec![key(KeyCode::Char(char::from(*byte)), KeyModifiers::ALT)],
            // Half a letter, or half a sequence.
            _ => Vec::new(),
        }
    }

    fn byte(&mut self, byte: u8, out: &mut Vec<Event>) {
        match self.within {
            Within::Paste => self.pasted(byte, out),
            Within::Message => {
                // BEL, ST, or the eight-bit ST end it.
                let escaped = self.held.last() == Some(&0x1b);
                self.held.clear();
                if byte == 0x07 || byte == b'\\' && escaped {
                    self.within = Within::Keys;
                } else if byte == 0x1b {
                    self.held.push(byte);
                }
            }
            Within::Keys => {
                self.held.push(byte);
                self.look(out);
            }
        }
    }

    fn pasted(&mut self, byte: u8, out: &mut Vec<Event>) {
        // Where it is full, its end is still looked for.
        if self.held.len() >= PASTE_MAX + PASTE_ENDS.len() {
            self.held.remove(PASTE_MAX);
        }
        self.held.push(byte);
        if self.held.ends_with(PASTE_ENDS) {
            let mut text = std::mem::take(&mut self.held);
            text.truncate(text.len() - PASTE_ENDS.len());
            self.within = Within::Keys;
            out.push(Event::Paste(String::from_utf8_lossy(&text).replace("\r\n", "\n").replace('\r', "\n")));
        }
    }

    /// Whether what is held is a whole key.
    fn look(&mut self, out: &mut Vec<Event>) {
        match self.held.as_slice() {
            [0x1b] | [0x1b, b'[' | b'O'] => {}
            [0x1b, b']' | b'P' | b'_' | b'^' | b'X'] => {
                self.held.clear();
                self.within = Within::Message;
            }
            [0x1b, b'[', .., last] if (0x40..=0x7e).contains(last) => {
                let held = std::mem::take(&mut self.held);
                match control(&held[2..]) {
                    Some(Control::Paste) => self.within = Within::Paste,
                    Some(Control::Event(event)) => out.push(event),
                    None => {}
                }
            }
            // A byte that no sequence has: what was begun is nothing, and this one stands for itself.
            [0x1b, b'[', .., last] if !(0x20..=0x3f).contains(last) => self.again(*last, out),
            [0x1b, b'[', ..] => {
                if self.held.len() > SEQUENCE_MAX {
                    // Its end is still to come, and is no key: it is kept short until then.
                    self.held.truncate(3);
                }
            }
            [0x1b, b'O', last] => {
                let event = function(*last).map(|code| key(code, KeyModifiers::NONE));
                let last = *last;
                match event {
                    Some(event) => {
                        self.held.clear();
                        out.push(event);
                    }
                    None => self.again(last, out),
                }
            }
            [0x1b, 0x1b] => {
                self.held.truncate(1);
                out.push(key(KeyCode::Esc, KeyModifiers::NONE));
            }
            [0x1b, rest @ ..] => {
                let bytes = rest.to_vec();
                self.letter(&bytes, KeyModifiers::ALT, out);
            }
            rest => {
                let bytes = rest.to_vec();
                self.letter(&bytes, KeyModifiers::NONE, out);
            }
        }
    }

    /// What was begun is nothing; this byte begins anew.
    fn again(&mut self, byte: u8, out: &mut Vec<Event>) {
        self.held.clear();
        self.byte(byte, out);
    }

    fn letter(&mut self, bytes: &[u8], with: KeyModifiers, out: &mut Vec<Event>) {
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                self.held.clear();
                out.extend(text.chars().filter_map(|c| typed(c, with)));
            }
            // More of it may come.
            Err(error) if error.error_len().is_none() && bytes.len() < 4 => {}
            Err(_) => {
                self.held.clear();
                // The first byte was nothing; what cut it short may be something.
                if let [_, .., last] = bytes {
                    self.byte(*last, out);
                }
            }
        }
    }
}

enum Control {
    Paste,
    Event(Event),
}

/// A control sequence without its introducer.
fn control(sequence: &[u8]) -> Option<Control> {
    let (last, rest) = sequence.split_last()?;
    let rest = std::str::from_utf8(rest).ok()?;
    if let Some(mouse) = rest.strip_prefix('<') {
        return mouse_event(mouse, *last).map(Control::Event);
    }
    let numbers: Vec<u32> = rest.split(';').map(|part| part.split(':').next().unwrap_or_default().parse().unwrap_or(0)).collect();
    if !rest.bytes().all(|b| b.is_ascii_digit() || b == b';' || b == b':') {
        return None;
    }
    let first = numbers.first().copied().unwrap_or(0);
    let with = modifiers(numbers.get(1).copied().unwrap_or(1));
    let code = match last {
        b'Z' => return Some(Control::Event(key(KeyCode::BackTab, KeyModifiers::SHIFT))),
        b'~' => match first {
            200 => return Some(Control::Paste),
            1 | 7 => KeyCode::Home,
            2 => KeyCode::Insert,
            3 => KeyCode::Delete,
            4 | 8 => KeyCode::End,
            5 => KeyCode::PageUp,
            6 => KeyCode::PageDown,
            11..=15 => KeyCode::F(u8::try_from(first - 10).ok()?),
            17..=21 => KeyCode::F(u8::try_from(first - 11).ok()?),
            23 | 24 => KeyCode::F(u8::try_from(first - 12).ok()?),
            _ => return None,
        },
        b'u' => match char::from_u32(first)? {
            '\u{1b}' => KeyCode::Esc,
            '\r' => KeyCode::Enter,
            '\t' if with.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
            '\t' => KeyCode::Tab,
            '\u{7f}' | '\u{8}' => KeyCode::Backspace,
            c if c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c) => return None,
            c => KeyCode::Char(c),
        },
        last => function(*last)?,
    };
    Some(Control::Event(key(code, with)))
}

/// Keys that end in a letter.
fn function(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        b'P'..=b'S' => KeyCode::F(last - b'P' + 1),
        b'M' => KeyCode::Enter,
        _ => return None,
    })
}

fn modifiers(number: u32) -> KeyModifiers {
    let bits = number.saturating_sub(1);
    let on = |bit: u32, with: KeyModifiers| if bits & bit != 0 { with } else { KeyModifiers::NONE };
    on(1, KeyModifiers::SHIFT) | on(2, KeyModifiers::ALT) | on(4, KeyModifiers::CONTROL)
}

fn mouse_event(text: &str, last: u8) -> Option<Event> {
    let mut parts = text.split(';').map(|part| part.parse::<u16>().ok());
    let (button, column, row) = (parts.next()??, parts.next()??, parts.next()??);
    if parts.next().is_some() || !matches!(last, b'M' | b'm') {
        return None;
    }
    let which = match button & 3 {
        0 => MouseButton::Left,
        1 => MouseButton::Middle,
        _ => MouseButton::Right,
    };
    let kind = match (button & 0b1110_0000, last) {
        (64, _) if button & 3 == 0 => MouseEventKind::ScrollUp,
        (64, _) if button & 3 == 1 => MouseEventKind::ScrollDown,
        (32, _) if button & 3 == 3 => MouseEventKind::Moved,
        (32, _) => MouseEventKind::Drag(which),
        (0, b'M') => MouseEventKind::Down(which),
        (0, _) => MouseEventKind::Up(which),
        _ => return None,
    };
    let with = modifiers(u32::from(button >> 2 & 7) + 1);
    Some(Event::Mouse(MouseEvent { kind, column: column.saturating_sub(1), row: row.saturating_sub(1), modifiers: with }))
}

/// A character as a key.
fn typed(c: char, with: KeyModifiers) -> Option<Event> {
    let control = with | KeyModifiers::CONTROL;
    Some(match c {
        '\r' => key(KeyCode::Enter, with),
        '\n' => key(KeyCode::Char('j'), control),
        '\t' => key(KeyCode::Tab, with),
        '\u{7f}' => key(KeyCode::Backspace, with),
        '\0' => key(KeyCode::Char(' '), control),
        '\u{1}'..='\u{1a}' => key(KeyCode::Char(char::from(u8::try_from(c).ok()? + b'`')), control),
        '\u{1c}'..='\u{1f}' => key(KeyCode::Char(char::from(u8::try_from(c).ok()? + b'\x18')), control),
        // C1 and whatever else is no letter.
        c if c.is_control() => return None,
        c if c.is_uppercase() => key(KeyCode::Char(c), with | KeyModifiers::SHIFT),
        c => key(KeyCode::Char(c), with),
    })
}

fn key(code: KeyCode, with: KeyModifiers) -> Event {
    Event::Key(KeyEvent::new(code, with))
}

#[cfg(test)]
mod tests;
