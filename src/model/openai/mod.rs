//! Any server that speaks the OpenAI-compatible wire format.
