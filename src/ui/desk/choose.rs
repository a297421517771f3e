//! Questions with choices, forms, and what becomes of a choice.

use super::{
    Choice, Deed, Desk, Detach, Dialog, Done, FormField, Goal, Play, Prompt, PromptPurpose,
    Purpose, Question, Recalled, Redirects, RedirectsPurpose, RetakePart, SetupEnd, Trial, answer,
    money,
};
use crate::model::{
    Agent, AgentId, Answer, Command, EngineKind, Level, Millis, Money, QuitMode, RequestId, Stage,
    play::Wish,
};

/// Told to an agent that has used up its budget and may take one more turn.
const FINISH_UP: &str = "The budget is used up. Bring the work to an end in this turn: \
    leave it in good order and report what is done and what is not.";

impl Desk {
    /// Takes what is marked, or typed.
    pub(super) fn choose(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.is_trust_unread() {
            return self.say(Level::Warning, "read it to its end first: scroll down", now);
        }
        match self.dialog.take() {
            Some(Dialog::Question(question)) => {
                let Some(choice) = question.choices.get(question.selected) else {
                    return Done::Redraw;
                };
                self.carry_out(choice.deed, stage, now)
            }
            Some(Dialog::Palette(palette)) => match palette.matches.get(palette.selected) {
                Some(item) => self.reach(item.goal.clone(), stage, now),
                None => Done::Redraw,
            },
            Some(Dialog::Command(line)) => self.run_command(line, stage, now),
            Some(Dialog::Redirects(redirects)) => self.choose_redirect(&redirects),
            Some(Dialog::Themes(list)) => self.keep_theme(list, now),
            Some(Dialog::Setup) => self.choose_theme(),
            Some(Dialog::Nearby(nearby)) => self.watch(&nearby, stage, now),
            Some(Dialog::Limits(list)) => self.choose_limit(&list, stage, now),
            Some(Dialog::Evidence(seen)) => self.heed_sign(&seen, stage, now),
            Some(Dialog::Prompt(prompt)) => self.enter(prompt, stage, now),
            Some(Dialog::Help(mut help)) => {
                help.is_filtering = false;
                self.dialog = Some(Dialog::Help(help));
                Done::Redraw
            }
            Some(Dialog::Copying(it)) if it.is_searching => self.end_search(it, now),
            Some(dialog @ (Dialog::Role(_) | Dialog::Draft(_) | Dialog::Copying(_))) => {
                self.dialog = Some(dialog);
                Done::Nothing
            }
            Some(Dialog::Script(form)) => {
                let is_last = form.is_at_end();
                self.dialog = Some(Dialog::Script(form));
                if is_last { self.begin_script(now) } else { self.next_field(1) }
            }
            Some(Dialog::Retake(form)) => {
                let is_last = form.at == RetakePart::Old;
                self.dialog = Some(Dialog::Retake(form));
                if is_last { self.retake(stage, now) } else { self.next_field(1) }
            }
            Some(Dialog::NewAgent(form)) => {
                let is_last = form.at == FormField::Budget;
                self.dialog = Some(Dialog::NewAgent(form));
                if is_last { self.cast(stage, now) } else { self.next_field(1) }
            }
            None => Done::Nothing,
        }
    }

    pub(super) fn reach(&mut self, goal: Goal, stage: &Stage, now: Millis) -> Done {
        match goal {
            Goal::Do(act) => self.act(act, stage, now),
            Goal::LookAt(agent) => {
                self.filter.clear();
                self.return_to_stage();
                self.look_at(agent, stage, now)
            }
            Goal::Perform(place) => {
                let name = self.listed_scripts().get(place).map(|it| it.name.clone());
                name.map_or(Done::Redraw, |it| self.open_script_form(&it, now))
            }
            Goal::EditBrief(agent) => {
                let text = stage.agent(agent).map_or("", |it| &it.casting.brief);
                self.open_editor(Purpose::Brief(agent), text)
            }
            Goal::Cast(role) => self.cast_as(&role, stage, now),
            Goal::Wear(name) => self.wear(&name),
            Goal::UseKeys(name) => self.use_keys(name),
            Goal::Set(key, value) => self.set(&key, value.as_deref(), stage),
            Goal::Arrange(name) => self.arrange(&name, stage, now),
            Goal::LayOut(layout) => self.lay_out(layout, stage),
            Goal::Open(journal) => Done::Recall(Recalled::beginning(&journal)),
        }
    }

