//! `auteur watch` and `auteur replay --follow`: what others run on this machine, as it
//! goes on. Its logs are read, and nothing else of it is touched.

use super::{
    House,
    args::WatchArgs,
    foreign,
    logs::{Logs, Passed},
    opening,
    progress::Telling,
    run, screen,
};
use crate::{
    interop::{Foreign, Found, Places, Together, Told, news},
    journal::{Follower, Reader},
    llm::PriceTable,
    model::{Level, Millis},
    supervisor::Clock,
    text::{json, one_line, pad},
    ui::{
        desk::Desk,
        show::{self, Ended, Heard, Show, Watched},
        view::Welcome,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tokio::{sync::mpsc, task::spawn_blocking, time::sleep};

/// Logs are looked at this often.
const BEAT: Duration = Duration::from_millis(200);
/// So many times between two looks for logs that have begun.
const SEARCH: u32 = 10;
/// So many records are passed on at once; a screen that is left further behind gets
/// the whole stage.
const BATCH: usize = 4096;
/// So many logs are shown; the newest of them.
pub(super) const SHOWN: usize = 24;

/// Shows, or lists, what others run on this machine.
pub(super) fn watch(house: &House, args: &WatchArgs) -> anyhow::Result<ExitCode> {
    let places = places(house);
    if args.list || args.json {
        list(&places, args, &mut io::stdout().lock())?;
        return Ok(ExitCode::SUCCESS);
    }
    screen::must_be_possible(house)?;
    let mut logs = logs(&places, args.since, SHOWN);
    // The last one comes on stage last, and is the first in the list.
    logs.truncate(SHOWN);
    let search = Search { places, since: args.since, rest: SEARCH };
    follow(house, Logs::just(logs), Some(search))
}

/// Follows these logs on the screen.
pub(super) fn follow(
    house: &House,
    Logs { all: logs, passed }: Logs,
    search: Option<Search>,
) -> anyhow::Result<ExitCode> {
    let prices = foreign::prices(house);
    let mut telling = Telling::of_all(&logs);
    let together = Together::follow(logs, &prices, &house.state, &mut |it| telling.tell(it))?;
    drop(telling);
    let mut watcher = Watcher::new(together, search)?;
    // What is known by now is a part of the first picture.
    watcher.look()?;
    let reader = watcher.together.reader()?;
    watcher.follower = Follower::new(&reader, reader.len());
    let stage = reader.fold(None);
    let options = screen::options(house, &stage);
    opening::on_runtime(|runtime| {
        runtime.block_on(async {
            let mut desk = screen::desk(house)?;
            desk.is_watch = true;
            tell_passed(&mut desk, &passed);
            let (mouth, ear) = mpsc::channel(4);
            let clock = Clock::starting_at(age(&reader));
            let mut show = Show::new(stage, desk, screen::theme(house)?, None);
            show.welcome = Some(nobody());
            let mut source = Watched::new(ear, reader, clock);
            // It ends with the screen: nobody hears it then.
            drop(tokio::spawn(watcher.go_on(mouth)));
            Ok(match show::run(&mut show, &mut source, options).await? {
                Ended::Left => ExitCode::SUCCESS,
                Ended::Signalled(signal) => run::signalled(signal),
            })
        })
    })
}

/// How long ago the session opened.
fn age(reader: &Reader) -> Millis {
    let opened: Option<Timestamp> = reader.header().opened.parse().ok();
    let age = opened.map(|it| Timestamp::now().duration_since(it).as_millis());
    Millis(age.and_then(|it| u64::try_from(it).ok()).unwrap_or_default())
}

/// What the screen says where nothing was found yet.
fn nobody() -> Welcome {
    let lines = [
        "As far as logs tell, Claude Code, Codex and Gemini CLI are not at work on this machine.",
        "What begins now comes on stage by itself; --since 2h looks further back.",
    ];
    Welcome { offer: None, lines: lines.map(str::to_owned).into() }
}

/// A search for logs that goes on.
#[derive(Debug)]
pub(super) struct Search {
    places: Places,
    since: SignedDuration,
    /// So many looks before the next.
    rest: u32,
}

/// Reads logs beside the screen.
#[derive(Debug)]
struct Watcher {
    together: Together,
    follower: Follower,
    search: Option<Search>,
    /// What the screen says is wrong.
    trouble: Option<String>,
}

impl Watcher {
    fn new(together: Together, search: Option<Search>) -> anyhow::Result<Self> {
        let reader = together.reader()?;
        let follower = Follower::new(&reader, reader.body());
        Ok(Self { together, follower, search, trouble: None })
    }

    /// Reads on until nobody hears it.
    async fn go_on(mut self, mouth: mpsc::Sender<Heard>) {
        loop {
            let read = move || {
                let heard = self.hear();
                (self, heard)
            };
            // A thread that was broken off has nothing to tell any more.
            let Ok((watcher, heard)) = spawn_blocking(read).await else { return };
            self = watcher;
            for it in heard {
                if mouth.send(it).await.is_err() {
                    return;
                }
            }
            sleep(BEAT).await;
        }
    }

    /// What has come since.
    fn hear(&mut self) -> Vec<Heard> {
        let (heard, trouble) = match self.look() {
            Ok(heard) => (heard, self.gone()),
            Err(error) => (None, Some(one_line(&format!("{error:#}"), 300))),
        };
        let is_new = trouble != self.trouble;
        self.trouble.clone_from(&trouble);
        is_new.then_some(Heard::Trouble(trouble)).into_iter().chain(heard).collect()
    }

    /// What is to be said of logs that are not there any more, if one is not.
    fn gone(&self) -> Option<String> {
        let gone = self.together.gone();
        let first = one_line(&gone.first()?.display().to_string(), 200);
        let more = match gone.len() - 1 {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        Some(format!("{first} is not there any more{more}: nothing is added to what was seen"))
    }

    fn look(&mut self) -> anyhow::Result<Option<Heard>> {
        let now = Timestamp::now();
        if let Some(search) = &mut self.search {
            search.rest = search.rest.saturating_sub(1);
            if search.rest == 0 {
                search.rest = SEARCH;
                for found in search.places.find(now - search.since) {
                    if !self.together.has(&found.path)
                        && let Some(log) = Foreign::open(&found.path)?
                        && !search.places.is_of_ours(&log)
                    {
                        self.together.add(log)?;
                    }
                }
            }
        }
        let told = self.together.poll(now)?;
        if told == Told::More {
            let records = news(&mut self.follower, BATCH);
            if records.len() < BATCH {
                return Ok((!records.is_empty()).then_some(Heard::More(records)));
            }
        }
        let reader = self.together.reader()?;
        let stage = reader.fold(None);
        self.follower = Follower::new(&reader, reader.len());
        Ok(Some(Heard::Anew(Box::new(stage), reader)))
    }
}

/// Where tools keep their logs here.
pub(super) fn places(house: &House) -> Places {
    let environment = &house.environment;
    let home = environment.home();
    let of = |variable: &str, name: &str| -> Vec<PathBuf> {
        let own = environment.path(variable);
        own.or_else(|| home.as_ref().map(|it| it.join(name))).into_iter().collect()
    };
    Places {
        claude: of("CLAUDE_CONFIG_DIR", ".claude"),
        codex: of("CODEX_HOME", ".codex"),
        gemini: of("GEMINI_CLI_HOME", ".gemini"),
        // As their programs write it, whatever it is called here.
        ours: house.worktrees().canonicalize().ok(),
    }
}

/// The logs that were written within this time, the newest first.
fn logs(places: &Places, since: SignedDuration, most: usize) -> Vec<Foreign> {
    let found = places.find(Timestamp::now() - since).into_iter();
    // What can't be read now may be in a moment.
    let logs = found.filter_map(|it| Foreign::open(&it.path).ok().flatten());
    logs.filter(|it| !places.is_of_ours(it)).take(most).collect()
}

fn list(places: &Places, args: &WatchArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let found = places.find(now - args.since);
    let known = found.iter().filter_map(|it| Some((it, Foreign::open(&it.path).ok().flatten()?)));
    let known: Vec<_> = known.filter(|(_, log)| !places.is_of_ours(log)).collect();
    if args.json {
        let rows: Vec<_> = known.iter().map(|(found, log)| row(found, log)).collect();
        json::write_pretty(out, &rows)?;
        return Ok(writeln!(out)?);
    }
    if known.is_empty() {
        return Ok(writeln!(
            out,
            "nobody is at work here, as far as logs tell: --since 2h looks further back"
        )?);
    }
    writeln!(out, "TOOL          WRITTEN     FOLDER                          LOG")?;
    for (found, log) in known {
        let age = now.duration_since(found.modified).as_millis();
        let age = Millis(u64::try_from(age).unwrap_or_default());
        let cells = [
            pad(&log.format().to_string(), 12),
            pad(&format!("{age} ago"), 10),
            pad(&one_line(log.about().0, 30), 30),
            one_line(&found.path.display().to_string(), 300),
        ];
        writeln!(out, "{}", cells.join("  "))?;
    }
    Ok(())
}

fn row(found: &Found, log: &Foreign) -> Value {
    let (folder, session) = log.about();
    json!({
        "format": log.format().to_string(),
        "log": found.path,
        "session": session,
        "folder": folder,
        "written": found.modified.to_string(),
        "bytes": found.bytes,
    })
}

/// The logs of a folder, the newest first. What is passed over is said.
///
/// # Errors
/// When there is none.
pub(super) fn logs_of(folder: &Path, most: usize) -> anyhow::Result<Vec<Foreign>> {
    let Logs { all, passed } = Logs::of(folder, most)?;
    passed.tell();
    Ok(all)
}

/// Says what is passed over of what the screen shows: on it, and before it opens, for
/// whoever has left it.
pub(super) fn tell_passed(desk: &mut Desk, passed: &Passed) {
    passed.tell();
    if let Some(told) = passed.told() {
        let _drawn_later = desk.say(Level::Note, told, Millis(0));
    }
}

/// Plays logs side by side.
///
/// # Errors
/// When one can't be read.
pub(super) fn side_by_side(
    logs: Vec<Foreign>,
    prices: &Arc<PriceTable>,
    house: &House,
) -> anyhow::Result<Reader> {
    let mut telling = Telling::of_all(&logs);
    Ok(Together::once(logs, prices, &house.state, &mut |it| telling.tell(it))?)
}
