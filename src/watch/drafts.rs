//! The likely directions for an agent that may be drifting, prepared: the director reads
//! them, changes them, and sends one or none.

use crate::model::{Agent, Rule, Sign, Turn};

/// So many letters of the brief are quoted.
const QUOTE: usize = 240;

/// What the director may say or do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drafts {
    /// A message to it.
    pub redirect: String,
    /// Its instructions, with a line more that keeps it from doing so again.
    pub instructions: String,
    /// The turn from which it would be taken anew: where it began.
    pub from: Turn,
}

/// Prepares what may set an agent right.
pub fn drafts(agent: &Agent, sign: &Sign) -> Drafts {
    let scope = agent.casting.scope.join(", ");
    let redirect = message(agent, (sign.rule, sign.since, &sign.words));
    let now = agent.current_instructions().map_or("", |it| &*it.text).trim_end();
    let instructions = format!("{now}\n\n{}\n", lesson(sign.rule, &scope)).trim_start().to_owned();
    Drafts { redirect, instructions, from: sign.since.max(Turn(1)) }
}

/// What is written to an agent of which a rule has seen that, since that turn.
pub(super) fn message(agent: &Agent, (rule, since, words): (Rule, Turn, &str)) -> String {
    let scope = agent.casting.scope.join(", ");
    let advice = advice((rule, since, words), &scope);
    format!("{advice}\n\n{}", brief(&agent.casting.brief))
}

/// What it is told: what was seen, and what to do instead.
fn advice((rule, since, words): (Rule, Turn, &str), scope: &str) -> String {
    match rule {
        Rule::Scope => format!(
            "You {words}. Put what lies outside back as it was, and then change only: {scope}."
        ),
        Rule::SameCall => format!(
            "Since turn {since} you have made {words}. It will not answer otherwise. Say in one \
             sentence what you need to know, and find it out in another way; or ask me."
        ),
        Rule::PingPong => format!(
            "Since turn {since} I see {words}. Decide for one of the two, say in one sentence why, \
             and leave it at that."
        ),
        Rule::TestsBent => format!(
            "I see that you {words}. A test says what the program has to do: put it back as it \
             was, and make the program pass it. If the test is wrong, say why and ask me."
        ),
        Rule::NoChange => format!(
            "I see that {words}, since turn {since}. Say in two sentences what you know and what keeps you; \
             then change something, hand in what you have, or ask me."
        ),
        Rule::Silence => {
            format!(
                "I see that {words}. What are you waiting for? If it does not come, go on without it."
            )
        }
        Rule::Context => format!(
            "Your {words}. Bring what you are at to an end: leave it in good order, and write down \
             what is done and what is not."
        ),
        Rule::PlanChanged => format!(
            "I see {words}. Say in one sentence why. Without a good reason put them back into \
             your plan and do them; if there is one, go on, and name them when you report."
        ),
        Rule::CostSlope => format!(
            "I see that {words}. Say in two sentences what is left and what makes it dear; then \
             do what matters most first, in fewer and shorter turns, or hand in what you have."
        ),
        Rule::Repeats => format!(
            "Since turn {since} I have read {words}. I know that now. Say what is new, or do the \
             next thing; if nothing is left to do, hand in what you have, or ask me."
        ),
        Rule::Judge => format!(
            "Somebody who looks at your work says: {words}. If that is so, go back to your brief, \
             and say in one sentence what you do next; if it is not, say why."
        ),
        Rule::ErrorSpiral => format!(
            "Since turn {since} I see {words}. Stop trying. Read the first error to its end, say \
             in one sentence what causes it, and change that one thing; or ask me."
        ),
    }
}

/// The line that is added to its instructions.
fn lesson(rule: Rule, scope: &str) -> String {
    match rule {
        Rule::Scope => format!(
            "Change no files but these: {scope}. What else you find goes into your report, not \
             into the files."
        ),
        Rule::SameCall => "Before you make a call again that you have made already, change \
             something, or say what is different now."
            .to_owned(),
        Rule::PingPong => {
            "What you have changed and changed back stays as it is: do not change it a \
             third time."
                .to_owned()
        }
        Rule::TestsBent => {
            "Tests that fail are never changed to pass, skipped or removed. If one is \
             wrong, say so and ask."
                .to_owned()
        }
        Rule::NoChange => {
            "When you have looked at a thing twice, decide: change something, or say \
             what is missing."
                .to_owned()
        }
        Rule::Silence => "Give every command a time after which it is given up.".to_owned(),
        Rule::Context => "Read only what you need, in parts; keep answers short.".to_owned(),
        Rule::PlanChanged => {
            "What your plan says is done, or you say why it is not. No step leaves it \
             without a word."
                .to_owned()
        }
        Rule::CostSlope => {
            "Be sparing: look at no more than you need, and make several calls in one turn \
             where you can."
                .to_owned()
        }
        Rule::Judge => {
            "Before each change, ask whether the brief wants it. What it does not want goes \
             into your report."
                .to_owned()
        }
        Rule::Repeats => "Say a thing once. When nothing new is to be said, act.".to_owned(),
        Rule::ErrorSpiral => "When something has failed twice, say what causes it before you try \
             again; when it has failed three times, ask."
            .to_owned(),
    }
}

/// What it was asked to do, again.
fn brief(brief: &str) -> String {
    let words: Vec<&str> = brief.split_whitespace().collect();
    let whole = words.join(" ");
    let quoted: String = whole.chars().take(QUOTE).collect();
    let rest = if quoted.len() < whole.len() { " …" } else { "" };
    format!("Your brief is still: {quoted}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AgentId, Casting, Millis, Seq};

    fn sign(rule: Rule, words: &str) -> Sign {
        Sign {
            number: 1,
            rule,
            seq: Seq(9),
            at: Millis(0),
            turn: Turn(4),
            since: Turn(3),
            words: words.to_owned(),
            evidence: Vec::new(),
            action: crate::model::Action::Warn,
        }
    }

    fn agent() -> Agent {
        let casting = Casting {
            brief: "Tidy the comments.\nChange  no code.".into(),
            instructions: "Be brief.\n".into(),
            scope: vec!["ledger.sh".into()],
            ..Casting::default()
        };
        Agent::fresh(AgentId(1), &casting)
    }

    #[test]
    fn what_was_seen_is_named_and_the_brief_is_quoted() {
        let seen = sign(Rule::Scope, "changed notes.md, outside its scope");
        assert_eq!(
            drafts(&agent(), &seen),
            Drafts {
                redirect:
                    "You changed notes.md, outside its scope. Put what lies outside back as it \
                       was, and then change only: ledger.sh.\n\nYour brief is still: Tidy the \
                       comments. Change no code."
                        .into(),
                instructions:
                    "Be brief.\n\nChange no files but these: ledger.sh. What else you find \
                           goes into your report, not into the files.\n"
                        .into(),
                from: Turn(3),
            }
        );
    }

    #[test]
    fn each_rule_has_words_of_its_own() {
        let all = Rule::ALL.map(|it| drafts(&agent(), &sign(it, "this")));
        for (at, one) in all.iter().enumerate() {
            let is_other =
                |it: &Drafts| it.redirect != one.redirect && it.instructions != one.instructions;
            assert!(all.iter().enumerate().all(|(other, it)| other == at || is_other(it)));
        }
    }
}
