//! Which themes there are, which is tried on, and which is kept.

use super::{Desk, Dialog, Done, SettingsLine};
use crate::{
    config::{Arrangement, Settable, StageLayout, closest},
    model::{Level, Millis},
    ui::{keys::Keymap, theme::Theme},
};
use std::{collections::BTreeSet, sync::Arc};

/// The name of the setting that leaves the choice to the terminal.
pub const AUTO: &str = "auto";

/// A theme that can be worn.
#[derive(Debug, Clone, PartialEq)]
pub struct ThemeOffer {
    /// What the settings call it.
    pub name: String,
    /// What it is, in a few words.
    pub about: String,
    /// What it looks like; or what is wrong with its file.
    pub theme: Result<Box<Theme>, String>,
}

/// The themes that are listed. The one that is marked is worn meanwhile.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ThemeList {
    /// All there are.
    pub offers: Vec<ThemeOffer>,
    /// Which is marked.
    pub selected: usize,
    /// They were looked for.
    pub is_known: bool,
}

/// What the screen wears.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wearing {
    /// What the settings call it; empty where that is not known yet.
    pub name: String,
    /// What was kept since the screen opened; none where nothing was.
    theme: Option<Box<Theme>>,
    /// What is wished for.
    wish: Option<ThemeTask>,
    /// What is to be kept once it is known what there is.
    named: Option<String>,
}

/// Something to be done with themes, on a thread that may block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ThemeTask {
    /// They are listed.
    List,
    /// This one is written into the settings.
    Keep(String),
    /// The keymap of this name is, and the keys are read anew.
    KeepKeymap(String),
    /// How the stage is laid out is written there.
    KeepLayout(StageLayout),
    /// How the stage is arranged is written down under this name.
    KeepArrangement(String, Box<Arrangement>),
    /// It is told what the settings are.
    Tell,
    /// It is listed what can be set.
    ListSettings,
    /// This setting is written, as it was typed.
    Set(String, String),
    /// It is looked which of these are files in this folder.
    FindFiles(String, BTreeSet<String>),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum ThemeAnswer {
    /// All there are, and which of them the settings name.
    Listed(Vec<ThemeOffer>, String),
    /// It is written; it is said where, and what else there is to know.
    Kept(String),
    /// These are the keys from now on; it is said where that is written.
    Keys(Arc<Keymap>, String),
    /// It could not be written.
    Failed(String),
    /// What the settings are.
    Told(Vec<SettingsLine>),
    /// What can be set.
    Settable(Vec<Settable>),
    /// These are there.
    Files(BTreeSet<String>),
}

impl Wearing {
    /// Wishes for this.
    pub(super) fn wish(&mut self, task: ThemeTask) {
        self.wish = Some(task);
    }

    /// Wishes for this where nothing else is wished for.
    pub(super) fn wish_if_free(&mut self, task: ThemeTask) {
        self.wish.get_or_insert(task);
    }

    /// Wears what the settings name, as it is in its file by now.
    pub(super) fn wear_as_set(&mut self, name: String) {
        (self.name, self.theme) = (name, None);
    }
}

impl ThemeList {
    /// The one that is marked.
    pub fn offer(&self) -> Option<&ThemeOffer> {
        self.offers.get(self.selected)
    }
}

impl Desk {
    /// What the screen wears in place of what it opened in: what is tried on, or was kept.
    pub fn worn(&self) -> Option<&Theme> {
        let tried = match &self.dialog {
            Some(Dialog::Themes(list)) => list.offer().and_then(|it| it.theme.as_deref().ok()),
            _ => None,
        };
        tried.or(self.wearing.theme.as_deref())
    }

    /// Lists the themes.
    pub(super) fn choose_theme(&mut self) -> Done {
        self.dialog = Some(Dialog::Themes(ThemeList::default()));
        self.wearing.wish = Some(ThemeTask::List);
        Done::Redraw
    }

    /// Has the keymap of this name read, and written down.
    pub(super) fn use_keys(&mut self, name: &str) -> Done {
        self.wearing.wish = Some(ThemeTask::KeepKeymap(name.to_owned()));
        Done::Redraw
    }

    /// Has it written down how the stage is laid out.
    pub(super) fn keep_layout(&mut self) {
        self.wearing.wish = Some(ThemeTask::KeepLayout(self.layout));
    }

