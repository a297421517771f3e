//! What the marked step is: who does it, what it gets and gives, how its parts stand.

use super::super::{figures, prose, scene::Sight, zoom};
use crate::{
    model::{
        Delegation,
        play::{Part, Phase, Play, PlayEnd, Standing, StepState},
        script::{Check, ForEach, OnFailure, Step, Trigger, Work},
    },
    text::sanitise,
};
use ratatui::{
    style::Style,
    text::{Line, Span},
};
use serde_json::Value;

/// How wide the names of its lines are.
const LABEL: u16 = 12;
/// Bytes of a value that are shown.
const MOST: usize = 4_000;
/// Parts that are listed, those first that need somebody; and steps that hand over.
const PARTS: usize = 40;
/// Calls that are shown of those that have called.
const CALLS: usize = 5;
/// Lines of what is handed over, where it need not be judged.
const GLIMPSE: usize = 3;

pub(super) fn lines(play: &Play, place: usize, columns: u16, sight: Sight) -> Vec<Line<'static>> {
    let (Some(step), Some(state)) = (play.step(place), play.steps.get(place)) else {
        return Vec::new();
    };
    let mut page = Page { lines: Vec::new(), columns, sight };
    stands(&mut page, play, (step, state));
    does(&mut page, step, play.script.checks_of_role(step));
    again(&mut page, play, (step, state));
    hands(&mut page, state);
    given(&mut page, play, place);
    parts(&mut page, play, place);
    words(&mut page, step);
    page.lines
}

/// The lines so far.
struct Page<'a> {
    lines: Vec<Line<'static>>,
    columns: u16,
    sight: Sight<'a>,
}

impl Page<'_> {
    fn tell(&mut self, name: &str, what: &str, style: Style) {
        if what.is_empty() {
            return;
        }
        let told = prose::plain(what, self.columns.saturating_sub(LABEL), style);
        let names = std::iter::once(name).chain(std::iter::repeat(""));
        for (name, line) in names.zip(told) {
            let label = format!("{name:width$} ", width = usize::from(LABEL) - 1);
            let mut spans = vec![Span::styled(label, self.sight.palette.dim)];
            spans.extend(line.spans);
            self.lines.push(Line::from(spans));
        }
    }

    fn say(&mut self, name: &str, what: &str) {
        self.tell(name, what, self.sight.palette.text);
    }

    fn head(&mut self, text: &str) {
        self.lines.push(Line::default());
        self.lines.push(Line::from(Span::styled(text.to_owned(), self.sight.palette.heading)));
    }

    fn value(&mut self, value: &Value) {
        let text = match value {
            Value::String(text) => text.clone(),
            other => serde_json::to_string_pretty(other).unwrap_or_default(),
        };
        let shown = sanitise(&text[..text.floor_char_boundary(MOST)]);
        self.lines.extend(prose::plain(&shown, self.columns, self.sight.palette.text));
        let left = text.len().saturating_sub(MOST);
        if left > 0 {
            let more = format!("… {} more", figures::bytes(left as u64));
            self.lines.extend(prose::plain(&more, self.columns, self.sight.palette.dim));
        }
    }

    /// What a step has come to, in a few lines; of many parts, the first.
    fn glimpse(&mut self, play: &Play, from: usize) {
        let Some((step, state)) = play.step(from).zip(play.steps.get(from)) else { return };
        let room = usize::from(self.columns.saturating_sub(LABEL)) * GLIMPSE;
        let mut text = String::new();
        for part in state.parts.iter().filter(|it| it.phase == Phase::Done) {
            match part.output.as_deref() {
                None | Some(Value::Null) => {}
                Some(Value::String(output)) => {
                    text.push_str(&output[..output.floor_char_boundary(room * 4)]);
                }
                Some(output) => text.push_str(&output.to_string()),
            }
            if step.for_each.is_some() && !text.is_empty() {
                text.push_str(", ");
            }
            if text.len() > room {
                break;
            }
        }
        let text = crate::text::one_line(text.trim_end_matches(", "), room);
        self.tell("", &text, self.sight.palette.dim);
    }
}

