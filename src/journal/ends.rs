//! The end of a text that goes on: where a secret may have begun in it, by its shape.

use std::sync::LazyLock;

/// The longest end of a text that is held back for a word that may begin a secret.
const HELD: usize = 256;

/// The longest that is held back of a secret that has begun: private keys and
/// tokens are long, and whoever streams one sends it line by line.
const LONGEST: usize = 16 * 1024;

/// A private key that is not over where the text is.
const OPEN: &str = concat!(
    r"\A-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
    r"(?:[A-Za-z0-9+/=,:. \r\n\t]|\\+[nrt]|⏎)*",
    r"(?:\\+|-{1,5}|-----E|-----EN|-----END[A-Z0-9 ]{0,60}-{0,4})?\z",
);

/// An address whose password may not be over where the text is.
const ADDRESS: &str = r"\A://[A-Za-z0-9._~%+-]{0,64}(?::[A-Za-z0-9._~%+!$&()*,;=^{}#?-]{0,128})?\z";

/// A password that is told with its name, or may come yet, and may not be over where the
/// text is. The text is looked at in small letters.
const NAMED: &str = concat!(
    r"(?:passw(?:or)?d|passphrase)",
    r#"(?:\\{0,7}["'])?[ \t]{0,4}(?:[:=][ \t]{0,4}(?:\\{0,7}(?:["'][^\s"'\\]{0,128})?|[^\s"'\\]{0,128}))?\z"#,
);

/// How a shape begins: what a text may not end in and go on to the disk.
const BEGINNINGS: [&str; 28] = [
    "sk-",
    "AIza",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "AKIA",
    "ASIA",
    "xox",
    "glpat-",
    "gsk_",
    "hf_",
    "npm_",
    "rk_live_",
    "sk_live_",
    "rk_test_",
    "sk_test_",
    "xai-",
    "pypi-",
    "ya29.",
    "GOCSPX-",
    "SG.",
    "AGE-SECRET-KEY-1",
    "eyJ",
    "earer ",
    "-----BEGIN ",
];

/// Where the first of what may be a secret begins that is not over where the text ends.
pub(super) fn begun(text: &str) -> Option<usize> {
    let run = run_at_end(end_of(text, HELD));
    let whole = beginnings().find_iter(run).map(|it| it.start());
    let torn = BEGINNINGS.iter().filter_map(|it| begins_at_end(run, it));
    let shaped = whole.chain(torn).filter(|at| {
        let behind = run.get(*at..).unwrap_or_default();
        let bare = behind.trim_start_matches("earer ").trim_start_matches("-----BEGIN ");
        !bare.contains(' ') || behind.starts_with("-----")
    });
    let shaped = shaped.min().map(|at| text.len() - run.len() + at);
    let long = long_token(text).into_iter().chain(long_key(text));
    let more = long.chain(address(text)).chain(named(text));
    shaped.into_iter().chain(more).min()
}

/// Whether all of a shape's beginning stands in it.
pub(super) fn is_begun_in(end: &str) -> bool {
    beginnings().is_match(end)
}

/// Finds where any of them stands whole. It goes over a text once, where looking
/// for one after the other would take longer than all else that is done for a
/// chunk of an answer.
fn beginnings() -> &'static regex::Regex {
    #[expect(clippy::expect_used, reason = "a constant; every test here would fail")]
    static PATTERN: LazyLock<regex::Regex> = LazyLock::new(|| {
        regex::Regex::new(&BEGINNINGS.join("|")).expect("the beginnings are a pattern")
    });
    &PATTERN
}

/// Tells a private key that goes on.
fn open_key() -> &'static regex::Regex {
    #[expect(clippy::expect_used, reason = "a constant; every test here would fail")]
    static PATTERN: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new(OPEN).expect("what is open is a pattern"));
    &PATTERN
}

/// Tells an address that goes on before it is known whether it has a password.
fn open_address() -> &'static regex::Regex {
    #[expect(clippy::expect_used, reason = "a constant; every test here would fail")]
    static PATTERN: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new(ADDRESS).expect("an address is a pattern"));
    &PATTERN
}

