//! Stories: a stage, keys, and what became of them.

use super::*;
use crate::{
    model::*,
    ui::keys::{Act, Context},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

const ONE: AgentId = AgentId(1);
const TWO: AgentId = AgentId(2);

/// A stage, a desk before it, and everything that was sent.
struct Story {
    stage: Stage,
    desk: Desk,
    now: Millis,
    sent: Vec<Command>,
    done: Done,
}

impl Story {
    /// So many agents at work.
    fn of(agents: u32) -> Self {
        let keymap = Arc::new(Keymap::built_in().unwrap());
        let offer = RoleOffer {
            casting: Casting {
                role: "scout".into(),
                provider: "rehearsal".into(),
                model: "small".into(),
                ..Casting::default()
            },
            ..RoleOffer::default()
        };
        let mut story = Self {
            stage: Stage::default(),
            desk: Desk::new(keymap, vec![offer]),
            now: Millis(0),
            sent: Vec::new(),
            done: Done::Nothing,
        };
        for agent in 1..=agents {
            let casting = Casting {
                name: format!("agent-{agent}"),
                role: if agent == 2 { "tester".into() } else { "writer".into() },
                provider: "rehearsal".into(),
                model: "small".into(),
                brief: format!("brief {agent}"),
                instructions: "be brief".into(),
                capabilities: Capabilities::NATIVE,
                ..Casting::default()
            };
            let agent = AgentId(agent);
            let by = Author::Director;
            story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
            story.tell(Event::AgentStarting { agent, run: 1 });
            story.tell(Event::AgentStarted { agent });
        }
        story.desk.shown.grid = GridShape { columns: 2, rows: 2 };
        story
    }

    fn tell(&mut self, event: Event) -> &mut Self {
        self.now = self.now.plus(Millis(10));
        let record = Record { seq: self.stage.last().next(), at: self.now, event };
        self.stage.apply(&record);
        self.desk.settle(&self.stage, self.now);
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.key(key);
        }
        self
    }

    fn key(&mut self, key: &str) {
        let (held, name) = match key.split_once('+') {
            Some(("ctrl", name)) => (KeyModifiers::CONTROL, name),
            Some(("shift", name)) => (KeyModifiers::SHIFT, name),
            _ => (KeyModifiers::NONE, key),
        };
        let code = match name {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "space" => KeyCode::Char(' '),
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "down" => KeyCode::Down,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            name => KeyCode::Char(name.chars().next().unwrap()),
        };
        self.done = self.desk.key(KeyEvent::new(code, held), &self.stage, self.now);
        if let Done::Send(commands) = &self.done {
            self.sent.extend(commands.iter().cloned());
        }
    }

    fn write(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            self.done = self.desk.key(key, &self.stage, self.now);
        }
        self
    }

    fn paste(&mut self, text: &str) -> &mut Self {
        self.done = self.desk.paste(text, &self.stage, self.now);
        if let Done::Send(commands) = &self.done {
            self.sent.extend(commands.iter().cloned());
        }
        self
    }

    /// The agent has a model call out.
    fn calling(&mut self, agent: AgentId) -> &mut Self {
        let (turn, version) = (self.stage.agent(agent).unwrap().turn.next(), Version(1));
        let model = "small".to_owned();
        self.tell(Event::TurnStarted { agent, turn, version, model, reserved: None, again: false })
    }

    fn held(&mut self, agent: AgentId, reason: HoldReason) -> &mut Self {
        self.tell(Event::HoldPlaced { agent, reason, by: Author::Director, note: String::new() })
    }

    fn asked(&mut self, agent: AgentId, ask: Ask) -> &mut Self {
        self.tell(Event::Asked { agent, request: RequestId(1), ask })
    }

    fn approval(&mut self, agent: AgentId) -> &mut Self {
        let (call, tool) = (CallId(1), "shell".to_owned());
        let (shown, reason) = ("cargo publish".to_owned(), "not allowed".to_owned());
        self.asked(agent, Ask::Approval { call, tool, shown, reason })
    }

    fn question(&mut self, agent: AgentId, options: &[&str]) -> &mut Self {
        let options = options.iter().map(|it| (*it).to_owned()).collect();
        self.asked(agent, Ask::Question { call: None, text: "which?".to_owned(), options })
    }

    fn over(&mut self, agent: AgentId) -> &mut Self {
        let outcome = Outcome::Succeeded { summary: String::new() };
        self.tell(Event::AgentEnded { agent, outcome })
    }

    /// The picture showed the end of the agent's request.
    fn seen(&mut self, agent: AgentId) -> &mut Self {
        let requests = [(agent, RequestId(1))].into();
        let shown = Shown { requests, ..self.desk.shown.clone() };
        self.desk.take_shown(shown, &self.stage);
        self
    }

    fn sent(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.sent)
    }

    fn status(&self) -> &str {
        self.desk.status.as_ref().map_or("", |it| &it.text)
    }

    fn context(&self) -> Context {
        self.desk.context(&self.stage)
    }

    fn question_open(&self) -> &Question {
        match &self.desk.dialog {
            Some(Dialog::Question(question)) => question,
            other => panic!("no question is open but {other:?}"),
        }
    }
}