/// Why it does not go on, where it does not.
fn stands(page: &mut Page, play: &Play, (step, state): (&Step, &StepState)) {
    let palette = page.sight.palette;
    match &state.standing {
        Standing::Waiting | Standing::Gate if play.is_over() => why_over(page, play, step),
        Standing::Gate => {
            page.tell("gate", "it waits for you: look at what it gets, then open it", palette.need);
        }
        Standing::Skipped(why) => page.say("left out", why),
        Standing::Waiting if state.held => page.say("held", "it does not begin until you let it"),
        Standing::Waiting if state.unmet > 0 => {
            let needs = figures::of(state.unmet as u64, "step", "steps");
            page.say("waits for", &format!("{needs} that it needs"));
        }
        Standing::Waiting | Standing::Begun | Standing::Over => {}
    }
    let failed = state.parts.iter().find(|it| matches!(it.phase, Phase::Asking | Phase::Failed));
    if let Some((_, why)) = failed.and_then(|it| it.failure.as_ref()) {
        let asks = failed.is_some_and(|it| it.phase == Phase::Asking) && !play.is_over();
        let name = if asks { "what now?" } else { "failed" };
        let asking = state.parts.iter().filter(|it| it.phase == Phase::Asking).count();
        match asking {
            0 | 1 => page.tell(name, why, palette.trouble),
            _ => page.tell(name, &format!("{asking} parts, the first: {why}"), palette.trouble),
        }
    }
    let last = state.parts.first().filter(|it| it.is_between_runs() && it.tried == 0);
    if let Some((_, why)) = last.and_then(|it| it.failure.as_ref()) {
        page.tell("last run", why, palette.trouble);
    }
    if step.gate && !matches!(state.standing, Standing::Gate) && !play.is_over() {
        page.say("gate", if state.opened { "you opened it" } else { "it will wait for you" });
    }
}

/// Why a step has not begun whose play is over.
fn why_over(page: &mut Page, play: &Play, step: &Step) {
    match &play.end {
        Some((_, PlayEnd::Failed(why))) => page.tell("failed", why, page.sight.palette.trouble),
        Some((_, PlayEnd::Stopped(_))) => page.say("not begun", "the script was stopped"),
        Some((_, PlayEnd::Succeeded)) | None => {}
    }
    if step.gate {
        page.say("gate", "it will wait for you");
    }
}

fn does(page: &mut Page, step: &Step, of_role: &[Check]) {
    match &step.work {
        Work::Nothing => page.say("does", "nothing: others meet here"),
        Work::Agent { role, .. } => page.say("role", role),
        Work::Command { run } => page.say("command", run),
        Work::Script { name, .. } => page.say("script", name),
    }
    match &step.for_each {
        Some(ForEach::List(list)) => page.say("for each", list),
        Some(ForEach::Part(of)) => page.say("for each", &format!("part of {of}, as it is done")),
        None => {}
    }
    page.say("when", step.when.as_deref().unwrap_or_default());
    page.say("begins on", step.onto.as_deref().unwrap_or_default());
    let checks: Vec<String> = step.checks.iter().chain(of_role).map(check).collect();
    page.say("checks", &checks.join("; "));
    if let Some(repeat) = &step.repeat {
        let until: Vec<String> = repeat.until.iter().map(check).collect();
        page.say("until", &format!("{}; {} rounds at most", until.join("; "), repeat.most));
    }
    let mut limits = Vec::new();
    if step.retry.attempts > 1 {
        limits.push(format!("{} attempts", step.retry.attempts));
    }
    limits.extend(step.timeout.map(|it| format!("{it} at most")));
    limits.extend(step.budget.map(figures::money));
    limits.extend(step.max_parallel.map(|it| format!("{it} at once")));
    page.say("limits", &limits.join(", "));
    if let Some(delegation) = &step.delegation {
        delegates(page, delegation);
    }
    let on_failure = match &step.on_failure {
        OnFailure::Stop => String::new(),
        OnFailure::Continue => "the others go on without it".to_owned(),
        OnFailure::Ask => "you are asked".to_owned(),
        OnFailure::Step(other) => format!("{other} is done instead"),
        OnFailure::Back(other) => format!("back to {other}, with the reason"),
    };
    page.say("if it fails", &on_failure);
}

