//! How an agent stands: as a shape, and in words with the age of what it does.

use super::{figures, palette::Palette, scene::Sight, trouble};
use crate::model::{Activity, Agent, Ask, EngineKind, HoldReason, Millis, Outcome, Status};
use ratatui::style::Style;
use std::{collections::BTreeMap, fmt::Write};

/// The shape of a status: one column, and no two alike without colour.
pub(super) const fn glyph(status: Status) -> &'static str {
    match status {
        Status::Queued => "◌",
        Status::Starting => "◔",
        Status::Running => "●",
        Status::Pausing => "◐",
        Status::Paused => "‖",
        Status::Waiting => "◆",
        Status::Succeeded => "✓",
        Status::Failed => "✗",
        Status::Stopped => "■",
    }
}

/// The shape of who runs elsewhere, and is watched.
pub(super) const WATCHED: &str = "◎";

/// The shape of how an agent stands.
pub(super) fn shape(agent: &Agent, sight: Sight) -> &'static str {
    match trouble::status(agent, sight) {
        Status::Running if agent.is_watched() => WATCHED,
        status => glyph(status),
    }
}

/// How many agents of ours stand how, as far as can be seen.
pub(super) fn counts(sight: Sight) -> BTreeMap<Status, u32> {
    let mut counts = BTreeMap::new();
    for agent in sight.stage().agents().filter(|it| !it.is_watched()) {
        *counts.entry(trouble::status(agent, sight)).or_default() += 1;
    }
    counts
}

/// How an agent stands, in one word. Of a command in a terminal nobody knows more
/// than whether it prints, and that it has exited.
pub(super) fn word(agent: &Agent, sight: Sight) -> String {
    let status = trouble::status(agent, sight);
    let is_quiet = sight.now().since(agent.since) >= QUIET;
    if trouble::is_cut_off(agent, sight) {
        return "cut off".to_owned();
    }
    match (agent.casting.engine, status) {
        (EngineKind::Watched, Status::Running) if agent.activity == Activity::Resting => {
            "idle".to_owned()
        }
        (EngineKind::Watched, Status::Running) => "watched".to_owned(),
        (EngineKind::Watched, Status::Stopped) => "not watched".to_owned(),
        (EngineKind::Watched, Status::Failed) => "out of sight".to_owned(),
        (EngineKind::Pty, Status::Running) if is_quiet => "quiet".to_owned(),
        (EngineKind::Pty, Status::Running) => "active".to_owned(),
        (EngineKind::Pty, Status::Succeeded | Status::Failed) => "exited".to_owned(),
        (_, Status::Succeeded) => match agent.proven() {
            Some(standing) => format!("{status}, {standing}"),
            None => status.to_string(),
        },
        (_, status) => status.to_string(),
    }
}

/// What an agent does, or what keeps it from doing it, with its age.
pub(super) fn activity(agent: &Agent, sight: Sight) -> String {
    let now = sight.now();
    let age = now.since(agent.since);
    match (agent.status(), trouble::status(agent, sight)) {
        _ if trouble::is_cut_off(agent, sight) && agent.status() == Status::Running => {
            return format!("cut off in: {}", doing(agent, now));
        }
        (Status::Running, Status::Paused) => return "held by the disk".to_owned(),
        (Status::Running, Status::Pausing) => {
            return format!("held by the disk after: {}", doing(agent, now));
        }
        _ => {}
    }
    match agent.status() {
        Status::Queued => queued(agent, sight),
        Status::Starting => starting(agent, age),
        Status::Running if agent.awaits_others() => awaits(agent, sight),
        Status::Running => doing(agent, now),
        Status::Pausing => format!("pausing: waits for {}", doing(agent, now)),
        Status::Paused => paused(agent, sight),
        Status::Waiting => waiting(agent, now),
        Status::Succeeded | Status::Failed | Status::Stopped => over(agent, age),
    }
}

/// A command that has printed nothing for so long is quiet; whether it works or
/// waits, nobody can know.
const QUIET: Millis = Millis(2000);

