//! Writing: editors and the form for a new agent. Nothing typed is lost: a text
//! that is put away is a draft, and a draft is there when it is opened again.

use super::{
    Desk, Dialog, Done, DraftKey, Editor, FormField, NewAgent, Purpose, RoleOffer, choose, editor,
};
use crate::{
    casting::StandingRole,
    config,
    model::{
        Action, AgentId, Answer, Casting, Command, EngineKind, JUDGE, Level, Millis, RequestId,
        Rule, Stage, form,
    },
    ui::keys::Act,
};
use tui_textarea::{CursorMove, TextArea};

impl Desk {
    /// Opens an editor with the draft, or with this text.
    pub(super) fn open_editor(&mut self, purpose: Purpose, text: &str) -> Done {
        self.put_away_editor();
        let key = DraftKey::Editor(purpose);
        let mut editor = Editor::open(purpose, self.drafts.get(&key).map_or(text, String::as_str));
        text.clone_into(&mut editor.original);
        self.editor = Some(editor);
        Done::Redraw
    }

    /// Closes the editor and keeps its text.
    pub(super) fn put_away_editor(&mut self) {
        let Some(editor) = self.editor.take() else { return };
        let (key, text) = (DraftKey::Editor(editor.purpose), editor.written());
        if text.trim().is_empty() || text == editor.original {
            self.drafts.remove(&key);
        } else {
            self.drafts.insert(key, text);
        }
    }

