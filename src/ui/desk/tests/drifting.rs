//! An agent that may be drifting: what shows it is looked at, and it is set right.

use super::*;

/// The second agent has taken four turns, and was seen drifting in the third.
fn seen() -> Story {
    let mut story = Story::of(2);
    for turn in 1..=4 {
        story.turned(TWO, turn);
    }
    story.sees(TWO, 1)
}

impl Story {
    fn turned(&mut self, agent: AgentId, turn: u32) -> &mut Self {
        let (turn, version, model) = (Turn(turn), Version(1), String::new());
        let (stop, usage, cost) = (Stop::Tools, Usage::default(), Cost::default());
        self.tell(Event::TurnStarted { agent, turn, version, model, reserved: None, again: false });
        self.tell(Event::TurnEnded { agent, turn, stop, usage, cost })
    }

    fn sees(mut self, agent: AgentId, sign: u32) -> Self {
        let shown = |seq, turn| Evidence {
            seq: Seq(seq),
            turn: Turn(turn),
            words: "write notes.md".into(),
        };
        let seen = DriftEvent::Seen {
            sign,
            rule: Rule::Scope,
            since: Turn(3),
            words: "changed notes.md, outside its scope".into(),
            evidence: vec![shown(12, 3), shown(14, 4)],
            action: Action::Warn,
        };
        self.tell(Event::Drifted { agent, event: Box::new(seen) });
        self
    }

    fn typed(&self) -> String {
        self.desk.editor.as_ref().map(|it| it.text.lines().join("\n")).unwrap_or_default()
    }
}

#[test]
fn enter_and_enter_prepare_a_message_that_is_sent_as_it_stands() {
    let mut story = seen();
    story.press("2 enter enter");
    let typed = story.typed();
    assert!(typed.starts_with("You changed notes.md, outside its scope."), "{typed}");
    story.press("ctrl+s");
    assert_eq!(story.sent(), [Command::Redirect { agent: TWO, text: typed, now: false }]);
}

#[test]
fn what_was_looked_at_is_not_in_the_way_of_looking_closer() {
    let mut story = seen();
    story.press("2 enter esc enter");
    assert_eq!((story.desk.screen, story.desk.dialog.is_none()), (Screen::Zoom, true));
    story.press("d");
    assert!(matches!(story.desk.dialog, Some(Dialog::Evidence(_))), "d opens it again");
    let passed = DriftEvent::Passed { sign: 1, why: String::new() };
    story.tell(Event::Drifted { agent: TWO, event: Box::new(passed) });
    let mut story = story.sees(TWO, 2);
    story.press("esc esc enter");
    assert!(matches!(story.desk.dialog, Some(Dialog::Evidence(_))), "another sign is another one");
}

#[test]
fn what_shows_it_leads_to_its_place_in_the_log() {
    let mut story = seen();
    story.press("2 enter k enter");
    assert_eq!((story.desk.screen, story.desk.scroll), (Screen::Zoom, Scroll::At(Seq(14))));
    assert_eq!(story.sent(), []);
}

#[test]
fn its_instructions_and_a_take_from_where_it_began_are_prepared_too() {
    let mut story = seen();
    story.press("2 enter j enter");
    assert!(story.typed().starts_with("be brief\n\nChange no files but these"));
    story.press("esc d j j enter");
    let Some(Dialog::Retake(form)) = &story.desk.dialog else { panic!("{:?}", story.desk.dialog) };
    assert_eq!((form.agent, form.turn), (TWO, Turn(3)));
}

#[test]
fn that_it_was_no_drift_is_said_there() {
    let mut story = seen();
    story.press("2 enter j j j enter");
    let wish = HeedWish::Dismiss { sign: 1 };
    assert_eq!(story.sent(), [Command::Heed { agent: TWO, wish }]);
}

#[test]
fn from_the_inbox_it_is_one_key() {
    let mut story = seen();
    story.press("I enter");
    let Some(Dialog::Evidence(seen)) = &story.desk.dialog else { panic!("it is open") };
    assert_eq!((seen.agent, seen.sign.number), (TWO, 1));
}

/// A watch holds the second, and asks.
fn asked() -> Story {
    let mut story = seen();
    let sign = story.stage.agent(TWO).unwrap().drifts().unwrap().clone();
    story.held(TWO, HoldReason::Watch);
    let Sign { number, rule, words, evidence, .. } = sign;
    let (agent, request) = (TWO, RequestId::DRIFT);
    let ask = Ask::Drift { sign: number, rule, words, evidence };
    story.tell(Event::Asked { agent, request, ask });
    story
}

#[test]
fn what_a_watch_asks_is_answered_where_it_is_shown() {
    let lift = || vec![Command::Lift(TWO, HoldReason::Watch)];
    let mut story = asked();
    story.press("I").desk.shown.item =
        story.desk.attended(&story.stage, story.now).map(|it| it.key);
    story.press("a enter");
    assert_eq!(story.sent(), lift(), "from the inbox");
    story.press("esc 2 a enter");
    assert_eq!(story.sent(), lift(), "from the stage");
    let mut story = asked();
    story.press("2 enter enter");
    let text = story.typed();
    assert!(text.starts_with("You changed notes.md"), "{text}");
    story.press("ctrl+s");
    let (agent, request, answer) = (TWO, RequestId::DRIFT, Answer::Said { text });
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer }]);
    story.press("2 D j enter");
    assert_eq!(story.sent(), [Command::Stop(TWO)]);
}

#[test]
fn what_is_seen_no_more_is_answered_all_the_same() {
    let mut story = asked();
    let passed = DriftEvent::Passed { sign: 1, why: String::new() };
    story.tell(Event::Drifted { agent: TWO, event: Box::new(passed) });
    story.press("2 enter");
    let Some(Dialog::Evidence(seen)) = &story.desk.dialog else {
        panic!("{:?}", story.desk.dialog)
    };
    assert!(seen.rows.contains(&SignRow::GoOn) && !seen.rows.contains(&SignRow::Dismiss));
}

#[test]
fn one_that_does_not_drift_is_zoomed_and_says_so() {
    let mut story = seen();
    story.press("1 d");
    let Some(Dialog::Prompt(asked)) = &story.desk.dialog else { panic!("{:?}", story.desk.dialog) };
    assert!(asked.hint.contains("no watch has seen it drift"), "{}", asked.hint);
    story.press("esc enter");
    assert_eq!(story.desk.screen, Screen::Zoom);
}

#[test]
fn how_it_is_watched_is_changed_while_it_works() {
    let mut story = seen();
    story.press("1 d").write("scope=src/**,*.md same-call=ask scope=pause").press("enter");
    let keep = |rule, action, limit| HeedWish::Keep { rule, heed: Heed { action, limit } };
    let wishes = [
        HeedWish::Scope(vec!["src/**".into(), "*.md".into()]),
        keep(Rule::SameCall, Action::Ask, 4),
        keep(Rule::Scope, Action::Pause, 1),
    ];
    assert_eq!(story.sent(), wishes.map(|wish| Command::Heed { agent: ONE, wish }));
    story.press("1 d").write("same-cal=ask").press("enter");
    assert_eq!(story.sent(), []);
    let Some(Dialog::Prompt(asked)) = &story.desk.dialog else { panic!("{:?}", story.desk.dialog) };
    assert!(asked.fault.as_ref().is_some_and(|it| it.contains("no rule same-cal")));
}