/// What its agent may have others do by itself.
fn delegates(page: &mut Page, delegation: &Delegation) {
    if let Some(spawn) = &delegation.spawn {
        let at_once = spawn.max_parallel.map(|it| format!(", {it} at once")).unwrap_or_default();
        let roles = spawn.roles.join(", ");
        page.say("may spawn", &format!("{roles}: {} in all{at_once}", spawn.most));
    }
    if let Some(hand_off) = &delegation.hand_off {
        let times = figures::of(hand_off.most.into(), "time", "times");
        page.say("may hand to", &format!("{}, {times}", hand_off.to.join(", ")));
    }
}

/// What its agents have had others do by themselves.
fn hands(page: &mut Page, state: &StepState) {
    let sight = page.sight;
    let agents = state.parts.iter().filter_map(|it| sight.stage().agent(it.agent?));
    let agents = agents.filter(|it| !it.kin.children.is_empty() || it.casting.origin.is_some());
    for agent in agents.take(PARTS).collect::<Vec<_>>() {
        let mut way = sight.stage().hands_before(agent);
        way.push(agent);
        for it in way {
            let name = &it.casting.name;
            for child in zoom::children(it, sight) {
                page.say("set to work", &format!("{child} (for {name})"));
            }
            if let Some(handed) = &it.kin.handed_off {
                let last = it.kin.successors.last().and_then(|it| sight.stage().agent(*it));
                let to = last.map_or(&handed.to, |it| &it.casting.name);
                page.say("handed off", &format!("{name} → {to}: {}", handed.note));
            }
        }
    }
}

/// When a standing step is due, and what it was called by.
fn again(page: &mut Page, play: &Play, (step, state): (&Step, &StepState)) {
    let Some(again) = &step.again else { return };
    page.say("again", &when(again));
    let Some(part) = state.parts.first() else { return };
    match &part.ear {
        // Nobody listens any more.
        _ if play.is_over() => {}
        Some(Ok(at)) => page.say("listens", at),
        Some(Err(why)) => page.tell("hears not", why, page.sight.palette.trouble),
        None => {}
    }
    let calls = if part.calls.is_empty() { &part.called_by } else { &part.calls };
    let before = calls.all.len().saturating_sub(CALLS) + calls.forgotten as usize;
    for (at, call) in calls.all.iter().rev().take(CALLS).enumerate() {
        let label = if at == 0 { "called by" } else { "" };
        page.say(label, &crate::text::one_line(&call.to_string(), MOST));
    }
    if before > 0 {
        page.say("", &format!("and {} before", figures::count(before as u64)));
    }
}

fn when(again: &Trigger) -> String {
    match again {
        Trigger::Every(_) => format!("{again}, until it is left out (x) or stopped"),
        Trigger::Files(patterns) => format!("when {} change", patterns.join(", ")),
        Trigger::Webhook => "when something is posted to its address".to_owned(),
    }
}

fn check(check: &Check) -> String {
    match check {
        Check::Command(command) => command.clone(),
        Check::Schema(_) => "fits a schema".to_owned(),
        Check::Json { file, .. } => format!("{file} fits a schema"),
        Check::Pattern(pattern) => format!("matches {pattern}"),
        Check::File(path) => format!("{path} is there"),
        Check::Paths(_) => check.to_string(),
        Check::Holds(expression) => expression.clone(),
        Check::Script(_) => "a script that can be played here".to_owned(),
        Check::Judge { role, .. } => format!("{role} says so"),
    }
}

/// What it gets from others: whole where the director is to look at it, or has changed it.
fn given(page: &mut Page, play: &Play, place: usize) {
    let needs = play.order().needs(place);
    if needs.is_empty() {
        return;
    }
    page.head("Hand-offs to it");
    let waits = play.steps.get(place).is_some_and(|it| it.standing == Standing::Gate);
    let draft = play.draft(place);
    for from in needs.iter().take(PARTS) {
        let Some((giver, state)) = play.step(*from).zip(play.steps.get(*from)) else { continue };
        let edited = play.edited.get(&(*from, place));
        let mut how = handed(play, state, place);
        if edited.is_some() {
            how.push_str(", as you have edited it");
        }
        page.say(&giver.name, &how);
        match (edited, &draft) {
            (_, Some(draft)) if draft.from == *from => page.value(&draft.text.as_str().into()),
            (Some(value), _) => page.value(value),
            _ if waits && state.is_over() => match play.output(*from) {
                Value::Null => {}
                value => page.value(&value),
            },
            _ => page.glimpse(play, *from),
        }
    }
    let left = needs.len().saturating_sub(PARTS);
    if left > 0 {
        page.say("", &format!("and {left} more"));
    }
}

