//! What is asked about money: an agent has reached its budget, or gets another.

use super::{
    Deed, Desk, Dialog, Done, Field, Prompt, PromptPurpose, Question,
    choose::{budget, choice, question},
};
use crate::model::{
    Agent, AgentId, Ask, Command, Money, Request, Stage, Whose, play::Wish, script::Script,
};

/// How much is spent of what, and what comes next, where a request is about money.
pub fn words(ask: &Ask) -> Option<String> {
    let Ask::Budget { spent, estimate, budget, whose } = ask else { return None };
    let (whose, next) = (whose.suffix(), next_call(*estimate));
    Some(format!("{spent} of {budget}{whose} spent or set aside; {next}."))
}

fn next_call(estimate: Option<Money>) -> String {
    match estimate {
        Some(estimate) => format!("the next call may cost {estimate}"),
        None => "nobody knows what the next call costs".to_owned(),
    }
}

/// What becomes of an amount that was typed: a budget of one agent, or of several.
pub(super) fn spend(whose: Whose, text: &str, stage: &Stage) -> Result<Done, String> {
    let budget = budget(text)?;
    let command = match whose {
        Whose::Agent(agent) => Command::ChangeBudget { agent, budget },
        Whose::Play(play) => {
            let play = stage.play(play).ok_or("there is no such run of a script")?;
            let script = Script { budget, ..(*play.script).clone() };
            Command::DirectPlay(play.id, Wish::Edit(Box::new(script)))
        }
        Whose::Session => Command::ChangeSessionBudget { budget },
        whose => Command::ChangeLimit { whose, budget },
    };
    Ok(Done::Send(vec![command]))
}

/// The request of an agent that is about money, if it has one.
fn asked(agent: &Agent) -> Option<&Request> {
    agent.requests.iter().find(|it| matches!(it.ask, Ask::Budget { .. }))
}

fn about(agent: &Agent) -> Question {
    let asked = asked(agent);
    let mut choices = vec![choice("Raise it", Deed::Raise(agent.id))];
    if let Some(request) = asked {
        choices.push(choice("Let it finish up", Deed::FinishUp(agent.id, request.id)));
    }
    choices.push(choice("Stop the agent", Deed::Stop(agent.id)));
    let of = agent.casting.budget.map_or_else(String::new, |it| format!(" of {it}"));
    let plain = || format!("{}{of} is spent.", agent.spent.known);
    let text = asked.and_then(|it| words(&it.ask)).unwrap_or_else(plain);
    question(format!("{} is held by its budget", agent.casting.name), text, choices)
}

/// What is expected of another budget, with what is known of the next call.
fn hint(spent: Money, next: Option<&Ask>) -> String {
    let next = match next {
        Some(Ask::Budget { estimate, .. }) => format!("; {}", next_call(*estimate)),
        _ => String::new(),
    };
    format!("dollars, or none; {spent} is spent or set aside{next}")
}

impl Desk {
    /// Asks what becomes of an agent whose budget is used up.
    pub(super) fn ask_about_budget(&mut self, agent: AgentId, stage: &Stage) -> Done {
        let Some(agent) = stage.agent(agent) else { return Done::Nothing };
        self.dialog = Some(Dialog::Question(about(agent)));
        Done::Redraw
    }

    /// Asks for another budget: the one that an agent is held by, or its own.
    pub(super) fn raise(&mut self, agent: AgentId, stage: &Stage) -> Done {
        let Some(agent) = stage.agent(agent) else { return Done::Nothing };
        let whose = match agent.budget_asked() {
            None | Some(Whose::Own) => Whose::Agent(agent.id),
            Some(shared) => shared.clone(),
        };
        self.ask_for_limit(whose, asked(agent).map(|it| &it.ask), stage)
    }

    /// Asks what may be spent from now on; `next` says what a call waits for.
    pub(super) fn ask_for_limit(
        &mut self,
        whose: Whose,
        next: Option<&Ask>,
        stage: &Stage,
    ) -> Done {
        let now = stage.limit_of(&whose).map_or_else(String::new, |it| it.to_string());
        self.dialog = Some(Dialog::Prompt(Prompt {
            title: format!("budget of {}", stage.spender(&whose).trim_end_matches(',')),
            hint: hint(stage.counted_of(&whose), next),
            purpose: PromptPurpose::Limit(whose),
            field: Field::replacing(&now),
            fault: None,
        }));
        Done::Redraw
    }
}
