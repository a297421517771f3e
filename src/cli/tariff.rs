//! What calls cost: the published price table, and the settings over it.

use crate::{
    casting::Terms,
    config::{Settings, WorstCase},
    engine::native::Tariff,
    llm::{PriceTable, Priced, Tier},
    model::{Money, Usage},
};
use std::{collections::BTreeMap, net::IpAddr, sync::OnceLock};

/// The window of a model that the table does not know, in tokens: what most
/// models of today hold at least.
const WINDOW: u64 = 128_000;
/// Prices are told for so many tokens.
const MILLION: u64 = 1_000_000;

/// The price table, as an engine asks it.
#[derive(Debug)]
pub(super) struct Prices {
    table: PriceTable,
    worst: WorstCase,
    addresses: BTreeMap<String, String>,
    /// The table's names of those providers, once one of them is asked for: every
    /// turn asks, and the table is long.
    names: OnceLock<BTreeMap<String, String>>,
}

impl Prices {
    pub(super) fn new(settings: &Settings) -> Self {
        let addresses = settings.providers.iter();
        Self {
            table: PriceTable::embedded().with_overrides(settings.prices.clone()),
            worst: settings.budget.unknown_model.clone(),
            addresses: addresses.map(|(name, it)| (name.clone(), it.base_url.clone())).collect(),
            names: OnceLock::new(),
        }
    }

    /// The table's name of a provider: by its address, whatever config calls it.
    fn provider<'here>(&'here self, name: &'here str) -> Option<&'here str> {
        let names = self.names.get_or_init(|| self.all_names());
        names.get(name).map(String::as_str).or(Some(name))
    }

    fn all_names(&self) -> BTreeMap<String, String> {
        let named = self.addresses.iter().filter_map(|(name, url)| {
            self.table.provider_at(url).map(|it| (name.clone(), it.to_owned()))
        });
        named.collect()
    }

    /// What a model costs for a million tokens, and how much it holds.
    pub(super) fn terms(&self, provider: &str, model: &str) -> Terms {
        // Few at once: a long prompt costs more a token than a short one.
        const SAMPLE: u64 = 10_000;
        let cost = |usage: Usage| {
            let sample = self.price(provider, model, &usage, Tier::Standard)?;
            Some(Money(sample.0.saturating_mul(MILLION / SAMPLE)))
        };
        let input = cost(Usage { input: SAMPLE, ..Usage::default() });
        let output = cost(Usage { output: SAMPLE, ..Usage::default() });
        Terms {
            price: input.zip(output),
            window: self.table.context_window(self.provider(provider), model),
        }
    }

    /// Whether it is a server on this machine: what it costs is not paid by the token.
    fn is_ours(&self, provider: &str) -> bool {
        self.addresses.get(provider).is_some_and(|url| is_local(url))
    }

    fn priced<'call>(&'call self, provider: &'call str, model: &'call str) -> Priced<'call> {
        let at = jiff::Timestamp::now();
        Priced { provider: self.provider(provider), model, at, tier: Tier::Standard }
    }
}

impl Tariff for Prices {
    fn price(&self, provider: &str, model: &str, usage: &Usage, tier: Tier) -> Option<Money> {
        let known = self.table.price(&Priced { tier, ..self.priced(provider, model) }, usage);
        known.or_else(|| self.is_ours(provider).then_some(Money(0)))
    }

    fn most(&self, provider: &str, model: &str, prompt: u64, output: u64) -> Option<Money> {
        let most = u32::try_from(output).unwrap_or(u32::MAX);
        let known = self.table.upper_estimate(&self.priced(provider, model), prompt, most);
        known.or_else(|| {
            if self.is_ours(provider) {
                return Some(Money(0));
            }
            let part = |rate: Money, tokens: u64| Money(rate.0.saturating_mul(tokens) / MILLION);
            Some(part(self.worst.input, prompt) + part(self.worst.output, output))
        })
    }

    fn window(&self, provider: &str, model: &str) -> u64 {
        self.table.context_window(self.provider(provider), model).unwrap_or(WINDOW)
    }
}

/// Whether an address is of this very machine.
fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or(host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_local() {
        for url in ["http://127.0.0.1:11434/v1", "http://localhost/v1", "http://[::1]:8080"] {
            assert!(is_local(url), "{url}");
        }
        for url in ["https://api.openai.com/v1", "http://127.evil.example", "http://10.0.0.1:80"] {
            assert!(!is_local(url), "{url}");
        }
    }
}
