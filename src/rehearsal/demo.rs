//! The demo: a small shell project, six agents, and what they will do with it.

use crate::model::Money;

use super::{Rehearsal, RehearsalError};

/// One agent of the demo, as the supervisor is asked to start it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoAgent {
    /// What its pane is called.
    pub name: &'static str,
    /// Its role in the cast.
    pub role: &'static str,
    /// The model it asks for: the rehearsal's part of that name.
    pub model: &'static str,
    /// Its task.
    pub brief: &'static str,
    /// Its system prompt, first version.
    pub instructions: &'static str,
    /// The files it is to keep to; none where nobody has said.
    pub scope: &'static [&'static str],
    /// The most it may spend.
    pub budget: Option<Money>,
}

/// A line for the bottom of the screen, and what it is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// When to show it.
    pub when: HintWhen,
    /// The agent it is about, if it is about one.
    pub agent: Option<&'static str>,
    /// What it says.
    pub line: &'static str,
}

/// The moment a hint is for; the one who watches the stage decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintWhen {
    /// From the start.
    Opening,
    /// A watch has seen that the agent may be drifting.
    Drifting,
    /// The agent is paused.
    Paused,
    /// The agent waits for an answer.
    Asking,
    /// The agent waits for an approval.
    Approval,
    /// The agent waits for a service to take it again.
    Retrying,
    /// The agent is done.
    Done,
    /// All agents are done.
    Over,
}

/// A file of the scratch project: path, contents, whether it is executable.
pub type ProjectFile = (&'static str, &'static str, bool);

macro_rules! project {
    ($($path:literal $is_executable:literal),* $(,)?) => {
        &[$((
            $path,
            include_str!(concat!("../../assets/demo/project/", $path)),
            $is_executable,
        )),*]
    };
}

const PROJECT: &[ProjectFile] = project![
    "CHANGELOG.md" false,
    "README.md" false,
    "VERSION" false,
    "build/MANIFEST" false,
    "data/2026.ledger" false,
    "data/bank.csv" false,
    "docs/history.md" false,
    "ledger.sh" true,
    "lib/amount.awk" false,
    "lib/balance.awk" false,
    "lib/balance.sh" true,
    "lib/import.sh" true,
    "notes/ideas.md" false,
    "release.sh" true,
    "test.sh" true,
    "tests/balance.test" false,
    "tests/import.test" false,
    "tests/usage.test" false,
];

/// What a program of somebody else's plays in the demo, and what it is asked to.
pub const VISITOR: (&str, &str) = (
    include_str!("../../assets/demo/visitor.toml"),
    "You are a visitor: look around, run the tests, and say what you saw.",
);

/// What the agents of the demo may run unasked, as permission rules; beside it
/// they need the mode that lets them edit. The one thing that is asked about
/// then is the releaser's `rm -rf build`.
pub const ALLOWED: &[&str] = &["shell(./test.sh*)", "shell(./ledger.sh*)", "shell(./release.sh*)"];

const HOUSE: &str = "You work on `ledger`, a small shell project, beside other agents. Touch only \
    the files of your brief. Say in one or two sentences what you do before you do it. Prove what \
    you claim by running it.";

const CAST: &[DemoAgent] = &[
    DemoAgent {
        name: "scout",
        role: "scout",
        model: "rehearsal-scout",
        brief: "The README is out of date. Find out what the program really does and write it \
                down: a page docs/usage.md, and a README without dead names.",
        instructions: HOUSE,
        scope: &[],
        budget: None,
    },
    DemoAgent {
        name: "implementer",
        role: "implementer",
        model: "rehearsal-implementer",
        brief: "Debts are printed wrong (-12.50 shows as -11.-50). Find the bug and fix it. Then \
                add `balance --month YYYY-MM`, with tests.",
        instructions: HOUSE,
        scope: &[],
        budget: Some(Money::cents(500)),
    },
    DemoAgent {
        name: "reviewer",
        role: "reviewer",
        model: "rehearsal-reviewer",
        brief: "Review lib/import.sh before the release. Fix what is wrong; ask when a decision \
                is not yours.",
        instructions: HOUSE,
        scope: &[],
        budget: None,
    },
    DemoAgent {
        name: "releaser",
        role: "releaser",
        model: "rehearsal-releaser",
        brief: "Release 0.3.0: changelog, version, build. No tag, no push.",
        instructions: HOUSE,
        scope: &[],
        budget: None,
    },
    DemoAgent {
        name: "extractor",
        role: "extractor",
        model: "rehearsal-extractor",
        brief: "Make docs/accounts.tsv: every account, its kind, how many bookings the ledger has \
                of it and how many rows the bank's file.",
        instructions: HOUSE,
        scope: &[],
        budget: None,
    },
    DemoAgent {
        name: "tidier",
        role: "tidier",
        model: "rehearsal-tidier",
        brief: "Tidy the comments in ledger.sh. Change no code, and no other file.",
        instructions: HOUSE,
        scope: &["ledger.sh"],
        budget: Some(Money::cents(250)),
    },
];

const HINTS: &[Hint] = &[
    Hint {
        when: HintWhen::Opening,
        agent: None,
        line: "Six agents at work. h j k l or Tab selects one, Enter shows it whole, ? lists \
               every key.",
    },
    Hint {
        when: HintWhen::Approval,
        agent: Some("releaser"),
        line: "releaser wants to delete build/: press w to go there, a to approve or D to deny. \
               It goes on either way.",
    },
    Hint {
        when: HintWhen::Asking,
        agent: Some("reviewer"),
        line: "reviewer asks you something: press w to go there, and answer. It does what you \
               decide.",
    },
    Hint {
        when: HintWhen::Retrying,
        agent: Some("extractor"),
        line: "extractor ran into a rate limit. Nothing to do: it waits as long as the service \
               asked, and goes on.",
    },
    Hint {
        when: HintWhen::Drifting,
        agent: Some("tidier"),
        line: "tidier may be drifting: select it, Enter shows what a watch saw, and Enter again a \
               message that is ready to be sent.",
    },
    Hint {
        when: HintWhen::Paused,
        agent: Some("tidier"),
        line: "tidier is held. r writes to it, e edits its instructions; p lets it go on.",
    },
    Hint {
        when: HintWhen::Done,
        agent: Some("scout"),
        line: "scout is done: Enter shows what it did, tab by tab. n starts another agent.",
    },
    Hint {
        when: HintWhen::Over,
        agent: None,
        line: "All done. q leaves; `auteur replay` shows it all again, at any speed.",
    },
];

/// What the six agents will say and do.
///
/// # Errors
/// Never in a build whose tests passed; the file is a part of the program.
pub fn production() -> Result<Rehearsal, RehearsalError> {
    Rehearsal::parse("demo/rehearsal.toml", include_str!("../../assets/demo/rehearsal.toml"))
}

/// The files of the scratch project.
pub fn project_files() -> &'static [ProjectFile] {
    PROJECT
}

/// The six agents, in the order of their panes.
pub fn cast() -> &'static [DemoAgent] {
    CAST
}

/// What a newcomer may try, the more urgent first.
pub fn hints() -> &'static [Hint] {
    HINTS
}
