//! `auteur init`: what a project begins with, written into its `.auteur` folder and explained in
//! it. Nothing is written over.

use super::{
    House,
    args::{InitArgs, SchemaOf},
    schemas,
};
use crate::{
    config::{self, Brought, Standing, Trust},
    text::sanitise,
};
use anyhow::Context as _;
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

/// The files, by their names in `.auteur`, with what is filled in.
const FILES: [(&str, &str, &str); 3] = [
    ("config.toml", include_str!("../../config/init/config.toml"), "limits, rules and worktrees"),
    (
        "cast.toml",
        include_str!("../../config/init/cast.toml"),
        "roles, and what their work is checked by",
    ),
    (
        "scripts/change.toml",
        include_str!("../../config/init/change.toml"),
        "a script: auteur run change",
    ),
];

/// The folder of their schemas, beside them.
const SCHEMAS: &str = "schemas";

/// What a project's files say of how it is tested and made ready: the file that is there, how the
/// tests are run, and what comes before that.
const KINDS: [(&str, &str, &str); 9] = [
    ("Cargo.toml", "cargo test", "cargo fetch"),
    ("pnpm-lock.yaml", "pnpm test", "pnpm install"),
    ("yarn.lock", "yarn test", "yarn install"),
    ("package.json", "npm test", "npm ci"),
    ("go.mod", "go test ./...", "go mod download"),
    ("uv.lock", "uv run pytest", "uv sync"),
    ("pyproject.toml", "python3 -m pytest", "pip install -e ."),
    ("mix.exs", "mix test", "mix deps.get"),
    ("Makefile", "make test", "make"),
];

/// `auteur init`
pub(super) fn init(house: &House, args: &InitArgs) -> anyhow::Result<ExitCode> {
    let project = house.company.project();
    let folder = house.brought().folder.clone();
    let was_ours = matches!(house.standing(), Standing::Nothing | Standing::Trusted);
    let kind = KINDS.iter().find(|(file, ..)| project.join(file).is_file());
    let (test, setup) = kind.map_or(("make test", "make"), |(_, test, setup)| (*test, *setup));
    let mut out = io::stdout().lock();
    let mut made = 0;
    for (name, template, what) in FILES {
        let filled = template.replace("@test@", test).replace("@setup@", setup);
        let is_new = if args.dry_run {
            !folder.join(name).exists()
        } else {
            write(&folder.join(name), &filled)?
        };
        made += usize::from(is_new);
        let told = if is_new { what } else { "is there already, and stays as it is" };
        writeln!(out, "{}", sanitise(&format!("  .auteur/{name}  {told}")))?;
    }
    if tell_editors(&folder, args.dry_run)? {
        writeln!(out, "  .auteur/{SCHEMAS}  what an editor completes and checks them by")?;
    }
    if args.dry_run {
        writeln!(out, "nothing was written")?;
        return Ok(ExitCode::SUCCESS);
    }
    if made > 0 && was_ours {
        trust(house)?;
    }
    explain(&mut out, kind.map(|it| it.0), test)?;
    if is_left_out(project) {
        writeln!(out, "git leaves .auteur out here: take it out of .gitignore to share it")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the schemas that the files name in their first lines, where there are none; tells
/// whether there were none.
fn tell_editors(folder: &Path, is_dry_run: bool) -> anyhow::Result<bool> {
    let schemas = folder.join(SCHEMAS);
    let is_new = !schemas.exists();
    if is_new && !is_dry_run {
        for of in [SchemaOf::Config, SchemaOf::Cast, SchemaOf::Script] {
            schemas::write(&schemas, of)?;
        }
    }
    Ok(is_new)
}

/// Writes a file that is not there; tells whether it was not.
fn write(path: &Path, text: &str) -> anyhow::Result<bool> {
    let told = || format!("write {}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(told)?;
    }
    let opened = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error).with_context(told),
    };
    file.write_all(text.as_bytes()).with_context(told)?;
    Ok(true)
}

/// Who has had it written trusts it: all else that the project brings was trusted before.
fn trust(house: &House) -> anyhow::Result<()> {
    let project = house.company.project();
    let brought = Brought::read(&house.environment, project);
    config::load_with(&house.environment, &brought)?;
    if let Some(trust) = Trust::of(&house.environment, project) {
        trust.trust(&brought).context("keep what is trusted")?;
    }
    Ok(())
}

fn explain(out: &mut impl Write, kind: Option<&str>, test: &str) -> io::Result<()> {
    let seen = match kind {
        Some(file) => format!("{file} is here, so the work of implementers is checked by: {test}"),
        None => format!("what is here does not say how it is tested; {test} stands in for it"),
    };
    writeln!(out, "{seen} (.auteur/cast.toml)")?;
    writeln!(out, "next: auteur check, then auteur, or: auteur run implementer \"…\"")?;
    writeln!(out, "sessions and worktrees lie in your state folder: git needs to ignore nothing")
}

/// Whether a plain line of the project's own `.gitignore` names our folder.
fn is_left_out(project: &Path) -> bool {
    let text = fs::read_to_string(project.join(".gitignore")).unwrap_or_default();
    text.lines().any(|it| matches!(it.trim().trim_matches('/'), ".auteur" | ".auteur/*"))
}
