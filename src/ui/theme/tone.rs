//! Everything on the screen that has a look of its own.

use crate::{model::Status, text::Look};

macro_rules! tones {
    ($($tone:ident $key:literal,)*) => {
        /// What a thing on the screen *is*. Each has a dotted key in theme files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is named after its dotted key")]
        pub enum Tone { $($tone,)* }

        impl Tone {
            /// Every tone there is.
            pub const ALL: [Self; [$($key),*].len()] = [$(Self::$tone,)*];

            /// What theme files call it.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$tone => $key,)* }
            }
        }
    };
}

tones! {
    Background "background",
    Text "text",
    Dim "dim",
    Strong "strong",
    Accent "accent",
    Border "border",
    BorderFocused "border.focused",
    BorderAttention "border.attention",
    Title "title",
    HeaderBar "header",
    FooterBar "footer",
    KeyHint "key",
    Chip "chip",
    ChipTyping "chip.typing",
    ChipQuiet "chip.quiet",
    ChipReplay "chip.replay",
    ChipAttention "chip.attention",
    State "state",
    StateQueued "state.queued",
    StateStarting "state.starting",
    StateRunning "state.running",
    StatePausing "state.pausing",
    StatePaused "state.paused",
    StateWaiting "state.waiting",
    StateSucceeded "state.succeeded",
    StateFailed "state.failed",
    StateStopped "state.stopped",
    Attention "attention",
    Good "good",
    Warning "warning",
    Trouble "trouble",
    Selection "selection",
    Found "found",
    Cost "cost",
    BudgetLow "cost.low",
    BudgetGone "cost.gone",
    Tool "tool",
    ToolFailed "tool.failed",
    Direction "direction",
    Thought "thought",
    Timeline "timeline",
    TimelinePlayed "timeline.played",
    Playhead "timeline.playhead",
    Marker "marker",
    MarkerDirection "marker.direction",
    MarkerTrouble "marker.trouble",
    MarkerAttention "marker.attention",
    MarkerEnd "marker.end",
    Name "name",
    NameTeal "name.teal",
    NameBlue "name.blue",
    NameGreen "name.green",
    NameOrange "name.orange",
    NamePurple "name.purple",
    Markup "markup",
    MarkupStrong "markup.strong",
    MarkupEmphasis "markup.emphasis",
    MarkupStruck "markup.struck",
    MarkupCode "markup.code",
    MarkupCodeBlock "markup.code.block",
    MarkupCodeTag "markup.code.tag",
    MarkupHeading "markup.heading",
    MarkupQuote "markup.quote",
    MarkupLink "markup.link",
    MarkupAddress "markup.link.address",
    MarkupListMarker "markup.list",
    MarkupTableHead "markup.table",
    MarkupRule "markup.rule",
    MarkupDim "markup.dim",
    DiffAdded "diff.added",
    DiffAddedWord "diff.added.word",
    DiffRemoved "diff.removed",
    DiffRemovedWord "diff.removed.word",
    DiffHunk "diff.hunk",
    Syntax "syntax",
    SyntaxComment "syntax.comment",
    SyntaxString "syntax.string",
    SyntaxConstant "syntax.constant",
    SyntaxKeyword "syntax.keyword",
    SyntaxFunction "syntax.function",
    SyntaxType "syntax.type",
}

impl Tone {
    /// The tone that theme files call so.
    pub fn named(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tone| tone.key() == key)
    }

    /// The wider tone that this one looks like when a theme leaves it out. The
    /// background stands alone, and everything else is text in the end.
    pub(super) fn wider(self) -> Option<Self> {
        if matches!(self, Self::Background | Self::Text) {
            return None;
        }
        let mut key = self.key();
        while let Some((wider, _)) = key.rsplit_once('.') {
            if let Some(tone) = Self::named(wider) {
                return Some(tone);
            }
            key = wider;
        }
        Some(Self::Text)
    }
}

impl From<Status> for Tone {
    fn from(status: Status) -> Self {
        match status {
            Status::Queued => Self::StateQueued,
            Status::Starting => Self::StateStarting,
            Status::Running => Self::StateRunning,
            Status::Pausing => Self::StatePausing,
            Status::Paused => Self::StatePaused,
            Status::Waiting => Self::StateWaiting,
            Status::Succeeded => Self::StateSucceeded,
            Status::Failed => Self::StateFailed,
            Status::Stopped => Self::StateStopped,
        }
    }
}

impl From<Look> for Tone {
    fn from(look: Look) -> Self {
        match look {
            Look::Plain => Self::Markup,
            Look::Strong => Self::MarkupStrong,
            Look::Emphasis => Self::MarkupEmphasis,
            Look::Struck => Self::MarkupStruck,
            Look::Code => Self::MarkupCode,
            Look::CodeBlock => Self::MarkupCodeBlock,
            Look::CodeTag => Self::MarkupCodeTag,
            Look::Heading => Self::MarkupHeading,
            Look::Quote => Self::MarkupQuote,
            Look::Link => Self::MarkupLink,
            Look::Address => Self::MarkupAddress,
            Look::ListMarker => Self::MarkupListMarker,
            Look::TableHead => Self::MarkupTableHead,
            Look::Rule => Self::MarkupRule,
            Look::Dim => Self::MarkupDim,
            Look::Added => Self::DiffAdded,
            Look::AddedWord => Self::DiffAddedWord,
            Look::Removed => Self::DiffRemoved,
            Look::RemovedWord => Self::DiffRemovedWord,
            Look::Hunk => Self::DiffHunk,
            Look::Comment => Self::SyntaxComment,
            Look::Text => Self::SyntaxString,
            Look::Constant => Self::SyntaxConstant,
            Look::Keyword => Self::SyntaxKeyword,
            Look::Function => Self::SyntaxFunction,
            Look::Type => Self::SyntaxType,
        }
    }
}
