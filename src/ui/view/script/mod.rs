//! A script as it is played: its steps with the lines between them, and what the
//! marked one is.
//!
//! ```text
//!  contacts · 2 of 5 steps · $0.12 · 1:30     │ extract
//! ▸ ✓   find      browser         0:42  $0.02 │ 3 of 5 parts done, 2 at work
//!   ├─● extract   extractor 3/5   0:48  $0.10 │ …
//! ```

pub(super) mod graph;
mod head;
mod rails;
mod step;

use super::{
    figures,
    ink::{self, Row, width},
    palette::Palette,
    prose,
    scene::{Hit, Hits, Sight},
    sheet,
    split::Split,
    status,
};
use crate::model::{
    Agent, Cost, Millis, Status,
    play::{Part, Phase, Play, Spot, Standing, StepState},
    script::{ForEach, Step, Work},
};
use ratatui::{buffer::Buffer, layout::Rect};

/// From this width on the steps stand beside what the marked one is.
const BESIDE: u16 = 100;
/// Below so many lines there are the steps alone.
const LEAST: u16 = 12;
/// The widest a name is shown, in columns, where there is not much room; else a third of
/// the line.
const NAME: u16 = 24;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let Some(play) = sight.desk().plays.looked_at(sight.stage()) else {
        return draw_none(buffer, area, sight);
    };
    let about = head::about(play);
    let split = Split {
        beside: BESIDE,
        wide: (area.width * 11 / 20).max(56),
        least: LEAST,
        lines: play.steps.len() + 1 + usize::from(about.is_some()),
    };
    let (list, rest) = split.draw(buffer, area, sight);
    let high = if about.is_some() && list.height >= head::ROOM { 2 } else { 1 };
    head::draw(buffer, ink::lines(list, 0, high), (play, about), sight);
    let steps = ink::lines(list, high, list.height.saturating_sub(high));
    draw_steps(buffer, steps, play, sight, hits);
    let marked = sight.desk().plays.marked(play);
    hits.shown.step = marked.map(|it| (play.id, it));
    let Some(marked) = marked.filter(|_| !rest.is_empty()) else { return };
    let lines = step::lines(play, marked, rest.width, sight);
    let name = play.step(marked).map(|it| it.name.as_str()).unwrap_or_default();
    Row::new(buffer, rest, 0).put(name, sight.palette.heading);
    let rest = ink::lines(rest, 1, rest.height.saturating_sub(1));
    hits.shown.lines = usize::from(rest.height);
    sheet::draw(buffer, rest, (&lines, sight.desk().plays.scroll), sight, &mut hits.shown);
}

fn draw_none(buffer: &mut Buffer, area: Rect, sight: Sight) {
    let text = "No script was played in this session.";
    Row::new(buffer, ink::indent(area, 2), 1).put(text, sight.palette.dim);
}

/// What the agents of some parts have spent, with those that worked for them.
fn spent(sight: Sight, is_meant: impl Fn(&Spot) -> bool) -> Cost {
    let of = |it: &&Agent| {
        let assignment = sight.stage().head(it).casting.assignment.as_ref();
        assignment.is_some_and(|it| is_meant(&it.spot))
    };
    let agents = sight.stage().agents().filter(of);
    agents.fold(Cost::default(), |mut sum, it| {
        sum += it.spent;
        sum
    })
}

