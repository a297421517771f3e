//! What may stand over the stage and want an answer.

use super::{
    CommandLine, Copying, DraftForm, Field, LimitList, Nearby, RetakeForm, RoleForm, ScriptForm,
    SetupEnd, SignSeen, Sought, StepPlace, ThemeList, agents_form::NewAgent, palette::PaletteList,
};
use crate::{
    model::{AgentId, Millis, PlayId, QuitMode, RedirectId, RequestId, Seq, Turn, Way, Whose},
    ui::keys::{Act, HelpPart},
};

/// Something over the stage that takes the keys.
#[derive(Debug, Clone)]
pub enum Dialog {
    /// What the keys do.
    Help(Help),
    /// Everything that can be done or looked at, by its name.
    Palette(PaletteList),
    /// A line that says what is to be done.
    Command(Box<CommandLine>),
    /// A text that stands still, to be copied from.
    Copying(Box<Copying>),
    /// A question with choices.
    Question(Question),
    /// One line to be typed.
    Prompt(Prompt),
    /// A form for a new agent.
    NewAgent(Box<NewAgent>),
    /// A form for another take of an agent.
    Retake(Box<RetakeForm>),
    /// A role being edited.
    Role(Box<RoleForm>),
    /// What a script is given before it is played.
    Script(Box<ScriptForm>),
    /// A script that is read and changed.
    Draft(Box<DraftForm>),
    /// The messages of an agent that are still queued.
    Redirects(Redirects),
    /// All budgets.
    Limits(LimitList),
    /// Who runs elsewhere, and can be watched.
    Nearby(Nearby),
    /// The themes that the screen can wear.
    Themes(ThemeList),
    /// What shows that an agent may be drifting.
    Evidence(Box<SignSeen>),
    /// The first page of the guide.
    Setup,
}

/// The help: what the keys do where it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Help {
    /// Only lines that fit this are listed.
    pub filter: Field,
    /// Whether the filter is being typed.
    pub is_filtering: bool,
    /// The lines that fit.
    pub parts: Vec<HelpPart>,
    /// How many lines are scrolled away at the top.
    pub scroll: usize,
    /// All lines.
    pub(super) all: Vec<HelpPart>,
    /// Those of other places: they are listed where they are searched for.
    pub(super) elsewhere: Vec<HelpPart>,
}

/// A question with choices. The first choice is always the harmless one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub title: String,
    /// What there is to know before choosing; may have several lines.
    pub text: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Which choice is marked.
    pub selected: usize,
    /// Two texts whose difference is to be shown.
    pub change: Option<Change>,
}

/// A text before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
    /// How many lines of the difference are scrolled away at the top.
    pub scroll: usize,
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its words.
    pub label: String,
    /// What it does.
    pub deed: Deed,
}

