//! What needs the director, seen to from the list of it.

use super::*;

impl Story {
    /// A picture was drawn: what is marked was seen, to its end.
    fn drawn(&mut self) -> &mut Self {
        let item = self.desk.attended(&self.stage, self.now);
        self.desk.shown.item = item.map(|it| it.key);
        match item.and_then(|it| it.request.and(it.agent())) {
            Some(agent) => self.seen(agent),
            None => self,
        }
    }

    fn marked(&self) -> Option<(Whom, Reason)> {
        let item = self.desk.attended(&self.stage, self.now);
        item.map(|it| (it.key.whom, it.key.reason))
    }

    fn answered(&mut self, agent: AgentId) -> &mut Self {
        let (request, by) = (RequestId(1), Author::Director);
        self.tell(Event::Answered { agent, request, answer: Answer::Approved, by })
    }
}

const THREE: AgentId = AgentId(3);

#[test]
fn one_after_the_other_is_answered_without_leaving_the_list() {
    let mut story = Story::of(3);
    story.approval(ONE).question(TWO, &["left", "right"]).over(THREE).press("I");
    assert_eq!(story.context(), Context::InboxRequest);
    story.drawn().press("a");
    let approved = story.stage.agent(ONE).unwrap().requests[0].approved(ONE, Scope::Once);
    assert_eq!(story.sent(), [approved]);
    story.answered(ONE).drawn().press("2");
    let answer = Answer::Said { text: "right".into() };
    assert_eq!(story.sent(), [Command::Answer { agent: TWO, request: RequestId(1), answer }]);
    story.answered(TWO).drawn();
    assert_eq!(story.marked(), Some((Whom::Agent(THREE), Reason::Finished)));
    story.press("space");
    assert_eq!(story.sent(), [Command::Look(THREE)]);
    story.tell(Event::AgentSeen { agent: THREE }).drawn().press("a");
    assert_eq!((story.desk.screen, story.sent()), (Screen::Inbox, vec![]));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Stage);
}

#[test]
fn no_key_answers_what_came_under_it() {
    let mut story = Story::of(2);
    story.question(ONE, &["yes", "no"]).question(TWO, &["delete it", "keep it"]).press("I").drawn();
    story.answered(ONE).press("1");
    assert_eq!(story.sent(), [], "it was meant for the first");
    assert!(story.status().contains("press it again"), "{}", story.status());
    story.drawn().press("1");
    let answer = Answer::Said { text: "delete it".into() };
    assert_eq!(story.sent(), [Command::Answer { agent: TWO, request: RequestId(1), answer }]);
}

#[test]
fn the_mark_stays_on_what_it_is_on_when_something_more_pressing_comes() {
    let mut story = Story::of(3);
    story.over(THREE).press("I").drawn();
    story.approval(ONE).approval(TWO);
    assert_eq!(story.marked(), Some((Whom::Agent(THREE), Reason::Finished)));
    story.press("j");
    assert_eq!(story.marked(), Some((Whom::Agent(ONE), Reason::Approval)), "it goes round");
    story.press("w");
    assert_eq!(story.marked(), Some((Whom::Agent(TWO), Reason::Approval)));
    assert_eq!(story.desk.request, Some((TWO, RequestId(1))));
}

#[test]
fn what_is_put_off_is_out_of_the_way_until_its_time_or_until_it_is_wanted() {
    let mut story = Story::of(2);
    story.approval(ONE).approval(TWO).press("I").drawn().press("z");
    let [Command::Attend(wish)] = &story.sent()[..] else { panic!("{:?}", story.sent) };
    let AttendWish::Rest { item, until } = **wish else { panic!("{wish:?}") };
    let event = AttentionEvent::Rested { item, until, by: Author::Director };
    story.tell(Event::Attended { event: Box::new(event) });
    assert_eq!(story.marked(), Some((Whom::Agent(TWO), Reason::Approval)));
    story.press("esc w");
    assert_eq!(story.desk.focus, Some(TWO), "nobody is led to what rests");
    story.press("I Z k").drawn();
    assert_eq!(story.marked(), Some((Whom::Agent(ONE), Reason::Approval)));
    story.press("z");
    let awake = AttendWish::Wake(item);
    assert_eq!(story.sent(), [Command::Attend(Box::new(awake))]);
    story.press("Z");
    story.now = until;
    assert_eq!(story.desk.inbox_items(&story.stage, story.now).len(), 2, "its time has come");
}

#[test]
fn enter_opens_what_an_answer_takes_and_comes_back() {
    let mut story = Story::of(2);
    story.approval(ONE).question(TWO, &[]).press("I").drawn().press("enter");
    assert_eq!((story.desk.screen, story.desk.focus), (Screen::Zoom, Some(ONE)));
    story.press("esc");
    assert_eq!(story.desk.screen, Screen::Inbox);
    story.press("j").drawn().press("enter").write("that one").press("ctrl+s");
    let answer = Answer::Said { text: "that one".into() };
    assert_eq!(story.sent(), [Command::Answer { agent: TWO, request: RequestId(1), answer }]);
    assert_eq!(story.desk.screen, Screen::Inbox);
}

#[test]
fn in_a_replay_there_is_nobody_to_answer() {
    let mut story = Story::of(1);
    story.desk.playhead = Some(Playhead::default());
    story.approval(ONE).press("I");
    assert_eq!((story.desk.screen, story.desk.request), (Screen::Inbox, None));
    for key in ["a", "D", "z", "space", "enter"] {
        story.press("I").drawn().press(key);
        assert_eq!((story.sent(), story.desk.dialog.is_none()), (vec![], true), "{key}");
    }
}

#[test]
fn the_ends_and_pages_of_the_list_are_gone_to() {
    let mut story = Story::of(3);
    story.question(ONE, &["left"]).question(TWO, &["left"]).question(THREE, &["left"]).press("I");
    let mut marked = |keys: &str| {
        story.press(keys);
        story.marked().map(|it| it.0)
    };
    assert_eq!(marked("G"), Some(Whom::Agent(THREE)));
    assert_eq!(marked("pagedown"), Some(Whom::Agent(THREE)));
    assert_eq!(marked("g"), Some(Whom::Agent(ONE)));
    assert_eq!(marked("k"), Some(Whom::Agent(THREE)));
}
