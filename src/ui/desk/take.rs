//! Taking over what an agent made: which way, and what exactly is done.

use super::{
    Choice, Deed, Desk, Dialog, Done, Field, FormField, Prompt, PromptPurpose, RoleOffer,
    choose::question, editor,
};
use crate::{
    model::{
        Agent, AgentId, Command, Conflict, Event, Ground, Level, Millis, PlayId, Stage, Tree, Way,
        play::PlayEvent,
    },
    text::one_line,
    tools::policy::privileged_name,
    ui::keys::Act,
};

/// How long the first line of a message is, as git's own tools like it.
const SUBJECT: usize = 72;
/// So many lines of a conflict are shown in a dialog.
const HUNKS: usize = 12;
/// So many files that change what runs later are named, each so wide at most.
const NAMED: usize = 5;
const PRIVILEGED: usize = 60;

impl Desk {
    /// Asks how the work of the focused agent is to be taken.
    pub(super) fn take_work(&mut self, agent: &Agent, stage: &Stage, now: Millis) -> Done {
        let name = &agent.casting.name;
        let Some(tree) = agent.tree.as_ref().filter(|it| it.is_kept()) else {
            let text = format!("{name}: where it works nothing is kept, so nothing can be taken");
            return self.say(Level::Warning, text, now);
        };
        if agent.taking.is_thrown_away() {
            return self.say(Level::Note, format!("{name}: its work was thrown away"), now);
        }
        if let Some(way) = agent.taking.under_way {
            return self.say(Level::Note, format!("{name}: {way} is under way"), now);
        }
        let mut choices = Vec::new();
        let mut offer = |label: &str, deed| {
            choices.push(Choice { label: label.to_owned(), deed });
        };
        let id = agent.id;
        if tree.ground == Ground::Worktree {
            if agent.taking.can_be_handed_back() {
                offer("Hand the conflict back to it", Deed::Take(id, Way::HandBack));
            }
            if agent.taking.conflicted.is_some() {
                offer("Give the conflict to a new agent", Deed::CastFor(id));
            }
            offer("Merge", Deed::Take(id, Way::Merge));
            offer("Squash into one commit", Deed::Take(id, Way::Squash));
            offer("Rebase", Deed::Take(id, Way::Rebase));
            offer("Commit on its own branch", Deed::Take(id, Way::Commit));
        }
        offer("Write a patch", Deed::Take(id, Way::Patch));
        offer("Open in $EDITOR", Deed::Visit(id));
        if tree.ground == Ground::Worktree {
            offer("Throw away", Deed::Take(id, Way::ThrowAway));
        }
        let mut text = match &agent.taking.conflicted {
            Some(it) => format!("It conflicts with {}:\n{}", it.into, conflict(&it.files)),
            None => format!(
                "{}\nGoes into the branch that is checked out in {}.",
                about(agent),
                project(stage)
            ),
        };
        text += &privileged(agent);
        self.dialog =
            Some(Dialog::Question(question(format!("take the work of {name}"), text, choices)));
        Done::Redraw
    }

    /// Says what exactly is done, and asks for what it still needs.
    pub(super) fn ask_to_take(&mut self, id: AgentId, way: Way, stage: &Stage) -> Done {
        let Some(agent) = stage.agent(id) else { return Done::Nothing };
        let (name, project) = (&agent.casting.name, project(stage));
        let branch = agent.tree.as_ref().map_or("", |it| it.branch.as_str());
        let confirm = |label: &str, text: String| {
            let deed = Deed::TakeNow(id, way);
            let choices = vec![Choice { label: label.to_owned(), deed }];
            Dialog::Question(question(format!("{way} the work of {name}?"), text, choices))
        };
        let prompt = |hint: String, text: &str| {
            Dialog::Prompt(Prompt {
                purpose: PromptPurpose::Take(id, way),
                title: format!("{way} the work of {name}"),
                hint,
                field: Field::replacing(text),
                fault: None,
            })
        };
        let untouched = "Files that you changed there are not touched: where the same ones would \
                         change, it is refused. No hook and no filter runs.";
        self.dialog = Some(match way {
            Way::Merge => confirm(
                "Merge",
                format!(
                    "What is not committed yet is committed on {branch}. That is merged into the \
                     branch that is checked out in {project}, going forward where it can. {untouched}"
                ),
            ),
            Way::Rebase => confirm(
                "Rebase",
                format!(
                    "What is not committed yet is committed on {branch}. Its commits are made \
                     again on top of the branch that is checked out in {project}; {branch} stays \
                     where it is. {untouched}"
                ),
            ),
            Way::HandBack => confirm(
                "Hand back",
                format!(
                    "What is not committed yet is committed on {branch}. The branch that is \
                     checked out in {project} is merged into its worktree, with the conflict in \
                     the files, and {name} is told to settle it. Nothing else changes."
                ),
            ),
            Way::Squash => prompt(
                format!("message of the one commit on the branch checked out in {project}"),
                &subject(agent),
            ),
            Way::Commit => prompt(format!("message of the commit on {branch}"), &subject(agent)),
            Way::Patch => prompt(
                format!("a new file, seen from {project}"),
                &format!("{}.patch", one_line(name, 40).replace('/', "-")),
            ),
            Way::ThrowAway => prompt(
                format!("type {name}: worktree and branch {branch} are removed for good"),
                "",
            ),
        });
        Done::Redraw
    }

