//! What a take has shown to be better goes into its role: its instructions, with what
//! speaks for them.

use super::{Desk, Done};
use crate::{
    config::{instructed, instructions_in},
    model::{Agent, Level, Millis, Stage, Status},
};

impl Desk {
    /// Whether there is a role that the focused take's change can be kept in: none can be
    /// written in a rehearsal.
    pub(crate) fn can_keep_change(&self, stage: &Stage) -> bool {
        let Some(agent) = self.focused(stage).filter(|_| self.takes(stage).is_some()) else {
            return false;
        };
        let mut roles = self.roles.iter();
        roles.any(|it| it.casting.role == agent.casting.role && !it.text.is_empty())
    }

    /// Opens the role of the focused take with its instructions in place of the role's,
    /// and above them what shows that they are better. Nothing is written yet.
    pub(super) fn keep_change(&mut self, stage: &Stage, now: Millis) -> Done {
        let takes = self.takes(stage);
        let (Some(takes), Some(agent)) = (takes, self.focused(stage)) else {
            return self.say(Level::Note, "it is the only take of its brief", now);
        };
        let name = agent.casting.role.as_str();
        let Some(offer) = self.roles.iter().find(|it| it.casting.role == name) else {
            let text = format!("there is no role {name} in the cast any more");
            return self.say(Level::Warning, text, now);
        };
        if offer.text.is_empty() {
            return self.say(Level::Warning, "roles can't be changed in a rehearsal", now);
        }
        let now_in_force = agent.current_instructions().map_or("", |it| &*it.text);
        let own = unwrapped(now_in_force, &offer.casting.instructions, &offer.text);
        let why = evidence(agent, &takes, stage);
        let Some(text) = instructed(&offer.text, &own, &why) else {
            let text = format!("the role {name} can't be read as it is written");
            return self.say(Level::Warning, text, now);
        };
        let (name, original) = (name.to_owned(), offer.text.clone());
        self.open_role(name, original, &text)
    }
}

/// The instructions as a role says them: without what is put around them when somebody is
/// cast, wherever something was written beside it.
fn unwrapped(of_agent: &str, of_role: &str, text: &str) -> String {
    let said = instructions_in(text);
    let said = said.trim_end();
    let around = of_role.split_once(said).filter(|_| !said.is_empty());
    let (before, after) = around.unwrap_or_default();
    let inner = [before, after].iter().fold(of_agent.to_owned(), |text, it| without(&text, it));
    format!("{}\n", inner.trim_end())
}

/// A text without these words: what stands before and behind them are two paragraphs.
fn without(text: &str, words: &str) -> String {
    let words = words.trim();
    let Some((before, after)) = text.split_once(words).filter(|_| !words.is_empty()) else {
        return text.to_owned();
    };
    let parts = [before.trim_end(), after.trim_start()];
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// What the takes came to, a line each.
fn evidence(kept: &Agent, takes: &[(usize, &Agent)], stage: &Stage) -> Vec<String> {
    let header = stage.header();
    let day = header.opened.get(..10).unwrap_or_default();
    let session = header.session.get(..8).unwrap_or(&header.session);
    let best = if kept.is_best { ", marked as the best" } else { "" };
    let first = format!(
        "From the take {}{best}, of {} takes of one brief (session {session}, {day}):",
        kept.casting.name,
        takes.len()
    );
    let told = takes.iter().map(|(_, it)| {
        let outcome = match it.status() {
            Status::Succeeded => "done",
            Status::Failed => "failed",
            Status::Stopped => "stopped",
            _ => "not over",
        };
        let checks = stage.checked(it);
        let checks = checks.and_then(|(hold, all)| Some(format!(", {} of {all} checks", hold?)));
        let said = it.redirects.len() + it.instructions.len().saturating_sub(1);
        format!(
            "- {}: {outcome}{}, {}, {}, {}",
            it.casting.name,
            checks.unwrap_or_default(),
            it.spent,
            counted(u64::from(it.taken()), "turn"),
            counted(said as u64, "direction")
        )
    });
    [first].into_iter().chain(told).collect()
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_around_a_role_s_instructions_is_not_written_into_it() {
        let text = "purpose = \"x\"\ninstructions = \"\"\"\nBe brief.\n\"\"\"\n";
        let around = "Be brief.\n\nA director watches you.";
        assert_eq!(unwrapped("Be long.\n\nA director watches you.", around, text), "Be long.\n");
        assert_eq!(unwrapped("Be long.", around, text), "Be long.\n");
        let around = "A director watches you.\n\nBe brief.";
        assert_eq!(unwrapped("A director watches you.\n\nBe long.", around, text), "Be long.\n");
        // Wherever in it something was written.
        for (said, own) in [
            ("A director watches you. Be terse.\n\nBe brief.", "Be terse.\n\nBe brief.\n"),
            ("Be terse.\nA director watches you.\n\nBe brief.", "Be terse.\n\nBe brief.\n"),
            ("A director watches you.\n\nBe brief. And terse.", "Be brief. And terse.\n"),
        ] {
            assert_eq!(unwrapped(said, around, text), own);
        }
    }
}
