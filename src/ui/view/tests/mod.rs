//! What the pictures promise.

mod asking;
mod auditions;
mod cast;
mod changes;
mod dialogs;
mod footer;
mod health;
mod inbox;
mod ledger;
mod library;
mod marking;
mod paint;
mod panes;
mod past;
mod pictures;
mod script;
mod sizes;
mod versus;
mod watching;
mod zoom;

use super::{
    Grid, Hits, Scene, Welcome, draw,
    specimen::{self, Story, six},
};
use crate::model::{
    Action, AgentId, Answer, Ask, Author, Capabilities, Casting, Command, DriftEvent, Enclosure,
    EngineKind, EntryKind, Event, Evidence, Ground, HoldReason, Input, Millis, Money, Network,
    Outcome, RedirectId, RequestId, Rule, Sandbox, Seq, ToolState, Tree, Turn, Version, Whose,
    decide,
};
use crate::text::{Grammars, Patch};
use crate::ui::{
    desk::{
        Choice, Deed, Desk, Dialog, Diffed, Mark, Marker, Playhead, Question, Screen, Scroll,
        Search, SettingsFault, Setup, SetupKey, SetupProgram, Shown, Tab, ThemeAnswer, ThemeOffer,
    },
    keys::{Act, Keymap},
    theme::{Depth, Theme, Tone},
};
use proptest::prelude::*;
use ratatui::{
    Terminal,
    backend::TestBackend,
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier},
};
use std::sync::{Arc, LazyLock};

/// What opens each dialog and editor.
const DIALOGS: [Act; 17] = [
    Act::Help,
    Act::Palette,
    Act::CommandLine,
    Act::CopyMode,
    Act::Quit,
    Act::Stop,
    Act::NewAgent,
    Act::ChangeBudget,
    Act::EditInstructions,
    Act::Redirect,
    Act::Retake,
    Act::Themes,
    Act::ChangeModel,
    Act::Colour,
    Act::Limits,
    Act::Rename,
    Act::Search,
];

fn desk() -> Desk {
    static KEYMAP: LazyLock<Arc<Keymap>> = LazyLock::new(|| Arc::new(Keymap::built_in().unwrap()));
    let mut desk = Desk::new(Arc::clone(&KEYMAP), Vec::new());
    desk.focus = Some(AgentId(1));
    desk
}

/// A desk on which something was done.
fn with(change: impl FnOnce(&mut Desk)) -> Desk {
    let mut desk = desk();
    change(&mut desk);
    desk
}

fn theme() -> &'static Theme {
    static THEME: LazyLock<Theme> = LazyLock::new(|| Theme::builtin("night").unwrap());
    &THEME
}

fn scene<'a>(story: &'a Story, desk: &'a Desk) -> Scene<'a> {
    Scene {
        stage: &story.stage,
        desk,
        theme: theme(),
        now: story.now(),
        trouble: None,
        welcome: None,
        screens: None,
    }
}

fn picture(story: &Story, size: (u16, u16)) -> Buffer {
    shot(&scene(story, &desk()), size)
}

fn shot(scene: &Scene, (width, height): (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| drop(draw(frame, scene))).unwrap();
    terminal.backend().buffer().clone()
}

fn words(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| (area.left()..area.right()).map(|x| buffer[(x, y)].symbol()).collect::<String>();
    (area.top()..area.bottom()).map(line).collect::<Vec<_>>().join("\n")
}

/// Takes the picture as a snapshot of that name.
fn keep(name: &str, picture: &Buffer) {
    keep_words(name, &words(picture));
}

fn keep_words(name: &str, picture: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, picture));
}

/// The bottom line while that agent has the keys.
fn footer(story: &Story, agent: AgentId) -> String {
    let desk = with(|it| it.focus = Some(agent));
    let picture = words(&shot(&scene(story, &desk), (200, 40)));
    picture.lines().last().unwrap_or_default().to_owned()
}

/// A stage with one agent that is a program of somebody else's.
fn with_program(name: &str) -> Story {
    let mut story = Story::open("");
    let agent = story.stage.next_agent();
    let casting = Casting {
        name: name.into(),
        role: "reviewer".into(),
        engine: EngineKind::Acp,
        provider: "gemini".into(),
        model: "pro".into(),
        brief: "Look at it.".into(),
        capabilities: Capabilities { edit: false, ..Capabilities::ACP },
        ..Casting::default()
    };
    story.tell(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director });
    story.start(agent);
    story
}
