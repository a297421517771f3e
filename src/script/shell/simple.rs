//! A simple command, and what a value may be in it: an argument of its own, or a part of
//! one that no program takes for a program.

use super::{MARK, Misplaced};

/// Words of the shell before which stands no program.
const KEYWORDS: [&str; 12] =
    ["!", "{", "if", "then", "else", "elif", "do", "while", "until", "time", "env", "command"];
/// What says its words, or compares them, and does nothing else with them.
const SAYING: [&str; 11] =
    ["echo", "printf", "test", "[", "export", "readonly", "local", "for", "case", "grep", "egrep"];
/// What takes its words for the names of files.
const HANDLING: [&str; 16] = [
    "basename", "cat", "cd", "cp", "diff", "dirname", "head", "ls", "mkdir", "mv", "rm", "rmdir",
    "stat", "tail", "tee", "touch",
];
/// What takes its words together for a command, so that quotes are lost.
const RUNNING: [&str; 4] = ["alias", "parallel", "trap", "watch"];
/// What does so on another machine, which is named before.
const REMOTE: [&str; 3] = ["remsh", "rsh", "ssh"];
/// What takes words for names of variables, in which a subscript is worked out.
const NAMING: [&str; 9] =
    ["declare", "export", "getopts", "local", "mapfile", "read", "readonly", "typeset", "unset"];
/// What runs a program that it is given as a text or a file, with the words after it.
const INTERPRETERS: [&str; 26] = [
    "R",
    "Rscript",
    "ash",
    "bash",
    "bun",
    "busybox",
    "dash",
    "deno",
    "expect",
    "fish",
    "julia",
    "ksh",
    "lua",
    "luajit",
    "mksh",
    "node",
    "nodejs",
    "osascript",
    "perl",
    "php",
    "pwsh",
    "python",
    "ruby",
    "sh",
    "tclsh",
    "zsh",
];
/// What runs its first word, in a language of its own.
const EDITORS: [&str; 12] =
    ["awk", "ed", "ex", "gawk", "gsed", "jq", "m4", "mawk", "nawk", "sed", "vim", "yq"];
/// What works out all that it is given.
const MAKING: [&str; 2] = ["gmake", "make"];
/// What runs what it reads.
const READERS: [&str; 8] = ["at", "batch", "bc", "dc", "mariadb", "mysql", "psql", "sqlite3"];
/// Options whose value is a text to read.
const TEXTS: [&str; 15] = [
    "--author",
    "--body",
    "--description",
    "--grep",
    "--header",
    "--label",
    "--message",
    "--subject",
    "--title",
    "-H",
    "-am",
    "-iname",
    "-m",
    "-name",
    "-path",
];
/// What the name of an option has in it whose value may be run.
const RUN: [&str; 16] = [
    "action", "cmd", "code", "command", "eval", "exec", "expr", "filter", "hook", "pack", "print",
    "program", "rsh", "run", "script", "shell",
];
/// What a word may have in it beside a value and be nothing that could be run: it is a
/// path, a number, an address or an option. A `$` is a value of the command's own.
const PLAIN: &str = "_-./:=@%+,~^?&#*$";

/// A simple command, as far as it is read. A word has neither quotes nor backslashes, and a
/// mark where a value stands.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "questions with nothing in common")]
pub(super) struct Simple {
    words: Vec<String>,
    /// The word that is being read.
    word: Option<String>,
    /// Whether that is the file that something is read from or written to.
    is_target: bool,
    /// Whether it says a text that a value is a part of.
    says: bool,
    /// Whether it is given such a text to read.
    is_fed: bool,
    /// Whether there is a value in it, or in one before it.
    holds: bool,
}

impl Simple {
    pub(super) fn open_word(&mut self) {
        self.word.get_or_insert_default();
    }

    pub(super) fn push(&mut self, it: char) {
        self.holds |= it == MARK;
        self.word.get_or_insert_default().push(it);
    }

    /// Goes on behind what another has put out: that is a value where there is one in it.
    #[must_use]
    pub(super) fn with(mut self, inner: &Self) -> Self {
        self.push(if inner.holds { MARK } else { '$' });
        self
    }

    /// The word that is being read is a whole one.
    pub(super) fn end_word(&mut self) -> Result<(), Misplaced> {
        let Some(word) = self.word.take() else { return Ok(()) };
        if std::mem::take(&mut self.is_target) {
            return Ok(());
        }
        if word.contains(MARK) {
            self.judge(&word)?;
        }
        self.words.push(word);
        Ok(())
    }

