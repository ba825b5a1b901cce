use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};

use super::{Tongue, heard};

/// The arguments of each text, by its id; an attribute stands under `id.attribute`.
fn texts(tongue: Tongue) -> BTreeMap<String, BTreeSet<String>> {
    let resource = FluentResource::try_new(tongue.source().to_owned()).unwrap_or_else(|(_, faults)| panic!("{tongue:?}: {faults:?}"));
    let mut texts = BTreeMap::new();
    for message in heard::messages(&resource) {
        let id = message.id.name.to_owned();
        for (name, pattern) in message.attributes.iter().map(|a| (format!("{id}.{}", a.id.name), &a.value)) {
            assert_eq!(texts.insert(name, arguments(pattern)), None);
        }
        let value = message.value.as_ref().unwrap_or_else(|| panic!("{id} says nothing"));
        assert_eq!(texts.insert(id.clone(), arguments(value)), None, "{id} is there twice");
    }
    texts
}

fn arguments(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let take = |of: &InlineExpression<&str>, all: &mut BTreeSet<String>| {
        if let InlineExpression::VariableReference { id } = of {
            all.insert(id.name.to_owned());
        }
    };
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable { expression: Expression::Inline(of) } => take(of, &mut all),
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                take(selector, &mut all);
                variants.iter().for_each(|v| all.extend(arguments(&v.value)));
            }
            PatternElement::TextElement { .. } => {}
        }
    }
    all
}

/// The screen's own sources without their tests.
fn sources() -> Vec<(PathBuf, String)> {
    sources_of("src/tui")
}

fn sources_of(folder: &str) -> Vec<(PathBuf, String)> {
    let (mut found, mut open) = (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if !path.ends_with("tests.rs") && path.components().all(|c| c.as_os_str() != "tests") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push((path, text));
            }
        }
    }
    found
}

/// The strings of a source.
fn literals(source: &str) -> Vec<&str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split('"').skip(1).step_by(2)).collect()
}

#[test]
fn every_language_has_every_text_with_the_same_arguments() {
    let english = texts(Tongue::English);
    assert!(english.len() > 400);
    for (name, tongue) in Tongue::NAMES {
        let own = texts(tongue);
        for (id, arguments) in &english {
            assert_eq!(own.get(id), Some(arguments), "{name}.ftl: {id}");
        }
        for id in own.keys() {
            assert!(english.contains_key(id), "{name}.ftl: {id} is not in en.ftl");
        }
    }
}

#[test]
fn every_text_that_is_asked_for_is_there_with_its_arguments_and_none_is_there_for_nothing() {
    let texts = texts(Tongue::English);
    let groups: BTreeSet<&str> = texts.keys().filter_map(|id| id.split_once('-')).map(|(group, _)| group).collect();
    let (mut asked, sources) = (BTreeSet::new(), sources());
    for (path, source) in &sources {
        for literal in literals(source) {
            let is_name = literal.split_once('-').is_some_and(|(group, rest)| groups.contains(group) && !rest.is_empty())
                && literal.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                && !crate::tui::keys::ENTRIES.iter().any(|e| e.name == literal)
                && !crate::tui::casting::keys::is_known(literal);
            if texts.contains_key(literal) {
                asked.insert(literal.to_owned());
            } else if is_name {
                panic!("{}: there is no text “{literal}”", path.display());
            }
        }
        for (at, _) in source.match_indices("phrase!(") {
            let call = &source[at..];
            let Some(id) = call.split('"').nth(1).filter(|id| texts.contains_key(*id)) else { continue };
            let given = given(call.split_once(&format!("\"{id}\"")).unwrap().1);
            assert_eq!(given, texts[id], "{}: the arguments of {id}", path.display());
        }
        for says in ["say(\"", "deny(screen, \"", "deny(table, \"", "report(screen, \""] {
            for (at, _) in source.match_indices(says) {
                let id = source[at + says.len()..].split('"').next().unwrap();
                assert!(texts.get(id).is_some_and(BTreeSet::is_empty), "{}: {id} takes arguments, or is none", path.display());
            }
        }
    }
    for entry in crate::tui::keys::ENTRIES {
        asked.extend([format!("key-{}", entry.name), format!("key-{}.short", entry.name)]);
    }
    for (_, name, _) in crate::tui::casting::keys::ACTS {
        asked.extend([format!("key-{name}"), format!("key-{name}.short")]);
    }
    for id in &asked {
        assert!(texts.contains_key(id), "there is no text {id}");
    }
    let unused: Vec<&String> = texts.keys().filter(|id| !id.starts_with("heard-") && !asked.contains(*id)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

/// The names of the arguments of a call, up to the end of it.
fn given(call: &str) -> BTreeSet<String> {
    let (mut names, mut depth, mut at) = (BTreeSet::new(), 0, call);
    while let Some(c) = at.chars().next() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                if let Some((name, _)) = at[1..].split_once(" = ") {
                    names.insert(name.trim().to_owned());
                }
            }
            _ => {}
        }
        at = &at[c.len_utf8()..];
    }
    names.retain(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'));
    names
}

