//! How agents are watched that are begun from the command line.

use crate::{
    config::{RoleHeeding, heed_anew, heeding},
    model::{Casting, Money, Rule},
};
use clap::Args;

/// What shows that an agent drifts, where that differs from its role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct WatchedArgs {
    /// An agent keeps to files that this fits, such as 'src/**': a change outside is seen as
    /// drift; as many as you like
    #[arg(long, value_name = "GLOB")]
    pub scope: Vec<String>,
    /// What the work of each is reckoned to cost, in dollars: that it will be far dearer is seen
    /// as drift
    #[arg(long, value_name = "DOLLARS")]
    pub estimate: Option<Money>,
    /// How a rule that spots drift is kept, such as same-call=ask or silence=warn:600; as many as
    /// you like
    #[arg(long, value_name = "RULE=ACTION", value_parser = heeding)]
    pub heed: Vec<(Rule, RoleHeeding)>,
}

impl WatchedArgs {
    /// Whether nothing is said.
    pub const fn is_empty(&self) -> bool {
        self.scope.is_empty() && self.estimate.is_none() && self.heed.is_empty()
    }

    /// Has an agent watched so.
    pub fn apply(&self, casting: &mut Casting) {
        if !self.scope.is_empty() {
            casting.scope.clone_from(&self.scope);
        }
        casting.estimate = self.estimate.or(casting.estimate);
        for (rule, own) in &self.heed {
            heed_anew(&mut casting.watch, *rule, *own);
        }
    }
}
