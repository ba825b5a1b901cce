use proptest::prelude::*;

use super::*;

fn said(text: &str) -> Vec<String> {
    Settings::parse(text).1.iter().map(ToString::to_string).collect()
}

#[test]
fn all_that_can_be_set_is_read() {
    // The template without its marks has every key once.
    let text: String =
        TEMPLATE.lines().map(|l| format!("{}\n", l.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(l))).collect();
    let (settings, faults) = Settings::parse(&text);
    assert_eq!(faults, []);
    assert_eq!(settings.staging, Some(Staging::Turns));
    assert_eq!(settings.sampling.turn_tokens, Some(160));
    assert_eq!(settings.models["big"].shape, Some(Shape::Chat));
    assert_eq!(settings.models["big"].key_command.as_deref(), Some("pass show work/big"));
    assert_eq!(settings.key_commands["openai"], "pass show openai");
    assert_eq!(settings.plain_http, ["llm.example.com"]);
    assert_eq!(settings.limits, Limits { connect: Some(10), first_token: Some(300), silence: Some(90) });
    assert_eq!(settings.keys["interject"], ["i", "enter"]);
    assert_eq!(settings.keymap, Some(Clean::new("agon")));
    assert_eq!(settings.keys["pause"], ["space"]);
    for key in KEYS.iter().chain(ALIAS_KEYS).chain(SAMPLING_KEYS).chain(LIMIT_KEYS) {
        let there = text.lines().any(|l| l.starts_with(&format!("{key} =")) || l.starts_with(&format!("[{key}")));
        assert!(there, "the template leaves out {key}");
    }
    assert_eq!(Settings::parse(TEMPLATE), (Settings::default(), Vec::new()));
}

#[test]
fn a_bad_value_is_named_with_its_place_and_costs_nothing_else() {
    let text = "theme = 'paper'\nstaging = \"steam\"\nmouse = 'no'\n\n[sampling]\ntemperature = 9.0\nmin_p = 0.1\ntop_kk = 4\nturn_tokens = \"many\"\n";
    let (settings, faults) = Settings::parse(text);
    let places: Vec<(usize, usize)> = faults.iter().map(|f| (f.line, f.column)).collect();
    assert_eq!(places, [(2, 11), (3, 9), (6, 15), (8, 1), (9, 15)], "{faults:#?}");
    assert!(faults[0].what.contains("steam") && faults[0].what.contains("stream"), "{}", faults[0]);
    assert!(faults[2].what.contains("temperature is 9; it takes 0 to 5"), "{}", faults[2]);
    assert!(faults[3].what.contains("did you mean `top_k`?"), "{}", faults[3]);
    assert_eq!((settings.theme, settings.mouse, settings.staging), (Some(Clean::new("paper")), true, None));
    assert_eq!((settings.sampling.min_p, settings.sampling.temperature), (Some(0.1), None));
}

#[test]
fn a_mistyped_key_is_told_what_it_may_mean() {
    assert_eq!(said("modle = 'x/y'"), ["line 1, column 1: unknown key `modle`; did you mean `model`?"]);
    assert!(said("zzz = 1")[0].contains("there are model, base_url"));
    assert_eq!(
        said("[models.a]\nmodel='x/y'\nbase-url='http://x'")[0],
        "line 3, column 1: unknown key `models.a.base-url`; did you mean `base_url`?"
    );
}

#[test]
fn a_line_that_is_no_toml_leaves_the_others() {
    let (settings, faults) = Settings::parse("theme = 'paper'\nlayout = = 'grid'\nlanguage = '中文'\nmouse = false\n");
    assert_eq!((settings.theme, settings.mouse), (Some(Clean::new("paper")), false));
    assert_eq!(faults.iter().map(|f| f.line).collect::<Vec<_>>(), [2], "{faults:?}");
}

#[test]
fn tables_can_be_written_in_every_way_that_toml_has() {
    for text in ["[sampling]\nmin_p = 0.1", "sampling.min_p = 0.1", "sampling = { min_p = 0.1 }", "'sampling'.\"min_p\" = 0.1"] {
        let (settings, faults) = Settings::parse(text);
        assert_eq!((settings.sampling.min_p, faults), (Some(0.1), vec![]), "{text}");
    }
    assert!(said("sampling = 3")[0].contains("`sampling` has to be a table, [sampling], and is integer; left out"));
}

#[test]
fn a_key_in_the_file_is_refused_and_not_repeated() {
    let text = "[models.a]\nmodel = 'openai/x'\nkey_env = 'sk-123-secret'\nbase_url = 'localhost'\n[models.b]\nshape='raw'";
    let (settings, faults) = Settings::parse(text);
    assert_eq!(settings.models.keys().collect::<Vec<_>>(), ["a"]);
    assert_eq!(settings.models["a"].key_env, None);
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].what.contains("environment variable") && !faults[0].what.contains("sk-123"), "{}", faults[0]);
    assert!(faults[2].what.contains("`models.b` needs a `model`"), "{}", faults[2]);
}

proptest! {
    #[test]
    fn no_file_breaks_it(text in prop_oneof!["(\\PC|\n){0,200}", "([a-z_]{1,8}[ =.\\[\\]\"'{}0-9\n#]{1,6}){0,30}"]) {
        let (_, faults) = Settings::parse(&text);
        for fault in faults {
            prop_assert!(fault.line <= text.lines().count() + 1);
        }
    }

    #[test]
    fn a_template_with_a_byte_too_much_is_still_read_for_the_most_part(at in 0usize..600, junk in "[\\[\\]{}=\"'x\n]") {
        let text: String = TEMPLATE.lines().map(|l| format!("{}\n", l.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(l))).collect();
        // The template is ASCII.
        let at = at.min(text.len());
        Settings::parse(&format!("{}{junk}{}", &text[..at], &text[at..]));
    }
}

#[test]
fn docs_settings_has_all_of_the_template() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/settings.md");
    let page = std::fs::read_to_string(path).unwrap();
    let block = |text: &str| text.split_once("```toml\n").and_then(|(_, rest)| Some(rest.split_once("\n```")?.0.to_owned())).unwrap();
    if std::env::var_os("AGON_BLESS").is_some() {
        std::fs::write(path, page.replace(&block(&page), TEMPLATE.trim_end())).unwrap();
    }
    let page = std::fs::read_to_string(path).unwrap();
    assert_eq!(block(&page), TEMPLATE.trim_end(), "AGON_BLESS=1 writes docs/settings.md anew");
}
