//! What an act does. A `match` that routes; each arm names who does it.

use super::{Desk, Detach, Dialog, Done, Elsewhere, Play, Screen, Towards};
use crate::{
    model::{Command, Level, Millis, Scope, Stage},
    ui::keys::{Act, Section},
};

impl Desk {
    /// Carries out an act, or says what is left to do.
    pub fn act(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        (self.status, self.is_pausing_all) = (None, false);
        let directs =
            act.sections().iter().any(|it| matches!(it, Section::Direct | Section::Request));
        let looks = act.sections().iter().any(|it| matches!(it, Section::Zoom | Section::Stage));
        // That leaves the replay for a live session.
        let leaves = act == Act::Retake && !self.is_watch;
        if self.is_replay() && directs && !leaves && (!looks || act == Act::NewAgent) {
            return self.say(Level::Warning, self.nobody(), now);
        }
        if (self.is_leaving || self.is_over) && act.directs() {
            let stands = if self.is_over { "over" } else { "closing" };
            let text = format!("the session is {stands}: nobody is directed any more");
            return self.say(Level::Warning, text, now);
        }
        if self.is_for_marked(act) {
            return self.direct_marked(act, stage, now);
        }
        match act {
            act if self.is_guided_past(act) => Done::Nothing,
            Act::FocusLeft
            | Act::FocusDown
            | Act::FocusUp
            | Act::FocusRight
            | Act::FocusNext
            | Act::FocusPrevious
            | Act::FocusNumber(_)
            | Act::NextWaiting => self.look(act, stage, now),
            Act::TakeUp => self.leave_for(Elsewhere::Session, stage),
            Act::Zoom if self.offers(Elsewhere::Session, stage) => {
                self.leave_for(Elsewhere::Session, stage)
            }
            Act::Demo => self.leave_for(Elsewhere::Demo, stage),
            Act::Zoom => self.look_closer(stage, now),
            Act::Roster => self.toggle_roster(),
            Act::TabNext => self.open_tab(self.tab.turned(1)),
            Act::TabPrevious => self.open_tab(self.tab.turned(-1)),
            Act::TabNumber(number) => self.open_tab_number(number),
            Act::OlderVersion => self.turn_version(-1, stage, now),
            Act::NewerVersion => self.turn_version(1, stage, now),
            Act::Fold => self.fold(stage),
            Act::ScrollUp
            | Act::ScrollDown
            | Act::HalfPageUp
            | Act::HalfPageDown
            | Act::PageUp
            | Act::PageDown
            | Act::ScrollTop
            | Act::ScrollEnd => self.scroll_by(act, stage, now),
            Act::Search => self.search(),
            Act::NextMatch | Act::PreviousMatch => self.next_match(act, stage, now),
            Act::Copy => self.copy(stage, now),
            Act::ChangesSpan
            | Act::EarlierTurn
            | Act::LaterTurn
            | Act::NextFile
            | Act::PreviousFile
            | Act::FoldAll
            | Act::Comment => self.look_through(act, stage, now),
            act => self.act_further(act, stage, now),
        }
    }

