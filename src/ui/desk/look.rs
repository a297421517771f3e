//! Which agent is looked at, and how close.

use super::{Desk, Done, Screen, Scroll, Tab};
use crate::{
    model::{
        Agent, AgentId, Command, Entry, EntryKind, Instructions, Item, Level, Millis, Stage, Whom,
    },
    ui::keys::Act,
};
use std::collections::BTreeSet;

/// How long an agent that ended is looked at until it counts as seen.
const GLANCE: Millis = Millis(1000);

impl Desk {
    /// The agents that are shown, in the order of the panes.
    pub fn in_sight(&self, stage: &Stage) -> Vec<AgentId> {
        let shown = if self.filter.is_empty() {
            stage.agents().map(|it| it.id).collect()
        } else {
            super::find::fitting(&self.filter, stage)
        };
        self.in_order(shown, stage)
    }

    /// The agents that the next picture shows something of.
    pub fn in_view(&self, stage: &Stage) -> impl Iterator<Item = AgentId> + use<> {
        let zoomed = self.focus.filter(|_| self.screen == Screen::Zoom);
        let is_grid = self.screen == Screen::Stage;
        let page = self.shown.grid.per_page();
        let mut panes = self.in_sight(stage);
        if zoomed.is_some() || !is_grid {
            panes.clear();
        }
        panes.into_iter().skip(self.page * page).take(page).chain(zoomed)
    }

    pub(super) fn look(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if act == Act::NextWaiting {
            // Whom it goes to is not hidden by what the keys do.
            if matches!(self.dialog, Some(super::Dialog::Help(_))) {
                self.dialog = None;
            }
            return self.look_at_waiting(stage, now);
        }
        let agents = self.in_sight(stage);
        let count = agents.len();
        let columns = self.shown.grid.columns.max(1);
        let columns = if self.roster && self.screen == Screen::Stage { 1 } else { columns };
        let Some(last) = count.checked_sub(1) else { return Done::Nothing };
        let here = agents.iter().position(|it| Some(*it) == self.focus);
        let at = here.unwrap_or(0);
        let there = match act {
            _ if here.is_none() && !matches!(act, Act::FocusNumber(_)) => 0,
            Act::FocusLeft => at.saturating_sub(1),
            Act::FocusRight => (at + 1).min(last),
            Act::FocusUp => at.checked_sub(columns).unwrap_or(at),
            Act::FocusDown if at / columns < last / columns => (at + columns).min(last),
            Act::FocusNext => (at + 1) % count,
            Act::FocusPrevious => (at + last) % count,
            // Numbers count the panes of the page in sight.
            Act::FocusNumber(number) => {
                self.page * self.shown.grid.per_page() + usize::from(number).saturating_sub(1)
            }
            _ => at,
        };
        match agents.get(there) {
            Some(_) if here == Some(there) => self.say(Level::Note, nobody_there(act), now),
            Some(agent) => self.look_at(*agent, stage, now),
            None => self.say(Level::Note, "there is no such pane", now),
        }
    }

    /// Looks at an agent: it gets the keys, and its page is turned to.
    pub fn look_at(&mut self, agent: AgentId, stage: &Stage, now: Millis) -> Done {
        if self.focus != Some(agent) {
            self.is_typing = false;
            self.focus = Some(agent);
            self.focused_at = now;
            self.looked = None;
            self.request = None;
            self.scroll = Scroll::Follow;
            self.sheet = 0;
            self.version = None;
            self.search = None;
            self.reading = None;
            self.beyond = None;
        }
        self.turn_page(stage);
        self.glance(stage, now)
    }

    /// Focus stays on what is shown.
    pub(super) fn refocus(&mut self, stage: &Stage, now: Millis) -> Done {
        let agents = self.in_sight(stage);
        match agents.first() {
            None if stage.agents().len() > 0 => {
                self.say(Level::Note, "no agent fits the filter", now)
            }
            Some(first) if !agents.iter().any(|it| Some(*it) == self.focus) => {
                let first: AgentId = *first;
                self.look_at(first, stage, now)
            }
            _ => {
                self.turn_page(stage);
                Done::Redraw
            }
        }
    }

    /// The one agent that a replay follows, where it follows one; it may not be there yet.
    pub fn followed(&self) -> Option<AgentId> {
        self.away.or(self.focus.filter(|_| self.screen == Screen::Zoom))
    }

