//! The window of its model is nearly full: what it does next is done with a summary of
//! what it knows, or not at all.

use super::sight::{Finding, Sight};
use crate::model::Evidence;

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let (used, window) = (sight.agent.context, sight.agent.casting.window.filter(|it| *it > 0)?);
    let percent = used.saturating_mul(100) / window;
    let end = sight.turns().next().filter(|_| percent >= u64::from(sight.limit))?;
    let words = format!("context is {percent} % full: {used} of {window} tokens");
    let shown = Evidence { seq: end.seq, turn: end.turn, words: words.clone() };
    Finding::new(words, vec![shown])
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{AgentId, Casting, Event, Rule},
        watch::story::Story,
    };

    #[test]
    fn it_is_seen_when_little_room_is_left_and_no_more_once_there_is_room_again() {
        let mut story = Story::of(Casting { window: Some(1000), ..Casting::default() });
        story.turn_of(840);
        assert_eq!(story.signs(), []);
        story.turn_of(860);
        assert_eq!(story.signs(), [Rule::Context]);
        for _ in 1..=5 {
            story.turn_of(100);
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn a_program_may_say_itself_how_much_its_window_holds() {
        let mut story = Story::default();
        story.turn();
        let (agent, tokens) = (AgentId(1), 180_000);
        story.record(Event::WindowSeen { agent, tokens, size: None });
        assert_eq!(story.signs(), []);
        story.record(Event::WindowSeen { agent, tokens, size: Some(200_000) });
        assert_eq!(story.signs(), [Rule::Context]);
    }

    #[test]
    fn where_nobody_knows_the_window_nothing_is_guessed() {
        let mut story = Story::default();
        story.turn_of(1_000_000);
        assert_eq!(story.signs(), []);
    }
}
