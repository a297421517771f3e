//! Roles filled: by a model that can be reached, or by a program that is here.

use super::company::Company;
use crate::{
    config::{self, ModelName, NoModel, Role, choose_model, local_services},
    model::{
        Action, Capabilities, Casting, Delegation, EngineKind, Ground, HandOff, JUDGE, Rule, Spawn,
        script::Check,
    },
};
use std::collections::btree_map::Entry;

/// Why a role could not be cast.
#[derive(Debug, thiserror::Error)]
pub(super) enum CastError {
    /// No such role.
    #[error("there is no role `{wanted}`{mend}; the cast is {}", roles.join(", "))]
    Role {
        /// What was asked for.
        wanted: String,
        /// The nearest name, if any is near.
        mend: String,
        /// All there are.
        roles: Vec<String>,
    },
    /// No model to call.
    #[error(transparent)]
    Model(#[from] NoModel),
    /// The program is not on this machine.
    #[error("{0}")]
    NotInstalled(String),
    /// The program can't be brought to a rehearsal.
    #[error(
        "`{0}` can't be rehearsed: programs.toml has no [programs.{0}.rehearse] that brings it to \
         another address"
    )]
    Unrehearsed(String),
}

impl Company {
    /// Fills a role for one brief.
    ///
    /// # Errors
    /// When there is no such role, or no model that it could call.
    pub(super) fn cast(
        &self,
        role: &str,
        brief: &str,
        model: Option<&str>,
    ) -> Result<Casting, CastError> {
        let found = self.config.cast.role(role).ok_or_else(|| self.no_role(role))?;
        let casting = self.cast_alone(role, brief, model)?;
        let delegation = self.delegation(found, model)?;
        self.with_judges(Casting { delegation, ..casting })
    }

    /// An agent with those who are to judge its work.
    ///
    /// # Errors
    /// When one of them can't be cast.
    pub(super) fn with_judges(&self, mut casting: Casting) -> Result<Casting, CastError> {
        let checks = casting.checks.as_deref().map(|it| it.list.as_slice()).unwrap_or_default();
        let named = checks.iter().filter_map(|it| match it {
            Check::Judge { role, .. } => Some(role.clone()),
            _ => None,
        });
        let looks = casting.heeds(Rule::Judge).action != Action::Off;
        let named: Vec<String> = named.chain(looks.then(|| JUDGE.to_owned())).collect();
        for role in named {
            if let Entry::Vacant(unknown) = casting.judges.entry(role) {
                let judge = self.cast_alone(unknown.key(), "", None)?;
                unknown.insert(judge);
            }
        }
        Ok(casting)
    }

    /// What an agent of a role may have others do by itself, with their roles filled.
    fn delegation(
        &self,
        role: &Role,
        model: Option<&str>,
    ) -> Result<Option<Box<Delegation>>, CastError> {
        if role.spawn.is_none() && role.hand_off.is_none() {
            return Ok(None);
        }
        let spawn = role.spawn.as_ref().map(|it| Spawn {
            roles: it.roles.clone(),
            most: it.most,
            max_parallel: it.max_parallel,
            depth: it.depth,
            output: None,
        });
        let hand_off = role.hand_off.as_ref().map(|it| HandOff {
            to: it.to.clone(),
            most: it.most,
            attempts: 1,
        });
        let named = spawn.iter().flat_map(|it| &it.roles);
        let named = named.chain(hand_off.iter().flat_map(|it| &it.to));
        let roles = named.map(|it| {
            let filled = self.cast_alone(it, "", model)?;
            Ok((it.clone(), self.with_judges(filled)?))
        });
        let roles = roles.collect::<Result<_, CastError>>()?;
        Ok(Some(Box::new(Delegation { spawn, hand_off, roles })))
    }

    /// Fills a role that has nobody do anything.
    fn cast_alone(
        &self,
        role: &str,
        brief: &str,
        model: Option<&str>,
    ) -> Result<Casting, CastError> {
        let found = self.config.cast.role(role).ok_or_else(|| self.no_role(role))?;
        let wanted = model.or(found.model.as_deref());
        let rehearse = self.rehearse.as_deref().or(found.rehearse.as_deref());
        let rehearse = rehearse.map(|it| it.display().to_string()).unwrap_or_default();
        let casting = Casting { brief: brief.to_owned(), rehearse, ..self.filled(role, found) };
        match &found.program {
            Some(program) => self.cast_program(program, wanted, found, casting),
            None => self.cast_native(wanted, casting),
        }
    }

    /// A role as far as its policy goes, whether or not it could be cast now;
    /// without a name, what the settings alone say.
    ///
    /// # Errors
    /// When there is no such role.
    pub(super) fn would_be(&self, role: Option<&str>) -> Result<Casting, CastError> {
        let Some(name) = role else {
            let permissions = mode_name(self.config.settings.permissions.mode);
            return Ok(Casting { permissions, ..Casting::default() });
        };
        let found = self.config.cast.role(name).ok_or_else(|| self.no_role(name))?;
        Ok(self.filled(name, found))
    }

