//! What the desk asks after a command, in lines; and what the next typed line is then.

use super::tell::lines;
use crate::ui::desk::{Desk, Dialog, Purpose, Question, ScriptForm};

/// What the desk waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Nothing.
    Nothing,
    /// A line.
    Line,
    /// A text of several lines.
    Text,
    /// The number of a choice.
    Choice(usize),
    /// Something that can't be done without a screen.
    Screen,
}

/// What the desk waits for, and how that is asked.
pub fn open(desk: &Desk) -> (Open, Vec<String>) {
    match (&desk.dialog, &desk.editor) {
        (Some(Dialog::Prompt(prompt)), _) => {
            let fault = prompt.fault.iter().map(|it| format!("that can't be: {it}"));
            let now = Some(prompt.field.text()).filter(|it| !it.is_empty());
            let now = now.map(|it| format!(" (now: {it})")).unwrap_or_default();
            let asked = format!("{}: {}{now}", prompt.title, prompt.hint);
            let how = "type a line; back leaves it".to_owned();
            (Open::Line, fault.chain([asked, how]).collect())
        }
        (Some(Dialog::Question(question)), _) => {
            (Open::Choice(question.choices.len()), ask(question))
        }
        (Some(Dialog::NewAgent(form)), _) => {
            let role = form.roles.get(form.selected).map(|it| it.casting.role.as_str());
            let asked = format!("a new agent, {}: what is it to do?", role.unwrap_or("?"));
            let fault = form.fault.iter().map(|it| format!("that can't be: {it}"));
            (Open::Text, fault.chain([asked, HOW.to_owned()]).collect())
        }
        (Some(Dialog::Script(form)), _) => (Open::Line, ask_for_field(form)),
        (Some(_), _) => (Open::Screen, vec!["that needs a screen: start without --linear".into()]),
        (None, Some(editor)) => {
            let what = match editor.purpose {
                Purpose::Redirect(_) | Purpose::RedirectMarked | Purpose::EditRedirect(..) => {
                    "your message"
                }
                Purpose::Instructions(_) => "its instructions, all of them",
                Purpose::Brief(_) | Purpose::Fork(_) => "its brief",
                Purpose::Answer(..) => "your answer",
                Purpose::Step(_) | Purpose::StepRole(_) | Purpose::HandOff(..) => "the text",
            };
            let mut asked: Vec<_> =
                editor.fault.iter().map(|it| format!("that can't be: {it}")).collect();
            let now = lines("  ", &editor.written());
            if !now.is_empty() {
                asked.push("by now it is:".to_owned());
                asked.extend(now);
            }
            asked.extend([what.to_owned(), HOW.to_owned()]);
            (Open::Text, asked)
        }
        (None, None) => (Open::Nothing, Vec::new()),
    }
}

/// How a text of several lines is typed.
const HOW: &str = "type it line by line, then a line with a full stop alone; back leaves it";

fn ask(question: &Question) -> Vec<String> {
    let mut asked = vec![question.title.clone()];
    asked.extend(lines("  ", &question.text));
    let choices = (1..).zip(&question.choices);
    asked.extend(choices.map(|(n, it)| format!("  {n}: {}", it.label)));
    asked.push("type a number; back leaves it".to_owned());
    asked
}

/// Asks for one thing that a script is given: they come one after the other.
fn ask_for_field(form: &ScriptForm) -> Vec<String> {
    let (place, count) = (form.at + 1, form.fields.len());
    let Some(field) = form.fields.get(form.at).filter(|_| !form.is_sent) else {
        return vec![format!("{} is about to begin", form.script)];
    };
    let fault = form.fault.iter().chain(&field.fault).map(|it| format!("that can't be: {it}"));
    let name = if field.is_budget() { "budget" } else { &field.name };
    let now = Some(field.typed()).filter(|it| !it.is_empty());
    let now = now.map(|it| format!(" (now: {it})")).unwrap_or_default();
    let needed = if field.is_required { ", needed" } else { "" };
    let script = &form.script;
    let about = [field.purpose.as_str(), field.wanted.as_str()];
    let about = about.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("; ");
    let asked = format!("{script}, {place} of {count}: {name}{needed}: {about}{now}");
    let choices = (1..).zip(field.choices()).map(|(n, it)| format!("  {n}: {it}"));
    let how = "type a line; an empty one leaves what is there; back leaves it all".to_owned();
    fault.chain([asked]).chain(choices).chain([how]).collect()
}
