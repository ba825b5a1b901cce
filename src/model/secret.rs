//! Owns a key while it is in memory. Its text can be had only by asking for it, so that it gets into no log and no error by
//! being forgotten. Does not know where keys come from.

use std::fmt;

/// A key. Its `Debug` shows nothing of it, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A key, without the white space around it that copying leaves. `None` where nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The key itself, for the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of the key struck out: servers like to quote what they were sent.
    pub fn strike(&self, text: &str) -> String {
        text.replace(&self.0, "•••")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(•••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_by_no_debug_and_struck_from_texts() {
        let key = Secret::new(" sk-planted\n").unwrap();
        assert_eq!(format!("{key:?} {:?}", Some(&key)), "Secret(•••) Some(Secret(•••))");
        assert_eq!(key.strike("Incorrect key sk-planted."), "Incorrect key •••.");
        assert_eq!(key.expose(), "sk-planted");
        assert_eq!(Secret::new(" \n"), None);
    }
}
