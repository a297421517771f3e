//! What shows that an agent may be drifting, and what may set it right.

use super::{Desk, Dialog, Done, Purpose, Screen, Scroll, Tab, choose, inability};
use crate::{
    model::{
        Agent, AgentId, Ask, Command, HeedWish, HoldReason, Millis, RequestId, Seq, Sign, Stage,
    },
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
    /// Where a watch holds it: it goes on as it is.
    GoOn,
    /// The message that is prepared; it goes on with that where a watch holds it.
    Redirect,
    /// The instructions that are prepared.
    Instructions,
    /// Another take, from before it began.
    Retake,
    /// It was no drift.
    Dismiss,
    /// Where a watch holds it: it is stopped.
    Stop,
    /// The agent alone.
    Look,
}

impl Desk {
    /// Opens what shows that the focused agent may be drifting.
    pub(super) fn open_evidence(&mut self, stage: &Stage, now: Millis) -> Done {
        self.open_evidence_at(SignRow::Redirect, stage, now)
    }

    /// The same, with this marked: of what may be done the first, where it can't be.
    pub(super) fn open_evidence_at(&mut self, row: SignRow, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else { return Done::Nothing };
        let Some(sign) = agent.sign_shown() else {
            return self.ask_how_watched(agent, now);
        };
        let rows = rows(agent, &sign, self.is_replay());
        let first = sign.evidence.len().min(rows.len().saturating_sub(1));
        let selected = rows.iter().position(|it| *it == row).unwrap_or(first);
        self.evidence_met = Some((agent.id, sign.number));
        let agent = agent.id;
        self.dialog = Some(Dialog::Evidence(Box::new(SignSeen { agent, sign, rows, selected })));
        Done::Redraw
    }

    /// Looks closer at the focused agent: first at what a watch has seen of it, where that
    /// was not looked at yet and nothing else waits for an answer.
    pub(super) fn look_closer(&mut self, stage: &Stage, now: Millis) -> Done {
        let is_other = |it: &Agent| it.requests.iter().any(|it| it.id != RequestId::DRIFT);
        let news = self.focused(stage).filter(|it| !is_other(it));
        let sign = news.and_then(|it| Some((it.id, it.sign_shown()?.number)));
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
            SignRow::GoOn => Done::Send(vec![Command::Lift(agent.id, HoldReason::Watch)]),
            SignRow::Stop => {
                self.dialog = Some(Dialog::Question(choose::about_stopping(agent, stage)));
                Done::Redraw
            }
            SignRow::Redirect => {
                let answers = Purpose::Answer(agent.id, RequestId::DRIFT);
                let asked = agent.drift_asked().map(|_| answers);
                let purpose = asked.unwrap_or(Purpose::Redirect(agent.id));
                self.open_editor(purpose, &drafts().redirect)
            }
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
    let is_asked = matches!(
        agent.drift_asked().map(|it| &it.ask),
        Some(Ask::Drift { sign: asked, .. }) if *asked == sign.number
    );
    let stands = agent.drift.signs().any(|it| it.number == sign.number);
    let deeds = [
        (SignRow::GoOn, Act::Pause, is_asked),
        (SignRow::Redirect, Act::Redirect, true),
        (SignRow::Instructions, Act::EditInstructions, true),
        (SignRow::Retake, Act::Retake, true),
        (SignRow::Dismiss, Act::Evidence, stands),
        (SignRow::Stop, Act::Stop, is_asked),
    ];
    let deeds = deeds
        .into_iter()
        .filter(|(_, act, is_here)| *is_here && !is_replay && inability(*act, agent).is_none());
    let deeds = deeds.map(|(row, ..)| row);
    shown.chain(deeds).chain([SignRow::Look]).collect()
}