/// What is in flight.
fn doing(agent: &Agent, now: Millis) -> String {
    let age = now.since(agent.since);
    if agent.casting.engine == EngineKind::Pty {
        return if age < QUIET { "active".to_owned() } else { format!("quiet {age}") };
    }
    match &agent.activity {
        Activity::Ready if agent.is_watched() => format!("at work {age}"),
        Activity::Ready => format!("between steps {age}"),
        Activity::Preparing { what } => format!("{what} {age}"),
        Activity::Resting => format!("waits for its user {age}"),
        Activity::Calling => format!("calling the model {age}"),
        Activity::Thinking => format!("thinking {age}"),
        Activity::Writing => format!("writing {age}"),
        Activity::Tool { title, .. } => match agent.tools_running.len() {
            0 | 1 => format!("tool {title} {age}"),
            more => format!("tool {title} {age} (+{} more)", more - 1),
        },
        // The whole reason, and how many tries there are, stand in the log.
        Activity::Retrying { until, attempt, why, .. } => {
            format!("retrying in {} ({}, try {attempt})", until.since(now), reason(why))
        }
    }
}

/// For whom it waits that it has set to work.
fn awaits(agent: &Agent, sight: Sight) -> String {
    let whom = agent.kin.awaits.iter().flat_map(|it| &it.whom);
    let whom = whom.filter_map(|it| sight.stage().agent(*it)).filter(|it| !it.is_over());
    let names: Vec<&str> = whom.map(|it| it.casting.name.as_str()).collect();
    format!("waits for {} {}", names.join(", "), sight.now().since(agent.since))
}

/// Since when it waits for its start, and where it waits for others to end: for how many,
/// and which setting says so.
fn queued(agent: &Agent, sight: Sight) -> String {
    let age = sight.now().since(agent.queued_since());
    let running = sight.stage().running();
    match sight.stage().limits().running {
        Some(most) if running >= most as usize && !agent.is_watched() => {
            format!("queued {age}: {running} of {most} run (limits.max_running)")
        }
        _ => format!("queued {age}"),
    }
}

/// What has to be done before it can begin.
fn starting(agent: &Agent, age: Millis) -> String {
    match &agent.activity {
        Activity::Preparing { what } => format!("starting: {what} {age}"),
        _ => format!("starting {age}"),
    }
}

/// Why a call is tried again, in a word: the code of the answer, or what there
/// was instead of one.
fn reason(why: &str) -> &str {
    let is_code = |word: &&str| word.len() == 3 && word.bytes().all(|it| it.is_ascii_digit());
    let mut words = why.split(|it: char| !it.is_ascii_alphanumeric());
    if let Some(code) =
        words.find(is_code).filter(|it| why.starts_with(it) || why.contains("answered"))
    {
        return code;
    }
    let has = |words: &[&str]| words.iter().any(|it| why.contains(it));
    if has(&["verloaded"]) {
        "overloaded"
    } else if has(&["nothing came", "idle"]) {
        "idle"
    } else if has(&["connection", "was cut", "broke off"]) {
        "connection"
    } else {
        why.split_once([':', '(', ',']).map_or(why, |it| it.0).trim_end()
    }
}

/// Every reason that holds it, in words; a freeze says what it stopped.
fn paused(agent: &Agent, sight: Sight) -> String {
    let now = sight.now();
    let quota = sight.stage().waits_for_quota_until(agent, now);
    let word = if agent.frozen.is_some() { "frozen" } else { "paused" };
    let since = agent.holds.iter().map(|it| it.since).min().unwrap_or(agent.since);
    let mut text = format!("{word} {}", now.since(since));
    for (index, hold) in agent.holds.iter().enumerate() {
        text.push_str(if index == 0 { " by " } else { " · " });
        match hold.reason {
            HoldReason::Director => write!(text, "{}", hold.by),
            reason => write!(text, "{reason}"),
        }
        .unwrap_or_default();
        if !hold.note.is_empty() && hold.reason != HoldReason::Budget {
            let until = quota.filter(|_| hold.reason == HoldReason::Provider);
            let until = until.map(|it| format!(" in {}", it.since(now))).unwrap_or_default();
            write!(text, " ({}{until})", hold.note).unwrap_or_default();
        }
    }
    if agent.steps > 0 {
        text.push_str(" · one step allowed");
    }
    text
}

fn waiting(agent: &Agent, now: Millis) -> String {
    let Some(request) = agent.requests.first() else {
        return format!("waiting {}", now.since(agent.since));
    };
    let what = asked(&request.ask);
    let more = agent.requests.len() - 1;
    let age = now.since(request.since);
    match more {
        0 => format!("{what} {age}"),
        more => format!("{what} {age} (+{} more)", figures::count(more as u64)),
    }
}

