//! Who runs elsewhere, in a pane and in a list.

use super::*;
use crate::{
    model::{Cost, Stop, Usage, Watches},
    ui::desk::Offer,
};

fn casting(name: &str, brief: &str) -> Casting {
    Casting {
        name: name.into(),
        role: "claude".into(),
        provider: "claude".into(),
        model: "claude-opus-4-6".into(),
        engine: EngineKind::Watched,
        capabilities: Capabilities::WATCHED,
        brief: brief.into(),
        watches: Some(Box::new(Watches { log: format!("/logs/{name}"), agent: Watches::FIRST })),
        ..Casting::default()
    }
}

/// One of ours, and one that runs elsewhere and has answered.
fn story() -> (Story, AgentId) {
    let mut story = Story::open("Make the parser fast");
    let ours = story.cast("coder", "coder", "Mend the parser");
    story.start(ours).turn(ours, 1).say(ours, "I look at the parser.");
    let (agent, by) = (story.stage.next_agent(), Author::Director);
    let casting = Box::new(casting("claude-site", "Write the page"));
    story.tell(Event::AgentAdded { agent, casting, by }).start(agent);
    story.turn(agent, 1).say(agent, "The page is written.");
    let (turn, stop, usage) = (Turn(1), Stop::End, Usage { output: 900, ..Usage::default() });
    let cost = Cost::from(Some(Money::cents(120)));
    story.tell(Event::TurnEnded { agent, turn, stop, usage, cost }).wait(75);
    (story, agent)
}

#[test]
fn who_runs_elsewhere_is_counted_and_paid_for_apart() {
    let (story, agent) = story();
    let desk = with(|it| it.focus = Some(agent));
    for size in [(80, 24), (200, 60)] {
        let picture = words(&shot(&scene(&story, &desk), size));
        assert!(picture.contains("$0.00 of $5.00 · + $1.20 elsewhere"), "{picture}");
        assert!(picture.contains("◎ claude-site idle"), "{picture}");
        assert!(picture.contains("waits for its user 1:15"), "{picture}");
    }
    let wide = words(&shot(&scene(&story, &desk), (200, 60)));
    assert!(wide.contains("● 1 running  ◎ 1 watched"), "{wide}");
    let picture = shot(&scene(&story, &desk), (80, 24));
    keep("watched-80x24", &picture);
}

#[test]
fn the_list_of_who_runs_elsewhere() {
    let (story, _) = story();
    let offer = |name: &str, brief: &str, age: u64| Offer {
        casting: casting(name, brief),
        session: name.into(),
        age: Millis(age),
    };
    let mut desk = with(|it| {
        it.screen = Screen::Cast;
        it.roles = specimen::roles();
        drop(it.act(Act::WatchOthers, &story.stage, story.now()));
    });
    let picture = words(&shot(&scene(&story, &desk), (80, 24)));
    assert!(picture.contains("Looking for logs"), "{picture}");
    desk.take_nearby(Vec::new());
    let picture = words(&shot(&scene(&story, &desk), (80, 24)));
    assert!(picture.contains("Nobody runs here elsewhere"), "{picture}");
    desk.take_nearby(vec![
        offer("claude-parser", "Mend the tests\nand more", 4000),
        offer("codex-a-folder-with-a-long-name", "A new page", 130_000),
        offer("claude-site", "Write the page", 200_000),
    ]);
    for (width, height) in [(80, 24), (120, 35)] {
        let picture = shot(&scene(&story, &desk), (width, height));
        keep(&format!("nearby-{width}x{height}"), &picture);
    }
}

/// Three agents: one drifts, one asks, one works.
fn drifting_and_asking() -> (Story, [AgentId; 3]) {
    let mut story = Story::open("");
    let agents = ["tidier", "asker", "worker"].map(|it| story.cast(it, "coder", "Do it."));
    for agent in agents {
        story.start(agent).turn(agent, 1);
    }
    let [tidier, asker, _] = agents;
    let (rule, words) = (Rule::SameCall, "it edits the same file again and again".into());
    let (since, evidence, action) = (Turn(1), Vec::new(), Action::Warn);
    let seen = DriftEvent::Seen { sign: 1, rule, since, words, evidence, action };
    story.tell(Event::Drifted { agent: tidier, event: Box::new(seen) });
    story.end_turn(asker, 1).ask(asker, 1, specimen::question("Shall I?", &[]));
    (story, agents)
}

