//! Another take of an agent, and going back in place.

use super::*;

/// An agent that has taken two turns, the second after it was told something.
fn told() -> Story {
    let mut story = Story::of(1);
    story.calling(ONE).ended(1);
    let (agent, redirect, text, by) =
        (ONE, RedirectId(1), "only in src".to_owned(), Author::Director);
    story.tell(Event::RedirectWritten { agent, redirect, text: text.clone(), by });
    story.tell(Event::RedirectDelivered { agent, redirect, turn: Turn(2), text });
    story.calling(ONE);
    story
}

impl Story {
    fn ended(&mut self, turn: u32) -> &mut Self {
        let (agent, turn, stop) = (ONE, Turn(turn), Stop::End);
        let (usage, cost) = Default::default();
        self.tell(Event::TurnEnded { agent, turn, stop, usage, cost })
    }

    fn retake_form(&self) -> &RetakeForm {
        match &self.desk.dialog {
            Some(Dialog::Retake(form)) => form,
            other => panic!("no form is open but {other:?}"),
        }
    }
}

#[test]
fn the_form_opens_with_what_was_said_and_in_force_and_sends_what_differs() {
    let mut story = told();
    story.press("f");
    assert_eq!(story.retake_form().turn, Turn(2));
    assert_eq!(story.retake_form().written(), ["only in src", "be brief"]);
    story.write(", please").press("tab").write(" indeed").press("tab space ctrl+s");
    let retake = Retake {
        agent: ONE,
        turn: Turn(2),
        message: Some("only in src, please".into()),
        instructions: Some("be brief indeed".into()),
        old: Old::Stops,
        role: String::new(),
    };
    assert_eq!(story.sent(), [Command::Retake(Box::new(retake))]);
}

#[test]
fn another_turn_brings_its_own_words_and_leaves_what_was_typed() {
    let mut story = told();
    story.press("f tab").write("!").press("shift+tab shift+tab down");
    assert_eq!((story.retake_form().turn, story.retake_form().at), (Turn(1), RetakePart::Turn));
    assert_eq!(story.retake_form().written(), ["brief 1", "be brief!"], "what was typed stays");
    // There is no turn before the first, and none behind the one that is under way.
    story.press("down 7 0 right right");
    assert_eq!(story.retake_form().turn, Turn(2));
    // What is left is there when it is opened again.
    story.press("esc f");
    assert_eq!(story.retake_form().written(), ["only in src", "be brief!"]);
    story.press("ctrl+s");
    let [Command::Retake(retake)] = &story.sent()[..] else { panic!("nothing was sent") };
    assert_eq!(
        (retake.message.as_deref(), retake.instructions.as_deref()),
        (None, Some("be brief!"))
    );
}

#[test]
fn one_that_is_over_can_go_on_in_another_take_and_must_be_told_how() {
    let mut story = told();
    story.ended(2).over(ONE).press("f shift+tab up");
    assert_eq!((story.retake_form().turn, &*story.retake_form().was[0]), (Turn(3), ""));
    story.press("ctrl+s");
    assert_eq!(story.retake_form().fault.as_deref(), Some("say what it is to do"));
    assert_eq!(story.retake_form().at, RetakePart::Message, "that is where it is to be said");
    assert_eq!(story.sent(), []);
}

#[test]
fn a_replay_is_left_for_the_take_and_sends_nothing() {
    let mut story = told();
    story.desk.playhead = Some(Playhead::default());
    story.press("f").write(" and tests").press("ctrl+s");
    assert_eq!(story.done, Done::Leave);
    let wanted = story.desk.retaking.wanted.clone().unwrap();
    assert_eq!((wanted.turn, wanted.message.as_deref()), (Turn(2), Some("only in src and tests")));
    assert_eq!(story.sent(), []);
}

