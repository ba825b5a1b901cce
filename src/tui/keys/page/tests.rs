use super::page;

#[test]
fn docs_keys_is_what_the_program_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
    if std::env::var_os("AGON_BLESS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), page(), "AGON_BLESS=1 writes docs/keys.md anew");
}
