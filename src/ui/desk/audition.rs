//! Auditions: agents with one brief in several roles, of which one is kept.

use super::{
    Desk, Dialog, Done, Field, FormField, NewAgent, Prompt, PromptPurpose, RoleOffer, Screen,
};
use crate::{
    casting::{Audition, Score, score},
    model::{Agent, AgentId, Casting, Command, Ground, Level, Millis, Stage, Way, play::StepState},
    ui::keys::Act,
};

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

    /// The audition that a form calls for, and what is said of it; or where and why
    /// there can't be one.
    pub(super) fn hold_audition(
        &self,
        form: &NewAgent,
        stage: &Stage,
    ) -> Result<(Command, String), (FormField, String)> {
        let name = new_name(stage);
        let apart = |it: Casting| {
            let ground = if it.ground == Ground::Shared { Ground::Worktree } else { it.ground };
            Casting { audition: name.clone(), ground, ..it }
        };
        let takes = form.roles.iter().map(|it| form.casting(it, &self.providers).map(apart));
        let takes = takes.collect::<Result<Vec<_>, _>>()?;
        let judge = self.judge(form)?;
        let checks = apart_at_semicolons(form.checks.text());
        let keys = self.keymap.keys_for(self.context(stage), Act::Compare);
        let key = keys.first().map(|it| format!("; {it} compares them")).unwrap_or_default();
        let text = format!("{} roles audition{key}", takes.len());
        let (script, inputs) = Audition { name: name.clone(), takes, checks, judge }.script();
        Ok((Command::Perform { script: Box::new(script), inputs: Box::new(inputs) }, text))
    }

    /// Who is to judge an audition; or why nobody can.
    fn judge(&self, form: &NewAgent) -> Result<Option<Casting>, (FormField, String)> {
        let name = form.judge.text().trim();
        if name.is_empty() {
            return Ok(None);
        }
        let named = self.roles.iter().find(|it| it.casting.role == name);
        let why = match named {
            Some(RoleOffer { missing: Some(why), .. }) => {
                format!("{name} can't be cast now: {why}")
            }
            Some(role) => return Ok(Some(role.casting.clone())),
            None => {
                let all: Vec<&str> = self.roles.iter().map(|it| it.casting.role.as_str()).collect();
                format!("there is no role {name}; there is {}", all.join(", "))
            }
        };
        Err((FormField::Judge, why))
    }

    /// What the judge of an audition made of this agent, once it is known.
    pub fn score<'a>(&self, agent: &Agent, stage: &'a Stage) -> Option<Score<'a>> {
        let play = stage.play(agent.casting.assignment.as_ref()?.spot.play)?;
        let verdict = play.steps.last()?.parts.first()?.output.as_deref()?;
        (play.script.name == agent.casting.audition)
            .then(|| score(verdict, &agent.casting.role))
            .flatten()
    }

    /// Who judges the audition of this agent, by its role, and how far that is; nobody where
    /// none was asked for.
    pub fn judge_of<'a>(
        &self,
        agent: &Agent,
        stage: &'a Stage,
    ) -> Option<(&'a str, &'a StepState)> {
        let play = stage.play(agent.casting.assignment.as_ref()?.spot.play)?;
        let step = play.script.steps.last()?;
        // A take of an audition hands in words; only a judge has a form to keep to.
        step.output.as_ref().filter(|_| play.script.name == agent.casting.audition)?;
        let role = play.script.roles.get(&step.name)?.role.as_str();
        Some((role, play.steps.last()?))
    }

    /// Why this agent's work is not accepted.
    pub fn objection<'a>(&self, agent: &Agent, stage: &'a Stage) -> Option<&'a str> {
        let (_, part) = stage.part_of(agent)?;
        part.failure.as_ref().map(|(_, why)| why.as_str())
    }

    /// The audition that is looked at: the focused agent's, or the takes of its brief;
    /// else the latest.
    pub fn audition<'a>(&self, stage: &'a Stage) -> Vec<&'a Agent> {
        if let Some(takes) = self.takes(stage) {
            return takes.into_iter().map(|(_, it)| it).collect();
        }
        let own = self.focused(stage).and_then(|it| audition_of(it, stage));
        let name = own.or_else(|| auditions(stage).last().copied());
        name.map(|it| those_of(it, stage)).unwrap_or_default()
    }

    /// The takes that the focused agent belongs to, where there are several, and it is of
    /// no audition: each with how far below the first it stands.
    pub fn takes<'a>(&self, stage: &'a Stage) -> Option<Vec<(usize, &'a Agent)>> {
        let agent = self.focused(stage)?;
        let is_of_audition = audition_of(agent, stage).is_some();
        Some(stage.takes(agent)).filter(|it| it.len() > 1 && !is_of_audition)
    }

    /// The audition that is meant: where a script is looked at that is one, that.
    fn audition_meant<'a>(&self, stage: &'a Stage) -> Vec<&'a Agent> {
        let script = self.plays.looked_at(stage).filter(|_| self.screen == Screen::Script);
        let played = script.map(|it| those_of(&it.script.name, stage)).unwrap_or_default();
        if played.is_empty() { self.audition(stage) } else { played }
    }

    /// Compares the agents of an audition.
    pub(super) fn compare(&mut self, stage: &Stage, now: Millis) -> Done {
        let agents = self.audition_meant(stage);
        let Some(first) = agents.first().map(|it| it.id) else {
            let text = "nothing to compare: take an agent again, or choose roles on the cast and cast \
                        them together";
            return self.say(Level::Note, text, now);
        };
        let has_focus = agents.iter().any(|it| Some(it.id) == self.focus);
        let has_come_from_here = std::mem::take(&mut self.zoomed_from).compares();
        if self.screen.is_of_stage() && !has_come_from_here {
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

    /// What keys do where those of an audition are held against each other.
    pub(super) fn hold_against(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        match act {
            Act::Compare => self.compare(stage, now),
            Act::SeeChanges => self.see_changes(stage, now),
            Act::OtherSide => self.turn_side(stage, now),
            Act::NextTake => self.turn_take(1, stage, now),
            Act::PreviousTake => self.turn_take(-1, stage, now),
            Act::ThrowOthers => self.ask_to_throw_others(stage, now),
            Act::MarkBest => self.mark_best(stage, now),
            Act::KeepChange => self.keep_change(stage, now),
            _ => Done::Nothing,
        }
    }

    /// Goes back to where those of an audition were held against each other.
    pub(super) fn compare_again(&mut self, stage: &Stage, now: Millis) -> Done {
        let had_diffs = self.zoomed_from == Screen::Diffs;
        let done = self.compare(stage, now);
        if had_diffs { self.see_changes(stage, now) } else { done }
    }

    /// Marks the focused agent as the best of its takes, or takes the mark away.
    fn mark_best(&mut self, stage: &Stage, now: Millis) -> Done {
        let takes = self.takes(stage).map(|it| it.len());
        let Some(agent) = self.focused(stage).filter(|_| takes.is_some()) else {
            let text = "it is the only take of its brief";
            return self.say(Level::Note, text, now);
        };
        let (agent, is_best) = (agent.id, !agent.is_best);
        Done::Send(vec![Command::MarkTake { agent, is_best }])
    }

    /// Whether there is one to be kept, and work of others to be thrown away.
    pub fn can_keep_one(&self, stage: &Stage) -> bool {
        let kept = self.focused(stage).filter(|it| !it.taking.is_thrown_away());
        let others = kept.map(|it| others(&self.audition(stage), it.id));
        let can_go = |all: Vec<&Agent>| !all.is_empty() && all.iter().all(|it| it.is_over());
        !self.is_replay() && others.is_some_and(can_go)
    }

    /// Asks whether the work of all but the focused agent is to be thrown away.
    pub(super) fn ask_to_throw_others(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.is_replay() {
            let text = "this is a replay: nothing is thrown away";
            return self.say(Level::Warning, text, now);
        }
        let Some(kept) = self.focused(stage) else { return Done::Nothing };
        if kept.taking.is_thrown_away() {
            let text = format!("{}: its own work was thrown away", kept.casting.name);
            return self.say(Level::Warning, text, now);
        }
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

/// A name that no audition of the session has.
fn new_name(stage: &Stage) -> String {
    let is_taken = |name: &String| stage.plays().any(|it| it.script.name == *name);
    let all = auditions(stage);
    let mut names = (1..).map(|n: u64| format!("audition-{n}"));
    names.find(|it| !is_taken(it) && !all.contains(&it.as_str())).unwrap_or_default()
}

/// Those that play in the audition of this name.
fn those_of<'a>(name: &str, stage: &'a Stage) -> Vec<&'a Agent> {
    stage.agents().filter(|it| !name.is_empty() && it.casting.audition == name).collect()
}

/// The audition that an agent belongs to: it plays in it, works for one who does, or judges.
fn audition_of<'a>(agent: &'a Agent, stage: &'a Stage) -> Option<&'a str> {
    let casting = &stage.head(agent).casting;
    if !casting.audition.is_empty() {
        return Some(&casting.audition);
    }
    let play = stage.play(casting.assignment.as_ref()?.spot.play)?;
    let name = play.script.name.as_str();
    (!those_of(name, stage).is_empty()).then_some(name)
}

/// Those of an audition whose work can be thrown away when one is kept.
fn others<'a>(all: &[&'a Agent], kept: AgentId) -> Vec<&'a Agent> {
    let has_work = |it: &&&Agent| {
        let is_gone = it.taking.is_thrown_away();
        let tree = it.tree.as_ref().filter(|it| it.is_kept() && it.ground == Ground::Worktree);
        it.id != kept && !is_gone && tree.is_some()
    };
    all.iter().filter(has_work).copied().collect()
}

