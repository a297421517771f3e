//! Everything behind the picture: takes cues, knows whether to draw, draws.

use super::{Cue, Errand, News};
use crate::{
    model::{
        AHEAD, AgentId, Author, Command, EngineKind, Event, Input, Level, Millis, QuitMode, Record,
        Stage,
    },
    ui::{
        desk::{Desk, DiffWish, Done, ReadWish, Reading},
        keys::Act,
        screens::Screens,
        theme::Theme,
        view::{self, Answer, Hits, Scene, Welcome},
    },
};
use ratatui::{Terminal, backend::Backend};
use tokio::sync::mpsc::{Sender, error::TrySendError};

/// How many records are kept for a log that is being read meanwhile.
const MEANWHILE: usize = 10_000;

/// How long a terminal may take to answer a key before nobody waits for it.
const ECHO: Millis = Millis(250);

/// Says what to try next, as things stand on the stage.
pub type Prompter = fn(&Stage) -> Option<String>;

/// Everything behind the picture. Knows no terminal and no clock.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent, and each says something else")]
pub struct Show {
    /// The facts so far.
    pub stage: Stage,
    /// Where the director looks.
    pub desk: Desk,
    /// How things look.
    pub theme: Theme,
    /// What the first screen says while there is no agent.
    pub welcome: Option<Welcome>,
    /// The supervisor's inbox. A replay has none, so it can command nobody.
    pub inbox: Option<Sender<Input>>,
    /// What keeps the journal from being written.
    pub trouble: Option<String>,
    /// Says what to try next, as things stand.
    pub prompter: Option<Prompter>,
    /// There will be no more facts.
    ended: bool,
    /// The picture is no longer true.
    is_stale: bool,
    /// The director waits for the next picture.
    is_urgent: bool,
    /// Whose terminal was typed into and has not answered yet, and how long an
    /// answer is waited for.
    echo: Option<(AgentId, Millis)>,
    /// It has answered, and that is not drawn yet.
    is_answered: bool,
    /// That terminal, as it was drawn.
    answer: Option<Answer>,
    pub(super) hits: Hits,
    /// The screens of commands in terminals.
    screens: Screens,
    /// Records that arrived while a log was being read: it may lack them.
    meanwhile: Option<Vec<Record>>,
    /// A difference is being read.
    is_diffing: bool,
}

impl Show {
    /// A show of this stage from this desk. Without an `inbox` it only looks.
    pub fn new(stage: Stage, desk: Desk, theme: Theme, inbox: Option<Sender<Input>>) -> Self {
        let stage = stage.without_trails();
        let mut show = Self { stage, desk, theme, inbox, is_stale: true, ..Self::default() };
        show.desk.settle(&show.stage, show.stage.now());
        show
    }

    /// Takes cues in their order. Draw after this, if it [is stale](Self::is_stale).
    pub fn step(&mut self, cues: impl IntoIterator<Item = Cue>, now: Millis) -> Vec<Errand> {
        let errands = cues.into_iter().filter_map(|cue| self.take(cue, now)).collect();
        if let Some(command) = self.desk.note_look(&self.stage) {
            self.send(vec![command], now);
        }
        errands
    }

    /// Whether the picture is no longer true.
    pub const fn is_stale(&self) -> bool {
        self.is_stale
    }

    /// Whether the director waits for the next picture: then it is drawn at once.
    pub const fn is_urgent(&self) -> bool {
        self.is_stale && (self.is_urgent || self.is_answered)
    }

    /// Whether the director has typed into a terminal and waits for its answer, or for
    /// the first words of a command: then facts don't wait for the next picture.
    pub fn awaits_answer(&self, now: Millis) -> bool {
        self.echo.is_some_and(|(_, until)| now < until)
            || self.desk.focus.is_some_and(|it| self.is_silent(it))
    }

    /// Whether an agent is a command that has printed nothing yet.
    fn is_silent(&self, agent: AgentId) -> bool {
        self.stage.agent(agent).is_some_and(|it| {
            let is_at_work = it.casting.engine == EngineKind::Pty && !it.is_over();
            is_at_work && it.log.printed().is_none_or(|it| it.end() == 0)
        })
    }

    /// Makes the next picture a new one, whatever was drawn.
    pub const fn repaint(&mut self) {
        self.is_stale = true;
        self.is_urgent = true;
    }

