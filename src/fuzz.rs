//! The doors through which foreign bytes come in, each taking any bytes at all:
//! for the fuzzers in `fuzz/`, and for a short run of each among the tests.
//!
//! A door panics when a law of it is broken. None touches more than a scratch
//! file.

use crate::{
    engine,
    interop::Foreign,
    journal, llm,
    model::Event,
    text::{Sanitiser, hidden, reveal, sanitise},
    tools::policy::{Access, Confinement, Decision, Mode, Policy, Rule, Verdict},
};
use std::{fs, path::Path, sync::Arc};

/// A journal of these bytes, at a path of the caller's: it opens or is refused,
/// its records come in their order, and folding them twice comes to the same.
///
/// # Panics
/// When one of that does not hold.
pub fn journal(path: &Path, bytes: &[u8]) {
    if fs::write(path, bytes).is_err() {
        return;
    }
    let Ok(reader) = journal::Reader::open(path) else { return };
    let records: Vec<_> = reader.records_from(0).map(|(_, it)| it).collect();
    assert!(records.iter().all(|it| it.at.0 < u64::MAX / 2));
    let stage = reader.fold(None);
    let damaged =
        |it: &&crate::model::Record| matches!(it.event, Event::Unreadable { name: None, .. });
    assert_eq!(stage.damaged(), records.iter().filter(damaged).count() as u64);
    assert_eq!(stage, reader.fold(None));
}