    /// The text of several lines that is being typed, if one is.
    pub(super) fn area(&mut self) -> Option<&mut TextArea<'static>> {
        match (&mut self.dialog, &mut self.editor) {
            (Some(Dialog::NewAgent(form)), _) => Some(&mut form.brief),
            (Some(Dialog::Role(form)), _) => Some(&mut form.text),
            (Some(Dialog::Retake(form)), _) => form.area(),
            (Some(Dialog::Draft(form)), _) => Some(&mut form.text),
            (None, Some(editor)) => Some(&mut editor.text),
            _ => None,
        }
    }

    /// Done with the text: sends it, or shows what it changes.
    pub(super) fn save(&mut self, stage: &Stage, now: Millis) -> Done {
        match &self.dialog {
            Some(Dialog::NewAgent(_)) => return self.cast(stage, now),
            Some(Dialog::Role(_)) => return self.weigh_role(now),
            Some(Dialog::Retake(_)) => return self.retake(stage, now),
            Some(Dialog::Draft(_)) => return self.settle_draft(now),
            Some(Dialog::Script(_)) => return self.begin_script(now),
            Some(_) => return self.choose(stage, now),
            None => {}
        }
        let Some(editor) = &self.editor else { return Done::Nothing };
        let text = editor.written();
        let is_empty = text.trim().is_empty();
        match editor.purpose {
            Purpose::Redirect(_)
            | Purpose::RedirectMarked
            | Purpose::Brief(_)
            | Purpose::Fork(_)
            | Purpose::Answer(..)
            | Purpose::Step(_)
                if is_empty =>
            {
                self.say(Level::Note, "there is nothing to send yet", now)
            }
            Purpose::Instructions(id) => self.preview(id, text, stage, now),
            Purpose::Redirect(agent) => {
                let now = editor.now;
                self.send_text(Command::Redirect { agent, text, now })
            }
            Purpose::RedirectMarked => self.redirect_marked(stage, now),
            Purpose::EditRedirect(agent, redirect) => {
                self.send_text(Command::EditRedirect { agent, redirect, text })
            }
            Purpose::Brief(agent) => self.send_text(Command::EditBrief { agent, text }),
            Purpose::Fork(id) => match stage.agent(id) {
                Some(agent) => self.send_text(Command::Add(Box::new(agent.forked(text)))),
                None => Done::Nothing,
            },
            Purpose::Step(_) | Purpose::StepRole(_) | Purpose::HandOff(..)
                if text == editor.original =>
            {
                self.put_away_editor();
                self.say(Level::Note, "nothing has changed", now)
            }
            Purpose::Step(_) | Purpose::StepRole(_) | Purpose::HandOff(..) => {
                match super::rewrite::rewritten(editor.purpose, &text, stage) {
                    Ok(command) => self.send_text(command),
                    Err(why) => self.find_fault(why),
                }
            }
            Purpose::Answer(agent, request) => self.send_answer((agent, request), text, stage, now),
        }
    }

    /// Answers with what was written, if somebody waits for that and it fills the form.
    fn send_answer(
        &mut self,
        (agent, request): (AgentId, RequestId),
        text: String,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        if !self.editor.as_ref().is_some_and(|it| answer_is_awaited(it, stage)) {
            let text = "that question is not open any more; the text is kept as a draft";
            self.put_away_editor();
            return self.say(Level::Warning, text, now);
        }
        let asked = stage.agent(agent).and_then(|it| it.request(request));
        let blanks = asked.map_or(&[][..], |it| it.ask.blanks());
        if !blanks.is_empty()
            && let Err(why) = form::filled(blanks, &text)
        {
            return self.find_fault(why);
        }
        let answer = Answer::Said { text };
        self.send_text(Command::Answer { agent, request, answer })
    }

    /// Tells what is wrong with the text, where it is written.
    fn find_fault(&mut self, why: String) -> Done {
        if let Some(editor) = &mut self.editor {
            editor.fault = Some(why);
        }
        Done::Redraw
    }

    /// Shows what new instructions change.
    fn preview(&mut self, id: AgentId, text: String, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = stage.agent(id) else { return Done::Nothing };
        if agent.current_instructions().is_some_and(|it| *it.text == *text) {
            return self.say(Level::Note, "nothing has changed yet", now);
        }
        self.dialog = Some(Dialog::Question(choose::about_instructions(agent, text)));
        Done::Redraw
    }

    pub(super) fn send_instructions(&mut self, agent: AgentId) -> Done {
        let Some(editor) = &self.editor else { return Done::Nothing };
        let text = editor.written();
        self.send_text(Command::EditInstructions { agent, text })
    }

    /// Closes the editor and sends its text, which stays a draft until it is a
    /// fact: a busy supervisor or a refusal loses nothing.
    pub(super) fn send_text(&mut self, command: Command) -> Done {
        self.send_texts(vec![command])
    }

    /// The same, where it goes to several.
    pub(super) fn send_texts(&mut self, commands: Vec<Command>) -> Done {
        if let Some(editor) = self.editor.take() {
            let (key, text) = (DraftKey::Editor(editor.purpose), editor.written());
            self.drafts.insert(key, text.clone());
            self.sent = Some((key, text));
        }
        Done::Send(commands)
    }

    /// Turns to the next field; in the editor of a redirect, chooses between the
    /// next step and at once.
    pub(super) fn next_field(&mut self, places: isize) -> Done {
        match (&mut self.dialog, &mut self.editor) {
            (Some(Dialog::NewAgent(form)), _) => {
                let fields = form.fields();
                let count = fields.len().cast_signed();
                let here = fields.iter().position(|it| *it == form.at).unwrap_or(0);
                let there = (here.cast_signed() + places).rem_euclid(count).unsigned_abs();
                form.at = fields.get(there).copied().unwrap_or_default();
            }
            (Some(Dialog::Role(form)), _) => {
                form.text.insert_tab();
            }
            (Some(Dialog::Draft(form)), _) => {
                form.text.insert_tab();
            }
            (Some(Dialog::Script(form)), _) => form.turn(places),
            (Some(Dialog::Retake(form)), _) => form.turn_to(places),
            (None, Some(editor))
                if matches!(editor.purpose, Purpose::Redirect(_) | Purpose::RedirectMarked) =>
            {
                editor.now = !editor.now;
            }
            (None, Some(editor)) if is_form(editor) => {
                next_blank(&mut editor.text, places);
            }
            (None, Some(editor)) => {
                editor.text.insert_tab();
            }
            (Some(Dialog::Command(line)), _) => line.complete(places),
            (Some(Dialog::Palette(_)), _) => {
                if let Some(Dialog::Palette(it)) = &mut self.dialog {
                    let count = it.matches.len().max(1).cast_signed();
                    let next = (it.selected.cast_signed() + places).rem_euclid(count);
                    it.selected = next.unsigned_abs();
                }
            }
            _ => return Done::Nothing,
        }
        Done::Redraw
    }

    pub(super) fn edit_elsewhere(&mut self) -> Done {
        match self.area() {
            Some(area) => Done::EditElsewhere(area.lines().join("\n")),
            None => Done::Nothing,
        }
    }

    /// Takes the text back from the director's own editor.
    pub fn take_edited(&mut self, text: &str, stage: &Stage) {
        let text = crate::text::sanitise(text);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        if let Some(area) = self.area() {
            *area = editor::area(text);
        }
        self.rank_form(stage);
    }

    /// Opens the form for a new agent, with the brief that was begun.
    pub(super) fn open_form(&mut self, now: Millis) -> Done {
        if self.roles.is_empty() {
            return self.say(Level::Warning, "no role is configured; see config/cast.toml", now);
        }
        let brief = self.drafts.get(&DraftKey::NewAgent).map_or("", String::as_str);
        let brief = editor::area(brief);
        let roles = self.roles.clone();
        self.dialog =
            Some(Dialog::NewAgent(Box::new(NewAgent { roles, brief, ..NewAgent::default() })));
        Done::Redraw
    }

    /// Notes what became known of a program, for the form and for the next one.
    pub fn note_program(&mut self, program: &str, about: &str, stage: &Stage) -> Done {
        let form = match &mut self.dialog {
            Some(Dialog::NewAgent(form)) => form.roles.as_mut_slice(),
            _ => &mut [],
        };
        let is_it = |it: &&mut RoleOffer| {
            it.casting.engine != EngineKind::Native && it.casting.provider == program
        };
        for role in form.iter_mut().chain(&mut self.roles).filter(is_it) {
            about.clone_into(&mut role.about);
        }
        self.note_in_guide(program, about);
        self.rank_again(stage);
        Done::Redraw
    }

    pub(super) fn keep_form(&mut self, form: &NewAgent) {
        if form.is_given {
            return;
        }
        let text = form.brief.lines().join("\n");
        if text.trim().is_empty() {
            self.drafts.remove(&DraftKey::NewAgent);
        } else {
            self.drafts.insert(DraftKey::NewAgent, text);
        }
    }

    /// Casts the agent of the form, if everything in it makes sense.
    pub(super) fn cast(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(Dialog::NewAgent(mut form)) = self.dialog.take() else { return Done::Nothing };
        let (command, text) = match self.called_for(&form, stage) {
            Ok(it) => it,
            Err((at, fault)) => {
                form.at = at;
                form.fault = Some(fault);
                self.dialog = Some(Dialog::NewAgent(form));
                return Done::Redraw;
            }
        };
        self.keep_form(&form);
        self.return_to_stage();
        if form.is_audition {
            self.cast.chosen.clear();
        }
        let brief = form.brief.lines().join("\n").trim().to_owned();
        self.sent = Some((DraftKey::NewAgent, brief));
        self.say(Level::Note, text, now);
        Done::Send(vec![command])
    }

    /// What a form calls for, and what is said of it; or where and why it can't be.
    fn called_for(
        &self,
        form: &NewAgent,
        stage: &Stage,
    ) -> Result<(Command, String), (FormField, String)> {
        if form.is_audition {
            return self.hold_audition(form, stage);
        }
        let role = form.role().ok_or((FormField::Role, "choose a role".to_owned()))?;
        let mut casting = form.casting(role, &self.providers)?;
        if casting.heeds(Rule::Judge).action != Action::Off
            && let Some(judge) = form.roles.iter().find(|it| it.casting.role == JUDGE)
        {
            casting.judges.insert(JUDGE.to_owned(), judge.casting.clone());
        }
        let Some(again) = form.when(role)? else {
            let text = format!("{} is being cast", casting.role);
            return Ok((Command::Add(Box::new(casting)), text));
        };
        let is_taken = |name: &str| stage.plays().any(|it| it.script.name == name);
        let standing = StandingRole::new(casting, again, is_taken);
        let keys = self.keymap.keys_for(self.context(stage), Act::ToScript);
        let key = keys.first().map(|it| format!("; {it} shows it")).unwrap_or_default();
        let text = format!("{} is done again and again, {}{key}", standing.name, standing.again);
        let (script, inputs) = standing.script();
        Ok((Command::Perform { script: Box::new(script), inputs: Box::new(inputs) }, text))
    }
}

