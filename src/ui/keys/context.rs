//! Where a key is pressed, and which sections of `keys.toml` hold there.

/// A table of `keys.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Section {
    /// On the grid of panes.
    Stage,
    /// On the list of agents.
    Roster,
    /// On one agent alone.
    Zoom,
    /// On what one agent changed.
    Changes,
    /// On the cast.
    Cast,
    /// On the agents of an audition.
    Audition,
    /// On what two of them changed.
    Diffs,
    /// On two that are held against each other.
    Versus,
    /// On a script that is played.
    Script,
    /// On the scripts there are.
    Library,
    /// On former sessions.
    Past,
    /// On what needs the director.
    Inbox,
    /// On what was spent.
    Ledger,
    /// On something that an agent asks.
    Request,
    /// On a text to read, like the help.
    Reading,
    /// On a text that stands still, to be copied from.
    Copying,
    /// In a replay.
    Replay,
    /// Wherever the director directs a live agent.
    Direct,
    /// Wherever something scrolls.
    Scroll,
    /// On a question with choices.
    Dialog,
    /// In a line that is typed, with what fits it below.
    Field,
    /// In a text that is typed.
    Editor,
    /// In the terminal of a command.
    Terminal,
    /// Wherever nothing is typed and no question is open.
    Everywhere,
}

/// Where the director's keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The grid of panes, live.
    Stage,
    /// The list of agents, live.
    Roster,
    /// One agent alone, live.
    Zoom,
    /// What one agent changed, live.
    Changes,
    /// The cast: the roles that an agent can have.
    Cast,
    /// The agents of an audition, side by side.
    Audition,
    /// What two of them changed, side by side.
    Diffs,
    /// Two that are held against each other, turn by turn.
    Versus,
    /// A script that is played, live.
    Script,
    /// A script in a replay.
    ReplayScript,
    /// The scripts there are.
    Library,
    /// Former sessions.
    Past,
    /// What was spent.
    Ledger,
    /// What was spent, in a replay.
    ReplayLedger,
    /// What needs the director; nobody is asked for anything there.
    Inbox,
    /// That of it which is marked: something that an agent asks.
    InboxRequest,
    /// That of it which is marked: a step of a script.
    InboxStep,
    /// Something that an agent asks, on the grid of panes.
    Request,
    /// Something that an agent asks, where it is alone on the screen.
    RequestZoom,
    /// The help, or another long text.
    Reading,
    /// A text that stands still, to be copied from.
    Copying,
    /// The grid of panes of a replay.
    Replay,
    /// One agent alone in a replay.
    ReplayZoom,
    /// What one agent changed, in a replay.
    ReplayChanges,
    /// A question with choices.
    Dialog,
    /// A line that is typed: search, palette, a form.
    Field,
    /// A text that is typed: redirect, brief, instructions.
    Editor,
    /// The terminal of a command: it gets the keys.
    Terminal,
}

impl Section {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 24] = [
        Self::Stage,
        Self::Roster,
        Self::Zoom,
        Self::Changes,
        Self::Cast,
        Self::Audition,
        Self::Diffs,
        Self::Versus,
        Self::Script,
        Self::Library,
        Self::Past,
        Self::Inbox,
        Self::Ledger,
        Self::Request,
        Self::Direct,
        Self::Replay,
        Self::Reading,
        Self::Copying,
        Self::Scroll,
        Self::Dialog,
        Self::Field,
        Self::Editor,
        Self::Terminal,
        Self::Everywhere,
    ];

    /// Its name in `keys.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Roster => "roster",
            Self::Zoom => "zoom",
            Self::Changes => "changes",
            Self::Cast => "cast",
            Self::Audition => "audition",
            Self::Diffs => "diffs",
            Self::Versus => "versus",
            Self::Script => "script",
            Self::Library => "library",
            Self::Past => "past",
            Self::Inbox => "inbox",
            Self::Ledger => "ledger",
            Self::Request => "request",
            Self::Reading => "reading",
            Self::Copying => "copying",
            Self::Replay => "replay",
            Self::Direct => "direct",
            Self::Scroll => "scroll",
            Self::Dialog => "dialog",
            Self::Field => "field",
            Self::Editor => "editor",
            Self::Terminal => "terminal",
            Self::Everywhere => "everywhere",
        }
    }

    /// Its heading in the help.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Stage => "The stage",
            Self::Roster => "The list of agents",
            Self::Zoom => "One agent",
            Self::Changes => "What an agent changed",
            Self::Cast => "The cast",
            Self::Audition => "An audition",
            Self::Diffs => "What two of an audition changed",
            Self::Versus => "Two side by side, turn by turn",
            Self::Script => "A script",
            Self::Library => "The scripts there are",
            Self::Past => "Former sessions",
            Self::Inbox => "What needs you",
            Self::Ledger => "What was spent",
            Self::Request => "A request",
            Self::Reading => "Reading",
            Self::Copying => "Copying",
            Self::Replay => "Replay",
            Self::Direct => "Directing the agent you look at",
            Self::Scroll => "Scrolling",
            Self::Dialog => "A question",
            Self::Field => "A line",
            Self::Editor => "Writing",
            Self::Terminal => "A terminal",
            Self::Everywhere => "Everywhere",
        }
    }

    /// The section of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

