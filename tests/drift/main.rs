//! How often the watches are right, and how often they are wrong: made sessions that
//! drift and that don't, and real ones of other tools.
//!
//! `AUTEUR_UPDATE=1 cargo test --test drift` writes what comes of it into
//! docs/watches.md.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at the first surprise"
)]

mod made;
mod real;

use auteur::model::{DriftEvent, Event, Millis, Record, Rule, Stage, Turn};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
};

const BEGIN: &str = "<!-- corpus: AUTEUR_UPDATE=1 cargo test --test drift -->\n";
const END: &str = "<!-- end of corpus -->";

/// A session that the watches have looked at.
struct Watched {
    name: String,
    /// The rules that must see something, each with the turn by which it must.
    drifts: BTreeMap<Rule, u32>,
    /// What was seen, each with the turn in which it was seen first.
    seen: BTreeMap<Rule, u32>,
    /// Nobody made it.
    is_real: bool,
}

/// A session that is told to the watches, record by record.
#[derive(Default)]
struct Told {
    stage: Stage,
    seen: BTreeMap<Rule, u32>,
}

impl Told {
    /// Takes a fact to mind, and what the watches say to it.
    fn tell(&mut self, event: Event, at: Millis) {
        let record = Record { seq: self.stage.last().next(), at, event };
        self.stage.apply(&record);
        for event in auteur::watch::after(&self.stage, &record.event) {
            if let Event::Drifted { agent, event } = &event
                && let DriftEvent::Seen { rule, .. } = **event
            {
                let turn = self.stage.agent(*agent).map_or(Turn(0), |it| it.turn);
                self.seen.entry(rule).or_insert(turn.0);
            }
            let seq = self.stage.last().next();
            self.stage.apply(&Record { seq, at, event });
        }
    }

    /// Nothing happens until then.
    fn wait(&mut self, now: Millis) {
        for event in auteur::watch::next(&self.stage, now) {
            if let Event::Drifted { event, .. } = &event
                && let DriftEvent::Seen { rule, .. } = **event
            {
                self.seen.entry(rule).or_insert(0);
            }
            let seq = self.stage.last().next();
            self.stage.apply(&Record { seq, at: now, event });
        }
    }
}

/// How a rule has done.
#[derive(Default, Clone, Copy)]
struct Score {
    right: u32,
    late: u32,
    wrong: u32,
    missed: u32,
}

impl Score {
    fn of(rule: Rule, sessions: &[Watched]) -> Self {
        let mut score = Self::default();
        for it in sessions {
            match (it.drifts.get(&rule), it.seen.get(&rule)) {
                (Some(by), Some(turn)) if turn <= by => score.right += 1,
                (Some(_), Some(_)) => score.late += 1,
                (Some(_), None) => score.missed += 1,
                (None, Some(_)) => score.wrong += 1,
                (None, None) => {}
            }
        }
        score
    }

    fn plus(self, other: Self) -> Self {
        Self {
            right: self.right + other.right,
            late: self.late + other.late,
            wrong: self.wrong + other.wrong,
            missed: self.missed + other.missed,
        }
    }

    fn line(self, name: &str) -> String {
        let percent = |part: u32, all: u32| match all {
            0 => "–".to_owned(),
            all => format!("{} %", part * 100 / all),
        };
        let precision = percent(self.right + self.late, self.right + self.late + self.wrong);
        let recall = percent(self.right, self.right + self.late + self.missed);
        let Self { right, late, wrong, missed } = self;
        format!("| {name} | {right} | {late} | {missed} | {wrong} | {precision} | {recall} |\n")
    }
}

/// The rules that look themselves: no model judges here.
fn rules() -> impl Iterator<Item = Rule> {
    Rule::ALL.into_iter().filter(|it| *it != Rule::Judge)
}

fn corpus() -> Vec<Watched> {
    made::sessions().into_iter().chain(real::sessions()).collect()
}

fn table(sessions: &[Watched]) -> String {
    let (made, real): (Vec<_>, Vec<_>) = sessions.iter().partition(|it| !it.is_real);
    let drifting = made.iter().filter(|it| !it.drifts.is_empty()).count();
    let mut text = format!(
        "{} sessions: {drifting} made ones that drift, {} made ones that are healthy, {} real ones \
         of other tools, taken for healthy.\n\n| rule | seen in time | seen late | missed | false \
         alarms | precision | recall |\n| --- | --- | --- | --- | --- | --- | --- |\n",
        sessions.len(),
        made.len() - drifting,
        real.len(),
    );
    let mut all = Score::default();
    for rule in rules() {
        let score = Score::of(rule, sessions);
        all = all.plus(score);
        text.push_str(&score.line(&format!("`{}`", rule.name())));
    }
    text.push_str(&all.line("all"));
    let alarms = real.iter().filter(|it| !it.seen.is_empty());
    let alarms: Vec<String> = alarms
        .map(|it| {
            let seen = it.seen.iter().map(|(rule, turn)| format!("{} in turn {turn}", rule.name()));
            format!("- {}: {}\n", it.name, seen.collect::<Vec<_>>().join(", "))
        })
        .collect();
    if !alarms.is_empty() {
        write!(text, "\nIn real sessions the watches saw:\n\n{}", alarms.concat()).unwrap();
    }
    text
}

#[test]
fn every_made_session_that_drifts_is_seen_in_time_and_no_healthy_one_is() {
    for it in made::sessions() {
        let wanted: BTreeSet<Rule> = it.drifts.keys().copied().collect();
        let seen: BTreeSet<Rule> = it.seen.keys().copied().collect();
        assert_eq!(seen, wanted, "{}: {:?}", it.name, it.seen);
        for (rule, by) in &it.drifts {
            assert!(it.seen[rule] <= *by, "{}: {} at {:?}", it.name, rule.name(), it.seen);
        }
    }
}

#[test]
fn every_rule_is_right_far_more_often_than_wrong_and_the_page_says_how_often() {
    let sessions = corpus();
    let all: Vec<_> = rules().map(|rule| (rule, Score::of(rule, &sessions))).collect();
    for (rule, score) in &all {
        assert!(score.right > 0, "{}: nothing in the corpus meets it", rule.name());
        assert_eq!((score.missed, score.late), (0, 0), "{}", rule.name());
        let found = score.right + score.wrong;
        assert!(score.wrong * 5 <= found * 2, "{}: {} of {found} wrong", rule.name(), score.wrong);
    }
    let sum = all.iter().fold(Score::default(), |sum, (_, it)| sum.plus(*it));
    println!("{}", table(&sessions));
    assert!(sum.right * 100 >= (sum.right + sum.wrong) * 80, "{} false alarms", sum.wrong);
    if !real::are_there() {
        return;
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/watches.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (said, after) = rest.split_once(END).unwrap();
    if std::env::var_os("AUTEUR_UPDATE").is_some() {
        let new = format!("{before}{BEGIN}\n{}\n{END}{after}", table(&sessions));
        return fs::write(path, new).unwrap();
    }
    assert_eq!(said.trim(), table(&sessions).trim());
}

#[test]
fn the_page_names_every_rule_and_what_it_is_kept_at() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/watches.md")).unwrap();
    for rule in Rule::ALL {
        let heed = rule.usual();
        let row = format!("| `{}` | {} |", rule.name(), heed.limit);
        assert!(page.contains(&row), "{row}");
    }
}
