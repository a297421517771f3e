//! Keeps secrets off the disk: those that are known, and what is shaped like one.
//!
//! A secret that is split over two records is found only where its first part
//! is: whoever cuts a stream into records asks [`Redactor::settled`] where.

use super::ends::{begins_at_end, begun, begun_password, end_of, is_begun_in};
use memchr::memmem::Finder;
use regex::bytes::{Captures, Regex};
use secrecy::{ExposeSecret, SecretString};
use std::{
    borrow::Cow,
    collections::BTreeSet,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

/// Known secrets that are shorter are not looked for: they would be found in
/// every other word.
const SHORTEST: usize = 8;

/// So many letters of a known secret say nothing.
const BRIEF: usize = 3;

/// What keys look like, by the documentation and the key pages of the vendors:
/// Anthropic, `OpenAI` and its likes, Groq, xAI, Hugging Face, Google, `GitHub`,
/// AWS, Slack, `GitLab`, Stripe, npm, `PyPI`, `SendGrid`, age, JSON web tokens, bearer
/// tokens and passwords of HTTP, passwords in addresses (RFC 3986, 3.2.1), PEM and PGP. No class holds a quote or a lone backslash, so
/// that JSON stays JSON; each is a fixed beginning, a class and a least length, so
/// that any text is searched in linear time. A private key in JSON that a tool
/// prints has its line ends escaped once more when it is written down; one that stands in
/// a title has `⏎` in their place.
const SHAPES: &str = concat!(
    r"sk-[A-Za-z0-9_-]{15,}",
    r"|AIza[0-9A-Za-z_-]{35}",
    r"|gh[pousr]_[A-Za-z0-9]{30,}",
    r"|github_pat_[A-Za-z0-9_]{30,}",
    r"|A[KS]IA[0-9A-Z]{16}",
    r"|xox[abeprs]-[A-Za-z0-9-]{10,}",
    r"|glpat-[A-Za-z0-9_-]{20,}",
    r"|(?:gsk_|hf_|npm_|[rs]k_live_|[rs]k_test_)[A-Za-z0-9]{24,}",
    r"|xai-[A-Za-z0-9]{40,}",
    r"|pypi-[A-Za-z0-9_-]{50,}",
    r"|(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,}",
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
    r"|AGE-SECRET-KEY-1[A-Z0-9]{50,}",
    r"|eyJ[A-Za-z0-9_.-]{30,}",
    r"|://[A-Za-z0-9._~%+-]{0,64}:[A-Za-z0-9._~%+!$&()*,;=^{}#?-]{3,128}@",
    r"|(?:[Bb]earer|BEARER) [A-Za-z0-9._~+/=-]{20,}",
    r"|[Aa]uthorization: [Bb]asic [A-Za-z0-9+/=]{8,}",
    "|(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY|SecretAccessKey)",
    r#"[\\"'=: ]{1,8}[A-Za-z0-9/+]{40}"#,
    r"|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
    r"(?:[A-Za-z0-9+/=,:. \r\n\t]|\\+[nrt]|⏎)*",
    r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
);

/// A password beside its name. What is no password after all may hold something that is
/// shaped like a key, so it is looked for by itself.
const CALLED: &str = concat!(
    r"(?:[Pp]assw(?:or)?d|PASSW(?:OR)?D|[Pp]assphrase|PASSPHRASE)",
    r#"(?:\\{0,7}["'])?(?:[ \t]|\\{1,7}t){0,4}[:=](?:[ \t]|\\{1,7}t){0,4}(\\{0,7}["'])?"#,
    r"([A-Za-z0-9!@#%^&+/_-][A-Za-z0-9._~%+!$&*,;=^@#:/?-]{5,127})",
);

/// The fewest letters of a password that is told with its name, where it is quoted and
/// where it is not.
const WORDS: [usize; 2] = [6, 7];

/// How long a secret of AWS is.
const AWS: usize = 40;

/// Finds passwords beside their names.
fn called() -> &'static Regex {
    #[expect(clippy::expect_used, reason = "a constant; every test here would fail")]
    static PATTERN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(CALLED).expect("what is called so is a pattern"));
    &PATTERN
}

