//! Records that no journal takes, and what is written in their place.

use crate::{
    journal::LONGEST,
    model::{Event, Level, Record},
};
use serde_json::Value;

/// Bytes that a text keeps in a record that is too long.
const TEXT: usize = 64 * 1024;

/// Makes a record that can never be written one that can: its long texts are
/// cut; where that does not help, a notice takes its place.
pub(super) fn make_writable(record: &mut Record) {
    let bytes = match serde_json::to_vec(record) {
        Ok(line) if line.len() <= LONGEST => return,
        Ok(line) => format!(" of {} bytes", line.len()),
        Err(_) => String::new(),
    };
    record.event = shortened(&record.event).unwrap_or_else(|| {
        let whose = record.event.agent().map(|it| format!(" of agent {it}")).unwrap_or_default();
        let text = format!("an event{bytes}{whose} could not be kept in the journal");
        Event::NoticeRaised { level: Level::Trouble, text }
    });
}

/// The event with its long texts cut, if that makes it short enough. A vendor's
/// seal is worth nothing in part.
fn shortened(event: &Event) -> Option<Event> {
    if matches!(event, Event::Sealed { .. }) {
        return None;
    }
    let mut value = serde_json::to_value(event).ok()?;
    cut(&mut value);
    let is_short = serde_json::to_vec(&value).ok()?.len() < LONGEST / 2;
    serde_json::from_value(value).ok().filter(|_| is_short)
}

fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > TEXT => {
            let bytes = text.len();
            text.truncate(text.floor_char_boundary(TEXT));
            *text = format!("{text}\n… {bytes} bytes: too long for the journal, cut here");
        }
        Value::Array(values) => values.iter_mut().for_each(cut),
        Value::Object(fields) => fields.values_mut().for_each(cut),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Millis, Seq};

    fn made_writable(event: Event) -> Event {
        let mut record = Record { seq: Seq(1), at: Millis(1), event };
        make_writable(&mut record);
        record.event
    }

    #[test]
    fn a_record_that_is_too_long_is_cut_or_replaced_and_says_so() {
        let agent = AgentId(1);
        let short = Event::Said { agent, text: "short".into() };
        assert_eq!(made_writable(short.clone()), short);
        let long = "x".repeat(LONGEST);
        let Event::Said { text, .. } = made_writable(Event::Said { agent, text: long.clone() })
        else {
            panic!("another event")
        };
        assert!(text.len() < 2 * TEXT && text.ends_with("cut here"), "{}", text.len());
        let sealed = made_writable(Event::Sealed { agent, seal: long.into() });
        assert!(matches!(sealed, Event::NoticeRaised { text, .. } if text.contains("not be kept")));
    }
}
