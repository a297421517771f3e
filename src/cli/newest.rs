//! What files said when they were read last: whoever holds a part of the company asks for
//! it anew, so that what has changed holds from the next thing on that anybody does.

use super::{company::Company, tariff::Prices};
use crate::{config::Config, rehearsal::demo};
use std::{
    path::Path,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

/// What files said when they were read last, and what is computed of it. Behind a lock, which
/// nobody holds for longer than it takes to copy two pointers.
#[derive(Debug, Clone)]
pub(super) struct Newest(Arc<RwLock<Read>>);

/// What files say, and what models cost by that, once somebody asks.
type Read = (Arc<Config>, Arc<OnceLock<Arc<Prices>>>);

impl Newest {
    pub(super) fn of(config: &Arc<Config>) -> Self {
        Self(Arc::new(RwLock::new((config.clone(), Arc::default()))))
    }
}

impl Company {
    /// Learns every key that is known now, so that none gets to a disk.
    pub(super) fn learn(&self) {
        for secret in self.secrets() {
            self.redactor.learn(&secret);
        }
        if let Some(accounts) = self.accounts() {
            accounts.learn();
        }
    }

    /// The same company with its rehearsal at this address, in this folder.
    #[must_use]
    pub(super) fn rehearsing(&self, url: &str, folder: &Path) -> Self {
        let config = Arc::new(rehearsed(Config::clone(&self.config), url));
        Self {
            newest: Newest::of(&config),
            config,
            project: folder.to_owned(),
            demo: Some(url.to_owned()),
            prices: Arc::default(),
            ..self.clone()
        }
    }

    /// The same company with what its files say now, which holds from now on for all who
    /// hold a part of it, each from the next thing on that it asks for.
    #[must_use]
    pub(super) fn take_up(&self, config: Config) -> Self {
        let config = Arc::new(match &self.demo {
            Some(url) => rehearsed(config, url),
            None => config,
        });
        let prices = Arc::default();
        let mut newest = self.newest.0.write().unwrap_or_else(PoisonError::into_inner);
        *newest = (config, prices);
        drop(newest);
        let company = self.now();
        company.learn();
        company
    }

    /// The same company with what was read last.
    #[must_use]
    pub(super) fn now(&self) -> Self {
        let newest = self.newest.0.read().unwrap_or_else(PoisonError::into_inner);
        let (config, prices) = newest.clone();
        Self { config, prices, ..self.clone() }
    }
}

/// These settings where everybody plays to the scripted model at this address.
fn rehearsed(mut config: Config, url: &str) -> Config {
    if let Some(provider) = config.settings.providers.get_mut("rehearsal") {
        url.clone_into(&mut provider.base_url);
    }
    // Whoever is cast here plays to the scripted model, too.
    "rehearsal/rehearsal".clone_into(&mut config.settings.models.default);
    for role in config.cast.roles.values_mut() {
        role.model = None;
    }
    let allowed = demo::ALLOWED.iter().map(|rule| (*rule).to_owned());
    config.settings.permissions.allow.extend(allowed);
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{self, Environment},
        model::Casting,
    };
    use std::fs;

    fn company(place: &Path) -> Company {
        let home = place.display().to_string();
        let environment =
            Environment::of([("XDG_CONFIG_HOME", home.as_str()), ("MY_KEY", "sk-canary-1")]);
        let config = config::load(&environment, place).unwrap();
        Company::new(config, environment, place)
    }

    fn say(place: &Path, settings: &str) -> Config {
        fs::create_dir_all(place.join("auteur")).unwrap();
        fs::write(place.join("auteur/config.toml"), settings).unwrap();
        let home = place.display().to_string();
        config::load(&Environment::of([("XDG_CONFIG_HOME", home.as_str())]), place).unwrap()
    }

    #[test]
    fn whoever_holds_a_part_of_the_company_follows_what_is_taken_up() {
        let place = tempfile::tempdir().unwrap();
        let company = company(place.path());
        let held = company.clone();
        let rules = |it: &Company| it.now().policy(&Casting::default()).rules.len();
        let before = rules(&held);
        let more = "[permissions]\nask = [\"shell(rm *)\"]\n[providers.openai]\napi_key_env = \"MY_KEY\"\n";
        let anew = company.take_up(say(place.path(), more));
        assert_eq!(rules(&held), before + 1);
        assert_eq!(held.policy(&Casting::default()).rules.len(), before, "as it was read before");
        // A key that is known only now gets to no disk either.
        assert!(!held.redactor().clean("it says sk-canary-1 here").contains("canary"));
        assert!(Arc::ptr_eq(&anew.prices(), &held.now().prices()), "read once for all");
    }

    #[test]
    fn a_demo_stays_one_whatever_the_files_say() {
        let place = tempfile::tempdir().unwrap();
        let demo = company(place.path()).rehearsing("http://127.0.0.1:9", place.path());
        let text = "[models]\ndefault = \"quick\"\n[ui]\nfps = 12\n";
        let settings = demo.take_up(say(place.path(), text)).config().settings.clone();
        assert_eq!((settings.ui.fps, &*settings.models.default), (12, "rehearsal/rehearsal"));
        assert_eq!(settings.providers["rehearsal"].base_url, "http://127.0.0.1:9");
    }
}
