//! How an agent is watched, changed while it works.

use super::{Desk, Dialog, Done, Field, Prompt, PromptPurpose};
use crate::{
    config::heeding,
    model::{Agent, Command, Heed, HeedWish, Level, Millis, Stage},
};

impl Desk {
    /// Asks how an agent is to be watched of which no watch has seen anything.
    pub(super) fn ask_how_watched(&mut self, agent: &Agent, now: Millis) -> Done {
        let name = &agent.casting.name;
        if self.is_replay() || agent.is_over() || agent.is_watched() {
            return self.say(Level::Note, format!("{name}: no watch has seen it drift"), now);
        }
        let scope = match agent.casting.scope.as_slice() {
            [] => "all files".to_owned(),
            scope => scope.join(", "),
        };
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Heed(agent.id),
            title: format!("watch {name}"),
            hint: format!(
                "no watch has seen it drift; it keeps to {scope}. scope=src/**,*.toml or \
                 same-call=ask:3, with blanks between them"
            ),
            field: Field::default(),
            fault: None,
        }));
        Done::Redraw
    }

    /// Has an agent watched, its work checked, or a former session seen to, as it was typed.
    pub(super) fn look_after(
        &mut self,
        what: &PromptPurpose,
        text: &str,
        stage: &Stage,
        now: Millis,
    ) -> Result<Done, String> {
        match what {
            PromptPurpose::DenyEqual(all) => Ok(self.deny_all(all, text, now)),
            PromptPurpose::ModelOfMarked => self.model_of_marked(text, stage, now),
            PromptPurpose::BudgetOfMarked => self.budget_of_marked(text, stage, now),
            PromptPurpose::Heed(agent) => wishes(stage.agent(*agent), text),
            PromptPurpose::Check(agent) => {
                super::prove::check(stage.agent(*agent), text, &self.roles)
            }
            PromptPurpose::Rename(agent) => {
                let name = text.to_owned();
                Ok(Done::Send(vec![Command::Rename { agent: *agent, name }]))
            }
            PromptPurpose::Colour(agent) => super::label::tinted(*agent, text),
            PromptPurpose::Setting(key) => Ok(self.set(key, Some(text), stage)),
            what => self.enter_past(what, text, stage),
        }
    }
}

/// What is asked of an agent's watches by what was typed.
///
/// # Errors
/// When something of it is no rule, or no way to keep one.
pub(super) fn wishes(agent: Option<&Agent>, text: &str) -> Result<Done, String> {
    let agent = agent.ok_or_else(|| "it is not there any more".to_owned())?;
    let wishes = text.split_whitespace().map(|word| wish(agent, word));
    let commands = wishes.map(|wish| Ok(Command::Heed { agent: agent.id, wish: wish? }));
    let commands: Vec<_> = commands.collect::<Result<_, String>>()?;
    if commands.is_empty() {
        return Err("say a rule, such as same-call=ask, or scope=src/**".to_owned());
    }
    Ok(Done::Send(commands))
}

fn wish(agent: &Agent, word: &str) -> Result<HeedWish, String> {
    match heeding(word) {
        Ok((rule, own)) => {
            let now = agent.heeds(rule);
            let action = own.action.unwrap_or(now.action);
            let heed = Heed { action, limit: own.limit.unwrap_or(now.limit) };
            Ok(HeedWish::Keep { rule, heed })
        }
        Err(fault) => match word.strip_prefix("scope=") {
            Some("") | None => Err(fault),
            Some("all") => Ok(HeedWish::Scope(Vec::new())),
            Some(paths) => Ok(HeedWish::Scope(paths.split(',').map(str::to_owned).collect())),
        },
    }
}
