//! The loop on a terminal.

use super::{
    Cue, Errand, Finding, Options, Renewal, Show, Source,
    comparing::see_to_versus,
    events::{event_at_hand, next_event, until},
    health::Meter,
    herald::Herald,
    heralding::Heralding,
    linear,
    naming::Naming,
    nearby::see_to_nearby,
    next_tick, reading,
    recalling::see_to_past,
    reckoning::see_to_ledger,
    renewing::Furnished,
    signs::{Sign, Signals},
};
use crate::{
    config::Output,
    model::{Level, Millis},
    ui::{
        desk::{Diffed, Reading, RoleTask, ScriptTask},
        terminal::{Answers, Screen, Sifted, edit_elsewhere, visit},
        theme::Rgb,
    },
};
use crossterm::event::{Event, EventStream};
use std::{io, path::Path, sync::Arc, time::Duration};
use tokio::{signal::unix::SignalKind, sync::mpsc, time::Instant};

/// How long the session may take to close after a signal.
pub(super) const PATIENCE: Duration = Duration::from_millis(1500);
/// How long keys that may be the terminal's answer are held.
const ANSWER: Duration = Duration::from_millis(60);

/// How a show ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The director left.
    Left,
    /// This signal ended it; a terminal that went away counts as one.
    Signalled(i32),
}

/// Shows a source until the director leaves. The first frame is drawn before
/// anything is waited for.
///
/// # Errors
/// When there is no terminal, or it can't be written to.
pub async fn run(show: &mut Show, source: &mut impl Source, options: Options) -> io::Result<Ended> {
    if options.output == Output::Linear {
        return linear::run(show, source, &options).await;
    }
    let screen = Screen::take(&options.title, options.mouse)?;
    let title = options.title.clone();
    let heralding = Heralding::new(Herald::new(options.manners), options.calling, title)
        .also((options.kinds.clone(), options.alert.clone()));
    let meter = Meter::new(options.log.clone());
    let (sender, readings) = mpsc::channel(1);
    let (finder, findings) = mpsc::channel(16);
    let (diffing, diffed) = mpsc::channel(2);
    let (renewing, renewed) = mpsc::channel(1);
    let mut stand = Stand {
        show,
        screen,
        options,
        events: None,
        answers: Answers::default(),
        signals: Signals::listen()?,
        reading: sender,
        readings,
        finder,
        findings,
        diffing,
        diffed,
        renewed,
        background: None,
        heralding,
        meter,
        naming: Naming::default(),
        last_frame: None,
        patience: None,
        is_over: false,
    };
    stand.draw(source.now())?;
    if stand.options.wardrobe.theme_for.is_some() {
        stand.screen.ask_background()?;
    }
    if let Some(renew) = stand.options.renew.take() {
        renew(renewing);
    }
    stand.find_out();
    stand.events = Some(EventStream::new());
    let mut ended = Ended::Left;
    while !stand.is_over {
        let woken = stand.wait(source).await?;
        if ended == Ended::Left {
            ended = woken;
        }
    }
    Ok(ended)
}

/// What the loop holds.
struct Stand<'a> {
    show: &'a mut Show,
    screen: Screen,
    options: Options,
    /// None before the first frame, and when the terminal has gone away.
    events: Option<EventStream>,
    answers: Answers,
    signals: Signals,
    reading: mpsc::Sender<Reading>,
    readings: mpsc::Receiver<Reading>,
    finder: mpsc::Sender<Finding>,
    findings: mpsc::Receiver<Finding>,
    diffing: mpsc::Sender<Diffed>,
    diffed: mpsc::Receiver<Diffed>,
    renewed: mpsc::Receiver<Renewal>,
    /// What the terminal said of its background.
    background: Option<Rgb>,
    heralding: Heralding,
    meter: Meter,
    naming: Naming,
    last_frame: Option<Instant>,
    /// Until then the session may take to close.
    patience: Option<Instant>,
    is_over: bool,
}