    /// Takes it in a way that needs no words of the director.
    pub(super) fn take_now(id: AgentId, way: Way, stage: &Stage) -> Done {
        let Some(agent) = stage.agent(id) else { return Done::Nothing };
        let words = message(agent, &subject(agent));
        Done::Send(vec![Command::TakeWork { agent: id, way, words }])
    }

    /// Takes it with the words that were typed.
    ///
    /// # Errors
    /// What is wrong with the words.
    pub(super) fn take_with(
        (id, way): (AgentId, Way),
        text: &str,
        stage: &Stage,
    ) -> Result<Done, String> {
        let Some(agent) = stage.agent(id) else { return Ok(Done::Nothing) };
        let name = &agent.casting.name;
        let words = match way {
            Way::ThrowAway if text != name => return Err(format!("that is not {name}")),
            _ if text.is_empty() => return Err("it needs a few words".to_owned()),
            Way::Commit | Way::Squash => message(agent, text),
            _ => text.to_owned(),
        };
        Ok(Done::Send(vec![Command::TakeWork { agent: id, way, words }]))
    }

    /// Opens the form for a new agent, in the same role, that is to bring the work
    /// of this one together with what has happened meanwhile. It starts from there,
    /// in a worktree of its own.
    pub(super) fn cast_for(&mut self, id: AgentId, stage: &Stage, now: Millis) -> Done {
        let Some(agent) = stage.agent(id) else { return Done::Nothing };
        let (Some(conflicted), Some(tree)) = (&agent.taking.conflicted, &agent.tree) else {
            return Done::Nothing;
        };
        let done = self.open_form(now);
        if let Some(Dialog::NewAgent(form)) = &mut self.dialog {
            let is_its = |it: &RoleOffer| it.casting.role == agent.casting.role;
            form.selected = form.roles.iter().position(is_its).unwrap_or(form.selected);
            form.brief = editor::area(&brief_for(agent, &conflicted.files, &conflicted.into, tree));
            (form.at, form.is_given) = (FormField::Brief, true);
        }
        done
    }

    /// Opens the worktree in the director's own editor: the file that the keys are
    /// on, where one is.
    pub(super) fn visit(&self, id: AgentId, stage: &Stage) -> Done {
        let Some(tree) = stage.agent(id).and_then(|it| it.tree.as_ref()) else {
            return Done::Nothing;
        };
        let is_looking = self.looks_at_changes(stage).is_some_and(|it| it.id == id);
        let file = if is_looking { self.file_in_sight() } else { None };
        let path = file.map_or_else(|| tree.root.clone(), |file| format!("{}/{file}", tree.root));
        Done::Visit(path, None)
    }
}

impl Desk {
    /// Says what came of work that was to be taken.
    pub fn heed(&mut self, event: &Event, stage: &Stage, now: Millis) {
        let (id, level, text) = match event {
            Event::WorkTaken { agent, about, .. } => (*agent, Level::Note, about.clone()),
            Event::WorkNotTaken { agent, why, conflicts, .. } if conflicts.is_empty() => {
                (*agent, Level::Warning, why.clone())
            }
            Event::WorkNotTaken { agent, why, .. } => {
                let keys = self.keymap.keys_for(self.context(stage), Act::TakeWork);
                let key = keys.first().map_or_else(String::new, |it| format!("; {it} shows it"));
                (*agent, Level::Warning, format!("{why}{key}"))
            }
            Event::Play { play, event } if matches!(**event, PlayEvent::GateReached { .. }) => {
                return self.heed_draft(*play, stage, now);
            }
            _ => return,
        };
        if let Some(agent) = stage.agent(id).filter(|_| !self.is_replay()) {
            self.say(level, format!("{}: {text}", agent.casting.name), now);
        }
    }
}

