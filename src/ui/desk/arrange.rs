//! How the stage is arranged as a whole: under a name it is kept, and brought back.

use super::{Desk, Done, Order, Screen, Shares, ThemeTask, sizes::held};
use crate::{
    config::{Arrangement, StageLayout},
    model::{Level, Millis, Stage},
};

impl Desk {
    /// What a line says about arrangements, if it does: `layout save night`.
    pub(super) fn arrange_by_line(
        &mut self,
        line: &str,
        stage: &Stage,
        now: Millis,
    ) -> Option<Done> {
        let rest = line.strip_prefix("layout ")?.trim();
        if let Some(name) = rest.strip_prefix("save") {
            return Some(self.keep_arrangement(name.trim(), stage, now));
        }
        let is_known = self.arrangements.contains_key(rest);
        is_known.then(|| self.arrange(rest, stage, now))
    }

    /// Keeps how the stage is arranged, under this name.
    pub(super) fn keep_arrangement(&mut self, name: &str, stage: &Stage, now: Millis) -> Done {
        let is_ours = StageLayout::ALL.iter().any(|it| it.name() == name) || name == "save";
        if name.is_empty() || name.contains(|it: char| !it.is_alphanumeric() && it != '-') {
            let text = "name it in one word of letters, digits and dashes: layout save NAME";
            return self.say(Level::Warning, text, now);
        }
        if is_ours {
            let text = format!("{name} means something already: choose another name");
            return self.say(Level::Warning, text, now);
        }
        let pinned = self.pinned.iter().filter_map(|it| stage.agent(*it));
        let pinned = pinned.map(|it| it.casting.name.clone());
        let arrangement = Arrangement {
            layout: self.layout,
            order: if self.order == Order::Start { "" } else { self.order.name() }.to_owned(),
            filter: self.filter.clone(),
            pinned: pinned.chain(self.pins_awaited.iter().cloned()).collect(),
            roster: self.roster,
            strip: self.shares.strip,
            list: self.shares.list,
            columns: self.shares.columns.clone(),
            rows: self.shares.rows.clone(),
        };
        self.arrangements.insert(name.to_owned(), arrangement.clone());
        self.arranged = Some(name.to_owned());
        self.wearing.wish(ThemeTask::KeepArrangement(name.to_owned(), Box::new(arrangement)));
        Done::Redraw
    }

    /// Arranges the stage as it was kept under this name.
    pub(super) fn arrange(&mut self, name: &str, stage: &Stage, now: Millis) -> Done {
        let Some(kept) = self.arrangements.get(name).cloned() else { return Done::Redraw };
        let Arrangement { layout, order, filter, pinned, roster, strip, list, columns, rows } =
            kept;
        (self.layout, self.filter, self.roster) = (layout, filter, roster);
        self.order = Order::named(&order).unwrap_or_default();
        self.shares = Shares { strip: strip.map(held), list: list.map(held), columns, rows };
        self.pinned.clear();
        self.pins_awaited = pinned.into_iter().collect();
        self.pin_awaited(stage);
        self.arranged = Some(name.to_owned());
        if self.screen != Screen::Stage {
            self.return_to_stage();
        }
        let _redraw = self.refocus(stage, now);
        self.say(Level::Note, format!("the stage is arranged as {name}"), now)
    }

    /// Pins those that are to stand first, once they are there.
    pub(super) fn pin_awaited(&mut self, stage: &Stage) {
        if self.pins_awaited.is_empty() {
            return;
        }
        for agent in stage.agents() {
            let before = self.pins_awaited.len();
            self.pins_awaited.retain(|it| !agent.is_called(it));
            if self.pins_awaited.len() < before {
                self.pinned.insert(agent.id);
            }
        }
    }
}
