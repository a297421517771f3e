//! What goes from hand to hand: whether what a text takes is what others give.

use super::{graph::Places, page::Page, texts::Text};
use crate::{
    config::closest,
    model::script::{ForEach, Input, Script, Step, Work},
    script::{fits, fits::named, scope::is_written},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What stands at the top of a scope.
pub(super) const NAMES: [&str; 10] =
    ["inputs", "steps", "item", "index", "attempt", "round", "failure", "last", "calls", "output"];
/// With one of these, a schema does not say what it is in so many words.
pub(super) const COMPOSED: [&str; 8] =
    ["$ref", "$dynamicRef", "anyOf", "oneOf", "allOf", "if", "not", "patternProperties"];

/// What the steps of one script give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flow<'a> {
    pub(super) inputs: &'a BTreeMap<String, Input>,
    pub(super) steps: &'a [Step],
    pub(super) places: &'a Places,
    pub(super) scripts: &'a BTreeMap<String, Script>,
}

/// What is wrong with a name, and what would mend it.
pub(super) type Wrong = (String, String);

impl Flow<'_> {
    /// The steps that a text of this step names, and what is wrong with what it names.
    pub(super) fn judge(
        &self,
        page: &mut Page<'_>,
        at: usize,
        text: &Text,
        names: impl Iterator<Item = String>,
    ) -> Vec<String> {
        let mut needs = Vec::new();
        let span = text.words.span();
        for name in names {
            match self.given(at, text, &name) {
                Ok((given, need)) => {
                    needs.extend(need);
                    if text.words.get_ref().trim() == name
                        && let Err((wrong, mend)) = self.taken(at, text, &name, &given)
                    {
                        page.blame(page.word_in(&span, &name), wrong, mend);
                    }
                }
                Err((wrong, mend)) => page.blame(page.word_in(&span, &name), wrong, mend),
            }
        }
        if let Err((wrong, mend)) = self.constant(at, text) {
            page.blame(span, wrong, mend);
        }
        needs
    }

    /// What a name gives, as a schema, and the step that it comes from.
    pub(super) fn given(
        &self,
        at: usize,
        text: &Text,
        name: &str,
    ) -> Result<(Value, Option<String>), Wrong> {
        let mut way = name.split('.');
        let head = way.next().unwrap_or_default();
        let step = &self.steps[at];
        let is_part = step.for_each.is_some() && text.sees_part;
        match head {
            "steps" => self.step_given(at, way),
            "inputs" => self.input_given(way).map(|it| (it, None)),
            "item" if is_part => reach("item", self.item(at), way).map(|it| (it, None)),
            "index" if is_part => Ok((json!({ "type": "integer" }), None)),
            "item" | "index" => {
                let wrong =
                    format!("there is no `{head}`: nothing here is done for each of something");
                Err((wrong, "add for_each to the step, or name something else".to_owned()))
            }
            "attempt" | "round" => Ok((json!({ "type": "integer" }), None)),
            "failure" => Ok((json!({ "type": "string" }), None)),
            "calls" if step.again.is_some() => Ok((json!({ "type": "array" }), None)),
            "calls" => Err((
                "there is no `calls`: nothing calls the step".to_owned(),
                "add on = \"webhook\" or on = \"file change: src/**\" to the step".to_owned(),
            )),
            "last" if step.repeat.is_some() || step.again.is_some() => {
                reach("last", self.part(at), way).map(|it| (it, None))
            }
            "last" => Err((
                "there is no `last`: the step is done once".to_owned(),
                "add repeat or every to the step, or name something else".to_owned(),
            )),
            "output" if text.sees_output => {
                reach("output", self.part(at), way).map(|it| (it, None))
            }
            "output" => Err((
                "there is no `output` yet".to_owned(),
                "write steps.NAME.output for another step's; a step's own is there in its checks"
                    .to_owned(),
            )),
            other => Err(self.unknown(other)),
        }
    }

    fn unknown(&self, name: &str) -> Wrong {
        let written = |it: &&String| is_written(it, name);
        let mend = if let Some(input) = self.inputs.keys().find(written) {
            format!("did you mean `inputs.{}`?", input.replace('-', "_"))
        } else if let Some(step) = self.places.keys().find(written) {
            format!("did you mean `steps.{}.output`?", step.replace('-', "_"))
        } else if let Some(meant) = closest(name, &NAMES) {
            format!("did you mean `{meant}`?")
        } else {
            format!("there is inputs.NAME, steps.NAME.output, {}", NAMES[2..].join(", "))
        };
        (format!("there is no `{name}`"), mend)
    }

    fn input_given<'b>(&self, mut way: impl Iterator<Item = &'b str>) -> Result<Value, Wrong> {
        let Some(name) = way.next() else {
            let wrong = "inputs are named one by one".to_owned();
            return Err((wrong, "write inputs.NAME".to_owned()));
        };
        let found = self.inputs.iter().find(|(it, _)| is_written(it, name));
        let Some((input, it)) = found else {
            let names: Vec<&str> = self.inputs.keys().map(String::as_str).collect();
            let mend = match closest(name, &names) {
                Some(meant) => format!("did you mean `inputs.{meant}`?"),
                None => format!("add it to the script: [inputs.{name}]"),
            };
            return Err((format!("there is no input `{name}`"), mend));
        };
        reach(&format!("inputs.{input}"), it.schema.clone(), way)
    }

    fn step_given<'b>(
        &self,
        at: usize,
        mut way: impl Iterator<Item = &'b str>,
    ) -> Result<(Value, Option<String>), Wrong> {
        let Some(name) = way.next() else {
            let wrong = "steps are named one by one".to_owned();
            return Err((wrong, "write steps.NAME.output".to_owned()));
        };
        let Some((step, place)) = self.places.iter().find(|(it, _)| is_written(it, name)) else {
            let names: Vec<&str> = self.places.keys().map(String::as_str).collect();
            let mend = match closest(name, &names) {
                Some(meant) => format!("did you mean `steps.{meant}.output`?"),
                None => format!("there is {}", names.join(", ")),
            };
            return Err((format!("there is no step `{name}`"), mend));
        };
        if *place != at && self.steps[*place].again.is_some() {
            let wrong = format!("`{step}` is a standing step, and never over");
            let mend = "make a script of what is to be done each time, and play it".to_owned();
            return Err((wrong, mend));
        }
        if *place == at {
            let wrong = "a step can't name its own output".to_owned();
            let mend = "in its checks it is `output`, in a repeated step `last`".to_owned();
            return Err((wrong, mend));
        }
        let given = match way.next() {
            Some("output") => reach(&format!("steps.{name}.output"), self.whole(*place), way)?,
            Some("failed") => json!({ "type": "array", "items": { "type": "string" } }),
            Some("base" | "commit") => json!({ "type": "string" }),
            _ => {
                let wrong = format!("`{name}` is a step, not what it has put out");
                let mend = format!("write steps.{name}.output, .failed, .base or .commit");
                return Err((wrong, mend));
            }
        };
        Ok((given, Some(step.clone())))
    }

    /// Whether what a text is, as a whole, is what is wanted of it.
    pub(super) fn taken(
        &self,
        at: usize,
        text: &Text,
        name: &str,
        given: &Value,
    ) -> Result<(), Wrong> {
        let wanted = match (&text.sets, text.is_list) {
            (_, true) => json!({ "type": "array" }),
            (Some(input), _) => self.set_input(at, input).unwrap_or_default(),
            (None, false) => return Ok(()),
        };
        if could_fit(given, &wanted) {
            return Ok(());
        }
        let (given, wanted) = (in_words(given), in_words(&wanted));
        let wrong = format!("`{name}` is {given}, where {wanted} is wanted");
        Err((wrong, "name something else, or change what is handed in there".to_owned()))
    }

    /// Whether a number, true or false is what an input wants.
    pub(super) fn constant(&self, at: usize, text: &Text) -> Result<(), Wrong> {
        let Some(schema) = text.sets.as_ref().and_then(|it| self.set_input(at, it)) else {
            return Ok(());
        };
        match serde_json::from_str::<Value>(text.words.get_ref()) {
            Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::String(_))) => {
                fits(&schema, &value).map_err(|misfit| {
                    let wrong = format!("the input can't be that: {misfit}");
                    (wrong, format!("write {} there", in_words(&schema)))
                })
            }
            _ => Ok(()),
        }
    }

    /// What the script that a step plays wants for an input.
    fn set_input(&self, at: usize, input: &str) -> Option<Value> {
        let Work::Script { name, .. } = &self.steps[at].work else { return None };
        Some(self.scripts.get(name)?.inputs.get(input)?.schema.clone())
    }

    /// What a step gives to others.
    fn whole(&self, at: usize) -> Value {
        whole(&self.steps[at], self.scripts)
    }

    /// What one part of a step puts out.
    fn part(&self, at: usize) -> Value {
        part(&self.steps[at], self.scripts)
    }

    /// What one part of a step is done for.
    fn item(&self, at: usize) -> Value {
        match &self.steps[at].for_each {
            Some(ForEach::Part(of)) => self.places.get(of).map_or(json!({}), |it| self.part(*it)),
            Some(ForEach::List(text)) => {
                let mut way = text.trim().split('.');
                let list = match way.next() {
                    Some("inputs") => self.input_given(way),
                    Some("steps") => self.step_given(at, way).map(|it| it.0),
                    _ => Ok(json!({})),
                };
                list.ok().and_then(|it| it.get("items").cloned()).unwrap_or_else(|| json!({}))
            }
            None => json!({}),
        }
    }
}

