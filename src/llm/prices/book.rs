//! The built-in prices, as `assets/prices.json` has them.

use super::clause::{Clause, Pattern};
use super::rate::{Rate, Rates};
use crate::llm::Tier;
use jiff::{Timestamp, civil::Date, tz::Offset};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::OnceLock;

/// All of it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Book {
    pub(super) source: String,
    pub(super) date: String,
    pub(super) providers: Vec<Provider>,
}

/// One who serves models, at prices of its own.
#[derive(Debug, Deserialize)]
pub(super) struct Provider {
    pub(super) id: String,
    /// Its addresses.
    pub(super) api: Pattern,
    /// Names that mean it.
    #[serde(default, rename = "provider")]
    pub(super) named: Option<Clause>,
    /// Models that are its own.
    #[serde(default)]
    pub(super) model: Option<Clause>,
    /// Whose prices it takes for models that it does not list.
    #[serde(default)]
    fallback: Vec<String>,
    models: Shelf,
}

/// The models of a provider, read when the first is looked up: a session calls
/// those of few providers, and the rest is nine tenths of the file.
#[derive(Debug, Deserialize)]
#[serde(from = "Box<RawValue>")]
struct Shelf {
    text: Box<RawValue>,
    read: OnceLock<Vec<Model>>,
}

impl From<Box<RawValue>> for Shelf {
    fn from(text: Box<RawValue>) -> Self {
        Self { text, read: OnceLock::new() }
    }
}

impl Provider {
    /// What it lists. Were it broken, none of its prices would be known; a test
    /// reads all.
    pub(super) fn models(&self) -> &[Model] {
        let read = || serde_json::from_str(self.models.text.get()).unwrap_or_default();
        self.models.read.get_or_init(read)
    }
}

/// One model at one provider.
#[derive(Debug, Deserialize)]
pub(super) struct Model {
    pub(super) r#match: Clause,
    /// Oldest first; the last one in force counts.
    pub(super) prices: Vec<Entry>,
    /// Rates of tiers; the first one in force counts, for each rate on its own.
    #[serde(default)]
    pub(super) variants: Vec<Entry>,
    #[serde(default)]
    pub(super) context: Option<u64>,
}

/// Rates, and when they are in force.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    /// From this day on, UTC.
    #[serde(default)]
    from: Option<Day>,
    /// Between these seconds of the day, UTC; over midnight if the first is later.
    #[serde(default)]
    daily: Option<(i64, i64)>,
    #[serde(default)]
    tier: Tier,
    #[serde(default, rename = "in")]
    input: Option<Rate>,
    #[serde(default, rename = "out")]
    output: Option<Rate>,
    #[serde(default)]
    read: Option<Rate>,
    #[serde(default)]
    write: Option<Rate>,
    #[serde(default)]
    write_1h: Option<Rate>,
    #[serde(default)]
    search: Option<Rate>,
    #[serde(default)]
    request: Option<Rate>,
}

/// A day, written `2026-03-13`.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
struct Day(Date);

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

impl Book {
    /// What is embedded. Were it broken, no price would be known; a test reads it.
    pub(super) fn embedded() -> Self {
        serde_json::from_str(include_str!("../../../assets/prices.json")).unwrap_or_default()
    }

    /// The provider at an address.
    pub(super) fn at(&self, address: &str) -> Option<&str> {
        self.providers.iter().find(|it| it.api.fits_start(address)).map(|it| it.id.as_str())
    }

    /// A model, at a provider or at its own vendor.
    pub(super) fn model(&self, provider: Option<&str>, model: &str) -> Option<&Model> {
        let model = model.to_lowercase();
        let provider = match provider {
            Some(name) => self.provider(&name.to_lowercase())?,
            None => self.vendor_of(&model)?,
        };
        self.listed(provider, &model).or_else(|| self.listed(provider, &dashed(&model)?))
    }

    /// A model that the provider lists, or that one lists whose prices it takes.
    fn listed(&self, provider: &Provider, model: &str) -> Option<&Model> {
        let own = self.providers.iter().filter(|it| it.id == provider.id);
        let others = provider.fallback.iter();
        let others = others.filter_map(|id| self.providers.iter().find(|it| it.id == *id));
        own.chain(others).flat_map(Provider::models).find(|it| it.r#match.fits(model))
    }

    fn provider(&self, name: &str) -> Option<&Provider> {
        let named = self.providers.iter().find(|it| it.id == name);
        let like = |it: &&Provider| it.named.as_ref().is_some_and(|clause| clause.fits(name));
        named.or_else(|| self.providers.iter().find(like))
    }

    fn vendor_of(&self, model: &str) -> Option<&Provider> {
        let own = |it: &&Provider| it.model.as_ref().is_some_and(|clause| clause.fits(model));
        self.providers.iter().find(own)
    }
}

impl Model {
    /// The rates in force; none for a dearer tier whose rates nobody knows. A
    /// cheaper tier without known rates is taken at the list price.
    pub(super) fn rates(&self, at: Timestamp, tier: Tier) -> Option<Rates> {
        let listed = self.prices.iter().rev().find(|it| it.is_in_force(at));
        let list = listed.or_else(|| self.prices.first())?.rates();
        let of_tier = self.variants.iter().filter(|it| it.tier == tier && it.is_in_force(at));
        match (tier, of_tier.map(Entry::rates).reduce(Rates::or)) {
            (Tier::Standard, _) | (Tier::Batch | Tier::Flex, None) => Some(list),
            (_, Some(rates)) => Some(rates.or(list)),
            (Tier::Priority | Tier::Fast, None) => None,
        }
    }
}

impl Entry {
    #[cfg(test)]
    pub(super) const fn is_by_hour(&self) -> bool {
        self.daily.is_some()
    }

    fn is_in_force(&self, at: Timestamp) -> bool {
        let at = Offset::UTC.to_datetime(at);
        let seconds =
            i64::from(at.hour()) * 3600 + i64::from(at.minute()) * 60 + i64::from(at.second());
        let is_hour = self.daily.is_none_or(|(start, end)| {
            if end < start {
                seconds >= start || seconds < end
            } else {
                (start..end).contains(&seconds)
            }
        });
        is_hour && self.from.as_ref().is_none_or(|from| at.date() >= from.0)
    }

    fn rates(&self) -> Rates {
        Rates {
            input: self.input.clone(),
            output: self.output.clone(),
            read: self.read.clone(),
            write: self.write.clone(),
            write_1h: self.write_1h.clone(),
            search: self.search.clone(),
            request: self.request.clone(),
        }
    }
}

/// `gpt-5.2-20251211` as `gpt-5.2-2025-12-11`, the way the vendor writes it.
fn dashed(model: &str) -> Option<String> {
    let (start, day) = model.rsplit_once('-')?;
    let is_day = day.len() == 8 && day.bytes().all(|it| it.is_ascii_digit());
    is_day.then(|| format!("{start}-{}-{}-{}", &day[..4], &day[4..6], &day[6..]))
}
