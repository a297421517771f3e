//! Files of settings are read anew when they change: by the screen, which shows what has
//! come of it, and by whoever runs a session, whose agents it holds for.

use super::{House, opening::Open, rules, screen};
use crate::{
    config::{self, AllSaid, Changed, ConfigError, Fault, Paths, Settings, Standing, Trust},
    journal::Reader,
    model::{Author, Command, Heed, HeedWish, Input, Rule, Stage, Whose},
    text::{one_line, sanitise},
    tools::signals::Changes,
    ui::{
        desk::{Furnishing, SettingsFault},
        keys::Keymap,
        show::{Fresh, Renew, Renewal},
        theme::Theme,
    },
};
use std::{
    collections::BTreeMap,
    path::{MAIN_SEPARATOR, Path, PathBuf},
};
use tokio::sync::mpsc::{Sender, WeakSender};

/// How wide what is wrong may be, in a line.
const WIDE: usize = 400;

/// Files read anew.
struct Anew {
    house: House,
    changed: Vec<Changed>,
    /// What the project brings counted until then, and does not any more.
    is_left_out: bool,
}

/// What was read last, to hold against it what is read next.
struct Known {
    house: House,
    said: AllSaid,
    theme: Option<Theme>,
}

impl Known {
    fn of(house: &House) -> Self {
        let said = said(house);
        Self { theme: screen::theme(house).ok(), house: house.again(), said }
    }

    /// Reads all files anew; nothing where they say what they said before.
    ///
    /// # Errors
    /// Everything that is wrong in them. What was known stays so.
    fn read(&mut self) -> Result<Option<Anew>, Vec<Fault>> {
        let house = read(&self.house)?;
        let (said, theme) = (said(&house), screen::theme(&house).ok());
        let is_same = said == self.said
            && theme == self.theme
            && house.standing() == self.house.standing()
            && house.company.config().files == self.house.company.config().files;
        let changed = said.changed_since(&self.said);
        let counts = |it: &House| matches!(it.standing(), Standing::Nothing | Standing::Trusted);
        let is_left_out = counts(&self.house) && !counts(&house);
        (self.said, self.theme, self.house) = (said, theme, house.again());
        Ok((!is_same).then_some(Anew { house, changed, is_left_out }))
    }
}

/// All that files say, as far as they count.
fn said(house: &House) -> AllSaid {
    AllSaid::read(&house.environment, &house.company.config().heard())
}