/// How what a step hands over has come to another.
fn handed(play: &Play, giver: &StepState, taker: usize) -> String {
    let parts = play.steps.get(taker).map(|it| it.parts.as_slice()).unwrap_or_default();
    let attempts = parts.iter().map(|it| it.attempt).max();
    match (giver.is_over(), attempts) {
        (false, _) => "not there yet".to_owned(),
        (true, None) => "written, waits to be handed over".to_owned(),
        (true, Some(attempts @ 2..)) => format!("handed over {attempts} times"),
        (true, Some(_)) => "handed over".to_owned(),
    }
}

/// What its parts have come to.
fn parts(page: &mut Page, play: &Play, place: usize) {
    let (Some(step), Some(state)) = (play.step(place), play.steps.get(place)) else { return };
    if step.for_each.is_none() {
        let is_something = |it: &&Value| !it.is_null() && it.as_str() != Some("");
        if let Some(output) = state.parts.first().and_then(shown).filter(is_something) {
            page.head("Its output");
            page.value(output);
        }
        return;
    }
    if state.parts.is_empty() {
        return;
    }
    page.head(&figures::of(state.parts.len() as u64, "part", "parts"));
    let mut order: Vec<(usize, &Part)> = state.parts.iter().enumerate().collect();
    order.sort_by_key(|(at, it)| (rank(it.phase), *at));
    let left = order.len().saturating_sub(PARTS);
    for (at, part) in order.into_iter().take(PARTS) {
        let output = shown(part).map(Value::to_string).unwrap_or_default();
        let failed = part.failure.as_ref().filter(|_| part.phase != Phase::Done);
        let why = failed.map(|(_, why)| why.clone()).unwrap_or_default();
        let item = match part.item.as_deref() {
            Some(Value::String(text)) => text.clone(),
            item => item.map(Value::to_string).unwrap_or_default(),
        };
        let tried = if part.attempt > 1 { format!(" {}×", part.attempt) } else { String::new() };
        // A reason may quote it.
        let output = if why.contains(&output) { String::new() } else { output };
        let told = [item, why, output].into_iter().filter(|it| !it.is_empty());
        let told = told.collect::<Vec<_>>().join(" → ");
        // Of what is done, a line is enough: what is not is what somebody looks for.
        let lines = if rank(part.phase) < rank(Phase::Waiting) { 2 } else { 1 };
        let width = usize::from(page.columns.saturating_sub(LABEL));
        let told = crate::text::one_line(&told, width * lines);
        page.say(&format!("{} {}{tried}", phase(part.phase), at + 1), &told);
    }
    if left > 0 {
        page.say("", &format!("and {left} more"));
    }
}

/// What a part has handed in, or what it came to.
fn shown(part: &Part) -> Option<&Value> {
    // What a run has handed in that failed is not what came of it.
    let handed = part.handed.as_deref().filter(|_| !part.is_between_runs());
    handed.or(part.output.as_deref())
}

const fn rank(phase: Phase) -> u8 {
    match phase {
        Phase::Asking => 0,
        Phase::Failed => 1,
        Phase::Working | Phase::Checking => 2,
        Phase::Resting(_) | Phase::Listening => 3,
        Phase::Waiting => 4,
        Phase::Done | Phase::Skipped => 5,
    }
}

const fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Waiting => "◌",
        Phase::Working | Phase::Checking => "●",
        Phase::Resting(_) | Phase::Listening => "◔",
        Phase::Asking => "◆",
        Phase::Done => "✓",
        Phase::Failed => "✗",
        Phase::Skipped => "○",
    }
}

/// What an agent is told.
fn words(page: &mut Page, step: &Step) {
    let Work::Agent { brief, .. } = &step.work else { return };
    page.head("Its brief");
    page.lines.extend(prose::plain(brief, page.columns, page.sight.palette.text));
}
