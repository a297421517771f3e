//! What a director can do to agents at work, and what the model hears of it.

use crate::{
    house::{House, processes_of, written},
    screen::Screen,
    terminal::*,
};

/// Goes round for as long as it is let; each round waits for a file `go`.
pub const ROUNDS: &str = r#"
[[part]]
name = "rounds"
brief = "go round"

[[part.turn]]
label = "round"
say = "Another round."
calls = [{ tool = "shell", with = { command = "round" } }]
then = "round"

[[part.when]]
redirect = "(?i)stop here"
go = "end"

[[part.turn]]
label = "end"
say = "I have stopped, as I was told."
"#;

/// A house with one agent in the middle of its first round.
fn going_round() -> (House, Terminal) {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round"]);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("Another round.");
    (house, terminal)
}

/// The same, held after its first round.
fn held() -> (House, Terminal) {
    let (house, mut terminal) = going_round();
    terminal.press_for("p", "worker pausing");
    house.allow("go");
    terminal.until_shown("worker paused");
    (house, terminal)
}

#[test]
fn while_an_agent_is_held_the_model_is_not_called_and_then_hears_what_was_said() {
    let (house, mut terminal) = held();
    terminal.press_for("r", "Redirect worker");
    terminal.press("please stop here\rwhen you can");
    terminal.until_shown("when you can");
    terminal.press(SAVE);
    terminal.until_gone("Redirect worker");
    terminal.until_shown("1 redirect queued");
    terminal.press_for("e", "Instructions of worker");
    terminal.press_for(" Be quick.", "v2: +1");
    // What changes is shown first.
    terminal.press_for(SAVE, "Save v2");
    terminal.press(ENTER);
    terminal.until_gone("Instructions of worker");
    terminal.until_shown("v2");
    assert_eq!(house.asked().len(), 1, "{terminal:?}");
    terminal.press_for("p", "I have stopped");
    let asked = house.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].last_user, "please stop here\nwhen you can");
    assert_eq!(written(&asked[1]), format!("{} Be quick.", written(&asked[0])));
    assert_eq!(house.marks("rounds"), 1);
}

#[test]
fn a_step_is_one_call_and_then_it_is_held_again() {
    let (house, mut terminal) = held();
    // The model is asked, and the tool that it calls is the step after.
    terminal.press_for(".", "▹");
    terminal.until_shown("worker paused");
    assert_eq!((house.asked().len(), house.marks("rounds")), (2, 1));
    terminal.press(".");
    terminal.wait("the second round", |_| house.marks("rounds") == 2);
    house.allow("go");
    terminal.until_gone("▹");
    terminal.until_shown("worker paused");
    terminal.wait("the end of the tool", |_| !house.at("project/go").exists());
    assert_eq!(house.asked().len(), 2);
    terminal.press("p");
    terminal.wait("the third round", |_| house.marks("rounds") == 3);
    assert_eq!(house.asked().len(), 3);
}

#[test]
fn a_frozen_tool_stands_still_until_it_may_go_on() {
    let (house, mut terminal) = going_round();
    terminal.press_for("!", "worker paused");
    house.allow("go");
    terminal.press_for("?", "What the keys do here");
    terminal.press(ESC);
    terminal.until_gone("What the keys do here");
    assert!(house.at("project/go").exists(), "a frozen tool went on");
    assert_eq!(house.asked().len(), 1);
    terminal.press("p");
    terminal.wait("the second round", |_| house.marks("rounds") == 2);
}

#[test]
fn an_interrupt_ends_the_tool_and_the_model_is_told_when_it_may_go_on() {
    let (house, mut terminal) = going_round();
    terminal.press_for("i", "worker paused");
    terminal.wait("no process is left", |_| tools_of(&house).is_empty());
    assert_eq!(house.asked().len(), 1);
    terminal.press("p");
    terminal.wait("another request", |_| house.asked().len() == 2);
    let said = house.asked()[1].last_result.clone();
    assert!(said.contains("interrupted"), "{said}");
}

#[test]
fn stopping_asks_first_and_cancel_is_where_enter_falls() {
    let (house, mut terminal) = going_round();
    terminal.press_for("x", "Stop worker?");
    terminal.press(ENTER);
    terminal.until_gone("Stop worker?");
    assert!(terminal.screen.has("worker running"), "{terminal:?}");
    terminal.press_for("x", "Stop worker?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.until_shown("worker stopped");
    terminal.wait("no process is left", |_| tools_of(&house).is_empty());
    assert_eq!(house.asked().len(), 1);
}

#[test]
fn a_killed_agent_leaves_no_process() {
    let (house, mut terminal) = going_round();
    terminal.press_for("X", "Kill worker?");
    terminal.press(RIGHT);
    terminal.press(ENTER);
    terminal.wait("no process is left", |_| tools_of(&house).is_empty());
    terminal.until_gone("worker running");
}

/// Processes of agents' tools, not the program itself.
fn tools_of(house: &House) -> Vec<String> {
    let mut found = processes_of(&house.project());
    found.retain(|it| it.contains("bin/round") || it.contains("sleep"));
    found
}

#[test]
fn all_are_paused_at_once_and_all_go_on() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round", "asker", "go round"]);
    terminal.until_shown("1 needs you");
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.press("P");
    terminal.until_shown("of 2 held");
    house.allow("go");
    terminal.until_shown("worker paused");
    let calls = house.asked().len();
    assert_eq!(calls, 2);
    terminal.press("P");
    terminal.wait("the second round", |_| house.marks("rounds") == 2);
}

