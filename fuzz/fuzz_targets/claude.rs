//! Any bytes as a line of Claude Code's stream.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::claude(bytes));