impl Desk {
    /// Says that a script waits to be read, where one does.
    fn heed_draft(&mut self, play: PlayId, stage: &Stage, now: Millis) {
        let waits = stage.play(play).is_some_and(|it| it.drafts().next().is_some());
        if waits && !self.is_replay() {
            let keys = self.keymap.keys_for(self.context(stage), Act::NextWaiting);
            let key = keys.first().map(|it| format!(": {it} goes there")).unwrap_or_default();
            self.say(Level::Note, format!("a plan waits for you{key}"), now);
        }
    }
}

fn project(stage: &Stage) -> &str {
    &stage.header().project
}

/// `3 turns changed 4 files: +120 −14, on auteur/x/smith`
fn about(agent: &Agent) -> String {
    let kept: Vec<_> = super::turns(agent).collect();
    let (added, removed) =
        kept.iter().fold((0, 0), |sum, it| (sum.0 + it.added, sum.1 + it.removed));
    let turns = match kept.len() {
        0 => return "It has changed nothing yet.".to_owned(),
        1 => "1 turn".to_owned(),
        more => format!("{more} turns"),
    };
    let branch = agent.tree.as_ref().map_or("", |it| it.branch.as_str());
    format!("{turns} changed something: +{added} −{removed}, on {branch}.")
}

/// A line that names what of the work changes what runs later on the director's
/// machine: hooks, settings of agents and editors. Empty where nothing does.
fn privileged(agent: &Agent) -> String {
    let all = agent.files.keys().filter(|it| privileged_name(it).is_some());
    let names: Vec<_> = all.map(|it| one_line(it, PRIVILEGED)).collect();
    match names.len().checked_sub(NAMED) {
        None | Some(0) if names.is_empty() => String::new(),
        None | Some(0) => format!("\nIt changes what runs later: {}.", names.join(", ")),
        Some(more) => {
            let names = names.get(..NAMED).unwrap_or_default().join(", ");
            format!("\nIt changes what runs later: {names} and {more} more.")
        }
    }
}

/// The files of a conflict, and the first of what stands against what.
fn conflict(files: &[Conflict]) -> String {
    let names: Vec<_> = files.iter().map(|it| format!("  {}", it.path)).collect();
    let hunks = files.iter().find(|it| !it.hunks.is_empty());
    let Some(hunks) = hunks else { return names.join("\n") };
    let lines: Vec<_> = hunks.hunks.lines().take(HUNKS).collect();
    format!("{}\n\n{}:\n{}", names.join("\n"), hunks.path, lines.join("\n"))
}

/// What one is to do who settles the conflict that another one's work is in.
fn brief_for(agent: &Agent, files: &[Conflict], into: &str, tree: &Tree) -> String {
    let name = &agent.casting.name;
    let files: Vec<_> = files.iter().map(|it| format!("- {}", it.path)).collect();
    format!(
        "Bring the work of {name} into yours: git merge --squash {}\n\nIt conflicts with what has \
         happened on {into} meanwhile, in:\n\n{}\n\nSettle each conflict so that both intentions \
         are kept, remove the markers, and check that all is well. Don't commit: that is done for \
         you. This is what {name} was asked to do:\n\n{}",
        tree.kept,
        files.join("\n"),
        agent.casting.brief,
    )
}

/// The first line of a message: what the agent was asked to do.
fn subject(agent: &Agent) -> String {
    let brief = agent.casting.brief.lines().find(|it| !it.trim().is_empty());
    one_line(brief.unwrap_or(&agent.casting.name), SUBJECT)
}

/// A message that says who made it.
fn message(agent: &Agent, subject: &str) -> String {
    let casting = &agent.casting;
    let model =
        if casting.model.is_empty() { String::new() } else { format!(", {}", casting.model) };
    format!("{subject}\n\nAgent: {} ({}{model})", casting.name, casting.role)
}
