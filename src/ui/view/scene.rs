//! Everything a picture is made of, and what of it can be clicked.

use super::{ink::Row, palette::Palette};
use crate::{
    model::{Agent, AgentId, Millis, Reason, Stage},
    text::terminal::Emulator,
    ui::{
        desk::{Desk, Edge, LedgerView, Screen, Shown, Tab},
        keys::{Act, Context, Keymap},
        screens::Screens,
        theme::Theme,
    },
};
use ratatui::{
    layout::{Position, Rect},
    style::Style,
};
use std::collections::BTreeMap;

/// All that the picture depends on. Nothing in it changes while it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The state of the session.
    pub stage: &'a Stage,
    /// Where the director looks.
    pub desk: &'a Desk,
    /// How things look.
    pub theme: &'a Theme,
    /// The time of the session at which the picture is taken.
    pub now: Millis,
    /// What is wrong with the journal, if anything: nothing may be lost unseen.
    pub trouble: Option<&'a str>,
    /// What the first screen says while there is no agent.
    pub welcome: Option<&'a Welcome>,
    /// The screens of commands in terminals, where anybody keeps them.
    pub screens: Option<&'a Screens>,
}

/// What the first screen says beyond what it always says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Welcome {
    /// The session that can be taken up from here, in a few words.
    pub offer: Option<String>,
    /// Lines of plain words: what was looked for and not found, and what to do.
    pub lines: Vec<String>,
}

/// Something on the screen that can be clicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// An agent: its pane, or its line in the roster.
    Agent(AgentId),
    /// A screen, by its name in the header.
    Screen(Screen),
    /// Something that needs the director: its place in the list.
    Item(usize),
    /// A role of the cast: its place in the list.
    Role(usize),
    /// A former session, or something that is found in one: its place in the list.
    Past(usize),
    /// A script that is there: its place in the list.
    Script(usize),
    /// A row of two that are held against each other: its place.
    Row(usize),
    /// A step of the play that is looked at: its place in the script.
    Step(usize),
    /// A tab of the agent that is looked at.
    Tab(Tab),
    /// What of the costs is looked at.
    View(LedgerView),
    /// The timeline of a replay; how far along it lies in the area.
    Timeline,
    /// A choice of the open dialog, or a line of its list, counted from 0.
    Choice(usize),
    /// A key that is told with what it does: which of those that the picture has.
    Key(usize),
    /// What a key does that is not told there.
    Deed(Act),
    /// The terminal of a command, shown alone.
    Terminal,
    /// An edge between two parts of the stage, that can be moved.
    Edge(Edge),
    /// What lies behind an open dialog.
    Behind,
}

/// What a picture tells those who have to do with it: where what can be clicked
/// stands, and what was in sight.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    areas: Vec<(Rect, Hit)>,
    /// The keys that are told, as they are told.
    keys: Vec<String>,
    /// How far scrolling can go, and what the director can have read: for
    /// [`Desk::shown`].
    pub shown: Shown,
}

impl Hits {
    /// What stands at that place, and its area; of things that overlap, the one
    /// on top.
    pub fn at(&self, column: u16, row: u16) -> Option<(Rect, Hit)> {
        let place = Position { x: column, y: row };
        self.areas.iter().rev().find(|(area, _)| area.contains(place)).copied()
    }

    /// Where it stands, if nothing lies over all.
    pub(super) fn area_of(&self, hit: Hit) -> Option<Rect> {
        let is_seen = !self.areas.iter().any(|(_, it)| *it == Hit::Behind);
        let area = self.areas.iter().find(|(_, it)| *it == hit).map(|(area, _)| *area);
        area.filter(|_| is_seen)
    }

    /// The key that is told there.
    pub fn key(&self, which: usize) -> Option<&str> {
        self.keys.get(which).map(String::as_str)
    }

    /// Notes a key that was written at the right, with what it does.
    pub(super) fn add_key(&mut self, row: &Row, (key, width): (&str, u16)) {
        let area = Rect { x: row.end(), y: row.line(), width, height: 1 };
        self.add(area, Hit::Key(self.keys.len()));
        self.keys.push(key.to_owned());
    }

