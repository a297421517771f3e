//! An agent goes back in place: its last turns are undone, its files too, and can be done
//! again until it takes another. The journal keeps all.

use super::{
    Agent, Author, EngineKind, Event, Grain, Ground, HoldReason, Link, Refusal, Take, Turn,
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
    /// The session of its program that holds them; none where it has none.
    pub session: Option<Link>,
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
    /// What its files had become after it went back, where it went on again from there: the
    /// turn that it stood at, and the commit. Gone back to once more, they come back.
    left: Vec<(Turn, String)>,
    /// Turns that were undone and can't be done again: the first and the last of each
    /// stretch.
    lost: Vec<(Turn, Turn)>,
}

impl Going {
    /// What is undone and can be done again.
    fn open(&self) -> Option<(Turn, Turn)> {
        let (first, last) = (self.undone.first()?, self.undone.last()?);
        Some((last.to.next(), first.from))
    }

    /// All that is undone, stretch by stretch: its first turn and its last.
    fn stretches(&self) -> impl Iterator<Item = (Turn, Turn)> {
        self.lost.iter().copied().chain(self.open())
    }

    /// Whether this turn is undone.
    pub fn is_undone(&self, turn: Turn) -> bool {
        self.stretches().any(|(first, last)| first <= turn && turn <= last)
    }

    /// The stretches that whoever begins at this turn knows nothing of: they were undone
    /// before it was taken.
    pub fn undone_before(&self, turn: Turn) -> Vec<(Turn, Turn)> {
        self.stretches().filter(|(_, last)| *last < turn).collect()
    }
}

impl Agent {
    /// The last turn that stands before all that it has taken itself.
    fn first_stand(&self) -> Turn {
        self.casting.take.as_deref().map_or(Turn(0), Take::after)
    }

    /// The turns that can be undone: all after the first of these, up to and with the
    /// second. None where there are none.
    pub fn can_undo(&self) -> Option<(Turn, Turn)> {
        let last = self.stands_at();
        (last > self.first_stand()).then(|| (self.first_stand(), last))
    }

    /// The last of its turns that is not undone.
    pub fn stands_at(&self) -> Turn {
        self.going.undone.last().map_or(self.turn, |it| it.to)
    }

    /// The turns that can be done again.
    pub fn can_redo(&self) -> Option<&Rewind> {
        self.going.undone.last()
    }

    /// Whether it can go back to where this turn was over: our own conversation to any, a
    /// program to where it knows the place, and to the start.
    pub fn can_go_back_to(&self, to: Turn) -> bool {
        let is_mine = self.can_undo().is_some_and(|(first, last)| first <= to && to < last);
        let is_place = || to == self.first_stand() || self.place_at(to).is_some();
        match self.casting.engine.grain() {
            Grain::Never | Grain::Summary => false,
            Grain::Prompt | Grain::Turn => {
                is_mine && (self.casting.engine == EngineKind::Native || is_place())
            }
        }
    }

    fn place_at(&self, turn: Turn) -> Option<&str> {
        let place = self.places.iter().rev().find(|(at, _)| *at == turn);
        place.map(|(_, it)| it.as_str()).filter(|it| !it.is_empty())
    }

    /// Whether it has turns of its own that stand, so that its program has a session for
    /// it.
    pub fn has_begun(&self) -> bool {
        self.stands_at() > self.first_stand()
    }

    /// The session of its program in which all is that it has taken, what is undone too.
    pub fn whole_session(&self) -> Option<&Link> {
        let former = self.going.undone.first().and_then(|it| it.session.as_ref());
        former.or(self.link.as_ref())
    }

