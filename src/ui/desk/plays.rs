//! Scripts on their screen: which play is looked at, which step is marked, and what the
//! director does to it.

use super::{
    Deed, Desk, Dialog, Done, Screen,
    choose::{choice, question},
    rewrite::{given, is_agents},
};
use crate::{
    model::{
        Command, HoldReason, Level, Millis, PlayId, Stage,
        play::{Phase, Play, Spot, Standing, Wish},
    },
    ui::keys::Act,
};

/// How plays are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plays {
    /// Which; the latest that is not over, where none was chosen.
    pub play: Option<PlayId>,
    /// The name of the step that is marked; the one to look at first where it is not.
    pub step: String,
    /// How many lines of what is told of it are scrolled away at the top.
    pub scroll: usize,
    /// There is one in this session.
    pub are_there: bool,
}

impl Plays {
    /// The play that is looked at.
    pub fn looked_at<'a>(&self, stage: &'a Stage) -> Option<&'a Play> {
        let chosen = self.play.and_then(|it| stage.play(it));
        // A script that another plays is found from there.
        let own = || stage.plays().rev().filter(|it| it.parent.is_none());
        chosen.or_else(|| own().find(|it| !it.is_over())).or_else(|| own().next())
    }

    /// The same, before anything is chosen.
    fn begun(&self) -> Self {
        Self { are_there: self.are_there, ..Self::default() }
    }

    /// The word for what an act does to the marked step, if it does anything.
    pub fn offers(&self, act: Act, stage: &Stage) -> Option<&'static str> {
        let play = self.looked_at(stage)?;
        let place = self.marked(play)?;
        let stands = play.steps.get(place)?;
        let has_begun = stands.parts.iter().any(|it| it.attempt > 0);
        let is_waiting = matches!(stands.standing, Standing::Waiting | Standing::Gate);
        match act {
            Act::SeeAgent => has_begun.then_some("see it"),
            Act::HoldStep if play.is_over() => None,
            Act::HoldStep if stands.held => Some("let it go on"),
            Act::HoldStep if is_waiting || stands_by(play, place) => Some("hold"),
            Act::HoldStep => (stands.busy() > 0).then_some("pause"),
            Act::OpenGate => (stands.standing == Standing::Gate).then_some("open"),
            Act::RunAgain if stands_by(play, place) => Some("run now"),
            Act::RunAgain => (has_begun || stands.is_over()).then_some("again"),
            Act::SkipStep => (!stands.is_over() && !play.is_over()).then_some("leave out"),
            Act::StopScript => (!play.is_over()).then_some("stop"),
            Act::EditStep => is_agents(play, place).then_some("brief"),
            Act::Reassign => is_agents(play, place).then_some("role"),
            Act::EditStepRole => is_agents(play, place).then_some("instructions"),
            Act::EditHandOff => {
                (is_waiting && given(play, place).next().is_some()).then_some("hand-off")
            }
            _ => None,
        }
    }

    /// The step of it that is marked: its place in the script. Until one is chosen, that
    /// which needs the director, then one at work.
    pub fn marked(&self, play: &Play) -> Option<usize> {
        let chosen = play.place(&self.step);
        let working = || play.steps.iter().position(|it| it.busy() > 0);
        chosen
            .or_else(|| play.asking().next())
            .or_else(working)
            .or_else(|| play.order().rows().first().copied())
    }
}

impl Desk {
    /// Marks the step so many lines further down.
    pub(super) fn mark_step(&mut self, places: isize, stage: &Stage) -> Done {
        let Some(play) = self.plays.looked_at(stage) else { return Done::Nothing };
        let rows = play.order().rows();
        let marked = self.plays.marked(play);
        let here = rows.iter().position(|it| Some(*it) == marked).unwrap_or(0);
        let count = rows.len().max(1).cast_signed();
        let there = (here.cast_signed() + places).rem_euclid(count).unsigned_abs();
        match rows.get(there) {
            Some(place) => self.mark_step_at(*place, stage),
            None => Done::Nothing,
        }
    }

    /// Marks the step of this place in the script.
    pub fn mark_step_at(&mut self, place: usize, stage: &Stage) -> Done {
        let Some(play) = self.plays.looked_at(stage) else { return Done::Nothing };
        let Some(step) = play.step(place).map(|it| it.name.clone()) else { return Done::Nothing };
        self.plays = Plays { play: Some(play.id), step, ..self.plays.begun() };
        Done::Redraw
    }

    /// Goes to a play, at the step that needs the director.
    pub(super) fn look_at_play(&mut self, play: PlayId, now: Millis) -> Done {
        self.plays = Plays { play: Some(play), ..self.plays.begun() };
        self.go_to_screen(Screen::Script, now)
    }

