//! Any bytes as foreign text.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::redactor(bytes));
