//! The form for another take of an agent: from which turn on, and what differs.

use super::{Desk, Dialog, Done, RoleOffer, editor};
use crate::model::{Agent, AgentId, Command, Level, Millis, Old, Retake, Stage, Turn};
use crossterm::event::{KeyCode, KeyEvent};
use tui_textarea::TextArea;

/// The form.
#[derive(Debug, Clone)]
pub struct RetakeForm {
    /// Whose take it is to be.
    pub agent: AgentId,
    /// The first turn to be taken anew.
    pub turn: Turn,
    /// What is said to it there.
    pub message: TextArea<'static>,
    /// How it is to work.
    pub instructions: TextArea<'static>,
    /// The roles that can play it, where it was no agent of ours.
    pub roles: Vec<RoleOffer>,
    /// Which of them does.
    pub role: usize,
    /// What becomes of the one that there is.
    pub old: Old,
    /// Where the keys go.
    pub at: RetakePart,
    /// What is wrong with it, once it was tried.
    pub fault: Option<String>,
    /// What was said there, and the instructions, as they were.
    pub was: [String; 2],
    /// How many takes there were when it was opened.
    takes: usize,
    /// No instructions are told of this turn.
    was_bare: bool,
}

/// What becomes of retakes in a replay.
#[derive(Debug, Clone, Default)]
pub struct Retaking {
    /// What is replayed was told by another tool: roles of ours play what is taken again.
    pub recasts: bool,
    /// Why nothing of it can be taken again.
    pub refused: Option<String>,
    /// The take that the replay was left for.
    pub wanted: Option<Retake>,
}

/// A part of the form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RetakePart {
    /// The turn.
    Turn,
    /// Who plays it, where it was no agent of ours.
    Role,
    /// What is said.
    #[default]
    Message,
    /// The instructions.
    Instructions,
    /// What becomes of the old one.
    Old,
}

impl RetakePart {
    /// Whether a text of several lines is written there.
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Message | Self::Instructions)
    }
}

impl RetakeForm {
    fn of(agent: &Agent, turn: Turn, takes: usize) -> Self {
        let was = [agent.said_before(turn), agent.instructions_at(turn).to_owned()];
        let [message, instructions] = was.each_ref().map(|it| editor::area(it));
        Self {
            agent: agent.id,
            turn,
            message,
            instructions,
            roles: Vec::new(),
            role: 0,
            old: Old::default(),
            at: RetakePart::default(),
            fault: None,
            was_bare: was[1].is_empty(),
            was,
            takes,
        }
    }

    /// The same, to be played by one of these roles: that of its program first, if it can.
    fn played_by(mut self, agent: &Agent, roles: &[RoleOffer]) -> Self {
        self.roles = roles.iter().filter(|it| it.missing.is_none()).cloned().collect();
        let is_its = |it: &RoleOffer| it.casting.is_same_program(&agent.casting);
        self.role = self.roles.iter().position(is_its).unwrap_or(0);
        self.take_on();
        self
    }

    /// Where the log tells of no instructions, whoever plays it brings those of its role.
    fn take_on(&mut self) {
        let Some(own) = self.player().map(|it| it.casting.instructions.clone()) else { return };
        let [_, written] = self.written();
        if self.was_bare && written == self.was[1] {
            self.instructions = editor::area(&own);
            self.was[1] = own;
        }
    }

    /// The role that plays it, where it was no agent of ours.
    pub fn player(&self) -> Option<&RoleOffer> {
        self.roles.get(self.role)
    }

    /// The parts that it has, from the top.
    pub fn parts(&self) -> Vec<RetakePart> {
        use RetakePart::{Instructions, Message, Old, Role, Turn};
        let all = [Turn, Role, Message, Instructions, Old];
        all.into_iter().filter(|it| *it != Role || !self.roles.is_empty()).collect()
    }

    /// What is written of both.
    pub fn written(&self) -> [String; 2] {
        [&self.message, &self.instructions].map(|it| it.lines().join("\n"))
    }

    /// The text that has the keys.
    pub(super) fn area(&mut self) -> Option<&mut TextArea<'static>> {
        match self.at {
            RetakePart::Message => Some(&mut self.message),
            RetakePart::Instructions => Some(&mut self.instructions),
            RetakePart::Turn | RetakePart::Role | RetakePart::Old => None,
        }
    }

    /// Turns to the part so many places further, going round.
    pub(super) fn turn_to(&mut self, places: isize) {
        let all = self.parts();
        let here = all.iter().position(|it| *it == self.at).unwrap_or(0).cast_signed();
        let there = (here + places).rem_euclid(all.len().cast_signed()).unsigned_abs();
        self.at = all.get(there).copied().unwrap_or_default();
    }

    /// Chooses so many places further, where something is chosen.
    pub(super) fn choose(&mut self, places: isize, stage: &Stage) {
        match self.at {
            RetakePart::Turn => {
                let turn = (self.turn.0 as usize).saturating_add_signed(places.saturating_neg());
                self.set_turn(u32::try_from(turn).unwrap_or(u32::MAX), stage);
            }
            RetakePart::Role => {
                let count = self.roles.len().max(1).cast_signed();
                let place = (self.role.cast_signed() + places).rem_euclid(count);
                self.role = place.unsigned_abs();
                self.take_on();
            }
            RetakePart::Old => {
                self.old = match self.old {
                    Old::GoesOn => Old::Stops,
                    Old::Stops => Old::GoesOn,
                };
            }
            RetakePart::Message | RetakePart::Instructions => {}
        }
    }

    /// Takes a key that means nothing else.
    pub(super) fn input(&mut self, key: KeyEvent, stage: &Stage) {
        self.fault = None;
        match (key.code, self.at) {
            (KeyCode::Char(' '), RetakePart::Role | RetakePart::Old) | (KeyCode::Left, _) => {
                self.choose(1, stage);
            }
            (KeyCode::Right, _) => self.choose(-1, stage),
            (KeyCode::Char(digit), RetakePart::Turn) => {
                if let Some(digit) = digit.to_digit(10) {
                    let longer = self.turn.0.saturating_mul(10).saturating_add(digit);
                    let last = last_turn(stage, self.agent);
                    self.set_turn(if longer <= last.0 { longer } else { digit.max(1) }, stage);
                }
            }
            _ => {}
        }
    }

    /// Goes to another turn. A text that was not touched is the one of that turn.
    fn set_turn(&mut self, turn: u32, stage: &Stage) {
        let Some(agent) = stage.agent(self.agent) else { return };
        let turn = Turn(turn.clamp(1, last_turn(stage, agent.id).0));
        let now = Self::of(agent, turn, self.takes);
        let [said, instructions] = self.written();
        if said == self.was[0] {
            self.message = now.message;
        }
        let is_untouched = instructions == self.was[1];
        if is_untouched {
            self.instructions = now.instructions;
        }
        (self.turn, self.was, self.was_bare) = (turn, now.was, now.was_bare);
        if is_untouched {
            self.take_on();
        }
    }
}

