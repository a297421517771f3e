//! What the desk is told in words, where whole lines are typed and no key is pressed.

use super::{Desk, Dialog, Done, Field, Goal, Screen, choose};
use crate::{
    model::{AgentId, Command, Millis, RequestId, Stage},
    ui::keys::Act,
};
use tui_textarea::TextArea;

/// Something that is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// A command of the command line.
    Command(String),
    /// The same, about this agent.
    About(AgentId, String),
    /// These go to the supervisor.
    Send(Vec<Command>),
    /// One more turn for an agent over its budget.
    FinishUp(AgentId, RequestId),
    /// The line, or the whole text, that what is open waits for.
    Text(String),
    /// The choice of this place, counted from 0.
    Choice(usize),
    /// What is open is left.
    Back,
}

impl Desk {
    /// Does what is told.
    pub fn hear(&mut self, said: Said, stage: &Stage, now: Millis) -> Done {
        self.status = None;
        match said {
            Said::Command(line) => self.run_line(&line, stage, now),
            Said::About(agent, line) => {
                let _redraw = self.look_at(agent, stage, now);
                self.run_line(&line, stage, now)
            }
            Said::Send(commands) => Done::Send(commands),
            Said::FinishUp(agent, request) => choose::finish_up(agent, request),
            Said::Text(text) => self.take_text(&text, stage, now),
            Said::Choice(place) => {
                if let Some(Dialog::Question(question)) = &mut self.dialog {
                    question.selected = place;
                    return self.choose(stage, now);
                }
                Done::Nothing
            }
            Said::Back => self.cancel(stage, now),
        }
    }

    /// Every command that can be told here, with what it does; settings as one.
    pub fn commands_there_are(&self, stage: &Stage) -> Vec<(String, String)> {
        let all = self.all_there_is(stage).into_iter();
        let all = all.filter(|it| !matches!(it.goal, Goal::Set(..)));
        let set = ("set SETTING VALUE".to_owned(), "any setting".to_owned());
        all.map(|it| (it.command, it.label)).chain([set]).collect()
    }

    /// Stands on the stage again: other screens are pictures.
    pub fn leave_pictures(&mut self) -> bool {
        let is_elsewhere = self.screen != Screen::Stage;
        self.screen = Screen::Stage;
        is_elsewhere
    }

    /// Does a command that is typed whole: nothing is guessed.
    fn run_line(&mut self, text: &str, stage: &Stage, now: Millis) -> Done {
        let _opened = self.open_command_line(stage, now);
        let Some(Dialog::Command(mut line)) = self.dialog.take() else { return Done::Nothing };
        line.input = Field::new(text);
        self.run_command(line, stage, now)
    }

    fn take_text(&mut self, text: &str, stage: &Stage, now: Millis) -> Done {
        match (&mut self.dialog, &mut self.editor) {
            (Some(Dialog::Prompt(prompt)), _) => {
                prompt.field = Field::new(text);
                self.choose(stage, now)
            }
            (Some(Dialog::Script(form)), _) => {
                // What can't be is asked for again.
                if form.take(text.trim()) { self.choose(stage, now) } else { Done::Redraw }
            }
            (Some(Dialog::NewAgent(form)), _) => {
                form.brief = TextArea::from(text.split('\n'));
                self.act(Act::Save, stage, now)
            }
            (None, Some(editor)) => {
                editor.text = TextArea::from(text.split('\n'));
                self.act(Act::Save, stage, now)
            }
            _ => Done::Nothing,
        }
    }

    /// What is wrong with the command that was typed; the line is closed.
    pub fn take_fault(&mut self) -> Option<String> {
        match &self.dialog {
            Some(Dialog::Command(line)) => {
                let fault = line.fault.clone();
                self.dialog = None;
                fault
            }
            _ => None,
        }
    }
}
