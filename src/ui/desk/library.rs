//! The scripts there are, on the screen of scripts: which is marked, and what each is.

use super::{
    Desk, Dialog, Done, DraftKey, Field, Prompt, PromptPurpose, Screen, ScriptAnswer, ScriptForm,
    ScriptTask, Wanted, draft_form::settled,
};
use crate::{
    config::{Layer, Source},
    model::{Command, Level, Millis, Stage, play::Order, script::Script},
    ui::keys::Act,
};
use serde_json::Value;
use std::sync::Arc;

/// The script that writes scripts, and its input.
const PLAN: &str = "plan";
const GOAL: &str = "goal";

/// A script that could be played, with the graph of its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    /// What it says; its roles are not filled.
    pub script: Script,
    /// Which of its steps need which.
    pub order: Order,
}

impl Plot {
    /// The graph of this script.
    pub fn of(script: Script) -> Self {
        let order = Order::of(&script);
        Self { script, order }
    }
}

/// A script that could be played here, or why it can't be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptOffer {
    /// What it is called.
    pub name: String,
    /// Where it is from, and what it says there.
    pub source: Source,
    /// What that comes to; or everything that is wrong with it: file, line and mend.
    pub plot: Result<Arc<Plot>, String>,
}

/// How the scripts there are are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptList {
    /// They have the screen although one is played.
    pub is_open: bool,
    /// The name of the one that is marked; the first one listed where it is not.
    pub marked: String,
    /// How many lines of what is told of it are scrolled away at the top.
    pub scroll: usize,
    /// All of them, once they were read.
    pub offers: Option<Vec<ScriptOffer>>,
    /// How many the project has that do not count: nobody trusts it.
    pub left_out: usize,
    /// A script is about to be written for a goal.
    pub(super) is_planning: bool,
    /// They are to be read, or read again.
    pub(super) is_wanted: bool,
}

impl ScriptOffer {
    /// Whose it is, in a word or two.
    pub const fn whose(&self) -> &'static str {
        match self.source.layer {
            Layer::Project => "this project's",
            Layer::User => "yours",
            Layer::BuiltIn => "comes with auteur",
        }
    }
}

impl Desk {
    /// Whether the scripts there are have the screen: where none is played, or where they
    /// were asked for.
    pub const fn shows_library(&self) -> bool {
        let is_there = self.scripts.is_open || !self.plays.are_there;
        matches!(self.screen, Screen::Script) && is_there && !self.is_replay()
    }

    /// The acts that have to do with the scripts there are.
    pub(super) fn look_in_library(&mut self, act: Act, now: Millis) -> Done {
        match act {
            Act::ToLibrary => self.open_library(now),
            Act::Perform => self.perform_marked(now),
            Act::EditScript => self.edit_script(now),
            Act::Plan => self.ask_for_goal(),
            _ => Done::Nothing,
        }
    }

    /// Goes to the scripts there are.
    fn open_library(&mut self, now: Millis) -> Done {
        if self.is_replay() {
            let text = "this is a replay: there is nothing to start";
            return self.say(Level::Warning, text, now);
        }
        self.scripts.is_open = true;
        self.want_scripts();
        Done::Redraw
    }

    /// Has the scripts read: they may have changed since.
    pub(super) const fn want_scripts(&mut self) {
        self.scripts.is_wanted = true;
    }

    /// Goes back to the script that is played, or to what was looked at before.
    pub(super) fn leave_library(&mut self) -> Done {
        let is_over_a_play = self.scripts.is_open && self.plays.are_there;
        self.scripts.is_open = false;
        if !is_over_a_play {
            self.return_to_stage();
        }
        Done::Redraw
    }

    /// The scripts that are listed, in their order.
    pub fn listed_scripts(&self) -> &[ScriptOffer] {
        self.scripts.offers.as_deref().unwrap_or_default()
    }

    /// The script that is marked, if any is listed.
    pub fn marked_script(&self) -> Option<&ScriptOffer> {
        let listed = self.listed_scripts();
        let marked = listed.iter().find(|it| it.name == self.scripts.marked);
        marked.or(listed.first())
    }

    /// Marks the script so many places further, going round.
    pub(super) fn mark_script(&mut self, places: isize) -> Done {
        let listed = self.listed_scripts();
        let marked = self.marked_script().map(|it| &it.name);
        let here = listed.iter().position(|it| Some(&it.name) == marked).unwrap_or(0);
        let count = listed.len().max(1).cast_signed();
        let there = (here.cast_signed() + places).rem_euclid(count).unsigned_abs();
        self.mark_script_at(there)
    }

    /// Marks the script in this place of the list.
    pub fn mark_script_at(&mut self, place: usize) -> Done {
        let Some(name) = self.listed_scripts().get(place).map(|it| it.name.clone()) else {
            return Done::Nothing;
        };
        (self.scripts.marked, self.scripts.scroll) = (name, 0);
        Done::Redraw
    }

    /// Opens the form of the marked script.
    fn perform_marked(&mut self, now: Millis) -> Done {
        match self.marked_script().map(|it| it.name.clone()) {
            Some(name) => self.open_script_form(&name, now),
            None => self.say(Level::Note, "no script is listed", now),
        }
    }

