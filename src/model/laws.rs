//! What must hold whatever is heard, and in whatever order.

use super::*;
use proptest::prelude::*;

fn an_agent() -> impl Strategy<Value = AgentId> {
    (1..4_u32).prop_map(AgentId)
}

fn a_way() -> impl Strategy<Value = Way> {
    prop::sample::select(vec![Way::Merge, Way::Patch, Way::HandBack, Way::ThrowAway])
}

fn a_command() -> impl Strategy<Value = Command> {
    let text = "[a-z ]{0,6}";
    prop_oneof![
        an_agent().prop_map(Command::Pause),
        an_agent().prop_map(Command::Resume),
        an_agent().prop_map(Command::Step),
        an_agent().prop_map(Command::Freeze),
        an_agent().prop_map(Command::Interrupt),
        an_agent().prop_map(Command::Stop),
        an_agent().prop_map(Command::Kill),
        an_agent().prop_map(Command::Look),
        (an_agent(), a_way(), text).prop_map(|(agent, way, words)| Command::TakeWork {
            agent,
            way,
            words
        }),
        an_agent().prop_map(|agent| Command::SeeChanges { agent, commit: "c1".into() }),
        Just(Command::PauseAll),
        Just(Command::ResumeAll),
        an_agent().prop_map(|it| Command::Hold(it, HoldReason::Watch, "drifts".into())),
        an_agent().prop_map(|it| Command::Lift(it, HoldReason::Watch)),
        (an_agent(), text, any::<bool>()).prop_map(|(agent, text, now)| Command::Redirect {
            agent,
            text,
            now
        }),
        (an_agent(), 0..3_u32, text).prop_map(|(agent, id, text)| Command::EditRedirect {
            agent,
            redirect: RedirectId(id),
            text
        }),
        (an_agent(), text).prop_map(|(agent, text)| Command::EditInstructions { agent, text }),
        (an_agent(), 0..3_u32).prop_map(|(agent, id)| Command::Answer {
            agent,
            request: RequestId(id),
            answer: Answer::Denied { why: String::new() }
        }),
        (an_agent(), 0..4_u64).prop_map(|(agent, cents)| Command::ChangeBudget {
            agent,
            budget: Some(Money::cents(cents))
        }),
        (an_item(), 0..2000_u64).prop_map(|(item, until)| {
            Command::Attend(Box::new(AttendWish::Rest { item, until: Millis(until) }))
        }),
        an_item().prop_map(|item| Command::Attend(Box::new(AttendWish::Wake(item)))),
        (an_agent(), 0..3_u32)
            .prop_map(|(agent, sign)| Command::Heed { agent, wish: HeedWish::Dismiss { sign } }),
        Just(Command::Quit(QuitMode::Pause)),
    ]
}

fn an_item() -> impl Strategy<Value = ItemKey> {
    let reasons = [Reason::Approval, Reason::Question, Reason::Held(HoldReason::Watch)];
    let reason = prop::sample::select(reasons.to_vec());
    (an_agent(), reason, 0..3_u64).prop_map(|(agent, reason, nth)| ItemKey {
        whom: Whom::Agent(agent),
        reason,
        nth,
    })
}

fn a_report() -> impl Strategy<Value = Report> {
    prop_oneof![9 => a_report_of_work(), 2 => a_report_of_taking()]
}

fn a_report_of_taking() -> impl Strategy<Value = Report> {
    prop_oneof![
        Just(Report::WorkTaken {
            way: Way::HandBack,
            commit: "c2".into(),
            into: "main".into(),
            about: "handed back".into()
        }),
        Just(Report::WorkNotTaken {
            way: Way::Merge,
            into: "main".into(),
            onto: "c0".into(),
            conflicts: vec![Conflict { path: "a".into(), hunks: String::new() }],
            why: "it conflicts".into()
        }),
    ]
}

