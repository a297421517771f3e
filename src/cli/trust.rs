//! Trust in what a project brings: asked for on the first screen, or by hand.
//! Nothing of it counts, and nothing of it runs, before.

use super::{House, args::TrustArgs, opening, run::signalled, screen};
use crate::{
    config::{Brought, Output, Standing, Trust},
    text::{diff, reveal},
    ui::{desk::Trial, show::Ended},
};
use anyhow::Context as _;
use std::{
    io::{self, BufRead as _, IsTerminal as _, Write},
    process::ExitCode,
};

/// Lines around a change.
const AROUND: usize = 2;

/// `auteur trust`
pub(super) fn trust(house: &House, args: TrustArgs) -> anyhow::Result<ExitCode> {
    let (brought, standing) = (house.brought(), house.standing());
    let trust = place(house)?;
    let mut out = io::stdout().lock();
    if args.revoke {
        let was = trust.revoke().context("take the trust back")?;
        let told = if was { "trusted no more" } else { "nothing was trusted here" };
        writeln!(out, "{told}")?;
        return Ok(ExitCode::SUCCESS);
    }
    tell(brought, standing, &mut out)?;
    if matches!(standing, Standing::Nothing | Standing::Trusted) {
        return Ok(ExitCode::SUCCESS);
    }
    if args.show || !(args.yes || is_confirmed(&mut out)?) {
        return Ok(ExitCode::FAILURE);
    }
    keep(house, &trust, brought)?;
    writeln!(out, "trusted")?;
    Ok(ExitCode::SUCCESS)
}

/// What came of asking.
pub(super) enum Asked {
    /// All is as it was.
    Same,
    /// What the project brings counts from now on.
    Anew(Box<House>),
    /// A signal ended the screen.
    Ended(i32),
}

impl Asked {
    /// The house as it is now.
    ///
    /// # Errors
    /// The signal that ended it all.
    pub(super) fn house<'a>(&'a self, before: &'a House) -> Result<&'a House, ExitCode> {
        match self {
            Self::Same => Ok(before),
            Self::Anew(house) => Ok(house),
            Self::Ended(signal) => Err(signalled(*signal)),
        }
    }
}

/// Asks on a screen of its own, where there is something to ask.
pub(super) fn asked(house: &House) -> anyhow::Result<Asked> {
    let before = match house.standing() {
        Standing::Nothing | Standing::Trusted => return Ok(Asked::Same),
        // `auteur trust` asks in lines.
        Standing::New | Standing::Changed { .. } if screen::output(house) == Output::Linear => {
            warn(house);
            return Ok(Asked::Same);
        }
        Standing::New => "",
        Standing::Changed { before } => before,
    };
    let brought = house.brought();
    let (desk, ended) = opening::ask(house, |desk| {
        desk.try_project(&brought.summary(), &reveal(before), &reveal(&brought.text()));
    })?;
    if let Ended::Signalled(signal) = ended {
        return Ok(Asked::Ended(signal));
    }
    if desk.trial != Some(Trial::Trusted) {
        return Ok(Asked::Same);
    }
    keep(house, &place(house)?, brought)?;
    let house = House::open(house.environment.clone(), house.company.project())?;
    Ok(Asked::Anew(Box::new(house)))
}

/// Says, where nobody can be asked, what is left out.
pub(super) fn warn(house: &House) {
    if matches!(house.standing(), Standing::Nothing | Standing::Trusted) {
        return;
    }
    let summary = reveal(&house.brought().summary());
    let line = format!(
        "auteur: left out, since nobody has trusted it: {summary} of this project (auteur trust)\n"
    );
    // Nobody can be told if even this fails.
    drop(io::stderr().lock().write_all(line.as_bytes()));
}

fn place(house: &House) -> anyhow::Result<Trust> {
    Trust::of(&house.environment, house.company.project())
        .context("there is no folder to keep that in: set HOME, or AUTEUR_STATE")
}

/// Trusts what was shown, if it would be of any use.
fn keep(house: &House, trust: &Trust, brought: &Brought) -> anyhow::Result<()> {
    crate::config::load_with(&house.environment, brought)?;
    trust.trust(brought).context("keep what is trusted")
}

/// All that it brings, or what has changed since it was trusted; how it stands.
fn tell(brought: &Brought, standing: &Standing, out: &mut impl Write) -> io::Result<()> {
    match standing {
        Standing::Nothing => writeln!(out, "this project brings nothing to be trusted"),
        Standing::Changed { before } => {
            for line in diff(&reveal(before), &reveal(&brought.text()), AROUND) {
                writeln!(out, "{}", line.to_line().text())?;
            }
            writeln!(out, "changed since it was trusted: {}", reveal(&brought.summary()))
        }
        Standing::New => {
            write!(out, "{}", reveal(&brought.text()))?;
            writeln!(out, "not trusted: {}", reveal(&brought.summary()))
        }
        Standing::Trusted => {
            write!(out, "{}", reveal(&brought.text()))?;
            writeln!(out, "trusted: {}", reveal(&brought.summary()))
        }
    }
}

fn is_confirmed(out: &mut impl Write) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    write!(out, "Trust exactly this? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}