/// What a step gives to others, as a schema.
pub(in crate::script) fn whole(step: &Step, scripts: &BTreeMap<String, Script>) -> Value {
    let part = part(step, scripts);
    if step.for_each.is_some() { json!({ "type": "array", "items": part }) } else { part }
}

fn part(step: &Step, scripts: &BTreeMap<String, Script>) -> Value {
    match (&step.output, &step.work) {
        (Some(schema), _) => Value::clone(schema),
        (None, Work::Script { name, .. }) => scripts.get(name).map_or(json!({}), |script| {
            let outputs = script.steps.iter();
            let outputs = outputs.map(|it| (it.name.clone(), whole(it, &script.scripts)));
            json!({ "type": "object", "properties": outputs.collect::<Map<_, _>>() })
        }),
        _ => json!({}),
    }
}

/// What is found in a schema on this way; anything where it does not say.
pub(super) fn reach<'a>(
    from: &str,
    mut schema: Value,
    way: impl Iterator<Item = &'a str>,
) -> Result<Value, Wrong> {
    let mut come = from.to_owned();
    for key in way {
        if COMPOSED.iter().any(|it| schema.get(it).is_some()) {
            return Ok(json!({}));
        }
        let types = types(&schema);
        if !types.is_empty() && !types.contains(&"object") {
            let wrong = format!("`{come}` is {}, which has no `{key}`", in_words(&schema));
            let mend = match types[..] {
                ["array"] => format!(
                    "take one of it, {come}[0].{key}, or each: {come} | map(attribute='{key}')"
                ),
                _ => "name it without that".to_owned(),
            };
            return Err((wrong, mend));
        }
        let none = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
        let next = match (properties.get(key), schema.get("additionalProperties")) {
            (Some(found), _) => found.clone(),
            (None, Some(more @ (Value::Object(_) | Value::Bool(true)))) => more.clone(),
            _ if properties.is_empty() => json!({}),
            _ => {
                let names: Vec<&str> = properties.keys().map(String::as_str).collect();
                let dashed = names.iter().find(|it| is_written(it, key));
                let mend = match (dashed, closest(key, &names)) {
                    (Some(dashed), _) => format!("write {come}[\"{dashed}\"]"),
                    (None, Some(meant)) => format!("did you mean `{come}.{meant}`?"),
                    (None, None) => format!("there is {}", names.join(", ")),
                };
                return Err((format!("`{come}` has no `{key}`"), mend));
            }
        };
        schema = next;
        come = format!("{come}.{key}");
    }
    Ok(schema)
}

/// The types that a schema names itself.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether something of the one type might be of the other.
fn could_fit(given: &Value, wanted: &Value) -> bool {
    let (given, wanted) = (types(given), types(wanted));
    let is_one = |it: &&str| {
        wanted.contains(it)
            || (*it == "integer" && wanted.contains(&"number"))
            || (*it == "number" && wanted.contains(&"integer"))
    };
    given.is_empty() || wanted.is_empty() || given.iter().any(is_one)
}

/// What a schema wants, in plain words.
pub fn in_words(schema: &Value) -> String {
    if let Some(Value::Array(options)) = schema.get("enum") {
        let options: Vec<String> = options.iter().map(Value::to_string).collect();
        return format!("one of {}", options.join(", "));
    }
    let types: Vec<&str> = types(schema).into_iter().map(named).collect();
    if types.is_empty() { "anything".to_owned() } else { types.join(" or ") }
}
