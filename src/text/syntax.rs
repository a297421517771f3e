//! What the words of a program are: keyword, name, string. Which colour that
//! has, the theme says; nothing of the grammars' own themes is used.
//!
//! The grammars take some 20 ms and some megabytes to load, so they are loaded
//! by the one who needs them, on a thread that may take its time.

use super::{
    diff::Change,
    patch::{FilePatch, Hunk, Patch, PatchLine},
    styled::Look,
};
use std::path::Path;
use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};

/// Lines that are looked at in all; what comes after them stays plain.
const LINES: usize = 8_000;
/// A line that is longer was not written by a person.
const LONGEST: usize = 600;

/// Scopes by what they begin with, and what that is. The first one that fits
/// counts, so exceptions stand before the rule. (The names are those of Sublime
/// Text's grammars: <https://www.sublimetext.com/docs/scope_naming.html>.)
const MEANINGS: [(&str, Look); 24] = [
    ("comment", Look::Comment),
    ("string", Look::Text),
    ("constant", Look::Constant),
    ("variable.language", Look::Constant),
    ("keyword.operator.word", Look::Keyword),
    ("keyword.operator.logical.python", Look::Keyword),
    ("keyword.operator", Look::Plain),
    ("keyword", Look::Keyword),
    ("storage.type.function", Look::Keyword),
    ("storage", Look::Keyword),
    ("entity.name.function", Look::Function),
    ("entity.name.macro", Look::Function),
    ("entity.name.tag", Look::Keyword),
    ("entity.name.section", Look::Keyword),
    ("entity.name", Look::Type),
    ("entity.other.inherited-class", Look::Type),
    ("entity.other.attribute-name", Look::Function),
    ("support.function", Look::Function),
    ("support.macro", Look::Function),
    ("support.type.property-name", Look::Function),
    ("support", Look::Type),
    ("variable.function", Look::Function),
    ("markup.heading", Look::Keyword),
    ("markup.raw", Look::Text),
];

/// The grammars of programming languages, loaded.
pub struct Grammars {
    set: SyntaxSet,
    meanings: Vec<(Scope, Look)>,
}

impl std::fmt::Debug for Grammars {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grammars")
            .field("languages", &self.set.syntaxes().len())
            .finish_non_exhaustive()
    }
}

impl Grammars {
    /// Loads them.
    pub fn load() -> Self {
        let meaning = |(name, look): &(&str, Look)| Some((Scope::new(name).ok()?, *look));
        let meanings = MEANINGS.iter().filter_map(meaning).collect();
        Self { set: two_face::syntax::extra_newlines(), meanings }
    }

    /// Says of the lines of a patch what their words are.
    pub fn colour(&self, patch: &mut Patch) {
        let mut room = LINES;
        for file in &mut patch.files {
            let Some(grammar) = self.of(file) else { continue };
            for hunk in &mut file.hunks {
                room = room.saturating_sub(hunk.lines.len());
                if room == 0 {
                    return;
                }
                self.colour_hunk(grammar, hunk);
            }
        }
    }

    /// The grammar of a file, by its name, or by its first line where that is
    /// among those that changed.
    fn of(&self, file: &FilePatch) -> Option<&SyntaxReference> {
        let path = Path::new(&file.path);
        let ends = [path.file_name(), path.extension()];
        let mut named = ends.into_iter().flatten().filter_map(|it| it.to_str());
        let found = named.find_map(|it| self.set.find_syntax_by_extension(it));
        found.or_else(|| {
            let first = file.hunks.first()?.lines.first().filter(|it| it.number() == 1)?;
            self.set.find_syntax_by_first_line(&first.text)
        })
    }

    /// A hunk holds two texts: the one before, and the one after.
    fn colour_hunk(&self, grammar: &SyntaxReference, hunk: &mut Hunk) {
        let mut before = Reader::new(grammar);
        let mut after = Reader::new(grammar);
        for line in &mut hunk.lines {
            let looks = match line.change {
                Change::Removed => self.read(&mut before, line),
                Change::Added => self.read(&mut after, line),
                Change::Kept | Change::Gap => {
                    before = after.clone();
                    let looks = self.read(&mut after, line);
                    before.clone_from(&after);
                    looks
                }
            };
            let Some(looks) = looks else { return };
            line.looks = looks;
        }
    }

