//! Everything a key can mean: its name in `keys.toml`, its words in the footer
//! and in the help, and the sections in which it may be bound.

use super::Section::{
    self, Audition, Cast, Changes, Copying, Dialog, Diffs, Direct, Editor, Everywhere, Field,
    Inbox, Ledger, Library, Past, Reading, Replay, Request, Roster, Script, Scroll, Stage,
    Terminal, Versus, Zoom,
};
use std::borrow::Cow;

/// Each act: variant, name, word for the footer (empty: not there), what it
/// does, and where it may be bound.
macro_rules! acts {
    ($($act:ident, $name:literal, $label:literal, $does:literal, [$($section:ident),+];)+) => {
        /// What the director does with a key. The desk carries it out: by
        /// itself, or by naming a command.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Act {
            $(#[doc = concat!("`", $name, "`: ", $does, ".")] $act,)+
            /// `focus-1` to `focus-9`: look at the pane with this number.
            FocusNumber(u8),
            /// `tab-1` to `tab-9`: the tab with this number.
            TabNumber(u8),
            /// `jump-0` to `jump-9`: so many tenths into the session.
            Jump(u8),
        }

        /// All acts without a number, in the order of the help.
        const PLAIN: &[Act] = &[$(Act::$act),+];

        impl Act {
    /// Whether it means something in a replay alone.
    pub fn is_of_replay(self) -> bool {
        self.sections().iter().all(|it| *it == Section::Replay)
    }

            /// Its name in `keys.toml`.
            pub fn name(self) -> Cow<'static, str> {
                match self {
                    $(Self::$act => $name.into(),)+
                    Self::FocusNumber(number) => format!("focus-{number}").into(),
                    Self::TabNumber(number) => format!("tab-{number}").into(),
                    Self::Jump(number) => format!("jump-{number}").into(),
                }
            }

            /// One word for the footer, or nothing if it is not worth its place there.
            pub const fn label(self) -> Option<&'static str> {
                let label = match self {
                    $(Self::$act => $label,)+
                    Self::FocusNumber(_) | Self::TabNumber(_) | Self::Jump(_) => "",
                };
                if label.is_empty() { None } else { Some(label) }
            }

            /// What it does, for the help.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$act => $does,)+
                    Self::FocusNumber(_) => "look at the pane with this number",
                    Self::TabNumber(_) => "the tab with this number",
                    Self::Jump(_) => "so many tenths into the session",
                }
            }

            /// The sections of `keys.toml` in which it may be bound.
            pub const fn sections(self) -> &'static [Section] {
                match self {
                    $(Self::$act => &[$($section),+],)+
                    Self::FocusNumber(_) => &[Stage, Roster],
                    Self::TabNumber(_) => &[Zoom],
                    Self::Jump(_) => &[Replay],
                }
            }
        }
    };
}

