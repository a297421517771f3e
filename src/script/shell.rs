//! Values in a command for the shell: whatever one holds, it stays the word, or the
//! part of a word, that it stands in.
//!
//! The command is read as the shell reads it, as far as it is certain how; a value
//! that stands where that is not certain is refused. What a program then makes of its
//! words is its own business: `sh -c {{ text }}` runs the text.

use std::{
    iter::Peekable,
    str::CharIndices,
    sync::{Arc, Mutex, PoisonError},
};

/// Stands around the number of a value until it is quoted.
pub(super) const MARK: char = '\0';

/// All values of a command together are no longer than this, in bytes.
const LONGEST: usize = 1_000_000;

/// Words after which the shell reads words as more than words.
const READERS: [(&str, &str); 3] =
    [("eval", "after eval"), ("let", "after let"), ("[[", "after [[")];

/// The values of a command, while it is put together. Locked because the language
/// wants to be given what many threads may use; one does.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces(Arc<Mutex<Vec<String>>>);

/// Where the shell is in what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Among words.
    Words {
        /// How many parentheses are open.
        open: usize,
        /// Where the word that is being read begins, if one is.
        word: Option<usize>,
    },
    /// Between double quotes.
    Double,
}

/// The shell's way of reading.
struct Reading<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
    values: &'a [String],
    /// Those around the innermost, from the outside in.
    around: Vec<Place>,
    place: Place,
    /// Since when nothing is certain: what it was.
    lost: Option<&'static str>,
    out: String,
}

impl Pieces {
    /// Keeps a value, and gives what stands for it until it is quoted.
    ///
    /// # Errors
    /// When no command can hold it.
    pub(super) fn keep(&self, value: String) -> Result<String, &'static str> {
        if value.contains(MARK) {
            return Err("a value that holds NUL can't be a word of a command");
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().map(String::len).sum::<usize>() + value.len() > LONGEST {
            return Err("its values are too long for a command");
        }
        kept.push(value);
        Ok(format!("{MARK}{}{MARK}", kept.len() - 1))
    }

    /// The command with each value quoted for the place that it stands in.
    ///
    /// # Errors
    /// What could not be quoted, and what to do instead.
    pub(super) fn quoted_in(&self, text: &str) -> Result<String, String> {
        let values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = Reading {
            text,
            rest: text.char_indices().peekable(),
            values: &values,
            around: Vec::new(),
            place: Place::WORDS,
            lost: None,
            out: String::with_capacity(text.len()),
        };
        reading.read()
    }
}

impl Place {
    const WORDS: Self = Self::Words { open: 0, word: None };
}

