//! Commands that only read, and only inside: allowed without a rule.

use super::{
    command::{Simple, Word},
    danger, protected,
};

/// Programs that, without what [`danger`] knows of, only read and print.
const READERS: &[&str] = &[
    ":",
    "[",
    "basename",
    "break",
    "cat",
    "cksum",
    "cmp",
    "comm",
    "continue",
    "cut",
    "date",
    "df",
    "diff",
    "dirname",
    "du",
    "echo",
    "egrep",
    "exit",
    "expr",
    "false",
    "fgrep",
    "file",
    "find",
    "fold",
    "grep",
    "head",
    "id",
    "join",
    "ls",
    "md5sum",
    "nl",
    "nproc",
    "od",
    "paste",
    "printf",
    "pwd",
    "readlink",
    "realpath",
    "rev",
    "rg",
    "sed",
    "seq",
    "sha1sum",
    "sha256sum",
    "sha512sum",
    "sort",
    "stat",
    "strings",
    "tac",
    "tail",
    "test",
    "tr",
    "tree",
    "true",
    "uname",
    "uniq",
    "wait",
    "wc",
    "which",
    "whoami",
];

/// Commands of git that only read.
const OF_GIT: &[&str] = &[
    "blame",
    "cat-file",
    "describe",
    "diff",
    "diff-tree",
    "grep",
    "log",
    "ls-files",
    "ls-tree",
    "merge-base",
    "name-rev",
    "rev-list",
    "rev-parse",
    "shortlog",
    "show",
    "show-ref",
    "status",
];

/// Options with which a command of git that can write only lists.
const LISTING: &[(&str, &[&str])] = &[
    ("branch", &["-a", "-r", "-v", "-vv", "--all", "--list", "--remotes", "--show-current"]),
    ("remote", &["-v", "--verbose"]),
    ("tag", &["-l", "--list"]),
    ("stash", &["list"]),
    ("worktree", &["list"]),
];

/// Whether a command can do no harm.
pub(super) fn is(simple: &Simple) -> bool {
    if danger::of(simple).is_some() {
        return false;
    }
    let arguments = simple.arguments();
    let stays = arguments.iter().all(stays_inside);
    (stays
        || is_blind(simple.name())
            && arguments.iter().all(|word| word.is_open || stays_inside(word)))
        && match simple.name() {
            "git" => is_harmless_git(arguments),
            // What it is given second, it writes.
            "uniq" => arguments.iter().filter(|word| !word.text.starts_with('-')).count() < 2,
            "date" => arguments.iter().all(|word| word.text.starts_with(['+', '-'])),
            "cd" => arguments.len() == 1 && protected::name_in(&arguments[0].text).is_none(),
            name => READERS.contains(&name),
        }
}

/// Whether a program looks at nothing but the words themselves.
pub(super) fn is_blind(name: &str) -> bool {
    matches!(name, "echo" | "true" | "false" | ":")
}

fn is_harmless_git(arguments: &[Word]) -> bool {
    let Some((command, rest)) = arguments.split_first() else { return false };
    OF_GIT.contains(&command.text.as_str())
        || LISTING.iter().any(|(name, options)| {
            *name == command.text
                && rest.iter().all(|word| options.contains(&word.text.as_str()))
                && (!rest.is_empty() || matches!(*name, "branch" | "remote" | "tag"))
        })
}

/// Whether a word names nothing outside the folder, as an argument or in an option.
fn stays_inside(word: &Word) -> bool {
    let text = word.text.as_str();
    if word.is_home || word.is_open {
        return false;
    }
    // `.*` is `..` too, for some shells.
    let is_dotted = |name: &str| name.starts_with('.') && name.contains(['*', '?', '[']);
    if word.pattern_at.is_some() && text.split('/').any(is_dotted) {
        return false;
    }
    if text.starts_with('-') {
        return !text.contains('/') && !text.contains("..") && !text.contains('~');
    }
    text == "/dev/null" || !protected::is_outside(text) && !text.contains("../")
}
