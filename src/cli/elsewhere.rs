//! Agents that somebody runs elsewhere on this machine, cast to be watched: found by
//! their logs, and read by whoever knows those.

use super::House;
use crate::{
    engine::watched::{Heard, OpenTale, Tale, Then},
    interop::{Foreign, Grown, Places, Tail},
    llm::PriceTable,
    model::{Capabilities, Casting, EngineKind, Millis, Watches},
    text::one_line,
    ui::{desk::Offer, show::FindNearby},
};
use anyhow::{Context as _, bail};
use jiff::{SignedDuration, Timestamp};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// No name is longer, in columns.
const NAME: usize = 30;
/// Whose log was written within this time is offered to be watched.
const LATELY: SignedDuration = SignedDuration::from_hours(2);
/// What an agent is said to do whose log does not tell.
const UNTOLD: &str = "(its log does not tell what it was asked)";

/// A log that is watched.
struct Told(Tail);

impl Tale for Told {
    fn read(&mut self) -> Result<Heard, String> {
        let (events, grown) = self.0.read(Timestamp::now()).map_err(in_words)?;
        let then = match grown {
            Grown::More => Then::More,
            Grown::Whole => Then::Whole,
            Grown::Anew => Then::Anew,
            Grown::Gone => Then::Over("its log is gone: there is nothing to watch".to_owned()),
            Grown::Replaced => {
                Then::Over("another log has taken the place of its own: watch that".to_owned())
            }
        };
        Ok(Heard { events, then })
    }
}

/// How logs are opened that are watched.
pub(super) fn opener(prices: Arc<PriceTable>) -> OpenTale {
    Arc::new(move |path: &Path| {
        let tale: Box<dyn Tale> = Box::new(Told(open(path, &prices).map_err(in_words)?));
        Ok(tale)
    })
}

fn open(path: &Path, prices: &Arc<PriceTable>) -> anyhow::Result<Tail> {
    let log = Foreign::open(path)?;
    let log = log.with_context(|| format!("{} is no log that is known", path.display()))?;
    Ok(Tail::open(log, prices)?)
}

fn in_words(error: impl Into<anyhow::Error>) -> String {
    one_line(&format!("{:#}", error.into()), 300)
}

/// An agent that is seen by this log, as far as it tells now.
///
/// # Errors
/// When it can't be read, or is none.
pub(super) fn casting(path: &Path, prices: &Arc<PriceTable>) -> anyhow::Result<Casting> {
    let path = path.canonicalize().with_context(|| format!("read {}", path.display()))?;
    let told = open(&path, prices)?.meet(Timestamp::now())?.unwrap_or_default();
    let brief = if told.brief.trim().is_empty() { UNTOLD.to_owned() } else { told.brief };
    Ok(Casting {
        name: name(&told.name, &told.workspace),
        engine: EngineKind::Watched,
        capabilities: Capabilities::WATCHED,
        brief,
        watches: Some(Box::new(Watches {
            log: path.to_string_lossy().into_owned(),
            agent: Watches::FIRST,
        })),
        ..told
    })
}

/// `claude parser`: the tool, and the folder it works in.
fn name(tool: &str, folder: &str) -> String {
    let folder = folder.rsplit('/').find(|it| !it.is_empty()).unwrap_or_default();
    let tool = if tool.is_empty() { "agent" } else { tool };
    let folder: String =
        folder.chars().map(|it| if it.is_whitespace() { '-' } else { it }).collect();
    one_line(format!("{tool}-{folder}").trim_end_matches('-'), NAME)
}

/// The log that is meant: a file, `last` for the one that was written last on this
/// machine, or the beginning of what a tool calls its session.
///
/// # Errors
/// When there is none, or more than one.
pub(super) fn find(places: &Places, wanted: &str) -> anyhow::Result<PathBuf> {
    let path = Path::new(wanted);
    if path.exists() {
        return Ok(path.to_owned());
    }
    let found = places.find(Timestamp::UNIX_EPOCH);
    if wanted == "last" {
        let last = found.first().context("no tool has a log here that is known")?;
        return Ok(last.path.clone());
    }
    let is_meant = |path: &Path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        name.starts_with(wanted) || name.contains(&format!("-{wanted}"))
    };
    let mut meant = found.into_iter().map(|it| it.path).filter(|it| is_meant(it));
    match (meant.next(), meant.next()) {
        (Some(path), None) => Ok(path),
        (None, _) => bail!(
            "{wanted:?} is no file, and no session of Claude Code, Codex or Gemini CLI here: \
             `auteur watch --list` names those that are active"
        ),
        (Some(one), Some(other)) => {
            bail!("{wanted:?} may be {} or {}: name one of them", one.display(), other.display())
        }
    }
}

