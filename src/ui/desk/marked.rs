//! Several agents at once: who is marked on the stage, and what is done to all of them.
//! Each still gets a command of its own.

use super::{
    Deed, Desk, Dialog, Done, Field, Prompt, PromptPurpose, Purpose, Screen,
    choose::{self, choice, question},
    inability,
};
use crate::{
    model::{
        Agent, AgentId, Author, Command, HoldReason, Input, Level, Millis, PauseGrain, Stage,
        decide,
    },
    ui::keys::{Act, Context},
};

/// So many names are told; of more, how many there are.
const NAMED: usize = 6;

/// Acts that make sense for many.
const FOR_MANY: [Act; 10] = [
    Act::Pause,
    Act::Freeze,
    Act::Step,
    Act::Interrupt,
    Act::Redirect,
    Act::ChangeModel,
    Act::ChangeBudget,
    Act::Restart,
    Act::Stop,
    Act::Kill,
];

impl Desk {
    /// Those that are marked, as they stand on the stage.
    pub fn marked_agents<'a>(&self, stage: &'a Stage) -> Vec<&'a Agent> {
        self.marked.iter().filter_map(|it| stage.agent(*it)).collect()
    }

    /// Marks the agent that has the keys, or no longer.
    pub(super) fn mark_agent(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.is_replay() {
            return self.say(Level::Warning, self.nobody(), now);
        }
        let Some(agent) = self.focused(stage) else {
            return self.say(Level::Note, "there is no agent to mark", now);
        };
        let (id, name) = (agent.id, agent.casting.name.clone());
        let is_new = self.marked.insert(id);
        if !is_new {
            self.marked.remove(&id);
        }
        self.marked_last = is_new.then_some(id);
        let text = if is_new { "is marked" } else { "is marked no longer" };
        self.say(Level::Note, format!("{name} {text}"), now)
    }

    /// Marks all that stand from the one that was marked last to the one that has the keys,
    /// as they are shown.
    pub(super) fn mark_range(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.is_replay() {
            return self.say(Level::Warning, self.nobody(), now);
        }
        let shown = self.in_sight(stage);
        let place = |agent: Option<AgentId>| shown.iter().position(|it| Some(*it) == agent);
        let Some(here) = place(self.focus) else {
            return self.say(Level::Note, "there is no agent to mark", now);
        };
        let Some(from) = place(self.marked_last) else {
            let key = self.keymap.keys_for(Context::Stage, Act::MarkAgent).into_iter().next();
            let key = key.unwrap_or_else(|| ":mark".to_owned());
            let text = format!("mark the first of them with {key}: from there on all are marked");
            return self.say(Level::Note, text, now);
        };
        let range = shown.get(from.min(here)..=from.max(here)).unwrap_or_default();
        self.marked.extend(range);
        self.marked_last = self.focus;
        self.say(Level::Note, format!("{} from there to here", many(range.len())), now)
    }

    /// Marks all that are shown; where all of them are marked, nobody.
    pub(super) fn mark_all(&mut self, stage: &Stage, now: Millis) -> Done {
        if self.is_replay() {
            return self.say(Level::Warning, self.nobody(), now);
        }
        let shown = self.in_sight(stage);
        if shown.iter().all(|it| self.marked.contains(it)) {
            return self.mark_nobody(now);
        }
        self.marked.extend(shown);
        self.say(Level::Note, "all that are shown are marked", now)
    }

    /// Takes all marks away.
    pub(super) fn mark_nobody(&mut self, now: Millis) -> Done {
        self.marked.clear();
        self.marked_last = None;
        self.say(Level::Note, "nobody is marked", now)
    }

    /// Nobody is marked who is not on the stage any more.
    pub(super) fn settle_marks(&mut self, stage: &Stage) {
        self.marked.retain(|it| stage.agent(*it).is_some());
    }

    /// Whether an act goes to all that are marked: on the stage, where the marks are seen.
    pub(super) fn is_for_marked(&self, act: Act) -> bool {
        !self.marked.is_empty()
            && self.screen == Screen::Stage
            && !self.is_replay()
            && (FOR_MANY.contains(&act) || act == Act::Seen)
    }

    /// Does to all that are marked what the act does to one.
    pub(super) fn direct_marked(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        let marked = self.marked_agents(stage);
        match act {
            Act::Seen => self.see(marked.into_iter().map(|it| it.id).collect(), stage, now),
            Act::Redirect => self.open_editor(Purpose::RedirectMarked, ""),
            Act::ChangeModel => self.ask_about_marked(
                PromptPurpose::ModelOfMarked,
                ("model", "provider/model, from their next turn on"),
                stage,
            ),
            Act::ChangeBudget => self.ask_about_marked(
                PromptPurpose::BudgetOfMarked,
                ("budget", "dollars for each of them, or none"),
                stage,
            ),
            Act::Stop | Act::Kill | Act::Restart => self.ask_whether(act, &marked, now),
            act => {
                let all_held = are_held(&marked);
                let commands = marked.iter().map(|it| (it.id, command(act, it, all_held)));
                self.send_to(act, commands.collect(), stage, now)
            }
        }
    }

    /// Asks whether that is done to all that are marked.
    fn ask_whether(&mut self, act: Act, marked: &[&Agent], now: Millis) -> Done {
        let is_possible = |it: &&&Agent| match act {
            Act::Restart => inability(act, it).is_none(),
            _ => !it.is_over() && inability(act, it).is_none(),
        };
        let able: Vec<&Agent> = marked.iter().filter(is_possible).copied().collect();
        if able.is_empty() {
            return self.say(Level::Note, "all that are marked have ended", now);
        }
        let (verb, what) = match act {
            Act::Stop => ("Stop", "They end in good order. A redirect takes one up again."),
            Act::Kill => (
                "Kill",
                "They and their processes end at once; what they are in the middle of is lost.",
            ),
            _ => ("Restart", "What they are in the middle of is cut; what they did so far stays."),
        };
        let many = many(able.len());
        let title = format!("{} {many}?", verb.to_lowercase());
        let again = ended(&able).map(|it| format!(" {it}")).unwrap_or_default();
        let text = format!("{}. {what}{again}", names(&able));
        let deed = choice(format!("{verb} {many}"), Deed::ToMarked(act));
        self.dialog = Some(Dialog::Question(question(title, text, vec![deed])));
        Done::Redraw
    }

    /// Does to all that are marked what was asked about.
    pub(super) fn carry_out_marked(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if act == Act::Redirect {
            return self.write_to_marked(stage, now);
        }
        let ids = self
            .marked_agents(stage)
            .into_iter()
            .filter(|it| (act == Act::Restart || !it.is_over()) && inability(act, it).is_none());
        let command = |it: &Agent| match act {
            Act::Stop => Command::Stop(it.id),
            Act::Kill => Command::Kill(it.id),
            _ => Command::Restart(it.id),
        };
        let commands = ids.map(|it| (it.id, Ok(command(it)))).collect();
        self.send_to(act, commands, stage, now)
    }

    fn ask_about_marked(
        &mut self,
        purpose: PromptPurpose,
        (what, hint): (&str, &str),
        stage: &Stage,
    ) -> Done {
        self.dialog = Some(Dialog::Prompt(Prompt {
            purpose,
            title: format!("{what} of {}", many(self.marked_agents(stage).len())),
            hint: hint.to_owned(),
            field: Field::default(),
            fault: None,
        }));
        Done::Redraw
    }

    /// Writes to all that are marked; asks once where that takes some up again that have
    /// ended.
    pub(super) fn redirect_marked(&mut self, stage: &Stage, now: Millis) -> Done {
        let marked = self.marked_agents(stage);
        let able: Vec<&Agent> =
            marked.into_iter().filter(|it| inability(Act::Redirect, it).is_none()).collect();
        let Some(again) = ended(&able) else { return self.write_to_marked(stage, now) };
        let whole = many(able.len());
        let mut choices = vec![choice(format!("Redirect {whole}"), Deed::ToMarked(Act::Redirect))];
        let living = able.iter().filter(|it| !it.is_over()).count();
        if living > 0 {
            choices.push(choice(format!("Only the {living} at work"), Deed::RedirectLiving));
        }
        let title = format!("redirect {whole}?");
        self.dialog = Some(Dialog::Question(question(title, again, choices)));
        Done::Redraw
    }

    /// Takes the marks from all that have ended, and writes to the others.
    pub(super) fn redirect_living(&mut self, stage: &Stage, now: Millis) -> Done {
        self.marked.retain(|it| stage.agent(*it).is_some_and(|it| !it.is_over()));
        self.write_to_marked(stage, now)
    }

    /// Writes what is in the editor to all that are marked, each in a message of its own.
    fn write_to_marked(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(editor) = &self.editor else { return Done::Redraw };
        let (written, at_once) = (editor.written(), editor.now);
        let message = |it: &Agent| {
            let text = written.clone();
            Command::Redirect { agent: it.id, text, now: at_once }
        };
        let marked = self.marked_agents(stage);
        let commands =
            marked.iter().map(|it| (it.id, able(Act::Redirect, it).map(|()| message(it))));
        match self.send_to(Act::Redirect, commands.collect(), stage, now) {
            Done::Send(commands) => self.send_texts(commands),
            // It stays, and says why.
            done => done,
        }
    }

    /// Gives all that are marked the model that was typed.
    pub(super) fn model_of_marked(
        &mut self,
        text: &str,
        stage: &Stage,
        now: Millis,
    ) -> Result<Done, String> {
        let of = |it: &Agent| -> Result<Command, String> {
            able(Act::ChangeModel, it)?;
            let (provider, model) = choose::model_for(Some(it), text, &self.providers)?;
            Ok(Command::ChangeModel { agent: it.id, provider, model })
        };
        let commands: Vec<_> = self.marked_agents(stage).iter().map(|it| (it.id, of(it))).collect();
        // What is wrong for everybody is wrong with what was typed.
        if let Some((_, Err(why))) = commands.first()
            && commands.iter().all(|it| it.1.is_err())
        {
            return Err(why.clone());
        }
        Ok(self.send_to(Act::ChangeModel, commands, stage, now))
    }

    /// Gives each that is marked the budget that was typed.
    pub(super) fn budget_of_marked(
        &mut self,
        text: &str,
        stage: &Stage,
        now: Millis,
    ) -> Result<Done, String> {
        let budget = choose::budget(text)?;
        let of = |it: &Agent| {
            able(Act::ChangeBudget, it).map(|()| Command::ChangeBudget { agent: it.id, budget })
        };
        let commands = self.marked_agents(stage).iter().map(|it| (it.id, of(it))).collect();
        Ok(self.send_to(Act::ChangeBudget, commands, stage, now))
    }

    /// Sends what may be done, a command for each agent, and says of how many it may not
    /// and why.
    fn send_to(
        &mut self,
        act: Act,
        commands: Vec<(AgentId, Result<Command, String>)>,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let all = commands.len();
        let mut sent = Vec::with_capacity(all);
        let mut refused = None;
        for (agent, command) in commands {
            match command.and_then(|it| allowed(it, stage)) {
                Ok(command) => sent.push(command),
                Err(why) => {
                    let name = stage.agent(agent).map_or("", |it| &it.casting.name);
                    // Most refusals begin with the name already.
                    let whose =
                        if why.starts_with(name) { String::new() } else { format!("{name}: ") };
                    refused.get_or_insert_with(|| format!("{whose}{why}"));
                }
            }
        }
        let name = act.name();
        let Some(why) = refused else {
            self.say(Level::Note, format!("{name}: {}", many(sent.len())), now);
            return Done::Send(sent);
        };
        if sent.is_empty() {
            return self.say(Level::Warning, why, now);
        }
        self.say(Level::Warning, format!("{name}: {} of {all}; {why}", sent.len()), now);
        Done::Send(sent)
    }

    /// Counts the ends of these agents as seen.
    fn see(&mut self, agents: Vec<AgentId>, stage: &Stage, now: Millis) -> Done {
        if self.is_replay() {
            return self.say(Level::Warning, self.nobody(), now);
        }
        let is_new = |it: &AgentId| stage.agent(*it).is_some_and(|it| it.unseen);
        let seen: Vec<_> = agents.into_iter().filter(is_new).map(Command::Look).collect();
        match seen.len() {
            0 => self.say(Level::Note, "nobody has ended that was not looked at", now),
            count => {
                let ends = if count == 1 { "end counts" } else { "ends count" };
                self.say(Level::Note, format!("{count} {ends} as seen"), now);
                Done::Send(seen)
            }
        }
    }

    /// Counts the ends of all agents as seen; on the stage, of those that the filter shows.
    pub(super) fn see_all(&mut self, stage: &Stage, now: Millis) -> Done {
        let agents = match self.screen {
            Screen::Stage => self.in_sight(stage),
            _ => stage.agents().map(|it| it.id).collect(),
        };
        self.see(agents, stage, now)
    }

    /// Counts the end of the agent that has the keys as seen.
    pub(super) fn see_focused(&mut self, stage: &Stage, now: Millis) -> Done {
        self.see(self.focus.into_iter().collect(), stage, now)
    }
}