    /// Draws, if the picture is no longer true; says whether it did. Where the
    /// director waits for a terminal's answer and nothing else, that is drawn alone,
    /// and the picture is as stale as before.
    ///
    /// # Errors
    /// When the terminal can't be written to.
    pub fn draw<B: Backend>(
        &mut self,
        terminal: &mut Terminal<B>,
        now: Millis,
    ) -> Result<bool, B::Error> {
        if !self.is_stale {
            return Ok(false);
        }
        self.screens.look(self.desk.in_view(&self.stage).filter_map(|it| self.stage.agent(it)));
        self.desk.modes = self.screens.modes(self.desk.focus);
        let mut answer = self.answer.take();
        let scene = Scene {
            stage: &self.stage,
            desk: &self.desk,
            theme: self.desk.worn().unwrap_or(&self.theme),
            now,
            trouble: self.trouble.as_deref(),
            welcome: self.welcome.as_ref(),
            screens: Some(&self.screens),
        };
        if std::mem::take(&mut self.is_answered)
            && !self.is_urgent
            && let Some(mut answer) = answer.take()
        {
            let changes = answer.changes(&scene);
            self.answer = Some(answer);
            let cells = changes.iter().map(|(place, cell)| (place.x, place.y, cell));
            terminal.backend_mut().draw(cells)?;
            terminal.backend_mut().flush()?;
            return Ok(true);
        }
        let mut hits = Hits::default();
        terminal.draw(|frame| {
            hits = view::draw(frame, &scene);
            if let Some(answer) = &answer {
                answer.draw_over(frame.buffer_mut());
            }
        })?;
        self.answer = Answer::of(&scene, &hits);
        let shown = std::mem::take(&mut hits.shown);
        self.is_stale = self.desk.take_shown(shown, &self.stage);
        self.is_urgent = self.is_stale;
        self.hits = hits;
        if let Some(command) = self.desk.fit_terminal(&self.stage) {
            self.send(vec![command], now);
        }
        Ok(true)
    }

    /// A stretch of a log that should be read now; none while one is being read.
    pub fn wish(&self) -> Option<ReadWish> {
        self.desk.wish().filter(|_| self.meanwhile.is_none())
    }

    /// Notes that a log is being read: what happens meanwhile is kept for it.
    pub fn begin_reading(&mut self) {
        self.meanwhile = Some(Vec::new());
    }

    /// A difference that should be read now; none while one is being read.
    pub fn diff_wish(&self) -> Option<DiffWish> {
        self.desk.diff_wish(&self.stage).filter(|_| !self.is_diffing)
    }

    /// Notes that a difference is being read.
    pub const fn begin_diff(&mut self) {
        self.is_diffing = true;
    }

    fn take(&mut self, cue: Cue, now: Millis) -> Option<Errand> {
        let done = match cue {
            Cue::Key(key) => self.desk.key(key, &self.stage, now),
            Cue::Said(said) => self.desk.hear(said, &self.stage, now),
            Cue::Paste(text) => self.desk.paste(&text, &self.stage, now),
            Cue::Mouse(mouse) => self.point(mouse, now),
            Cue::Resize => Done::Redraw,
            Cue::News(news) => return self.hear(*news, now),
            Cue::Found(finding) => self.find_out(finding, now),
            Cue::Reading(reading) => self.take_reading(*reading, now),
            Cue::Diffed(diffed) => {
                self.is_diffing = !diffed.is_last;
                self.desk.take_diff(*diffed);
                self.desk.copy_awaited(&self.stage, now)
            }
            Cue::Tick => {
                self.is_stale = true;
                return match self.desk.glance(&self.stage, now) {
                    Done::Send(commands) => self.send(commands, now),
                    _ => None,
                };
            }
        };
        if done != Done::Nothing {
            self.is_stale = true;
            self.echo = typed_into(&done).map(|agent| (agent, now.plus(ECHO)));
            // What a key does in a terminal is seen when the terminal answers; a
            // picture before that would only put off the one with the answer.
            self.is_urgent |= self.echo.is_none();
        }
        self.finish(done, now)
    }

    /// Sees to what a key leaves to do.
    fn finish(&mut self, done: Done, now: Millis) -> Option<Errand> {
        match done {
            Done::Nothing | Done::Redraw => None,
            Done::Send(commands) => self.send(commands, now),
            Done::EditElsewhere(text) => Some(Errand::EditElsewhere(text)),
            Done::Visit(path, line) => Some(Errand::Visit(path, line)),
            Done::Recall(place) => Some(Errand::Recall(place)),
            Done::Role(task) => Some(Errand::Role(task)),
            Done::Script(task) => Some(Errand::Script(task)),
            Done::Copy(text) => Some(Errand::Copy(text)),
            Done::Play(play) => Some(Errand::Play(play)),
            Done::Repaint => Some(Errand::Repaint),
            Done::Suspend => Some(Errand::Suspend),
            Done::Leave => Some(Errand::Leave),
        }
    }

