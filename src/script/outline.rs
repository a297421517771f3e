//! A script in a few lines: what it will do, in which order, and where it waits for
//! somebody.

use super::read::{before, in_words, order};
use crate::model::{
    Delegation,
    script::{Check, ForEach, OnFailure, Script, Step, Trigger, Work},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// Commands and conditions are shown up to so many characters.
const SHOWN: usize = 60;
/// No step is further in than this.
const DEEPEST: usize = 60;

/// What a script will do, as a text: a summary, what it is given, and its steps in the
/// order in which they can be done, each below the last of those that it needs.
pub fn outline(script: &Script) -> String {
    let places: BTreeMap<String, usize> =
        script.steps.iter().enumerate().map(|(at, it)| (it.name.clone(), at)).collect();
    let before = before(&script.steps, &places);
    let order = order(&before).unwrap_or_default();
    let mut depth = vec![0usize; script.steps.len()];
    let mut parent = vec![None; script.steps.len()];
    for at in &order {
        let last = before[*at].iter().copied().max_by_key(|it| (depth[*it], *it));
        depth[*at] = last.map_or(0, |it| depth[it] + 1);
        parent[*at] = last;
    }
    let mut below = vec![Vec::new(); script.steps.len()];
    let mut roots = Vec::new();
    for (at, parent) in parent.iter().enumerate() {
        parent.and_then(|it: usize| below.get_mut(it)).unwrap_or(&mut roots).push(at);
    }
    let text = summary(script, &depth);
    let mut tree = Tree { script, parent: &parent, below: &below, before: &before, text };
    tree.draw(&roots);
    tree.text
}

/// `6 steps, 3 at once at most; waits for you at approve; runs cargo test.`
fn summary(script: &Script, depth: &[usize]) -> String {
    let count = script.steps.len();
    let mut widths = BTreeMap::new();
    for it in depth {
        *widths.entry(it).or_insert(0usize) += 1;
    }
    let is_many = script.steps.iter().any(|it| it.for_each.is_some());
    let widest = widths.into_values().max().unwrap_or(0);
    let at_once = match script.max_parallel {
        Some(most) if is_many => Some(most as usize),
        Some(most) => Some(widest.min(most as usize)),
        None if is_many => None,
        None => Some(widest),
    };
    let at_once = match at_once {
        Some(most) => format!("{most} at once at most"),
        None => "as many at once as there are parts".to_owned(),
    };
    let mut parts = vec![format!("{count} step{}, {at_once}", if count == 1 { "" } else { "s" })];
    parts.extend(script.budget.map(|it| format!("may spend {it}")));
    let gates = script.steps.iter().filter(|it| it.gate).map(|it| it.name.as_str());
    let asks = script.steps.iter().filter(|it| it.on_failure == OnFailure::Ask);
    parts.extend(listed("waits for you at ", gates));
    parts.extend(listed("asks you when it fails: ", asks.map(|it| it.name.as_str())));
    parts.extend(listed("plays ", script.scripts.keys().map(String::as_str)));
    let mut text = match script.purpose.as_str() {
        "" => format!("{}\n", script.name),
        purpose => format!("{}: {purpose}\n", script.name),
    };
    // Nothing is lost where a text can't be written to.
    let _ = writeln!(text, "{}", parts.join("; "));
    for (name, input) in &script.inputs {
        let default = match &input.default {
            None if input.known.is_some() => "known, unless given".to_owned(),
            None => "must be given".to_owned(),
            Some(serde_json::Value::String(text)) => format!("unless given: {}", short(text)),
            Some(value) => format!("unless given: {}", short(&value.to_string())),
        };
        let wanted = in_words(&input.schema);
        let purpose = Some(&input.purpose).filter(|it| !it.is_empty());
        let purpose = purpose.map_or(String::new(), |it| format!("  {it}"));
        let _ = writeln!(text, "  --set {name}=…{purpose}  ({wanted}; {default})");
    }
    text
}

fn listed<'a>(head: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let names: Vec<&str> = names.collect();
    (!names.is_empty()).then(|| format!("{head}{}", names.join(", ")))
}

