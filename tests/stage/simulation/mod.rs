//! Whole sessions in time that does not pass: the real supervisor and the real
//! journal, agents that a seed makes think, work and fail, a director who does
//! anything at any moment, a disk that fills up, and crashes between all of it.
//!
//! A failure names its seed; `AUTEUR_SEED=n` runs that one alone, and
//! `AUTEUR_SEEDS=n` as many as there is time for.

mod actor;
mod director;
mod disk;
mod injected;
mod laws;

use actor::{Actor, World};
use auteur::{
    engine::{Engine, Hire, Start},
    journal::{Journal, JournalError, Reader},
    model::*,
    supervisor::{self, Opening, Session},
};
use director::Director;
use disk::{Failing, Fate};
use fastrand::Rng;
use laws::Laws;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;

/// What a simulation is about.
#[derive(Debug, Clone, Copy)]
struct Scenario {
    /// How often the program is killed before a last run in peace.
    crashes: u32,
    /// The disk fails at times.
    has_bad_disk: bool,
    /// The disk loses what it says it has written: nobody could bear that.
    has_lying_disk: bool,
    agents: u32,
    budget: Option<Money>,
    /// The longest time between two commands.
    calm: Duration,
    /// The longest that a run lasts.
    run: Duration,
}

const ALL: Scenario = Scenario {
    crashes: 3,
    has_bad_disk: true,
    has_lying_disk: false,
    agents: 5,
    budget: Some(Money::cents(60)),
    calm: Duration::from_millis(400),
    run: Duration::from_secs(12),
};

/// A session over all its runs.
struct Simulation {
    scenario: Scenario,
    dice: Rng,
    world: Arc<Mutex<World>>,
    laws: Laws,
    journal: PathBuf,
    /// What the file was at the last crash.
    before: Vec<u8>,
    folder: Option<TempDir>,
}

fn header() -> Header {
    Header { auteur: FORMAT, session: "test".into(), ..Header::default() }
}

impl Simulation {
    fn new(seed: u64, scenario: Scenario) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        let folder = folder.unwrap();
        let laws = Laws::new(header(), None);
        let mut simulation = Self::at(folder.path(), seed, scenario, laws);
        simulation.folder = Some(folder);
        simulation
    }

    /// One in this folder, which also says there what it has shown.
    fn witnessed(folder: &Path, scenario: Scenario) -> Self {
        let shown = fs::File::create(folder.join("shown")).unwrap();
        Self::at(&folder.join("sessions"), 7, scenario, Laws::new(header(), Some(shown)))
    }

    fn at(sessions: &Path, seed: u64, scenario: Scenario, laws: Laws) -> Self {
        Self {
            scenario,
            dice: Rng::with_seed(seed),
            world: Arc::default(),
            laws,
            journal: sessions.join("test").join(auteur::journal::FILE),
            before: Vec::new(),
            folder: None,
        }
    }

    /// Plays it to its end; gives back the whole journal.
    fn play(mut self) -> Vec<u8> {
        for life in 0..self.scenario.crashes {
            self.run_until_killed(life == 0);
        }
        self.run_to_the_end(self.scenario.crashes == 0).unwrap();
        fs::read(&self.journal).unwrap()
    }

    /// Plays one run of it; gives back the trouble that was told.
    fn play_in_sight(mut self) -> Result<Option<String>, JournalError> {
        self.run_to_the_end(true)?;
        Ok(self.laws.trouble)
    }

    /// Opens the journal on this paper, as a run of the program does.
    fn open(&mut self, is_first: bool, fate: &Arc<Mutex<Fate>>) -> Result<Session, JournalError> {
        let fate = fate.clone();
        let (journal, stage, opening) = if is_first {
            let sessions = self.journal.parent().and_then(Path::parent).unwrap();
            let journal = Journal::create(sessions, &header())?;
            let limits =
                Limits { running: Some(4), budget: self.scenario.budget, ..Limits::default() };
            (journal, Stage::new(header()), Opening::New { title: "sim".into(), limits })
        } else {
            let (journal, found) = Journal::reopen(&self.journal)?;
            self.laws.found(&found.stage);
            (journal, found.stage, Opening::Again { wall: "later".into(), by: "ann".into() })
        };
        let journal = journal.on(|paper| Box::new(Failing::new(paper, fate)));
        Ok(supervisor::open(journal, stage, opening, self.hire()))
    }

    fn hire(&mut self) -> Hire {
        let (world, seed) = (self.world.clone(), self.dice.u64(..));
        Arc::new(move |start: Start| {
            let own = (u64::from(start.agent.id.0) << 32) | u64::from(start.agent.run);
            let dice = Rng::with_seed(seed ^ own);
            Ok(Box::new(Actor::new(start.agent, dice, world.clone())) as Box<dyn Engine>)
        })
    }

    /// One run that ends without a word: whatever was shown is on the disk.
    fn run_until_killed(&mut self, is_first: bool) {
        let runtime = runtime();
        let span = self.dice.u64(1..self.scenario.run.as_millis().try_into().unwrap());
        let fate = Fate::new(self.dice.u64(..), self.scenario.has_bad_disk);
        fate.lock().unwrap().lies = self.scenario.has_lying_disk;
        runtime.block_on(async {
            let session = self.open(is_first, &fate).unwrap();
            let mut director = Director::new(self.scenario, Rng::with_seed(self.dice.u64(..)));
            director.direct(&session, &mut self.laws, Duration::from_millis(span), &fate).await;
            // What is in the feed now may have been seen.
            self.laws.look(&session);
            disk::kill(&fate);
        });
        drop(runtime);
        self.check_the_disk();
    }

    fn run_to_the_end(&mut self, is_first: bool) -> Result<(), JournalError> {
        let runtime = runtime();
        let fate = Fate::new(0, false);
        let supervised = runtime.block_on(async {
            let session = self.open(is_first, &fate)?;
            let mut director = Director::new(self.scenario, Rng::with_seed(self.dice.u64(..)));
            if is_first {
                let span = self.scenario.run;
                director.direct(&session, &mut self.laws, span, &fate).await;
            }
            director.finish(&session, &mut self.laws).await;
            let feed = session.feed.clone();
            let supervised = session.end().await.unwrap();
            self.laws.take(&feed.take());
            Ok::<_, JournalError>(supervised)
        });
        drop(runtime);
        let (supervised, stage) = (supervised?, self.check_the_disk());
        assert_eq!(stage.without_logs(), supervised, "the tape and the supervisor agree");
        self.laws.check_the_end(&self.world.lock().unwrap());
        Ok(())
    }

    /// What a next run would find: all that was shown, and of the rest nothing
    /// that hides anything.
    fn check_the_disk(&mut self) -> Stage {
        let bytes = fs::read(&self.journal).unwrap();
        assert!(bytes.starts_with(&self.before), "no byte before the end is changed (P4)");
        self.before = bytes;
        let reader = Reader::open(&self.journal).unwrap();
        let records: Vec<Record> = reader.records_from(0).map(|(_, it)| it).collect();
        self.laws.check_the_tape(&records, self.scenario.agents);
        // With all that a supervisor keeps, not only what is shown.
        let mut stage = Stage::new(reader.header().clone());
        for record in &records {
            stage.apply(record);
        }
        stage
    }
}

