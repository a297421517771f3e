//! Any bytes as a line of an ACP agent.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| auteur::fuzz::acp(bytes));
