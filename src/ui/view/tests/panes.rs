//! One agent among others.

use super::*;
use crate::{
    config::StageLayout,
    model::{Limits, Tint},
    ui::{
        desk::{Shares, Side},
        view::Hit,
    },
};

#[test]
fn an_agent_that_needs_the_director_has_a_thick_frame() {
    let picture = words(&picture(&six(), (80, 24)));
    assert!(picture.contains("┏ 2 ◆ smith waiting"), "{picture}");
    assert!(picture.contains("╭ 1 ● scout running"), "{picture}");
}

#[test]
fn only_agents_that_wait_for_the_director_are_framed_in_the_colour_of_attention() {
    let picture = picture(&six(), (120, 35));
    let attention = theme().style(Tone::BorderAttention).fg;
    let corners = (0..35).flat_map(|y| (0..120).map(move |x| (x, y)));
    let corners = corners.filter(|it| ["┏", "╭"].contains(&picture[*it].symbol()));
    let framed: Vec<(bool, String)> = corners
        .map(|(x, y)| {
            let name: String = (x + 6..x + 12).map(|x| picture[(x, y)].symbol()).collect();
            (Some(picture[(x, y)].fg) == attention, name.trim().to_owned())
        })
        .collect();
    let loud: Vec<&str> = framed.iter().filter(|it| it.0).map(|it| it.1.as_str()).collect();
    assert_eq!(loud, ["smith", "judge"], "{framed:?}");
}

#[test]
fn a_narrow_pane_names_the_model_rather_than_a_role_that_is_its_name() {
    let mut story = Story::open("");
    let agent = story.cast("scout", "scout", "Look.");
    let (provider, model) = ("openrouter".into(), "anthropic/claude-sonnet-4-5".into());
    story.tell(Event::ModelChanged { agent, provider, model, by: Author::Director });
    let title = |width| {
        let picture = words(&picture(&story, (width, 12)));
        picture.lines().nth(1).unwrap_or_default().to_owned()
    };
    assert!(title(80).contains(" anthropic/claude-sonnet-4-5 "), "{}", title(80));
    assert!(title(44).contains(" claude-sonnet-4-5 "), "{}", title(44));
    assert!(title(38).contains("net-4-5 "), "{}", title(38));
}

#[test]
fn a_narrow_pane_says_why_it_retries_its_turn_and_its_time() {
    let six = six();
    let beside = with(|it| it.roster = true);
    for (desk, size) in [(&desk(), (80, 24)), (&beside, (120, 40)), (&beside, (130, 35))] {
        let picture = words(&shot(&scene(&six, desk), size));
        assert!(picture.contains("retrying in 0:33 (429, try 3)"), "{picture}");
        if desk.roster {
            assert!(picture.contains("turn 2 · worked"), "{picture}");
        }
    }
}

#[test]
fn retries_of_one_call_are_one_entry_and_what_is_frozen_grows_no_older() {
    let mut story = six();
    let ranger = AgentId(5);
    for attempt in 4..6 {
        let (most, wait, why) = (6, Millis(5000), "503: busy".into());
        story.tell(Event::RetryScheduled { agent: ranger, attempt, most, wait, why });
    }
    let log = &story.stage.agent(ranger).unwrap().log;
    let retries: Vec<_> = log.entries().skip(1).map(|it| it.kind.clone()).collect();
    let (text, why) = ("retrying in 0:05 (try 5 of 6)".into(), "503: busy".into());
    assert_eq!(retries, [EntryKind::Retry { text, why }]);

    let mut story = Story::open("");
    let agent = story.cast("smith", "coder", "Build it.");
    story.start(agent).want(agent, 1, "shell make").run(agent, 1).wait(5);
    story.tell(Event::Frozen { agent, what: "make".into() }).wait(60);
    let picture = words(&picture(&story, (100, 20)));
    assert!(picture.contains("shell make 0:05 …"), "{picture}");
    story.tell(Event::Thawed { agent }).wait(2).ran(agent, 1, true, "", &[]);
    let agent = story.stage.agent(agent).unwrap();
    let took = |it: &EntryKind| match it {
        EntryKind::Tool { state: ToolState::Ended { took, .. }, .. } => Some(*took),
        _ => None,
    };
    assert_eq!(agent.log.entries().find_map(|it| took(&it.kind)), Some(Millis(7000)));
}