/// What is asked, in two or three words.
pub(super) const fn asked(ask: &Ask) -> &'static str {
    match ask {
        Ask::Approval { .. } => "asks for approval",
        Ask::Question { .. } => "asks a question",
        Ask::Budget { .. } => "reached its budget",
        Ask::Drift { .. } => "drifts: what now?",
    }
}

fn over(agent: &Agent, age: Millis) -> String {
    match agent.outcome() {
        // It says what came of it, and that is all that is known.
        Some(Outcome::Failed { why } | Outcome::Succeeded { summary: why })
            if agent.casting.engine == EngineKind::Pty =>
        {
            // Of a terminal that is played nothing is told but that it is over.
            let why = if why.is_empty() { "exited" } else { why };
            format!("{why} {age} ago")
        }
        Some(Outcome::Failed { why }) if agent.is_watched() => format!("{age} ago: {why}"),
        // The log has it line by line.
        Some(Outcome::Failed { why }) => {
            format!("failed {age} ago: {}", why.lines().collect::<Vec<_>>().join(" · "))
        }
        Some(Outcome::Stopped { by }) => format!("stopped by {by} {age} ago"),
        Some(Outcome::Succeeded { .. }) | None => format!("done {age} ago"),
    }
}

/// The style of an agent's activity: that of its status, but a retry warns.
pub(super) fn style(agent: &Agent, sight: Sight) -> Style {
    let palette = sight.palette;
    match (trouble::status(agent, sight), &agent.activity) {
        (Status::Running, Activity::Retrying { .. }) => palette.warning,
        (Status::Running, Activity::Resting) => palette.dim,
        (status, _) => palette.status(status),
    }
}

/// The same where it stands alone: what it waits for is loud.
pub(super) fn chip(agent: &Agent, sight: Sight) -> Style {
    match agent.status() {
        Status::Waiting => sight.palette.need_chip,
        _ => style(agent, sight),
    }
}

/// The style of what an agent has spent: from four fifths of its budget on it
/// warns, from the whole of it on it says that this is the end.
pub(super) fn money(agent: &Agent, palette: &Palette) -> Style {
    let used = agent.spent.known + agent.reserved;
    let share = agent.casting.budget.and_then(|it| figures::percent(used.0, it.0));
    match share {
        Some(100..) => palette.money_gone,
        Some(80..) => palette.money_low,
        Some(_) | None => palette.money,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Author, Casting, Event, Record, Seq, Stage};
    use std::collections::BTreeSet;

    #[test]
    fn why_a_call_is_tried_again_is_told_in_a_word() {
        let told = [
            ("429", "429"),
            ("503: busy", "503"),
            ("the service answered 529 (overloaded_error): Overloaded", "529"),
            ("the service broke off (overloaded_error): Overloaded", "overloaded"),
            ("the service broke off (api_error): 500 things", "connection"),
            ("no connection: refused by 127.0.0.1:8080", "connection"),
            ("the stream was cut: unexpected end", "connection"),
            ("nothing came for 120 s", "idle"),
            ("another thing: and why", "another thing"),
        ];
        for (why, word) in told {
            assert_eq!(reason(why), word, "{why}");
        }
    }

    #[test]
    fn of_a_terminal_that_says_nothing_it_is_told_that_it_is_over() {
        let mut stage = Stage::default();
        let (agent, by) = (AgentId(1), Author::Director);
        let casting = Box::new(Casting { engine: EngineKind::Pty, ..Casting::default() });
        let outcome = Outcome::Succeeded { summary: String::new() };
        let events =
            [Event::AgentAdded { agent, casting, by }, Event::AgentEnded { agent, outcome }];
        for (seq, event) in (1..).map(Seq).zip(events) {
            stage.apply(&Record { seq, at: Millis(0), event });
        }
        assert_eq!(over(stage.agent(agent).unwrap(), Millis(3000)), "exited 0:03 ago");
    }

    #[test]
    fn every_status_has_a_shape_of_its_own_one_column_wide() {
        let shapes: BTreeSet<_> = Status::ALL.map(glyph).into();
        assert_eq!(shapes.len(), Status::ALL.len());
        assert!(shapes.iter().all(|it| super::super::ink::width(it) == 1));
    }
}
