//! Finding: agents by a filter, anything by the palette, words in a log.

use super::{Desk, Dialog, Done, Field, Goal, PaletteItem, PaletteList, Prompt, PromptPurpose};
use super::{RoleOffer, Screen, Scroll, Search, Towards};
use crate::{
    config::{KEYMAPS, StageLayout},
    model::{Agent, AgentId, Entry, EntryKind, Level, Log, Millis, Stage},
    text::one_line,
    ui::{
        keys::{Act, Section},
        theme::Theme,
    },
};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{AtomKind, CaseMatching, Normalization, Pattern},
};
use std::cmp::Reverse;

/// So many former sessions are listed, the newest.
const SESSIONS: usize = 200;

/// So many columns of a brief tell what an agent is about.
const BRIEF: usize = 60;

/// The agents that fit a filter, in the order in which they stand.
pub(super) fn fitting(filter: &str, stage: &Stage) -> Vec<AgentId> {
    // Letters that stand scattered in a brief would fit anything.
    let mut fit = Fit::of(filter, AtomKind::Substring);
    let needing = stage.needing(stage.now());
    let words = |it: &Agent| words(it, needing.contains_key(&it.id), stage);
    stage.agents().filter(|it| fit.score(&words(it)).is_some()).map(|it| it.id).collect()
}

/// The roles that fit a filter, in the order in which they stand.
pub(super) fn fitting_roles<'a>(filter: &str, roles: &'a [RoleOffer]) -> Vec<&'a RoleOffer> {
    let mut fit = Fit::of(filter, AtomKind::Substring);
    roles.iter().filter(|it| fit.score(&words_of_role(it)).is_some()).collect()
}

/// What a role can be found by.
fn words_of_role(role: &RoleOffer) -> String {
    let casting = &role.casting;
    let can = if role.missing.is_some() { "can't be cast" } else { "" };
    let strengths = role.strengths.join(" ");
    let (name, purpose) = (&casting.role, &role.purpose);
    format!("{name} {purpose} {strengths} {} {} {can}", casting.provider, casting.model)
}

/// What an agent can be found by.
fn words(agent: &Agent, needs: bool, stage: &Stage) -> String {
    let casting = &agent.casting;
    let brief: String = casting.brief.chars().take(300).collect();
    let need = if needs { "needs you" } else { "" };
    let (name, role, model) = (&casting.name, &casting.role, agent.model());
    let part = super::order::part(agent, stage);
    format!("{name} {role} {model} {} {need} {part} {brief}", agent.status())
}

/// A pattern of words.
struct Fit {
    pattern: Pattern,
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Fit {
    fn of(text: &str, kind: AtomKind) -> Self {
        let pattern = Pattern::new(text, CaseMatching::Smart, Normalization::Smart, kind);
        Self { pattern, matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }

    fn score(&mut self, text: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(text, &mut self.buffer), &mut self.matcher)
    }

    /// The same, unless the letters of one of the words stand scattered: as near as letters
    /// one after the other in the midst of a word they are worth, or as beginnings of words.
    /// What a letter is worth is said by the matcher: 16, and 4 more behind another.
    fn score_near(&mut self, text: &str) -> Option<u32> {
        let text = Utf32Str::new(text, &mut self.buffer);
        self.pattern.atoms.iter().try_fold(0, |sum, word| {
            let score = word.score(text, &mut self.matcher)?;
            let least = (20 * word.needle_text().len()).saturating_sub(4);
            (usize::from(score) >= least).then_some(sum + u32::from(score))
        })
    }
}

impl Desk {
    /// Opens a line to search or to filter with.
    pub(super) fn search(&mut self) -> Done {
        if let Some(Dialog::Help(help)) = &mut self.dialog {
            help.is_filtering = true;
            return Done::Redraw;
        }
        if self.search_copied() {
            return Done::Redraw;
        }
        if self.shows_cast() {
            return self.filter_roles();
        }
        if self.screen == Screen::Past {
            return self.search_past();
        }
        if matches!(self.screen, Screen::Script | Screen::Diffs | Screen::Versus) {
            // What is listed is as long as its script; nothing is filtered here.
            return Done::Nothing;
        }
        let is_zoom = self.screen == Screen::Zoom;
        let is_changes = is_zoom && self.tab == super::Tab::Changes;
        let place = if is_changes { "words in the changes" } else { "words in the log" };
        let searched = self.search.as_ref().map_or("", |it| &it.text);
        let (purpose, title, hint, text) = if is_zoom {
            (PromptPurpose::Search, "search", place, searched)
        } else {
            (
                PromptPurpose::Filter,
                "filter",
                "name, role, model, state, script, step, brief; or: needs you",
                self.filter.as_str(),
            )
        };
        let (title, hint, field) = (title.to_owned(), hint.to_owned(), Field::replacing(text));
        self.dialog = Some(Dialog::Prompt(Prompt { purpose, title, hint, field, fault: None }));
        Done::Redraw
    }