    /// Writes a key with what it does, where it is pressed by a click, too.
    pub(super) fn offer(
        &mut self,
        row: &mut Row,
        (key, what): (&str, &str),
        (key_style, style): (Style, Style),
    ) {
        let start = row.column();
        row.put(key, key_style).skip(1).put(what, style);
        let width = row.column().saturating_sub(start);
        row.skip(2);
        self.press(Rect { x: start, y: row.line(), width, height: 1 }, key);
    }

    /// Notes that a click there presses this key.
    pub(super) fn press(&mut self, area: Rect, key: &str) {
        self.add(area, Hit::Key(self.keys.len()));
        self.keys.push(key.to_owned());
    }

    pub(super) fn add(&mut self, area: Rect, hit: Hit) {
        self.areas.push((area, hit));
    }
}

/// The keys that are named in panes, looked up once a frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Named {
    pub(super) approve: String,
    pub(super) always: String,
    pub(super) approve_equal: String,
    pub(super) deny_equal: String,
    pub(super) deny: String,
    pub(super) answer: String,
    pub(super) next_waiting: String,
    pub(super) edit: String,
    pub(super) older: String,
    pub(super) newer: String,
    pub(super) zoom: String,
    pub(super) new_agent: String,
    pub(super) take_up: String,
    pub(super) demo: String,
    pub(super) help: String,
    pub(super) quit: String,
    pub(super) cast: String,
}

impl Named {
    pub(super) fn of(keymap: &Keymap) -> Self {
        let key =
            |context, act| keymap.keys_for(context, act).into_iter().next().unwrap_or_default();
        Self {
            approve: key(Context::Request, Act::Approve),
            always: key(Context::Request, Act::ApproveAlways),
            approve_equal: key(Context::Request, Act::ApproveEqual),
            deny_equal: key(Context::Request, Act::DenyEqual),
            deny: key(Context::Request, Act::Deny),
            answer: key(Context::Request, Act::Answer),
            next_waiting: key(Context::Stage, Act::NextWaiting),
            edit: key(Context::Zoom, Act::EditInstructions),
            older: key(Context::Zoom, Act::OlderVersion),
            newer: key(Context::Zoom, Act::NewerVersion),
            zoom: key(Context::Stage, Act::Zoom),
            new_agent: key(Context::Stage, Act::NewAgent),
            take_up: key(Context::Stage, Act::TakeUp),
            demo: key(Context::Stage, Act::Demo),
            help: key(Context::Stage, Act::Help),
            quit: key(Context::Stage, Act::Quit),
            cast: key(Context::Stage, Act::ToCast),
        }
    }
}

/// The agents that the header counts as in need of the director, each with why.
#[derive(Debug, Clone, Default)]
pub(super) struct Needing(BTreeMap<AgentId, Reason>);

impl Needing {
    /// What was asked in a session that is over, nobody waits for any more.
    pub(super) fn of(scene: &Scene) -> Self {
        let is_past = scene.desk.is_replay() && scene.stage.closed().is_some();
        Self(if is_past { BTreeMap::new() } else { scene.stage.needing(scene.now) })
    }
}

/// A scene as the panels see it: with the looks at hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) palette: &'a Palette,
    pub(super) named: &'a Named,
    pub(super) needing: &'a Needing,
}

impl<'a> Sight<'a> {
    pub(super) const fn stage(&self) -> &'a Stage {
        self.scene.stage
    }

    pub(super) const fn desk(&self) -> &'a Desk {
        self.scene.desk
    }

    pub(super) const fn now(&self) -> Millis {
        self.scene.now
    }

    pub(super) fn has_focus(&self, agent: &Agent) -> bool {
        self.scene.desk.focus == Some(agent.id)
    }

    /// Why an agent needs the director now, if it does.
    pub(super) fn need(&self, agent: &Agent) -> Option<Reason> {
        self.needing.0.get(&agent.id).copied()
    }

    /// Whether any agent does.
    pub(super) fn is_any_needing(&self) -> bool {
        !self.needing.0.is_empty()
    }

    /// The screen of an agent that is a command in a terminal.
    pub(super) fn screen(&self, agent: &Agent) -> Option<&'a Emulator> {
        self.scene.screens?.of(agent.id)
    }

    /// The focused agent, if it has the screen to itself.
    pub(super) fn zoomed(&self) -> Option<&'a Agent> {
        let desk = self.desk();
        let focused = self.stage().agent(desk.focus?)?;
        (desk.screen == Screen::Zoom).then_some(focused)
    }
}
