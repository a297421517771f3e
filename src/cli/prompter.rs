//! The demo's line at the bottom: what a newcomer may try next.

use crate::{
    model::{Activity, Agent, Ask, Stage, Status},
    rehearsal::demo::{Hint, HintWhen, hints},
};

/// What to try next, as things stand.
pub(super) fn line(stage: &Stage) -> Option<String> {
    let met = |hint: &&Hint| hint.when != HintWhen::Opening && is_met(hint, stage);
    let opening = || hints().iter().find(|hint| hint.when == HintWhen::Opening);
    hints().iter().find(met).or_else(opening).map(|hint| hint.line.to_owned())
}

fn is_met(hint: &Hint, stage: &Stage) -> bool {
    if hint.when == HintWhen::Over {
        return stage.agents().len() > 0 && stage.agents().all(Agent::is_over);
    }
    hint.agent.and_then(|name| stage.agent_named(name)).is_some_and(|it| is_moment(hint.when, it))
}

fn is_moment(when: HintWhen, agent: &Agent) -> bool {
    let asks = |wanted: fn(&Ask) -> bool| agent.requests.iter().any(|it| wanted(&it.ask));
    match when {
        HintWhen::Opening | HintWhen::Over => false,
        HintWhen::Drifting => {
            agent.status() == Status::Running
                && agent.drifts().is_some()
                && agent.redirects.is_empty()
                && agent.instructions.len() == 1
        }
        HintWhen::Paused => matches!(agent.status(), Status::Paused | Status::Pausing),
        HintWhen::Asking => asks(|it| matches!(it, Ask::Question { .. })),
        HintWhen::Approval => asks(|it| matches!(it, Ask::Approval { .. })),
        HintWhen::Retrying => matches!(agent.activity, Activity::Retrying { .. }),
        HintWhen::Done => agent.status() == Status::Succeeded && agent.unseen,
    }
}
