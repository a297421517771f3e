//! The system's clipboard, through a program that is there for it. What the terminal does
//! with a text that is copied nobody knows; this one can be asked.

use crate::config::Environment;
use std::{
    io::{self, Write},
    path::PathBuf,
    process::{Command, Stdio},
};

/// A program that puts what it reads on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clipboard {
    program: PathBuf,
    words: &'static [&'static str],
}

/// Each program with its words, and the variable without which it reaches no clipboard.
const PROGRAMS: [(&str, &[&str], Option<&str>); 4] = [
    ("wl-copy", &[], Some("WAYLAND_DISPLAY")),
    ("xclip", &["-selection", "clipboard"], Some("DISPLAY")),
    ("xsel", &["--clipboard", "--input"], Some("DISPLAY")),
    ("pbcopy", &[], None),
];

impl Clipboard {
    /// The first that is there, and has a clipboard to reach.
    pub fn find(environment: &Environment) -> Option<Self> {
        PROGRAMS.into_iter().find_map(|(name, words, variable)| {
            let reaches = variable.is_none_or(|it| environment.text(it).is_some());
            let program = reaches.then(|| environment.find_program(name))??;
            Some(Self { program, words })
        })
    }

    /// Puts a text there. Blocks until the program has taken it.
    ///
    /// # Errors
    /// When it does not start, or fails.
    pub fn put(&self, text: &str) -> io::Result<()> {
        let mut child = Command::new(&self.program)
            .args(self.words)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // It reads until its input is closed, which dropping it does.
        let wrote = child.stdin.take().map_or(Ok(()), |mut it| it.write_all(text.as_bytes()));
        let ended = child.wait()?;
        wrote?;
        if ended.success() { Ok(()) } else { Err(io::Error::other(ended.to_string())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, os::unix::fs::PermissionsExt};

    #[test]
    fn a_text_goes_to_the_program_that_reaches_a_clipboard() {
        let folder = tempfile::tempdir().unwrap();
        let program = |name: &str| {
            let path = folder.path().join(name);
            let script = "#!/bin/sh\n{ echo \"$@\"; cat; } > \"$0.took\"\n";
            fs::write(&path, script).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        };
        program("wl-copy");
        program("xclip");
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        // There is no Wayland to reach.
        let environment = Environment::of([("PATH", &path), ("DISPLAY", ":0")]);
        Clipboard::find(&environment).unwrap().put("one\ntwo").unwrap();
        let took = fs::read_to_string(folder.path().join("xclip.took")).unwrap();
        assert_eq!(took, "-selection clipboard\none\ntwo");
        assert!(!folder.path().join("wl-copy.took").exists());
        let nowhere = Environment::of([("PATH", folder.path().to_str().unwrap())]);
        assert_eq!(Clipboard::find(&nowhere), None);
        fs::write(folder.path().join("xclip"), "#!/bin/sh\ncat > /dev/null\nexit 3\n").unwrap();
        assert!(Clipboard::find(&environment).unwrap().put("one").is_err());
    }
}
