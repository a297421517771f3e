//! `auteur sessions rename` and `tag`: what is written on a session, beside its journal.

use super::{House, find, list::card_json};
use crate::{history::Label, journal::Reader, text::one_line};
use anyhow::{Context as _, Error, bail};
use std::{io::Write, path::Path};

/// How long a name may be, in cells.
const TITLE: usize = 200;

/// Gives a session a name, or with an empty one its own again.
pub(super) fn rename(
    house: &House,
    (session, title): (&str, &str),
    is_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let journal = find(house, Some(session))?;
    let title = one_line(&house.company.redactor().clean(title), TITLE);
    let label = Label { title: title.clone(), ..Label::of(&journal) };
    write(&label, &journal)?;
    let told = if title.is_empty() { "it has its own name again".to_owned() } else { title };
    tell(house, &journal, (is_json, &told), out)
}

/// Adds tags to a session, and takes others away.
pub(super) fn tag(
    house: &House,
    session: &str,
    (added, removed): (&[String], &[String]),
    (is_json, out): (bool, &mut impl Write),
) -> anyhow::Result<()> {
    let journal = find(house, Some(session))?;
    let mut label = Label::of(&journal);
    let added: Result<Vec<_>, _> = added.iter().map(|it| Label::plain_tag(it)).collect();
    let added = added.map_err(Error::msg)?;
    let removed: Vec<_> = removed.iter().map(|it| Label::bare_tag(it).to_owned()).collect();
    if let Some(strange) = removed.iter().find(|it| !label.tags.contains(it)) {
        bail!("it has no tag {strange:?}");
    }
    label.tag(&added, &removed);
    write(&label, &journal)?;
    let tags: Vec<_> = label.tags.iter().map(|it| format!("#{it}")).collect();
    let told = if tags.is_empty() { "no tags".to_owned() } else { tags.join(" ") };
    tell(house, &journal, (is_json, &told), out)
}

fn write(label: &Label, journal: &Path) -> anyhow::Result<()> {
    if journal.file_name() != Some(crate::journal::FILE.as_ref()) {
        bail!(
            "{} is no session of ours: a file of that name alone has no label",
            journal.display()
        );
    }
    label.write(journal).with_context(|| format!("write beside {}", journal.display()))
}

fn tell(
    house: &House,
    journal: &Path,
    (is_json, told): (bool, &str),
    out: &mut impl Write,
) -> anyhow::Result<()> {
    if is_json {
        let card = house.history().card(&Reader::open(journal)?);
        crate::text::json::write_pretty(out, &card_json(&card))?;
        return Ok(writeln!(out)?);
    }
    Ok(writeln!(out, "{}", one_line(told, TITLE))?)
}