    /// One of the shell's own characters comes behind a word, and before this one.
    pub(super) fn operator(&mut self, it: char, next: Option<char>) -> Result<(), Misplaced> {
        match it {
            ' ' | '\t' => Ok(()),
            '<' | '>' => {
                // The number of a stream is no word.
                self.words.pop_if(|it| it.chars().all(|it| it.is_ascii_digit()));
                self.is_target = true;
                Ok(())
            }
            '&' | '|' if self.is_target => Ok(()),
            '&' if next == Some('>') => Ok(()),
            '|' if next != Some('|') => {
                let is_fed = self.says || self.is_fed;
                self.end()?;
                self.is_fed = is_fed;
                Ok(())
            }
            _ if self.words.is_empty() => Ok(()),
            _ => self.end(),
        }
    }

    /// The command is over.
    pub(super) fn end(&mut self) -> Result<(), Misplaced> {
        self.end_word()?;
        if self.is_fed
            && let Some(program) = self.program()
            && (is_one(&READERS, program)
                || is_one(&INTERPRETERS, program) && self.operand(program).is_none())
        {
            return Err(runs(program));
        }
        *self = Self { holds: self.holds, ..Self::default() };
        Ok(())
    }

    /// Whether a word may hold a value.
    fn judge(&mut self, word: &str) -> Result<(), Misplaced> {
        if let Some(it) = self.names().find(|it| REMOTE.contains(it) && self.has_command(it)) {
            return Err(hands_on(it));
        }
        let Some(program) = self.program().map(str::to_owned) else {
            let is_fine = is_assignment(word) || is_plain(word);
            return if is_fine { Ok(()) } else { Err(may_run("the shell")) };
        };
        let (program, last) = (program.as_str(), self.words.last().map(String::as_str));
        if RUNNING.contains(&program) {
            return Err(hands_on(program));
        }
        if let Some(is_fine) = self.as_variable(program, word) {
            return if is_fine { Ok(()) } else { Err(variable(program)) };
        }
        if is_whole(word) {
            return Ok(());
        }
        if SAYING.contains(&program) {
            self.says |= !is_plain(word);
            return Ok(());
        }
        if HANDLING.contains(&program) && !word.starts_with('-') {
            return Ok(());
        }
        if MAKING.contains(&program) {
            return Err(runs(program));
        }
        let mut interpreters =
            self.names().rev().filter(|it| is_one(&INTERPRETERS, it) || is_one(&EDITORS, it));
        match interpreters.next() {
            Some(it) if !self.is_argument(it, word) => Err(runs(it)),
            Some(_) => Ok(()),
            None if is_plain(word) && option(word).is_none_or(|it| !is_code(it)) => Ok(()),
            None if option(word).is_some_and(|it| is_plain(it) && !is_code(it)) => Ok(()),
            None if last.is_some_and(|it| TEXTS.contains(&it)) => Ok(()),
            None => Err(may_run(program)),
        }
    }

    fn names(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.words.iter().map(|it| name(it))
    }

    /// Whether a word is fine where the shell works out the name of a variable, if it does.
    fn as_variable(&self, program: &str, word: &str) -> Option<bool> {
        let has_options = || self.words.iter().any(|it| it.starts_with('-'));
        if NAMING.contains(&program) {
            return Some(is_assignment(word) && !has_options());
        }
        let is_name = self.words.last().is_some_and(|it| it == "-v");
        (is_name && ["test", "[", "printf"].contains(&program)).then_some(false)
    }

    /// The program that is run, if it has been named.
    fn program(&self) -> Option<&str> {
        let mut words = self.words.iter().map(|it| name(it));
        words.find(|it| !KEYWORDS.contains(it) && !is_assignment(it))
    }

    /// The words behind a program.
    fn given(&self, program: &str) -> &[String] {
        let begun = self.words.iter().rposition(|it| name(it) == program).map_or(0, |it| it + 1);
        self.words.get(begun..).unwrap_or_default()
    }

    /// What a program was given first that is no option, behind the last option that a
    /// program is given with.
    fn operand(&self, program: &str) -> Option<&str> {
        let given = self.given(program);
        let from = given.iter().rposition(|it| is_code(it)).map_or(0, |it| it + 1);
        given.get(from..)?.iter().map(String::as_str).find(|it| !it.starts_with('-'))
    }

