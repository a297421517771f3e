//! What agents ask, and where it is answered.

use super::*;

/// One that asks for more lines than any screen here has, each with its own words.
fn asks_at_length() -> (Story, AgentId, Vec<String>) {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let long: Vec<_> = (1..=120).map(|line| format!("rm file-{line}.")).collect();
    let ask = specimen::approval(1, &long.join("\n"));
    story.start(agent).want(agent, 1, "shell").ask(agent, 1, ask);
    (story, agent, long)
}

#[test]
fn a_request_is_seen_once_its_last_line_was_in_sight() {
    let (story, agent, _) = asks_at_length();
    let at = |scroll| {
        let desk = with(|it| {
            it.screen = Screen::Zoom;
            it.request = Some((agent, RequestId(1)));
            it.request_scroll = scroll;
        });
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut shown = Shown::default();
        terminal.draw(|frame| shown = draw(frame, &scene(&story, &desk)).shown).unwrap();
        shown
    };
    let most = at(0).request_most;
    assert!(at(0).requests.is_empty() && at(most - 1).requests.is_empty());
    assert_eq!(at(most).requests, [(agent, RequestId(1))].into());
    let fingerprint = story.stage.agent(agent).unwrap().requests[0].fingerprint;
    assert_eq!(
        (at(most - 1).ready, at(most).ready),
        (None, Some((agent, RequestId(1), fingerprint)))
    );
}

#[test]
fn no_line_of_a_request_is_jumped_over_on_the_way_to_its_end() {
    let ways = [Act::PageDown, Act::HalfPageDown, Act::ScrollEnd];
    let sizes = [(80, 24), (80, 12), (120, 35)];
    for (way, size) in ways.into_iter().flat_map(|way| sizes.map(|size| (way, size))) {
        let (story, agent, long) = asks_at_length();
        let mut desk = with(|it| {
            it.screen = Screen::Zoom;
            it.focus = Some(agent);
            it.request = Some((agent, RequestId(1)));
        });
        let mut read = String::new();
        for _ in 0..250 {
            let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
            let mut shown = Shown::default();
            terminal.draw(|frame| shown = draw(frame, &scene(&story, &desk)).shown).unwrap();
            read.push_str(&words(terminal.backend().buffer()));
            desk.shown = shown;
            if desk.shown.ready.is_some() {
                break;
            }
            // Twice before the next picture is no further than once.
            drop(desk.act(way, &story.stage, story.now()));
            drop(desk.act(way, &story.stage, story.now()));
        }
        assert!(desk.shown.ready.is_some(), "{way:?} {size:?}: its end was never in sight");
        let missed: Vec<_> = long.iter().filter(|line| !read.contains(*line)).collect();
        assert!(missed.is_empty(), "{way:?} {size:?}: {missed:?}");
    }
}

#[test]
fn an_answer_is_written_under_the_question_and_what_it_offers() {
    let six = six();
    let open = with(|it| {
        it.focus = Some(AgentId(3));
        drop(it.act(Act::Answer, &six.stage, six.now()));
    });
    for size in [(120, 35), (80, 24)] {
        let picture = words(&shot(&scene(&six, &open), size));
        let title = picture.find("Answer judge").unwrap();
        let editor = &picture[title..];
        for text in ["Which one shall I keep?", "1. the table", "2. the loop"] {
            assert!(editor.contains(text), "{text}: {picture}");
        }
    }
}

#[test]
fn a_long_question_leaves_room_to_answer_it() {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let long: Vec<_> = (1..=80).map(|line| format!("line {line}")).collect();
    story.start(agent).ask(agent, 1, specimen::question(&long.join("\n"), &["yes"]));
    let open = with(|it| {
        drop(it.act(Act::Answer, &story.stage, story.now()));
        drop(it.paste("my own words", &story.stage, story.now()));
    });
    let picture = words(&shot(&scene(&story, &open), (80, 24)));
    assert!(picture.contains("my own words") && picture.contains("more lines"), "{picture}");
}

#[test]
fn an_answer_that_is_offered_is_read_whole() {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let long = "left, along the river and past the mill where the old bridge was before the flood";
    story.start(agent).ask(agent, 1, specimen::question("Which way?", &[long, "right"]));
    let picture = words(&picture(&story, (44, 20)));
    let said = picture.replace(['┃', '▌', '\n'], " ");
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(&format!("1. {long} 2. right")), "{picture}");
}

#[test]
fn a_small_pane_shows_every_answer_rather_than_all_words_of_the_first() {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let long = "left, along the river and past the mill where the old bridge was before the flood";
    story.start(agent).ask(agent, 1, specimen::question("Which way?", &[long, "right"]));
    let small = words(&picture(&story, (40, 10)));
    assert!(small.contains("1. left, along") && small.contains("2. right"), "{small}");
    let zoomed = with(|it| {
        it.screen = Screen::Zoom;
        it.request = Some((agent, RequestId(1)));
    });
    let alone = words(&shot(&scene(&story, &zoomed), (60, 20)));
    assert!(alone.contains("flood") && alone.contains("2. right"), "{alone}");
}

