//! The command line: what the palette lists, by its name, with what it takes.

use super::{Desk, Dialog, Done, Field, Goal, PaletteItem, Screen};
use crate::{
    config::closest,
    model::{ItemKey, Level, Millis, Stage, Whom},
    ui::keys::Act,
};

/// What else acts are called.
const ALSO: [(&str, Act); 24] = [
    ("q", Act::Quit),
    ("h", Act::Help),
    ("stage", Act::ToStage),
    ("cast", Act::ToCast),
    ("scripts", Act::ToScript),
    ("inbox", Act::ToInbox),
    ("history", Act::ToPast),
    ("ledger", Act::ToLedger),
    ("theme", Act::Themes),
    ("new", Act::NewAgent),
    ("model", Act::ChangeModel),
    ("budget", Act::ChangeBudget),
    ("check", Act::Verify),
    ("edit", Act::EditInstructions),
    ("filter", Act::Search),
    ("find", Act::Search),
    ("tell", Act::Redirect),
    ("next", Act::NextWaiting),
    ("undo", Act::Rewind),
    ("mark", Act::MarkAgent),
    ("mark all", Act::MarkAll),
    ("seen all", Act::SeenAll),
    ("approve equal", Act::ApproveEqual),
    ("deny equal", Act::DenyEqual),
];

/// The colours that a name can have.
pub(super) const COLOURS: &str = "teal, blue, green, orange, purple, or none";

/// What acts take behind their name: what they would ask for else.
const TAKES: [(Act, &str); 11] = [
    (Act::Redirect, "what the agent is told"),
    (Act::Rename, "another name"),
    (Act::Colour, COLOURS),
    (Act::ChangeModel, "provider/model"),
    (Act::ChangeBudget, "dollars, or none"),
    (Act::Verify, "a command; or judge: what is good"),
    (Act::Search, "words"),
    (Act::Plan, "what you want, in a sentence"),
    (Act::Note, "what is noted at this moment"),
    (Act::RankRoles, "a brief"),
    (Act::Themes, "the name of a theme"),
];

/// The act of this name, or that is called so on the command line.
pub fn act_called(name: &str) -> Option<Act> {
    Act::named(name).or_else(|| ALSO.iter().find(|it| it.0 == name).map(|it| it.1))
}

/// A line that says what is to be done.
#[derive(Debug, Clone, Default)]
pub struct CommandLine {
    /// What is typed.
    pub input: Field,
    /// What fits it, the best first.
    pub matches: Vec<PaletteItem>,
    /// Which of them the line was made of, or could be.
    selected: usize,
    /// What is wrong with it, once it was tried.
    pub fault: Option<String>,
    /// The line is one of those that fit: they stay while it is gone through them.
    is_completed: bool,
    /// All there is.
    all: Vec<PaletteItem>,
    /// Which of the former lines is shown, counted from the last; none for a new one.
    recalled: Option<usize>,
    /// The new one, meanwhile.
    typed: String,
    /// What was marked in the inbox when the line was begun, or was told of since.
    meant: Option<ItemKey>,
}

impl CommandLine {
    /// What stands behind the name of an act that takes something, and the act.
    fn given(&self) -> Option<(Act, &str)> {
        let (name, rest) = self.input.text().trim_start().split_once(' ')?;
        let act = self.act_called(name)?;
        TAKES.iter().any(|it| it.0 == act).then_some((act, rest.trim()))
    }

