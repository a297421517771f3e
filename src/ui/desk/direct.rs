//! What keys ask of the focused agent.

use super::{
    Desk, Dialog, Done, Field, Prompt, PromptPurpose, Purpose, Redirects, RedirectsPurpose, choose,
    inability,
};
use crate::{
    model::{Agent, Command, EngineKind, HoldReason, Level, Millis, PauseGrain, Stage},
    ui::keys::Act,
};

impl Desk {
    pub(super) fn direct(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = self.focused(stage) else {
            return self.say(Level::Note, "there is no agent yet; n starts one", now);
        };
        if self.lists_nobody(stage, now) {
            return self.say(Level::Note, "no agent is marked here", now);
        }
        if let Some(why) = inability(act, agent) {
            return self.say(Level::Warning, format!("{}: {why}", agent.casting.name), now);
        }
        match act {
            Act::Pause => self.pause_or_resume(agent, stage),
            Act::Freeze => Done::Send(vec![Command::Freeze(agent.id)]),
            Act::Step => Done::Send(vec![Command::Step(agent.id)]),
            Act::Interrupt => Done::Send(vec![Command::Interrupt(agent.id)]),
            Act::Redirect => self.open_editor(Purpose::Redirect(agent.id), ""),
            Act::EditRedirect => self.edit_queued(agent, RedirectsPurpose::Edit, now),
            Act::TakeBackRedirect => self.edit_queued(agent, RedirectsPurpose::TakeBack, now),
            Act::EditInstructions => {
                let text = self.looked_at(agent).map_or("", |it| &*it.text);
                self.open_editor(Purpose::Instructions(agent.id), text)
            }
            Act::Rewind => self.ask_to_rewind(agent, now),
            Act::Retake => self.open_retake(agent, stage, now),
            Act::Fork if agent.link.is_none() || agent.turn.0 == 0 => {
                let text = format!("{} has no conversation yet", agent.casting.name);
                self.say(Level::Note, text, now)
            }
            Act::Fork => self.open_editor(Purpose::Fork(agent.id), ""),
            Act::ChangeModel => self.ask_for_model(agent),
            Act::Rename => self.ask_for_name(agent),
            Act::Colour => self.ask_for_colour(agent),
            Act::Verify => self.ask_for_check(agent, now),
            Act::ChangeBudget => self.raise(agent.id, stage),
            Act::TakeWork => self.take_work(agent, stage, now),
            Act::Restart if agent.is_over() => Done::Send(vec![Command::Restart(agent.id)]),
            Act::Restart => self.ask(choose::about_restarting(agent)),
            Act::Stop | Act::Kill if agent.is_over() => {
                self.say(Level::Note, format!("{} has ended", agent.casting.name), now)
            }
            Act::Stop | Act::Kill if agent.is_watched() => {
                self.ask(choose::about_not_watching(agent))
            }
            Act::Stop => self.ask(choose::about_stopping(agent, stage)),
            Act::Kill => self.ask(choose::about_killing(agent)),
            _ => Done::Nothing,
        }
    }

    fn ask(&mut self, question: super::Question) -> Done {
        self.dialog = Some(Dialog::Question(question));
        Done::Redraw
    }

    /// Pauses; pressed again while something is still in flight, freezes; lets
    /// a paused agent go on. A hold that is not the director's is lifted by
    /// itself, and one for money asks first.
    fn pause_or_resume(&mut self, agent: &Agent, stage: &Stage) -> Done {
        let id = agent.id;
        if agent.is_held_for(HoldReason::Director) {
            // What freezes to pause has been asked to already.
            let freezes =
                !agent.is_still() && agent.casting.capabilities.freeze && !agent.freezes_to_pause();
            let command = if freezes { Command::Freeze(id) } else { Command::Resume(id) };
            return Done::Send(vec![command]);
        }
        if agent.is_held_for(HoldReason::Budget) {
            return self.ask_about_budget(id, stage);
        }
        match agent.holds.first() {
            Some(hold) => Done::Send(vec![Command::Lift(id, hold.reason)]),
            // It has no boundary to wait for.
            None if agent.casting.capabilities.pause == PauseGrain::Freeze => {
                Done::Send(vec![Command::Freeze(id)])
            }
            None => Done::Send(vec![Command::Pause(id)]),
        }
    }

    /// Pauses all agents; lets them go on if all are held already.
    pub(super) fn pause_all(&mut self, stage: &Stage) -> Done {
        if is_all_held(stage) == Some(true) {
            return Done::Send(vec![Command::ResumeAll]);
        }
        self.is_pausing_all = true;
        Done::Send(vec![Command::PauseAll])
    }

    /// Opens a message that is still queued, or takes it back; asks which where
    /// there are several.
    fn edit_queued(&mut self, agent: &Agent, purpose: RedirectsPurpose, now: Millis) -> Done {
        let queued: Vec<_> = agent.queued().map(|it| (it.id, it.text.clone())).collect();
        match (queued.as_slice(), purpose) {
            ([], _) => {
                let text = format!("no message to {} is queued", agent.casting.name);
                self.say(Level::Note, text, now)
            }
            ([(id, text)], RedirectsPurpose::Edit) => {
                self.open_editor(Purpose::EditRedirect(agent.id, *id), text)
            }
            _ => {
                let selected = queued.len() - 1;
                let agent = agent.id;
                self.dialog =
                    Some(Dialog::Redirects(Redirects { agent, queued, selected, purpose }));
                Done::Redraw
            }
        }
    }

    fn ask_for_model(&mut self, agent: &Agent) -> Done {
        let casting = &agent.casting;
        let (hint, text) = if casting.engine == EngineKind::Native {
            (
                "provider/model, from its next turn on",
                format!("{}/{}", casting.provider, casting.model),
            )
        } else {
            ("as its program calls it, from its next turn on", casting.model.clone())
        };
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose: PromptPurpose::Model(agent.id),
            title: format!("model of {}", casting.name),
            hint: hint.to_owned(),
            field: Field::replacing(&text),
            fault: None,
        }));
        Done::Redraw
    }
}

/// Whether all agents and scripts are paused; none where there is nobody to pause.
pub fn is_all_held(stage: &Stage) -> Option<bool> {
    let agents = stage.agents().filter(|it| it.is_awaited());
    let agents = agents.map(|it| it.is_held_for(HoldReason::Director));
    let plays = stage.playing().filter(|it| it.stopping.is_none()).map(|it| it.paused);
    agents.chain(plays).reduce(|all, it| all && it)
}
