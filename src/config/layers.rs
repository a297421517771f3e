//! Files laid one over the other.
//!
//! After each layer the whole is read into its type. What was below was right
//! already, so whatever is wrong then is wrong in the layer on top, and its
//! place is a place in that file.

use super::{
    Fault, Layer, Source,
    fault::{Blame, told},
};
use serde::de::DeserializeOwned;
use std::ops::Range;
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

/// Faults told of one file.
const MOST: usize = 20;

/// Settings that can be laid over others.
pub(super) trait Layered: DeserializeOwned {
    /// What else has to be known to tell tight from loose.
    type Ground;

    /// Makes a layer ready to be laid over what is below it.
    fn prepare(source: &Source, layer: &mut DeTable<'_>, below: &mut DeTable<'_>) -> Vec<Blame>;

    /// What is wrong with a layer that only the whole can tell, such as a name
    /// that nothing has.
    fn misnamed(&self, ground: &Self::Ground, layer: &DeTable<'_>) -> Vec<Blame>;

    /// What a project's file would loosen.
    fn loosened(
        ground: &Self::Ground,
        below: &Self,
        with: &Self,
        layer: &DeTable<'_>,
    ) -> Vec<Blame>;
}

/// Reads all layers. Nothing if the first is at fault; with faults, the value is
/// what the other lines come to.
pub(super) fn fold<T: Layered>(sources: &[Source], ground: &T::Ground) -> (Option<T>, Vec<Fault>) {
    let mut below = DeTable::new();
    let mut value: Option<T> = None;
    let mut faults = Vec::new();
    for source in sources {
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        let mut layer = document.into_inner();
        let mut blames: Vec<Blame> = errors.iter().map(blame).collect();
        if blames.is_empty() {
            blames.extend(T::prepare(source, &mut layer, &mut below));
            let (read, wrong) = read_over::<T>(&below, &mut layer, source.text.len());
            blames.extend(wrong);
            if let Some(with) = read {
                blames.extend(with.misnamed(ground, &layer));
                if let (Layer::Project, Some(before)) = (source.layer, &value) {
                    blames.extend(T::loosened(ground, before, &with, &layer));
                }
                below = laid_over(below, layer);
                value = Some(with);
            }
        }
        blames.sort_by_key(|it| it.span.start);
        blames.dedup();
        faults.extend(blames.into_iter().map(|it| Fault::blamed(&source.name, &source.text, it)));
    }
    (value, faults)
}

/// Reads a file that nothing lies below, with all its faults.
pub(crate) fn read_alone<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<Blame>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        read_over(&DeTable::new(), &mut document.into_inner(), text.len())
    } else {
        (None, errors.iter().map(blame).collect())
    }
}

/// Reads a layer over what is below it; what is wrong is taken out of it and
/// the rest read again, so that all faults are told at once.
fn read_over<T: DeserializeOwned>(
    below: &DeTable<'_>,
    layer: &mut DeTable<'_>,
    length: usize,
) -> (Option<T>, Vec<Blame>) {
    let (mut blames, mut taken) = (Vec::new(), Vec::<String>::new());
    while blames.len() < MOST {
        let whole = DeValue::Table(laid_over(below.clone(), layer.clone()));
        match T::deserialize(toml::de::ValueDeserializer::from(Spanned::new(0..length, whole))) {
            Ok(value) => return (Some(value), blames),
            Err(error) => {
                let wrong = blame(&error);
                let pruned = prune(layer, &wrong.span);
                // What was taken out is missing then; that is no fault of the file.
                let is_echo = taken.iter().any(|key| is_missing(&error, key));
                if !is_echo || pruned.is_none() {
                    blames.push(wrong);
                }
                let Some(key) = pruned else { break };
                taken.push(key);
            }
        }
    }
    (None, blames)
}

fn is_missing(error: &toml::de::Error, key: &str) -> bool {
    error.message().strip_prefix("missing field ").is_some_and(|it| it.trim_matches('`') == key)
}

fn blame(error: &toml::de::Error) -> Blame {
    let (message, mend) = told(error.message());
    Blame { span: error.span().unwrap_or(0..0), message, mend }
}

/// Tables are laid over each other key by key; all else is replaced.
pub(super) fn laid_over<'a>(mut below: DeTable<'a>, layer: DeTable<'a>) -> DeTable<'a> {
    for (key, value) in layer {
        let span = value.span();
        let old = below.remove(key.get_ref().as_ref()).map(Spanned::into_inner);
        let new = match (old, value.into_inner()) {
            (Some(DeValue::Table(old)), DeValue::Table(new)) => DeValue::Table(laid_over(old, new)),
            (_, new) => new,
        };
        below.insert(key, Spanned::new(span, new));
    }
    below
}

/// Takes the innermost entry at a place out of a table; gives its key.
fn prune(table: &mut DeTable<'_>, span: &Range<usize>) -> Option<String> {
    let holds = |it: Range<usize>| it.start <= span.start && span.end <= it.end;
    for (_, value) in table.iter_mut() {
        let pruned = match value.get_mut() {
            DeValue::Table(inner) => prune(inner, span),
            DeValue::Array(items) => items.iter_mut().find_map(|item| match item.get_mut() {
                DeValue::Table(inner) => prune(inner, span),
                _ => None,
            }),
            _ => None,
        };
        if pruned.is_some() {
            return pruned;
        }
    }
    let found = table
        .iter()
        .find(|(key, value)| holds(key.span()) || holds(value.span()))
        .map(|(key, _)| key.get_ref().clone().into_owned());
    found.filter(|key| table.remove(key.as_str()).is_some())
}

/// Every value in a table that is not a table, with the keys that lead to it.
pub(super) fn leaves<'t>(table: &'t DeTable<'_>) -> Vec<(Vec<&'t str>, Range<usize>)> {
    let mut found = Vec::new();
    for (key, value) in table {
        match value.get_ref() {
            DeValue::Table(inner) if !inner.is_empty() => {
                found.extend(leaves(inner).into_iter().map(|(path, span)| {
                    (std::iter::once(key.get_ref().as_ref()).chain(path).collect(), span)
                }));
            }
            _ => found.push((vec![key.get_ref().as_ref()], key.span())),
        }
    }
    found
}

/// The value at the end of a way of keys.
pub(super) fn at<'t, 'a>(
    table: &'t DeTable<'a>,
    path: &[&str],
) -> Option<&'t Spanned<DeValue<'a>>> {
    let (last, way) = path.split_last()?;
    let mut table = table;
    for key in way {
        table = table.get(*key)?.get_ref().as_table()?;
    }
    table.get(*last)
}

/// Puts the items of a list below in front of the same list in a layer: a list
/// of a project's file adds to what there is and takes nothing away.
pub(super) fn add_to_list(layer: &mut DeTable<'_>, below: &DeTable<'_>, path: &[&str]) {
    let Some((last, way)) = path.split_last() else { return };
    let mut table = layer;
    for key in way {
        let Some(DeValue::Table(inner)) = table.get_mut(*key).map(Spanned::get_mut) else { return };
        table = inner;
    }
    let new = table.get_mut(*last).map(Spanned::get_mut);
    let old = at(below, path).map(Spanned::get_ref);
    if let (Some(DeValue::Array(new)), Some(DeValue::Array(old))) = (new, old) {
        let mut whole = DeArray::new();
        for item in old {
            let text = item.get_ref().as_str().unwrap_or_default().to_owned();
            whole.push(Spanned::new(item.span(), DeValue::String(text.into())));
        }
        for item in std::mem::replace(new, DeArray::new()) {
            whole.push(item);
        }
        *new = whole;
    }
}
