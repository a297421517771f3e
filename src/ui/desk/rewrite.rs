//! A script rewritten while it is played: what a step's agents are told, or its command,
//! who they are, and what is handed to it.

use super::{
    Deed, Desk, Dialog, Done, Purpose, StepPlace,
    choose::{choice, question},
};
use crate::{
    model::{
        Command, Level, Millis, Stage,
        play::{Play, Wish},
        script::{Script, Work},
    },
    script::{hand_off, held_to_script},
    text::{hidden, json},
};
use serde_json::Value;

impl Desk {
    /// Opens an editor on what the agents of a step are told, or on its command.
    pub(super) fn edit_step(&mut self, play: &Play, step: usize, now: Millis) -> Done {
        match play.step(step).map(|it| &it.work) {
            Some(Work::Agent { brief: text, .. } | Work::Command { run: text }) => {
                self.open_editor(Purpose::Step(place(play, step)), text)
            }
            _ => self.say(Level::Note, "no agent and no command does this step", now),
        }
    }

    /// Opens an editor on the instructions of the role that does a step.
    pub(super) fn edit_role_of(&mut self, play: &Play, step: usize, now: Millis) -> Done {
        match role_of(play, step).and_then(|it| play.script.roles.get(it)) {
            Some(role) => {
                self.open_editor(Purpose::StepRole(place(play, step)), &role.instructions)
            }
            None => self.say(Level::Note, "no agent does this step", now),
        }
    }

    /// Opens an editor on what is handed to a step; asks which, where several are.
    pub(super) fn choose_hand_off(
        &mut self,
        play: &Play,
        step: usize,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let givers: Vec<usize> = given(play, step).collect();
        match givers.as_slice() {
            [] => self.say(Level::Note, "nothing is ready to be handed to this step", now),
            [one] => self.edit_hand_off((place(play, *one), step), stage),
            several => {
                let label = |it: &usize| {
                    let name = play.step(*it).map(|it| it.name.as_str()).unwrap_or_default();
                    choice(
                        format!("What {name} hands over"),
                        Deed::HandOver(place(play, *it), step),
                    )
                };
                let name = play.step(step).map(|it| it.name.as_str()).unwrap_or_default();
                let title = format!("Which hand-off to {name}?");
                let choices = several.iter().map(label).collect();
                let asked = question(title, String::new(), choices);
                self.dialog = Some(Dialog::Question(asked));
                Done::Redraw
            }
        }
    }

    pub(super) fn edit_hand_off(&mut self, (from, to): (StepPlace, usize), stage: &Stage) -> Done {
        let Some(play) = stage.play(from.play) else { return Done::Nothing };
        let edited = play.edited.get(&(from.step, to)).map(|it| Value::clone(it));
        let value = edited.unwrap_or_else(|| play.output(from.step));
        let text = match &value {
            Value::String(text) if hidden(text) == 0 => text.clone(),
            // As escapes, what nobody would see stays as it is.
            other => json::pretty(other),
        };
        self.open_editor(Purpose::HandOff(from, to), &text)
    }

    /// Asks which role is to do a step.
    pub(super) fn choose_role(&mut self, play: &Play, step: usize, now: Millis) -> Done {
        let Some(Work::Agent { role, .. }) = play.step(step).map(|it| &it.work) else {
            return self.say(Level::Note, "no agent does this step", now);
        };
        let can = self.roles.iter().enumerate().filter(|(_, it)| it.missing.is_none());
        let others = can.filter(|(_, it)| it.casting.role != *role);
        let choices = others.map(|(at, it)| {
            choice(
                format!("{}: {}", it.casting.role, it.purpose),
                Deed::Assign(place(play, step), at),
            )
        });
        let choices: Vec<_> = choices.collect();
        let name = play.step(step).map(|it| it.name.as_str()).unwrap_or_default();
        let title = format!("Who does {name}, instead of {role}?");
        let text = "From its next attempt on; whoever is at work goes on.".to_owned();
        self.dialog = Some(Dialog::Question(question(title, text, choices)));
        Done::Redraw
    }

