//! What an agent has in mind when its engine comes up: its brief, or what the journal
//! tells of its former runs and of the agent that it is another take of.

use super::{conversation::Conversation, digest::digest, tool::Wanted};
use crate::{
    engine::Start,
    journal::Reader,
    model::{AgentId, Event, Seq, Take, Turn},
};

/// Bytes of a summary for a program that can't be told the conversation itself.
const SUMMARY: usize = 24 * 1024;
/// Said to one that is to go on where nobody has anything to say.
const GO_ON: &str = "Go on with your work.";

/// The conversation so far: the brief, or what a former run left in the journal,
/// with the calls that it had not begun.
pub(super) async fn recall(start: &Start) -> Result<(Conversation, Vec<Wanted>), String> {
    let Some(path) = start.past.clone() else {
        return Ok((Conversation::opening(&start.agent.casting.brief), Vec::new()));
    };
    let (id, open) = (start.agent.id, start.agent.tools_open.clone());
    let read = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.to_string())?;
        let mut told = remembered(&reader, id, &End::default())?.conversation;
        let left = told.close_gaps_but(|call| open.contains_key(&call));
        Ok((told, left))
    });
    read.await.map_err(|error| error.to_string())?
}

/// What an agent remembers.
#[derive(Default)]
struct Memory {
    conversation: Conversation,
    /// The director's words are the last, and it has not answered them.
    ends_with_director: bool,
    /// Where it was cast.
    cast: Seq,
}

/// Where a memory ends.
#[derive(Default)]
struct End {
    /// Before this turn, or never.
    turn: Option<Turn>,
    /// Before this record.
    seq: Option<Seq>,
}

impl End {
    fn is_at(&self, seq: Seq, event: &Event) -> bool {
        let is_turn = |it: Turn| matches!(event, Event::TurnStarted { turn, .. } if *turn >= it);
        self.turn.is_some_and(is_turn) || self.seq.is_some_and(|it| seq >= it)
    }
}