#[test]
fn the_first_agent_has_the_keys_and_focus_moves_on_the_grid() {
    let mut story = Story::of(6);
    let mut looked = Vec::new();
    for key in ["l", "j", "h", "k", "right", "tab", "3", "j", "shift+tab"] {
        story.press(key);
        looked.push(story.desk.focus.unwrap().0);
    }
    assert_eq!(looked, [2, 4, 3, 1, 2, 3, 3, 5, 4]);
}

#[test]
fn pages_are_turned_and_numbers_count_the_panes_in_sight() {
    let mut story = Story::of(6);
    story.press("pagedown");
    assert_eq!((story.desk.focus, story.desk.page), (Some(AgentId(5)), 1));
    story.press("2");
    assert_eq!(story.desk.focus, Some(AgentId(6)));
    story.press("pageup");
    assert_eq!((story.desk.focus, story.desk.page), (Some(ONE), 0));
    story.press("G");
    assert_eq!((story.desk.focus, story.desk.page), (Some(AgentId(6)), 1));
}

#[test]
fn p_pauses_then_freezes_then_lets_go_on() {
    let mut story = Story::of(1);
    story.calling(ONE).press("p");
    assert_eq!(story.sent(), [Command::Pause(ONE)]);
    story.press("p");
    assert_eq!(story.sent(), [Command::Pause(ONE)], "not a fact yet: nothing to freeze");
    story.held(ONE, HoldReason::Director).press("p");
    assert_eq!(story.sent(), [Command::Freeze(ONE)]);
    story.tell(Event::Frozen { agent: ONE, what: "the stream".into() }).press("p");
    assert_eq!(story.sent(), [Command::Resume(ONE)]);
}

#[test]
fn directions_are_commands_to_the_focused_agent() {
    let mut story = Story::of(2);
    story.press("tab ! . i");
    let all = [Command::Freeze(TWO), Command::Step(TWO), Command::Interrupt(TWO)];
    assert_eq!(story.sent(), all);
}

#[test]
fn a_hold_for_money_asks_and_another_hold_is_lifted_by_itself() {
    let mut story = Story::of(2);
    story.held(ONE, HoldReason::Budget);
    let (spent, budget) = (Money::cents(90), Money::cents(100));
    story.asked(ONE, Ask::Budget { spent, estimate: None, budget, of_all: false }).press("p");
    let labels: Vec<_> = story.question_open().choices.iter().map(|it| &*it.label).collect();
    assert_eq!(labels, ["Cancel", "Raise it", "Let it finish up", "Stop the agent"]);
    story.press("enter");
    assert_eq!(story.sent(), [], "the first choice does nothing");
    story.press("p j enter").write("2.50").press("enter");
    let budget = Some(Money::cents(250));
    assert_eq!(story.sent(), [Command::ChangeBudget { agent: ONE, budget }]);
    story.press("p j j enter");
    assert!(matches!(story.sent().as_slice(), [Command::Answer { agent: ONE, .. }]));
    story.press("tab").held(TWO, HoldReason::Watch).press("p");
    assert_eq!(story.sent(), [Command::Lift(TWO, HoldReason::Watch)]);
}

#[test]
fn a_budget_that_is_no_amount_is_told_and_can_be_mended() {
    let mut story = Story::of(1);
    story.press("b").write("much").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("closed") };
    assert!(prompt.fault.as_ref().unwrap().contains("expected an amount"));
    assert_eq!(story.sent(), []);
}