/// The steps, each below the last that it needs.
struct Tree<'a> {
    script: &'a Script,
    parent: &'a [Option<usize>],
    below: &'a [Vec<usize>],
    before: &'a [BTreeSet<usize>],
    text: String,
}

impl Tree<'_> {
    /// Those that a step stands below.
    fn above(&self, at: usize) -> BTreeSet<usize> {
        std::iter::successors(self.parent[at], |it| self.parent[*it]).take(DEEPEST).collect()
    }

    /// A step has its line, and below it those that wait for it.
    fn draw(&mut self, roots: &[usize]) {
        // From the last to the first, so that the first is taken next.
        let mut next: Vec<(usize, String, bool, bool)> = Vec::new();
        for (place, at) in roots.iter().enumerate().rev() {
            next.push((*at, String::new(), place + 1 == roots.len(), true));
        }
        while let Some((at, indent, is_last, is_root)) = next.pop() {
            let step = &self.script.steps[at];
            let sign = match (is_root, is_last) {
                (true, _) => "",
                (false, true) => "└─ ",
                (false, false) => "├─ ",
            };
            let above = self.above(at);
            let others = self.before[at].iter().filter(|it| !above.contains(it));
            let others = others.map(|it| self.script.steps[*it].name.as_str());
            let also = listed(", also after ", others).unwrap_or_default();
            let _ = writeln!(self.text, "{indent}{sign}{}{also}", line(step));
            let inner = match (is_root, is_last) {
                _ if indent.chars().count() >= DEEPEST => indent,
                (true, _) => indent,
                (false, true) => format!("{indent}   "),
                (false, false) => format!("{indent}│  "),
            };
            let below = &self.below[at];
            for (place, child) in below.iter().enumerate().rev() {
                next.push((*child, inner.clone(), place + 1 == below.len(), false));
            }
        }
    }
}

/// A step in one line.
fn line(step: &Step) -> String {
    let name = &step.name;
    let text = match &step.work {
        Work::Nothing => name.clone(),
        Work::Agent { role, .. } => format!("{name}  {role}"),
        Work::Command { run } => format!("{name}  runs `{}`", short(run)),
        Work::Script { name: other, .. } => format!("{name}  plays {other}"),
    };
    let more = notes(step);
    if more.is_empty() { text } else { format!("{text}  ({})", more.join("; ")) }
}

/// What there is to know of a step beside who does it: its gate, its condition, how often
/// it is done, how it is checked, what happens when it fails. A few words each.
pub fn notes(step: &Step) -> Vec<String> {
    let mut more = Vec::new();
    more.extend(step.gate.then(|| "you open it".to_owned()));
    more.extend(step.when.as_ref().map(|it| format!("when {}", short(it))));
    more.extend(step.again.as_ref().map(|it| match it {
        Trigger::Every(_) => it.to_string(),
        Trigger::Files(patterns) => format!("whenever {} change", short(&patterns.join(", "))),
        Trigger::Webhook => "whenever something is posted to it".to_owned(),
    }));
    more.extend(step.for_each.as_ref().map(|it| match it {
        ForEach::List(list) => format!("for each of {}", short(list)),
        ForEach::Part(of) => format!("for each part of {of}, as soon as it is done"),
    }));
    more.extend(step.max_parallel.map(|it| format!("{it} at once")));
    more.extend(step.repeat.as_ref().map(|it| {
        let until: Vec<String> = it.until.iter().map(check).collect();
        format!("again until {}, {} times at most", until.join(" and "), it.most)
    }));
    more.extend(step.checks.iter().map(|it| format!("checked: {}", check(it))));
    more.extend((step.retry.attempts > 1).then(|| format!("{} attempts", step.retry.attempts)));
    more.extend(step.delegation.iter().flat_map(|it| delegates(it)));
    more.extend(match &step.on_failure {
        OnFailure::Stop | OnFailure::Ask => None,
        OnFailure::Continue => Some("goes on when it fails".to_owned()),
        OnFailure::Step(other) => Some(format!("when it fails, {other} instead")),
        OnFailure::Back(other) => Some(format!("when it fails, back to {other}")),
    });
    more
}