#[test]
fn an_agent_is_cast_through_the_dialog() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&[]);
    terminal.until_shown("Nobody is on stage yet");
    terminal.press_for("n", "New agent");
    // A letter goes to the role that begins with it.
    terminal.press_for("w", "▸ worker");
    terminal.press(TAB);
    terminal.press_for("go round, my friend", "go round, my friend");
    terminal.press(SAVE);
    terminal.wait("the first round", |_| house.marks("rounds") == 1);
    terminal.until_shown("worker running");
    assert!(house.asked()[0].last_user.starts_with("go round, my friend"));
}

#[test]
fn what_is_not_named_by_a_key_is_found_in_the_palette() {
    let (house, mut terminal) = going_round();
    terminal.press_for("\x10", "Find anything");
    terminal.press_for("pause at the next", "▸ pause at the next");
    terminal.press_for(ENTER, "worker pausing");
    assert_eq!(house.asked().len(), 1);
}

#[test]
fn the_filter_narrows_the_stage_and_escape_widens_it() {
    let house = House::open(ROUNDS);
    let mut terminal = house.start(&["run", "worker", "go round", "asker", "go round"]);
    terminal.until_shown("asker");
    terminal.until_shown("worker");
    terminal.press_for("/", "Filter");
    terminal.press_for("work", "> work");
    terminal.press(ENTER);
    let is_shown = |it: &Screen| {
        it.rows().iter().any(|row| row.contains(" asker ") && !row.contains("I inbox"))
    };
    terminal.until("one pane", |it| !is_shown(it));
    terminal.until_shown("1 ● worker");
    terminal.press_for("/", "Filter");
    terminal.press(ESC);
    terminal.until("both panes", is_shown);
}

#[test]
fn escape_never_interrupts_an_agent() {
    let (house, mut terminal) = going_round();
    for _ in 0..5 {
        terminal.press(ESC);
    }
    terminal.press_for(ENTER, "following");
    terminal.press(ESC);
    terminal.until_gone("following");
    assert!(terminal.screen.has("worker running"), "{terminal:?}");
    house.allow("go");
    terminal.wait("the second round", |_| house.marks("rounds") == 2);
    assert!(!house.asked()[1].last_result.contains("interrupted"));
}

/// One long text.
const TALK: &str = r#"
[[part]]
name = "talk"
brief = "talk"

[[part.turn]]
say = "{lines}"
"#;

/// A rehearsal that says so many numbered lines.
pub fn talk(lines: usize) -> String {
    let lines: Vec<String> = (1..=lines).map(|it| format!("line {it} of a long talk")).collect();
    TALK.replace("{lines}", &lines.join("\\n\\n"))
}

#[test]
fn a_log_is_scrolled_to_its_first_line_searched_and_followed_again() {
    let house = House::open(&talk(100));
    let mut terminal = house.start(&["run", "worker", "talk"]);
    terminal.until_shown("line 100 of");
    terminal.press_for(ENTER, "Events");
    terminal.until_shown("line 100 of");
    terminal.press("g");
    terminal.until_shown("line 1 of");
    assert!(!terminal.screen.has("line 100 of"));
    terminal.press_for("/", "Search");
    terminal.press_for("line 1 of\r", "\"line 1 of\"");
    terminal.press_for("G", "line 100 of");
    for (tab, text) in [("2", "Work well."), ("5", "any"), ("6", "brief"), ("1", "line 100 of")] {
        terminal.press(tab);
        terminal.until_shown(text);
    }
}

#[test]
fn a_queued_message_is_changed_or_taken_back_before_it_is_read() {
    let (house, mut terminal) = held();
    let written =
        [("look at the moon", "1 redirect queued"), ("look at the sun", "2 redirects queued")];
    for (words, queued) in written {
        terminal.press_for("r", "Redirect worker");
        terminal.press_for(words, words);
        terminal.press(SAVE);
        terminal.until_gone("Redirect worker");
        // Until it is queued it is a draft, and would be gone on with.
        terminal.until_shown(queued);
    }
    // The newest is marked first.
    terminal.press("E");
    terminal.press_for(ENTER, "Queued redirect to worker");
    terminal.press_for(" and stars", "the sun and stars");
    terminal.press(SAVE);
    terminal.until_gone("Queued redirect to worker");
    terminal.until_shown("the sun and stars");
    terminal.press("u");
    terminal.press(DOWN);
    terminal.press(ENTER);
    terminal.until_shown("1 redirect queued");
    assert_eq!(house.asked().len(), 1);
    terminal.press("p");
    terminal.wait("another request", |_| house.asked().len() == 2);
    assert_eq!(house.asked()[1].last_user, "look at the sun and stars");
}

#[test]
fn an_urgent_message_does_not_wait_for_the_tool() {
    let (house, mut terminal) = going_round();
    terminal.press_for("r", "Redirect worker");
    terminal.press_for("stop here", "stop here");
    terminal.press_for(TAB, "Redirect worker at once");
    terminal.press(SAVE);
    terminal.until_shown("I have stopped");
    assert_eq!(house.asked()[1].last_user, "stop here");
    assert_eq!(house.marks("rounds"), 1);
}

#[test]
fn many_agents_are_paged_and_any_of_them_is_found() {
    let house = House::open(&talk(3));
    let mut arguments = vec!["run"];
    for _ in 0..20 {
        arguments.extend(["worker", "talk"]);
    }
    let mut terminal = house.start_in((80, 24), &arguments);
    terminal.until_shown("✓20");
    terminal.press_for("G", "worker-20");
    terminal.press("g");
    terminal.until_gone("worker-20");
    terminal.press_for("\x10", "Find anything");
    terminal.press_for("worker-13", "▸ look at worker-13");
    terminal.press(ENTER);
    terminal.until("the thirteenth", |it| it.has("worker-13") && !it.has("Find anything"));
}
