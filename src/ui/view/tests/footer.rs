//! The bottom line, and the top one.

use super::*;

#[test]
fn the_footer_offers_only_what_does_something() {
    let (mut six, nine) = (six(), specimen::nine());
    let retrying = footer(&six, AgentId(5));
    assert!(retrying.contains("i retry now"), "{retrying}");
    let interrupt =
        Input::Command { by: Author::Director, command: Command::Interrupt(AgentId(5)) };
    let asked = Event::InterruptAsked { agent: AgentId(5), by: Author::Director };
    assert_eq!(decide(&six.stage, interrupt), Ok(vec![asked]), "and it is not held");
    let paused = footer(&six, AgentId(6));
    assert!(paused.contains("p resume") && paused.contains(". step"), "{paused}");
    assert!(paused.contains("P pause all") && !paused.contains("! freeze"), "{paused}");
    for agent in 1..=6 {
        six.hold(AgentId(agent), HoldReason::Director, "");
    }
    assert!(footer(&six, AgentId(6)).contains("P resume all"));
    let mut short = nine;
    short.hold(AgentId(6), HoldReason::Budget, "");
    let held = footer(&short, AgentId(6));
    assert!(held.contains("b budget") && !held.contains("resume"), "{held}");
    assert!(!held.contains(". step"), "{held}");
}

#[test]
fn trouble_with_the_disk_is_loud_and_shows_who_is_held() {
    let six = six();
    let trouble = "No space left on device (os error 28): could not append to \
        /home/ada/.local/state/auteur/parser/0192.jsonl; agents are held, trying again";
    let desk = desk();
    let scene = Scene { trouble: Some(trouble), ..scene(&six, &desk) };
    let picture = words(&shot(&scene, (100, 30)));
    let first = picture.lines().next().unwrap();
    assert!(first.contains(" DISK: agents held ") && !first.contains('…'), "{picture}");
    let said = picture.lines().skip(26).collect::<Vec<_>>().join(" ");
    for words in ["No space left on device: could not append", "0192.jsonl", "trying again"] {
        assert!(said.contains(words), "{words}: {picture}");
    }
    assert!(!picture.contains("running"), "{picture}");
    assert!(picture.contains("held by the disk"), "{picture}");
}

#[test]
fn a_closing_session_says_what_it_waits_for_and_offers_no_directions() {
    let six = six();
    let leaving = with(|it| it.is_leaving = true);
    let picture = words(&shot(&scene(&six, &leaving), (120, 35)));
    let (first, last) = (picture.lines().next().unwrap(), picture.lines().last().unwrap());
    assert!(first.contains(" CLOSING "), "{first}");
    assert!(last.contains("closing: 1 agent finishes what is in flight"), "{last}");
    for offer in ["n new", "p pause", "r redirect", "w needs me"] {
        assert!(!last.contains(offer), "{last}");
    }
    assert!(last.contains("q leave at once"), "{last}");
}

#[test]
fn what_is_said_is_read_whole_above_the_footer_where_that_has_no_room() {
    let six = six();
    let text = "AUTEUR_LOG is no filter like \"auteur=debug,reqwest=warn\": nothing is logged until \
                it is set right, or taken out";
    let told = with(|it| drop(it.say(crate::model::Level::Warning, text, six.now())));
    for size in [(60, 20), (80, 24), (120, 35), (200, 60)] {
        let picture = words(&shot(&scene(&six, &told), size));
        let last: Vec<&str> = picture.lines().rev().take(4).collect();
        let said = last.into_iter().rev().collect::<Vec<_>>().join(" ");
        for word in text.split(' ') {
            assert!(said.contains(word), "{word}: {picture}");
        }
        assert!(picture.lines().last().unwrap().contains("q quit"), "{picture}");
    }
}

#[test]
fn what_is_too_long_even_for_lines_of_its_own_ends_in_dots() {
    let six = six();
    let told = with(|it| {
        drop(it.say(crate::model::Level::Warning, "word ".repeat(200), six.now()));
    });
    let picture = words(&shot(&scene(&six, &told), (80, 24)));
    assert_eq!(picture.lines().filter(|it| it.contains("word word")).count(), 3, "{picture}");
    assert!(picture.lines().any(|it| it.trim_end().ends_with('…')), "{picture}");
}