    fn carry_out(&mut self, deed: Deed, stage: &Stage, now: Millis) -> Done {
        match deed {
            Deed::Contend(place) => self.contend(place),
            Deed::ContendWithin => self.contend_within(),
            Deed::Unmark => self.unmark(),
            Deed::Cancel => {
                self.reopen_role();
                self.reopen_draft();
                Done::Redraw
            }
            Deed::Rewind(agent, to) => Done::Send(vec![Command::Rewind { agent, to }]),
            Deed::UndoRewind(agent) => Done::Send(vec![Command::UndoRewind(agent)]),
            Deed::StartDraft => self.start_draft(),
            Deed::RemovePast => self.past.remove(),
            Deed::SaveDraft => self.ask_to_save_draft(),
            Deed::WriteDraft => self.write_draft(),
            Deed::Rewrite => self.fill_rewritten(),
            Deed::ThrowDraft => self.throw_draft(stage),
            Deed::WriteRole => self.write_role(),
            Deed::Stop(agent) => Done::Send(vec![Command::Stop(agent)]),
            Deed::Restart(agent) => Done::Send(vec![Command::Restart(agent)]),
            Deed::Kill(agent) => Done::Send(vec![Command::Kill(agent)]),
            Deed::ToMarked(act) => self.carry_out_marked(act, stage, now),
            Deed::RedirectLiving => self.redirect_living(stage, now),
            Deed::Quit(mode) => {
                self.is_leaving = true;
                self.say(Level::Note, "closing the session; q again leaves at once", now);
                Done::Send(vec![Command::Quit(mode)])
            }
            Deed::Detach => self.detach(now),
            Deed::Leave => Done::Leave,
            Deed::Seek(sought) => self.seek_landmark(sought, now),
            Deed::SeekCost => self.ask_for_cost(),
            Deed::GoTo(seq) => Done::Play(Play::To(seq)),
            Deed::Raise(agent) => self.raise(agent, stage),
            Deed::FinishUp(agent, request) => finish_up(agent, request),
            Deed::SaveInstructions(agent) => self.send_instructions(agent),
            Deed::SetUp(end) => self.settle_setup(end),
            Deed::LeaveOut => self.settle_trust(Trial::LeftOut),
            Deed::Trust => self.settle_trust(Trial::Trusted),
            Deed::Take(agent, way) => self.ask_to_take(agent, way, stage),
            Deed::TakeNow(agent, way) => Self::take_now(agent, way, stage),
            Deed::Assign(at, role) => self.assign(at, role, stage, now),
            Deed::HandOver(from, to) => self.edit_hand_off((from, to), stage),
            Deed::RunAgain(at, part) => self.do_to_step((at, part), Wish::Again, stage, now),
            Deed::SkipStep(at, part) => self.do_to_step((at, part), Wish::Skip, stage, now),
            Deed::StopPlay(play) => Done::Send(vec![Command::DirectPlay(play, Wish::Stop)]),
            Deed::CastFor(agent) => self.cast_for(agent, stage, now),
            Deed::Visit(agent) => self.visit(agent, stage),
        }
    }

    fn choose_redirect(&mut self, redirects: &Redirects) -> Done {
        let agent = redirects.agent;
        match (redirects.queued.get(redirects.selected), redirects.purpose) {
            (Some((id, text)), RedirectsPurpose::Edit) => {
                self.open_editor(Purpose::EditRedirect(agent, *id), text)
            }
            (Some((redirect, _)), RedirectsPurpose::TakeBack) => {
                Done::Send(vec![Command::TakeBack { agent, redirect: *redirect }])
            }
            (None, _) => Done::Redraw,
        }
    }

    /// Takes the line that was typed.
    fn enter(&mut self, mut prompt: Prompt, stage: &Stage, now: Millis) -> Done {
        let text = prompt.field.text().trim().to_owned();
        let fault = match prompt.purpose {
            PromptPurpose::Filter => {
                self.filter = text;
                return self.refocus(stage, now);
            }
            PromptPurpose::ThrowOthers(kept) => match self.throw_others(kept, &text, stage) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
            PromptPurpose::RankFor => return self.rank_cast(&text, stage),
            PromptPurpose::FilterCast => {
                self.list_roles(&text);
                return Done::Redraw;
            }
            PromptPurpose::Plan => match self.plan(&text, now) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
            PromptPurpose::SaveScript => match self.save_draft(&text) {
                Ok(done) => {
                    // It stays until it is known whether it could be kept.
                    self.dialog = Some(Dialog::Prompt(prompt));
                    return done;
                }
                Err(fault) => fault,
            },
            PromptPurpose::Search => return self.find(text, stage, now),
            PromptPurpose::Note(seq, at) => return self.note((seq, at), &text),
            PromptPurpose::SeekCost => match self.seek_cost(&text, now) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
            PromptPurpose::Deny(agent, request) => {
                return answer::reply(agent, request, Answer::Denied { why: text });
            }
            PromptPurpose::Take(agent, way) => match Self::take_with((agent, way), &text, stage) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
            PromptPurpose::Limit(ref whose) => match money::spend(whose.clone(), &text, stage) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
            PromptPurpose::Model(agent) => match self.call_another(agent, &text, stage) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
            _ => match self.look_after(&prompt.purpose, &text, stage, now) {
                Ok(done) => return done,
                Err(fault) => fault,
            },
        };
        prompt.fault = Some(fault);
        self.dialog = Some(Dialog::Prompt(prompt));
        Done::Redraw
    }

