//! A script from its file: all that is wrong with it is told, with its place and its
//! mend, before anything runs.

mod again;
mod delegation;
mod edited;
mod flow;
mod given;
mod graph;
mod library;
mod names;
mod page;
mod schema;
mod shape;
mod step;
#[cfg(test)]
mod tests;
mod texts;
mod ways;
mod weigh;
mod written;

pub use edited::takes;
pub use flow::in_words;
pub use given::{NotGiven, given, typed};
pub use library::{Library, Place};
pub use schema::schema_for_script;

pub(super) use edited::edited;
pub(super) use flow::whole;
pub(super) use graph::{before, order};
pub(super) use names::{Kind, names};
pub(super) use shape::of_shape;

use crate::{
    config::{ConfigError, Fault, Source, read_alone},
    model::script::{Input, Script, Step, Work},
};
use flow::Flow;
use graph::Places;
use page::Page;
use shape::{json, schema, shape};
use std::collections::{BTreeMap, BTreeSet};
pub use step::is_name;
use step::step;
use texts::{Text, texts};
use toml::Spanned;
use written::{WrittenInput, WrittenScript, WrittenStep};

/// No script has more steps.
const MOST_STEPS: usize = 20_000;
/// So many may work at once at most.
const MOST_AT_ONCE: u32 = 1000;

/// What a script may name that is not in its file.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The roles of the cast, by their names.
    pub roles: &'a [&'a str],
    /// Those of them that are programs, with tools of their own.
    pub programs: &'a [&'a str],
    /// Those of them that can hand nothing in, and why.
    pub mute: &'a BTreeMap<&'a str, &'static str>,
    /// The scripts that there are.
    pub library: &'a Library,
}

/// Reads a script, and those that it plays. Its roles are left to be filled by who has
/// the cast: [`roles`] says which.
///
/// # Errors
/// Everything that is wrong in any of the files.
pub fn read(ground: Ground<'_>, name: &str, source: &Source) -> Result<Script, ConfigError> {
    let mut reader = Reader { ground, way: Vec::new(), read: BTreeMap::new(), faults: Vec::new() };
    let script = reader.script(name, source);
    let faults = reader.faults;
    match script {
        Some(script) if faults.is_empty() => Ok(script),
        _ => ConfigError::unless_empty(faults).and_then(|()| {
            let fault = Fault::of_file(&source.name, "can't be read", None);
            Err(ConfigError { faults: vec![fault] })
        }),
    }
}

/// The roles that the steps of a script name, those included that their agents may have
/// do something; not those of the scripts that it plays.
pub fn roles(script: &Script) -> BTreeSet<&str> {
    use crate::model::script::Check;
    let mut names = BTreeSet::new();
    for step in &script.steps {
        if let Work::Agent { role, .. } = &step.work {
            names.insert(role.as_str());
        }
        names.extend(delegated(step).map(String::as_str));
        let until = step.repeat.iter().flat_map(|it| &it.until);
        names.extend(step.checks.iter().chain(until).filter_map(|it| match it {
            Check::Judge { role, .. } => Some(role.as_str()),
            _ => None,
        }));
    }
    names
}

/// The roles that a step's agent may have do something.
fn delegated(step: &Step) -> impl Iterator<Item = &String> {
    let delegation = step.delegation.as_deref();
    let spawn = delegation.and_then(|it| it.spawn.as_ref()).map(|it| it.roles.as_slice());
    let hand_off = delegation.and_then(|it| it.hand_off.as_ref()).map(|it| it.to.as_slice());
    [spawn, hand_off].into_iter().flatten().flatten()
}