acts! {
    // looking
    FocusLeft, "focus-left", "", "look at the pane to the left", [Stage];
    FocusDown, "focus-down", "", "look at the pane below", [Stage, Roster];
    FocusUp, "focus-up", "", "look at the pane above", [Stage, Roster];
    FocusRight, "focus-right", "", "look at the pane to the right", [Stage];
    FocusNext, "focus-next", "", "look at the next agent", [Stage, Roster, Zoom, Request];
    FocusPrevious, "focus-previous", "", "look at the agent before", [Stage, Roster, Zoom, Request];
    Zoom, "zoom", "zoom", "see this agent alone, with its tabs", [Stage, Roster, Audition, Diffs];
    Evidence, "evidence", "drift", "what shows that it may be drifting, with directions prepared", [Stage, Roster, Zoom, Inbox, Replay];
    Roster, "roster", "", "go to the list of agents, or hide it", [Stage, Roster, Zoom];
    NextLayout, "next-layout", "", "lay the stage out in another way: grid, columns, focus and strip, single", [Stage, Roster];
    NextOrder, "next-order", "", "order the agents by another thing: start, need, state, name, role, script", [Stage, Roster];
    Wider, "wider", "", "give the pane more width, off the one beside it; with the list of agents open, the list", [Stage, Roster];
    Narrower, "narrower", "", "give width to the pane beside it", [Stage, Roster];
    Taller, "taller", "", "give the pane more height, off those above or below", [Stage, Roster];
    Lower, "lower", "", "give height to those above or below", [Stage, Roster];
    Pin, "pin", "", "have this agent stand first, whatever the order, or no longer", [Stage, Roster, Zoom];
    MarkAgent, "mark-agent", "", "mark this agent, or no longer: what you do on the stage goes to all that are marked", [Stage, Roster];
    MarkRange, "mark-range", "", "mark all from the one that was marked last to this one", [Stage, Roster];
    MarkAll, "mark-all", "", "mark all agents that are shown; where all are, nobody", [Stage, Roster];
    ToStage, "to-stage", "", "the first screen: the agents at work", [Everywhere];
    ToCast, "to-cast", "", "the second screen: the cast, who can be an agent", [Everywhere];
    ToScript, "to-script", "", "the third screen: the script that is played, step by step; the scripts there are", [Everywhere];
    ToLibrary, "to-library", "scripts", "the scripts there are: see what each does, start one", [Script];
    Perform, "perform", "start", "start this script: what it is given is asked first", [Library];
    EditScript, "edit-script", "edit", "read the file of this script and change it, with its steps beside it", [Library];
    Plan, "plan", "plan for me", "say in a sentence what you want; a script is written for it, and waits for you", [Script, Library];
    ToPast, "to-past", "", "the fifth screen: former sessions, and whatever was said, run or changed in them", [Everywhere];
    Recall, "recall", "open", "open it there, as a replay; leaving that comes back here", [Past];
    AllPasts, "all-pasts", "all projects", "the sessions of all projects, or of this one", [Past];
    RenamePast, "rename-past", "rename", "give the session another name", [Past];
    TagPast, "tag-past", "tag", "write words on the session by which it is found again", [Past];
    RemovePast, "remove-past", "remove", "delete the session, with all that it left; says what that is, and asks", [Past];
    SeeAgent, "see-agent", "see it", "see the agent of this step alone", [Script];
    LaterPlay, "later-play", "", "the next script of this session", [Script];
    EarlierPlay, "earlier-play", "", "the script before", [Script];
    ToInbox, "to-inbox", "", "the fourth screen: all that needs you, what presses most first", [Everywhere];
    Attend, "attend", "see to it", "answer it where that takes words; else see who it is about, alone", [Inbox];
    Rest, "rest", "later", "let it rest for ten minutes, or take it up again", [Inbox];
    Seen, "seen", "seen", "you know that it has ended, without looking closer", [Inbox, Stage, Roster];
    SeenAll, "seen-all", "all seen", "count every end as seen; on the stage, of all agents that are shown", [Inbox, Stage, Roster];
    ShowResting, "show-resting", "", "list what rests, too", [Inbox];
    ShowSettled, "show-settled", "answers", "what was answered last, or what needs you", [Inbox];
    ToLedger, "to-ledger", "", "the sixth screen: what cost what, how quickly, and how everybody stood", [Everywhere];
    NextView, "next-view", "charts", "costs, burn rate, tokens, context, states: the next of them", [Ledger];
    PreviousView, "previous-view", "", "costs, burn rate, tokens, context, states: the one before", [Ledger];
    NextGrouping, "next-grouping", "group by", "add up what was spent by another thing: day, model, agent, role, step, tool, session", [Ledger];
    PreviousGrouping, "previous-grouping", "", "add up what was spent by the thing before", [Ledger];
    NextWaiting, "next-waiting", "needs me", "go to the next agent that needs you", [Everywhere];
    TakeUp, "take-up", "go on", "go on with the session that was left here, on the first screen", [Stage];
    Demo, "demo", "demo", "see six scripted agents at work, from the first screen", [Stage];
    // directing
    NewAgent, "new-agent", "new", "start an agent: role and brief", [Direct, Stage, Roster, Cast];
    RankRoles, "rank-roles", "for a brief", "type a brief, and see the roles that fit it first, with what shows that", [Cast];
    EditRole, "edit-role", "edit", "change the role: its instructions, model, tools, budget", [Cast];
    ChooseRole, "choose-role", "audition", "take the role into an audition: one brief to several roles", [Cast];
    WatchOthers, "watch-others", "watch others", "watch a session of Claude Code, Codex or Gemini CLI that runs elsewhere", [Cast];
    Compare, "compare", "", "the agents of an audition, or the takes of a brief, side by side", [Everywhere];
    SeeChanges, "see-changes", "diffs", "what this agent and another one changed, side by side", [Audition];
    OtherSide, "other-side", "other side", "give the keys to the other one", [Diffs];
    NextTake, "next-take", "another", "have the next one stand beside this one", [Diffs];
    PreviousTake, "previous-take", "", "have the one before stand beside this one", [Diffs];
    Versus, "versus", "turn by turn", "hold two against each other, turn by turn: of several, the first press marks one, the second compares", [Zoom, Audition, Diffs, Past];
    NextDifference, "next-difference", "difference", "the next row in which not all is the same", [Versus];
    PreviousDifference, "previous-difference", "", "the row before in which not all is the same", [Versus];
    OpenRow, "open-row", "all of it", "all that was said and done in this row, side by side; or the rows again", [Versus];
    NextPart, "next-part", "results", "turns, results, files, instructions: the next of them", [Versus];
    PreviousPart, "previous-part", "", "turns, results, files, instructions: the one before", [Versus];
    SwapSides, "swap-sides", "swap", "have the other one stand on the left", [Versus];
    MarkBest, "mark-best", "best", "mark this take as the best of its brief, or take the mark away", [Audition];
    KeepChange, "keep-change", "keep the change", "write this take's instructions into its role, with what shows that they are better; shown first", [Audition];
    ThrowOthers, "throw-others", "keep this one", "throw away the work of the others; asks first", [Audition, Diffs];
    BestRole, "best-role", "best fit", "the role that fits the brief best", [Field, Editor];
    Pause, "pause", "pause", "pause at the next step, or resume; pressed again while pausing: freeze", [Direct];
    Freeze, "freeze", "freeze", "freeze at once: drop the stream, halt the tool", [Direct];
    Step, "step", "step", "one step of a paused agent, then hold again", [Direct];
    PauseAll, "pause-all", "pause all", "pause all agents, or resume them", [Direct, Cast, Script, Library, Audition, Diffs, Versus, Past, Inbox, Ledger];
    HoldStep, "hold-step", "hold", "don't let this step begin, or let it; pause its agents once it has", [Script];
    OpenGate, "open-gate", "open", "let a step go on that waits at its gate", [Script];
    RunAgain, "run-again", "again", "do this step once more, and all that comes of it", [Script];
    SkipStep, "skip-step", "leave out", "go on without this step", [Script];
    EditStep, "edit-step", "brief", "change what the agents of this step are told, or its command", [Script];
    EditStepRole, "edit-step-role", "instructions", "change how the agents of this step work, those at work included", [Script];
    EditHandOff, "edit-hand-off", "hand-off", "change what is handed to this step, before it gets there", [Script];
    RewriteScript, "rewrite-script", "script", "change the whole script as it is played: checks, retries, conditions, further steps", [Script];
    Reassign, "reassign", "role", "give this step to another role", [Script];
    StopScript, "stop-script", "stop", "let nothing more begin, and stop its agents; asks first", [Script];
    Redirect, "redirect", "redirect", "write to the agent; it reads at its next step", [Direct];
    EditRedirect, "edit-redirect", "", "change a message that is still queued", [Direct];
    TakeBackRedirect, "take-back-redirect", "", "take back a message that is still queued", [Direct];
    EditInstructions, "edit-instructions", "instructions", "change how the agent works, from its next turn on", [Direct];
    Interrupt, "interrupt", "interrupt", "cut the turn short, or the wait before a retry", [Direct];
    ChangeModel, "change-model", "", "give the agent another model", [Direct];
    ChangeBudget, "change-budget", "budget", "give the agent more or less to spend", [Direct];
    Rename, "rename", "", "call this agent something else", [Direct];
    Colour, "colour", "", "give the name of this agent a colour: teal, blue, green, orange, purple, none", [Direct];
    Verify, "verify", "", "have the agent's work checked: by one more command, or by the checks it has", [Direct];
    Fork, "fork", "", "another agent, with a copy of its conversation", [Direct];
    Retake, "retake", "retake", "another take from a turn of this agent on: with its conversation and files up to there, and what you change", [Direct, Replay];
    Rewind, "rewind", "", "undo its last turns in place, files too; or do them again", [Direct];
    Restart, "restart", "", "start the agent's engine anew; what it did so far stays", [Direct];
    TakeWork, "take-work", "take", "take over what the agent made: merge, squash, rebase, commit, patch, open, throw away", [Direct, Audition, Diffs];
    Stop, "stop", "stop", "end the agent; asks first", [Direct, Audition];
    Kill, "kill", "", "end the agent and its processes at once; asks first", [Direct];
    Approve, "approve", "approve", "let the agent do what it asks for", [Request];
    ApproveAlways, "approve-always", "", "let it, now and always: exactly this, this agent", [Request];
    Deny, "deny", "deny", "don't let it; it is told so", [Request];
    ApproveEqual, "approve-equal", "", "let it, this once, and all others that ask for exactly the same", [Request];
    DenyEqual, "deny-equal", "", "don't let it, nor any other that asks for exactly the same", [Request];
    Answer, "answer", "answer", "write an answer to the agent's question", [Request];
    // reading
    TabNext, "tab-next", "tabs", "the next tab", [Zoom];
    TabPrevious, "tab-previous", "", "the tab before", [Zoom];
    OlderVersion, "older-version", "", "the version of the instructions before", [Zoom];
    NewerVersion, "newer-version", "", "the version of the instructions after", [Zoom];
    Fold, "fold", "fold", "open or close the tool call, or the file", [Zoom];
    ChangesSpan, "changes-span", "since", "tell the changes since the start, since you last looked, of one turn, or since a moment that is marked", [Changes];
    EarlierTurn, "earlier-turn", "", "the changes of the turn before", [Changes];
    LaterTurn, "later-turn", "turn", "the changes of the turn after", [Changes];
    PreviousFile, "previous-file", "", "the changed file before", [Changes, Diffs];
    NextFile, "next-file", "file", "the next changed file", [Changes, Diffs];
    FoldAll, "fold-all", "", "close all files, or open them", [Changes];
    Comment, "comment", "comment", "write to the agent about this line", [Changes];
    ScrollUp, "scroll-up", "", "a line up", [Scroll, Zoom, Request, Reading, Copying, Diffs, Versus, Ledger];
    ScrollDown, "scroll-down", "", "a line down", [Scroll, Zoom, Request, Reading, Copying, Diffs, Versus, Ledger];
    HalfPageUp, "half-page-up", "", "half a page up", [Scroll];
    HalfPageDown, "half-page-down", "", "half a page down", [Scroll];
    PageUp, "page-up", "", "a page up", [Scroll];
    PageDown, "page-down", "", "a page down", [Scroll];
    ScrollTop, "scroll-top", "", "the beginning", [Scroll];
    ScrollEnd, "scroll-end", "", "the end, and stay there as it grows", [Scroll];
    Search, "search", "search", "search in the text, or filter what is listed", [Everywhere, Stage, Roster, Zoom, Cast, Past, Reading, Copying];
    NextMatch, "next-match", "", "the next match", [Stage, Roster, Zoom, Reading, Copying, Replay];
    PreviousMatch, "previous-match", "", "the match before", [Stage, Roster, Zoom, Reading, Copying, Replay];
    Copy, "copy", "", "copy what is looked at", [Everywhere, Stage, Roster, Zoom, Cast, Request, Reading];
    CopyMode, "copy-mode", "", "have the text stand still, mark lines of it and copy them", [Stage, Roster, Zoom];
    MarkLines, "mark-lines", "mark", "mark lines from this one on, or no longer", [Copying];
    CopyLines, "copy-lines", "copy", "copy the lines that are marked, or this one", [Copying];
    CopyBlock, "copy-block", "", "copy this block: what was said at once, or a call with what came of it; elsewhere the last", [Copying, Stage, Roster, Zoom];
    CopyCommand, "copy-command", "", "copy the command of this block; elsewhere the last", [Copying, Stage, Roster, Zoom];
    CopyDiff, "copy-diff", "", "copy what the agent changed, as a patch", [Copying, Stage, Roster, Zoom];
    CopyAll, "copy-all", "", "copy all of it; elsewhere the agent's whole log", [Copying, Stage, Roster, Zoom];
    OpenPlace, "open-place", "open", "open the file that this line names, at that line, in your own editor; copy the address", [Copying];
    NextPlace, "next-place", "", "go to the next file or address that the text names", [Copying];
    PreviousPlace, "previous-place", "", "go to the file or address before that the text names", [Copying];
    // replay
    PlayPause, "play-pause", "play", "play, or stand still", [Replay];
    EventBack, "event-back", "", "one event back", [Replay];
    EventForward, "event-forward", "event", "one event on", [Replay];
    TurnBack, "turn-back", "", "one turn back", [Replay];
    TurnForward, "turn-forward", "turn", "one turn on", [Replay];
    ReplayStart, "replay-start", "", "the beginning of the session", [Replay];
    ReplayEnd, "replay-end", "", "the end of the session", [Replay];
    Faster, "faster", "faster", "twice as fast, up to 64x", [Replay];
    Slower, "slower", "slower", "half as fast, down to 0.25x", [Replay];
    Seek, "seek", "go to …", "what n and N go to: errors, directions, hand-offs, your bookmarks, so much more spent", [Replay];
    Bookmark, "bookmark", "mark", "mark this moment, or no longer", [Replay];
    Note, "note", "note", "mark this moment with a note", [Replay];
    FullSpeed, "full-speed", "", "as fast as possible", [Replay];
    // asking and typing
    ChoiceNext, "choice-next", "", "the next choice", [Dialog, Field, Cast, Script, Library, Audition, Past, Inbox];
    ChoicePrevious, "choice-previous", "", "the choice before", [Dialog, Field, Cast, Script, Library, Audition, Past, Inbox];
    Choose, "choose", "choose", "take this choice", [Dialog, Field];
    Cancel, "cancel", "cancel", "leave without doing it; what was typed is kept", [Dialog, Field, Editor, Copying];
    Detach, "detach", "detach", "leave the session at work, and its screen", [Dialog];
    FieldNext, "field-next", "", "the next field", [Field, Editor];
    FieldPrevious, "field-previous", "", "the field before", [Field, Editor];
    Save, "save", "save", "done: send it, or put it into effect", [Editor, Field];
    ExternalEditor, "external-editor", "$EDITOR", "go on in your own editor", [Editor];
    Undo, "undo", "", "take back the last change of the text", [Editor, Field];
    Redo, "redo", "", "make the change again", [Editor, Field];
    LeaveTerminal, "leave-terminal", "leave the terminal", "take the keys back from the terminal", [Terminal];
    // the program
    Back, "back", "back", "go back; never interrupts an agent", [Stage, Roster, Zoom, Cast, Script, Library, Audition, Diffs, Versus, Past, Inbox, Ledger, Request, Reading, Replay];
    Help, "help", "help", "what the keys do here", [Everywhere, Dialog, Field, Editor];
    Palette, "palette", "", "find anything by its name", [Everywhere];
    CommandLine, "command-line", "", "say what is to be done: an act, or theme, agent, cast, play, open with a name", [Everywhere];
    Redraw, "redraw", "", "draw the whole screen anew", [Everywhere, Dialog, Field, Editor];
    Limits, "limits", "", "all budgets and how much of each is used; Enter gives one another amount", [Everywhere];
    Settings, "settings", "", "your settings, the file that says each, and what is wrong in one; o opens it there", [Everywhere];
    Themes, "themes", "", "how the screen looks: try themes on, and keep one", [Everywhere];
    Health, "health", "", "how the program itself does: events, pictures, memory, its own log; or hide that", [Everywhere];
    Suspend, "suspend", "", "go back to the shell; fg comes back here", [Everywhere, Dialog];
    Quit, "quit", "quit", "leave; asks what becomes of running agents", [Everywhere, Dialog];
}