/// The latest turn that can be taken anew: the one to come, where nothing is under way.
fn last_turn(stage: &Stage, agent: AgentId) -> Turn {
    let Some(agent) = stage.agent(agent) else { return Turn(1) };
    let is_under_way = agent.calling || !agent.tools_open.is_empty();
    if is_under_way { agent.turn.max(Turn(1)) } else { agent.turn.next() }
}

impl Desk {
    /// Opens the form for another take of an agent: from the turn that is looked at on.
    pub(super) fn open_retake(&mut self, agent: &Agent, stage: &Stage, now: Millis) -> Done {
        let turn = self.turn_looked_at(agent);
        self.open_retake_at(agent, turn, stage, now)
    }

    /// Opens it at this turn; what was typed of one before goes first.
    pub(super) fn open_retake_at(
        &mut self,
        agent: &Agent,
        turn: Turn,
        stage: &Stage,
        now: Millis,
    ) -> Done {
        if let Some(why) = &self.retaking.refused {
            return self.say(Level::Note, why.clone(), now);
        }
        if agent.turn.0 == 0 && !agent.is_over() {
            let text = format!("{} has taken no turn yet", agent.casting.name);
            return self.say(Level::Note, text, now);
        }
        let takes = stage.takes(agent).len();
        let turn = turn.max(Turn(1)).min(last_turn(stage, agent.id));
        let draft = self.retakes.remove(&agent.id).filter(|it| it.takes == takes);
        let mut form = draft.unwrap_or_else(|| RetakeForm::of(agent, turn, takes));
        if self.retaking.recasts && form.roles.is_empty() {
            form = form.played_by(agent, &self.roles);
            if form.roles.is_empty() {
                let why = self.roles.iter().find_map(|it| it.missing.clone());
                let text = format!("nobody here can play it: {}", why.unwrap_or_default());
                return self.say(Level::Note, text, now);
            }
        }
        self.dialog = Some(Dialog::Retake(Box::new(form)));
        Done::Redraw
    }

    /// The turn that is looked at: where the log is scrolled to, or the latest; one that
    /// is over is looked at as a whole, and goes on.
    fn turn_looked_at(&self, agent: &Agent) -> Turn {
        let is_scrolled = self.screen == super::Screen::Zoom && self.shown.back > 0;
        self.shown.turn.filter(|_| is_scrolled).unwrap_or(agent.stands_at())
    }

    /// Keeps what was typed of a retake for the next time.
    pub(super) fn keep_retake(&mut self, form: RetakeForm) {
        if form.written() != form.was {
            self.retakes.insert(form.agent, form);
        }
    }

    /// Has the take of the form begin, if it makes sense.
    pub(super) fn retake(&mut self, stage: &Stage, now: Millis) -> Done {
        let Some(Dialog::Retake(mut form)) = self.dialog.take() else { return Done::Nothing };
        let [message, instructions] = form.written();
        let (agent, turn, old) = (form.agent, form.turn, form.old);
        let told = stage.agent(agent);
        let is_new_turn = told.is_some_and(|it| turn > it.turn && it.is_over());
        if message.trim().is_empty() && (turn.0 <= 1 || is_new_turn) {
            form.fault = Some("say what it is to do".to_owned());
            form.at = RetakePart::Message;
            self.dialog = Some(Dialog::Retake(form));
            return Done::Redraw;
        }
        let name = told.map(|it| it.casting.name.clone()).unwrap_or_default();
        let differs = |is: &String, was: &String| (is != was).then(|| is.clone());
        let message = differs(&message, &form.was[0]);
        let instructions = differs(&instructions, &form.was[1]);
        let role = form.player().map(|it| it.casting.role.clone()).unwrap_or_default();
        self.keep_retake(*form);
        let retake = Retake { agent, turn, message, instructions, old, role };
        if self.is_replay() {
            self.retaking.wanted = Some(retake);
            return Done::Leave;
        }
        self.say(Level::Note, format!("{name} is taken again, from turn {turn} on"), now);
        Done::Send(vec![Command::Retake(Box::new(retake))])
    }
}
