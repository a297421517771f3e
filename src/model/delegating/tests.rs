//! What comes of it when agents set others to work, whatever comes between.

use super::*;
use crate::model::{
    Boundary, Capabilities, Command, Input, Millis, Money, Record, Report, follow_up,
};
use std::collections::BTreeMap;

struct World(Stage, Vec<Event>);

const LEAD: AgentId = AgentId(1);

impl World {
    /// A lead at work, that may set hands to work.
    fn new(limits: Spawn, budget: Option<Money>) -> Self {
        let hand = Casting {
            role: "hand".into(),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        };
        let roles = BTreeMap::from([("hand".to_owned(), hand.clone())]);
        let spawn = Some(Spawn { roles: vec!["hand".into()], ..limits });
        let delegation = Delegation { spawn, hand_off: None, roles };
        let casting = Casting {
            name: "lead".into(),
            brief: "lead".into(),
            delegation: Some(Box::new(delegation)),
            budget,
            ..hand
        };
        let mut world = Self(Stage::default(), Vec::new());
        world.direct(Command::Add(Box::new(casting)));
        world
    }

    fn settle(&mut self, event: Event) {
        let mut pending = vec![event];
        while let Some(event) = pending.pop() {
            let seq = self.0.last().next();
            self.0.apply(&Record { seq, at: Millis(seq.0), event: event.clone() });
            pending.extend(follow_up(&self.0, &event).into_iter().rev());
            self.1.push(event);
        }
        for event in among_agents(&self.0) {
            self.settle(event);
        }
    }

    fn direct(&mut self, command: Command) {
        let facts = super::super::decide(&self.0, Input::Command { by: Author::Director, command });
        facts.unwrap().into_iter().for_each(|it| self.settle(it));
    }

    fn report(&mut self, agent: AgentId, report: Report) {
        let run = self.0.agent(agent).unwrap().run;
        let facts = super::super::decide(&self.0, Input::Report { agent, run, report });
        facts.unwrap().into_iter().for_each(|it| self.settle(it));
    }

    fn spawn(&mut self, agent: AgentId, call: u32, waits: bool) {
        let bid = Bid::Spawn { role: "hand".into(), brief: "help".into(), waits };
        self.report(agent, Report::Bids(CallId(call), bid));
    }

    fn end(&mut self, agent: u32) {
        let outcome = Outcome::Succeeded { summary: "helped".into() };
        self.report(AgentId(agent), Report::Ended(outcome));
    }

    /// What calls came to.
    fn returned(&self) -> Vec<(bool, &str)> {
        let returned = self.1.iter().filter_map(|it| match it {
            Event::Returned { ok, text, .. } => Some((*ok, text.as_str())),
            _ => None,
        });
        returned.collect()
    }
}

fn limits(most: u32) -> Spawn {
    Spawn { most, depth: 1, ..Spawn::default() }
}

#[test]
fn a_call_that_is_made_again_brings_nobody_new_and_is_told_what_came_of_it() {
    let mut world = World::new(limits(5), None);
    world.spawn(LEAD, 1, true);
    world.spawn(LEAD, 1, true);
    assert_eq!(world.0.agents().count(), 2);
    world.end(2);
    world.spawn(LEAD, 1, true);
    assert_eq!(world.0.agents().count(), 2);
    assert_eq!(world.returned(), [(true, "hand is done: helped"); 2]);
}

#[test]
fn when_an_agent_ends_those_that_work_for_it_are_stopped_and_who_is_taken_up_again_goes_on() {
    let mut world = World::new(Spawn { depth: 2, ..limits(5) }, None);
    world.spawn(LEAD, 1, false);
    world.spawn(AgentId(2), 1, false);
    world.end(1);
    let stopping = |world: &World, id| world.0.agent(AgentId(id)).unwrap().stopping;
    assert_eq!(stopping(&world, 2), Some(Author::Agent));
    assert_eq!(stopping(&world, 3), None, "it works for one that has not ended yet");
    world.report(AgentId(2), Report::Ended(Outcome::Stopped { by: Author::Director }));
    assert_eq!(stopping(&world, 3), Some(Author::Agent));
    world.direct(Command::Redirect { agent: AgentId(2), text: "go on".into(), now: false });
    let again = world.0.agent(AgentId(2)).unwrap();
    assert!(!again.is_over() && again.stopping.is_none(), "the director wants it to");
}

