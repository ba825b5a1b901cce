use proptest::prelude::*;

use super::*;

const FIRST: &str = r#"{"name": "Mira Vale", "description": "Mira is a lighthouse keeper. She counts ships.", "personality": "stubborn, precise; distrusts {{user}} and every chart",
    "scenario": "{{char}} and {{user}} sit in the lamp room.", "first_mes": "*turns the lamp* \"You're late, {{user}}.\"",
    "mes_example": "<START>\n{{user}}: Hello\n{{char}}: *sighs* The chart is wrong again.\n{{char}}: Eleven ships, and one of them lies."}"#;

#[test]
fn a_card_of_the_first_specification_is_an_expert() {
    let card = read(FIRST.as_bytes()).unwrap();
    let e = &card.expert;
    assert_eq!((e.name.as_str(), e.label.as_str(), e.role.as_str()), ("Mira Vale", "MIRA VALE", "Mira is a lighthouse keeper"));
    assert_eq!(e.bias, "stubborn, precise; distrusts the audience and every chart");
    assert_eq!(
        e.samples.iter().map(Clean::as_str).collect::<Vec<_>>(),
        ["The chart is wrong again.", "Eleven ships, and one of them lies."]
    );
    assert_eq!(card.scenario, "Mira Vale and the audience sit in the lamp room.");
}

#[test]
fn later_specifications_wrap_the_same_and_a_picture_holds_it() {
    for spec in ["chara_card_v2", "chara_card_v3"] {
        let wrapped = format!(r#"{{"spec": "{spec}", "spec_version": "2.0", "data": {FIRST}}}"#);
        assert_eq!(read(wrapped.as_bytes()), read(FIRST.as_bytes()), "{spec}");
    }
    let old = r#"{"char_name": "Old", "char_persona": "grumbles about everything", "char_greeting": "What now?"}"#;
    assert_eq!(read(old.as_bytes()).unwrap().expert.samples[0], "What now?");
}

#[test]
fn without_examples_the_first_message_speaks_and_without_a_personality_the_description() {
    let card =
        read(r#"{"name": "约翰", "description": "一个不信图纸的木匠。他只信尺子。", "first_mes": "*放下刨子* 量过了吗？"}"#.as_bytes())
            .unwrap();
    assert_eq!((card.expert.bias.as_str(), card.expert.samples[0].as_str()), ("一个不信图纸的木匠。他只信尺子。", "量过了吗？"));
    assert!(card.expert.role.is_empty(), "nothing is said twice");
}

#[test]
fn what_is_no_card_is_said_in_one_message() {
    for (bytes, words) in [
        (&b"hello"[..], "neither JSON nor a PNG"),
        (b"", "neither JSON nor a PNG"),
        (b"[1, 2]", "no character card"),
        (br#"{"name": "X"}"#, "a card has a name"),
        (br#"{"description": "nobody"}"#, "a card has a name"),
        (br#"{"name": ":[]*", "description": "x"}"#, "a card has a name"),
        (b"\x89PNG\r\n\x1a\n", "a picture without a character card"),
    ] {
        let why = read(bytes).unwrap_err().to_string();
        assert!(why.contains(words) && !why.contains('\n'), "{why}");
    }
    assert_eq!(read(&vec![b' '; CARD_MAX + 1]), Err(CardError::Large));
}

#[test]
fn hostile_and_endless_content_becomes_harmless_and_short() {
    let long = "Say it again. ".repeat(50_000);
    let json = serde_json::json!({"name": format!("Eve\u{1b}[2J: *x* {long}"), "description": format!("\u{202e}{long}"), "mes_example": format!("Eve: {long}")});
    let card = read(json.to_string().as_bytes()).unwrap();
    let text = format!("{:?}", card);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}') && text.len() < 4000, "{text}");
    assert_eq!(card.expert.fault(), None);
}

proptest! {
    #[test]
    fn whatever_a_card_says_it_is_an_expert_who_can_sit_or_none(name in any::<String>(), text in any::<String>(), more in any::<String>()) {
        let json = serde_json::json!({"name": name, "description": text, "personality": more, "mes_example": format!("{{{{char}}}}: {more}"), "scenario": text});
        if let Ok(card) = read(json.to_string().as_bytes()) {
            prop_assert_eq!(card.expert.fault(), None);
        }
    }

    #[test]
    fn no_bytes_harm_anybody(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
        let picture = [b"\x89PNG\r\n\x1a\n", bytes.as_slice()].concat();
        let _ = read(&picture);
    }
}
