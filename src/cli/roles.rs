//! Every role as it would be cast, with what there is to know before it is.

use super::{House, casting::CastError, tariff::Prices};
use crate::{
    casting::Terms,
    config::{self, Brought, Reach, Role, SandboxMode, Written},
    model::{Casting, EngineKind, Network},
    ui::{
        desk::{RoleAnswer, RoleOffer, RoleTask},
        show::ChangeRole,
    },
};
use std::sync::Arc;

/// Every role as it would be cast, or why it can't be; those that can come
/// first among the programs of others.
pub(super) fn offers(house: &House) -> Vec<RoleOffer> {
    let config = house.company.config();
    let is_ours = !house.company.is_rehearsal();
    let prices = Prices::new(&config.settings);
    let places = config::written(&house.environment, &config.brought);
    let roles = config.cast.roles.iter();
    let offers = roles.map(|(name, role)| {
        let cast = house.company.cast(name, "", None);
        let missing = cast.as_ref().err().map(CastError::to_string);
        let casting = cast.unwrap_or_else(|_| unfilled(house, name, role));
        let order = (role.program.is_some(), role.program.is_some() && missing.is_some());
        let offer = RoleOffer {
            purpose: role.purpose.clone(),
            again: role.again(),
            strengths: role.strengths.clone(),
            terms: terms(&casting, &prices),
            confinement: confinement(house, role),
            origin: places.get(name).map(|it| origin(it)).unwrap_or_default(),
            casting,
            missing,
            about: String::new(),
            text: if is_ours { role.text() } else { String::new() },
            evidence: Vec::new(),
        };
        (order, offer)
    });
    let mut offers: Vec<((bool, bool), RoleOffer)> = offers.collect();
    offers.sort_by_key(|(order, _)| *order);
    offers.into_iter().map(|(_, offer)| offer).collect()
}

/// A role that nobody can play now, as far as it is decided all the same.
fn unfilled(house: &House, name: &str, role: &Role) -> Casting {
    let casting = house.company.would_be(Some(name)).unwrap_or_default();
    let program = role.program.as_ref();
    let known = program.and_then(|it| house.company.config().programs.program(it));
    Casting {
        engine: known.map_or(EngineKind::Native, |it| it.engine.kind()),
        provider: program.cloned().unwrap_or_default(),
        model: role.model.clone().unwrap_or_default(),
        ..casting
    }
}

/// What a model of ours costs and holds; a program of others bills in its own way.
fn terms(casting: &Casting, prices: &Prices) -> Terms {
    match casting.engine {
        EngineKind::Native if !casting.provider.is_empty() => {
            prices.terms(&casting.provider, &casting.model)
        }
        _ => Terms::default(),
    }
}

/// The sandbox of its processes and what they reach, in words.
fn confinement(house: &House, role: &Role) -> String {
    let settings = &house.company.config().settings.sandbox;
    let mode = match role.sandbox.unwrap_or(settings.mode) {
        SandboxMode::Off => "no sandbox",
        SandboxMode::Auto => "the best sandbox there is here",
        SandboxMode::Require => "a sandbox, or it does not run",
    };
    let everything = Reach(Network::default());
    let own = if role.program.is_some() { &everything } else { &settings.network };
    let network = match &role.network.as_ref().unwrap_or(own).0 {
        Network::On => "reaches all hosts".to_owned(),
        Network::Off => "reaches no other machine".to_owned(),
        Network::Hosts(hosts) => format!("reaches {}", hosts.join(", ")),
    };
    format!("{mode}; {network}")
}

/// The files that say something of a role, the one that counts most first.
fn origin(places: &[Written]) -> String {
    let places: Vec<String> = places.iter().rev().map(ToString::to_string).collect();
    places.join(", over ")
}

/// Changes roles in the user's file, where the session is no rehearsal.
pub(super) fn change(house: &House) -> Option<ChangeRole> {
    if house.company.is_rehearsal() {
        return None;
    }
    let house = house.again();
    Some(Arc::new(move |task| changed(&house, task)))
}

fn changed(house: &House, task: RoleTask) -> RoleAnswer {
    let faulty = |why: String| RoleAnswer::Faulty(crate::text::sanitise(&why).into_owned());
    match task {
        RoleTask::Weigh { role, text } => {
            let heard = Brought::heard(&house.environment, house.company.project());
            match config::rewrite(&house.environment, &heard, (&role, &text)) {
                Ok(None) => RoleAnswer::Same,
                Ok(Some(rewriting)) => RoleAnswer::Weighed(Box::new(rewriting)),
                Err(error) => faulty(error.to_string()),
            }
        }
        RoleTask::Write(rewriting) => match rewriting.write() {
            Err(why) => faulty(why),
            Ok(()) => match house.read_again() {
                Ok(house) => RoleAnswer::Written(offers(&house)),
                Err(error) => faulty(format!("{error:#}")),
            },
        },
    }
}
