//! With an index, without it and with one that is behind, the same is found.

use super::{
    block::{BLOCK, Blocks},
    *,
};
use crate::{
    journal::{FILE, Journal},
    model::{
        AgentId, Author, CallId, Casting, Cost, Event, FORMAT, Header, Limits, Millis, Outcome,
        Record, Seq, Stop, Turn, Usage, Version,
    },
};
use proptest::prelude::*;
use std::{fs, os::unix::fs::PermissionsExt as _};
use tempfile::TempDir;

/// A place for sessions.
struct Place {
    folder: TempDir,
    history: History,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let history = History::new(folder.path().join("sessions"));
        Self { folder, history }
    }

    /// A session of these events.
    fn session(&self, name: &str, events: &[Event]) -> Journal {
        let opened = format!("2026-01-0{}T00:00:00Z", name.len());
        let (auteur, project) = (FORMAT, "/work".to_owned());
        let session = name.to_owned();
        let header = Header { auteur, session, opened, project, ..Header::default() };
        let mut journal = Journal::create(self.history.sessions().folder(), &header).unwrap();
        write(&mut journal, 0, events);
        journal
    }

    /// Whether the index knows all there is.
    fn fill(&self) -> bool {
        self.history.fill(u64::MAX, || true).unwrap().is_whole
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("history.db")
    }

    fn search(&self, wanted: &Wanted) -> Vec<Hit> {
        let mut hits = Vec::new();
        assert!(self.history.search(wanted, || true, |it| hits.push(it)));
        hits
    }

    /// What is found, as session, number and text.
    fn found(&self, query: &str) -> Vec<(String, u64, String)> {
        self.found_of(query, Filter::default())
    }

    fn found_of(&self, query: &str, filter: Filter) -> Vec<(String, u64, String)> {
        let wanted = Wanted { query: Query::read(query), filter, ..Wanted::default() };
        let hits = self.search(&wanted).into_iter();
        hits.map(|it| (it.session, it.seq.0, it.excerpt.text)).collect()
    }
}

fn write(journal: &mut Journal, last: u64, events: &[Event]) {
    let record = |(seq, event): (u64, &Event)| Record {
        seq: Seq(seq),
        at: Millis(seq * 10),
        event: event.clone(),
    };
    let records: Vec<_> = (last + 1..).zip(events).map(record).collect();
    journal.append(&records).unwrap();
}

fn said(agent: u32, text: &str) -> Event {
    Event::Said { agent: AgentId(agent), text: text.to_owned() }
}

fn ended(agent: u32) -> Event {
    let (usage, cost) = (Usage::default(), Cost::default());
    Event::TurnEnded { agent: AgentId(agent), turn: Turn(1), stop: Stop::End, usage, cost }
}

fn added(agent: u32, role: &str, model: &str) -> Event {
    let casting = Casting {
        name: format!("{role}-{agent}"),
        role: role.to_owned(),
        model: model.to_owned(),
        brief: "port the thing".to_owned(),
        ..Casting::default()
    };
    Event::AgentAdded { agent: AgentId(agent), casting: Box::new(casting), by: Author::Director }
}

fn called(agent: u32, call: u32, tool: &str, path: &str) -> Event {
    Event::ToolCalled {
        agent: AgentId(agent),
        call: CallId(call),
        id: format!("call_{call}"),
        tool: tool.to_owned(),
        title: path.to_owned(),
        input: Box::new(serde_json::json!({ "path": path })),
        seal: None,
    }
}

fn result(agent: u32, call: u32, text: &str) -> Event {
    Event::ToolEnded {
        agent: AgentId(agent),
        call: CallId(call),
        ok: true,
        text: text.to_owned(),
        bytes: 0,
        changes: Vec::new(),
        note: String::new(),
    }
}

fn opened(title: &str) -> Event {
    Event::SessionOpened { title: title.to_owned(), limits: Limits::default() }
}

/// So much of something else that a block ends in it.
fn padding(agent: u32) -> Vec<Event> {
    let text = "lorem ipsum dolor sit amet ".repeat(40);
    let count = usize::try_from(BLOCK).unwrap() / text.len() + 2;
    vec![result(agent, 900, &text); count]
}

