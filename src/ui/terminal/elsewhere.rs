//! A text goes through the director's own editor.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Why a text did not come back from an editor.
#[derive(Debug, thiserror::Error)]
pub enum ElsewhereError {
    /// None is named.
    #[error("no editor is named: set VISUAL or EDITOR")]
    NoEditor,
    /// The text can't be put into a file, or read from it.
    #[error("the text can't go through {path}: {why}", path = .0.display(), why = .1)]
    File(PathBuf, io::Error),
    /// It did not start.
    #[error("{0} did not start: {1}")]
    Start(String, io::Error),
    /// It failed.
    #[error("{0} ended with {1}; the text is as it was")]
    Failed(String, std::process::ExitStatus),
}

/// Opens `text` in an editor and waits for it. The file can be read by nobody
/// else, and is gone afterwards.
///
/// # Errors
/// When there is no editor, or it fails; the text is as it was then.
pub fn edit_elsewhere(
    editor: Option<&str>,
    folder: &Path,
    text: &str,
) -> Result<String, ElsewhereError> {
    let mut words = editor.unwrap_or_default().split_whitespace();
    let Some(program) = words.next() else { return Err(ElsewhereError::NoEditor) };
    let path = folder.join(format!("draft-{:016x}.md", fastrand::u64(..)));
    let fail = |error| ElsewhereError::File(path.clone(), error);
    write_privately(&path, text).map_err(fail)?;
    let ended = Command::new(program).args(words).arg(&path).status();
    let edited = fs::read_to_string(&path);
    // A draft left behind is private, and says itself what it is.
    let _removed = fs::remove_file(&path);
    let program = program.to_owned();
    match ended {
        Err(error) => Err(ElsewhereError::Start(program, error)),
        Ok(status) if !status.success() => Err(ElsewhereError::Failed(program, status)),
        Ok(_) => edited.map_err(fail),
    }
}

fn write_privately(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_text_goes_through_the_editor_in_a_private_file_that_is_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("editor");
        let body = "#!/bin/sh\nstat -c %a \"$1\" > \"$0.mode\"\nprintf ' more' >> \"$1\"\n";
        fs::write(&script, body).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        let drafts = folder.path().join("drafts");
        let edited = edit_elsewhere(script.to_str(), &drafts, "text").unwrap();
        assert_eq!(edited, "text more");
        let mode = fs::read_to_string(folder.path().join("editor.mode")).unwrap();
        assert_eq!(mode.trim(), "600");
        assert_eq!(fs::read_dir(&drafts).unwrap().count(), 0);
    }

    #[test]
    fn without_an_editor_the_director_is_told_what_to_set() {
        let error = edit_elsewhere(None, Path::new("/nowhere"), "text").unwrap_err();
        assert!(error.to_string().contains("EDITOR"));
    }
}
