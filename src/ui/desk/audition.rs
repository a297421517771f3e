//! Auditions: agents with one brief in several roles, of which one is kept.

use super::{Desk, Dialog, Done, Field, FormField, Prompt, PromptPurpose, RoleOffer, Screen, Tab};
use crate::model::{Agent, AgentId, Casting, Command, Ground, Level, Millis, Stage, Way};

impl Desk {
    /// Takes the marked role into the next audition, or out of it.
    pub(super) fn choose_for_audition(&mut self, now: Millis) -> Done {
        let Some(role) = self.marked_role() else {
            return self.say(Level::Note, "no role is listed", now);
        };
        let name = role.casting.role.clone();
        if let Some(why) = role.missing.clone() {
            return self.say(Level::Warning, format!("{name} can't be cast now: {why}"), now);
        }
        if !self.cast.chosen.remove(&name) {
            self.cast.chosen.insert(name);
        }
        Done::Redraw
    }

    /// Opens the form for one brief to all roles that were chosen.
    pub(super) fn open_audition(&mut self, now: Millis) -> Done {
        let is_chosen = |it: &&RoleOffer| self.cast.chosen.contains(&it.casting.role);
        let roles: Vec<RoleOffer> = self.roles.iter().filter(is_chosen).cloned().collect();
        let done = self.open_form(now);
        if let Some(Dialog::NewAgent(form)) = &mut self.dialog {
            form.roles = roles;
            (form.is_audition, form.at) = (true, FormField::Brief);
        }
        done
    }

    /// The agents of an audition as they are cast from its form.
    pub(super) fn auditioned(castings: Vec<Casting>, stage: &Stage) -> Vec<Command> {
        let audition = format!("audition-{}", auditions(stage).len() + 1);
        let one = |it: Casting| {
            let ground = if it.ground == Ground::Shared { Ground::Worktree } else { it.ground };
            Command::Add(Box::new(Casting { audition: audition.clone(), ground, ..it }))
        };
        castings.into_iter().map(one).collect()
    }

    /// The audition that is looked at: the focused agent's, else the latest.
    pub fn audition<'a>(&self, stage: &'a Stage) -> Vec<&'a Agent> {
        let own = self.focused(stage).map_or("", |it| it.casting.audition.as_str());
        let all = auditions(stage);
        let name = if own.is_empty() { all.last().copied().unwrap_or_default() } else { own };
        stage.agents().filter(|it| !name.is_empty() && it.casting.audition == name).collect()
    }

    /// Compares the agents of an audition.
    pub(super) fn compare(&mut self, stage: &Stage, now: Millis) -> Done {
        let agents = self.audition(stage);
        let Some(first) = agents.first().map(|it| it.id) else {
            let text = "no audition was held: on the cast, choose roles and cast them together";
            return self.say(Level::Note, text, now);
        };
        let has_focus = agents.iter().any(|it| Some(it.id) == self.focus);
        if self.screen.is_of_stage() {
            self.left = self.screen;
        }
        self.is_typing = false;
        self.screen = Screen::Audition;
        self.audition_scroll = 0;
        if has_focus { Done::Redraw } else { self.look_at(first, stage, now) }
    }

    /// Looks at the agent so many places further in the audition.
    pub(super) fn mark_take(&mut self, places: isize, stage: &Stage, now: Millis) -> Done {
        let agents: Vec<AgentId> = self.audition(stage).iter().map(|it| it.id).collect();
        let here = agents.iter().position(|it| Some(*it) == self.focus).unwrap_or(0);
        let count = agents.len().max(1).cast_signed();
        let there = (here.cast_signed() + places).rem_euclid(count).unsigned_abs();
        self.audition_scroll = 0;
        match agents.get(there) {
            Some(agent) => self.look_at(*agent, stage, now),
            None => Done::Nothing,
        }
    }

    /// Looks at what the focused agent changed, line by line.
    pub(super) fn see_changes(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.focused(stage).is_none() {
            return Done::Nothing;
        }
        let _redraw = self.open_tab(Tab::Changes);
        self.zoom(stage, now)
    }

    /// Asks whether the work of all but the focused agent is to be thrown away.
    pub(super) fn ask_to_throw_others(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.is_replay() {
            let text = "this is a replay: nothing is thrown away";
            return self.say(Level::Warning, text, now);
        }
        let Some(kept) = self.focused(stage) else { return Done::Nothing };
        let others = others(&self.audition(stage), kept.id);
        let names = |all: &[&Agent]| {
            let all: Vec<&str> = all.iter().map(|it| it.casting.name.as_str()).collect();
            all.join(", ")
        };
        let living: Vec<&Agent> = others.iter().filter(|it| !it.is_over()).copied().collect();
        if !living.is_empty() {
            let text = format!("not over yet: {}; stop them first", names(&living));
            return self.say(Level::Warning, text, now);
        }
        if others.is_empty() {
            return self.say(Level::Note, "nobody else has work to be thrown away", now);
        }
        let (kept, name) = (kept.id, &kept.casting.name);
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::ThrowOthers(kept),
            title: format!("keep {name}, throw away the others' work"),
            hint: format!(
                "type {name}: the worktrees and branches of {} are removed for good",
                names(&others)
            ),
            field: Field::default(),
            fault: None,
        }));
        Done::Redraw
    }

    /// Throws away the work of all but this one, where its name was typed.
    ///
    /// # Errors
    /// What is wrong with what was typed.
    pub(super) fn throw_others(
        &self,
        kept: AgentId,
        text: &str,
        stage: &Stage,
    ) -> Result<Done, String> {
        let name = stage.agent(kept).map_or("", |it| it.casting.name.as_str());
        if text != name {
            return Err(format!("that is not {name}"));
        }
        let throw = |it: &&Agent| Command::TakeWork {
            agent: it.id,
            way: Way::ThrowAway,
            words: String::new(),
        };
        let others = others(&self.audition(stage), kept);
        Ok(Done::Send(others.iter().filter(|it| it.is_over()).map(throw).collect()))
    }
}

/// The names of all auditions of a session, in the order in which they were held.
pub(super) fn auditions(stage: &Stage) -> Vec<&str> {
    let mut all: Vec<&str> = Vec::new();
    for name in stage.agents().map(|it| it.casting.audition.as_str()) {
        if !name.is_empty() && !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// Those of an audition whose work can be thrown away when one is kept.
fn others<'a>(all: &[&'a Agent], kept: AgentId) -> Vec<&'a Agent> {
    let has_work = |it: &&&Agent| {
        let is_gone = it.taking.last.as_ref().is_some_and(|(way, _)| *way == Way::ThrowAway);
        let tree = it.tree.as_ref().filter(|it| it.is_kept() && it.ground == Ground::Worktree);
        it.id != kept && !is_gone && tree.is_some()
    };
    all.iter().filter(has_work).copied().collect()
}
