//! From a press of a key, or a paste, to what it means here.

use super::{Desk, Dialog, Done, Field, FormField, Screen, Tab};
use crate::{
    model::{Agent, Ask, Level, Millis, Stage},
    text::sanitise,
    ui::keys::{Act, Chord, Context, Lookup, Section},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::TextArea;

/// Writes a key into a text. Ctrl+J is what many terminals send for Shift+Enter:
/// a line's end, as it was from the first teletype on.
fn write(text: &mut TextArea<'static>, key: KeyEvent) {
    if key.code == KeyCode::Char('j') && key.modifiers == KeyModifiers::CONTROL {
        text.insert_newline();
    } else {
        text.input(key);
    }
}

impl Desk {
    /// Where the keys go.
    pub fn context(&self, stage: &Stage) -> Context {
        if let Some(dialog) = &self.dialog {
            return dialog.context();
        }
        if self.editor.is_some() {
            return Context::Editor;
        }
        if self.typed_to(stage).is_some() {
            return Context::Terminal;
        }
        match (self.screen, self.is_replay()) {
            (Screen::Cast, _) => Context::Cast,
            (Screen::Script, false) if self.shows_library() => Context::Library,
            (Screen::Script, true) => Context::ReplayScript,
            (Screen::Script, false) => Context::Script,
            (Screen::Past, _) => Context::Past,
            (Screen::Ledger, false) => Context::Ledger,
            (Screen::Ledger, true) => Context::ReplayLedger,
            (Screen::Inbox, _) => self.context_of_inbox(stage),
            (Screen::Audition, _) => Context::Audition,
            (Screen::Diffs, _) => Context::Diffs,
            (Screen::Versus, _) => Context::Versus,
            (Screen::Stage, true) => Context::Replay,
            (Screen::Zoom, true) if self.tab == Tab::Changes => Context::ReplayChanges,
            (Screen::Zoom, true) => Context::ReplayZoom,
            (Screen::Zoom, false) if self.focused_request(stage).is_some() => Context::RequestZoom,
            _ if self.focused_request(stage).is_some() => Context::Request,
            (Screen::Zoom, false) if self.tab == Tab::Changes => Context::Changes,
            (Screen::Zoom, false) => Context::Zoom,
            (Screen::Stage, false) if self.roster => Context::Roster,
            (Screen::Stage, false) => Context::Stage,
        }
    }

    /// Does what a key means here. One that does nothing says so: a key that is
    /// silent is taken for one that worked.
    pub fn key(&mut self, key: KeyEvent, stage: &Stage, now: Millis) -> Done {
        let Some(chord) = Chord::of(key) else { return Done::Nothing };
        self.pressed.push(chord);
        match self.keymap.lookup(self.context(stage), &self.pressed) {
            Lookup::Pending => Done::Redraw,
            found => {
                let pressed = std::mem::take(&mut self.pressed);
                let done = self.meant((found, &pressed), key, stage, now);
                self.look_away();
                match done {
                    Done::Nothing => self.say_useless(&pressed, now),
                    done => done,
                }
            }
        }
    }

    /// Does what keys in a row mean, of which `key` is the last.
    fn meant(
        &mut self,
        (found, pressed): (Lookup, &[Chord]),
        key: KeyEvent,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let context = self.context(stage);
        // All ends are meant, whichever is marked.
        let directs = matches!(found, Lookup::Found(act) if act.directs() && act != Act::SeenAll);
        let answers = || self.option_meant(found, pressed, stage).is_some();
        let is_open = self.dialog.is_none() && self.editor.is_none();
        if is_open && self.is_unmet(stage, now) && (directs || answers()) {
            self.settle_inbox(stage, now);
            return self.say(Level::Warning, "that is what is meant now; press it again", now);
        }
        if context.is_request()
            && let Some(number) = self.option_meant(found, pressed, stage)
        {
            return self.choose_option(number, stage, now);
        }
        match (found, pressed) {
            (Lookup::Found(act), _) => {
                self.act(self.beyond_request(act, pressed, stage), stage, now)
            }
            _ if context == Context::Terminal => self.send_key(key, stage),
            _ if context.is_typing() => self.type_key(key, stage),
            (_, [chord]) => self.key_to_request(*chord, context, stage, now),
            _ => Done::Nothing,
        }
    }

    /// Says that keys mean nothing here.
    fn say_useless(&mut self, pressed: &[Chord], now: Millis) -> Done {
        let keys: Vec<String> = pressed.iter().map(|it| it.label()).collect();
        self.say(Level::Note, format!("{} does nothing here", keys.join(" ")), now)
    }

    /// The number of an answer, where the question that has the keys offers one
    /// of that number. Other numbers mean what they mean everywhere, and so does
    /// one that `keys.toml` gives another meaning.
    fn option_meant(&self, found: Lookup, pressed: &[Chord], stage: &Stage) -> Option<usize> {
        let ask = &self.focused_request(stage)?.ask;
        let (Ask::Question { options, .. }, [chord]) = (ask, pressed) else { return None };
        let looks = matches!(
            found,
            Lookup::Unbound | Lookup::Found(Act::FocusNumber(_) | Act::TabNumber(_))
        );
        let number = chord.letter()?.to_digit(10)? as usize;
        (looks && (1..=options.len()).contains(&number)).then_some(number)
    }

    /// What keys mean that would scroll a request of which all is in sight: what
    /// they mean on the stage, or on the agent, behind it.
    fn beyond_request(&self, act: Act, pressed: &[Chord], stage: &Stage) -> Act {
        let behind = match self.context(stage) {
            Context::Request if self.roster => Context::Roster,
            Context::Request => Context::Stage,
            Context::RequestZoom if self.tab == Tab::Changes => Context::Changes,
            Context::RequestZoom => Context::Zoom,
            _ => return act,
        };
        if !matches!(act, Act::ScrollUp | Act::ScrollDown) || self.scrolls_request(stage) {
            return act;
        }
        match self.keymap.lookup(behind, pressed) {
            Lookup::Found(act) => act,
            _ => act,
        }
    }

    /// Keys that answer the request of the focused agent although the keys do
    /// not go to it: approve and deny, but not the numbers of its choices, which
    /// mean other things on the stage.
    fn key_to_request(
        &mut self,
        chord: Chord,
        context: Context,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let directs =
            matches!(context, Context::Stage | Context::Zoom | Context::Changes | Context::Roster);
        let asks = self.focused(stage).is_some_and(|it| !it.requests.is_empty());
        match self.keymap.lookup(Context::Request, &[chord]) {
            Lookup::Found(act @ (Act::Approve | Act::Deny)) if directs && asks => {
                self.act(act, stage, now)
            }
            Lookup::Found(act) if directs && act.sections() == [Section::Request] => {
                self.say_what_answers(context, stage, now)
            }
            _ => Done::Nothing,
        }
    }

    /// Says why a key that answers a request answers none here.
    fn say_what_answers(&mut self, context: Context, stage: &Stage, now: Millis) -> Done {
        let keys = self.keymap.keys_for(context, Act::NextWaiting);
        let next = keys.first().map_or("", String::as_str);
        let asks = |it: &Agent| !it.requests.is_empty();
        let text = match self.focused(stage) {
            Some(agent) if asks(agent) => {
                format!("only the request that has the keys is answered: {next} gives them to it")
            }
            _ if stage.agents().any(asks) => {
                format!("nobody asks for anything here: {next} goes to who does")
            }
            _ => "nobody asks for anything".to_owned(),
        };
        self.say(Level::Note, text, now)
    }

    fn type_key(&mut self, key: KeyEvent, stage: &Stage) -> Done {
        self.status = None;
        match &mut self.dialog {
            Some(Dialog::NewAgent(form)) if form.at == FormField::Brief => {
                write(&mut form.brief, key);
                self.rank_form(stage);
            }
            Some(Dialog::Role(form)) => {
                form.fault = None;
                write(&mut form.text, key);
            }
            Some(Dialog::Retake(form)) if form.at.is_text() => {
                form.fault = None;
                if let Some(area) = form.area() {
                    write(area, key);
                }
            }
            Some(Dialog::Retake(form)) => form.input(key, stage),
            Some(Dialog::Draft(form)) => {
                form.fault = None;
                form.is_awaited = false;
                write(&mut form.text, key);
            }
            Some(Dialog::Script(form)) => {
                if !form.choose_by(key)
                    && let Some(line) = form.line()
                {
                    line.input(key);
                }
            }
            Some(Dialog::NewAgent(form)) if form.at == FormField::Role => {
                if let Some(letter) = Chord::of(key).and_then(Chord::letter) {
                    form.jump(letter);
                }
            }
            Some(_) => {
                if let Some(field) = self.field() {
                    field.input(key);
                }
                self.typed(stage);
            }
            None => {
                if let Some(editor) = &mut self.editor {
                    write(&mut editor.text, key);
                }
            }
        }
        Done::Redraw
    }

    /// Takes pasted text: into what is being typed, and nowhere else. It is
    /// never taken for keys, so it approves and stops nobody.
    pub fn paste(&mut self, text: &str, stage: &Stage, now: Millis) -> Done {
        if self.context(stage) == Context::Terminal
            && let Some(agent) = self.typed_to(stage)
        {
            return self.send_paste(agent, text);
        }
        // Most terminals paste a line's end as the key that makes one.
        let text = sanitise(&text.replace("\r\n", "\n").replace('\r', "\n")).into_owned();
        self.pressed.clear();
        // What stands behind the paste's own end looks like keys.
        self.was_pasted = true;
        match &mut self.dialog {
            Some(Dialog::NewAgent(form)) if form.at == FormField::Brief => {
                form.brief.insert_str(&text);
                self.rank_form(stage);
            }
            Some(Dialog::Role(form)) => {
                form.text.insert_str(&text);
            }
            Some(Dialog::Draft(form)) => {
                form.text.insert_str(&text);
            }
            Some(Dialog::Retake(form)) if form.at.is_text() => {
                if let Some(area) = form.area() {
                    area.insert_str(&text);
                }
            }
            Some(_) => {
                let Some(field) = self.field() else { return self.refuse_paste(now) };
                field.paste(&text);
                self.typed(stage);
            }
            None => match &mut self.editor {
                Some(editor) => {
                    editor.text.insert_str(&text);
                }
                None => return self.refuse_paste(now),
            },
        }
        Done::Redraw
    }

    fn refuse_paste(&mut self, now: Millis) -> Done {
        self.request = None;
        let text = "pasted text is not taken for keys; open an editor to paste into";
        self.say(Level::Warning, text, now)
    }

    /// The line that is being typed, if one is.
    pub(super) fn field(&mut self) -> Option<&mut Field> {
        match self.dialog.as_mut()? {
            Dialog::Help(help) => help.is_filtering.then_some(&mut help.filter),
            Dialog::Copying(it) => it.is_searching.then_some(&mut it.search),
            Dialog::Palette(palette) => Some(&mut palette.input),
            Dialog::Command(line) => Some(&mut line.input),
            Dialog::Prompt(prompt) => Some(&mut prompt.field),
            Dialog::NewAgent(form) => match form.at {
                FormField::Model => Some(&mut form.model),
                FormField::Again => Some(&mut form.again),
                FormField::Checks => Some(&mut form.checks),
                FormField::Judge => Some(&mut form.judge),
                FormField::Scope => Some(&mut form.scope),
                FormField::Watch => Some(&mut form.watch),
                FormField::Budget => Some(&mut form.budget),
                FormField::Role | FormField::Brief => None,
            },
            Dialog::Script(form) => form.line(),
            Dialog::Question(_)
            | Dialog::Redirects(_)
            | Dialog::Limits(_)
            | Dialog::Nearby(_)
            | Dialog::Themes(_)
            | Dialog::Setup
            | Dialog::Evidence(_)
            | Dialog::Role(_)
            | Dialog::Retake(_)
            | Dialog::Draft(_) => None,
        }
    }
}

impl Dialog {
    /// Where the keys go while it is open.
    pub fn context(&self) -> Context {
        match self {
            Self::Help(help) if !help.is_filtering => Context::Reading,
            Self::Copying(it) if !it.is_searching => Context::Copying,
            Self::Question(_)
            | Self::Redirects(_)
            | Self::Limits(_)
            | Self::Nearby(_)
            | Self::Themes(_)
            | Self::Setup
            | Self::Evidence(_) => Context::Dialog,
            Self::Role(_) | Self::Draft(_) => Context::Editor,
            Self::NewAgent(form) if form.at == FormField::Brief => Context::Editor,
            Self::Retake(form) if form.at.is_text() => Context::Editor,
            Self::Help(_)
            | Self::Copying(_)
            | Self::Palette(_)
            | Self::Command(_)
            | Self::Prompt(_)
            | Self::NewAgent(_)
            | Self::Retake(_)
            | Self::Script(_) => Context::Field,
        }
    }
}
