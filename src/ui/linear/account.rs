//! What a record says to a person, in a line: what all have in common who tell a session
//! in lines.

use crate::{
    model::{Event, Level, Record, Stage},
    text::one_line,
};

/// What a person wants to read in passing; nothing of what an agent asks.
pub fn happened(stage: &Stage, record: &Record) -> Option<String> {
    if let Event::Play { play, event } = &record.event {
        let name = &stage.play(*play)?.script.name;
        return Some(format!("{name}: {}", event.told()?));
    }
    if let Event::NoticeRaised { level: Level::Warning | Level::Trouble, text } = &record.event {
        return Some(one_line(text, 300));
    }
    if let Event::Budgeted { event } = &record.event {
        return event.told();
    }
    let agent = stage.agent(record.event.agent()?)?;
    let what = match &record.event {
        Event::AgentAdded { casting, .. } => {
            let first = casting.brief.lines().find(|it| !it.trim().is_empty());
            format!("cast: {}", one_line(first.unwrap_or_default(), 300))
        }
        Event::Proved { event, .. } => event.told()?,
        Event::Drifted { event, .. } if event.is_news() => event.told(),
        Event::TurnStarted { turn, model, .. } if model.is_empty() => format!("turn {turn}"),
        Event::TurnStarted { turn, model, .. } => format!("turn {turn} ({model})"),
        Event::ToolCalled { title, .. } => format!("▸ {title}"),
        Event::ToolEnded { ok: false, text, .. } => format!("✖ {}", ends(text)),
        Event::RetryScheduled { wait, why, .. } => format!("{why}; retrying in {wait}"),
        Event::AgentEnded { .. } => {
            format!("{} · {} · {}", agent.status(), agent.spent, agent.last_words())
        }
        _ => return None,
    };
    Some(format!("{}: {what}", agent.casting.name))
}

/// The first line of a text, which says what is wrong, and the last one, where what has
/// gone wrong says why.
pub fn ends(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    let first = lines.next().unwrap_or_default();
    match lines.next_back() {
        Some(last) => format!("{first} … {last}"),
        None => first.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Header, Millis, Seq};

    #[test]
    fn a_trouble_in_several_lines_is_told_from_both_ends() {
        assert_eq!(ends("it was lost\n\nit said:\nstarting\n"), "it was lost … starting");
        assert_eq!(ends("no\n"), "no");
    }

    #[test]
    fn what_is_off_is_told_and_what_is_good_to_know_is_not() {
        let stage = Stage::new(Header::default());
        let told = |level| {
            let event = Event::NoticeRaised { level, text: "no server".into() };
            happened(&stage, &Record { seq: Seq(1), at: Millis(0), event })
        };
        assert_eq!(told(Level::Warning).as_deref(), Some("no server"));
        assert_eq!(told(Level::Note), None);
    }
}