/// Replaces secrets by `‹redacted:1f3a›`: the same mark for the same secret, so
/// that a reader can tell two apart.
#[derive(Debug, Clone)]
pub struct Redactor {
    shapes: Regex,
    /// Shared by all clones, and behind a lock: a key that a command prints is
    /// learnt by the one who fetches it, long after the journal was opened.
    known: Arc<RwLock<Vec<Known>>>,
}

/// A secret that is known, as it is and as JSON writes it; and as it is in base64,
/// of which it shows one of three faces, by how much stands before it.
#[derive(Clone)]
struct Known {
    plain: Finder<'static>,
    escaped: Finder<'static>,
    encoded: Vec<Finder<'static>>,
}

/// Says that there is one, and nothing of it.
impl std::fmt::Debug for Known {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Known(..)")
    }
}

/// What is looked through: a JSON line writes some characters in another way.
#[derive(Clone, Copy)]
enum Spelling {
    Plain,
    Json,
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Redactor {
    /// Looks for these secrets and for the common shapes. Secrets of less than
    /// eight characters or of digits alone are not looked for.
    pub fn new(secrets: &[SecretString]) -> Self {
        let redactor = Self { shapes: shapes(), known: Arc::default() };
        for secret in secrets {
            redactor.learn(secret);
        }
        redactor
    }

    /// Looks for this secret, too, from now on: here and in every clone.
    pub fn learn(&self, secret: &SecretString) {
        let secret = secret.expose_secret();
        let is_fit = secret.len() >= SHORTEST && !secret.bytes().all(|it| it.is_ascii_digit());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if is_fit && known.iter().all(|it| it.plain.needle() != secret.as_bytes()) {
            known.push(Known::new(secret));
        }
    }

    /// The text without secrets.
    pub fn clean<'a>(&self, text: &'a str) -> Cow<'a, str> {
        match self.replaced(text.as_bytes(), Spelling::Plain) {
            Some(clean) => Cow::Owned(String::from_utf8_lossy(&clean).into_owned()),
            None => Cow::Borrowed(text),
        }
    }

    /// Takes the secrets out of lines of JSON, which stay JSON.
    pub(super) fn clean_lines(&self, lines: &mut Vec<u8>) {
        if let Some(clean) = self.replaced(lines, Spelling::Json) {
            *lines = clean;
        }
    }

    /// JSON without secrets, if there are any in it; it stays JSON.
    pub fn clean_json(&self, line: &[u8]) -> Option<Vec<u8>> {
        self.replaced(line, Spelling::Json)
    }

    /// How many bytes of a text that goes on can be recorded now: all, but for
    /// an end in which a secret may have begun.
    pub fn settled(&self, text: &str) -> usize {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().filter_map(|it| {
            let needle = std::str::from_utf8(it.plain.needle()).ok()?;
            let end = end_of(text, needle.len());
            begins_at_end(end, needle).map(|at| text.len() - end.len() + at)
        });
        begun(text).into_iter().chain(known).min().unwrap_or(text.len())
    }

    /// Whether an end that is not [settled](Self::settled) would give something
    /// away: it holds all of a shape's beginning, or enough of a known secret or of a
    /// password.
    pub fn is_telling(&self, end: &str) -> bool {
        let all = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut known = all.iter().filter_map(|it| std::str::from_utf8(it.plain.needle()).ok());
        let is_begun = |it: &str| begins_at_end(end, it).is_some_and(|at| end.len() - at > BRIEF);
        is_begun_in(end) || known.any(is_begun) || begun_password(end) > BRIEF
    }

    /// The first letters of secrets whose rest was cut off: of a title, say, that another
    /// program's log has only in part.
    fn cut_off(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let begun = |at: usize| {
            let is_inside = |it: &usize| text.get(*it).is_some_and(|it| it & 0xC0 == 0x80);
            let from = (at.saturating_sub(BEFORE_CUT)..at).find(|it| !is_inside(it))?;
            let before = std::str::from_utf8(text.get(from..at)?).ok()?;
            let settled = self.settled(before);
            let end = before.get(settled..).filter(|it| !it.is_empty())?;
            self.is_telling(end).then_some((from + settled, at))
        };
        memchr::memmem::find_iter(text, CUT).filter_map(begun).collect()
    }

    fn replaced(&self, text: &[u8], spelling: Spelling) -> Option<Vec<u8>> {
        let mut found: Vec<_> = self
            .shapes
            .find_iter(text)
            .filter_map(|it| secret(text, it.start(), it.end(), spelling))
            .collect();
        found.extend(called().captures_iter(text).filter_map(|it| password(text, &it)));
        found.extend(self.cut_off(text));
        for known in self.known.read().unwrap_or_else(PoisonError::into_inner).iter() {
            for finder in std::iter::once(known.spelt(spelling)).chain(&known.encoded) {
                let length = finder.needle().len();
                found.extend(finder.find_iter(text).map(|at| (at, at + length)));
            }
        }
        if found.is_empty() {
            return None;
        }
        // One that lies in another goes with it.
        found.sort_unstable_by_key(|(from, to)| (*from, std::cmp::Reverse(*to)));
        let mut clean = Vec::with_capacity(text.len());
        let mut done = 0;
        for (from, to) in found {
            if to <= done {
                continue;
            }
            clean.extend_from_slice(text.get(done..from.max(done)).unwrap_or_default());
            let print = super::parse::print(text.get(from..to).unwrap_or_default()) >> 48;
            clean.extend_from_slice(format!("‹redacted:{print:04x}›").as_bytes());
            done = to;
        }
        clean.extend_from_slice(text.get(done..).unwrap_or_default());
        Some(clean)
    }
}

