//! A ledger for spreadsheets: RFC 4180, money in dollars with all nine places.

use super::{By, Row, Sum};
use crate::{model::Money, text::one_line};
use std::io::{self, Write};

/// A name's width at most, in columns.
const NAME: usize = 300;

/// What stands above the columns of figures.
const FIGURES: &str = "answers,cut,tool_calls,input,cache_read,cache_write_5m,cache_write_1h,\
                       output,reasoning,web_searches,dollars,computed,reported,unpriced_answers,\
                       unpriced_at_worst";

/// Writes rows, each on its line.
///
/// # Errors
/// When they can't be written.
pub fn write_csv(by: By, rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let of = if by == By::Agent { ",session" } else { "" };
    write!(out, "{by}{of},{FIGURES}\r\n")?;
    for row in rows {
        let name = if row.name.is_empty() { by.nameless() } else { &row.name };
        write!(out, "{}", cell(name))?;
        if by == By::Agent {
            write!(out, ",{}", cell(&row.session))?;
        }
        write!(out, ",{}\r\n", figures(&row.sum))?;
    }
    Ok(())
}

fn figures(sum: &Sum) -> String {
    let (used, cost) = (&sum.usage, &sum.cost);
    let counts = [
        sum.turns,
        sum.cut,
        sum.calls,
        used.input,
        used.cache_read,
        used.cache_write_5m,
        used.cache_write_1h,
        used.output,
        used.reasoning,
        used.web_searches,
    ];
    let counts = counts.iter().map(u64::to_string);
    let money = [cost.known, cost.computed(), cost.reported].map(dollars);
    let rest = [cost.unpriced.to_string(), dollars(cost.feared)];
    counts.chain(money).chain(rest).collect::<Vec<_>>().join(",")
}

/// All of it, to the nano-dollar.
fn dollars(money: Money) -> String {
    const DOLLAR: u64 = 1_000_000_000;
    format!("{}.{:09}", money.0 / DOLLAR, money.0 % DOLLAR)
}

/// A text that a spreadsheet takes for a text: one that begins like a formula would be
/// computed (OWASP, "CSV Injection").
fn cell(text: &str) -> String {
    let text = one_line(text, NAME);
    let is_formula = text.starts_with(['=', '+', '-', '@']);
    let text = if is_formula { format!("'{text}") } else { text };
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