#[test]
fn what_another_tool_s_agent_did_is_taken_again_by_a_role_of_ours() {
    let offer = |role: &str, engine: EngineKind, missing: Option<&str>| RoleOffer {
        casting: Casting {
            role: role.into(),
            engine,
            provider: role.into(),
            instructions: format!("as {role}"),
            ..Casting::default()
        },
        missing: missing.map(str::to_owned),
        ..RoleOffer::default()
    };
    let mut story = told();
    story.desk.playhead = Some(Playhead::default());
    story.desk.retaking.recasts = true;
    story.desk.roles = vec![offer("gone", EngineKind::Claude, Some("it is not installed"))];
    story.press("f");
    assert!(story.status().contains("it is not installed"), "{}", story.status());
    assert!(story.desk.dialog.is_none());
    story.desk.roles.push(offer("writer", EngineKind::Native, None));
    story.desk.roles.push(offer("codex", EngineKind::Codex, None));
    story.press("f");
    let player = |story: &Story| story.retake_form().player().unwrap().casting.role.clone();
    assert_eq!(player(&story), "writer", "who can't be cast is not offered");
    // The instructions that the log tells stay, whoever plays it.
    story.press("shift+tab left");
    assert_eq!((player(&story), &*story.retake_form().written()[1]), ("codex".into(), "be brief"));
    story.press("ctrl+s");
    let wanted = story.desk.retaking.wanted.take().unwrap();
    assert_eq!((&*wanted.role, wanted.instructions, story.done), ("codex", None, Done::Leave));
}

#[test]
fn who_is_told_of_without_instructions_has_those_of_its_role() {
    let mut story = Story::of(0);
    let agent = story.program(EngineKind::Claude, "claude");
    story.calling(agent);
    story.desk.playhead = Some(Playhead::default());
    story.desk.retaking.recasts = true;
    story.desk.roles = ["one", "two"]
        .map(|role| RoleOffer {
            casting: Casting { role: role.into(), instructions: role.into(), ..Casting::default() },
            ..RoleOffer::default()
        })
        .to_vec();
    story.press("f");
    assert_eq!(story.retake_form().written()[1], "one");
    story.press("shift+tab right");
    assert_eq!(story.retake_form().written()[1], "two");
    story.press("tab tab").write("!").press("shift+tab shift+tab right");
    assert_eq!(story.retake_form().written()[1], "two!", "what was typed stays");
}

#[test]
fn what_can_t_be_taken_again_is_said_before_anything_is_typed() {
    let mut story = told();
    story.desk.playhead = Some(Playhead::default());
    story.desk.retaking.refused = Some("nobody plays it".into());
    story.press("f");
    assert!(story.desk.dialog.is_none() && story.status().contains("nobody plays it"));
}

#[test]
fn what_an_engine_can_t_do_is_said_and_not_offered() {
    let mut story = Story::of(0);
    story.program(EngineKind::Pty, "shell");
    story.press("f");
    assert!(story.status().contains("no turns to go back to"), "{}", story.status());
    let agent = story.program(EngineKind::Acp, "gemini");
    story.calling(agent).press("backspace");
    assert!(story.status().contains("take it again from a turn"), "{}", story.status());
}

#[test]
fn going_back_asks_which_turns_and_offers_to_do_them_again() {
    let mut story = told();
    story.press("backspace");
    assert!(story.status().contains("pause it first"), "{}", story.status());
    let (agent, reason, by, note) = (ONE, HoldReason::Director, Author::Director, String::new());
    story.tell(Event::HoldPlaced { agent, reason, by, note }).press("backspace");
    assert!(story.status().contains("once it stands still"), "{}", story.status());
    story.ended(2).over(ONE).press("backspace");
    let labels = |story: &Story| -> Vec<String> {
        story.question_open().choices.iter().map(|it| it.label.clone()).collect()
    };
    assert_eq!(labels(&story), ["Leave it", "Undo turn 2", "Undo turns 1 to 2"]);
    story.press("enter");
    assert_eq!(story.sent(), [], "the first choice is harmless");
    story.press("backspace down enter");
    assert_eq!(story.sent(), [Command::Rewind { agent: ONE, to: Turn(1) }]);
    let (to, from, by) = (Turn(1), Turn(2), Author::Director);
    story.tell(Event::Rewound { agent: ONE, to, from, files: None, by }).press("f");
    assert_eq!(story.retake_form().turn, Turn(1), "where it stands");
    story.press("esc backspace");
    assert_eq!(labels(&story), ["Leave it", "Undo turn 1", "Bring turn 2 back"]);
    story.press("up enter");
    assert_eq!(story.sent(), [Command::UndoRewind(ONE)]);
}