/// The stretch of the steps around the marked one.
fn draw_steps(buffer: &mut Buffer, area: Rect, play: &Play, sight: Sight, hits: &mut Hits) {
    let rows = play.order().rows();
    let marked = sight.desk().plays.marked(play);
    let at = rows.iter().position(|it| Some(*it) == marked).unwrap_or(0);
    let height = usize::from(area.height);
    let start = at.saturating_sub(height / 2).min(rows.len().saturating_sub(height));
    let rails = rails::rails(play.order(), rows, start, height);
    let wide = rails.iter().map(|it| it.symbols.len()).max().unwrap_or_default();
    let seen = rows.iter().skip(start).take(height);
    let names = seen.clone().filter_map(|it| play.step(*it)).map(|it| width(&it.name)).max();
    let names = names.unwrap_or_default().min(NAME.max(area.width / 3));
    let costs: Vec<String> = seen.clone().map(|it| cost(*it, play, sight)).collect();
    let most = costs.iter().map(|it| width(it)).max().unwrap_or_default();
    let costs: Vec<String> =
        costs.iter().map(|it| format!("{it:>most$}", most = usize::from(most))).collect();
    for (((line, place), rail), cost) in (0..area.height).zip(seen).zip(&rails).zip(&costs) {
        let (Some(step), Some(state)) = (play.step(*place), play.steps.get(*place)) else {
            continue;
        };
        let row = ink::lines(area, line, 1);
        let is_marked = Some(*place) == marked;
        let shown = Shown { step, state, rail, wide, names, cost, is_marked };
        draw_step(buffer, row, &shown, play, sight);
        hits.add(row, Hit::Step(*place));
    }
    let below = rows.len().saturating_sub(start + height);
    let hidden = (start as u64, below as u64);
    sheet::mark_hidden(buffer, area, hidden, ("step", "steps"), sight);
}

/// One step of the list.
struct Shown<'a> {
    step: &'a Step,
    state: &'a StepState,
    rail: &'a rails::Rail,
    /// The columns of the widest rail.
    wide: usize,
    /// The columns of the longest name.
    names: u16,
    /// What it has cost, in as many columns as that of the others.
    cost: &'a str,
    is_marked: bool,
}

fn draw_step(buffer: &mut Buffer, area: Rect, shown: &Shown, play: &Play, sight: Sight) {
    let palette = sight.palette;
    let look = Look::of(shown.state, play, sight);
    let mut row = Row::new(buffer, area, 0);
    row.put(if shown.is_marked { "▸ " } else { "  " }, palette.key);
    for (column, symbol) in shown.rail.symbols.iter().enumerate() {
        let mut letter = [0; 4];
        if column == shown.rail.node {
            row.put(look.glyph(), look.style(palette));
        } else {
            row.put(symbol.encode_utf8(&mut letter), palette.border);
        }
    }
    let blank = shown.wide.saturating_sub(shown.rail.symbols.len());
    row.skip(u16::try_from(blank).unwrap_or_default());
    let start = row.column();
    let style = look.name(palette);
    let style = if shown.is_marked { palette.selected.patch(style) } else { style };
    row.put(&prose::cut_within(&shown.step.name, shown.names), style);
    let used = row.column().saturating_sub(start);
    row.skip(shown.names.saturating_sub(used) + 1);
    row.put_right(shown.cost, palette.money, 12);
    if let Some(age) = age(shown.state, play, sight.now()) {
        row.put_right(&format!(" {age}"), palette.dim, 12);
    }
    row.put(&words(shown, look, play, sight), look.style(palette));
    row.put(&format!("  {}", who(&shown.step.work)), palette.dim);
}

/// What a step's agents have spent, with a blank before it; nothing where they have not.
fn cost(place: usize, play: &Play, sight: Sight) -> String {
    let name = play.step(place).map(|it| it.name.as_str()).unwrap_or_default();
    let spent = spent(sight, |it| it.play == play.id && it.step == name);
    if spent == Cost::default() { String::new() } else { format!(" {}", figures::cost(spent)) }
}

/// Who does a step, in a word or two.
pub(super) fn who(work: &Work) -> &str {
    match work {
        Work::Nothing => "",
        Work::Agent { role, .. } => role,
        Work::Command { .. } => "command",
        Work::Script { name, .. } => name,
    }
}

/// How a step stands, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    Waiting,
    Held,
    Needs,
    /// An agent of it does.
    Asks,
    Works,
    Rests,
    /// Nothing more comes of it: its play is over.
    Cut,
    Done,
    /// Over, and some of its parts have failed.
    Partly,
    Failed,
    Skipped,
}

