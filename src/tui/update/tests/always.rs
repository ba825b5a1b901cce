//! Whatever is pressed, and in whatever order.

use super::*;

const KEYS: [&str; 55] = [
    "V",
    ">",
    "O",
    "A",
    "P",
    "i",
    "enter",
    "@",
    "o",
    "s",
    "a",
    "d",
    "n",
    "x",
    "space",
    "f",
    "r",
    "[",
    "]",
    "e",
    "b",
    "w",
    "y",
    "v",
    "z",
    "tab",
    "shift-tab",
    "1",
    "3",
    "8",
    "k",
    "j",
    "pageup",
    "pagedown",
    "g",
    "G",
    "J",
    "K",
    "t",
    "?",
    ":",
    "esc",
    "ctrl-p",
    "up",
    "down",
    "left",
    "backspace",
    "alt-enter",
    "home",
    "y",
    "ctrl-c",
    "u",
    "E",
    "ctrl-o",
    "ctrl-j",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 96, ..Default::default() })]

    #[test]
    fn no_keys_in_any_order_on_any_size_break_the_screen(
        steps in proptest::collection::vec((0usize..80, 1u16..120, 1u16..40), 1..60),
    ) {
        let mut fake = going();
        for (n, (step, width, height)) in steps.into_iter().enumerate() {
            match step {
                50..=52 => paste(&mut fake.screen, "第一行\n👩‍👩‍👧‍👦 two @MUSK: x https://example.com/护城河"),
                53 => paste(&mut fake.screen, &"第一行\n👩‍👩‍👧‍👦 two\n".repeat(9)),
                54..=57 => {
                    fake.end(Ended::Cut);
                    fake.turn(u16::try_from(n % 3).unwrap(), " **more** 护城河 and https://example.com/more\n> quoted 护城河 and more");
                }
                58..=60 => {
                    fake.end(Ended::Done);
                    fake.fork(&format!("fork {n}"), fake.screen.debate.path().get(1).copied());
                }
                61..=62 => {
                    fake.end(Ended::Done);
                    fake.walk_on("A WAITER", " tea?");
                    fake.note("It rains.");
                }
                63..=64 => fake.status(Activity::Waiting { seat: Some(SeatId(1)), since: 0 }),
                65..=75 => {
                    let kind = [DOWN, MOVE, MOVE, UP, MouseEventKind::ScrollUp][step % 5];
                    pointer(&mut fake, kind, (width, height));
                }
                76..=79 => fake.screen.now += 3000,
                key => drop(fake.press(KEYS[key])),
            }
            tick(&mut fake.screen);
            fake.picture(width, height);
        }
    }
}
