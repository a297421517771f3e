//! At work, and nothing is heard of it.
//!
//! No drift: who waits for an answer, for others or for a service; who is held; a command
//! in a terminal, of which nobody knows what it does.

use super::sight::Finding;
use crate::model::{Activity, Agent, EngineKind, Evidence, Millis, Rule, Status};

/// A tool may be silent for so many times as long as a model.
const TOOL: u64 = 3;

/// When nothing will have been heard of an agent for too long; none where that says
/// nothing.
pub(super) fn due(agent: &Agent) -> Option<Millis> {
    let is_at_work = agent.status() == Status::Running
        && !agent.awaits_others()
        && !matches!(agent.activity, Activity::Retrying { .. } | Activity::Preparing { .. })
        && agent.casting.engine != EngineKind::Pty;
    let times = if agent.tools_running.is_empty() { 1 } else { TOOL };
    let limit = u64::from(agent.heeds(Rule::Silence).limit) * 1000 * times;
    is_at_work.then(|| agent.heard.1.plus(Millis(limit)))
}

/// That nothing was heard of it.
pub(super) fn found(agent: &Agent, now: Millis) -> Option<Finding> {
    let (seq, heard) = agent.heard;
    let doing = match &agent.activity {
        Activity::Tool { title, .. } => format!("in {title}"),
        Activity::Calling => "while its model was called".to_owned(),
        _ => "while it was at work".to_owned(),
    };
    let words = format!("nothing was heard for {} {doing}", now.since(heard));
    let last = Evidence { seq, turn: agent.turn, words: format!("the last thing, at {heard}") };
    Finding::new(words, vec![last])
}

#[cfg(test)]
mod tests {
    use crate::{
        model::{AgentId, Ask, CallId, Event, RequestId, Rule},
        watch::story::Story,
    };

    const AGENT: AgentId = AgentId(1);

    #[test]
    fn silence_is_seen_at_its_time_and_has_passed_with_the_next_turn() {
        let mut story = Story::default();
        story.turn().quiet(179);
        assert_eq!(story.signs(), []);
        story.quiet(1);
        assert_eq!(story.signs(), [Rule::Silence]);
        story.turn();
        assert_eq!(story.signs(), []);
    }

    #[test]
    fn a_tool_may_take_longer() {
        let mut story = Story::default();
        story.turn().record(Event::ToolStarted { agent: AGENT, call: CallId(1) });
        story.quiet(539);
        assert_eq!(story.signs(), []);
        story.quiet(1);
        assert_eq!(story.signs(), [Rule::Silence]);
    }

    #[test]
    fn who_waits_for_an_answer_is_none() {
        let mut story = Story::default();
        let ask = Ask::question(None, "which?".into(), Vec::new());
        story.turn().record(Event::Asked { agent: AGENT, request: RequestId(1), ask });
        story.quiet(3600);
        assert_eq!(story.signs(), []);
    }
}
