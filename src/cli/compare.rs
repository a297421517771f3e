//! `auteur compare`: two takes, or two sessions, side by side.

mod json;
mod text;

use super::{House, args::CompareArgs, foreign, replay};
use crate::{
    compare::{Side, Unclear, compare as held, the_one, the_two},
    journal::Reader,
    model::{AgentId, Stage},
    text::{one_line, sanitise},
    ui::show::OpenSession,
};
use anyhow::anyhow;
use std::{
    io::{self, BufRead as _, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// One session, or a log, opened.
struct Opened {
    /// As it was named, without the agent.
    name: String,
    path: PathBuf,
    reader: Reader,
    stage: Stage,
}

/// Compares two, and prints what there is to say.
pub(super) fn compare(house: &House, args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let (opened, agents) = chosen(house, args)?;
    let [one, other] = &opened;
    let [mine, its] = agents;
    let comparison = held(&[one.side(mine), other.side(its)]);
    let mut out = io::stdout().lock();
    let sessions = opened.each_ref().map(|it| it.session());
    if args.json {
        json::write(&comparison, sessions, &mut out)?;
    } else {
        text::write(&comparison, sessions, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The sessions and the agents of them that are meant.
fn chosen(house: &House, args: &CompareArgs) -> anyhow::Result<([Opened; 2], [AgentId; 2])> {
    let (one, name) = open(house, &args.one)?;
    let Some(other) = &args.other else {
        let pair = match the_two(&one.stage, name.as_deref()) {
            Err(Unclear::Several(names)) if can_ask() => ask_which(&one, &names)?,
            pair => pair.map_err(|it| mend_two(&one.name, &it))?,
        };
        let again = one.again();
        return Ok(([one, again], pair));
    };
    let (other, its) = open(house, other)?;
    let agents = [
        the_one(&one.stage, name.as_deref()).map_err(|it| mend_one(&one.name, &it))?,
        the_one(&other.stage, its.as_deref()).map_err(|it| mend_one(&other.name, &it))?,
    ];
    Ok(([one, other], agents))
}

/// Whether somebody sits before the program who can be asked.
fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks which two of several are meant.
fn ask_which(opened: &Opened, names: &[String]) -> anyhow::Result<[AgentId; 2]> {
    let mut out = io::stderr();
    writeln!(out, "{} has several agents:", one_line(&opened.name, 60))?;
    for (place, name) in names.iter().enumerate() {
        writeln!(out, "  {}  {}", place + 1, one_line(name, 60))?;
    }
    write!(out, "which two? (two numbers) ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let chosen = chosen_two(&answer, names);
    let [one, other] = chosen.ok_or_else(|| anyhow!("expected two numbers such as 1 2"))?;
    let agent = |name: &str| the_one(&opened.stage, Some(name));
    Ok([agent(one)?, agent(other)?])
}

/// The two names that an answer chooses by their numbers.
fn chosen_two<'a>(answer: &str, names: &'a [String]) -> Option<[&'a str; 2]> {
    let words = answer.split(|it: char| it.is_whitespace() || it == ',');
    let numbers = words.filter(|it| !it.is_empty()).map(|it| it.parse::<usize>().ok());
    let numbers: Vec<usize> = numbers.collect::<Option<_>>()?;
    let [one, other] = numbers.as_slice() else { return None };
    let name = |number: usize| names.get(number.checked_sub(1)?).map(String::as_str);
    (one != other).then_some([name(*one)?, name(*other)?])
}

/// Opens what was named; what stands behind its last colon is an agent's name, where there
/// is nothing that is called by all of it.
fn open(house: &House, named: &str) -> anyhow::Result<(Opened, Option<String>)> {
    let whole = Opened::open(house, named);
    match (whole, named.rsplit_once(':')) {
        (Ok(opened), _) => Ok((opened, None)),
        (Err(error), None) => Err(error),
        (Err(_), Some((session, agent))) => {
            Ok((Opened::open(house, session)?, Some(agent.to_owned())))
        }
    }
}

/// Opens sessions for a screen.
pub(super) fn opener(house: &House) -> OpenSession {
    let house = house.again();
    Arc::new(move |path| {
        foreign::open(&house, path).map_err(|it| sanitise(&format!("{it:#}")).into_owned())
    })
}

impl Opened {
    fn open(house: &House, name: &str) -> anyhow::Result<Self> {
        let path = replay::journal(house, Path::new(name))?;
        let reader = foreign::open(house, &path)?;
        let stage = reader.fold(None);
        Ok(Self { name: name.to_owned(), path, reader, stage })
    }

    fn again(&self) -> Self {
        let (name, path) = (self.name.clone(), self.path.clone());
        Self { name, path, reader: self.reader.clone(), stage: self.stage.clone() }
    }

    /// How it is told of: by its title, and when it opened.
    fn session(&self) -> Session<'_> {
        Session { id: &self.reader.header().session, title: self.stage.title(), path: &self.path }
    }

    const fn side(&self, agent: AgentId) -> Side<'_> {
        Side { reader: &self.reader, stage: &self.stage, agent, upto: None }
    }
}

/// Which session one of them is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Session<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) path: &'a Path,
}

/// What to say instead of a session that has several agents.
fn mend_one(session: &str, unclear: &Unclear) -> anyhow::Error {
    let session = one_line(session, 60);
    match unclear {
        Unclear::Several(names) => {
            let all: Vec<_> = names.iter().map(|it| format!(":{it}")).collect();
            anyhow!("{session} has several agents: put one behind it: {}", all.join(", "))
        }
        other => anyhow!("{session}: {other}"),
    }
}

/// The same where two of one session are wanted.
fn mend_two(session: &str, unclear: &Unclear) -> anyhow::Error {
    let session = one_line(session, 60);
    match unclear {
        Unclear::Several(names) => {
            let all: Vec<_> = names.iter().take(2).map(|it| format!("{session}:{it}")).collect();
            anyhow!(
                "{session} has the agents {}: say which two, as in: auteur compare {}",
                names.join(", "),
                all.join(" ")
            )
        }
        Unclear::Only(name) => anyhow!(
            "{session} has nothing to hold {name} against: name a second session or log, or take \
             it again: auteur retake {session} --agent {name}"
        ),
        other => anyhow!("{session}: {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_chosen_by_their_numbers() {
        let names = ["main", "scout", "tester"].map(str::to_owned);
        assert_eq!(chosen_two("1 3\n", &names), Some(["main", "tester"]));
        assert_eq!(chosen_two(" 2,1", &names), Some(["scout", "main"]));
        for wrong in ["", "1", "1 1", "0 1", "1 4", "1 2 3", "main scout"] {
            assert_eq!(chosen_two(wrong, &names), None, "{wrong}");
        }
    }
}
