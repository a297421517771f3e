//! A log that is followed tells what it tells when it is read at once.

use super::*;
use crate::{
    interop::{Together, Told},
    model::{Millis, Outcome, Totals},
};
use jiff::Timestamp;
use std::io::Write as _;
use tempfile::TempDir;

#[test]
fn what_is_read_while_it_is_translated_is_in_the_end_what_is_read_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let logs = || {
        let files = ["claude-code.jsonl", "codex.jsonl"];
        files.map(|it| opened(&fixture(it))).to_vec()
    };
    let once = Together::once(logs(), &prices(), folder.path(), &mut |_| ()).unwrap();
    let (reader, growth, rest) = Together::growing(logs(), &prices(), folder.path()).unwrap();
    assert!(!growth.is_whole());
    rest();
    assert!(growth.is_whole());
    assert_eq!((growth.end(), reader.len()), (once.len(), once.len()));
    assert_eq!(reader.fold(None), once.fold(None));
}

/// A log that is being written, and who follows it.
struct Followed {
    folder: TempDir,
    together: Together,
}

fn prices() -> Arc<PriceTable> {
    Arc::new(PriceTable::embedded())
}

impl Followed {
    /// A log that begins with these bytes.
    fn begin(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        fs::write(&path, bytes).unwrap();
        let logs = vec![opened(&path)];
        let together = Together::follow(logs, &prices(), folder.path(), &mut |_| ()).unwrap();
        Self { folder, together }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn poll(&mut self) -> Told {
        self.together.poll(Timestamp::now()).unwrap()
    }

    fn grow(&mut self, name: &str, bytes: &[u8]) -> Told {
        let file = fs::OpenOptions::new().append(true).create(true).open(self.path(name));
        file.unwrap().write_all(bytes).unwrap();
        self.poll()
    }

    fn stage(&self) -> Stage {
        self.together.reader().unwrap().fold(None)
    }
}

/// What is told of a session, but when: of each agent, and in all. Who was watched may
/// have come on stage before it was known which model plays it, and may have rested.
fn gist(stage: &Stage) -> (Vec<String>, Totals) {
    let is_no_end = |it: &&EntryKind| match it {
        EntryKind::Note { text, .. } => {
            !text.starts_with("model is now") && text != "taken up again"
        }
        other => !matches!(other, EntryKind::End { .. }),
    };
    let agents = stage.agents().map(|agent| {
        let log = agent.log.entries().map(|it| &it.kind).filter(is_no_end).map(told);
        let log: Vec<_> = log.collect();
        format!(
            "{} {} {:?} {}",
            agent.casting.name,
            agent.turn,
            agent.tools,
            log.join("\n").replace("\n\n", "\n")
        )
    });
    let totals =
        Totals { usage: stage.totals().usage, spent: stage.totals().spent, ..Totals::default() };
    (agents.collect(), totals)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_log_that_grows_tells_the_same_as_one_that_is_read_at_once(
        which in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let recordings = recordings();
        let (_, bytes) = &recordings[which.index(recordings.len())];
        // So much has to be there that it is known whose log it is.
        let first = bytes.iter().position(|it| *it == b'\n').unwrap() + 1;
        let mut cuts: Vec<_> = cuts.iter().map(|it| first + it.index(bytes.len() - first)).collect();
        cuts.extend([first, bytes.len()]);
        cuts.sort_unstable();
        let mut followed = Followed::begin(&bytes[..cuts[0]]);
        for pair in cuts.windows(2) {
            prop_assert_eq!(followed.grow("log.jsonl", &bytes[pair[0]..pair[1]]), Told::More);
        }
        let (_folder, reader) = journal(&followed.path("log.jsonl"));
        prop_assert_eq!(gist(&followed.stage()), gist(&reader.fold(None)));
    }
}

/// Lines of our own recording of Claude Code: of the first prompt and its answer, and
/// of the second.
fn two_prompts() -> (Vec<u8>, Vec<u8>) {
    let bytes = fs::read(fixture("claude-code.jsonl")).unwrap();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|it| *it == b'\n').collect();
    (lines[..17].concat(), lines[17..].concat())
}

