//! What a line means that was typed: a few words of its own, and every command of the
//! screen's command line.

use super::{need::Need, tell::Teller};
use crate::{
    model::{
        Agent, AgentId, Answer, Ask, Command, EntryKind, HoldReason, Millis, Reason, Request,
        RequestId, Scope, Stage, Whom,
        play::{Spot, Wish},
    },
    text::one_line,
    ui::{
        desk::{Said, act_called},
        keys::Act,
    },
};

/// So many entries of a log are read out.
const READ: usize = 10;
/// Acts that need somebody to be about.
const ACTS: [Act; 19] = [
    Act::Pause,
    Act::Freeze,
    Act::Step,
    Act::Interrupt,
    Act::Fork,
    Act::Rewind,
    Act::Restart,
    Act::TakeWork,
    Act::Redirect,
    Act::EditRedirect,
    Act::TakeBackRedirect,
    Act::EditInstructions,
    Act::ChangeModel,
    Act::Rename,
    Act::Colour,
    Act::ChangeBudget,
    Act::Verify,
    Act::Stop,
    Act::Kill,
];

/// What there is to type.
const HELP: [&str; 19] = [
    "who: everybody, how they stand and what they need",
    "needs: what needs you, in full",
    "approve N: let happen what need N shows; also opens a gate, or lets one go on that a watch holds",
    "always N: the same, and exactly this for that agent from now on",
    "deny N WHY: no, and why",
    "approve equal N, deny equal N WHY: the same for all that ask for exactly what need N asks",
    "answer N TEXT: answer a question; without a text you are asked for it",
    "raise N DOLLARS, finish N: another budget, or one more turn to bring it to an end",
    "again N, skip N: do a step that failed once more, or leave it out",
    "say NAME TEXT: a message to an agent, delivered at its next step",
    "read NAME: the last of what an agent said and did",
    "pause NAME, resume NAME, stop NAME: hold it, let it go on, end it",
    "cast ROLE BRIEF: one more agent",
    "seen all: every end counts as looked at",
    "agent NAME: who the commands below are about",
    "commands: every other command, as on the command line of the screen; a colon before it does no harm",
    "edit-instructions NAME, budget NAME 5 and the like: the command, about that agent",
    "quit: leave; you are asked what becomes of agents that are at work",
    "NAME is an agent's name or its number, N the number of a need",
];

/// What a typed line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Typed {
    /// This is told.
    Told(Vec<String>),
    /// This is done at the desk.
    Said(Vec<Said>),
    /// All commands are listed.
    Commands,
}

/// Where a line was typed.
#[derive(Debug, Clone, Copy)]
struct Room<'a> {
    stage: &'a Stage,
    teller: &'a Teller,
}

/// What a line means.
pub fn typed(line: &str, stage: &Stage, teller: &Teller, now: Millis) -> Typed {
    let line = line.trim().trim_start_matches(':').trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (rest, room) = (rest.trim(), Room { stage, teller });
    match word {
        "" => told("help tells what can be typed"),
        "help" | "h" | "?" => Typed::Told(HELP.map(str::to_owned).into()),
        "commands" => Typed::Commands,
        "who" => Typed::Told(teller.who(stage, now)),
        "needs" | "inbox" | "to-inbox" => Typed::Told(teller.needs(stage)),
        "approve" if of_equal(rest).is_some() => {
            room.of_need(of_equal(rest).unwrap_or_default(), |it, _| room.approve_equal(it))
        }
        "deny" if of_equal(rest).is_some() => {
            room.of_need(of_equal(rest).unwrap_or_default(), |it, why| room.deny_equal(it, why))
        }
        "approve" => room.of_need(rest, |it, _| room.approve(it, Scope::Once)),
        "always" | "approve-always" => room.of_need(rest, |it, _| room.approve(it, Scope::Always)),
        "deny" => room.of_need(rest, |it, why| room.deny(it, why)),
        "answer" => room.of_need(rest, |it, text| room.answer(it, text)),
        "raise" => room.of_need(rest, |it, amount| room.raise(it, amount)),
        "finish" => room.of_need(rest, |it, _| room.finish(it)),
        "again" => room.of_need(rest, |it, _| room.of_step(it, Wish::Again)),
        "skip" => room.of_need(rest, |it, _| room.of_step(it, Wish::Skip)),
        "say" | "tell" => room.of_agent(rest, |agent, text| match text {
            "" => told("say what: say NAME TEXT"),
            text => {
                let text = text.to_owned();
                send(Command::Redirect { agent: agent.id, text, now: false })
            }
        }),
        "read" => room.of_agent(rest, |agent, _| Typed::Told(read(agent))),
        "resume" => room.of_agent(rest, |agent, _| send(Command::Resume(agent.id))),
        "cast" if rest.contains(char::is_whitespace) => {
            let (role, brief) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            let begun = Said::Command(format!("cast {role}"));
            Typed::Said(vec![begun, Said::Text(brief.trim().to_owned())])
        }
        _ => room.command(line),
    }
}

