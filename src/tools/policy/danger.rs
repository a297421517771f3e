//! Commands that run other commands, or write where one would not look: an
//! allow of the plain command does not cover them.

use super::command::Simple;

/// Programs and builtins whose arguments are themselves run, or change what runs.
const WRAPPERS: &[&str] = &[
    ".",
    "alias",
    "ash",
    "awk",
    "bash",
    "bg",
    "builtin",
    "busybox",
    "chroot",
    "command",
    "csh",
    "dash",
    "doas",
    "ed",
    "emacs",
    "enable",
    "env",
    "eval",
    "ex",
    "exec",
    "expect",
    "export",
    "firejail",
    "fish",
    "flock",
    "gawk",
    "gdb",
    "hash",
    "ionice",
    "ksh",
    "ld.so",
    "less",
    "local",
    "ltrace",
    "m4",
    "man",
    "mawk",
    "more",
    "nawk",
    "nice",
    "nohup",
    "nsenter",
    "parallel",
    "pkexec",
    "read",
    "readonly",
    "runuser",
    "script",
    "screen",
    "set",
    "setarch",
    "setpriv",
    "setsid",
    "sh",
    "shopt",
    "source",
    "ssh",
    "start-stop-daemon",
    "stdbuf",
    "strace",
    "su",
    "sudo",
    "systemd-run",
    "taskset",
    "tcsh",
    "time",
    "timeout",
    "tmux",
    "toybox",
    "trap",
    "typeset",
    "declare",
    "ulimit",
    "unalias",
    "unset",
    "unshare",
    "vi",
    "view",
    "vim",
    "watch",
    "xargs",
    "zsh",
];

/// Long options, by program; an abbreviation counts as the option.
const LONG: &[(&str, &[&str])] = &[
    ("diff", &["--recursive"]),
    ("du", &["--dereference", "--dereference-args"]),
    ("egrep", &["--dereference-recursive"]),
    ("fgrep", &["--dereference-recursive"]),
    ("find", &[]),
    ("grep", &["--dereference-recursive"]),
    ("rg", &["--pre", "--pre-glob", "--hostname-bin", "--search-zip", "--follow"]),
    ("sort", &["--output", "--compress-program", "--temporary-directory", "--files0-from"]),
    (
        "tar",
        &[
            "--checkpoint-action",
            "--to-command",
            "--use-compress-program",
            "--info-script",
            "--new-volume-script",
            "--rsh-command",
            "--rmt-command",
            "--index-file",
        ],
    ),
    (
        "git",
        &[
            "--output",
            "--ext-diff",
            "--textconv",
            "--open-files-in-pager",
            "--upload-pack",
            "--receive-pack",
            "--exec",
            "--exec-path",
            "--git-dir",
            "--work-tree",
            "--config-env",
            "--paginate",
            "--output-directory",
            "--template",
            "--filters",
            "--namespace",
            "--show-signature",
        ],
    ),
    ("date", &["--set"]),
    ("file", &["--compile", "--magic-file", "--uncompress"]),
    ("tree", &["--output"]),
    ("sed", &["--in-place", "--file", "--expression"]),
    ("printf", &[]),
];

/// Short options, by program.
const SHORT: &[(&str, &str)] = &[
    ("diff", "r"),
    ("du", "DHL"),
    ("egrep", "R"),
    ("fgrep", "R"),
    ("grep", "R"),
    ("rg", "zL"),
    ("sort", "oST"),
    ("tar", "FI"),
    ("date", "s"),
    ("file", "CmzZ"),
    ("tree", "olR"),
    ("printf", "v"),
    ("test", "v"),
    ("[", "v"),
    ("wait", "p"),
];

/// Builtins that take some words for arithmetic, in one shell or another.
const RECKONS: [&str; 6] = ["test", "[", "wait", "exit", "break", "continue"];

/// Words of `find` that do more than find, or follow links.
const FIND: &[&str] = &[
    "-L",
    "-H",
    "-follow",
    "-files0-from",
    "-exec",
    "-execdir",
    "-ok",
    "-okdir",
    "-delete",
    "-fprint",
    "-fprint0",
    "-fprintf",
    "-fls",
];

