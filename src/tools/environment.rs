//! What of our environment an agent's commands may see.

/// Names that pass. `*` at the end stands for anything.
pub const PASSED: &[&str] = &[
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LANGUAGE",
    "LC_*",
    "TZ",
    "TMPDIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
    "GOPATH",
    "GOROOT",
    "JAVA_HOME",
    "NVM_DIR",
    "PYENV_ROOT",
    "VIRTUAL_ENV",
    "XDG_*",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
];

/// Parts of a name that never pass, whatever the list says.
const SECRET: &[&str] =
    &["KEY", "SECRET", "TOKEN", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH", "COOKIE"];

/// The environment for commands: of `ours` what `passed` names, never what is
/// named like a secret, and `TERM=dumb`, because there is no terminal.
pub fn environment_for_commands(
    ours: impl IntoIterator<Item = (String, String)>,
    passed: &[impl AsRef<str>],
) -> Vec<(String, String)> {
    let mut environment: Vec<_> = ours
        .into_iter()
        .filter(|(name, _)| name != "TERM" && !is_secret(name))
        .filter(|(name, _)| passed.iter().any(|pattern| fits(pattern.as_ref(), name)))
        .collect();
    environment.push(("TERM".to_owned(), "dumb".to_owned()));
    environment
}

/// Whether a variable is named like a secret.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    SECRET.iter().any(|part| name.contains(part))
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_passes() {
        let ours = ["PATH", "LC_ALL", "ANTHROPIC_API_KEY", "GITHUB_TOKEN", "my_secret", "TERM"];
        let ours = ours.map(|name| (name.to_owned(), "x".to_owned()));
        let passed = environment_for_commands(ours, &["PATH", "LC_*", "*"]);
        let names: Vec<_> = passed.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(names, ["PATH=x", "LC_ALL=x", "TERM=dumb"]);
    }

    #[test]
    fn what_is_not_named_stays_here() {
        let ours = [("LD_PRELOAD".to_owned(), "x".to_owned())];
        assert_eq!(environment_for_commands(ours, PASSED), [("TERM".into(), "dumb".into())]);
    }
}