    /// Has an agent call the model that was typed.
    fn call_another(&self, agent: AgentId, text: &str, stage: &Stage) -> Result<Done, String> {
        let (provider, model) = model_for(stage.agent(agent), text, &self.providers)?;
        Ok(Done::Send(vec![Command::ChangeModel { agent, provider, model }]))
    }

    /// Leaves a dialog or an editor without doing it. What was typed is kept.
    pub(super) fn cancel(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.trial.is_some() {
            return self.settle_trust(Trial::LeftOut);
        }
        if self.setup.is_some() {
            return self.settle_setup(SetupEnd::Left);
        }
        match self.dialog.take() {
            Some(Dialog::Help(mut help)) if help.is_filtering => {
                help.is_filtering = false;
                help.filter = super::Field::default();
                help.fit("");
                self.dialog = Some(Dialog::Help(help));
            }
            Some(Dialog::Copying(it)) if it.is_searching => self.forget_search(it),
            Some(Dialog::NewAgent(form)) => self.keep_form(&form),
            Some(Dialog::Role(form)) => self.keep_role(&form),
            Some(Dialog::Retake(form)) => self.keep_retake(*form),
            Some(Dialog::Script(form)) => {
                self.keep_script_form(*form);
                self.reopen_draft();
            }
            Some(Dialog::Draft(form)) => return self.put_draft_away(&form, stage, now),
            Some(Dialog::Prompt(Prompt { purpose: PromptPurpose::Plan, field, .. })) => {
                self.keep_goal(field.text().trim());
            }
            Some(Dialog::Prompt(Prompt { purpose: PromptPurpose::SaveScript, .. })) => {
                self.reopen_draft();
            }
            Some(Dialog::Question(_)) => {
                self.reopen_role();
                self.reopen_draft();
            }
            Some(Dialog::Prompt(Prompt { purpose: PromptPurpose::Filter, .. })) => {
                self.filter.clear();
                self.turn_page(stage);
            }
            Some(Dialog::Prompt(Prompt { purpose: PromptPurpose::FilterCast, .. })) => {
                self.list_roles("");
            }
            Some(Dialog::Prompt(Prompt { purpose: PromptPurpose::SearchPast, .. })) => {
                self.past.forget_search();
            }
            Some(_) => {}
            None => self.put_away_editor(),
        }
        Done::Redraw
    }
}

/// Lets an agent take one more turn over its budget.
pub(super) fn finish_up(agent: AgentId, request: RequestId) -> Done {
    answer::reply(agent, request, Answer::Said { text: FINISH_UP.to_owned() })
}

/// An amount of dollars, or none.
pub(super) fn budget(text: &str) -> Result<Option<Money>, String> {
    match text {
        "none" => Ok(None),
        text => text.parse().map(Some).map_err(|fault: crate::model::NotMoney| fault.to_string()),
    }
}

/// The model that an agent is to call: a program has its own names for them.
pub(super) fn model_for(
    agent: Option<&Agent>,
    text: &str,
    providers: &[String],
) -> Result<(String, String), String> {
    match agent.map(|it| &it.casting) {
        Some(casting) if casting.engine != EngineKind::Native => {
            let is_name = !text.is_empty() && !text.contains(char::is_whitespace);
            let fault = "expected the name of a model, without blanks".to_owned();
            if is_name { Ok((casting.provider.clone(), text.to_owned())) } else { Err(fault) }
        }
        casting => model(text, casting.map_or("", |it| &it.provider), providers),
    }
}

