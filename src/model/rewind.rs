//! An agent goes back in place: its last turns are undone, its files too, and can be done
//! again until it takes another. The journal keeps all.

use super::{
    Agent, Author, EngineKind, Event, Ground, HoldReason, Refusal, Take, Turn,
    decide::{can, hold, not},
    loose_ends,
};

/// Turns that are undone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewind {
    /// The last that stands.
    pub to: Turn,
    /// The last that was undone.
    pub from: Turn,
    /// The commit that holds the files as they were before; empty where none does.
    pub was: String,
}

/// What becomes of the files of an agent that went back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Going {
    /// Turns that can be done again, the latest last.
    pub undone: Vec<Rewind>,
    /// The commit that its folder is to hold again, before it goes on.
    pub puts: Option<String>,
    /// Its files are put back for turns that are done again.
    is_redo: bool,
}

impl Agent {
    /// The last turn that stands before all that it has taken itself.
    fn first_stand(&self) -> Turn {
        self.casting.take.as_deref().map_or(Turn(0), Take::after)
    }

    /// The turns that can be undone: all after the first of these, up to and with the
    /// second. None where there are none.
    pub fn can_undo(&self) -> Option<(Turn, Turn)> {
        let last = self.going.undone.last().map_or(self.turn, |it| it.to);
        (last > self.first_stand()).then(|| (self.first_stand(), last))
    }

    /// The turns that can be done again.
    pub fn can_redo(&self) -> Option<&Rewind> {
        self.going.undone.last()
    }

    /// Whether its files go back with it: those of the project's own folder are not its
    /// alone.
    pub fn puts_files_back(&self) -> bool {
        let tree = self.tree.as_ref().filter(|it| it.is_kept());
        tree.is_some_and(|it| it.ground != Ground::Shared)
    }

    /// Takes in where another take can begin, that it is the best, that it went back, or
    /// on again.
    pub(super) fn go_back(&mut self, event: &Event) {
        let going = &mut self.going;
        match event {
            Event::Rewound { to, from, files, .. } => {
                going.undone.push(Rewind { to: *to, from: *from, was: String::new() });
                going.puts.clone_from(files);
                going.is_redo = false;
            }
            Event::RewindUndone { files, .. } => {
                going.undone.pop();
                going.puts.clone_from(files);
                going.is_redo = true;
            }
            Event::FilesPut { was, .. } => {
                going.puts = None;
                if let Some(last) = going.undone.last_mut().filter(|_| !going.is_redo) {
                    last.was.clone_from(was);
                }
            }
            // What is taken anew takes the place of what was undone.
            Event::TurnStarted { again: false, .. } => going.undone.clear(),
            Event::PlaceNamed { turn, place, .. } => self.note_place(*turn, place),
            Event::TakeMarked { is_best, .. } => self.is_best = *is_best,
            _ => {}
        }
    }
}

/// Undoes all turns of an agent after this one.
pub(super) fn rewind(agent: &Agent, by: Author, to: Turn) -> Result<Vec<Event>, Refusal> {
    must_stand_still(agent)?;
    let name = &agent.casting.name;
    let Some((first, last)) = agent.can_undo() else {
        return Err(Refusal::Words(format!("{name} has no turn of its own that could be undone")));
    };
    if to < first || to >= last {
        return Err(Refusal::Words(format!(
            "{name} can go back to before one of its turns {} to {last}",
            first.next()
        )));
    }
    let files = agent.files_before(to.next()).filter(|_| agent.puts_files_back());
    let files = files.map(str::to_owned);
    let rewound = Event::Rewound { agent: agent.id, to, from: last, files, by };
    Ok(begun_again(agent, by, rewound))
}

/// Does the turns again that were undone last.
pub(super) fn redo(agent: &Agent, by: Author) -> Result<Vec<Event>, Refusal> {
    must_stand_still(agent)?;
    let Some(Rewind { from, was, .. }) = agent.can_redo().cloned() else {
        return Err(Refusal::Nothing("nothing was undone since its latest turn"));
    };
    let files = Some(was).filter(|it| !it.is_empty() && agent.puts_files_back());
    let undone = Event::RewindUndone { agent: agent.id, to: from, files, by };
    Ok(begun_again(agent, by, undone))
}

fn must_stand_still(agent: &Agent) -> Result<(), Refusal> {
    can(agent, agent.casting.engine == EngineKind::Native, "go back in place: retake it")?;
    let stands_still = agent.is_over() || agent.is_on() && agent.is_still();
    if !stands_still {
        return Err(not(agent, "pause it first, and wait until it stands still"));
    }
    if agent.going.puts.is_some() {
        return Err(not(agent, "its files are still being put back"));
    }
    Ok(())
}