#[test]
fn pausing_an_agent_holds_nobody_but_that_one_and_waiting_is_no_work() {
    let mut world = World::new(limits(5), None);
    let (call, tool) = (CallId(1), "spawn".to_owned());
    let (id, title, input) = ("x".to_owned(), String::new(), Box::default());
    world.report(LEAD, Report::Started);
    world.report(LEAD, Report::ToolCalled { call, id, tool, title, input, seal: None });
    world.report(LEAD, Report::Reached(Boundary::Tool { call }));
    world.spawn(LEAD, 1, true);
    world.direct(Command::Pause(LEAD));
    assert_eq!(world.0.agent(LEAD).unwrap().status(), super::super::Status::Paused);
    assert!(!world.0.agent(AgentId(2)).unwrap().is_held());
    // A session that ends now finds the call again, and asks nobody about it.
    let left = world.0.agent(LEAD).unwrap().calls_left();
    assert_eq!(left.keys().collect::<Vec<_>>(), [&call]);
    assert_eq!(world.0.agent(LEAD).unwrap().tools_at_work().count(), 0);
}

#[test]
fn what_those_spend_that_work_for_an_agent_is_spent_by_it() {
    let mut world = World::new(limits(5), Some(Money::cents(10)));
    world.spawn(LEAD, 1, false);
    let child = AgentId(2);
    world.report(child, Report::Started);
    let estimate = Some(Money::cents(6));
    let model = Boundary::Model { estimate, again: false };
    world.report(child, Report::Reached(model));
    assert!(world.0.agent(child).unwrap().calling);
    // The lead's own call would be more than is left now.
    world.report(LEAD, Report::Started);
    world.report(LEAD, Report::Reached(model));
    assert!(world.0.agent(LEAD).unwrap().is_held());
    let (turn, stop) = (crate::model::Turn(1), crate::model::Stop::End);
    let (usage, cost) = (crate::model::Usage::default(), Some(Money::cents(9)).into());
    world.report(child, Report::TurnEnded { turn, stop, usage, cost });
    world.report(child, Report::Reached(model));
    let held = world.0.agent(child).unwrap();
    assert!(held.is_held());
    let asked = held.requests.first().map(|it| &it.ask);
    assert!(
        matches!(
            asked,
            Some(crate::model::Ask::Budget { whose: crate::model::Whose::Agent(LEAD), .. })
        ),
        "{asked:?}"
    );
    world.direct(Command::ChangeBudget { agent: LEAD, budget: Some(Money::cents(50)) });
    assert!(world.0.agents().all(|it| !it.is_held() && it.calling));
    // And when all is spent, nobody is set to work.
    world.direct(Command::ChangeBudget { agent: LEAD, budget: Some(Money::cents(9)) });
    world.spawn(LEAD, 2, false);
    let (ok, text) = *world.returned().last().unwrap();
    assert!(!ok && text.ends_with("is spent: nothing is left"), "{text}");
}

#[test]
fn the_number_at_once_and_the_depth_are_limits_too() {
    let mut world = World::new(Spawn { max_parallel: Some(1), depth: 2, ..limits(9) }, None);
    world.spawn(LEAD, 1, false);
    world.spawn(LEAD, 2, false);
    world.end(2);
    world.spawn(LEAD, 3, false);
    world.spawn(AgentId(3), 1, false);
    let (_, refused) = world.returned()[1];
    assert!(refused.starts_with("1 at work is as many as may be at once"), "{refused}");
    assert!(!world.returned()[3].0, "what is below counts as well");
    let mut world = World::new(Spawn { depth: 2, ..limits(9) }, None);
    world.spawn(LEAD, 1, false);
    world.spawn(AgentId(2), 1, false);
    assert!(world.0.agent(AgentId(3)).unwrap().casting.delegation.is_none());
    world.spawn(AgentId(3), 1, false);
    assert_eq!(world.returned().last(), Some(&(false, "you may set nobody to work")));
}

