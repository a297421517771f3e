//! JSON lines: the records themselves, complete. It is a journal again, so whatever
//! plays one plays it, and the stage is the same.

use super::Recording;
use crate::{model::Event, text};
use serde_json::{Value, json as value};
use std::io::{self, Write};

/// Writes the header and the records, one a line. A record of a newer program goes
/// along as it is; a stretch that can't be read leaves a line that says how long it was
/// and can't be read either.
///
/// # Errors
/// When it can't be written.
pub fn json(recording: &Recording, out: &mut impl Write) -> io::Result<()> {
    line(out, &recording.header())?;
    for (offset, record) in recording.records() {
        match &record.event {
            Event::Unreadable { name, bytes } => {
                let known = name.as_ref().and_then(|_| stranger(recording, offset, *bytes));
                let told = known.unwrap_or_else(|| value!({ "unreadable": { "bytes": bytes } }));
                line(out, &told)?;
            }
            _ => line(out, &record)?,
        }
    }
    Ok(())
}

/// A record that this program does not know.
fn stranger(recording: &Recording, offset: u64, bytes: u64) -> Option<Value> {
    let written = recording.reader().stretch_at(offset, bytes)?;
    serde_json::from_slice(&recording.clean_json(written)).ok()
}

fn line(out: &mut impl Write, value: &impl serde::Serialize) -> io::Result<()> {
    text::json::write(out, value)?;
    out.write_all(b"\n")
}