/// Tells a password that goes on, or may come yet.
fn open_password() -> &'static regex::Regex {
    #[expect(clippy::expect_used, reason = "a constant; every test here would fail")]
    static PATTERN: LazyLock<regex::Regex> =
        LazyLock::new(|| regex::Regex::new(NAMED).expect("a password is a pattern"));
    &PATTERN
}

/// The last bytes of a text, from where a character begins.
pub(super) fn end_of(text: &str, most: usize) -> &str {
    text.get(text.ceil_char_boundary(text.len().saturating_sub(most))..).unwrap_or_default()
}

/// Where a token begins that the text ends in, and that is longer than a word.
fn long_token(text: &str) -> Option<usize> {
    let end = end_of(text, LONGEST);
    let is_letter = |it: &u8| it.is_ascii_alphanumeric() || b"_-.".contains(it);
    let length = end.bytes().rev().take_while(is_letter).count();
    let token = end.get(end.len() - length..).filter(|_| length > HELD)?;
    beginnings().find(token).map(|it| text.len() - length + it.start())
}

/// Where a private key begins that the text ends in.
fn long_key(text: &str) -> Option<usize> {
    let end = end_of(text, LONGEST);
    let at = memchr::memmem::rfind(end.as_bytes(), b"-----BEGIN ")?;
    open_key().is_match(end.get(at..)?).then_some(text.len() - end.len() + at)
}

/// Where an address begins that the text ends in, and whose password may come yet.
fn address(text: &str) -> Option<usize> {
    let end = end_of(text, HELD);
    let from = text.len() - end.len();
    let is_scheme = |at: usize| {
        let before = at.checked_sub(1).and_then(|it| end.as_bytes().get(it));
        before.is_some_and(u8::is_ascii_alphanumeric)
    };
    let is_open = |at: &usize| end.get(*at..).is_some_and(|it| open_address().is_match(it));
    let open = end.rfind("://").filter(is_open);
    let torn = || begins_at_end(end, "://").filter(|at| is_scheme(*at));
    open.or_else(torn).map(|at| from + at)
}

/// Where the name of a password begins that the text ends in, or that is all that is told
/// of it by now.
fn named(text: &str) -> Option<usize> {
    let end = end_of(text, HELD).to_ascii_lowercase();
    let names = ["password", "passwd", "passphrase"];
    let torn = || names.iter().filter_map(|it| begins_at_end(&end, it)).min();
    let open = open_password().find(&end).map(|it| it.start());
    open.or_else(torn).map(|at| text.len() - end.len() + at)
}

/// How many letters a text ends in of a password in an address, or beside its name. The
/// number of a port is none.
pub(super) fn begun_password(text: &str) -> usize {
    let of_address = address(text).and_then(|at| {
        let (_, password) = text.get(at..)?.trim_start_matches("://").split_once(':')?;
        Some(password).filter(|it| !it.bytes().all(|it| it.is_ascii_digit()))
    });
    let of_name = named(text).and_then(|at| {
        let (_, behind) = text.get(at..)?.split_once([':', '='])?;
        Some(behind.trim_start_matches([' ', '\t', '\\', '"', '\'']))
    });
    of_address.into_iter().chain(of_name).map(str::len).max().unwrap_or_default()
}

/// The letters of a key, or of what stands before one, that a text ends in.
fn run_at_end(text: &str) -> &str {
    let is_word = |it: &u8| it.is_ascii_alphanumeric() || b"_-.+/=~ ".contains(it);
    let before = text.bytes().rposition(|it| !is_word(&it)).map_or(0, |it| it + 1);
    // What stands there is of ASCII letters, so a character begins there.
    text.get(before..).unwrap_or_default()
}

/// Where the text ends in a part of the word.
pub(super) fn begins_at_end(text: &str, word: &str) -> Option<usize> {
    let most = word.len().min(text.len() + 1);
    let last = text.as_bytes().last()?;
    let ends = word.as_bytes().iter().enumerate().take(most - 1).rev();
    // Most parts are ruled out by their last letter.
    let mut parts = ends.filter_map(|(at, it)| word.get(..=at).filter(|_| it == last));
    parts.find(|part| text.ends_with(part)).map(|part| text.len() - part.len())
}
