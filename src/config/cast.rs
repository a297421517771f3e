//! Who there is to work: the roles an agent can have. `config/cast.toml` holds
//! the ones that come with the program and explains each key.

use super::{
    Layer, Programs, Role, Servers, Settings, Source, again, delegating,
    fault::Blame,
    heeding::{heeded, is_looser},
    layers::{Layered, add_to_list, at, leaves},
    range::dollars_or_none,
    role::less_checked,
    tighten::{amount, is_more, refused, unknown_model},
};
use crate::model::{Money, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The tools a native agent can have.
pub const TOOLS: [&str; 9] =
    ["shell", "read", "write", "edit", "list", "glob", "search", "report", "ask"];

/// Instructions in a file are no longer than this many bytes.
const LONGEST: u64 = 200_000;

/// All roles by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The roles.
    #[serde(rename = "cast", default, deserialize_with = "named")]
    pub roles: BTreeMap<String, Role>,
}

impl Cast {
    /// A role by its name.
    pub fn role(&self, name: &str) -> Option<&Role> {
        self.roles.get(name)
    }
}

impl Layered for Cast {
    type Ground = (Settings, Programs, Servers);

    fn prepare(source: &Source, layer: &mut DeTable<'_>, below: &mut DeTable<'_>) -> Vec<Blame> {
        let names: BTreeSet<String> = leaves(layer)
            .iter()
            .filter_map(|(path, _)| (path.first() == Some(&"cast")).then(|| path.get(1)).flatten())
            .map(|it| (*it).to_owned())
            .collect();
        let mut blames = Vec::new();
        for name in names {
            if source.layer == Layer::Project {
                add_to_list(layer, below, &["cast", &name, "permissions", "ask"]);
                add_to_list(layer, below, &["cast", &name, "permissions", "deny"]);
            }
            if let Some(role) = role_in(layer, &name) {
                blames.extend(read_instructions(source, role).err());
                blames.extend(place_rehearsal(source, role).err());
            }
        }
        blames
    }

    fn misnamed(
        &self,
        (settings, programs, servers): &Self::Ground,
        layer: &DeTable<'_>,
    ) -> Vec<Blame> {
        let mut blames = Vec::new();
        for (name, role) in &self.roles {
            let value = |key: &str| at(layer, &["cast", name, key]);
            if let Some(program) = &role.program {
                let fault = value("program").zip(programs.name_fault(program));
                blames.extend(fault.map(|(at, (message, mend))| Blame {
                    span: at.span(),
                    message,
                    mend: Some(mend),
                }));
                let takes = programs.program(program).is_none_or(|it| it.engine.takes_servers());
                blames.extend(value("mcp").filter(|_| !takes).map(|it| Blame {
                    span: it.span(),
                    message: format!("`{program}` can't be given MCP servers from here"),
                    mend: Some("give them to it in its own settings".to_owned()),
                }));
            } else {
                blames.extend(value("model").and_then(|it| unknown_model(settings, it)));
                blames.extend(without_tools(role, at(layer, &["cast", name])));
            }
            blames.extend(delegating::faults(self, name, layer));
            blames.extend(again::faults(self, name, layer));
            let named = value("mcp").and_then(|it| it.get_ref().as_array());
            blames.extend(named.into_iter().flatten().filter_map(|it| unknown_server(servers, it)));
        }
        blames
    }

    fn loosened(
        (settings, programs, _): &Self::Ground,
        below: &Self,
        with: &Self,
        layer: &DeTable<'_>,
    ) -> Vec<Blame> {
        let mut blames = Vec::new();
        for (path, span) in leaves(layer) {
            if let ["cast", role, rest @ ..] = path.as_slice() {
                let roles = [below.role(role), with.role(role)];
                let what = wider(role, rest, settings, roles)
                    .or_else(|| driven_otherwise(role, rest, programs, roles));
                let span = at(layer, &path).map_or(span, Spanned::span);
                blames.extend(what.map(|it| refused(span, &it)));
            }
        }
        blames
    }
}

/// A server's name that no server has.
fn unknown_server(servers: &Servers, name: &Spanned<DeValue<'_>>) -> Option<Blame> {
    let (message, mend) = servers.name_fault(name.get_ref().as_str()?)?;
    Some(Blame { span: name.span(), message, mend: Some(mend) })
}

/// A native role says which tools it has, if only `[]`.
fn without_tools(role: &Role, said: Option<&Spanned<DeValue<'_>>>) -> Option<Blame> {
    let table = said?.get_ref().as_table()?;
    let is_new = table.contains_key("purpose") && !table.contains_key("tools");
    (is_new && role.tools.is_empty()).then(|| Blame {
        span: said.map_or(0..0, Spanned::span),
        message: "the key `tools` is missing".to_owned(),
        mend: Some("add `tools = …`, or the `program` that has its own".to_owned()),
    })
}