#[test]
fn whoever_was_cut_by_its_user_waits_for_what_the_user_says_next() {
    let (first, second) = two_prompts();
    let mut followed = Followed::begin(&first);
    followed.poll();
    let status = |it: &Followed| it.stage().agent(AgentId(1)).unwrap().status();
    let begun = second.split_inclusive(|it| *it == b'\n').take(4).collect::<Vec<_>>().concat();
    followed.grow("log.jsonl", &begun);
    assert_eq!(status(&followed), Status::Running);
    let mut prompts = begun.split(|it| *it == b'\n').filter_map(|it| {
        serde_json::from_slice::<serde_json::Value>(it).ok().filter(|it| it["type"] == "user")
    });
    let mut cut = prompts.next().unwrap();
    cut["parentUuid"] = cut["uuid"].take();
    cut["uuid"] = "00000000-0000-4000-8000-000000000001".into();
    cut["message"]["content"] =
        serde_json::json!([{ "type": "text", "text": "[Request interrupted by user]" }]);
    followed.grow("log.jsonl", format!("{cut}\n").as_bytes());
    assert_eq!(status(&followed), Status::Stopped);
}

#[test]
fn an_agent_is_done_when_it_said_so_and_at_work_again_when_its_user_says_more() {
    let (first, second) = two_prompts();
    let mut followed = Followed::begin(&first);
    assert_eq!(followed.poll(), Told::More);
    let status = |it: &Followed| it.stage().agent(AgentId(1)).unwrap().status();
    assert_eq!(status(&followed), Status::Succeeded);
    // Nobody can be directed here, so nobody needs to be looked at.
    assert_eq!(followed.stage().need_you(followed.stage().now()), 0);
    let prompt = second.split_inclusive(|it| *it == b'\n').take(4).collect::<Vec<_>>().concat();
    assert_eq!(followed.grow("log.jsonl", &prompt), Told::More);
    assert_eq!(status(&followed), Status::Running);
    followed.grow("log.jsonl", &second[prompt.len()..]);
    let stage = followed.stage();
    let agent = stage.agent(AgentId(1)).unwrap();
    assert_eq!((agent.status(), agent.turn), (Status::Succeeded, Turn(4)));
    let is_direction = |it: &&EntryKind| matches!(it, EntryKind::Direction { .. });
    assert_eq!(agent.log.entries().map(|it| &it.kind).find(is_direction), None);
    assert_eq!(agent.spent, Cost::from(Some(Money(22_987_600))));
}

#[test]
fn a_file_that_takes_the_place_of_another_is_told_anew() {
    let (first, _) = two_prompts();
    let mut followed = Followed::begin(&first);
    followed.poll();
    fs::write(followed.path("new"), fs::read(fixture("codex.jsonl")).unwrap()).unwrap();
    fs::rename(followed.path("new"), followed.path("log.jsonl")).unwrap();
    assert_eq!(followed.poll(), Told::Anew);
    let stage = followed.stage();
    let names: Vec<_> = stage.agents().map(|it| it.casting.name.clone()).collect();
    assert_eq!(names, ["codex"]);
    assert_eq!(followed.poll(), Told::More);
}

