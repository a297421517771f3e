//! `keys.toml` read, layer over layer.

use super::{Act, Chord, Keymap, Section, leader, ways_out};
use crate::config::{
    Brought, ConfigError, Environment, Fault, FileKind, Layer, Source, closest, sources, told,
};
use std::{ops::Range, path::Path};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// What is wrong at a place of the file.
pub(super) struct Wrong {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) mend: Option<String>,
}

/// One line of the file, judged.
struct Line {
    section: Section,
    chords: Vec<Chord>,
    act: Option<Act>,
    span: Range<usize>,
}

impl Keymap {
    /// The keys for a project in this folder: built in, the user's, the project's.
    ///
    /// # Errors
    /// Everything that is wrong in any of the files.
    pub fn load(environment: &Environment, project: &Path) -> Result<Self, ConfigError> {
        let (files, mut faults) =
            sources(FileKind::Keys, environment, &Brought::heard(environment, project));
        let (keymap, wrong) = read_all(&files);
        faults.extend(wrong);
        ConfigError::unless_empty(faults).map(|()| keymap)
    }

    /// The keys of a program without any files.
    ///
    /// # Errors
    /// Never in a program whose tests passed.
    pub fn built_in() -> Result<Self, ConfigError> {
        Self::from_sources(&[FileKind::Keys.built_in()])
    }

    /// Reads these files, each over the one before.
    ///
    /// # Errors
    /// Everything that is wrong in them.
    pub fn from_sources(files: &[Source]) -> Result<Self, ConfigError> {
        let (keymap, faults) = read_all(files);
        ConfigError::unless_empty(faults).map(|()| keymap)
    }
}

fn read_all(files: &[Source]) -> (Keymap, Vec<Fault>) {
    let mut keymap = Keymap::default();
    let mut faults = Vec::new();
    // Who says it last moves all that is said with it.
    let said = || files.iter().rev().filter_map(leader::said);
    // Where letters are text it is the last that is none.
    let leader = Leader { keys: said().next(), in_text: said().find(|it| it.letter().is_none()) };
    for file in files {
        let mut wrongs = lay_over(&mut keymap, file, leader);
        wrongs.sort_by_key(|it| it.span.start);
        faults.extend(
            wrongs.into_iter().map(|it| {
                Fault::at(&file.name, &file.text, it.span, it.message).mended_by(it.mend)
            }),
        );
    }
    faults.extend(ways_out::missing(|section, act| keymap.binds(section, act), files));
    (keymap, faults)
}

fn lay_over(keymap: &mut Keymap, file: &Source, leader: Leader) -> Vec<Wrong> {
    let (document, errors) = DeTable::parse_recoverable(&file.text);
    if !errors.is_empty() {
        let wrong = |error: &toml::de::Error| {
            let (message, mend) = told(error.message());
            Wrong { span: error.span().unwrap_or(0..0), message, mend }
        };
        return errors.iter().map(wrong).collect();
    }
    let mut wrongs = Vec::new();
    let mut lines = Vec::new();
    for (name, table) in document.get_ref() {
        if name.get_ref() == leader::NAME {
            wrongs.extend(leader::wrong(table, file.layer));
            continue;
        }
        match section(name, table) {
            Ok((section, table)) => {
                for (keys, act) in table {
                    match line(section, (keys, leader.of(section)), act, file.layer) {
                        Ok(line) => lines.push(line),
                        Err(wrong) => wrongs.push(wrong),
                    }
                }
            }
            Err(wrong) => wrongs.push(wrong),
        }
    }
    lines.sort_by_key(|it| it.span.start);
    wrongs.extend(twice(&lines));
    // In the file's order, but what is unbound first makes room for what is bound.
    lines.sort_by_key(|it| it.act.is_some());
    // A leader takes its key from what the files before have given it to.
    let taken = leader
        .keys
        .filter(|it| !lines.iter().any(|line| line.act.is_some() && line.chords == [*it]));
    for line in lines {
        wrongs.extend(apply(keymap, line, taken).err());
    }
    wrongs
}

/// What `leader` stands for.
#[derive(Debug, Clone, Copy)]
struct Leader {
    keys: Option<Chord>,
    in_text: Option<Chord>,
}

impl Leader {
    fn of(self, section: Section) -> Option<Chord> {
        if is_text(section) { self.in_text } else { self.keys }
    }
}

/// Whether letters are typed there.
const fn is_text(section: Section) -> bool {
    matches!(section, Section::Field | Section::Editor | Section::Terminal)
}

