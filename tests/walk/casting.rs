//! The cast on its screen, as a person sees it.

use crate::{house::House, terminal::*};

const LOOKS: &str = r#"
[[part]]
name = "looks"
brief = "look"

[[part.turn]]
say = "I have looked."
"#;

#[test]
fn an_agent_is_cast_from_the_cast_and_seen_on_the_stage() {
    let house = House::open(LOOKS);
    let mut terminal = house.start_in((120, 35), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("C", "can be cast now");
    terminal.until_shown("config/auteur/cast.toml");
    terminal.press("/");
    terminal.press("Asks before");
    terminal.until_shown("1 of ");
    terminal.press(ENTER);
    terminal.until_shown("ask: whatever changes something is asked for first");
    terminal.press_for(ENTER, "New agent");
    terminal.press("look");
    terminal.until_shown("look");
    terminal.press("\x13");
    terminal.until_shown("asker done");
    terminal.until_shown("I have looked.");
    assert_eq!(house.asked().len(), 1);
    terminal.press_for("C", "1 of ");
    terminal.press_for(ESC, "roles, ");
    terminal.press_for(ESC, "asker done");
    terminal.press("q");
    assert!(terminal.until_ended().success());
}

#[test]
fn what_a_role_did_in_a_former_session_is_told_and_counts_for_a_brief() {
    let house = House::open(LOOKS);
    for _ in 0..3 {
        let said = house.say(&["run", "asker", "look", "--headless"]);
        assert!(said.contains("I have looked."), "{said}");
    }
    let mut terminal = house.start_in((120, 35), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("C", "can be cast now");
    terminal.press_for("b", "Who fits this brief?");
    terminal.press("look into it");
    terminal.until_shown("look into it");
    terminal.press_for(ENTER, "for: look into it");
    // What is known of former sessions comes when it has been read.
    terminal.until_shown("3 of 3 done here");
    terminal.until_shown("▸   asker");
    terminal.press_for(ENTER, "New agent");
    terminal.press(SAVE);
    terminal.until_shown("asker done");
    assert_eq!(house.asked().len(), 4);
}

#[test]
fn a_role_is_changed_from_the_cast_with_its_comments_and_the_next_agent_has_it() {
    let house = House::open(LOOKS);
    let file = house.at("config/auteur/cast.toml");
    let before = std::fs::read_to_string(&file).unwrap();
    let before = before.replace("\"Ask well.\"", "\"Ask well.\" # I mean it");
    std::fs::write(&file, &before).unwrap();
    let mut terminal = house.start_in((120, 40), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("C", "can be cast now");
    terminal.press_for("/", "Filter the cast");
    terminal.press("Asks before");
    terminal.until_shown("1 of ");
    terminal.press(ENTER);
    terminal.press_for("e", "The role asker");
    terminal.press("budgt = \"1\"\r");
    terminal.press_for(SAVE, "did you mean `budget`?");
    terminal.press("\x1b[A\x1b[F\x7f\x7f\x7f\x7f\x7f\x7f\x7f");
    terminal.press("et = \"0.75\"");
    terminal.until_shown("budget = \"0.75\"");
    terminal.press_for(SAVE, "Write asker?");
    terminal.until_shown("+ budget = \"0.75\"");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before, "nothing before it is shown");
    terminal.press_for(ENTER, "asker is written");
    terminal.until_shown("$0.75");
    let after = std::fs::read_to_string(&file).unwrap();
    assert!(after.contains("# I mean it") && after.contains("budget = \"0.75\""), "{after}");
    terminal.press_for(ENTER, "New agent");
    terminal.press("look");
    terminal.press(SAVE);
    terminal.until_shown("asker done");
    terminal.press_for(ENTER, "of $0.75");
}

const PARTS: &str = r#"
[[part]]
name = "judge"
brief = "Several agents were given the same brief"

[part.takes]
zealots = '(?s)## zealot.*?`git diff (\w+ \w+)`'

[[part.turn]]
say = "I look at what one of them did."
calls = [{ tool = "shell", with = { command = "git diff {zealots}" } }]

[[part.turn]]
say = "I have seen enough."
[[part.turn.calls]]
tool = "report"
with.summary = "The worker is right."
with.result.best = "worker"
with.result.scores = [
    { role = "worker", points = 9, why = "It is there." },
    { role = "zealot", points = 4.5, why = "Too much: {last_result}" },
    { role = "idler", points = 0, why = "Nothing is there." },
]

[[part.turn]]
say = "I have judged."

[[part]]
name = "idle"
instructions = "You are idle"

[[part.turn]]
say = "I would rather not."

[[part]]
name = "overdo"
instructions = "You overdo"

[[part.turn]]
say = "I write a lot."
calls = [{ tool = "shell", with = { command = "seq 3 > mine.txt; echo more > more.txt" } }]

[[part.turn]]
say = "Done and overdone."

[[part]]
name = "work"
brief = "work"

[[part.turn]]
say = "I write."
calls = [{ tool = "shell", with = { command = "echo mine > mine.txt" } }]

[[part.turn]]
say = "Done and done."
"#;

#[test]
fn three_roles_audition_are_checked_and_judged_and_the_work_of_one_is_kept() {
    let house = crate::trees::with_repository(PARTS);
    let file = house.at("config/auteur/cast.toml");
    let cast = std::fs::read_to_string(&file).unwrap();
    let worker = cast.split("\n[cast.asker]").next().unwrap();
    let other = |name: &str, how: &str| {
        let text = worker.replace("cast.worker", &format!("cast.{name}"));
        text.replace("Works", "Works as well").replace("Work well.", how)
    };
    let (zealot, idler) = (other("zealot", "You overdo it."), other("idler", "You are idle."));
    std::fs::write(&file, format!("{cast}\n{zealot}\n{idler}")).unwrap();
    let mut terminal = house.start_in((140, 40), &[]);
    terminal.until_shown("Nobody is on stage yet.");
    terminal.press_for("C", "can be cast now");
    terminal.press_for("/", "Filter the cast");
    terminal.press("Works");
    terminal.until_shown("3 of ");
    terminal.press(ENTER);
    terminal.press_for(" ", "1 role chosen");
    terminal.press("j");
    terminal.press_for(" ", "2 roles chosen for an audition");
    terminal.press("j");
    terminal.press_for(" ", "3 roles chosen for an audition");
    terminal.press_for(ENTER, "one brief to all of these");
    terminal.press("work");
    terminal.press("\t");
    terminal.press("test -e mine.txt; test ! -e more.txt");
    terminal.press("\t");
    terminal.press("worker");
    terminal.until_shown("> worker");
    terminal.press(SAVE);
    terminal.until_shown("zealot done");
    terminal.press_for("T", "Audition: work");
    // The judge has looked into the other's folder, and says what it saw.
    terminal.until_shown("best 9");
    for words in ["2/2", "1/2", "0/2", "4.5", "mine.txt"] {
        terminal.until_shown(words);
    }
    terminal.press_for("j", "9 of 10 points, the best of them");
    terminal.press_for("j", "4.5 of 10 points: Too much");
    terminal.until_shown("+more");
    terminal.press_for("k", "9 of 10 points, the best of them");
    // What two of them made stands side by side; the one without a file of its own says so.
    terminal.press_for("d", "] another");
    terminal.until_shown("not changed here");
    terminal.until_shown("+ more");
    assert_eq!(terminal.screen.text().matches("mine.txt").count(), 2);
    terminal.press_for("]", "It has changed nothing.");
    terminal.press_for("[", "not changed here");
    terminal.press(TAB);
    terminal.until_gone("▸ worker");
    terminal.press_for(TAB, "▸ worker");
    terminal.press_for("\x1b", "9 of 10 points, the best of them");
    terminal.press_for("X", "throw away the others' work");
    terminal.until_shown("branches of idler, zealot");
    terminal.press("worker");
    terminal.press(ENTER);
    terminal.until_shown("thrown away");
    let branches = ["for-each-ref", "--format=%(refname)", "refs/heads/auteur"];
    crate::house::wait("the others' branches are gone", || {
        let left = crate::trees::git(&house.project(), &branches);
        !left.contains("zealot") && !left.contains("idler") && left.contains("worker")
    });
}
