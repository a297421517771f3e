//! What agents ask, and how it is answered.

use super::{
    Desk, Dialog, Done, Editor, Field, Prompt, PromptPurpose, Purpose, Screen, SignRow, choose,
};
use crate::model::{
    AgentId, Answer, Ask, Command, Fingerprint, Level, Millis, Request, RequestId, Scope, Stage,
    form,
};
use tui_textarea::CursorMove;

impl Desk {
    /// The request that the keys go to, while it is open.
    pub fn focused_request<'a>(&self, stage: &'a Stage) -> Option<&'a Request> {
        let (agent, id) = self.request?;
        if self.focus != Some(agent) {
            return None;
        }
        stage.agent(agent)?.requests.iter().find(|it| it.id == id)
    }

    /// The request that an answer would go to: the one that has the keys, else
    /// the focused agent's first.
    fn asked(&self, stage: &Stage) -> Option<(AgentId, Request)> {
        let agent = self.focused(stage)?;
        let request = self.focused_request(stage).or_else(|| agent.requests.first())?;
        Some((agent.id, request.clone()))
    }

    /// Approves exactly what the last picture showed: a request that had the keys
    /// in it, to its end. Any other gets the keys and is shown first, so that no
    /// key approves what came under it as it was pressed.
    pub(super) fn approve(&mut self, scope: Scope, stage: &Stage, now: Millis) -> Done {
        let Some((agent, request)) = self.asked(stage) else {
            return self.say(Level::Note, "this agent asks for nothing", now);
        };
        match &request.ask {
            Ask::Question { .. } => self.answer(stage, now),
            Ask::Budget { .. } => self.raise(agent, stage),
            Ask::Drift { .. } => self.open_evidence_at(SignRow::GoOn, stage, now),
            Ask::Approval { .. } => {
                let shown = (agent, request.id, request.fingerprint);
                if self.shown.ready == Some(shown) && !self.was_pasted {
                    return approved(shown, scope);
                }
                self.make_ready(agent, request.id, now)
            }
        }
    }

    /// Gives the keys to a request that was not on the screen as they were
    /// pressed: they were meant for something else, or for the one before it.
    fn make_ready(&mut self, agent: AgentId, request: RequestId, now: Millis) -> Done {
        let text = if self.was_pasted {
            "pasted text approves nothing; press it again"
        } else if self.shown.requests.contains(&(agent, request)) {
            "this is what would be approved; press it again"
        } else {
            self.screen = Screen::Zoom;
            "read it to its end first: scroll down, then approve"
        };
        if self.request != Some((agent, request)) {
            self.request = Some((agent, request));
            self.request_scroll = 0;
        }
        self.say(Level::Warning, text, now)
    }

    /// Denies, with a reason for the agent; stops one that a budget or a watch holds.
    pub(super) fn deny(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some((id, request)) = self.asked(stage) else {
            return self.say(Level::Note, "this agent asks for nothing", now);
        };
        let Some(agent) = stage.agent(id) else { return Done::Nothing };
        self.dialog = Some(match request.ask {
            Ask::Budget { .. } | Ask::Drift { .. } => {
                Dialog::Question(choose::about_stopping(agent, stage))
            }
            Ask::Approval { .. } | Ask::Question { .. } => Dialog::Prompt(Prompt {
                purpose: PromptPurpose::Deny(id, request.id),
                title: format!("deny {}", agent.casting.name),
                hint: "why, for the agent; may stay empty".to_owned(),
                field: Field::default(),
                fault: None,
            }),
        });
        Done::Redraw
    }

    /// The first line of a form that is still empty is written first.
    fn go_to_first_blank(&mut self, blanks: &[form::Blank]) {
        let is_empty = |line: &String| {
            blanks.iter().any(|it| line.trim_end().strip_suffix(':') == Some(it.name.as_str()))
        };
        let Some(editor) = &mut self.editor else { return };
        if let Some(row) = editor.text.lines().iter().position(is_empty) {
            let row = u16::try_from(row).unwrap_or(u16::MAX);
            editor.text.move_cursor(CursorMove::Jump(row, u16::MAX));
        }
    }

    /// Opens what the request asks for: an editor for words, choices for money.
    pub(super) fn answer(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some((agent, request)) = self.asked(stage) else {
            return self.say(Level::Note, "this agent asks for nothing", now);
        };
        match request.ask {
            Ask::Question { blanks, .. } => {
                let done =
                    self.open_editor(Purpose::Answer(agent, request.id), &form::draft(&blanks));
                self.go_to_first_blank(&blanks);
                done
            }
            Ask::Budget { .. } => self.ask_about_budget(agent, stage),
            Ask::Drift { .. } => self.open_evidence(stage, now),
            Ask::Approval { .. } if self.screen == Screen::Stage => self.zoom(stage, now),
            Ask::Approval { .. } => {
                self.say(Level::Note, "approve it or deny it: see the keys on it", now)
            }
        }
    }

    /// Answers a question with one of the answers it offers, counted from 1. In
    /// the zoom, where numbers mean tabs as well, the answer is proposed and sent
    /// by the editor: nothing is answered by a key that was meant otherwise.
    pub(super) fn choose_option(&mut self, number: usize, stage: &Stage, now: Millis) -> Done {
        self.status = None;
        let Some((agent, Request { id, ask: Ask::Question { options, .. }, .. })) =
            self.asked(stage)
        else {
            return Done::Nothing;
        };
        match number.checked_sub(1).and_then(|it| options.get(it)) {
            Some(option) if self.screen == Screen::Zoom => {
                let option = option.clone();
                self.open_editor(Purpose::Answer(agent, id), &option)
            }
            Some(option) => reply(agent, id, Answer::Said { text: option.clone() }),
            None => self.say(Level::Note, format!("choose 1 to {}", options.len()), now),
        }
    }
}

fn approved((agent, request, shown): (AgentId, RequestId, Fingerprint), scope: Scope) -> Done {
    Done::Send(vec![Command::Approve { agent, request, shown, scope }])
}

pub(super) fn reply(agent: AgentId, request: RequestId, answer: Answer) -> Done {
    Done::Send(vec![Command::Answer { agent, request, answer }])
}

/// What a request says.
pub(super) fn words(ask: &Ask) -> &str {
    match ask {
        Ask::Approval { shown, .. } => shown,
        Ask::Question { text, .. } => text,
        Ask::Budget { .. } => "",
        Ask::Drift { words, .. } => words,
    }
}

impl Editor {
    /// The request it answers, if it does.
    pub(super) const fn answers(&self) -> Option<(AgentId, RequestId)> {
        match self.purpose {
            Purpose::Answer(agent, request) => Some((agent, request)),
            _ => None,
        }
    }
}
