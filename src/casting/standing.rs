//! A role that is done again and again, as a script of one step: so what holds of scripts
//! holds of it, from its graph to its resume.

use super::audition::literal;
use crate::model::{
    Casting,
    script::{OnFailure, Script, Step, Trigger, Work},
};
use serde_json::{Value, json};

/// A role that is done again and again.
#[derive(Debug, Clone)]
pub struct StandingRole {
    /// What it is called in its session.
    pub name: String,
    /// Who does it, with what it is to do.
    pub casting: Casting,
    /// When.
    pub again: Trigger,
}

impl StandingRole {
    /// Under its role's name, unless that is taken.
    pub fn new(casting: Casting, again: Trigger, is_taken: impl Fn(&str) -> bool) -> Self {
        let name = &casting.role;
        let numbered = (2..).map(|n: u64| format!("{name}-{n}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let name = names.find(|it| !is_taken(it)).unwrap_or_default();
        Self { name, casting, again }
    }

    /// The script that it is, and what that is given: nothing.
    pub fn script(self) -> (Script, Value) {
        let Self { name, mut casting, again } = self;
        let brief = std::mem::take(&mut casting.brief);
        // In a script, the step says what its agent may have others do.
        let delegation = casting.delegation.take();
        let mut roles = delegation.as_ref().map(|it| it.roles.clone()).unwrap_or_default();
        let (role, budget) = (casting.role.clone(), casting.budget);
        roles.insert(role.clone(), casting);
        let step = Step {
            name: role.clone(),
            work: Work::Agent { role, brief: told(&brief, &again) },
            again: Some(again),
            delegation: delegation.map(|mut it| {
                it.roles.clear();
                it
            }),
            on_failure: OnFailure::Continue,
            ..Step::default()
        };
        let purpose = brief.lines().next().unwrap_or_default().to_owned();
        let script =
            Script { name, purpose, steps: vec![step], budget, roles, ..Script::default() };
        (script, json!({}))
    }

    /// Whether a script is one that does this again and again.
    pub fn does(script: &Script, brief: &str) -> bool {
        let [step] = &script.steps[..] else { return false };
        match (&step.work, &step.again) {
            (Work::Agent { brief: said, .. }, Some(again)) => *said == told(brief, again),
            _ => false,
        }
    }
}

/// The brief as a template, and that it is one run of many: whoever watches would wait
/// for the next look, else.
fn told(brief: &str, again: &Trigger) -> String {
    let when = literal(&again.to_string());
    format!(
        "{}\n\nThis is done again and again: {when}. Do it once now, and end with what it came \
         to. Don't wait for the next time: you are called.",
        literal(brief)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Delegation, Millis, Money, Spawn};

    fn monitor() -> Casting {
        let spawn = Some(Spawn { roles: vec!["tester".into()], most: 1, ..Spawn::default() });
        let tester = Casting { role: "tester".into(), ..Casting::default() };
        let roles = [("tester".to_owned(), tester)].into();
        Casting {
            role: "monitor".into(),
            brief: "Watch {{ this }}.\nReally.".into(),
            budget: Some(Money::cents(50)),
            delegation: Some(Box::new(Delegation { spawn, hand_off: None, roles })),
            ..Casting::default()
        }
    }

    #[test]
    fn a_role_alone_is_a_script_of_one_standing_step_that_no_failed_run_ends() {
        let again = Trigger::Every(Millis(300_000));
        let (script, inputs) = StandingRole::new(monitor(), again.clone(), |_| false).script();
        assert_eq!(
            (script.name.as_str(), script.purpose.as_str()),
            ("monitor", "Watch {{ this }}.")
        );
        assert_eq!((script.budget, inputs), (Some(Money::cents(50)), json!({})));
        let [step] = &script.steps[..] else { panic!("{:?}", script.steps) };
        assert_eq!((&step.again, &step.on_failure), (&Some(again), &OnFailure::Continue));
        let Work::Agent { role, brief } = &step.work else { panic!("{step:?}") };
        assert_eq!(role, "monitor");
        let raw = "{% raw %}Watch {{ this }}.\nReally.{% endraw %}";
        assert!(brief.starts_with(raw) && brief.contains("every 5m"), "{brief}");
        assert!(StandingRole::does(&script, "Watch {{ this }}.\nReally."));
        assert!(!StandingRole::does(&script, "Watch"));
        let casting = &script.roles["monitor"];
        assert!(casting.brief.is_empty() && casting.delegation.is_none());
        // Whom it may set to work, the script has.
        let delegation = step.delegation.as_deref().unwrap();
        assert!(delegation.spawn.is_some() && delegation.roles.is_empty());
        assert!(script.roles.contains_key("tester"));
    }

    #[test]
    fn one_of_the_same_role_has_a_name_of_its_own() {
        let taken = ["monitor", "monitor-2"];
        let third = StandingRole::new(monitor(), Trigger::Webhook, |it| taken.contains(&it));
        assert_eq!(third.name, "monitor-3");
    }
}
