//! Any bytes as a line of Codex's app-server.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::codex(bytes));
