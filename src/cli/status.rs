//! `auteur status`: how the agents of a session stand, and who needs the director.

use super::{House, args::StatusArgs, sessions};
use crate::{
    journal::{Reader, is_running},
    model::{Agent, Item, Millis, Stage, Status},
    text::{json, one_line, pad},
};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{self, Write},
    process::ExitCode,
};

/// How wide what somebody does is told.
const ACTIVITY: usize = 60;

/// Says how a session stands.
pub(super) fn status(house: &House, args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let reader = Reader::open(&sessions::find(house, args.session.as_deref())?)?;
    let (stage, is_running) = (reader.fold(None), is_running(&reader));
    let now = if is_running { age(&reader).max(stage.now()) } else { stage.now() };
    let mut out = io::stdout().lock();
    if args.json {
        json::write_pretty(&mut out, &told(&stage, is_running, now))?;
        writeln!(out)?;
    } else if args.short {
        if is_running {
            writeln!(out, "{}", short(&stage))?;
        }
    } else {
        tell(&stage, is_running, now, &mut out)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How long ago the session opened.
fn age(reader: &Reader) -> Millis {
    let opened: Option<Timestamp> = reader.header().opened.parse().ok();
    let age = opened.map(|it| Timestamp::now().duration_since(it).as_millis());
    Millis(age.and_then(|it| u64::try_from(it).ok()).unwrap_or_default())
}

/// What needs the director and does not rest.
fn pressing(stage: &Stage, now: Millis) -> Vec<Item> {
    let mut items = stage.inbox();
    items.retain(|it| !it.is_resting(now));
    items
}

fn told(stage: &Stage, is_running: bool, now: Millis) -> Value {
    let totals = stage.totals();
    let needs = pressing(stage, now);
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
        "need_you": totals.need_you,
        "cost_nano_dollars": totals.spent.known.0,
        "unpriced_calls": totals.spent.unpriced,
        "needs": needs.iter().map(need).collect::<Vec<_>>(),
        "agents": stage.agents().map(agent).collect::<Vec<_>>(),
    })
}

/// `2◆ 3● 1✓ $0.42`: who needs somebody first.
fn short(stage: &Stage) -> String {
    let totals = stage.totals();
    let needed = (totals.need_you > 0).then(|| format!("{}◆", totals.need_you));
    let shown = [(Status::Running, '●'), (Status::Paused, '‖'), (Status::Succeeded, '✓')];
    let counts = shown.into_iter().filter_map(|(status, glyph)| {
        let count = totals.by_status.get(&status).filter(|it| **it > 0)?;
        Some(format!("{count}{glyph}"))
    });
    let spent = std::iter::once(totals.spent.to_string());
    needed.into_iter().chain(counts).chain(spent).collect::<Vec<_>>().join(" ")
}

fn tell(stage: &Stage, is_running: bool, now: Millis, out: &mut impl Write) -> io::Result<()> {
    let stands = if is_running { "at work" } else { "not at work" };
    let title = one_line(stage.title(), ACTIVITY);
    let title = if title.is_empty() { "without a title".to_owned() } else { title };
    writeln!(out, "{title}: {stands}, {} spent", stage.totals().spent)?;
    let mut needs: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for item in pressing(stage, now) {
        let age = now.since(item.since);
        needs.entry(item.key.whom).or_default().push(format!("{} {age}", item.key.reason));
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
            pad(&agent.status().to_string(), 10),
            pad(&now.since(agent.since).to_string(), 9),
            agent.spent.to_string(),
        ];
        writeln!(out, "  {}", cells.join("  "))?;
    }
    Ok(())
}
