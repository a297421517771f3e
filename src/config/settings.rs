//! What can be set, with its types. `config/default.toml` says what each is for
//! and holds every default; here is only the shape.

use super::{
    Heeding, HistorySettings, Notify, SandboxSettings, Ui,
    range::{
        between, dollars, dollars_by_name, dollars_or_none, from_the_root, headers, inside, socket,
        some_url, url,
    },
};
use crate::model::{Money, Rule};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

/// All settings, after every layer.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Model services by name.
    pub providers: BTreeMap<String, Provider>,
    /// Which model an agent gets.
    pub models: Models,
    /// How failed model calls are tried again.
    pub retry: Retry,
    /// How much of everything.
    pub limits: Limits,
    /// How much money.
    pub budget: Budget,
    /// What agents may do unasked.
    pub permissions: Permissions,
    /// Where agents work.
    pub workspace: Workspace,
    /// What holds their processes.
    pub sandbox: SandboxSettings,
    /// The screen.
    pub ui: Ui,
    /// Rules that spot drift.
    pub watch: BTreeMap<Rule, Heeding>,
    /// How a director who looks elsewhere is called.
    pub notify: Notify,
    /// The program's own log.
    pub log: Log,
    /// Who else is told of what agents do.
    pub telemetry: Telemetry,
    /// What becomes of a session without its screen.
    pub session: Session,
    /// How long they are kept.
    pub history: HistorySettings,
    /// Where sessions are kept.
    pub state: StateFolder,
    /// Prices that go before the built-in table: by model name, or by its
    /// beginning and a star.
    pub prices: BTreeMap<String, Price>,
}

/// The dialect a model service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Wire {
    /// Anthropic's Messages.
    Anthropic,
    /// `OpenAI`'s Responses.
    OpenaiResponses,
    /// `OpenAI`'s Chat Completions, which most other services and local servers speak.
    OpenaiChat,
    /// Google's generateContent.
    Gemini,
}

/// One model service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The dialect.
    pub wire: Wire,
    /// Where it is, up to and without the call's own path: `https://api.anthropic.com`.
    #[serde(deserialize_with = "url")]
    pub base_url: String,
    /// The environment variable that holds the key.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// A shell command that prints the key; asked when the variable is unset.
    #[serde(default)]
    pub api_key_cmd: Option<String>,
    /// Headers sent with each call. Never keys.
    #[serde(default, deserialize_with = "headers")]
    pub headers: BTreeMap<String, String>,
    /// Seconds without a byte after which a stream is given up, if not [`Limits::idle_timeout_s`].
    #[serde(default)]
    pub idle_timeout_s: Option<u64>,
    /// Models it is known to have; the first is offered when nothing is chosen.
    #[serde(default)]
    pub models: Vec<String>,
}

/// Which model an agent gets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// A tier, or `provider/model`, for roles that name none.
    pub default: String,
    /// Names for kinds of models: the first whose provider has a key is taken.
    pub tiers: BTreeMap<String, Vec<String>>,
}

/// How failed model calls are tried again.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Calls in all, the first one counted.
    #[serde(deserialize_with = "between::<_, u32, 1, 100>")]
    pub max_attempts: u32,
    /// The first wait, in milliseconds; each further one is twice as long.
    #[serde(deserialize_with = "between::<_, u64, 1, 60_000>")]
    pub base_ms: u64,
    /// No wait is longer than this many seconds, `Retry-After` included.
    #[serde(deserialize_with = "between::<_, u64, 1, 86_400>")]
    pub cap_s: u64,
    /// How many percent of a wait are left to chance.
    #[serde(deserialize_with = "between::<_, u8, 0, 100>")]
    pub jitter_percent: u8,
}