fn told(words: impl Into<String>) -> Typed {
    Typed::Told(vec![words.into()])
}

fn send(command: Command) -> Typed {
    Typed::Said(vec![Said::Send(vec![command])])
}

fn reply(agent: AgentId, request: RequestId, answer: Answer) -> Typed {
    send(Command::Answer { agent, request, answer })
}

/// What stands behind `equal`, where it is about all that ask the same.
fn of_equal(rest: &str) -> Option<&str> {
    let (word, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    (word == "equal").then_some(rest.trim())
}

impl Room<'_> {
    /// A need and all that ask for exactly the same: those that were told, and stand as
    /// they were told.
    fn equal(&self, need: &Need) -> Vec<(AgentId, &Request)> {
        let Some((agent, request)) = need.asked(self.stage) else { return Vec::new() };
        let alike = self.stage.alike(agent.id, request.id);
        let is_equal =
            |it: &(AgentId, RequestId)| *it == (agent.id, request.id) || alike.contains(it);
        let told = self.teller.needs_there_are().iter().filter_map(|it| {
            let (agent, request) = it.asked(self.stage)?;
            (it.shown == Some(request.fingerprint)).then_some((agent.id, request))
        });
        told.filter(|(agent, it)| is_equal(&(*agent, it.id))).collect()
    }

    fn approve_equal(&self, need: &Need) -> Typed {
        let all = self.equal(need);
        if all.len() < 2 {
            return told(format!("nobody else asks the same: approve {}", need.number));
        }
        let approve = |(agent, it): (AgentId, &Request)| it.approved(agent, Scope::Once);
        Typed::Said(vec![Said::Send(all.into_iter().map(approve).collect())])
    }

    fn deny_equal(&self, need: &Need, why: &str) -> Typed {
        let all = self.equal(need);
        if all.len() < 2 {
            return told(format!("nobody else asks the same: deny {} WHY", need.number));
        }
        let deny = |(agent, it): (AgentId, &Request)| {
            let answer = Answer::Denied { why: why.to_owned() };
            Command::Answer { agent, request: it.id, answer }
        };
        Typed::Said(vec![Said::Send(all.into_iter().map(deny).collect())])
    }

    /// Something about the need of the number that is typed first.
    fn of_need(&self, rest: &str, about: impl Fn(&Need, &str) -> Typed) -> Typed {
        let (number, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match number.parse().ok().and_then(|it| self.teller.need(it)) {
            Some(need) => about(need, rest.trim()),
            None if number.is_empty() => told("which? type its number; needs lists them"),
            None => told(format!("there is no need {}; needs lists them", one_line(number, 20))),
        }
    }

    /// Something about the agent that is named first.
    fn of_agent(&self, rest: &str, about: impl Fn(&Agent, &str) -> Typed) -> Typed {
        let (name, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        match self.find(name) {
            Some(agent) => about(agent, rest.trim()),
            None if name.is_empty() => told("whom? type a name; who lists them"),
            None => told(format!("there is no agent {}; who lists them", one_line(name, 40))),
        }
    }

    fn find(&self, name: &str) -> Option<&Agent> {
        let named = self.stage.agent_named(name);
        let numbered = || name.parse().ok().and_then(|it| self.stage.agent(AgentId(it)));
        named.or_else(numbered)
    }

    fn approve(&self, need: &Need, scope: Scope) -> Typed {
        let n = need.number;
        if let Some((agent, request)) = need.asked(self.stage) {
            return match request.ask {
                Ask::Approval { .. } if need.shown == Some(request.fingerprint) => {
                    send(request.approved(agent.id, scope))
                }
                Ask::Approval { .. } => told("it asks for something else by now: needs tells it"),
                Ask::Question { .. } => told(format!("that is a question: answer {n} TEXT")),
                Ask::Budget { .. } => told(format!("that is about money: raise {n} DOLLARS")),
                Ask::Drift { .. } => send(Command::Lift(agent.id, HoldReason::Watch)),
            };
        }
        match (need.item.key.whom, need.item.key.reason) {
            (Whom::Agent(agent), Reason::Held(HoldReason::Watch)) => {
                send(Command::Lift(agent, HoldReason::Watch))
            }
            (_, Reason::Gate) => self.of_step(need, |it| Wish::Open(it.step)),
            _ => told("there is nothing to approve in that"),
        }
    }

    fn deny(&self, need: &Need, why: &str) -> Typed {
        match need.asked(self.stage) {
            Some((agent, request))
                if matches!(request.ask, Ask::Approval { .. } | Ask::Question { .. }) =>
            {
                reply(agent.id, request.id, Answer::Denied { why: why.to_owned() })
            }
            Some((agent, _)) => told(format!("stop {} ends it", agent.casting.name)),
            None => told("there is nothing to deny in that"),
        }
    }

    fn answer(&self, need: &Need, text: &str) -> Typed {
        let Some((agent, request)) = need.asked(self.stage) else {
            return told("that is no question");
        };
        let options = match &request.ask {
            Ask::Question { options, blanks, .. } if blanks.is_empty() => options.as_slice(),
            Ask::Drift { .. } => &[],
            Ask::Question { .. } | Ask::Budget { .. } => {
                return Typed::Said(vec![Said::About(agent.id, "answer".to_owned())]);
            }
            Ask::Approval { .. } => {
                let n = need.number;
                return told(format!("it asks whether it may: approve {n}, or deny {n} WHY"));
            }
        };
        if text.is_empty() {
            return Typed::Said(vec![Said::About(agent.id, "answer".to_owned())]);
        }
        let nth = text.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
        let text = nth.and_then(|it| options.get(it)).map_or(text, String::as_str).to_owned();
        reply(agent.id, request.id, Answer::Said { text })
    }

    fn raise(&self, need: &Need, amount: &str) -> Typed {
        match need.asked(self.stage) {
            Some((agent, request)) if matches!(request.ask, Ask::Budget { .. }) => {
                let asked = Said::About(agent.id, "approve".to_owned());
                let amount = (!amount.is_empty()).then(|| Said::Text(amount.to_owned()));
                Typed::Said([asked].into_iter().chain(amount).collect())
            }
            _ => told("that is about no budget"),
        }
    }

    fn finish(&self, need: &Need) -> Typed {
        match need.asked(self.stage) {
            Some((agent, request)) if matches!(request.ask, Ask::Budget { .. }) => {
                Typed::Said(vec![Said::FinishUp(agent.id, request.id)])
            }
            _ => told("that is about no budget"),
        }
    }

    /// Something about the step that is the need.
    fn of_step(&self, need: &Need, wish: impl Fn(Spot) -> Wish) -> Typed {
        let Whom::Step(play, place) = need.item.key.whom else { return told("that is no step") };
        match self.stage.play(play).and_then(|it| it.step(place)) {
            Some(step) => send(Command::DirectPlay(play, wish(Spot::step(play, &step.name)))),
            None => told("that step is not there any more"),
        }
    }

    /// A command of the command line; about the agent that is named behind it.
    fn command(&self, line: &str) -> Typed {
        let named = line.rsplit_once(char::is_whitespace);
        let about = named.and_then(|(command, name)| {
            let act = act_called(command.trim()).filter(|it| ACTS.contains(it))?;
            Some((act, self.find(name)?))
        });
        if let Some((act, agent)) = about {
            return Typed::Said(vec![Said::About(agent.id, act.name().into_owned())]);
        }
        let mut words = line.splitn(3, char::is_whitespace);
        if let (Some(command), Some(name), Some(rest)) = (words.next(), words.next(), words.next())
            && let Some(act) = act_called(command).filter(|it| ACTS.contains(it))
            && let Some(agent) = self.find(name)
        {
            let line = format!("{} {}", act.name(), rest.trim());
            return Typed::Said(vec![Said::About(agent.id, line)]);
        }
        let is_of_one = act_called(line).is_some_and(|it| ACTS.contains(&it));
        let living = self.stage.agents().filter(|it| !it.is_over()).count();
        if is_of_one && living > 1 {
            return told(format!("whom? {line} NAME"));
        }
        Typed::Said(vec![Said::Command(line.to_owned())])
    }
}

/// The last of what an agent said and did.
fn read(agent: &Agent) -> Vec<String> {
    let entries: Vec<_> = agent.log.entries().rev().take(READ).collect();
    if entries.is_empty() {
        return vec![format!("{} has said and done nothing yet", agent.casting.name)];
    }
    entries.into_iter().rev().flat_map(|it| read_entry(&it.kind)).collect()
}

fn read_entry(kind: &EntryKind) -> Vec<String> {
    use super::tell::lines;
    match kind {
        EntryKind::Brief(text) => lines("brief: ", text),
        EntryKind::Said { text, .. } => lines("said: ", text),
        EntryKind::Thought { text } => lines("thought: ", text),
        EntryKind::Tool { title, output, .. } => {
            [vec![format!("called: {title}")], lines("  ", output)].concat()
        }
        EntryKind::Direction { by, text } => lines(&format!("{by}: "), text),
        EntryKind::Redirect { by, text, state, .. } => {
            lines(&format!("message from {by}, {state}: "), text)
        }
        EntryKind::Request { text, answer, .. } => {
            let answer = answer.as_deref().map(|it| lines("answer: ", it)).unwrap_or_default();
            [lines("asked: ", text), answer].concat()
        }
        EntryKind::Report { text } => lines("reported: ", text),
        EntryKind::HandOff { to, note } => lines(&format!("handed off to {to}: "), note),
        EntryKind::Note { text, .. } => lines("note: ", text),
        EntryKind::Retry { text, why } => lines("retry: ", &format!("{text}: {why}")),
        EntryKind::End { text, .. } => [vec!["ended".to_owned()], lines("ended: ", text)].concat(),
    }
}
