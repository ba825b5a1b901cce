//! Weights for the embedded model: known by name, fetched, checked, kept in the cache folder.
