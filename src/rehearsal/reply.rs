//! What the scripted model answers to one request, before any wire format.

use super::{
    conversation::Conversation,
    fault::{Fault, Kind},
    script::{Override, Pace, Part, Stop, Turn},
    template::{Fields, bounded},
    walk::Position,
};

/// A service caches no prompt shorter than this many tokens
/// (Anthropic's and OpenAI's prompt caching guides).
const SHORTEST_CACHED: u64 = 1024;

/// One answer: words, calls and what they are said to cost.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    /// Unique to this answer; ids of calls and messages are made of it.
    pub(super) id: String,
    pub(super) model: String,
    pub(super) think: String,
    pub(super) say: String,
    pub(super) calls: Vec<ReplyCall>,
    pub(super) stop: Stop,
    /// None under the fault that leaves it out.
    pub(super) usage: Option<Tokens>,
    pub(super) pace: Pace,
}

/// One call, its arguments as the JSON text that goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReplyCall {
    pub(super) id: String,
    pub(super) tool: String,
    pub(super) with: String,
}

/// Token counts, each without the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) input: u64,
    pub(super) cache_read: u64,
    pub(super) cache_write: u64,
    pub(super) output: u64,
    /// The part of the output that was thinking.
    pub(super) thinking: u64,
}

/// About how many tokens a text of so many bytes has.
pub(super) fn tokens_of(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}

/// Plays one turn of a part.
pub(super) fn reply(
    part: &Part,
    position: &Position,
    conversation: &Conversation,
    id: &str,
    faults: &[Fault],
) -> Reply {
    let turn = position.turn.map(|index| &part.turns[index]);
    let fields = Fields { conversation, captures: &position.captures, takes: &part.takes };
    let mut reply = Reply {
        id: id.to_owned(),
        model: conversation.model.clone(),
        think: turn.map(|it| fields.fill(&it.think)).unwrap_or_default(),
        say: words(turn, position, &fields),
        calls: turn.map(|it| calls(part, it, &fields, id)).unwrap_or_default(),
        stop: turn.map_or(Stop::Natural, |it| it.stop),
        usage: None,
        pace: turn.and_then(|it| it.pace).unwrap_or(part.pace),
    };
    // Without tools in the middle of a part, the client asks for a title or so.
    let is_aside = conversation.tools.is_empty() && !reply.calls.is_empty();
    if position.is_summary_due || is_aside {
        answer_aside(&mut reply, conversation, position);
    }
    for fault in faults {
        spoil(&mut reply, fault.kind);
    }
    let own = turn.map(|it| it.usage).unwrap_or_default();
    let is_counted = !faults.iter().any(|fault| fault.kind == Kind::NoUsage);
    reply.usage = is_counted.then(|| count(&reply, conversation, own));
    reply
}

fn words(turn: Option<&Turn>, position: &Position, fields: &Fields<'_>) -> String {
    let preface = position.preface.as_deref().unwrap_or_default();
    match turn {
        Some(turn) => format!("{preface}{}", fields.fill(&turn.say)),
        None => format!("{preface}My part is over; there is nothing left for me to do."),
    }
}

fn calls(part: &Part, turn: &Turn, fields: &Fields<'_>, id: &str) -> Vec<ReplyCall> {
    let offered = &fields.conversation.tools;
    let calls = turn.calls.iter().filter(|it| !part.is_adaptable || offered.contains(&it.tool));
    let reply = |(index, call): (usize, &super::script::Call)| ReplyCall {
        id: format!("{id}{index:02}"),
        tool: call.tool.clone(),
        with: fields.fill_value(&call.with).to_string(),
    };
    calls.enumerate().map(reply).collect()
}

/// What is asked for is no turn of the part, but something about it.
fn answer_aside(reply: &mut Reply, conversation: &Conversation, position: &Position) {
    reply.calls.clear();
    reply.stop = Stop::Natural;
    reply.think.clear();
    let newest = conversation.exchanges.iter().rev().find(|it| !it.said.is_empty());
    let newest = newest.map_or("nothing yet", |it| it.said.as_str());
    reply.say = format!(
        "The brief: {}\nSaid last: {}\n{}",
        bounded(&conversation.brief()),
        bounded(newest),
        position.mark()
    );
}

fn spoil(reply: &mut Reply, kind: Kind) {
    match kind {
        Kind::BadArguments => {
            for call in &mut reply.calls {
                r#"{"command": "echo torn", "#.clone_into(&mut call.with);
            }
        }
        Kind::UnknownTool => {
            for call in &mut reply.calls {
                "no_such_tool".clone_into(&mut call.tool);
            }
        }
        Kind::Escapes => reply.say.push_str(
            " \u{1b}[31mred\u{1b}[0m \u{1b}]0;title\u{7} \u{1b}[2J\u{1b}[H \u{9b}31m \r\u{8}\
             \u{202e}RTL\u{202c} \u{1f469}\u{200d}\u{1f680} \u{0} end",
        ),
        _ => {}
    }
}

/// Counts as a service would: what the last request ended with is in its cache.
fn count(reply: &Reply, conversation: &Conversation, own: Override) -> Tokens {
    let total = tokens_of(conversation.size).max(1);
    let newest = conversation.exchanges.last().map_or(total, |it| tokens_of(it.size).min(total));
    let is_cached = conversation.is_cached && total >= SHORTEST_CACHED;
    let tail = if is_cached { newest.min(3) } else { total };
    let read = if is_cached { total - newest } else { 0 };
    let thinking = tokens_of(reply.think.len());
    let calls: u64 = reply.calls.iter().map(|it| tokens_of(it.with.len()) + 8).sum();
    Tokens {
        input: own.input.unwrap_or(tail),
        cache_read: own.cache_read.unwrap_or(read),
        cache_write: own.cache_write.unwrap_or(total - tail - read),
        output: own.output.unwrap_or(thinking + tokens_of(reply.say.len()) + calls).max(1),
        thinking,
    }
}
