//! What an agent is called, and the colour of its name.

use super::{Desk, Dialog, Done, Field, Prompt, PromptPurpose, command::COLOURS};
use crate::model::{Agent, AgentId, Command, Tint};

impl Desk {
    /// Asks for another name.
    pub(super) fn ask_for_name(&mut self, agent: &Agent) -> Done {
        let name = &agent.casting.name;
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Rename(agent.id),
            title: format!("rename {name}"),
            hint: "one word that nobody else has; its folder and its branch stay".to_owned(),
            field: Field::replacing(name),
            fault: None,
        }));
        Done::Redraw
    }

    /// Asks for the colour of its name.
    pub(super) fn ask_for_colour(&mut self, agent: &Agent) -> Done {
        let now = agent.tint.map(|it| it.to_string()).unwrap_or_default();
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Colour(agent.id),
            title: format!("the colour of {}", agent.casting.name),
            hint: COLOURS.to_owned(),
            field: Field::replacing(&now),
            fault: None,
        }));
        Done::Redraw
    }
}

/// Gives the name of an agent the colour that was typed.
pub(super) fn tinted(agent: AgentId, text: &str) -> Result<Done, String> {
    let tint = match text {
        "none" | "" => None,
        text => Some(Tint::named(text).ok_or_else(|| format!("there is {COLOURS}"))?),
    };
    Ok(Done::Send(vec![Command::Tint { agent, tint }]))
}
