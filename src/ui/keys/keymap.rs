//! Which keys mean which act where. Read once, then only looked up.

use super::{Act, Chord, Context, Section};

/// Which keys, pressed one after another, mean which act, section by section.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keymap {
    bound: Vec<Bound>,
}

/// One line of `keys.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bound {
    pub(super) section: Section,
    pub(super) chords: Vec<Chord>,
    pub(super) act: Act,
}

/// What the keys pressed so far come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lookup {
    /// An act.
    Found(Act),
    /// The beginning of something: wait for the next key.
    Pending,
    /// Nothing.
    Unbound,
}

/// One part of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpPart {
    /// Its heading.
    pub title: &'static str,
    /// Its lines.
    pub lines: Vec<HelpLine>,
}

/// One line of the help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpLine {
    /// The keys: `h ←`, `1 … 9`.
    pub keys: String,
    /// What they do.
    pub act: Act,
    /// What that means.
    pub description: &'static str,
    /// Why it does nothing here, where that is so: the keymap does not know.
    pub unable: Option<&'static str>,
}

impl Keymap {
    /// What the keys pressed so far mean here. A typing context binds no bare
    /// letters, so those come out as [`Lookup::Unbound`] and are typed.
    pub fn lookup(&self, context: Context, pressed: &[Chord]) -> Lookup {
        if pressed.is_empty() {
            return Lookup::Unbound;
        }
        for section in context.sections() {
            let mut begun = Lookup::Unbound;
            for bound in self.bound.iter().filter(|it| it.section == *section) {
                if bound.chords == pressed {
                    return Lookup::Found(bound.act);
                } else if bound.chords.starts_with(pressed) {
                    begun = Lookup::Pending;
                }
            }
            if begun == Lookup::Pending {
                return begun;
            }
        }
        Lookup::Unbound
    }

    /// The keys for an act here, the first one first: for the footer, and for
    /// words like "press p".
    pub fn keys_for(&self, context: Context, act: Act) -> Vec<String> {
        // Whether a line is reached takes long to tell, and this is asked for each picture.
        let bound = self.holding(context).filter(|it| it.act == act);
        let bound = bound.filter(|it| self.is_reached(context, it));
        bound.map(|it| label(&it.chords)).collect()
    }

