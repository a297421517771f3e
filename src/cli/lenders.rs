//! The MCP servers of an agent: what config says of them, and what holds them.

use super::{company::Company, shelter::Held};
use crate::{
    config::{McpServer, Paths},
    model::{Casting, Network},
    tools::{
        self,
        guard::Restraint,
        mcp::{Accounts, Approvals, Command, Http, Server, Servers, Way},
        policy::Confinement,
    },
    workspace::Bounds,
};
use std::{collections::BTreeMap, ffi::OsString, path::Path, sync::Arc, time::Duration};

/// Where in the state folder it is kept which tools were approved.
const FOLDER: &str = "mcp";
/// Where in there it is kept at which servers the director has signed in.
const ACCOUNTS: &str = "accounts";

impl Company {
    /// The servers that lend an agent their tools; each is held as the agent is,
    /// but for its network, and those that are shared as nobody's.
    ///
    /// # Errors
    /// When config knows one of them no more, in words for the director.
    pub(super) fn lenders(&self, casting: &Casting, held: &Held) -> Result<Servers, String> {
        let known = |name: &String| {
            let server = self.config.servers.server(name);
            let server = server.ok_or_else(|| format!("mcp.toml has no server `{name}`"))?;
            let Some(shared) = held.shared.get(name) else {
                return Ok(self.lender(name, server, (Path::new(&casting.workspace), held)));
            };
            let lender = self.lender(name, server, (&shared.folder, &shared.held));
            Ok(Server { room: Some(shared.room.clone()), ..lender })
        };
        let servers = casting.mcp.iter().map(known).collect::<Result<_, String>>()?;
        let state = Paths::state(&self.environment, &self.config.settings);
        let approvals = state.map(|it| Approvals::new(it.join(FOLDER)));
        Ok(Servers::new(servers, approvals.as_ref()))
    }

    /// The director's accounts at servers; none where there is no state folder.
    pub(super) fn accounts(&self) -> Option<Accounts> {
        let state = Paths::state(&self.environment, &self.config.settings)?;
        Some(Accounts::new(state.join(FOLDER).join(ACCOUNTS), self.redactor()))
    }

    fn lender(&self, name: &str, server: &McpServer, (folder, held): (&Path, &Held)) -> Server {
        let settings = &self.config.settings;
        let of_agent = &held.restraint.bounds.network;
        let network = server.network.as_ref().map_or(of_agent, |it| &it.0);
        let seconds = server.timeout_s.unwrap_or(settings.limits.tool_timeout_s);
        let patience = Duration::from_secs(seconds);
        let (wanted, trusted) = (server.tools.clone(), server.trust.clone());
        let room = None;
        let known = |way| Server { name: name.to_owned(), way, wanted, patience, trusted, room };
        if let Some(url) = &server.url {
            let headers = server.headers(&self.environment);
            let accounts = server.auth.and_then(|_| self.accounts());
            let account = accounts.map(|it| it.of(name, url));
            let (url, network) = (url.clone(), network.clone());
            return known(Way::Http(Http { url, headers, network, account }));
        }
        let is_apart = network != of_agent;
        let bounds = Bounds { network: network.clone(), ..held.restraint.bounds.clone() };
        let restraint = Arc::new(Restraint { bounds, ..Restraint::clone(&held.restraint) });
        // What reaches further than the agent itself is let out of its sandbox.
        let is_inside = !is_apart || *network == Network::Off;
        let confinement = if is_inside { restraint.confinement() } else { Confinement::Open };
        let ours = self.environment.only(tools::PASSED);
        let ours = tools::environment_for_commands(ours, tools::PASSED);
        let mut environment: BTreeMap<String, String> = ours.into_iter().collect();
        environment.extend(server.passed(&self.environment));
        environment.extend(server.env.clone());
        let mut argv: Vec<OsString> = server.command.iter().map(OsString::from).collect();
        if let Some(program) = argv.first_mut()
            && let Some(file) = server.find(&self.environment)
        {
            *program = file.into_os_string();
        }
        let command = Command {
            argv,
            folder: folder.to_owned(),
            environment: restraint.environment(environment.into_iter().collect()),
            guards: held.guards.restrained(restraint),
            confinement,
            is_apart,
        };
        known(Way::Process(command))
    }
}