    /// Keeps the theme of this name, once it is known what there is.
    pub(super) fn wear(&mut self, name: &str) -> Done {
        self.wearing.named = Some(name.to_owned());
        self.wearing.wish = Some(ThemeTask::List);
        Done::Redraw
    }

    /// Keeps the one that was named, if there is one of that name.
    fn keep_named(&mut self, offers: Vec<ThemeOffer>, name: &str, now: Millis) -> Done {
        let Some(selected) = offers.iter().position(|it| it.name == name) else {
            let known: Vec<&str> = offers.iter().map(|it| it.name.as_str()).collect();
            let near = closest(name, &known).map(|it| format!(": did you mean `{it}`?"));
            let text = format!("no theme is called `{name}`{}", near.unwrap_or_default());
            return self.say(Level::Warning, text, now);
        };
        let done = self.keep_theme(ThemeList { offers, selected, is_known: true }, now);
        // One with a fault is told of, and the list stays closed.
        self.dialog = self.dialog.take().filter(|it| !matches!(it, Dialog::Themes(_)));
        done
    }

    /// The terminal has told of its background: what suits it may be another one now.
    pub fn list_themes_again(&mut self) {
        let is_open = matches!(self.dialog, Some(Dialog::Themes(_)));
        if is_open || (self.wearing.theme.is_some() && self.wearing.name == AUTO) {
            self.wearing.wish = Some(ThemeTask::List);
        }
    }

    /// Takes what is to be done, if something is.
    pub const fn take_theme_wish(&mut self) -> Option<ThemeTask> {
        self.wearing.wish.take()
    }

    /// Keeps the theme that is marked.
    pub(super) fn keep_theme(&mut self, list: ThemeList, now: Millis) -> Done {
        let Some(offer) = list.offer().cloned() else { return Done::Redraw };
        match offer.theme {
            Ok(theme) => {
                self.wearing.theme = Some(theme);
                if self.setup.is_some() {
                    self.wearing.name.clone_from(&offer.name);
                    return self.ask_to_write(offer.name);
                }
                self.wearing.wish = Some(ThemeTask::Keep(offer.name.clone()));
                self.wearing.name = offer.name;
                Done::Redraw
            }
            Err(why) => {
                self.dialog = Some(Dialog::Themes(list));
                self.say(Level::Warning, why, now)
            }
        }
    }

    /// Takes what came of a task.
    pub fn take_themes(&mut self, answer: ThemeAnswer, now: Millis) -> Done {
        match answer {
            ThemeAnswer::Listed(offers, name) => match self.wearing.named.take() {
                Some(named) => self.keep_named(offers, &named, now),
                None => self.list_themes(offers, name),
            },
            ThemeAnswer::Kept(text) => self.say(Level::Note, text, now),
            ThemeAnswer::Keys(keymap, text) => {
                self.keymap = keymap;
                self.pressed.clear();
                self.say(Level::Note, text, now)
            }
            ThemeAnswer::Told(lines) => self.list_settings(lines),
            ThemeAnswer::Files(files) => self.take_files(files),
            ThemeAnswer::Settable(all) => {
                self.settable = all;
                Done::Redraw
            }
            // It is worn all the same, until the screen closes.
            ThemeAnswer::Failed(why) => self.say(Level::Warning, why, now),
        }
    }

    /// Lists those. What is marked stays so; at first that is what is worn.
    fn list_themes(&mut self, offers: Vec<ThemeOffer>, name: String) -> Done {
        let wearing = &mut self.wearing;
        if wearing.name.is_empty() {
            wearing.name = name;
        }
        let named = |name: &str| offers.iter().position(|it| it.name == name);
        if let (Some(worn), Some(place)) = (&mut wearing.theme, named(&wearing.name))
            && let Some(Ok(theme)) = offers.get(place).map(|it| &it.theme)
        {
            worn.clone_from(theme);
        }
        if let Some(Dialog::Themes(list)) = &mut self.dialog {
            let marked = list.offer().map_or(wearing.name.as_str(), |it| it.name.as_str());
            list.selected = named(marked).unwrap_or(0);
            (list.offers, list.is_known) = (offers, true);
        }
        Done::Redraw
    }
}