fn a_report_of_work() -> impl Strategy<Value = Report> {
    let (turn, stop, usage) = (Turn(1), Stop::Tools, Usage { output: 5, ..Usage::default() });
    let cost = Cost::from(Some(Money::cents(1)));
    let call = CallId(1);
    prop_oneof![
        Just(Report::Started),
        any::<bool>().prop_map(|again| {
            let estimate = Some(Money::cents(1));
            Report::Reached(Boundary::Model { estimate, again })
        }),
        Just(Report::Reached(Boundary::Tool { call })),
        "[a-z ]{0,4}".prop_map(Report::Said),
        "[a-z ]{0,4}".prop_map(Report::Thought),
        Just(Report::ToolCalled {
            call,
            id: "x".into(),
            tool: "shell".into(),
            title: "ls".into(),
            input: serde_json::json!({ "command": "ls" }).into(),
            seal: None
        }),
        Just(Report::TurnEnded { turn, stop, usage, cost }),
        Just(Report::WindowSeen { tokens: 7, size: Some(8) }),
        Just(Report::TurnCut { turn, why: "cut".into(), usage, cost }),
        Just(Report::Retrying { attempt: 2, most: 5, wait: Millis(9), why: "429".into() }),
        any::<bool>().prop_map(move |ok| Report::ToolEnded {
            call,
            ok,
            text: "out".into(),
            bytes: 3,
            changes: vec![FileChange { path: "a".into(), added: 1, removed: 0 }],
            note: String::new()
        }),
        Just(Report::Asked {
            request: RequestId(1),
            ask: Ask::question(Some(call), "which?".into(), vec![])
        }),
        Just(Report::TurnTaken),
        Just(Report::ToolTaken(call)),
        (1..3_u32).prop_map(|id| Report::Delivered(RedirectId(id))),
        Just(Report::Confined(Sandbox::default())),
        Just(Report::Linked { program: "p 1".into(), session: "s".into(), model: "m".into() }),
        Just(Report::Preparing("a worktree".into())),
        "[ab]".prop_map(|path| {
            Report::WorkspaceMade(Box::new(Tree { path, base: "b0".into(), ..Tree::default() }))
        }),
        (0..3_u32).prop_map(|turn| Report::Checkpointed {
            turn: Turn(turn),
            commit: "c1".into(),
            files: vec![FileChange { path: "a".into(), added: 1, removed: 0 }],
            more: 2,
            in_all: (turn > 1).then(Vec::new),
        }),
        Just(Report::Strange { name: "new".into(), message: serde_json::Value::Null.into() }),
        (1..4_u32, a_bid()).prop_map(|(call, bid)| Report::Bids(CallId(call), bid)),
        Just(Report::Frozen("ls".into())),
        Just(Report::Interrupted("ls".into())),
        Just(Report::Ended(Outcome::Succeeded { summary: "done".into() })),
        Just(Report::Ended(Outcome::Failed { why: "broke".into() })),
    ]
}

fn a_bid() -> impl Strategy<Value = Bid> {
    prop_oneof![
        any::<bool>()
            .prop_map(|waits| { Bid::Spawn { role: "hand".into(), brief: "help".into(), waits } }),
        any::<bool>().prop_map(|waits| Bid::Await { names: vec![], waits }),
        Just(Bid::HandOff { to: "hand".into(), note: "go on".into(), value: Box::default() }),
    ]
}

fn an_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        a_command().prop_map(|command| Input::Command { by: Author::Director, command }),
        (an_agent(), 1..3_u32, a_report()).prop_map(|(agent, run, report)| Input::Report {
            agent,
            run,
            report
        }),
    ]
}

fn casting(name: &str, budget: Option<Money>) -> Casting {
    Casting {
        name: name.into(),
        role: name.into(),
        model: "m".into(),
        brief: "work".into(),
        instructions: "well".into(),
        budget,
        delegation: (name == "scout").then(|| Box::new(delegation())),
        // One whose program makes its calls by itself.
        capabilities: if name == "tester" { Capabilities::CODEX } else { Capabilities::NATIVE },
        ..Casting::default()
    }
}

/// What one of them may have others do.
fn delegation() -> Delegation {
    let hand = Casting { role: "hand".into(), ..casting("hand", None) };
    let roles = vec!["hand".to_owned()];
    Delegation {
        spawn: Some(Spawn { roles: roles.clone(), most: 2, depth: 2, ..Spawn::default() }),
        hand_off: Some(HandOff { to: roles, most: 1, attempts: 1 }),
        roles: [("hand".to_owned(), hand)].into(),
    }
}