#[test]
fn the_newest_session_is_told_first_and_the_latest_hit_in_it() {
    let place = Place::new();
    let _one = place.session("a", &[opened("Old"), added(1, "scout", "m"), said(1, "the Parser")]);
    let events = [opened("New parser"), added(1, "scout", "m"), said(1, "a par"), said(1, "ser")];
    let _two = place.session("bb", &events);
    let hits = place.search(&Wanted { query: Query::read("parser"), ..Wanted::default() });
    let told: Vec<_> = hits
        .iter()
        .map(|it| {
            (it.session.as_str(), it.seq.0, it.kind, it.who.as_ref().map(|it| it.name.as_str()))
        })
        .collect();
    let expected = [
        ("bb", 4, Kind::Said, Some("scout-1")),
        ("bb", 1, Kind::Title, None),
        ("a", 3, Kind::Said, Some("scout-1")),
    ];
    assert_eq!(told, expected);
    assert_eq!((hits[2].title.as_str(), hits[2].excerpt.text.as_str()), ("Old", "the Parser"));
}

#[test]
fn a_search_that_has_enough_stops_there_and_says_so() {
    let place = Place::new();
    let _one =
        place.session("a", &[opened("parser"), said(1, "parser"), ended(1), said(1, "parser")]);
    let wanted = Wanted { query: Query::read("parser"), most: Some(2), ..Wanted::default() };
    let mut hits = Vec::new();
    assert!(!place.history.search(&wanted, || true, |it| hits.push(it.seq.0)));
    assert_eq!(hits, [4, 2]);
    let exact = Wanted { most: Some(3), ..wanted.clone() };
    assert!(place.history.search(&exact, || true, |_| ()));
    assert!(!place.history.search(&wanted, || false, |_| ()), "nobody wants it any more");
}

#[test]
fn a_long_session_hides_no_other_where_so_many_of_each_are_enough() {
    let place = Place::new();
    let long: Vec<_> = (0..9).flat_map(|_| [said(1, "parser"), ended(1)]).collect();
    let _new = place.session("b", &[&[opened("parser")], &long[..]].concat());
    let _old = place.session("a", &[opened("parser"), said(1, "parser")]);
    let told = |each: usize| {
        let query = Query::read("parser");
        let wanted = Wanted { query, each: Some(each), ..Wanted::default() };
        let mut hits = Vec::new();
        let is_all = place.history.search(&wanted, || true, |it| hits.push(it.session));
        let of = |name: &str| hits.iter().filter(|it| it.contains(name)).count();
        (of("b"), of("a"), is_all)
    };
    assert_eq!(told(3), (3, 2, false));
    assert_eq!(told(100), (10, 2, true));
}

#[test]
fn filters_leave_what_they_name() {
    let place = Place::new();
    let stopped =
        Event::AgentEnded { agent: AgentId(2), outcome: Outcome::Stopped { by: Author::Director } };
    let events = [
        added(1, "scout", "claude-sonnet"),
        added(2, "tester", "gpt-5"),
        said(1, "lines one"),
        said(2, "lines two"),
        called(1, 1, "read", "src/a.rs"),
        result(1, 1, "lines three"),
        called(2, 1, "shell", "cargo test"),
        result(2, 1, "lines four"),
        stopped,
        Event::TurnStarted {
            agent: AgentId(1),
            turn: Turn(1),
            version: Version(1),
            model: "claude-opus".to_owned(),
            reserved: None,
            again: false,
        },
    ];
    let _one = place.session("a", &events);
    let seqs = |filter: Filter| -> Vec<u64> {
        place.found_of("lines", filter).into_iter().map(|it| it.1).collect()
    };
    let text = |it: &str| Some(it.to_owned());
    assert_eq!(seqs(Filter { role: text("Tester"), ..Filter::default() }), [8, 4]);
    assert_eq!(seqs(Filter { model: text("sonnet"), ..Filter::default() }), [6, 3]);
    // It was cast with another.
    assert_eq!(seqs(Filter { model: text("opus"), ..Filter::default() }), [6, 3]);
    assert_eq!(seqs(Filter { tool: text("shell"), ..Filter::default() }), [8]);
    assert_eq!(seqs(Filter { file: text("src/a.rs"), ..Filter::default() }), [6]);
    assert_eq!(seqs(Filter { outcome: Some(Ended::Stopped), ..Filter::default() }), [8, 4]);
    assert_eq!(seqs(Filter { outcome: Some(Ended::Failed), ..Filter::default() }), [0; 0]);
    assert_eq!(seqs(Filter { project: text("/other"), ..Filter::default() }), [0; 0]);
    let year = |it: &str| Some(it.parse().unwrap());
    let (since, until) = (year("2026-01-02T00:00:00Z"), year("2026-01-01T00:00:00Z"));
    assert_eq!(seqs(Filter { since, ..Filter::default() }), [0; 0]);
    assert_eq!(seqs(Filter { until, ..Filter::default() }), [0; 0]);
    // Without a word everything that the filter names is found.
    let all = place.found_of("", Filter { tool: text("read"), ..Filter::default() });
    assert_eq!(all.iter().map(|it| it.1).collect::<Vec<_>>(), [6, 5]);
}

