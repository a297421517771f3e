//! What the director says of what needs attention, other than to answer it.

use super::{Attention, ItemKey};
use crate::model::{Author, Event, Millis, Refusal, Stage};
use serde::{Deserialize, Serialize};

/// The longest that something rests: a day. What is put off for longer is forgotten.
const LONGEST: Millis = Millis(24 * 60 * 60 * 1000);

/// Something that happened to what needs the director.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum AttentionEvent {
    /// It rests until then: nobody is reminded of it.
    Rested { item: ItemKey, until: Millis, by: Author },
    /// It rests no more.
    Woken { item: ItemKey, by: Author },
}

/// What is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "fields that say what they are by name and type")]
pub enum AttendWish {
    /// Don't remind of this until then.
    Rest { item: ItemKey, until: Millis },
    /// Remind of it again.
    Wake(ItemKey),
}

/// Judges a wish.
pub(in crate::model) fn attend(
    stage: &Stage,
    by: Author,
    wish: AttendWish,
) -> Result<Vec<Event>, Refusal> {
    let open = stage.inbox();
    let (AttendWish::Rest { item, .. } | AttendWish::Wake(item)) = wish;
    let Some(found) = open.iter().find(|it| it.key == item) else {
        return Err(Refusal::Nothing("that needs nobody any more"));
    };
    let event = match wish {
        AttendWish::Rest { until, .. } => {
            let until = until.clamp(stage.now(), stage.now().plus(LONGEST));
            AttentionEvent::Rested { item, until, by }
        }
        AttendWish::Wake(_) if found.rests.is_none() => return Ok(Vec::new()),
        AttendWish::Wake(_) => AttentionEvent::Woken { item, by },
    };
    Ok(vec![Event::Attended { event: Box::new(event) }])
}

impl Attention {
    /// Takes in a fact.
    pub(in crate::model) fn apply(&mut self, event: &AttentionEvent, now: Millis) {
        self.resting.retain(|_, until| now < *until);
        match event {
            AttentionEvent::Rested { item, until, .. } => {
                self.resting.insert(*item, *until);
            }
            AttentionEvent::Woken { item, .. } => {
                self.resting.remove(item);
            }
        }
    }
}
