//! What the mouse does on a whole screen.

use super::*;
use crate::ui::desk::{Dialog, LedgerView, Screen};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

fn mouse(kind: MouseEventKind, (column, row): (u16, u16)) -> Cue {
    Cue::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE })
}

fn click(place: (u16, u16)) -> Cue {
    mouse(MouseEventKind::Down(MouseButton::Left), place)
}

/// Where these words begin on the screen.
fn place(terminal: &Terminal<TestBackend>, words: &str) -> (u16, u16) {
    let buffer = terminal.backend().buffer();
    let lines = buffer.content.chunks(buffer.area.width.into());
    for (row, line) in (0..).zip(lines) {
        for column in 0..line.len() {
            let rest: String = line[column..].iter().map(ratatui::buffer::Cell::symbol).collect();
            if rest.starts_with(words) {
                return (u16::try_from(column).unwrap(), row);
            }
        }
    }
    panic!("{words:?} is nowhere on the screen:\n{}", screen(terminal))
}

struct Stand {
    show: Show,
    inputs: Receiver<Input>,
    terminal: Terminal<TestBackend>,
}

impl Stand {
    /// A stage with one agent that has said more than its pane shows.
    fn new() -> Self {
        let ((show, inputs), terminal) = (live(64), terminal());
        let mut stand = Self { show, inputs, terminal };
        let lines: Vec<_> = (1..=60).map(|it| format!("line {it}\n\n")).collect();
        stand.step(vec![news(opening()), news(vec![said(5, &lines.concat())])]);
        stand
    }

    fn step(&mut self, cues: Vec<Cue>) {
        self.show.step(cues, Millis(100));
        while self.show.draw(&mut self.terminal, Millis(100)).unwrap() {}
    }

    fn click_on(&mut self, words: &str) {
        let place = place(&self.terminal, words);
        self.step(vec![click(place)]);
    }

    fn sent(&mut self) -> Vec<Command> {
        let mut sent = Vec::new();
        while let Ok(input) = self.inputs.try_recv() {
            sent.extend(input.command().cloned());
        }
        sent.retain(|it| !matches!(it, Command::Look(..) | Command::Attend(_)));
        sent
    }

    fn shows(&self, words: &str) -> bool {
        screen(&self.terminal).contains(words)
    }
}

#[test]
fn a_key_that_is_told_is_pressed_by_a_click() {
    let mut stand = Stand::new();
    stand.sent();
    stand.click_on("p pause");
    assert_eq!(stand.sent(), [Command::Pause(ONE)]);
    stand.click_on("? help");
    assert!(matches!(stand.show.desk.dialog, Some(Dialog::Help(_))));
}

#[test]
fn a_card_is_answered_by_a_click_once_it_has_the_keys() {
    let mut stand = Stand::new();
    let ask = Ask::Approval {
        call: None,
        tool: "shell".into(),
        shown: "rm -rf build".into(),
        reason: String::new(),
    };
    let event = Event::Asked { agent: ONE, request: RequestId(1), ask };
    stand.step(vec![news(vec![Record { seq: Seq(6), at: Millis(60), event }])]);
    stand.sent();
    stand.click_on("1 needs you");
    stand.click_on("approve");
    let sent = stand.sent();
    assert!(
        matches!(sent[..], [Command::Approve { agent: ONE, request: RequestId(1), .. }]),
        "{sent:?}"
    );
}

#[test]
fn an_answer_that_a_question_offers_is_given_by_a_click() {
    let mut stand = Stand::new();
    let options = vec!["the table".to_owned(), "the loop".to_owned()];
    let ask = Ask::question(None, "Which one shall I keep?".to_owned(), options);
    let event = Event::Asked { agent: ONE, request: RequestId(1), ask };
    stand.step(vec![news(vec![Record { seq: Seq(6), at: Millis(60), event }])]);
    stand.click_on("1 needs you");
    stand.sent();
    stand.click_on("the loop");
    let sent = stand.sent();
    assert!(
        matches!(&sent[..], [Command::Answer { agent: ONE, answer, .. }] if format!("{answer:?}").contains("the loop")),
        "{sent:?}"
    );
}

#[test]
fn what_is_marked_already_is_taken_by_a_click() {
    let mut stand = Stand::new();
    stand.show.desk.roles = crate::ui::view::specimen::roles();
    stand.show.desk.screen = Screen::Cast;
    stand.step(vec![Cue::Resize]);
    let role = stand.show.desk.listed_roles()[1].casting.role.clone();
    let line = place(&stand.terminal, &role);
    stand.step(vec![click(line)]);
    assert_eq!(stand.show.desk.marked_role().map(|it| &it.casting.role), Some(&role));
    assert!(stand.show.desk.dialog.is_none());
    stand.step(vec![click(line)]);
    assert!(
        matches!(stand.show.desk.dialog, Some(Dialog::NewAgent(_))),
        "{}",
        screen(&stand.terminal)
    );
}

#[test]
fn what_the_help_and_the_costs_offer_is_had_by_a_click() {
    let mut stand = Stand::new();
    stand.click_on("? help");
    stand.click_on("Esc goes back");
    assert!(stand.show.desk.dialog.is_none());
    stand.show.desk.screen = Screen::Ledger;
    stand.step(vec![Cue::Resize]);
    stand.click_on("Burn rate");
    assert_eq!(stand.show.desk.ledger.view, LedgerView::Burn);
    stand.click_on("Costs");
    let by = stand.show.desk.ledger.by;
    stand.click_on(" by ");
    assert_ne!(stand.show.desk.ledger.by, by);
}

#[test]
fn the_wheel_looks_back_in_the_pane_under_it_and_what_comes_moves_nothing() {
    let mut stand = Stand::new();
    assert!(stand.shows("line 60") && !stand.shows("newer below"));
    let inside = place(&stand.terminal, "line 60");
    stand.step(vec![mouse(MouseEventKind::ScrollUp, inside); 3]);
    assert!(!stand.shows("line 60") && stand.shows("newer below"));
    let (_, row) = place(&stand.terminal, "line 5");
    stand.step(vec![news(vec![
        Record {
            seq: Seq(7),
            at: Millis(70),
            event: Event::TurnStarted {
                agent: ONE,
                turn: Turn(2),
                version: Version(1),
                model: "small".into(),
                reserved: None,
                again: false,
            },
        },
        said(8, "something new"),
    ])]);
    assert!(!stand.shows("something new"));
    assert_eq!(place(&stand.terminal, "line 5").1, row);
    // To the very beginning, and not beyond it: one turn down moves at once.
    stand.step(vec![mouse(MouseEventKind::ScrollUp, inside); 200]);
    assert!(stand.shows("line 1 "));
    stand.step(vec![mouse(MouseEventKind::ScrollDown, inside)]);
    assert!(!stand.shows("line 1 "));
    stand.step(vec![mouse(MouseEventKind::ScrollDown, inside); 200]);
    assert!(stand.shows("something new") && !stand.shows("newer below"));
}

#[test]
fn a_click_marks_a_choice_and_one_on_what_is_marked_takes_it() {
    let mut stand = Stand::new();
    stand.step(vec![key('q')]);
    stand.sent();
    stand.click_on("Stop all");
    assert_eq!(stand.sent(), []);
    stand.click_on("Stop all");
    assert_eq!(stand.sent(), [Command::Quit(QuitMode::Stop)]);
}
