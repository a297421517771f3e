//! A text goes through the director's own editor.

use std::{
    ffi::OsString,
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
    /// It can't be told where its words end.
    #[error("a quote in VISUAL or EDITOR has no end: {0}")]
    Quotes(String),
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
/// else, ends with a whole line, and is gone afterwards.
///
/// # Errors
/// When there is no editor, or it fails; the text is as it was then.
pub fn edit_elsewhere(
    editor: Option<&str>,
    folder: &Path,
    text: &str,
) -> Result<String, ElsewhereError> {
    let (program, words) = command(editor)?;
    let path = folder.join(format!("draft-{:016x}.md", fastrand::u64(..)));
    let fail = |error| ElsewhereError::File(path.clone(), error);
    write_privately(&path, text).map_err(fail)?;
    let ended = Command::new(&program).args(words).arg(&path).status();
    let edited = fs::read_to_string(&path);
    // A draft left behind is private, and says itself what it is.
    let _removed = fs::remove_file(&path);
    match ended {
        Err(error) => Err(ElsewhereError::Start(program, error)),
        Ok(status) if !status.success() => Err(ElsewhereError::Failed(program, status)),
        Ok(_) => edited.map_err(fail),
    }
}

/// Opens a file or a folder in an editor, at this line of it where the editor can be told
/// that, and waits for it.
///
/// # Errors
/// When there is no editor, or it fails.
pub fn visit(editor: Option<&str>, path: &Path, line: Option<u32>) -> Result<(), ElsewhereError> {
    let (program, words) = command(editor)?;
    let place = place(&program, path, line);
    match Command::new(&program).args(words).args(place).status() {
        Err(error) => Err(ElsewhereError::Start(program, error)),
        Ok(status) if !status.success() => Err(ElsewhereError::Failed(program, status)),
        Ok(_) => Ok(()),
    }
}

/// How an editor is told to open a file at a line.
fn place(program: &str, path: &Path, line: Option<u32>) -> Vec<OsString> {
    let whole = path.as_os_str().to_owned();
    let Some(line) = line else { return vec![whole] };
    let with_line = || {
        let mut place = whole.clone();
        place.push(format!(":{line}"));
        place
    };
    let name = Path::new(program).file_stem().and_then(|it| it.to_str()).unwrap_or_default();
    match name {
        "vi" | "vim" | "nvim" | "view" | "nano" | "emacs" | "emacsclient" | "kak" | "micro"
        | "joe" | "mg" | "pico" | "ne" => vec![format!("+{line}").into(), whole],
        "code" | "codium" | "cursor" => vec!["--goto".into(), with_line()],
        "hx" | "helix" | "subl" | "zed" => vec![with_line()],
        _ => vec![whole],
    }
}

/// The program of an editor that is named with its words.
///
/// # Errors
/// When it can't be told where they end, or there are none.
pub fn editor_program(editor: &str) -> Result<String, ElsewhereError> {
    command(Some(editor)).map(|it| it.0)
}

/// The editor's program and its words.
fn command(editor: Option<&str>) -> Result<(String, Vec<String>), ElsewhereError> {
    let editor = editor.unwrap_or_default();
    let mut words = words(editor).ok_or_else(|| ElsewhereError::Quotes(editor.to_owned()))?;
    if words.is_empty() {
        return Err(ElsewhereError::NoEditor);
    }
    let program = words.remove(0);
    Ok((program, words))
}

/// The words of a command as a shell splits them: at blanks, but for those in
/// quotes or behind a backslash. None where a quote has no end.
fn words(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    let mut rest = line.chars();
    while let Some(next) = rest.next() {
        match (quote, next) {
            (Some(open), _) if next == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(next);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().push(rest.next()?),
            (None, _) if next.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(next),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

fn write_privately(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    // Its last line is a whole one, as editors want it.
    let is_whole = text.is_empty() || text.ends_with('\n');
    if is_whole { Ok(()) } else { file.write_all(b"\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_text_goes_through_the_editor_in_a_private_file_that_is_gone_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("editor");
        let body = "#!/bin/sh\nstat -c %a \"$1\" > \"$0.mode\"\nprintf 'more' >> \"$1\"\n";
        fs::write(&script, body).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
        let drafts = folder.path().join("drafts");
        let edited = edit_elsewhere(script.to_str(), &drafts, "text").unwrap();
        assert_eq!(edited, "text\nmore");
        let mode = fs::read_to_string(folder.path().join("editor.mode")).unwrap();
        assert_eq!(mode.trim(), "600");
        assert_eq!(fs::read_dir(&drafts).unwrap().count(), 0);
    }

    #[test]
    fn an_editor_is_told_the_line_in_its_own_way() {
        let told = |program: &str, line| {
            let place = place(program, Path::new("/w/a.rs"), line);
            place.into_iter().map(|it| it.into_string().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(told("/usr/bin/nvim", Some(12)), ["+12", "/w/a.rs"]);
        assert_eq!(told("code", Some(12)), ["--goto", "/w/a.rs:12"]);
        assert_eq!(told("hx", Some(12)), ["/w/a.rs:12"]);
        assert_eq!(
            (told("ed", Some(12)), told("vi", None)),
            (vec!["/w/a.rs".into()], vec!["/w/a.rs".into()])
        );
    }

    #[test]
    fn an_editors_words_are_those_of_a_shell() {
        let split = |line| words(line).unwrap_or_default();
        assert_eq!(split("  code  --wait "), ["code", "--wait"]);
        assert_eq!(
            split("'/my editor/vi' -c \"set tw=0\" a\\ b"),
            ["/my editor/vi", "-c", "set tw=0", "a b"]
        );
        assert_eq!(split("a'b c'd ''"), ["ab cd", ""]);
        assert_eq!((words("vi 'x"), words("vi \\")), (None, None));
    }

    #[test]
    fn without_an_editor_the_director_is_told_what_to_set() {
        let error = edit_elsewhere(None, Path::new("/nowhere"), "text").unwrap_err();
        assert!(error.to_string().contains("EDITOR"));
    }
}
