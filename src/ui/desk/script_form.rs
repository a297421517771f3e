//! The form for what a script is given before it is played.

use super::{Desk, Dialog, Done, Field, Plot, ScriptTask, Wanted, choose};
use crate::{
    model::{Level, Millis, Money, script::Input},
    script::{in_words, typed},
};
use crossterm::event::{KeyCode, KeyEvent};
use serde_json::{Map, Value};
use std::sync::Arc;

/// What a script is given, as far as it is typed.
#[derive(Debug, Clone)]
pub struct ScriptForm {
    /// Its name.
    pub script: String,
    /// Which it is.
    wanted: Wanted,
    /// What it does.
    pub plot: Arc<Plot>,
    /// What it is given, and what it may spend.
    pub fields: Vec<InputField>,
    /// Which of them has the keys.
    pub at: usize,
    /// What is wrong with it as a whole, once it was tried.
    pub fault: Option<String>,
    /// It is about to be played.
    pub is_sent: bool,
}

/// One thing that a script is given.
#[derive(Debug, Clone)]
pub struct InputField {
    /// What the script calls it; nothing for what its agents may spend.
    pub name: String,
    /// What it is for, in one line.
    pub purpose: String,
    /// What is wanted, in plain words.
    pub wanted: String,
    /// The script can't do without it.
    pub is_required: bool,
    /// What is typed or chosen.
    pub answer: InputAnswer,
    /// What is wrong with that, once it was tried.
    pub fault: Option<String>,
    schema: Value,
}

/// What is typed or chosen.
#[derive(Debug, Clone)]
pub enum InputAnswer {
    /// A line.
    Line(Box<Field>),
    /// One of these, or none yet.
    Choice(Vec<Value>, Option<usize>),
}

impl InputField {
    fn of(name: &str, input: &Input) -> Self {
        let options = options(&input.schema);
        let answer = if options.is_empty() {
            let text = input.default.as_ref().map(shown).unwrap_or_default();
            InputAnswer::Line(Box::new(Field::replacing(&text)))
        } else {
            let usual = options.iter().position(|it| Some(it) == input.default.as_ref());
            InputAnswer::Choice(options, usual)
        };
        Self {
            name: name.to_owned(),
            purpose: input.purpose.clone(),
            wanted: wanted(&input.schema),
            is_required: input.is_required(),
            answer,
            fault: None,
            schema: input.schema.clone(),
        }
    }

    /// What all its agents together may spend.
    fn money(budget: Option<Money>) -> Self {
        let usual = budget.map_or_else(|| "no limit of its own".to_owned(), |it| it.to_string());
        Self {
            name: String::new(),
            purpose: "what its agents together may spend".to_owned(),
            wanted: usual,
            is_required: false,
            answer: InputAnswer::Line(Box::default()),
            fault: None,
            schema: Value::Null,
        }
    }

    /// Whether it is what its agents may spend.
    pub const fn is_budget(&self) -> bool {
        self.name.is_empty()
    }

    /// What the script is given.
    fn value(&self) -> Result<Value, String> {
        match &self.answer {
            InputAnswer::Line(line) if self.is_required && line.text().trim().is_empty() => {
                Err("it has to be given".to_owned())
            }
            InputAnswer::Line(line) => typed(line.text(), &self.schema),
            InputAnswer::Choice(options, chosen) => {
                let chosen = chosen.and_then(|it| options.get(it)).cloned();
                chosen.ok_or_else(|| "choose one".to_owned())
            }
        }
    }

    /// What stands there by now, as it is typed; empty for nothing.
    pub fn typed(&self) -> String {
        match &self.answer {
            InputAnswer::Line(line) => line.text().to_owned(),
            InputAnswer::Choice(options, chosen) => {
                chosen.and_then(|it| options.get(it)).map(shown).unwrap_or_default()
            }
        }
    }

    /// What can be chosen from, as it is typed; nothing where a line is.
    pub fn choices(&self) -> Vec<String> {
        match &self.answer {
            InputAnswer::Line(_) => Vec::new(),
            InputAnswer::Choice(options, _) => options.iter().map(shown).collect(),
        }
    }

    /// Chooses so many places further.
    fn turn(&mut self, places: isize) {
        let InputAnswer::Choice(options, chosen) = &mut self.answer else { return };
        let count = options.len().max(1).cast_signed();
        let there = match *chosen {
            None if places < 0 => count - 1,
            None => 0,
            Some(here) => (here.cast_signed() + places).rem_euclid(count),
        };
        *chosen = Some(there.unsigned_abs());
        self.fault = None;
    }
}

/// What is wanted, and how it is typed.
fn wanted(schema: &Value) -> String {
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    let commas = if is_list { ", with commas between" } else { "" };
    format!("{}{commas}", in_words(schema))
}

/// What can be chosen from, where a schema says so.
fn options(schema: &Value) -> Vec<Value> {
    let is_boolean = schema.get("type").and_then(Value::as_str) == Some("boolean");
    match schema.get("enum") {
        Some(Value::Array(options)) => options.clone(),
        _ if is_boolean => vec![true.into(), false.into()],
        _ => Vec::new(),
    }
}

