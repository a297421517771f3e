//! The commands that a shell would run, one by one, and their words.

/// Why a command can't be read for certain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Doubt(pub(super) String);

/// One command: a name, arguments, and files it is redirected to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Simple {
    /// Without their quotes, the name first.
    pub(super) words: Vec<Word>,
    /// Files that redirections write.
    pub(super) writes: Vec<String>,
    /// Files that redirections read.
    pub(super) reads: Vec<String>,
    /// Variables that it sets, for itself or for all that follows.
    pub(super) sets: Vec<String>,
    /// It reads a here-document.
    pub(super) has_here: bool,
}

/// One word, as the program will get it, but for file name patterns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Where the first unquoted `*`, `?` or `[` stands, in bytes.
    pub(super) pattern_at: Option<usize>,
    /// Whether it begins with an unquoted `~`.
    pub(super) is_home: bool,
    pub(super) is_quoted: bool,
    /// Where its first plain `=` stands: before it may be a variable's name.
    pub(super) equals_at: Option<usize>,
    /// Whether it holds something that is known only when it runs: `$x`, `$(…)`.
    pub(super) is_open: bool,
}

/// Options of git before its own command that have the next word for a value
/// (`git(1)`). Of other programs it is not known: any option may.
const GIT_VALUED: &[&str] =
    &["-C", "-c", "--attr-source", "--config-env", "--git-dir", "--namespace", "--work-tree"];

impl Simple {
    /// What is run.
    pub(super) fn name(&self) -> &str {
        self.words.first().map_or("", |word| &word.text)
    }

    /// The words after the name.
    pub(super) fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// All words, joined by blanks.
    pub(super) fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// What it may be called as well: its name without a folder, and without the
    /// options, each with a value or none, that stand before the rest. `git -C x push`
    /// is `git push`, too.
    pub(super) fn other_texts(&self) -> Vec<String> {
        let name = self.name().rsplit('/').next().unwrap_or_default();
        let rest: Vec<&str> = self.arguments().iter().map(|word| word.text.as_str()).collect();
        let is_option = |at: usize| rest[at].starts_with('-');
        let mut texts = vec![[&[name], rest.as_slice()].concat().join(" ")];
        for at in 1..rest.len() {
            let has_value = at > 1
                && is_option(at - 2)
                && (name != "git" || GIT_VALUED.contains(&rest[at - 2]));
            if name == "git" && GIT_VALUED.contains(&rest[at - 1]) {
                continue;
            }
            let is_behind = is_option(at - 1) || has_value;
            if !is_behind {
                break;
            }
            if !is_option(at) {
                texts.push([&[name], &rest[at..]].concat().join(" "));
            }
        }
        texts
    }

    /// Whether it says where something is read from or written to.
    pub(super) fn is_redirected(&self) -> bool {
        !self.writes.is_empty() || !self.reads.is_empty() || self.has_here
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty() && self.sets.is_empty() && !self.is_redirected()
    }

    /// A word that may stand for anything, if there is one.
    pub(super) fn open(&self) -> Option<&Word> {
        self.words.iter().find(|word| word.is_open)
    }
}

pub(super) fn doubt<T>(why: impl Into<String>) -> Result<T, Doubt> {
    Err(Doubt(why.into()))
}

/// Everything in a command that may be a command, whatever stands around it:
/// each word of it, without quotes, with all words behind it; also what a name is made
/// to stand for, `p=git push`, and `alias.p=push` of git.
pub(super) fn coarse(command: &str) -> Vec<Simple> {
    let bare: String = command.chars().filter(|next| !matches!(next, '\'' | '"' | '\\')).collect();
    let mut found = Vec::new();
    for piece in bare.split([';', '|', '&', '\n', '(', ')', '{', '}', '`', '$', '<', '>']) {
        let words: Vec<Word> = piece
            .split_whitespace()
            .map(|text| Word { text: text.to_owned(), ..Word::default() })
            .collect();
        for first in 0..words.len() {
            let words = words[first..].to_vec();
            if let Some((name, value)) = words[0].text.split_once('=') {
                let mut meant = words.clone();
                value.clone_into(&mut meant[0].text);
                if name.starts_with("alias.") {
                    meant.insert(0, Word { text: "git".to_owned(), ..Word::default() });
                }
                found.push(Simple { words: meant, ..Simple::default() });
            }
            found.push(Simple { words, ..Simple::default() });
        }
    }
    found
}
