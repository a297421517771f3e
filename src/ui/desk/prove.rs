//! The director has an agent's work checked.

use super::{Desk, Dialog, Done, Field, Prompt, PromptPurpose, RoleOffer};
use crate::model::{Agent, AgentId, Command, JUDGE, Level, Millis, ProofWish, script::Check};

impl Desk {
    /// Asks for a command that must end with 0; without one, its checks are made as they
    /// are.
    pub(super) fn ask_for_check(&mut self, agent: &Agent, now: Millis) -> Done {
        if agent.tree.is_none() {
            let text = format!("{} has no folder yet to check anything in", agent.casting.name);
            return self.say(Level::Note, text, now);
        }
        let hint = match agent.checks().count() {
            0 => "a command that must end with 0 where its work is; or judge: what is good",
            _ => "one more command, or judge: what is good; or nothing: its checks, now",
        };
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Check(agent.id),
            title: format!("check the work of {}", agent.casting.name),
            hint: hint.to_owned(),
            field: Field::default(),
            fault: None,
        }));
        Done::Redraw
    }
}

/// What is asked for by what was typed.
///
/// # Errors
/// When nothing was typed, and there is no check yet.
pub(super) fn check(
    agent: Option<&Agent>,
    text: &str,
    roles: &[RoleOffer],
) -> Result<Done, String> {
    let agent = agent.ok_or_else(|| "it is not there any more".to_owned())?;
    let wish = match text {
        "" if agent.checks().next().is_none() => {
            return Err("say a command, such as cargo test".to_owned());
        }
        "" => ProofWish::Make,
        text => match text.strip_prefix("judge:").map(str::trim) {
            Some("") => return Err("say what is good, such as judge: it reads well".to_owned()),
            Some(rubric) => {
                let offered = roles.iter().find(|it| it.casting.role == JUDGE);
                let judge = offered.ok_or_else(|| "the cast has no role judge".to_owned())?;
                if let Some(missing) = &judge.missing {
                    return Err(missing.clone());
                }
                ProofWish::Judge(rubric.to_owned(), Box::new(judge.casting.clone()))
            }
            None => ProofWish::Add(Check::Command(text.to_owned())),
        },
    };
    Ok(send(agent.id, wish))
}

fn send(agent: AgentId, wish: ProofWish) -> Done {
    Done::Send(vec![Command::Prove { agent, wish: Box::new(wish) }])
}