/// A session of three agents that heard these inputs; `each` sees every record
/// with the stages before and after it.
fn play(inputs: Vec<Input>, mut each: impl FnMut(&Stage, &Record, &Stage)) -> Vec<Record> {
    let mut stage = Stage::default();
    let mut records = Vec::new();
    let mut settle = |stage: &mut Stage, events: Vec<Event>| {
        let mut pending: Vec<_> = events.into_iter().rev().collect();
        while let Some(event) = pending.pop() {
            let seq = stage.last().next();
            let record = Record { seq, at: Millis(seq.0 * 7), event };
            let before = stage.clone();
            stage.apply(&record);
            each(&before, &record, stage);
            pending.extend(follow_up(stage, &record.event).into_iter().rev());
            records.push(record);
        }
    };
    let limits = Limits { running: Some(2), budget: Some(Money::cents(50)), ..Limits::default() };
    settle(&mut stage, vec![Event::SessionOpened { title: "laws".into(), limits }]);
    let budgets = [("scout", None), ("writer", Some(Money::cents(3))), ("tester", None)];
    let adds = budgets.map(|(name, budget)| Command::Add(Box::new(casting(name, budget))));
    let adds = adds.map(|command| Input::Command { by: Author::Director, command });
    for input in adds.into_iter().chain(inputs) {
        if let Ok(events) = decide(&stage, input) {
            settle(&mut stage, events);
        }
        while let events @ [_, ..] = &among_agents(&stage)[..] {
            settle(&mut stage, events.to_vec());
        }
    }
    records
}