impl Context {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Stage,
        Self::Roster,
        Self::Zoom,
        Self::Changes,
        Self::Cast,
        Self::Audition,
        Self::Diffs,
        Self::Versus,
        Self::Script,
        Self::Library,
        Self::Past,
        Self::Inbox,
        Self::InboxRequest,
        Self::InboxStep,
        Self::Ledger,
        Self::ReplayLedger,
        Self::ReplayScript,
        Self::Request,
        Self::RequestZoom,
        Self::Reading,
        Self::Copying,
        Self::Replay,
        Self::ReplayZoom,
        Self::ReplayChanges,
        Self::Dialog,
        Self::Field,
        Self::Editor,
        Self::Terminal,
    ];

    /// The sections that hold here; where two bind the same keys, the earlier
    /// one wins. `Direct` is not in a replay: there is nobody to direct.
    pub const fn sections(self) -> &'static [Section] {
        use Section as S;
        match self {
            Self::Stage => &[S::Stage, S::Direct, S::Scroll, S::Everywhere],
            Self::Roster => &[S::Roster, S::Direct, S::Scroll, S::Everywhere],
            Self::Zoom => &[S::Zoom, S::Direct, S::Scroll, S::Everywhere],
            Self::Changes => &[S::Changes, S::Zoom, S::Direct, S::Scroll, S::Everywhere],
            Self::Cast => &[S::Cast, S::Scroll, S::Everywhere],
            Self::Audition => &[S::Audition, S::Scroll, S::Everywhere],
            Self::Diffs => &[S::Diffs, S::Scroll, S::Everywhere],
            Self::Versus => &[S::Versus, S::Scroll, S::Everywhere],
            Self::Script => &[S::Script, S::Scroll, S::Everywhere],
            Self::Library => &[S::Library, S::Scroll, S::Everywhere],
            Self::Past => &[S::Past, S::Scroll, S::Everywhere],
            Self::Ledger => &[S::Ledger, S::Scroll, S::Everywhere],
            Self::ReplayLedger => &[S::Ledger, S::Replay, S::Scroll, S::Everywhere],
            Self::Inbox => &[S::Inbox, S::Direct, S::Scroll, S::Everywhere],
            Self::InboxRequest => &[S::Inbox, S::Request, S::Direct, S::Scroll, S::Everywhere],
            Self::InboxStep => &[S::Inbox, S::Script, S::Scroll, S::Everywhere],
            Self::ReplayScript => &[S::Replay, S::Script, S::Scroll, S::Everywhere],
            Self::Request => &[S::Request, S::Stage, S::Direct, S::Scroll, S::Everywhere],
            Self::RequestZoom => &[S::Request, S::Zoom, S::Direct, S::Scroll, S::Everywhere],
            Self::Reading => &[S::Reading, S::Scroll, S::Everywhere],
            Self::Copying => &[S::Copying, S::Scroll],
            Self::Replay => &[S::Replay, S::Stage, S::Scroll, S::Everywhere],
            Self::ReplayZoom => &[S::Replay, S::Zoom, S::Scroll, S::Everywhere],
            Self::ReplayChanges => &[S::Changes, S::Replay, S::Zoom, S::Scroll, S::Everywhere],
            Self::Dialog => &[S::Dialog, S::Scroll],
            Self::Field => &[S::Field],
            Self::Editor => &[S::Editor],
            Self::Terminal => &[S::Terminal],
        }
    }

    /// Whether the keys go to something that an agent asks.
    pub const fn is_request(self) -> bool {
        matches!(self, Self::Request | Self::RequestZoom | Self::InboxRequest)
    }

    /// Whether letters are text here: then the chip says TYPING, and a key that
    /// is bound to nothing is typed.
    pub const fn is_typing(self) -> bool {
        matches!(self, Self::Field | Self::Editor | Self::Terminal)
    }
}
