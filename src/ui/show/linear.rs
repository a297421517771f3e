//! The loop where a session is told in lines: what happens is printed, and what is typed
//! is taken line by line. No cursor is moved, and no mode of the terminal is changed.

use super::{
    Cue, Ended, Errand, Finding, News, Options, Show, Source,
    events::until,
    next_tick,
    run::PATIENCE,
    signs::{Sign, Signals},
};
use crate::{
    text::sanitise,
    ui::{
        desk::Said,
        linear::{Open, Teller, Typed, open, typed},
    },
};
use std::{
    io::{self, BufRead as _, Write as _},
    thread,
    time::Duration,
};
use tokio::{signal::unix::SignalKind, sync::mpsc, time::Instant};

/// So many typed lines may wait.
const LINES: usize = 64;
/// The longest line that is taken, in bytes; of a longer one the beginning counts.
const LONGEST: usize = 64 * 1024;

/// Tells a source in lines until the director leaves.
///
/// # Errors
/// When nothing can be written.
pub(super) async fn run(
    show: &mut Show,
    source: &mut impl Source,
    options: &Options,
) -> io::Result<Ended> {
    let (finder, findings) = mpsc::channel(16);
    let mut reader = Told {
        teller: Teller::new(show.desk.is_replay()),
        show,
        options,
        finder,
        text: Vec::new(),
        asked: Vec::new(),
        trouble: None,
        patience: None,
        is_over: false,
    };
    reader.greet()?;
    let ended = reader.follow(source, findings).await;
    match ended {
        // Nobody reads any more.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Ended::Left),
        ended => ended,
    }
}

/// What the loop holds.
struct Told<'a> {
    show: &'a mut Show,
    options: &'a Options,
    teller: Teller,
    finder: mpsc::Sender<Finding>,
    /// The lines of a text that is being typed.
    text: Vec<String>,
    /// What was asked last: it is asked once.
    asked: Vec<String>,
    /// What keeps the journal from being written, as it was told.
    trouble: Option<String>,
    /// Until then the session may take to close.
    patience: Option<Instant>,
    is_over: bool,
}

/// The lines that are typed, as long as there are any.
fn typed_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(LINES);
    // It ends with what is typed, or with the program.
    drop(thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut line = Vec::new();
        while let Ok(1..) = stdin.read_until(b'\n', &mut line) {
            line.truncate(LONGEST);
            let text = sanitise(&String::from_utf8_lossy(&line)).into_owned();
            if sender.blocking_send(text.trim_end().to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    }));
    lines
}