/// Reads a script and those in it, each once.
struct Reader<'a> {
    ground: Ground<'a>,
    /// The scripts that are being read, from the outermost in.
    way: Vec<String>,
    /// Those that were, and what they came to.
    read: BTreeMap<String, Option<Script>>,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn script(&mut self, name: &str, source: &Source) -> Option<Script> {
        let mut page = Page::new(source);
        let (written, blames) = read_alone::<WrittenScript>(&source.text);
        page.blame_all(blames);
        if !is_name(name) {
            let wrong = "its name has something other than lower-case letters, digits, - and _";
            let mend = Some("rename the file, such as my-script.toml".to_owned());
            self.faults.push(Fault::of_file(&source.name, wrong, mend));
        }
        let script = written.map(|written| self.of(&mut page, name, source, &written));
        self.faults.extend(page.faults());
        script
    }

    fn of(
        &mut self,
        page: &mut Page<'_>,
        name: &str,
        source: &Source,
        written: &WrittenScript,
    ) -> Script {
        if (written.step.is_empty() && page.is_clean()) || written.step.len() > MOST_STEPS {
            let wrong = format!("a script has 1 to {MOST_STEPS} steps");
            page.blame(0..0, wrong, "add a step: [[step]]");
        }
        let mut script = Script {
            name: name.to_owned(),
            purpose: written.purpose.clone(),
            inputs: inputs(page, written),
            steps: written.step.iter().map(|it| step(page, &self.ground, it)).collect(),
            max_parallel: written.max_parallel.as_ref().map(|it| page.count(it, MOST_AT_ONCE)),
            budget: written.budget.as_ref().and_then(|it| page.money(it)),
            ..Script::default()
        };
        self.way.push(name.to_owned());
        script.scripts = self.scripts(page, source, &written.step);
        self.way.pop();
        let places = graph::places(page, &written.step);
        graph::follow(&mut script.steps, &places);
        graph::judge(page, &mut script.steps, &written.step, &places);
        hand_offs(page, &mut script, &written.step, &places);
        graph::rounds(page, &script.steps, &written.step, &places);
        script
    }

    /// The scripts that the steps play.
    fn scripts(
        &mut self,
        page: &mut Page<'_>,
        source: &Source,
        written: &[Spanned<WrittenStep>],
    ) -> BTreeMap<String, Script> {
        let mut scripts = BTreeMap::new();
        for it in written.iter().map(Spanned::get_ref) {
            let Some(name) = &it.script else { continue };
            if self.way.contains(name.get_ref()) {
                let way = self.way.iter().skip_while(|it| *it != name.get_ref());
                let way: Vec<&str> = way.map(String::as_str).collect();
                let wrong =
                    format!("a script can't play itself: {} → {}", way.join(" → "), name.get_ref());
                page.blame(name.span(), wrong, "repeat a step instead");
                continue;
            }
            match self.ground.library.near(source, name.get_ref()) {
                None => {
                    let known = self.ground.library.names();
                    page.unknown("script", name.get_ref(), name.span(), &known);
                }
                Some(inner) => {
                    let script = self.once(name.get_ref(), &inner);
                    if let Some(script) = &script {
                        all_set(page, it, script, name);
                    }
                    scripts.extend(script.map(|it| (name.get_ref().clone(), it)));
                }
            }
        }
        scripts
    }

    fn once(&mut self, name: &str, source: &Source) -> Option<Script> {
        if let Some(read) = self.read.get(name) {
            return read.clone();
        }
        let script = self.script(name, source);
        self.read.insert(name.to_owned(), script.clone());
        script
    }
}

/// Whether a script is given what it has, and all that it needs.
fn all_set(page: &mut Page<'_>, it: &WrittenStep, script: &Script, name: &Spanned<String>) {
    let names: Vec<&str> = script.inputs.keys().map(String::as_str).collect();
    for key in it.set.keys().filter(|it| !script.inputs.contains_key(it.get_ref())) {
        page.unknown("input", key.get_ref(), key.span(), &names);
    }
    let is_set = |key: &str| it.set.keys().any(|it| it.get_ref() == key);
    let missing = script.inputs.iter().filter(|(key, it)| it.is_required() && !is_set(key));
    for (key, input) in missing {
        let wrong = format!("`{}` has to be given `{key}`", name.get_ref());
        let mend = format!("add set = {{ {key} = … }}: {}", in_words(&input.schema));
        page.blame(name.span(), wrong, mend);
    }
}

