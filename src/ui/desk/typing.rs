//! Keys that go to a program in a terminal.

use super::{Desk, Done, Screen, Tab};
use crate::{
    model::{Agent, AgentId, Command, EngineKind, Keys, Stage},
    ui::keys::send,
};
use crossterm::event::{KeyEvent, MouseEvent};

/// Whether somebody reads what is typed to it.
fn is_there(agent: &Agent) -> bool {
    agent.casting.engine == EngineKind::Pty && agent.is_on()
}

impl Desk {
    /// The agent whose terminal has the keys.
    pub fn typed_to(&self, stage: &Stage) -> Option<AgentId> {
        let is_shown = self.screen == Screen::Zoom && self.tab == Tab::Log && !self.is_replay();
        let agent = self.focused(stage).filter(|it| is_there(it))?;
        (self.is_typing && is_shown).then_some(agent.id)
    }

    /// Gives the keys to the terminal that is looked at, if one is.
    pub(super) fn begin_typing(&mut self, stage: &Stage) -> bool {
        self.is_typing = true;
        self.is_typing = self.typed_to(stage).is_some();
        if self.is_typing {
            self.scroll = super::Scroll::Follow;
        }
        self.is_typing
    }

    pub(super) fn end_typing(&mut self) -> Done {
        self.is_typing = false;
        Done::Redraw
    }

    pub(super) fn send_key(&mut self, key: KeyEvent, stage: &Stage) -> Done {
        self.status = None;
        self.scroll = super::Scroll::Follow;
        let sent = send::key(key, self.modes);
        self.typed_to(stage).map_or(Done::Nothing, |agent| Self::send(agent, sent))
    }

    pub(super) fn send_paste(&self, agent: AgentId, text: &str) -> Done {
        Self::send(agent, Some(send::paste(text, self.modes)))
    }

    /// Passes the mouse on to the terminal that has the keys, if it wants it.
    pub fn send_mouse(&self, event: MouseEvent, place: (u16, u16), stage: &Stage) -> Done {
        let sent = send::mouse(event, place, self.modes);
        self.typed_to(stage).map_or(Done::Nothing, |agent| Self::send(agent, sent))
    }

    /// What makes a terminal as large as it is shown; told once.
    pub fn fit_terminal(&mut self, stage: &Stage) -> Option<Command> {
        let (agent, size) = self.shown.terminal.filter(|_| !self.is_replay())?;
        let is_other = stage.agent(agent).is_some_and(|it| is_there(it) && it.terminal != size);
        if !is_other || self.fitted == Some((agent, size)) {
            return None;
        }
        self.fitted = Some((agent, size));
        Some(Command::Resize { agent, columns: size.0, rows: size.1 })
    }

    fn send(agent: AgentId, keys: Option<String>) -> Done {
        match keys.filter(|it| !it.is_empty()) {
            Some(keys) => Done::Send(vec![Command::Type(agent, Keys(keys))]),
            None => Done::Nothing,
        }
    }
}