/// Why an allow of the plain command does not cover this one.
pub(super) fn of(simple: &Simple) -> Option<String> {
    let name = simple.name().rsplit('/').next().unwrap_or("");
    if WRAPPERS.contains(&name) {
        return Some(format!("`{name}` runs what it is given"));
    }
    let says = |what: &str| Some(format!("`{name}` with `{what}` can do more than it seems"));
    for (at, word) in simple.arguments().iter().enumerate() {
        let text = word.text.as_str();
        if word.is_open && has_options(name) {
            return Some(format!("`{text}` may stand for an option"));
        }
        if word.pattern_at.is_some_and(|at| at == 0 || text.starts_with('-')) {
            return Some(format!("`{text}` may stand for a file named like an option"));
        }
        let is_dangerous = match name {
            "find" => FIND.contains(&text),
            "git" => is_dangerous_in_git(text, at),
            // Arithmetic runs what stands in a subscript: `a[$(x)]`.
            _ => RECKONS.contains(&name) && text.contains('[') && text.contains(['$', '`']),
        };
        if is_dangerous || is_long(name, text) || is_short(name, text) {
            return says(text);
        }
    }
    match name {
        "sed" if !is_plain_sed(simple) => says("this script"),
        _ => None,
    }
}

/// Whether some of a program's options do more than an allow of it covers.
fn has_options(name: &str) -> bool {
    LONG.iter().any(|(program, _)| *program == name)
        || SHORT.iter().any(|(program, _)| *program == name)
}

/// Options before git's own command change which repository and which programs
/// are meant; `-O` and `-c` run some.
fn is_dangerous_in_git(text: &str, at: usize) -> bool {
    at == 0 && text.starts_with('-')
        || text.starts_with("-O")
        || matches!(text, "-c" | "-x" | "foreach" | "filter-branch")
}

/// Programs that run what another part of the line tells them: what is piped into
/// them, what a name stands for.
const FED: &[&str] = &[
    ".", "alias", "ash", "bash", "dash", "eval", "fish", "ksh", "parallel", "sh", "source",
    "xargs", "zsh",
];

/// Whether what it runs may stand anywhere in the line.
pub(super) fn is_fed(simple: &Simple) -> bool {
    FED.contains(&simple.name().rsplit('/').next().unwrap_or(""))
}

/// GNU and git take any beginning of a long option for the whole.
fn is_long(name: &str, text: &str) -> bool {
    let option = text.split_once('=').map_or(text, |(option, _)| option);
    option.len() > 2
        && option.starts_with("--")
        && LONG
            .iter()
            .filter(|(program, _)| *program == name)
            .any(|(_, options)| options.iter().any(|known| known.starts_with(option)))
}

fn is_short(name: &str, text: &str) -> bool {
    let Some(letters) = text.strip_prefix('-').filter(|rest| !rest.starts_with('-')) else {
        return false;
    };
    SHORT
        .iter()
        .filter(|(program, _)| *program == name)
        .any(|(_, options)| letters.contains(|letter| options.contains(letter)))
}

/// `sed -n '1,20p' FILE` and its like: a script that only prints lines.
fn is_plain_sed(simple: &Simple) -> bool {
    let words = simple.arguments();
    let [quiet, script, files @ ..] = words else { return false };
    quiet.text == "-n"
        && is_print(&script.text)
        && files.iter().all(|file| !file.text.starts_with('-'))
}

/// `5p`, `5,9p`, `5,$p`; several with `;` between.
fn is_print(script: &str) -> bool {
    let is_line = |line: &str| {
        line == "$" || !line.is_empty() && line.chars().all(|next| next.is_ascii_digit())
    };
    script.split(';').all(|part| {
        let lines = part.trim().strip_suffix('p');
        lines.is_some_and(|lines| lines.split(',').count() <= 2 && lines.split(',').all(is_line))
    })
}