/// A value as it is typed: a list of words with commas between them.
fn shown(value: &Value) -> String {
    let is_word = |it: &Value| {
        it.as_str().is_some_and(|it| !it.contains(',') && it.trim() == it && !it.is_empty())
    };
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if !items.is_empty() && items.iter().all(is_word) => {
            items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

impl ScriptForm {
    /// The form of this script, with what is given where nothing is said. What has to be
    /// said comes first.
    pub fn of(wanted: Wanted, plot: Arc<Plot>) -> Self {
        let inputs = plot.script.inputs.iter().filter(|(_, it)| it.known.is_none());
        let inputs = inputs.map(|(name, it)| InputField::of(name, it));
        let mut fields: Vec<InputField> = inputs.collect();
        fields.sort_by_key(|it| !it.is_required);
        fields.push(InputField::money(plot.script.budget));
        let script = match &wanted {
            Wanted::Listed(name) | Wanted::Written { name, .. } => name.clone(),
        };
        Self { script, wanted, plot, fields, at: 0, fault: None, is_sent: false }
    }

    /// With what was typed in a former form of the same script, as far as it is still
    /// asked for.
    #[must_use]
    pub(super) fn with_what_is_typed_in(mut self, former: &Self) -> Self {
        for field in &mut self.fields {
            let same = |it: &&InputField| it.name == field.name && it.schema == field.schema;
            if let Some(former) = former.fields.iter().find(same) {
                field.answer = former.answer.clone();
            }
        }
        self.at = former.at.min(self.fields.len().saturating_sub(1));
        self
    }

    /// The line that has the keys, if a line has.
    pub(super) fn line(&mut self) -> Option<&mut Field> {
        match &mut self.fields.get_mut(self.at)?.answer {
            InputAnswer::Line(line) => Some(line),
            InputAnswer::Choice(..) => None,
        }
    }

    /// Takes what was typed whole for the field that has the keys; nothing leaves it as it is.
    /// Says whether it can be that.
    pub(super) fn take(&mut self, text: &str) -> bool {
        self.fault = None;
        let Some(field) = self.fields.get_mut(self.at).filter(|_| !text.is_empty()) else {
            return true;
        };
        field.fault = None;
        match &mut field.answer {
            InputAnswer::Line(line) => **line = Field::new(text),
            InputAnswer::Choice(options, chosen) => {
                let number = text.parse::<usize>().ok().and_then(|it| it.checked_sub(1));
                let number = number.filter(|it| *it < options.len());
                let found = number.or_else(|| options.iter().position(|it| shown(it) == text));
                *chosen = found.or(*chosen);
                field.fault = found.is_none().then(|| "choose one by its number".to_owned());
            }
        }
        field.fault.is_none()
    }

    /// Turns to the field so many places further, going round.
    pub(super) fn turn(&mut self, places: isize) {
        let count = self.fields.len().max(1).cast_signed();
        self.at = (self.at.cast_signed() + places).rem_euclid(count).unsigned_abs();
    }

    /// Gives the keys to this field.
    pub(super) fn turn_to(&mut self, place: usize) {
        self.at = place.min(self.fields.len().saturating_sub(1));
    }

    /// Whether the last field has the keys.
    pub(super) fn is_at_end(&self) -> bool {
        self.at + 1 >= self.fields.len()
    }

    /// Takes a key that means nothing else; says whether it chooses here.
    pub(super) fn choose_by(&mut self, key: KeyEvent) -> bool {
        self.fault = None;
        let Some(field) = self.fields.get_mut(self.at) else { return false };
        field.fault = None;
        let InputAnswer::Choice(options, chosen) = &mut field.answer else { return false };
        match key.code {
            KeyCode::Right | KeyCode::Char(' ') => field.turn(1),
            KeyCode::Left => field.turn(-1),
            KeyCode::Char(letter) => {
                let begins = |it: &Value| shown(it).starts_with(letter);
                *chosen = options.iter().position(begins).or(*chosen);
            }
            _ => {}
        }
        true
    }

    /// What the script is given and may spend; where that is not as it should be, it is
    /// told under each field, and the first of them has the keys.
    fn given(&mut self) -> Option<(Map<String, Value>, Option<Money>)> {
        let (mut inputs, mut budget, mut first) = (Map::new(), None, None);
        for (place, field) in self.fields.iter_mut().enumerate() {
            let found = match &field.answer {
                InputAnswer::Line(line) if field.is_budget() => match line.text().trim() {
                    "" => Ok(()),
                    text => choose::budget(text).map(|it| budget = it),
                },
                _ => field.value().map(|it| drop(inputs.insert(field.name.clone(), it))),
            };
            field.fault = found.err();
            if field.fault.is_some() {
                first.get_or_insert(place);
            }
        }
        match first {
            None => Some((inputs, budget)),
            Some(place) => {
                self.at = place;
                None
            }
        }
    }
}

impl Desk {
    /// Has the script of the form played, if all that it is given is as it should be.
    pub(super) fn begin_script(&mut self, now: Millis) -> Done {
        let Some(Dialog::Script(form)) = &mut self.dialog else { return Done::Nothing };
        if form.is_sent {
            return self.say(Level::Note, "it is about to begin", now);
        }
        let Some((inputs, budget)) = form.given() else { return Done::Redraw };
        (form.is_sent, form.fault) = (true, None);
        let script = form.wanted.clone();
        Done::Script(ScriptTask::Fill { script, inputs, budget })
    }

    /// Keeps what was typed for the next time.
    pub(super) fn keep_script_form(&mut self, form: ScriptForm) {
        self.script_drafts.insert(form.script.clone(), form);
    }
}
