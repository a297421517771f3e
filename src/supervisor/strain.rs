//! Takes secrets out of what agents report, where the journal could not see them
//! whole: a key that is cut in two by the end of a chunk. What an agent asks for
//! is strained, too: what is shown, approved and kept is the same text then.

use crate::{
    journal::Redactor,
    model::{AgentId, Ask, CallId, Input, Report},
};
use std::collections::BTreeMap;

/// Which stream a chunk belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Thought,
    Said,
    Printed(CallId),
    Terminal,
}

/// The end of a stream that may begin a secret.
#[derive(Debug)]
struct Tail {
    run: u32,
    stream: Stream,
    text: String,
    /// How many bytes of it are out already.
    told: usize,
}

/// The ends that are held back, one an agent.
#[derive(Debug, Default)]
pub(super) struct Strainer {
    tails: BTreeMap<AgentId, Tail>,
}

impl Strainer {
    /// Whether an input goes on as it is, and nothing before it: nearly all do.
    pub(super) fn lets_pass(&self, input: &Input, redactor: &Redactor) -> bool {
        let Input::Report { agent, report, .. } = input else { return true };
        let is_whole = match report {
            Report::Thought(text)
            | Report::Said(text)
            | Report::ToolPrinted { text, .. }
            | Report::TerminalPrinted(text) => redactor.settled(text) == text.len(),
            Report::Asked { .. } => false,
            _ => true,
        };
        is_whole && !self.tails.contains_key(agent)
    }

    /// What of a report goes on now: first what was held back, where something
    /// else follows it.
    pub(super) fn strain(
        &mut self,
        (agent, run): (AgentId, u32),
        report: Report,
        redactor: &Redactor,
    ) -> [Option<Report>; 2] {
        // Nobody waits for the last words of a run that is over.
        if self.tails.get(&agent).is_some_and(|it| it.run != run) {
            self.tails.remove(&agent);
        }
        let (stream, text) = match report {
            Report::Thought(text) => (Stream::Thought, text),
            Report::Said(text) => (Stream::Said, text),
            Report::ToolPrinted { call, text } => (Stream::Printed(call), text),
            Report::TerminalPrinted(text) => (Stream::Terminal, text),
            report => return [self.end(agent, redactor), Some(without_secrets(report, redactor))],
        };
        let is_other = self.tails.get(&agent).is_some_and(|it| it.stream != stream);
        let before = if is_other { self.end(agent, redactor) } else { None };
        let tail = self.tails.remove(&agent);
        if tail.is_none() && redactor.settled(&text) == text.len() {
            // Whole as it is: the journal sees to it.
            return [before, Some(stream.chunk(text))];
        }
        let (tail, now) = Tail::grown(tail, (run, stream), text, redactor);
        if !tail.text.is_empty() {
            self.tails.insert(agent, tail);
        }
        [before, (!now.is_empty()).then(|| stream.chunk(now))]
    }

    /// What is held back of an agent's last stream.
    fn end(&mut self, agent: AgentId, redactor: &Redactor) -> Option<Report> {
        let tail = self.tails.remove(&agent)?;
        let text = tail.untold(tail.text.len(), redactor);
        (!text.is_empty()).then(|| tail.stream.chunk(text))
    }
}

impl Tail {
    /// The tail with a chunk behind it: what is held back of the two, and what
    /// goes on.
    fn grown(
        before: Option<Self>,
        (run, stream): (u32, Stream),
        chunk: String,
        redactor: &Redactor,
    ) -> (Self, String) {
        let mut whole = match before {
            Some(mut tail) => {
                tail.text.push_str(&chunk);
                tail
            }
            None => Self { run, stream, text: chunk, told: 0 },
        };
        let settled = redactor.settled(&whole.text);
        // What a person types must be seen at once, so what gives nothing away is
        // let through, and remembered.
        let is_brief = !redactor.is_telling(whole.text.get(settled..).unwrap_or_default());
        let out = if is_brief { whole.text.len() } else { settled };
        let now = whole.untold(out, redactor);
        let kept = whole.text.split_off(settled);
        let told = if is_brief { kept.len() } else { whole.told.saturating_sub(settled) };
        (Self { run, stream, text: kept, told }, now)
    }

