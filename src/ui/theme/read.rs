//! A theme file: a palette of named colours, and scopes that use them.
//!
//! ```toml
//! inherits = "night"
//! [palette]
//! sun = "#f2c14e"
//! [scopes]
//! "state.paused" = { fg = "sun", bold = true }
//! "cost" = "sun"
//! ```

use super::{BUILT_IN, Theme, Tone, alone};
use crate::config::{ConfigError, Fault, closest, told};
use ratatui::style::{Color, Modifier, Style};
use std::{collections::BTreeMap, ops::Range, path::Path};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// No chain of `inherits` is longer.
const GENERATIONS: usize = 8;

/// No theme file is larger, in bytes.
const LARGEST: u64 = 1_000_000;

/// What a file can say of a scope besides colours.
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underline", Modifier::UNDERLINED),
    ("reverse", Modifier::REVERSED),
    ("strike", Modifier::CROSSED_OUT),
];

/// The sixteen colours of the terminal, as files call them, and its default.
const NAMED: [(&str, Color); 17] = [
    ("default", Color::Reset),
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// What the files of a chain say together; the heir comes last and wins.
#[derive(Default)]
struct Draft {
    palette: BTreeMap<String, Color>,
    looks: BTreeMap<Tone, Spelled>,
}

/// A look before its colours are known: an heir may give them other values.
#[derive(Default, Clone)]
struct Spelled {
    fg: Option<String>,
    bg: Option<String>,
    modifiers: Modifier,
}

/// One file while it is read.
struct Page<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<Fault>,
}

type Value<'a> = Spanned<DeValue<'a>>;

/// Finds a theme: its name for people, and its text.
pub(super) fn find(name: &str, folder: Option<&Path>) -> Result<(String, String), Fault> {
    if let Some((name, text)) = BUILT_IN.iter().find(|(known, _)| *known == name) {
        return Ok((format!("themes/{name}.toml (built in)"), (*text).to_owned()));
    }
    let is_path = Path::new(name).extension().is_some_and(|it| it == "toml")
        || name.contains(std::path::MAIN_SEPARATOR);
    let file = format!("{name}.toml");
    let path = if is_path { Some(name.into()) } else { folder.map(|it| it.join(file)) };
    let names = || Theme::names().collect::<Vec<_>>();
    let mend = match closest(name, &names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there is {}, or give a path", names().join(", ")),
    };
    let no_theme = |why: String| Fault::of_file(name, why, Some(mend.clone()));
    let Some(path) = path else { return Err(no_theme("is not a theme".to_owned())) };
    let is_fit = |meta: &std::fs::Metadata| meta.is_file() && meta.len() <= LARGEST;
    let text = path.metadata().and_then(|meta| {
        if is_fit(&meta) {
            std::fs::read_to_string(&path)
        } else {
            Err(std::io::Error::other("not a file, or too large for a theme"))
        }
    });
    let file = path.display().to_string();
    text.map(|text| (file, text)).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if is_path => no_theme("no file is there".to_owned()),
        std::io::ErrorKind::NotFound => no_theme(format!("no theme is called `{name}`")),
        _ => no_theme(format!("can't be read: {error}")),
    })
}

/// Reads a theme with all that it inherits.
pub(super) fn read(file: &str, text: &str, folder: Option<&Path>) -> Result<Theme, ConfigError> {
    let mut draft = Draft::default();
    draft.read(file, text, folder, GENERATIONS)?;
    Ok(draft.resolve())
}

