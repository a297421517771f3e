//! Any stage, and any dialog, on a screen of any size.

use super::*;

/// Things a model, a tool or a person may write.
const WORDS: [&str; 13] = [
    "a",
    "wide 漢字かな",
    "👩‍👩‍👧‍👦 family",
    "e\u{301}",
    "```",
    "# ",
    "\n",
    "- ",
    "| x |",
    "longwordwithoutanyspaceatall_longwordwithoutanyspaceatall",
    "**b",
    "\u{200b}",
    "ｆｕｌｌ",
];

fn words_of_any_width() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(&WORDS[..]), 0..40)
        .prop_map(|it| it.join(" "))
}

fn any_story() -> impl Strategy<Value = Story> {
    let scene = (0_u8..12, 0_u32..6, words_of_any_width());
    (1_usize..40, proptest::collection::vec(scene, 0..40)).prop_map(|(count, scenes)| {
        let mut story = Story::open("漢字 session");
        for number in 0..count {
            let agent = story.cast(&format!("名前{number}"), "röle", "brief 漢字");
            if number % 3 > 0 {
                story.start(agent).turn(agent, 1);
            }
        }
        for (kind, agent, text) in scenes {
            happen(&mut story, kind, AgentId(agent), &text);
        }
        story
    })
}

fn happen(story: &mut Story, kind: u8, agent: AgentId, text: &str) {
    match kind {
        0 => story.say(agent, text),
        1 => story.think(agent, text),
        2 => story.want(agent, 1, text).run(agent, 1),
        3 => story.ran(agent, 1, text.len().is_multiple_of(2), text, &[(text, 3, u32::MAX)]),
        4 => story.ask(agent, 1, specimen::approval(1, text)),
        5 => story.ask(agent, 2, specimen::question(text, &[text, text])),
        6 => story.hold(agent, HoldReason::Budget, text),
        7 => story.redirect(agent, 1, text),
        8 => story.end(agent, Outcome::Failed { why: text.into() }),
        9 => story.end(agent, Outcome::Succeeded { summary: text.into() }),
        10 => story.end_turn(agent, 9),
        _ => story.tell(Event::InstructionsEdited {
            agent,
            version: Version(2),
            text: text.into(),
            by: Author::Director,
        }),
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn f13_any_size_draws_any_stage_without_a_panic(
        story in any_story(), width in 0_u16..300, height in 0_u16..100,
        zoom in proptest::option::of(0_usize..6), focus in 0_u32..42, scroll in 0_usize..99,
    ) {
        let mut desk = desk();
        desk.focus = Some(AgentId(focus));
        desk.sheet = scroll;
        if let Some(tab) = zoom {
            desk.screen = Screen::Zoom;
            desk.tab = Tab::ALL[tab];
            desk.scroll = Scroll::Back(scroll);
            desk.search = Some(Search { text: "a".into(), ..Search::default() });
        }
        shot(&scene(&story, &desk), (width, height));
    }

    #[test]
    fn f13_any_size_draws_any_dialog_without_a_panic(
        width in 0_u16..300, height in 0_u16..100, which in 0_usize..DIALOGS.len(),
        text in words_of_any_width(),
    ) {
        let six = six();
        let mut open = with(|it| it.roles = specimen::roles());
        drop(open.act(DIALOGS[which], &six.stage, six.now()));
        drop(open.paste(&text, &six.stage, six.now()));
        shot(&scene(&six, &open), (width, height));
    }

    #[test]
    fn nothing_in_a_pane_breaks_its_frame(
        story in any_story(), width in 38_u16..200, height in 10_u16..60,
    ) {
        let picture = shot(&scene(&story, &desk()), (width, height));
        let count = story.stage.agents().len();
        let strip = u16::from(height >= 20 && !story.stage.inbox().is_empty());
        let area = Rect::new(0, 1, width, height - 2 - strip);
        let grid = Grid::fit(area, count);
        let is_beside = width >= super::super::WIDE && grid.pages() > 1;
        prop_assume!(!is_beside);
        for pane in grid.panes(area, 0, &crate::ui::desk::Shares::default()).into_iter().filter(|it| it.width > 1 && it.height > 1) {
            for y in pane.top() + 1..pane.bottom() - 1 {
                for x in [pane.left(), pane.right() - 1] {
                    let symbol = picture[(x, y)].symbol();
                    prop_assert!(["│", "┃"].contains(&symbol), "{symbol:?} at {x},{y}");
                }
            }
        }
    }
}
