//! What an agent may do, asked by hand. Nothing is run.

use super::{
    House,
    args::{CheckArgs, PolicyArgs, PolicyTask},
    opening,
};
use crate::{
    text::{one_line, reveal},
    tools::{
        Call,
        policy::{Access, Confinement, Decision, Explanation, Weight},
    },
    workspace::Workspace,
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// How wide a part of a request is shown, in columns.
const PART: usize = 60;

/// `auteur policy`
pub(super) fn policy(house: &House, args: &PolicyArgs) -> anyhow::Result<ExitCode> {
    let PolicyTask::Check(args) = &args.task;
    let casting = house.company.would_be(args.role.as_deref())?;
    let access = access(args, &Workspace::open(house.company.project())?);
    let confinement =
        opening::on_runtime(|runtime| Ok(runtime.block_on(house.company.confinement(&casting))))?;
    let told = house.company.policy(&casting).explain(&access, confinement);
    let mut out = io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &json(&told, args, confinement))?;
        writeln!(out)?;
    } else {
        print(&told, args, confinement, &mut out)?;
    }
    Ok(ExitCode::from(match told.decisive.weight.decision() {
        Decision::Allow => 0,
        Decision::Ask => 1,
        Decision::Deny => 2,
    }))
}

/// What is asked about, as an agent's own call would come to it.
fn access(args: &CheckArgs, workspace: &Workspace) -> Access {
    let call = match args {
        CheckArgs { read: Some(path), .. } => {
            Some(Call::Read { path: path.clone(), offset: None, limit: None })
        }
        CheckArgs { write: Some(path), .. } => {
            Some(Call::Write { path: path.clone(), content: String::new() })
        }
        _ => None,
    };
    if let Some(access) = call.and_then(|it| it.access(workspace)) {
        return access;
    }
    match args {
        CheckArgs { host: Some(host), .. } => Access::Network { host: host.clone() },
        CheckArgs { tool: Some(name), .. } => {
            Access::Tool { name: name.clone(), arguments: String::new() }
        }
        CheckArgs { command, .. } => Access::Run { command: joined(command) },
    }
}

/// One word is a whole command; several are the words of one.
fn joined(words: &[String]) -> String {
    match words {
        [command] => command.clone(),
        words => words.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(" "),
    }
}

/// A word as the shell gets it back.
fn quoted(word: &str) -> String {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || "_-./=:,@%+".contains(it);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The decision and what made it, then each part, then whose policy it was.
fn print(
    told: &Explanation,
    args: &CheckArgs,
    confinement: Confinement,
    out: &mut impl Write,
) -> io::Result<()> {
    let decisive = &told.decisive;
    let privileged = if decisive.weight == Weight::Privileged { " (privileged)" } else { "" };
    writeln!(out, "{}{privileged}: {}", decisive.weight.decision().name(), reveal(&decisive.why))?;
    if told.parts.len() > 1 {
        for part in &told.parts {
            let (what, why) = (one_line(&part.what, PART), reveal(&part.finding.why));
            writeln!(out, "  {:<5}  {what}: {why}", part.finding.weight.decision().name())?;
        }
    }
    let whose = args.role.as_deref().map_or("the settings".to_owned(), |it| format!("role {it}"));
    writeln!(out, "by {whose}, mode {}, {}", told.mode.name(), confinement.words())
}

fn json(told: &Explanation, args: &CheckArgs, confinement: Confinement) -> serde_json::Value {
    let parts = told.parts.iter().map(|part| {
        serde_json::json!({
            "what": part.what,
            "decision": part.finding.weight.decision().name(),
            "why": part.finding.why,
            "rule": part.finding.rule,
        })
    });
    serde_json::json!({
        "decision": told.decisive.weight.decision().name(),
        "why": told.decisive.why,
        "rule": told.decisive.rule,
        "privileged": told.decisive.weight == Weight::Privileged,
        "role": args.role,
        "mode": told.mode.name(),
        "sandboxed": confinement == Confinement::Sandboxed,
        "parts": parts.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_the_words_they_are() {
        let words =
            |list: &[&str]| joined(&list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&["git log; curl X"]), "git log; curl X");
        assert_eq!(words(&["git", "log", "a;b"]), "git log 'a;b'");
        assert_eq!(words(&["echo", "it's", ""]), r"echo 'it'\''s' ''");
    }
}