/// What a choice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Nothing: the dialog is closed.
    Cancel,
    /// The agent is ended in good order.
    Stop(AgentId),
    /// All of its turns after this one are undone.
    Rewind(AgentId, Turn),
    /// What was undone last is done again.
    UndoRewind(AgentId),
    /// Its engine is started anew.
    Restart(AgentId),
    /// The agent is ended now.
    Kill(AgentId),
    /// This is done to all that are marked.
    ToMarked(Act),
    /// What is written goes to those that are marked and have not ended.
    RedirectLiving,
    /// The session is closed.
    Quit(QuitMode),
    /// The screen is closed, and the session goes on.
    Detach,
    /// The replay, or the session that is over, is left.
    Leave,
    /// This is looked for in the replay.
    Seek(Sought),
    /// It is asked how much is spent between two places that are looked for.
    SeekCost,
    /// The replay goes to this record.
    GoTo(Seq),
    /// A new budget is asked for.
    Raise(AgentId),
    /// One more turn over the budget, to bring the work to an end.
    FinishUp(AgentId, RequestId),
    /// It is said what taking an agent's work in this way does.
    Take(AgentId, Way),
    /// It is taken.
    TakeNow(AgentId, Way),
    /// A new agent is cast for the conflict that its work is in.
    CastFor(AgentId),
    /// Its worktree is opened in the director's own editor.
    Visit(AgentId),
    /// The text in the editor becomes the next version of the instructions.
    SaveInstructions(AgentId),
    /// A step of a script is given to the role of this place in the cast.
    Assign(StepPlace, usize),
    /// What the step of this place hands over is changed.
    HandOver(StepPlace, usize),
    /// A step of a script, or that part of it, is done once more.
    RunAgain(StepPlace, Option<u32>),
    /// A step of a script, or that part of it, is left out.
    SkipStep(StepPlace, Option<u32>),
    /// Nothing more of a script begins, and its agents are stopped.
    StopPlay(PlayId),
    /// What was edited of a role is written.
    WriteRole,
    /// The script that is read is played, once it is given what it needs.
    StartDraft,
    /// It is asked under what name it is kept.
    SaveDraft,
    /// Its file is written anew.
    WriteDraft,
    /// Have the script that is played go on as it was written anew.
    Rewrite,
    /// It is thrown away.
    ThrowDraft,
    /// The agent in this place of those that a session has is held against another.
    Contend(usize),
    /// Two agents of the former session that is marked are held against each other.
    ContendWithin,
    /// The former session that is marked is let go.
    Unmark,
    /// A former session is deleted, with all that it left.
    RemovePast,
    /// What the project brings counts from now on.
    Trust,
    /// What the project brings does not count.
    LeaveOut,
    /// The guide ends so.
    SetUp(SetupEnd),
}

/// One line to be typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: PromptPurpose,
    /// What it is about.
    pub title: String,
    /// What is expected, in a few words.
    pub hint: String,
    /// What is typed.
    pub field: Field,
    /// What is wrong with it, once it was tried.
    pub fault: Option<String>,
}

/// What a prompt is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptPurpose {
    /// Another model.
    Model(AgentId),
    /// Another model for all that are marked.
    ModelOfMarked,
    /// What each that is marked may spend.
    BudgetOfMarked,
    /// Another name.
    Rename(AgentId),
    /// The colour of its name.
    Colour(AgentId),
    /// A command that checks an agent's work.
    Check(AgentId),
    /// How an agent is watched.
    Heed(AgentId),
    /// What a setting is.
    Setting(String),
    /// What may be spent.
    Limit(Whose),
    /// Why a request is denied; may stay empty.
    Deny(AgentId, RequestId),
    /// Why all of these are denied, which ask the same; may stay empty.
    DenyEqual(Vec<(AgentId, RequestId)>),
    /// What taking an agent's work needs: a message, a path, its name.
    Take(AgentId, Way),
    /// Which agents are shown.
    Filter,
    /// Which roles of the cast are listed.
    FilterCast,
    /// The brief that the roles of the cast are ranked for.
    RankFor,
    /// Whether the work of all of an audition but this one's is thrown away.
    ThrowOthers(AgentId),
    /// The goal that a script is written for.
    Plan,
    /// The name under which a script is kept.
    SaveScript,
    /// What is searched for.
    Search,
    /// How much is spent between two places that are looked for in a replay.
    SeekCost,
    /// What is noted at a record and a time of a replay.
    Note(Seq, Millis),
    /// What is searched for in former sessions.
    SearchPast,
    /// What a former session is called.
    RenamePast,
    /// The words that are written on one.
    TagPast,
}

impl PromptPurpose {
    /// Whether it is typed to find something in what stands behind it.
    pub const fn finds(&self) -> bool {
        matches!(self, Self::Filter | Self::FilterCast | Self::Search | Self::SearchPast)
    }
}

/// The messages of an agent that are still queued: to edit one, or take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirects {
    /// Whose.
    pub agent: AgentId,
    /// Their numbers and words, oldest first.
    pub queued: Vec<(RedirectId, String)>,
    /// Which is marked.
    pub selected: usize,
    /// What choosing one does.
    pub purpose: RedirectsPurpose,
}

/// What choosing a queued message does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectsPurpose {
    /// It is opened in the editor.
    Edit,
    /// It is taken back.
    TakeBack,
}
