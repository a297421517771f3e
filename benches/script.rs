//! What a script of ten thousand steps costs that do nothing: to be read, to be planned
//! to its end, to be played by the whole program, and to be looked at.
//!
//! `cargo bench --bench script -- steps=10000`
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a bench stops where it can't go on, and tells what it found"
)]

mod parts;

use auteur::{
    config::{Layer, Source},
    model::{
        Author, Command, Header, Input, Millis, Record, Stage, decide, play::Play, script::Script,
    },
    script::{Ground, Library, next, read},
    ui::{
        desk::{Desk, Screen},
        keys::Keymap,
        theme::Theme,
        view::{Scene, draw},
    },
};
use parts::{number, percentile, tell};
use ratatui::{Terminal, backend::TestBackend};
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const SIZE: (u16, u16) = (200, 50);
/// A screen that is drawn so often is smooth, and still leaves time for everything else.
const FRAME: Duration = Duration::from_millis(16);
const SECOND: Duration = Duration::from_secs(1);

fn main() {
    let steps = number("steps", 10_000) as usize;
    for (name, text) in [
        ("chain", chain(steps)),
        ("layers", layers(steps)),
        ("wide", wide(steps)),
        ("parts", parts_of_one(steps)),
    ] {
        println!("{name}: {} steps", text.matches("[[step]]").count());
        let start = Instant::now();
        let script = script(name, &text);
        tell_time("  read and checked", start.elapsed(), SECOND);
        let half = planned(&script, steps);
        whole_program(name, &text);
        frames(&half, &script);
    }
}

fn tell_time(figure: &str, found: Duration, goal: Duration) {
    tell(figure, format!("{found:.1?}"), &format!("< {goal:?}"), found < goal);
}

/// Each step needs the one before it.
fn chain(steps: usize) -> String {
    of_steps(steps, |at| at.checked_sub(1).into_iter().collect())
}

/// A hundred layers; each step needs three of the layer before.
fn layers(steps: usize) -> String {
    let wide = steps.div_ceil(100);
    of_steps(steps, |at| {
        let above = |it: usize| (at / wide).checked_sub(1).map(|row| row * wide + it % wide);
        [at, at + 1, at * 7 + 3].into_iter().filter_map(above).collect()
    })
}

/// No step needs another, but the last one all of them.
fn wide(steps: usize) -> String {
    of_steps(steps, |at| if at + 1 == steps { (0..at).collect() } else { Vec::new() })
}

fn of_steps(steps: usize, needs: impl Fn(usize) -> Vec<usize>) -> String {
    (0..steps).fold(String::new(), |mut text, at| {
        let mut needs: Vec<_> = needs(at).iter().map(|it| format!("\"s{it}\"")).collect();
        needs.sort();
        needs.dedup();
        writeln!(text, "[[step]]\nname = \"s{at}\"\nneeds = [{}]", needs.join(", ")).unwrap();
        text
    })
}

/// One step that is done for each number of a list, and one that follows it part by part.
fn parts_of_one(steps: usize) -> String {
    let parts = steps / 2;
    format!(
        "[[step]]\nname = \"each\"\nfor_each = \"range({parts}) | list\"\n\n\
         [[step]]\nname = \"then\"\nfor_each = \"each\"\n"
    )
}

fn script(name: &str, text: &str) -> Script {
    let library = Library::built_in();
    let ground = Ground { roles: &[], programs: &[], mute: &BTreeMap::new(), library: &library };
    read(ground, name, &Source::new(Layer::User, &format!("{name}.toml"), text)).unwrap()
}

/// Plans a script to its end, each fact taken in as soon as it is known. Gives the stage
/// on which half of it is done.
fn planned(script: &Script, steps: usize) -> Stage {
    let (script, inputs) = (Box::new(script.clone()), Box::default());
    let command = Command::Perform { script, inputs };
    let mut stage = Stage::new(Header::default());
    let facts = decide(&stage, Input::Command { by: Author::Director, command }).unwrap();
    let start = Instant::now();
    let mut copying = Duration::ZERO;
    let mut half = None;
    let mut pending = facts;
    while !pending.is_empty() {
        for event in std::mem::take(&mut pending) {
            let seq = stage.last().next();
            stage.apply(&Record { seq, at: Millis(seq.0), event });
        }
        if half.is_none() && done(&stage) * 2 >= steps {
            let start = Instant::now();
            half = Some(stage.clone());
            copying = start.elapsed();
        }
        pending = next(&stage, stage.now());
    }
    tell_time("  planned and folded to the end", start.elapsed().saturating_sub(copying), SECOND);
    assert!(stage.plays().all(Play::is_over), "it came to no end");
    half.unwrap()
}

/// About how many parts are done: each takes three facts or four.
fn done(stage: &Stage) -> usize {
    stage.last().0 as usize / 3
}

/// `auteur run FILE --headless`, from its start to its exit, journal and all.
fn whole_program(name: &str, text: &str) {
    let (folder, state) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let file = folder.path().join(format!("{name}.toml"));
    fs::write(&file, text).unwrap();
    let start = Instant::now();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_auteur"))
        .args(["run", "--headless"])
        .arg(&file)
        .current_dir(folder.path())
        .env("AUTEUR_STATE", state.path())
        .env("XDG_CONFIG_HOME", folder.path())
        .env("ANTHROPIC_API_KEY", "none")
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    println!("  auteur run --headless, start to exit {:.1?}", start.elapsed());
}

/// The screen of a script that is half done: as it stands, and as the director walks
/// from step to step.
fn frames(stage: &Stage, script: &Script) {
    let mut desk = Desk::new(Arc::new(Keymap::built_in().unwrap()), Vec::new());
    desk.screen = Screen::Script;
    desk.plays.are_there = true;
    let theme = Theme::builtin("night").unwrap();
    let mut terminal = Terminal::new(TestBackend::new(SIZE.0, SIZE.1)).unwrap();
    let count = script.steps.len();
    let mut times: Vec<Duration> = (0..1000)
        .map(|round| {
            desk.plays.step.clone_from(&script.steps[round * 37 % count].name);
            let scene = Scene {
                stage,
                desk: &desk,
                theme: &theme,
                now: stage.now(),
                trouble: None,
                welcome: None,
                screens: None,
            };
            let start = Instant::now();
            terminal.draw(|frame| drop(draw(frame, &scene))).unwrap();
            start.elapsed()
        })
        .collect();
    // What a program does once is done by then.
    tell_time("  its screen, the first frame", times.remove(0), FRAME * 3);
    tell_time("  its screen, a frame, p99", percentile(&mut times, 99), FRAME);
    tell_time("  its screen, a frame, median", percentile(&mut times, 50), FRAME);
}