/// What a text ends in that was cut to fit.
const CUT: &str = "…";

/// So much before a cut is looked at, in bytes.
const BEFORE_CUT: usize = 512;

/// The pattern of all shapes. Putting it together takes as long as thousands
/// of lines take to be searched, so it is done once.
fn shapes() -> Regex {
    #[expect(clippy::expect_used, reason = "a constant; every test here would fail")]
    static PATTERN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(SHAPES).expect("the shapes are a pattern"));
    PATTERN.clone()
}

impl Known {
    fn new(secret: &str) -> Self {
        let escaped = serde_json::Value::from(secret).to_string();
        let escaped = escaped.get(1..escaped.len() - 1).unwrap_or_default();
        let finder = |it: &[u8]| Finder::new(it).into_owned();
        let faces = (0..3).flat_map(|before| [(before, *b"+/"), (before, *b"-_")]);
        let faces: BTreeSet<_> =
            faces.map(|(before, last)| in_base64(secret.as_bytes(), before, last)).collect();
        let encoded = faces.iter().map(|it| finder(it)).collect();
        Self { plain: finder(secret.as_bytes()), escaped: finder(escaped.as_bytes()), encoded }
    }

    const fn spelt(&self, spelling: Spelling) -> &Finder<'static> {
        match spelling {
            Spelling::Plain => &self.plain,
            Spelling::Json => &self.escaped,
        }
    }
}

/// The letters of base64 (RFC 4648), but for the last two of its alphabets.
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How something looks inside of base64, behind so many bytes more than a multiple
/// of three: what of it does not depend on its neighbours.
fn in_base64(secret: &[u8], before: usize, last: [u8; 2]) -> Vec<u8> {
    // Six bits a letter: those that are of the secret alone.
    let (first, end) = ((before * 8).div_ceil(6), (before + secret.len()) * 8 / 6);
    let bit = |at: usize| {
        let byte = secret.get((at / 8).checked_sub(before)?)?;
        Some(byte >> (7 - at % 8) & 1)
    };
    let letter = |at: usize| {
        let bits = (at * 6..at * 6 + 6).map(|it| usize::from(bit(it).unwrap_or_default()));
        let value = bits.fold(0, |sum, bit| sum * 2 + bit);
        LETTERS.iter().chain(&last).nth(value).copied().unwrap_or_default()
    };
    (first..end).map(letter).collect()
}