#[test]
fn a_session_is_found_by_the_name_and_the_tags_that_are_written_on_it() {
    let place = Place::new();
    let one = place.session("a", &[opened("Port it"), added(1, "scout", "m"), said(1, "lines")]);
    let _two = place.session("bb", &[opened("Port it"), added(1, "scout", "m")]);
    let label = Label { title: "The shibboleth".to_owned(), tags: vec!["slow-one".to_owned()] };
    label.write(one.path()).unwrap();
    let whole = "The shibboleth #slow-one";
    let expected = vec![("a".to_owned(), 0, whole.to_owned())];
    for query in ["shibboleth", "slow-one", "\"the shibboleth\"", "slow shibboleth"] {
        assert_eq!(place.found(query), expected, "{query}");
    }
    assert!(place.fill());
    assert_eq!(place.found("shibboleth"), expected);
    assert_eq!(place.found("port").len(), 2 + 2, "its first title, and the briefs, as before");
    let tags = |tags: &[&str]| Filter {
        tags: tags.iter().map(|it| (*it).to_owned()).collect(),
        ..Filter::default()
    };
    assert_eq!(place.found_of("lines", tags(&["Slow-One"])).len(), 1);
    assert_eq!(place.found_of("lines", tags(&["slow-one", "other"])), []);
    assert_eq!(place.found_of("", tags(&["slow-one"])), expected);
    // A name is no agent's.
    let of_scouts = Filter { role: Some("scout".to_owned()), ..Filter::default() };
    assert_eq!(place.found_of("shibboleth", of_scouts), []);
}

#[test]
fn without_words_a_filter_leaves_the_sessions_it_names_each_once_the_newest_first() {
    let place = Place::new();
    let turn = |model: &str| Event::TurnStarted {
        agent: AgentId(1),
        turn: Turn(1),
        version: Version(1),
        model: model.to_owned(),
        reserved: None,
        again: false,
    };
    let changed = [added(1, "scout", "gpt"), said(1, "x"), turn("opus"), said(1, "y"), turn("gpt")];
    let _one = place.session("a", &changed);
    let _two = place.session("bb", &[added(1, "scout", "opus"), added(2, "tester", "gpt")]);
    let _three = place.session("ccc", &[added(1, "tester", "gpt")]);
    let model = |it: &str| Filter { model: Some(it.to_owned()), ..Filter::default() };
    let found = place.found_of("", model("opus"));
    let told: Vec<_> = found.iter().map(|it| (it.0.as_str(), it.2.as_str())).collect();
    let expected = [("bb", "scout-1 (scout, opus)"), ("a", "scout-1 (scout, gpt, opus)")];
    assert_eq!(told, expected);
    // A program says which model plays it when its first turn has begun.
    let (program, session) = ("claude".to_owned(), "s".to_owned());
    let linked =
        Event::Linked { agent: AgentId(1), program, session, model: "claude-fable".into() };
    let events = [added(1, "scout", ""), turn(""), linked, said(1, "z")];
    let four = place.session("dddd", &events);
    let found = place.found_of("", model("fable"));
    let told: Vec<_> = found.iter().map(|it| it.2.as_str()).collect();
    assert_eq!(told, ["scout-1 (scout, claude-fable)"]);
    let wanted = Wanted { query: Query::read("z"), ..Wanted::default() };
    let (hits, mut models) = (place.search(&wanted), Models::default());
    assert_eq!(models.at(&hits[0]).as_deref(), Some("claude-fable"));
    drop(four);
    fs::remove_dir_all(place.history.sessions().folder().join("dddd")).unwrap();
    let all = place.found_of("", Filter { project: Some("/work".into()), ..Filter::default() });
    assert_eq!(all.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["ccc", "bb", "a"]);
    // And of each place it is known what model was called there.
    let wanted = Wanted { query: Query::read("y"), ..Wanted::default() };
    let (hits, mut models) = (place.search(&wanted), Models::default());
    assert_eq!(models.at(&hits[0]).as_deref(), Some("opus"));
    let before = Hit { seq: Seq(2), ..hits[0].clone() };
    assert_eq!(models.at(&before).as_deref(), Some("gpt"));
}