#[test]
fn all_are_paused_with_a_count_and_then_resumed() {
    let mut story = Story::of(3);
    story.calling(TWO).press("P");
    assert_eq!(story.sent(), [Command::PauseAll]);
    story.held(ONE, HoldReason::Director).held(TWO, HoldReason::Director);
    assert_eq!(story.status(), "1 of 3 held");
    story.held(AgentId(3), HoldReason::Director);
    assert_eq!(story.status(), "2 of 3 held");
    story.tell(Event::Frozen { agent: TWO, what: String::new() });
    assert_eq!(story.status(), "3 of 3 held");
    story.press("P");
    assert_eq!(story.sent(), [Command::ResumeAll]);
}

#[test]
fn a_redirect_is_written_and_sent_for_the_next_step_or_at_once() {
    let mut story = Story::of(1);
    story.press("r");
    assert_eq!(story.context(), Context::Editor);
    story.write("pq!").press("enter").write("two").press("ctrl+s");
    let text = "pq!\ntwo".to_owned();
    assert_eq!(story.sent(), [Command::Redirect { agent: ONE, text, now: false }]);
    let (redirect, text) = (RedirectId(1), "pq!\ntwo".to_owned());
    let by = Author::Director;
    story.tell(Event::RedirectWritten { agent: ONE, redirect, text, by });
    assert!(story.desk.drafts.is_empty(), "what arrived is no draft");
    story.press("r tab").write("now").press("ctrl+s");
    let text = "now".to_owned();
    assert_eq!(story.sent(), [Command::Redirect { agent: ONE, text, now: true }]);
}

#[test]
fn a_queued_message_is_edited_or_taken_back_and_one_of_several_is_chosen() {
    let mut story = Story::of(1);
    let by = Author::Director;
    story.press("E");
    assert_eq!(story.status(), "no message to agent-1 is queued");
    let queue = |story: &mut Story, id, text: &str| {
        let (redirect, text) = (RedirectId(id), text.to_owned());
        story.tell(Event::RedirectWritten { agent: ONE, redirect, text, by });
    };
    queue(&mut story, 1, "one");
    story.press("E").write("!").press("ctrl+s");
    let text = "one!".to_owned();
    let redirect = RedirectId(1);
    assert_eq!(story.sent(), [Command::EditRedirect { agent: ONE, redirect, text }]);
    queue(&mut story, 2, "two");
    story.press("u k enter");
    assert_eq!(story.sent(), [Command::TakeBack { agent: ONE, redirect }]);
}

#[test]
fn new_instructions_are_shown_as_a_change_before_they_are_saved() {
    let mut story = Story::of(1);
    story.press("e").write("!").press("ctrl+s");
    let change = story.question_open().change.clone().unwrap();
    assert_eq!((&*change.before, &*change.after), ("be brief", "be brief!"));
    assert_eq!(story.sent(), []);
    story.press("esc");
    assert_eq!(story.context(), Context::Editor, "cancelling goes on writing");
    story.press("ctrl+s enter");
    let text = "be brief!".to_owned();
    assert_eq!(story.sent(), [Command::EditInstructions { agent: ONE, text }]);
    assert!(story.desk.editor.is_none());
}

#[test]
fn an_older_version_is_looked_at_and_saved_as_the_next_one() {
    let mut story = Story::of(1);
    let (version, by) = (Version(2), Author::Director);
    story.tell(Event::InstructionsEdited { agent: ONE, version, text: "be long".into(), by });
    story.press("enter 2 {");
    assert_eq!((story.desk.version, story.status()), (Some(Version(1)), "version 1 of 2"));
    story.press("} }");
    assert_eq!(story.desk.version, Some(Version(2)));
    story.press("{ e ctrl+s enter");
    assert_eq!(story.sent(), [Command::EditInstructions { agent: ONE, text: "be brief".into() }]);
}

#[test]
fn what_is_typed_survives_esc_the_agents_end_and_another_editor() {
    let mut story = Story::of(2);
    story.press("r").write("half a thou").press("esc");
    assert_eq!((&story.desk.editor.is_none(), story.sent()), (&true, vec![]));
    story.press("tab r").write("other").over(TWO).press("esc");
    story.press("1 r").write("ght");
    assert_eq!(story.desk.editor.as_ref().unwrap().written(), "half a thought");
    story.press("esc 2 r");
    assert_eq!(story.desk.editor.as_ref().unwrap().written(), "other");
}

