//! Bytes in, keys out.

use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Vec<Event> {
    let mut reader = Reader::default();
    let mut out = reader.feed(bytes);
    out.extend(reader.nothing_follows());
    out
}

fn one(bytes: &[u8]) -> (KeyCode, KeyModifiers) {
    match read(bytes).as_slice() {
        [Event::Key(key)] => (key.code, key.modifiers),
        other => panic!("{bytes:?}: {other:?}"),
    }
}

#[test]
fn keys_of_a_terminal_are_read_as_on_the_host_s_own() {
    const NONE: KeyModifiers = KeyModifiers::NONE;
    for (bytes, code, with) in [
        (&b"q"[..], KeyCode::Char('q'), NONE),
        (b"G", KeyCode::Char('G'), KeyModifiers::SHIFT),
        ("ä".as_bytes(), KeyCode::Char('ä'), NONE),
        ("护".as_bytes(), KeyCode::Char('护'), NONE),
        (b"\r", KeyCode::Enter, NONE),
        (b"\x1b\r", KeyCode::Enter, KeyModifiers::ALT),
        (b"\x7f", KeyCode::Backspace, NONE),
        (b"\t", KeyCode::Tab, NONE),
        (b"\x1b[Z", KeyCode::BackTab, KeyModifiers::SHIFT),
        (b"\x03", KeyCode::Char('c'), KeyModifiers::CONTROL),
        (b"\x0c", KeyCode::Char('l'), KeyModifiers::CONTROL),
        (b"\x1b", KeyCode::Esc, NONE),
        (b"\x1b[A", KeyCode::Up, NONE),
        (b"\x1bOB", KeyCode::Down, NONE),
        (b"\x1b[1;5C", KeyCode::Right, KeyModifiers::CONTROL),
        (b"\x1b[5~", KeyCode::PageUp, NONE),
        (b"\x1b[6;2~", KeyCode::PageDown, KeyModifiers::SHIFT),
        (b"\x1b[H", KeyCode::Home, NONE),
        (b"\x1b[4~", KeyCode::End, NONE),
        (b"\x1bOP", KeyCode::F(1), NONE),
        (b"\x1b[24~", KeyCode::F(12), NONE),
        (b"\x1bx", KeyCode::Char('x'), KeyModifiers::ALT),
        (b"\x1b[27u", KeyCode::Esc, NONE),
        (b"\x1b[99;5u", KeyCode::Char('c'), KeyModifiers::CONTROL),
    ] {
        assert_eq!(one(bytes), (code, with), "{bytes:?}");
    }
}

#[test]
fn a_paste_is_one_thing_and_never_keys() {
    assert_eq!(read(b"\x1b[200~q\x1b[31m\r\nx\x1b[201~"), [Event::Paste("q\u{1b}[31m\nx".into())]);
    let mut long = b"\x1b[200~".to_vec();
    long.extend(std::iter::repeat_n(b'a', PASTE_MAX * 3));
    long.extend(b"\x1b[201~q");
    let read = read(&long);
    assert!(matches!(&read[0], Event::Paste(text) if text.len() == PASTE_MAX), "{}", read.len());
    assert_eq!(read.len(), 2);
}

#[test]
fn a_wheel_and_a_click_are_read() {
    let mouse = |bytes: &[u8]| match read(bytes).as_slice() {
        [Event::Mouse(mouse)] => (mouse.kind, mouse.column, mouse.row),
        other => panic!("{other:?}"),
    };
    assert_eq!(mouse(b"\x1b[<64;10;5M"), (MouseEventKind::ScrollUp, 9, 4));
    assert_eq!(mouse(b"\x1b[<0;1;1M"), (MouseEventKind::Down(MouseButton::Left), 0, 0));
    assert_eq!(mouse(b"\x1b[<0;1;1m"), (MouseEventKind::Up(MouseButton::Left), 0, 0));
    assert_eq!(mouse(b"\x1b[<32;300;2M"), (MouseEventKind::Drag(MouseButton::Left), 299, 1));
}

#[test]
fn what_is_no_key_is_passed_over_and_the_next_key_is_read() {
    for junk in [
        &b"\x1b]11;rgb:ffff/ffff/ffff\x07"[..],
        b"\x1bP1$r0m\x1b\\",
        b"\x1b[?62;c",
        b"\x1b[>1;2;3c",
        b"\x1b[<1;2M",
        b"\x1b[999999999999u",
        b"\x1b[57400u",
        b"\xff\xfe",
        b"\xc3",
        b"\x1b_hello\x1b\\",
    ] {
        let mut bytes = junk.to_vec();
        bytes.push(b'q');
        let read = read(&bytes);
        assert_eq!(read.last(), Some(&Event::Key(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE))), "{junk:?}: {read:?}");
    }
}

proptest! {
    #[test]
    fn no_bytes_break_it_and_it_keeps_no_more_than_a_paste(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut reader = Reader::default();
        reader.feed(&bytes);
        prop_assert!(reader.held.len() <= PASTE_MAX + PASTE_ENDS.len());
        reader.nothing_follows();
    }

    #[test]
    fn it_is_the_same_wherever_it_is_cut(
        parts in proptest::collection::vec(prop_oneof![
            Just(b"\x1b[A".to_vec()), Just(b"\x1b[200~a\rb\x1b[201~".to_vec()), Just("护".as_bytes().to_vec()), Just(b"q".to_vec()),
            Just(b"\x1b[<64;3;4M".to_vec()), Just(b"\x1b]0;x\x07".to_vec()), proptest::collection::vec(any::<u8>(), 0..6),
        ], 0..20),
        cut in 1usize..7,
    ) {
        let bytes: Vec<u8> = parts.concat();
        let mut whole = Reader::default();
        let mut cuts = Reader::default();
        let expected = whole.feed(&bytes);
        let got: Vec<Event> = bytes.chunks(cut).flat_map(|chunk| cuts.feed(chunk)).collect();
        prop_assert_eq!(expected, got);
    }
}
