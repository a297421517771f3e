//! What is worth finding in a replay: where the keys for the next match go, and what
//! the director has marked.

use super::{
    Choice, Deed, Desk, Dialog, Done, Field, Mark, Play, Playhead, Prompt, PromptPurpose, Question,
    Towards,
};
use crate::{
    journal::{Bookmark, Sample},
    model::{AgentId, Level, Millis, Money, Seq},
};

/// What the director looks for in a replay.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sought {
    /// Whatever stands on the timeline.
    #[default]
    Any,
    /// Only this.
    Only(Mark),
    /// Where the cost passes this amount, twice this amount, and so on.
    Each(Money),
}

/// So many bookmarks are offered at once, those nearest to the head.
const OFFERED: usize = 8;

impl Mark {
    /// All kinds, in the order in which they are offered.
    const ALL: [Self; 7] = [
        Self::Trouble,
        Self::Direction,
        Self::Request,
        Self::HandOff,
        Self::Change,
        Self::End,
        Self::Bookmark,
    ];

    /// Several of them, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Trouble => "errors",
            Self::Direction => "directions",
            Self::Request => "questions and approvals",
            Self::HandOff => "hand-offs",
            Self::Change => "file changes",
            Self::End => "ends of agents",
            Self::Bookmark => "your bookmarks",
        }
    }
}

impl Playhead {
    /// The records that are looked for, in order; of one agent, where one is followed.
    fn landmarks(&self, sought: Sought, agent: Option<AgentId>) -> Vec<Seq> {
        let is_its = |of: Option<AgentId>| agent.is_none() || of.is_none() || of == agent;
        let bookmarks = || self.bookmarks.iter().map(|it| it.seq);
        let mut found: Vec<Seq> = match sought {
            Sought::Only(Mark::Bookmark) => bookmarks().collect(),
            Sought::Only(kind) => {
                let of_kind = self.markers.iter().filter(|it| it.kind == kind);
                of_kind.filter(|it| is_its(it.agent)).map(|it| it.seq).collect()
            }
            // There may be a change of files at every turn: those only who asks for them.
            Sought::Any => {
                let all = self.markers.iter().filter(|it| it.kind != Mark::Change);
                let its = all.filter(|it| is_its(it.agent)).map(|it| it.seq);
                its.chain(bookmarks()).collect()
            }
            Sought::Each(amount) => crossings(&self.curve, amount),
        };
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The bookmark at the head.
    pub fn bookmark(&self) -> Option<&Bookmark> {
        self.bookmarks.iter().find(|it| it.seq == self.seq)
    }

    /// What had been spent at the head, as far as it was known.
    pub fn spent(&self) -> Option<Money> {
        let past = self.curve.partition_point(|it| it.seq <= self.seq);
        Some(self.curve.get(past.checked_sub(1)?)?.spent)
    }
}

/// Where the cost passes this amount, twice this amount, and so on.
fn crossings(curve: &[Sample], amount: Money) -> Vec<Seq> {
    let mut passed = 0;
    let mut crosses = |it: &&Sample| {
        let times = it.spent.0.checked_div(amount.0).unwrap_or(0);
        std::mem::replace(&mut passed, times) < times
    };
    curve.iter().filter(|it| crosses(it)).map(|it| it.seq).collect()
}

impl Desk {
    /// Goes to the next of what is looked for, or to the one before.
    pub(super) fn turn_to_landmark(&mut self, towards: Towards, now: Millis) -> Done {
        let Some(head) = &self.playhead else { return Done::Nothing };
        let agent = self.followed();
        let all = head.landmarks(self.sought, agent);
        let found = match towards {
            Towards::End => all.iter().find(|it| **it > head.seq),
            Towards::Start => all.iter().rev().find(|it| **it < head.seq),
        };
        if let Some(seq) = found {
            return Done::Play(Play::To(*seq));
        }
        let what = match self.sought {
            Sought::Any => "nothing more is marked".to_owned(),
            Sought::Only(kind) => format!("no more {}", kind.name()),
            Sought::Each(amount) => format!("no further {amount} spent"),
        };
        let where_to = if towards == Towards::End { "after" } else { "before" };
        let still = if head.indexed < 1.0 { "; it is still being indexed" } else { "" };
        self.say(Level::Note, format!("{what} {where_to} this{still}"), now)
    }

