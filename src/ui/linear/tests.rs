//! Stories of a session that is told in lines, and of lines that are typed.

use super::*;
use crate::{
    model::{
        play::{PlayEvent, Wish},
        script::{Script, Step, Work},
        *,
    },
    ui::{
        desk::{Desk, Done, Said},
        keys::Keymap,
    },
};
use serde_json::Value;
use std::sync::Arc;

const ONE: AgentId = AgentId(1);
const TWO: AgentId = AgentId(2);

/// A session, and all that was told of it since it was asked last.
struct Tale {
    stage: Stage,
    teller: Teller,
    told: Vec<String>,
    seq: u64,
}

impl Tale {
    fn new() -> Self {
        let stage = Stage::new(Header::default());
        Self { stage, teller: Teller::new(false), told: Vec::new(), seq: 0 }
    }

    /// One with an agent at work, told up to there.
    fn of(names: &[&str]) -> Self {
        let mut tale = Self::new();
        for (agent, name) in (1..).zip(names) {
            tale.cast(AgentId(agent), name);
        }
        tale.told();
        tale
    }

    fn cast(&mut self, agent: AgentId, name: &str) {
        let casting = Casting {
            name: name.into(),
            role: "writer".into(),
            brief: "Write it.\nAll of it.".into(),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        };
        self.happen(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director });
        self.happen(Event::AgentStarting { agent, run: 1 });
        self.happen(Event::AgentStarted { agent });
    }

    fn happen(&mut self, event: Event) {
        self.seq += 1;
        let record = Record { seq: Seq(self.seq), at: Millis(self.seq * 1000), event };
        self.stage.apply(&record);
        self.told.extend(self.teller.hear(&self.stage, &record));
    }

    fn told(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    fn asks_for(&mut self, agent: AgentId, request: u32, shown: &str) {
        let ask = Ask::Approval {
            call: None,
            tool: "shell".into(),
            shown: shown.into(),
            reason: "all is asked".into(),
        };
        self.happen(Event::Asked { agent, request: RequestId(request), ask });
    }

    fn typed(&self, line: &str) -> Typed {
        typed(line, &self.stage, &self.teller, self.stage.now())
    }
}

fn say(agent: AgentId, text: &str) -> Event {
    Event::Said { agent, text: text.into() }
}

fn send(command: Command) -> Typed {
    Typed::Said(vec![Said::Send(vec![command])])
}

fn words(told: &str) -> Typed {
    Typed::Told(vec![told.to_owned()])
}

#[test]
fn what_happens_is_told_once_in_lines_with_the_name_before() {
    let mut tale = Tale::new();
    tale.cast(ONE, "scout");
    for chunk in ["I look ", "around.\nThen", " I go."] {
        tale.happen(say(ONE, chunk));
    }
    tale.happen(Event::Thought { agent: ONE, text: "hm".into() });
    tale.happen(Event::ToolCalled {
        agent: ONE,
        call: CallId(1),
        id: "1".into(),
        tool: "shell".into(),
        title: "ls".into(),
        input: Box::default(),
        seal: None,
    });
    let (by, reason) = (Author::Director, HoldReason::Director);
    tale.happen(Event::HoldPlaced { agent: ONE, reason, by, note: String::new() });
    tale.happen(Event::HoldLifted { agent: ONE, reason, by });
    tale.happen(say(ONE, "All is well."));
    let outcome = Outcome::Succeeded { summary: "All is well.".into() };
    tale.happen(Event::AgentEnded { agent: ONE, outcome });
    assert_eq!(
        tale.told(),
        [
            "scout is added, agent 1, writer: Write it.",
            "scout is at work",
            "scout: I look around.",
            "scout: Then I go.",
            "scout calls: ls",
            "scout: you: pause",
            "scout is paused",
            "scout: you: resume",
            "scout goes on",
            "scout: All is well.",
            "scout has ended: done, $0.00",
        ]
    );
}

#[test]
fn an_end_that_nobody_has_heard_the_words_of_tells_them() {
    let mut tale = Tale::of(&["scout"]);
    let outcome = Outcome::Failed { why: "no key\nset one".into() };
    tale.happen(Event::AgentEnded { agent: ONE, outcome });
    let told = tale.told();
    assert_eq!(told, ["scout has ended: failed, $0.00", "scout: no key", "scout: set one"]);
}

