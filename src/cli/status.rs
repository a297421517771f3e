//! `auteur status`: how the agents of a session stand, and who needs the director.

use super::{House, args::StatusArgs, sessions};
use crate::{
    journal::{Reader, is_running},
    model::{Agent, Item, Millis, Stage, Status, Whom},
    text::{json, one_line, pad},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// How wide what somebody does is told.
const ACTIVITY: usize = 60;
/// How wide it is told how somebody stands.
const STANDS: usize = 20;

/// Says how a session stands.
pub(super) fn status(house: &House, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let reader = Reader::open(&sessions::at_work(house, args.session.as_deref())?)?;
    let (stage, is_running) = (reader.fold(None), is_running(&reader));
    let now = if is_running { age(&reader).max(stage.now()) } else { stage.now() };
    let mut out = io::stdout().lock();
    if args.json {
        json::write_pretty(&mut out, &told(&stage, is_running, now))?;
        writeln!(out)?;
    } else if args.short {
        if is_running {
            writeln!(out, "{}", short(&stage, now))?;
        }
    } else {
        tell(&stage, is_running, now, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How long ago the session opened.
pub(super) fn age(reader: &Reader) -> Millis {
    let opened: Option<Timestamp> = reader.header().opened.parse().ok();
    let age = opened.map(|it| Timestamp::now().duration_since(it).as_millis());
    Millis(age.and_then(|it| u64::try_from(it).ok()).unwrap_or_default())
}

fn told(stage: &Stage, is_running: bool, now: Millis) -> Value {
    let totals = stage.totals();
    let needs = stage.pressing(now);
    let agent = |it: &Agent| {
        let own = needs.iter().filter(|item| item.agent() == Some(it.id));
        json!({
            "name": it.casting.name,
            "role": it.casting.role,
            "status": it.status().to_string(),
            "checks": it.proven().map(|it| it.to_string()),
            "since_ms": it.since.0,
            "turns": it.turn.0,
            "needs": own.map(|item| item.key.reason.word()).collect::<Vec<_>>(),
            "cost_nano_dollars": it.spent.known.0,
            "unpriced_calls": it.spent.unpriced,
            "is_api_equivalent": it.on_login,
            "budget_nano_dollars": it.casting.budget.map(|it| it.0),
        })
    };
    let need = |it: &Item| {
        json!({
            "who": stage.name_of(it.key.whom),
            "what": it.key.reason.word(),
            "waits_ms": now.since(it.since).0,
            "holds_up": it.blocks,
        })
    };
    let quotas = stage.quotas().flat_map(|(account, windows)| {
        windows.iter().map(move |it| {
            json!({
                "account": account,
                "window": it.window.name,
                "used_percent": it.window.used,
                "is_used_up": it.window.is_spent && it.holds(now),
                "resets_in_ms": it.resets_at.map(|at| at.since(now).0),
            })
        })
    });
    let limits = stage.all_limits();
    let limits = limits.iter().filter_map(|it| {
        Some(json!({
            "whose": stage.purse_name(it),
            "budget_nano_dollars": stage.limit_of(it)?.0,
            "spent_or_set_aside_nano_dollars": stage.counted_of(it).0,
        }))
    });
    json!({
        "limits": limits.collect::<Vec<_>>(),
        "quotas": quotas.collect::<Vec<_>>(),
        "session": stage.header().session,
        "project": stage.header().project,
        "title": stage.title(),
        "is_running": is_running,
        "at_ms": now.0,
        "need_you": stage.need_you(now),
        "new": stage.new_ends(now),
        "cost_nano_dollars": totals.spent.known.0,
        "unpriced_calls": totals.spent.unpriced,
        "needs": needs.iter().map(need).collect::<Vec<_>>(),
        "agents": stage.agents().map(agent).collect::<Vec<_>>(),
    })
}

/// `2◆ 3● 1✓ $0.42`: who needs somebody first.
fn short(stage: &Stage, now: Millis) -> String {
    let (totals, need) = (stage.totals(), stage.need_you(now));
    let needed = (need > 0).then(|| format!("{need}◆"));
    let shown = [(Status::Running, '●'), (Status::Paused, '‖'), (Status::Succeeded, '✓')];
    let counts = shown.into_iter().filter_map(|(status, glyph)| {
        let count = totals.by_status.get(&status).filter(|it| **it > 0)?;
        Some(format!("{count}{glyph}"))
    });
    let spent = std::iter::once(totals.spent.to_string());
    needed.into_iter().chain(counts).chain(spent).collect::<Vec<_>>().join(" ")
}

/// How an agent stands: of one that is done, what its checks say of that; of one whose
/// session was cut, how it stood.
fn standing(agent: &Agent, is_running: bool) -> String {
    match agent.proven() {
        Some(proven) if agent.is_over() => one_line(&format!("done, {proven}"), STANDS),
        _ if !is_running && !agent.is_over() => format!("was {}", agent.status()),
        _ => agent.status().to_string(),
    }
}

fn tell(stage: &Stage, is_running: bool, now: Millis, out: &mut impl Write) -> io::Result<()> {
    let stands = if is_running { "at work" } else { "not at work" };
    let title = one_line(stage.title(), ACTIVITY);
    let title = if title.is_empty() { "without a title".to_owned() } else { title };
    writeln!(out, "{title}: {stands}, {} spent", stage.totals().spent)?;
    // What presses most first, as the screen has it.
    let mut needs: Vec<(Whom, Vec<String>)> = Vec::new();
    for item in stage.pressing(now) {
        let told = format!("{} {}", item.key.reason, now.since(item.since));
        match needs.iter_mut().find(|(whom, _)| *whom == item.key.whom) {
            Some((_, reasons)) => reasons.push(told),
            None => needs.push((item.key.whom, vec![told])),
        }
    }
    for (whom, reasons) in &needs {
        writeln!(
            out,
            "needs you: {}: {}",
            one_line(&stage.name_of(*whom), 30),
            reasons.join(", ")
        )?;
    }
    for agent in stage.agents() {
        let cells = [
            pad(&one_line(&agent.casting.name, 20), 20),
            pad(&standing(agent, is_running), 20),
            pad(&now.since(agent.since).to_string(), 9),
            agent.spent.to_string(),
        ];
        writeln!(out, "  {}", cells.join("  "))?;
    }
    Ok(())
}