    /// The version of the instructions that is looked at, else the latest: an
    /// old one that is edited, or just saved, becomes the next.
    pub(super) fn looked_at<'a>(&self, agent: &'a Agent) -> Option<&'a Instructions> {
        let is_looking = self.screen == Screen::Zoom && self.tab == Tab::Brief;
        let wanted = self.version.filter(|_| is_looking);
        let found = agent.instructions.iter().find(|it| Some(it.version) == wanted);
        found.or_else(|| agent.current_instructions())
    }

    /// Looks at another version of the instructions.
    pub(super) fn turn_version(&mut self, places: isize, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        if self.tab != Tab::Brief {
            self.version = None;
            return self.open_tab(Tab::Brief);
        }
        let versions = &agent.instructions;
        let here = self.looked_at(agent).map(|it| it.version);
        let here = versions.iter().position(|it| Some(it.version) == here).unwrap_or(0);
        let there = here.saturating_add_signed(places).min(versions.len().saturating_sub(1));
        self.version = versions.get(there).map(|it| it.version);
        self.sheet = 0;
        let text = format!("version {} of {}", there + 1, versions.len());
        self.say(Level::Note, text, now)
    }

    /// Turns to the page on which the focused agent stands.
    pub(super) fn turn_page(&mut self, stage: &Stage) {
        let place = self.in_sight(stage).iter().position(|it| Some(*it) == self.focus);
        if let Some(place) = place {
            self.page = place / self.shown.grid.per_page();
        }
    }

    /// Goes round what needs the director, what presses most first. On the screen of
    /// scripts it begins with their steps; on the inbox it marks the next.
    fn look_at_waiting(&mut self, stage: &Stage, now: Millis) -> Done {
        let mut met = BTreeSet::new();
        let mut needing = stage.inbox();
        needing.retain(|it| !it.is_resting(now) && met.insert(it.key.whom));
        if needing.is_empty() {
            return self.say(Level::Note, "nobody needs you", now);
        }
        if self.screen == Screen::Inbox {
            return self.mark_item(1, stage, now);
        }
        // Each press goes one further; the first goes to what presses most.
        let is_at = |it: &Item| self.is_at(it.key.whom, stage);
        let is_led = self.led_to.is_some_and(|it| self.is_at(it, stage));
        let here = needing.iter().position(is_at).filter(|at| is_led || *at == 0);
        let is_step = |it: &Item| it.agent().is_none();
        let first = match self.screen {
            Screen::Script => needing.iter().position(is_step).unwrap_or(0),
            _ => 0,
        };
        let next = here.map_or(first, |at| (at + 1) % needing.len());
        let Some(key) = needing.get(next).map(|it| it.key) else { return Done::Nothing };
        self.led_to = Some(key.whom);
        let agent = match key.whom {
            Whom::Step(play, place) => return self.look_at_step((play, place), stage, now),
            Whom::Limit(_) => {
                // It is no one's alone: the inbox tells of it.
                let _redraw = self.open_inbox(stage, now);
                let listed = self.inbox_items(stage, now);
                let place = listed.iter().position(|it| it.key == key).unwrap_or(0);
                return self.mark_item_at(place, stage, now);
            }
            Whom::Agent(agent) => agent,
        };
        if !self.in_sight(stage).contains(&agent) {
            self.filter.clear();
        }
        self.return_to_stage();
        let done = self.look_at(agent, stage, now);
        self.point_at_request(stage);
        done
    }

    /// Whether that is what is looked at.
    fn is_at(&self, whom: Whom, stage: &Stage) -> bool {
        match whom {
            Whom::Agent(agent) => self.screen != Screen::Script && self.focus == Some(agent),
            Whom::Limit(_) => false,
            Whom::Step(play, place) => {
                let marked = self.plays.looked_at(stage).filter(|it| it.id == play);
                self.screen == Screen::Script
                    && marked.and_then(|it| self.plays.marked(it)) == Some(place)
            }
        }
    }

    /// Gives the keys to the focused agent's first request, if it has one.
    pub(super) fn point_at_request(&mut self, stage: &Stage) -> bool {
        let first = self.focused(stage).and_then(|it| it.requests.first().map(|ask| (it.id, ask)));
        let Some((agent, request)) = first.filter(|_| !self.is_replay()) else { return false };
        if self.request != Some((agent, request.id)) {
            self.request = Some((agent, request.id));
            self.request_scroll = 0;
        }
        true
    }

    pub(super) fn zoom(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.focused(stage).is_none() {
            return Done::Nothing;
        }
        if self.screen == Screen::Diffs {
            let _redraw = self.open_tab(Tab::Changes);
        }
        if self.screen != Screen::Zoom {
            let returns = self.screen.compares() || self.screen == Screen::Inbox;
            self.zoomed_from = if returns { self.screen } else { Screen::Stage };
        }
        self.screen = Screen::Zoom;
        self.point_at_request(stage);
        self.glance(stage, now)
    }

    pub(super) fn toggle_roster(&mut self) -> Done {
        self.roster = !self.roster;
        Done::Redraw
    }

    /// Opens a tab of the focused agent.
    pub fn open_tab(&mut self, tab: Tab) -> Done {
        self.tab = tab;
        self.scroll = Scroll::Follow;
        self.sheet = 0;
        Done::Redraw
    }

    pub(super) fn open_tab_number(&mut self, number: u8) -> Done {
        match Tab::ALL.get(usize::from(number).wrapping_sub(1)) {
            Some(tab) => self.open_tab(*tab),
            // The key that was pressed is told to do nothing.
            None => Done::Nothing,
        }
    }

    /// Folds or unfolds the tool calls of the log; an open request comes first.
    pub(super) fn fold(&mut self, stage: &Stage) -> Done {
        if self.looks_at_changes(stage).is_some() {
            return self.fold_file();
        }
        if !self.point_at_request(stage) && !self.begin_typing(stage) {
            self.unfolded = !self.unfolded;
        }
        Done::Redraw
    }

    /// Notes that an agent that ended is seen, once it was looked at closely or
    /// long enough.
    pub fn glance(&mut self, stage: &Stage, now: Millis) -> Done {
        self.look_nearby_again(now);
        if std::mem::take(&mut self.is_back) {
            self.focused_at = now;
        }
        let is_seen = self.screen.is_of_stage() && !self.is_away;
        let long = is_seen && now.since(self.focused_at) >= GLANCE;
        let close = self.screen == Screen::Zoom && !self.is_away;
        match self.focused(stage) {
            Some(agent)
                if agent.unseen
                    && (long || close)
                    && !self.is_replay()
                    && self.looked != Some(agent.id) =>
            {
                self.looked = Some(agent.id);
                Done::Send(vec![Command::Look(agent.id)])
            }
            _ => Done::Redraw,
        }
    }

    /// The director looks at this terminal again, or elsewhere: what ends meanwhile is not
    /// seen by being in sight, and is looked at anew once they are back.
    pub fn turn(&mut self, is_away: bool) {
        self.is_back |= self.is_away && !is_away;
        self.is_away = is_away;
    }

    /// When [`Self::glance`] is due for an agent that ended: the loop looks again then.
    pub fn glance_due(&self, stage: &Stage) -> Option<Millis> {
        let agent = self.focused(stage).filter(|_| self.screen.is_of_stage())?;
        let is_due = agent.unseen && !self.is_replay() && self.looked != Some(agent.id);
        let is_due = is_due && !self.is_away;
        is_due.then(|| self.focused_at.plus(GLANCE))
    }

    pub(super) fn copy(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.shows_cast() {
            let text = self.marked_role().map(|it| it.casting.instructions.clone());
            return self.copy_text(text, now);
        }
        if self.screen == Screen::Ledger {
            return self.copy_text(self.ledger_to_copy(), now);
        }
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        let asked = self.focused_request(stage).map(|it| super::answer::words(&it.ask).to_owned());
        let text = match (asked, self.tab) {
            (Some(asked), _) => Some(asked),
            (None, Tab::Brief) => agent.current_instructions().map(|it| it.text.to_string()),
            (None, Tab::Changes) => self.line_to_copy().or_else(|| {
                Some(agent.files.keys().map(String::as_str).collect::<Vec<_>>().join("\n"))
            }),
            (None, _) => agent.log.entries().rev().find_map(|it| spoken(it)).map(str::to_owned),
        };
        self.copy_text(text, now)
    }

    pub(super) fn copy_text(&mut self, text: Option<String>, now: Millis) -> Done {
        match text.filter(|it| !it.is_empty()) {
            Some(text) => {
                let lines = text.lines().count();
                let what = if lines == 1 { "line" } else { "lines" };
                self.say(Level::Note, format!("copied {lines} {what}"), now);
                Done::Copy(text)
            }
            None => self.say(Level::Note, "there is nothing to copy yet", now),
        }
    }
}

/// Why looking elsewhere leads nowhere.
const fn nobody_there(act: Act) -> &'static str {
    match act {
        Act::FocusLeft => "there is no pane to the left",
        Act::FocusRight => "there is no pane to the right",
        Act::FocusUp => "there is no pane above",
        Act::FocusDown => "there is no pane below",
        Act::FocusNumber(_) => "this is the pane with that number",
        _ => "there is no other agent",
    }
}

/// What an agent has to say in an entry, in its own words.
pub(super) fn spoken(entry: &Entry) -> Option<&str> {
    match &entry.kind {
        EntryKind::Said { text, .. } | EntryKind::Report { text } => Some(text),
        EntryKind::End { text, .. } if !text.is_empty() => Some(text),
        _ => None,
    }
}
