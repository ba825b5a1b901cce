//! Drives a room: carries its effects out.
