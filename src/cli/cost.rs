//! `auteur cost`: what cost what, of sessions of ours and of logs of other tools.

mod gather;
mod tell;

use super::{House, args::CostArgs};
use crate::{history::write_csv, text::json};
use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// Adds up what was spent.
pub(super) fn cost(house: &House, args: &CostArgs) -> anyhow::Result<ExitCode> {
    let gathered = gather::gather(house, args)?;
    let mut out = io::stdout().lock();
    if args.csv {
        write_csv(args.by, &gathered.ledger.by(args.by), &mut out)?;
    } else if args.json {
        json::write_pretty(&mut out, &tell::json(house, args, &gathered))?;
        writeln!(out)?;
    } else {
        tell::tell(house, args, &gathered, &mut out)?;
    }
    for (path, why) in &gathered.unread {
        say_aside(&format!("{}: {why}", path.display()));
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what could not be read, to people.
fn say_aside(text: &str) {
    let told = crate::text::one_line(&format!("not counted: {text}"), 400);
    // Who can't be told that reads it in the JSON.
    drop(writeln!(io::stderr().lock(), "{told}"));
}
