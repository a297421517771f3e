//! What a call to git overrules, so that nothing of the repository runs.

/// Settings that name a program, or reach out, and what they are instead. They
/// stand in the environment, where they overrule every file.
pub(super) const OVERRULED: &[(&str, &str)] = &[
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.pager", "cat"),
    ("core.editor", "false"),
    ("sequence.editor", "false"),
    ("core.askPass", ""),
    ("core.sshCommand", "false"),
    ("core.gitProxy", ""),
    ("core.alternateRefsCommand", "false"),
    ("core.attributesFile", "/dev/null"),
    ("core.quotePath", "false"),
    ("core.preloadIndex", "true"),
    ("credential.helper", ""),
    ("protocol.allow", "never"),
    ("protocol.ext.allow", "never"),
    ("diff.external", ""),
    ("interactive.diffFilter", ""),
    ("diff.ignoreSubmodules", "all"),
    ("diff.submodule", "short"),
    ("submodule.recurse", "false"),
    ("status.submoduleSummary", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("commit.gpgSign", "false"),
    ("tag.gpgSign", "false"),
    ("push.gpgSign", "false"),
    ("log.showSignature", "false"),
    ("merge.verifySignatures", "false"),
    ("gpg.program", "false"),
    ("gpg.ssh.program", "false"),
    ("gpg.x509.program", "false"),
    ("gpg.ssh.defaultKeyCommand", "false"),
    ("trailer.separators", ":"),
    ("uploadpack.packObjectsHook", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("color.ui", "false"),
    ("column.ui", "never"),
    ("advice.addEmbeddedRepo", "false"),
    ("advice.detachedHead", "false"),
    ("init.templateDir", ""),
    ("checkout.workers", "0"),
];

/// What stands in every call's environment besides.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_ATTR_NOSYSTEM", "1"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ASKPASS", "false"),
    ("SSH_ASKPASS", "false"),
    ("GIT_SSH_COMMAND", "false"),
    ("GIT_EDITOR", "false"),
    ("GIT_PAGER", "cat"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("GIT_ADVICE", "0"),
    ("LC_ALL", "C"),
    ("LANGUAGE", "C"),
];

/// Finds the drivers that a repository names: programs that git would run for
/// certain files.
pub(super) const DRIVERS: [&str; 5] = [
    "config",
    "-z",
    "--name-only",
    "--get-regexp",
    r"^(filter\..*\.(clean|smudge|process|required)|merge\..*\.driver|diff\..*\.(textconv|command)|tar\..*\.command)$",
];

/// Commands that look at no file and at no driver.
const INERT: &[&str] = &[
    "--version",
    "cat-file",
    "check-ref-format",
    "commit-tree",
    "config",
    "count-objects",
    "for-each-ref",
    "hash-object",
    "index-pack",
    "ls-tree",
    "merge-base",
    "mktree",
    "pack-objects",
    "rev-list",
    "rev-parse",
    "show-ref",
    "symbolic-ref",
    "unpack-objects",
    "update-ref",
    "write-tree",
];

/// Whether a command could run a driver.
pub(super) fn looks_at_files(command: &str) -> bool {
    !INERT.contains(&command)
}

/// What a driver's setting is instead, by its name: nothing is run, and nothing
/// is missed.
pub(super) fn without_driver(name: &str) -> (String, String) {
    let value = match name.rsplit('.').next() {
        // A merge that can't be made is a conflict.
        Some("required" | "driver" | "command") => "false",
        _ => "",
    };
    (name.to_owned(), value.to_owned())
}

/// Flags that a command needs besides, right behind its name.
pub(super) fn flags(command: &str) -> &'static [&'static str] {
    match command {
        // A submodule would be asked for its own changes by a git that reads its own
        // settings; what `.gitmodules` says of that goes before every setting, and
        // only a flag goes before `.gitmodules`.
        "status" => &["--ignore-submodules=dirty"],
        "diff" | "diff-index" | "diff-files" => {
            &["--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty"]
        }
        "diff-tree" | "log" | "show" | "format-patch" | "range-diff" => {
            &["--no-ext-diff", "--no-textconv"]
        }
        "blame" => &["--no-textconv"],
        _ => &[],
    }
}