    /// Follows what is typed into a line: filters at once.
    pub(super) fn typed(&mut self, stage: &Stage) {
        match &mut self.dialog {
            Some(Dialog::Help(help)) => {
                let text = help.filter.text().to_owned();
                help.fit(&text);
            }
            Some(Dialog::Copying(_)) => self.look_in_copied(),
            Some(Dialog::Palette(palette)) => palette.fit(),
            Some(Dialog::Command(_)) => self.fit_command(stage),
            Some(Dialog::Prompt(prompt)) => {
                prompt.fault = None;
                if prompt.purpose == PromptPurpose::FilterCast {
                    let text = prompt.field.text().trim().to_owned();
                    return self.list_roles(&text);
                }
                if prompt.purpose == PromptPurpose::SearchPast {
                    let text = prompt.field.text().to_owned();
                    return self.past.search_for(&text);
                }
                if prompt.purpose == PromptPurpose::Filter {
                    self.filter = prompt.field.text().trim().to_owned();
                    self.page = 0;
                    self.turn_page(stage);
                }
            }
            Some(Dialog::NewAgent(form)) => form.fault = None,
            Some(
                Dialog::Question(_)
                | Dialog::Redirects(_)
                | Dialog::Limits(_)
                | Dialog::Nearby(_)
                | Dialog::Themes(_)
                | Dialog::Setup
                | Dialog::Evidence(_)
                | Dialog::Role(_)
                | Dialog::Retake(_)
                | Dialog::Script(_)
                | Dialog::Draft(_),
            )
            | None => {}
        }
    }

    /// Searches the log that is loaded, from its end.
    pub(super) fn find(&mut self, text: String, stage: &Stage, now: Millis) -> Done {
        if text.is_empty() {
            self.search = None;
            return Done::Redraw;
        }
        if self.looks_at_changes(stage).is_some() {
            return self.find_in_changes(text, now);
        }
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        let reading = self.reading.as_ref().filter(|it| it.agent == agent.id);
        let is_whole = reading.map_or(agent.log.dropped() == 0, |it| it.at_start && it.at_end);
        let matches = matches(&text, reading.map_or(&agent.log, |it| &it.log));
        let found = matches.len();
        let current = found.saturating_sub(1);
        if let Some(seq) = matches.last() {
            self.scroll = Scroll::At(*seq);
        }
        self.search = Some(Search { text, matches, current });
        if found == 0 && self.seek(Towards::Start, now) {
            return Done::Redraw;
        }
        let place = if is_whole { "" } else { " in the part of the log that is loaded" };
        match found {
            0 => self.say(Level::Note, format!("not found{place}"), now),
            1 => self.say(Level::Note, format!("1 entry{place}"), now),
            found => self.say(Level::Note, format!("{found} entries{place}"), now),
        }
    }

    /// Goes to the next match, or the one before: in the next stretch of the log
    /// where those of this one are through; going round where there is none.
    pub(super) fn turn_to_match(&mut self, towards: Towards, now: Millis) -> Done {
        let Some(search) = &self.search else {
            return self.say(Level::Note, "nothing is searched for", now);
        };
        let edge =
            if towards == Towards::Start { 0 } else { search.matches.len().saturating_sub(1) };
        if search.current == edge && self.seek(towards, now) {
            return Done::Redraw;
        }
        let Some(search) = &mut self.search else { return Done::Nothing };
        let count = search.matches.len();
        if count == 0 {
            return self.say(Level::Note, "not found", now);
        }
        let step = if towards == Towards::End { 1 } else { count - 1 };
        search.current = (search.current + step) % count;
        if let Some(seq) = search.matches.get(search.current) {
            self.scroll = Scroll::At(*seq);
        }
        let text = format!("{} of {count}", search.current + 1);
        self.say(Level::Note, text, now)
    }

    /// Opens the palette: all acts that mean something here, and all agents.
    pub(super) fn open_palette(&mut self, stage: &Stage) -> Done {
        self.want_all_there_is();
        let all = self.all_there_is(stage);
        let mut palette = PaletteList { all, ..PaletteList::default() };
        palette.fit();
        self.dialog = Some(Dialog::Palette(palette));
        Done::Redraw
    }