fn section<'t, 'a>(
    name: &Spanned<std::borrow::Cow<'a, str>>,
    table: &'t Spanned<DeValue<'a>>,
) -> Result<(Section, &'t DeTable<'a>), Wrong> {
    let text = name.get_ref();
    let known = Section::ALL.map(Section::name);
    let Some(section) = Section::named(text) else {
        let mend = closest(text, &known).map_or_else(
            || format!("there is {}, and the line leader", known.join(", ")),
            |it| format!("did you mean [{it}]?"),
        );
        let message = format!("unknown section `{text}`");
        return Err(Wrong { span: name.span(), message, mend: Some(mend) });
    };
    if let DeValue::Table(table) = table.get_ref() {
        Ok((section, table))
    } else {
        let message = format!("`{text}` is a section");
        let mend = Some(format!("write [{text}], and below it lines like p = \"pause\""));
        Err(Wrong { span: name.span(), message, mend })
    }
}

fn line(
    section: Section,
    (keys, leader): (&Spanned<std::borrow::Cow<'_, str>>, Option<Chord>),
    value: &Spanned<DeValue<'_>>,
    layer: Layer,
) -> Result<Line, Wrong> {
    let chords = leader::chords(keys, leader)?;
    let act = match value.get_ref() {
        DeValue::Boolean(false) => None,
        DeValue::String(name) => Some(act(section, name, value.span())?),
        _ => {
            let message = "expected the name of an act, or false for nothing".to_owned();
            let mend = Some("for example p = \"pause\", or p = false".to_owned());
            return Err(Wrong { span: value.span(), message, mend });
        }
    };
    if let Some(act) = act.filter(|it| layer == Layer::Project && it.is_weighty()) {
        let message = format!("a project file may not choose keys for `{}`", act.name());
        let mend = Some("put it into your own keys.toml".to_owned());
        return Err(Wrong { span: value.span(), message, mend });
    }
    if let Some(letter) = typed(section, &chords).filter(|_| act.is_some()) {
        let message = format!("`{letter}` is text here");
        let key = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
        let mend = Some(format!("hold something with it: \"alt+{key}\""));
        return Err(Wrong { span: keys.span(), message, mend });
    }
    Ok(Line { section, chords, act, span: keys.span() })
}

fn act(section: Section, name: &str, span: Range<usize>) -> Result<Act, Wrong> {
    let here = || Act::all().filter(|it| it.sections().contains(&section));
    match Act::named(name) {
        Some(act) if act.sections().contains(&section) => Ok(act),
        Some(act) => {
            let where_it_is: Vec<String> =
                act.sections().iter().map(|it| format!("[{}]", it.name())).collect();
            let message = format!("`{name}` means nothing in [{}]", section.name());
            let mend = Some(format!("put it under {}", where_it_is.join(" or ")));
            Err(Wrong { span, message, mend })
        }
        None => {
            let names: Vec<_> = here().map(Act::name).collect();
            let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            let mend = match closest(name, &names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("there is {}", names.join(", ")),
            };
            Err(Wrong { span, message: format!("unknown act `{name}`"), mend: Some(mend) })
        }
    }
}

/// The letter that could no longer be typed.
fn typed(section: Section, chords: &[Chord]) -> Option<char> {
    chords.first().filter(|_| is_text(section))?.letter()
}

/// The same keys written in two ways, like `"ctrl+c"` and `"Ctrl+c"`.
fn twice(lines: &[Line]) -> Vec<Wrong> {
    let mut wrongs = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let same = |it: &&Line| it.section == line.section && it.chords == line.chords;
        if lines[..place].iter().any(|it| same(&it)) {
            let message = format!("these keys are bound twice in [{}]", line.section.name());
            let mend = Some("keep one of the two lines".to_owned());
            wrongs.push(Wrong { span: line.span.clone(), message, mend });
        }
    }
    wrongs
}

fn apply(keymap: &mut Keymap, line: Line, leader: Option<Chord>) -> Result<(), Wrong> {
    let Line { section, chords, act, span } = line;
    let Some(act) = act else {
        // Unbinding what is not bound is no fault: another version may bind it.
        keymap.unbind(section, &chords);
        return Ok(());
    };
    while let Some(rival) = keymap.rival(section, &chords) {
        if leader.is_some_and(|it| rival.chords == [it]) {
            let (section, chords) = (rival.section, rival.chords.clone());
            keymap.unbind(section, &chords);
            continue;
        }
        let keys: Vec<String> = rival.chords.iter().map(ToString::to_string).collect();
        let (keys, other) = (keys.join(" "), rival.section.name());
        let message =
            format!("conflicts with `{keys}` in [{other}], which is `{}`", rival.act.name());
        let mend = Some(format!("choose other keys, or put \"{keys}\" = false under [{other}]"));
        return Err(Wrong { span, message, mend });
    }
    keymap.bind(section, chords, act);
    Ok(())
}
