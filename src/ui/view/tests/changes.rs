//! What an agent changed.

use super::*;

/// A patch with all that one can hold.
pub(super) const PATCH: &str = include_str!("../changes.patch");

pub(super) static GRAMMARS: LazyLock<Grammars> = LazyLock::new(Grammars::load);

/// A desk that looks at what smith changed in its worktree.
fn changes(story: &mut Story, change: impl FnOnce(&mut Desk)) -> Desk {
    let smith = AgentId(2);
    let tree = Tree {
        ground: Ground::Worktree,
        store: "/home/ada/parser/.git".into(),
        branch: "auteur/smith".into(),
        base: "c0".into(),
        kept: "refs/auteur/smith".into(),
        ..Tree::default()
    };
    story.tell(Event::WorkspaceMade { agent: smith, tree: Box::new(tree) });
    for turn in 0..4 {
        let (commit, files) = (format!("c{turn}"), Vec::new());
        story.tell(Event::Checkpointed {
            agent: smith,
            turn: Turn(turn),
            commit,
            files,
            more: 0,
            in_all: None,
        });
    }
    let mut desk = with(|it| {
        it.screen = Screen::Zoom;
        it.focus = Some(smith);
        it.tab = Tab::Changes;
    });
    change(&mut desk);
    assert_eq!(desk.note_look(&story.stage), None);
    let wish = desk.diff_wish(&story.stage).unwrap();
    let mut patch = Patch::read(PATCH.as_bytes());
    GRAMMARS.colour(&mut patch);
    desk.take_diff(Diffed { wish, outcome: Ok(patch), is_last: true });
    desk
}

#[test]
fn changes_at_every_size() {
    let mut six = six();
    let desk = changes(&mut six, |_| {});
    for (width, height) in [(80, 24), (120, 35), (200, 60)] {
        keep(&format!("changes-{width}x{height}"), &shot(&scene(&six, &desk), (width, height)));
    }
}

#[test]
fn the_line_that_the_keys_are_on_is_in_sight() {
    let mut six = six();
    let mut desk = changes(&mut six, |_| {});
    let rows = desk.changes.sheet.as_ref().unwrap().rows.len();
    for place in 0..rows {
        desk.changes.place = place;
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let mut hits = Hits::default();
        let scene = scene(&six, &desk);
        terminal.draw(|frame| hits = draw(frame, &scene)).unwrap();
        let picture = words(terminal.backend().buffer());
        assert!(picture.contains('▌'), "row {place}:\n{picture}");
        desk.changes.top = hits.shown.top;
    }
}

#[test]
fn a_changed_line_is_told_by_its_sign_where_there_are_no_colours() {
    let mut six = six();
    let desk = changes(&mut six, |_| {});
    let bare = Theme::builtin("night").unwrap().at(Depth::Mono);
    let scene = Scene { theme: &bare, ..scene(&six, &desk) };
    let picture = shot(&scene, (100, 31));
    assert!(words(&picture).contains("+ pub fn parse_number"), "{}", words(&picture));
    assert!(picture.content.iter().all(|it| it.fg == Color::Reset && it.bg == Color::Reset));
}

#[test]
fn where_nothing_has_changed_it_is_said_since_when() {
    let mut six = six();
    let mut desk = changes(&mut six, |_| {});
    let now = six.stage.now();
    assert!(words(&shot(&scene(&six, &desk), (100, 30))).contains("files +"));
    desk.changes.span = crate::ui::desk::Span::Mark(now);
    let picture = words(&shot(&scene(&six, &desk), (100, 30)));
    assert!(
        picture.contains(&format!("Nothing has changed since the mark at {now}.")),
        "{picture}"
    );
    assert!(!picture.contains("files +"), "nothing is counted of what is not shown: {picture}");
    // In a replay that was wound back to before it.
    let later = now.plus(Millis(5000));
    desk.changes.span = crate::ui::desk::Span::Mark(later);
    let picture = words(&shot(&scene(&six, &desk), (100, 30)));
    let told = format!("The mark at {later} is still to come: this is before it.");
    assert!(picture.contains(&told), "{picture}");
}