    /// Sends commands to the supervisor. Never waits: facts must keep flowing to
    /// the screen while it is busy.
    fn send(&mut self, commands: Vec<Command>, now: Millis) -> Option<Errand> {
        let is_quit = matches!(commands.as_slice(), [Command::Quit(_)]);
        if self.ended && is_quit {
            return Some(Errand::Leave);
        }
        let Some(inbox) = &self.inbox else {
            let nobody = crate::model::Refusal::Nothing(self.desk.nobody());
            self.desk.refused(&nobody, now);
            return None;
        };
        for command in commands {
            match inbox.try_send(Input::Command { by: Author::Director, command }) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => self.desk.busy(now),
                Err(TrySendError::Closed(_)) if is_quit => return Some(Errand::Leave),
                Err(TrySendError::Closed(_)) => {
                    let over = crate::model::Refusal::Nothing("the session is over");
                    self.desk.refused(&over, now);
                }
            }
        }
        None
    }

    /// Asks the session to close: a signal said so. Says what is left to do.
    pub fn close(&mut self, now: Millis) -> Option<Errand> {
        if self.inbox.is_none() || self.ended || self.desk.is_leaving {
            return Some(Errand::Leave);
        }
        if self.desk.detach.why_not().is_none() {
            // A screen that is lost ends no agent.
            self.desk.detaches = true;
            return Some(Errand::Leave);
        }
        self.desk.is_leaving = true;
        let _done = self.desk.say(Level::Note, "closing the session", now);
        (self.is_stale, self.is_urgent) = (true, true);
        self.send(vec![Command::Quit(QuitMode::Now)], now)
    }

    fn hear(&mut self, news: News, now: Millis) -> Option<Errand> {
        self.is_stale |= news.is_news(self.trouble.as_ref());
        self.is_urgent |= news.stage.is_some();
        if let Some(stage) = news.stage {
            self.stage = stage.without_trails();
            self.screens.clear();
            self.desk.reading = None;
        }
        for near in news.records.iter().flat_map(|it| it.chunks(AHEAD)) {
            self.stage.call_up(near.iter().filter_map(|it| it.event.agent()));
            for record in near {
                self.see(record, now);
            }
        }
        self.screens.keep_up(&self.stage);
        if let Some(playhead) = news.playhead {
            self.desk.playhead = Some(playhead);
        }
        self.trouble = news.trouble;
        self.desk.detach = news.detach.unwrap_or(self.desk.detach);
        if let Some(prompter) = self.prompter {
            self.desk.hint = prompter(&self.stage);
        }
        self.desk.settle(&self.stage, now);
        for refusal in &news.refusals {
            self.desk.refused(refusal, now);
        }
        if news.ended && !self.ended && !self.desk.is_leaving {
            self.say_closed(now);
        }
        self.ended |= news.ended;
        self.desk.is_over = self.ended;
        (self.ended && self.desk.is_leaving).then_some(Errand::Leave)
    }

    /// Sees one thing that has happened.
    fn see(&mut self, record: &Record, now: Millis) {
        self.is_urgent |= self.are_first_words(&record.event);
        self.stage.apply(record);
        self.write_on(record);
        self.desk.heed(&record.event, &self.stage, now);
        if let Event::TerminalPrinted { agent, .. } = record.event
            && self.echo.is_some_and(|(typed, _)| typed == agent)
        {
            (self.echo, self.is_answered) = (None, true);
        }
    }

    /// Whether these are the first words of a command that the director has in view:
    /// then it was waited for.
    fn are_first_words(&self, event: &Event) -> bool {
        let Event::TerminalPrinted { agent, .. } = event else { return false };
        self.desk.focus == Some(*agent) && self.is_silent(*agent)
    }

    /// Says that somebody else has closed the session.
    fn say_closed(&mut self, now: Millis) {
        let why = self.stage.closed().map(|it| format!(": {it}")).unwrap_or_default();
        let text = format!("the session was closed{why}; {} leaves", self.quit_key());
        let _redraw = self.desk.say(Level::Warning, text, now);
    }

    /// The key that leaves.
    fn quit_key(&self) -> String {
        let keys = self.desk.keymap.keys_for(self.desk.context(&self.stage), Act::Quit);
        keys.into_iter().next().unwrap_or_else(|| Act::Quit.name().into_owned())
    }

    /// Adds a record to the log that is being looked at.
    fn write_on(&mut self, record: &Record) {
        if let Some(kept) = self.meanwhile.as_mut().filter(|it| it.len() <= MEANWHILE) {
            kept.push(record.clone());
        }
        if let Some(reading) = &mut self.desk.reading {
            write_on(reading, record);
        }
    }

    fn take_reading(&mut self, mut reading: Reading, now: Millis) -> Done {
        let meanwhile = self.meanwhile.take().unwrap_or_default();
        if meanwhile.len() > MEANWHILE {
            // Some were not kept: the wish still stands, and is read again.
            return Done::Redraw;
        }
        for record in &meanwhile {
            write_on(&mut reading, record);
        }
        if let Some(done) = self.desk.copy_whole(&reading, now) {
            return done;
        }
        self.desk.take_reading(reading);
        Done::Redraw
    }
}

/// Whose terminal a key goes to.
fn typed_into(done: &Done) -> Option<AgentId> {
    match done {
        Done::Send(commands) => commands.iter().find_map(|it| match it {
            Command::Type(agent, _) => Some(*agent),
            _ => None,
        }),
        _ => None,
    }
}

/// Adds a record to a log that reaches the latest one.
fn write_on(reading: &mut Reading, record: &Record) {
    if reading.at_end && record.seq > reading.through {
        reading.through = record.seq;
        if record.event.agent() == Some(reading.agent) {
            reading.log.apply(record);
        }
    }
}