/// What a step's agent may have others do: `may set 3 to work (tester), 2 at once`.
fn delegates(it: &Delegation) -> Vec<String> {
    let spawn = it.spawn.as_ref().map(|it| {
        let at_once = it.max_parallel.map(|it| format!(", {it} at once")).unwrap_or_default();
        let deep = if it.depth > 1 { format!(", {} deep", it.depth) } else { String::new() };
        format!("may set {} to work ({}){at_once}{deep}", it.most, it.roles.join(", "))
    });
    let hand_off = it.hand_off.as_ref().map(|it| {
        let times = if it.most == 1 { "once".to_owned() } else { format!("{} times", it.most) };
        format!("may hand off to {}, {times}", it.to.join(", "))
    });
    spawn.into_iter().chain(hand_off).collect()
}

fn check(it: &Check) -> String {
    match it {
        Check::Command(command) => format!("`{}` ends with 0", short(command)),
        Check::Schema(_) => "it fits a schema".to_owned(),
        Check::Json { file, .. } => format!("{file} fits a schema"),
        Check::Pattern(pattern) => format!("it matches {}", short(pattern)),
        Check::File(path) => format!("{} is there", short(path)),
        Check::Paths(_) => it.to_string(),
        Check::Holds(expression) => short(expression),
        Check::Script(_) => "it is a script".to_owned(),
        Check::Judge { role, .. } => format!("{role} says so"),
    }
}

/// As much of a text as a line has room for.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(SHOWN).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HandOff, Spawn};

    fn step(name: &str, needs: &[&str]) -> Step {
        Step {
            name: name.into(),
            needs: needs.iter().map(|it| (*it).to_owned()).collect(),
            ..Step::default()
        }
    }

    #[test]
    fn each_step_stands_below_the_last_that_it_needs() {
        let mut script = Script {
            name: "x".into(),
            steps: vec![
                step("a", &[]),
                step("b", &["a"]),
                step("c", &["a"]),
                step("d", &["b", "c"]),
                step("e", &[]),
            ],
            ..Script::default()
        };
        script.steps[3].gate = true;
        let expected = "x\n5 steps, 2 at once at most; waits for you at d\n\
            a\n├─ b\n└─ c\n   └─ d  (you open it), also after b\ne\n";
        assert_eq!(outline(&script), expected);
    }

    #[test]
    fn what_an_agent_may_have_others_do_is_said() {
        let roles = vec!["tester".to_owned(), "reviewer".to_owned()];
        let spawn = Spawn { roles, most: 3, max_parallel: Some(2), depth: 2, output: None };
        let hand_off = HandOff { to: vec!["reviewer".into()], most: 1, attempts: 3 };
        let delegation =
            Delegation { spawn: Some(spawn), hand_off: Some(hand_off), ..Delegation::default() };
        let told = delegates(&delegation).join("; ");
        let expected = "may set 3 to work (tester, reviewer), 2 at once, 2 deep; \
            may hand off to reviewer, once";
        assert_eq!(told, expected);
    }

    #[test]
    fn a_long_chain_is_drawn() {
        let mut script = Script::default();
        for at in 0..2000usize {
            let before = at.checked_sub(1).map(|it| format!("s{it}"));
            script
                .steps
                .push(step(&format!("s{at}"), &before.as_deref().into_iter().collect::<Vec<_>>()));
        }
        assert_eq!(outline(&script).lines().count(), 2002);
    }
}