/// `provider/model`, or a model of the same provider. Says what is wrong with
/// it; where no provider is listed, any may be named.
pub(super) fn model(
    text: &str,
    provider: &str,
    providers: &[String],
) -> Result<(String, String), String> {
    let (provider, model) = text.split_once('/').unwrap_or((provider, text));
    if provider.is_empty() || model.is_empty() || text.contains(char::is_whitespace) {
        return Err("expected provider/model".to_owned());
    }
    if providers.is_empty() || providers.iter().any(|it| it == provider) {
        return Ok((provider.to_owned(), model.to_owned()));
    }
    Err(format!("no provider is called {provider}; there is {}", providers.join(", ")))
}

pub(super) fn choice(label: impl Into<String>, deed: Deed) -> Choice {
    Choice { label: label.into(), deed }
}

pub(super) fn question(title: String, text: String, mut deeds: Vec<Choice>) -> Question {
    let mut choices = vec![choice("Cancel", Deed::Cancel)];
    choices.append(&mut deeds);
    Question { title, text, choices, selected: 0, change: None }
}

pub(super) fn about_stopping(agent: &Agent, stage: &Stage) -> Question {
    let name = &agent.casting.name;
    let others = match stage.family(agent).into_iter().skip(1).filter(|it| !it.is_over()).count() {
        0 => "",
        1 => " The one that works for it is stopped with it, and stays so.",
        _ => " Those that work for it are stopped with it, and stay so.",
    };
    let text = format!("It ends in good order. A redirect takes it up again.{others}");
    question(format!("stop {name}?"), text, vec![choice("Stop", Deed::Stop(agent.id))])
}

pub(super) fn about_not_watching(agent: &Agent) -> Question {
    let name = &agent.casting.name;
    let text = "Nothing happens to it: it goes on where it runs. What was seen of it stays, and R \
                on it watches it again."
        .to_owned();
    let choice = choice("Stop watching", Deed::Stop(agent.id));
    question(format!("stop watching {name}?"), text, vec![choice])
}

pub(super) fn about_restarting(agent: &Agent) -> Question {
    let name = &agent.casting.name;
    let text = "What it is in the middle of is cut; what it has done so far stays.".to_owned();
    question(format!("restart {name}?"), text, vec![choice("Restart", Deed::Restart(agent.id))])
}

pub(super) fn about_killing(agent: &Agent) -> Question {
    let name = &agent.casting.name;
    let text = "It and its processes end at once; what it is in the middle of is lost.".to_owned();
    question(format!("kill {name}?"), text, vec![choice("Kill", Deed::Kill(agent.id))])
}

/// What is not done yet, as a sentence begins with it: agents; where none is at work, a
/// script that goes on later.
pub(super) fn unfinished(stage: &Stage) -> Option<String> {
    match stage.agents().filter(|it| it.is_awaited()).count() {
        0 => stage.playing().next().map(|it| format!("The script {} is", it.script.name)),
        1 => Some("1 agent is".to_owned()),
        more => Some(format!("{more} agents are")),
    }
}

pub(super) fn about_quitting(agents: &str, detach: Detach) -> Question {
    let text = match detach {
        Detach::No(why) => format!(
            "{agents} not done. A paused session can be taken up again.\nNo detaching here: {why}."
        ),
        Detach::Yes | Detach::Kept => format!(
            "{agents} not done. Detached, the session goes on without this screen; paused, it can \
             be taken up again."
        ),
    };
    let mut choices = vec![choice("Pause and quit", Deed::Quit(QuitMode::Pause))];
    if detach.why_not().is_none() {
        choices.push(choice("Detach", Deed::Detach));
    }
    choices.push(choice("Stop all and quit", Deed::Quit(QuitMode::Stop)));
    question("quit?".to_owned(), text, choices)
}

/// Shows what new instructions change before they are saved. The editor was
/// asked to save, so that is marked; cancelling goes on writing.
pub(super) fn about_instructions(agent: &Agent, after: String) -> Question {
    let current = agent.current_instructions();
    let version = current.map_or_else(Default::default, |it| it.version.next());
    let label = format!("Save v{version}, effective from the next turn");
    let title = format!("instructions of {}", agent.casting.name);
    let deed = Deed::SaveInstructions(agent.id);
    let before = current.map_or_else(String::new, |it| it.text.to_string());
    let mut question = question(title, String::new(), vec![choice(label, deed)]);
    if let Some(first) = question.choices.first_mut() {
        "Go on writing".clone_into(&mut first.label);
    }
    question.selected = 1;
    question.change = Some(super::Change { before, after, scroll: 0 });
    question
}
