//! How settings are laid over each other. A project's file came with a clone,
//! so it may make the rules tighter and never looser.

use super::{
    Budget, Layer, Settings, Source,
    fault::Blame,
    heeding::is_looser,
    layers::{Layered, add_to_list, at, leaves},
    providers::name_fault,
};
use crate::model::{Money, Rule};
use std::ops::Range;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What to do instead, for every refusal here.
const YOURS: &str = "say it in your own config.toml (auteur doctor names the folder)";

impl Layered for Settings {
    type Ground = ();

    fn prepare(source: &Source, layer: &mut DeTable<'_>, below: &mut DeTable<'_>) -> Vec<Blame> {
        if source.layer == Layer::Project {
            add_to_list(layer, below, &["permissions", "ask"]);
            add_to_list(layer, below, &["permissions", "deny"]);
        }
        Vec::new()
    }

    fn misnamed(&self, (): &(), layer: &DeTable<'_>) -> Vec<Blame> {
        let mut blames = Vec::new();
        if let Some(value) = at(layer, &["models", "default"]) {
            blames.extend(unknown_model(self, value));
        }
        for name in self.models.tiers.keys() {
            let tier = at(layer, &["models", "tiers", name]).and_then(|it| it.get_ref().as_array());
            for model in tier.into_iter().flatten() {
                let is_tier = model.get_ref().as_str().is_some_and(|it| !it.contains('/'));
                if is_tier {
                    let message = "a tier lists models, as \"provider/model\"".to_owned();
                    blames.push(Blame { span: model.span(), message, mend: None });
                } else {
                    blames.extend(unknown_model(self, model));
                }
            }
        }
        blames
    }

    fn loosened((): &(), below: &Self, with: &Self, layer: &DeTable<'_>) -> Vec<Blame> {
        let mut blames: Vec<Blame> = leaves(layer)
            .into_iter()
            .filter(|(path, _)| !may_be_said(path))
            .map(|(path, span)| {
                refused(span, &format!("a project file may not set `{}`", path.join(".")))
            })
            .collect();
        for (path, what) in raised(below, with) {
            if let Some(value) = at(layer, &path) {
                blames.push(refused(value.span(), &what));
            }
        }
        blames
    }
}

/// A model's name that is neither a tier nor has a known provider.
pub(super) fn unknown_model(settings: &Settings, name: &Spanned<DeValue<'_>>) -> Option<Blame> {
    let (message, mend) = name_fault(settings, name.get_ref().as_str()?)?;
    Some(Blame { span: name.span(), message, mend: Some(mend) })
}

/// The settings that a project may touch at all.
fn may_be_said(path: &[&str]) -> bool {
    matches!(
        path,
        ["limits" | "watch", ..]
            | ["budget", "session" | "agent" | "day" | "project"]
            | ["budget", "roles", ..]
            | ["permissions", "mode" | "ask" | "deny"]
            | ["models" | "workspace", "default"]
            | ["sandbox", "mode" | "network"]
            | ["budget" | "permissions" | "models" | "workspace" | "sandbox"]
    )
}

/// The settings that would be looser than before, with what to say of each.
fn raised<'a>(below: &Settings, with: &'a Settings) -> Vec<(Vec<&'a str>, String)> {
    let mut found = Vec::new();
    let (old, new) = (&below.limits, &with.limits);
    let numbers: [(&str, u64, u64); 10] = [
        ("max_running", old.max_running.into(), new.max_running.into()),
        ("max_turns", old.max_turns.into(), new.max_turns.into()),
        ("max_output_tokens", old.max_output_tokens.into(), new.max_output_tokens.into()),
        ("connect_timeout_s", old.connect_timeout_s, new.connect_timeout_s),
        ("idle_timeout_s", old.idle_timeout_s, new.idle_timeout_s),
        ("tool_timeout_s", old.tool_timeout_s, new.tool_timeout_s),
        ("tool_timeout_max_s", old.tool_timeout_max_s, new.tool_timeout_max_s),
        ("output_head_bytes", old.output_head_bytes as u64, new.output_head_bytes as u64),
        ("output_tail_bytes", old.output_tail_bytes as u64, new.output_tail_bytes as u64),
        ("file_bytes", old.file_bytes, new.file_bytes),
    ];
    for (name, old, new) in numbers {
        if new > old {
            let what = format!("a project file may not raise `limits.{name}` from {old} to {new}");
            found.push((vec!["limits", name], what));
        }
    }
    found.extend(raised_budgets(&below.budget, &with.budget));
    for rule in Rule::ALL {
        let kept = |it: &Settings| it.watch.get(&rule).map(|it| (it.action, it.limit));
        if kept(below).zip(kept(with)).is_some_and(|(old, new)| is_looser(rule, old, new)) {
            let what = format!("a project file may not loosen `watch.{}`", rule.name());
            found.push((vec!["watch", rule.name()], what));
        }
    }
    if with.workspace.default > below.workspace.default {
        let what = "a project file may not let agents work in the project's own folder".to_owned();
        found.push((vec!["workspace", "default"], what));
    }
    if with.permissions.mode > below.permissions.mode {
        let what = "a project file may not let agents do more unasked".to_owned();
        found.push((vec!["permissions", "mode"], what));
    }
    if with.sandbox.mode < below.sandbox.mode {
        let what = "a project file may not take agents out of their sandbox".to_owned();
        found.push((vec!["sandbox", "mode"], what));
    }
    if with.sandbox.network.is_wider(&below.sandbox.network) {
        let what = "a project file may not give commands a network".to_owned();
        found.push((vec!["sandbox", "network"], what));
    }
    found
}

/// The budgets that would be larger than before.
fn raised_budgets<'a>(below: &Budget, with: &'a Budget) -> Vec<(Vec<&'a str>, String)> {
    let named = [
        (vec!["session"], below.session, with.session),
        (vec!["agent"], below.agent, with.agent),
        (vec!["day"], below.day, with.day),
        (vec!["project"], below.project, with.project),
    ];
    let roles = with.roles.iter().map(|(role, new)| {
        (vec!["roles", role.as_str()], below.roles.get(role).copied(), Some(*new))
    });
    let raised = named.into_iter().chain(roles).filter(|(_, old, new)| is_more(*new, *old));
    let told = raised.map(|(name, old, new)| {
        let path = [vec!["budget"], name].concat();
        let (old, new) = (amount(old), amount(new));
        let what = format!("a project file may not raise `{}` from {old} to {new}", path.join("."));
        (path, what)
    });
    told.collect()
}

/// Whether a limit is looser than another, where nothing is no limit.
pub(super) fn is_more(new: Option<Money>, old: Option<Money>) -> bool {
    match (new, old) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(new), Some(old)) => new > old,
    }
}

pub(super) fn amount(limit: Option<Money>) -> String {
    limit.map_or_else(|| "no limit".to_owned(), |it| it.to_string())
}

pub(super) fn refused(span: Range<usize>, what: &str) -> Blame {
    Blame { span, message: what.to_owned(), mend: Some(YOURS.to_owned()) }
}