/// Has its engine begin anew after this, held: the director says what is to be done
/// otherwise.
fn begun_again(agent: &Agent, by: Author, event: Event) -> Vec<Event> {
    let id = agent.id;
    let mut events = loose_ends(agent, "it went back to an earlier turn");
    events.push(event);
    if agent.is_over() {
        events.push(Event::AgentReopened { agent: id, by });
    }
    // One that is over can't be held; it is on again by now.
    let note = "it went back; resume it".to_owned();
    let reason = HoldReason::Director;
    let held = if agent.is_over() {
        vec![Event::HoldPlaced { agent: id, reason, by, note }]
    } else {
        hold(agent, reason, by, &note).unwrap_or_default()
    };
    events.extend(held);
    events.push(Event::AgentStarting { agent: id, run: agent.run + 1 });
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        AgentId, Capabilities, Casting, Command, Header, Input, Millis, Outcome, Record, Seq,
        Stage, Tree, Version, decide,
    };

    const AGENT: AgentId = AgentId(1);

    fn tell(stage: &mut Stage, events: impl IntoIterator<Item = Event>) {
        for event in events {
            let seq = Seq(stage.last().0 + 1);
            stage.apply(&Record { seq, at: Millis(seq.0), event });
        }
    }

    fn turn(n: u32) -> Event {
        let (agent, turn, version, model) = (AGENT, Turn(n), Version(1), String::new());
        Event::TurnStarted { agent, turn, version, model, reserved: None, again: false }
    }

    fn kept(n: u32, commit: &str) -> Event {
        let (agent, turn, commit) = (AGENT, Turn(n), commit.to_owned());
        Event::Checkpointed { agent, turn, commit, files: vec![], more: 0, in_all: None }
    }

    /// One that has taken three turns, of which the second changed something, and is over.
    fn over(engine: EngineKind, ground: Ground) -> Stage {
        let (agent, by) = (AGENT, Author::Director);
        let capabilities = Capabilities::of(engine);
        let casting = Casting { name: "scout".into(), engine, capabilities, ..Casting::default() };
        let tree = Tree { ground, base: "b".into(), kept: "refs/k".into(), ..Tree::default() };
        let outcome = Outcome::Succeeded { summary: String::new() };
        let mut stage = Stage::new(Header::default());
        tell(
            &mut stage,
            [
                Event::AgentAdded { agent, casting: Box::new(casting), by },
                Event::AgentStarting { agent, run: 1 },
                Event::WorkspaceMade { agent, tree: Box::new(tree) },
                Event::AgentStarted { agent },
                turn(1),
                turn(2),
                kept(2, "c2"),
                turn(3),
                kept(3, "c3"),
                Event::AgentEnded { agent, outcome },
            ],
        );
        stage
    }

    fn ask(stage: &mut Stage, command: Command) -> Result<Vec<Event>, String> {
        let input = Input::Command { by: Author::Director, command };
        let events = decide(stage, input).map_err(|it| it.to_string())?;
        tell(stage, events.clone());
        Ok(events)
    }

    fn back(to: u32) -> Command {
        Command::Rewind { agent: AGENT, to: Turn(to) }
    }

    #[test]
    fn it_goes_back_with_its_files_and_on_again_until_it_takes_another_turn() {
        let mut stage = over(EngineKind::Native, Ground::Worktree);
        let events = ask(&mut stage, back(1)).unwrap();
        let (agent, by) = (AGENT, Author::Director);
        let files = Some("b".to_owned());
        let rewound = Event::Rewound { agent, to: Turn(1), from: Turn(3), files, by };
        assert_eq!(events[0], rewound);
        assert!(matches!(events.last(), Some(Event::AgentStarting { run: 2, .. })));
        let held = stage.agent(AGENT).unwrap();
        assert!(held.is_held() && held.is_on(), "it waits for the director");
        assert_eq!(held.going.puts.as_deref(), Some("b"));
        assert!(ask(&mut stage, back(0)).unwrap_err().contains("still being put back"));
        tell(&mut stage, [Event::AgentStarted { agent }]);
        tell(&mut stage, [kept(3, "c4"), Event::FilesPut { agent, was: "c4".into() }]);
        // Further back, and on again in the same steps.
        ask(&mut stage, back(0)).unwrap();
        tell(&mut stage, [Event::FilesPut { agent, was: "c5".into() }]);
        assert_eq!(stage.agent(AGENT).unwrap().can_undo(), None);
        let redo = |stage: &mut Stage| {
            let events = ask(stage, Command::UndoRewind(AGENT)).unwrap();
            tell(stage, [Event::FilesPut { agent, was: "x".into() }]);
            events
        };
        let files = Some("c5".to_owned());
        assert_eq!(redo(&mut stage)[0], Event::RewindUndone { agent, to: Turn(1), files, by });
        let files = Some("c4".to_owned());
        assert_eq!(redo(&mut stage)[0], Event::RewindUndone { agent, to: Turn(3), files, by });
        let none = ask(&mut stage, Command::UndoRewind(AGENT)).unwrap_err();
        assert!(none.contains("nothing was undone"), "{none}");
        ask(&mut stage, back(2)).unwrap();
        tell(&mut stage, [Event::FilesPut { agent, was: "c6".into() }, turn(4)]);
        assert!(ask(&mut stage, Command::UndoRewind(AGENT)).is_err(), "it took another turn");
    }

    #[test]
    fn who_is_under_way_or_a_program_s_or_in_the_project_s_folder_loses_nothing() {
        let mut stage = over(EngineKind::Claude, Ground::Worktree);
        assert!(ask(&mut stage, back(1)).unwrap_err().contains("retake it"));
        let mut stage = over(EngineKind::Native, Ground::Shared);
        let events = ask(&mut stage, back(1)).unwrap();
        assert!(matches!(&events[0], Event::Rewound { files: None, .. }));
        let mut stage = over(EngineKind::Native, Ground::Worktree);
        tell(&mut stage, [Event::AgentReopened { agent: AGENT, by: Author::Director }]);
        tell(&mut stage, [Event::AgentStarting { agent: AGENT, run: 2 }]);
        tell(&mut stage, [Event::AgentStarted { agent: AGENT }, turn(4)]);
        assert!(ask(&mut stage, back(1)).unwrap_err().contains("pause it first"));
        let mut stage = over(EngineKind::Native, Ground::Worktree);
        assert!(ask(&mut stage, back(3)).unwrap_err().contains("turns 1 to 3"));
    }
}
