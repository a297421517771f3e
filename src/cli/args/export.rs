//! `auteur export`.

use clap::{Args, ValueEnum};
use std::{path::PathBuf, str::FromStr};

/// `auteur export`
#[derive(Debug, Clone, PartialEq, Eq, Args)]
pub struct ExportArgs {
    /// A session's name or its beginning, `last`, a journal file, or a log of another tool's
    #[arg(value_name = "SESSION|FILE")]
    pub session: PathBuf,
    /// What to make of it
    #[arg(long, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// The file to write; `-` for the standard output
    ///
    /// Left out, what is text goes to the standard output, and what is to be opened by another
    /// program goes to a file in this folder, which is said.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    pub force: bool,
    /// Only this agent; as often as you like
    #[arg(long, value_name = "NAME")]
    pub agent: Vec<String>,
    /// How large the screen of a cast is: columns and rows
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "120x35")]
    pub size: ScreenSize,
    /// No stretch of a cast in which nothing happens is longer: seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    pub idle: u32,
    /// Send the spans of otel to a collector instead, by HTTP
    #[arg(long, value_name = "URL", conflicts_with = "out")]
    pub to: Option<String>,
    /// What was said, and what tools were given and printed, goes into the spans of otel, too
    #[arg(long)]
    pub content: bool,
}

/// How large a screen is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenSize {
    /// Columns.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// Text that is no size of a screen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected columns and rows, as 120x35, from 20x5 to 500x200, not {0:?}")]
pub struct NotASize(String);

impl FromStr for ScreenSize {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        let parts = text.split_once('x').and_then(|(columns, rows)| {
            let (columns, rows) = (columns.parse().ok()?, rows.parse().ok()?);
            let is_fit = (20..=500).contains(&columns) && (5..=200).contains(&rows);
            is_fit.then_some(Self { columns, rows })
        });
        parts.ok_or_else(|| NotASize(text.to_owned()))
    }
}

/// What a session can be made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Markdown, to be read
    Md,
    /// One page that plays it, in any browser, without a network
    Html,
    /// JSON lines: all records; a journal that `auteur replay` plays
    Json,
    /// asciicast v3: the stage as it was seen, for asciinema and its players
    Cast,
    /// Trajectories in the format of Harbor, ATIF v1.8
    Atif,
    /// OpenTelemetry spans by the conventions for generative AI, in OTLP's JSON
    Otel,
}

impl ExportFormat {
    /// How the names of its files end.
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Md => "md",
            Self::Html => "html",
            Self::Json | Self::Otel => "jsonl",
            Self::Atif => "json",
            Self::Cast => "cast",
        }
    }

    /// Whether it is text for the next program, and so goes to the standard output.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Md | Self::Json | Self::Atif | Self::Otel)
    }
}