#[test]
fn a_pane_says_which_program_it_is_and_a_key_it_cannot_honour_is_struck_out() {
    let story = with_program("scout");
    let picture = shot(&scene(&story, &desk()), (200, 20));
    let text = words(&picture);
    assert!(text.contains("reviewer · gemini · pro"), "{text}");
    let footer = text.lines().last().unwrap();
    let place = footer.find("instructions").expect(footer);
    let column = u16::try_from(footer[..place].chars().count()).unwrap();
    let struck = |column| picture[(column, 19)].modifier.contains(Modifier::CROSSED_OUT);
    assert!(struck(column), "{footer}");
    let place = footer.find("redirect").expect(footer);
    let column = u16::try_from(footer[..place].chars().count()).unwrap();
    assert!(!struck(column), "{footer}");
}

pub(super) fn held_by(how: Enclosure, why: &str) -> Story {
    let mut story = with_program("scout");
    let (network, why) = (Network::Off, why.to_owned());
    let sandbox = Sandbox { how, network, why };
    story.tell(Event::Confined { agent: AgentId(1), sandbox });
    story
}

#[test]
fn an_agent_in_a_sandbox_has_a_quiet_sign_and_one_in_none_a_loud_word() {
    for (how, sign) in
        [(Enclosure::Bubblewrap, "▣"), (Enclosure::Landlock, "▢"), (Enclosure::None, "unsandboxed")]
    {
        let story = held_by(how, "");
        for size in [(80, 24), (120, 35), (200, 60)] {
            let text = words(&shot(&scene(&story, &desk()), size));
            assert!(text.contains(sign), "{size:?}: {text}");
        }
    }
    let nobody_knows = words(&shot(&scene(&with_program("scout"), &desk()), (120, 35)));
    assert!(!nobody_knows.contains("sandbox") && !nobody_knows.contains('▣'), "{nobody_knows}");
}

#[test]
fn a_message_that_was_sent_and_not_taken_in_yet_is_told_so() {
    let mut story = with_program("scout");
    let (agent, redirect, by) = (AgentId(1), RedirectId(1), Author::Director);
    let text = "Look at the tests.".to_owned();
    story.tell(Event::RedirectWritten { agent, redirect, text: text.clone(), by });
    story.tell(Event::RedirectSent { agent, redirect, text });
    let text = words(&picture(&story, (100, 20)));
    assert!(text.contains("1 redirect sent") && text.contains("sent"), "{text}");
}

#[test]
fn a_thought_that_is_folded_shows_its_first_words_not_an_empty_title() {
    for head in ["", "\n\n", "****\n"] {
        let mut story = Story::open("a session");
        let agent = AgentId(1);
        let (casting, by) = (Box::new(Casting::default()), Author::Director);
        story.tell(Event::AgentAdded { agent, casting, by });
        story.think(agent, &format!("{head}What is here?"));
        story.say(agent, "I look around.");
        let picture = words(&shot(&scene(&story, &with(|_| {})), (80, 24)));
        assert!(picture.contains("∴ What is here?"), "{head:?}: {picture}");
    }
}

#[test]
fn the_stage_is_laid_out_as_it_is_asked_for() {
    use crate::config::StageLayout;
    let six = six();
    let laid = |layout, size| {
        let desk = with(|it| {
            it.layout = layout;
            it.focus = Some(AgentId(2));
            it.page = usize::from(layout == StageLayout::Single);
        });
        words(&shot(&scene(&six, &desk), size))
    };
    let panes = |picture: &str| {
        let corners = picture.chars().filter(|it| matches!(it, '╭' | '┏' | '╔'));
        corners.count()
    };
    for size in [(80, 24), (120, 35), (200, 60)] {
        let single = laid(StageLayout::Single, size);
        assert_eq!(panes(&single), 1, "{single}");
        assert!(single.contains("smith") && single.contains("page 2 of 6"), "{single}");
        // Each column is as high as the stage: all stand on its first line.
        let columns = laid(StageLayout::Columns, size);
        let first = columns.lines().nth(1).unwrap();
        assert_eq!(panes(first), panes(&columns), "{columns}");
        assert!(panes(first) >= 2, "{columns}");
        // All are in sight, and the one that has the keys has the most room.
        let focus = laid(StageLayout::Focus, size);
        for name in ["scout", "smith", "ranger"] {
            assert!(focus.contains(name), "{name}: {focus}");
        }
        assert!(focus.lines().nth(1).unwrap().contains("smith"), "{focus}");
        keep_words(&format!("layout-focus-{}x{}", size.0, size.1), &focus);
    }
}