impl Reading<'_> {
    fn read(mut self) -> Result<String, String> {
        while let Some((at, it)) = self.rest.next() {
            match self.place {
                Place::Double => self.double(at, it)?,
                Place::Words { open, word } => self.words(at, it, open, word)?,
            }
        }
        Ok(self.out)
    }

    fn words(
        &mut self,
        at: usize,
        it: char,
        open: usize,
        word: Option<usize>,
    ) -> Result<(), String> {
        let is_broken_line = it == '\\' && self.next() == Some('\n');
        if it == '#' && word.is_none() {
            return self.comment(it);
        }
        if " \t\n;&|<>()".contains(it) {
            self.end_of_word(word.and_then(|begun| self.text.get(begun..at)));
            self.place = Place::Words { open, word: None };
            self.out.push(it);
            self.operator(it, open);
            return Ok(());
        }
        if !is_broken_line {
            self.place = Place::Words { open, word: word.or(Some(at)) };
        } else if word.is_some() {
            self.lose("after a line that is broken inside a word");
        }
        match it {
            MARK if is_subscript(word.and_then(|begun| self.text.get(begun..at))) => {
                Err(refusal("in a subscript"))
            }
            MARK => {
                let quoted = format!("'{}'", escaped(self.value()?));
                self.out.push_str(&quoted);
                Ok(())
            }
            '\'' => self.single(it),
            '"' => {
                self.out.push(it);
                self.enter(Place::Double);
                Ok(())
            }
            _ => self.expansion(at, it),
        }
    }

    fn double(&mut self, at: usize, it: char) -> Result<(), String> {
        match it {
            MARK => {
                let quoted = format!("\"'{}'\"", escaped(self.value()?));
                self.out.push_str(&quoted);
            }
            '"' => {
                self.out.push(it);
                self.leave();
            }
            _ => self.expansion(at, it)?,
        }
        Ok(())
    }

    /// Between single quotes, to their end.
    fn single(&mut self, quote: char) -> Result<(), String> {
        self.out.push(quote);
        while let Some((_, it)) = self.rest.next() {
            match it {
                MARK => {
                    let value = escaped(self.value()?);
                    self.out.push_str(&value);
                }
                it => self.out.push(it),
            }
            if it == '\'' {
                break;
            }
        }
        Ok(())
    }

    fn comment(&mut self, sign: char) -> Result<(), String> {
        self.out.push(sign);
        while let Some((_, it)) = self.rest.next_if(|(_, it)| *it != '\n') {
            if it == MARK {
                return Err(refusal("in a comment"));
            }
            self.out.push(it);
        }
        Ok(())
    }

    /// What means the same between double quotes and outside.
    fn expansion(&mut self, at: usize, it: char) -> Result<(), String> {
        self.out.push(it);
        let is_plain = self.place != Place::Double;
        match (it, self.next()) {
            ('\\', Some(MARK)) => return Err(refusal("after a backslash")),
            ('\\', Some(next)) => {
                if next == '\n' && self.text[..at].ends_with('$') {
                    self.lose("after a line that is broken inside a word");
                }
                self.rest.next();
                self.out.push(next);
            }
            ('`', _) => self.lose("after a backquote"),
            ('$', Some(MARK)) if is_plain => return Err(refusal("after a $")),
            ('$', Some('\'')) if is_plain => self.lose("after $'"),
            ('$', Some('[')) => self.lose("in or after $["),
            ('$', Some('{')) => self.parameter(),
            ('$', Some('(')) => {
                self.rest.next();
                self.out.push('(');
                self.enter(Place::WORDS);
                self.before_parenthesis();
            }
            _ => {}
        }
        Ok(())
    }

    /// `${…}`: what is certain has neither quotes nor other expansions in it.
    fn parameter(&mut self) {
        let begun = self.rest.peek().map_or(self.text.len(), |(at, _)| *at);
        let inside = self.text.get(begun..).unwrap_or_default();
        match inside.find(['}', '\'', '"', '`', '$', '\\', '\n', MARK]) {
            Some(end) if inside[end..].starts_with('}') => {
                while let Some((_, it)) = self.rest.next_if(|(at, _)| *at <= begun + end) {
                    self.out.push(it);
                }
            }
            _ => self.lose("in or after ${…}"),
        }
    }

    fn operator(&mut self, it: char, open: usize) {
        match (it, self.next()) {
            ('<', Some('<')) => self.lose("after <<"),
            ('<' | '>', Some('(')) => self.lose("in or after <(…)"),
            ('(', _) => {
                self.place = Place::Words { open: open + 1, word: None };
                self.before_parenthesis();
            }
            (')', _) if open > 0 => self.place = Place::Words { open: open - 1, word: None },
            // One that nothing opened belongs to a `case`.
            (')', _) => self.leave(),
            _ => {}
        }
    }

    fn before_parenthesis(&mut self) {
        if self.next() == Some('(') {
            self.lose("in or after ((");
        }
    }

    /// The word that ends here may mean something to the shell, also where it is quoted:
    /// `\eval` and `ev"al"` are `eval`.
    fn end_of_word(&mut self, word: Option<&str>) {
        let plain = word.map(|it| it.replace(['\\', '\'', '"'], ""));
        match READERS.iter().find(|(reader, _)| Some(*reader) == plain.as_deref()) {
            Some((_, place)) => self.lose(place),
            None if plain.as_deref() == Some("case") && !self.around.is_empty() => {
                self.lose("after case in $(…)");
            }
            None => {}
        }
    }

    fn enter(&mut self, place: Place) {
        self.around.push(std::mem::replace(&mut self.place, place));
    }

    fn leave(&mut self) {
        if let Some(place) = self.around.pop() {
            self.place = place;
        }
    }

    fn next(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, it)| *it)
    }

    fn lose(&mut self, what: &'static str) {
        self.lost.get_or_insert(what);
    }

    /// The value whose mark was just read.
    fn value(&mut self) -> Result<&str, String> {
        if let Some(lost) = self.lost {
            return Err(refusal(lost));
        }
        let mut number = String::new();
        while let Some((_, it)) = self.rest.next().filter(|(_, it)| *it != MARK) {
            number.push(it);
        }
        let value = number.parse().ok().and_then(|it: usize| self.values.get(it));
        value.map(String::as_str).ok_or_else(|| refusal("there"))
    }
}

/// Whether a subscript of an array is open at the end of a word.
fn is_subscript(word: Option<&str>) -> bool {
    let is_name =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_');
    let split = word.and_then(|it| it.split_once('['));
    split.is_some_and(|(name, rest)| is_name(name) && !rest.contains(']'))
}

/// A text as it stands between single quotes.
fn escaped(text: &str) -> String {
    text.replace('\'', "'\\''")
}

fn refusal(place: &str) -> String {
    const WORKED_OUT: [&str; 6] = ["eval", "let", "[[", "((", "$[", "subscript"];
    let mend = if WORKED_OUT.iter().any(|it| place.contains(it)) {
        "the shell works out what stands there, however it is quoted"
    } else {
        "give it to a variable first, x={{ … }}, and write \"$x\" there"
    };
    format!("a value can't be quoted for the shell {place}: {mend}")
}