/// What of something shaped like a secret is one, if any.
fn secret(text: &[u8], from: usize, to: usize, spelling: Spelling) -> Option<(usize, usize)> {
    let found = text.get(from..to)?;
    let has_digit = found.iter().any(u8::is_ascii_digit);
    let is_one = match found.get(..3)? {
        b"sk-" if found.starts_with(b"sk-ant-") => true,
        // `risk-averse-…` is a word, `sk-learn-…` is one too.
        b"sk-" => has_digit && found.len() >= 23 && begins_a_word(text, from, spelling),
        b"gsk" | b"hf_" | b"npm" | b"rk_" | b"sk_" => {
            // Those of Hugging Face are of letters alone.
            (has_digit || found.iter().any(u8::is_ascii_uppercase))
                && begins_a_word(text, from, spelling)
        }
        // The password, and neither whose it is nor where.
        b"://" => {
            let user = found.iter().skip(3).position(|it| *it == b':')?;
            return Some((from + 3 + user + 1, to - 1));
        }
        // The password, and not what it is called.
        b"aws" | b"AWS" | b"Sec" => return Some((to - AWS, to)),
        b"Aut" | b"aut" if !has_digit && !found.ends_with(b"=") => return None,
        b"Aut" | b"aut" => {
            let name = found.len() - found.iter().rev().take_while(|it| **it != b' ').count();
            return Some((from + name, to));
        }
        b"eyJ" => memchr::memmem::find(found, b".eyJ").is_some(),
        b"Bea" | b"bea" | b"BEA" => return has_digit.then_some((from + "bearer ".len(), to)),
        _ => true,
    };
    is_one.then_some((from, to))
}

/// The password behind its name: letters with a digit among them. What a program calls or
/// looks up there is none.
fn password(text: &[u8], found: &Captures) -> Option<(usize, usize)> {
    let (is_quoted, value) = (found.get(1).is_some(), found.get(2)?);
    let (from, to) = (value.start(), value.end());
    // A sentence goes on behind it, or a list.
    let ends = value.as_bytes().iter().rev().take_while(|it| b".,;:!?".contains(it)).count();
    let value = text.get(from..to - ends)?;
    let least = WORDS[usize::from(!is_quoted)];
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    let begins_a_name = |it: &[u8]| it.first().is_some_and(u8::is_ascii_alphabetic);
    let is_path = value.contains(&b'.') && value.split(|it| *it == b'.').all(begins_a_name);
    let is_call = matches!(text.get(to), Some(b'(' | b'[' | b'<' | b'{'));
    let is_one = value.len() >= least
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && (is_quoted || !(is_path || is_call));
    is_one.then_some((from, from + value.len()))
}

