//! What the doctor finds out about MCP servers: each is started as an agent of the
//! settings alone would have it started, and asked what it lends.

use super::{Check, Finding, check};
use crate::{
    cli::{company::Company, shelter::Shelter},
    config::{Config, Environment, Paths},
    model::{AgentId, Author, Event, Millis, Record, Seq, Stage},
    text::one_line,
    tools::{
        guard::Pool,
        mcp::{Approval, Health},
    },
};
use std::{fs, path::Path, time::Duration};

const PART: &str = "MCP servers";
/// How long a server may take here: nobody is at work who waits for it.
const WITHIN: Duration = Duration::from_secs(15);
/// How wide the way to a server is told, in columns.
const ADDRESS: usize = 100;

/// Tries all servers. Those that a project brings are among them once it is trusted.
/// Must be called inside a tokio runtime.
pub(in crate::cli) async fn look(
    config: &Config,
    environment: &Environment,
    project: &Path,
) -> Result<Vec<Health>, String> {
    if config.servers.all.is_empty() {
        return Ok(Vec::new());
    }
    let state = Paths::state(environment, &config.settings);
    let state = state.ok_or("there is no state folder, where what they write would go")?;
    let session = state.join(format!("doctor-{}", std::process::id()));
    let tried = tried(config, environment, (project, &session)).await;
    // What is left of it is in nobody's way.
    drop(fs::remove_dir_all(&session));
    tried
}

async fn tried(
    config: &Config,
    environment: &Environment,
    (project, session): (&Path, &Path),
) -> Result<Vec<Health>, String> {
    let project = project.canonicalize().unwrap_or_else(|_| project.to_owned());
    let company = Company::new(config.clone(), environment.clone(), &project);
    let mut casting = company.would_be(None).map_err(|error| error.to_string())?;
    casting.workspace = project.display().to_string();
    casting.mcp = config.servers.all.keys().cloned().collect();
    let (agent, by) = (AgentId(1), Author::Director);
    let event = Event::AgentAdded { agent, casting: Box::new(casting.clone()), by };
    let mut stage = Stage::default();
    stage.apply(&Record { seq: Seq(1), at: Millis(0), event });
    let agent = stage.agent(agent).ok_or("nobody could be cast")?;
    let shelter = Shelter::new(&company, Pool::default(), (&project, session));
    let held = shelter.hold(agent).await?;
    let servers = company.lenders(&casting, &held)?;
    Ok(servers.health(WITHIN).await)
}

/// How they stand, and what would mend them.
pub(super) fn judged(servers: &Result<Vec<Health>, String>) -> Vec<Check> {
    match servers {
        Ok(servers) => servers.iter().map(judge).collect(),
        Err(why) => vec![
            check(PART, "all", Finding::Doubtful, format!("could not be tried: {why}"))
                .mended_by("mend what is wrong above"),
        ],
    }
}

fn judge(server: &Health) -> Check {
    let check = |finding, found: String| check(PART, &server.name, finding, found);
    let address = one_line(&server.address, ADDRESS);
    let lending = match &server.state {
        Ok(lending) => lending,
        Err(why) => {
            let is_far = address.starts_with("http");
            let (how, mend) = if is_far {
                ("reached at", "mend its table in mcp.toml")
            } else {
                ("started by", "start it by hand to see why, or mend its table in mcp.toml")
            };
            let found = format!("{}\n{how}: {address}", why.why());
            let mend = why.mend().unwrap_or_else(|| mend.to_owned());
            return check(Finding::Doubtful, found).mended_by(mend);
        }
    };
    let tools = match lending.tools {
        1 => "1 tool".to_owned(),
        more => format!("{more} tools"),
    };
    let left_out = match lending.left_out {
        0 => String::new(),
        some => format!(", {some} more that can't be lent"),
    };
    let found = |how: &str| format!("{}: {tools}{left_out}, {how}", lending.version);
    let mend = "look at them, and approve them, when an agent first has them";
    match lending.approval {
        Approval::Given => check(Finding::Good, found("approved")),
        Approval::None => check(Finding::Good, found("not approved yet")).mended_by(mend),
        Approval::Changed => {
            check(Finding::Doubtful, found("not those that you approved")).mended_by(mend)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::mcp::{Absence, Lending};

    fn health(state: Result<Lending, Absence>) -> Health {
        Health { name: "x".into(), address: "x --stdio".into(), state }
    }

    #[test]
    fn whatever_is_not_well_with_a_server_says_its_mend() {
        let lending =
            |approval| Ok(Lending { version: "x 1".into(), tools: 3, left_out: 1, approval });
        let well = judge(&health(lending(Approval::Given)));
        assert_eq!((well.finding, well.mend), (Finding::Good, None));
        assert_eq!(well.found, "x 1: 3 tools, 1 more that can't be lent, approved");
        for state in [lending(Approval::Changed), Err("it ended: exit 3".to_owned().into())] {
            let check = judge(&health(state));
            assert_eq!(check.finding, Finding::Doubtful);
            assert!(check.mend.is_some(), "{check:?}");
        }
        let (server, why) = ("x".to_owned(), "not signed in".to_owned());
        let check = judge(&health(Err(Absence::SignedOut { server, why })));
        assert_eq!(check.found, "not signed in\nstarted by: x --stdio");
        assert_eq!(check.mend.as_deref(), Some("auteur mcp login x"));
    }
}
