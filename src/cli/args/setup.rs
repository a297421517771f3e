//! What is set up, and how it is found out: `auteur doctor`, `config`, `init`, `completions`, `man`.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

/// `auteur doctor`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print the JSON schema of a settings file instead, for your editor
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub schema: Option<SchemaOf>,
}

/// A settings file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// config.toml
    Config,
    /// programs.toml
    Programs,
    /// mcp.toml
    Mcp,
    /// cast.toml
    Cast,
    /// keys.toml
    Keys,
    /// A script
    Script,
}

/// `auteur config`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ConfigArgs {
    /// What to do with them.
    #[command(subcommand)]
    pub task: ConfigTask,
}

/// What to do with the settings.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum ConfigTask {
    /// Print them, as TOML
    Show(ShowArgs),
    /// JSON schemas of the files, by which an editor completes and checks them
    ///
    /// A file whose first line is `#:schema ./config.schema.json` is read so by taplo, and by Even
    /// Better TOML in VS Code.
    Schema(SchemaArgs),
}

/// `auteur config schema`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct SchemaArgs {
    /// Which file's
    #[arg(value_name = "FILE", default_value = "config")]
    pub of: SchemaOf,
    /// Write all of them into this folder instead: config.schema.json, cast.schema.json, …
    #[arg(long, value_name = "FOLDER", conflicts_with = "of")]
    pub to: Option<PathBuf>,
}

/// `auteur config show`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ShowArgs {
    /// Only this one, or those in this section
    #[arg(value_name = "KEY")]
    pub key: Option<String>,
    /// Which file's settings
    #[arg(long, value_name = "FILE", default_value = "config")]
    pub of: ConfigOf,
    /// Say of each which file has said it, and where
    #[arg(long)]
    pub origin: bool,
    /// Only what is not as this program brings it
    #[arg(long)]
    pub changed: bool,
    /// Print JSON, with the origin of each
    #[arg(long)]
    pub json: bool,
}

/// A file of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ConfigOf {
    /// config.toml
    Config,
    /// programs.toml
    Programs,
    /// mcp.toml
    Mcp,
    /// cast.toml
    Cast,
    /// keys.toml
    Keys,
}

/// `auteur init`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct InitArgs {
    /// Say what would be written, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `auteur completions`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `auteur man`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder, instead of printing the first
    #[arg(long, value_name = "FOLDER")]
    pub to: Option<PathBuf>,
}