#[test]
fn a_sub_agent_that_begins_meanwhile_comes_on_stage_and_ends_with_its_call() {
    let line = |text: &str| format!("{text}\n").into_bytes();
    let main = |rest: &str| {
        line(&format!(
            r#"{{"sessionId":"s","isSidechain":false,"timestamp":"2026-11-01T10:00:0{rest}}}"#
        ))
    };
    let prompt = main(r#"0Z","type":"user","message":{"role":"user","content":"go"}"#);
    let mut followed = Followed::begin(&prompt);
    let task = r#"1Z","type":"assistant","message":{"role":"assistant","id":"m1","model":"claude-opus-4-6","stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1},"content":[{"type":"tool_use","id":"t1","name":"Task","input":{"prompt":"look"}}]}"#;
    followed.grow("log.jsonl", &main(task));
    fs::create_dir_all(followed.path("log/subagents")).unwrap();
    let aside = |rest: &str| {
        line(&format!(
            r#"{{"sessionId":"s","isSidechain":true,"timestamp":"2026-11-01T10:00:0{rest}}}"#
        ))
    };
    let words = aside(r#"2Z","type":"user","message":{"role":"user","content":"look"}"#);
    followed.grow("log/subagents/agent-a.jsonl", &words);
    let answer = r#"3Z","type":"assistant","message":{"role":"assistant","id":"m2","model":"claude-haiku-4-5","stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1},"content":[{"type":"text","text":"seen"}]}"#;
    followed.grow("log/subagents/agent-a.jsonl", &aside(answer));
    let status = |it: &Followed, id| it.stage().agent(AgentId(id)).unwrap().status();
    assert_eq!((status(&followed, 1), status(&followed, 2)), (Status::Running, Status::Running));
    let origin = followed.stage().agent(AgentId(2)).unwrap().casting.origin.clone().unwrap();
    assert_eq!((origin.agent, origin.call), (AgentId(1), CallId(1)));
    let result = r#"4Z","type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"seen"}]}"#;
    followed.grow("log.jsonl", &main(result));
    assert_eq!((status(&followed, 1), status(&followed, 2)), (Status::Running, Status::Succeeded));
}

/// An answer of Claude Code's, in the session `of`, at this second.
fn answer(of: &str, second: u32, id: &str) -> String {
    format!(
        r#"{{"sessionId":"{of}","uuid":"u-{id}","isSidechain":false,"timestamp":"2026-11-01T10:00:0{second}Z","type":"assistant","message":{{"role":"assistant","id":"{id}","model":"claude-opus-4-6","stop_reason":"end_turn","usage":{{"input_tokens":1000,"output_tokens":1}},"content":[]}}}}
"#
    )
}

#[test]
fn what_a_fork_repeats_is_shown_in_it_and_paid_with_its_parent_alone() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let parent = ["m1", "m2"].map(|it| answer("parent", 1, it)).concat();
    fs::write(at("parent.jsonl"), parent).unwrap();
    fs::write(at("fork.jsonl"), answer("fork", 1, "m1")).unwrap();
    let logs: Vec<_> = ["fork.jsonl", "parent.jsonl"].map(|it| opened(&at(it))).into();
    let mut together = Together::follow(logs, &prices(), folder.path(), &mut |_| ()).unwrap();
    let mut fork = fs::OpenOptions::new().append(true).open(at("fork.jsonl")).unwrap();
    fork.write_all(answer("fork", 3, "m3").as_bytes()).unwrap();
    together.poll(Timestamp::now()).unwrap();
    let counts = |reader: Reader| -> Vec<_> {
        let stage = reader.fold(None);
        // The parent comes on stage first.
        stage.agents().map(|it| (it.turn, it.usage.input, it.context)).collect()
    };
    let wanted = [(Turn(2), 2000, 1001), (Turn(2), 1000, 1001)];
    assert_eq!(counts(together.reader().unwrap()), wanted);
    let logs: Vec<_> = ["fork.jsonl", "parent.jsonl"].map(|it| opened(&at(it))).into();
    let once = Together::once(logs, &prices(), folder.path(), &mut |_| ()).unwrap();
    assert_eq!(counts(once), wanted);
}

#[test]
fn of_logs_that_are_followed_one_that_was_left_ended_when_it_did() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("left"), answer("left", 0, "m1")).unwrap();
    let later = answer("later", 0, "m2").replace("T10:", "T12:");
    fs::write(at("later"), later).unwrap();
    let file = fs::File::open(at("left")).unwrap();
    file.set_modified(Timestamp::from_second(3600).unwrap().into()).unwrap();
    let logs: Vec<_> = ["later", "left"].map(|it| opened(&at(it))).into();
    let mut together = Together::follow(logs, &prices(), folder.path(), &mut |_| ()).unwrap();
    together.poll(Timestamp::now()).unwrap();
    let stage = together.reader().unwrap().fold(None);
    let left = stage.agents().next().unwrap();
    assert_eq!((left.status(), left.worked(stage.now())), (Status::Succeeded, Millis(0)));
}

#[test]
fn of_logs_side_by_side_one_that_ends_early_works_no_longer_than_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let cut = answer("cut", 0, "m1").replace(r#""end_turn""#, "null");
    fs::write(at("cut"), [cut, answer("cut", 5, "m2")].concat()).unwrap();
    let later = answer("later", 0, "m3").replace("T10:", "T12:");
    fs::write(at("later"), later).unwrap();
    for order in [["later", "cut"], ["cut", "later"]] {
        let logs: Vec<_> = order.map(|it| opened(&at(it))).into();
        let once = Together::once(logs, &prices(), folder.path(), &mut |_| ()).unwrap();
        let stage = once.fold(None);
        let early = stage.agents().next().unwrap();
        assert_eq!((early.status(), early.worked(stage.now())), (Status::Succeeded, Millis(5000)));
        let ends = |it: &Record| it.event.agent() == Some(AgentId(1));
        let last = once.records_from(0).filter(|(_, it)| ends(it)).last().unwrap().1;
        assert_eq!(last.at, Millis(5000), "{last:?}");
    }
}

