//! Events in a person's words, for the log.

use super::{
    Answer, Ask, Author, DriftEvent, EntryKind, Event, Ground, HoldReason, Level, Outcome,
    ProofEvent, Tree, Turn, Way,
    form::{self, Blank},
    retake::turns_known,
};

/// A request, in words.
pub(super) fn ask(ask: &Ask) -> String {
    match ask {
        Ask::Approval { call: None, tool, shown, reason } => {
            format!("asks to be lent the tools of {tool}: {shown}\n({reason})")
        }
        Ask::Approval { shown, reason, .. } => format!("asks to run: {shown}\n({reason})"),
        Ask::Question { text, options, blanks, .. } => asked(text, options, blanks),
        Ask::Budget { spent, estimate: Some(estimate), budget, whose } => format!(
            "budget: {spent} of {budget}{} spent, and the next call may cost {estimate}. \
             Raise it, or stop?",
            whose.suffix()
        ),
        Ask::Budget { spent, estimate: None, budget, whose } => format!(
            "budget: {spent} of {budget}{} spent, and nobody knows what the next call costs. \
             Raise it, or stop?",
            whose.suffix()
        ),
        Ask::Drift { words, .. } => format!("may be drifting: {words}. Let it go on, and how?"),
    }
}

/// A question in full: what can be chosen, or what is to be filled in.
fn asked(text: &str, options: &[String], blanks: &[Blank]) -> String {
    match (options, blanks) {
        ([], []) => text.to_owned(),
        ([], blanks) => format!("{text}\n{}", form::told(blanks)),
        (options, _) => format!("{text}\n{}", numbered(options)),
    }
}

fn numbered(options: &[String]) -> String {
    let lines: Vec<_> = (1..).zip(options).map(|(n, text)| format!("{n}. {text}")).collect();
    lines.join("\n")
}

/// An answer, in words.
pub(super) fn answer(answer: &Answer) -> String {
    match answer {
        Answer::Approved => "approved".to_owned(),
        Answer::Always => "approved for good: exactly this, for this agent".to_owned(),
        Answer::Denied { why } if why.is_empty() => "denied".to_owned(),
        Answer::Denied { why } => format!("denied: {why}"),
        Answer::Said { text } => text.clone(),
        Answer::Withdrawn => "withdrawn".to_owned(),
    }
}

/// An end, in words.
pub(super) fn end(outcome: &Outcome) -> EntryKind {
    match outcome {
        Outcome::Succeeded { summary } => EntryKind::End { text: summary.clone(), ok: true },
        Outcome::Failed { why } => EntryKind::End { text: format!("failed: {why}"), ok: false },
        Outcome::Stopped { by } => EntryKind::End { text: format!("stopped by {by}"), ok: false },
    }
}

/// What an author did to an agent.
pub(super) fn direction(event: &Event) -> Option<EntryKind> {
    let (by, text) = match event {
        Event::HoldPlaced { reason, by, note, .. } if note.is_empty() => {
            (by, format!("pause{}", because(*reason, *by)))
        }
        Event::HoldPlaced { reason, by, note, .. } => {
            (by, format!("pause{}: {note}", because(*reason, *by)))
        }
        Event::HoldLifted { reason, by, .. } => (by, format!("resume{}", because(*reason, *by))),
        Event::StepAllowed { by, .. } => (by, "one step".to_owned()),
        Event::FreezeAsked { by, .. } => (by, "freeze".to_owned()),
        Event::InterruptAsked { by, .. } => (by, "interrupt".to_owned()),
        Event::StopAsked { by, .. } => (by, "stop".to_owned()),
        Event::InstructionsEdited { version, by, .. } => {
            (by, format!("instructions v{version}, effective from the next turn"))
        }
        Event::BriefEdited { by, .. } => (by, "brief changed".to_owned()),
        Event::ModelChanged { model, by, .. } => (by, format!("model is now {model}")),
        Event::BudgetChanged { budget: Some(budget), by, .. } => {
            (by, format!("budget is now {budget}"))
        }
        Event::BudgetChanged { budget: None, by, .. } => (by, "budget lifted".to_owned()),
        Event::AgentRenamed { name, by, .. } => (by, format!("name is now {name}")),
        Event::TakeAsked { way, by, words, .. } => (by, asked_to_take(*way, words)),
        Event::AgentReopened { by, .. } => (by, "taken up again".to_owned()),
        Event::Retaken { by, .. } => (by, retaken(event)),
        Event::Rewound { to, from, files, by, .. } => {
            (by, rewound((to.0, from.0), files.is_some()))
        }
        Event::RewindUndone { to, files, by, .. } => (by, done_again(to.0, files.is_some())),
        Event::TakeMarked { is_best: true, by, .. } => (by, "marked as the best take".to_owned()),
        Event::Drifted { event, .. } => match &**event {
            DriftEvent::Dismissed { by, .. } => (by, event.told()),
            _ => return None,
        },
        Event::Proved { event, .. } => return asked_to_prove(event),
        Event::TakeMarked { is_best: false, by, .. } => (by, "no longer the best take".to_owned()),
        _ => return None,
    };
    // What an agent or its program does by itself is no direction.
    Some(match (event, by) {
        (Event::ModelChanged { .. } | Event::AgentReopened { .. }, Author::Agent) => {
            EntryKind::Note { level: Level::Note, text }
        }
        _ => EntryKind::Direction { by: *by, text },
    })
}

