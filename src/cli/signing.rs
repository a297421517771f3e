//! `auteur mcp login` and `auteur mcp logout`: the director's sign-in at a server.

use super::{House, args::AtServer, opening};
use crate::{
    config::{Environment, McpServer},
    text::{one_line, sanitise},
    tools::mcp::{Account, Came, SignIn, Terms, Visitor},
};
use anyhow::Context as _;
use std::{
    io::{self, BufRead as _, Write as _},
    process::{Command, ExitCode, Stdio},
    time::Duration,
};
use tokio::sync::mpsc;

/// How long the director may take.
const PATIENCE: Duration = Duration::from_mins(10);
/// Programs that open an address, on one system or another.
const OPENERS: [&str; 2] = ["xdg-open", "open"];
/// How wide a name is told, in columns.
const NAME: usize = 80;

/// `auteur mcp login`
pub(super) fn login(house: &House, args: &AtServer) -> anyhow::Result<ExitCode> {
    let (server, account) = account(house, &args.server)?;
    let environment = &house.environment;
    let client_secret = server.client_secret(environment).map_err(|name| {
        anyhow::anyhow!("its client_secret needs ${name}, which is not set: set it, and try again")
    })?;
    let terms = Terms {
        client_id: server.client_id.clone(),
        client_secret,
        scopes: server.scopes.clone(),
        port: server.redirect_port,
    };
    let name = one_line(&args.server, NAME);
    let came = opening::on_runtime(|runtime| {
        runtime.block_on(async {
            let begun = SignIn::begin(account, terms).await;
            let sign_in = begun.map_err(|why| anyhow::anyhow!("no sign-in at {name}: {why}"))?;
            tell(&format!(
                "Sign in to {name} with your browser:\n\n  {}\n\nWhere it ends at a page that can't \
                 be opened, paste the address of that page here.",
                sanitise(sign_in.address())
            ))?;
            open(sign_in.address(), environment);
            let came = tokio::time::timeout(PATIENCE, settled(sign_in)).await;
            came.context("nobody has signed in within 10 minutes; try again")?
        })
    })?;
    match came {
        Ok(()) => {
            tell(&format!("Signed in to {name}. auteur mcp logout {name} forgets it."))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => anyhow::bail!("not signed in to {name}: {why}"),
    }
}

/// `auteur mcp logout`
pub(super) fn logout(house: &House, args: &AtServer) -> anyhow::Result<ExitCode> {
    let (_, account) = account(house, &args.server)?;
    let name = one_line(&args.server, NAME);
    let was_there = account.forget().with_context(|| format!("forget the sign-in at {name}"))?;
    let told = if was_there { "Signed out of" } else { "Nobody was signed in to" };
    tell(&format!("{told} {name}."))?;
    Ok(ExitCode::SUCCESS)
}

/// A server that one signs in to, and the account there.
fn account<'a>(house: &'a House, name: &str) -> anyhow::Result<(&'a McpServer, Account)> {
    let servers = &house.company.config().servers;
    let shown = one_line(name, NAME);
    let server = servers.server(name).with_context(|| {
        let (what, mend) = servers.name_fault(name).unwrap_or_default();
        format!("{what}; {mend}")
    })?;
    let (Some(_), Some(url)) = (server.auth, &server.url) else {
        anyhow::bail!(
            "nobody signs in to {shown}: say auth = \"oauth\" in [mcp.{shown}] of mcp.toml"
        );
    };
    let accounts = house.company.accounts().context("there is no state folder: set HOME")?;
    Ok((server, accounts.of(name, url)))
}

/// Waits until the browser that was sent has come back, here or on another machine.
async fn settled(mut sign_in: SignIn) -> anyhow::Result<Result<(), String>> {
    let mut copied = lines();
    let settled = loop {
        let visitor = tokio::select! {
            visitor = sign_in.next() => visitor,
            Some(line) = copied.recv() => Visitor::copied(&line),
        };
        match sign_in.take(visitor).await {
            Came::In => break Ok(()),
            Came::Refused(why) => break Err(why),
            Came::Stranger => tell("That was another sign-in. Yours is waited for still.")?,
        }
    };
    sign_in.end().await;
    Ok(settled)
}

/// What is typed or pasted, line by line.
fn lines() -> mpsc::Receiver<String> {
    let (tell, told) = mpsc::channel(1);
    // It blocks until there is a line, and ends with the program.
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if !line.trim().is_empty() && tell.blocking_send(line).is_err() {
                return;
            }
        }
    });
    told
}

/// Opens an address of the web with whatever opens one here, if there is a display.
/// Nobody waits for that: the address is printed, too.
fn open(address: &str, environment: &Environment) {
    let has_display = cfg!(target_os = "macos")
        || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|it| environment.text(it).is_some());
    let opener = OPENERS.iter().find_map(|it| environment.find_program(it));
    let Some(opener) = opener.filter(|_| has_display) else { return };
    let mut command = Command::new(opener);
    command.arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Err(error) = command.spawn() {
        tracing::warn!(%error, "the address can't be opened");
    }
}

fn tell(words: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{words}")
}