impl Act {
    /// Every act, in the order of the help.
    pub fn all() -> impl Iterator<Item = Self> {
        let numbered = (1..=9)
            .map(Self::FocusNumber)
            .chain((1..=9).map(Self::TabNumber))
            .chain((0..=9).map(Self::Jump));
        PLAIN.iter().copied().chain(numbered)
    }

    /// The act of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|it| it.name() == name)
    }

    /// Whether it does something that can't be taken back, or lets others do
    /// so. A project's file may not choose keys for these: it could put
    /// `approve` where somebody's fingers expect `down`.
    pub const fn is_weighty(self) -> bool {
        matches!(
            self,
            Self::Approve
                | Self::ApproveAlways
                | Self::ApproveEqual
                | Self::Restart
                | Self::Verify
                | Self::Fork
                | Self::Retake
                | Self::Rewind
                | Self::KeepChange
                | Self::TakeWork
                | Self::Answer
                | Self::Choose
                | Self::Save
                | Self::HoldStep
                | Self::OpenGate
                | Self::RunAgain
                | Self::SkipStep
                | Self::StopScript
                | Self::ThrowOthers
                | Self::Pause
                | Self::PauseAll
                | Self::Step
                | Self::Freeze
                | Self::Interrupt
                | Self::Stop
                | Self::Kill
                | Self::Quit
                | Self::Detach
                | Self::TakeUp
                | Self::Demo
                | Self::RemovePast
        )
    }

    /// Whether all it does is to direct agents.
    pub fn directs(self) -> bool {
        let directs = |it: &Section| matches!(it, Direct | Request);
        let on_many_screens = matches!(
            self,
            Self::NewAgent
                | Self::WatchOthers
                | Self::PauseAll
                | Self::Stop
                | Self::TakeWork
                | Self::ThrowOthers
                | Self::MarkBest
                | Self::KeepChange
                | Self::Retake
                | Self::Perform
                | Self::EditScript
                | Self::Plan
                | Self::Rest
                | Self::Seen
                | Self::SeenAll
        );
        self.directs_plays() || on_many_screens || self.sections().iter().all(directs)
    }

    /// Whether it changes what becomes of a script.
    pub const fn directs_plays(self) -> bool {
        matches!(
            self,
            Self::HoldStep
                | Self::OpenGate
                | Self::RunAgain
                | Self::SkipStep
                | Self::StopScript
                | Self::EditStep
                | Self::EditStepRole
                | Self::EditHandOff
                | Self::RewriteScript
                | Self::Reassign
        )
    }

    /// Whether it has to do with the scripts there are.
    pub const fn is_of_library(self) -> bool {
        matches!(self, Self::ToLibrary | Self::Perform | Self::EditScript | Self::Plan)
    }

    /// Whether it copies something, or does something in the mode in which lines are marked.
    pub const fn copies(self) -> bool {
        matches!(
            self,
            Self::CopyMode
                | Self::MarkLines
                | Self::CopyLines
                | Self::CopyBlock
                | Self::CopyCommand
                | Self::CopyDiff
                | Self::CopyAll
                | Self::OpenPlace
                | Self::NextPlace
                | Self::PreviousPlace
        )
    }

    /// Whether it is done to a former session.
    pub const fn is_of_past(self) -> bool {
        matches!(
            self,
            Self::Recall | Self::AllPasts | Self::RenamePast | Self::TagPast | Self::RemovePast
        )
    }

    /// Whether it looks at two that are held against each other.
    pub const fn is_of_versus(self) -> bool {
        matches!(
            self,
            Self::NextDifference
                | Self::PreviousDifference
                | Self::OpenRow
                | Self::NextPart
                | Self::PreviousPart
                | Self::SwapSides
        )
    }

    /// Whether it is about what needs the director.
    pub const fn is_of_inbox(self) -> bool {
        matches!(
            self,
            Self::Attend | Self::Rest | Self::Seen | Self::ShowResting | Self::ShowSettled
        )
    }

    /// Whether it looks at what was spent.
    pub const fn is_of_ledger(self) -> bool {
        matches!(
            self,
            Self::NextView | Self::PreviousView | Self::NextGrouping | Self::PreviousGrouping
        )
    }

    /// Whether it holds those of an audition against each other.
    pub const fn is_of_audition(self) -> bool {
        matches!(
            self,
            Self::Compare
                | Self::SeeChanges
                | Self::OtherSide
                | Self::NextTake
                | Self::PreviousTake
                | Self::ThrowOthers
                | Self::MarkBest
                | Self::KeepChange
        )
    }

    /// Where it stands in the help.
    pub(super) fn order(self) -> usize {
        Self::all().position(|it| it == self).unwrap_or(usize::MAX)
    }

    /// Whether it is one of a row of acts that differ in their number only.
    pub(super) const fn is_numbered(self) -> bool {
        matches!(self, Self::FocusNumber(_) | Self::TabNumber(_) | Self::Jump(_))
    }
}