#[test]
fn a_repeated_answer_fills_the_window_of_its_fork() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for name in ["parent", "fork"] {
        fs::write(at(name), answer(name, 1, "m1")).unwrap();
    }
    let logs: Vec<_> = ["fork", "parent"].map(|it| opened(&at(it))).into();
    let stage = Together::once(logs, &prices(), folder.path(), &mut |_| ()).unwrap().fold(None);
    let counts: Vec<_> = stage.agents().map(|it| (it.usage.input, it.context)).collect();
    assert_eq!(counts, [(1000, 1001), (0, 1001)]);
}

#[test]
fn who_waits_for_its_user_does_not_work_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let line = |time: &str, rest: &str| {
        format!(
            r#"{{"sessionId":"s","isSidechain":false,"timestamp":"2026-11-{time}Z",{rest}}}
"#
        )
    };
    let prompt = r#""type":"user","message":{"role":"user","content":"go"}"#;
    let end = |id: &str| {
        format!(
            r#""type":"assistant","message":{{"role":"assistant","id":"{id}","model":"claude-opus-4-6","stop_reason":"end_turn","usage":{{"input_tokens":1,"output_tokens":1}},"content":[]}}"#
        )
    };
    let lines = [
        line("01T10:00:00", prompt),
        // The model may take its time: then nobody waits for the user.
        line("01T10:01:00", &end("m1")),
        line("03T10:00:00", prompt),
        line("03T10:00:05", &end("m2")),
        line("05T10:00:00", r#""type":"system","subtype":"note","content":"later""#),
    ];
    fs::write(&path, lines.concat()).unwrap();
    let (_folder, reader) = journal(&path);
    let agent = reader.fold(None).agent(AgentId(1)).unwrap().clone();
    assert_eq!((agent.status(), agent.turn), (Status::Succeeded, Turn(2)));
    assert_eq!(agent.worked(reader.fold(None).now()), Millis(65_000));
    let ends =
        reader.records_from(0).filter(|(_, it)| matches!(it.event, Event::AgentEnded { .. }));
    let ends: Vec<_> = ends.map(|(_, it)| it.at).collect();
    assert_eq!(ends, [Millis(60_000), Millis(2 * 86_400_000 + 5000)]);
}

#[test]
fn how_much_was_read_of_a_log_is_told_up_to_all_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.jsonl");
    let lines: String = (0..1000).map(|it| answer("long", it % 10, &format!("m{it}"))).collect();
    fs::write(&path, &lines).unwrap();
    let mut told = Vec::new();
    let mut tell = |it| told.push(it);
    Together::once(vec![opened(&path)], &prices(), folder.path(), &mut tell).unwrap();
    let all = lines.len() as u64;
    assert!(told.len() > 5 && told.iter().all(|it| it.of == Some(all)), "{told:?}");
    assert!(told.iter().map(|it| it.read).is_sorted());
    let last = told.last().unwrap().read;
    assert!((all / 2..=all).contains(&last), "{last} of {all}");
}

#[test]
fn logs_are_played_side_by_side_in_the_order_of_their_times() {
    let logs = ["codex.jsonl", "claude-code.jsonl"].map(|it| opened(&fixture(it)));
    let folder = tempfile::tempdir().unwrap();
    let reader = Together::once(logs.into(), &prices(), folder.path(), &mut |_| ()).unwrap();
    let stage = reader.fold(None);
    assert_eq!(stage.title(), "2 logs of other tools");
    let names: Vec<_> = stage.agents().map(|it| it.casting.name.clone()).collect();
    assert_eq!(names, ["claude", "codex"]);
    assert_eq!(reader.header().opened, "2026-11-22T14:45:57.915Z");
    let came = |wanted: &str| {
        let mut records = reader.records_from(0).map(|(_, it)| it);
        let is_it = |it: &Record| matches!(&it.event, Event::AgentAdded { casting, .. } if casting.name == wanted);
        records.find(is_it).unwrap().at
    };
    // Four minutes lie between them.
    assert!(came("claude").0 < 1000 && came("codex").0 > 200_000);
    // Nobody works until the others are done.
    let claude = stage.agents().next().unwrap();
    assert!(claude.worked(stage.now()) < Millis(60_000), "{:?}", claude.worked(stage.now()));
    let ends = reader.records_from(0);
    let ends = ends.filter(|(_, it)| {
        matches!(&it.event, Event::AgentEnded { outcome: Outcome::Succeeded { .. }, .. })
    });
    assert_eq!(ends.count(), 2);
}
