//! What stands over the stage and wants an answer.

mod casting;
mod choice;
mod command;
mod copying;
mod draft;
mod evidence;
mod finder;
mod help;
mod limits;
mod nearby;
mod paper;
mod retake;
mod role;
mod script;
mod setup;
mod themes;
mod wording;
mod writing;

use super::{
    changes, ink,
    scene::{Hit, Hits, Sight},
};
use crate::{
    model::{Agent, script::Work},
    ui::{
        desk::{
            Dialog, Editor, Goal, PaletteItem, Prompt, Purpose, Redirects, RedirectsPurpose,
            StepPlace, many, names, role_of,
        },
        keys::{Act, Context},
    },
};
use finder::{Finder, Item};
use paper::Keys;
use ratatui::{buffer::Buffer, layout::Rect};
pub(super) use wording::{says_its_keys, word};
use writing::Writing;

/// Draws the editor and the dialog that are open, the dialog on top.
pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let desk = sight.desk();
    if desk.editor.is_none() && desk.dialog.is_none() {
        return;
    }
    // What is looked through stays as it is.
    let finds = match &desk.dialog {
        Some(Dialog::Prompt(it)) => it.purpose.finds(),
        Some(Dialog::Themes(_) | Dialog::Command(_)) => true,
        _ => false,
    };
    if desk.editor.is_some() || !finds {
        buffer.set_style(area, sight.palette.behind);
    }
    hits.add(area, Hit::Behind);
    if let Some(editor) = &desk.editor {
        draw_editor(buffer, area, editor, (sight, hits));
    }
    let Some(dialog) = &desk.dialog else { return };
    let keys = keys(&wording::of_dialog(dialog, sight), dialog.context(), sight);
    match dialog {
        Dialog::Help(help) => help::draw(buffer, area, help, sight, hits),
        Dialog::Palette(list) => {
            let items: Vec<Item> = list.matches.iter().map(item).collect();
            let finder = Finder {
                title: "Find anything",
                is_low: false,
                field: Some(&list.input),
                hint: if items.is_empty() { "Nothing is called that." } else { "" },
                fault: None,
                items: &items,
                chosen: Some(list.selected),
                keys: &keys,
            };
            finder::draw(buffer, area, finder, sight, hits);
        }
        Dialog::Command(line) => command::draw(buffer, area, (line, &keys), sight, hits),
        Dialog::Copying(it) => copying::draw(buffer, area, (it, &keys), sight, hits),
        Dialog::Question(question) => choice::draw(buffer, area, question, sight, hits),
        Dialog::Prompt(prompt) => draw_prompt(buffer, area, (prompt, &keys), sight, hits),
        Dialog::NewAgent(form) => casting::draw(buffer, area, (form, &keys), sight, hits),
        Dialog::Role(form) => role::draw(buffer, area, (form, &keys), (sight, hits)),
        Dialog::Retake(form) => retake::draw(buffer, area, (form, &keys), (sight, hits)),
        Dialog::Draft(form) => draft::draw(buffer, area, (form, &keys), (sight, hits)),
        Dialog::Script(form) => script::draw(buffer, area, (form, &keys), sight, hits),
        Dialog::Nearby(list) => nearby::draw(buffer, area, (list, &keys), sight, hits),
        Dialog::Setup => {
            if let Some(setup) = &desk.setup {
                setup::draw(buffer, area, (setup, &keys), (sight, hits));
            }
        }
        Dialog::Themes(list) => themes::draw(buffer, area, (list, &keys), sight, hits),
        Dialog::Evidence(seen) => evidence::draw(buffer, area, (seen, &keys), sight, hits),
        Dialog::Limits(list) => limits::draw(buffer, area, (list, &keys), sight, hits),
        Dialog::Redirects(list) => draw_redirects(buffer, area, (list, &keys), sight, hits),
    }
}

/// The first key of each act that has one here.
fn keys<'a>(acts: &[(Act, &'a str)], context: Context, sight: Sight) -> Vec<(String, &'a str)> {
    let first = |act| sight.desk().keymap.keys_for(context, act).into_iter().next();
    acts.iter().filter_map(|(act, what)| Some((first(*act)?, *what))).collect()
}

fn item(it: &PaletteItem) -> Item {
    let has_key = matches!(it.goal, Goal::Do(_));
    Item { name: it.label.clone(), mark: it.note.clone(), has_key, ..Item::default() }
}

fn draw_prompt(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&Prompt, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let is_low = it.purpose.finds();
    let finder = Finder {
        title: &it.title,
        is_low,
        field: Some(&it.field),
        hint: &it.hint,
        fault: it.fault.as_deref(),
        items: &[],
        chosen: Some(0),
        keys,
    };
    finder::draw(buffer, area, finder, sight, hits);
}

fn draw_redirects(
    buffer: &mut Buffer,
    area: Rect,
    (it, keys): (&Redirects, Keys),
    sight: Sight,
    hits: &mut Hits,
) {
    let name = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    let item = |(number, text): &(_, String)| Item {
        name: format!("{number}"),
        detail: name(text),
        mark: String::new(),
        has_key: false,
        is_dim: false,
    };
    let items: Vec<Item> = it.queued.iter().map(item).collect();
    let title = match it.purpose {
        RedirectsPurpose::Edit => "Queued redirects: edit one",
        RedirectsPurpose::TakeBack => "Queued redirects: take one back",
    };
    let finder = Finder {
        title,
        is_low: false,
        field: None,
        hint: "",
        fault: None,
        items: &items,
        chosen: Some(it.selected),
        keys,
    };
    finder::draw(buffer, area, finder, sight, hits);
}