/// What a project's key would have done by a program that asks nobody, or by
/// another one than the director chose.
fn driven_otherwise(
    name: &str,
    key: &[&str],
    programs: &Programs,
    [below, with]: [Option<&Role>; 2],
) -> Option<String> {
    if key == ["rehearse"] && below.is_some() {
        return Some(format!("a project file may not have the model of `{name}` played"));
    }
    let wanted = with?.program.as_deref().filter(|_| key == ["program"])?;
    if below.is_some_and(|it| it.program.as_deref() != Some(wanted)) {
        return Some(format!("a project file may not choose the program of `{name}`"));
    }
    let asks = programs.program(wanted).is_none_or(|it| it.capabilities().approvals);
    (!asks).then(|| format!("a project file may not cast `{wanted}`, which asks nobody"))
}

/// What a project's key would let a role do that it could not before.
fn wider(
    name: &str,
    key: &[&str],
    settings: &Settings,
    [below, with]: [Option<&Role>; 2],
) -> Option<String> {
    let with = with?;
    match key {
        ["permissions", "allow"] => {
            Some("a project file may not allow anything unasked".to_owned())
        }
        ["permissions", "mode"] => {
            let old = below.and_then(|it| it.permissions.mode).unwrap_or(settings.permissions.mode);
            (with.permissions.mode > Some(old))
                .then(|| format!("a project file may not let `{name}` do more unasked"))
        }
        ["workspace"] => {
            let all = settings.workspace.default;
            let old = below.and_then(|it| it.workspace).unwrap_or(all);
            (with.workspace > Some(old)).then(|| {
                format!("a project file may not let `{name}` work in the project's folder")
            })
        }
        ["sandbox"] => {
            let old = below.and_then(|it| it.sandbox).unwrap_or(settings.sandbox.mode);
            (with.sandbox.is_some_and(|new| new < old))
                .then(|| format!("a project file may not take `{name}` out of its sandbox"))
        }
        ["network"] => {
            let old = below.and_then(|it| it.network.as_ref()).unwrap_or(&settings.sandbox.network);
            (with.network.as_ref().is_some_and(|new| new.is_wider(old)))
                .then(|| format!("a project file may not give `{name}` a network"))
        }
        ["tools"] => {
            let old = &below?.tools;
            let new = with.tools.iter().find(|it| !old.contains(it))?;
            Some(format!("a project file may not give `{name}` the tool `{new}`"))
        }
        ["mcp"] => {
            let old = &below?.mcp;
            let new = with.mcp.iter().find(|it| !old.contains(it))?;
            Some(format!("a project file may not give `{name}` the MCP server `{new}`"))
        }
        ["scope"] => wider_scope(name, [below?, with]),
        ["watch", rule, ..] => looser_watch((name, rule), settings, [below?, with]),
        ["spawn" | "hand_off", ..] => {
            Some(format!("a project file may not let `{name}` set others to work"))
        }
        [key @ ("every" | "on")] => again::oftener(name, key, [below?, with]),
        ["budget"] => {
            let old = below.and_then(|it| it.budget).or(settings.budget.agent);
            is_more(with.budget, old).then(|| {
                let (old, new) = (amount(old), amount(with.budget));
                format!("a project file may not raise the budget of `{name}` from {old} to {new}")
            })
        }
        ["estimate"] => dearer(name, settings, [below, Some(with)]),
        ["checks" | "hand_back"] => less_checked(name, key, [below?, with]),
        ["max_turns"] => {
            let old = below.and_then(|it| it.max_turns).unwrap_or(settings.limits.max_turns);
            let new = with.max_turns.filter(|it| *it > old)?;
            Some(format!("a project file may not raise the turns of `{name}` from {old} to {new}"))
        }
        _ => None,
    }
}

/// What a project's word would have a role reckoned to cost more.
fn dearer(name: &str, settings: &Settings, [below, with]: [Option<&Role>; 2]) -> Option<String> {
    let known = |it: &Role| it.estimate.or(it.budget);
    let old = below.and_then(known).or(settings.budget.agent);
    is_more(with?.estimate, old)
        .then(|| format!("a project file may not reckon with more for `{name}`"))
}

/// What a project's word would let a role change that it was to leave alone.
fn wider_scope(name: &str, [below, with]: [&Role; 2]) -> Option<String> {
    let (old, new) = (&below.scope, &with.scope);
    let is_wider = !old.is_empty() && (new.is_empty() || new.iter().any(|it| !old.contains(it)));
    is_wider.then(|| format!("a project file may not widen the scope of `{name}`"))
}

/// What a project's word would have a rule see less of a role.
fn looser_watch(
    (name, rule): (&str, &str),
    settings: &Settings,
    [below, with]: [&Role; 2],
) -> Option<String> {
    let rule = Rule::ALL.into_iter().find(|it| it.name() == rule)?;
    let kept = |role: &Role| {
        let heed = heeded(&settings.watch, &role.watch);
        let heed = heed.get(&rule).copied().unwrap_or_else(|| rule.usual());
        (heed.action, heed.limit)
    };
    let is_looser = is_looser(rule, kept(below), kept(with));
    is_looser.then(|| format!("a project file may not have `{name}` watched less closely"))
}

