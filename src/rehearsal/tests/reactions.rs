//! How a part goes on, goes round, and turns when it is told to.

use super::{Talk, serve};
use crate::rehearsal::Rehearsal;

const ROUND: &str = r#"
[[part]]
name = "tidier"
model = "m"

[[part.turn]]
label = "circle"
say = "Round and round."
calls = [{ tool = "shell", with = { command = "ls" } }]

[[part.turn]]
say = "And again."
calls = [{ tool = "shell", with = { command = "ls docs" } }]
then = "circle"

[[part.turn]]
label = "told"
say = "Right: only {1}."
calls = [{ tool = "shell", with = { command = "cat {1}" } }]

[[part.turn]]
say = "Done."

[[part.turn]]
label = "edited"
say = "My instructions changed, so I stop."

[[part.turn]]
label = "failed"
say = "It failed; once more."
calls = [{ tool = "shell", with = { command = "mend" } }]
then = "back"

[[part.turn]]
label = "denied"
say = "Then not."

[[part.when]]
redirect = "only (\\S+)"
go = "told"

[[part.when]]
instructions = "(?i)stop"
go = "edited"

[[part.when]]
result = "FAIL"
go = "failed"
times = 1

[[part.when]]
denied = true
go = "denied"
"#;

/// The example explains every key, so it must be read as it stands.
#[tokio::test]
async fn the_example_plays() {
    let example = include_str!("../../../assets/rehearsals/example.toml");
    let server = serve(example);
    let mut talk = Talk::new(&server, "rehearsal-example", "Make the tests pass");
    let mut said = words(&mut talk, &["3 passed, 1 failed", "ok"]).await;
    assert_eq!(talk.send().await.status(), 529);
    said.extend(words(&mut talk, &["4 passed"]).await);
    let mended = "Line 12 it is. I mend that first.";
    let [first, second, third] = [&said[0], &said[1], &said[2]];
    assert!(first.starts_with("You asked: Make the tests pass"), "{first}");
    assert_eq!([second.as_str(), third], [mended, "Once more, to be sure."]);
    let keys = [
        "name",
        "model",
        "instructions",
        "brief",
        "adaptable",
        "pace",
        "rate",
        "first",
        "label",
        "think",
        "say",
        "calls",
        "tool",
        "with",
        "usage",
        "input",
        "cache_read",
        "cache_write",
        "output",
        "fault",
        "stop",
        "then",
        "repeat",
        "redirect",
        "result",
        "denied",
        "at",
        "go",
        "times",
    ];
    for key in keys {
        assert!(example.contains(&format!("{key} =")), "{key} is not explained");
    }
}

async fn words(talk: &mut Talk, results: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for result in results {
        words.push(talk.turn(result).await.0);
    }
    words
}

#[tokio::test]
async fn a_part_goes_round_until_it_is_redirected() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    let round = words(&mut talk, &["ok"; 5]).await;
    let [a, b] = ["Round and round.", "And again."];
    assert_eq!(round, [a, b, a, b, a]);
    talk.say("stick to only ledger.sh please");
    let (said, calls) = talk.turn("ok").await;
    assert_eq!(said, "Right: only ledger.sh.");
    assert_eq!(calls, [serde_json::json!({ "command": "cat ledger.sh" })]);
    assert_eq!(words(&mut talk, &["ok"]).await, ["Done."]);
}

#[tokio::test]
async fn a_redirect_that_nobody_wrote_for_is_understood_and_the_work_goes_on() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    talk.turn("ok").await;
    talk.say("be quick");
    assert_eq!(words(&mut talk, &["ok"]).await, ["Understood: be quick\n\nAnd again."]);
    assert_eq!(words(&mut talk, &["ok"]).await, ["Round and round."]);
}

#[tokio::test]
async fn changed_instructions_are_answered_once_and_remembered_in_the_words() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    talk.turn("ok").await;
    talk.instructions = "Stop at once.".to_owned();
    assert_eq!(words(&mut talk, &["ok"]).await, ["My instructions changed, so I stop."]);
    // Another server knows only what the conversation says.
    let other = serve(ROUND);
    talk.base = other.url();
    talk.say("and now?");
    let said = words(&mut talk, &["ok"]).await;
    let over = "Understood: and now?\n\nMy part is over; there is nothing left for me to do.";
    assert_eq!(said, [over]);
}

#[tokio::test]
async fn a_retry_of_the_same_turn_gets_the_same_answer() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    talk.turn("ok").await;
    talk.instructions = "Stop at once.".to_owned();
    let first = talk.send().await.status();
    assert_eq!(first, 200);
    assert_eq!(words(&mut talk, &["ok"]).await, ["My instructions changed, so I stop."]);
}

#[tokio::test]
async fn a_failed_result_is_mended_and_the_work_taken_up_again() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    let said = words(&mut talk, &["FAIL", "FAIL", "ok"]).await;
    assert_eq!(said, ["Round and round.", "It failed; once more.", "And again."]);
}