    /// The first bytes of it without secrets, as far as they are not out. Where
    /// the beginning of a secret is out, the whole of it is marked all the same.
    fn untold(&self, upto: usize, redactor: &Redactor) -> String {
        let text = self.text.get(..upto).unwrap_or_default();
        let told = text.get(..self.told).unwrap_or(text);
        let clean = redactor.clean(text);
        clean.strip_prefix(told).unwrap_or(&clean).to_owned()
    }
}

impl Stream {
    fn chunk(self, text: String) -> Report {
        match self {
            Self::Thought => Report::Thought(text),
            Self::Said => Report::Said(text),
            Self::Printed(call) => Report::ToolPrinted { call, text },
            Self::Terminal => Report::TerminalPrinted(text),
        }
    }
}

/// What is asked is told from all else by its words, here and on every screen:
/// so it has its last words before it is a fact.
fn without_secrets(report: Report, redactor: &Redactor) -> Report {
    let Report::Asked { request, mut ask } = report else { return report };
    let texts = match &mut ask {
        Ask::Approval { tool, shown, reason, .. } => vec![tool, shown, reason],
        Ask::Question { text, blanks, .. } => {
            let told = blanks.iter_mut().flat_map(|it| [&mut it.about, &mut it.proposed]);
            [text].into_iter().chain(told).collect()
        }
        Ask::Budget { .. } | Ask::Drift { .. } => Vec::new(),
    };
    for text in texts {
        *text = redactor.clean(text).into_owned();
    }
    Report::Asked { request, ask }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RequestId;
    use proptest::prelude::*;

    const AGENT: AgentId = AgentId(1);
    const KEY: &str = "sk-ant-api03-CANARYcanaryCANARY0123456789";

    /// All that goes on of these chunks, and of what ends them.
    fn strained(chunks: &[&str]) -> String {
        let (mut strainer, redactor) = (Strainer::default(), Redactor::default());
        let mut out = String::new();
        let said = chunks.iter().map(|it| Report::Said((*it).to_owned()));
        for report in said.chain([Report::Delivered(crate::model::RedirectId(1))]) {
            for report in strainer.strain((AGENT, 1), report, &redactor).into_iter().flatten() {
                if let Report::Said(text) = report {
                    // The journal sees to what is whole.
                    out.push_str(&redactor.clean(&text));
                }
            }
        }
        out
    }

    #[test]
    fn s51_a_key_in_two_chunks_is_redacted_wherever_it_is_cut() {
        let whole = Redactor::default().clean(KEY).into_owned();
        for cut in 1..KEY.len() {
            let (first, second) = KEY.split_at(cut);
            let out = strained(&["it is ", first, second, " and no more"]);
            assert!(!out.contains("CANARY") && !out.contains("canary"), "{cut}: {out}");
            assert!(out.contains(&whole), "{cut}: the same mark for the same key: {out}");
            assert!(out.ends_with(" and no more"), "{out}");
        }
    }

    #[test]
    fn s51_a_password_in_pieces_is_redacted_beside_its_name_and_in_an_address() {
        for (text, secret) in [
            ("it is at postgres://admin:Sup3rS3cret@db/main", "Sup3rS3cret"),
            ("the password: Sup3rS3cret is long", "Sup3rS3cret"),
            ("{\"password\": \"Sup3rS3cret\"}", "Sup3rS3cret"),
        ] {
            let whole = Redactor::default().clean(text).into_owned();
            for first in 1..text.len() - 1 {
                let (one, rest) = text.split_at(first);
                let (two, three) = rest.split_at(rest.len().min(4));
                let out = strained(&[one, two, three]);
                assert!(!out.contains(&secret[4..]), "{first}: {out}");
                let mark = whole.split_once('‹').unwrap().1;
                assert!(out.ends_with(mark), "{first}: {out}");
            }
        }
    }

    #[test]
    fn s51_a_private_key_that_comes_line_by_line_is_redacted_as_a_whole() {
        let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n";
        let key =
            format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----", body.repeat(50));
        let whole = Redactor::default().clean(&key).into_owned();
        for size in [1, 7, 33, 500] {
            let letters: Vec<char> = key.chars().collect();
            let pieces = letters.chunks(size).map(|it| it.iter().collect::<String>());
            let pieces: Vec<String> = pieces.collect();
            let chunks = std::iter::once("here: ").chain(pieces.iter().map(String::as_str));
            let out = strained(&chunks.chain(["\nand on"]).collect::<Vec<_>>());
            assert!(out.ends_with(&format!("{whole}\nand on")), "in pieces of {size}: {out}");
            assert!(!out.contains("MIIE"), "in pieces of {size}: {out}");
        }
    }

    #[test]
    fn an_input_passes_where_nothing_is_held_back_and_nothing_may_begin() {
        let (mut strainer, redactor) = (Strainer::default(), Redactor::default());
        let input = |text: &str| Input::Report {
            agent: AGENT,
            run: 1,
            report: Report::Said(text.to_owned()),
        };
        assert!(strainer.lets_pass(&input("a whole word."), &redactor));
        assert!(!strainer.lets_pass(&input("the sk-ant"), &redactor));
        strainer.strain((AGENT, 1), Report::Said("the sk-ant".to_owned()), &redactor);
        assert!(!strainer.lets_pass(&input("-api03 and on."), &redactor), "it ends what is held");
        let ask = Ask::question(None, "which?".to_owned(), Vec::new());
        let asked = Report::Asked { request: RequestId(1), ask };
        let asked = Input::Report { agent: AgentId(2), run: 1, report: asked };
        assert!(!strainer.lets_pass(&asked, &redactor), "what is asked has its last words first");
    }

    #[test]
    fn what_a_person_types_is_seen_letter_by_letter() {
        let (mut strainer, redactor) = (Strainer::default(), Redactor::default());
        for letter in "a new year, less gas, bearers ask http://pass:8080/p password: ".chars() {
            let report = Report::TerminalPrinted(letter.to_string());
            let [before, now] = strainer.strain((AGENT, 1), report.clone(), &redactor);
            assert_eq!((before, now), (None, Some(report)));
        }
    }

    #[test]
    fn another_stream_ends_what_was_held_back() {
        let (mut strainer, redactor) = (Strainer::default(), Redactor::default());
        let [_, now] = strainer.strain((AGENT, 1), Report::Said("the sk-learn".into()), &redactor);
        assert_eq!(now, Some(Report::Said("the ".into())));
        let thought = Report::Thought("Hm.".to_owned());
        let [before, now] = strainer.strain((AGENT, 1), thought.clone(), &redactor);
        assert_eq!((before, now), (Some(Report::Said("sk-learn".into())), Some(thought)));
    }

    #[test]
    fn s50_what_is_asked_holds_no_key() {
        let (mut strainer, redactor) = (Strainer::default(), Redactor::default());
        let (call, tool) = (CallId(1), "shell".to_owned());
        let (shown, reason) = (format!("curl -H {KEY}"), "no rule allows it".to_owned());
        let ask = Ask::Approval { call: Some(call), tool, shown, reason };
        let report = Report::Asked { request: RequestId(1), ask };
        let [_, Some(Report::Asked { ask: Ask::Approval { shown, .. }, .. })] =
            strainer.strain((AGENT, 1), report, &redactor)
        else {
            panic!("it is asked");
        };
        assert!(shown.starts_with("curl -H ‹redacted:") && !shown.contains("CANARY"), "{shown}");
    }

    proptest! {
        #[test]
        fn a_text_without_secrets_goes_on_as_it_is(
            chunks in proptest::collection::vec("[sk A-C.-]{0,9}", 0..9),
        ) {
            let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
            let whole = chunks.concat();
            let is_plain = Redactor::default().clean(&whole) == whole;
            prop_assert!(!is_plain || strained(&chunks) == whole);
        }
    }
}