#[cfg(test)]
mod tests {
    use super::super::{Scope, render_shell};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::process::{Command, Stdio};

    fn filled(template: &str, item: &str) -> Result<String, String> {
        let scope = Scope { item: Some(json!(item)), ..Scope::default() };
        render_shell(template, &scope).map_err(|it| it.message)
    }

    /// What a shell makes of a command, in a folder of its own, where no program is.
    fn run(shell: &str, command: &str) -> (String, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let output = Command::new(shell)
            .args(["-c", command])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let files = std::fs::read_dir(&folder).unwrap();
        let files = files.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        (String::from_utf8_lossy(&output.stdout).into_owned(), files)
    }

    #[test]
    fn a_value_is_the_same_text_wherever_it_may_stand() {
        let nasty = "it's $(touch evil) `touch evil` \"; touch evil #\n\\ * ~ ${HOME} !";
        for template in [
            "printf %s {{ item }}",
            "printf %s \"{{ item }}\"",
            "printf %s '{{ item }}'",
            "printf %s \"$(printf %s {{ item }})\"",
            "printf %s \"$(printf %s \"{{ item }}\")\"",
            "(printf %s {{ item }}) # done",
            "true && \\\n printf %s {{ item }}",
            "x={{ item }}; printf %s \"$x\"",
            "x=1; printf %s \"${x:-2}\" >&2; printf %s {{ item }}",
        ] {
            let command = filled(template, nasty).unwrap();
            assert_eq!(run("sh", &command), (nasty.to_owned(), Vec::new()), "{template}");
        }
    }

    #[test]
    fn where_nothing_quotes_a_value_there_is_none() {
        for template in [
            "# {{ item }}",
            "\\{{ item }}",
            "\"\\{{ item }}\"",
            "${{ '{{' }} item }}{{ item }}",
            "${{ item }}",
            "`echo {{ item }}`",
            "cat <<END\n{{ item }}\nEND",
            "echo $(( {{ item }} + 1 ))",
            "(( x = {{ item }} ))",
            "a[{{ item }}]=1",
            "eval echo {{ item }}",
            "\\eval echo {{ item }}",
            "ev\"a\"'l' echo {{ item }}",
            "[[ {{ item }} -gt 1 ]]",
            "echo ${x:-{{ item }}}",
            "echo \"$(case x in x) echo {{ item }};; esac)\"",
            "echo x\\\n#{{ item }}",
        ] {
            let told = filled(template, "x").expect_err(template);
            assert!(told.contains("can't be quoted"), "{told}");
        }
        assert!(filled("echo {{ item }}", "a\0b").is_err());
        assert!(filled("echo \0", "").is_err());
    }

    #[test]
    fn what_is_no_text_is_one_word_of_json() {
        let scope = |item: Value| Scope { item: Some(item), ..Scope::default() };
        let command = |item| render_shell("echo {{ item }}", &scope(item)).unwrap();
        assert_eq!(command(json!({ "a": ["it's"] })), "echo '{\"a\":[\"it'\\''s\"]}'");
        assert_eq!(command(json!(-1.5)), "echo '-1.5'");
        assert_eq!(command(json!(null)), "echo 'null'");
    }

    #[test]
    fn values_without_end_are_refused() {
        let scope = Scope { item: Some(json!("x".repeat(100_000))), ..Scope::default() };
        let template = "{% for i in range(90000) %}{{ item }}{% endfor %}";
        assert!(render_shell(template, &scope).is_err());
    }

    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "{{ item }}",
            "{{ item }}",
            "{{ item }}",
            "echo ",
            "'",
            "\"",
            "$(",
            ")",
            "(",
            "\\",
            "\n",
            "#",
            "<<E\n",
            "E\n",
            "${x:-",
            "}",
            "`",
            " ",
            ";",
            "case x in x) ",
            "esac",
            "$'",
            "((",
            "))",
            "$((",
            "eval ",
            "[",
            "]",
            "=",
            "x",
            "$",
            "<",
            ">",
            "|",
            "&&",
            "[[ ",
            "{ ",
            "if true; then ",
            "fi",
            "é",
            "\r",
            "\t",
            "$[",
            "<(",
            "*",
        ]);
        prop::collection::vec(piece, 1..14).prop_map(|it| it.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn no_value_ever_runs(
            template in pieces(),
            value in prop::sample::select(vec![
                "$(touch evil)", "`touch evil`", "\ntouch evil\n", "';touch evil;'",
                "\";touch evil;\"", "';touch evil #", ")\ntouch evil\n(", "\\", "\\'\ntouch evil\n",
                "a[$(touch evil)]", "}\ntouch evil\n", "E\ntouch evil\n",
            ]),
        ) {
            if let Ok(command) = filled(&template, value) {
                for shell in ["sh", "bash"] {
                    let (_, files) = run(shell, &command);
                    prop_assert!(!files.iter().any(|it| it == "evil"), "{shell}: {command}");
                }
            }
        }
    }
}