fn answer_is_awaited(editor: &Editor, stage: &Stage) -> bool {
    let Some((agent, request)) = editor.answers() else { return true };
    stage.agent(agent).is_some_and(|it| it.request(request).is_some())
}

impl NewAgent {
    /// The role that is marked.
    pub fn role(&self) -> Option<&RoleOffer> {
        self.roles.get(self.selected)
    }

    /// Marks the next role whose name begins with this letter.
    pub(super) fn jump(&mut self, letter: char) {
        let count = self.roles.len();
        let begins = |place: &usize| {
            let role = self.roles.get(*place).map_or("", |it| &it.casting.role);
            role.to_lowercase().starts_with(letter.to_ascii_lowercase())
        };
        let mut round = (1..=count).map(|step| (self.selected + step) % count);
        if let Some(place) = round.find(begins) {
            self.selected = place;
        }
    }

    /// An agent of this role as it would be cast, or where and why not.
    pub(super) fn casting(
        &self,
        role: &RoleOffer,
        providers: &[String],
    ) -> Result<Casting, (FormField, String)> {
        if let Some(missing) = &role.missing {
            return Err((FormField::Role, missing.clone()));
        }
        let mut casting = role.casting.clone();
        self.brief.lines().join("\n").trim().clone_into(&mut casting.brief);
        if casting.brief.is_empty() {
            return Err((FormField::Brief, "say what it is to do".to_owned()));
        }
        let model = self.model.text().trim();
        if !model.is_empty() {
            (casting.provider, casting.model) = choose::model(model, &casting.provider, providers)
                .map_err(|it| (FormField::Model, it))?;
        }
        let scope = self.scope.text().trim();
        if !scope.is_empty() {
            casting.scope = listed(scope).map(str::to_owned).collect();
        }
        for typed in listed(self.watch.text()) {
            let (watched, own) = config::heeding(typed).map_err(|it| (FormField::Watch, it))?;
            config::heed_anew(&mut casting.watch, watched, own);
        }
        let budget = self.budget.text().trim();
        if !budget.is_empty() {
            casting.budget = choose::budget(budget).map_err(|it| (FormField::Budget, it))?;
        }
        Ok(casting)
    }
}

/// What stands between commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// Behind what stands in the next line, or the one before, round and round.
fn next_blank(text: &mut TextArea<'_>, places: isize) {
    let count = text.lines().len().max(1).cast_signed();
    let row = (text.cursor().0.cast_signed() + places).rem_euclid(count);
    text.move_cursor(CursorMove::Jump(u16::try_from(row).unwrap_or(u16::MAX), u16::MAX));
}

/// Whether what is written on has a line for each thing that is asked.
fn is_form(editor: &Editor) -> bool {
    matches!(editor.purpose, Purpose::Answer(..)) && !editor.original.is_empty()
}
