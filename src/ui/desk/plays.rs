//! Scripts on their screen: which play is looked at, which step is marked, and what the
//! director does to it.

use super::{
    Deed, Desk, Dialog, Done, Screen, StepPlace,
    choose::{choice, question},
    rewrite::{given, is_agents},
};
use crate::{
    model::{
        Command, HoldReason, Level, Millis, PlayId, Stage,
        play::{Part, Phase, Place, Play, Spot, Standing, StepState, Wish},
        script::Work,
    },
    script::takes,
    ui::keys::Act,
};

/// So many of those that a direction stops are named.
const NAMED: usize = 4;

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
    /// The step that the first picture after the last key showed as the marked one.
    pub(super) met: Option<Spot>,
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
    pub(super) fn begun(&self) -> Self {
        Self { are_there: self.are_there, ..Self::default() }
    }

    /// The word for what an act does to the marked step, if it does anything.
    pub fn offers(&self, act: Act, stage: &Stage) -> Option<&'static str> {
        let play = self.looked_at(stage)?;
        let place = self.marked(play)?;
        let stands = play.steps.get(place)?;
        let has_begun = stands.parts.iter().any(|it| it.attempt > 0);
        let is_waiting = matches!(stands.standing, Standing::Waiting | Standing::Gate);
        let is_open = stands.standing == Standing::Begun;
        if play.draft(place).is_some() {
            match act {
                Act::SeeAgent => return Some("read it"),
                Act::OpenGate | Act::EditHandOff => return None,
                _ => {}
            }
        }
        match act {
            Act::SeeAgent => {
                let is_there = |it: &Part| it.agent.or(it.judge).is_some() || it.play.is_some();
                stands.parts.iter().any(is_there).then_some("see it")
            }
            Act::HoldStep if play.is_over() => None,
            Act::HoldStep if stands.held => Some("let it go on"),
            Act::HoldStep if is_open && stands.busy() > 0 => Some("pause"),
            Act::HoldStep => (is_waiting || is_open).then_some("hold"),
            Act::OpenGate => {
                (stands.standing == Standing::Gate && !play.is_over()).then_some("open")
            }
            Act::RunAgain if play.is_over() && !has_begun => Some("go on here"),
            Act::RunAgain if stands_by(play, place) => Some("run now"),
            Act::RunAgain => (has_begun || stands.is_over()).then_some("again"),
            Act::SkipStep => (!stands.is_over() && !play.is_over()).then_some("leave out"),
            Act::StopScript => (!play.is_over()).then_some("stop"),
            Act::EditStep => match play.step(place).map(|it| &it.work) {
                Some(Work::Agent { .. }) => Some("brief"),
                Some(Work::Command { .. }) => Some("command"),
                _ => None,
            },
            Act::RewriteScript => Some("script"),
            Act::Reassign => is_agents(play, place).then_some("role"),
            Act::EditStepRole => is_agents(play, place).then_some("instructions"),
            Act::EditHandOff => {
                let is_there = given(play, place).next().is_some();
                (is_there && play.takes_again(place)).then_some("hand-off")
            }
            _ => None,
        }
    }

    /// The step of it that is marked: its place in the script. Until one is chosen, that
    /// which needs the director, then one at work; where all is over, one that has failed or
    /// could not begin.
    pub fn marked(&self, play: &Play) -> Option<usize> {
        let chosen = play.place(&self.step);
        let working = || play.steps.iter().position(|it| it.busy() > 0);
        chosen
            .or_else(|| play.asking().next())
            .or_else(working)
            .or_else(|| left(play))
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

    /// Goes to a step of a play.
    pub(super) fn look_at_step(
        &mut self,
        (play, place): (PlayId, usize),
        stage: &Stage,
        now: Millis,
    ) -> Done {
        self.plays = Plays { play: Some(play), ..self.plays.begun() };
        let gone = self.go_to_screen(Screen::Script, now);
        self.mark_step_at(place, stage);
        gone
    }

    /// Goes to a play that is part of another one: to where it needs the director.
    fn look_within(&mut self, play: PlayId, stage: &Stage) -> Done {
        self.plays = Plays { play: Some(play), ..self.plays.begun() };
        let asks = stage.play(play).and_then(|play| {
            let by_a_part =
                |it: usize| play.steps.get(it).is_some_and(|it| is_waited_at(it, stage));
            play.asking().next().or_else(|| (0..play.steps.len()).find(|it| by_a_part(*it)))
        });
        match asks {
            Some(place) => self.mark_step_at(place, stage),
            None => Done::Redraw,
        }
    }

    /// Notes which step a picture shows as the marked one: the first after a key.
    pub(super) fn meet_step(&mut self, shown: Option<(PlayId, usize)>, stage: &Stage) {
        let spot = shown.and_then(|(play, place)| {
            let play = stage.play(play)?;
            Some(Spot::step(play.id, &play.step(place)?.name))
        });
        self.plays.met = self.plays.met.take().or(spot);
    }

    /// A key was pressed: what is marked from now on by itself is met anew.
    pub(super) fn look_away(&mut self) {
        self.plays.met = None;
    }

    /// Whether the director has chosen this step, or has seen it marked before this key
    /// was pressed. One that came under the cursor by itself was not meant.
    fn has_met(&self, spot: &Spot) -> bool {
        let is_chosen = self.plays.play == Some(spot.play) && self.plays.step == spot.step;
        is_chosen || self.plays.met.as_ref() == Some(spot)
    }

    /// Something is done to the marked step, or to its script.
    pub(super) fn direct_play(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        let Some(play) = self.plays.looked_at(stage) else {
            return self.say(Level::Note, "no script is played here", now);
        };
        if self.is_replay() && act.directs_plays() {
            return self.say(Level::Warning, self.nobody(), now);
        }
        let Some(place) = self.plays.marked(play) else { return Done::Nothing };
        let Some(step) = play.step(place).map(|it| it.name.clone()) else { return Done::Nothing };
        if matches!(act, Act::SeeAgent | Act::OpenGate | Act::EditHandOff | Act::EditStep)
            && let Some(draft) = play.draft(place)
        {
            return self.read_draft(play, place, &draft);
        }
        let spot = Spot::step(play.id, &step);
        match act {
            Act::LaterPlay => return self.turn_play(1, stage),
            Act::EarlierPlay => return self.turn_play(-1, stage),
            Act::SeeAgent => return self.see_agent(play, place, stage, now),
            _ => {}
        }
        let is_meant = self.has_met(&spot);
        // The cursor stays where it is, whatever comes of it.
        self.plays.play = Some(play.id);
        self.plays.step.clone_from(&step);
        if !is_meant && matches!(act, Act::OpenGate | Act::SkipStep | Act::RunAgain) {
            let text = format!("{step} is what would be meant now; press it again");
            return self.say(Level::Warning, text, now);
        }
        let wish = match act {
            Act::StopScript => return self.ask_to_stop(play),
            Act::HoldStep => return hold_step(play, place, step, stage),
            Act::EditStep => return self.edit_step(play, place, now),
            Act::EditStepRole => return self.edit_role_of(play, place, now),
            Act::EditHandOff => return self.choose_hand_off(play, place, stage, now),
            Act::RewriteScript => return self.rewrite_script(play, now),
            Act::Reassign => return self.choose_role(play, place, now),
            Act::OpenGate => Wish::Open(step),
            Act::RunAgain => {
                let spot = only_one(play, place, spot, has_failed);
                let undone = play.undone_by(&spot);
                let is_any = !undone.is_empty() || redone(play, &spot).next().is_some();
                // A standing one is called once more, and nothing is cut for it.
                if is_any && !is_standing(play, place) {
                    return self.ask_to_run_again(play, place, &spot, &undone);
                }
                Wish::Again(spot)
            }
            Act::SkipStep => {
                let spot = only_one(play, place, spot, |it| it == Phase::Asking);
                if is_at_work(play, &spot) || takers(play, place).next().is_some() {
                    return self.ask_to_skip(play, place, &spot);
                }
                Wish::Skip(spot)
            }
            _ => return Done::Nothing,
        };
        Done::Send(vec![Command::DirectPlay(play.id, wish)])
    }

    /// Shows the agent of the marked step alone: of its parts, that which needs the
    /// director first. Where another script is played, that.
    fn see_agent(&mut self, play: &Play, place: usize, stage: &Stage, now: Millis) -> Done {
        let parts = play.steps.get(place).map(|it| it.parts.as_slice()).unwrap_or_default();
        let waits = || parts.iter().filter(|it| stage.is_waited_by(it)).find_map(|it| it.play);
        let works = || parts.iter().filter(|it| it.phase.is_under_way()).find_map(|it| it.play);
        let inner = waits().or_else(works).or_else(|| parts.iter().find_map(|it| it.play));
        if let Some(inner) = inner {
            return self.look_within(inner, stage);
        }
        let agents = || parts.iter().filter_map(|it| stage.agent(it.judge.or(it.agent)?));
        let needs = agents().find(|it| it.needs_director());
        let works = || agents().find(|it| !it.is_over());
        let Some(agent) = needs.or_else(works).or_else(|| agents().next()).map(|it| it.id) else {
            return self.say(Level::Note, "no agent has begun with this step", now);
        };
        self.screen = Screen::Zoom;
        (self.left, self.zoomed_from) = (Screen::Zoom, Screen::Stage);
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

    /// Asks before what is under way is cut.
    fn ask_to_run_again(
        &mut self,
        play: &Play,
        place: usize,
        spot: &Spot,
        undone: &[Place],
    ) -> Done {
        let undone: Vec<String> =
            undone.iter().filter_map(|it| Some(play.spot(*it)?.to_string())).collect();
        let redone: Vec<String> = redone(play, spot).map(str::to_owned).collect();
        let undone = match undone.as_slice() {
            [] => String::new(),
            names => format!(
                "What is under way is stopped, and what it has done so far counts no more: {}. ",
                some_of(names)
            ),
        };
        let redone = match redone.as_slice() {
            [] => String::new(),
            names => format!("What is over is done once more, too: {}.", some_of(names)),
        };
        let text = format!("{undone}{redone}").trim_end().to_owned();
        let deed = Deed::RunAgain(super::rewrite::place(play, place), spot.part);
        let asked = question(format!("Do {spot} again?"), text, vec![choice("Do it again", deed)]);
        self.dialog = Some(Dialog::Question(asked));
        Done::Redraw
    }

    fn ask_to_skip(&mut self, play: &Play, place: usize, spot: &Spot) -> Done {
        let cut = if is_at_work(play, spot) { "It is under way, and is stopped. " } else { "" };
        let takers: Vec<&str> = takers(play, place).collect();
        let text = match takers.as_slice() {
            [] => format!("{cut}Those that need it go on without it."),
            names => format!(
                "{cut}What it hands over is used by {}: without it that is nothing. Before, it can \
                 be written by hand (h, there).",
                names.join(", ")
            ),
        };
        let deed = Deed::SkipStep(super::rewrite::place(play, place), spot.part);
        let asked =
            question(format!("Leave {spot} out?"), text, vec![choice("Leave it out", deed)]);
        self.dialog = Some(Dialog::Question(asked));
        Done::Redraw
    }

    /// What was asked about a step is done, if it is still the same script.
    pub(super) fn do_to_step(
        &mut self,
        (at, part): (StepPlace, Option<u32>),
        wish: impl FnOnce(Spot) -> Wish,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        let play = stage.play(at.play).filter(|it| it.version == at.version);
        let Some((play, step)) = play.and_then(|it| Some((it, it.step(at.step)?))) else {
            return self.say(Level::Warning, "the script was changed meanwhile: look again", now);
        };
        let spot = Spot { part, ..Spot::step(play.id, &step.name) };
        Done::Send(vec![Command::DirectPlay(play.id, wish(spot))])
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

/// The step that a play did not come beyond, once it is over.
fn left(play: &Play) -> Option<usize> {
    let could_begin = |it: &StepState| it.standing == Standing::Waiting && it.unmet == 0;
    let steps = if play.is_over() { play.steps.as_slice() } else { &[] };
    let failed = steps.iter().position(|it| it.failed() > 0);
    failed.or_else(|| steps.iter().position(could_begin))
}

fn is_standing(play: &Play, place: usize) -> bool {
    play.step(place).is_some_and(|it| it.again.is_some())
}

/// Whether it is a standing step between two runs.
fn stands_by(play: &Play, place: usize) -> bool {
    let begun = play.steps.get(place).filter(|it| it.standing == Standing::Begun);
    is_standing(play, place) && begun.is_some_and(|it| it.busy() == 0)
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
const fn has_failed(phase: Phase) -> bool {
    matches!(phase, Phase::Asking | Phase::Failed)
}

/// Whether somebody, or something, is at work at a spot.
fn is_at_work(play: &Play, spot: &Spot) -> bool {
    let Some(place) = play.find(spot) else { return false };
    match spot.part {
        Some(_) => play.part(place).is_some_and(|it| it.phase.is_under_way()),
        None => play.steps.get(place.0).is_some_and(|it| it.busy() > 0),
    }
}

/// Whether the director is waited for by somebody at work on a step.
fn is_waited_at(step: &StepState, stage: &Stage) -> bool {
    step.parts.iter().any(|it| stage.is_waited_by(it))
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

/// The steps still to come that use what a step hands over, where it has nothing yet.
fn takers(play: &Play, place: usize) -> impl Iterator<Item = &str> {
    let name = play.step(place).map(|it| it.name.as_str()).unwrap_or_default();
    let is_done = play.steps.get(place).is_some_and(|it| it.done() > 0);
    let takers = play.order().needed_by(place).iter().copied().filter(move |_| !is_done);
    let is_open = |it: &usize| play.steps.get(*it).is_some_and(|it| !it.is_over());
    let is_given = move |it: &usize| play.edited.contains_key(&(place, *it));
    let takers = takers.filter(is_open).filter(move |it| !is_given(it));
    let steps = takers.filter_map(|it| play.step(it)).filter(move |it| takes(it, name));
    steps.map(|it| it.name.as_str())
}

/// The steps that are over and come of this one: they are done once more with it. Of those
/// that follow it part by part, the same part is.
fn redone<'a>(play: &'a Play, spot: &Spot) -> impl Iterator<Item = &'a str> {
    let place = play.place(&spot.step);
    let all = place.map(|it| play.order().downstream(it)).unwrap_or_default();
    let part = spot.part.map(|it| it as usize);
    let is_over = move |it: &usize| {
        let follows = place.is_some_and(|place| play.order().parts_of(place).contains(it));
        match part.filter(|_| follows) {
            Some(part) => play.part((*it, part)).is_some_and(|it| it.phase == Phase::Done),
            None => play.steps.get(*it).is_some_and(|it| it.done() > 0),
        }
    };
    let others = all.into_iter().filter(move |it| Some(*it) != place).filter(is_over);
    others.filter_map(|it| play.step(it)).map(|it| it.name.as_str())
}

/// Some names, and how many more there are.
fn some_of(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
