//! What a director types is foreign to the terminal, too: pasted from somewhere,
//! or an argument of the command line. It is made harmless here, once, before it
//! becomes a fact.

use crate::{
    model::{
        Answer, Casting, Command, Event, HeedWish, Input, ProofEvent, ProofWish,
        play::{PlayEnd, PlayEvent, Wish},
        script::Check,
    },
    text::{harmless, sanitise},
};
use serde::{Serialize, de::DeserializeOwned};

/// Makes the texts of an input harmless. What an engine reports is clean already.
pub(super) fn clean(input: &mut Input) {
    if let Input::Command { command, .. } | Input::Desk { command, .. } = input {
        match command {
            // What is handed over is nobody's words: it stays as it is, and is made
            // harmless where it is shown.
            Command::Perform { script, .. } => clean_all(script),
            Command::DirectPlay(_, Wish::EditHandOff { .. }) => {}
            Command::DirectPlay(_, wish) => clean_all(wish),
            _ => {}
        }
        for text in texts(command) {
            if let std::borrow::Cow::Owned(harmless) = sanitise(text) {
                *text = harmless;
            }
        }
    }
}

/// Makes the words of what comes next in a script harmless: what was handed over may
/// stand in them.
pub(super) fn clean_fact(event: &mut Event) {
    let text = match event {
        Event::AgentAdded { casting, .. } => &mut casting.brief,
        Event::RedirectWritten { text, .. } | Event::HoldPlaced { note: text, .. } => text,
        Event::Asked { ask, .. } => return clean_all(ask),
        Event::Drifted { event, .. } => return clean_all(&mut **event),
        Event::Proved { event, .. } => match &mut **event {
            ProofEvent::Ended { why, .. } => why,
            _ => return,
        },
        Event::Play { event, .. } => match &mut **event {
            PlayEvent::Failed { why, .. }
            | PlayEvent::CheckEnded { why, .. }
            | PlayEvent::Repeated { why, .. }
            | PlayEvent::Reset { why, .. }
            | PlayEvent::Stopping { why, .. }
            | PlayEvent::Skipped { why, .. }
            | PlayEvent::Ended { end: PlayEnd::Failed(why) } => why,
            _ => return,
        },
        _ => return,
    };
    if let std::borrow::Cow::Owned(harmless) = sanitise(text) {
        *text = harmless;
    }
}

/// Cleans every text of what is more than a few of them.
fn clean_all<T: Serialize + DeserializeOwned>(whole: &mut T) {
    let Ok(mut value) = serde_json::to_value(&*whole) else { return };
    harmless(&mut value);
    if let Ok(clean) = serde_json::from_value(value) {
        *whole = clean;
    }
}

fn texts(command: &mut Command) -> Vec<&mut String> {
    match command {
        Command::Add(casting) => cast(casting),
        Command::Redirect { text, .. }
        | Command::EditRedirect { text, .. }
        | Command::EditInstructions { text, .. }
        | Command::EditBrief { text, .. }
        | Command::Hold(_, _, text)
        | Command::TakeWork { words: text, .. }
        | Command::Answer {
            answer: Answer::Denied { why: text } | Answer::Said { text }, ..
        } => {
            vec![text]
        }
        Command::ChangeModel { provider, model, .. } => vec![provider, model],
        Command::Retake(it) => it.message.iter_mut().chain(&mut it.instructions).collect(),
        Command::Prove { wish, .. } => match &mut **wish {
            ProofWish::Add(it) => check(it),
            ProofWish::Judge(rubric, casting) => {
                std::iter::once(rubric).chain(cast(casting)).collect()
            }
            ProofWish::Make => Vec::new(),
        },
        Command::Heed { wish: HeedWish::Scope(paths), .. } => paths.iter_mut().collect(),
        _ => Vec::new(),
    }
}

fn check(check: &mut Check) -> Vec<&mut String> {
    match check {
        Check::Command(text) | Check::File(text) | Check::Pattern(text) => vec![text],
        Check::Paths(paths) => paths.iter_mut().collect(),
        Check::Json { file, .. } => vec![file],
        Check::Judge { question, .. } => vec![question],
        Check::Schema(_) | Check::Holds(_) | Check::Script(_) => Vec::new(),
    }
}

fn cast(casting: &mut Casting) -> Vec<&mut String> {
    let Casting { name, role, provider, model, brief, instructions, checks, .. } = casting;
    let checks = checks.iter_mut().flat_map(|it| &mut it.list).flat_map(check);
    [name, role, provider, model, brief, instructions].into_iter().chain(checks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Author, RequestId};

    #[test]
    fn nothing_that_is_typed_reaches_a_terminal_as_an_order() {
        const EVIL: &str = "br\x1b]0;PWN\x07\u{9b}2J";
        let (agent, text) = (AgentId(1), EVIL.to_owned());
        let (provider, model) = (text.clone(), text.clone());
        let answer = Answer::Denied { why: text.clone() };
        let casting = Casting { name: text.clone(), brief: text.clone(), ..Casting::default() };
        let commands = [
            Command::Add(Box::new(casting)),
            Command::Redirect { agent, text: text.clone(), now: false },
            Command::EditInstructions { agent, text: text.clone() },
            Command::EditBrief { agent, text },
            Command::Answer { agent, request: RequestId(1), answer },
            Command::ChangeModel { agent, provider, model },
        ];
        for command in commands {
            let mut input = Input::Command { by: Author::Director, command };
            clean(&mut input);
            let told = format!("{input:?}");
            assert!(!told.contains("\\u{1b}") && !told.contains("\\u{9b}"), "{told}");
        }
    }
}
