//! Reads what two that are held against each other have said and done. Blocks, so it runs
//! on threads that may.

use super::{Finding, Show, Source};
use crate::{
    compare::{Comparison, Side, Step, Unclear, compare, read_step, the_one, the_two},
    journal::Reader,
    model::{Entry, Seq, Stage},
    ui::desk::{Contender, VersusAnswer, VersusTask},
};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::mpsc;

/// Opens a session, or a log of another tool's, by its journal; says in words why it can't.
pub type OpenSession = Arc<dyn Fn(&Path) -> Result<Reader, String> + Send + Sync>;

/// The session that is on the stage, as far as it is shown.
#[derive(Debug, Clone)]
pub struct OnStage {
    /// Its journal.
    pub reader: Reader,
    /// How it stands.
    pub stage: Stage,
    /// The last record that is shown; none where that is the latest.
    pub upto: Option<Seq>,
}

/// What it takes to read two.
pub struct Comparer {
    open: OpenSession,
    /// Sessions that were opened for a comparison: rows of it are read from them later. A
    /// lock, because each is read on a thread of its own; it is held for no reading.
    opened: Mutex<Vec<(PathBuf, Reader)>>,
}

impl fmt::Debug for Comparer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Comparer").finish_non_exhaustive()
    }
}

/// Why two can't be compared.
enum Fault {
    Words(String),
    Unclear(usize, Vec<String>),
}

/// One of two, opened.
struct Opened {
    reader: Reader,
    stage: Stage,
    upto: Option<Seq>,
    agent: crate::model::AgentId,
}

impl Comparer {
    /// One that opens sessions like this.
    pub fn new(open: OpenSession) -> Self {
        Self { open, opened: Mutex::default() }
    }

    /// Does a task.
    pub fn answer(&self, task: VersusTask, here: Option<&OnStage>) -> VersusAnswer {
        match task {
            VersusTask::Compare(number, sides) => match self.compare(&sides, here) {
                Ok(comparison) => VersusAnswer::Compared(number, Arc::new(comparison)),
                Err(Fault::Words(why)) => VersusAnswer::Failed(number, why),
                Err(Fault::Unclear(side, names)) => VersusAnswer::Unclear(number, side, names),
            },
            VersusTask::Row(number, sides, row, steps) => {
                let [one, other] = *steps;
                let [mine, its] = &sides;
                let read = |of, step: Option<Step>| self.read(of, step.as_ref(), here);
                VersusAnswer::Row(number, row, [read(mine, one), read(its, other)])
            }
        }
    }

    fn compare(
        &self,
        [one, other]: &[Contender; 2],
        here: Option<&OnStage>,
    ) -> Result<Comparison, Fault> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if let Some((journal, first)) = within(one, other) {
            return self.compare_within(journal, first);
        }
        let [one, other] = [self.look(0, one, here)?, self.look(1, other, here)?];
        Ok(compare(&[one.side(), other.side()]))
    }

    /// Two agents of one session: both are asked for, unless it follows who is meant.
    fn compare_within(&self, journal: &Path, first: Option<&str>) -> Result<Comparison, Fault> {
        let reader = self.open(journal).map_err(Fault::Words)?;
        let stage = reader.fold(None);
        let words = |it: Unclear| Fault::Words(it.to_string());
        let agents = match (the_two(&stage, None), first) {
            (Ok(two), None) => two,
            (Err(Unclear::Several(names)), None) => return Err(Fault::Unclear(0, names)),
            (Err(unclear), None) => return Err(words(unclear)),
            (_, Some(first)) => {
                let one = the_one(&stage, Some(first)).map_err(words)?;
                let others = stage.agents().filter(|it| it.id != one);
                match others.collect::<Vec<_>>().as_slice() {
                    [] => return Err(words(Unclear::Only(first.to_owned()))),
                    [other] => [one, other.id],
                    several => {
                        let names = several.iter().map(|it| it.casting.name.clone()).collect();
                        return Err(Fault::Unclear(1, names));
                    }
                }
            }
        };
        let side = |agent| Side { reader: &reader, stage: &stage, agent, upto: None };
        Ok(compare(&agents.map(side)))
    }

    fn look(
        &self,
        side: usize,
        contender: &Contender,
        here: Option<&OnStage>,
    ) -> Result<Opened, Fault> {
        match contender {
            Contender::Here(agent) => {
                let here =
                    here.ok_or_else(|| Fault::Words("there is no journal to read".into()))?;
                let OnStage { reader, stage, upto } = here.clone();
                Ok(Opened { reader, stage, upto, agent: *agent })
            }
            Contender::There { journal, agent, .. } => {
                let reader = self.open(journal).map_err(Fault::Words)?;
                let stage = reader.fold(None);
                let found = the_one(&stage, agent.as_deref());
                let agent = found.map_err(|unclear| match unclear {
                    Unclear::Several(names) => Fault::Unclear(side, names),
                    other => Fault::Words(other.to_string()),
                })?;
                Ok(Opened { reader, stage, upto: None, agent })
            }
        }
    }

    fn open(&self, journal: &Path) -> Result<Reader, String> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let known = opened.iter().find(|it| it.0 == journal).map(|it| it.1.clone());
        drop(opened);
        if let Some(reader) = known {
            return Ok(reader);
        }
        let reader = (self.open)(journal)?;
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.push((journal.to_owned(), reader.clone()));
        Ok(reader)
    }

    /// All that was said and done in a step; nothing where it can't be read any more.
    fn read(&self, of: &Contender, step: Option<&Step>, here: Option<&OnStage>) -> Vec<Arc<Entry>> {
        let Some(step) = step else { return Vec::new() };
        let reader = match of {
            Contender::Here(_) => here.map(|it| it.reader.clone()),
            Contender::There { journal, .. } => self.open(journal).ok(),
        };
        reader.map(|it| read_step(&it, step)).unwrap_or_default()
    }
}