    /// Whether a command for another machine has begun. What stands behind an option may
    /// belong to that, and a value may be the name of the machine.
    fn has_command(&self, remote: &str) -> bool {
        let given = self.given(remote);
        let is_behind_option = |at: usize| at > 0 && given[at - 1].starts_with('-');
        given
            .iter()
            .enumerate()
            .any(|(at, it)| !it.starts_with('-') && !it.contains(MARK) && !is_behind_option(at))
    }

    /// Whether a word that is more than a value is given to what an interpreter runs, and
    /// can't be that itself.
    fn is_argument(&self, interpreter: &str, word: &str) -> bool {
        let last = self.words.last().map(String::as_str);
        if interpreter.ends_with("awk") && last == Some("-v") && is_assignment(word) {
            return true;
        }
        let Some(operand) = self.operand(interpreter) else { return false };
        if last.is_some_and(is_code) {
            return false;
        }
        if is_one(&EDITORS, interpreter) {
            return is_plain(word) && !word.starts_with('-');
        }
        // What looks like a file or like a program is one; a word may belong to an option.
        is_plain(word) || operand.contains(['.', '/', ' '])
    }
}

/// What a program is called, wherever it is.
fn name(word: &str) -> &str {
    if word.contains("://") { word } else { word.rsplit('/').next().unwrap_or(word) }
}

/// Whether a program is one of these, whichever version of it.
fn is_one(all: &[&str], program: &str) -> bool {
    all.contains(&program)
        || all.contains(&program.trim_end_matches(|it: char| it.is_ascii_digit() || it == '.'))
}

fn is_assignment(word: &str) -> bool {
    let is_name = |it: &str| {
        it.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    word.split_once('=').is_some_and(|(name, _)| is_name(name.strip_suffix('+').unwrap_or(name)))
}

fn is_plain(word: &str) -> bool {
    word.chars().all(|it| it.is_alphanumeric() || it == MARK || PLAIN.contains(it))
}

/// Whether a word is an option that a program is given with.
fn is_code(word: &str) -> bool {
    match (word.strip_prefix("--"), word.strip_prefix('-')) {
        (Some(long), _) => RUN.iter().any(|it| long.contains(it)),
        (None, Some(short)) => short.ends_with(['c', 'e', 'E', 'p', 'r', 'x', 'S']),
        (None, None) => false,
    }
}

/// The option that a word gives a value: `--title` of `--title=Release 1`.
fn option(word: &str) -> Option<&str> {
    word.split_once('=').map(|(option, _)| option).filter(|it| it.starts_with("--"))
}

/// Whether all of an argument is a value, or all that an option is given.
fn is_whole(word: &str) -> bool {
    let text = match option(word) {
        Some(option) if is_plain(option) => word.get(option.len() + 1..).unwrap_or_default(),
        _ => word,
    };
    text.chars().all(|it| it == MARK)
}

/// The program runs what a value is a part of.
fn runs(program: &str) -> Misplaced {
    Misplaced {
        message: format!("a value can't be a part of a text that {program} runs"),
        mend: "make it an argument of its own, as in sh -c 'echo \"$1\"' x {{ … }}, or a \
               variable of the program, as in x={{ … }} sh -c 'echo \"$x\"'"
            .to_owned(),
    }
}

/// It is not known what a program does with a text.
fn may_run(program: &str) -> Misplaced {
    Misplaced {
        message: format!("a value can't be a part of a text that {program} may run"),
        mend: "make it an argument of its own; or, if it is text and no program, give all of it \
               to a variable first, x=\"… {{ … }}\", and write \"$x\" there"
            .to_owned(),
    }
}

/// A program puts its words together, and has a shell read them again.
fn hands_on(program: &str) -> Misplaced {
    let mend = match program {
        "trap" | "alias" => "give it to a variable first, x={{ … }}, and write '… \"$x\" …' there",
        _ => {
            "let it be read there, as in printf '%s\\n' {{ … }} | ssh HOST 'read -r x; echo \"$x\"'"
        }
    };
    let message = format!("a value can't be quoted for the shell after {program}");
    Misplaced { message, mend: mend.to_owned() }
}

/// The shell works out the name of a variable.
fn variable(program: &str) -> Misplaced {
    let message =
        format!("a value can't be quoted for the shell as the name of a variable, after {program}");
    Misplaced { message, mend: "write the name itself there".to_owned() }
}
