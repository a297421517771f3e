//! Which models can be called, and what would bring the others in.

use super::{Check, Facts, Finding, check};
use crate::cli::{found::Found, nearby::is_near};
use crate::config::{
    Environment, KeyStatus, ProviderStatus, Settings, choose_model, providers_found,
};

pub(super) fn judged(settings: &Settings, environment: &Environment, facts: &Facts) -> Vec<Check> {
    const PART: &str = "Models";
    // The scripted model is played when it is asked for, and is nobody's to start.
    let is_told = |it: &ProviderStatus| {
        let is_idle = it.key == KeyStatus::NotNeeded && !facts.running.contains(&it.name);
        it.name != "rehearsal" || !is_idle
    };
    let mut checks: Vec<Check> = providers_found(settings, environment)
        .iter()
        .filter(|it| is_told(it))
        .map(|it| provider(PART, it, settings, facts))
        .collect();
    let running: Vec<&str> = facts.running.iter().map(String::as_str).collect();
    checks.push(match choose_model(settings, environment, None, &running) {
        Ok(model) => check(PART, "default", Finding::Good, model.to_string()),
        Err(none) => check(PART, "default", without_model(facts), none.to_string()).mended_by(
            "set one of these keys; or start a local server and name its model in config.toml, \
             as in providers.ollama.models = [\"…\"] and models.default = \"ollama/…\"",
        ),
    });
    checks
}

/// Where a program can work that has a login of its own, no key is needed.
fn without_model(facts: &Facts) -> Finding {
    let has_login = |it: &Found| it.is_ready() && it.signed_in.is_some();
    if facts.programs.iter().any(has_login) { Finding::Doubtful } else { Finding::Wrong }
}

fn provider(
    part: &'static str,
    status: &ProviderStatus,
    settings: &Settings,
    facts: &Facts,
) -> Check {
    let (name, url) = (&status.name, &status.base_url);
    match &status.key {
        KeyStatus::Found(_) if let Some(Err(said)) = facts.keys.get(name) => {
            check(part, name, Finding::Wrong, said)
                .mended_by(format!("mend providers.{name}.api_key_cmd"))
        }
        KeyStatus::Found(place) => {
            let found = format!("key from {place}, for {url}");
            if url.starts_with("http://") && !is_near(url) {
                return check(part, name, Finding::Doubtful, found)
                    .mended_by("the key would travel unencrypted: use https in base_url");
            }
            check(part, name, Finding::Good, found)
        }
        KeyStatus::Missing(mend) => check(part, name, Finding::Absent, "no key").mended_by(mend),
        KeyStatus::NotNeeded if facts.running.contains(name) => {
            check(part, name, Finding::Good, format!("answers at {url}"))
        }
        KeyStatus::NotNeeded => check(part, name, Finding::Absent, format!("no answer at {url}"))
            .mended_by(mend_of_local(name, settings)),
    }
}

/// What brings a server of this machine among the models, if it is wanted.
fn mend_of_local(name: &str, settings: &Settings) -> String {
    let has_models = settings.providers.get(name).is_some_and(|it| !it.models.is_empty());
    let start = format!("start it there, or set providers.{name}.base_url to where it is");
    if has_models {
        return start;
    }
    format!("{start}; then name what it has: providers.{name}.models = [\"…\"]")
}
