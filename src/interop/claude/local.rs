//! What Claude Code writes of commands that its user gave to the program itself: as a
//! message of the user's, in marks that nobody typed.
//!
//! `<command-name>/model</command-name> <command-args>opus</command-args>` is `/model opus`,
//! and `<bash-input>ls</bash-input>` is `!ls`; what came of them stands in a message of its
//! own. Source: the transcripts in the samples of claude-code.

/// One such message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Local {
    /// What was typed.
    Typed(String),
    /// What the program, or the shell, said to it.
    Said(String),
}

/// The marks of what was said.
const SAID: [&str; 5] = [
    "local-command-stdout",
    "local-command-stderr",
    "local-command-caveat",
    "bash-stdout",
    "bash-stderr",
];

impl Local {
    /// What such a message tells; none where it is what somebody wrote.
    pub(super) fn of(words: &str) -> Option<Self> {
        let words = words.trim();
        if let Some(command) = within(words, "command-name").filter(|it| it.starts_with('/')) {
            let typed = [Some(command), within(words, "command-args")];
            let typed: Vec<_> = typed.into_iter().flatten().filter(|it| !it.is_empty()).collect();
            return is_marked(words).then(|| Self::Typed(typed.join(" ")));
        }
        if let Some(command) = within(words, "bash-input").filter(|_| is_marked(words)) {
            return Some(Self::Typed(format!("!{command}")));
        }
        let said: Vec<_> = SAID.iter().filter_map(|it| within(words, it)).collect();
        let is_said = SAID.iter().any(|it| words.starts_with(&format!("<{it}>")));
        is_said.then(|| Self::Said(said.join("\n").trim().to_owned()))
    }
}

/// Whether nothing stands before the first mark and behind the last.
fn is_marked(words: &str) -> bool {
    words.starts_with('<') && words.ends_with('>')
}

/// What stands between the marks of that name.
fn within<'a>(words: &'a str, name: &str) -> Option<&'a str> {
    let (_, behind) = words.split_once(&format!("<{name}>"))?;
    let (inside, _) = behind.split_once(&format!("</{name}>"))?;
    Some(inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_marked_is_told_as_it_was_typed_and_what_somebody_wrote_stays() {
        let typed = |it: &str| Some(Local::Typed(it.to_owned()));
        let said = |it: &str| Some(Local::Said(it.to_owned()));
        let command = "<command-name>/model</command-name>\n   <command-message>model\
                       </command-message>\n <command-args>opus</command-args>";
        assert_eq!(Local::of(command), typed("/model opus"));
        let bare = "<command-message>mcp</command-message>\n<command-name>/mcp</command-name>";
        assert_eq!(Local::of(bare), typed("/mcp"));
        assert_eq!(Local::of("<bash-input>ls -l</bash-input>"), typed("!ls -l"));
        let out = "<bash-stdout>a\nb</bash-stdout><bash-stderr></bash-stderr>";
        assert_eq!(Local::of(out), said("a\nb"));
        let out = "<local-command-stdout>Kept model as Default</local-command-stdout>";
        assert_eq!(Local::of(out), said("Kept model as Default"));
        for words in [
            "why does <command-name>/mcp</command-name> stand there?",
            "<command-name>/mcp",
            "<b>bold</b>",
            "",
        ] {
            assert_eq!(Local::of(words), None, "{words}");
        }
    }
}
