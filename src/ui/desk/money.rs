//! What is asked about money: an agent has reached its budget, or gets another.

use super::{
    Deed, Desk, Dialog, Done, Field, Prompt, PromptPurpose, Question,
    choose::{budget, choice, question},
};
use crate::model::{
    Agent, AgentId, Ask, Command, Money, Request, Stage,
    play::{Play, Wish},
    script::Script,
};

/// How much is spent of what, and what comes next, where a request is about money.
pub fn words(ask: &Ask) -> Option<String> {
    let Ask::Budget { spent, estimate, budget, of_all, of, play } = ask else { return None };
    let whose = match of {
        _ if *of_all => " for all agents",
        Some(_) => " for the agent it works for",
        None if play.is_some() => " for its script",
        None => "",
    };
    let next = next_call(*estimate);
    Some(format!("{spent} of {budget}{whose} spent or set aside; {next}."))
}

fn next_call(estimate: Option<Money>) -> String {
    match estimate {
        Some(estimate) => format!("the next call may cost {estimate}"),
        None => "nobody knows what the next call costs".to_owned(),
    }
}

/// What becomes of an amount that was typed: a budget of one agent, or of all.
pub(super) fn spend(purpose: PromptPurpose, text: &str, stage: &Stage) -> Result<Done, String> {
    let budget = budget(text)?;
    let command = match purpose {
        PromptPurpose::Budget(agent) => Command::ChangeBudget { agent, budget },
        PromptPurpose::SharedBudget(Some(play)) => {
            let script = stage.play(play).ok_or("there is no such run of a script")?;
            let script = Script { budget, ..(*script.script).clone() };
            Command::DirectPlay(play, Wish::Edit(Box::new(script)))
        }
        _ => Command::ChangeSessionBudget { budget },
    };
    Ok(Done::Send(vec![command]))
}

/// The request of an agent that is about money, if it has one.
fn asked(agent: &Agent) -> Option<&Request> {
    agent.requests.iter().find(|it| matches!(it.ask, Ask::Budget { .. }))
}

/// Whose budget it is that an agent is held by: its own, or that of one it works for.
fn payer<'a>(agent: &'a Agent, stage: &'a Stage) -> &'a Agent {
    let of = agent.requests.iter().find_map(|it| match &it.ask {
        Ask::Budget { of, .. } => *of,
        _ => None,
    });
    of.and_then(|it| stage.agent(it)).unwrap_or(agent)
}

/// The script whose budget an agent is held by.
fn script<'a>(agent: &Agent, stage: &'a Stage) -> Option<&'a Play> {
    let play = agent.requests.iter().find_map(|it| match &it.ask {
        Ask::Budget { play, .. } => *play,
        _ => None,
    });
    stage.play(play?)
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
fn hint(spent: &str, agent: &Agent) -> String {
    let next = match asked(agent).map(|it| &it.ask) {
        Some(Ask::Budget { estimate, .. }) => format!("; {}", next_call(*estimate)),
        _ => String::new(),
    };
    format!("dollars, or none; {spent} is spent{next}")
}

impl Desk {
    /// Asks what becomes of an agent whose budget is used up.
    pub(super) fn ask_about_budget(&mut self, agent: AgentId, stage: &Stage) -> Done {
        let Some(agent) = stage.agent(agent) else { return Done::Nothing };
        self.dialog = Some(Dialog::Question(about(agent)));
        Done::Redraw
    }

    /// Asks for another budget: of one agent, or of all where those have used up
    /// what they may spend together.
    pub(super) fn raise(&mut self, agent: AgentId, stage: &Stage) -> Done {
        let Some(agent) = stage.agent(agent) else { return Done::Nothing };
        let is_of_all = |ask: &Ask| matches!(ask, Ask::Budget { of_all: true, .. });
        self.dialog = Some(Dialog::Prompt(if agent.requests.iter().any(|it| is_of_all(&it.ask)) {
            let now = stage.limits().budget.map_or_else(String::new, |it| it.to_string());
            Prompt {
                purpose: PromptPurpose::SharedBudget(None),
                title: "budget of all agents together".to_owned(),
                hint: hint(&stage.totals().spent.to_string(), agent),
                field: Field::replacing(&now),
                fault: None,
            }
        } else if let Some(play) = script(agent, stage) {
            let now = play.script.budget.map_or_else(String::new, |it| it.to_string());
            let spent = agent.requests.iter().find_map(|it| match &it.ask {
                Ask::Budget { spent, .. } => Some(*spent),
                _ => None,
            });
            Prompt {
                purpose: PromptPurpose::SharedBudget(Some(play.id)),
                title: format!("budget of the script {}", play.script.name),
                hint: hint(&spent.unwrap_or_default().to_string(), agent),
                field: Field::replacing(&now),
                fault: None,
            }
        } else {
            let agent = payer(agent, stage);
            let now = agent.casting.budget.map_or_else(String::new, |it| it.to_string());
            Prompt {
                purpose: PromptPurpose::Budget(agent.id),
                title: format!("budget of {}", agent.casting.name),
                hint: hint(&agent.spent.known.to_string(), agent),
                field: Field::replacing(&now),
                fault: None,
            }
        }));
        Done::Redraw
    }
}
