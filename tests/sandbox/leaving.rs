//! Commands that are let out of their sandbox, and those that would need it.

use super::house::{House, both, call, end};
use auteur::{model::Network, tools::guard::Quota};

#[tokio::test]
async fn who_is_let_out_writes_outside_and_is_held_to_its_limits_still() {
    for by in both() {
        let mut house = House::new(&by);
        house.restraint.bounds.network = Network::Hosts(vec!["example.org".to_owned()]);
        house.restraint.quota = Quota { open_files: Some(97), ..Quota::default() };
        let command = "ulimit -n; echo proxy:$HTTPS_PROXY; printf dead > $out/canary";
        let inside = end(house.toolbox().start(call(command, None))).await;
        assert!(!inside.ok && inside.text.starts_with("97\n"), "{by:?}: {}", inside.text);
        assert_eq!(house.canary(), "alive");
        let outside = end(house.toolbox().start(call(command, Some("to write there")))).await;
        assert_eq!(outside.text, "97\nproxy:\n[exit 0]", "{by:?}");
        assert_eq!(house.canary(), "dead");
    }
}

#[tokio::test]
async fn one_that_its_sandbox_made_fail_is_told_of_the_way_out() {
    for by in both() {
        let house = House::new(&by);
        for complaint in ["Read-only file system", "curl: (6) Could not resolve host: a.example"] {
            let ended = house.run(&format!("echo '{complaint}'; exit 6")).await;
            assert!(ended.text.contains("`outside`"), "{by:?}: {}", ended.text);
            let ended = house.run(&format!("echo '{complaint}'")).await;
            assert!(!ended.text.contains("`outside`"), "{by:?}: {}", ended.text);
        }
    }
}
