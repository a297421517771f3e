//! The same words again and again, and no file changed in between.
//!
//! No drift: short words; code; what is said again after a change; who watches something,
//! waits, and says that it is as it was.

use super::{
    STANDS, same_call,
    sight::{Finding, Sight},
};
use crate::model::{Evidence, Seq, Spoken};

/// Of so many of its latest paragraphs.
const OF: usize = 24;

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let limit = sight.limit as usize;
    let since = last_change(sight);
    let recent: Vec<&Spoken> = sight.said().take_while(|it| since < it.seq).take(OF).collect();
    let is_late = |it: &&&Spoken| sight.agent.turn.0 < it.turn.0.saturating_add(STANDS);
    let again = |it: &&Spoken| recent.iter().filter(|other| other.number == it.number).count();
    let found = recent.iter().filter(is_late).find(|it| again(it) >= limit);
    if let Some(found) = found {
        let same: Vec<_> = recent.iter().rev().filter(|it| it.number == found.number).collect();
        let waited = sight.done().any(|(it, _)| {
            same.first().is_some_and(|first| first.seq < it.seq) && same_call::waits(it)
        });
        if waited {
            return None;
        }
        let words = format!("the same words {} times: “{}”", same.len(), found.words.trim());
        return Finding::new(words, same.iter().map(|it| shows(it)).collect());
    }
    // In one answer a sentence may come back as the burden of a list.
    let found = recent.iter().filter(is_late).find(|it| it.echoes as usize > 2 * limit)?;
    let words = format!("the same words {} times in one answer", found.echoes);
    Finding::new(words, vec![shows(found)])
}

/// The last change of a file.
fn last_change(sight: &Sight<'_>) -> Seq {
    let change = sight.done().find(|(_, end)| !end.changes.is_empty());
    change.map_or(Seq(0), |(_, end)| end.seq)
}

fn shows(said: &Spoken) -> Evidence {
    let words = format!("“{}”", said.words.trim());
    Evidence { seq: said.seq, turn: said.turn, words }
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    const WORDS: &str = "I will look at the parser once more, and then decide how numbers with an \
        exponent are to be read.";

    #[test]
    fn the_same_words_in_turn_after_turn_are_seen_at_their_third_time() {
        let mut story = Story::default();
        for turn in 1..=3 {
            assert_eq!(story.signs(), [], "turn {turn}");
            story.says(WORDS).call("read", &format!("{turn}.rs"), (true, "text"));
        }
        assert_eq!((story.signs(), story.evidence()), (vec![Rule::Repeats], vec![1, 2, 3]));
    }

    #[test]
    fn one_answer_that_turns_in_a_circle_is_seen() {
        let mut story = Story::default();
        story.says(&"I have to think about that again. ".repeat(12));
        assert_eq!(story.signs(), [Rule::Repeats]);
    }

    #[test]
    fn what_is_said_again_after_a_change_is_none() {
        let mut story = Story::default();
        for turn in 1..=6 {
            story.says(WORDS).edit(&format!("{turn}.rs"));
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn short_words_and_those_of_who_waits_are_none() {
        let mut story = Story::default();
        for turn in 1..=6 {
            story.says("Now the tests.").call("read", &format!("{turn}.rs"), (true, "text"));
        }
        for turn in 1..=6 {
            let told = format!("{turn} jobs");
            story.says(WORDS).call("shell", "sleep 60; jobs", (true, &told));
        }
        assert_eq!(story.signs(), []);
    }
}
