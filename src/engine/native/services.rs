//! What all native agents share: the way to the models, what they cost, and
//! what holds for every call.

use super::Patience;
use crate::{
    llm::{Client, Endpoint, Tier, ToolSpec},
    model::{Bid, Casting, Delegation, Money, Usage},
    tools::{self, mcp::Servers, policy::Policy},
};
use futures::future::BoxFuture;
use serde_json::Value;
use std::{fmt, sync::Arc};

/// What calls cost, and how much a model can hold. Asked at the time of a call:
/// prices change.
pub trait Tariff: Send + Sync {
    /// What a call that used this costs; none where nobody knows.
    fn price(&self, provider: &str, model: &str, usage: &Usage, tier: Tier) -> Option<Money>;

    /// The most that a call of so many tokens can cost, prompt and output. For
    /// a model without a price: the worst case that config names.
    fn most(&self, provider: &str, model: &str, prompt: u64, output: u64) -> Option<Money>;

    /// How many tokens the model's window holds.
    fn window(&self, provider: &str, model: &str) -> u64;
}

/// The way to a model service by its name; an error in words for the director.
/// Whoever does not want to wait any more drops the future, and nothing that it
/// has started is left.
pub type FindEndpoint =
    Arc<dyn Fn(&str) -> BoxFuture<'static, Result<Endpoint, String>> + Send + Sync>;

/// What all native agents share.
pub struct Services {
    /// One HTTP client for all.
    pub client: Client,
    /// Finds a model service, with its key, by its name in config. May run a
    /// command, and so take long.
    pub endpoint: FindEndpoint,
    /// What calls cost.
    pub tariff: Arc<dyn Tariff>,
    /// How failed calls are made again.
    pub patience: Patience,
    /// How many tokens an answer may have.
    pub max_output: u32,
    /// How an agent's requests are judged.
    pub policy: Arc<dyn Fn(&Casting) -> Policy + Send + Sync>,
    /// Whether a result fits a JSON Schema; else what is wrong with it, for the model.
    pub fits: fn(&Value, &Value) -> Result<(), String>,
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").field("patience", &self.patience).finish_non_exhaustive()
    }
}

/// The tools that this agent is told of: those of its role, and what servers lend it.
pub(super) fn tool_specs(casting: &Casting, servers: &Servers) -> Arc<[ToolSpec]> {
    let allowed =
        |name: &str| casting.tools.is_empty() || casting.tools.iter().any(|it| it == name);
    let told = |spec: tools::Spec| ToolSpec {
        name: spec.name.to_owned(),
        description: spec.description.to_owned(),
        schema: spec.schema,
    };
    let own = tools::specs().into_iter().filter_map(|spec| {
        let spec = told(spec);
        if Bid::TOOLS.contains(&spec.name.as_str()) {
            let delegation = casting.delegation.as_deref()?;
            return within(delegation, spec);
        }
        allowed(&spec.name).then_some(spec)
    });
    let lent = servers.lent().into_iter().map(|it| ToolSpec {
        name: it.name,
        description: it.description,
        schema: it.schema,
    });
    let readable: Vec<_> = servers.readable().collect();
    let readers = if readable.is_empty() { Vec::new() } else { tools::readers(&readable) };
    let readers = readers.into_iter().map(told);
    own.chain(lent).chain(readers).collect()
}

/// A tool that asks others, as far as the agent may: with the roles there are, and how
/// many.
fn within(delegation: &Delegation, spec: ToolSpec) -> Option<ToolSpec> {
    let (argument, roles, limit) = match spec.name.as_str() {
        "hand_off" => {
            let rule = delegation.hand_off.as_ref()?;
            ("to", &rule.to, format!("One piece of work goes on {} times at most.", rule.most))
        }
        name => {
            let rule = delegation.spawn.as_ref()?;
            if name == "await_agents" {
                return Some(spec);
            }
            let at_once = rule.max_parallel.map(|it| format!(", {it} at once"));
            let at_once = at_once.unwrap_or_default();
            ("role", &rule.roles, format!("{} in all at most{at_once}.", rule.most))
        }
    };
    let ToolSpec { name, description, mut schema } = spec;
    if let Some(role) = schema.pointer_mut(&format!("/properties/{argument}")) {
        role["enum"] = serde_json::json!(roles);
    }
    Some(ToolSpec { name, description: format!("{description} {limit}"), schema })
}
