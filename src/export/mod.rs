//! A debate as a file for people and programs.
