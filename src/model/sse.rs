//! Reads server-sent events from bytes, in whatever pieces they come. Knows nothing of what the events say.
//!
//! Written from the HTML standard, section 9.2 "Server-sent events", with three differences that servers of models make
//! necessary: an event may be no longer than [`LONGEST`]; an event that the end of the stream leaves without its blank line is
//! given by [`Events::finish`]; `id` and `retry` are of no use here and skipped.
//!
//! Our own because eventsource-stream 0.2.3 slices a byte-order mark in the middle (a panic), looks at everything again for each
//! packet of a long event, and has no limit.

/// Most bytes that an event may have. Larger than any sane one, small enough to do no harm.
pub const LONGEST: usize = 8 << 20;

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Event {
    /// What kind of event; empty where the server names none.
    pub name: String,
    /// Its data lines, joined by line feeds. Bytes that are no UTF-8 are replaced.
    pub data: String,
}

/// An event that went on past [`LONGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// A stream of events under way.
#[derive(Debug, Default)]
pub struct Events {
    /// The line under way.
    line: Vec<u8>,
    /// The data lines of the event under way, each with its line feed.
    data: Vec<u8>,
    name: Vec<u8>,
    /// The last byte ended a line as a carriage return: a line feed now belongs to it.
    after_cr: bool,
    /// The first line is over, and with it the place of a byte-order mark.
    begun: bool,
}

impl Events {
    /// Takes in bytes: the events that they complete.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        let mut events = Vec::new();
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|b| matches!(b, b'\n' | b'\r'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + self.data.len() + part.len() > LONGEST {
                return Err(TooLong);
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            events.extend(self.end_line());
        }
        Ok(events)
    }

    /// No more bytes will come: the event that was left open, if it has data.
    pub fn finish(mut self) -> Option<Event> {
        let line = if self.line.is_empty() { None } else { self.end_line() };
        line.or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let mut text = line.as_slice();
        if !std::mem::replace(&mut self.begun, true) {
            text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        }
        if text.is_empty() {
            return self.end_event();
        }
        let colon = text.iter().position(|&b| b == b':').unwrap_or(text.len());
        let value = text.get(colon + 1..).unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &text[..colon] {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => self.name = value.to_vec(),
            // Older llama.cpp servers tell of an error in a field of its own.
            b"error" => {
                self.name = b"error".to_vec();
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            // A comment (its name is empty), id, retry, and what is not known.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<Event> {
        let name = std::mem::take(&mut self.name);
        let mut data = std::mem::take(&mut self.data);
        data.pop()?;
        Some(Event { name: text(name), data: text(data) })
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<Event> {
        let mut events = Events::default();
        let mut all: Vec<Event> = parts.into_iter().flat_map(|part| events.push(part).unwrap()).collect();
        all.extend(events.finish());
        all
    }

    fn data(text: &str) -> Vec<String> {
        read([text.as_bytes()]).into_iter().map(|e| e.data).collect()
    }

    #[test]
    fn the_wire_as_it_is_gives_the_same_data() {
        for wire in [
            "data: a\n\ndata: b\n\n",
            "data:a\n\ndata:b\n\n",
            "data: a\r\n\r\ndata: b\r\n\r\n",
            "data: a\r\rdata: b\r\r",
            "\u{feff}data: a\n\ndata: b\n\n",
            ": OPENROUTER PROCESSING\n\ndata: a\n\n:\n\n:keep-alive\ndata: b\n\n",
            "\n\n\nid: 7\nretry: 10\nunknown\ndata: a\n\n\n\nevent: empty\n\ndata: b\n\n",
            "data: a\n\ndata: b\n",
            "data: a\n\ndata: b",
            "data: a\n\ndata: b\n: cut off",
        ] {
            assert_eq!(data(wire), ["a", "b"], "{wire:?}");
        }
    }

    #[test]
    fn lines_of_data_are_joined_and_empty_data_is_kept() {
        assert_eq!(data("data: a\ndata:  b\ndata\ndata:\n\n"), ["a\n b\n\n"]);
        assert_eq!(data("data\n\n"), [""]);
        assert_eq!(data("database: a\n\n data: b\n\n"), [""; 0]);
    }

    #[test]
    fn names_go_with_their_event_only() {
        let events = read(["event: ping\ndata: {}\n\ndata: x\n\nevent: lost\n\nevent:error\ndata: y\n\n".as_bytes()]);
        let names: Vec<&str> = events.iter().map(|e| e.name.as_str()).collect();
        assert_eq!(names, ["ping", "", "error"]);
    }

    #[test]
    fn what_is_no_utf8_is_replaced() {
        assert_eq!(read([b"data: \xff!\n\n".as_slice()])[0].data, "\u{fffd}!");
    }

    #[test]
    fn an_event_of_megabytes_is_read_and_one_without_end_is_refused() {
        let long = format!("data: {}\n\n", "x".repeat(LONGEST - 100));
        assert_eq!(read(long.as_bytes().chunks(16 << 10))[0].data.len(), LONGEST - 100);
        let mut events = Events::default();
        let line = [b"data: ".as_slice(), &[b'x'; 1 << 16], b"\n"].concat();
        let refused = (0..200).find_map(|_| events.push(&line).err());
        assert_eq!(refused, Some(TooLong));
        let mut events = Events::default();
        assert!((0..200).any(|_| events.push(&[b'x'; 1 << 16]).is_err()), "one line without end");
    }

    fn lines() -> impl Strategy<Value = String> {
        let line = prop_oneof!["(data|event|id|retry|x)?:? ?[a-c:é😀 ]{0,6}", Just(String::new()), Just("\u{feff}data: m".to_owned()),];
        let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
        proptest::collection::vec((line, end), 0..12).prop_map(|all| all.into_iter().map(|(line, end)| line + end).collect())
    }

    proptest! {
        #[test]
        fn where_packets_are_cut_makes_no_difference(wire in lines(), tail in "[a-z:]{0,4}") {
            let wire = wire + &tail;
            let whole = read([wire.as_bytes()]);
            for at in 0..=wire.len() {
                prop_assert_eq!(&read([&wire.as_bytes()[..at], &wire.as_bytes()[at..]]), &whole, "cut at {}", at);
            }
            prop_assert_eq!(&read(wire.as_bytes().chunks(1)), &whole);
        }
    }
}
