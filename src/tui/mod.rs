//! The screen: state, keys, update, view.
