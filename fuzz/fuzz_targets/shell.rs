//! Any bytes as a shell command.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::shell(bytes));
