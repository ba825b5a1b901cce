//! What is to be told to the person at the keyboard, in one line above the footer.

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It went as asked.
    Good,
    /// It could not be done.
    Warn,
    /// Something failed.
    Bad,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// In words.
    pub text: String,
    /// How much it matters.
    pub weight: Weight,
    /// When it goes by itself (milliseconds since 1970); `None`: it stays until it was read and sent away.
    pub until: Option<u64>,
}
