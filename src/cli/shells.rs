//! What shells and `man` are given: made from the command line itself, so that it is never stale.

use super::args::{Arguments, CompletionsArgs, ManArgs};
use anyhow::Context as _;
use clap::CommandFactory as _;
use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

/// `auteur completions`
pub(super) fn completions(args: &CompletionsArgs) -> anyhow::Result<ExitCode> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "auteur", &mut text);
    io::stdout().lock().write_all(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// `auteur man`
pub(super) fn man(args: &ManArgs) -> anyhow::Result<ExitCode> {
    let command = Arguments::command();
    let mut out = io::stdout().lock();
    let Some(folder) = &args.to else {
        clap_mangen::Man::new(command).render(&mut out)?;
        return Ok(ExitCode::SUCCESS);
    };
    let named = folder.display();
    fs::create_dir_all(folder).with_context(|| format!("make {named}"))?;
    clap_mangen::generate_to(command, folder).with_context(|| format!("write into {named}"))?;
    writeln!(out, "{}", crate::text::sanitise(&format!("the pages are in {named}")))?;
    Ok(ExitCode::SUCCESS)
}