fn inputs(page: &mut Page<'_>, written: &WrittenScript) -> BTreeMap<String, Input> {
    let mut inputs = BTreeMap::new();
    for (name, it) in &written.inputs {
        if !is_name(name.get_ref()) {
            let wrong = "the name of an input has lower-case letters, digits, - and _";
            page.blame(name.span(), wrong, "choose another");
        }
        inputs.insert(name.get_ref().clone(), input(page, it));
    }
    inputs
}

fn input(page: &mut Page<'_>, it: &WrittenInput) -> Input {
    let schema = match (&it.kind, &it.schema) {
        (Some(kind), None) => shape(page, kind),
        (None, Some(whole)) => schema(page, whole),
        (None, None) => serde_json::json!({ "type": "string" }),
        (Some(_), Some(whole)) => {
            page.blame(whole.span(), "there is a type and a schema", "keep one of the two");
            schema(page, whole)
        }
    };
    let default = it.default.as_ref().map(|default| {
        let value = json(default.get_ref());
        if let Err(misfit) = crate::script::fits(&schema, &value) {
            let wrong = format!("the default does not fit: {misfit}");
            page.blame(default.span(), wrong, format!("write {}", in_words(&schema)));
        }
        value
    });
    if let (Some(known), Some(_)) = (&it.known, &default) {
        let wrong = "what is known is given, so there is no default for it";
        page.blame(known.span(), wrong, "keep one of the two");
    }
    let known = it.known.as_ref().map(|it| *it.get_ref());
    Input { schema, default, purpose: it.purpose.clone(), known }
}

/// What each text takes must be there; what it takes from, the step needs.
fn hand_offs(
    page: &mut Page<'_>,
    script: &mut Script,
    written: &[Spanned<WrittenStep>],
    places: &Places,
) {
    let mut needs: Vec<Vec<String>> = Vec::with_capacity(script.steps.len());
    let Script { inputs, steps, scripts, .. } = &*script;
    let flow = Flow { inputs, steps, places, scripts };
    for (at, (step, it)) in steps.iter().zip(written).enumerate() {
        let mut wanted = Vec::new();
        for text in texts(step, it.get_ref()) {
            match names::names(text.kind, text.words.get_ref()) {
                Ok(names) => {
                    wanted.extend(flow.judge(page, at, &text, names.into_iter()));
                    for (range, (wrong, mend)) in flow.weigh(at, &text) {
                        page.blame(page.part_of(&text.words, range), wrong, mend);
                    }
                }
                Err(trouble) => page.blame(
                    trouble
                        .range
                        .map_or_else(|| text.words.span(), |it| page.part_of(&text.words, it)),
                    trouble.message,
                    trouble.mend.unwrap_or_else(|| mend_of(&text)),
                ),
            }
        }
        needs.push(wanted);
    }
    for (step, named) in script.steps.iter_mut().zip(needs) {
        add_needs(step, named);
    }
}

fn add_needs(step: &mut Step, named: Vec<String>) {
    for name in named {
        if !step.needs.contains(&name) {
            step.needs.push(name);
        }
    }
}

fn mend_of(text: &Text) -> String {
    let written = text.words.get_ref().trim();
    let inner = written.strip_prefix("{{").and_then(|it| it.strip_suffix("}}"));
    let told = match text.kind {
        names::Kind::Expression => {
            if let Some(inner) = inner.map(str::trim).filter(|it| !it.contains("{{")) {
                return format!("an expression stands here without braces: {inner}");
            }
            "write an expression, such as steps.plan.output.files | length > 0"
        }
        names::Kind::Brief | names::Kind::Command => {
            "write a template, such as {{ steps.plan.output.goal }}"
        }
    };
    told.to_owned()
}
