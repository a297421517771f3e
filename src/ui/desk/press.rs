//! From a press of a key, or a paste, to what it means here.

use super::{Desk, Dialog, Done, Field, FormField, Screen};
use crate::{
    model::{Level, Millis, Stage},
    text::sanitise,
    ui::keys::{Act, Chord, Context, Lookup},
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
        match (self.screen, self.is_replay()) {
            (Screen::Stage, true) => Context::Replay,
            (Screen::Zoom, true) => Context::ReplayZoom,
            _ if self.focused_request(stage).is_some() => Context::Request,
            (Screen::Zoom, false) => Context::Zoom,
            (Screen::Stage, false) if self.roster => Context::Roster,
            (Screen::Stage, false) => Context::Stage,
        }
    }

    /// Does what a key means here.
    pub fn key(&mut self, key: KeyEvent, stage: &Stage, now: Millis) -> Done {
        let Some(chord) = Chord::of(key) else { return Done::Nothing };
        let context = self.context(stage);
        self.pressed.push(chord);
        match self.keymap.lookup(context, &self.pressed) {
            Lookup::Pending => return Done::Redraw,
            Lookup::Found(act) => {
                self.pressed.clear();
                return self.act(act, stage, now);
            }
            Lookup::Unbound => {}
        }
        let is_single = self.pressed.len() == 1;
        self.pressed.clear();
        if context.is_typing() {
            return self.type_key(key, stage);
        }
        if !is_single {
            return Done::Redraw;
        }
        self.key_to_request(chord, context, stage, now)
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
        if context == Context::Request {
            return match chord.letter().and_then(|it| it.to_digit(10)) {
                Some(number) => self.choose_option(number as usize, stage, now),
                None => Done::Nothing,
            };
        }
        let directs = matches!(context, Context::Stage | Context::Zoom | Context::Roster);
        let asks = self.focused(stage).is_some_and(|it| !it.requests.is_empty());
        match self.keymap.lookup(Context::Request, &[chord]) {
            Lookup::Found(act @ (Act::Approve | Act::Deny)) if directs && asks => {
                self.act(act, stage, now)
            }
            _ => Done::Nothing,
        }
    }

    fn type_key(&mut self, key: KeyEvent, stage: &Stage) -> Done {
        self.status = None;
        match &mut self.dialog {
            Some(Dialog::NewAgent(form)) if form.at == FormField::Brief => {
                write(&mut form.brief, key);
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
        let text = sanitise(text).replace("\r\n", "\n").replace('\r', "\n");
        self.pressed.clear();
        match &mut self.dialog {
            Some(Dialog::NewAgent(form)) if form.at == FormField::Brief => {
                form.brief.insert_str(&text);
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
        let text = "pasted text is not taken for keys; open an editor to paste into";
        self.say(Level::Warning, text, now)
    }

    /// The line that is being typed, if one is.
    pub(super) fn field(&mut self) -> Option<&mut Field> {
        match self.dialog.as_mut()? {
            Dialog::Help(help) => help.is_filtering.then_some(&mut help.filter),
            Dialog::Palette(palette) => Some(&mut palette.input),
            Dialog::Prompt(prompt) => Some(&mut prompt.field),
            Dialog::NewAgent(form) => match form.at {
                FormField::Model => Some(&mut form.model),
                FormField::Budget => Some(&mut form.budget),
                FormField::Role | FormField::Brief => None,
            },
            Dialog::Question(_) | Dialog::Redirects(_) => None,
        }
    }
}

impl Dialog {
    /// Where the keys go while it is open.
    pub fn context(&self) -> Context {
        match self {
            Self::Help(help) if !help.is_filtering => Context::Reading,
            Self::Question(_) | Self::Redirects(_) => Context::Dialog,
            Self::NewAgent(form) if form.at == FormField::Brief => Context::Editor,
            Self::Help(_) | Self::Palette(_) | Self::Prompt(_) | Self::NewAgent(_) => {
                Context::Field
            }
        }
    }
}
