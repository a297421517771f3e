//! Logs of other tools: played as our own are, and told in figures.

use super::{House, progress::Telling};
use crate::{
    interop::{Foreign, Format, Tally, Together},
    journal::{Growth, JournalError, Reader},
    llm::PriceTable,
    model::{Cost, Usage},
    text::{counted, one_line, pad},
};
use anyhow::bail;
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap, fs, io::Write, os::unix::fs::FileTypeExt as _, path::Path, sync::Arc,
    thread, time::Duration,
};

/// So long a first picture waits for the end of what is read.
const SOON: Duration = Duration::from_millis(150);
/// So many names of a list are shown.
const NAMES: usize = 12;

/// Opens a journal, or what a log of another tool's is translated to.
pub(super) fn open(house: &House, path: &Path) -> anyhow::Result<Reader> {
    Ok(match look(path)? {
        Some(log) => translate(house, &log)?,
        None => Reader::open(path)?,
    })
}

/// What logs of other tools are translated to, side by side, and how far that has come: it
/// goes on beside whoever reads it.
///
/// # Errors
/// When one can't be read, or there is no room.
pub(super) fn begin(house: &House, logs: Vec<Foreign>) -> anyhow::Result<(Reader, Growth)> {
    let (reader, growth, rest) = Together::growing(logs, &prices(house), &house.state)?;
    thread::Builder::new().name("translate".into()).spawn(rest)?;
    // Most are read before anybody could see a picture: then the first one has all of it.
    growth.wait(SOON);
    Ok((reader, growth))
}

/// What a log of another tool's is translated to. Whoever waits for a long one sees how
/// far it is.
pub(super) fn translate(house: &House, log: &Foreign) -> anyhow::Result<Reader> {
    let mut telling = Telling::of(log);
    Ok(log.translate_telling(&prices(house), &house.state, &mut |it| telling.tell(it))?)
}

/// A log of another tool's; none for a journal of our own.
///
/// # Errors
/// When the file is neither.
pub(super) fn look(path: &Path) -> anyhow::Result<Option<Foreign>> {
    if is_log(path) {
        return Ok(Foreign::open(path)?);
    }
    if let Some(why) = no_file(path) {
        bail!(why);
    }
    let is_journal = match Reader::open(path) {
        // What begins like a damaged header may be anybody's JSON.
        Ok(reader) if reader.header().auteur == 0 => true,
        Err(JournalError::NotAJournal(_)) => false,
        // What else is wrong with it is told by whoever opens it.
        _ => return Ok(None),
    };
    let log = Foreign::open(path)?;
    if log.is_none() && !is_journal {
        let path = path.display();
        bail!("{path} is no journal, and no log that is known: those of {} are", Format::tools());
    }
    Ok(log)
}

/// Why something can't be a log that is no file and no folder, and what to do; none for
/// what is, and for what is not there.
pub(super) fn no_file(path: &Path) -> Option<String> {
    let kind = fs::metadata(path).ok()?.file_type();
    let path = path.display();
    if kind.is_fifo() {
        return Some(format!(
            "{path} is a pipe, which can be read only once: write it into a file first \
             (cat {path} > log.jsonl), and name that"
        ));
    }
    let is_one = !kind.is_file() && !kind.is_dir();
    let what = if kind.is_socket() { "a socket" } else { "a device" };
    is_one.then(|| format!("{path} is {what}, and no file: name a session, its folder or a file"))
}

/// Whether a folder is a log of another tool's by itself.
pub(super) fn is_log(folder: &Path) -> bool {
    folder.is_dir() && Foreign::open(folder).is_ok_and(|it| it.is_some())
}

/// What calls cost, as far as is known here.
pub(super) fn prices(house: &House) -> Arc<PriceTable> {
    let own = house.company.config().settings.prices.clone();
    Arc::new(PriceTable::embedded().with_overrides(own))
}

/// Tells what is in a log.
pub(super) fn show(
    house: &House,
    log: &Foreign,
    is_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let prices = prices(house);
    let tally = log.tally(&prices)?;
    if is_json {
        let mut value = figures(&tally);
        let (source, date) = prices.source();
        value.insert("format".to_owned(), log.format().to_string().into());
        value.insert("prices".to_owned(), json!({ "source": source, "date": date }));
        crate::text::json::write_pretty(out, &value)?;
        return Ok(writeln!(out)?);
    }
    let records = |tally: &Tally| counted(tally.records, "record", "records");
    writeln!(out, "a log of {}: {}", log.format(), records(&tally))?;
    tell(&tally, out)?;
    for (file, tally) in &tally.aides {
        writeln!(out, "\nsub-agent {}: {}", one_line(file, 100), records(tally))?;
        tell(tally, out)?;
    }
    Ok(())
}