#[tokio::test]
async fn a_denied_call_is_reacted_to_and_an_interrupted_one_made_again() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    let said = words(&mut talk, &["Interrupted by the director", "The director denied this", ""]);
    assert_eq!(said.await, ["Round and round.", "Round and round.", "Then not."]);
}

#[tokio::test]
async fn words_that_nobody_wrote_for_do_not_hide_a_denial() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    talk.turn("The director denied this: read my message").await;
    talk.say("be quick");
    assert_eq!(words(&mut talk, &["ok"]).await, ["Understood: be quick\n\nThen not."]);
}

#[tokio::test]
async fn an_answer_cut_short_before_its_calls_is_given_again() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    talk.messages.push(serde_json::json!({ "role": "assistant", "content": "Round an" }));
    talk.say("go on");
    let (said, calls) = talk.turn("ok").await;
    assert_eq!((said.as_str(), calls.len()), ("Understood: go on\n\nRound and round.", 1));
}

#[tokio::test]
async fn a_turn_is_repeated_as_often_as_it_says() {
    let server = serve(
        r#"
        [[part]]
        name = "p"
        [[part.turn]]
        say = "{turn}"
        calls = [{ tool = "shell" }]
        repeat = 3
        [[part.turn]]
        say = "end {turn}"
        "#,
    );
    let mut talk = Talk::new(&server, "m", "go");
    assert_eq!(words(&mut talk, &["ok"; 4]).await, ["1", "2", "3", "end 4"]);
}

#[tokio::test]
async fn a_conversation_shortened_to_its_summary_goes_on_where_it_was() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", "tidy");
    talk.turn("ok").await;
    talk.say("Write a summary of your work so far, and call no tool.");
    let (summary, calls) = talk.turn("").await;
    assert!(calls.is_empty() && summary.contains("Said last: Round and round."), "{summary}");
    talk.messages.truncate(1);
    talk.messages[0] = serde_json::json!({ "role": "user", "content": format!("tidy\n{summary}") });
    assert_eq!(words(&mut talk, &["ok"; 2]).await, ["And again.", "Round and round."]);
}

#[tokio::test]
async fn any_brief_works_without_a_part() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "some-vendors-model", "What is this?");
    let (_, calls) = talk.turn("README.md").await;
    assert_eq!(calls, [serde_json::json!({ "path": "." })]);
    // No `glob` on offer: that turn is left out.
    let (said, calls) = talk.turn("").await;
    assert!(said.contains("Your brief was: What is this?") && said.contains("README.md"));
    assert!(calls.is_empty());
}

#[tokio::test]
async fn cache_reads_grow_with_the_conversation() {
    let server = serve(ROUND);
    let mut talk = Talk::new(&server, "m", &"brief ".repeat(2000));
    let mut reads = Vec::new();
    for _ in 0..3 {
        let mut body = talk.body(false);
        body["system"] = serde_json::json!([
            { "type": "text", "text": "s", "cache_control": { "type": "ephemeral" } },
        ]);
        let url = format!("{}/v1/messages", talk.base);
        let answer = super::post(&url, &body).await.expect("an answer");
        let answer: serde_json::Value = answer.json().await.expect("json");
        reads.push(answer["usage"]["cache_read_input_tokens"].as_u64());
        talk.turn(&"result ".repeat(500)).await;
    }
    assert!(reads[0] == Some(0) && reads[1] > Some(2900) && reads[2] > reads[1], "{reads:?}");
}

#[test]
fn every_mistake_in_a_file_has_its_line_and_its_mend() {
    let turn = "[[part]]\nname = \"p\"\n[[part.turn]]\nlabel = \"a\"\n";
    let wrong = |text: &str| {
        let error = Rehearsal::parse("r.toml", text).expect_err(text);
        (error.line, error.to_string())
    };
    let cases = [
        (format!("{turn}sey = \"x\"\n"), 5, "unknown field `sey`"),
        (format!("{turn}calls = [{{ tool = \"x\" }}]\nthen = \"b\"\n"), 6, "use one of: a"),
        (format!("{turn}fault = \"oops\"\n"), 5, "\"oops\" is no fault"),
        (format!("{turn}stop = \"never\"\n"), 5, "natural, length or refusal"),
        (format!("{turn}pace = {{ rate = 0 }}\n"), 5, "rate above 0"),
        (format!("{turn}then = \"a\"\n"), 3, "need calls"),
        (format!("{turn}[[part.turn]]\nlabel = \"a\"\n"), 5, "is taken"),
        (format!("{turn}[[part.when]]\nredirect = \"(\"\ngo = \"a\"\n"), 6, "unclosed group"),
        (format!("{turn}[[part.when]]\ngo = \"a\"\n"), 5, "exactly one of"),
        ("[[part]]\nname = \"p\"\n".to_owned(), 2, "has no turn"),
        (String::new(), 1, "expected a [[part]]"),
    ];
    for (text, line, what) in cases {
        let (found, said) = wrong(&text);
        assert!(found == line && said.contains(what), "{line} {what}, not {said}");
        assert!(said.starts_with(&format!("r.toml:{line}: ")), "{said}");
    }
}