    /// Has read what is listed beside acts and agents.
    pub(super) fn want_all_there_is(&mut self) {
        if !self.is_replay() {
            self.want_scripts();
        }
        self.past.list_once();
        self.want_settable();
    }

    /// Lists in an open palette what has become known meanwhile.
    pub(super) fn fill_palette(&mut self, stage: &Stage) {
        let Some(Dialog::Palette(mut palette)) = self.dialog.take() else { return };
        // Where the keys go decides what can be done: not to the palette itself.
        palette.all = self.all_there_is(stage);
        let marked = palette.matches.get(palette.selected).filter(|_| palette.selected > 0);
        let marked = marked.cloned();
        palette.fit();
        let same = |it: &PaletteItem| Some(it) == marked.as_ref();
        palette.selected = palette.matches.iter().position(same).unwrap_or(0);
        self.dialog = Some(Dialog::Palette(palette));
    }

    /// Everything that can be done here or looked at: acts, scripts, agents.
    pub(super) fn all_there_is(&self, stage: &Stage) -> Vec<PaletteItem> {
        let context = self.context(stage);
        let mut all: Vec<_> = Act::all()
            .filter(|it| self.is_offered(*it, stage))
            .map(|act| PaletteItem {
                goal: Goal::Do(act),
                label: self.described(act).to_owned(),
                note: self.keymap.keys_for(context, act).join(" "),
                command: act.name().into_owned(),
            })
            .collect();
        if let Some(agent) = self.focused(stage).filter(|it| it.turn.0 == 0 && !self.is_replay()) {
            let label = format!("edit the brief of {}", agent.casting.name);
            let (goal, command) = (Goal::EditBrief(agent.id), "edit-brief".to_owned());
            all.push(PaletteItem { goal, label, note: String::new(), command });
        }
        if !self.is_replay() && !self.is_leaving && !self.is_over {
            all.extend(self.listed_scripts().iter().enumerate().map(|(place, it)| PaletteItem {
                goal: Goal::Perform(place),
                label: format!("play the script {}", it.name),
                note: if it.plot.is_ok() { it.whose() } else { "faulty" }.to_owned(),
                command: format!("play {}", it.name),
            }));
            all.extend(self.roles.iter().map(|it| &it.casting).map(|it| PaletteItem {
                goal: Goal::Cast(it.role.clone()),
                label: format!("cast {}", it.role),
                note: it.model.clone(),
                command: format!("cast {}", it.role),
            }));
        }
        all.extend(stage.agents().map(|agent| PaletteItem {
            goal: Goal::LookAt(agent.id),
            label: format!(
                "look at {}: {}",
                agent.casting.name,
                one_line(&agent.casting.brief, BRIEF)
            ),
            note: format!("{} {}", agent.casting.role, agent.status()),
            command: format!("agent {}", agent.casting.name),
        }));
        all.extend(self.all_elsewhere());
        all.extend(self.settable_items(context));
        all
    }

    /// What has to do with no agent: settings, and former sessions.
    fn all_elsewhere(&self) -> Vec<PaletteItem> {
        let themes = std::iter::once(super::AUTO).chain(Theme::names());
        let themes = themes.map(|name| PaletteItem {
            goal: Goal::Wear(name.to_owned()),
            label: format!("wear the theme {name}"),
            note: if name == self.wearing.name { "kept" } else { "" }.to_owned(),
            command: format!("theme {name}"),
        });
        let layouts = StageLayout::ALL.into_iter().map(|layout| PaletteItem {
            goal: Goal::LayOut(layout),
            label: format!("lay the stage out: {}", layout.name()),
            note: if layout == self.layout { "now" } else { "" }.to_owned(),
            command: format!("layout {}", layout.name()),
        });
        let arrangements = self.arrangements.keys().map(|name| PaletteItem {
            goal: Goal::Arrange(name.clone()),
            label: format!("arrange the stage as {name}"),
            note: if self.arranged.as_ref() == Some(name) { "now" } else { "" }.to_owned(),
            command: format!("layout {name}"),
        });
        let layouts = layouts.chain(arrangements);
        let keymaps = KEYMAPS.into_iter().map(|name| PaletteItem {
            goal: Goal::UseKeys(name),
            label: format!("use the keymap {name}"),
            note: String::new(),
            command: format!("keymap {name}"),
        });
        let is_there = self.named_screens().contains(&Screen::Past);
        let sessions = self.past.cards.iter().filter(|_| is_there).take(SESSIONS);
        let sessions = sessions.map(|it| {
            let name = if it.title().is_empty() { &it.session } else { it.title() };
            PaletteItem {
                goal: Goal::Open(it.journal.clone()),
                label: format!("open the session {name}"),
                note: it.session.clone(),
                command: format!("open {name}"),
            }
        });
        themes.chain(layouts).chain(keymaps).chain(sessions).collect()
    }

