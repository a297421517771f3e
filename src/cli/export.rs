//! `auteur export`: a session, or a log of another tool's, in another format.

use super::{
    House,
    args::{ExportArgs, ExportFormat},
    opening, replay, screen,
};
use crate::{
    export::{self, Collector, Content, Recording, Reeling},
    history::Label,
    journal::{self, Reader},
    model::{Millis, Stage},
    text::one_line,
    ui::show::Show,
};
use anyhow::Context as _;
use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Exports one session.
pub(super) fn export(house: &House, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let (path, reader) = replay::open(house, &args.session)?;
    let place = place(args, &reader);
    let redactor = house.company.redactor();
    let recording = Recording::new(reader, redactor).called(name_since(&path));
    let recording = recording.of_agents(&args.agent)?;
    if let Some(to) = &args.to {
        return send(args, &recording, to);
    }
    match place {
        None => write(house, args, &recording, &mut io::stdout().lock())?,
        Some(path) => {
            to_file(&path, args.force, |out| write(house, args, &recording, out))?;
            writeln!(io::stderr().lock(), "wrote {}", path.display())?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The name that a session of ours was given since; none of what is another's.
fn name_since(path: &Path) -> String {
    let is_ours = path.file_name().is_some_and(|it| it == journal::FILE);
    if is_ours { Label::of(path).title } else { String::new() }
}

/// What of a session goes into spans.
const fn content(args: &ExportArgs) -> Content {
    if args.content { Content::With } else { Content::Without }
}

/// Sends the spans of a session to a collector.
fn send(args: &ExportArgs, recording: &Recording, to: &str) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.format == ExportFormat::Otel, "--to is for --format otel alone");
    let collector = Collector::at(to)?;
    let count = opening::on_this_thread(|runtime| {
        Ok(runtime.block_on(collector.send(recording, content(args)))?)
    })?;
    writeln!(io::stderr().lock(), "sent {count} spans to {}", one_line(to, 300))?;
    Ok(ExitCode::SUCCESS)
}

/// The file that is written; none for the standard output.
fn place(args: &ExportArgs, reader: &Reader) -> Option<PathBuf> {
    match &args.out {
        Some(path) if path.as_os_str() == "-" => None,
        Some(path) => Some(path.clone()),
        None if args.format.is_text() => None,
        None => Some(format!("auteur-{}.{}", name(reader), args.format.ending()).into()),
    }
}

/// What a file of a session is called: by its day and its name, in letters that any
/// system takes.
fn name(reader: &Reader) -> String {
    let header = reader.header();
    let session: String =
        header.session.chars().filter(char::is_ascii_alphanumeric).take(13).collect();
    let day = header.opened.get(..10).unwrap_or("undated");
    let day: String = day.chars().filter(|it| it.is_ascii_alphanumeric() || *it == '-').collect();
    if session.is_empty() { day } else { format!("{day}-{session}") }
}

fn write(
    house: &House,
    args: &ExportArgs,
    recording: &Recording,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut out = BufWriter::new(out);
    match args.format {
        ExportFormat::Cast => export::cast(recording, reeling(house, args)?, &mut out)?,
        ExportFormat::Md => export::markdown(recording, &mut out)?,
        ExportFormat::Html => export::page(recording, &mut out)?,
        ExportFormat::Atif => export::atif(recording, &mut out)?,
        ExportFormat::Otel => export::otel(recording, content(args), &mut out)?,
        ExportFormat::Json => export::json(recording, &mut out)?,
    }
    Ok(out.flush()?)
}

/// How a session is filmed: with the director's own keys and theme, in all colours.
fn reeling(house: &House, args: &ExportArgs) -> anyhow::Result<Reeling> {
    let (desk, theme) = (screen::desk(house)?, screen::theme_for_film(house)?);
    Ok(Reeling {
        show: Show::new(Stage::default(), desk, theme, None),
        size: (args.size.columns, args.size.rows),
        idle: Millis(u64::from(args.idle) * 1000),
    })
}

/// Writes a file that only its owner can read, whole or not at all: what is there
/// already is left alone, unless it is to be written over.
fn to_file(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut dyn Write) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let shown = one_line(&path.display().to_string(), 300);
    anyhow::ensure!(
        force || path.symlink_metadata().is_err(),
        "{shown} is there already: name another file with --out, or write over it with --force"
    );
    let mut name = path.file_name().with_context(|| format!("{shown} is no file"))?.to_owned();
    name.push(format!(".{}.part", uuid::Uuid::new_v4().simple()));
    let part = path.with_file_name(name);
    let written = create(&part).map_err(anyhow::Error::from).and_then(|mut file| {
        write(&mut file)?;
        // Without `force` a file that has come meanwhile stays.
        if force {
            fs::rename(&part, path)?;
        } else {
            fs::hard_link(&part, path)?;
        }
        Ok(())
    });
    if !force || written.is_err() {
        // What is left of it is of no use; that it can't be removed is not what failed.
        drop(fs::remove_file(&part));
    }
    written.with_context(|| format!("could not write {shown}"))
}

fn create(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    File::options().write(true).create_new(true).mode(0o600).open(path)
}