    /// The acts that change something, or answer a dialog.
    #[expect(clippy::too_many_lines, reason = "it routes: an arm for each act")]
    fn act_further(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        match act {
            Act::Approve => self.approve(Scope::Once, stage, now),
            Act::ApproveAlways => self.approve(Scope::Always, stage, now),
            Act::Deny => self.deny(stage, now),
            Act::ApproveEqual => self.approve_equal(stage, now),
            Act::DenyEqual => self.deny_equal(stage, now),
            Act::Answer => self.answer(stage, now),
            Act::PauseAll => self.pause_all(stage),
            Act::Evidence => self.open_evidence(stage, now),
            Act::NewAgent => self.new_agent(stage, now),
            Act::WatchOthers => self.look_nearby(now),
            Act::RankRoles => self.ask_for_brief(),
            Act::BestRole => self.take_best(now),
            Act::EditRole => self.edit_role(now),
            Act::ChooseRole => self.choose_for_audition(now),
            Act::ToStage => self.go_to_screen(Screen::Stage, now),
            Act::ToCast => self.go_to_screen(Screen::Cast, now),
            Act::ToScript => self.go_to_screen(Screen::Script, now),
            Act::ToPast => self.go_to_screen(Screen::Past, now),
            Act::ToLedger => self.go_to_screen(Screen::Ledger, now),
            Act::ToInbox => self.open_inbox(stage, now),
            Act::SeeAgent | Act::LaterPlay | Act::EarlierPlay => self.direct_play(act, stage, now),
            act if act.directs_plays() => self.direct_play(act, stage, now),
            Act::Pause
            | Act::Freeze
            | Act::Step
            | Act::Interrupt
            | Act::Fork
            | Act::Retake
            | Act::Rewind
            | Act::Restart
            | Act::TakeWork
            | Act::Redirect
            | Act::EditRedirect
            | Act::TakeBackRedirect
            | Act::EditInstructions
            | Act::ChangeModel
            | Act::Rename
            | Act::Colour
            | Act::ChangeBudget
            | Act::Verify
            | Act::Stop
            | Act::Kill => self.direct(act, stage, now),
            Act::ChoiceNext => self.mark(1, stage, now),
            Act::ChoicePrevious => self.mark(-1, stage, now),
            Act::Choose => self.choose(stage, now),
            Act::Cancel => self.cancel(stage, now),
            Act::LeaveTerminal => self.end_typing(),
            Act::FieldNext => self.next_field(1),
            Act::FieldPrevious => self.next_field(-1),
            Act::Save => self.save(stage, now),
            Act::ExternalEditor => self.edit_elsewhere(),
            Act::Undo | Act::Redo => self.undo(act),
            Act::Back => self.back(stage, now),
            Act::Help => self.help(stage),
            Act::Palette => self.open_palette(stage),
            Act::CommandLine => self.open_command_line(stage, now),
            Act::Health => self.show_health(),
            Act::Themes => self.choose_theme(),
            Act::Settings => self.show_settings(),
            Act::Limits => self.show_limits(stage),
            Act::Redraw => Done::Repaint,
            Act::Suspend => Done::Suspend,
            Act::Quit => self.quit(stage),
            Act::Detach => self.detach_key(now),
            Act::NextLayout => self.next_layout(stage, now),
            Act::NextOrder => self.next_order(stage, now),
            Act::Wider | Act::Narrower | Act::Taller | Act::Lower => self.resize(act, stage, now),
            Act::Pin => self.pin(stage, now),
            Act::MarkAgent => self.mark_agent(stage, now),
            Act::MarkAll => self.mark_all(stage, now),
            Act::MarkRange => self.mark_range(stage, now),
            Act::SeenAll => self.see_all(stage, now),
            Act::Seen if self.screen != Screen::Inbox => self.see_focused(stage, now),
            Act::Versus => self.hold_two(stage, now),
            act if act.copies() => self.copy_by(act, stage, now),
            act if act.is_of_versus() => self.look_at_versus(act, now),
            act if act.is_of_audition() => self.hold_against(act, stage, now),
            act if act.is_of_inbox() => self.attend(act, stage, now),
            act if act.is_of_ledger() => self.look_at_ledger(act),
            act if act.is_of_past() => self.look_into_past(act, stage, now),
            act if act.is_of_library() => self.look_in_library(act, now),
            act => self.play(act, now),
        }
    }

    /// The acts that move a replay.
    fn play(&mut self, act: Act, now: Millis) -> Done {
        if self.playhead.is_none() {
            return Done::Nothing;
        }
        match act {
            Act::Bookmark => return self.bookmark(now),
            Act::Note => return self.ask_for_note(),
            Act::Seek => return self.ask_what_is_sought(),
            _ => {}
        }
        let agent = self.followed();
        Done::Play(match act {
            Act::PlayPause => Play::Toggle,
            Act::EventBack => Play::Events(-1, agent),
            Act::EventForward => Play::Events(1, agent),
            Act::TurnBack => Play::Turns(-1, agent),
            Act::TurnForward => Play::Turns(1, agent),
            Act::ReplayStart => Play::Start,
            Act::ReplayEnd => Play::End,
            Act::Jump(tenths) => Play::Tenth(tenths),
            Act::Faster => Play::Faster,
            Act::Slower => Play::Slower,
            Act::FullSpeed => Play::Pace(super::Pace::Full),
            _ => return Done::Nothing,
        })
    }