#[test]
fn a_need_is_told_in_full_with_how_it_is_answered_and_its_number_is_never_another_s() {
    let mut tale = Tale::of(&["scout"]);
    tale.asks_for(ONE, 1, "rm -r build");
    let told = tale.told();
    assert_eq!(told[0], "need 1: scout asks for approval");
    assert!(told.iter().any(|it| it.ends_with("rm -r build")), "{told:?}");
    assert_eq!(told.last().unwrap(), "  answer with: approve 1, always 1, or deny 1 WHY");
    let request = tale.stage.agent(ONE).unwrap().requests[0].clone();
    assert_eq!(tale.typed("approve 1"), send(request.approved(ONE, Scope::Once)));
    assert_eq!(tale.typed(":always 1"), send(request.approved(ONE, Scope::Always)));
    let why = Answer::Denied { why: "not now".into() };
    let denied = Command::Answer { agent: ONE, request: request.id, answer: why };
    assert_eq!(tale.typed("deny 1 not now"), send(denied));
    // What comes while it is typed has a number of its own.
    let answer = Answer::Withdrawn;
    tale.happen(Event::Answered { agent: ONE, request: request.id, answer, by: Author::Agent });
    tale.asks_for(ONE, 2, "rm -r /");
    assert_eq!(tale.typed("approve 1"), words("there is no need 1; needs lists them"));
    assert!(matches!(tale.typed("approve 2"), Typed::Said(_)));
    assert_eq!(tale.typed("approve"), words("which? type its number; needs lists them"));
}

#[test]
fn a_question_is_answered_in_words_or_by_the_number_of_an_answer() {
    let mut tale = Tale::of(&["scout"]);
    let ask = Ask::question(None, "Which?".into(), vec!["red".into(), "blue".into()]);
    tale.happen(Event::Asked { agent: ONE, request: RequestId(1), ask });
    let said = |text: &str| {
        let answer = Answer::Said { text: text.into() };
        send(Command::Answer { agent: ONE, request: RequestId(1), answer })
    };
    assert_eq!(tale.typed("answer 1 2"), said("blue"));
    assert_eq!(tale.typed("answer 1 green, please"), said("green, please"));
    let asked = Typed::Said(vec![Said::About(ONE, "answer".into())]);
    assert_eq!(tale.typed("answer 1"), asked);
    assert_eq!(tale.typed("approve 1"), words("that is a question: answer 1 TEXT"));
}

#[test]
fn a_gate_is_opened_by_its_number() {
    let mut tale = Tale::new();
    let step = Step { name: "ship".into(), gate: true, work: Work::Nothing, ..Step::default() };
    let script = Script { name: "release".into(), steps: vec![step], ..Script::default() };
    let (script, inputs) = (Box::new(script), Box::new(Value::Null));
    let begun = PlayEvent::Started { script, inputs, parent: None, by: Author::Director };
    for event in [begun, PlayEvent::GateReached { step: "ship".into() }] {
        tale.happen(Event::Play { play: PlayId(1), event: Box::new(event) });
    }
    let told = tale.told();
    assert_eq!(
        told,
        [
            "release: 1 step",
            "release: ship waits for the director",
            "need 1: ship waits at its gate",
            "  answer with: approve 1 (the gate opens), or skip 1",
        ]
    );
    let opened = Command::DirectPlay(PlayId(1), Wish::Open("ship".into()));
    assert_eq!(tale.typed("approve 1"), send(opened));
}

#[test]
fn a_command_is_about_whom_it_names_and_about_nobody_by_chance() {
    let tale = Tale::of(&["scout", "writer"]);
    let about = |agent, act: &str| Typed::Said(vec![Said::About(agent, act.into())]);
    assert_eq!(tale.typed("stop writer"), about(TWO, "stop"));
    assert_eq!(tale.typed("stop 1"), about(ONE, "stop"));
    assert_eq!(tale.typed("stop"), words("whom? stop NAME"));
    assert_eq!(tale.typed("budget writer 2.50"), about(TWO, "change-budget 2.50"));
    let text = "go on".to_owned();
    let redirect = Command::Redirect { agent: ONE, text, now: false };
    assert_eq!(tale.typed("say scout go on"), send(redirect));
    assert_eq!(tale.typed("pause-all"), Typed::Said(vec![Said::Command("pause-all".into())]));
    let Typed::Told(who) = tale.typed("who") else { panic!("who tells") };
    assert_eq!(who, ["1 scout, writer: running, $0.00", "2 writer: running, $0.00"]);
}

#[test]
fn nothing_that_a_terminal_obeys_is_told() {
    let mut tale = Tale::of(&["scout"]);
    tale.happen(say(ONE, "a\u{1b}[2Jb\u{7}\n"));
    tale.asks_for(ONE, 1, "x\u{1b}]0;title\u{7}y");
    tale.happen(Event::TerminalPrinted { agent: ONE, text: "\u{1b}[31mred\u{1b}[0m\r\n".into() });
    let all = tale.told().concat();
    assert!(!all.contains(|it: char| it.is_control()), "{all:?}");
    assert!(all.contains("red"), "{all:?}");
}