    /// What the act takes whose name is typed, in words.
    pub fn takes(&self) -> Option<&'static str> {
        let act = match self.given() {
            Some((act, _)) => act,
            None => self.act_called(self.input.text().trim())?,
        };
        TAKES.iter().find(|it| it.0 == act).map(|it| it.1)
    }

    /// The act of this name, where it is offered.
    fn act_called(&self, name: &str) -> Option<Act> {
        let act = act_called(name)?;
        self.all.iter().any(|it| it.goal == Goal::Do(act)).then_some(act)
    }

    /// Lists what fits: first what begins so, then what has it somewhere.
    fn fit(&mut self) {
        let text = self.input.text().trim_start().to_lowercase();
        let place = |it: &PaletteItem| {
            let command = it.command.to_lowercase();
            match command.find(text.trim_end()) {
                Some(0) if command.len() == text.len() => Some(0),
                Some(0) => Some(1),
                Some(_) => Some(2),
                None => None,
            }
        };
        let is_said = self.given().is_some_and(|it| it.0 != Act::Themes);
        self.selected = 0;
        self.is_completed = false;
        self.matches.clear();
        if text.is_empty() || is_said {
            return;
        }
        let mut found: Vec<_> =
            self.all.iter().filter_map(|it| Some((place(it)?, it.clone()))).collect();
        found.sort_by_key(|it| it.0);
        self.matches = found.into_iter().map(|it| it.1).collect();
    }

    /// Which of those that fit Enter does where what is typed is no command itself: what is
    /// typed is its beginning, and leaves nothing out that it takes. What has the letters
    /// elsewhere is only told of.
    pub fn marked(&self) -> Option<usize> {
        let item = self.matches.get(self.selected)?;
        let text = self.input.text().trim_start().to_lowercase();
        let rest = item.command.to_lowercase().strip_prefix(text.trim_end())?.to_owned();
        let is_begun = text.trim_end().contains(' ') && !item.goal.keeps();
        (is_begun || !rest.contains(' ')).then_some(self.selected)
    }

    /// What the first word of the line can be followed by, where it is the name of several.
    fn takes_one_of(&self) -> Option<String> {
        const SHOWN: usize = 8;
        let head = self.input.text().split_whitespace().next()?;
        let behind =
            |it: &PaletteItem| it.command.strip_prefix(head)?.strip_prefix(' ').map(str::to_owned);
        let all: Vec<String> = self.all.iter().filter_map(behind).collect();
        let shown = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if all.len() > SHOWN { ", …" } else { "" };
        (!all.is_empty())
            .then(|| format!("`{head}` takes one of: {shown}{more} (Tab goes on to them)"))
    }

    fn write(&mut self, text: &str) {
        self.input = Field::new(text);
        self.fault = None;
    }

    /// Writes the next of those that fit into the line.
    pub(super) fn complete(&mut self, places: isize) {
        if self.input.text().trim().is_empty() && self.matches.is_empty() {
            self.matches.clone_from(&self.all);
        }
        let count = self.matches.len().cast_signed();
        if count == 0 {
            return;
        }
        // The first press takes what is marked.
        let step = if self.is_completed { places } else { places.min(0) };
        self.choose((self.selected.cast_signed() + step).rem_euclid(count).unsigned_abs());
    }

    /// Writes this one of those that fit into the line.
    pub(super) fn choose(&mut self, place: usize) {
        let Some(item) = self.matches.get(place) else { return };
        let text = item.command.clone();
        self.write(&text);
        (self.selected, self.is_completed) = (place, true);
    }

    /// Shows a former line: one further back, or one further on.
    fn recall(&mut self, places: isize, former: &[String]) {
        let here = self.recalled.map_or(-1, usize::cast_signed);
        let last = former.len().cast_signed() - 1;
        let there = (here - places).clamp(-1, last);
        if here == -1 {
            self.input.text().clone_into(&mut self.typed);
        }
        self.recalled = usize::try_from(there).ok();
        let text = match self.recalled {
            Some(back) => former.iter().rev().nth(back).cloned().unwrap_or_default(),
            None => self.typed.clone(),
        };
        self.write(&text);
        self.fit();
    }

    /// What is wrong with it, and what comes nearest.
    fn unknown(&self) -> String {
        let text = self.input.text().trim();
        let name = text.split(' ').next().unwrap_or_default();
        let known: Vec<&str> = self
            .all
            .iter()
            .map(|it| it.command.as_str())
            .chain(ALSO.iter().filter(|it| self.act_called(it.0).is_some()).map(|it| it.0))
            .collect();
        if Act::named(name).is_some() {
            return format!("`{name}` does nothing here");
        }
        let meant = closest(text, &known);
        if let Some(takes) = self.takes_one_of().filter(|_| meant.is_none() || text == name) {
            return takes;
        }
        match meant.or_else(|| closest(name, &known)) {
            Some(meant) => format!("no command is called `{text}`: did you mean `{meant}`?"),
            None => format!("no command is called `{text}`: Tab lists them on an empty line"),
        }
    }
}

impl Desk {
    /// Opens the command line.
    pub(super) fn open_command_line(&mut self, stage: &Stage, now: Millis) -> Done {
        self.want_all_there_is();
        let all = self.all_there_is(stage);
        let meant = self.meant_in_inbox(stage, now);
        let line = CommandLine { all, meant, ..Default::default() };
        self.dialog = Some(Dialog::Command(Box::new(line)));
        Done::Redraw
    }

