//! Settings in the palette and on the command line: each by its name, with what it is now.

use super::{Desk, Dialog, Done, Field, Goal, PaletteItem, Prompt, PromptPurpose, ThemeTask};
use crate::{
    config::{Settable, StageLayout, holds},
    model::Stage,
    ui::keys::{Act, Context},
};

/// Settings that have words of their own in the palette.
const APART: [&str; 3] = ["ui.theme", "ui.keymap", "ui.layout"];

impl Desk {
    /// Has it found out what can be set, and what it is by now.
    pub(super) fn want_settable(&mut self) {
        self.wearing.wish_if_free(ThemeTask::ListSettings);
    }

    /// Takes what can be set.
    pub fn take_settable(&mut self, all: Vec<Settable>, stage: &Stage) -> Done {
        self.settable = all;
        if matches!(self.dialog, Some(Dialog::Palette(_))) {
            self.fill_palette(stage);
        }
        Done::Redraw
    }

    /// All that can be set: what is a choice by each other word, all else by asking.
    pub(super) fn settable_items(&self, context: Context) -> Vec<PaletteItem> {
        let listed = self.settable.iter().filter(|it| !APART.contains(&it.key.as_str()));
        listed.flat_map(|it| self.items_of(it, context)).collect()
    }

    fn items_of(&self, it: &Settable, context: Context) -> Vec<PaletteItem> {
        let about = if it.about.is_empty() { String::new() } else { format!(": {}", it.about) };
        let now = if it.value.is_empty() { "not said".to_owned() } else { it.value.clone() };
        let key =
            act_of(&it.key).and_then(|act| self.keymap.keys_for(context, act).into_iter().next());
        let note = [Some(crate::text::one_line(&now, 24)), key].into_iter().flatten();
        let note = note.collect::<Vec<_>>().join("  ");
        let item = |value: Option<&String>| {
            let to = value.map(|it| format!(" {it}")).unwrap_or_default();
            PaletteItem {
                goal: Goal::Set(it.key.clone(), value.cloned()),
                label: format!("set {}{to}{about}", it.key),
                note: note.clone(),
                command: format!("set {}{to}", it.key),
            }
        };
        let others: Vec<PaletteItem> = it
            .choices
            .iter()
            .filter(|word| **word != it.value)
            .map(|word| item(Some(word)))
            .collect();
        if others.is_empty() { vec![item(None)] } else { others }
    }

    /// Sets this; asks for what, where that is not said.
    pub(super) fn set(&mut self, key: &str, value: Option<&str>, stage: &Stage) -> Done {
        let Some(value) = value else { return self.ask_for_setting(key) };
        match key {
            "ui.theme" => return self.wear(value),
            "ui.keymap" => return self.use_keys(value),
            "ui.layout" => {
                let layout = StageLayout::ALL.into_iter().find(|it| it.name() == value);
                if let Some(layout) = layout {
                    return self.lay_out(layout, stage);
                }
            }
            _ => {}
        }
        self.set_here.insert(key.to_owned());
        self.wearing.wish(ThemeTask::Set(key.to_owned(), value.to_owned()));
        Done::Redraw
    }

    fn ask_for_setting(&mut self, key: &str) -> Done {
        let known = self.settable.iter().find(|it| it.key == key).cloned().unwrap_or_default();
        let when = holds(key).map(crate::config::Holds::words).filter(|it| !it.is_empty());
        let when = when.map(|it| format!("; it holds {it}")).unwrap_or_default();
        let choices = known.choices.join(", ");
        let can_be = if choices.is_empty() { String::new() } else { format!(" ({choices})") };
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Setting(key.to_owned()),
            title: format!("set {key}"),
            hint: format!("{}{can_be}{when}", known.about),
            field: Field::replacing(&known.value),
            fault: None,
        }));
        Done::Redraw
    }

    /// Does what `set KEY VALUE` says, if a line is that.
    pub(super) fn set_by_line(&mut self, line: &str, stage: &Stage) -> Option<Done> {
        let (key, value) = line.strip_prefix("set ")?.trim().split_once(char::is_whitespace)?;
        // Where nobody has told yet what there is, it is told whether it can be written.
        let is_known = APART.contains(&key)
            || self.settable.iter().any(|it| it.key == key)
            || (self.settable.is_empty() && holds(key).is_some());
        let value = value.trim();
        let choices = self.settable.iter().find(|it| it.key == key).map(|it| it.choices.as_slice());
        let begun = choices.unwrap_or_default().iter().filter(|it| it.starts_with(value));
        let begun: Vec<String> = begun.cloned().collect();
        // The beginning of one choice is that one; what is none of them is told by who writes.
        let value = match begun.as_slice() {
            [only] => only,
            _ => value,
        };
        is_known.then(|| self.set(key, Some(value), stage))
    }
}

/// The act that leads to a setting as well.
fn act_of(key: &str) -> Option<Act> {
    match key {
        "budget.session" | "budget.day" | "budget.project" => Some(Act::Limits),
        key if key.starts_with("budget.roles.") => Some(Act::Limits),
        _ => None,
    }
}
