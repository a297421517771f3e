//! `auteur sessions search`: what was said, run or changed, wherever that was.

use super::House;
use crate::{
    cli::args::SearchArgs,
    history::{Filter, History, Hit, Kind, Models, Wanted, filter_names},
    journal::short_id,
    text::one_line,
};
use anyhow::bail;
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// So much is taken into the index afterwards: what does not keep anybody waiting. The
/// rest is the screen's, or the next search's.
const FILLED: u64 = 32 << 20;
/// How wide a hit is shown, in cells, its context not counted.
const WIDE: usize = 40;

/// Searches, and prints what is found; the exit code is 1 where nothing is.
pub(super) fn search(
    house: &House,
    args: &SearchArgs,
    is_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<ExitCode> {
    let history = house.history();
    let wanted = wanted(house, args)?;
    let names = history.sessions().names();
    let (mut hits, mut last, mut failed) = (Vec::new(), String::new(), None);
    let mut models = Models::default();
    let mut count = 0;
    let is_all = history.search(
        &wanted,
        || true,
        |hit| {
            count += 1;
            if is_json {
                hits.push(hit_json(&hit, models.at(&hit).as_deref()));
            } else if failed.is_none() {
                failed = print(&hit, (&mut last, &names), out).err();
            }
        },
    );
    if let Some(error) = failed {
        return Err(error.into());
    }
    if is_json {
        let told = json!({ "hits": hits, "is_all": is_all });
        crate::text::json::write_pretty(out, &told)?;
        writeln!(out)?;
    } else if count == 0 {
        writeln!(out, "{}", nothing(args))?;
        for it in &wanted.strange {
            writeln!(out, "{}; filters are {}", one_line(it, WIDE * 2), filter_names())?;
        }
    } else if !is_all {
        writeln!(out, "\nthere are more: --limit 0 shows all")?;
    }
    out.flush()?;
    fill(&history);
    Ok(if count > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn wanted(house: &House, args: &SearchArgs) -> anyhow::Result<Wanted> {
    let Wanted { query, filter, strange, .. } = Wanted::said(&words(&args.words));
    if args.is_nothing() {
        bail!("say what to search for: words, or a filter such as --tool shell");
    }
    let is_bare = args.without_words().is_nothing();
    if query.is_empty() && filter == Filter::default() && is_bare {
        bail!("there is no word in {:?}: a word has letters or digits", args.words.join(" "));
    }
    let project = house.company.project().display().to_string();
    let filter = Filter {
        project: (!args.all).then_some(project),
        session: None,
        tags: args.tag.iter().cloned().chain(filter.tags).collect(),
        role: args.role.clone().or(filter.role),
        model: args.model.clone().or(filter.model),
        tool: args.tool.clone().or(filter.tool),
        file: args.file.clone().or(filter.file),
        outcome: args.outcome.or(filter.outcome),
        cost_over: args.cost_over.or(filter.cost_over),
        since: args.since.or(filter.since),
        until: args.until.or(filter.until),
    };
    Ok(Wanted { query, filter, most: (args.limit > 0).then_some(args.limit), each: None, strange })
}

/// The words as one text, with filters between them as on the screen. What the shell has
/// kept together is a phrase, unless it has phrases or filters of its own.
fn words(all: &[String]) -> String {
    let phrase = |it: &String| {
        let has_filter = || Wanted::said(it).filter != Filter::default();
        let is_phrase = it.contains(char::is_whitespace) && !it.contains('"') && !has_filter();
        if is_phrase { format!("\"{it}\"") } else { it.clone() }
    };
    all.iter().map(phrase).collect::<Vec<_>>().join(" ")
}

fn nothing(args: &SearchArgs) -> &'static str {
    if args.all {
        "nothing was found in any session"
    } else {
        "nothing was found in the sessions of this project; --all searches all"
    }
}

fn print(
    hit: &Hit,
    (last, names): (&mut String, &[String]),
    out: &mut impl Write,
) -> io::Result<()> {
    let id = one_line(short_id(&hit.session, names), 36);
    if *last != hit.session {
        let gap = if last.is_empty() { "" } else { "\n" };
        let about = if hit.title.is_empty() { &hit.project } else { &hit.title };
        let opened = one_line(&super::minute(&hit.opened), 16);
        writeln!(out, "{gap}{id}  {opened}  {}", one_line(about, 80))?;
        last.clone_from(&hit.session);
    }
    let who = hit.who.as_ref().map_or_else(String::new, |it| format!("{} ", it.name));
    let (kind, is_whole) = (hit.kind.name(), hit.kind == Kind::Session);
    let at = if is_whole { String::new() } else { format!(" {}", hit.at) };
    let head = one_line(&format!("{who}{kind}{at}"), WIDE);
    writeln!(out, "  {head}: {}", one_line(&marked(hit), 300))?;
    let agent = hit.who.as_ref().filter(|it| is_word(&it.name));
    let agent = agent.map(|it| format!(" --agent {}", it.name)).unwrap_or_default();
    let at = if is_whole { String::new() } else { format!(" --at {}", hit.seq) };
    writeln!(out, "    auteur replay {id}{at}{agent}")
}

/// Whether a name is one word to any shell.
fn is_word(name: &str) -> bool {
    name.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it))
}

/// The context, with what was searched for between brackets.
fn marked(hit: &Hit) -> String {
    let (mut text, mut at) = (String::new(), 0);
    let part = |range| hit.excerpt.text.get(range).unwrap_or_default();
    for mark in &hit.excerpt.marks {
        text.push_str(part(at..mark.start));
        text.push('[');
        text.push_str(part(mark.clone()));
        text.push(']');
        at = mark.end;
    }
    text.push_str(part(at..hit.excerpt.text.len()));
    text
}

fn hit_json(hit: &Hit, model: Option<&str>) -> Value {
    let who = hit.who.as_ref();
    let marks: Vec<_> = hit.excerpt.marks.iter().map(|it| [it.start, it.end]).collect();
    let seq = hit.seq.to_string();
    let mut open = vec!["auteur", "replay", hit.session.as_str()];
    if hit.kind != Kind::Session {
        open.extend(["--at", seq.as_str()]);
    }
    open.extend(who.iter().flat_map(|it| ["--agent", it.name.as_str()]));
    json!({
        "session": hit.session,
        "opened": hit.opened,
        "project": hit.project,
        "title": hit.title,
        "agent": who.map(|it| &it.name),
        "role": who.map(|it| &it.role),
        "model": model,
        "cast_model": who.map(|it| &it.model),
        "kind": hit.kind,
        "seq": hit.seq.0,
        "at_ms": hit.at.0,
        "text": hit.excerpt.text,
        "marks": marks,
        "journal": hit.journal,
        "open": open,
    })
}

/// Takes some of what the index lacks into it. Without it the next search takes longer.
fn fill(history: &History) {
    if let Err(error) = history.fill(FILLED, || true) {
        tracing::warn!("the index of former sessions could not be written: {error}");
    }
}
