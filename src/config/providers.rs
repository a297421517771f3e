//! Which model services can be used: who has a key, and what that comes to for
//! a role that only names a kind of model.

use super::{Environment, Provider, Settings, Wire, closest};
use secrecy::SecretString;
use std::{fmt, str::FromStr};

/// A model of a provider, written `provider/model`; the model's own name may
/// have slashes too.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelName {
    /// The provider's name in the settings.
    pub provider: String,
    /// The model's name at the provider.
    pub model: String,
}

/// Whether a provider's key is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyStatus {
    /// It is, and this says where: a variable, or the command.
    Found(String),
    /// It isn't; this says what to do.
    Missing(String),
    /// The provider asks for none.
    NotNeeded,
}

/// One provider, for a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderStatus {
    /// Its name in the settings.
    pub name: String,
    /// Its dialect.
    pub wire: Wire,
    /// Where it is.
    pub base_url: String,
    /// Whether its key is there.
    pub key: KeyStatus,
}

/// Where a provider's key comes from.
#[derive(Debug)]
pub enum KeySource<'a> {
    /// Here it is: from its variable.
    Variable(SecretString),
    /// What this shell command prints.
    Command(&'a str),
    /// It needs none, or has none.
    Nowhere,
}

/// Why there is no model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoModel {
    /// The name is neither a tier nor a model.
    #[error("there is no model or tier called {wanted:?}; {mend}")]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// What is there.
        mend: String,
    },
    /// The provider has no key.
    #[error("{wanted} needs a key: {mend}")]
    NoKey {
        /// What was asked for.
        wanted: ModelName,
        /// What to do.
        mend: String,
    },
    /// No provider of the tier has a key.
    #[error("no model service can be used: looked for {}", looked_for.join(", "))]
    None {
        /// The variables and commands that would hold a key.
        looked_for: Vec<String>,
    },
}

/// Where to get the key of a provider: from its variable, or else from its command.
pub fn key_source<'a>(provider: &'a Provider, environment: &Environment) -> KeySource<'a> {
    let variable = provider.api_key_env.as_deref().and_then(|it| environment.secret(it));
    match (variable, &provider.api_key_cmd) {
        (Some(key), _) => KeySource::Variable(key),
        (None, Some(command)) => KeySource::Command(command),
        (None, None) => KeySource::Nowhere,
    }
}

/// All providers, by name, without running any command.
pub fn providers_found(settings: &Settings, environment: &Environment) -> Vec<ProviderStatus> {
    let status = |(name, provider): (&String, &Provider)| ProviderStatus {
        name: name.clone(),
        wire: provider.wire,
        base_url: provider.base_url.clone(),
        key: key_status(name, provider, environment),
    };
    settings.providers.iter().map(status).collect()
}

/// Local services that the settings name models of: they need no key, so a tier
/// falls back to them. A rehearsal is only played when it is asked for.
pub fn local_services(settings: &Settings) -> Vec<&str> {
    let keyless = settings.providers.iter().filter(|(name, it)| {
        !it.models.is_empty() && !needs_key(settings, name) && *name != "rehearsal"
    });
    keyless.map(|(name, _)| name.as_str()).collect()
}

/// The model for a role: `wanted` is a tier, `provider/model`, or nothing for
/// the default. Where no provider of a tier has a key, a default that names its
/// model is taken. `running` names providers without keys that answered when
/// looked for; they are taken when no tier's provider has a key.
///
/// # Errors
/// When there is no such model, or no key for it.
pub fn choose_model(
    settings: &Settings,
    environment: &Environment,
    wanted: Option<&str>,
    running: &[&str],
) -> Result<ModelName, NoModel> {
    let wanted = wanted.unwrap_or(&settings.models.default);
    match settings.models.tiers.get(wanted) {
        Some(tier) => first_usable(settings, environment, tier, running),
        None => usable(settings, environment, wanted),
    }
}

fn first_usable(
    settings: &Settings,
    environment: &Environment,
    tier: &[String],
    running: &[&str],
) -> Result<ModelName, NoModel> {
    let local = running.iter().filter_map(|name| {
        let model = settings.providers.get(*name)?.models.first()?;
        Some(format!("{name}/{model}"))
    });
    let candidates = tier.iter().cloned().chain(local);
    candidates
        .filter_map(|it| usable(settings, environment, &it).ok())
        .find(|it| needs_key(settings, &it.provider) || running.contains(&it.provider.as_str()))
        .or_else(|| usable(settings, environment, &settings.models.default).ok())
        .ok_or_else(|| NoModel::None { looked_for: looked_for(settings) })
}

fn usable(
    settings: &Settings,
    environment: &Environment,
    wanted: &str,
) -> Result<ModelName, NoModel> {
    let name: ModelName = wanted.parse().map_err(|_| unknown(settings, wanted))?;
    let provider =
        settings.providers.get(&name.provider).ok_or_else(|| unknown(settings, wanted))?;
    match key_status(&name.provider, provider, environment) {
        KeyStatus::Missing(mend) => Err(NoModel::NoKey { wanted: name, mend }),
        KeyStatus::Found(_) | KeyStatus::NotNeeded => Ok(name),
    }
}

fn unknown(settings: &Settings, wanted: &str) -> NoModel {
    NoModel::Unknown { wanted: wanted.to_owned(), mend: name_mend(settings, wanted) }
}

/// What is wrong with a name that should be a tier's or a model's, and its mend.
pub(super) fn name_fault(settings: &Settings, name: &str) -> Option<(String, String)> {
    let provider = name.split_once('/').map(|(provider, _)| provider);
    let known = settings.models.tiers.contains_key(name)
        || provider.is_some_and(|it| settings.providers.contains_key(it));
    (!known).then(|| match provider {
        Some(it) => (format!("there is no provider called `{it}`"), name_mend(settings, name)),
        None => (format!("there is no tier called `{name}`"), name_mend(settings, name)),
    })
}