impl Told<'_> {
    fn greet(&mut self) -> io::Result<()> {
        let title = sanitise(&self.options.title).into_owned();
        let mut told = vec![format!("{title}: in lines; type help, or quit")];
        if let Some(welcome) = &self.show.welcome {
            let offer = welcome.offer.iter().map(|it| format!("{it}: auteur resume"));
            told.extend(offer.chain(welcome.lines.iter().cloned()));
        }
        told.extend(self.teller.begin(&self.show.stage));
        print(&told)
    }

    async fn follow(
        &mut self,
        source: &mut impl Source,
        mut findings: mpsc::Receiver<Finding>,
    ) -> io::Result<Ended> {
        let mut lines = typed_lines();
        let mut signals = Signals::listen()?;
        let (mut ended, mut is_heard) = (Ended::Left, true);
        while !self.is_over {
            let now = source.now();
            let tick = next_tick(&self.show.stage, &self.show.desk, now);
            let tick = tick.map(|at| Instant::now() + Duration::from(at.since(now)));
            tokio::select! {
                line = lines.recv(), if is_heard => if let Some(line) = line {
                    self.take(&line, source)?;
                } else {
                    // Nobody types any more.
                    is_heard = false;
                    self.close(source)?;
                },
                Some(found) = findings.recv() => self.step(vec![Cue::Found(found)], source)?,
                sign = signals.next() => if let Sign::Close(signal) = sign {
                    ended = Ended::Signalled(SignalKind::as_raw_value(&signal));
                    self.close(source)?;
                },
                () = source.changed() => {}
                () = until(tick.into_iter().chain(self.patience).min()) => {
                    self.is_over |= self.patience.is_some_and(|end| end <= Instant::now());
                    self.step(vec![Cue::Tick], source)?;
                }
            }
            let news = source.take();
            self.hear(news, source)?;
            self.is_over |= source.is_over();
        }
        Ok(ended)
    }

    /// Takes what has happened, and tells it.
    fn hear(&mut self, mut news: News, source: &mut impl Source) -> io::Result<()> {
        let records = std::mem::take(&mut news.records);
        if let Some(stage) = news.stage.take() {
            let stage = News { stage: Some(stage), ..News::default() };
            self.step(vec![Cue::News(Box::new(stage))], source)?;
            print(&self.teller.begin(&self.show.stage))?;
        }
        let mut told = Vec::new();
        for record in records.into_iter().flatten() {
            let one = News { records: vec![vec![record.clone()]], ..News::default() };
            self.show.step([Cue::News(Box::new(one))], source.now());
            told.extend(self.teller.hear(&self.show.stage, &record));
        }
        print(&told)?;
        let ended = news.ended && !self.show.desk.is_over;
        self.step(vec![Cue::News(Box::new(news))], source)?;
        if ended {
            // Nothing more will be told.
            self.is_over = true;
        }
        Ok(())
    }

    /// Takes a line that was typed.
    fn take(&mut self, line: &str, source: &mut impl Source) -> io::Result<()> {
        let (waits, _) = open(&self.show.desk);
        let said = match (waits, line.trim()) {
            (Open::Nothing, _) => return self.take_command(line, source),
            (Open::Screen, _) | (_, "back") => {
                self.text.clear();
                Said::Back
            }
            (Open::Line, line) => Said::Text(line.to_owned()),
            (Open::Text, ".") => Said::Text(std::mem::take(&mut self.text).join("\n")),
            (Open::Text, _) => {
                self.text.push(line.to_owned());
                return Ok(());
            }
            (Open::Choice(count), number) => match number.parse::<usize>() {
                Ok(number @ 1..) if number <= count => Said::Choice(number - 1),
                _ => return print(&[format!("type 1 to {count}, or back")]),
            },
        };
        // What is asked anew is asked again, also in the same words.
        self.asked.clear();
        self.step(vec![Cue::Said(said)], source)
    }

    fn take_command(&mut self, line: &str, source: &mut impl Source) -> io::Result<()> {
        match typed(line, &self.show.stage, &self.teller, source.now()) {
            Typed::Told(told) => print(&told),
            Typed::Commands => {
                let all = self.show.desk.commands_there_are(&self.show.stage);
                print(&all.iter().map(|(name, what)| format!("{name}: {what}")).collect::<Vec<_>>())
            }
            Typed::Said(said) => self.step(said.into_iter().map(Cue::Said).collect(), source),
        }
    }

    /// Does something at the desk; tells what comes of it, and what is asked then.
    fn step(&mut self, cues: Vec<Cue>, source: &mut impl Source) -> io::Result<()> {
        for errand in self.show.step(cues, source.now()) {
            self.run_errand(errand, source)?;
        }
        if let Some(task) = self.show.desk.take_script_wish() {
            self.run_errand(Errand::Script(task), source)?;
        }
        // Nobody has a background to tell of.
        let _asks = self.options.wardrobe.see_to(&mut self.show.desk, None, &self.finder);
        let mut told = Vec::new();
        told.extend(self.show.desk.take_fault());
        if self.show.desk.leave_pictures() {
            told.push("that is a picture: who, needs and read tell what can be told".to_owned());
        }
        told.extend(self.show.desk.status.take().map(|it| it.text));
        if self.trouble != self.show.trouble {
            self.trouble.clone_from(&self.show.trouble);
            told.extend(self.trouble.clone());
        }
        let (waits, asked) = open(&self.show.desk);
        if asked != self.asked {
            told.extend(asked.iter().cloned());
        }
        self.asked = asked;
        print(&told)?;
        if waits == Open::Screen {
            self.show.step([Cue::Said(Said::Back)], source.now());
            self.asked.clear();
        }
        Ok(())
    }

    /// What only the loop can do, as far as that can be done in lines.
    fn run_errand(&mut self, errand: Errand, source: &mut impl Source) -> io::Result<()> {
        let done = self.finder.clone();
        match errand {
            Errand::Leave => self.is_over = true,
            Errand::Play(play) => source.play(play),
            Errand::Role(task) => {
                if let Some(change) = self.options.change_role.clone() {
                    tokio::task::spawn_blocking(move || {
                        // Whoever has left wants to know nothing more.
                        let _closed = done.blocking_send(Finding::Role(change(task)));
                    });
                }
            }
            Errand::Script(task) => {
                if let Some(see_to) = self.options.see_to_scripts.clone() {
                    tokio::task::spawn_blocking(move || {
                        // Whoever has left wants to know nothing more.
                        let _closed = done.blocking_send(Finding::Script(see_to(task)));
                    });
                }
            }
            Errand::Copy(text) => self.options.put_on_clipboard(text),
            Errand::Repaint => {}
            Errand::Suspend | Errand::Visit(..) | Errand::Recall(_) | Errand::EditElsewhere(_) => {
                print(&["that needs a screen: start without --linear".to_owned()])?;
            }
        }
        Ok(())
    }

    /// Closes the session in good order, within bounds.
    fn close(&mut self, source: &mut impl Source) -> io::Result<()> {
        self.patience.get_or_insert(Instant::now() + PATIENCE);
        if let Some(errand) = self.show.close(source.now()) {
            self.run_errand(errand, source)?;
        }
        Ok(())
    }
}

/// Prints lines; nothing that a terminal would obey is among them.
fn print(lines: &[String]) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    for line in lines {
        writeln!(out, "{}", sanitise(line).replace('\n', " "))?;
    }
    out.flush()
}