    /// Something is done to the marked step, or to its script.
    pub(super) fn direct_play(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        let Some(play) = self.plays.looked_at(stage) else {
            return self.say(Level::Note, "no script is played here", now);
        };
        if self.is_replay() && act.directs_plays() {
            let text = "this is a replay: there is nothing to direct";
            return self.say(Level::Warning, text, now);
        }
        let Some(place) = self.plays.marked(play) else { return Done::Nothing };
        let Some(step) = play.step(place).map(|it| it.name.clone()) else { return Done::Nothing };
        let spot = Spot::step(play.id, &step);
        let wish = match act {
            Act::LaterPlay => return self.turn_play(1, stage),
            Act::EarlierPlay => return self.turn_play(-1, stage),
            Act::SeeAgent => return self.see_agent(play, place, stage, now),
            Act::StopScript => return self.ask_to_stop(play),
            Act::HoldStep => return hold_step(play, place, step, stage),
            Act::EditStep => return self.edit_step(play, place, now),
            Act::EditStepRole => return self.edit_role_of(play, place, now),
            Act::EditHandOff => return self.choose_hand_off(play, place, stage, now),
            Act::Reassign => return self.choose_role(play, place, now),
            Act::OpenGate => Wish::Open(step),
            Act::RunAgain => again(play, place, spot),
            Act::SkipStep => skip(play, place, spot),
            _ => return Done::Nothing,
        };
        Done::Send(vec![Command::DirectPlay(play.id, wish)])
    }

    /// Shows the agent of the marked step alone: of its parts, that which needs the
    /// director first. Where another script is played, that.
    fn see_agent(&mut self, play: &Play, place: usize, stage: &Stage, now: Millis) -> Done {
        let parts = play.steps.get(place).map(|it| it.parts.as_slice()).unwrap_or_default();
        if let Some(inner) = parts.iter().find_map(|it| it.play) {
            self.plays = Plays { play: Some(inner), ..self.plays.begun() };
            return Done::Redraw;
        }
        let agents = || parts.iter().filter_map(|it| stage.agent(it.judge.or(it.agent)?));
        let needs = agents().find(|it| it.needs_director());
        let works = || agents().find(|it| !it.is_over());
        let Some(agent) = needs.or_else(works).or_else(|| agents().next()).map(|it| it.id) else {
            return self.say(Level::Note, "no agent has begun with this step", now);
        };
        self.screen = Screen::Zoom;
        self.left = Screen::Zoom;
        self.look_at(agent, stage, now)
    }

    fn turn_play(&mut self, places: isize, stage: &Stage) -> Done {
        let Some(play) = self.plays.looked_at(stage) else { return Done::Nothing };
        let count = stage.plays().len().max(1).cast_signed();
        let here = (play.id.0 as usize).saturating_sub(1).cast_signed();
        let there = (here + places).rem_euclid(count).unsigned_abs();
        let next = stage.plays().nth(there).map(|it| it.id);
        self.plays = Plays { play: next, ..self.plays.begun() };
        Done::Redraw
    }

    fn ask_to_stop(&mut self, play: &Play) -> Done {
        let (id, name) = (play.id, &play.script.name);
        let text = "Nothing more of it begins, and its agents are stopped. Steps that are over stay \
                    as they are; any can be run again later.";
        let stop = choice("Stop it", Deed::StopPlay(id));
        let asked = question(format!("Stop {name}?"), text.to_owned(), vec![stop]);
        self.dialog = Some(Dialog::Question(asked));
        Done::Redraw
    }
}

/// Whether it is a standing step between two runs.
fn stands_by(play: &Play, place: usize) -> bool {
    let is_standing = play.step(place).is_some_and(|it| it.again.is_some());
    let begun = play.steps.get(place).filter(|it| it.standing == Standing::Begun);
    is_standing && begun.is_some_and(|it| it.busy() == 0)
}

/// Holds a step that has not begun; pauses the agents of one that has.
fn hold_step(play: &Play, place: usize, step: String, stage: &Stage) -> Done {
    let Some(stands) = play.steps.get(place) else { return Done::Nothing };
    if stands.standing != Standing::Begun || stands.held || stands_by(play, place) {
        let wish = if stands.held { Wish::Release(step) } else { Wish::Hold(step) };
        return Done::Send(vec![Command::DirectPlay(play.id, wish)]);
    }
    let agents = stands.parts.iter().filter(|it| it.phase.is_under_way());
    let agents = agents.filter_map(|it| stage.agent(it.agent?));
    let agents: Vec<_> = agents.filter(|it| !it.is_over()).collect();
    let all_held = agents.iter().all(|it| it.is_held_for(HoldReason::Director));
    let command = |id| if all_held { Command::Resume(id) } else { Command::Pause(id) };
    if agents.is_empty() {
        return Done::Send(vec![Command::DirectPlay(play.id, Wish::Hold(step))]);
    }
    Done::Send(agents.into_iter().map(|it| command(it.id)).collect())
}

/// Of a step whose parts have failed in part, those that have are done again.
fn again(play: &Play, place: usize, spot: Spot) -> Wish {
    Wish::Again(only_one(play, place, spot, |it| matches!(it, Phase::Asking | Phase::Failed)))
}

fn skip(play: &Play, place: usize, spot: Spot) -> Wish {
    Wish::Skip(only_one(play, place, spot, |it| it == Phase::Asking))
}

/// The one part that this is about, where there are several and it is about one.
fn only_one(play: &Play, place: usize, spot: Spot, is_meant: impl Fn(Phase) -> bool) -> Spot {
    let parts = play.steps.get(place).map(|it| it.parts.as_slice()).unwrap_or_default();
    let mut meant = parts.iter().enumerate().filter(|(_, it)| is_meant(it.phase));
    match meant.next() {
        Some((part, _)) if parts.len() > 1 => play.spot((place, part)).unwrap_or(spot),
        _ => spot,
    }
}
