//! Stages to look at: small stories, told event by event.

use crate::history::Reckoning;
use crate::model::{
    AgentId, Ask, Author, CallId, Capabilities, Casting, Cost, Event, FileChange, Header,
    HoldReason, Limits, Millis, Money, Outcome, Record, RedirectId, RequestId, Stage, Stop, Turn,
    Usage, Version,
};
use crate::ui::desk::RoleOffer;

/// A story in the telling: each line is one record on a stage.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) stage: Stage,
    /// What it has come to, as it would be read from its journal.
    pub(crate) reckoning: Reckoning,
    at: Millis,
}

impl Story {
    /// An open session.
    pub(crate) fn open(title: &str) -> Self {
        let header = Header {
            project: "/home/ada/parser".into(),
            by: "ada".into(),
            session: "0192f1c0-0000-7000-8000-000000000001".into(),
            ..Header::default()
        };
        let reckoning = Reckoning::new(&header);
        let mut story = Self { stage: Stage::new(header), reckoning, at: Millis(0) };
        let limits = Limits { budget: Some(Money::cents(500)), ..Limits::default() };
        story.tell(Event::SessionOpened { title: title.into(), limits });
        story
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, seconds: u64) -> &mut Self {
        self.at = self.at.plus(Millis(seconds * 1000));
        self
    }

    /// When the story is.
    pub(crate) const fn now(&self) -> Millis {
        self.at
    }

    /// Something happens.
    pub(crate) fn tell(&mut self, event: Event) -> &mut Self {
        let record = Record { seq: self.stage.last().next(), at: self.at, event };
        self.stage.apply(&record);
        self.reckoning.take(&record);
        self
    }

    /// An agent is cast; it is queued.
    pub(crate) fn cast(&mut self, name: &str, role: &str, brief: &str) -> AgentId {
        let agent = self.stage.next_agent();
        let casting = Casting {
            name: name.into(),
            role: role.into(),
            provider: "rehearsal".into(),
            model: "rehearsal-1".into(),
            brief: brief.into(),
            instructions: "Work in small steps.\nRun the tests after each change.".into(),
            budget: Some(Money::cents(100)),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        };
        self.tell(Event::AgentAdded { agent, casting: Box::new(casting), by: Author::Director });
        agent
    }

    /// Its engine comes up.
    pub(crate) fn start(&mut self, agent: AgentId) -> &mut Self {
        self.tell(Event::AgentStarting { agent, run: 1 }).tell(Event::AgentStarted { agent })
    }

    /// A model call goes out.
    pub(crate) fn turn(&mut self, agent: AgentId, turn: u32) -> &mut Self {
        self.tell(Event::TurnStarted {
            agent,
            turn: Turn(turn),
            version: Version(1),
            model: "rehearsal-1".into(),
            reserved: Some(Money::cents(4)),
            again: false,
        })
    }

    /// The model thinks.
    pub(crate) fn think(&mut self, agent: AgentId, text: &str) -> &mut Self {
        self.tell(Event::Thought { agent, text: text.into() })
    }

    /// The model speaks.
    pub(crate) fn say(&mut self, agent: AgentId, text: &str) -> &mut Self {
        self.tell(Event::Said { agent, text: text.into() })
    }

    /// The model call ends well.
    pub(crate) fn end_turn(&mut self, agent: AgentId, turn: u32) -> &mut Self {
        let usage = Usage {
            input: 1_200,
            cache_read: 10_400,
            output: 640,
            reasoning: 210,
            ..Usage::default()
        };
        let cost = Cost::from(Some(Money(61_300_000)));
        let stop = Stop::Tools;
        self.tell(Event::TurnEnded { agent, turn: Turn(turn), stop, usage, cost })
    }

    /// The model asks for a tool.
    pub(crate) fn want(&mut self, agent: AgentId, call: u32, title: &str) -> &mut Self {
        let tool = title.split(' ').next().unwrap_or_default().to_owned();
        self.tell(Event::ToolCalled {
            agent,
            call: CallId(call),
            id: format!("call_{call}"),
            tool,
            title: title.into(),
            input: serde_json::json!({ "command": title }).into(),
            seal: None,
        })
    }

