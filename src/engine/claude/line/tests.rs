//! Real transcripts of Claude Code 2.1.330, made shorter.

use super::*;

/// A transcript's messages.
fn messages(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

macro_rules! transcript {
    ($name:literal) => {
        messages(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/claude/",
            $name,
            ".jsonl"
        )))
    };
}

fn all() -> Vec<Vec<Value>> {
    vec![
        transcript!("compacted"),
        transcript!("declined"),
        transcript!("hooks"),
        transcript!("interrupt"),
        transcript!("partial"),
        transcript!("permission"),
        transcript!("refused"),
        transcript!("retry"),
    ]
}

fn over(messages: &[Value]) -> Vec<Over> {
    let lines = messages.iter().map(read);
    lines.filter_map(|it| if let Line::Over(over) = it { Some(over) } else { None }).collect()
}

#[test]
fn every_message_of_a_real_transcript_is_known() {
    let lines = all().concat().iter().map(read).collect::<Vec<_>>();
    let strange: Vec<_> = lines.iter().filter(|it| matches!(it, Line::Strange(_))).collect();
    assert!(strange.is_empty() && lines.len() > 200, "{strange:?}");
}

#[test]
fn a_message_of_another_kind_is_strange_by_its_name() {
    let message = serde_json::json!({ "type": "system", "subtype": "dreamt", "of": "sheep" });
    assert_eq!(read(&message), Line::Strange("system/dreamt".into()));
    assert_eq!(read(&Value::Null), Line::Strange(String::new()));
}

#[test]
fn a_message_without_any_one_field_is_read_all_the_same() {
    fn without_each(message: &Value, read: &mut dyn FnMut(&Value)) {
        for name in message.as_object().into_iter().flat_map(|it| it.keys()) {
            let mut less = message.clone();
            less.as_object_mut().unwrap().shift_remove(name);
            read(&less);
            without_each(&message[name.as_str()], &mut |inner: &Value| {
                let mut less = message.clone();
                less[name.as_str()] = inner.clone();
                read(&less);
            });
        }
    }
    let mut count = 0;
    for message in all().concat() {
        without_each(&message, &mut |less| {
            read(less);
            count += 1;
        });
    }
    assert!(count > 1000);
}

#[test]
fn the_calls_as_they_stream_add_up_to_the_programs_own_totals() {
    let messages = transcript!("partial");
    let mut sum = Usage::default();
    let mut parts = Vec::new();
    for line in messages.iter().map(read) {
        match line {
            Line::Piece(Piece::Start { usage, .. } | Piece::Delta { usage, .. }) => {
                parts.push(usage);
            }
            Line::Piece(Piece::End) => sum += usage(&std::mem::take(&mut parts)),
            _ => {}
        }
    }
    let over = over(&messages).pop().unwrap();
    let totals = over.totals.unwrap();
    assert_eq!(Usage { reasoning: 0, ..totals.usage }, Usage { reasoning: 0, ..sum });
    assert_eq!((sum.output, totals.cost), (194, 0.025_994_000_000_000_003));
    assert_eq!((over.has_failed, over.text.as_str()), (false, "All 3 steps are done."));
}

#[test]
fn what_streams_is_what_is_spoken() {
    let (mut streamed, mut spoken) = (String::new(), String::new());
    for line in transcript!("partial").iter().map(read) {
        match line {
            Line::Piece(Piece::Text(text)) => streamed.push_str(&text),
            Line::Spoken(said) => {
                for block in said.blocks {
                    if let Block::Text(text) = block {
                        spoken.push_str(&text);
                    }
                }
            }
            _ => {}
        }
    }
    assert!(!spoken.is_empty());
    assert_eq!(streamed, spoken);
}

#[test]
fn a_hook_says_who_waits_where() {
    let lines = transcript!("hooks");
    let hooks = lines.iter().map(read).filter_map(|it| match it {
        Line::Hook(hook) => Some((hook.point, hook.aide.map(|(_, kind)| kind), hook.tool)),
        _ => None,
    });
    let aide = || Some("general-purpose".to_owned());
    let tool = |name: &str| (Point::Tool, None, name.to_owned());
    let batch = (Point::Batch, None, String::new());
    let prompt = (Point::Prompt, None, String::new());
    let expected = vec![
        prompt.clone(),
        tool("Write"),
        batch.clone(),
        tool("Write"),
        batch.clone(),
        prompt,
        tool("Agent"),
        (Point::Aide, aide(), String::new()),
        (Point::Tool, aide(), "Bash".to_owned()),
        (Point::Batch, aide(), String::new()),
        batch,
    ];
    assert_eq!(hooks.collect::<Vec<_>>(), expected);
}

#[test]
fn a_sub_agent_is_told_from_its_agent() {
    let lines: Vec<Line> = transcript!("hooks").iter().map(read).collect();
    let begun = lines.iter().find_map(|it| match it {
        Line::AideBegan { aide, call } => Some((aide.clone(), call.clone())),
        _ => None,
    });
    let (aide, call) = begun.unwrap();
    let ended = lines.iter().filter_map(|it| match it {
        Line::Results(ended) => ended.first(),
        _ => None,
    });
    let of_aide: Vec<&Ended> = ended.filter(|it| it.aide.is_some()).collect();
    assert_eq!(of_aide.len(), 1);
    assert_eq!((of_aide[0].aide.as_ref(), of_aide[0].parent.as_ref()), (Some(&aide), Some(&call)));
    assert!(!of_aide[0].is_error);
}

#[test]
fn a_refused_key_is_a_failure_whatever_its_subtype() {
    let over = over(&transcript!("refused")).pop().unwrap();
    let told = "Failed to authenticate. API Error: 401 invalid api key";
    assert_eq!((over.has_failed, over.text.as_str()), (true, told));
    let synthetic = transcript!("refused").iter().map(read).any(|it| match it {
        Line::Spoken(spoken) => spoken.is_synthetic,
        _ => false,
    });
    assert!(synthetic);
}

#[test]
fn a_retry_and_a_shorter_conversation_are_told() {
    let has = |messages: Vec<Value>, line: Line| messages.iter().any(|it| read(it) == line);
    let why = "429 rate limit".to_owned();
    assert!(has(transcript!("retry"), Line::Retrying { attempt: 2, most: 11, wait_ms: 1154, why }));
    assert!(has(transcript!("compacted"), Line::Compacted { before: 12342, after: 2607 }));
}