/// Time passes only when everybody waits for it.
fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

/// The seed of a failure, told last.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            tell(self.0);
        }
    }
}

#[expect(clippy::print_stderr, reason = "a failure has to be found again")]
fn tell(seed: u64) {
    eprintln!("this was seed {seed}: AUTEUR_SEED={seed} plays it again");
}

fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}

/// Plays a scenario with each of so many seeds, or with the one that is named.
fn simulate(scenario: Scenario, seeds: u64) {
    let seeds = number("AUTEUR_SEEDS").unwrap_or(seeds);
    let seeds = number("AUTEUR_SEED").map_or(0..seeds, |it| it..it + 1);
    for seed in seeds {
        let _told = Told(seed);
        Simulation::new(seed, scenario).play();
    }
}

#[test]
fn f31_whatever_fails_at_whatever_moment_nothing_shown_is_lost_and_nothing_runs_twice() {
    simulate(ALL, 120);
}

#[test]
#[should_panic(expected = "it was shown, so it is there")]
fn f31_a_loss_would_be_found() {
    simulate(Scenario { has_lying_disk: true, ..ALL }, 20);
}

#[test]
fn f31_the_same_seed_is_the_same_session_to_the_byte() {
    for seed in 0..5 {
        let [one, two] = [(), ()].map(|()| Simulation::new(seed, ALL).play());
        assert_eq!(String::from_utf8_lossy(&one), String::from_utf8_lossy(&two), "seed {seed}");
    }
}

#[test]
fn f23_agents_that_race_for_the_last_cent_overspend_by_no_call() {
    let budget = Some(Money::cents(11));
    let run = Duration::from_secs(20);
    let race = Scenario { crashes: 0, has_bad_disk: false, agents: 12, budget, run, ..ALL };
    simulate(race, 60);
}

#[test]
fn f25_directions_at_any_moment_take_effect_once_and_in_their_order() {
    let calm = Duration::from_millis(40);
    let busy = Scenario { crashes: 0, has_bad_disk: false, budget: None, calm, ..ALL };
    simulate(busy, 60);
}