fn name_mend(settings: &Settings, name: &str) -> String {
    let first = name.split('/').next().unwrap_or(name);
    let tiers: Vec<&str> = settings.models.tiers.keys().map(String::as_str).collect();
    let providers = settings.providers.keys().map(String::as_str);
    let names: Vec<&str> = tiers.iter().copied().chain(providers).collect();
    // Who mistypes a name knows how it begins: `nope` is no `openai`.
    let begins = |it: &&str| it.chars().next() == first.chars().next();
    match closest(first, &names).filter(begins) {
        Some(meant) if meant != first => format!("did you mean `{meant}`?"),
        _ => format!("say PROVIDER/MODEL, or one of the tiers {}", tiers.join(", ")),
    }
}

fn needs_key(settings: &Settings, provider: &str) -> bool {
    let provider = settings.providers.get(provider);
    provider.is_some_and(|it| it.api_key_env.is_some() || it.api_key_cmd.is_some())
}

fn key_status(name: &str, provider: &Provider, environment: &Environment) -> KeyStatus {
    let set = provider.api_key_env.as_deref().filter(|it| environment.secret(it).is_some());
    match (set, &provider.api_key_cmd, &provider.api_key_env) {
        (Some(variable), _, _) => KeyStatus::Found(variable.to_owned()),
        (None, Some(_), _) => KeyStatus::Found("api_key_cmd".to_owned()),
        (None, None, Some(variable)) => {
            KeyStatus::Missing(format!("set {variable}, or providers.{name}.api_key_cmd"))
        }
        (None, None, None) => KeyStatus::NotNeeded,
    }
}

/// Every variable that would hold a key.
fn looked_for(settings: &Settings) -> Vec<String> {
    settings.providers.values().filter_map(|it| it.api_key_env.clone()).collect()
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

impl FromStr for ModelName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('/') {
            Some((provider, model)) if !provider.is_empty() && !model.is_empty() => {
                Ok(Self { provider: provider.to_owned(), model: model.to_owned() })
            }
            _ => Err(format!("expected PROVIDER/MODEL, not {text:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret as _;

    fn settings() -> Settings {
        Settings::built_in().unwrap()
    }

    fn provider(command: &str) -> Provider {
        let mut provider = settings().providers["anthropic"].clone();
        provider.api_key_cmd = Some(command.to_owned());
        provider
    }

    #[test]
    fn a_tier_without_keys_falls_back_to_what_the_settings_name() {
        let (mut settings, none) = (settings(), Environment::default());
        assert!(choose_model(&settings, &none, Some("able"), &local_services(&settings)).is_err());
        let ollama = ModelName { provider: "ollama".into(), model: "qwen".into() };
        settings.models.default = "ollama/qwen".into();
        assert_eq!(choose_model(&settings, &none, Some("able"), &[]), Ok(ollama.clone()));
        let mut settings = Settings::built_in().unwrap();
        settings.providers.get_mut("ollama").unwrap().models = vec!["qwen".into()];
        let local = local_services(&settings);
        assert_eq!(local, ["ollama"]);
        assert_eq!(choose_model(&settings, &none, Some("able"), &local), Ok(ollama));
    }

    #[test]
    fn the_variable_goes_before_the_command() {
        let environment = Environment::of([("ANTHROPIC_API_KEY", "sk-variable")]);
        let provider = provider("exit 3");
        let KeySource::Variable(key) = key_source(&provider, &environment) else {
            panic!("no variable")
        };
        assert_eq!(key.expose_secret(), "sk-variable");
        let source = key_source(&provider, &Environment::default());
        assert!(matches!(source, KeySource::Command("exit 3")), "{source:?}");
    }

    #[test]
    fn the_first_provider_with_a_key_gives_the_model() {
        let environment = Environment::of([("OPENAI_API_KEY", "sk")]);
        let model = choose_model(&settings(), &environment, None, &[]).unwrap();
        assert_eq!(model.provider, "openai");
    }

    #[test]
    fn without_any_key_the_error_names_what_was_looked_for() {
        let error = choose_model(&settings(), &Environment::default(), None, &[]).unwrap_err();
        let told = error.to_string();
        assert!(told.contains("ANTHROPIC_API_KEY") && told.contains("OPENAI_API_KEY"), "{told}");
    }

    #[test]
    fn a_local_server_is_taken_when_it_runs() {
        let mut settings = settings();
        settings.providers.get_mut("ollama").unwrap().models = vec!["qwen3".into()];
        let chosen = choose_model(&settings, &Environment::default(), None, &["ollama"]);
        assert_eq!(chosen.unwrap().to_string(), "ollama/qwen3");
    }

    #[test]
    fn a_model_is_asked_for_by_its_full_name() {
        let environment = Environment::of([("OPENROUTER_API_KEY", "sk")]);
        let ask = |wanted| choose_model(&settings(), &environment, Some(wanted), &[]);
        assert_eq!(ask("openrouter/a/b:free").unwrap().model, "a/b:free");
        assert!(matches!(ask("anthropic/x"), Err(NoModel::NoKey { .. })));
        let unlike = ask("nope").unwrap_err().to_string();
        assert!(unlike.contains("say PROVIDER/MODEL") && !unlike.contains("mean"), "{unlike}");
        assert!(ask("antropic/x").unwrap_err().to_string().contains("did you mean `anthropic`"));
        assert!(ask("gpt").unwrap_err().to_string().contains("PROVIDER/MODEL"));
    }
}