    /// The looks of a line; none where the grammar can't make anything of it.
    fn read(&self, reader: &mut Reader, line: &PatchLine) -> Option<Vec<(usize, Look)>> {
        if line.text.len() > LONGEST {
            return Some(Vec::new());
        }
        let text = format!("{}\n", line.text);
        let ops = reader.state.parse_line(&text, &self.set).ok()?;
        let mut looks: Vec<(usize, Look)> = Vec::new();
        let mut tell = |end: usize, look: Look| match looks.last_mut() {
            Some((at, _)) if *at >= end => {}
            Some((at, last)) if *last == look => *at = end,
            _ if end == 0 => {}
            _ => looks.push((end, look)),
        };
        for (at, op) in ops {
            tell(at.min(line.text.len()), self.look(&reader.scopes));
            apply(&mut reader.scopes, &op);
        }
        tell(line.text.len(), self.look(&reader.scopes));
        Some(looks)
    }

    fn look(&self, scopes: &ScopeStack) -> Look {
        let meaning = |scope: &Scope| {
            let meant = self.meanings.iter().find(|(name, _)| name.is_prefix_of(*scope));
            meant.map(|(_, look)| *look)
        };
        scopes.scopes.iter().rev().find_map(meaning).unwrap_or_default()
    }
}

/// How far one of the texts was read.
#[derive(Clone)]
struct Reader {
    state: ParseState,
    scopes: ScopeStack,
}

impl Reader {
    fn new(grammar: &SyntaxReference) -> Self {
        Self { state: ParseState::new(grammar), scopes: ScopeStack::new() }
    }
}

/// A grammar that takes away what it never put there is a poor grammar, and no
/// more than that.
fn apply(scopes: &mut ScopeStack, op: &ScopeStackOp) {
    if let Err(error) = scopes.apply(op) {
        tracing::debug!(%error, "a grammar lost count");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "diff --git a/a.rs b/a.rs
--- a/a.rs
+++ b/a.rs
@@ -1,3 +1,3 @@
 // why
-fn old() -> u32 { 1 }
+fn new() { \"x\" }
 struct Door;
";

    fn told(line: &PatchLine) -> Vec<(&str, Look)> {
        let mut start = 0;
        let mut pieces = Vec::new();
        for (end, look) in &line.looks {
            pieces.push((line.text[start..*end].trim(), *look));
            start = *end;
        }
        pieces.retain(|it| it.1 != Look::Plain);
        pieces
    }

    #[test]
    fn words_are_known_for_what_they_are_on_both_sides() {
        let mut patch = Patch::read(PATCH.as_bytes());
        Grammars::load().colour(&mut patch);
        let lines = &patch.files[0].hunks[0].lines;
        assert_eq!(told(&lines[0]), [("// why", Look::Comment)]);
        assert_eq!(told(&lines[1])[..2], [("fn", Look::Keyword), ("old", Look::Function)]);
        assert!(told(&lines[2]).contains(&("\"x\"", Look::Text)), "{:?}", told(&lines[2]));
        assert!(told(&lines[3]).contains(&("Door", Look::Type)), "{:?}", told(&lines[3]));
    }

    #[test]
    fn the_looks_of_a_line_reach_its_end_and_no_further() {
        let mut patch = Patch::read(PATCH.as_bytes());
        Grammars::load().colour(&mut patch);
        for line in &patch.files[0].hunks[0].lines {
            assert_eq!(line.looks.last().map(|it| it.0), Some(line.text.len()));
        }
    }

    #[test]
    fn what_no_grammar_knows_stays_plain() {
        let mut patch = Patch::read(PATCH.replace("a.rs", "a.unknown").as_bytes());
        let before = patch.clone();
        Grammars::load().colour(&mut patch);
        assert_eq!(patch, before);
    }
}