#[test]
fn whom_the_header_counts_has_a_thick_frame_a_bar_and_is_counted_on_other_pages() {
    let (story, [tidier, _, worker]) = drifting_and_asking();
    let scene_of = |desk: &Desk| words(&shot(&scene(&story, desk), (80, 24)));
    let grid = scene_of(&with(|it| it.focus = Some(worker)));
    assert!(grid.contains(" 2 need you "), "{grid}");
    assert_eq!(grid.matches('┏').count(), 2, "{grid}");
    let roster = scene_of(&with(|it| (it.focus, it.roster) = (Some(worker), true)));
    let line = |name: &str| roster.lines().find(|it| it.contains(name)).unwrap().to_owned();
    assert!(line("tidier").starts_with('┃') && !line("worker").starts_with('┃'), "{roster}");
    let single = with(|it| {
        (it.focus, it.layout, it.page) = (Some(worker), crate::config::StageLayout::Single, 2);
    });
    let single = scene_of(&single);
    assert!(single.contains(" 2 agents on other pages need you "), "{single}");
    // Of what is put off nobody is reminded.
    let mut story = story;
    let item = story.stage.inbox().iter().find(|it| it.agent() == Some(tidier)).unwrap().key;
    let until = story.now().plus(Millis(60_000));
    let by = Author::Director;
    let event = Box::new(crate::model::AttentionEvent::Rested { item, until, by });
    story.tell(Event::Attended { event });
    let grid = words(&shot(&scene(&story, &desk()), (80, 24)));
    assert!(grid.contains(" 1 needs you "), "{grid}");
    assert_eq!(grid.matches('┏').count(), 1, "{grid}");
}

#[test]
fn among_many_that_are_done_the_one_that_asks_stands_out() {
    let mut story = Story::open("");
    let agents: Vec<_> =
        ["asker", "one", "two", "three"].map(|it| story.cast(it, "coder", "Do it.")).into();
    for agent in &agents {
        story.start(*agent).turn(*agent, 1);
    }
    story.end_turn(agents[0], 1).ask(agents[0], 1, specimen::question("Shall I?", &[]));
    for agent in &agents[1..] {
        story.end(*agent, Outcome::Succeeded { summary: "Done.".into() });
    }
    let grid = words(&shot(&scene(&story, &with(|it| it.focus = None)), (120, 35)));
    let head = grid.lines().next().unwrap();
    assert!(head.contains(" 1 needs you ") && head.contains("3 new"), "{head}");
    assert_eq!(grid.matches('┏').count(), 1, "one thick frame: {grid}");
    assert_eq!(grid.matches("new ─").count(), 3, "{grid}");
    let tiny = words(&shot(&scene(&story, &with(|it| it.focus = None)), (40, 6)));
    assert!(tiny.contains("1 need you") && tiny.contains("3 new"), "{tiny}");
    let single = with(|it| {
        (it.focus, it.layout) = (Some(agents[0]), crate::config::StageLayout::Single);
    });
    let single = words(&shot(&scene(&story, &single), (80, 24)));
    assert!(single.contains(" 3 new elsewhere "), "{single}");
}

#[test]
fn that_nothing_holds_an_agent_is_the_last_word_of_its_title_to_go() {
    let mut story = Story::open("");
    let agent = story.cast("implementer", "coder", "Do it.");
    story.start(agent).turn(agent, 1).end(agent, Outcome::Succeeded { summary: "Done.".into() });
    let sandbox = Sandbox { how: Enclosure::None, network: Network::Off, why: String::new() };
    story.tell(Event::Confined { agent, sandbox });
    for columns in [38, 40, 60, 80, 120] {
        let picture = words(&shot(&scene(&story, &desk()), (columns, 12)));
        assert!(picture.contains("unsandboxed"), "{columns}: {picture}");
    }
}
