//! The model in the process: llama.cpp on a thread of its own.