    /// Keys and words for the footer here, in the order in which they are
    /// dropped from the end when the terminal is narrow.
    pub fn footer(&self, context: Context) -> Vec<(String, &'static str)> {
        let mut offered: Vec<(usize, &Bound, &'static str)> = Vec::new();
        for bound in self.holding(context) {
            if let Some(word) = bound.act.label()
                && !offered.iter().any(|it| it.1.act == bound.act)
                && self.lookup(context, &bound.chords) == Lookup::Found(bound.act)
            {
                let place = context.sections().iter().position(|it| *it == bound.section);
                offered.push((place.unwrap_or(usize::MAX), bound, word));
            }
        }
        // What is particular to this place comes first; help and quit come last.
        offered.sort_by_key(|(place, bound, _)| (*place, bound.act.order()));
        offered.into_iter().map(|(_, bound, word)| (label(&bound.chords), word)).collect()
    }

    /// The keys that are told like this here, behind those pressed so far.
    pub fn told(&self, context: Context, pressed: &[Chord], told: &str) -> Option<Vec<Chord>> {
        let rests = self.holding(context).filter_map(|it| it.chords.strip_prefix(pressed));
        rests.into_iter().find(|it| label(it) == told).map(<[Chord]>::to_vec)
    }

    /// What comes after the keys pressed so far, and what that is, where they are the
    /// beginning of something.
    pub fn after(&self, context: Context, pressed: &[Chord]) -> Vec<(String, String)> {
        let begun = self.holding(context).filter(|it| {
            it.chords.len() > pressed.len()
                && it.chords.starts_with(pressed)
                && self.is_reached(context, it)
        });
        let word = |act: Act| act.label().map_or_else(|| act.name().replace('-', " "), Into::into);
        begun.map(|it| (label(&it.chords[pressed.len()..]), word(it.act))).collect()
    }

    /// Everything that keys do elsewhere than here, section by section.
    pub fn help_elsewhere(&self, context: Context) -> Vec<HelpPart> {
        let is_here = |it: &Section| context.sections().contains(it);
        let part = |section: Section| HelpPart {
            title: section.title(),
            lines: lines(self.bound.iter().filter(|it| it.section == section).collect()),
        };
        let all = Section::ALL.into_iter().filter(|it| !is_here(it)).map(part);
        all.filter(|it| !it.lines.is_empty()).collect()
    }

    /// Everything that keys do here, section by section.
    pub fn help(&self, context: Context) -> Vec<HelpPart> {
        let part = |section: Section| {
            let bound = self.reachable(context).filter(|it| it.section == section);
            HelpPart { title: section.title(), lines: lines(bound.collect()) }
        };
        context.sections().iter().map(|it| part(*it)).filter(|it| !it.lines.is_empty()).collect()
    }

    /// Everything that any key does, for documentation.
    pub fn help_all(&self) -> Vec<HelpPart> {
        let part = |section: Section| HelpPart {
            title: section.title(),
            lines: lines(self.bound.iter().filter(|it| it.section == section).collect()),
        };
        Section::ALL.into_iter().map(part).filter(|it| !it.lines.is_empty()).collect()
    }

    /// Whether any key means that in this section.
    pub(super) fn binds(&self, section: Section, act: Act) -> bool {
        self.bound.iter().any(|it| it.section == section && it.act == act)
    }

    /// Binds keys, in place of what they meant in this section.
    pub(super) fn bind(&mut self, section: Section, chords: Vec<Chord>, act: Act) {
        self.unbind(section, &chords);
        self.bound.push(Bound { section, chords, act });
    }

    /// Lets keys mean nothing in a section; says whether they meant something.
    pub(super) fn unbind(&mut self, section: Section, chords: &[Chord]) -> bool {
        let before = self.bound.len();
        self.bound.retain(|it| it.section != section || it.chords != chords);
        self.bound.len() < before
    }

    /// Another line that these keys would make unreachable, or be made
    /// unreachable by: one is the beginning of the other where both hold.
    pub(super) fn rival(&self, section: Section, chords: &[Chord]) -> Option<&Bound> {
        // A replay hides what it binds itself, so it is no rival of what is live.
        let live = |it: &&Context| {
            !matches!(it, Context::Replay | Context::ReplayZoom | Context::ReplayChanges)
        };
        let together = |other: Section| {
            let both =
                |it: &Context| it.sections().contains(&section) && it.sections().contains(&other);
            section == other || Context::ALL.iter().filter(live).any(both)
        };
        self.bound.iter().find(|it| {
            it.chords.len() != chords.len()
                && (it.chords.starts_with(chords) || chords.starts_with(&it.chords))
                && together(it.section)
        })
    }

    /// What holds here, the sections that win first.
    fn holding(&self, context: Context) -> impl Iterator<Item = &Bound> {
        context
            .sections()
            .iter()
            .flat_map(|section| self.bound.iter().filter(move |it| it.section == *section))
    }

    /// What holds here and is not hidden by a section that wins, be it that it
    /// means the same there.
    fn reachable(&self, context: Context) -> impl Iterator<Item = &Bound> {
        self.holding(context).filter(move |it| self.is_reached(context, it))
    }

    fn is_reached(&self, context: Context, bound: &Bound) -> bool {
        let mut same = self.holding(context).filter(|it| it.chords == bound.chords);
        self.lookup(context, &bound.chords) == Lookup::Found(bound.act)
            && same.next().is_some_and(|first| std::ptr::eq(first, bound))
    }
}

/// Lines of the help in the order of the acts; the keys of one act share a
/// line, and so do acts that differ in their number only.
fn lines(mut bound: Vec<&Bound>) -> Vec<HelpLine> {
    bound.sort_by_key(|it| it.act.order());
    let mut lines: Vec<HelpLine> = Vec::new();
    let mut first_of_row = String::new();
    for it in bound {
        let keys = label(&it.chords);
        match lines.last_mut() {
            Some(line) if line.act == it.act => {
                line.keys = format!("{} {keys}", line.keys);
            }
            Some(line) if it.act.is_numbered() && line.description == it.act.description() => {
                line.keys = format!("{first_of_row} … {keys}");
            }
            _ => {
                first_of_row.clone_from(&keys);
                let description = it.act.description();
                lines.push(HelpLine { keys, act: it.act, description, unable: None });
            }
        }
    }
    lines
}

fn label(chords: &[Chord]) -> String {
    let labels: Vec<String> = chords.iter().map(|it| it.label()).collect();
    labels.join(" ")
}
