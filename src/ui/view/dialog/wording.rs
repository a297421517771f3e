//! What the keys do in what is open, in the words that both it and the footer
//! use: one word for one thing.

use super::super::scene::Sight;
use crate::{
    model::{Agent, Way},
    ui::{
        desk::{Dialog, Editor, PromptPurpose, Purpose, Redirects, RedirectsPurpose},
        keys::Act,
    },
};

/// Acts with what they do, in the order in which they are written.
pub(super) type Wording = Vec<(Act, &'static str)>;

/// What a key of this act does in what is open, where that has a word of its own.
pub(in super::super) fn word(label: &str, sight: Sight) -> Option<&'static str> {
    let desk = sight.desk();
    let wording = match (&desk.dialog, &desk.editor) {
        (Some(dialog), _) => of_dialog(dialog, sight),
        (None, Some(editor)) => of_editor(editor, sight),
        (None, None) => return None,
    };
    wording.into_iter().find(|(act, _)| act.label() == Some(label)).map(|(_, word)| word)
}

/// Whether what is open has a line of its own for what its keys do.
pub(in super::super) fn says_its_keys(sight: Sight) -> bool {
    let desk = sight.desk();
    match &desk.dialog {
        Some(Dialog::Help(_) | Dialog::Question(_)) => false,
        Some(_) => true,
        None => desk.editor.is_some(),
    }
}

/// What the keys do in a text that stands still.
const COPYING: [(Act, &str); 9] = [
    (Act::MarkLines, "mark"),
    (Act::CopyLines, "copy"),
    (Act::CopyBlock, "block"),
    (Act::CopyCommand, "command"),
    (Act::CopyDiff, "diff"),
    (Act::CopyAll, "all"),
    (Act::OpenPlace, "open"),
    (Act::Search, "search"),
    (Act::Cancel, "leave"),
];

pub(super) fn of_dialog(dialog: &Dialog, sight: Sight) -> Wording {
    match dialog {
        Dialog::Help(_) | Dialog::Question(_) => Vec::new(),
        Dialog::Copying(it) if it.is_searching => chosen("search"),
        Dialog::Copying(_) => COPYING.to_vec(),
        Dialog::Nearby(it) if it.offers.is_empty() => vec![(Act::Cancel, "back")],
        Dialog::Nearby(_) => chosen("watch it"),
        Dialog::Evidence(_) => chosen("open it"),
        Dialog::Palette(_) => chosen("do it"),
        Dialog::Command(_) => vec![
            (Act::Choose, "do it"),
            (Act::FieldNext, "complete"),
            (Act::ChoicePrevious, "former ones"),
            (Act::Cancel, "back"),
        ],
        Dialog::Prompt(prompt) => chosen(of_prompt(&prompt.purpose)),
        Dialog::NewAgent(form) if form.is_audition => vec![
            (Act::Save, "let them audition"),
            (Act::Choose, "next, then begin"),
            (Act::FieldNext, "next field"),
            (Act::ExternalEditor, "$EDITOR"),
            (Act::Cancel, "back, the draft is kept"),
        ],
        Dialog::NewAgent(_) => vec![
            (Act::Save, "cast it"),
            (Act::Choose, "next, then cast it"),
            (Act::BestRole, "best fit"),
            (Act::FieldNext, "next field"),
            (Act::ExternalEditor, "$EDITOR"),
            (Act::Cancel, "back, the draft is kept"),
        ],
        Dialog::Draft(_) => vec![
            (Act::Save, "what becomes of it"),
            (Act::ExternalEditor, "$EDITOR"),
            (Act::Cancel, "back, what is typed is kept"),
        ],
        Dialog::Script(_) => vec![
            (Act::Save, "start it"),
            (Act::Choose, "next, then start it"),
            (Act::FieldNext, "next field"),
            (Act::Cancel, "back, what is typed is kept"),
        ],
        Dialog::Retake(_) => vec![
            (Act::Save, "take it again"),
            (Act::Choose, "next, then begin"),
            (Act::FieldNext, "next field"),
            (Act::ExternalEditor, "$EDITOR"),
            (Act::Cancel, "back, the draft is kept"),
        ],
        Dialog::Role(_) => vec![
            (Act::Save, "see the change"),
            (Act::ExternalEditor, "$EDITOR"),
            (Act::Cancel, "back, the draft is kept"),
        ],
        Dialog::Setup => {
            vec![(Act::Choose, "choose a theme"), (Act::Cancel, "leave everything as it is")]
        }
        Dialog::Themes(_) => of_themes(sight),
        Dialog::Limits(_) => chosen("another amount"),
        Dialog::Redirects(it) => chosen(of_redirects(it)),
    }
}

