//! What was spent, for people and for programs.

use super::gather::Gathered;
use crate::{
    cli::{House, args::CostArgs, foreign},
    history::{By, Row, Sum},
    model::{Cost, Money},
    text::{one_line, pad, width},
};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// A name's width at most, in columns.
const NAME: usize = 44;
/// How the models of rehearsals are called that have a price.
const REHEARSED: &str = "rehearsal";
/// So much of a session's id is shown beside an agent's name.
const SESSION: usize = 13;

/// For people.
pub(super) fn tell(
    house: &House,
    args: &CostArgs,
    gathered: &Gathered,
    out: &mut impl Write,
) -> io::Result<()> {
    let (ledger, by) = (&gathered.ledger, args.by);
    let (rows, total) = (ledger.by(by), ledger.total());
    if gathered.sources.is_empty() {
        return writeln!(
            out,
            "no sessions of this project: name a session, a log or a folder, or say --all"
        );
    }
    let is_one = gathered.sources.len() == 1;
    let names: Vec<_> = rows.iter().map(|it| name(by, it, is_one)).collect();
    let head = if by == By::Day && !args.local {
        "DAY (UTC)".to_owned()
    } else {
        by.to_string().to_uppercase()
    };
    let all = "in all".to_owned();
    let widest = names.iter().chain([&head, &all]).map(|it| width(it)).max().unwrap_or(0);
    let columns = ["ANSWERS", "CALLS", "TOKENS IN", "OF A CACHE", "OUT", "COST"].map(str::to_owned);
    line(by, (&pad(&head, widest), &columns), out)?;
    for (name, row) in names.iter().zip(&rows) {
        line(by, (&pad(name, widest), &figures(&row.sum)), out)?;
    }
    line(by, (&pad(&all, widest), &figures(&total)), out)?;
    for note in notes(house, args, gathered, &total) {
        writeln!(out, "{note}")?;
    }
    Ok(())
}

fn name(by: By, row: &Row, is_one: bool) -> String {
    let name = if row.name.is_empty() { by.nameless() } else { &row.name };
    match by {
        By::Agent if !is_one => {
            format!("{} {}", one_line(&row.session, SESSION), one_line(name, NAME))
        }
        _ => one_line(name, NAME),
    }
}

/// One line of the table. Of several tools that one answer calls, none has it alone.
fn line(by: By, (name, cells): (&str, &[String; 6]), out: &mut impl Write) -> io::Result<()> {
    let widths = [8, 7, 14, 14, 12, 11];
    let cells = cells.iter().zip(widths).skip(usize::from(by == By::Tool));
    write!(out, "{name}")?;
    for (cell, wide) in cells {
        write!(out, " {cell:>wide$}")?;
    }
    writeln!(out)
}

fn figures(sum: &Sum) -> [String; 6] {
    [
        grouped(sum.turns),
        grouped(sum.calls),
        grouped(sum.usage.prompt()),
        grouped(sum.usage.cache_read),
        grouped(sum.usage.output),
        sum.cost.to_string(),
    ]
}

