//! Reads what two that are held against each other have said and done. Blocks, so it runs
//! on threads that may.

use super::{Finding, Show, Source};
use crate::{
    compare::{Comparison, Side, Step, Unclear, compare, read_step, the_one},
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
        let [one, other] = [self.look(0, one, here)?, self.look(1, other, here)?];
        Ok(compare(&[one.side(), other.side()]))
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