    /// It runs.
    pub(crate) fn run(&mut self, agent: AgentId, call: u32) -> &mut Self {
        self.tell(Event::ToolStarted { agent, call: CallId(call) })
    }

    /// It ends.
    #[expect(clippy::too_many_arguments, reason = "a story reads better in one line")]
    pub(crate) fn ran(
        &mut self,
        agent: AgentId,
        call: u32,
        ok: bool,
        text: &str,
        changes: &[(&str, u32, u32)],
    ) -> &mut Self {
        let changes = changes.iter().map(|(path, added, removed)| FileChange {
            path: (*path).into(),
            added: *added,
            removed: *removed,
        });
        self.tell(Event::ToolEnded {
            agent,
            call: CallId(call),
            ok,
            text: text.into(),
            bytes: text.len() as u64,
            changes: changes.collect(),
            note: String::new(),
        })
    }

    /// It asks the director.
    pub(crate) fn ask(&mut self, agent: AgentId, request: u32, ask: Ask) -> &mut Self {
        self.tell(Event::Asked { agent, request: RequestId(request), ask })
    }

    /// Somebody holds it.
    pub(crate) fn hold(&mut self, agent: AgentId, reason: HoldReason, note: &str) -> &mut Self {
        let by = if reason == HoldReason::Director { Author::Director } else { Author::Supervisor };
        self.tell(Event::HoldPlaced { agent, reason, by, note: note.into() })
    }

    /// A message is written to it.
    pub(crate) fn redirect(&mut self, agent: AgentId, redirect: u32, text: &str) -> &mut Self {
        let (redirect, by) = (RedirectId(redirect), Author::Director);
        self.tell(Event::RedirectWritten { agent, redirect, text: text.into(), by })
    }

    /// It ends.
    pub(crate) fn end(&mut self, agent: AgentId, outcome: Outcome) -> &mut Self {
        self.tell(Event::AgentEnded { agent, outcome })
    }
}

/// A request to run something.
pub(crate) fn approval(call: u32, shown: &str) -> Ask {
    Ask::Approval {
        call: Some(CallId(call)),
        tool: "shell".into(),
        shown: shown.into(),
        reason: "it writes outside the workspace".into(),
    }
}

/// A question with answers to choose from.
pub(crate) fn question(text: &str, options: &[&str]) -> Ask {
    let options = options.iter().map(|it| (*it).to_owned()).collect();
    Ask::question(None, text.into(), options)
}

/// Six agents at work: one asks for approval, one asks a question, one retries,
/// one is paused, one works, one is done.
pub(crate) fn six() -> Story {
    let mut story = Story::open("Make the parser fast");
    let scout = story.cast("scout", "researcher", "Find where the parser spends its time.");
    let smith = story.cast("smith", "coder", "Make `parse_number` twice as fast.");
    let judge = story.cast("judge", "reviewer", "Review what smith changes.");
    let scribe = story.cast("scribe", "writer", "Write the release notes.");
    let ranger = story.cast("ranger", "tester", "Fuzz the parser for an hour.");
    let porter = story.cast("porter", "coder", "Port the CLI to the new API.");
    for agent in [scout, smith, judge, scribe, ranger, porter] {
        story.start(agent).wait(1).turn(agent, 1);
    }
    work(&mut story, scout, smith);
    story.say(judge, "Both ways of reading exponents are **correct**.").end_turn(judge, 1);
    story.ask(judge, 1, question("Which one shall I keep?", &["the table", "the loop"]));
    story
        .say(scribe, "# Release notes\n\n- numbers parse *twice* as fast\n- `--json` prints lines");
    story
        .end_turn(scribe, 1)
        .end(scribe, Outcome::Succeeded { summary: "Release notes are in NOTES.md.".into() });
    story.tell(Event::TurnCut {
        agent: ranger,
        turn: Turn(1),
        why: "429".into(),
        usage: Usage::default(),
        cost: Cost::default(),
    });
    story.tell(Event::RetryScheduled {
        agent: ranger,
        attempt: 3,
        most: 6,
        wait: Millis(45_000),
        why: "429".into(),
    });
    story.hold(porter, HoldReason::Director, "").end_turn(porter, 1);
    story.redirect(porter, 1, "Keep the old flags working.").wait(12);
    story
}