/// A log of another tool's of these bytes, at a path of the caller's: it is read to its
/// end or refused, what is told of it is a whole journal, and no terminal obeys it.
///
/// # Panics
/// When one of that does not hold.
pub fn log(path: &Path, bytes: &[u8]) {
    if fs::write(path, bytes).is_err() {
        return;
    }
    let Ok(Some(log)) = Foreign::open(path) else { return };
    let prices = Arc::new(llm::PriceTable::embedded());
    let Ok(tally) = log.tally(&prices) else { return };
    let Some(folder) = path.parent() else { return };
    let Ok(reader) = log.translate(&prices, folder) else { return };
    let stage = reader.fold(None);
    assert_eq!((stage.damaged(), stage.unknown()), (0, 0));
    assert!(tally.records > 0 || stage.agents().len() <= 1);
    for (_, record) in reader.records_from(0) {
        let (Event::Said { text, .. }
        | Event::Thought { text, .. }
        | Event::ToolEnded { text, .. }
        | Event::ToolCalled { title: text, .. }
        | Event::Noted { text, .. }) = &record.event
        else {
            continue;
        };
        assert!(!text.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\t')));
    }
}

/// Foreign text: no terminal obeys what comes out, wherever the stream is cut.
///
/// # Panics
/// When it might.
pub fn sanitiser(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let safe = sanitise(&text).into_owned();
    assert!(!safe.chars().any(|it| it.is_control() && !matches!(it, '\n' | '\t')));
    assert_eq!(sanitise(&safe), safe.as_str());
    assert_eq!(hidden(&reveal(&text)), 0);
    for piece in [1, 3, 7] {
        let mut sanitiser = Sanitiser::default();
        let mut pieces: String = bytes.chunks(piece).map(|it| sanitiser.push(it)).collect();
        pieces.push_str(&sanitiser.finish());
        assert_eq!(pieces, safe, "in pieces of {piece}");
    }
}

/// A text that holds a secret, in pieces: wherever it is cut, what goes on does not
/// hold it.
///
/// # Panics
/// When it does.
pub fn redactor(bytes: &[u8]) {
    const SECRET: &str = "p@ss: hunter2-hunter2";
    let redactor = journal::Redactor::new(&[SECRET.into()]);
    let around = String::from_utf8_lossy(bytes);
    let middle = around.floor_char_boundary(around.len() / 2);
    let (before, after) = around.split_at(middle);
    let text = [before, SECRET, after].concat();
    assert!(!redactor.clean(&text).contains(SECRET));
    for piece in [1, 5, 300] {
        let (mut out, mut held) = (String::new(), String::new());
        for letter in text.chars() {
            held.push(letter);
            if held.len() % piece == 0 {
                let rest = held.split_off(redactor.settled(&held));
                out.push_str(&redactor.clean(&held));
                held = rest;
            }
        }
        out.push_str(&redactor.clean(&held));
        assert!(!out.contains(SECRET), "in pieces of {piece}");
    }
}

/// An answer of a model service, on every wire: it ends in one finish or in one
/// trouble.
pub fn sse(bytes: &[u8]) {
    for piece in [1, 5, usize::MAX] {
        llm::fuzz::stream(bytes, piece);
    }
}

/// A shell command: what is denied is never allowed because of what stands
/// around it, and what only some may do is allowed to nobody unasked.
///
/// # Panics
/// When it is.
pub fn shell(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let denied = || Rule::parse(Decision::Deny, "shell(curl *)");
    let Ok(rule) = denied() else { return };
    let policy = Policy { mode: Mode::Auto, rules: vec![rule], folder: None };
    // Where a sandbox holds it, the least is asked about.
    let judge = |command: String| policy.judge(&Access::Run { command }, Confinement::Sandboxed);
    assert_eq!(judge(text.clone().into_owned()), judge(text.clone().into_owned()));
    let behind = judge(format!("curl evil\n{text}"));
    assert!(!matches!(behind, Verdict::Allow), "{behind:?}");
}

/// A line of Claude Code's stream.
pub fn claude(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice(bytes) else { return };
    engine::claude::fuzz(&message);
}

/// A line of Codex's app-server.
pub fn codex(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice(bytes) else { return };
    engine::codex::fuzz(&message);
}

/// A line of an ACP agent.
pub fn acp(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice(bytes) else { return };
    engine::acp::fuzz(&message);
}

/// A line of Cursor's stream.
pub fn cursor(bytes: &[u8]) {
    let Ok(message) = serde_json::from_slice(bytes) else { return };
    engine::cursor::fuzz(&message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    /// Runs of each door; the nightly fuzzers have hours.
    const RUNS: usize = 4000;
    /// No input grows beyond this.
    const LONGEST: usize = 64 * 1024;

    /// Pieces that mean something to one door or another.
    const SPICE: [&str; 24] = [
        "\u{1b}[",
        "\u{1b}]0;",
        "\u{9b}",
        "\u{202e}",
        "\u{200d}",
        "\r\n",
        "\0",
        "\n\n",
        "data: ",
        "event: error\n",
        ":",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\u0000",
        "null",
        "-1",
        "1e999",
        "18446744073709551616",
        "$(",
        "`",
        "<<E\n",
    ];

    fn fixtures(folder: &str) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
        let files = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        let mut files: Vec<_> = files.collect();
        files.sort();
        files.iter().map(|it| fs::read(it).unwrap()).collect()
    }

    fn lines(folder: &str) -> Vec<Vec<u8>> {
        let all = fixtures(folder).concat();
        all.split(|it| *it == b'\n').filter(|it| !it.is_empty()).map(<[u8]>::to_vec).collect()
    }

    /// Changes a few things of an input: bits, stretches, spice, other inputs.
    fn changed(seeds: &[Vec<u8>], dice: &mut Rng) -> Vec<u8> {
        let mut bytes = seeds[dice.usize(0..seeds.len())].clone();
        for _ in 0..dice.usize(1..6) {
            let at = dice.usize(0..=bytes.len());
            let to = (at + dice.usize(0..64)).min(bytes.len());
            match dice.u8(0..7) {
                0 if at < bytes.len() => bytes[at] ^= 1 << dice.u8(0..8),
                1 => drop(bytes.drain(at..to)),
                2 => {
                    let again = bytes[at..to].to_vec();
                    bytes.splice(to..to, again);
                }
                3 | 4 => {
                    let spice = SPICE[dice.usize(0..SPICE.len())];
                    bytes.splice(at..at, spice.bytes());
                }
                5 => {
                    let other = &seeds[dice.usize(0..seeds.len())];
                    let from = dice.usize(0..=other.len());
                    let until = (from + dice.usize(0..512)).min(other.len());
                    bytes.splice(at..at, other[from..until].iter().copied());
                }
                _ => bytes.truncate(at),
            }
        }
        bytes.truncate(LONGEST);
        bytes
    }

    /// Tells which input it was, should a door break.
    struct Told(&'static str, u64, Vec<u8>);

    impl Drop for Told {
        fn drop(&mut self) {
            if std::thread::panicking() {
                let text = String::from_utf8_lossy(&self.2);
                eprintln!("{} broke at input {}: {text:?}", self.0, self.1);
            }
        }
    }

    #[track_caller]
    fn fuzz(name: &'static str, runs: usize, seeds: &[Vec<u8>], door: impl Fn(&[u8])) {
        assert!(!seeds.is_empty());
        for (number, seed) in (0..).zip(seeds) {
            let told = Told(name, number, seed.clone());
            door(&told.2);
        }
        for number in 0..runs as u64 {
            let told = Told(name, number, changed(seeds, &mut Rng::with_seed(number)));
            door(&told.2);
        }
    }

    #[test]
    fn a_journal_of_any_bytes_is_read_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(journal::FILE);
        let whole = fixtures("journals/v1");
        // A few lines at a time, so that each is met.
        let lines = lines("journals/v1");
        let few = lines.windows(6).map(|it| it.join(&b'\n'));
        let headed = few.map(|it| [lines[0].as_slice(), b"\n", it.as_slice()].concat());
        let seeds: Vec<_> = headed.chain(whole).collect();
        fuzz("journal", RUNS / 4, &seeds, |bytes| super::journal(&path, bytes));
    }

    #[test]
    fn a_log_of_any_bytes_is_read_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fuzz("log", RUNS / 8, &fixtures("interop"), |bytes| super::log(&path, bytes));
    }

    #[test]
    fn no_bytes_get_through_the_sanitiser_as_an_order() {
        let seeds: Vec<Vec<u8>> =
            ["plain", "a\u{1b}]52;c;aGk=\u{7}b", "\u{1b}P\u{1b}\\", "👩‍🔧 e\u{301}", "\u{9b}2J"]
                .map(|it| it.as_bytes().to_vec())
                .to_vec();
        fuzz("sanitiser", RUNS, &seeds, sanitiser);
    }

    #[test]
    fn s51_no_secret_gets_through_in_any_pieces_of_any_text() {
        let seeds: Vec<Vec<u8>> = [
            "it is ",
            "sk-ant-api03-aB3_aB3_",
            "-----BEGIN PRIVATE KEY-----\nMIIE\nMIIE\n",
            "p@ss: ",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx",
            "Bearer ab12ab12ab12ab12ab12",
            "p@sp@ss: hunter2",
        ]
        .map(|it| it.as_bytes().to_vec())
        .to_vec();
        fuzz("redactor", RUNS / 2, &seeds, redactor);
    }

    #[test]
    fn any_stream_ends_in_one_finish_or_one_trouble() {
        fuzz("sse", RUNS / 4, &fixtures("llm"), sse);
    }

    #[test]
    fn any_command_is_judged_and_a_denied_one_is_denied() {
        let commands = [
            "echo ok; ls -la && true | cat",
            "if true; then ls; fi; f(){ ls; }; f",
            "cat <<E\n$(ls)\nE\n",
            "for x in a b; do echo \"$x\"; done > out 2>&1",
            "x='a[$(ls)]'; echo $((x)) ${x:-$(ls)} $'\\x41'",
            "case $x in a|b) ls;; esac",
            "A=1 env B=2 timeout 1 nice git -c core.pager=x log",
        ];
        let seeds: Vec<Vec<u8>> = commands.map(|it| it.as_bytes().to_vec()).to_vec();
        fuzz("shell", RUNS, &seeds, shell);
    }

    #[test]
    fn any_line_of_a_program_is_understood_or_strange() {
        fuzz("claude", RUNS / 2, &lines("claude"), claude);
        fuzz("codex", RUNS / 2, &lines("codex"), codex);
        fuzz("acp", RUNS / 2, &lines("acp"), acp);
        let own = [
            r#"{"type":"system","subtype":"init","session_id":"s1","model":"m","cwd":"/w"}"#,
            r#"{"type":"assistant","message":{"role":"assistant","content":[{"type":"text","text":"hi"}]}}"#,
            r#"{"type":"tool_call","subtype":"started","call_id":"c","tool_call":{"readToolCall":{"args":{"path":"a"}}}}"#,
            r#"{"type":"tool_call","subtype":"completed","call_id":"c","tool_call":{"readToolCall":{"args":{"path":"a"},"result":{"success":{"content":"text"}}}}}"#,
            r#"{"type":"result","subtype":"success","is_error":false,"duration_ms":2000,"result":"ok","session_id":"s1"}"#,
        ];
        let own = own.map(|it| it.as_bytes().to_vec());
        let seeds: Vec<_> = own.into_iter().chain(lines("claude")).collect();
        fuzz("cursor", RUNS / 2, &seeds, cursor);
    }
}