    /// Whether the palette lists an act: not those of a dialog, which is not
    /// open then, and in a replay none that directs. Nor one for what is not
    /// there: a session to take up, the demo.
    fn is_offered(&self, act: Act, stage: &Stage) -> bool {
        let typing =
            [Section::Dialog, Section::Field, Section::Editor, Section::Terminal, Section::Copying];
        let only_typing = act.sections().iter().all(|it| typing.contains(it));
        let only_one = |wanted: Section| act.sections().iter().all(|it| *it == wanted);
        let directs = act.directs();
        let is_numbered = matches!(act, Act::FocusNumber(_) | Act::TabNumber(_) | Act::Jump(_));
        let opens_this = matches!(act, Act::Palette | Act::CommandLine);
        let is_step = matches!(act, Act::ChoiceNext | Act::ChoicePrevious);
        let misplaced = if self.is_replay() { directs } else { only_one(Section::Replay) };
        let of_changes = |it: &Section| matches!(it, Section::Changes | Section::Diffs);
        let is_elsewhere = act.sections().iter().all(of_changes)
            && self.screen != Screen::Diffs
            && !(self.screen == Screen::Zoom && self.tab == super::Tab::Changes);
        let is_vain = is_elsewhere || self.is_vain(act, stage) || self.is_out_of_sight(act);
        !only_typing && !opens_this && !is_numbered && !is_step && !misplaced && !is_vain
    }
}

impl PaletteItem {
    /// What the footer and the settings call it.
    fn name(&self) -> String {
        match &self.goal {
            Goal::Do(act) => {
                format!("{} {}", act.name().replace('-', " "), act.label().unwrap_or_default())
            }
            Goal::Perform(_) => self.label.clone(),
            Goal::EditBrief(_)
            | Goal::LookAt(_)
            | Goal::Cast(_)
            | Goal::Wear(_)
            | Goal::LayOut(_)
            | Goal::Arrange(_)
            | Goal::UseKeys(_)
            | Goal::Set(..)
            | Goal::Open(_) => String::new(),
        }
    }
}

impl PaletteList {
    /// Lists what fits, the best first.
    pub(super) fn fit(&mut self) {
        let mut fuzzy = Fit::of(self.input.text(), AtomKind::Fuzzy);
        let mut words = Fit::of(self.input.text(), AtomKind::Substring);
        let scored = |item: &PaletteItem| {
            let name = item.name();
            let text = format!("{name} {} {}", item.label, item.note);
            let score = fuzzy.score_near(&text)?;
            Some((words.score(&name).is_some(), words.score(&text).is_some(), score, item.clone()))
        };
        let mut matches: Vec<_> = self.all.iter().filter_map(scored).collect();
        // What is called so comes before what only has the words, and that before
        // what only has the letters.
        matches
            .sort_by_key(|(is_name, has_words, score, _)| Reverse((*is_name, *has_words, *score)));
        self.matches = matches.into_iter().map(|(.., item)| item).collect();
        self.selected = 0;
    }
}

/// The entries that hold these words. Upper and lower case are the same, unless
/// one of the words' letters is upper.
pub(super) fn matches(wanted: &str, log: &Log) -> Vec<crate::model::Seq> {
    let is_exact = wanted.chars().any(char::is_uppercase);
    let holds = |text: &str| {
        if is_exact { text.contains(wanted) } else { text.to_lowercase().contains(wanted) }
    };
    let holds_any = |entry: &Entry| texts(&entry.kind).into_iter().any(holds);
    log.entries().filter(|it| holds_any(it)).map(|it| it.seq).collect()
}

/// The texts of an entry.
fn texts(kind: &EntryKind) -> Vec<&str> {
    match kind {
        EntryKind::Brief(text)
        | EntryKind::Said { text, .. }
        | EntryKind::Thought { text }
        | EntryKind::Direction { text, .. }
        | EntryKind::Redirect { text, .. }
        | EntryKind::Report { text }
        | EntryKind::Note { text, .. }
        | EntryKind::End { text, .. } => vec![text],
        EntryKind::Tool { tool, title, output, note, .. } => vec![tool, title, output, note],
        EntryKind::Request { text, answer, .. } => {
            vec![text, answer.as_deref().unwrap_or_default()]
        }
        EntryKind::HandOff { to, note } => vec![to, note],
        EntryKind::Retry { text, why } => vec![text, why],
    }
}