    /// What a role decides, whatever drives it.
    fn filled(&self, name: &str, role: &Role) -> Casting {
        let settings = &self.config.settings;
        Casting {
            name: name.to_owned(),
            role: name.to_owned(),
            tools: role.tools.clone(),
            mcp: role.mcp.clone(),
            permissions: mode_name(role.permissions.mode.unwrap_or(settings.permissions.mode)),
            effort: role.effort.map(effort_name).unwrap_or_default().to_owned(),
            workspace: self.project().display().to_string(),
            ground: ground(role.workspace.unwrap_or(settings.workspace.default)),
            budget: role.budget.or(settings.budget.agent),
            estimate: role.estimate,
            scope: role.scope.clone(),
            watch: config::heeded(&settings.watch, &role.watch),
            max_turns: Some(role.max_turns.unwrap_or(settings.limits.max_turns)),
            checks: role.checks(),
            instructions: Self::instructions(role),
            ..Casting::default()
        }
    }

    fn cast_native(&self, wanted: Option<&str>, casting: Casting) -> Result<Casting, CastError> {
        let settings = &self.config.settings;
        let name = if casting.rehearse.is_empty() {
            choose_model(settings, &self.environment, wanted, &local_services(settings))?
        } else {
            let model = wanted.and_then(|it| it.strip_prefix("rehearsal/"));
            let model = model.unwrap_or("rehearsal").to_owned();
            ModelName { provider: "rehearsal".to_owned(), model }
        };
        Ok(Casting {
            engine: EngineKind::Native,
            window: self.window(&name.provider, &name.model),
            provider: name.provider,
            model: name.model,
            capabilities: Capabilities::NATIVE,
            ..casting
        })
    }

    /// A program is told what its role says and no more: it knows its own tools,
    /// and where it works.
    fn cast_program(
        &self,
        name: &str,
        wanted: Option<&str>,
        role: &Role,
        casting: Casting,
    ) -> Result<Casting, CastError> {
        let missing = || CastError::NotInstalled(format!("there is no program called `{name}`"));
        let program = self.config.programs.program(name).ok_or_else(missing)?;
        if program.find(&self.environment).is_none() {
            return Err(CastError::NotInstalled(program.missing()));
        }
        if program.rehearse.is_none() && !casting.rehearse.is_empty() {
            return Err(CastError::Unrehearsed(name.to_owned()));
        }
        let model = wanted.map(|it| self.model_of(it, &program.vendor)).unwrap_or_default();
        Ok(Casting {
            engine: program.engine.kind(),
            provider: name.to_owned(),
            model,
            alone: role.alone,
            capabilities: program.capabilities(),
            ..casting
        })
    }

    /// What a program calls a model: of a tier, the one that is its vendor's; of
    /// its vendor's models, the name alone; else what was said. Empty, and so
    /// its own default, where a tier has none for it.
    fn model_of(&self, wanted: &str, vendor: &str) -> String {
        let bare = |name: &str| {
            let (provider, model) = name.split_once('/')?;
            (provider == vendor).then(|| model.to_owned())
        };
        match self.config.settings.models.tiers.get(wanted) {
            Some(models) => models.iter().find_map(|it| bare(it)).unwrap_or_default(),
            None => bare(wanted).unwrap_or_else(|| wanted.to_owned()),
        }
    }

    fn no_role(&self, wanted: &str) -> CastError {
        let roles: Vec<String> = self.config.cast.roles.keys().cloned().collect();
        let names: Vec<&str> = roles.iter().map(String::as_str).collect();
        let near = config::closest(wanted, &names);
        let mend = near.map(|it| format!(" (did you mean `{it}`?)")).unwrap_or_default();
        CastError::Role { wanted: wanted.to_owned(), mend, roles }
    }

    /// A role's instructions, behind what the program itself has to say to agents of its
    /// own: whoever edits them begins at their end, and goes on with the role's own. A
    /// program of others is told what its role says and no more.
    fn instructions(role: &Role) -> String {
        let own = role.instructions.trim_end();
        if role.program.is_some() {
            return own.to_owned();
        }
        format!(
            "A director watches you and may send you messages while you work: they go before \
             everything else. When your brief is done, say in a few lines what you did, and end \
             without calling a tool.\n\n{own}"
        )
    }
}

fn mode_name(mode: config::Mode) -> String {
    match mode {
        config::Mode::Plan => "plan",
        config::Mode::Ask => "ask",
        config::Mode::Edit => "edit",
        config::Mode::Auto => "auto",
    }
    .to_owned()
}

const fn ground(place: config::Ground) -> Ground {
    match place {
        config::Ground::Shared => Ground::Shared,
        config::Ground::Worktree => Ground::Worktree,
        config::Ground::Scratch => Ground::Scratch,
    }
}

const fn effort_name(effort: config::Effort) -> &'static str {
    match effort {
        config::Effort::None => "",
        config::Effort::Low => "low",
        config::Effort::Medium => "medium",
        config::Effort::High => "high",
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        cli::company::Company,
        config::{self, Environment},
    };

    #[test]
    fn a_role_is_told_the_same_whether_or_not_it_can_be_cast_now() {
        let place = tempfile::tempdir().unwrap();
        let home = place.path().display().to_string();
        let of = |key: &str| {
            let environment =
                Environment::of([("XDG_CONFIG_HOME", home.as_str()), (key, "sk-ant-x")]);
            let config = config::load(&environment, place.path()).unwrap();
            Company::new(config, environment, place.path())
        };
        let can = of("ANTHROPIC_API_KEY").cast("implementer", "", None);
        let can_not = of("NO_KEY");
        assert!(can_not.cast("implementer", "", None).is_err());
        let would = can_not.would_be(Some("implementer")).unwrap();
        assert_eq!(would.instructions, can.unwrap().instructions);
    }
}
