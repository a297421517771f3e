//! Commands that need no shell: words and nothing else.
//!
//! Half of what an agent runs is such a command, and a shell that only starts it
//! costs as much as a small one does.

use std::ffi::OsStr;

/// What a shell does itself, or reads as its own grammar. Some of it is there as
/// a program, too, and does not quite the same.
const SHELLS_OWN: &str = " . : [ [[ alias bg bind break builtin caller case cd command compgen \
    complete continue coproc declare dirs disown do done echo elif else enable esac eval exec \
    exit export false fc fg fi for function getopts hash help history if jobs kill let local \
    logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt \
    source suspend test then time times trap true type typeset ulimit umask unalias unset until \
    wait while ";

/// The words of a command that any shell would take as they are; none where it
/// may have to do more than to start a program.
pub(super) fn words(command: &str) -> Option<Vec<&OsStr>> {
    let is_plain = |it: char| it.is_ascii_alphanumeric() || " ./_-+,:@%=".contains(it);
    let name = command.split(' ').find(|it| !it.is_empty())?;
    let is_program = !name.contains('=') && !SHELLS_OWN.contains(&format!(" {name} "));
    let is_fit = is_program && command.chars().all(is_plain);
    is_fit.then(|| command.split(' ').filter(|it| !it.is_empty()).map(OsStr::new).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_alone_need_no_shell() {
        for command in ["ls", " cargo  test --lib a::b ", "./run.sh a=b", "git log -1 --format=%H"]
        {
            let expected: Vec<_> = command.split_whitespace().map(OsStr::new).collect();
            assert_eq!(words(command), Some(expected), "{command}");
        }
    }

    #[test]
    fn what_a_shell_reads_in_its_own_way_is_left_to_it() {
        for command in [
            "",
            " ",
            "ls | wc",
            "ls > a",
            "ls *",
            "ls ?",
            "ls [a]",
            "ls ~",
            "ls $HOME",
            "ls `a`",
            "ls 'a b'",
            "ls \"a\"",
            "ls \\a",
            "ls a{b,c}",
            "ls; ls",
            "ls & ",
            "ls\nls",
            "ls\tls",
            "(ls)",
            "! ls",
            "ls # no",
            "A=b ls",
            "cd src",
            "echo a",
            "time ls",
            "if ls",
            "ls ä",
            ". a",
            "[ a",
            "ls ^a",
        ] {
            assert_eq!(words(command), None, "{command}");
        }
    }
}