impl Draft {
    fn read(
        &mut self,
        file: &str,
        text: &str,
        folder: Option<&Path>,
        generations: usize,
    ) -> Result<(), ConfigError> {
        let mut page = Page { file, text, faults: Vec::new() };
        let table = DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            let (message, mend) = told(error.message());
            alone(Fault::at(file, text, span, message).mended_by(mend))
        })?;
        let table = table.into_inner();
        if let Some(value) = table.get("inherits") {
            let name = page.text_of(value).unwrap_or_default();
            let (file, text) =
                find(&name, folder).map_err(|fault| page.blame(value.span(), fault))?;
            if generations == 0 {
                let message = "this theme inherits itself, or through too many others";
                return Err(alone(Fault::at(page.file, page.text, value.span(), message)));
            }
            self.read(&file, &text, folder, generations - 1)?;
        }
        let known = ["inherits", "palette", "scopes"];
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            page.unknown("key", key.get_ref(), key.span(), &known);
        }
        for (key, value) in page.table(table.get("palette")) {
            self.name_colour(&mut page, &key, value);
        }
        for (key, value) in page.table(table.get("scopes")) {
            self.dress(&mut page, &key, value);
        }
        ConfigError::unless_empty(page.faults)
    }

    fn name_colour(&mut self, page: &mut Page, key: &Spanned<String>, value: &Value) {
        let Some(code) = page.text_of(value) else { return };
        match colour(&code) {
            Some(colour) => _ = self.palette.insert(key.get_ref().clone(), colour),
            None => page.fault(
                value.span(),
                format!("expected a colour, not {code:?}"),
                Some("write #rrggbb, 0 to 255, or a name like bright-blue".to_owned()),
            ),
        }
    }

    fn dress(&mut self, page: &mut Page, key: &Spanned<String>, value: &Value) {
        let Some(tone) = Tone::named(key.get_ref()) else {
            return page.unknown("scope", key.get_ref(), key.span(), &Tone::ALL.map(Tone::key));
        };
        let look = match value.get_ref() {
            DeValue::Table(parts) => {
                let mut look = Spelled::default();
                for (part, value) in parts {
                    self.add_part(page, &mut look, part, value);
                }
                look
            }
            _ => Spelled { fg: self.colour_name(page, value), ..Spelled::default() },
        };
        self.looks.insert(tone, look);
    }

    fn add_part(
        &self,
        page: &mut Page,
        look: &mut Spelled,
        part: &Spanned<std::borrow::Cow<'_, str>>,
        value: &Value,
    ) {
        let name = part.get_ref().as_ref();
        let modifier = MODIFIERS.iter().find(|(known, _)| *known == name);
        match (name, modifier, value.get_ref()) {
            ("fg", ..) => look.fg = self.colour_name(page, value),
            ("bg", ..) => look.bg = self.colour_name(page, value),
            (_, Some((_, modifier)), DeValue::Boolean(is_on)) => {
                look.modifiers.set(*modifier, *is_on);
            }
            (_, Some(_), _) => page.fault(value.span(), "expected true or false".to_owned(), None),
            _ => {
                let names: Vec<_> =
                    ["fg", "bg"].into_iter().chain(MODIFIERS.map(|(name, _)| name)).collect();
                page.unknown("key", name, part.span(), &names);
            }
        }
    }

    fn colour_name(&self, page: &mut Page, value: &Value) -> Option<String> {
        let name = page.text_of(value)?;
        if !self.palette.contains_key(&name) && colour(&name).is_none() {
            let names: Vec<_> = self.palette.keys().map(String::as_str).collect();
            page.unknown("colour", &name, value.span(), &names);
        }
        Some(name)
    }

    fn resolve(&self) -> Theme {
        let mut theme = Theme::default();
        for tone in Tone::ALL {
            let mut worn = Some(tone);
            while let Some(wider) = worn.filter(|it| !self.looks.contains_key(it)) {
                worn = wider.wider();
            }
            let look = worn.and_then(|it| self.looks.get(&it)).cloned().unwrap_or_default();
            let paint = |name: String| self.palette.get(&name).copied().or_else(|| colour(&name));
            let (fg, bg) = (look.fg.and_then(paint), look.bg.and_then(paint));
            theme.styles[tone as usize] =
                Style { fg, bg, ..Style::new() }.add_modifier(look.modifiers);
        }
        theme
    }
}

impl Page<'_> {
    fn fault(&mut self, span: Range<usize>, message: String, mend: Option<String>) {
        self.faults.push(Fault::at(self.file, self.text, span, message).mended_by(mend));
    }

    fn unknown(&mut self, kind: &str, name: &str, span: Range<usize>, known: &[&str]) {
        let mend = match closest(name, known) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("there is {}", known.join(", ")),
        };
        self.fault(span, format!("no {kind} is called `{name}`"), Some(mend));
    }

    /// A fault of an inherited file, told at the place that asks for it.
    fn blame(&self, span: Range<usize>, fault: Fault) -> ConfigError {
        let message = format!("{} {}", fault.file, fault.message);
        alone(Fault::at(self.file, self.text, span, message).mended_by(fault.mend))
    }

    fn text_of(&mut self, value: &Value) -> Option<String> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text.clone().into_owned());
        }
        self.fault(value.span(), "expected text in quotes".to_owned(), None);
        None
    }

    /// The entries of a table, in the order of the file.
    fn table<'a, 'b>(
        &mut self,
        value: Option<&'a Value<'b>>,
    ) -> Vec<(Spanned<String>, &'a Value<'b>)> {
        let Some(value) = value else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.fault(value.span(), "expected a table".to_owned(), None);
            return Vec::new();
        };
        let owned = |key: &Spanned<std::borrow::Cow<'b, str>>| {
            Spanned::new(key.span(), key.get_ref().clone().into_owned())
        };
        let mut entries: Vec<_> = table.iter().map(|(key, value)| (owned(key), value)).collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
    }
}

/// `#rrggbb`, an index, or one of the sixteen by name.
fn colour(code: &str) -> Option<Color> {
    if let Some(digits) = code.strip_prefix('#') {
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 6)?;
        let [_, red, green, blue] = number.to_be_bytes();
        return Some(Color::Rgb(red, green, blue));
    }
    let named = NAMED.iter().find(|(name, _)| *name == code).map(|(_, colour)| *colour);
    named.or_else(|| code.parse().ok().map(Color::Indexed))
}