#[test]
fn who_was_cut_off_is_not_called_running_and_nobody_is_directed_any_more() {
    let six = six();
    let trouble = "the session's process is gone and its agents are cut off: q leaves, and \
                   `auteur resume` goes on";
    let over = with(|it| it.is_over = true);
    let scene = Scene { trouble: Some(trouble), ..scene(&six, &over) };
    for size in [(80, 24), (120, 35), (200, 60)] {
        let picture = words(&shot(&scene, size));
        assert!(!picture.contains("scout running"), "{picture}");
        assert!(picture.contains("scout cut off"), "{picture}");
        assert!(picture.contains("cut off in: thinking 0:17"), "{picture}");
        let last = picture.lines().last().unwrap();
        for offer in ["n new", "p pause", "P pause all", "r redirect", "x stop"] {
            assert!(!last.contains(offer), "{offer}: {last}");
        }
        assert!(last.contains("Enter zoom") && last.contains("q quit"), "{last}");
    }
}

#[test]
fn what_the_next_key_can_be_stands_where_one_waits_for_it() {
    let six = six();
    let vim = crate::config::keymap("vim").unwrap();
    let files = [crate::config::FileKind::Keys.built_in(), vim];
    let waiting = with(|it| {
        it.keymap = Arc::new(Keymap::from_sources(&files).unwrap());
        it.pressed = vec!["ctrl+w".parse().unwrap()];
    });
    for size in [(80, 24), (120, 35)] {
        let picture = words(&shot(&scene(&six, &waiting), size));
        let footer = picture.lines().last().unwrap();
        assert!(footer.contains("Ctrl+W …  h focus left  j focus down"), "{footer}");
        assert!(!footer.contains("pause"), "{footer}");
    }
    let narrow = words(&shot(&scene(&six, &waiting), (60, 24)));
    let footer = narrow.lines().last().unwrap().trim_end();
    assert!(footer.ends_with('…'), "what there is no room for is not kept secret: {footer}");
}

#[test]
fn no_key_is_offered_that_would_do_nothing() {
    let story = six();
    let nobody = with(|it| it.filter = "zzz".to_owned());
    let last = |desk: &Desk| {
        words(&shot(&scene(&story, desk), (200, 40))).lines().last().unwrap().to_owned()
    };
    let line = last(&nobody);
    assert!(
        !line.contains("Enter zoom") && !line.contains("p pause") && line.contains("n new"),
        "{line}"
    );
    let calm = Story::open("");
    let inbox = with(|it| it.screen = Screen::Inbox);
    let line = words(&shot(&scene(&calm, &inbox), (120, 35))).lines().last().unwrap().to_owned();
    assert!(!line.contains("see to it") && !line.contains("later"), "{line}");
    let cast = with(|it| (it.screen, it.roles) = (Screen::Cast, specimen::roles()));
    assert!(!last(&cast).contains("e edit"), "{}", last(&cast));
}

#[test]
fn beside_marks_the_key_that_leads_to_who_needs_the_director_is_among_the_last_to_go() {
    let six = six();
    let desk = with(|it| {
        it.marked = six.stage.agents().map(|it| it.id).collect();
        it.filter = "smith".to_owned();
        it.order = crate::ui::desk::Order::Need;
        drop(it.say(crate::model::Level::Note, "redirect: 3 agents of 6; smith ended", six.now()));
    });
    let picture = words(&shot(&scene(&six, &desk), (80, 24)));
    let last = picture.lines().last().unwrap();
    for words in ["6 marked", "w needs me", "? help", "q quit"] {
        assert!(last.contains(words), "{words}: {picture}");
    }
    assert!(picture.contains("▸  redirect: 3 agents of 6; smith ended"), "{picture}");
    assert!(!last.contains("by need"), "{picture}");
    let wide = words(&shot(&scene(&six, &desk), (160, 24)));
    assert!(wide.lines().last().unwrap().contains("by need"), "{wide}");
}