    /// Asks what the keys for the next match go to.
    pub(super) fn ask_what_is_sought(&mut self) -> Done {
        let Some(head) = &self.playhead else { return Done::Nothing };
        let agent = self.followed();
        let choice = |label: String, deed| Choice { label, deed };
        let mut choices = vec![
            choice("Cancel".into(), Deed::Cancel),
            choice("whatever is marked".into(), Deed::Seek(Sought::Any)),
        ];
        for kind in Mark::ALL {
            let sought = Sought::Only(kind);
            let count = head.landmarks(sought, agent).len();
            if count > 0 {
                choices.push(choice(format!("{}: {count}", kind.name()), Deed::Seek(sought)));
            }
        }
        if head.curve.iter().any(|it| !it.spent.is_nothing()) {
            choices.push(choice("each time that so much more was spent …".into(), Deed::SeekCost));
        }
        let mut near: Vec<&Bookmark> =
            head.bookmarks.iter().filter(|it| !it.note.is_empty()).collect();
        near.sort_by_key(|it| it.seq.0.abs_diff(head.seq.0));
        near.truncate(OFFERED);
        near.sort_by_key(|it| it.seq);
        let go = near
            .into_iter()
            .map(|it| choice(format!("go to {}: {}", it.at, it.note), Deed::GoTo(it.seq)));
        choices.extend(go);
        let is_sought = |it: &Choice| it.deed == Deed::Seek(self.sought);
        let selected = choices.iter().position(is_sought).unwrap_or(0);
        self.dialog = Some(Dialog::Question(Question {
            title: "What n and N go to".into(),
            text: String::new(),
            choices,
            selected,
            change: None,
        }));
        Done::Redraw
    }

    /// From now on this is looked for; the first after the head is gone to.
    pub(super) fn seek_landmark(&mut self, sought: Sought, now: Millis) -> Done {
        self.sought = sought;
        self.turn_to_landmark(Towards::End, now)
    }

    /// Asks for an amount.
    pub(super) fn ask_for_cost(&mut self) -> Done {
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::SeekCost,
            title: "Each time that so much more was spent".into(),
            hint: "dollars, as 0.50".into(),
            field: Field::default(),
            fault: None,
        }));
        Done::Redraw
    }

    /// Looks for each time that so much more was spent.
    ///
    /// # Errors
    /// When that is no amount.
    pub(super) fn seek_cost(&mut self, text: &str, now: Millis) -> Result<Done, String> {
        let amount: Money = text.parse().map_err(|error| format!("{error}"))?;
        if amount.is_nothing() {
            return Err("more than nothing".into());
        }
        Ok(self.seek_landmark(Sought::Each(amount), now))
    }

    /// Marks the place of the head, or no longer.
    pub(super) fn bookmark(&mut self, now: Millis) -> Done {
        let Some(head) = &self.playhead else { return Done::Nothing };
        if head.bookmark().is_some_and(|it| !it.note.is_empty()) {
            return self.say(Level::Note, "a note stands here: M changes it, emptied it goes", now);
        }
        let (seq, at) = (head.seq, head.at);
        Done::Play(match head.bookmark() {
            Some(_) => Play::Unmark(seq),
            None => Play::Bookmark(Bookmark { seq, at, note: String::new() }),
        })
    }

    /// Asks for a note to the place of the head.
    pub(super) fn ask_for_note(&mut self) -> Done {
        let Some(head) = &self.playhead else { return Done::Nothing };
        let note = head.bookmark().map_or("", |it| it.note.as_str());
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Note(head.seq, head.at),
            title: format!("A note at {}", head.at),
            hint: "what there is to remember; empty takes it away".into(),
            field: Field::new(note),
            fault: None,
        }));
        Done::Redraw
    }

    /// Notes something at a place, or no longer.
    pub(super) fn note(&self, (seq, at): (Seq, Millis), note: &str) -> Done {
        if !note.is_empty() {
            return Done::Play(Play::Bookmark(Bookmark { seq, at, note: note.to_owned() }));
        }
        let is_there = |it: &Playhead| it.bookmarks.iter().any(|it| it.seq == seq);
        match &self.playhead {
            Some(head) if is_there(head) => Done::Play(Play::Unmark(seq)),
            _ => Done::Redraw,
        }
    }
}