/// How much of everything.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Agents at work at the same time; more are queued.
    #[serde(deserialize_with = "between::<_, u32, 1, 10_000>")]
    pub max_running: u32,
    /// Turns of one agent.
    #[serde(deserialize_with = "between::<_, u32, 1, 1_000_000>")]
    pub max_turns: u32,
    /// Tokens that one model call may write.
    #[serde(deserialize_with = "between::<_, u32, 1, 10_000_000>")]
    pub max_output_tokens: u32,
    /// Whether a call waits while its service grants nothing, where it says until when.
    pub wait_for_quota: bool,
    /// Seconds to reach a model service.
    #[serde(deserialize_with = "between::<_, u64, 1, 3_600>")]
    pub connect_timeout_s: u64,
    /// Seconds without a byte after which a stream is given up.
    #[serde(deserialize_with = "between::<_, u64, 1, 86_400>")]
    pub idle_timeout_s: u64,
    /// Seconds a tool may take if it says nothing else.
    #[serde(deserialize_with = "between::<_, u64, 1, 86_400>")]
    pub tool_timeout_s: u64,
    /// Seconds a tool may ask for at most.
    #[serde(deserialize_with = "between::<_, u64, 1, 86_400>")]
    pub tool_timeout_max_s: u64,
    /// Bytes kept of the beginning of a tool's output.
    #[serde(deserialize_with = "between::<_, usize, 0, 10_000_000>")]
    pub output_head_bytes: usize,
    /// Bytes kept of the end of a tool's output.
    #[serde(deserialize_with = "between::<_, usize, 0, 10_000_000>")]
    pub output_tail_bytes: usize,
    /// Bytes of the largest file that is read or edited.
    #[serde(deserialize_with = "between::<_, u64, 1, 1_000_000_000>")]
    pub file_bytes: u64,
}

/// How much money.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// For all agents of a session together; nothing is no limit.
    #[serde(deserialize_with = "dollars_or_none")]
    #[schemars(with = "String")]
    pub session: Option<Money>,
    /// For each agent whose role names no other; nothing is no limit.
    #[serde(deserialize_with = "dollars_or_none")]
    #[schemars(with = "String")]
    pub agent: Option<Money>,
    /// For all sessions of a day together; nothing is no limit.
    #[serde(deserialize_with = "dollars_or_none")]
    #[schemars(with = "String")]
    pub day: Option<Money>,
    /// For all sessions on a project's folder together; nothing is no limit.
    #[serde(deserialize_with = "dollars_or_none")]
    #[schemars(with = "String")]
    pub project: Option<Money>,
    /// For all agents of a role together, by its name; roles that are not named have none.
    #[serde(deserialize_with = "dollars_by_name")]
    #[schemars(with = "BTreeMap<String, String>")]
    pub roles: BTreeMap<String, Money>,
    /// What a model without a known price is taken to cost when money is reserved.
    pub unknown_model: WorstCase,
}

/// A price to be careful with, in dollars a million tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorstCase {
    /// Dollars a million tokens read.
    #[serde(deserialize_with = "dollars")]
    #[schemars(with = "String")]
    pub input: Money,
    /// Dollars a million tokens written.
    #[serde(deserialize_with = "dollars")]
    #[schemars(with = "String")]
    pub output: Money,
}

/// What agents may do without asking, from the tightest to the loosest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Reads only; all else is denied.
    Plan,
    /// Reads; asks for each change and each command.
    Ask,
    /// Reads and edits inside its workspace; asks for commands.
    Edit,
    /// Everything that the sandbox holds; asks for what leaves it. Where there
    /// is no sandbox, the same as `edit`.
    Auto,
}

/// What agents may do unasked. Of the rules that fit, deny goes before ask,
/// ask before allow, and allow before the mode.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Permissions {
    /// What holds where no rule fits.
    pub mode: Mode,
    /// Done without asking.
    pub allow: Vec<String>,
    /// Asked for each time.
    pub ask: Vec<String>,
    /// Never done.
    pub deny: Vec<String>,
}

/// The folder that an agent works in, from the tightest to the loosest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// An empty folder of its own.
    Scratch,
    /// A git worktree of its own, on a branch of its own; the project's folder
    /// where there is no repository.
    Worktree,
    /// The project's folder, with everybody else.
    Shared,
}