fn tell(tally: &Tally, out: &mut impl Write) -> anyhow::Result<()> {
    let damage = [
        (tally.unreadable, "line that can't be read", "lines that can't be read"),
        (tally.glued, "line that lost its newline", "lines that lost their newline"),
        (tally.unknown, "record of an unknown kind", "records of unknown kinds"),
        (tally.branches, "time it went back", "times it went back"),
        (tally.compactions, "time it was made shorter", "times it was made shorter"),
    ];
    for (count, one, more) in damage.into_iter().filter(|it| it.0 > 0) {
        writeln!(out, "  {}", counted(count, one, more))?;
    }
    row("kinds", &names(&tally.kinds), out)?;
    row("tools", &names(&tally.calls), out)?;
    row("errors", &names(&tally.errors), out)?;
    let (used, cost) = (tally.usage(), tally.cost());
    // What nobody knows is a part of it.
    let untold = u32::try_from(tally.untold).unwrap_or(u32::MAX);
    let cost = Cost { unpriced: cost.unpriced.saturating_add(untold), ..cost };
    let plus = if tally.unfinished > 0 { " at least" } else { "" };
    let responses = format!(
        "{}; {} tokens in, {} of them from a cache; {} out{plus}",
        tally.responses,
        used.prompt(),
        used.cache_read,
        used.output
    );
    row("answers", &responses, out)?;
    let reported = tally.reported.map(|it| format!("; it says {it} itself"));
    row("cost", &format!("{cost}, computed{}", reported.unwrap_or_default()), out)
}

fn row(name: &str, text: &str, out: &mut impl Write) -> anyhow::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    Ok(writeln!(out, "  {} {text}", pad(name, 8))?)
}

/// The names that are counted most.
fn names(counts: &BTreeMap<String, u64>) -> String {
    let mut all: Vec<_> = counts.iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    let more = all.len().saturating_sub(NAMES);
    let mut told: Vec<_> =
        all.iter().take(NAMES).map(|(name, count)| format!("{count} {name}")).collect();
    if more > 0 {
        told.push(format!("{more} more"));
    }
    told.join(", ")
}

/// The figures of a log, for a program. Money is in nano-dollars, as everywhere.
pub(super) fn figures(tally: &Tally) -> Map<String, Value> {
    let models: Map<_, _> = tally
        .models
        .iter()
        .map(|(model, spent)| (model.clone(), spent_json(&spent.usage, &spent.cost).into()))
        .collect();
    let aides: Map<_, _> =
        tally.aides.iter().map(|(file, it)| (file.clone(), figures(it).into())).collect();
    let calls: u64 = tally.calls.values().sum();
    let errors: u64 = tally.errors.values().sum();
    let mut all = spent_json(&tally.usage(), &tally.cost());
    let rest = json!({
        "lines": tally.lines,
        "records": tally.records,
        "records_by_kind": tally.kinds,
        "unknown_records": tally.unknown,
        "unreadable_lines": tally.unreadable,
        "glued_lines": tally.glued,
        "messages": tally.messages,
        "responses": tally.responses,
        "token_totals": tally.totals,
        "untold_responses": tally.untold,
        "unfinished_responses": tally.unfinished,
        "tool_calls": calls,
        "tool_calls_by_name": tally.calls,
        "tool_results": tally.results,
        "tool_errors": errors,
        "tool_errors_by_name": tally.errors,
        "reported_nano_dollars": tally.reported.map(|it| it.0),
        "branches": tally.branches,
        "compactions": tally.compactions,
        "models": models,
        "sub_agents": aides,
    });
    if let Value::Object(rest) = rest {
        all.extend(rest);
    }
    all
}

pub(super) fn spent_json(usage: &Usage, cost: &Cost) -> Map<String, Value> {
    let value = json!({
        "tokens": {
            "input": usage.input,
            "cache_read": usage.cache_read,
            "cache_write_5m": usage.cache_write_5m,
            "cache_write_1h": usage.cache_write_1h,
            "output": usage.output,
            "reasoning": usage.reasoning,
            "web_searches": usage.web_searches,
        },
        "cost_nano_dollars": cost.known.0,
        "unpriced_calls": cost.unpriced,
    });
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