/// A number with its thousands apart: `1,234,567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Where the figures are from, and what they leave open.
fn notes(house: &House, args: &CostArgs, gathered: &Gathered, total: &Sum) -> Vec<String> {
    let prices = foreign::prices(house);
    let (source, date) = prices.source();
    // Where it is from is told in the JSON as a whole.
    let source = source.split(" (").next().unwrap_or_default();
    let cost = &total.cost;
    let mut notes = vec![String::new()];
    let by_table = format!("computed from tokens, at the prices of their days ({source}, {date})");
    notes.push(match (cost.reported, cost.computed()) {
        (Money(0), _) => format!("The cost is {by_table}."),
        (reported, Money(0)) => format!("The cost, {reported}, is what vendors and programs say themselves."),
        (reported, computed) => format!(
            "{reported} of it is what vendors and programs say themselves; {computed} is {by_table}."
        ),
    });
    let plans = gathered.ledger.on_logins().cost;
    if plans != Cost::default() {
        notes.push(format!("{plans} of it is API equivalent: used on logins with a plan."));
    }
    if cost.unpriced > 0 {
        let answers = several(cost.unpriced.into(), "answer has", "answers have");
        let worst = match cost.feared {
            Money(0) => String::new(),
            feared => format!("; at the worst it is {feared} more"),
        };
        notes.push(format!("{answers} no known price{worst}."));
    }
    let rehearsed = gathered.ledger.by(By::Model).into_iter();
    let rehearsed =
        rehearsed.filter(|it| it.name.starts_with(REHEARSED)).map(|it| it.sum.cost.known);
    if let Some(rehearsed) = rehearsed.reduce(|sum, it| sum + it).filter(|it| *it > Money(0)) {
        notes.push(format!("{rehearsed} of it was rehearsed, at made-up prices: nobody was paid."));
    }
    if total.cut > 0 {
        let answers = several(total.cut, "answer was", "answers were");
        notes.push(format!("{answers} cut: the tokens are those that were told until then."));
    }
    if args.by == By::Tool {
        notes.push("Each call bears the same part of the answer that made it.".to_owned());
    }
    if let Some(reported) = reported(args, gathered) {
        let logs = gathered.sources.iter().filter(|it| it.reported.is_some()).count() as u64;
        let say = several(logs, "log counts", "logs count");
        notes.push(format!("{say} {reported} themselves."));
    }
    if gathered.ledger.elsewhere != Sum::default() {
        let elsewhere = gathered.ledger.elsewhere.cost;
        notes.push(format!("Agents that were only watched have spent {elsewhere}: not counted."));
    }
    if gathered.copies > 0 {
        let copies = several(gathered.copies as u64, "log is", "logs are");
        notes.push(format!("{copies} the copy of another: not counted."));
    }
    notes
}

fn several(count: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { more })
}

/// What logs say themselves that all of them has cost; nothing where only a part counts.
fn reported(args: &CostArgs, gathered: &Gathered) -> Option<Money> {
    let told = gathered.sources.iter().filter_map(|it| it.reported);
    told.reduce(|sum, it| sum + it).filter(|_| args.since.is_none())
}

/// For programs.
pub(super) fn json(house: &House, args: &CostArgs, gathered: &Gathered) -> Value {
    let prices = foreign::prices(house);
    let (source, date) = prices.source();
    let row = |row: &Row| {
        let mut fields = sum_json(&row.sum);
        fields.insert(args.by.to_string(), row.name.as_ref().into());
        if args.by == By::Agent {
            fields.insert("session".to_owned(), row.session.as_ref().into());
        }
        Value::Object(fields)
    };
    let source_json = |it: &super::gather::Source| {
        json!({
            "session": it.session,
            "path": it.path,
            "format": it.format,
            "reported_nano_dollars": it.reported.map(|it| it.0),
        })
    };
    let unread = gathered.unread.iter().map(|(path, why)| json!({ "path": path, "why": why }));
    json!({
        "by": args.by.to_string(),
        "since": args.since.map(|it| it.to_string()),
        "prices": { "source": source, "date": date },
        "rows": gathered.ledger.by(args.by).iter().map(row).collect::<Vec<_>>(),
        "total": sum_json(&gathered.ledger.total()),
        "api_equivalent": sum_json(&gathered.ledger.on_logins()),
        "watched_elsewhere": sum_json(&gathered.ledger.elsewhere),
        "logs_say_nano_dollars": reported(args, gathered).map(|it| it.0),
        "sources": gathered.sources.iter().map(source_json).collect::<Vec<_>>(),
        "copies": gathered.copies,
        "unread": unread.collect::<Vec<_>>(),
    })
}

fn sum_json(sum: &Sum) -> Map<String, Value> {
    let Cost { feared, reported, .. } = sum.cost;
    let mut fields = foreign::spent_json(&sum.usage, &sum.cost);
    let more = [
        ("answers", sum.turns),
        ("cut_answers", sum.cut),
        ("tool_calls", sum.calls),
        ("computed_nano_dollars", sum.cost.computed().0),
        ("reported_nano_dollars", reported.0),
        ("unpriced_at_worst_nano_dollars", feared.0),
    ];
    fields.extend(more.map(|(name, figure)| (name.to_owned(), figure.into())));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let told = [0, 12, 999, 1000, 12_345, 1_234_567].map(grouped);
        assert_eq!(told, ["0", "12", "999", "1,000", "12,345", "1,234,567"]);
    }
}
