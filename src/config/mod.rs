//! Settings in layers, folders, panels and themes by name, keys from the environment.
