//! The index for search: which words stand in which turn and in which topic.
//!
//! SQLite's full-text index keeps tokens only; the words themselves stay in `turns` and `sessions`. Letters of scripts that are written
//! without spaces (Chinese, Japanese, Thai) or are looked for by parts of words (Korean) are tokens each, and what is looked for
//! is a phrase of them; all others are words, in any case and with or without accents.

use rusqlite::{Row, Transaction, params};

/// The step that makes the index. It stays as it was shipped.
pub(super) const STEP: &str = r#"
    CREATE VIRTUAL TABLE turn_words USING fts5 (
        text, speaker, panel, model, content = '', contentless_delete = 1, prefix = '3 4', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE VIRTUAL TABLE topic_words USING fts5 (
        text, speaker, panel, model, content = '', contentless_delete = 1, prefix = '3 4', tokenize = 'unicode61 remove_diacritics 2'
    );
    -- Whatever removes a turn or a session, also with its session, takes its words along.
    CREATE TRIGGER turn_goes AFTER DELETE ON turns BEGIN DELETE FROM turn_words WHERE rowid = old.key; END;
    CREATE TRIGGER session_goes AFTER DELETE ON sessions BEGIN DELETE FROM topic_words WHERE rowid = old.key; END;
"#;

/// Whether a character is a token by itself.
pub(super) fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' // Thai, Lao, Burmese, Khmer
        | '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{318f}' // Jamo, radicals, kana
        | '\u{31a0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

/// A text with spaces around what is a token by itself.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + text.len() / 4);
    for c in text.chars() {
        if stands_alone(c) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    spaced
}

/// Takes in the words of a turn, in place of those that it had, with what it can be told by.
pub(super) fn add_turn(change: &Transaction<'_>, key: i64, text: &str) -> rusqlite::Result<()> {
    let told = "SELECT t.label, s.panel, s.model FROM turns t JOIN sessions s ON s.key = t.session WHERE t.key = ?1";
    add(change, "INSERT OR REPLACE INTO turn_words (rowid, text, speaker, panel, model) VALUES (?1, ?2, ?3, ?4, ?5)", told, key, text)
}

/// Takes in the words of a session's topic.
pub(super) fn add_topic(change: &Transaction<'_>, key: i64, topic: &str) -> rusqlite::Result<()> {
    let told = "SELECT '', panel, model FROM sessions WHERE key = ?1";
    add(change, "INSERT OR REPLACE INTO topic_words (rowid, text, speaker, panel, model) VALUES (?1, ?2, ?3, ?4, ?5)", told, key, topic)
}

fn add(change: &Transaction<'_>, insert: &str, told: &str, key: i64, text: &str) -> rusqlite::Result<()> {
    let column = |row: &Row<'_>, n| row.get_ref(n).and_then(|text| Ok(spaced(text.as_str()?)));
    let (speaker, panel, model) =
        change.prepare_cached(told)?.query_row([key], |row| Ok((column(row, 0)?, column(row, 1)?, column(row, 2)?)))?;
    change.prepare_cached(insert)?.execute(params![key, spaced(text), speaker, panel, model]).map(drop)
}

/// Makes the index anew of all that there is.
pub(super) fn fill(change: &Transaction<'_>) -> rusqlite::Result<()> {
    change.execute_batch(
        "INSERT INTO turn_words (turn_words) VALUES ('delete-all'); INSERT INTO topic_words (topic_words) VALUES ('delete-all');",
    )?;
    type Add = fn(&Transaction<'_>, i64, &str) -> rusqlite::Result<()>;
    let all: [(&str, Add); 2] = [
        ("SELECT key, text FROM turns WHERE text <> '' ORDER BY key", add_turn),
        ("SELECT key, topic FROM sessions ORDER BY key", add_topic),
    ];
    for (rows, add) in all {
        let mut query = change.prepare(rows)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            add(change, row.get(0)?, row.get_ref(1)?.as_str()?)?;
        }
    }
    Ok(())
}
