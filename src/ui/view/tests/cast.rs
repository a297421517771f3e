//! The cast on its screen.

use super::*;
use crate::{
    casting::{Evidence, Terms, Track},
    ui::desk::RoleOffer,
};

/// A cast with one of each kind: ready, a program, and one that can't be cast.
fn roles() -> Vec<RoleOffer> {
    let mut roles = specimen::roles();
    let coder = &mut roles[0];
    coder.strengths = vec!["code".into(), "debugging".into()];
    coder.terms =
        Terms { price: Some((Money::cents(300), Money::cents(1500))), window: Some(200_000) };
    coder.confinement = "the best sandbox there is here; reaches no other machine".into();
    coder.origin = "/home/ada/.config/auteur/cast.toml:3, over the program itself".into();
    coder.casting = Casting {
        provider: "anthropic".into(),
        model: "claude-sonnet-4-5".into(),
        tools: ["shell", "read", "write", "edit"].map(str::to_owned).into(),
        permissions: "edit".into(),
        ground: Ground::Worktree,
        max_turns: Some(50),
        instructions: "You change **code** and prove that it works.\n\n1. Find out.\n2. Change.\n\
                       3. Prove."
            .into(),
        ..coder.casting.clone()
    };
    let reviewer = &mut roles[1];
    reviewer.about = "2.0.14, signed in (~/.claude)".into();
    reviewer.casting = Casting {
        engine: EngineKind::Claude,
        provider: "claude".into(),
        model: String::new(),
        capabilities: Capabilities::of(EngineKind::Claude),
        ..reviewer.casting.clone()
    };
    roles
}

fn on_cast(change: impl FnOnce(&mut Desk)) -> Desk {
    with(|it| {
        it.roles = roles();
        it.screen = Screen::Cast;
        change(it);
    })
}

#[test]
fn the_cast_at_every_size() {
    let six = six();
    let desk = on_cast(|_| {});
    for (width, height) in [(20, 5), (60, 20), (80, 24), (120, 35), (200, 60)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("cast-{width}x{height}"), &picture);
    }
}

#[test]
fn a_role_that_can_not_be_cast_says_why_to_its_end() {
    let six = six();
    let desk = on_cast(|it| it.cast.marked = "researcher".into());
    for size in [(80, 24), (120, 35)] {
        let picture = words(&shot(&scene(&six, &desk), size));
        assert!(picture.contains("ANTHROPIC_API_KEY is not set"), "{picture}");
        assert!(picture.contains("○ researcher"), "{picture}");
        assert!(picture.contains("3 roles, 2 can be cast now"), "{picture}");
    }
}

#[test]
fn what_a_role_says_scrolls_and_what_is_hidden_is_counted() {
    let six = six();
    let mut desk = on_cast(|_| {});
    let first = words(&shot(&scene(&six, &desk), (80, 14)));
    assert!(first.contains("more lines"), "{first}");
    desk.cast.scroll = 400;
    let last = words(&shot(&scene(&six, &desk), (80, 14)));
    assert!(last.contains("Prove.") && last.contains("earlier lines"), "{last}");
}

#[test]
fn a_filter_says_how_many_of_the_roles_it_leaves() {
    let six = six();
    let desk = on_cast(|it| it.cast.filter = "nobody".into());
    let picture = words(&shot(&scene(&six, &desk), (100, 24)));
    assert!(picture.contains("No role fits \"nobody\"."), "{picture}");
    assert!(picture.contains("\"nobody\": 0 of 3 roles"), "{picture}");
}

#[test]
fn the_header_names_the_screens_and_a_click_on_one_goes_there() {
    let six = six();
    let desk = on_cast(|_| {});
    let mut terminal = Terminal::new(TestBackend::new(120, 24)).unwrap();
    let mut hits = Hits::default();
    terminal.draw(|frame| hits = draw(frame, &scene(&six, &desk))).unwrap();
    let header = words(terminal.backend().buffer()).lines().next().unwrap().to_owned();
    assert!(header.starts_with(" Stage  Cast "), "{header}");
    let (_, hit) = hits.at(2, 0).unwrap();
    assert_eq!(hit, super::super::Hit::Screen(Screen::Stage));
    let narrow = words(&shot(&scene(&six, &desk), (80, 24)));
    assert!(narrow.starts_with(" Cast ") && !narrow.contains(" Stage "), "{narrow}");
}

/// The evidence that a role has after a while.
fn evidence() -> Vec<Evidence> {
    let track = Track {
        succeeded: 7,
        failed: 1,
        taken: 5,
        cost: Some(Money::cents(328)).into(),
        worked: Millis(8 * 190_000),
        turns: 48,
        directions: 4,
        ..Track::default()
    };
    vec![
        Evidence::Named,
        Evidence::Strengths(vec!["code".into(), "debugging".into()]),
        Evidence::Track(track),
        Evidence::Price(Money::cents(300), Money::cents(1500)),
    ]
}

#[test]
fn why_a_role_stands_where_it_does_is_told_and_no_bare_number() {
    let six = six();
    let desk = on_cast(|it| {
        it.roles[0].evidence = evidence();
        it.cast.brief = "debug the parser's code".into();
        let roles = it.roles.clone();
        it.rank_cast_as(roles);
    });
    let picture = shot(&scene(&six, &desk), (120, 35));
    keep("cast-ranked-120x35", &picture);
    let picture = words(&picture);
    for told in [
        "for: debug the parser's code",
        "good at code, debugging",
        "7 of 8 done here, 1 failed; each $0.41, 3:10, 6 turns,",
        "0.5 directions",
        "5 taken over",
    ] {
        assert!(picture.contains(told), "{told}: {picture}");
    }
}

#[test]
fn the_form_says_which_role_fits_best_and_the_key_that_takes_it() {
    let six = six();
    let desk = with(|it| {
        it.roles = roles();
        drop(it.act(Act::NewAgent, &six.stage, six.now()));
        let Some(Dialog::NewAgent(form)) = &mut it.dialog else { panic!("no form") };
        form.brief.insert_str("debug it");
        form.roles[0].evidence = evidence();
        form.selected = 1;
    });
    let picture = words(&shot(&scene(&six, &desk), (120, 35)));
    assert!(picture.contains("Best fit  coder (Ctrl+R): the brief names it"), "{picture}");
    assert!(picture.contains("7 of 8 done here"), "{picture}");
}

#[test]
fn a_role_being_edited_says_what_is_wrong_with_it() {
    let six = six();
    let desk = on_cast(|it| {
        it.roles[0].text =
            "model = \"able\"\nbudget = \"2.00\"\ninstructions = \"\"\"\nYou change \
                            code.\n\"\"\"\n"
                .into();
        drop(it.act(Act::EditRole, &six.stage, six.now()));
        let Some(Dialog::Role(form)) = &mut it.dialog else { panic!("nothing is edited") };
        form.fault = Some("the role's text:2:10: expected an amount of dollars".into());
    });
    for (width, height) in [(80, 24), (120, 35)] {
        let picture = shot(&scene(&six, &desk), (width, height));
        keep(&format!("role-{width}x{height}"), &picture);
        assert!(words(&picture).contains("the role's text:2:10: expected"), "{width}");
    }
}
