//! The MCP servers of an agent that is a program of others: the program starts or
//! reaches them by itself, in its own sandbox, and has their variables for that.

use super::launch::Launcher;
use crate::{
    config::{Environment, McpServer},
    engine::program::lent::{LentServer, LentWay},
    model::Casting,
};
use std::collections::BTreeMap;

impl Launcher {
    /// The servers of an agent, as its program is told of them.
    ///
    /// # Errors
    /// When config knows one of them no more, in words for the director.
    pub(super) fn lent(&self, casting: &Casting) -> Result<Vec<LentServer>, String> {
        let told = |name: &String| Ok(lent(name, self.server(name)?, &self.environment));
        casting.mcp.iter().map(told).collect()
    }

    /// Gives a program the variables of its servers: it passes them on by their names.
    ///
    /// # Errors
    /// When two would have the same variable with different values, in words for the
    /// director.
    pub(super) fn lend_variables(
        &self,
        casting: &Casting,
        environment: &mut BTreeMap<String, String>,
    ) -> Result<(), String> {
        for name in &casting.mcp {
            for (variable, value) in variables(self.server(name)?, &self.environment) {
                if environment.get(&variable).is_some_and(|it| *it != value) {
                    return Err(format!(
                        "the MCP server `{name}` wants another value of {variable} than its \
                         program or another server has"
                    ));
                }
                environment.insert(variable, value);
            }
        }
        Ok(())
    }

    fn server(&self, name: &str) -> Result<&McpServer, String> {
        let server = self.config.servers.server(name);
        server.ok_or_else(|| format!("mcp.toml has no server `{name}`"))
    }
}

/// A server as a program is told of it.
fn lent(name: &str, server: &McpServer, environment: &Environment) -> LentServer {
    let way = match &server.url {
        Some(url) => {
            let headers = server.headers.clone().into_iter().collect();
            LentWay::Http { url: url.clone(), headers }
        }
        None => LentWay::Process {
            argv: argv(server, environment),
            variables: variables(server, environment).into_keys().collect(),
        },
    };
    LentServer { name: name.to_owned(), way, tools: server.tools.clone() }
}

/// Its program and arguments, with the place of the program, where that is known.
fn argv(server: &McpServer, environment: &Environment) -> Vec<String> {
    let mut argv = server.command.clone();
    if let (Some(program), Some(file)) = (argv.first_mut(), server.find(environment)) {
        *program = file.display().to_string();
    }
    argv
}

/// The variables that a server, or a request to it, is made of.
fn variables(server: &McpServer, environment: &Environment) -> BTreeMap<String, String> {
    let mut all: BTreeMap<_, _> = server.passed(environment).into_iter().collect();
    all.extend(environment.only(&server.named_in_headers()));
    all.extend(server.env.clone());
    all
}
