//! The example of assets/contacts/, for real: a browser, a site, rules, a database. Only
//! the models are played.

use crate::{
    house::{House, assert_nobody_is_left, wait},
    screen::Screen,
    skip,
};
use auteur::{
    journal::Reader,
    model::{Event, play::PlayEvent},
};
use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const REHEARSAL: &str = include_str!("../../assets/contacts/rehearsal.toml");
/// Where the example expects the site.
const PLACE: &str = "127.0.0.1:8765";
/// How many people the directory has.
const ALL: usize = 12;

/// A machine with the example as its project, and the site beside it.
struct Example {
    house: House,
    site: Child,
    address: String,
}

impl Example {
    /// Nothing, with a word about it, where something that it needs is not here.
    fn open(site_arguments: &[&str]) -> Option<Self> {
        let path = path();
        for program in ["playwright-mcp", "chromium", "python3", "curl", "bwrap", "node"] {
            if !env::split_paths(&path).any(|it| it.join(program).is_file()) {
                skip(&format!("there is no `{program}`"));
                return None;
            }
        }
        let mut house = House::open(REHEARSAL);
        house.set("PATH", Some(&path));
        house.configure(&format!(
            "{}\n[models.tiers]\nquick = [\"rehearsal/any\"]\n",
            house.settings()
        ));
        for file in ["contacts.toml", "directory.py", "rules.py", "store.py"] {
            fs::copy(example().join(file), house.project().join(file)).unwrap();
        }
        let (site, address) = serve(&house.project(), site_arguments);
        for file in ["cast.toml", "mcp.toml"] {
            let text = fs::read_to_string(example().join("auteur").join(file)).unwrap();
            assert!(text.contains(PLACE), "{file} names another place");
            fs::write(house.at("config/auteur").join(file), text.replace(PLACE, &address)).unwrap();
        }
        Some(Self { house, site, address })
    }

    fn set(&self) -> String {
        format!("site=http://{}", self.address)
    }

    /// The pages that are in the database, each as often as it is there.
    fn kept(&self) -> Vec<String> {
        let rows = "import sqlite3\nfor row in sqlite3.connect('contacts.db').execute('SELECT page, \
                    name, trade, phone, email FROM contacts ORDER BY page'): print('|'.join(row))";
        let said = self.house.output(Command::new("python3").args(["-c", rows]));
        said.lines().map(str::to_owned).collect()
    }

    /// What the site was asked, a line each.
    fn visits(&self) -> String {
        fs::read_to_string(self.house.project().join("visits")).unwrap()
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.site.kill();
        let _gone = self.site.wait();
    }
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/contacts")
}

/// Where programs are looked for: those that were installed for tests, and the system's.
pub fn path() -> String {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/programs/node_modules/.bin");
    let programs = env::var("AUTEUR_TEST_PROGRAMS").unwrap_or_else(|_| own.display().to_string());
    format!("{programs}:/usr/local/bin:/usr/bin:/bin")
}

/// Starts the site of a folder on a port of its own; what it is asked goes into a file
/// beside it.
pub fn serve(folder: &Path, arguments: &[&str]) -> (Child, String) {
    let mut site = Command::new("python3")
        .args(["-u", "directory.py", "--port", "0"])
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(site.stdout.take().unwrap());
    let mut first = String::new();
    said.read_line(&mut first).unwrap();
    let address = first.trim().rsplit('/').next().unwrap().to_owned();
    let mut visits = fs::File::create(folder.join("visits")).unwrap();
    std::thread::spawn(move || std::io::copy(&mut said, &mut visits));
    (site, address)
}

#[test]
fn a_directory_becomes_a_database() {
    let Some(example) = Example::open(&[]) else { return };
    let house = &example.house;
    let set = example.set();
    let said = house.say(&["run", "contacts.toml", "--headless", "--set", &set]);
    assert!(said.contains("contacts: done"), "{said}");
    assert!(said.contains("back to extract[8]") && said.contains("phone: '01632 9601'"), "{said}");
    let kept = example.kept();
    assert_eq!(kept.len(), ALL, "{kept:#?}");
    let odd = "/people/esme-tanaka|Esme Tanaka|Chartmaker|01632 960148|esme@harbour.example";
    let mended = "/people/hugo-petrov|Hugo Petrov|Locksmith|01632 960171|hugo@harbour.example";
    assert!([odd, mended].iter().all(|it| kept.iter().any(|kept| kept == it)), "{kept:#?}");
    let visits = example.visits();
    assert!(visits.contains("429") && visits.contains("GET /?page=3"), "{visits}");
    assert_nobody_is_left_but_the_site(example);
}