#[test]
fn whom_one_waits_for_is_named_and_what_all_came_to_is_told_in_one_piece() {
    let mut world = World::new(limits(5), None);
    world.spawn(LEAD, 1, false);
    world.spawn(LEAD, 2, false);
    let wait = |names: &[&str], waits| {
        let names = names.iter().map(|it| (*it).to_owned()).collect();
        Report::Bids(CallId(3), Bid::Await { names, waits })
    };
    world.report(LEAD, wait(&["nobody"], true));
    world.report(LEAD, wait(&[], false));
    world.report(LEAD, wait(&["hand", "hand-2"], true));
    world.end(2);
    assert_eq!(world.returned().len(), 4);
    world.end(3);
    let told: Vec<_> = world.returned().into_iter().skip(2).collect();
    assert_eq!(told[0], (false, "no nobody works for you; there is hand, hand-2"));
    assert_eq!(told[1], (true, "hand is at work\n\nhand-2 is at work"));
    assert_eq!(told[2], (true, "hand is done: helped\n\nhand-2 is done: helped"));
}

#[test]
fn what_was_handed_off_is_given_to_another_where_the_first_fails() {
    let mut world = World::new(limits(1), None);
    let mut casting = Casting::clone(&world.0.agent(LEAD).unwrap().casting);
    let delegation = casting.delegation.as_mut().unwrap();
    let (to, most, attempts) = (vec!["hand".to_owned()], 1, 2);
    delegation.hand_off = Some(super::super::HandOff { to, most, attempts });
    world.direct(Command::Add(Box::new(casting)));
    let giver = AgentId(2);
    let note = "go on".to_owned();
    let bid = Bid::HandOff { to: "hand".into(), note, value: Box::default() };
    world.report(giver, Report::Bids(CallId(1), bid));
    world.end(2);
    let fail = |world: &mut World, agent: u32| {
        let outcome = Outcome::Failed { why: "broke".into() };
        world.report(AgentId(agent), Report::Ended(outcome));
    };
    assert_eq!(world.0.agents().len(), 3);
    fail(&mut world, 3);
    assert_eq!(world.0.agents().len(), 4, "nobody else was given it");
    let last = world.0.agents().last().unwrap();
    assert!(last.casting.brief.contains("broke") && last.casting.brief.contains("go on"));
    // No more than may be.
    fail(&mut world, 4);
    assert_eq!(world.0.agents().len(), 4);
    assert!(world.0.agent(AgentId(4)).unwrap().needs_director());
}

#[test]
fn time_in_which_an_agent_was_over_is_no_work() {
    let mut world = World::new(limits(1), None);
    let tell = |world: &mut World, at: u64, event: Event| {
        let seq = world.0.last().next();
        world.0.apply(&Record { seq, at: Millis(at), event });
    };
    let (agent, by) = (LEAD, Author::Director);
    tell(&mut world, 10, Event::AgentStarting { agent, run: 1 });
    tell(&mut world, 10, Event::AgentStarted { agent });
    tell(&mut world, 30, Event::AgentEnded { agent, outcome: Outcome::Stopped { by } });
    tell(&mut world, 500, Event::AgentReopened { agent, by });
    tell(&mut world, 500, Event::AgentStarting { agent, run: 2 });
    tell(&mut world, 500, Event::AgentStarted { agent });
    assert_eq!(world.0.agent(agent).unwrap().worked(Millis(510)), Millis(30));
}

#[test]
fn what_may_be_set_to_work_is_counted_from_hand_to_hand() {
    let mut world = World::new(limits(2), None);
    let mut casting = Casting::clone(&world.0.agent(LEAD).unwrap().casting);
    let (to, most, attempts) = (vec!["hand".to_owned()], 1, 1);
    let mut delegation = Delegation::clone(casting.delegation.as_ref().unwrap());
    let mut hand = Casting::clone(&delegation.roles["hand"]);
    hand.delegation = casting.delegation.clone();
    delegation.roles.insert("hand".into(), hand);
    delegation.hand_off = Some(super::super::HandOff { to, most, attempts });
    casting.delegation = Some(Box::new(delegation));
    world.direct(Command::Add(Box::new(casting)));
    let giver = AgentId(2);
    world.spawn(giver, 1, false);
    world.spawn(giver, 2, false);
    world.end(3);
    world.end(4);
    let bid = Bid::HandOff { to: "hand".into(), note: "x".into(), value: Box::default() };
    world.report(giver, Report::Bids(CallId(3), bid));
    world.end(2);
    let successor = AgentId(5);
    assert!(world.0.handed_by(world.0.agent(successor).unwrap()).is_some());
    world.spawn(successor, 1, false);
    let (ok, text) = world.returned().pop().unwrap();
    assert!(!ok && text.contains("as many as may be"), "{text}");
}