/// So many agents, in words.
pub fn many(count: usize) -> String {
    if count == 1 { "1 agent".to_owned() } else { format!("{count} agents") }
}

/// Who they are, as far as there is room.
pub fn names(agents: &[&Agent]) -> String {
    let first = agents.iter().take(NAMED).map(|it| it.casting.name.as_str());
    let first = first.collect::<Vec<_>>().join(", ");
    match agents.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// How many of these have ended, who they are, and what becomes of them; none where all are
/// at work.
fn ended(agents: &[&Agent]) -> Option<String> {
    let ended: Vec<&Agent> = agents.iter().filter(|it| it.is_over()).copied().collect();
    let (verb, back) = if ended.len() == 1 {
        ("has ended", "it is taken up again")
    } else {
        ("have ended", "they are taken up again")
    };
    let told = format!("{} of them {verb}: {}; {back}.", ended.len(), names(&ended));
    (!ended.is_empty()).then_some(told)
}

/// Whether there is one that could be held, and all that could be are.
fn are_held(agents: &[&Agent]) -> bool {
    let mut living = agents
        .iter()
        .filter(|it| !it.is_over() && it.casting.capabilities.pause != PauseGrain::None)
        .peekable();
    living.peek().is_some() && living.all(|it| !it.holds.is_empty())
}

/// Whether its engine can do that.
fn able(act: Act, agent: &Agent) -> Result<(), String> {
    inability(act, agent).map_or(Ok(()), |why| Err(why.to_owned()))
}

/// What an act that asks nothing sends to this one of many. Pausing holds all of them that
/// nothing holds yet, so that they stand together; where all are held, it lets them go on.
fn command(act: Act, agent: &Agent, all_held: bool) -> Result<Command, String> {
    let id = agent.id;
    able(act, agent)?;
    if agent.is_over() {
        return Err("it has ended".to_owned());
    }
    match act {
        Act::Freeze => Ok(Command::Freeze(id)),
        Act::Step => Ok(Command::Step(id)),
        Act::Interrupt => Ok(Command::Interrupt(id)),
        _ if all_held && agent.is_held_for(HoldReason::Director) => Ok(Command::Resume(id)),
        _ if all_held && agent.is_held_for(HoldReason::Budget) => {
            Err("it is held by its budget: give it more".to_owned())
        }
        _ => match agent.holds.first() {
            Some(hold) if all_held => Ok(Command::Lift(id, hold.reason)),
            Some(_) => Err("it is held already".to_owned()),
            None if agent.casting.capabilities.pause == PauseGrain::Freeze => {
                Ok(Command::Freeze(id))
            }
            None => Ok(Command::Pause(id)),
        },
    }
}

/// A command, if it may be done now.
fn allowed(command: Command, stage: &Stage) -> Result<Command, String> {
    let by = Author::Director;
    let judged = decide(stage, Input::Command { by, command: command.clone() });
    judged.map(|_| command).map_err(|it| it.to_string())
}