#[test]
fn a_session_is_told_through_in_the_same_words() {
    let mut tale = Tale::of(&["scout"]);
    tale.told();
    let begun = Event::SessionOpened { title: "tale".into(), limits: Limits::default() };
    let casting = Box::new(Casting { name: "scout".into(), ..Casting::default() });
    let added = Event::AgentAdded { agent: ONE, casting, by: Author::Director };
    let events = [begun, added, say(ONE, "Done.")];
    let ended =
        Event::AgentEnded { agent: ONE, outcome: Outcome::Stopped { by: Author::Director } };
    let events = events.into_iter().chain([ended]);
    let records = (1..).zip(events).map(|(n, event)| Record { seq: Seq(n), at: Millis(n), event });
    let told: Vec<_> = through(Stage::new(Header::default()), records).collect();
    assert_eq!(
        told,
        [
            "the session: tale",
            "scout is added, agent 1, : ",
            "scout: Done.",
            "scout has ended: stopped, $0.00",
            "scout: stopped by you",
        ]
    );
}

#[test]
fn what_a_command_asks_is_asked_in_lines_and_answered_by_the_next_one() {
    let tale = Tale::of(&["scout"]);
    let mut desk = Desk::new(Arc::new(Keymap::built_in().unwrap()), Vec::new());
    desk.settle(&tale.stage, Millis(0));
    let now = Millis(0);
    let done = desk.hear(Said::About(ONE, "stop".into()), &tale.stage, now);
    assert_eq!(done, Done::Redraw);
    let (waits, asked) = open(&desk);
    assert_eq!((waits, asked[0].as_str()), (Open::Choice(2), "stop scout?"));
    let done = desk.hear(Said::Choice(1), &tale.stage, now);
    assert_eq!(done, Done::Send(vec![Command::Stop(ONE)]));
    // Money is asked for in a line; what is no money is asked for again.
    desk.hear(Said::About(ONE, "change-budget".into()), &tale.stage, now);
    assert_eq!(open(&desk).0, Open::Line);
    desk.hear(Said::Text("much".into()), &tale.stage, now);
    assert!(open(&desk).1[0].starts_with("that can't be: "), "{:?}", open(&desk));
    let done = desk.hear(Said::Text("2".into()), &tale.stage, now);
    assert!(matches!(done, Done::Send(_)), "{done:?}");
    // A message has several lines.
    desk.hear(Said::About(ONE, "redirect".into()), &tale.stage, now);
    assert_eq!(open(&desk).0, Open::Text);
    let text = "go\nleft".to_owned();
    let done = desk.hear(Said::Text(text.clone()), &tale.stage, now);
    assert_eq!(done, Done::Send(vec![Command::Redirect { agent: ONE, text, now: false }]));
    // Nothing is guessed from a part of a name.
    desk.hear(Said::Command("pau".into()), &tale.stage, now);
    let fault = desk.take_fault().unwrap();
    assert!(fault.contains("did you mean `pause`?"), "{fault}");
    assert_eq!(open(&desk).0, Open::Nothing);
}

#[test]
fn all_that_ask_for_exactly_the_same_are_answered_at_once_as_they_were_told() {
    let mut tale = Tale::of(&["one", "two", "three"]);
    for (agent, command) in [(ONE, "make"), (AgentId(2), "make"), (AgentId(3), "make all")] {
        let (call, tool, seal) = (CallId(1), "shell".to_owned(), None);
        let (id, title) = (String::new(), command.to_owned());
        let input = Box::new(serde_json::json!({ "command": command }));
        tale.happen(Event::ToolCalled { agent, call, id, tool: tool.clone(), title, input, seal });
        let (shown, reason) = (command.to_owned(), String::new());
        let ask = Ask::Approval { call: Some(call), tool, shown, reason };
        tale.happen(Event::Asked { agent, request: RequestId(1), ask });
    }
    let told = tale.told().join("\n");
    assert!(told.contains("1 other asks the same: approve equal 2"), "{told}");
    let approved = |agent| {
        let asked = &tale.stage.agent(agent).unwrap().requests[0];
        asked.approved(agent, Scope::Once)
    };
    let both = vec![approved(ONE), approved(AgentId(2))];
    assert_eq!(tale.typed("approve equal 2"), Typed::Said(vec![Said::Send(both)]));
    assert_eq!(tale.typed("approve equal 3"), words("nobody else asks the same: approve 3"));
    let denied = |agent| {
        let answer = Answer::Denied { why: "not now".to_owned() };
        Command::Answer { agent, request: RequestId(1), answer }
    };
    let both = vec![denied(ONE), denied(AgentId(2))];
    assert_eq!(tale.typed("deny equal 1 not now"), Typed::Said(vec![Said::Send(both)]));
}
