//! Words for an agent: none is lost on its way.

use super::*;

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
fn a_paste_keeps_its_lines_however_a_terminal_ends_them() {
    for text in ["one\rtwo", "one\ntwo", "one\r\ntwo"] {
        let mut story = Story::of(1);
        story.press("r").paste(text);
        assert_eq!(story.desk.editor.as_ref().unwrap().written(), "one\ntwo", "{text:?}");
    }
}

#[test]
fn a_new_agent_needs_a_brief_and_its_draft_is_kept() {
    let mut story = Story::of(0);
    story.press("n tab ctrl+s");
    assert!(matches!(&story.desk.dialog, Some(Dialog::NewAgent(it)) if it.fault.is_some()));
    story.write("look aro").press("esc n tab").write("und").press("tab");
    story.write("other/big").press("tab tab").write("src/**, *.md").press("tab");
    story.write("same-call=ask").press("tab").write("$2").press("enter");
    let casting = Casting {
        role: "scout".into(),
        provider: "other".into(),
        model: "big".into(),
        brief: "look around".into(),
        budget: Some(Money::cents(200)),
        scope: vec!["src/**".into(), "*.md".into()],
        watch: [(Rule::SameCall, Heed { action: Action::Ask, limit: 4 })].into(),
        ..Casting::default()
    };
    assert_eq!(story.sent(), [Command::Add(Box::new(casting))]);
}