/// A stage on which an agent has reached its budget.
fn short_of_money() -> Story {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let budget = Money::cents(60);
    let ask = Ask::Budget {
        spent: Money::cents(15),
        estimate: Some(Money::cents(48)),
        budget,
        whose: Whose::Own,
    };
    story.tell(Event::BudgetChanged { agent, budget: Some(budget), by: Author::Director });
    story.start(agent).hold(agent, HoldReason::Budget, "$0.15 of $0.60 spent or set aside");
    story.ask(agent, 1, ask);
    story
}

#[test]
fn an_agent_that_reached_its_budget_says_what_the_next_call_may_cost_once() {
    let story = short_of_money();
    let told = "$0.1500 of $0.6000 spent or set aside; the next call may cost $0.4800.";
    for size in [(80, 24), (120, 35), (200, 60)] {
        let card = words(&picture(&story, size));
        assert!(card.contains(told), "{card}");
        assert!(card.contains("a raise it  D stop it"), "{card}");
        let open = with(|it| drop(it.act(Act::Pause, &story.stage, story.now())));
        let dialog = words(&shot(&scene(&story, &open), size));
        let text: Vec<&str> = dialog.split('║').map(str::trim).collect();
        let text = text.join(" ");
        assert_eq!(text.matches("is spent").count(), 0, "{dialog}");
        let choices = ["Cancel", "Raise it", "Let it finish up", "Stop the agent"];
        assert!(choices.iter().all(|it| dialog.contains(it)), "{dialog}");
        let open = with(|it| drop(it.act(Act::ChangeBudget, &story.stage, story.now())));
        let prompt = words(&shot(&scene(&story, &open), size));
        assert!(prompt.contains("the next call may cost $0.4800"), "{prompt}");
    }
}

#[test]
fn what_a_watch_asks_stands_on_the_pane_with_what_shows_it() {
    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    let evidence = vec![Evidence { seq: Seq(3), turn: Turn(2), words: "write notes.md".into() }];
    let words_seen = "changed notes.md, outside its scope".to_owned();
    let (sign, rule) = (1, Rule::Scope);
    let (words_of, action) = (words_seen.clone(), Action::Ask);
    let seen = DriftEvent::Seen {
        sign,
        rule,
        since: Turn(2),
        words: words_seen,
        evidence: evidence.clone(),
        action,
    };
    story.start(agent).tell(Event::Drifted { agent, event: Box::new(seen) });
    story.hold(agent, HoldReason::Watch, "");
    let ask = Ask::Drift { sign, rule, words: words_of, evidence };
    story.tell(Event::Asked { agent, request: RequestId::DRIFT, ask });
    for size in [(80, 24), (120, 35)] {
        let stage = words(&picture(&story, size));
        let inbox = with(|it| drop(it.open_inbox(&story.stage, story.now())));
        let inbox = words(&shot(&scene(&story, &inbox), size));
        for text in ["drifts: what now?", "changed notes.md", "turn 2: write notes.md"] {
            assert!(stage.contains(text) && inbox.contains(text), "{text}: {stage}\n{inbox}");
        }
        assert!(stage.contains("a let it go on  D stop it"), "{stage}");
        assert!(inbox.contains("Enter write to it, or else  a let it go on"), "{inbox}");
    }
}

/// The style of the first cell of these words.
fn style_of(picture: &Buffer, text: &str) -> Option<Color> {
    let found = words(picture).lines().zip(0..).find_map(|(line, y)| {
        let at = line.find(text)?;
        Some((u16::try_from(line[..at].chars().count()).unwrap(), y))
    });
    found.map(|at| picture[at].fg)
}

#[test]
fn a_card_without_the_keys_offers_none_as_if_it_had_them() {
    let story = six();
    let (smith, judge) = (AgentId(2), AgentId(3));
    let has_keys = with(|it| {
        it.focus = Some(smith);
        it.request = Some((smith, story.stage.agent(smith).unwrap().requests[0].id));
    });
    let key = theme().style(Tone::KeyHint).fg;
    let picture = shot(&scene(&story, &has_keys), (120, 35));
    assert_eq!(style_of(&picture, "a approve"), key, "{}", words(&picture));
    // What `a` would do is done to smith: judge's card says how to come there.
    assert!(!words(&picture).contains("a answer"), "{}", words(&picture));
    assert!(words(&picture).contains("w leads here"), "{}", words(&picture));
    let lost = with(|it| it.focus = Some(smith));
    let picture = shot(&scene(&story, &lost), (120, 35));
    assert_eq!(style_of(&picture, "a approve"), theme().style(Tone::Dim).fg);
    let other = words(&shot(&scene(&story, &with(|it| it.focus = Some(judge))), (120, 35)));
    assert!(!other.contains("a approve"), "{other}");
}

#[test]
fn what_is_asked_stands_right_below_what_led_there() {
    let story = six();
    let zoomed = with(|it| (it.focus, it.screen) = (Some(AgentId(2)), Screen::Zoom));
    let picture = words(&shot(&scene(&story, &zoomed), (200, 60)));
    let lines: Vec<&str> = picture.lines().collect();
    let card = lines.iter().position(|it| it.contains("▌ cargo publish")).unwrap();
    let before = lines[card - 2..card].iter().map(|it| it.get(..).unwrap_or_default());
    assert!(
        before.into_iter().any(|it| it.contains("cargo publish") || it.contains("src/")),
        "{picture}"
    );
}
