//! What is wrong in a person's settings is told by whoever is asked, with its place.

use crate::home::Home;

#[test]
fn what_only_a_screen_looks_at_is_told_without_one() {
    let home = Home::new();
    home.file("config/agon/config.toml", "theme = \"nowhere\"\n[keys]\nnonsense = \"x\"\npause = \"hyper-q\"\n");
    let shown = home.run(&["config", "show"]);
    for fault in ["line 1", "there is no theme “nowhere”", "line 3", "nonsense", "line 4", "hyper-q"] {
        assert!(shown.err.contains(fault), "{fault}: {shown:?}");
    }
    assert!(shown.good().contains("keys.nonsense"));
    assert!(home.run(&["doctor"]).good().contains("settings: 4 values in "));
    home.file("config/agon/config.toml", "theme = \"tide\"\n[keys]\npause = \"ctrl-q\"\n");
    assert_eq!(home.run(&["config", "show"]).err, "");
}