/// What the director adds to how extractors work, once the site was built anew.
const TOLD_ANEW: &str = "\nThe site was built anew. Each value is in an element with data-field.";

#[test]
fn a_site_that_changes_in_mid_run_is_met_with_other_instructions() {
    let Some(example) = Example::open(&["--redesign-after", "8"]) else { return };
    let house = &example.house;
    let mut terminal =
        house.start_in((120, 35), &["run", "contacts.toml", "--set", &example.set()]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "for each");
    // Those after the eighth find nothing where they were told to look, and give up.
    terminal.until_shown("4 parts, the first");
    terminal.until_shown("no typed result: None of the");
    let before = house.asked().len();
    terminal.press_for("I", "Instructions of extractor in this script");
    terminal.paste(TOLD_ANEW);
    terminal.until_shown("with data-field.");
    terminal.press("\x13");
    terminal.until_gone("Instructions of extractor in this script");
    for left in ["3 parts, the first", "2 parts, the first"] {
        terminal.press_for("r", left);
    }
    terminal.press("r");
    terminal.until_gone("parts, the first");
    terminal.press("r");
    terminal.until_shown("done · 5 of 5 steps over");
    let kept = example.kept();
    assert_eq!(kept.len(), ALL, "{kept:#?}");
    let last = "/people/lars-duarte|Lars Duarte|Clockmaker|01632 960219|lars@harbour.example";
    assert_eq!(kept.last().map(String::as_str), Some(last), "{kept:#?}");
    let anew = house.asked().split_off(before);
    assert!(anew.iter().any(|it| it.instructions.contains("data-field")), "nobody was told");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_nobody_is_left_but_the_site(example);
}

#[test]
fn killed_in_the_middle_it_goes_on_and_keeps_nobody_twice() {
    let Some(example) = Example::open(&[]) else { return };
    let house = &example.house;
    let mut child = house.spawn(&["run", "contacts.toml", "--headless", "--set", &example.set()]);
    wait("half of the profiles", || done(house, "extract").len() >= ALL / 2);
    child.kill().unwrap();
    child.wait().unwrap();
    let before = done(house, "extract");
    assert!(before.len() < ALL, "it was too late to kill it: {before:?}");
    let mut terminal = house.start_in((120, 35), &["resume"]);
    terminal.until_shown(" Script ");
    terminal.press_for("S", "for each");
    // Who was cut while a tool ran waits for the director.
    loop {
        let is_over = |it: &Screen| it.has("done · 5 of 5 steps over");
        terminal.until("its end, or somebody who waits", |it| {
            is_over(it) || it.has("needs you") || it.has("need you")
        });
        if is_over(&terminal.screen) {
            break;
        }
        // A pane may be too narrow for why it is held.
        terminal.press("w");
        let is_in_pane = |row: &String| row.contains("by gate") && !row.contains("inbox");
        terminal.until("who is held", |it| it.rows().iter().any(is_in_pane));
        let before = lifted(house);
        terminal.press("p");
        terminal.wait("it goes on", |_| lifted(house) > before);
        terminal.press_for("S", "for each");
    }
    let kept = example.kept();
    assert_eq!(kept.len(), ALL, "{kept:#?}");
    let mut all = done(house, "extract");
    assert!(before.iter().all(|it| all.contains(it)));
    // The eighth is sent back once, whatever else happens.
    all.retain(|it| !it.starts_with("extract[8]"));
    assert_eq!(all.len(), ALL - 1, "what was done is done again: {all:?}");
    terminal.press("q");
    assert!(terminal.until_ended().success());
    assert_nobody_is_left_but_the_site(example);
}

/// How many holds were lifted.
fn lifted(house: &House) -> usize {
    let Ok(reader) = Reader::open(&house.journal()) else { return 0 };
    let is_it = |it: &Event| matches!(it, Event::HoldLifted { .. });
    reader.records_from(0).filter(|(_, record)| is_it(&record.event)).count()
}

/// The parts of a step that were done, each as often as it was.
fn done(house: &House, step: &str) -> Vec<String> {
    let Some(journal) = house.find_journal() else { return Vec::new() };
    let Ok(reader) = Reader::open(&journal) else { return Vec::new() };
    let done = reader.records_from(0).filter_map(|(_, record)| match record.event {
        Event::Play { event, .. } => match *event {
            PlayEvent::Done { spot, .. } if spot.step == step => Some(spot.to_string()),
            _ => None,
        },
        _ => None,
    });
    done.collect()
}

fn assert_nobody_is_left_but_the_site(mut example: Example) {
    example.site.kill().unwrap();
    example.site.wait().unwrap();
    assert_nobody_is_left(&example.house);
}
