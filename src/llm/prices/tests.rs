use super::{clause::Clause, *};
use crate::llm::Wire;
use serde_json::Value;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn priced<'a>(provider: &'a str, model: &'a str, day: &str) -> Priced<'a> {
    let at = at(&format!("{day}T12:00:00Z"));
    Priced { provider: Some(provider), model, at, tier: Tier::Standard }
}

fn tier_of(context: &Value) -> Tier {
    let words = context.as_object().unwrap().values();
    words.map(|it| Tier::named(it.as_str().unwrap())).next().unwrap_or_default()
}

#[test]
fn every_golden_case_is_priced_to_the_nano_dollar() {
    let golden = include_str!("../../../tests/fixtures/cost-golden.json");
    let golden: Value = serde_json::from_str(golden).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    let table = PriceTable::embedded();
    let told = |case: &Value| {
        let provider = case["provider"].as_str().unwrap();
        let wire = match provider {
            "anthropic" => Wire::Anthropic,
            "openai" => Wire::OpenaiResponses,
            "google" => Wire::Gemini,
            _ => Wire::OpenaiChat,
        };
        let call = Priced {
            provider: Some(provider),
            model: case["model"].as_str().unwrap(),
            at: at(case["at"].as_str().unwrap()),
            tier: tier_of(&case["context"]),
        };
        let usage = wire.usage(&case["usage"]).unwrap();
        (case["id"].clone(), table.price(&call, &usage))
    };
    let expected = |case: &Value| (case["id"].clone(), case["usd"].as_str().unwrap().parse().ok());
    assert_eq!(cases.len(), 18);
    let (told, expected): (Vec<_>, Vec<_>) =
        cases.iter().map(|it| (told(it), expected(it))).unzip();
    assert_eq!(told, expected);
}

#[test]
fn the_book_is_whole_and_every_condition_in_it_sound() {
    let book = Book::embedded();
    assert!(book.providers.len() >= 18, "{} providers", book.providers.len());
    for provider in &book.providers {
        assert!(provider.api.is_sound(), "{}", provider.id);
        assert!(!provider.models().is_empty(), "{}", provider.id);
        let own = provider.named.iter().chain(&provider.model);
        assert!(own.chain(provider.models().iter().map(|it| &it.r#match)).all(Clause::is_sound));
        let priced = provider
            .models()
            .iter()
            .all(|it| it.rates(Timestamp::UNIX_EPOCH, Tier::Standard).is_some());
        assert!(priced, "{}", provider.id);
    }
}

#[test]
fn an_unknown_model_or_provider_has_no_price() {
    let table = PriceTable::embedded();
    let usage = Usage { input: 1, ..Usage::default() };
    for (provider, model) in [("anthropic", "claude-nobody"), ("ollama", "claude-opus-5-5")] {
        assert_eq!(table.price(&priced(provider, model, "2026-11-01"), &usage), None);
    }
    let anywhere = Priced { provider: None, ..priced("", "claude-opus-5-5", "2026-11-01") };
    assert!(table.price(&anywhere, &usage).is_some());
}

#[test]
fn a_dearer_tier_without_a_known_rate_is_unknown_and_a_cheaper_one_is_not_guessed() {
    let table = PriceTable::embedded();
    let usage = Usage { input: 1_000_000, ..Usage::default() };
    let call = priced("anthropic", "claude-sonnet-4-5", "2026-11-01");
    let list = table.price(&call, &Usage { input: 1, ..Usage::default() });
    assert_eq!(list, Some(Money(3_000)));
    assert_eq!(table.price(&Priced { tier: Tier::Fast, ..call }, &usage), None);
    let (batch, flex) = (Tier::Batch, Tier::Flex);
    let short = Usage { input: 1_000, ..Usage::default() };
    assert_eq!(table.price(&Priced { tier: batch, ..call }, &short), Some(Money(1_500_000)));
    assert_eq!(table.price(&Priced { tier: flex, ..call }, &short), Some(Money(3_000_000)));
}

#[test]
fn the_hour_of_the_day_counts_where_the_vendor_says_so() {
    let table = PriceTable::embedded();
    let usage = Usage { input: 1_000_000, ..Usage::default() };
    let by_hour =
        table.book.providers.iter().flat_map(|it| it.models().iter().map(move |m| (it, m)));
    let by_hour = by_hour.filter(|(_, it)| it.prices.iter().any(book::Entry::is_by_hour));
    assert!(by_hour.count() > 0);
    let call = |hour: &str| Priced {
        provider: Some("deepseek"),
        model: "deepseek-reasoner",
        at: at(&format!("2025-06-01T{hour}:00Z")),
        tier: Tier::Standard,
    };
    let [day, night] = ["12:00", "18:00"].map(|hour| table.price(&call(hour), &usage));
    assert!(night < day, "{night:?} {day:?}");
}

#[test]
fn a_setting_goes_before_the_table_and_the_nearest_name_wins() {
    let setting = |input: u64| Setting {
        input: Money(input),
        output: Money(0),
        cache_read: None,
        cache_write_5m: None,
        cache_write_1h: None,
    };
    let names = [("claude-*", 1), ("claude-opus-*", 2), ("claude-opus-5-5", 3)];
    let settings = names.map(|(name, price)| (name.to_owned(), setting(price * 1_000_000)));
    let table = PriceTable::embedded().with_overrides(settings.into());
    let usage = Usage { input: 1, cache_read: 1, ..Usage::default() };
    let told = ["claude-x", "claude-opus-4-5", "claude-opus-5-5"]
        .map(|model| table.price(&priced("anything", model, "2026-11-01"), &usage));
    assert_eq!(told, [2, 4, 6].map(|it| Some(Money(it))));
}

#[test]
fn a_bill_is_the_sum_of_its_parts_or_unknown() {
    let table = PriceTable::embedded();
    let call = priced("anthropic", "claude-sonnet-4-5", "2026-11-01");
    let part = |model: Option<&str>| Billed {
        model: model.map(str::to_owned),
        usage: Usage { input: 150_000, ..Usage::default() },
    };
    // Two requests of 150,000 tokens are not one of 300,000, which costs double.
    let two = table.bill(&call, &[part(None), part(Some("claude-sonnet-4-5"))]);
    assert_eq!(two, Some(Money(900_000_000)));
    assert_eq!(table.bill(&call, &[part(None), part(Some("nobody"))]), None);
    assert_eq!(table.bill(&call, &[]), None);
}

#[test]
fn an_estimate_is_never_below_the_bill() {
    let table = PriceTable::embedded();
    let call = priced("anthropic", "claude-opus-5-5", "2026-11-01");
    let most = table.upper_estimate(&call, 10_000, 1_000).unwrap();
    for usage in [
        Usage { input: 10_000, output: 1_000, ..Usage::default() },
        Usage { cache_write_5m: 10_000, output: 1_000, ..Usage::default() },
        Usage { cache_read: 9_000, input: 1_000, output: 10, ..Usage::default() },
    ] {
        assert!(table.price(&call, &usage).unwrap() <= most);
    }
}

#[test]
fn providers_are_known_by_their_address_and_by_what_people_call_them() {
    let table = PriceTable::embedded();
    let known = ["https://api.anthropic.com", "https://openrouter.ai/api/v1", "http://127.0.0.1:1"];
    let known = known.map(|it| table.provider_at(it));
    assert_eq!(known, [Some("anthropic"), Some("openrouter"), None]);
    assert!(table.context_window(Some("gemini"), "gemini-2.5-pro").is_some());
    assert!(table.context_window(Some("xai"), "grok-4").is_some());
    assert!(table.context_window(None, "rehearsal-plain").is_none());
}
