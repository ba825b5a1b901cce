//! The store of all sessions: SQLite, one event a row.
