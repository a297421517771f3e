//! What keeps the journal from being written: its reason first, its path last.

use super::scene::Sight;
use crate::model::{Activity, Agent, Status};

/// The supervisor says so where it grants nothing until the disk takes it.
const HELD: &str = "agents are held";

/// The words for the bottom line. A path in the middle of them would push the
/// reason off the screen; of its folders the last is enough to know it by.
pub(super) fn told(trouble: &str) -> String {
    let start = match trouble.find(" /") {
        _ if trouble.starts_with('/') => 0,
        Some(blank) => blank + 1,
        None => return without_number(trouble),
    };
    let (before, from) = trouble.split_at(start);
    let ends = [";", ": ", " was ", " may "];
    let end = ends.iter().filter_map(|it| from.find(it)).min().unwrap_or(from.len());
    let (path, after) = from.split_at(end);
    let mut parts = path.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let words = format!("{before}the journal{after} · …/{folder}/{file}");
    without_number(&words)
}

/// `(os error 28)` tells a director nothing that the words before it do not.
fn without_number(text: &str) -> String {
    let Some((before, rest)) = text.split_once(" (os error ") else { return text.to_owned() };
    let after = rest.split_once(')').map_or("", |it| it.1);
    format!("{before}{after}")
}

/// The link says so where the session's process has gone.
const GONE: &str = "process is gone";

/// What stands in the top line while there is trouble.
pub(super) fn chip(trouble: &str) -> &'static str {
    match trouble {
        _ if trouble.contains(HELD) => " DISK: agents held ",
        _ if trouble.contains(GONE) => " GONE: agents cut off ",
        _ => " NOT SAVED ",
    }
}

/// Whether nothing is granted while the trouble lasts.
pub(super) fn holds(sight: Sight) -> bool {
    sight.scene.trouble.is_some_and(|it| it.contains(HELD))
}

/// Whether an agent was cut off: its session's process has gone without a word.
pub(super) fn is_cut_off(agent: &Agent, sight: Sight) -> bool {
    !agent.is_over() && sight.scene.trouble.is_some_and(|it| it.contains(GONE))
}

/// How an agent stands as far as can be seen: who works while the journal can't
/// be written is held at its next step, and nobody works whose session is gone,
/// although no fact says so; there can be none.
pub(super) fn status(agent: &Agent, sight: Sight) -> Status {
    match agent.status() {
        _ if is_cut_off(agent, sight) => Status::Stopped,
        Status::Running if !holds(sight) => Status::Running,
        Status::Running if agent.is_still() && !is_retrying(agent) => Status::Paused,
        Status::Running => Status::Pausing,
        status => status,
    }
}

const fn is_retrying(agent: &Agent) -> bool {
    matches!(agent.activity, Activity::Retrying { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_comes_first_and_the_path_last() {
        let full = "No space left on device (os error 28): could not append to \
                    /home/ada lovelace/.local/state/auteur/p/0192.jsonl; agents are held, trying again";
        assert_eq!(
            told(full),
            "No space left on device: could not append to the journal; agents are held, trying \
             again · …/p/0192.jsonl"
        );
        let gone = "/tmp/p/0192.jsonl was moved or deleted; nothing more is kept";
        let words = "the journal was moved or deleted; nothing more is kept · …/p/0192.jsonl";
        assert_eq!(told(gone), words);
        assert_eq!(told("no path here"), "no path here");
    }
}