fn fold(records: &[Record]) -> Stage {
    let mut stage = Stage::default();
    for record in records {
        stage.apply(record);
    }
    stage
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_starts_for_an_agent_that_is_held(
        inputs in prop::collection::vec(an_input(), 0..120),
    ) {
        play(inputs, |before, record, _| {
            if let Event::TurnStarted { agent, .. } | Event::ToolStarted { agent, .. } = record.event {
                let agent = before.agent(agent).expect("a known agent");
                if agent.is_self_driven() {
                    return;
                }
                // A budget is about model calls only.
                let is_tool = matches!(record.event, Event::ToolStarted { .. });
                let holds = |it: &Hold| !(is_tool && it.reason == HoldReason::Budget);
                assert!(!agent.holds.iter().any(holds) || agent.steps > 0, "{:?}", agent.holds);
            }
        });
    }

    #[test]
    fn a_message_that_is_on_its_way_is_delivered_or_said_to_have_failed(
        inputs in prop::collection::vec(an_input(), 0..160),
    ) {
        let stage = fold(&play(inputs, |_, _, _| {}));
        for agent in stage.agents().filter(|it| it.is_over()) {
            prop_assert_eq!(agent.pending().count(), 0, "{:?}", &agent.redirects);
        }
    }

    #[test]
    fn resuming_clears_only_its_own_reason(inputs in prop::collection::vec(an_input(), 0..120)) {
        play(inputs, |before, record, after| {
            if let Event::HoldLifted { agent, reason, .. } = record.event {
                let reasons = |stage: &Stage| {
                    let holds = &stage.agent(agent).expect("a known agent").holds;
                    holds.iter().map(|it| it.reason).filter(|it| *it != reason).collect::<Vec<_>>()
                };
                assert_eq!(reasons(before), reasons(after));
            }
        });
    }

    #[test]
    fn a_prefix_folds_to_the_live_state(
        inputs in prop::collection::vec(an_input(), 0..80),
        cut in 0..200_usize,
    ) {
        let mut live = Vec::new();
        let records = play(inputs, |_, _, after| live.push(after.clone()));
        let cut = cut.min(records.len() - 1);
        prop_assert_eq!(fold(&records[..=cut]), live.swap_remove(cut));
    }

    #[test]
    fn going_on_from_a_checkpoint_is_folding_from_the_start(
        inputs in prop::collection::vec(an_input(), 0..80),
        cut in 0..200_usize,
    ) {
        let records = play(inputs, |_, _, _| {});
        let cut = cut.min(records.len());
        let mut stage = fold(&records[..cut]);
        let checkpoint = stage.clone();
        records[cut..].iter().for_each(|record| stage.apply(record));
        prop_assert_eq!(&stage, &fold(&records));
        prop_assert_eq!(checkpoint, fold(&records[..cut]));
    }

    #[test]
    fn a_record_survives_the_disk(inputs in prop::collection::vec(an_input(), 0..60)) {
        for record in play(inputs, |_, _, _| {}) {
            let line = serde_json::to_string(&record).expect("a record is JSON");
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(serde_json::from_str::<Record>(&line).expect("and back"), record);
        }
    }

    #[test]
    fn no_order_of_records_panics(
        inputs in prop::collection::vec(an_input(), 0..60),
        seed in any::<u64>(),
    ) {
        let mut records = play(inputs, |_, _, _| {});
        let mut dice = seed | 1;
        for index in (1..records.len()).rev() {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            records.swap(index, usize::try_from(dice >> 33).unwrap_or(0) % (index + 1));
        }
        let stage = fold(&records);
        let listed = stage.inbox().len();
        prop_assert!(stage.need_you(stage.now()) as usize <= listed);
    }

    #[test]
    fn an_agent_that_is_over_stays_over_until_it_is_reopened(
        inputs in prop::collection::vec(an_input(), 0..120),
    ) {
        play(inputs, |before, record, after| {
            for agent in before.agents().filter(|it| it.is_over()) {
                let reopened = matches!(record.event, Event::AgentReopened { agent: id, .. } if id == agent.id);
                assert!(reopened || after.agent(agent.id).is_some_and(Agent::is_over));
            }
        });
    }

    #[test]
    fn who_needs_the_director_is_listed_and_nobody_else_is_said_to_wait(
        inputs in prop::collection::vec(an_input(), 0..120),
    ) {
        play(inputs, |_, _, stage| {
            let items = stage.inbox();
            let mut keys: Vec<_> = items.iter().map(|it| it.key).collect();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), items.len(), "each is listed once");
            assert!(items.iter().map(|it| it.key.reason.urgency()).is_sorted());
            let is_listed = |agent: &Agent| {
                let of_it = items.iter().filter(|it| it.agent() == Some(agent.id));
                of_it.filter(|it| it.key.reason.urgency() != Urgency::Trouble).count()
            };
            for agent in stage.agents() {
                assert_eq!(is_listed(agent), usize::from(agent.needs_director()), "{agent:?}");
            }
        });
    }

    #[test]
    fn a_command_given_twice_changes_nothing_the_second_time(
        inputs in prop::collection::vec(an_input(), 0..60),
        command in a_command(),
    ) {
        let is_idempotent = !matches!(
            command,
            Command::Redirect { .. } | Command::EditRedirect { .. } | Command::ChangeBudget { .. }
                | Command::Answer { .. } | Command::Interrupt(_) | Command::Freeze(_)
                | Command::Stop(_) | Command::Step(_)
        );
        prop_assume!(is_idempotent);
        let mut stage = fold(&play(inputs, |_, _, _| {}));
        let input = || Input::Command { by: Author::Director, command: command.clone() };
        if let Ok(events) = decide(&stage, input()) {
            for event in events {
                let seq = stage.last().next();
                stage.apply(&Record { seq, at: stage.now(), event });
            }
            let again = decide(&stage, input()).unwrap_or_default();
            prop_assert_eq!(again, vec![]);
        }
    }

    #[test]
    fn money_settled_is_the_sum_of_the_events(inputs in prop::collection::vec(an_input(), 0..120)) {
        let records = play(inputs, |_, _, _| {});
        let mut sum = Cost::default();
        for record in &records {
            if let Event::TurnEnded { cost, .. } | Event::TurnCut { cost, .. } = record.event {
                sum += cost;
            }
        }
        prop_assert_eq!(fold(&records).totals().spent, sum);
    }
}