/// The commands of a line: each `;` that is in no quotes begins another.
fn apart_at_semicolons(line: &str) -> Vec<String> {
    let (mut all, mut quotes, mut is_escaped) = (vec![String::new()], None, false);
    for letter in line.chars() {
        let is_free = quotes.is_none() && !is_escaped;
        match (letter, quotes) {
            (';', _) if is_free => {
                all.push(String::new());
                continue;
            }
            ('\'' | '"', None) if is_free => quotes = Some(letter),
            (_, Some(open)) if open == letter && !is_escaped => quotes = None,
            _ => {}
        }
        is_escaped = letter == '\\' && !is_escaped && quotes != Some('\'');
        if let Some(last) = all.last_mut() {
            last.push(letter);
        }
    }
    let trimmed = all.iter().map(|it| it.trim().to_owned());
    trimmed.filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_semicolon_in_quotes_ends_no_command() {
        let line = r#" cargo test;; grep "a;\"b;" x ; echo 'c;\'; echo d\;e;"#;
        let all = ["cargo test", r#"grep "a;\"b;" x"#, r"echo 'c;\'", r"echo d\;e"];
        assert_eq!(apart_at_semicolons(line), all);
        assert_eq!(apart_at_semicolons(" ; "), Vec::<String>::new());
    }
}
