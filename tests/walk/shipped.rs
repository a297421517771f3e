//! The scripts that come along, played to their ends by a rehearsed cast: what one hands
//! over is what the next one finds.

use crate::{house::House, trees::with_repository};
use std::fs;

/// A machine with a repository, on which every role has the same model.
fn house(rehearsal: &str) -> House {
    let house = with_repository(rehearsal);
    let tiers = ["strongest", "able", "quick"].map(|it| format!("{it} = [\"rehearsal/any\"]\n"));
    let settings = format!("{}\n[models.tiers]\n{}", house.settings(), tiers.concat());
    house.configure(&settings);
    house
}

/// An implementer who needs three attempts, a tester who looks, and a reviewer.
const FEATURE: &str = r#"
[[part]]
name = "strategist"
brief = "^Plan this change"
[[part.turn]]
calls = [{ tool = "report", with = { summary = "a plan", result = { goal = "add", steps = ["write add.sh"], files = ["add.sh"], risks = [] } } }]
[[part.turn]]
say = "Planned."

[[part]]
name = "implementer"
brief = "This is the plan that somebody made"
[[part.turn]]
calls = [{ tool = "write", with = { path = "add.sh", content = "echo 12\n" } }]
[[part.turn]]
label = "hand in"
calls = [{ tool = "report", with = { summary = "made", result = { changed = ["add.sh"], summary = "it adds" } } }]
[[part.turn]]
say = "Made."
[[part.turn]]
label = "cheat"
calls = [{ tool = "write", with = { path = "add.sh", content = "echo 3\n" } }]
then = "hand in"
[[part.turn]]
label = "mend"
calls = [{ tool = "write", with = { path = "add.sh", content = "echo $(($1 + $2))\n" } }]
then = "hand in"
[[part.when]]
redirect = "2 and 2 make 3"
go = "mend"
[[part.when]]
redirect = "not accepted yet"
go = "cheat"

[[part]]
name = "tester"
brief = "^Try to break what was built"
[[part.turn]]
label = "look"
calls = [{ tool = "read", with = { path = "add.sh" } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "it holds", result = { verdict = "holds", findings = [] } } }]
[[part.turn]]
label = "said"
say = "Tried."
[[part.turn]]
label = "broken"
calls = [{ tool = "report", with = { summary = "2 and 2 make 3", result = { verdict = "broken", findings = ["2 and 2 make 3"] } } }]
then = "said"
[[part.when]]
result = "echo 3"
go = "broken"
[[part.when]]
redirect = "not accepted yet"
go = "look"

[[part]]
name = "reviewer"
brief = "^Review the change"
[[part.turn]]
calls = [{ tool = "read", with = { path = "add.sh" } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "accepted", result = { verdict = "accept", findings = [] } } }]
[[part.turn]]
say = "Reviewed."
"#;

#[test]
fn a_feature_goes_round_until_its_tests_pass_and_its_tester_is_content() {
    let house = house(FEATURE);
    let goal = ["--set", "goal=add.sh adds", "--set", "test=test \"$(sh add.sh 1 2)\" = 3"];
    let said = house.say(&[&["run", "feature", "--headless"][..], &goal].concat());
    assert!(said.contains("feature: done"), "{said}");
    assert!(said.contains("back to implement"), "{said}");
    let asked = house.asked();
    // What the reviewer reads is what the implementer made last.
    let last = asked.last().unwrap();
    assert!(last.last_result.contains("echo $(($1 + $2))"), "{}", last.last_result);
    let told = asked.iter().filter(|it| it.last_result.contains("echo 3")).count();
    assert_eq!(told, 1, "the tester sees what was wrong once");
}

/// Reviewers who each find something, and one who puts it together.
const REVIEW: &str = r#"
[[part]]
name = "verdict"
brief = "^Give one verdict"
[part.takes]
found = '"what": "([^"]*)"'
[[part.turn]]
calls = [{ tool = "report", with = { summary = "a verdict", result = { verdict = "reject", reason = "there is something", findings = "{found...}" } } }]
[[part.turn]]
say = "That is the verdict: {found}."

[[part]]
name = "look"
brief = "(?s)^Review .*Look for one thing only"
[part.takes]
angle = 'others look for the rest:\s+(\S.*)'
[[part.turn]]
calls = [{ tool = "report", with = { summary = "looked", result = { findings = [{ file = "a", what = "not {angle}", weight = "blocker" }] } } }]
[[part.turn]]
say = "Looked."
"#;

#[test]
fn a_review_puts_together_what_each_reviewer_found() {
    let house = house(REVIEW);
    let angles = "angles=[\"fast\", \"safe\", \"short\"]";
    let said = house.say(&["run", "review", "--headless", "--set", angles]);
    assert!(said.contains("review: look has 3 parts"), "{said}");
    assert!(said.contains("review: done"), "{said}");
    let journal = fs::read_to_string(house.journal()).unwrap();
    let all = r#""findings":["not fast","not safe","not short"]"#;
    assert!(journal.contains(all), "{said}");
}

/// Someone lists, someone writes, someone does what is written.
const DOCS: &str = r#"
[[part]]
name = "extractor"
brief = "^List what documentation"
[[part.turn]]
calls = [{ tool = "report", with = { summary = "one thing", result = { things = [{ name = "hello", does = "greets", where = "hello.sh:1", covered = false }] } } }]
[[part.turn]]
say = "Listed."

[[part]]
name = "documenter"
brief = "^Document this"
[part.takes]
name = '"name": "([^"]*)"'
does = '"does": "([^"]*)"'
[[part.turn]]
calls = [{ tool = "write", with = { path = "MANUAL.md", content = "{name}: it {does}.\n" } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "written", result = { files = ["MANUAL.md"] } } }]
[[part.turn]]
say = "Written."

[[part]]
name = "tester"
brief = "^Read this documentation"
[part.takes]
file = '"(\S+\.md)"'
text = '(hello: it greets\.)'
[[part.turn]]
calls = [{ tool = "read", with = { path = "{file}" } }]
[[part.turn]]
calls = [{ tool = "report", with = { summary = "true", result = { verdict = "true", findings = ["{text}"] } } }]
[[part.turn]]
say = "Tried."
"#;

#[test]
fn documentation_is_made_from_the_code_and_tried_by_somebody_else() {
    let house = house(DOCS);
    let said = house.say(&["run", "docs", "--headless"]);
    assert!(said.contains("docs: done"), "{said}");
    let journal = fs::read_to_string(house.journal()).unwrap();
    assert!(journal.contains(r#""findings":["hello: it greets."]"#), "{said}");
}
