//! The latest turns of a log that was long before anybody looked at it.

use super::Past;
use crate::model::{Cost, Event, Level, Stop, Turn, Usage, Watches};
use serde_json::Value;
use std::collections::VecDeque;

/// So many turns are told of what there is when somebody begins to look.
const TURNS: usize = 200;
/// So many events of them, and so many bytes of text, at most.
const EVENTS: usize = 4000;
const BYTES: usize = 8 << 20;

/// The end of what a log has told so far, in bounded memory.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// What was told before the first turn, or in and behind each.
    turns: VecDeque<Stretch>,
    events: usize,
    bytes: usize,
    left_out: LeftOut,
}

#[derive(Debug, Default)]
struct Stretch {
    events: Vec<Event>,
    bytes: usize,
}

/// What is not told, but for what it has cost.
#[derive(Debug, Default)]
struct LeftOut {
    last: Turn,
    usage: Usage,
    cost: Cost,
    /// What the last of it has used: how full the window was.
    window: u64,
    /// Which model played it last, where that has changed.
    model: Option<Event>,
}

impl Recent {
    /// Takes in what a log tells.
    pub(super) fn push(&mut self, event: Event) {
        let begins = matches!(event, Event::TurnStarted { agent: Watches::FIRST, .. });
        if begins || self.turns.is_empty() {
            self.turns.push_back(Stretch::default());
        }
        let bytes = weight(&event);
        if let Some(last) = self.turns.back_mut() {
            last.bytes += bytes;
            last.events.push(event);
        }
        (self.events, self.bytes) = (self.events + 1, self.bytes + bytes);
        let is_full = |it: &Self| it.turns.len() > TURNS || it.events > EVENTS || it.bytes > BYTES;
        while self.turns.len() > 1 && is_full(self) {
            self.leave_out();
        }
    }

    fn leave_out(&mut self) {
        let Some(stretch) = self.turns.pop_front() else { return };
        self.events -= stretch.events.len();
        self.bytes -= stretch.bytes;
        for event in stretch.events {
            self.left_out.take(event);
        }
    }

    /// What is to be told now: what was left out, then the latest turns.
    pub(super) fn told(self, past: &mut Past) -> Vec<Event> {
        let mut events = Vec::new();
        if self.left_out.last > Turn(0) {
            past.begins_at(self.left_out.last.next());
            events = self.left_out.told();
        }
        events.extend(self.turns.into_iter().flat_map(|it| it.events));
        events
    }
}

impl LeftOut {
    fn take(&mut self, event: Event) {
        match event {
            Event::TurnStarted { agent: Watches::FIRST, turn, .. } => self.last = turn,
            Event::TurnEnded { agent, usage, cost, .. } => {
                self.usage += usage;
                self.cost += cost;
                if agent == Watches::FIRST {
                    self.window = usage.total();
                }
            }
            Event::WindowSeen { agent: Watches::FIRST, tokens, .. } => self.window = tokens,
            Event::ModelChanged { agent: Watches::FIRST, .. } => self.model = Some(event),
            _ => {}
        }
    }

    fn told(self) -> Vec<Event> {
        let Self { last: turn, usage, cost, window: tokens, model } = self;
        let (agent, stop, level) = (Watches::FIRST, Stop::Other(String::new()), Level::Note);
        let turns = match turn.0 {
            1 => "turn 1 was".to_owned(),
            last => format!("turns 1 to {last} were"),
        };
        let text = format!(
            "{turns} over when you began to watch, and only counted here; auteur replay with its \
             log shows them"
        );
        let said = Event::Noted { agent, level, text };
        let counted = Event::TurnEnded { agent, turn, stop, usage, cost };
        let window = Event::WindowSeen { agent, tokens, size: None };
        model.into_iter().chain([said, counted, window]).collect()
    }
}

/// About how much of memory an event takes, in bytes.
fn weight(event: &Event) -> usize {
    match event {
        Event::Said { text, .. }
        | Event::Thought { text, .. }
        | Event::ToolEnded { text, .. }
        | Event::Noted { text, .. }
        | Event::RedirectWritten { text, .. }
        | Event::RedirectDelivered { text, .. } => text.len(),
        Event::Compacted { summary, .. } => summary.len(),
        Event::ToolCalled { input, .. } => size(input),
        Event::Strange { message, .. } => size(message),
        _ => 0,
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(all) => all.iter().map(size).sum(),
        Value::Object(all) => all.iter().map(|(name, it)| name.len() + size(it)).sum(),
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Money, Version};

    const AGENT: AgentId = Watches::FIRST;

    /// One turn, which costs a cent.
    fn turn(turn: u32, text: &str) -> [Event; 3] {
        let (turn, version, model, text) = (Turn(turn), Version(1), String::new(), text.to_owned());
        let (agent, reserved, again, stop) = (AGENT, None, false, Stop::End);
        let usage = Usage { output: 1, ..Usage::default() };
        let cost = Cost::from(Some(Money::cents(1)));
        [
            Event::TurnStarted { agent, turn, version, model, reserved, again },
            Event::Said { agent, text },
            Event::TurnEnded { agent, turn, stop, usage, cost },
        ]
    }

    fn told(turns: u32, text: &str) -> (Vec<Event>, usize) {
        let mut recent = Recent::default();
        (1..=turns).flat_map(|it| turn(it, text)).for_each(|it| recent.push(it));
        let kept = recent.turns.len();
        (recent.told(&mut Past::default()), kept)
    }

    fn cost(events: &[Event]) -> Cost {
        events.iter().fold(Cost::default(), |mut sum, it| {
            if let Event::TurnEnded { cost, .. } = it {
                sum += *cost;
            }
            sum
        })
    }

    #[test]
    fn all_of_a_short_log_is_told() {
        let all: Vec<_> = (1..=5).flat_map(|it| turn(it, "x")).collect();
        assert_eq!(told(5, "x").0, all);
    }

    #[test]
    fn of_a_long_log_the_latest_turns_are_told_and_what_the_others_have_cost() {
        let most = u32::try_from(TURNS).unwrap();
        let (events, _) = told(most + 7, "x");
        assert!(
            matches!(&events[0], Event::Noted { text, .. } if text.starts_with("turns 1 to 7 were"))
        );
        assert!(matches!(events[3], Event::TurnStarted { turn: Turn(8), .. }), "{:?}", events[3]);
        assert_eq!(cost(&events), Cost::from(Some(Money::cents(u64::from(most + 7)))));
    }

    #[test]
    fn a_log_that_comes_again_tells_nothing_twice_of_what_was_left_out_or_not() {
        let most = u32::try_from(TURNS).unwrap();
        let all: Vec<_> = (1..=most + 7).flat_map(|it| turn(it, "x")).collect();
        let (mut recent, mut past) = (Recent::default(), Past::default());
        for event in &all {
            recent.push(event.clone());
        }
        for event in recent.told(&mut past) {
            past.note(&event);
        }
        past.begin_again();
        let noted = Event::Noted { agent: AGENT, level: Level::Note, text: "new".to_owned() };
        let again = all.iter().chain([&noted]).filter(|it| past.is_news(it));
        assert_eq!(again.collect::<Vec<_>>(), [&noted]);
    }

    #[test]
    fn what_is_kept_of_a_log_of_long_turns_is_bounded() {
        let (events, kept) = told(40, &"x".repeat(1 << 20));
        assert!(kept <= BYTES >> 20, "{kept} turns of a megabyte");
        assert_eq!(cost(&events), Cost::from(Some(Money::cents(40))));
    }
}
