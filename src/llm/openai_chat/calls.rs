//! Tool calls in the chat format, put together from their pieces.

use crate::llm::{
    Chunk,
    reading::{arguments, fresh_id, text},
};
use serde_json::Value;

/// Calls that are still arriving, in their order.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pending: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    index: Option<u64>,
    id: String,
    name: String,
    raw: String,
}

impl Calls {
    pub(super) const fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Takes one piece. Some servers leave out the index: a piece with a new
    /// id, or with a name, begins a call then; any other continues the last.
    pub(super) fn take(&mut self, piece: &Value) -> Option<Chunk> {
        let function = &piece["function"];
        let (id, name) = (text(&piece["id"]), text(&function["name"]));
        let index = piece["index"].as_u64();
        let place = match index {
            // Some give every call the index 0, but each an id of its own.
            Some(_) => self.pending.iter().rposition(|it| {
                it.index == index && id.is_none_or(|id| it.id.is_empty() || it.id == id)
            }),
            None => match id {
                Some(id) => self.pending.iter().rposition(|it| it.id == id),
                None if name.is_some() => None,
                None => self.pending.len().checked_sub(1),
            },
        };
        let place = place.unwrap_or_else(|| {
            let (id, name, raw) = (String::new(), String::new(), String::new());
            self.pending.push(Pending { index, id, name, raw });
            self.pending.len() - 1
        });
        let call = self.pending.get_mut(place)?;
        if let Some(id) = id {
            id.clone_into(&mut call.id);
        }
        match name {
            // Sent again with each piece, or in pieces itself.
            Some(name) if call.name.is_empty() => name.clone_into(&mut call.name),
            Some(name) if call.name != name && call.raw.is_empty() => call.name.push_str(name),
            _ => {}
        }
        match &function["arguments"] {
            Value::String(more) => call.raw.push_str(more),
            whole @ Value::Object(_) => call.raw = whole.to_string(),
            _ => {}
        }
        Some(Chunk::CallProgress { name: call.name.clone(), bytes: call.raw.len() as u64 })
    }

    /// All of them, whole.
    pub(super) fn close(&mut self) -> Vec<Chunk> {
        let whole = self.pending.drain(..).map(|call| Chunk::Call {
            id: if call.id.is_empty() { fresh_id() } else { call.id },
            name: call.name,
            arguments: arguments(&call.raw),
            seal: None,
        });
        whole.collect()
    }
}
