//! The laws of any play: chance makes the graph, and what becomes of its parts.

use super::*;

fn a_step(at: usize) -> impl Strategy<Value = Step> {
    let needs = prop::collection::vec(any::<bool>(), at);
    let work = prop_oneof![
        Just(Work::Nothing),
        Just(Work::Agent { role: "hand".into(), brief: "do {{ attempt }}".into() }),
        Just(Work::Command { run: "true".into() }),
    ];
    let for_each = prop::option::weighted(0.3, Just(ForEach::List("[1, 2, 3]".into())));
    let on_failure = prop_oneof![
        Just(OnFailure::Stop),
        Just(OnFailure::Continue),
        Just(OnFailure::Ask),
        Just(OnFailure::Step(format!("s{}", at + 1))),
    ];
    let limits = (1..3_u32, prop::option::of(1..3_u32), any::<bool>(), 0..3_u64);
    (needs, work, for_each, on_failure, limits, 0..8_u8).prop_map(
        move |(needs, work, for_each, on_failure, (attempts, most, gate, wait), kind)| Step {
            name: format!("s{at}"),
            needs: (0..at).filter(|it| needs[*it]).map(|it| format!("s{it}")).collect(),
            output: matches!(work, Work::Agent { .. })
                .then(|| Box::new(json!({ "type": "object" }))),
            work,
            for_each,
            on_failure,
            max_parallel: most,
            gate: gate && kind < 2,
            when: (kind == 2).then(|| "false".to_owned()),
            repeat: (kind == 3).then(|| Repeat {
                until: vec![crate::model::script::Check::Holds("round > 1".into())],
                most: 2,
            }),
            timeout: (kind == 4).then_some(Millis(50)),
            retry: Retry { attempts, backoff: Millis(wait * 10), on: Vec::new() },
            ..Step::default()
        },
    )
}

pub(super) fn a_script() -> impl Strategy<Value = Script> {
    let steps = (1..7_usize).prop_flat_map(|most| (0..most).map(a_step).collect::<Vec<_>>());
    (steps, prop::option::of(1..4_u32)).prop_map(|(mut steps, max_parallel)| {
        let count = steps.len();
        for (at, step) in steps.iter_mut().enumerate() {
            // The last has none after it; one is done instead of one other alone.
            if at + 1 == count || step.for_each.is_some() {
                step.on_failure = OnFailure::Stop;
            }
        }
        let roles = BTreeMap::from([("hand".to_owned(), Casting::default())]);
        Script { name: "any".into(), steps, max_parallel, roles, ..Script::default() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_becomes_of_its_parts_a_play_keeps_its_laws_and_ends(
        script in a_script(),
        chance in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        prop_assert!(world.come_to_an_end(), "it goes on for ever");
        world.check_end();
    }

    #[test]
    fn what_is_mended_after_the_end_goes_on_keeps_the_laws_and_ends_again(
        script in a_script(),
        chance in prop::collection::vec(any::<u8>(), 0..200),
        times in 1..4_usize,
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        for _ in 0..times {
            prop_assert!(world.come_to_an_end(), "it goes on for ever");
            world.mend();
        }
        prop_assert!(world.come_to_an_end(), "it goes on for ever");
        world.check_end();
    }

    #[test]
    fn a_later_run_goes_on_from_any_fact_as_this_one_did(
        script in a_script(),
        chance in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut world = World::new(chance);
        world.begin(script);
        while world.happen() {}
        world.mend();
        while world.happen() {}
        world.check_later_runs();
    }
}
