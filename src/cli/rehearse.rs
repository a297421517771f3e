//! `auteur rehearse`: the rehearsal server alone, for any other program.

use super::{args::RehearseArgs, opening};
use crate::rehearsal::{Rehearsal, Server};
use anyhow::Context as _;
use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

/// Serves a rehearsal until it is interrupted.
pub(super) fn rehearse(args: &RehearseArgs) -> anyhow::Result<ExitCode> {
    let name = args.file.display().to_string();
    let text = fs::read_to_string(&args.file).with_context(|| format!("read {name}"))?;
    let rehearsal = Rehearsal::parse(&name, &text)?;
    let models = match rehearsal.models().join(", ") {
        named if named.is_empty() => "any model".to_owned(),
        named => named,
    };
    opening::on_runtime(|runtime| {
        runtime.block_on(async {
            let server = Server::start(rehearsal, args.port, 1.0)
                .with_context(|| format!("listen on port {}", args.port))?;
            let url = server.url();
            let mut out = io::stdout().lock();
            writeln!(out, "rehearsing at {url} as {models}; Ctrl-C ends it")?;
            writeln!(out, "  ANTHROPIC_BASE_URL={url}")?;
            writeln!(out, "  OPENAI_BASE_URL={url}/v1")?;
            writeln!(out, "what was asked: {url}/_rehearsal/log")?;
            out.flush()?;
            drop(out);
            super::run::ending().await?;
            server.stop().await;
            Ok(ExitCode::SUCCESS)
        })
    })
}