fn draw_editor(buffer: &mut Buffer, area: Rect, it: &Editor, (sight, hits): (Sight, &mut Hits)) {
    let agent = it.purpose.agent().and_then(|it| sight.stage().agent(it));
    let (title, about) = heading(it, agent, sight);
    let summary = match (it.purpose, agent.and_then(|it| it.current_instructions())) {
        (Purpose::Instructions(_), Some(now)) => {
            let (added, removed) = changes::tally(&now.text, &it.written());
            match (added.as_str(), removed.as_str()) {
                ("+0", "−0") => "no change yet".to_owned(),
                _ => format!("v{}: {added} {removed} lines", now.version.next()),
            }
        }
        _ => String::new(),
    };
    let keys = keys(&wording::of_editor(it, sight), Context::Editor, sight);
    let has_keys = sight.desk().dialog.is_none();
    let (text, title) = (&it.text, title.as_str());
    let asked = match it.purpose {
        Purpose::Answer(_, request) => {
            agent.and_then(|it| it.requests.iter().find(|it| it.id == request)).map(|it| &it.ask)
        }
        _ => None,
    };
    let (summary, fault) = (summary.as_str(), it.fault.as_deref().unwrap_or_default());
    let keys = keys.as_slice();
    let writing = Writing { title, about, asked, text, has_keys, summary, fault, keys };
    writing::draw(buffer, ink::lines(area, 0, area.height), writing, (sight, hits));
}

/// A message to all that are marked.
fn of_marked(it: &Editor, sight: Sight) -> (String, &'static str) {
    let marked = sight.desk().marked_agents(sight.stage());
    let whom = format!("{}: {}", many(marked.len()), names(&marked));
    if it.now {
        return (format!("Redirect {whom}, at once"), "What is in flight is cut.");
    }
    let what = if marked.iter().any(|it| it.is_over()) {
        "Each reads this at its next step; who has ended is taken up again."
    } else {
        "Each reads this at its next step."
    };
    (format!("Redirect {whom}"), what)
}

/// What a text is, and what becomes of it.
fn heading(it: &Editor, agent: Option<&Agent>, sight: Sight) -> (String, &'static str) {
    let name = agent.map_or("an agent that is gone", |it| it.casting.name.as_str());
    match it.purpose {
        Purpose::Redirect(_) if agent.is_some_and(|it| is_done_with(it, sight)) => (
            format!("Write to {name}"),
            "It has ended, and its script has gone on with what it came to. This takes it up again, \
             and nobody is handed what it does now: to have that, do its step again there (r).",
        ),
        Purpose::Redirect(_) if agent.is_some_and(Agent::is_over) => {
            (format!("Write to {name}"), "It has ended; this takes it up again.")
        }
        Purpose::Redirect(_) if it.now => {
            (format!("Redirect {name} at once"), "What is in flight is cut.")
        }
        Purpose::Redirect(_) => (format!("Redirect {name}"), "It reads this at its next step."),
        Purpose::RedirectMarked => of_marked(it, sight),
        Purpose::EditRedirect(..) => (format!("Queued redirect to {name}"), "Not delivered yet."),
        Purpose::Instructions(_) => {
            (format!("Instructions of {name}"), "A new version from its next turn on.")
        }
        Purpose::Brief(_) => (format!("Brief of {name}"), "Its model has not seen it yet."),
        Purpose::Fork(_) => (
            format!("Fork {name}"),
            "What another agent is to do that begins with a copy of its conversation.",
        ),
        Purpose::Answer(_, request) if agent.is_none_or(|it| it.request(request).is_none()) => (
            format!("Answer {name}"),
            "The question was withdrawn: nobody waits for this any more. What is typed is kept.",
        ),
        Purpose::Answer(..) => (format!("Answer {name}"), "It waits for this."),
        Purpose::Step(at) if is_command(at, sight) => (
            format!("Command of {}", step_name(at, sight)),
            "A template, where values are quoted: what is tried from now on runs this.",
        ),
        Purpose::Step(at) => (
            format!("Brief of {}", step_name(at, sight)),
            "A template: what is tried from now on is told this.",
        ),
        Purpose::StepRole(at) => (
            format!("Instructions of {} in this script", role_name(at, sight)),
            "For those of its agents that are not done, and all that begin from now on.",
        ),
        Purpose::HandOff(from, to) => (
            format!(
                "What {} hands to {}",
                step_name(from, sight),
                step_name(StepPlace { step: to, ..from }, sight)
            ),
            "JSON, or plain text; it gets this instead.",
        ),
    }
}

/// Whether a command does a step.
fn is_command(at: StepPlace, sight: Sight) -> bool {
    let step = sight.stage().play(at.play).and_then(|it| it.step(at.step));
    matches!(step.map(|it| &it.work), Some(Work::Command { .. }))
}

/// The role that does a step.
fn role_name(at: StepPlace, sight: Sight<'_>) -> &str {
    sight.stage().play(at.play).and_then(|it| role_of(it, at.step)).unwrap_or_default()
}

/// What a step of a script is called.
fn step_name(at: StepPlace, sight: Sight<'_>) -> &str {
    let play = sight.stage().play(at.play);
    play.and_then(|it| it.step(at.step)).map(|it| it.name.as_str()).unwrap_or_default()
}

/// Whether a script that is played has taken what an agent came to, and waits for no more
/// of it.
fn is_done_with(agent: &Agent, sight: Sight) -> bool {
    let Some(assignment) = agent.casting.assignment.as_deref().filter(|_| agent.is_over()) else {
        return false;
    };
    let play = sight.stage().play(assignment.spot.play);
    let part = play.and_then(|it| it.part(it.find(&assignment.spot)?));
    part.is_some_and(|it| it.phase.is_over())
}
