//! A script that is read and changed, with its steps beside it: one that somebody wrote
//! and that waits for the director, or one of those there are.

use super::{
    Change, Deed, Desk, Dialog, Done, Field, Plot, Prompt, PromptPurpose, Question, Screen,
    ScriptForm, ScriptTask, Wanted, choose, editor,
};
use crate::{
    config::{Layer, Source},
    model::{
        Command, Level, Millis, PlayId, Stage,
        play::{Draft, Play, Spot, Wish},
    },
};
use std::sync::Arc;
use tui_textarea::{CursorMove, TextArea};

/// A script that is read and changed.
#[derive(Debug, Clone)]
pub struct DraftForm {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub text: TextArea<'static>,
    /// Where it is from.
    pub origin: DraftOrigin,
    /// What it came to when it was last looked at, and the text that it was then.
    pub looked: Option<(String, Result<Arc<Plot>, String>)>,
    /// What it came to when it last was a script.
    pub plot: Option<Arc<Plot>>,
    /// Why it could not be kept.
    pub fault: Option<String>,
    /// What it said when nothing had been typed.
    original: String,
    /// It is being looked at.
    is_looked_at: bool,
    /// What is to become of it is asked as soon as that is done, unless more is typed.
    pub(super) is_awaited: bool,
}

/// Where a script is from that is read and changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DraftOrigin {
    /// It waits at this step of this play.
    Play(PlayId, usize),
    /// It is one of those there are.
    File(Source),
    /// It is the one that is played.
    Played {
        /// By which play.
        play: PlayId,
        /// In which version it was opened.
        version: u32,
        /// What it said then, with the scripts that it plays beside it.
        source: Source,
    },
}

impl DraftForm {
    pub(super) fn of(name: &str, origin: DraftOrigin, original: &str, text: &str) -> Self {
        let mut area = editor::area(text);
        area.move_cursor(CursorMove::Jump(0, 0));
        let original = original.to_owned();
        Self {
            name: name.to_owned(),
            text: area,
            origin,
            looked: None,
            plot: None,
            fault: None,
            original,
            is_looked_at: false,
            is_awaited: false,
        }
    }

    /// What is written.
    pub fn written(&self) -> String {
        self.text.lines().join("\n")
    }

    /// Whether something was typed.
    pub fn is_changed(&self) -> bool {
        self.written() != self.original
    }

    /// What is wrong with it; nothing while that is not known.
    pub fn wrong(&self) -> Option<&str> {
        self.looked.as_ref()?.1.as_ref().err().map(String::as_str)
    }

    /// What it comes to as it stands, if that is known, and if it is a script.
    fn is_right(&self) -> Option<&Arc<Plot>> {
        let (text, plot) = self.looked.as_ref()?;
        plot.as_ref().ok().filter(|_| *text == self.written())
    }

    /// What it says, and whose it is.
    pub(super) fn source(&self) -> Source {
        let text = self.written();
        match &self.origin {
            DraftOrigin::File(source) | DraftOrigin::Played { source, .. } => {
                Source { text, ..source.clone() }
            }
            DraftOrigin::Play(..) => {
                Source::new(Layer::Project, &format!("{}.toml", self.name), &text)
            }
        }
    }

    /// What is to be found out about it now.
    pub(super) fn wish(&mut self) -> Option<ScriptTask> {
        let is_known = self.looked.as_ref().is_some_and(|it| it.0 == self.written());
        if is_known || self.is_looked_at {
            return None;
        }
        self.is_looked_at = true;
        Some(ScriptTask::Look { name: self.name.clone(), source: self.source() })
    }

    /// Takes what a text of it comes to.
    fn take(&mut self, text: String, plot: Result<Arc<Plot>, String>) {
        self.is_looked_at = false;
        if let Ok(plot) = &plot {
            self.plot = Some(Arc::clone(plot));
        }
        self.looked = Some((text, plot));
    }
}

impl Desk {
    /// Opens the script that waits at a step of a play.
    pub(super) fn read_draft(&mut self, play: &Play, gate: usize, draft: &Draft) -> Done {
        let name = match draft.name.as_str() {
            "" => play.script.name.as_str(),
            name => name,
        };
        let origin = DraftOrigin::Play(play.id, gate);
        self.open_draft(DraftForm::of(name, origin, &draft.text, &draft.text))
    }

    /// Opens the file of the marked script.
    pub(super) fn edit_script(&mut self, now: Millis) -> Done {
        let Some(offer) = self.marked_script() else {
            return self.say(Level::Note, "no script is listed", now);
        };
        let (name, source) = (offer.name.clone(), offer.source.clone());
        let typed = self.script_texts.get(&source.name).cloned();
        let text = typed.unwrap_or_else(|| source.text.clone());
        let original = source.text.clone();
        self.open_draft(DraftForm::of(&name, DraftOrigin::File(source), &original, &text))
    }

    pub(super) fn open_draft(&mut self, form: DraftForm) -> Done {
        self.held_draft = None;
        self.dialog = Some(Dialog::Draft(Box::new(form)));
        Done::Redraw
    }

