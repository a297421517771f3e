//! What was spent, as a table and as pictures.

use super::*;
use crate::ui::desk::LedgerView;

/// A desk that looks at that part of a story's ledger.
fn on_ledger(story: &Story, view: LedgerView) -> Desk {
    with(|it| {
        let _redraw = it.act(Act::ToLedger, &story.stage, story.now());
        let _redraw = it.take_reckoning(Arc::new(story.reckoning.clone()));
        it.ledger.view = view;
    })
}

#[test]
fn what_was_spent_at_every_size() {
    let six = six();
    let desk = on_ledger(&six, LedgerView::Table);
    for (width, height) in [(20, 5), (60, 16), (80, 24), (120, 35), (200, 60)] {
        keep(&format!("ledger-{width}x{height}"), &shot(&scene(&six, &desk), (width, height)));
    }
}

#[test]
fn what_is_looked_at_rather_than_read_at_every_size() {
    let six = six();
    let views = [
        (LedgerView::Burn, "burn"),
        (LedgerView::Tokens, "tokens"),
        (LedgerView::Context, "context"),
        (LedgerView::States, "states"),
    ];
    for (view, name) in views {
        let desk = on_ledger(&six, view);
        for (width, height) in [(60, 16), (80, 24), (120, 35)] {
            let name = format!("ledger-{name}-{width}x{height}");
            keep(&name, &shot(&scene(&six, &desk), (width, height)));
        }
        // Nothing is too small to be drawn.
        for size in [(1, 1), (9, 3), (20, 5), (38, 10)] {
            drop(shot(&scene(&six, &desk), size));
        }
    }
}

#[test]
fn the_sum_is_what_the_header_says_and_keys_change_what_is_told_apart() {
    let six = six();
    let mut desk = on_ledger(&six, LedgerView::Table);
    let told = words(&shot(&scene(&six, &desk), (120, 35)));
    let spent = six.stage.totals().spent.to_string();
    let sum = told.lines().find(|it| it.trim_start().starts_with("in all")).unwrap();
    assert!(sum.contains(&spent), "{sum} {spent}");
    assert!(told.contains("answers of models; calls of tools; tokens in, of them"), "{told}");
    let mut act = |act| {
        let _redraw = desk.act(act, &six.stage, six.now());
        words(&shot(&scene(&six, &desk), (120, 35)))
    };
    assert!(act(Act::NextGrouping).contains("ROLE"));
    assert!(act(Act::PreviousGrouping).contains("AGENT"));
    assert!(act(Act::NextView).contains("spent in a minute"));
    // Whoever adds up by another thing wants to see that.
    assert!(act(Act::NextGrouping).contains("AGENT"));
    let copied = desk.act(Act::Copy, &six.stage, six.now());
    let crate::ui::desk::Done::Copy(text) = copied else { panic!("{copied:?}") };
    assert!(text.starts_with("agent,session,answers,") && text.contains("\nsmith,"), "{text}");
}

#[test]
fn a_ledger_is_read_on_once_for_each_moment_that_is_shown() {
    let mut six = six();
    let mut desk = desk();
    assert_eq!(desk.take_ledger_wish(&six.stage), None, "nobody looks at it");
    let _redraw = desk.act(Act::ToLedger, &six.stage, six.now());
    assert_eq!(desk.take_ledger_wish(&six.stage), Some(None));
    assert_eq!(desk.take_ledger_wish(&six.stage), None, "it is being read");
    let known = Arc::new(six.reckoning.clone());
    let _redraw = desk.take_reckoning(Arc::clone(&known));
    assert_eq!(desk.take_ledger_wish(&six.stage), None);
    six.wait(1).say(AgentId(1), "more");
    assert_eq!(desk.take_ledger_wish(&six.stage), Some(Some(Arc::clone(&known))));
    // What can't be read is not asked for again and again.
    let _redraw = desk.take_reckoning(known);
    assert_eq!(desk.take_ledger_wish(&six.stage), None);
}

#[test]
fn where_nothing_was_spent_all_parts_say_so() {
    let story = Story::open("");
    for view in LedgerView::ALL {
        let picture = words(&shot(&scene(&story, &on_ledger(&story, view)), (80, 24)));
        assert!(picture.contains("Nothing was spent yet."), "{picture}");
        assert!(!picture.contains('┤'), "{picture}");
    }
}