#[test]
fn a_call_is_known_by_its_tool_in_a_later_block() {
    let place = Place::new();
    let mut events = vec![called(1, 1, "shell", "cargo test")];
    events.extend(padding(2));
    events.push(result(1, 1, "seldom seen"));
    let last = events.len() as u64;
    let _one = place.session("a", &events);
    let filter = Filter { tool: Some("shell".into()), ..Filter::default() };
    assert_eq!(place.found_of("seldom", filter)[0].1, last);
}

#[test]
fn a_word_that_two_blocks_share_is_found_once_with_the_index_and_without() {
    let place = Place::new();
    let mut events = vec![said(1, "all of the pars")];
    events.extend(padding(2));
    events.push(said(1, "er is here"));
    let _one = place.session("a", &events);
    let last = events.len() as u64;
    let expected = vec![("a".to_owned(), last, "all of the parser is here".to_owned())];
    assert_eq!(place.found("parser"), expected);
    assert_eq!(place.found("\"the parser is\""), expected);
    assert!(place.fill());
    assert_eq!(place.found("parser"), expected);
    assert_eq!(place.found("\"the parser is\""), expected);
}

#[test]
fn what_was_written_since_is_found_and_taken_in_next() {
    let place = Place::new();
    let mut journal = place.session("a", &[said(1, "the pars")]);
    assert!(place.fill());
    assert_eq!(place.found("parser"), []);
    write(&mut journal, 1, &[said(1, "er"), ended(1)]);
    assert_eq!(place.found("parser").len(), 1);
    assert!(place.fill());
    assert_eq!(place.found("parser").len(), 1);
    let filled = place.history.fill(u64::MAX, || true).unwrap();
    assert_eq!(filled, Filled { bytes: 0, is_whole: true }, "nothing is taken in twice");
    write(&mut journal, 3, &padding(2));
    assert_eq!(place.found("parser").len(), 1);
    assert!(!place.history.fill(0, || true).unwrap().is_whole);
    assert!(place.fill());
    assert_eq!(place.found("parser").len(), 1);
}

#[test]
fn an_index_that_is_damaged_or_of_another_version_is_made_anew() {
    let place = Place::new();
    let _one = place.session("a", &[said(1, "the parser")]);
    assert!(place.fill());
    assert_eq!(fs::metadata(place.index()).unwrap().permissions().mode() & 0o777, 0o600);
    for damage in ["no database at all, but something else of some length", ""] {
        fs::write(place.index(), damage.repeat(99)).unwrap();
        assert_eq!(place.found("parser").len(), 1);
        assert!(place.fill());
        assert_eq!(place.found("parser").len(), 1);
    }
    let other = rusqlite::Connection::open(place.index()).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    drop(other);
    assert!(index::Index::look(&place.index()).is_none());
    assert!(place.fill());
    assert!(index::Index::look(&place.index()).is_some());
}

#[test]
fn no_word_of_a_session_that_was_removed_is_left() {
    let place = Place::new();
    let _one = place.session("a", &[said(1, "the shibboleth")]);
    let _two = place.session("bb", &[said(1, "the parser")]);
    assert!(place.fill());
    let holds = || {
        let files = fs::read_dir(place.folder.path()).unwrap().map(|it| it.unwrap().path());
        let files = files.filter(|it| it.is_file());
        files
            .map(|it| fs::read(it).unwrap())
            .any(|it| memchr::memmem::find(&it, b"shibboleth").is_some())
    };
    assert!(holds());
    fs::remove_dir_all(place.history.sessions().folder().join("a")).unwrap();
    place.history.forget(&["a".to_owned()]).unwrap();
    assert!(!holds());
    assert_eq!(place.found("parser").len(), 1);
    // One that was removed by hand leaves with the next that is taken in.
    fs::remove_dir_all(place.history.sessions().folder().join("bb")).unwrap();
    assert!(place.fill());
    let index = index::Index::look(&place.index()).unwrap();
    assert!(index.look_up(&Query::read("parser")).unwrap().1.is_empty());
}

