//! What a frame costs: 24 panes that all change, at 200x50, beside a bare
//! ratatui frame of as many bordered paragraphs, each full of text like ours.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, prints, and may stop"
)]

use auteur::{
    model::{
        AgentId, Author, CallId, Casting, Event, Header, Millis, Money, Record, Stage, Turn,
        Version,
    },
    ui::{
        desk::Desk,
        keys::Keymap,
        theme::Theme,
        view::{Scene, draw},
    },
};
use divan::Bencher;
use ratatui::{
    Frame, Terminal,
    backend::TestBackend,
    layout::{Constraint, Layout},
    widgets::{Block, Paragraph, Wrap},
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const PANES: u32 = 24;
const SIZE: (u16, u16) = (200, 50);
const WORDS: &str = "The **profile** says that most of the time goes into `parse_number`, which reads \
    every digit twice. I replace the loop by a table and run the benchmarks again.\n\n";

fn main() {
    print_ratio();
    divan::main();
}

/// The medians of many frames of each kind, side by side in one run.
fn print_ratio() {
    let mut bare = bare_frames();
    let mut ours = our_frames();
    let (mut bare_times, mut our_times) = (Vec::new(), Vec::new());
    for round in 0..400 {
        bare_times.push(timed(|| bare(round)));
        our_times.push(timed(|| ours(round)));
    }
    let (bare, ours) = (median(bare_times), median(our_times));
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    println!(
        "24 panes changing at 200x50: bare ratatui {bare:?}, auteur {ours:?}, ratio {ratio:.2}"
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[divan::bench]
fn bare_ratatui(bencher: Bencher) {
    let mut frames = bare_frames();
    let mut round = 0;
    bencher.bench_local(|| {
        round += 1;
        frames(round);
    });
}

#[divan::bench]
fn auteur(bencher: Bencher) {
    let mut frames = our_frames();
    let mut round = 0;
    bencher.bench_local(|| {
        round += 1;
        frames(round);
    });
}

fn terminal() -> Terminal<TestBackend> {
    Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap()
}

fn bare_frames() -> impl FnMut(u64) {
    let mut terminal = terminal();
    let mut texts: Vec<String> = (0..PANES).map(|_| String::new()).collect();
    move |round| {
        for (number, text) in texts.iter_mut().enumerate() {
            *text = format!("{round} {number} {WORDS}{WORDS}");
        }
        terminal.draw(|frame| draw_bare(frame, &texts)).unwrap();
    }
}

fn draw_bare(frame: &mut Frame, texts: &[String]) {
    let rows = Layout::vertical([Constraint::Fill(1); 6]).split(frame.area());
    for (row, texts) in rows.iter().zip(texts.chunks(4)) {
        let panes = Layout::horizontal([Constraint::Fill(1); 4]).split(*row);
        for (pane, text) in panes.iter().zip(texts) {
            let paragraph = Paragraph::new(text.as_str()).wrap(Wrap { trim: false });
            frame.render_widget(paragraph.block(Block::bordered().title("pane")), *pane);
        }
    }
}

fn our_frames() -> impl FnMut(u64) {
    let mut terminal = terminal();
    let mut desk = Desk::new(Arc::new(Keymap::built_in().unwrap()), Vec::new());
    desk.focus = Some(AgentId(1));
    let theme = Theme::builtin("night").unwrap();
    let mut stage = Stage::new(Header::default());
    for number in 1..=PANES {
        for event in birth(AgentId(number)) {
            tell(&mut stage, event);
        }
    }
    move |round| {
        for number in 1..=PANES {
            let text = format!("{round} {number} {WORDS}");
            tell(&mut stage, Event::Said { agent: AgentId(number), text });
        }
        let scene = Scene {
            stage: &stage,
            desk: &desk,
            theme: &theme,
            now: stage.now(),
            trouble: None,
            welcome: None,
            screens: None,
        };
        terminal.draw(|frame| drop(draw(frame, &scene))).unwrap();
    }
}

fn tell(stage: &mut Stage, event: Event) {
    let seq = stage.last().next();
    stage.apply(&Record { seq, at: Millis(seq.0 * 10), event });
}

fn birth(agent: AgentId) -> [Event; 6] {
    let casting = Casting {
        name: format!("agent-{agent}"),
        role: "coder".into(),
        model: "rehearsal-1".into(),
        brief: "Make the parser fast.".into(),
        budget: Some(Money::cents(100)),
        ..Casting::default()
    };
    [
        Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director },
        Event::AgentStarting { agent, run: 1 },
        Event::AgentStarted { agent },
        Event::ToolCalled {
            agent,
            call: CallId(1),
            id: String::new(),
            tool: "shell".into(),
            title: "cargo bench".into(),
            input: serde_json::Value::Null.into(),
            seal: None,
        },
        Event::ToolStarted { agent, call: CallId(1) },
        Event::TurnStarted {
            agent,
            turn: Turn(1),
            version: Version(1),
            model: "rehearsal-1".into(),
            reserved: None,
            again: false,
        },
    ]
}
