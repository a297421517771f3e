//! Any bytes as an answer of a model service.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::sse(bytes));