/// What the director wants to be checked.
fn asked_to_prove(event: &ProofEvent) -> Option<EntryKind> {
    match event {
        ProofEvent::Asked { by: by @ Author::Director, .. } | ProofEvent::Added { by, .. } => {
            Some(EntryKind::Direction { by: *by, text: event.told()? })
        }
        _ => None,
    }
}

/// What is undone.
fn rewound((to, from): (u32, u32), has_files: bool) -> String {
    let turns = match from - to.min(from) {
        1 => format!("turn {from} is undone"),
        _ => format!("turns {} to {from} are undone", to.saturating_add(1)),
    };
    let files = if has_files { ", files too" } else { "; its files stay as they are" };
    format!("{turns}{files}")
}

/// Where it begins, with what, and what differs.
fn retaken(event: &Event) -> String {
    let Event::Retaken { name, turn, kept, changed, message, without, .. } = event else {
        return String::new();
    };
    let changed: Vec<&str> = changed.iter().map(|it| it.name()).collect();
    let changed = match changed.as_slice() {
        [] => "nothing changed".to_owned(),
        all => format!("with other {}", all.join(" and ")),
    };
    let before = turn.0.saturating_sub(1);
    let told = match (before, kept.0) {
        (0, _) => String::new(),
        (before, kept) if kept == before => {
            turns_known(Turn(before), without).map_or_else(String::new, |it| {
                let were = if it.starts_with("turns") { "they were" } else { "it was" };
                format!("; it knows {it} as {were}")
            })
        }
        (1, 0) => "; its program can't go back there: it begins with its brief and a summary of \
                   turn 1"
            .to_owned(),
        (before, 0) => format!(
            "; its program can't go back there: it begins with its brief and a summary of turns 1 \
             to {before}"
        ),
        (before, kept) => format!(
            "; its program can go back to turn {kept}: of what came up to turn {before}, it is \
             told a summary"
        ),
    };
    let said = if message.is_empty() { String::new() } else { format!("; said to it:\n{message}") };
    format!("a take of {name} from turn {turn} on, {changed}{told}{said}")
}

/// What is done again.
fn done_again(to: u32, has_files: bool) -> String {
    let files = if has_files {
        "; what its files had become since is kept, and comes back when that is undone again"
    } else {
        ""
    };
    format!("done again, up to turn {to}{files}")
}

/// Why an agent is held, where that is not said by who holds it.
fn because(reason: HoldReason, by: Author) -> String {
    match (reason, by) {
        (HoldReason::Director, Author::Director) => String::new(),
        (reason, _) => format!(" ({reason})"),
    }
}

/// What the program has to say about an agent.
pub(super) fn note(event: &Event) -> Option<EntryKind> {
    let (level, text) = match event {
        Event::Compacted { upto, .. } => {
            (Level::Note, format!("conversation compacted up to turn {upto}"))
        }
        Event::Drifted { event, .. } => {
            let is_seen = matches!(**event, DriftEvent::Seen { .. });
            (if is_seen { Level::Warning } else { Level::Note }, event.told())
        }
        Event::Proved { event, .. } => {
            let failed = matches!(**event, ProofEvent::Ended { ok: false, .. });
            (if failed { Level::Warning } else { Level::Note }, event.told()?)
        }
        Event::Noted { level, text, .. } => (*level, text.clone()),
        Event::WorkspaceMade { tree, .. } => return workspace(tree),
        Event::WorkTaken { about, .. } => (Level::Note, about.clone()),
        Event::WorkNotTaken { why, .. } => (Level::Warning, why.clone()),
        Event::Frozen { what, .. } => (Level::Note, format!("frozen: {what}")),
        Event::Thawed { .. } => (Level::Note, "thawed".to_owned()),
        Event::Interrupted { what, .. } => (Level::Note, format!("interrupted: {what}")),
        _ => return None,
    };
    Some(EntryKind::Note { level, text })
}

/// Where it works, if that is not simply the project's folder.
fn workspace(tree: &Tree) -> Option<EntryKind> {
    let base = tree.base.get(..8).unwrap_or(&tree.base);
    let place = match tree.ground {
        Ground::Worktree => format!("worktree on {}, from {base}", tree.branch),
        Ground::Scratch => "an empty folder of its own".to_owned(),
        Ground::Shared if tree.note.is_empty() => return None,
        Ground::Shared => "the project's own folder".to_owned(),
    };
    // That there is no git is how the director wants it.
    let is_fine = tree.note.is_empty() || tree.ground == Ground::Shared;
    let level = if is_fine { Level::Note } else { Level::Warning };
    let text = if tree.note.is_empty() { place } else { format!("{place}: {}", tree.note) };
    Some(EntryKind::Note { level, text })
}

/// How its work is to be taken.
fn asked_to_take(way: Way, words: &str) -> String {
    let words = words.lines().next().unwrap_or_default();
    match way {
        Way::Merge => "merge its work".to_owned(),
        Way::Rebase => "rebase its work".to_owned(),
        Way::Squash => format!("squash its work: {words}"),
        Way::Commit => format!("commit its work: {words}"),
        Way::Patch => format!("write its work to {words}"),
        Way::HandBack => "hand the conflict back to it".to_owned(),
        Way::ThrowAway => "throw its work away".to_owned(),
    }
}
