//! What the mouse does: a click presses a key that is told there, or goes there; the wheel
//! turns what lies under the pointer.

use super::Show;
use crate::{
    model::Millis,
    ui::{
        desk::{Done, Play, Under, WHEEL},
        keys::{Act, Context},
        view::Hit,
    },
};
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

impl Show {
    pub(super) fn point(&mut self, mouse: MouseEvent, now: Millis) -> Done {
        if self.desk.context(&self.stage) == Context::Terminal
            && let Some((area, Hit::Terminal)) = self.hits.at(mouse.column, mouse.row)
        {
            let place = (mouse.column - area.x, mouse.row - area.y);
            let done = self.desk.send_mouse(mouse, place, &self.stage);
            if done != Done::Nothing {
                return done;
            }
        }
        let place = (mouse.column, mouse.row);
        match mouse.kind {
            MouseEventKind::ScrollUp => {
                self.desk.wheel(self.under(place), -WHEEL, &self.stage, now)
            }
            MouseEventKind::ScrollDown => {
                self.desk.wheel(self.under(place), WHEEL, &self.stage, now)
            }
            MouseEventKind::Down(MouseButton::Left) => self.click(place, now),
            MouseEventKind::Drag(MouseButton::Left) => self.desk.move_edge(mouse.column, mouse.row),
            MouseEventKind::Up(MouseButton::Left) => self.desk.leave_edge(&self.stage, now),
            _ => Done::Nothing,
        }
    }

    /// What the wheel turns there.
    fn under(&self, (column, row): (u16, u16)) -> Under {
        match self.hits.at(column, row) {
            // An agent in a list has one line.
            Some((area, Hit::Agent(agent))) if area.height > 1 => Under::Pane(agent),
            Some((_, Hit::Agent(_) | Hit::Deed(_))) => Under::Pages,
            Some((
                _,
                Hit::Item(_)
                | Hit::Role(_)
                | Hit::Past(_)
                | Hit::Script(_)
                | Hit::Row(_)
                | Hit::Step(_),
            )) => Under::List,
            _ => Under::Else,
        }
    }

    fn click(&mut self, (column, row): (u16, u16), now: Millis) -> Done {
        let Some((area, hit)) = self.hits.at(column, row) else { return Done::Nothing };
        if let Hit::Key(which) = hit {
            let told = self.hits.key(which).unwrap_or_default();
            return self.desk.press_told(told, &self.stage, now);
        }
        if self.desk.dialog.is_some() || self.desk.editor.is_some() {
            return match hit {
                // What was marked already is taken.
                Hit::Choice(place) if self.desk.marked_choice() == Some(place) => {
                    self.desk.take_choice(&self.stage, now)
                }
                Hit::Choice(place) => self.desk.mark_choice(place),
                _ => Done::Nothing,
            };
        }
        if let Some(act) = self.taking(hit, area, now) {
            return self.desk.act(act, &self.stage, now);
        }
        match hit {
            Hit::View(view) => self.desk.open_ledger_view(view),
            Hit::Agent(agent) => self.desk.look_at(agent, &self.stage, now),
            Hit::Screen(screen) => self.desk.act(screen.act(), &self.stage, now),
            Hit::Deed(act) => self.desk.act(act, &self.stage, now),
            Hit::Item(place) => self.desk.mark_item_at(place, &self.stage, now),
            Hit::Role(place) => self.desk.mark_role_at(place),
            Hit::Past(place) => self.desk.past.mark_at(place),
            Hit::Script(place) => self.desk.mark_script_at(place),
            Hit::Row(row) => self.desk.mark_row(row),
            Hit::Step(place) => self.desk.mark_step_at(place, &self.stage),
            Hit::Tab(tab) => self.desk.open_tab(tab),
            Hit::Edge(edge) => self.desk.take_edge(edge),
            Hit::Timeline => {
                let along = u32::from(column.saturating_sub(area.x)) * 1000;
                let thousandths = along / u32::from(area.width.max(1));
                Done::Play(Play::Thousandth(u16::try_from(thousandths).unwrap_or(1000)))
            }
            Hit::Key(_) | Hit::Choice(_) | Hit::Terminal | Hit::Behind => Done::Nothing,
        }
    }

    /// What a click does to a line that is marked already: what its key does there.
    fn taking(&self, hit: Hit, area: Rect, now: Millis) -> Option<Act> {
        let (desk, stage) = (&self.desk, &self.stage);
        let (is_marked, act) = match hit {
            Hit::Agent(agent) => (area.height == 1 && desk.focus == Some(agent), Act::Zoom),
            Hit::Item(place) => {
                (desk.marked_item(&desk.inbox_items(stage, now)) == Some(place), Act::Attend)
            }
            Hit::Role(place) => {
                let role = desk.listed_roles().get(place).map(|it| &it.casting.role);
                (role == desk.marked_role().map(|it| &it.casting.role), Act::NewAgent)
            }
            Hit::Past(place) => (desk.past.marked() == place, Act::Recall),
            Hit::Script(place) => {
                let name = desk.listed_scripts().get(place).map(|it| &it.name);
                (name == desk.marked_script().map(|it| &it.name), Act::Perform)
            }
            Hit::Step(place) => {
                let play = desk.plays.looked_at(stage);
                (play.and_then(|it| desk.plays.marked(it)) == Some(place), Act::SeeAgent)
            }
            _ => return None,
        };
        is_marked.then_some(act)
    }
}