#[test]
fn two_programs_do_not_take_in_the_same_at_once() {
    let place = Place::new();
    let _one = place.session("a", &[said(1, "the parser")]);
    let held = fill::lock(&place.history.lock_file()).unwrap();
    assert!(held.is_some() && !place.fill());
    drop(held);
    assert!(place.fill());
}

#[test]
fn a_journal_that_took_anothers_place_is_not_taken_for_it() {
    let place = Place::new();
    drop(place.session("a", &[said(1, "the parser")]));
    assert!(place.fill());
    fs::remove_dir_all(place.history.sessions().folder().join("a")).unwrap();
    let _other = place.session("a", &[said(1, "the lexer"), said(1, " and more of it all")]);
    assert_eq!((place.found("parser").len(), place.found("lexer").len()), (0, 1));
    assert!(place.fill());
    assert_eq!((place.found("parser").len(), place.found("lexer").len()), (0, 1));
}

#[test]
fn damage_hides_nothing_but_itself() {
    let place = Place::new();
    let journal = place.session("a", &[said(1, "the parser"), ended(1), said(2, "the lexer")]);
    let path = journal.path().to_owned();
    drop(journal);
    let text = fs::read_to_string(&path).unwrap().replace("\n{\"seq\":2", "\n{\"s\u{0}q\":2");
    fs::write(&path, format!("{text}{{\"seq\":9,\"at\":1,\"eve")).unwrap();
    for _ in 0..2 {
        assert_eq!((place.found("parser").len(), place.found("lexer").len()), (1, 1));
        place.fill();
    }
}

/// Sessions of a few words, in pieces that part them, of some agents at once, with
/// much between them here and there.
fn events() -> impl Strategy<Value = Vec<Event>> {
    let word = || {
        proptest::sample::select(vec![
            "parser",
            "PARSER ",
            " split",
            "lines",
            "pars",
            "er",
            " er ",
            "ser\n",
            "größe ",
            "a",
            "\"",
            "\u{1b}[1m",
        ])
    };
    let text = proptest::collection::vec(word(), 1..4).prop_map(|it| it.concat());
    let one = (0_u8..12, 1_u32..4, text).prop_map(|(kind, agent, text)| match kind {
        0..6 => vec![said(agent, &text)],
        6 => vec![Event::Thought { agent: AgentId(agent), text }],
        7 => vec![Event::TerminalPrinted { agent: AgentId(agent), text }],
        8 => vec![Event::ToolPrinted { agent: AgentId(agent), call: CallId(1), text }],
        9 => vec![result(agent, 1, &text)],
        10 => vec![ended(agent)],
        _ => padding(9),
    });
    proptest::collection::vec(one, 1..30).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_found_depends_neither_on_the_sieve_nor_on_the_index(
        events in events(),
        later in events(),
        query in proptest::sample::select(vec![
            "parser", "pars*", "lines parser", "\"split lines\"", "größe", "pars", "ser", "er a",
        ]),
    ) {
        let place = Place::new();
        let mut journal = place.session("a", &events);
        let wanted = Wanted { query: Query::read(query), ..Wanted::default() };
        let read = |place: &Place| {
            let reader = Reader::open(&place.history.sessions().folder().join("a").join(FILE)).unwrap();
            let blocks = Blocks::of(reader).unwrap();
            let count = blocks.count();
            let room = verify::Room::new("a".to_owned(), blocks);
            (0..count).rev().flat_map(|nth| room.hits(nth, &wanted)).collect::<Vec<_>>()
        };
        prop_assert_eq!(place.search(&wanted), read(&place), "without an index");
        prop_assert!(place.fill());
        prop_assert_eq!(place.search(&wanted), read(&place), "with an index");
        write(&mut journal, events.len() as u64, &later);
        prop_assert_eq!(place.search(&wanted), read(&place), "with one that is behind");
        prop_assert!(place.fill());
        prop_assert_eq!(place.search(&wanted), read(&place), "with one that was brought up");
    }
}