    /// Opens the form that says what a script is given.
    pub(super) fn open_script_form(&mut self, name: &str, now: Millis) -> Done {
        let offer = self.listed_scripts().iter().find(|it| it.name == name);
        let text = match offer.map(|it| &it.plot) {
            None => format!("there is no script {name} any more"),
            Some(Err(_)) => format!("{name} can't be played: something in it is wrong"),
            Some(Ok(plot)) => {
                let form = ScriptForm::of(Wanted::Listed(name.to_owned()), Arc::clone(plot));
                let form = match self.script_drafts.remove(name) {
                    Some(draft) => form.with_what_is_typed_in(&draft),
                    None => form,
                };
                self.dialog = Some(Dialog::Script(Box::new(form)));
                return Done::Redraw;
            }
        };
        self.say(Level::Warning, text, now)
    }

    /// Something about scripts that should be found out now, if something should.
    pub fn take_script_wish(&mut self) -> Option<ScriptTask> {
        if std::mem::take(&mut self.scripts.is_wanted) {
            return Some(ScriptTask::List);
        }
        self.draft_form()?.wish()
    }

    /// Takes what came of a task.
    pub fn take_script(&mut self, answer: ScriptAnswer, stage: &Stage, now: Millis) -> Done {
        match answer {
            ScriptAnswer::Listed(offers, left_out) => {
                (self.scripts.offers, self.scripts.left_out) = (Some(offers), left_out);
                if let Some(Dialog::Palette(_)) = &self.dialog {
                    self.fill_palette(stage);
                }
                Done::Redraw
            }
            ScriptAnswer::Looked(text, plot) => self.take_look((text, plot), now),
            ScriptAnswer::Filled(command) => self.perform(*command, stage, now),
            ScriptAnswer::Unfilled(why) => {
                let was_planning = std::mem::take(&mut self.scripts.is_planning);
                match &mut self.dialog {
                    Some(Dialog::Script(form)) if !was_planning => {
                        form.is_sent = false;
                        form.fault = Some(why);
                        Done::Redraw
                    }
                    _ => self.say(Level::Warning, why, now),
                }
            }
            ScriptAnswer::Rewritten(script) => self.take_rewritten(*script, stage, now),
            ScriptAnswer::Saved(name, file) => self.draft_is_saved((name, &file), stage, now),
            ScriptAnswer::Written => self.draft_is_written(now),
            ScriptAnswer::Unkept(why) => self.draft_is_not_kept(why, now),
        }
    }

    /// Plays a script, and looks at it.
    fn perform(&mut self, command: Command, stage: &Stage, now: Millis) -> Done {
        let is_plan = std::mem::take(&mut self.scripts.is_planning);
        let form = self.dialog.take_if(|it| !is_plan && is_sent(it));
        let mut commands = vec![command];
        let text = match form {
            Some(Dialog::Script(form)) => {
                self.script_drafts.remove(&form.script);
                let read = self.held_draft.take();
                commands.extend(read.into_iter().flat_map(|it| settled(&it, stage)));
                format!("{} begins", form.script)
            }
            _ if is_plan => "a script for it is being written".to_owned(),
            // The director has left the form meanwhile: so it is not to begin.
            _ => return Done::Redraw,
        };
        self.scripts.is_open = false;
        self.plays = self.plays.begun();
        // It is found there as soon as it is played.
        let _gone = self.go_to_screen(Screen::Script, now);
        self.say(Level::Note, text, now);
        Done::Send(commands)
    }

    /// Asks for the goal that a script is to be written for.
    fn ask_for_goal(&mut self) -> Done {
        let goal = self.drafts.get(&DraftKey::Goal).map_or("", String::as_str);
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Plan,
            title: "plan for me: what there is to be when all is done".to_owned(),
            hint: "One sentence. The strategist writes a script for it, which waits for you: \
                   nothing of it runs before you say so."
                .to_owned(),
            field: Field::new(goal),
            fault: None,
        }));
        Done::Redraw
    }

    /// Has a script written for a goal.
    pub(super) fn plan(&mut self, goal: &str, now: Millis) -> Result<Done, String> {
        self.keep_goal(goal);
        if goal.is_empty() {
            return Err("say in some words what there is to be".to_owned());
        }
        self.scripts.is_planning = true;
        self.sent = Some((DraftKey::Goal, goal.to_owned()));
        self.say(Level::Note, "the strategist is asked", now);
        let inputs = [(GOAL.to_owned(), Value::from(goal))].into_iter().collect();
        let script = Wanted::Listed(PLAN.to_owned());
        Ok(Done::Script(ScriptTask::Fill { script, inputs, budget: None }))
    }

    /// Keeps the goal that was typed until a script is written for it.
    pub(super) fn keep_goal(&mut self, goal: &str) {
        if goal.is_empty() {
            self.drafts.remove(&DraftKey::Goal);
        } else {
            self.drafts.insert(DraftKey::Goal, goal.to_owned());
        }
    }
}

/// Whether a script is played that was asked for with this goal.
pub(super) fn is_planned(goal: &str, stage: &Stage) -> bool {
    let mut plays = stage.plays().filter(|it| it.script.name == PLAN);
    plays.any(|it| it.inputs.get(GOAL).and_then(Value::as_str) == Some(goal))
}

fn is_sent(dialog: &Dialog) -> bool {
    matches!(dialog, Dialog::Script(form) if form.is_sent)
}