    /// Whether the first screen is shown, and offers that.
    pub fn offers(&self, elsewhere: Elsewhere, stage: &Stage) -> bool {
        let is_there = match elsewhere {
            Elsewhere::Session => self.can_take_up,
            Elsewhere::Demo => self.can_rehearse,
        };
        is_there && !self.is_leaving && stage.is_untouched()
    }

    /// Leaves this session, on which nobody is.
    fn leave_for(&mut self, elsewhere: Elsewhere, stage: &Stage) -> Done {
        if !self.offers(elsewhere, stage) {
            return Done::Nothing;
        }
        self.leaves_for = Some(elsewhere);
        Done::Leave
    }

    /// Leaves; asks what becomes of agents that are at work.
    fn quit(&mut self, stage: &Stage) -> Done {
        if self.is_replay() || self.is_leaving || self.is_over {
            return Done::Leave;
        }
        let at_work = super::choose::unfinished(stage);
        if at_work.is_none() && self.detach == Detach::Kept {
            self.detaches = true;
            return Done::Leave;
        }
        let Some(at_work) = at_work else {
            self.is_leaving = true;
            return Done::Send(vec![Command::Quit(crate::model::QuitMode::Pause)]);
        };
        self.dialog = Some(Dialog::Question(super::choose::about_quitting(&at_work, self.detach)));
        Done::Redraw
    }

    /// One step back. Never reaches an agent.
    fn back(&mut self, stage: &Stage, now: Millis) -> Done {
        // On the inbox the keys are always those of what is marked.
        // From an agent that is looked at alone one goes back at once.
        let stays = !matches!(self.screen, Screen::Inbox | Screen::Zoom);
        let had_request = self.request.take().is_some() && stays;
        if self.dialog.take().is_some() || had_request {
            return Done::Redraw;
        }
        if self.shows_cast() {
            return self.leave_cast();
        }
        if self.shows_library() {
            return self.leave_library();
        }
        if self.screen == Screen::Past && self.past.forget_search() {
            return Done::Redraw;
        }
        if self.screen == Screen::Inbox && self.inbox.shows_settled {
            self.inbox.shows_settled = false;
            return Done::Redraw;
        }
        if matches!(
            self.screen,
            Screen::Script | Screen::Audition | Screen::Past | Screen::Inbox | Screen::Ledger
        ) {
            self.return_to_stage();
            return Done::Redraw;
        }
        if self.screen == Screen::Zoom && self.search.take().is_some() {
            return Done::Redraw;
        }
        if self.screen == Screen::Zoom && self.zoomed_from.compares() {
            return self.compare_again(stage, now);
        }
        if self.screen == Screen::Versus {
            return self.leave_versus();
        }
        if self.screen == Screen::Zoom && self.zoomed_from == Screen::Inbox {
            self.zoomed_from = Screen::Stage;
            return self.open_inbox(stage, now);
        }
        if self.screen == Screen::Diffs {
            self.screen = Screen::Audition;
            return Done::Redraw;
        }
        if self.screen == Screen::Zoom {
            self.screen = Screen::Stage;
            self.scroll = super::Scroll::Follow;
        } else if !self.marked.is_empty() {
            return self.mark_nobody(now);
        } else if !self.filter.is_empty() {
            self.filter.clear();
            self.turn_page(stage);
        } else if self.roster {
            self.roster = false;
        } else if self.is_recalled {
            return Done::Leave;
        } else {
            return Done::Nothing;
        }
        Done::Redraw
    }

    /// The next match: of the search; in a replay without one, the next marker.
    fn next_match(&mut self, act: Act, stage: &Stage, now: Millis) -> Done {
        if matches!(self.dialog, Some(Dialog::Copying(_))) {
            return self.next_copied(act == Act::NextMatch, now);
        }
        let towards = if act == Act::NextMatch { Towards::End } else { Towards::Start };
        match &self.search {
            None if self.is_replay() => self.turn_to_landmark(towards, now),
            Some(_) if self.looks_at_changes(stage).is_some() => self.turn_to_row(towards, now),
            _ => self.turn_to_match(towards, now),
        }
    }
}