/// Finds who can be watched now.
pub(super) fn nearby(house: &House) -> FindNearby {
    let (places, prices) = (super::watch::places(house), super::foreign::prices(house));
    Arc::new(move || {
        let now = Timestamp::now();
        let found = places.find(now - LATELY).into_iter();
        // What can't be read now may be in a moment.
        let offers = found.filter_map(|found| {
            let log = Foreign::open(&found.path).ok().flatten()?;
            // Who works in a place of ours is on stage in its own session.
            if places.is_of_ours(&log) {
                return None;
            }
            let casting = casting(&found.path, &prices).ok()?;
            let age = now.duration_since(found.modified).as_millis();
            let age = Millis(u64::try_from(age).unwrap_or_default());
            Some(Offer { casting, session: log.about().1.to_owned(), age })
        });
        offers.take(super::watch::SHOWN).collect()
    })
}

impl House {
    /// An agent that is seen by the log that is meant.
    ///
    /// # Errors
    /// When there is none, or it can't be read.
    pub(super) fn watching(&self, wanted: &str) -> anyhow::Result<Casting> {
        let path = find(&super::watch::places(self), wanted)?;
        casting(&path, &super::foreign::prices(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Agent, AgentId, Author, Command, EntryKind, Input, Millis, Record, Report, Stage,
        among_agents, decide, follow_up,
    };

    /// Our own recordings of those who can be watched.
    const LOGS: [&str; 3] = ["claude-code.jsonl", "codex.jsonl", "gemini.jsonl"];

    fn prices() -> Arc<PriceTable> {
        Arc::new(PriceTable::embedded())
    }

    fn recording(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/interop").join(name)
    }

    /// Takes an input to a stage, with all that follows from it.
    fn judge(stage: &mut Stage, input: Input) {
        let mut facts = decide(stage, input).unwrap();
        while !facts.is_empty() {
            let event = facts.remove(0);
            let seq = stage.last().next();
            stage.apply(&Record { seq, at: Millis(seq.0), event: event.clone() });
            facts.extend(follow_up(stage, &event));
            if facts.is_empty() {
                facts = among_agents(stage);
            }
        }
    }

    /// What our journal comes to of one who is watched by this log.
    fn watched(path: &Path) -> Agent {
        stage(path).agent(AgentId(1)).unwrap().clone()
    }

    /// What our journal comes to where somebody is watched by this log, all of it told.
    fn stage(path: &Path) -> Stage {
        let mut stage = Stage::default();
        let casting = casting(path, &prices()).unwrap();
        let command = Command::Add(Box::new(casting));
        judge(&mut stage, Input::Command { by: Author::Director, command });
        let say = |stage: &mut Stage, report| {
            judge(stage, Input::Report { agent: AgentId(1), run: 1, report });
        };
        say(&mut stage, Report::Started);
        let mut tail = open(path, &prices()).unwrap();
        loop {
            let (events, grown) = tail.read(Timestamp::now()).unwrap();
            for event in events {
                say(&mut stage, Report::Seen(Box::new(event)));
            }
            if grown == Grown::Whole {
                return stage;
            }
        }
    }

    /// The entries of a log but for its end, which nobody saw: where it runs it goes on.
    /// When it was, and who its user is to whom, is not compared.
    fn entries(agent: &Agent) -> Vec<EntryKind> {
        let all = agent.log.entries().map(|it| it.kind.clone());
        let alike = all.map(|kind| match kind {
            EntryKind::Redirect { redirect, text, state, .. } => {
                EntryKind::Redirect { redirect, by: Author::User, text, state }
            }
            EntryKind::Direction { text, .. } => EntryKind::Direction { by: Author::User, text },
            EntryKind::Tool { call, tool, title, input, output, bytes, changes, note, .. } => {
                let state = crate::model::ToolState::Called;
                EntryKind::Tool { call, tool, title, input, state, output, bytes, changes, note }
            }
            other => other,
        });
        let is_end = |it: &EntryKind| match it {
            EntryKind::Direction { text, .. } => text == "taken up again",
            other => matches!(other, EntryKind::End { .. }),
        };
        alike.filter(|it| !is_end(it)).collect()
    }

    #[test]
    fn our_journal_tells_of_a_log_what_its_translation_tells() {
        for name in LOGS {
            let path = recording(name);
            let folder = tempfile::tempdir().unwrap();
            let log = Foreign::open(&path).unwrap().unwrap();
            let translated = log.translate(&prices(), folder.path()).unwrap().fold(None);
            let itself = translated.agent(AgentId(1)).unwrap();
            let seen = watched(&path);
            assert_eq!(entries(&seen), entries(itself), "{name}");
            assert_eq!(
                (seen.turn, seen.usage, seen.spent, seen.context, &seen.tools, &seen.files),
                (itself.turn, itself.usage, itself.spent, itself.context, &itself.tools, &{
                    let files = itself.files.iter();
                    let at = |path: &String| seen.files.get(path).map_or(Millis(0), |it| it.last);
                    files
                        .map(|(path, it)| {
                            (path.clone(), crate::model::FileTally { last: at(path), ..*it })
                        })
                        .collect()
                }),
                "{name}"
            );
            assert!(seen.turn.0 > 1 && seen.log.entries().len() > 4, "{name}");
            assert!(!seen.is_over(), "{name}: where it runs it goes on");
        }
    }

    #[test]
    fn those_that_work_for_it_are_seen_with_it_and_end_as_their_calls_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.jsonl");
        let line = |is_aside: bool, rest: &str| {
            let head = r#"{"sessionId":"s","timestamp":"2026-11-01T10:00:0"#;
            format!("{head}{rest},\"isSidechain\":{is_aside}}}\n")
        };
        let task = r#"1Z","type":"assistant","message":{"role":"assistant","id":"m1","model":"claude-opus-4-6","stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1},"content":[{"type":"tool_use","id":"t1","name":"Task","input":{"prompt":"look"}}]}"#;
        let main = [
            line(false, r#"0Z","type":"user","message":{"role":"user","content":"go"}"#),
            line(false, task),
        ];
        let answer = r#"3Z","type":"assistant","message":{"role":"assistant","id":"m2","model":"claude-haiku-4-5","stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1},"content":[{"type":"text","text":"seen"}]}"#;
        let aside = [
            line(true, r#"2Z","type":"user","message":{"role":"user","content":"look"}"#),
            line(true, answer),
        ];
        let result = r#"4Z","type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"seen"}]}"#;
        std::fs::create_dir_all(folder.path().join("log/subagents")).unwrap();
        std::fs::write(&path, main.concat()).unwrap();
        std::fs::write(folder.path().join("log/subagents/agent-a.jsonl"), aside.concat()).unwrap();
        let stage = stage(&path);
        let (head, helper) = (stage.agent(AgentId(1)).unwrap(), stage.agent(AgentId(2)).unwrap());
        assert_eq!(stage.parent(helper).map(|it| it.id), Some(head.id));
        assert!(helper.is_watched_with_another() && helper.is_on(), "{helper:?}");
        let said =
            |it: &EntryKind| matches!(it, EntryKind::Said { text, .. } if text.trim() == "seen");
        assert!(helper.log.entries().any(|it| said(&it.kind)));
        std::fs::write(&path, [main.concat(), line(false, result)].concat()).unwrap();
        let stage = self::stage(&path);
        assert!(
            stage.agent(AgentId(2)).unwrap().is_over()
                && !stage.agent(AgentId(1)).unwrap().is_over()
        );
        std::fs::write(&path, main.concat()).unwrap();
        // Who is not looked at any more takes those with it that are seen in its log.
        let mut stage = self::stage(&path);
        let (by, command) = (Author::Director, Command::Stop(AgentId(2)));
        assert!(decide(&stage, Input::Command { by, command }).is_err());
        let ended = Report::Ended(crate::model::Outcome::Stopped { by });
        judge(&mut stage, Input::Report { agent: AgentId(1), run: 1, report: ended });
        assert!(stage.agents().all(Agent::is_over));
        judge(&mut stage, Input::Command { by, command: Command::Restart(AgentId(1)) });
        let started = Report::Started;
        judge(&mut stage, Input::Report { agent: AgentId(1), run: 2, report: started });
        assert!(stage.agents().all(Agent::is_on), "all of them are looked at again");
    }

    #[test]
    fn a_name_says_which_tool_and_where() {
        assert_eq!(name("claude", "/home/ann/my parser"), "claude-my-parser");
        assert_eq!(name("codex", ""), "codex");
        assert_eq!(name("", "/"), "agent");
    }
}
