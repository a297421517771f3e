//! What was answered: the latest of it, for whoever asks what they said an hour ago.

use super::Attention;
use crate::model::{
    AgentId, Answer, Ask, Author, Event, Millis, Request, RequestId, Stage, play::PlayEvent, words,
};

/// So many answers are kept; the journal has the rest.
const KEPT: usize = 64;
/// So many letters of a question, or an answer, are kept.
const LETTERS: usize = 200;

/// Something that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// When.
    pub at: Millis,
    /// Who had asked; none where a step had waited.
    pub agent: Option<AgentId>,
    /// What was asked, in one line.
    pub asked: String,
    /// The answer, in one line.
    pub answer: String,
    /// Whose.
    pub by: Author,
    /// How long it had been waited for.
    pub waited: Millis,
}

impl Stage {
    /// The latest answers, the newest first.
    pub fn settled(&self) -> impl ExactSizeIterator<Item = &Settled> {
        self.attention.settled.iter().rev()
    }

    /// Keeps an answer, before what it answers is gone.
    pub(in crate::model) fn settle(&mut self, event: &Event) {
        let settled = match event {
            // A budget that has room again has asked nobody.
            Event::Answered { request: RequestId::BUDGET, by: Author::Supervisor, .. } => None,
            Event::Answered { agent, request, answer, by } if *answer != Answer::Withdrawn => {
                let asked = self.agent(*agent).and_then(|it| it.request(*request));
                asked.map(|it| of_request(it, (*agent, answer, *by), self.now))
            }
            Event::Play { play, event } => match &**event {
                PlayEvent::GateOpened { step, by } => {
                    let play = self.play(*play);
                    let since = play.and_then(|it| it.asking_since(it.place(step)?));
                    since.map(|since| of_gate((step, *by), since, self.now))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(settled) = settled {
            self.attention.keep(settled);
        }
    }
}

fn of_request(
    request: &Request,
    (agent, answer, by): (AgentId, &Answer, Author),
    now: Millis,
) -> Settled {
    let asked = match &request.ask {
        Ask::Approval { shown, .. } => shown.clone(),
        ask => words::ask(ask),
    };
    Settled {
        at: now,
        agent: Some(agent),
        asked: line(&asked),
        answer: line(&words::answer(answer)),
        by,
        waited: now.since(request.since),
    }
}

fn of_gate((step, by): (&str, Author), since: Millis, now: Millis) -> Settled {
    Settled {
        at: now,
        agent: None,
        asked: format!("the gate of {step}"),
        answer: "opened".to_owned(),
        by,
        waited: now.since(since),
    }
}

/// The beginning of a text, on one line.
fn line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().take(LETTERS).collect();
    words.join(" ").chars().take(LETTERS).collect()
}

impl Attention {
    fn keep(&mut self, settled: Settled) {
        self.settled.push_back(settled);
        if self.settled.len() > KEPT {
            self.settled.pop_front();
        }
    }
}
