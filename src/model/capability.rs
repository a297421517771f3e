//! What an engine can do. The screen never offers, and never fakes, the rest.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What drives an agent.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum EngineKind {
    /// A loop over a model service, inside this program.
    #[default]
    Native,
    /// Claude Code through its stream-json protocol.
    Claude,
    /// Codex through its app-server.
    Codex,
    /// Any Agent Client Protocol agent.
    Acp,
    /// Any command in a terminal.
    Pty,
    /// Cursor's command line through its stream of JSON lines.
    Cursor,
    /// Somebody elsewhere, who is seen by a log that it writes.
    Watched,
}

/// Where an engine can be held.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PauseGrain {
    /// Nowhere.
    #[default]
    None,
    /// By stopping its processes.
    Freeze,
    /// Before its next turn.
    Turn,
    /// Before each model call and each tool call.
    Step,
}

/// What the director can do with an agent of this engine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "independent yes-or-no answers, shown as such")]
pub struct Capabilities {
    /// Where it can be held.
    pub pause: PauseGrain,
    /// It can be stopped in the middle of a model call or a tool call.
    pub freeze: bool,
    /// A message reaches it.
    pub steer: bool,
    /// A message reaches it only when the turn of its program is over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Its instructions can change in mid-run.
    pub edit: bool,
    /// It asks before it acts.
    pub approvals: bool,
    /// It says what it costs.
    pub cost: bool,
    /// It tells the tokens of the last call of each turn alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// Another agent can begin with a copy of its conversation.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fork: bool,
}

impl Capabilities {
    /// All of it: an engine that lives in this program.
    pub const NATIVE: Self = Self {
        pause: PauseGrain::Step,
        freeze: true,
        steer: true,
        late: false,
        edit: true,
        approvals: true,
        cost: true,
        partial: false,
        fork: false,
    };

    /// Claude Code: its hooks ask before each model call and each tool call.
    pub const CLAUDE: Self = Self { fork: true, ..Self::NATIVE };

    /// Codex: a pause interrupts its turn, and resuming tells it to go on.
    pub const CODEX: Self = Self { pause: PauseGrain::Turn, ..Self::CLAUDE };

    /// An Agent Client Protocol agent, before it has said what else it can do.
    /// New instructions go to it as a message: the protocol has no other way.
    pub const ACP: Self = Self { pause: PauseGrain::Turn, late: true, cost: false, ..Self::NATIVE };

    /// Cursor's command line: one process a prompt, nobody to ask.
    pub const CURSOR: Self = Self { approvals: false, ..Self::ACP };

    /// A command in a terminal: it can be stopped where it stands, and typed to.
    pub const PTY: Self = Self {
        pause: PauseGrain::Freeze,
        freeze: true,
        steer: false,
        late: false,
        edit: false,
        approvals: false,
        cost: false,
        partial: false,
        fork: false,
    };

    /// An agent that runs elsewhere: it can only be looked at.
    pub const WATCHED: Self =
        Self { pause: PauseGrain::None, freeze: false, cost: true, ..Self::PTY };

    /// What an engine of this kind can do, before its program has said more.
    pub const fn of(engine: EngineKind) -> Self {
        match engine {
            EngineKind::Native => Self::NATIVE,
            EngineKind::Claude => Self::CLAUDE,
            EngineKind::Codex => Self::CODEX,
            EngineKind::Acp => Self::ACP,
            EngineKind::Pty => Self::PTY,
            EngineKind::Cursor => Self::CURSOR,
            EngineKind::Watched => Self::WATCHED,
        }
    }
}

impl Capabilities {
    /// What the director can do, and how: a word for each, and what it comes to.
    pub const fn words(self) -> [(&'static str, &'static str); 7] {
        let pause = match self.pause {
            PauseGrain::None => "no",
            PauseGrain::Freeze => "by stopping its processes",
            PauseGrain::Turn => "in its turn; it goes on where it was",
            PauseGrain::Step => "before the next model call or tool call",
        };
        let redirect = match (self.steer, self.late, self.pause) {
            (false, ..) => "no",
            (true, true, _) => "when its turn is over",
            (true, false, PauseGrain::Step) => "at its next step",
            (true, false, _) => "in the middle of its turn",
        };
        let cost = match (self.cost, self.pause) {
            (true, _) if self.partial => "known; of its tokens, those of last calls",
            (true, _) => "known",
            (false, PauseGrain::Freeze) => "no",
            (false, _) => "if it tells its tokens",
        };
        [
            ("pause", pause),
            ("freeze", yes(self.freeze, "in the middle of a call")),
            ("redirect", redirect),
            ("new instructions", yes(self.edit, "from its next turn on")),
            ("approvals", yes(self.approvals, "asked here")),
            ("cost", cost),
            ("fork", yes(self.fork, "with its conversation")),
        ]
    }
}

impl Capabilities {
    /// What the director can do, and what not, in one line.
    pub fn in_short(self) -> String {
        let pause = match self.pause {
            PauseGrain::None => "pause",
            PauseGrain::Freeze => "pause by stopping it",
            PauseGrain::Turn => "pause in its turn",
            PauseGrain::Step => "pause at each step",
        };
        let redirect = if self.late { "redirect after its turn" } else { "redirect" };
        let all = [
            (pause, self.pause != PauseGrain::None),
            ("freeze", self.freeze),
            (redirect, self.steer),
            ("new instructions", self.edit),
            ("approvals", self.approvals),
            ("fork", self.fork),
        ];
        let those = |can: bool| {
            let names = all.iter().filter(|it| it.1 == can).map(|it| it.0);
            names.collect::<Vec<_>>().join(", ")
        };
        let (can, cannot) = (those(true), those(false));
        match (can.as_str(), cannot.as_str()) {
            ("", _) => "nothing".to_owned(),
            (_, "") => can,
            _ => format!("{can}; not {cannot}"),
        }
    }
}

const fn yes(is: bool, how: &'static str) -> &'static str {
    if is { how } else { "no" }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Native => "native",
            Self::Claude => "claude",
            Self::Codex => "codex",
            Self::Acp => "acp",
            Self::Pty => "pty",
            Self::Cursor => "cursor",
            Self::Watched => "watched",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_engine_can_t_do_is_said_as_well() {
        let gemini = "pause in its turn, freeze, redirect after its turn, new instructions, \
                      approvals; not fork";
        assert_eq!(Capabilities::ACP.in_short(), gemini);
        let shell = "pause by stopping it, freeze; not redirect, new instructions, approvals, fork";
        assert_eq!(Capabilities::PTY.in_short(), shell);
        assert!(!Capabilities::CLAUDE.in_short().contains("not"));
        assert_eq!(Capabilities::default().in_short(), "nothing");
    }
}
