//! What shows that an agent may be drifting, and what may set it right.

use super::{Desk, Dialog, Done, Purpose, Screen, Scroll, Tab, inability};
use crate::{
    model::{Agent, AgentId, Command, HeedWish, Level, Millis, Seq, Sign, Stage},
    ui::keys::Act,
    watch,
};

/// A sign that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignSeen {
    /// Whose it is.
    pub agent: AgentId,
    /// What was seen.
    pub sign: Sign,
    /// What can be chosen: what shows it, then what may be done.
    pub rows: Vec<SignRow>,
    /// Which of them is marked.
    pub selected: usize,
}

/// Something that can be chosen about a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignRow {
    /// Its place in the log.
    Shown(Seq),
    /// The message that is prepared.
    Redirect,
    /// The instructions that are prepared.
    Instructions,
    /// Another take, from before it began.
    Retake,
    /// It was no drift.
    Dismiss,
    /// The agent alone.
    Look,
}

impl Desk {
    /// Opens what shows that the focused agent may be drifting.
    pub(super) fn open_evidence(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        let Some(sign) = agent.drifts() else {
            let text = format!("{}: no watch has seen it drift", agent.casting.name);
            return self.say(Level::Note, text, now);
        };
        let rows = rows(agent, sign, self.is_replay());
        // The first of what may be done.
        let selected = sign.evidence.len().min(rows.len().saturating_sub(1));
        self.evidence_met = Some((agent.id, sign.number));
        let (agent, sign) = (agent.id, sign.clone());
        self.dialog = Some(Dialog::Evidence(Box::new(SignSeen { agent, sign, rows, selected })));
        Done::Redraw
    }

    /// Looks closer at the focused agent: first at what a watch has seen of it, where that
    /// was not looked at yet and nothing else waits for an answer.
    pub(super) fn look_closer(&mut self, stage: &Stage, now: Millis) -> Done {
        let news = self.focused(stage).filter(|it| it.requests.is_empty());
        let sign = news.and_then(|it| Some((it.id, it.drifts()?.number)));
        if sign.is_some() && sign != self.evidence_met && self.screen == Screen::Stage {
            return self.open_evidence(stage, now);
        }
        self.zoom(stage, now)
    }

    /// Does what was chosen about a sign.
    pub(super) fn heed_sign(&mut self, seen: &SignSeen, stage: &Stage, now: Millis) -> Done {
        let Some(row) = seen.rows.get(seen.selected) else { return Done::Redraw };
        let Some(agent) = stage.agent(seen.agent) else { return Done::Redraw };
        let drafts = || watch::drafts(agent, &seen.sign);
        match row {
            SignRow::Shown(seq) => {
                let _redraw = self.look_at(agent.id, stage, now);
                let _redraw = self.zoom(stage, now);
                let _redraw = self.open_tab(Tab::Log);
                self.reading = None;
                self.scroll = Scroll::At(*seq);
                Done::Redraw
            }
            SignRow::Redirect => self.open_editor(Purpose::Redirect(agent.id), &drafts().redirect),
            SignRow::Instructions => {
                let purpose = Purpose::Instructions(agent.id);
                self.open_editor(purpose, &drafts().instructions)
            }
            SignRow::Retake => self.open_retake_at(agent, drafts().from, stage, now),
            SignRow::Dismiss => {
                let wish = HeedWish::Dismiss { sign: seen.sign.number };
                Done::Send(vec![Command::Heed { agent: agent.id, wish }])
            }
            SignRow::Look => {
                let _redraw = self.look_at(agent.id, stage, now);
                self.zoom(stage, now)
            }
        }
    }
}

/// What can be chosen: nothing that the agent's engine can't do, or that nobody can do
/// in a replay.
fn rows(agent: &Agent, sign: &Sign, is_replay: bool) -> Vec<SignRow> {
    let shown = sign.evidence.iter().map(|it| SignRow::Shown(it.seq));
    let deeds = [
        (SignRow::Redirect, Act::Redirect),
        (SignRow::Instructions, Act::EditInstructions),
        (SignRow::Retake, Act::Retake),
    ];
    let deeds = deeds.into_iter().filter(|(_, act)| inability(*act, agent).is_none());
    let deeds = deeds.map(|(row, _)| row).chain([SignRow::Dismiss]).filter(|_| !is_replay);
    shown.chain(deeds).chain([SignRow::Look]).collect()
}
