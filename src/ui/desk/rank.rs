//! Roles in the order in which they fit a brief, with what shows that.

use super::{Desk, Dialog, Done, Field, NewAgent, Prompt, PromptPurpose, RoleOffer, Screen};
use crate::{
    casting::{Candidate, Track, Tracks, rank},
    model::{Level, Millis, Stage},
};

impl Desk {
    /// Whether a role is being chosen: then it is worth to find out more of them.
    pub const fn chooses_role(&self) -> bool {
        matches!(self.dialog, Some(Dialog::NewAgent(_) | Dialog::Setup))
            || matches!(self.screen, Screen::Cast)
    }

    /// How a role has done in this project, this session included; nothing if
    /// nobody has come to an end in it.
    pub fn track(&self, role: &str, stage: &Stage) -> Option<Track> {
        let mut track = self.tracks.get(role).copied().unwrap_or_default();
        let cast = stage.agents().filter(|it| it.casting.role == role);
        cast.filter_map(|it| Track::of(it, stage)).for_each(|it| track.add(&it));
        (track.agents() > 0).then_some(track)
    }

    /// Notes how the roles have done in former sessions.
    pub fn note_tracks(&mut self, tracks: Tracks, stage: &Stage) -> Done {
        self.tracks = tracks;
        self.rank_again(stage);
        Done::Redraw
    }

    /// Ranks whatever is ranked once more: something has become known.
    pub(super) fn rank_again(&mut self, stage: &Stage) {
        self.rank_form(stage);
        if !self.cast.brief.is_empty() {
            self.cast.ranked = self.ranked(&self.cast.brief, &self.roles, stage);
        }
    }

    /// Opens a line for the brief that roles are ranked for: the one that was begun
    /// in the form, unless there is another.
    pub(super) fn ask_for_brief(&mut self) -> Done {
        let draft = self.drafts.get(&super::DraftKey::NewAgent).map_or("", String::as_str);
        let begun = if self.cast.brief.is_empty() { draft } else { &self.cast.brief };
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::RankFor,
            title: "who fits this brief?".to_owned(),
            hint: "what an agent is to do; empty for the order of the cast".to_owned(),
            field: Field::new(begun),
            fault: None,
        }));
        Done::Redraw
    }

    /// Lists the roles that fit this brief first, and marks the first.
    pub(super) fn rank_cast(&mut self, brief: &str, stage: &Stage) -> Done {
        brief.clone_into(&mut self.cast.brief);
        self.cast.marked.clear();
        self.cast.scroll = 0;
        self.cast.ranked = self.ranked(brief, &self.roles, stage);
        Done::Redraw
    }

    /// Ranks the roles of the form for the brief in it. The role that is marked
    /// stays so, wherever it goes.
    pub(super) fn rank_form(&mut self, stage: &Stage) {
        let Some(Dialog::NewAgent(mut form)) = self.dialog.take_if(|it| it.ranks()) else { return };
        let brief = form.brief.lines().join("\n");
        let marked = form.role().map(|it| it.casting.role.clone());
        form.roles = if form.is_ranked() {
            self.ranked(&brief, &self.roles, stage)
        } else {
            self.roles.clone()
        };
        let is_marked = |it: &RoleOffer| Some(&it.casting.role) == marked.as_ref();
        form.selected = form.roles.iter().position(is_marked).unwrap_or(0);
        self.dialog = Some(Dialog::NewAgent(form));
    }

    /// Marks the role that fits the brief of the form best.
    pub(super) fn take_best(&mut self, now: Millis) -> Done {
        let Some(Dialog::NewAgent(form)) = &mut self.dialog else { return Done::Nothing };
        if !form.is_ranked() {
            return self.say(Level::Note, "say first what it is to do: nothing is ranked yet", now);
        }
        form.selected = 0;
        form.fault = None;
        Done::Redraw
    }

    /// These roles, the one that fits best first.
    fn ranked(&self, brief: &str, roles: &[RoleOffer], stage: &Stage) -> Vec<RoleOffer> {
        let tracks: Vec<_> = roles.iter().map(|it| self.track(&it.casting.role, stage)).collect();
        let candidates: Vec<Candidate> =
            roles.iter().zip(&tracks).map(|(role, track)| role.candidate(track.as_ref())).collect();
        let place = |it: crate::casting::Ranked| {
            let role = roles.get(it.candidate)?.clone();
            Some(RoleOffer { evidence: it.evidence, ..role })
        };
        rank(brief, &candidates).into_iter().filter_map(place).collect()
    }
}

impl Dialog {
    /// Whether it is a form whose brief is the director's own.
    fn ranks(&self) -> bool {
        matches!(self, Self::NewAgent(form) if !form.is_given && !form.is_audition)
    }
}

impl RoleOffer {
    /// What is known of it.
    fn candidate<'a>(&'a self, track: Option<&'a Track>) -> Candidate<'a> {
        Candidate {
            role: &self.casting.role,
            purpose: &self.purpose,
            strengths: &self.strengths,
            missing: self.missing.as_deref(),
            terms: self.terms,
            track,
        }
    }
}

impl NewAgent {
    /// Whether its roles stand in the order in which they fit its brief.
    pub fn is_ranked(&self) -> bool {
        !self.is_given
            && !self.is_audition
            && self.brief.lines().iter().any(|it| !it.trim().is_empty())
    }
}