/// Why the loop woke up.
enum Wake {
    Event(Option<io::Result<Event>>),
    News,
    Reading(Option<Reading>),
    Found(Option<Finding>),
    Diffed(Option<Diffed>),
    Renewed(Renewal),
    Signal(Sign),
    Time,
}

impl Stand<'_> {
    /// Waits for one thing, takes all there is, draws once.
    async fn wait(&mut self, source: &mut impl Source) -> io::Result<Ended> {
        let now = source.now();
        let frame = self.frame_due();
        let tick = next_tick(&self.show.stage, &self.show.desk, now);
        let tick = tick.into_iter().chain(self.heralding.due(self.show)).min();
        let tick = tick.map(|at| Instant::now() + Duration::from(at.since(now)));
        let answer = self.answers.is_holding().then(|| Instant::now() + ANSWER);
        let next = frame.into_iter().chain(tick).chain(answer).chain(self.patience);
        let next = next.chain(self.meter.due(self.show)).chain(self.naming.due()).min();
        // While a frame waits for its time, facts wait with it: they are drawn
        // together. One that answers a key does not wait.
        let hears = frame.is_none() || self.show.awaits_answer(now);
        let wake = tokio::select! {
            event = next_event(&mut self.events) => Wake::Event(event),
            reading = self.readings.recv() => Wake::Reading(reading),
            found = self.findings.recv() => Wake::Found(found),
            diffed = self.diffed.recv() => Wake::Diffed(diffed),
            Some(renewal) = self.renewed.recv() => Wake::Renewed(renewal),
            sign = self.signals.next() => Wake::Signal(sign),
            () = source.changed(), if hears => Wake::News,
            () = until(next) => Wake::Time,
        };
        let has_happened = !matches!(wake, Wake::Time);
        let ended = self.wake(wake, source).await?;
        let news = source.take();
        self.meter.heard(news.records.iter().map(Vec::len).sum());
        let cue = Cue::News(Box::new(news));
        self.step(vec![cue], source)?;
        self.is_over |= source.is_over();
        self.wish(source);
        self.wish_diff();
        if let Some(task) = self.show.desk.take_script_wish() {
            self.see_to_scripts(task);
        }
        see_to_nearby(&mut self.show.desk, &self.options.find_nearby, &self.finder);
        see_to_past(&mut self.show.desk.past, self.options.see_to_past.as_ref(), &self.finder);
        if self.options.wardrobe.see_to(&mut self.show.desk, self.background, &self.finder) {
            self.screen.ask_background()?;
        }
        self.meter.tell(self.show, source);
        self.naming.look(has_happened, source, &self.finder);
        see_to_ledger(self.show, source, &self.finder);
        see_to_versus(self.show, source, &self.options.comparer, &self.finder);
        self.find_out();
        self.heralding.keep(self.show, &mut self.screen, source.now())?;
        if self.show.is_urgent() || self.frame_due().is_some_and(|due| due <= Instant::now()) {
            self.draw(source.now())?;
        }
        Ok(ended)
    }

    async fn wake(&mut self, wake: Wake, source: &mut impl Source) -> io::Result<Ended> {
        match wake {
            Wake::Event(event) => return self.take_events(event, source).await,
            Wake::Reading(Some(reading)) => {
                self.step(vec![Cue::Reading(Box::new(reading))], source)?;
            }
            Wake::Found(Some(found)) => self.step(vec![Cue::Found(found)], source)?,
            Wake::Diffed(Some(diffed)) => {
                self.step(vec![Cue::Diffed(Box::new(diffed))], source)?;
            }
            Wake::Renewed(renewal) => self.renew(renewal, source.now())?,
            Wake::Signal(Sign::Suspend) => self.run_errand(Errand::Suspend, source)?,
            Wake::Signal(Sign::Close(signal)) => return self.close(signal, source),
            Wake::Time => self.pass_time(source)?,
            Wake::News | Wake::Reading(None) | Wake::Found(None) | Wake::Diffed(None) => {}
        }
        Ok(Ended::Left)
    }

    /// Has it found out what agents can be, once somebody looks at that.
    fn find_out(&mut self) {
        if self.show.desk.chooses_role()
            && let Some(find_out) = self.options.find_out.take()
        {
            find_out(self.finder.clone());
        }
    }

    /// What files say anew holds from now on.
    fn renew(&mut self, renewal: Renewal, now: Millis) -> io::Result<()> {
        let (screen, heralding) = (&mut self.screen, &mut self.heralding);
        let (show, options, background) = (&mut *self.show, &mut self.options, self.background);
        Furnished { show, options, screen, heralding, background }.take_up(renewal, now)
    }

    /// Something on the screen has grown older, or waiting has an end.
    fn pass_time(&mut self, source: &mut impl Source) -> io::Result<()> {
        if self.patience.is_some_and(|end| end <= Instant::now()) {
            self.is_over = true;
        }
        let keys: Vec<_> = self.answers.release().into_iter().map(Cue::Key).collect();
        self.step(keys, source)?;
        if self.frame_due().is_none() {
            self.step(vec![Cue::Tick], source)?;
        }
        Ok(())
    }

    /// Takes all events there are.
    async fn take_events(
        &mut self,
        first: Option<io::Result<Event>>,
        source: &mut impl Source,
    ) -> io::Result<Ended> {
        let mut next = Some(first);
        while let Some(event) = next {
            let Some(Ok(event)) = event else {
                // The terminal has gone away.
                self.events = None;
                return self.close(SignalKind::hangup(), source);
            };
            let cues = self.cues(event, source.now());
            self.step(cues, source)?;
            next = if self.is_over { None } else { event_at_hand(&mut self.events).await };
        }
        Ok(Ended::Left)
    }

    /// What an event of the terminal means.
    fn cues(&mut self, event: Event, now: Millis) -> Vec<Cue> {
        match event {
            Event::Key(key) => match self.answers.sift(key) {
                Sifted::Keys(keys) => keys.into_iter().map(Cue::Key).collect(),
                Sifted::Held => Vec::new(),
                Sifted::Background(colour) => {
                    self.background = Some(colour);
                    if let Some(theme_for) = &self.options.wardrobe.theme_for {
                        self.show.theme = theme_for(colour);
                        self.show.repaint();
                    }
                    self.show.desk.list_themes_again();
                    Vec::new()
                }
            },
            Event::Paste(text) => vec![Cue::Paste(text)],
            Event::Mouse(mouse) => vec![Cue::Mouse(mouse)],
            Event::Resize(..) => {
                self.screen.stir();
                vec![Cue::Resize]
            }
            Event::FocusGained | Event::FocusLost => {
                let is_away = event == Event::FocusLost;
                self.heralding.turn(is_away, self.show, now);
                self.show.desk.turn(is_away);
                Vec::new()
            }
        }
    }

    fn step(&mut self, cues: Vec<Cue>, source: &mut impl Source) -> io::Result<()> {
        for errand in self.show.step(cues, source.now()) {
            self.run_errand(errand, source)?;
        }
        Ok(())
    }

    fn run_errand(&mut self, errand: Errand, source: &mut impl Source) -> io::Result<()> {
        match errand {
            Errand::Leave => self.is_over = true,
            Errand::Play(play) => source.play(play),
            Errand::Role(task) => self.see_to_role(task),
            Errand::Script(task) => self.see_to_scripts(task),
            Errand::Copy(text) => {
                self.screen.copy(&text)?;
                self.options.put_on_clipboard(text);
            }
            Errand::Repaint => self.screen.forget()?,
            Errand::Suspend => {
                self.stop_listening();
                self.screen.suspend()?;
                self.listen_again();
            }
            Errand::Visit(path, line) => {
                self.stop_listening();
                let editor = self.options.editor.as_deref();
                if let Err(error) = self.screen.lend(|| visit(editor, Path::new(&path), line))? {
                    self.show.desk.say(Level::Warning, error.to_string(), source.now());
                }
                self.listen_again();
            }
            Errand::Recall(place) => {
                self.stop_listening();
                let (recall, background) = (&self.options.recall, self.background);
                if let Err(error) = self.screen.lend(|| recall.open(&place, background))? {
                    self.show.desk.say(Level::Warning, error.to_string(), source.now());
                }
                self.listen_again();
            }
            Errand::EditElsewhere(text) => {
                self.stop_listening();
                let (editor, drafts) = (self.options.editor.as_deref(), &self.options.drafts);
                let edited = self.screen.lend(|| edit_elsewhere(editor, drafts, &text))?;
                match edited {
                    Ok(text) => self.show.desk.take_edited(&text, &self.show.stage),
                    Err(error) => {
                        self.show.desk.say(Level::Warning, error.to_string(), source.now());
                    }
                }
                self.listen_again();
            }
        }
        Ok(())
    }

    /// Changes a role on a thread that may block; what comes of it is told like
    /// anything that is found out.
    fn see_to_role(&self, task: RoleTask) {
        let Some(change) = self.options.change_role.clone() else { return };
        let done = self.finder.clone();
        tokio::task::spawn_blocking(move || {
            // A show that has closed wants to know nothing more.
            let _closed = done.blocking_send(Finding::Role(change(task)));
        });
    }

    /// Does something with scripts, in the same way.
    fn see_to_scripts(&self, task: ScriptTask) {
        let Some(see_to) = self.options.see_to_scripts.clone() else { return };
        let done = self.finder.clone();
        tokio::task::spawn_blocking(move || {
            // A show that has closed wants to know nothing more.
            let _closed = done.blocking_send(Finding::Script(see_to(task)));
        });
    }

    /// Nobody else gets the terminal's bytes while this reads them.
    fn stop_listening(&mut self) {
        self.events = None;
    }

    fn listen_again(&mut self) {
        self.events = Some(EventStream::new());
        self.show.repaint();
    }

    /// Closes the session in good order, within bounds.
    fn close(&mut self, signal: SignalKind, source: &mut impl Source) -> io::Result<Ended> {
        let end = Instant::now() + PATIENCE;
        self.patience.get_or_insert(end);
        if let Some(errand) = self.show.close(source.now()) {
            self.run_errand(errand, source)?;
        }
        Ok(Ended::Signalled(signal.as_raw_value()))
    }

    /// Has a log read, on a thread that may block, if the desk wishes it.
    fn wish(&mut self, source: &impl Source) {
        let Some(wish) = self.show.wish() else { return };
        let Some(reader) = source.reader() else { return };
        let (upto, done) = (source.upto(), self.reading.clone());
        self.show.begin_reading();
        tokio::task::spawn_blocking(move || {
            // A show that has closed reads no more.
            let _closed = done.blocking_send(reading::read_upto(&reader, wish, upto));
        });
    }

    /// Has a difference read, on a thread that may block, if the desk wishes it.
    fn wish_diff(&mut self) {
        let Some(wish) = self.show.diff_wish() else { return };
        let (reader, done) = (Arc::clone(&self.options.diffs), self.diffing.clone());
        self.show.begin_diff();
        tokio::task::spawn_blocking(move || {
            reader.read(wish, |diffed| {
                // A show that has closed reads no more.
                let _closed = done.blocking_send(diffed);
            });
        });
    }

    /// When the picture that is stale may be drawn: none if it is not.
    fn frame_due(&self) -> Option<Instant> {
        let due = self.last_frame.map_or_else(Instant::now, |last| last + self.options.frame);
        self.show.is_stale().then_some(due)
    }

    fn draw(&mut self, now: Millis) -> io::Result<()> {
        let (show, began) = (&mut *self.show, Instant::now());
        if self.screen.draw(|canvas| show.draw(canvas, now))? {
            self.meter.drew(began.elapsed());
        }
        self.last_frame = Some(Instant::now());
        Ok(())
    }
}