#[test]
fn a_program_is_taken_back_to_where_it_knows_a_place() {
    let mut story = Story::of(0);
    let agent = story.program(EngineKind::Codex, "codex");
    for n in 1..=3 {
        story.calling(agent);
        let (turn, stop) = (Turn(n), Stop::End);
        let (usage, cost) = Default::default();
        story.tell(Event::TurnEnded { agent, turn, stop, usage, cost });
    }
    let place = "p2".to_owned();
    story.tell(Event::PlaceNamed { agent, turn: Turn(2), place }).over(agent).press("backspace");
    let choices = &story.question_open().choices;
    let labels: Vec<_> = choices.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels, ["Leave it", "Undo turn 3", "Undo turns 1 to 3"]);
}

#[test]
fn whoever_takes_a_part_of_a_script_back_is_told_that_the_script_stays_as_it_is() {
    let mut story = Story::of(0);
    let agent = story.stage.next_agent();
    let spot = play::Spot { play: PlayId(1), step: "first".into(), part: None };
    let assignment = play::Assignment { spot, attempt: 1, output: None, judges: None };
    let casting = Casting {
        name: "first".into(),
        capabilities: Capabilities::NATIVE,
        assignment: Some(Box::new(assignment)),
        ..Casting::default()
    };
    let (by, outcome) = (Author::Script, Outcome::Succeeded { summary: String::new() });
    story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
    story.tell(Event::AgentStarting { agent, run: 1 }).tell(Event::AgentStarted { agent });
    story.calling(agent).ended(1).tell(Event::AgentEnded { agent, outcome }).press("backspace");
    let text = &story.question_open().text;
    assert!(text.contains("what first has handed in there still counts"), "{text}");
}

#[test]
fn takes_are_compared_and_the_best_is_marked_and_kept_in_its_role() {
    let mut story = told();
    story.press("T");
    assert!(story.status().contains("nothing to compare"), "{}", story.status());
    let retake = Retake {
        agent: ONE,
        turn: Turn(2),
        instructions: Some("Be long.\n\nMind the director.".into()),
        ..Retake::default()
    };
    let command = Command::Retake(Box::new(retake));
    let by = Author::Director;
    for event in decide(&story.stage, Input::Command { by, command }).unwrap() {
        story.tell(event);
    }
    story.desk.roles[0].casting.role = "writer".into();
    story.desk.roles[0].casting.instructions = "Be brief.\n\nMind the director.".into();
    story.desk.roles[0].text = "instructions = \"Be brief.\"\n".into();
    story.press("T down b");
    assert_eq!(story.sent(), [Command::MarkTake { agent: TWO, is_best: true }]);
    story.tell(Event::TakeMarked { agent: TWO, is_best: true, by }).press("K");
    let Some(Dialog::Role(form)) = &story.desk.dialog else { panic!("no role is open") };
    let text = form.text.lines().join("\n");
    assert!(text.contains("instructions = \"\"\"\nBe long.\n\"\"\""), "{text}");
    assert!(text.contains("# From the take agent-1-2, marked as the best, of 2 takes"), "{text}");
    assert!(text.contains("# - agent-1: not over, $0.00, 2 turns, 1 direction"), "{text}");
    // Where no role can be written, none is offered to be.
    let can_keep = |story: &Story| {
        let keeps = story.desk.can_keep_change(&story.stage);
        assert_eq!(keeps, !story.desk.is_vain(Act::KeepChange, &story.stage));
        keeps
    };
    assert!(can_keep(&story));
    story.desk.roles[0].text.clear();
    assert!(!can_keep(&story));
}