/// Reads all that files say, and what only the screen reads of them.
fn read(house: &House) -> Result<House, Vec<Fault>> {
    let project = house.company.project();
    let mut faults = Vec::new();
    let mut told = |error: ConfigError| faults.extend(error.faults);
    Keymap::load(&house.environment, project).map_or_else(&mut told, drop);
    let config = rules::load(&house.environment, project).map_err(&mut told).ok();
    if let Some(config) = &config {
        rules::theme_named(&config.settings, &house.environment, project)
            .map_or_else(&mut told, drop);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let in_words = |error: anyhow::Error| {
        let mend = Some("write it as in config.toml".to_owned());
        vec![Fault::of_file("config.toml", format!("{error:#}"), mend)]
    };
    house.read_again().map_err(in_words)
}

/// The folders and files whose change may change something.
fn places(house: &House) -> Vec<PathBuf> {
    let project = house.company.project();
    let paths = Paths::new(&house.environment, project);
    let ui = &house.company.config().settings.ui;
    let named = [&ui.theme, &ui.keymap].map(|it| Path::new(it).to_owned());
    let named = named.into_iter().filter(|it| it.to_string_lossy().contains(MAIN_SEPARATOR));
    // Who trusts what the project brings, or no longer, has changed what counts.
    let trust = Trust::of(&house.environment, project).map(|it| it.file().to_owned());
    paths.user.into_iter().chain([paths.project]).chain(trust).chain(named).collect()
}

/// What a screen takes up, each time that files have changed.
pub(super) fn for_screen(house: &House) -> Renew {
    let house = house.again();
    Box::new(move |tell| {
        // It ends with the screen.
        drop(tokio::spawn(watch(house, tell)));
    })
}

/// Begins to look, on a thread that may block.
async fn begin(house: House) -> Option<(Changes, Known)> {
    let begun = tokio::task::spawn_blocking(move || {
        Ok::<_, String>((Changes::of(places(&house))?, Known::of(&house)))
    });
    begun
        .await
        .ok()?
        .inspect_err(|why| tracing::warn!(%why, "settings that change are not taken up"))
        .ok()
}

async fn watch(house: House, tell: Sender<Renewal>) {
    let Some((mut changes, mut known)) = begin(house).await else { return };
    let mut was_faulty = false;
    loop {
        tokio::select! {
            change = changes.next() => if change.is_none() { return },
            () = tell.closed() => return,
        }
        let read = tokio::task::spawn_blocking(move || {
            let read = known.read();
            (known, read.map(|it| it.map(|it| furnished(&it))))
        });
        let Ok((again, read)) = read.await else { return };
        known = again;
        let renewal = match read {
            // What was wrong and is as it was before is right again.
            Ok(None) if !was_faulty => continue,
            Ok(None) => {
                let house = known.house.again();
                furnished(&Anew { house, changed: Vec::new(), is_left_out: false })
            }
            Ok(Some(renewal)) => renewal,
            Err(faults) => Ok(Renewal::Faulty(faults.iter().map(told).collect())),
        };
        let renewal = renewal.unwrap_or_else(|error| {
            let fault = Fault::of_file("the settings", format!("{error:#}"), None);
            Renewal::Faulty(vec![told(&fault)])
        });
        was_faulty = matches!(renewal, Renewal::Faulty(_));
        if tell.send(renewal).await.is_err() {
            return;
        }
    }
}

/// What a screen is furnished with anew.
fn furnished(anew: &Anew) -> anyhow::Result<Renewal> {
    let house = &anew.house;
    let options = screen::options(house, &Stage::default());
    let left_out = anew.is_left_out.then(|| {
        format!(
            "what this project brings has changed, and is left out until you trust it (auteur \
             trust): {}",
            one_line(&house.brought().summary(), WIDE)
        )
    });
    let furnishing = Furnishing {
        desk: screen::desk(house)?,
        theme: house.company.config().settings.ui.theme.clone(),
        changed: anew.changed.clone(),
        left_out,
    };
    let theme = screen::theme(house)?;
    Ok(Renewal::Taken(Box::new(Fresh { options, theme, furnishing })))
}

/// A fault as the screen tells it: its file by the last part of its path.
fn told(fault: &Fault) -> SettingsFault {
    let file = Path::new(&fault.file)
        .file_name()
        .map_or(&*fault.file, |it| it.to_str().unwrap_or_default());
    let line = fault.place.as_ref().map(|it| it.line);
    let at = line.map(|it| format!(":{it}")).unwrap_or_default();
    let mend = fault.mend.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
    let line_of = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    SettingsFault {
        line: one_line(&format!("{file}{at}: {}{mend}", fault.message), WIDE),
        whole: sanitise(&fault.to_string()).into_owned(),
        place: Path::new(&fault.file)
            .is_absolute()
            .then(|| (fault.file.clone(), line.map_or(1, line_of))),
    }
}

/// Has the agents of a session follow what files say anew, for as long as it is open. What
/// is wrong in them is told by screens; here it is left as it was.
pub(super) fn of_session(house: &House, open: &Open) {
    let (house, inbox) = (house.again(), open.session.inbox.downgrade());
    let journal = open.journal.clone();
    // It ends with the runtime, or when nobody has the session any more.
    drop(tokio::spawn(follow(house, inbox, journal)));
}

async fn follow(house: House, inbox: WeakSender<Input>, journal: PathBuf) {
    let Some((mut changes, mut known)) = begin(house).await else { return };
    while changes.next().await.is_some() {
        let Some(inbox) = inbox.upgrade() else { return };
        let journal = journal.clone();
        let read = tokio::task::spawn_blocking(move || {
            let before = known.house.again();
            let asked = match known.read() {
                Ok(Some(anew)) => asked((&before, &anew.house), &journal),
                Ok(None) => Vec::new(),
                Err(faults) => {
                    let faults = ConfigError { faults };
                    tracing::warn!(%faults, "settings have changed and are not taken up");
                    Vec::new()
                }
            };
            (known, asked)
        });
        let Ok((again, asked)) = read.await else { return };
        known = again;
        for command in asked {
            // A session that has ended needs it no more.
            drop(inbox.send(Input::Command { by: Author::Director, command }).await);
        }
    }
}

/// What is asked of a session, so that it goes on by what files say anew: what was said of it
/// by hand stays.
fn asked((before, after): (&House, &House), journal: &Path) -> Vec<Command> {
    let [old, new] = [before, after].map(|it| &it.company.config().settings);
    if old.watch == new.watch && old.budget == new.budget {
        return Vec::new();
    }
    match Reader::open(journal) {
        Ok(reader) => asked_of(&reader.fold(None), before, after),
        Err(_) => Vec::new(),
    }
}

fn asked_of(stage: &Stage, before: &House, after: &House) -> Vec<Command> {
    let [old, new] = [before, after].map(|it| &it.company.config().settings);
    let mut commands = limits(stage, old, new);
    for agent in stage.agents().filter(|it| !it.is_over() && !it.is_watched()) {
        let role = |house: &House| {
            let role = house.company.config().cast.role(&agent.casting.role);
            role.map(|it| it.watch.clone()).unwrap_or_default()
        };
        let kept = |house: &House, settings: &Settings, rule: Rule| -> Heed {
            let heeded = config::heeded(&settings.watch, &role(house));
            heeded.get(&rule).copied().unwrap_or_else(|| rule.usual())
        };
        for rule in Rule::ALL {
            let (was, is) = (kept(before, old, rule), kept(after, new, rule));
            let has = agent.casting.watch.get(&rule).copied().unwrap_or_else(|| rule.usual());
            if was != is && has == was {
                let wish = HeedWish::Keep { rule, heed: is };
                commands.push(Command::Heed { agent: agent.id, wish });
            }
        }
    }
    commands
}

/// What several together may spend, where that is still what the settings said.
fn limits(stage: &Stage, old: &Settings, new: &Settings) -> Vec<Command> {
    let (now, old, new) = (stage.limits(), &old.budget, &new.budget);
    let mut commands = Vec::new();
    if old.session != new.session && now.budget == old.session {
        commands.push(Command::ChangeSessionBudget { budget: new.session });
    }
    let all = [
        (Whose::Day, now.day, old.day, new.day),
        (Whose::Project, now.project, old.project, new.project),
    ];
    let names = old.roles.keys().chain(new.roles.keys().filter(|it| !old.roles.contains_key(*it)));
    let roles = names.map(|name| {
        let of = |limits: &BTreeMap<String, _>| limits.get(name).copied();
        (Whose::Role(name.clone()), of(&now.roles), of(&old.roles), of(&new.roles))
    });
    for (whose, now, old, budget) in all.into_iter().chain(roles) {
        if old != budget && now == old {
            commands.push(Command::ChangeLimit { whose, budget });
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::company::Company,
        config::Environment,
        model::{Action, AgentId, Casting, Event, Limits, Millis, Money, Record, Seq},
    };
    use std::{collections::BTreeMap, fs};

    fn house(place: &Path, settings: &str) -> House {
        fs::create_dir_all(place.join("auteur")).unwrap();
        fs::write(place.join("auteur/config.toml"), settings).unwrap();
        let home = place.display().to_string();
        let environment = Environment::of([
            ("XDG_CONFIG_HOME", &*home),
            ("HOME", &home),
            ("AUTEUR_STATE", &home),
        ]);
        open(environment, place)
    }

    /// Opens it without a log, of which a program has only one.
    fn open(environment: Environment, project: &Path) -> House {
        let config = config::load(&environment, project).unwrap();
        let state = Paths::state(&environment, &config.settings).unwrap();
        let company = Company::new(config, environment.clone(), project);
        House { company, environment, state, unlogged: None, _log: None }
    }

    /// A session with two agents, of whom the second is watched as the director said by hand.
    fn stage(limits: Limits) -> Stage {
        let mut stage = Stage::default();
        let by_hand = Heed { action: Action::Pause, limit: 9 };
        let watches = [BTreeMap::new(), BTreeMap::from([(Rule::Silence, by_hand)])];
        let title = String::new();
        let opened = Event::SessionOpened { title, limits };
        let added = watches.into_iter().zip(1..).map(|(watch, id)| Event::AgentAdded {
            agent: AgentId(id),
            casting: Box::new(Casting { role: "tester".into(), watch, ..Casting::default() }),
            by: Author::Director,
        });
        for (event, seq) in std::iter::once(opened).chain(added).zip(1..) {
            stage.apply(&Record { seq: Seq(seq), at: Millis(0), event });
        }
        stage
    }

    #[test]
    fn who_is_watched_as_the_settings_say_follows_them_and_nobody_else() {
        let place = tempfile::tempdir().unwrap();
        let before = house(place.path(), "");
        let after = house(place.path(), "[watch]\nsilence = { action = \"ask\", limit = 7 }\n");
        let heed = Heed { action: Action::Ask, limit: 7 };
        let wish = HeedWish::Keep { rule: Rule::Silence, heed };
        let asked = asked_of(&stage(Limits::default()), &before, &after);
        assert_eq!(asked, [Command::Heed { agent: AgentId(1), wish }]);
    }

    #[test]
    fn a_budget_of_the_settings_follows_them_and_one_that_was_set_by_hand_stays() {
        let place = tempfile::tempdir().unwrap();
        let before = house(place.path(), "");
        let after = house(place.path(), "[budget]\nsession = \"7\"\nday = \"9\"\n");
        let cents = |it: u64| Some(Money::cents(it));
        let limits = Limits { budget: cents(2500), ..Limits::default() };
        let session = Command::ChangeSessionBudget { budget: cents(700) };
        let day = Command::ChangeLimit { whose: Whose::Day, budget: cents(900) };
        assert_eq!(asked_of(&stage(limits), &before, &after), [session, day.clone()]);
        let by_hand = Limits { budget: cents(100), ..Limits::default() };
        assert_eq!(asked_of(&stage(by_hand), &before, &after), [day]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_mend_and_nothing_is_taken_up() {
        let place = tempfile::tempdir().unwrap();
        let house = house(place.path(), "[ui]\nfps = 30\n");
        let mut known = Known::of(&house);
        assert!(known.read().unwrap().is_none(), "it says what it said before");
        let write = |name: &str, text: &str| {
            fs::write(place.path().join("auteur").join(name), text).unwrap();
        };
        write("config.toml", "[ui]\nfps = 31\nthem = \"nord\"\n");
        write("keys.toml", "[direct]\nf5 = \"pasue\"\n");
        let faults: Vec<SettingsFault> = known.read().err().unwrap().iter().map(told).collect();
        let lines: Vec<&str> = faults.iter().map(|it| it.line.as_str()).collect();
        assert_eq!(
            lines,
            [
                "keys.toml:2: unknown act `pasue`: did you mean `pause`?",
                "config.toml:3: unknown key `them`: did you mean `theme`?",
            ]
        );
        assert_eq!(faults[1].place.as_ref().map(|it| it.1), Some(3));
        assert_eq!(house.now().company.config().settings.ui.fps, 30, "what held before holds");
        write("config.toml", "[ui]\nfps = 31\n");
        write("keys.toml", "");
        let anew = known.read().unwrap().unwrap();
        let keys: Vec<&str> = anew.changed.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["ui.fps"]);
        assert_eq!(house.now().company.config().settings.ui.fps, 31);
    }

    #[test]
    fn what_a_project_brings_counts_no_more_once_it_has_changed() {
        let place = tempfile::tempdir().unwrap();
        let (home, project) = (place.path().join("home"), place.path().join("project"));
        fs::create_dir_all(project.join(".auteur")).unwrap();
        let role = |name: &str| format!("[cast.{name}]\npurpose = \"helps\"\ntools = []\n");
        let cast = project.join(".auteur/cast.toml");
        fs::write(&cast, role("helper")).unwrap();
        let home = home.display().to_string();
        let environment = Environment::of([("HOME", &*home), ("AUTEUR_STATE", &home)]);
        let trust = Trust::of(&environment, &project).unwrap();
        trust.trust(&config::Brought::read(&environment, &project)).unwrap();
        let house = open(environment, &project);
        let mut known = Known::of(&house);
        assert!(house.now().company.config().cast.role("helper").is_some());
        fs::write(&cast, role("other")).unwrap();
        let anew = known.read().unwrap().unwrap();
        assert!(anew.is_left_out);
        let cast = |name: &str| house.now().company.config().cast.role(name).is_some();
        assert_eq!((cast("helper"), cast("other")), (false, false));
        // What counts again is taken up when it is trusted, which lies elsewhere.
        assert!(places(&house).contains(&trust.file().to_owned()));
        trust.trust(anew.house.brought()).unwrap();
        assert!(!known.read().unwrap().unwrap().is_left_out && cast("other"));
    }
}
