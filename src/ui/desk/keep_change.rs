//! What a take has shown to be better goes into its role: its instructions, with what
//! speaks for them.

use super::{Desk, Done};
use crate::{
    config::{instructed, instructions_in},
    model::{Agent, Level, Millis, Stage, Status},
};

impl Desk {
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
        let why = evidence(agent, &takes, stage, self);
        let Some(text) = instructed(&offer.text, &own, &why) else {
            let text = format!("the role {name} can't be read as it is written");
            return self.say(Level::Warning, text, now);
        };
        let (name, original) = (name.to_owned(), offer.text.clone());
        self.open_role(name, original, &text)
    }
}

/// The instructions as a role says them: without what is put around them when somebody is
/// cast.
fn unwrapped(of_agent: &str, of_role: &str, text: &str) -> String {
    let said = instructions_in(text);
    let said = said.trim_end();
    let around = of_role.split_once(said).filter(|_| !said.is_empty());
    let (before, after) = around.unwrap_or_default();
    let inner = of_agent.strip_prefix(before).unwrap_or(of_agent);
    let inner = inner.strip_suffix(after).unwrap_or(inner);
    format!("{}\n", inner.trim_end())
}

/// What the takes came to, a line each.
fn evidence(kept: &Agent, takes: &[(usize, &Agent)], stage: &Stage, desk: &Desk) -> Vec<String> {
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
        let checks = desk.checked(it, stage);
        let checks = checks.and_then(|(hold, all)| Some(format!(", {} of {all} checks", hold?)));
        let said = it.redirects.len() + it.instructions.len().saturating_sub(1);
        format!(
            "- {}: {outcome}{}, {}, {} turns, {said} directions",
            it.casting.name,
            checks.unwrap_or_default(),
            it.spent,
            it.taken()
        )
    });
    [first].into_iter().chain(told).collect()
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
    }
}