fn work(story: &mut Story, scout: AgentId, smith: AgentId) {
    story.think(scout, "The profile says that most of the time goes into reading exponents.");
    story.wait(3).say(scout, "I look at the **profile** first, then at `parse_number`.");
    story.end_turn(scout, 1).want(scout, 1, "shell cargo bench --bench parse").run(scout, 1);
    story.wait(8).ran(scout, 1, true, "parse 1.204 ms", &[]);
    story.want(scout, 2, "shell cargo flamegraph").run(scout, 2).wait(1);
    story.ran(scout, 2, false, "running\nerror: perf is not installed", &[]).turn(scout, 2);
    story.think(scout, "No perf here. I can count calls by hand instead.").wait(4);
    story.say(smith, "I replace the loop by a table.").end_turn(smith, 1);
    story.want(smith, 1, "edit src/number.rs").run(smith, 1).wait(1);
    story.ran(smith, 1, true, "ok", &[("src/number.rs", 12, 3)]).turn(smith, 2).end_turn(smith, 2);
    story.want(smith, 2, "shell cargo publish --dry-run --allow-dirty");
    story.ask(smith, 1, approval(2, "cargo publish --dry-run --allow-dirty"));
}

/// Nine agents, one of each status, in the order of an agent's life.
pub(crate) fn nine() -> Story {
    let mut story = Story::open("Every status");
    let names = ["queued", "starting", "running", "pausing", "paused", "waiting", "done", "failed"];
    let cast: Vec<AgentId> =
        names.iter().map(|it| story.cast(it, "role", "Stand like this.")).collect();
    let stopped = story.cast("stopped", "role", "Stand like this.");
    story.tell(Event::AgentStarting { agent: cast[1], run: 1 });
    for agent in cast[2..].iter().chain([&stopped]) {
        story.start(*agent).turn(*agent, 1);
    }
    story.say(cast[2], "On it.").wait(5);
    story.hold(cast[3], HoldReason::Director, "");
    story.end_turn(cast[4], 1).hold(cast[4], HoldReason::Director, "");
    story.hold(cast[4], HoldReason::Budget, "$0.98 of $1.00 spent");
    story.end_turn(cast[5], 1).ask(cast[5], 1, question("Shall I?", &[]));
    story.end(cast[6], Outcome::Succeeded { summary: "All of it is done.".into() });
    story.end(cast[7], Outcome::Failed { why: "401: the key is not valid".into() });
    story.end(stopped, Outcome::Stopped { by: Author::Director }).wait(60);
    story
}

/// The providers that are configured by default.
pub(crate) const PROVIDERS: [&str; 8] =
    ["anthropic", "gemini", "llamacpp", "lmstudio", "ollama", "openai", "openrouter", "vllm"];

/// Roles to cast a new agent in.
pub(crate) fn roles() -> Vec<RoleOffer> {
    let role = |name: &str, purpose: &str, missing: Option<&str>| RoleOffer {
        purpose: purpose.into(),
        casting: Casting {
            role: name.into(),
            model: "rehearsal-1".into(),
            budget: Some(Money::cents(200)),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        },
        missing: missing.map(str::to_owned),
        ..RoleOffer::default()
    };
    vec![
        role("coder", "writes and changes code", None),
        role("reviewer", "reads changes and says what is wrong with them", None),
        role("researcher", "finds things out", Some("ANTHROPIC_API_KEY is not set")),
    ]
}