#[test]
fn settings_decide_then_the_locale_in_the_order_of_posix() {
    let locale = |all: &str, messages: &str, lang: &str| [all, messages, lang].map(|v| Some(v.to_owned()));
    let chosen = |locale| Tongue::chosen(None, locale);
    assert_eq!(chosen([None, None, None]), Tongue::English);
    assert_eq!(chosen(locale("", "", "zh_CN.UTF-8")), Tongue::Chinese);
    assert_eq!(chosen(locale("", "de_DE.UTF-8", "zh_CN.UTF-8")), Tongue::English);
    assert_eq!(chosen(locale("zh_TW.UTF-8", "de_DE.UTF-8", "C")), Tongue::Chinese);
    assert_eq!(chosen(locale("C", "zh_CN.UTF-8", "zh_CN.UTF-8")), Tongue::English);
    assert_eq!(chosen(locale("", "", "zh-Hant-HK")), Tongue::Chinese);
    assert_eq!(chosen(locale("", "", "zha_CN")), Tongue::English);
    assert_eq!(Tongue::chosen(Some(Tongue::English), locale("zh_CN.UTF-8", "", "")), Tongue::English);
    assert_eq!(Tongue::chosen(Some(Tongue::Chinese), [None, None, None]), Tongue::Chinese);
}

#[test]
fn what_is_told_in_english_is_found_again_and_a_servers_own_words_stay() {
    let zh = Tongue::Chinese;
    assert_eq!(zh.heard("no words of anybody's pattern"), "no words of anybody's pattern");
    assert_eq!(Tongue::English.heard("they agree at once"), "they agree at once");
    assert_eq!(zh.heard("turn 12 is not on this branch"), "第 12 轮不在这条分支上");
    assert_eq!(
        zh.heard("no minutes were made: section 2 of 4 failed: the server is busy"),
        "纪要没写成：第 2 节（共 4 节）没写成：the server is busy"
    );
    assert_eq!(zh.heard("the prompt has many tokens"), "the prompt has many tokens", "a number is a number");
    assert_eq!(zh.heard("h can't be asked for m: 401: 50 % off, {$n} tokens"), "没法向 h 问 m：401: 50 % off, {$n} tokens");
}

/// What a source says: its strings, with those that go over several lines in one piece.
fn sentences(source: &str) -> Vec<String> {
    let code: String = source.lines().filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect();
    let (mut found, mut rest) = (Vec::new(), code.as_str());
    while let Some((_, after)) = rest.split_once('"') {
        let (mut text, mut escaped, mut end) = (String::new(), false, after.len());
        for (at, c) in after.char_indices() {
            match c {
                _ if escaped => {
                    escaped = false;
                    if c != '\n' {
                        text.push(c);
                    }
                }
                '\\' => escaped = true,
                '"' => {
                    end = at + 1;
                    break;
                }
                ' ' if text.ends_with(' ') => {}
                _ => text.push(c),
            }
        }
        found.push(text);
        rest = &after[end..];
    }
    found
}

/// A sentence with its placeholders filled, each with a seven.
fn filled(sentence: &str) -> String {
    let mut all = String::new();
    for (n, part) in sentence.split('{').enumerate() {
        all.push_str(if n == 0 { part } else { "7" });
        all.push_str(if n == 0 { "" } else { part.split_once('}').map_or("", |(_, rest)| rest) });
    }
    all
}