#[test]
fn a_busy_supervisor_or_a_refusal_loses_no_text() {
    let mut story = Story::of(1);
    story.press("r").write("text").press("ctrl+s");
    story.desk.busy(story.now);
    assert_eq!(story.status(), "busy, press again; your text is kept");
    story.press("r");
    assert_eq!(story.desk.editor.as_ref().unwrap().written(), "text");
    story.press("ctrl+s");
    story.desk.refused(&Refusal::Nothing("no"), story.now);
    story.press("r");
    assert_eq!(story.desk.editor.as_ref().unwrap().written(), "text");
}

#[test]
fn words_for_what_is_over_meanwhile_are_kept_for_a_new_redirect() {
    let mut story = Story::of(1);
    let (redirect, by) = (RedirectId(1), Author::Director);
    story.tell(Event::RedirectWritten { agent: ONE, redirect, text: "old".into(), by });
    story.press("E").write(" and new").press("ctrl+s");
    let (turn, text) = (Turn(1), "old".into());
    story.tell(Event::RedirectDelivered { agent: ONE, redirect, turn, text });
    story.desk.refused(&Refusal::Nothing("that message is not queued any more"), story.now);
    assert!(story.status().ends_with("your text is kept for a new redirect"));
    story.press("r");
    assert_eq!(story.desk.editor.as_ref().unwrap().written(), "old and new");
}

#[test]
fn an_answer_that_came_too_late_is_kept() {
    let mut story = Story::of(1);
    story.question(ONE, &[]).press("w enter").write("yes").press("ctrl+s");
    let (request, answer, by) = (RequestId(1), Answer::Withdrawn, Author::Supervisor);
    story.tell(Event::Answered { agent: ONE, request, answer, by });
    story.desk.refused(&Refusal::Nothing("that request is not open any more"), story.now);
    assert_eq!(story.desk.drafts.values().collect::<Vec<_>>(), ["yes"]);
    assert!(story.desk.drafts.contains_key(&DraftKey::Editor(Purpose::Redirect(ONE))));
}

#[test]
fn a_model_is_taken_of_a_known_provider_only_and_typing_replaces_the_proposal() {
    let mut story = Story::of(1);
    story.desk.providers = vec!["openai".into(), "rehearsal".into()];
    story.press("m").write("zzz/qqq").press("enter");
    let Some(Dialog::Prompt(prompt)) = &story.desk.dialog else { panic!("closed") };
    let fault = "no provider is called zzz; there is openai, rehearsal";
    assert_eq!(prompt.fault.as_deref(), Some(fault));
    story.press("esc m").write("large").press("enter m").write("openai/o").press("enter");
    let changed = |provider: &str, model: &str| Command::ChangeModel {
        agent: ONE,
        provider: provider.into(),
        model: model.into(),
    };
    assert_eq!(story.sent(), [changed("rehearsal", "large"), changed("openai", "o")]);
}

#[test]
fn nothing_is_approved_before_its_end_was_on_the_screen() {
    let mut story = Story::of(1);
    story.approval(ONE).press("a");
    assert_eq!(story.sent(), []);
    assert!(story.status().contains("to its end"), "{}", story.status());
    let answer = Answer::Approved;
    let request = RequestId(1);
    story.seen(ONE).press("a");
    assert_eq!(story.sent(), [Command::Answer { agent: ONE, request, answer }]);
}

#[test]
fn a_and_d_mean_nothing_where_nobody_asks() {
    let mut story = Story::of(2);
    story.approval(TWO).seen(TWO).press("a D");
    assert_eq!((story.sent(), story.desk.dialog.is_none()), (vec![], true));
    story.press("tab D").write("no, thanks").press("enter");
    let (request, answer) = (RequestId(1), Answer::Denied { why: "no, thanks".into() });
    assert_eq!(story.sent(), [Command::Answer { agent: TWO, request, answer }]);
}

