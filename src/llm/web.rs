//! How every client of the web begins, with one cryptography for all.
//!
//! It is *ring*: the other that TLS is commonly built with takes a fifth of the time in
//! which all that we build on is compiled, and three megabytes of the program.

use reqwest::ClientBuilder;
use std::sync::Once;

/// The beginning of a client: nobody builds one in another way.
pub fn web() -> ClientBuilder {
    choose_cryptography();
    reqwest::Client::builder()
}

/// Says once for the process how connections are encrypted. Who has a library build a
/// client calls it first: without it that panics.
pub fn choose_cryptography() {
    static CHOSEN: Once = Once::new();
    CHOSEN.call_once(|| {
        // Refused only where somebody has chosen before, which is as well.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
}