#[test]
fn all_that_the_room_tells_in_sentences_is_there_in_chinese() {
    let mut missing = Vec::new();
    for (path, source) in sources_of("src/room") {
        for sentence in sentences(&source).iter().filter(|s| !s.contains('\n') && s.trim() == s.as_str()) {
            let words = sentence.split(' ').filter(|w| w.len() > 1 && w.bytes().all(|b| b.is_ascii_lowercase() || b == b'\'')).count();
            let told = filled(sentence);
            if words > 2 && Tongue::Chinese.heard(&told) == told && !PARTS.contains(&sentence.as_str()) {
                missing.push(format!("{}: {sentence}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Parts of sentences of the room, and what no screen tells.
const PARTS: &[&str] = &[
    "Leaving waits some seconds for it to be saved",
    "The debate waits, and goes on when it can be saved",
    "after byte {} of turn {}: {}",
    "an amount of US dollars",
    "from the start",
    "a line is written `after N: COMMAND`, not “{line}”",
    "“{}” is no number of a turn",
    "which words are likely in turn {} nobody can tell: {why}",
];

#[test]
fn every_sentence_of_a_room_below_is_one_that_is_told_there() {
    let all: String = ["room", "debate", "script", "lens", "model", "config", "export", "archive", "cli", "tui"]
        .iter()
        .flat_map(|room| sources_of(&format!("src/{room}")))
        .flat_map(|(_, source)| sentences(&source))
        .collect::<Vec<_>>()
        .join("\n");
    let data = ["assets/formats", "themes", "assets"].map(data_of).concat();
    let resource = FluentResource::try_new(Tongue::English.source().to_owned()).ok().unwrap();
    let mut told = BTreeSet::new();
    for message in heard::messages(&resource).filter(|m| m.id.name.starts_with("heard-")) {
        let elements = &message.value.as_ref().unwrap().elements;
        let parts = elements.iter().filter_map(|e| if let PatternElement::TextElement { value } = e { Some(value.trim()) } else { None });
        let longest =
            parts.clone().flat_map(|p| p.split(['(', ')', ';', ':', '?', '.', ','])).max_by_key(|p| p.len()).unwrap_or_default().trim();
        // These are put together there.
        let known = all.contains(longest)
            || data.contains(longest)
            || ["pinned-already", "saved-waits", "saved-leaving"].iter().any(|end| message.id.name.ends_with(end));
        assert!(known, "{}: nobody tells “{longest}”", message.id.name);
        let shape: Vec<&str> = elements.iter().map(|e| if let PatternElement::TextElement { value } = e { value } else { "{}" }).collect();
        assert!(told.insert(shape.concat()), "{} is there twice", message.id.name);
    }
}

fn data_of(folder: &str) -> String {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let texts = files.map(|f| f.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "toml"));
    texts.map(|p| fs::read_to_string(p).unwrap()).collect()
}

#[test]
#[ignore = "measures time; run it alone"]
fn what_a_text_costs() {
    let began = std::time::Instant::now();
    assert!(!Tongue::Chinese.say("foot-send").is_empty());
    println!("read: {} µs", began.elapsed().as_micros());
    let time = |what: &str, work: &mut dyn FnMut()| {
        work();
        let began = std::time::Instant::now();
        (0..10_000).for_each(|_| work());
        println!("{what}: {} ns", began.elapsed().as_nanos() / 10_000);
    };
    time("without arguments", &mut || assert!(!std::hint::black_box(Tongue::Chinese.say("foot-send")).is_empty()));
    time("with arguments", &mut || drop(std::hint::black_box(super::phrase!(Tongue::Chinese, "n-of", n = 3, of = 7))));
    time("with a plural", &mut || drop(std::hint::black_box(super::phrase!(Tongue::English, "tree-turns", n = 3))));
    time("heard", &mut || drop(std::hint::black_box(Tongue::Chinese.heard("their voices can't be told apart any more"))));
    time("heard in vain", &mut || {
        drop(std::hint::black_box(Tongue::Chinese.heard("the server at 127.0.0.1:8080 says something that nobody knows")))
    });
}

/// Words that are the same in every language: keys, names that are typed or stand in files, models, marks of the trade.
const NAMES: &str = "\
    enter esc tab space alt ctrl shift del home end pgup pgdn Enter Esc Tab Ctrl C \
    agon SIM markdown md html txt jsonl cast open panels check models doctor minutes moats MB MiB AI tok \
    embedded gemma openai fake qwen3 models example com https http ollama llama cpp LM Studio vLLM PROVIDER MODEL provider model big config \
    grid score transcript focus dark light high contrast safe plain ember tide sepia \
    turns agreement collapse tokens cost off limit MATTR deflate KiB oxford free main meter first vote opening rebuttal closing second \
    rotate address bid manual silent shy usual talkative Name Gemma google dev terms ai fg API p x";

/// No Latin word is left in a picture but for names. What is typed by a test is a name too: it stands in quotes in its keys.
pub fn has_no_english(name: &str, drawn: &str) {
    let mut left: BTreeSet<&str> = BTreeSet::new();
    let whole: String = drawn.split_inclusive('…').map(|part| part.trim_end_matches(|c: char| c == '…' || c.is_ascii_graphic())).collect();
    for word in whole.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').map(|w| w.trim_matches('\'')) {
        let known = NAMES.split(' ').chain(TYPED.split(' ')).any(|n| n == word)
            || crate::tui::keys::ENTRIES.iter().any(|e| e.name.split('-').any(|n| n == word));
        if word.bytes().filter(u8::is_ascii_alphabetic).count() > 1 && !known {
            left.insert(word);
        }
    }
    if !left.is_empty() {
        crate::tui::fake::found(format!("{name}: {left:?} in\n{drawn}"));
    }
}

/// What tests type and name.
const TYPED: &str = "Never for against undecided zebra moat fork fey m musk bid silent secret phy";
