//! `auteur config schema`: what an editor completes and checks settings by.

use super::args::{SchemaArgs, SchemaOf};
use crate::{config, script, ui::keys::schema_for_keys};
use anyhow::Context as _;
use clap::ValueEnum as _;
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// `auteur config schema`
pub(super) fn schema(args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let Some(folder) = &args.to else {
        writeln!(out, "{}", text(args.of)?)?;
        return Ok(ExitCode::SUCCESS);
    };
    for of in SchemaOf::value_variants() {
        let file = write(folder, *of)?;
        writeln!(out, "{}", crate::text::sanitise(&file.display().to_string()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The schema of a file of settings.
pub(super) fn text(of: SchemaOf) -> anyhow::Result<String> {
    let schema = match of {
        SchemaOf::Config => config::schema_for_config(),
        SchemaOf::Programs => config::schema_for_programs(),
        SchemaOf::Mcp => config::schema_for_mcp(),
        SchemaOf::Cast => config::schema_for_cast(),
        SchemaOf::Keys => schema_for_keys(),
        SchemaOf::Script => script::schema_for_script(),
    };
    Ok(serde_json::to_string_pretty(&schema)?)
}

/// Writes the schema of a file of settings into a folder, under the name by which the file
/// calls it in its first line; says where.
pub(super) fn write(folder: &Path, of: SchemaOf) -> anyhow::Result<PathBuf> {
    let name = match of {
        SchemaOf::Config => "config",
        SchemaOf::Programs => "programs",
        SchemaOf::Mcp => "mcp",
        SchemaOf::Cast => "cast",
        SchemaOf::Keys => "keys",
        SchemaOf::Script => "script",
    };
    let file = folder.join(format!("{name}.schema.json"));
    let text = text(of)? + "\n";
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&file, text))
        .with_context(|| format!("write {}", file.display()))?;
    Ok(file)
}