impl Look {
    fn of(state: &StepState, play: &Play, sight: Sight) -> Self {
        let any = |phase: Phase| state.parts.iter().any(|it| it.phase == phase);
        let asks = |it: &Part| sight.stage().is_waited_by(it);
        match &state.standing {
            Standing::Skipped(_) => Self::Skipped,
            Standing::Begun if play.is_over() => {
                let failed = any(Phase::Asking) || any(Phase::Failed);
                if failed { Self::Failed } else { Self::Cut }
            }
            Standing::Gate if !play.is_over() => Self::Needs,
            Standing::Waiting | Standing::Gate if state.held => Self::Held,
            Standing::Waiting | Standing::Gate => Self::Waiting,
            Standing::Begun if any(Phase::Asking) => Self::Needs,
            Standing::Begun if state.parts.iter().any(asks) => Self::Asks,
            Standing::Begun if state.busy() > 0 => Self::Works,
            Standing::Begun if state.held => Self::Held,
            Standing::Begun if any(Phase::Failed) => Self::Failed,
            Standing::Begun if state.parts.iter().any(is_deaf) => Self::Failed,
            Standing::Begun if state.parts.iter().any(last_run_failed) => Self::Partly,
            Standing::Begun => Self::Rests,
            Standing::Over if state.done() == 0 && any(Phase::Failed) => Self::Failed,
            Standing::Over if any(Phase::Failed) => Self::Partly,
            Standing::Over => Self::Done,
        }
    }

    const fn glyph(self) -> &'static str {
        match self {
            Self::Waiting | Self::Cut => "◌",
            Self::Held => "‖",
            Self::Needs | Self::Asks => "◆",
            Self::Works => "●",
            Self::Rests => "◔",
            Self::Done => "✓",
            Self::Partly => "±",
            Self::Failed => "✗",
            Self::Skipped => "○",
        }
    }

    const fn style(self, palette: &Palette) -> ratatui::style::Style {
        match self {
            Self::Waiting | Self::Cut | Self::Skipped => palette.dim,
            Self::Held => palette.status(Status::Paused),
            Self::Needs | Self::Asks => palette.need,
            Self::Works => palette.status(Status::Running),
            Self::Rests => palette.status(Status::Starting),
            Self::Done => palette.ok,
            Self::Partly => palette.warning,
            Self::Failed => palette.trouble,
        }
    }

    const fn name(self, palette: &Palette) -> ratatui::style::Style {
        match self {
            Self::Waiting | Self::Cut | Self::Skipped => palette.dim,
            Self::Needs | Self::Asks => palette.need,
            _ => palette.strong,
        }
    }
}

/// How a step stands, in words.
fn words(shown: &Shown, look: Look, play: &Play, sight: Sight) -> String {
    let (step, state) = (shown.step, shown.state);
    let many = state.parts.len() > 1 || step.for_each.is_some();
    let count = || format!("{}/{}", state.done(), state.parts.len());
    let single = || state.parts.first().filter(|_| !many);
    match look {
        Look::Waiting if play.is_over() => "not begun".to_owned(),
        Look::Waiting if step.gate => "waits, then a gate".to_owned(),
        Look::Waiting if state.unmet == 0 => "next".to_owned(),
        Look::Waiting => "waits".to_owned(),
        Look::Cut if step.again.is_some() => runs(state).unwrap_or_else(|| "no run".to_owned()),
        Look::Cut if many => count(),
        Look::Cut => "not done".to_owned(),
        Look::Held => "held by you".to_owned(),
        Look::Needs if state.standing == Standing::Gate => {
            let draft = play.place(&step.name).and_then(|it| play.draft(it));
            let waits =
                if draft.is_some() { "a plan waits for you" } else { "waits for you to open it" };
            waits.to_owned()
        }
        Look::Needs => "failed: what now?".to_owned(),
        Look::Works | Look::Asks => match single() {
            Some(part) => at_work(part, step, sight),
            None if look == Look::Asks => {
                let asking = state.parts.iter().filter(|it| sight.stage().is_waited_by(it)).count();
                let need = if asking == 1 { "needs you" } else { "need you" };
                format!("{}, {} at work, {asking} {need}", count(), state.busy())
            }
            None => format!("{}, {} at work", count(), state.busy()),
        },
        Look::Failed if play.is_over() && step.again.is_some() => "failed".to_owned(),
        Look::Rests | Look::Partly | Look::Failed if step.again.is_some() => {
            state.parts.first().map_or_else(String::new, |it| stands_by(it, look, sight.now()))
        }
        Look::Rests => match single().map(|it| it.phase) {
            Some(Phase::Resting(until)) => {
                format!("again in {}", until.since(sight.now()))
            }
            _ => match (&step.for_each, many) {
                (Some(ForEach::Part(of)), _) => format!("{}, waits for {of}", count()),
                (_, true) => format!("{}, waits for room", count()),
                (_, false) => "waits for room".to_owned(),
            },
        },
        Look::Done | Look::Partly if many => count(),
        Look::Done => "done".to_owned(),
        Look::Partly | Look::Failed => "failed".to_owned(),
        Look::Skipped => "left out".to_owned(),
    }
}

