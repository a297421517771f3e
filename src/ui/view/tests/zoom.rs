//! One agent alone.

use super::*;
use crate::model::{Cost, Stop, Usage};

#[test]
fn the_brief_says_what_holds_an_agent_and_why_no_more_does() {
    let story = super::panes::held_by(Enclosure::Landlock, "bubblewrap is not installed");
    let zoomed = with(|it| {
        it.screen = Screen::Zoom;
        it.tab = Tab::Brief;
    });
    let text = words(&shot(&scene(&story, &zoomed), (120, 40)));
    for said in ["Sandbox: landlock", "network off", "bubblewrap is not installed"] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[test]
fn the_brief_of_a_program_says_what_it_is_and_what_can_be_done_with_it() {
    let mut story = with_program("scout");
    let agent = AgentId(1);
    let (program, session) = ("Gemini CLI 0.61.0".to_owned(), "5e55".to_owned());
    story.tell(Event::Linked { agent, program, session, model: String::new() });
    let message = serde_json::json!({"type": "new"});
    story.tell(Event::Strange { agent, name: "new".into(), message: message.into() });
    story.ask(agent, 1, specimen::approval(1, "touch a"));
    let (request, by, answer) = (RequestId(1), Author::Director, Answer::Always);
    story.tell(Event::Answered { agent, request, answer, by });
    let zoomed = with(|it| {
        it.screen = Screen::Zoom;
        it.tab = Tab::Brief;
    });
    let text = words(&shot(&scene(&story, &zoomed), (110, 34)));
    for said in [
        "reviewer · gemini · pro",
        "Gemini CLI 0.61.0",
        "5e55",
        "1 message, kept in the journal",
        "in its turn; it goes on where it was",
        "when its turn is over",
        "Allowed for good, exactly this",
        "touch a",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

#[test]
fn an_agent_alone_says_what_it_is_in_whole_words_and_that_nothing_holds_it() {
    for how in [Enclosure::Bubblewrap, Enclosure::None] {
        let mut story = super::panes::held_by(how, "");
        let agent = AgentId(1);
        let (provider, model) = ("gemini".into(), "a-model-with-a-name-of-many-words".into());
        story.tell(Event::ModelChanged { agent, provider, model, by: Author::Director });
        let zoomed = with(|it| it.screen = Screen::Zoom);
        for columns in [60, 80, 100, 120, 200] {
            let picture = words(&shot(&scene(&story, &zoomed), (columns, 24)));
            let head = picture.lines().nth(1).unwrap();
            assert!(!head.contains('…'), "{head}");
            let sign = if how == Enclosure::None { "unsandboxed" } else { "▣" };
            assert!(head.contains(sign) || head.contains("bubblewrap"), "{head}");
        }
    }
}

#[test]
fn beside_the_roster_every_tab_and_what_each_agent_does_are_in_whole_words() {
    let six = six();
    for (columns, focus) in [(80, 2), (100, 5), (120, 2), (160, 3), (200, 5)] {
        let zoomed = with(|it| {
            it.screen = Screen::Zoom;
            it.focus = Some(AgentId(focus));
            it.roster = true;
        });
        let picture = words(&shot(&scene(&six, &zoomed), (columns, 24)));
        let tabs = picture.lines().nth(3).unwrap();
        for tab in ["Log", "Brief", "Tools", "Changes", "Cost", "Events"] {
            assert!(tabs.contains(tab), "{tab}: {picture}");
        }
        for does in ["asks for approval", "asks a question", "paused 0:12 by you"] {
            assert!(picture.contains(does), "{does}: {picture}");
        }
    }
}

#[test]
fn tokens_that_are_told_in_part_are_said_to_be_a_part() {
    for is_part in [true, false] {
        let mut story = Story::open("a session");
        let capabilities = Capabilities { partial: is_part, ..Capabilities::ACP };
        let casting = Casting { name: "scout".into(), capabilities, ..Casting::default() };
        let (agent, by) = (AgentId(1), Author::Director);
        story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
        let (turn, stop, cost) = (Turn(1), Stop::End, Cost::default());
        let usage = Usage { input: 9, output: 1, ..Usage::default() };
        story.tell(Event::TurnEnded { agent, turn, stop, usage, cost });
        let zoomed = with(|it| {
            it.screen = Screen::Zoom;
            it.tab = Tab::Cost;
        });
        let text = words(&shot(&scene(&story, &zoomed), (80, 34)));
        assert_eq!(text.contains("last call of each turn are told: there were more."), is_part);
    }
}
