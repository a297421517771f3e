//! A session as a whole: found by the name and the tags that the director has written on
//! it; and where no words are said, by what the filter asks of it.

use super::{
    Excerpt, Hit, Kind, Label, Who,
    search::Wanted,
    verify::{Room, open},
};
use crate::model::{AgentId, Millis, Seq};

/// So many agents of a session are named.
const NAMED: usize = 8;

impl Wanted {
    /// Whether whole sessions are wanted: no words are said, and no call is asked for.
    pub(super) const fn asks_for_sessions(&self) -> bool {
        self.query.is_empty() && !self.filter.asks_for_call()
    }
}

impl Room {
    /// Whether anything is written on the session.
    pub(super) fn is_labelled(&self) -> bool {
        Label::of(self.blocks.reader().path()) != Label::default()
    }

    /// The session, where that is what is searched for.
    pub(super) fn itself(&self, wanted: &Wanted) -> Option<Hit> {
        let (filter, label) = (&wanted.filter, written(&Label::of(self.blocks.reader().path())));
        if !self.is_costly(filter) {
            return None;
        }
        if !wanted.asks_for_sessions() {
            // What is written on a session is no agent's, and no call.
            let is_of_one = filter.asks_who() || filter.asks_for_call();
            let places = (!is_of_one).then(|| wanted.query.places(&label)).flatten()?;
            return Some(self.whole(None, Excerpt::of(&label, &places)));
        }
        if !filter.asks_who() {
            let title = self.title();
            let text = if label.is_empty() { title } else { &label };
            return Some(self.whole(None, Excerpt::of(text, &[])));
        }
        let wanted = open(&self.cast).wanted(filter);
        let text = wanted.iter().take(NAMED).map(|it| named(&it.1)).collect::<Vec<_>>().join("; ");
        Some(self.whole(wanted.into_iter().next().map(Some)?, Excerpt::of(&text, &[])))
    }

    fn whole(&self, who: Option<(AgentId, Who)>, excerpt: Excerpt) -> Hit {
        let header = self.blocks.reader().header();
        Hit {
            session: self.session.clone(),
            journal: self.blocks.reader().path().to_owned(),
            opened: header.opened.clone(),
            project: header.project.clone(),
            title: self.title().to_owned(),
            agent: who.as_ref().map(|it| it.0),
            who: who.map(|it| it.1),
            kind: Kind::Session,
            seq: Seq(0),
            at: Millis(0),
            excerpt,
        }
    }
}

/// A name and tags, as they are written: `The port #fast #done`.
fn written(label: &Label) -> String {
    let tags = label.tags.iter().map(|it| format!("#{it}"));
    let name = (!label.title.is_empty()).then(|| label.title.clone());
    name.into_iter().chain(tags).collect::<Vec<_>>().join(" ")
}

/// An agent, with what a filter can ask of it.
fn named(who: &Who) -> String {
    let mut models: Vec<&str> = vec![&who.model];
    for (_, model) in &who.called {
        if !models.contains(&model.as_str()) {
            models.push(model);
        }
    }
    let ended = who.ended.map(|it| format!(", {}", it.name())).unwrap_or_default();
    format!("{} ({}, {}{ended})", who.name, who.role, models.join(", "))
}
