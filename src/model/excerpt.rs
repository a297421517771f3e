//! What a log keeps of long texts.

/// The room in bytes that a text which grows is given at once, at least.
pub(super) const STEP: usize = 512;

/// The end of a text, with no room for more.
pub(super) fn tail(text: &str, most: usize) -> String {
    let mut kept = String::new();
    append(&mut kept, text, most);
    kept
}

/// Appends and keeps the end: at most `most` bytes, cut at a character.
pub(super) fn append(text: &mut String, chunk: &str, most: usize) {
    if !text.is_empty() && text.capacity() - text.len() < chunk.len() {
        text.reserve(chunk.len().max(text.len()).max(STEP));
    }
    text.push_str(chunk);
    if text.len() > most {
        // Cutting a quarter at once keeps a long stream from moving its text
        // at each chunk.
        let mut cut = text.len() - most * 3 / 4;
        while !text.is_char_boundary(cut) {
            cut += 1;
        }
        text.replace_range(..cut, "…");
    }
}

/// Arguments for show: long strings in them cut to their start.
pub(super) fn small(input: &serde_json::Value, most: usize) -> serde_json::Value {
    match input {
        serde_json::Value::String(text) if text.len() > most => {
            let mut end = most;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            serde_json::Value::String(format!("{}…", text.get(..end).unwrap_or_default()))
        }
        serde_json::Value::Object(fields) => serde_json::Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), small(value, most))).collect(),
        ),
        other => other.clone(),
    }
}