    /// What is marked in the inbox, where that is looked at.
    fn meant_in_inbox(&self, stage: &Stage, now: Millis) -> Option<ItemKey> {
        let item = self.attended(stage, now).filter(|_| self.screen == Screen::Inbox);
        item.map(|it| it.key)
    }

    /// What is wrong with directing an agent by this line: while it was typed, what it was
    /// meant for has left the inbox, and the mark has gone on.
    fn has_gone_on(&self, line: &mut CommandLine, stage: &Stage, now: Millis) -> Option<String> {
        let here = self.meant_in_inbox(stage, now);
        if here == line.meant {
            return None;
        }
        line.meant = here;
        let agent = here.filter(|it| matches!(it.whom, Whom::Agent(_)));
        let agent = agent.and_then(|_| self.focused(stage));
        Some(match agent {
            Some(agent) => {
                format!("that is not there any more: Enter does it to {}", agent.casting.name)
            }
            None => "that is not there any more: no agent is marked".to_owned(),
        })
    }

    /// Lists what fits what is typed by now, with what has become known meanwhile.
    pub(super) fn fit_command(&mut self, stage: &Stage) {
        let Some(Dialog::Command(mut line)) = self.dialog.take() else { return };
        // Where the keys go decides what can be done: not to the line itself.
        line.all = self.all_there_is(stage);
        (line.fault, line.recalled) = (None, None);
        line.fit();
        self.dialog = Some(Dialog::Command(line));
    }

    /// Shows a former line.
    pub(super) fn recall_command(&mut self, places: isize) -> Done {
        if let Some(Dialog::Command(line)) = &mut self.dialog {
            line.recall(places, &self.commands);
        }
        Done::Redraw
    }

    /// Does what the line says.
    pub(super) fn run_command(
        &mut self,
        mut line: Box<CommandLine>,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let text = line.input.text().trim().to_owned();
        if text.is_empty() {
            return Done::Redraw;
        }
        self.commands.retain(|it| *it != text);
        self.commands.push(text.clone());
        let act = line.given().map(|it| it.0).or_else(|| line.act_called(&text));
        let is_for_one = |it: Act| it.directs() && !matches!(it, Act::NewAgent | Act::PauseAll);
        if act.is_some_and(is_for_one)
            && let Some(why) = self.has_gone_on(&mut line, stage, now)
        {
            line.fault = Some(why);
            self.dialog = Some(Dialog::Command(line));
            return Done::Redraw;
        }
        if let Some((act, given)) = line.given().filter(|it| !it.1.is_empty()) {
            return self.act_with(act, given, stage, now);
        }
        if let Some(act) = line.act_called(&text) {
            return self.act(act, stage, now);
        }
        if let Some(done) = self.set_by_line(&text, stage) {
            return done;
        }
        if let Some(done) = self.arrange_by_line(&text, stage, now) {
            return done;
        }
        if let Some(name) = text.strip_prefix("keymap ") {
            return self.use_keys(name.trim());
        }
        let named = line.all.iter().find(|it| it.command == text);
        if let Some(key) = text.strip_prefix("set ").map(str::trim)
            && self.settable.iter().any(|it| it.key == key)
        {
            return self.set(key, None, stage);
        }
        if let Some(item) = named.or_else(|| line.matches.get(line.marked()?)) {
            let goal = item.goal.clone();
            return self.reach(goal, stage, now);
        }
        line.fault = Some(line.unknown());
        self.dialog = Some(Dialog::Command(line));
        Done::Redraw
    }

    /// Does an act with what it would ask for else.
    fn act_with(&mut self, act: Act, given: &str, stage: &Stage, now: Millis) -> Done {
        if act == Act::Themes {
            return self.wear(given);
        }
        let done = self.act(act, stage, now);
        if let Some(Dialog::Prompt(prompt)) = &mut self.dialog {
            prompt.field = Field::new(given);
            self.typed(stage);
            return self.choose(stage, now);
        }
        if self.dialog.is_some() {
            return done;
        }
        let Some(editor) = &mut self.editor else { return done };
        let is_draft = !editor.written().trim().is_empty();
        editor.text.insert_str(given);
        if is_draft {
            let text = "a draft was there: what you typed stands in it, and is not sent yet";
            return self.say(Level::Note, text, now);
        }
        self.save(stage, now)
    }
}
