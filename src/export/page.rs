//! One page of HTML that plays a session, in any browser, from any disk, without a
//! network: all that it needs is in it, and its policy forbids the rest.
//!
//! What somebody else wrote is data: JSON in a block that no browser runs, which no
//! text can close, and of which the player makes text and never markup.

mod session;

use super::{Recording, account::Account};
use crate::text::{self, one_line};
use sha2::{Digest as _, Sha256};
use std::io::{self, Write};

const PAGE: &str = include_str!("../../assets/export/page.html");
const STYLE: &str = include_str!("../../assets/export/player.css");
const PLAYER: &str = include_str!("../../assets/export/player.js");
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Writes the page.
///
/// # Errors
/// When it can't be written.
pub fn page(recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    let account = Account::of(recording);
    let told = session::told(&account);
    let title = one_line(told["title"].as_str().unwrap_or_default(), 200);
    let mut rest = PAGE;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.write_all(before.as_bytes())?;
        let (name, after) = behind.split_once("}}").unwrap_or((behind, ""));
        match name {
            "title" => out.write_all(escaped(&title).as_bytes())?,
            "style" => out.write_all(STYLE.as_bytes())?,
            "script" => out.write_all(PLAYER.as_bytes())?,
            "style-hash" => out.write_all(hash(STYLE).as_bytes())?,
            "script-hash" => out.write_all(hash(PLAYER).as_bytes())?,
            _ => text::json::write(&mut Closed(&mut *out), &told)?,
        }
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The source of a block that the policy lets run, as it names it.
/// Source: <https://www.w3.org/TR/CSP3/#grammardef-hash-source>
fn hash(source: &str) -> String {
    let mut text = "sha256-".to_owned();
    for three in Sha256::digest(source).chunks(3) {
        let byte = |nth: usize| u32::from(three.get(nth).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for nth in 0..4_usize {
            let letter = BASE64.get((bits >> (18 - 6 * nth) & 63) as usize).copied();
            let is_there = nth <= three.len();
            text.push(if is_there { letter.unwrap_or(b'=').into() } else { '=' });
        }
    }
    text
}

/// JSON inside of HTML: no text in it can end its block, or begin a comment.
struct Closed<W>(W);

impl<W: Write> Write for Closed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut done = 0;
        for (at, byte) in bytes.iter().enumerate() {
            let escape: &[u8] = match byte {
                b'<' => b"\\u003c",
                b'>' => b"\\u003e",
                b'&' => b"\\u0026",
                _ => continue,
            };
            self.0.write_all(bytes.get(done..at).unwrap_or_default())?;
            self.0.write_all(escape)?;
            done = at + 1;
        }
        self.0.write_all(bytes.get(done..).unwrap_or_default())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_named_as_the_policy_does() {
        // Source: the example of the specification, section 2.3.1.
        assert_eq!(
            hash("alert('Hello, world.');"),
            "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng="
        );
    }

    #[test]
    fn no_text_ends_the_block_that_it_stands_in() {
        let mut out = Vec::new();
        let told = serde_json::json!(["</script><!--", "<b>&amp;"]);
        text::json::write(&mut Closed(&mut out), &told).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(!written.contains(['<', '>', '&']), "{written}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), told);
    }
}
