//! Any bytes as a line of Cursor's stream.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::cursor(bytes));
