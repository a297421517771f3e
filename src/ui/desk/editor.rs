//! A text that is typed: to an agent, or about one.

use crate::model::{AgentId, PlayId, RedirectId, RequestId};
use tui_textarea::{CursorMove, TextArea, WrapMode};

/// An editor over the stage.
#[derive(Debug, Clone)]
pub struct Editor {
    /// What the text is for.
    pub purpose: Purpose,
    /// The text.
    pub text: TextArea<'static>,
    /// A redirect is delivered at once, cutting what is in flight.
    pub now: bool,
    /// What is wrong with the text, once it was to be saved.
    pub fault: Option<String>,
    /// The text as it was when nothing had been typed.
    pub(super) original: String,
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// A message to an agent.
    Redirect(AgentId),
    /// A message to all that are marked, to each in its own.
    RedirectMarked,
    /// Another wording of a message that is still queued.
    EditRedirect(AgentId, RedirectId),
    /// The next version of an agent's instructions.
    Instructions(AgentId),
    /// An agent's brief, while its model has not seen it.
    Brief(AgentId),
    /// The brief of an agent that begins with this one's conversation.
    Fork(AgentId),
    /// An answer to an agent's question.
    Answer(AgentId, RequestId),
    /// What the agents of a script's step are told, or its command, from the next attempt on.
    Step(StepPlace),
    /// How the agents of its role work in this script: those that are not done, and all
    /// that begin from then on.
    StepRole(StepPlace),
    /// What a step hands to the step of this place, before it gets there: JSON.
    HandOff(StepPlace, usize),
}

/// A step of a script as it was written when somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepPlace {
    /// In which play.
    pub play: PlayId,
    /// In which version of its script.
    pub version: u32,
    /// Where in that.
    pub step: usize,
}

/// Under what a draft is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DraftKey {
    /// The text of an editor.
    Editor(Purpose),
    /// The brief of a new agent.
    NewAgent,
    /// The goal that a script is to be written for.
    Goal,
}

impl Purpose {
    /// Whom it is about, if it is about an agent.
    pub const fn agent(self) -> Option<AgentId> {
        match self {
            Self::Redirect(agent)
            | Self::EditRedirect(agent, _)
            | Self::Instructions(agent)
            | Self::Brief(agent)
            | Self::Fork(agent)
            | Self::Answer(agent, _) => Some(agent),
            Self::RedirectMarked | Self::Step(_) | Self::StepRole(_) | Self::HandOff(..) => None,
        }
    }
}

impl Editor {
    /// An editor that holds this text, with the cursor at its end.
    pub fn open(purpose: Purpose, text: &str) -> Self {
        Self { purpose, text: area(text), now: false, fault: None, original: String::new() }
    }

    /// What is written.
    pub fn written(&self) -> String {
        self.text.lines().join("\n")
    }
}

/// A text of several lines to be edited, with the cursor at its end.
pub(super) fn area(text: &str) -> TextArea<'static> {
    let mut area = TextArea::from(text.split('\n').map(|line| line.trim_end_matches('\r')));
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_max_histories(500);
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}