/// Where agents work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Workspace {
    /// Where an agent works whose role names nothing else.
    pub default: Ground,
    /// Shell commands that make a new worktree ready, run in it one by one.
    pub setup: Vec<String>,
    /// Files and folders that git does not know and a new worktree gets a copy of.
    #[serde(deserialize_with = "inside")]
    pub copy: Vec<PathBuf>,
    /// The same, but a link to the one in the project.
    #[serde(deserialize_with = "inside")]
    pub link: Vec<PathBuf>,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Nothing.
    Off,
    /// What failed.
    Error,
    /// And what is doubtful.
    Warn,
    /// And what was done.
    Info,
    /// And how.
    Debug,
    /// And each step.
    Trace,
}

/// The program's own log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How much of what the program itself says.
    pub level: Level,
    /// A filter in the words of `tracing`, instead of the level; `AUTEUR_LOG` goes before it.
    #[serde(default)]
    pub filter: Option<String>,
    /// Days kept.
    #[serde(deserialize_with = "between::<_, usize, 1, 1_000>")]
    pub days: usize,
}

/// What becomes of a session without its screen.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Whether a session runs in a process of its own, which a lost terminal does not end.
    pub detach: bool,
    /// Seconds that such a session stays when its agents are over and nobody looks.
    #[serde(deserialize_with = "between::<_, u64, 0, 31_536_000>")]
    pub linger_s: u64,
    /// Where requests are heard that call standing steps (`on = "webhook"`).
    #[serde(deserialize_with = "socket")]
    #[schemars(with = "String")]
    pub webhooks: SocketAddr,
}

/// Who else is told of what agents do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// The address of a collector that takes OpenTelemetry by HTTP; nobody, if left out.
    #[serde(default, deserialize_with = "some_url")]
    pub otlp: Option<String>,
    /// Whether it is told what was said, too.
    pub content: bool,
}

/// Where sessions are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StateFolder {
    /// Instead of the XDG state folder; `AUTEUR_STATE` goes before it.
    #[serde(default, deserialize_with = "from_the_root")]
    pub dir: Option<PathBuf>,
}

/// What a model costs, in dollars a million tokens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Read fresh.
    #[serde(deserialize_with = "dollars")]
    #[schemars(with = "String")]
    pub input: Money,
    /// Written, reasoning included.
    #[serde(deserialize_with = "dollars")]
    #[schemars(with = "String")]
    pub output: Money,
    /// Read from a cache; the price of a fresh read if left out.
    #[serde(default, deserialize_with = "dollars_or_none")]
    #[schemars(with = "Option<String>")]
    pub cache_read: Option<Money>,
    /// Written to a cache for five minutes; the price of a fresh read if left out.
    #[serde(default, deserialize_with = "dollars_or_none")]
    #[schemars(with = "Option<String>")]
    pub cache_write_5m: Option<Money>,
    /// Written to a cache for an hour; the price of a fresh read if left out.
    #[serde(default, deserialize_with = "dollars_or_none")]
    #[schemars(with = "Option<String>")]
    pub cache_write_1h: Option<Money>,
}

/// How hard a model thinks before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effort {
    /// Not at all, where the model can be told so.
    None,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// A lot.
    High,
}

impl Settings {
    /// The price set for a model: under its own name, or under the longest
    /// beginning with a star that fits.
    pub fn price_of(&self, model: &str) -> Option<&Price> {
        let fits = |name: &str| {
            name == model || name.strip_suffix('*').is_some_and(|start| model.starts_with(start))
        };
        let exact = |name: &str| (name == model, name.len());
        self.prices
            .iter()
            .filter(|(name, _)| fits(name))
            .max_by_key(|(name, _)| exact(name))
            .map(|(_, price)| price)
    }

    /// How long a stream of this provider may be silent.
    pub fn idle_timeout(&self, provider: &str) -> Duration {
        let own = self.providers.get(provider).and_then(|it| it.idle_timeout_s);
        Duration::from_secs(own.unwrap_or(self.limits.idle_timeout_s))
    }
}