/// The session that both are of, where it is not said of the second who is meant; and who
/// the first is, where that is.
fn within<'a>(one: &'a Contender, other: &Contender) -> Option<(&'a Path, Option<&'a str>)> {
    match (one, other) {
        (
            Contender::There { journal, agent, .. },
            Contender::There { journal: its, agent: None, .. },
        ) if journal == its => Some((journal, agent.as_deref())),
        _ => None,
    }
}

impl Opened {
    const fn side(&self) -> Side<'_> {
        Side { reader: &self.reader, stage: &self.stage, agent: self.agent, upto: self.upto }
    }
}

/// Has two read that are held against each other, if the desk wishes it; what comes of it is
/// told like anything that is found out.
pub(super) fn see_to_versus(
    show: &mut Show,
    source: &impl Source,
    comparer: &Arc<Comparer>,
    finder: &mpsc::Sender<Finding>,
) {
    let Show { desk, stage, .. } = show;
    let Some(task) = desk.take_versus_wish(stage) else { return };
    let here = source.reader().map(|reader| {
        let upto = source.upto().map(|(seq, _)| seq);
        OnStage { reader, stage: stage.clone(), upto }
    });
    let (comparer, done) = (Arc::clone(comparer), finder.clone());
    tokio::task::spawn_blocking(move || {
        let answer = comparer.answer(task, here.as_ref());
        // A show that has closed wants to know nothing more.
        let _closed = done.blocking_send(Finding::Versus(Box::new(answer)));
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Scratch;
    use crate::model::{AgentId, Author, Casting, Event, Header, Millis, Record};

    /// What comes of comparing two of a session with these agents, named so far as told.
    fn within(agents: &[&str], named: [Option<&str>; 2]) -> VersusAnswer {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.jsonl");
        let header = Header { auteur: 1, ..Header::default() };
        let mut scratch = Scratch::begin(folder.path(), &path, &header).unwrap();
        let records = (1..).zip(agents).map(|(n, name)| {
            let casting = Box::new(Casting { name: (*name).into(), ..Casting::default() });
            let event = Event::AgentAdded { agent: AgentId(n), casting, by: Author::Director };
            Record { seq: Seq(n.into()), at: Millis(0), event }
        });
        scratch.append(&records.collect::<Vec<_>>()).unwrap();
        let reader = scratch.read().unwrap();
        let comparer = Comparer::new(Arc::new(move |_| Ok(reader.clone())));
        let sides = named.map(|agent| Contender::There {
            journal: "/a".into(),
            title: String::new(),
            agent: agent.map(str::to_owned),
        });
        comparer.answer(VersusTask::Compare(7, sides), None)
    }

    fn names(answer: &VersusAnswer) -> Vec<&str> {
        match answer {
            VersusAnswer::Compared(7, it) => it.figures.iter().map(|it| &*it.name).collect(),
            VersusAnswer::Unclear(7, side, names) => ["first", "second"]
                .into_iter()
                .skip(*side)
                .take(1)
                .chain(names.iter().map(|it| &**it))
                .collect(),
            VersusAnswer::Failed(7, why) => vec![why],
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn of_one_session_the_only_two_are_meant_and_of_several_each_is_asked_for() {
        assert_eq!(names(&within(&["ann", "bob"], [None, None])), ["ann", "bob"]);
        let three = ["ann", "bob", "eve"];
        assert_eq!(names(&within(&three, [None, None])), ["first", "ann", "bob", "eve"]);
        assert_eq!(names(&within(&three, [Some("bob"), None])), ["second", "ann", "eve"]);
        assert_eq!(names(&within(&three, [Some("eve"), Some("ann")])), ["eve", "ann"]);
        assert_eq!(names(&within(&["ann", "bob"], [Some("bob"), None])), ["bob", "ann"]);
        let alone = within(&["ann"], [None, None]);
        assert!(names(&alone)[0].contains("only"), "{alone:?}");
    }
}