/// Whether a standing part can't hear what would call it.
const fn is_deaf(part: &Part) -> bool {
    matches!(part.ear, Some(Err(_)))
}

/// Whether a standing part, between two runs, has failed in the last one.
const fn last_run_failed(part: &Part) -> bool {
    part.is_between_runs() && part.failure.is_some() && part.tried == 0
}

/// How many runs of a standing step are over, if any.
fn runs(state: &StepState) -> Option<String> {
    let runs = state.parts.first().map_or(0, |it| it.round.saturating_sub(1));
    (runs > 0).then(|| figures::of(runs.into(), "run", "runs"))
}

/// How a standing part waits for its next run: `run 3 in 4:12`, `listens, 2 runs`.
fn stands_by(part: &Part, look: Look, now: Millis) -> String {
    if look == Look::Failed && is_deaf(part) {
        return "hears nothing".to_owned();
    }
    let runs = part.round.saturating_sub(1);
    let told = match part.phase {
        Phase::Resting(until) if part.tried > 0 => format!("again in {}", until.since(now)),
        Phase::Resting(until) => format!("run {} in {}", part.round, until.since(now)),
        _ if runs == 0 => "listens".to_owned(),
        _ => format!("listens, {}", figures::of(runs.into(), "run", "runs")),
    };
    if look == Look::Partly { format!("last run failed; {told}") } else { told }
}

/// What the one part of a step does.
fn at_work(part: &Part, step: &Step, sight: Sight) -> String {
    let tried = match (part.round, part.attempt) {
        (round, _) if step.again.is_some() => format!("run {round} · "),
        (round @ 2.., _) => format!("round {round} · "),
        (_, attempt @ 2..) => format!("attempt {attempt} · "),
        _ => String::new(),
    };
    let agent = part.agent.and_then(|it| sight.stage().agent(it));
    let what = match (part.phase, agent) {
        (Phase::Checking, _) => {
            format!("check {} of {}", part.checked + 1, step.checks.len().max(1))
        }
        (_, Some(agent)) => status::activity(agent, sight),
        _ => inner(part, sight).unwrap_or_else(|| "runs".to_owned()),
    };
    format!("{tried}{what}")
}

/// How a script stands that a part is.
fn inner(part: &Part, sight: Sight) -> Option<String> {
    let play = sight.stage().play(part.play?)?;
    if sight.stage().is_waited_in(play) {
        return Some("needs you".to_owned());
    }
    let over = play.steps.len() - play.open();
    Some(format!("{over} of {}", figures::of(play.steps.len() as u64, "step", "steps")))
}

/// For how long a step has stood so; of one that is over, how long it took.
fn age(state: &StepState, play: &Play, now: Millis) -> Option<Millis> {
    let now = play.end.as_ref().map_or(now, |(at, _)| *at);
    match state.standing {
        Standing::Begun | Standing::Gate => Some(now.since(state.since)),
        Standing::Over => Some(state.since.since(state.began)),
        Standing::Waiting | Standing::Skipped(_) => None,
    }
}
