//! A change outside the scope that was declared. Where none was, nothing is guessed from
//! the brief.
//!
//! No drift: something outside that is as it was again.

use super::sight::{Finding, Sight, shows};
use crate::{
    model::{Evidence, Tree},
    text::scope,
};
use std::collections::BTreeSet;

pub(super) fn look(sight: &Sight<'_>) -> Option<Finding> {
    let scope = scope(&sight.agent.casting.scope)?;
    let is_outside = |path: &&String| !scope.is_match(path.as_str());
    let is_kept = sight.agent.tree.as_deref().is_some_and(Tree::is_kept);
    let strays: BTreeSet<&String> = if is_kept {
        // Checkpoints tell what differs in the end: what was put back does not.
        let touched: BTreeSet<&String> = sight.marks().flat_map(|it| &it.paths).collect();
        let is_news = |it: &&String| sight.is_first() || touched.contains(it);
        let differs = sight.agent.differs.keys().filter(is_news);
        // One that comes back to it again and again has not left it.
        let late = sight.marks().filter(|it| sight.is_late(it.turn)).flat_map(|it| &it.paths);
        differs.chain(late).filter(is_outside).collect()
    } else {
        sight
            .all_done()
            .flat_map(|(_, end)| &end.changes)
            .map(|it| &it.path)
            .filter(is_outside)
            .collect()
    };
    let first = strays.first().filter(|_| strays.len() >= sight.limit as usize)?;
    let words = match strays.len() {
        1 => format!("changed {first}, outside its scope"),
        more => format!("changed {first} and {} more files, outside its scope", more - 1),
    };
    Finding::new(words, evidence(sight, &strays))
}

/// The calls that changed one of them; where no call says that it did, the turns after
/// which it differed.
fn evidence(sight: &Sight<'_>, strays: &BTreeSet<&String>) -> Vec<Evidence> {
    let is_it = |paths: &[String]| paths.iter().any(|it| strays.contains(it));
    let calls =
        sight.all_done().filter(|(_, end)| end.changes.iter().any(|it| strays.contains(&it.path)));
    let calls: Vec<_> = calls.map(|(it, _)| shows(it, "")).collect();
    if !calls.is_empty() {
        return calls;
    }
    let marks = sight.marks().filter(|it| is_it(&it.paths));
    let told = marks.map(|it| {
        let changed = it.paths.iter().filter(|it| strays.contains(it));
        let names: Vec<&str> = changed.map(String::as_str).collect();
        let words = format!("after this turn: {}", names.join(", "));
        Evidence { seq: it.seq, turn: it.turn, words }
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use crate::{model::Rule, watch::story::Story};

    #[test]
    fn a_file_outside_is_seen_and_one_inside_is_not() {
        let mut story = Story::within(&["src/**", "ledger.sh"]);
        story.turn().edit("src/a/b.rs").edit("ledger.sh");
        assert_eq!(story.signs(), []);
        story.turn().edit("notes/ideas.md");
        assert_eq!(story.signs(), [Rule::Scope]);
        assert_eq!(story.words(), "changed notes/ideas.md, outside its scope");
        assert_eq!(story.evidence(), [2]);
    }

    #[test]
    fn without_a_scope_nothing_is_outside() {
        let mut story = Story::default();
        story.turn().edit("notes/ideas.md");
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn what_a_command_changed_is_seen_when_it_is_kept() {
        let mut story = Story::within(&["src/**"]).kept();
        story.turn().call("shell", "sed -i s/a/b/ notes.md", (true, "done"));
        assert_eq!(story.signs(), []);
        story.checkpoint(&["notes.md"], &["notes.md"]);
        assert_eq!(story.signs(), [Rule::Scope]);
    }

    #[test]
    fn what_was_put_back_before_anybody_said_so_is_none() {
        let mut story = Story::within(&["src/**"]).kept();
        story.turn().edit("notes.md").edit("notes.md");
        story.checkpoint(&["src/a.rs"], &["src/a.rs"]);
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn who_puts_it_back_and_comes_back_to_it_is_seen_once() {
        let mut story = Story::within(&["src/**"]).kept();
        for turn in 1..=12 {
            story.turn().edit("notes.md");
            let differs: &[&str] = if turn % 2 == 1 { &["notes.md"] } else { &[] };
            story.checkpoint(&["notes.md"], differs);
            story.turn();
        }
        assert_eq!((story.signs(), story.times_seen()), (vec![Rule::Scope], 1));
        for _ in 1..=5 {
            story.turn();
        }
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn told_to_put_it_back_it_drifts_until_it_has() {
        let mut story = Story::within(&["src/**"]).kept();
        story.turn().edit("notes.md");
        story.checkpoint(&["notes.md"], &["notes.md"]);
        story.tell("put it back");
        story.turn().edit("src/a.rs");
        story.checkpoint(&["src/a.rs"], &["notes.md", "src/a.rs"]);
        assert_eq!(story.signs(), [Rule::Scope]);
        story.turn().edit("notes.md");
        story.checkpoint(&["notes.md"], &["src/a.rs"]);
        assert_eq!(story.signs(), []);
    }
}