/// What an agent remembers up to there: what the one whose take it is had in mind where
/// it begins, and what has happened to it since.
fn remembered(reader: &Reader, id: AgentId, end: &End) -> Result<Memory, String> {
    let mut memory = Memory::default();
    let mut undone = None;
    let mut records = reader.records_of(id);
    while let Some((_, record)) = records.next() {
        if end.is_at(record.seq, &record.event) {
            break;
        }
        if matches!(record.event, Event::Rewound { .. }) && undone.is_none() {
            // What is undone is told from the start as if it had not been.
            undone = Some(Undone::of(reader, id, end));
            memory = Memory::default();
            records = reader.records_of(id);
            continue;
        }
        if undone.as_ref().is_some_and(|it| it.holds(record.seq)) {
            continue;
        }
        match &record.event {
            Event::AgentAdded { casting, .. } => {
                let brief = Conversation::opening(&casting.brief);
                memory = match casting.take.as_deref() {
                    Some(take) if !take.journal.is_empty() => told(&casting.brief, take),
                    Some(take) => begun(reader, (id, record.seq), take, brief)?,
                    None => Memory { conversation: brief, ..Memory::default() },
                };
                memory.cast = record.seq;
            }
            event => {
                memory.conversation.replay(event);
                match event {
                    Event::RedirectDelivered { .. } => memory.ends_with_director = true,
                    Event::TurnStarted { .. } | Event::Compacted { .. } => {
                        memory.ends_with_director = false;
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(memory)
}

/// The stretches of a journal that an agent has gone back over.
#[derive(Default)]
struct Undone {
    /// Each from a record up to before another.
    stretches: Vec<(Seq, Seq)>,
}

impl Undone {
    fn of(reader: &Reader, id: AgentId, end: &End) -> Self {
        let mut undone = Self::default();
        let mut starts: Vec<(Turn, Seq)> = Vec::new();
        // What can be done again: which stretch, and the turns that begin in it.
        let mut open: Vec<(usize, Vec<(Turn, Seq)>)> = Vec::new();
        for (_, record) in reader.records_of(id) {
            if end.is_at(record.seq, &record.event) {
                break;
            }
            match &record.event {
                Event::RedirectDelivered { turn, .. } => begin(&mut starts, *turn, record.seq),
                Event::TurnStarted { turn, again, .. } => {
                    begin(&mut starts, *turn, record.seq);
                    if !again {
                        open.clear();
                    }
                }
                Event::Rewound { to, .. } => {
                    let at = starts.iter().position(|(turn, _)| turn > to);
                    let gone = at.map(|at| starts.split_off(at)).unwrap_or_default();
                    let from = gone.first().map_or(record.seq, |(_, seq)| *seq);
                    open.push((undone.stretches.len(), gone));
                    undone.stretches.push((from, record.seq));
                }
                Event::RewindUndone { .. } => {
                    if let Some((place, gone)) = open.pop() {
                        undone.stretches.truncate(place);
                        starts.extend(gone);
                    }
                }
                _ => {}
            }
        }
        undone
    }

    fn holds(&self, seq: Seq) -> bool {
        self.stretches.iter().any(|(from, to)| (*from..*to).contains(&seq))
    }
}

/// Notes where a turn begins: with what was said for it, if anything was.
fn begin(starts: &mut Vec<(Turn, Seq)>, turn: Turn, seq: Seq) {
    if starts.last().is_none_or(|(last, _)| *last < turn) {
        starts.push((turn, seq));
    }
}

/// What a take has in mind where it begins.
fn begun(
    reader: &Reader,
    (id, cast): (AgentId, Seq),
    take: &Take,
    brief: Conversation,
) -> Result<Memory, String> {
    if take.turn.0 <= 1 {
        return Ok(Memory { conversation: brief, ..Memory::default() });
    }
    let mut memory = before(reader, (id, cast), take)?;
    memory.conversation.close_gaps();
    if !take.message.is_empty() {
        if memory.ends_with_director {
            memory.conversation.unsay();
        }
        memory.conversation.user(&take.message);
        memory.ends_with_director = false;
    }
    Ok(memory)
}

/// What a take of an agent that another log tells of has in mind: its brief, the summary
/// of what was done, and what is said to it there.
fn told(brief: &str, take: &Take) -> Memory {
    let said = if take.message.is_empty() { GO_ON } else { &take.message };
    let words = match take.turn.0 {
        0 | 1 => vec![brief],
        _ => vec![brief, &take.summary, said],
    };
    let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
    Memory { conversation: Conversation::opening(&words.join("\n\n")), ..Memory::default() }
}

/// What the one whose take it is had in mind before the first turn that is taken anew.
fn before(reader: &Reader, (id, cast): (AgentId, Seq), take: &Take) -> Result<Memory, String> {
    // A damaged journal may lead round in a circle.
    if take.of >= id {
        return Err(format!("the journal has no {} that this could be a take of", take.name));
    }
    remembered(reader, take.of, &End { turn: Some(take.turn), seq: Some(cast) })
}

/// Has a program that keeps its conversation itself begin as a take: what it is told is
/// what its own session does not hold. Does nothing to one that is no take, or has begun.
///
/// # Errors
/// When the journal can't be read.
pub async fn retell(start: &mut Start) -> Result<(), String> {
    if start.agent.goes_back().is_some() {
        return retell_undone(start).await;
    }
    let casting = &start.agent.casting;
    let Some(take) = casting.take.clone().filter(|it| it.turn.0 > 1) else { return Ok(()) };
    if start.agent.has_begun() {
        return Ok(());
    }
    let brief = casting.brief.clone();
    let said = if take.message.is_empty() { GO_ON.to_owned() } else { take.message.clone() };
    let mut words = Vec::new();
    if take.kept.0 == 0 {
        words.push(brief.clone());
    }
    if take.is_summed_up() {
        words.push(summary(start, take.clone(), take.summary.clone()).await?);
    }
    words.push(said.clone());
    start.agent.casting.brief = words.join("\n\n");
    if take.kept.0 > 0 {
        let whole = Take { kept: Turn(0), ..(*take).clone() };
        let known = summary(start, Box::new(whole), take.anew.clone()).await;
        // Who has its session needs none.
        start.anew = known.ok().map(|it| [brief, it, said].join("\n\n"));
    }
    Ok(())
}

/// The same for one that went back in place, and knows its brief.
async fn retell_undone(start: &mut Start) -> Result<(), String> {
    let agent = &start.agent;
    let (id, turn) = (agent.id, agent.stands_at().next());
    let path = start.past.clone().unwrap_or_default();
    let brief = agent.casting.brief.clone();
    let known = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.to_string())?;
        sum_up(&reader, &Take { of: id, turn, ..Take::default() })
    });
    // Who has its session needs none.
    let known = known.await.map_err(|error| error.to_string())?.ok();
    start.anew = known.map(|it| [brief, it, GO_ON.to_owned()].join("\n\n"));
    Ok(())
}

/// What was done between what a take knows and where it begins: as it is told already, or
/// read from the journal.
async fn summary(start: &Start, take: Box<Take>, told: String) -> Result<String, String> {
    if !told.is_empty() {
        return Ok(told);
    }
    let (id, path) = (start.agent.id, start.past.clone().unwrap_or_default());
    let summed = tokio::task::spawn_blocking(move || {
        let reader = Reader::open(&path).map_err(|error| error.to_string())?;
        before(&reader, (id, Seq(u64::MAX)), &take).map(|it| in_short(&it, &take))
    });
    summed.await.map_err(|error| error.to_string())?
}

/// What an agent said and did after the turn `kept` and before the turn `turn`, in words
/// for another one that is to go on from there.
///
/// # Errors
/// When the journal has no such agent.
pub fn sum_up(reader: &Reader, take: &Take) -> Result<String, String> {
    let end = End { turn: Some(take.turn), seq: None };
    remembered(reader, take.of, &end).map(|it| in_short(&it, take))
}

fn in_short(memory: &Memory, take: &Take) -> String {
    let files = match (take.journal.is_empty(), take.files.is_empty()) {
        (false, true) => "the files may have changed since",
        _ => "the files are as you left them then",
    };
    format!(
        "You have worked on this before; this is what was said and done in turns {} to {}, and \
         {files}.\n\n{}",
        take.kept.next(),
        take.after(),
        digest(memory.conversation.since(take.kept), SUMMARY)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal::Journal,
        llm::{Message, Part},
        model::{
            Author, Casting, Cost, FORMAT, Header, Millis, Record, RedirectId, Stop, Usage, Version,
        },
    };

    const OLD: AgentId = AgentId(1);
    const NEW: AgentId = AgentId(2);

    fn cast(agent: AgentId, take: Option<Take>) -> Event {
        let take = take.map(Box::new);
        let casting = Casting { brief: "mend it".into(), take, ..Casting::default() };
        Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director }
    }

    fn turn(agent: AgentId, n: u32) -> [Event; 3] {
        let (turn, version, model) = (Turn(n), Version(1), String::new());
        let (usage, cost, stop) = (Usage::default(), Cost::default(), Stop::End);
        [
            Event::TurnStarted { agent, turn, version, model, reserved: None, again: false },
            Event::Said { agent, text: format!("{agent}.{n}") },
            Event::TurnEnded { agent, turn, stop, usage, cost },
        ]
    }

    fn told(agent: AgentId, n: u32, text: &str) -> Event {
        let (redirect, turn, text) = (RedirectId(n), Turn(n), text.to_owned());
        Event::RedirectDelivered { agent, redirect, turn, text }
    }

    /// What the new one has in mind, in a session where this happened.
    fn mind(events: Vec<Event>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
        let mut journal = Journal::create(folder.path(), &header).unwrap();
        let records: Vec<Record> = (1..)
            .zip(events)
            .map(|(n, event)| Record { seq: Seq(n), at: Millis(n), event })
            .collect();
        journal.append(&records).unwrap();
        let reader = Reader::open(journal.path()).unwrap();
        let memory = remembered(&reader, NEW, &End::default()).unwrap();
        let words = memory.conversation.messages().iter().map(|it| match it {
            Message::User(text) => format!("user: {text}"),
            Message::Assistant(parts) => match parts.first() {
                Some(Part::Text(text)) => text.clone(),
                _ => String::new(),
            },
            Message::Results(_) => "results".to_owned(),
        });
        words.collect()
    }

    fn take(turn: u32, message: &str) -> Take {
        Take { of: OLD, turn: Turn(turn), message: message.into(), ..Take::default() }
    }

    #[test]
    fn a_take_of_what_another_log_tells_has_in_mind_its_summary_and_what_is_said() {
        let begins = |n: u32, message: &str| {
            let (summary, journal) = ("it was done".into(), "/logs/of-another".into());
            mind(vec![cast(NEW, Some(Take { summary, journal, ..take(n, message) }))])
        };
        assert_eq!(begins(3, "now"), ["user: mend it\n\nit was done\n\nnow"]);
        assert_eq!(begins(3, ""), [format!("user: mend it\n\nit was done\n\n{GO_ON}")]);
        assert_eq!(begins(1, ""), ["user: mend it"]);
    }

    #[test]
    fn a_take_has_in_mind_what_came_before_its_turn_and_nothing_after() {
        let mut events = vec![cast(OLD, None)];
        events.extend(turn(OLD, 1));
        events.push(told(OLD, 2, "only in src"));
        events.extend(turn(OLD, 2));
        events.extend(turn(OLD, 3));
        let with = |take: Take| {
            let mut events = events.clone();
            events.push(cast(NEW, Some(take)));
            // The other one goes on.
            events.extend(turn(OLD, 4));
            events.extend(turn(NEW, 9));
            mind(events)
        };
        let same = ["user: mend it", "1.1", "user: only in src", "2.9"];
        assert_eq!(with(take(2, "")), same);
        assert_eq!(
            with(take(2, "not in src")),
            ["user: mend it", "1.1", "user: not in src", "2.9"]
        );
        let third = ["user: mend it", "1.1", "user: only in src", "1.2", "user: stop", "2.9"];
        assert_eq!(with(take(3, "stop")), third);
        let whole =
            ["user: mend it", "1.1", "user: only in src", "1.2", "1.3", "user: more", "2.9"];
        assert_eq!(with(take(4, "more")), whole);
    }

    #[test]
    fn what_was_undone_is_not_in_mind_and_what_is_done_again_is() {
        let (agent, by, files) = (NEW, Author::Director, None);
        let back = |to, from| Event::Rewound {
            agent,
            to: Turn(to),
            from: Turn(from),
            files: files.clone(),
            by,
        };
        let on = |to| Event::RewindUndone { agent, to: Turn(to), files: None, by };
        let mut events = vec![cast(NEW, None)];
        events.extend(turn(NEW, 1));
        events.push(told(NEW, 2, "only in src"));
        events.extend(turn(NEW, 2));
        events.extend(turn(NEW, 3));
        let with = |more: Vec<Event>| mind(events.iter().cloned().chain(more).collect());
        let all = ["user: mend it", "2.1", "user: only in src", "2.2", "2.3"];
        assert_eq!(with(vec![]), all);
        assert_eq!(with(vec![back(2, 3)]), all[..4]);
        assert_eq!(with(vec![back(1, 3)]), all[..2], "what was said for the second goes with it");
        assert_eq!(with(vec![back(2, 3), back(0, 2)]), all[..1]);
        assert_eq!(with(vec![back(2, 3), back(0, 2), on(2)]), all[..4]);
        assert_eq!(with(vec![back(2, 3), back(0, 2), on(2), on(3)]), all);
        let [start, said, ended] = turn(NEW, 4);
        let anew = ["user: mend it", "2.1", "2.4"];
        assert_eq!(with(vec![back(1, 3), start, said, ended]), anew);
    }

    #[test]
    fn a_take_of_a_take_has_in_mind_what_both_had() {
        let mut events = vec![cast(OLD, None)];
        events.extend(turn(OLD, 1));
        events.extend(turn(OLD, 2));
        events.push(cast(AgentId(3), Some(take(2, "again"))));
        events.extend(turn(AgentId(3), 2));
        events.extend(turn(AgentId(3), 3));
        let of = AgentId(3);
        let second = Take { of, turn: Turn(3), ..Take::default() };
        events.push(cast(NEW, Some(second.clone())));
        let why = std::panic::catch_unwind(|| mind(events.clone()));
        assert!(why.is_err(), "who is cast later is nobody's past");
        let new = AgentId(4);
        let last = events.len() - 1;
        events[last] = cast(new, Some(second));
        events.extend(turn(new, 3));
        let renamed = events.into_iter().collect::<Vec<_>>();
        let folder = tempfile::tempdir().unwrap();
        let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
        let mut journal = Journal::create(folder.path(), &header).unwrap();
        let records: Vec<Record> = (1..)
            .zip(renamed)
            .map(|(n, event)| Record { seq: Seq(n), at: Millis(n), event })
            .collect();
        journal.append(&records).unwrap();
        let reader = Reader::open(journal.path()).unwrap();
        let memory = remembered(&reader, new, &End::default()).unwrap();
        let said = format!("{:?}", memory.conversation.messages());
        let places = ["mend it", "1.1", "again", "3.2", "4.3"].map(|it| said.find(it));
        assert!(places.is_sorted() && places.iter().all(Option::is_some), "{said}");
        assert!(!said.contains("1.2") && !said.contains("3.3"), "{said}");
    }
}