    /// The script that is read and changed, if one is.
    pub(super) fn draft_form(&mut self) -> Option<&mut DraftForm> {
        match &mut self.dialog {
            Some(Dialog::Draft(form)) => Some(form),
            _ => self.held_draft.as_deref_mut(),
        }
    }

    /// Takes what a text comes to.
    pub(super) fn take_look(
        &mut self,
        (text, plot): (String, Result<Arc<Plot>, String>),
        now: Millis,
    ) -> Done {
        let Some(form) = self.draft_form() else { return Done::Redraw };
        form.take(text, plot);
        // What waited for it may ask now, where nothing else has been opened since.
        if form.is_awaited && matches!(self.dialog, Some(Dialog::Draft(_))) {
            return self.settle_draft(now);
        }
        Done::Redraw
    }

    /// Goes back to the script that was read when a question was asked about it.
    pub(super) fn reopen_draft(&mut self) {
        if let Some(form) = self.held_draft.take() {
            self.dialog = Some(Dialog::Draft(form));
        }
    }

    /// Asks what is to become of the script.
    pub(super) fn settle_draft(&mut self, now: Millis) -> Done {
        let Some(Dialog::Draft(form)) = &mut self.dialog else { return Done::Nothing };
        form.fault = None;
        form.is_awaited = false;
        if form.looked.as_ref().is_none_or(|it| it.0 != form.written()) {
            form.is_awaited = true;
            return self.say(Level::Note, "it is being read", now);
        }
        let is_right = form.is_right().is_some();
        let wrong = form.wrong().map(|it| format!("It can't be played as it is:\n\n{it}"));
        let wrong = wrong.unwrap_or_default();
        let (name, origin) = (form.name.clone(), form.origin.clone());
        let (before, after) = (form.original.clone(), form.written());
        let mut choices = Vec::new();
        let question = match origin {
            DraftOrigin::Play(..) => {
                if is_right {
                    choices.push(choose::choice("Start it", Deed::StartDraft));
                }
                choices.push(choose::choice("Save it", Deed::SaveDraft));
                choices.push(choose::choice("Throw it away", Deed::ThrowDraft));
                choose::question(format!("what becomes of {name}?"), wrong, choices)
            }
            DraftOrigin::File(source) if source.layer == Layer::BuiltIn => {
                let text = "It comes with auteur. Yours is a file of this project, and counts \
                            instead of it where it has the same name.";
                let text = if wrong.is_empty() { text } else { wrong.as_str() };
                choices.push(choose::choice("Save it", Deed::SaveDraft));
                choose::question(format!("keep {name}?"), text.to_owned(), choices)
            }
            DraftOrigin::File(_) | DraftOrigin::Played { .. } if before == after => {
                return self.say(Level::Note, "nothing has changed yet", now);
            }
            DraftOrigin::Played { version, .. } => {
                let mut question =
                    about_rewriting(&name, version, is_right.then_some(()).ok_or(wrong));
                question.change = Some(Change { before, after, scroll: 0 });
                question
            }
            DraftOrigin::File(source) => {
                let label = if is_right { "Write it" } else { "Write it all the same" };
                choices.push(choose::choice(label, Deed::WriteDraft));
                let text = if is_right { format!("This changes {}.", source.name) } else { wrong };
                let mut question = choose::question(format!("write {name}?"), text, choices);
                question.change = Some(Change { before, after, scroll: 0 });
                question
            }
        };
        let mut question = question;
        if let Some(first) = question.choices.first_mut() {
            "Go on reading".clone_into(&mut first.label);
        }
        question.selected = usize::from(is_right);
        if let Some(Dialog::Draft(form)) = self.dialog.take() {
            self.held_draft = Some(form);
        }
        self.dialog = Some(Dialog::Question(question));
        Done::Redraw
    }

    /// Asks what the script is given, to play it then.
    pub(super) fn start_draft(&mut self) -> Done {
        let Some(form) = &self.held_draft else { return Done::Redraw };
        let Some(plot) = form.is_right().cloned() else { return Done::Redraw };
        let wanted = Wanted::Written { name: form.name.clone(), source: form.source() };
        self.dialog = Some(Dialog::Script(Box::new(ScriptForm::of(wanted, plot))));
        Done::Redraw
    }