#[test]
fn a_question_is_answered_in_words_or_by_number_but_only_when_it_has_the_keys() {
    let mut story = Story::of(2);
    story.question(ONE, &["left", "right"]).press("2");
    assert_eq!((story.desk.focus, story.sent()), (Some(TWO), vec![]));
    story.press("w 2");
    let (agent, request) = (ONE, RequestId(1));
    let said = |text: &str| Answer::Said { text: text.into() };
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer: said("right") }]);
    story.press("enter").write("both").press("ctrl+s");
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer: said("both") }]);
}

#[test]
fn in_the_zoom_a_number_proposes_an_answer_and_sends_none() {
    let mut story = Story::of(1);
    story.question(ONE, &["left", "right"]).press("enter 2");
    assert_eq!(story.sent(), []);
    story.press("ctrl+s");
    let (agent, request) = (ONE, RequestId(1));
    let answer = Answer::Said { text: "right".into() };
    assert_eq!(story.sent(), [Command::Answer { agent, request, answer }]);
}

#[test]
fn ctrl_j_ends_a_line_and_deletes_nothing() {
    let mut story = Story::of(1);
    story.press("r").write("one").press("ctrl+j").write("two").press("ctrl+s");
    let text = "one\ntwo".to_owned();
    assert_eq!(story.sent(), [Command::Redirect { agent: ONE, text, now: false }]);
}

#[test]
fn an_answer_to_a_question_that_is_over_is_kept() {
    let mut story = Story::of(1);
    story.question(ONE, &[]).press("w enter").write("yes");
    let (request, answer, by) = (RequestId(1), Answer::Withdrawn, Author::Supervisor);
    story.tell(Event::Answered { agent: ONE, request, answer, by }).press("ctrl+s");
    assert_eq!(story.sent(), []);
    assert_eq!(story.desk.drafts.values().collect::<Vec<_>>(), ["yes"]);
}

#[test]
fn stopping_asks_and_the_first_choice_is_to_cancel() {
    let mut story = Story::of(1);
    story.press("x");
    assert_eq!(story.question_open().selected, 0);
    story.press("enter x esc X enter");
    assert_eq!(story.sent(), []);
    story.press("x l enter");
    assert_eq!(story.sent(), [Command::Stop(ONE)]);
    story.press("X l enter");
    assert_eq!(story.sent(), [Command::Kill(ONE)]);
}

#[test]
fn quitting_asks_what_becomes_of_agents_at_work() {
    let mut story = Story::of(2);
    story.press("q enter");
    assert_eq!((story.sent(), story.desk.is_leaving), (vec![], false));
    story.press("q j enter");
    assert_eq!(story.sent(), [Command::Quit(QuitMode::Pause)]);
    story.press("q");
    assert_eq!(story.done, Done::Leave, "the second time leaves at once");
    let mut story = Story::of(1);
    story.over(ONE).press("q");
    assert_eq!(story.sent(), [Command::Quit(QuitMode::Pause)]);
}

#[test]
fn w_goes_round_those_who_need_the_director() {
    let mut story = Story::of(3);
    story.press("w");
    assert_eq!(story.status(), "nobody needs you");
    story.approval(AgentId(3)).question(TWO, &[]);
    let mut looked = Vec::new();
    for _ in 0..3 {
        story.press("w");
        looked.push(story.desk.request.unwrap().0.0);
    }
    assert_eq!(looked, [3, 2, 3]);
    assert_eq!(story.context(), Context::Request);
}

#[test]
fn esc_goes_back_and_never_reaches_an_agent() {
    let mut story = Story::of(2);
    story.calling(ONE).approval(ONE).press("w enter");
    for _ in 0..6 {
        story.press("esc");
    }
    assert_eq!((story.desk.screen, story.desk.request), (Screen::Stage, None));
    assert_eq!(story.sent(), []);
}

#[test]
fn pasted_text_is_never_keys() {
    let mut story = Story::of(1);
    story.approval(ONE).seen(ONE).press("w").paste("a\r");
    assert!(story.status().contains("not taken for keys"));
    story.press("esc x").paste("l\r\n");
    assert_eq!(story.question_open().selected, 0);
    story.press("esc D").paste("y\x1b[201~\r\n");
    assert!(matches!(story.desk.dialog, Some(Dialog::Prompt(_))));
    story.press("esc P").press("r").paste("a\x1b]52;c;aGk=\x07b\r\np");
    let written = story.desk.editor.as_ref().unwrap().written();
    assert_eq!(written.lines().count(), 2, "{written:?}");
    assert!(!written.contains('\x1b') && !written.contains('\x07'), "{written:?}");
    assert_eq!(story.sent(), [Command::PauseAll]);
}