fn role_in<'t, 'a>(layer: &'t mut DeTable<'a>, name: &str) -> Option<&'t mut DeTable<'a>> {
    let DeValue::Table(cast) = layer.get_mut("cast")?.get_mut() else { return None };
    match cast.get_mut(name)?.get_mut() {
        DeValue::Table(role) => Some(role),
        _ => None,
    }
}

/// Replaces the name of a file with what is in it.
fn read_instructions(source: &Source, role: &mut DeTable<'_>) -> Result<(), Blame> {
    let Some(value) = role.get("instructions_file") else { return Ok(()) };
    let span = value.span();
    let Some(file) = value.get_ref().as_str().map(PathBuf::from) else { return Ok(()) };
    let blame = |message: String, mend: &str| Blame {
        span: span.clone(),
        message,
        mend: Some(mend.to_owned()),
    };
    if role.contains_key("instructions") {
        return Err(blame(
            "there are instructions and a file of them".to_owned(),
            "keep one of the two",
        ));
    }
    let folder = Path::new(&source.name).parent().unwrap_or(Path::new("."));
    let path = folder.join(&file);
    if source.layer == Layer::Project && !is_inside(folder, &file) {
        let wrong =
            "a project's instructions are in its own .auteur folder, not elsewhere".to_owned();
        return Err(blame(wrong, "move the file there"));
    }
    if let Some(beside) = &source.beside {
        let name = file.to_string_lossy();
        let text = beside.get(&*name).filter(|it| it.len() as u64 <= LONGEST).ok_or_else(|| {
            let wrong =
                format!("{} can't be read, or is longer than {LONGEST} bytes", path.display());
            blame(wrong, "paths are seen from the settings file's folder")
        })?;
        let key = Spanned::new(span.clone(), "instructions".into());
        role.insert(key, Spanned::new(span, DeValue::String(text.clone().into())));
        return Ok(());
    }
    let size = path.metadata().map_or(0, |it| it.len());
    if size > LONGEST {
        return Err(blame(
            format!("{} is longer than {LONGEST} bytes", path.display()),
            "make it shorter",
        ));
    }
    let text = std::fs::read_to_string(&path).map_err(|error| {
        blame(
            format!("{} can't be read: {error}", path.display()),
            "paths are seen from the settings file's folder",
        )
    })?;
    let key = Spanned::new(span.clone(), "instructions".into());
    role.insert(key, Spanned::new(span, DeValue::String(text.into())));
    Ok(())
}

/// Puts the place of a rehearsal in place of its name.
fn place_rehearsal(source: &Source, role: &mut DeTable<'_>) -> Result<(), Blame> {
    let Some(value) = role.get_mut("rehearse") else { return Ok(()) };
    let span = value.span();
    let Some(file) = value.get_ref().as_str().map(PathBuf::from) else { return Ok(()) };
    let folder = Path::new(&source.name).parent().unwrap_or(Path::new("."));
    if source.layer == Layer::Project && !is_inside(folder, &file) {
        let message = "a project's rehearsals are in its own .auteur folder, not elsewhere";
        let mend = Some("move the file there".to_owned());
        return Err(Blame { span, message: message.to_owned(), mend });
    }
    let place = folder.join(&file).display().to_string();
    *value.get_mut() = DeValue::String(place.into());
    Ok(())
}

/// Whether a file is below a folder, symbolic links followed.
pub(crate) fn is_inside(folder: &Path, file: &Path) -> bool {
    let plain = file.components().all(|it| matches!(it, Component::Normal(_) | Component::CurDir));
    let real = |path: &Path| path.canonicalize().ok();
    let inside = match (real(folder), real(&folder.join(file))) {
        (Some(folder), Some(file)) => file.starts_with(folder),
        // What is not there is reported as such by the one who reads it.
        _ => true,
    };
    plain && inside
}

/// Roles whose names can be typed on a command line.
fn named<'de, D: Deserializer<'de>>(reader: D) -> Result<BTreeMap<String, Role>, D::Error> {
    let roles = BTreeMap::<String, Role>::deserialize(reader)?;
    let plain = |name: &str| {
        !name.is_empty()
            && name.len() <= 40
            && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '-' || it == '_')
    };
    match roles.keys().find(|it| !plain(it)) {
        None => Ok(roles),
        Some(wrong) => Err(D::Error::custom(format!(
            "a role's name is up to 40 letters, digits, - and _, not {wrong:?}"
        ))),
    }
}

/// Tools there are.
pub(super) fn tools<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(reader)?;
    let known = |name: &str| TOOLS.contains(&name);
    match names.iter().find(|it| !known(it)) {
        None => Ok(names),
        Some(wrong) if wrong == "hand_off" => Err(D::Error::custom(
            "`hand_off` is given to a role with a key of its own: hand_off = { to = [\"ROLE\"], \
             most = 1 }",
        )),
        // The words are those of serde, so that the mend is found like any other.
        Some(wrong) => Err(D::Error::unknown_variant(wrong, &TOOLS)),
    }
}

pub(super) fn some_dollars<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<Money>, D::Error> {
    match dollars_or_none(reader)? {
        Some(amount) => Ok(Some(amount)),
        None => Err(D::Error::custom("expected an amount like \"2.50\", not \"none\"")),
    }
}