    /// Asks under what name it is to be kept.
    pub(super) fn ask_to_save_draft(&mut self) -> Done {
        let Some(form) = &self.held_draft else { return Done::Redraw };
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::SaveScript,
            title: "save the script as".to_owned(),
            hint: "its name: .auteur/scripts/NAME.toml of this project".to_owned(),
            field: Field::replacing(&form.name),
            fault: None,
        }));
        Done::Redraw
    }

    /// Keeps it under that name.
    pub(super) fn save_draft(&mut self, name: &str) -> Result<Done, String> {
        if !crate::script::is_name(name) {
            return Err("a name has lower-case letters, digits, - and _".to_owned());
        }
        let text = self.held_draft.as_ref().map(|it| it.written()).unwrap_or_default();
        let name = name.to_owned();
        Ok(Done::Script(ScriptTask::Save { name, text }))
    }

    /// Writes the file anew.
    pub(super) fn write_draft(&mut self) -> Done {
        let Some(form) = &self.held_draft else { return Done::Redraw };
        let DraftOrigin::File(source) = &form.origin else { return Done::Redraw };
        let (file, before, after) =
            (source.name.clone().into(), form.original.clone(), form.written());
        Done::Script(ScriptTask::Write { file, before, after })
    }

    /// Throws away what waits.
    pub(super) fn throw_draft(&mut self, stage: &Stage) -> Done {
        let Some(form) = self.held_draft.take() else { return Done::Redraw };
        let DraftOrigin::Play(play, gate) = form.origin else { return Done::Redraw };
        match stage.play(play).and_then(|it| it.step(gate)) {
            Some(step) => Done::Send(vec![Command::DirectPlay(
                play,
                Wish::Skip(Spot::step(play, &step.name)),
            )]),
            None => Done::Redraw,
        }
    }

    /// It is in a file of the project now.
    pub(super) fn draft_is_saved(
        &mut self,
        (name, file): (String, &str),
        stage: &Stage,
        now: Millis,
    ) -> Done {
        self.dialog = None;
        let settled = self.held_draft.take().map(|it| settled(&it, stage));
        self.show_saved(name, now);
        self.say(Level::Note, format!("saved as {file}; started from here"), now);
        match settled.unwrap_or_default() {
            none if none.is_empty() => Done::Redraw,
            commands => Done::Send(commands),
        }
    }

    /// The file is written.
    pub(super) fn draft_is_written(&mut self, now: Millis) -> Done {
        self.dialog = None;
        let Some(form) = self.held_draft.take() else { return Done::Redraw };
        if let DraftOrigin::File(source) = &form.origin {
            self.script_texts.remove(&source.name);
        }
        let text = format!("{} is written", form.name);
        self.show_saved(form.name, now);
        self.say(Level::Note, text, now)
    }

    fn show_saved(&mut self, name: String, now: Millis) {
        let _gone = self.go_to_screen(Screen::Script, now);
        self.scripts.is_open = true;
        self.scripts.marked = name;
        self.want_scripts();
    }

    /// It could not be kept: that is told where it was asked for.
    pub(super) fn draft_is_not_kept(&mut self, why: String, now: Millis) -> Done {
        if let Some(Dialog::Prompt(prompt)) = &mut self.dialog
            && prompt.purpose == PromptPurpose::SaveScript
        {
            prompt.fault = Some(why);
            return Done::Redraw;
        }
        self.reopen_draft();
        match self.draft_form() {
            Some(form) => {
                form.fault = Some(why);
                Done::Redraw
            }
            None => self.say(Level::Warning, why, now),
        }
    }

    /// Leaves the script. What was typed stays: of one that waits it is a fact.
    pub(super) fn put_draft_away(&mut self, form: &DraftForm, stage: &Stage, now: Millis) -> Done {
        match &form.origin {
            DraftOrigin::File(source) | DraftOrigin::Played { source, .. } => {
                let text = form.written();
                if text == source.text {
                    self.script_texts.remove(&source.name);
                } else {
                    self.script_texts.insert(source.name.clone(), text);
                }
                Done::Redraw
            }
            DraftOrigin::Play(play, gate) => {
                let play = stage.play(*play);
                match play.and_then(|it| edited(it, *gate, form)) {
                    Some(command) => {
                        self.say(Level::Note, "it is kept as you have left it", now);
                        Done::Send(vec![command])
                    }
                    None => Done::Redraw,
                }
            }
        }
    }
}

/// What settles the gate at which a script has waited that is kept, or begun: as it
/// was changed, it is on record.
pub(super) fn settled(form: &DraftForm, stage: &Stage) -> Vec<Command> {
    let DraftOrigin::Play(id, gate) = form.origin else { return Vec::new() };
    let Some(play) = stage.play(id).filter(|it| it.draft(gate).is_some()) else {
        return Vec::new();
    };
    let mut commands: Vec<Command> = edited(play, gate, form).into_iter().collect();
    let name = play.step(gate).map(|it| it.name.clone()).unwrap_or_default();
    commands.push(Command::DirectPlay(id, Wish::Open(name)));
    commands
}

/// What makes a fact of what was typed, if something was.
fn edited(play: &Play, gate: usize, form: &DraftForm) -> Option<Command> {
    let draft = play.draft(gate).filter(|it| it.text != form.written())?;
    let name = |step: usize| play.step(step).map(|it| it.name.clone()).unwrap_or_default();
    let (from, to) = (name(draft.from), name(gate));
    let value = Box::new(draft.with(&form.written()));
    Some(Command::DirectPlay(play.id, Wish::EditHandOff { from, to, value }))
}

/// Whether the script that is played is to go on as it was written anew; or what is wrong
/// with that.
fn about_rewriting(name: &str, version: u32, wrong: Result<(), String>) -> Question {
    let title = format!("change {name}?");
    if let Err(wrong) = wrong {
        return choose::question(title, wrong, Vec::new());
    }
    let text = format!(
        "It goes on as version {}. What has begun stays as it is until it is begun again.",
        version + 1
    );
    choose::question(title, text, vec![choose::choice("Change it", Deed::Rewrite)])
}