/// Whether no letter or digit stands before; the `n` of a `\n` is none.
fn begins_a_word(text: &[u8], at: usize, spelling: Spelling) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let is_escape = match before {
        [.., b'\\', letter] => b"nrtbf".contains(letter),
        [.., b'\\', b'u', _, _, _, _] => true,
        _ => false,
    };
    let is_after_a_word = before.last().is_some_and(u8::is_ascii_alphanumeric);
    !is_after_a_word || (matches!(spelling, Spelling::Json) && is_escape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys() -> [String; 23] {
        [
            format!("sk-ant-api03-{}", "aB3_".repeat(20)),
            format!("sk-proj-{}", "x9Yz".repeat(12)),
            format!("AIza{}", "0aB-_".repeat(7)),
            format!("ghp_{}", "a1B2".repeat(9)),
            format!("github_pat_{}", "a1B2_".repeat(9)),
            "AKIAIOSFODNN7EXAMPLE".to_owned(),
            format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{}.c2ln", "a1".repeat(9)),
            format!("glpat-{}", "a1B2".repeat(6)),
            format!(
                "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
                "MIIE+/0=\n".repeat(20)
            ),
            format!(
                "-----BEGIN OPENSSH PRIVATE KEY-----\r\n{}-----END OPENSSH PRIVATE KEY-----",
                "b3BlbnNzaC1r0=\r\n".repeat(60)
            ),
            format!(
                "-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n\n{}-----END PGP PRIVATE KEY BLOCK-----",
                "lQOYBGN0\n".repeat(40)
            ),
            format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx{}.c2ln", "a1".repeat(900)),
            format!("gsk_{}", "a1B2".repeat(13)),
            format!("xai-{}", "a1B2".repeat(20)),
            format!("hf_{}", "a1B2".repeat(9)),
            format!("npm_{}", "a1B2".repeat(9)),
            ["sk", "_live_", &"a1B2".repeat(9)].concat(),
            format!("pypi-AgEI{}", "a1B2".repeat(20)),
            format!("ya29.{}", "a1B2".repeat(20)),
            format!("GOCSPX-{}", "a1B2".repeat(7)),
            format!("hf_{}", "aBcDeFgH".repeat(5)),
            format!("SG.{}.{}", "a1B2_".repeat(5), "a1-B2".repeat(8)),
            format!("AGE-SECRET-KEY-1{}", "Q1ZP".repeat(15)),
        ]
    }

    #[test]
    fn what_is_shaped_like_a_key_never_stays() {
        let redactor = Redactor::default();
        for key in keys() {
            for text in [key.clone(), format!("KEY={key}\nnext"), format!("\n{key} and on")] {
                let clean = redactor.clean(&text);
                assert!(clean.contains("‹redacted:"), "{text}");
                assert_eq!(clean.replace(&mark(&redactor, &key), &key), text);
                let json = serde_json::Value::from(text.clone()).to_string();
                let mut line = json.into_bytes();
                redactor.clean_lines(&mut line);
                let read: String = serde_json::from_slice(&line).unwrap();
                assert!(read.contains("‹redacted:") && !read.contains(&key[8..16]), "{read}");
            }
        }
    }

    fn mark(redactor: &Redactor, key: &str) -> String {
        redactor.clean(key).into_owned()
    }

    #[test]
    fn a_bearer_token_goes_and_its_name_stays() {
        let text = format!("authorization: Bearer {}", "abc.DEF-123".repeat(4));
        let clean = Redactor::default().clean(&text).into_owned();
        assert!(clean.starts_with("authorization: Bearer ‹redacted:"), "{clean}");
    }

    #[test]
    fn a_password_goes_and_what_it_is_called_stays() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for text in [
            format!("aws_secret_access_key = {secret}\n"),
            format!("export AWS_SECRET_ACCESS_KEY=\"{secret}\"\n"),
            format!("{{\"SecretAccessKey\": \"{secret}\"}}"),
            format!("> Authorization: Basic {}\n", &secret[..20].replace('/', "+")),
        ] {
            let redactor = Redactor::default();
            let clean = redactor.clean(&text).into_owned();
            let name = text.split([' ', '=', '"']).find(|it| it.len() > 2).unwrap();
            assert!(clean.contains(name) && !clean.contains("wJalrX"), "{clean}");
            let mut line = serde_json::Value::from(text.clone()).to_string().into_bytes();
            redactor.clean_lines(&mut line);
            let read: String = serde_json::from_slice(&line).unwrap();
            assert_eq!(read, clean);
        }
    }

    #[test]
    fn of_an_address_the_password_goes_and_nothing_else() {
        for (before, after) in [
            ("postgres://admin:", "@db.example.org/main"),
            ("git clone https://:", "@example.org/it.git"),
            ("\"url\": \"amqp://a.b%40c:", "@host:5672\""),
        ] {
            let clean =
                Redactor::default().clean(&format!("{before}Sup3rS3cret{after}")).into_owned();
            let mark = clean.strip_prefix(before).and_then(|it| it.strip_suffix(after));
            let mark = mark.unwrap_or_else(|| panic!("{clean}"));
            assert!(mark.starts_with("‹redacted:") && mark.ends_with('›'), "{clean}");
        }
    }

    #[test]
    fn s51_a_private_key_in_json_goes_however_often_it_is_escaped() {
        let redactor = Redactor::default();
        let mut text = keys()[8].clone();
        for _ in 0..4 {
            text = serde_json::json!({ "private_key": text, "next": "stays" }).to_string();
            let mut line = serde_json::Value::from(text.clone()).to_string().into_bytes();
            redactor.clean_lines(&mut line);
            let read: String = serde_json::from_slice(&line).unwrap();
            assert!(read.contains("‹redacted:") && read.contains("stays"), "{read}");
            assert!(!read.contains("MIIE"), "{read}");
        }
    }

    #[test]
    fn s51_a_private_key_in_a_title_goes_to_where_it_is_cut() {
        let redactor = Redactor::default();
        let title = crate::text::one_line(&format!("use {} here", keys()[8]), 90);
        assert!(title.contains("MIIE") && title.contains('\u{23ce}'), "{title}");
        let clean = redactor.clean(&title);
        assert!(clean.starts_with("use \u{2039}redacted:") && !clean.contains("MIIE"), "{clean}");
    }

    #[test]
    fn s51_the_beginning_of_a_secret_goes_that_was_cut_to_fit() {
        let redactor = Redactor::new(&["mysecretvaluefromenv123".into()]);
        let cut = format!("{}mysecretvaluefromenv…", "w ".repeat(90));
        assert!(!redactor.clean(&cut).contains("mysecret"), "{}", redactor.clean(&cut));
        let line = serde_json::json!({ "title": cut, "name": "and ghp_a1B2a1B2a1…" }).to_string();
        let mut lines = line.into_bytes();
        redactor.clean_lines(&mut lines);
        let clean = String::from_utf8(lines).unwrap();
        assert!(!clean.contains("mysecret") && !clean.contains("a1B2"), "{clean}");
        for plain in ["a task…", "he said my…", "so it goes on …", "…"] {
            assert_eq!(redactor.clean(plain), plain);
        }
    }

    #[test]
    fn s51_a_known_secret_goes_in_base64_too() {
        let redactor = Redactor::new(&[SecretString::from("hunter2-hunter2?>~")]);
        // As `base64` and `basenc --base64url` write it behind "", "a", "ab", "user:".
        for (text, left) in [
            ("aHVudGVyMi1odW50ZXIyPz5+", ""),
            ("YWh1bnRlcjItaHVudGVyMj8+fg==", "YW/g=="),
            ("YWJodW50ZXIyLWh1bnRlcjI/Pn4=", "YWJ/4="),
            ("dXNlcjpodW50ZXIyLWh1bnRlcjI/Pn4gYW5kIG1vcmU=", "dXNlcjp/4gYW5kIG1vcmU="),
            ("aHVudGVyMi1odW50ZXIyPz5-", ""),
        ] {
            let clean = redactor.clean(text).into_owned();
            let (before, rest) = clean.split_once("‹redacted:").unwrap_or_else(|| panic!("{text}"));
            let after = rest.split_once('›').unwrap().1;
            assert!(before.len() + after.len() <= left.len() + 2, "{clean}");
        }
        assert_eq!(redactor.clean("aHVudGVy"), "aHVudGVy");
    }

    #[test]
    fn s50_a_key_that_is_learnt_later_is_looked_for_by_every_clone() {
        let redactor = Redactor::default();
        let journal = redactor.clone();
        assert_eq!(journal.clean("hunter2-hunter2"), "hunter2-hunter2");
        redactor.learn(&SecretString::from("hunter2-hunter2"));
        assert!(journal.clean("hunter2-hunter2").starts_with("‹redacted:"));
        assert!(!format!("{journal:?}").contains("hunter2"));
    }

    #[test]
    fn a_password_goes_however_it_is_told_by_its_name() {
        let redactor = Redactor::default();
        for (before, secret, after) in [
            ("password: ", "hunter2", ""),
            ("the Password is password=", "Tr0ub4dor&3", " and more"),
            ("{\"password\": \"", "a1b2c3", "\", \"next\": 1}"),
            ("export DB_PASSWORD='", "correct-horse-1", "'\n"),
            ("spring.datasource.password = ", "s3cr3t!x", "\n"),
            ("  passwd:\t", "abc123de", ", next: 2"),
            ("--passphrase=", "open5esame", "."),
        ] {
            let text = format!("{before}{secret}{after}");
            let clean = redactor.clean(&text).into_owned();
            assert!(clean.starts_with(&format!("{before}‹redacted:")), "{clean}");
            assert!(clean.ends_with(&format!("›{after}")), "{clean}");
            let mut line = serde_json::Value::from(text.clone()).to_string().into_bytes();
            redactor.clean_lines(&mut line);
            assert_eq!(serde_json::from_slice::<String>(&line).unwrap(), clean);
            for cut in before.len() + 1..before.len() + secret.len() {
                let settled = redactor.settled(&text[..cut]);
                assert!(settled < before.len(), "{:?}", &text[..cut]);
            }
        }
        for text in [
            "password: String, password2: &str",
            "password: z.string().min(8)",
            "password = config.db2.password",
            "password=argon2id(x, 1)",
            "password: ${DB_PASSWORD1}",
            "password: ********",
            "password: 12345678, the year",
            "passwords: a1b2c3d4e5",
            "password_hash: a1b2c3d4e5",
            "the password: it was long",
            "password:\n  a1b2c3d4e5",
        ] {
            assert_eq!(redactor.clean(text), text);
        }
        // What is no password can be a key.
        let key = format!("hf_{}", "aBcDeFgH".repeat(5));
        assert!(!redactor.clean(&format!("password: {key}")).contains("aBcD"));
        assert!(!redactor.clean("password=redis://:sesame@h").contains("sesame"));
    }

    #[test]
    fn plain_words_stay() {
        let redactor = Redactor::default();
        for text in [
            "a risk-averse-and-very-long-name-with-1-digit",
            "sk-learn-pipelines-are-long-names",
            "the bearer of this letter is an honourable man",
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
            "eyJ is how base64 of a brace begins",
            "hf_transformers_pipelines_are_long",
            "at http://localhost:8080/x, by somebody@example.org",
            "git@github.com:one/two.git and ssh://git@host:22/it",
        ] {
            assert_eq!(redactor.clean(text), text);
        }
    }

    #[test]
    fn a_known_secret_goes_however_it_is_spelt() {
        let secret = "pa\"ss\\wörd\n!";
        let redactor = Redactor::new(&[SecretString::from(secret), SecretString::from("1234")]);
        let text = format!("1234 <{secret}>");
        assert!(!redactor.clean(&text).contains("wörd"));
        let mut line = serde_json::json!({ "text": text }).to_string().into_bytes();
        redactor.clean_lines(&mut line);
        let read: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let read = read["text"].as_str().unwrap();
        assert!(read.starts_with("1234 <‹redacted:") && read.ends_with("›>"), "{read}");
        assert!(!format!("{redactor:?}").contains("wörd"));
    }

    #[test]
    fn s51_a_key_cut_by_a_chunk_is_held_back() {
        let long = "0123456789abcdef".repeat(40);
        let known = ["hunter2-hunter2", "p@ss: wörd!\nx", &long];
        let redactor = Redactor::new(&known.map(SecretString::from));
        for key in keys().iter().map(String::as_str).chain(known) {
            let text = format!("the key is {key}");
            for cut in "the key is ".len() + 1..text.len() {
                if !text.is_char_boundary(cut) {
                    continue;
                }
                let settled = redactor.settled(&text[..cut]);
                assert!(settled <= "the key is ".len(), "{:?}", &text[..cut]);
            }
        }
        assert_eq!(redactor.settled("nothing to hide here."), 21);
        for address in ["postgres://admin:Sup3rS3cret@", "redis://:pa55word@", "x+y://a:b?c=d@"] {
            let text = format!("it is at {address}");
            let scheme = text.find("://").unwrap();
            for cut in scheme + 1..text.len() {
                assert_eq!(redactor.settled(&text[..cut]), scheme, "{:?}", &text[..cut]);
            }
        }
        for text in ["see https://example.org/a:b", "so: it", "https://a.b/c@", "it is 12: no"] {
            assert_eq!(redactor.settled(text), text.len(), "{text}");
        }
    }

    #[test]
    fn s52_a_hostile_text_is_searched_in_one_go() {
        let redactor = Redactor::default();
        let parts = [
            "a",
            "sk-",
            "eyJaaaaaaaaaaaAIza",
            "-----BEGIN A",
            "Bearer a",
            "AKIA-",
            "hf_a",
            "://a:b",
        ];
        let more = ["\\", "SecretAccessKey", "Authorization: Basic ", "password: ", "passwd="];
        for part in parts.into_iter().chain(more) {
            let text = part.repeat((1 << 20) / part.len());
            assert!(redactor.clean(&text) == text, "{part}");
        }
    }

    proptest! {
        #[test]
        fn json_stays_json(text in any::<String>(), key in 0_usize..23, more in any::<String>()) {
            let text = format!("{text}{}{more}", keys()[key]);
            let redactor = Redactor::new(&[SecretString::from(more)]);
            let mut line = serde_json::json!({ "text": text }).to_string().into_bytes();
            redactor.clean_lines(&mut line);
            prop_assert!(serde_json::from_slice::<serde_json::Value>(&line).is_ok());
        }
    }
}