#[test]
fn a_filter_shows_only_what_fits_and_keeps_the_focus_on_it() {
    let mut story = Story::of(3);
    story.press("/").write("tester");
    assert_eq!(story.desk.in_sight(&story.stage), [TWO]);
    story.press("enter");
    assert_eq!(story.desk.focus, Some(TWO));
    story.press("esc");
    assert_eq!(story.desk.in_sight(&story.stage).len(), 3);
}

#[test]
fn a_search_finds_entries_and_goes_round_them() {
    let mut story = Story::of(1);
    for (turn, text) in ["one Fish", "two", "fish three"].into_iter().enumerate() {
        story.calling(ONE).tell(Event::Said { agent: ONE, text: text.into() });
        let turn = Turn(u32::try_from(turn).unwrap() + 1);
        let (usage, cost, stop) = (Usage::default(), Cost::default(), Stop::End);
        story.tell(Event::TurnEnded { agent: ONE, turn, stop, usage, cost });
    }
    story.press("enter /").write("fish").press("enter");
    assert_eq!(story.status(), "2 entries");
    let at = |story: &Story| match story.desk.scroll {
        Scroll::At(seq) => seq,
        other => panic!("{other:?}"),
    };
    let last = at(&story);
    story.press("n");
    assert!(at(&story) < last);
    story.press("N");
    assert_eq!(at(&story), last);
    story.press("/").write("x").press("enter");
    assert_eq!(story.status(), "not found");
}

#[test]
fn scrolling_back_stops_following_and_the_end_follows_again() {
    let mut story = Story::of(1);
    story.press("enter");
    story.desk.shown = Shown { lines: 10, most: Some(25), ..Shown::default() };
    let mut scrolls = Vec::new();
    for key in ["k", "pageup", "pageup", "pageup", "j", "G"] {
        story.press(key);
        scrolls.push(story.desk.scroll);
    }
    let back = [1, 10, 19, 25, 24].map(Scroll::Back);
    assert_eq!(scrolls[..5], back);
    assert_eq!(scrolls[5], Scroll::Follow);
}

#[test]
fn scrolling_beyond_what_is_loaded_wishes_for_more() {
    let mut story = Story::of(1);
    assert_eq!(story.desk.wish(), None);
    story.press("enter");
    let wish = |anchor| Some(ReadWish { agent: ONE, anchor });
    assert_eq!(story.desk.wish(), wish(Anchor::End));
    let reading = Reading {
        agent: ONE,
        log: story.stage.agent(ONE).unwrap().log.clone(),
        first: 500,
        last: 900,
        at_start: false,
        at_end: true,
        through: story.stage.last(),
    };
    story.desk.take_reading(reading);
    assert_eq!(story.desk.wish(), None);
    story.desk.shown = Shown { lines: 10, most: Some(3), ..Shown::default() };
    story.press("k pageup");
    assert_eq!(story.desk.wish(), wish(Anchor::Around(500)));
    story.press("g");
    assert_eq!(story.desk.wish(), wish(Anchor::Start));
}

#[test]
fn a_search_goes_on_in_the_stretch_before_and_says_where_it_ends() {
    let mut story = Story::of(1);
    let log = |seq: u64, text: &str| {
        let mut log = Log::new(LogBounds::READING);
        let event = Event::Said { agent: ONE, text: text.into() };
        log.apply(&Record { seq: Seq(seq), at: Millis(seq), event });
        log
    };
    let stretch = |first: u64, log: Log, at_end| Reading {
        agent: ONE,
        log,
        first,
        last: first + 400,
        at_start: first == 0,
        at_end,
        through: Seq(900),
    };
    story.press("enter");
    story.desk.take_reading(stretch(800, log(800, "fish"), true));
    story.press("/").write("fish").press("enter N");
    assert_eq!(story.desk.wish().map(|it| it.anchor), Some(Anchor::Around(800)));
    story.desk.take_reading(stretch(400, log(400, "bird"), false));
    assert_eq!(story.desk.wish().map(|it| it.anchor), Some(Anchor::Around(400)));
    story.desk.take_reading(stretch(0, log(9, "a fish"), false));
    assert_eq!((story.desk.scroll, story.desk.wish()), (Scroll::At(Seq(9)), None));
    assert_eq!(story.status(), "1 of 1 in this part of the log");
}