#[test]
fn who_is_pinned_and_by_what_agents_are_ordered_is_said() {
    use crate::ui::desk::Order;
    let six = six();
    let desk = with(|it| {
        it.order = Order::Role;
        it.pinned.insert(AgentId(1));
    });
    let picture = words(&shot(&scene(&six, &desk), (120, 35)));
    assert!(picture.contains(" by role "), "{picture}");
    assert!(picture.contains("╭ 1 ↑ ● scout"), "{picture}");
}

#[test]
fn a_name_has_the_colour_that_it_was_given_wherever_agents_are_listed() {
    let mut six = six();
    let (agent, by) = (AgentId(2), Author::Director);
    six.tell(Event::AgentRenamed { agent, name: "pathfinder".into(), by });
    let inks = |six: &Story, desk: &Desk, size| {
        let picture = shot(&scene(six, desk), size);
        let mut inks = Vec::new();
        for (y, line) in words(&picture).lines().enumerate() {
            if let Some(at) = line.find("pathfinder") {
                let x = line[..at].chars().count();
                let (x, y) = (u16::try_from(x).unwrap(), u16::try_from(y).unwrap());
                inks.push(picture[(x, y)].fg);
            }
        }
        inks
    };
    let blue = theme().style(Tone::NameBlue).fg.unwrap();
    let looks =
        vec![with(|_| {}), with(|it| it.roster = true), with(|it| it.layout = StageLayout::Focus)];
    for desk in &looks {
        let before = inks(&six, desk, (120, 35));
        assert!(!before.is_empty() && !before.contains(&blue), "{before:?}");
    }
    six.tell(Event::AgentTinted { agent, tint: Some(Tint::Blue), by });
    for desk in &looks {
        let after = inks(&six, desk, (120, 35));
        assert!(after.contains(&blue), "{after:?}");
    }
}

#[test]
fn the_edge_of_the_strip_can_be_taken_and_the_strip_is_as_wide_as_was_said() {
    let six = six();
    let mut desk = with(|it| it.layout = StageLayout::Focus);
    let drawn = |desk: &Desk| {
        let mut terminal = Terminal::new(TestBackend::new(120, 35)).unwrap();
        let mut hits = Hits::default();
        terminal.draw(|frame| hits = draw(frame, &scene(&six, desk))).unwrap();
        hits
    };
    let edge_at = |hits: &Hits| {
        (0..120).find(|x| matches!(hits.at(*x, 10), Some((_, Hit::Edge(_))))).unwrap()
    };
    assert_eq!(edge_at(&drawn(&desk)), 79);
    let Some((_, Hit::Edge(edge))) = drawn(&desk).at(79, 10) else { panic!("no edge") };
    desk.take_edge(edge);
    desk.move_edge(60, 10);
    assert_eq!(edge_at(&drawn(&desk)), 59);
    // Below it where there is no room beside.
    desk.shares = Shares::default();
    desk.roster = true;
    let hits = drawn(&desk);
    let list = (0..120)
        .find(|x| matches!(hits.at(*x, 10), Some((_, Hit::Edge(it))) if it.of == Side::List));
    assert_eq!(list, Some(43));
}