    /// Gives a step to the role of this place in the cast.
    pub(super) fn assign(
        &mut self,
        at: StepPlace,
        role: usize,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let Some(casting) = self.roles.get(role).map(|it| it.casting.clone()) else {
            return Done::Nothing;
        };
        let name = casting.role.clone();
        let changed = change(at, stage, |script| {
            script.roles.insert(name.clone(), casting);
            if let Some(Work::Agent { role, .. }) =
                script.steps.get_mut(at.step).map(|it| &mut it.work)
            {
                *role = name;
            }
        });
        match changed {
            Ok(command) => Done::Send(vec![command]),
            Err(why) => self.say(Level::Warning, why, now),
        }
    }
}

/// Where a step stands now.
pub(super) const fn place(play: &Play, step: usize) -> StepPlace {
    StepPlace { play: play.id, version: play.version, step }
}

/// Whether an agent does a step.
pub(super) fn is_agents(play: &Play, step: usize) -> bool {
    matches!(play.step(step).map(|it| &it.work), Some(Work::Agent { .. }))
}

/// The role that does a step, where an agent does.
pub fn role_of(play: &Play, step: usize) -> Option<&str> {
    match &play.step(step)?.work {
        Work::Agent { role, .. } => Some(role),
        _ => None,
    }
}

/// The steps that have something ready for this one.
pub(super) fn given(play: &Play, step: usize) -> impl Iterator<Item = usize> {
    let needs = play.order().needs(step).iter().copied();
    needs.filter(|it| play.steps.get(*it).is_some_and(|it| it.done() > 0 || it.is_over()))
}

/// What a text that was written about a step asks for.
///
/// # Errors
/// When it makes no sense in the script, with the mend; or when that was rewritten
/// meanwhile: it may be about another step.
pub(super) fn rewritten(purpose: Purpose, text: &str, stage: &Stage) -> Result<Command, String> {
    match purpose {
        Purpose::Step(at) => change(at, stage, |script| {
            if let Some(Work::Agent { brief: words, .. } | Work::Command { run: words }) =
                script.steps.get_mut(at.step).map(|it| &mut it.work)
            {
                text.clone_into(words);
            }
        }),
        Purpose::StepRole(at) => {
            let role = role_of(current(at, stage)?, at.step).unwrap_or_default().to_owned();
            change(at, stage, |script| {
                if let Some(role) = script.roles.get_mut(&role) {
                    text.clone_into(&mut role.instructions);
                }
            })
        }
        Purpose::HandOff(from, to) => {
            let play = current(from, stage)?;
            let name = |step: usize| play.step(step).map(|it| it.name.clone()).unwrap_or_default();
            let (from, to) = (name(from.step), name(to));
            let value = Box::new(hand_off(play, &from, text)?);
            Ok(Command::DirectPlay(play.id, Wish::EditHandOff { from, to, value }))
        }
        _ => Err("that is about no script".to_owned()),
    }
}

fn current(at: StepPlace, stage: &Stage) -> Result<&Play, String> {
    let play = stage.play(at.play).filter(|it| it.version == at.version);
    play.ok_or_else(|| {
        "the script was changed meanwhile: open it again, your text is kept".to_owned()
    })
}

fn change(
    at: StepPlace,
    stage: &Stage,
    change: impl FnOnce(&mut Script),
) -> Result<Command, String> {
    let play = current(at, stage)?;
    let mut script = Script::clone(&play.script);
    change(&mut script);
    let mut command = Command::DirectPlay(play.id, Wish::Edit(Box::new(script)));
    held_to_script(stage, &mut command).map_err(|it| it.to_string())?;
    Ok(command)
}

/// Whether what was written has arrived.
pub(super) fn is_written(purpose: Purpose, text: &str, stage: &Stage) -> bool {
    match purpose {
        Purpose::Step(at) => {
            let step = stage.play(at.play).and_then(|it| it.step(at.step));
            let Some(Work::Agent { brief: written, .. } | Work::Command { run: written }) =
                step.map(|it| &it.work)
            else {
                return false;
            };
            written == text
        }
        Purpose::StepRole(at) => {
            let role =
                stage.play(at.play).and_then(|it| it.script.roles.get(role_of(it, at.step)?));
            role.is_some_and(|it| it.instructions == text)
        }
        Purpose::HandOff(from, to) => {
            let play = stage.play(from.play);
            let is_it = |it: &Value| {
                *it == text || serde_json::from_str::<Value>(text).is_ok_and(|text| *it == text)
            };
            play.is_some_and(|play| match play.edited.get(&(from.step, to)) {
                Some(edited) => is_it(edited),
                None => is_it(&play.output(from.step)),
            })
        }
        _ => false,
    }
}
