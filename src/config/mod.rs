//! Files to typed settings: every error names file, line and mend.
//!
//! Three layers, each over the one before: the defaults built into the program
//! (`config/` in its sources, the only place where a default is written), the
//! user's files, and the project's. A project's file is foreign text that came
//! with a clone: it may make the rules tighter and never looser, and what else it
//! says (roles, keys, a choice of models) counts only once the director has seen
//! exactly that and trusts it.

mod again;
mod arrangement;
mod brought;
mod cast;
mod delegating;
mod environment;
mod fault;
mod heeding;
mod keeping;
mod kept;
mod keymaps;
mod layers;
mod load;
mod logging;
mod looks;
mod notifying;
mod origin;
mod paths;
mod programs;
mod providers;
mod range;
mod renewal;
mod rewrite;
mod role;
mod sandbox;
mod schema;
mod servers;
mod settable;
mod settings;
mod source;
mod template;
mod tighten;
mod trust;
mod whereabouts;
mod written;

#[cfg(test)]
mod tests;

pub(crate) use again::time;
pub use again::{NoTrigger, again, every, on};
pub use arrangement::{Arrangement, arrangements, keep_arrangement};
pub use brought::Brought;
pub(crate) use cast::is_inside;
pub use cast::{Cast, TOOLS};
pub use delegating::{HandOff, Spawn};
pub use environment::{Environment, OUTPUT};
pub(crate) use fault::{Blame, harmless, told};
pub use fault::{ConfigError, Fault, Place, closest};
pub(crate) use heeding::heeded;
pub use heeding::{Heeding, RoleHeeding, heed_anew, heeding};
pub use keeping::{HistorySettings, KeepBytes, KeepTime, NotKept};
pub use kept::{KeptSetting, keep};
pub use keymaps::{KEYMAPS, keymap};
pub(crate) use layers::read_alone;
use load::load_with_cast;
pub use load::{Config, FileRead, load, load_with, settings_as_read};
pub use logging::{LoggingError, log_filter_fault, start_logging};
pub use looks::{Colour, Glyphs, Motion, Output, StageLayout, Ui};
pub use notifying::{CallBy, CallWhen, Notify};
pub use origin::{Said, built_in, origins};
pub use paths::Paths;
pub use programs::{Abilities, Program, Programs, Protocol, RehearsedProgram};
pub use providers::{
    KeySource, KeyStatus, ModelName, NoModel, ProviderStatus, choose_model, key_source,
    local_services, providers_found,
};
pub use renewal::{AllSaid, Changed, Holds, holds, taken_up};
pub use rewrite::{Rewriting, instructed, instructions_in, rewrite, write_over};
pub use role::{EngineKind, Role, RoleCheck, RolePermissions};
pub use sandbox::{Reach, SandboxMode, SandboxSettings};
pub use schema::{schema_for_cast, schema_for_config, schema_for_mcp, schema_for_programs};
pub use servers::{Auth, McpServer, Servers};
pub use settable::{Settable, set, settable};
pub use settings::{
    Budget, Effort, Ground, Level, Limits, Log, Mode, Models, Permissions, Price, Provider, Retry,
    Session, Settings, StateFolder, Wire, Workspace, WorstCase,
};
pub(crate) use source::read as read_file;
pub use source::{FileKind, Layer, Source, sources};
pub use template::template;
pub use trust::{Standing, Trust, standing};
pub use whereabouts::fault_in;
pub use written::{Written, written};