#[test]
fn edges_between_panes_and_rows_can_be_taken_and_keys_move_the_one_beside_the_focus() {
    let six = six();
    let mut desk = with(|it| it.focus = Some(AgentId(2)));
    let drawn = |desk: &Desk| {
        let mut terminal = Terminal::new(TestBackend::new(120, 35)).unwrap();
        let mut hits = Hits::default();
        terminal.draw(|frame| hits = draw(frame, &scene(&six, desk))).unwrap();
        hits
    };
    let widths = |hits: &Hits, y| -> Vec<u16> {
        let areas = (0..120).filter_map(|x| match hits.at(x, y) {
            Some((area, Hit::Agent(_))) => Some((area.x, area.width)),
            _ => None,
        });
        areas.collect::<std::collections::BTreeMap<_, _>>().into_values().collect()
    };
    let heights = |hits: &Hits| -> Vec<u16> {
        let areas = (0..34).filter_map(|y| match hits.at(5, y) {
            Some((area, Hit::Agent(_))) => Some((area.y, area.height)),
            _ => None,
        });
        areas.collect::<std::collections::BTreeMap<_, _>>().into_values().collect()
    };
    let hits = drawn(&desk);
    assert_eq!((widths(&hits, 10), heights(&hits)), (vec![40, 40, 40], vec![16, 16]));
    // Either frame is the edge; what stands beyond the two panes keeps its room.
    for x in [39, 40] {
        let Some((_, Hit::Edge(edge))) = hits.at(x, 10) else { panic!("no edge at {x}") };
        assert_eq!((edge.of, edge.is_upright), (Side::Pane(0, 3), true));
        desk.take_edge(edge);
    }
    for (to, becomes) in [(54, [55, 25, 40]), (200, [64, 16, 40]), (0, [16, 64, 40])] {
        desk.move_edge(to, 10);
        assert_eq!(widths(&drawn(&desk), 10), becomes, "{to}");
        assert_eq!(widths(&drawn(&desk), 25), becomes, "the other row, too");
    }
    let Some((_, Hit::Edge(edge))) = hits.at(5, 16) else { panic!("no edge between rows") };
    assert_eq!((edge.of, edge.is_upright), (Side::Pane(0, 2), false));
    desk.take_edge(edge);
    desk.move_edge(5, 20);
    assert_eq!(heights(&drawn(&desk)), [20, 12]);
    // In columns as many as here share a row: it is the same row.
    desk.layout = StageLayout::Columns;
    assert_eq!(widths(&drawn(&desk), 10), [16, 64, 40]);
    // Who has the keys grows, off the pane behind it; the last one off the one before.
    let place = |desk: &Desk, is_upright| {
        let edges = drawn(desk).shown.edges;
        let mine = |it: &&crate::ui::desk::Beside| {
            it.edge.is_upright == is_upright && it.agent.is_none_or(|it| Some(it) == desk.focus)
        };
        edges.iter().rfind(mine).map(|it| (it.edge.of, it.at, it.grows))
    };
    assert_eq!(place(&desk, true), Some((Side::Pane(1, 3), 79, true)));
    desk.focus = Some(AgentId(3));
    assert_eq!(place(&desk, true), Some((Side::Pane(1, 3), 79, false)));
    assert_eq!(place(&desk, false), None);
    desk.layout = StageLayout::Grid;
    desk.focus = Some(AgentId(5));
    assert_eq!(place(&desk, false), Some((Side::Pane(0, 2), 20, false)));
    desk.roster = true;
    assert_eq!(place(&desk, true), Some((Side::List, 44, true)));
}

#[test]
fn who_is_queued_again_says_since_when_and_works_no_longer_meanwhile() {
    let mut story = Story::open("");
    let limits = Limits { running: Some(1), ..Limits::default() };
    story.tell(Event::SessionOpened { title: String::new(), limits });
    let agent = story.cast("scout", "coder", "Look.");
    story.wait(60).start(agent).wait(30);
    let outcome = Outcome::Succeeded { summary: "done".into() };
    story.tell(Event::AgentEnded { agent, outcome }).wait(600);
    let other = story.cast("smith", "coder", "Build.");
    story.start(other).wait(5);
    story.tell(Event::AgentReopened { agent, by: Author::Director }).wait(12);
    let worked = |it: &Story| it.stage.agent(agent).unwrap().worked(it.now());
    let text = words(&picture(&story, (160, 30)));
    assert!(text.contains("queued 0:12: 1 of 1 run (limits.max_running)"), "{text}");
    assert_eq!(worked(&story), Millis(30_000));
    let outcome = Outcome::Succeeded { summary: "done".into() };
    story.tell(Event::AgentEnded { agent: other, outcome });
    let text = words(&picture(&story, (160, 30)));
    assert!(text.contains("queued 0:12 ") && !text.contains("of 1 run"), "{text}");
    story.tell(Event::AgentStarting { agent, run: 2 }).tell(Event::AgentStarted { agent }).wait(7);
    assert_eq!(worked(&story), Millis(37_000));
}