#[test]
fn an_agent_that_ended_is_seen_by_a_close_look_or_a_long_one() {
    let mut story = Story::of(2);
    story.over(TWO).press("tab");
    assert_eq!(story.sent(), []);
    let due = story.desk.glance_due(&story.stage).unwrap();
    assert_eq!(due, story.now.plus(Millis(1000)));
    let done = story.desk.glance(&story.stage, due);
    assert_eq!(done, Done::Send(vec![Command::Look(TWO)]));
    assert_eq!(story.desk.glance_due(&story.stage), None, "it is said once");
    let mut story = Story::of(2);
    story.over(TWO).press("tab enter");
    assert_eq!(story.sent(), [Command::Look(TWO)]);
}

#[test]
fn a_new_agent_needs_a_brief_and_its_draft_is_kept() {
    let mut story = Story::of(0);
    story.press("n tab ctrl+s");
    assert!(matches!(&story.desk.dialog, Some(Dialog::NewAgent(it)) if it.fault.is_some()));
    story.write("look aro").press("esc n tab").write("und").press("tab");
    story.write("other/big").press("tab").write("$2").press("enter");
    let casting = Casting {
        role: "scout".into(),
        provider: "other".into(),
        model: "big".into(),
        brief: "look around".into(),
        budget: Some(Money::cents(200)),
        ..Casting::default()
    };
    assert_eq!(story.sent(), [Command::Add(Box::new(casting))]);
}

#[test]
fn the_palette_finds_acts_and_agents() {
    let mut story = Story::of(2);
    story.press(":").write("agent-2").press("enter");
    assert_eq!((story.desk.focus, story.desk.dialog.is_none()), (Some(TWO), true));
    story.press(":").write("all agents, or resume").press("enter");
    assert_eq!(story.sent(), [Command::PauseAll]);
}

#[test]
fn the_help_lists_the_keys_that_hold_here_and_can_be_filtered() {
    let mut story = Story::of(1);
    story.press("?");
    let count = |story: &Story| match &story.desk.dialog {
        Some(Dialog::Help(help)) => help.parts.iter().map(|it| it.lines.len()).sum::<usize>(),
        other => panic!("{other:?}"),
    };
    let all = count(&story);
    story.press("/").write("freeze");
    assert!((1..all).contains(&count(&story)));
    story.press("esc");
    assert_eq!(count(&story), all);
    story.press("esc");
    assert!(story.desk.dialog.is_none());
}

#[test]
fn a_replay_commands_nobody_whatever_is_pressed() {
    let mut story = Story::of(3);
    story.approval(ONE).calling(TWO).over(AgentId(3));
    story.desk.playhead = Some(Playhead::default());
    for act in Act::all() {
        for (screen, focus) in [(Screen::Stage, ONE), (Screen::Zoom, AgentId(3))] {
            story.desk.dialog = None;
            story.desk.editor = None;
            story.desk.screen = screen;
            story.desk.focus = Some(focus);
            let done = story.desk.act(act, &story.stage, story.now);
            assert!(!matches!(done, Done::Send(_)), "{act:?}");
            assert!(story.desk.editor.is_none(), "{act:?}");
        }
    }
    story.press("p");
    assert_eq!(story.sent(), []);
}

#[test]
fn the_keys_of_a_replay_move_its_head() {
    let mut story = Story::of(1);
    story.desk.playhead = Some(Playhead::default());
    let plays = [
        ("space", Play::Toggle),
        ("left", Play::Events(-1)),
        ("right", Play::Events(1)),
        ("[", Play::Turns(-1, None)),
        ("shift+right", Play::Turns(1, None)),
        ("g", Play::Start),
        ("G", Play::End),
        ("7", Play::Tenth(7)),
        ("+", Play::Faster),
        ("-", Play::Slower),
        ("*", Play::Pace(Pace::Full)),
        ("n", Play::Marker(Towards::End)),
    ];
    for (key, play) in plays {
        story.press(key);
        assert_eq!(story.done, Done::Play(play), "{key}");
    }
    story.press("q");
    assert_eq!(story.done, Done::Leave);
}