    /// The session of its program, and the place in it, that it is to go on from, where it
    /// went back to a turn that it has taken.
    pub fn goes_back(&self) -> Option<(String, String)> {
        let at = self.going.undone.last()?.to;
        let place = self.place_at(at).filter(|_| self.has_begun())?;
        Some((self.whole_session()?.session.clone(), place.to_owned()))
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
        let is_move = matches!(event, Event::Rewound { .. } | Event::RewindUndone { .. });
        let session = self.whole_session().filter(|_| is_move).cloned();
        let going = &mut self.going;
        match event {
            Event::Rewound { to, from, files, .. } => {
                going.undone.push(Rewind { to: *to, from: *from, was: String::new(), session });
                going.puts.clone_from(files);
                going.is_redo = false;
            }
            Event::RewindUndone { files, .. } => {
                let stood = going.undone.pop().map(|it| it.to);
                // Which commit that is, is told when it is kept.
                let left = stood.filter(|_| files.is_some()).map(|it| (it, String::new()));
                going.left.retain(|(at, _)| Some(*at) != stood);
                going.left.extend(left);
                going.puts.clone_from(files);
                going.is_redo = true;
                self.link = session;
            }
            Event::FilesPut { was, .. } => {
                going.puts = None;
                if going.is_redo
                    && let Some((_, commit)) = going.left.last_mut()
                {
                    commit.clone_from(was);
                }
                if let Some(last) = going.undone.last_mut().filter(|_| !going.is_redo) {
                    last.was.clone_from(was);
                }
            }
            // What is taken anew takes the place of what was undone.
            Event::TurnStarted { again: false, .. } => {
                let lost = going.open();
                let is_gone =
                    |turn: Turn| lost.is_some_and(|(first, last)| first <= turn && turn <= last);
                self.places.retain(|(at, _)| !is_gone(*at));
                going.lost.extend(lost);
                going.undone.clear();
                going.left.clear();
            }
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
    if !agent.can_go_back_to(to) {
        return Err(Refusal::Words(format!(
            "{name}: its program can't go back to the end of turn {to}: take it again from turn {}",
            to.next()
        )));
    }
    let left = agent.going.left.iter().rev().find(|(at, it)| *at == to && !it.is_empty());
    let files = left.map(|(_, it)| it.as_str()).or_else(|| agent.files_before(to.next()));
    let files = files.filter(|_| agent.puts_files_back()).map(str::to_owned);
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
    can(agent, agent.casting.engine.grain() > Grain::Summary, "go back in place: retake it")?;
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
    fn what_changed_since_it_went_back_comes_back_when_it_does_so_again() {
        let mut stage = over(EngineKind::Native, Ground::Worktree);
        let put = |was: &str| Event::FilesPut { agent: AGENT, was: was.into() };
        ask(&mut stage, back(1)).unwrap();
        tell(&mut stage, [put("c4")]);
        ask(&mut stage, Command::UndoRewind(AGENT)).unwrap();
        tell(&mut stage, [put("mine")]);
        let events = ask(&mut stage, back(1)).unwrap();
        assert!(matches!(&events[0], Event::Rewound { files: Some(it), .. } if it == "mine"));
        let outcome = Outcome::Succeeded { summary: String::new() };
        let over = Event::AgentEnded { agent: AGENT, outcome };
        tell(&mut stage, [put("c6"), turn(4), kept(4, "c7"), over]);
        let events = ask(&mut stage, back(0)).unwrap();
        assert!(matches!(&events[0], Event::Rewound { files: Some(it), .. } if it == "b"));
    }

    #[test]
    fn what_is_undone_is_known_and_whoever_begins_behind_it_is_told_nothing_of_it() {
        let mut stage = over(EngineKind::Native, Ground::Worktree);
        let its = |stage: &Stage| {
            let agent = stage.agent(AGENT).unwrap();
            let undone = [1, 2, 3, 4].map(|it| agent.going.is_undone(Turn(it)));
            (agent.stands_at(), undone, agent.going.undone_before(Turn(5)))
        };
        ask(&mut stage, back(1)).unwrap();
        let before = vec![(Turn(2), Turn(3))];
        assert_eq!(its(&stage), (Turn(1), [false, true, true, false], before.clone()));
        tell(&mut stage, [Event::FilesPut { agent: AGENT, was: String::new() }, turn(4)]);
        assert_eq!(its(&stage), (Turn(4), [false, true, true, false], before));
        assert_eq!(stage.agent(AGENT).unwrap().going.undone_before(Turn(3)), []);
    }

    #[test]
    fn a_program_goes_back_to_where_it_knows_a_place_and_finds_its_session_again() {
        let mut stage = over(EngineKind::Claude, Ground::Worktree);
        let agent = AGENT;
        let link = |session: &str| {
            let (program, session) = ("claude".to_owned(), session.to_owned());
            Event::Linked { agent, program, session, model: String::new() }
        };
        let place = |n: u32| Event::PlaceNamed { agent, turn: Turn(n), place: format!("p{n}") };
        let put = || Event::FilesPut { agent, was: String::new() };
        tell(&mut stage, [link("s1"), place(1), place(3)]);
        assert!(ask(&mut stage, back(2)).unwrap_err().contains("take it again from turn 3"));
        ask(&mut stage, back(1)).unwrap();
        let goes_back = |stage: &Stage| stage.agent(AGENT).unwrap().goes_back();
        let to = |session: &str, place: &str| Some((session.to_owned(), place.to_owned()));
        assert_eq!(goes_back(&stage), to("s1", "p1"));
        // What it begins with while it is held is a copy that nothing was said in.
        tell(&mut stage, [put(), link("s2")]);
        ask(&mut stage, back(0)).unwrap();
        let begun = stage.agent(AGENT).unwrap();
        assert!(!begun.has_begun() && begun.goes_back().is_none(), "it begins anew");
        tell(&mut stage, [put()]);
        for _ in 0..2 {
            ask(&mut stage, Command::UndoRewind(AGENT)).unwrap();
            tell(&mut stage, [put()]);
        }
        assert_eq!(stage.agent(AGENT).unwrap().link.as_ref().unwrap().session, "s1");
        assert_eq!(goes_back(&stage), None);
        ask(&mut stage, back(1)).unwrap();
        tell(&mut stage, [put(), link("s3"), turn(4)]);
        assert_eq!(stage.agent(AGENT).unwrap().link.as_ref().unwrap().session, "s3");
        let places = &stage.agent(AGENT).unwrap().places;
        assert_eq!(places.iter().map(|it| it.0.0).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn who_is_under_way_or_a_program_s_or_in_the_project_s_folder_loses_nothing() {
        let mut stage = over(EngineKind::Acp, Ground::Worktree);
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
