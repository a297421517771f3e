//! What files of settings say: what is otherwise since they were read anew, what is wrong
//! with them, and which has said what.

use super::{Copying, Desk, Dialog, Done, ThemeTask, copying::CopyLine};
use crate::{
    config::{Changed, taken_up},
    model::{Level, Millis, Stage},
};

/// What a desk is furnished with anew.
#[derive(Debug, Clone, Default)]
pub struct Furnishing {
    /// A desk as it would be opened now.
    pub desk: Desk,
    /// What the settings call the theme.
    pub theme: String,
    /// What is otherwise than before, by the settings.
    pub changed: Vec<Changed>,
    /// What of the project does not count any more, since it has changed.
    pub left_out: Option<String>,
}

/// Something that is wrong with a file of settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsFault {
    /// In one line: file, line, what, and its mend.
    pub line: String,
    /// In several, with the line that is meant.
    pub whole: String,
    /// The file, and the line in it.
    pub place: Option<(String, u32)>,
}

/// A line of what there is to tell of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingsLine {
    /// What it says.
    pub text: String,
    /// The file that says so, and the line in it.
    pub place: Option<(String, u32)>,
}

impl Desk {
    /// Takes up what files say by now. What is typed, marked and open stays.
    pub fn take_settings(&mut self, fresh: Furnishing, stage: &Stage, now: Millis) -> Done {
        let Furnishing { desk, theme, changed, left_out } = fresh;
        let is_changed = |key: &str| changed.iter().any(|it| it.key == key);
        let (is_other_theme, is_other_layout) = (is_changed("ui.theme"), is_changed("ui.layout"));
        let set_here = std::mem::take(&mut self.set_here);
        let is_news =
            |it: &Changed| !set_here.contains(&it.key) && !self.knows(&it.key, &desk, &theme);
        let news: Vec<Changed> = changed.into_iter().filter(is_news).collect();
        if is_other_theme || self.wearing.name == theme {
            self.wearing.wear_as_set(theme);
        }
        if matches!(self.dialog, Some(Dialog::Themes(_))) {
            self.list_themes_again();
        }
        if is_other_layout {
            self.layout = desk.layout;
        }
        // What was read before another was chosen here does not bring the former one back.
        if self.keymap_of_files != desk.keymap {
            self.keymap_of_files = desk.keymap;
            self.keymap = self.keymap_of_files.clone();
            self.pressed.clear();
        }
        (self.is_plain, self.is_calm) = (desk.is_plain, desk.is_calm);
        self.providers = desk.providers;
        self.put_roles(desk.roles, stage);
        let were_faulty = !std::mem::take(&mut self.faults).is_empty();
        match left_out {
            Some(left_out) => self.say(Level::Warning, left_out, now),
            None if !news.is_empty() => self.say(Level::Note, taken_up(&news), now),
            None if were_faulty => self.say(Level::Note, "the settings are right again", now),
            None => Done::Redraw,
        }
    }

    /// Whether it is so on the screen already: it was set here.
    fn knows(&self, key: &str, fresh: &Self, theme: &str) -> bool {
        let texts = |desk: &Self| -> Vec<(String, String)> {
            desk.roles.iter().map(|it| (it.casting.role.clone(), it.text.clone())).collect()
        };
        match key {
            "ui.theme" => self.wearing.name == theme,
            "ui.layout" => self.layout == fresh.layout,
            "ui.keymap" => self.keymap == fresh.keymap,
            key if key.starts_with("keys: ") => self.keymap == fresh.keymap,
            key if key.starts_with("cast.") => texts(self) == texts(fresh),
            _ => false,
        }
    }

    /// Takes what is wrong with files. It stands on the screen until it is mended; what
    /// held before holds.
    pub fn take_faults(&mut self, faults: Vec<SettingsFault>) {
        // What was said before would stand in its place.
        self.status = None;
        self.faults = faults;
    }

    /// What is wrong with files of settings, in a line; nothing where nothing is.
    pub fn fault_line(&self) -> Option<String> {
        let first = self.faults.first()?;
        let more = match self.faults.len() {
            1 => String::new(),
            count => format!(" (1 of {count})"),
        };
        Some(format!("{}{more}; what held before holds", first.line))
    }

    /// Has it told what the settings are.
    pub(super) fn show_settings(&mut self) -> Done {
        self.wearing.wish(ThemeTask::Tell);
        Done::Redraw
    }

    /// Shows what the settings are, and before it what is wrong with them.
    pub(super) fn list_settings(&mut self, lines: Vec<SettingsLine>) -> Done {
        let mut shown: Vec<CopyLine> = Vec::new();
        for fault in &self.faults {
            for (at, text) in fault.whole.lines().enumerate() {
                let (text, place) = (text.to_owned(), fault.place.clone());
                shown.push(CopyLine { text, is_first: at == 0, place, ..CopyLine::default() });
            }
            shown.push(CopyLine::default());
        }
        for (at, line) in lines.into_iter().enumerate() {
            let (text, is_first) = (line.text, at == 0);
            shown.push(CopyLine { text, is_first, place: line.place, ..CopyLine::default() });
        }
        let title = if self.faults.is_empty() {
            "the settings that are yours, and the files that say them"
        } else {
            "what is wrong with the settings; what held before holds"
        };
        let title = title.to_owned();
        let copying = Copying { title, lines: shown, ..Copying::default() };
        self.dialog = Some(Dialog::Copying(Box::new(copying)));
        Done::Redraw
    }
}