/// Where one of several is marked.
fn chosen(what: &'static str) -> Wording {
    vec![(Act::Choose, what), (Act::Cancel, "back")]
}

/// In the guide it leads to the next page, or leaves all of it.
fn of_themes(sight: Sight) -> Wording {
    if sight.desk().setup.is_some() {
        return vec![(Act::Choose, "this one"), (Act::Cancel, "leave the guide")];
    }
    vec![(Act::Choose, "keep it"), (Act::Cancel, "as it was")]
}

const fn of_prompt(purpose: &PromptPurpose) -> &'static str {
    match purpose {
        PromptPurpose::Model(_)
        | PromptPurpose::Limit(_)
        | PromptPurpose::ModelOfMarked
        | PromptPurpose::BudgetOfMarked => "take it",
        PromptPurpose::Rename(_) => "rename it",
        PromptPurpose::Colour(_) => "colour it",
        PromptPurpose::Check(_) => "check it",
        PromptPurpose::Heed(_) => "watch it so",
        PromptPurpose::Setting(_) => "set it",
        PromptPurpose::Deny(..) => "deny it",
        PromptPurpose::DenyEqual(_) => "deny them all",
        PromptPurpose::Take(_, Way::Commit) => "commit it",
        PromptPurpose::Take(..) => "do it",
        PromptPurpose::Filter | PromptPurpose::FilterCast | PromptPurpose::SearchPast => "keep it",
        PromptPurpose::RenamePast | PromptPurpose::TagPast => "write it",
        PromptPurpose::Search => "search",
        PromptPurpose::SeekCost => "go there",
        PromptPurpose::Note(..) => "note it",
        PromptPurpose::Plan => "have it written",
        PromptPurpose::SaveScript => "save it",
        PromptPurpose::RankFor => "rank them",
        PromptPurpose::ThrowOthers(_) => "throw it away",
    }
}

const fn of_redirects(it: &Redirects) -> &'static str {
    match it.purpose {
        RedirectsPurpose::Edit => "edit it",
        RedirectsPurpose::TakeBack => "take it back",
    }
}

pub(super) fn of_editor(it: &Editor, sight: Sight) -> Wording {
    let is_over =
        it.purpose.agent().and_then(|it| sight.stage().agent(it)).is_some_and(Agent::is_over);
    let done = match it.purpose {
        Purpose::Redirect(_) | Purpose::RedirectMarked => "send it",
        Purpose::EditRedirect(..) => "keep the change",
        Purpose::Instructions(_) | Purpose::Brief(_) | Purpose::Step(_) | Purpose::StepRole(_) => {
            "save"
        }
        Purpose::HandOff(..) => "hand this over",
        Purpose::Fork(_) => "start it",
        Purpose::Answer(..) => "answer",
    };
    let mut acts = vec![(Act::Save, done), (Act::ExternalEditor, "$EDITOR")];
    if matches!(it.purpose, Purpose::Redirect(_) | Purpose::RedirectMarked) && !is_over {
        acts.push((Act::FieldNext, if it.now { "at its next step" } else { "at once" }));
    }
    acts.push((Act::Cancel, "back, the draft is kept"));
    acts
}
