//! Two patches as rows: file by file, and in a file by the lines of what both began with.
//! What both left, took out or put in at the same place stands beside each other.

use super::{SheetRow, sheet::note};
use crate::text::Patch;
use std::{cmp::Ordering, collections::BTreeMap, iter::Peekable};

/// A row: what stands in it on each side.
pub type PairRow = [Option<SheetRow>; 2];

/// A line of a patch, and where it belongs.
struct Placed {
    /// The line of what was before; and whether it was put in behind that.
    at: (u32, bool),
    row: SheetRow,
    /// The hunk, where it begins with this line.
    begins: Option<SheetRow>,
}

/// Lays two patches out.
pub(super) fn rows(patches: [&Patch; 2]) -> Vec<PairRow> {
    let [left, right] = patches;
    let mut files: BTreeMap<&str, [Option<usize>; 2]> = BTreeMap::new();
    for (at, file) in left.files.iter().enumerate() {
        files.entry(&file.path).or_default()[0] = Some(at);
    }
    for (at, file) in right.files.iter().enumerate() {
        files.entry(&file.path).or_default()[1] = Some(at);
    }
    let mut rows = Vec::new();
    for sides in files.into_values() {
        let [one, other] = sides;
        rows.push(sides.map(|it| it.map(SheetRow::File)));
        merge(placed(left, one), placed(right, other), &mut rows);
        let notes = [noted(left, one), noted(right, other)];
        if notes.iter().any(Option::is_some) {
            rows.push(notes);
        }
        rows.push(sides.map(|it| it.map(SheetRow::Blank)));
    }
    rows
}

fn noted(patch: &Patch, file: Option<usize>) -> Option<SheetRow> {
    let at = file?;
    note(patch.files.get(at)?).map(|it| SheetRow::Note(at, it))
}

/// The lines of a file, in its order.
fn placed(patch: &Patch, file: Option<usize>) -> Vec<Placed> {
    let found = file.and_then(|at| Some((at, patch.files.get(at)?)));
    let Some((at, file)) = found else { return Vec::new() };
    let mut all = Vec::new();
    for (place, hunk) in file.hunks.iter().enumerate() {
        let first = hunk.lines.iter().find_map(|it| it.before);
        let mut before = first.map_or(hunk.before, |it| it.saturating_sub(1));
        for (number, line) in hunk.lines.iter().enumerate() {
            before = line.before.unwrap_or(before);
            all.push(Placed {
                at: (before, line.before.is_none()),
                row: SheetRow::Line(at, place, number),
                begins: (number == 0).then_some(SheetRow::Hunk(at, place)),
            });
        }
    }
    all
}

/// Puts the lines of both into rows. Each keeps its order, and none is left out.
fn merge(left: Vec<Placed>, right: Vec<Placed>, rows: &mut Vec<PairRow>) {
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut last: Option<u32> = None;
    while let Some([one, other]) = next(&mut left, &mut right) {
        let line = one.as_ref().or(other.as_ref()).map_or(0, |it| it.at.0);
        let begin = [&one, &other].map(|it| it.as_ref().and_then(|it| it.begins));
        // Between two that follow each other nothing is left out.
        let follows = last.is_some_and(|it| line <= it.saturating_add(1));
        if !follows && begin.iter().any(Option::is_some) {
            rows.push(begin);
        }
        last = last.max(Some(line));
        rows.push([one, other].map(|it| it.map(|it| it.row)));
    }
}

/// The next line of either, or of both where they belong to the same place.
fn next<I: Iterator<Item = Placed>>(
    left: &mut Peekable<I>,
    right: &mut Peekable<I>,
) -> Option<[Option<Placed>; 2]> {
    let order = match (left.peek(), right.peek()) {
        (None, None) => return None,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(one), Some(other)) => one.at.cmp(&other.at),
    };
    Some(match order {
        Ordering::Less => [left.next(), None],
        Ordering::Greater => [None, right.next()],
        Ordering::Equal => [left.next(), right.next()],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use similar::TextDiff;

    /// The change of a file, as git tells it.
    fn patch(name: &str, before: &str, after: &str) -> Patch {
        let diff = TextDiff::from_lines(before, after).unified_diff().context_radius(1).to_string();
        let text = format!("diff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n{diff}");
        Patch::read(text.as_bytes())
    }

    /// A row as a person sees it: `-two | +deux`.
    fn shown(rows: &[PairRow], patches: [&Patch; 2]) -> Vec<String> {
        let side = |it: &Option<SheetRow>, patch: &Patch| match it {
            None => String::new(),
            Some(SheetRow::File(file)) => patch.files[*file].path.clone(),
            Some(SheetRow::Hunk(..)) => "…".to_owned(),
            Some(SheetRow::Line(file, hunk, line)) => {
                let line = &patch.files[*file].hunks[*hunk].lines[*line];
                let sign = match (line.before, line.after) {
                    (None, _) => "+",
                    (_, None) => "-",
                    _ => " ",
                };
                format!("{sign}{}", line.text)
            }
            Some(SheetRow::Note(..)) => "note".to_owned(),
            Some(SheetRow::Blank(_)) => "blank".to_owned(),
        };
        rows.iter()
            .map(|it| format!("{}|{}", side(&it[0], patches[0]), side(&it[1], patches[1])))
            .collect()
    }

    #[test]
    fn what_was_done_to_the_same_line_stands_beside_each_other() {
        let before = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";
        let left = patch("a", before, "one\ndeux\nthree\nfour\nfive\nsix\nsept\n");
        let right = patch("a", before, "one\nzwei\nzwo\nfour\nfive\nsix\nseven\n");
        let rows = rows([&left, &right]);
        let expected = [
            "a|a",
            "…|…",
            " one| one",
            "-two|-two",
            "+deux|",
            " three|-three",
            "|+zwei",
            "|+zwo",
            "| four",
            "…|",
            " six|",
            "-seven|",
            "+sept|",
            "blank|blank",
        ];
        assert_eq!(shown(&rows, [&left, &right]), expected);
    }

    #[test]
    fn a_file_that_one_alone_changed_is_named_there_alone() {
        let (left, right) = (patch("b", "", "new\n"), patch("a", "old\n", ""));
        let rows = rows([&left, &right]);
        let expected = ["|a", "|…", "|-old", "|blank", "b|", "…|", "+new|", "blank|"];
        assert_eq!(shown(&rows, [&left, &right]), expected);
    }

    fn text() -> impl Strategy<Value = String> {
        prop::collection::vec("[abc]\n", 0..12).prop_map(|it| it.concat())
    }

    proptest! {
        #[test]
        fn each_side_has_all_its_lines_in_their_order_and_same_lines_share_a_row(
            before in text(), one in text(), other in text(),
        ) {
            let patches = [patch("a", &before, &one), patch("a", &before, &other)];
            let [left, right] = &patches;
            let rows = rows([left, right]);
            for (side, patch) in patches.iter().enumerate() {
                let lines = rows.iter().filter_map(|it| it[side]);
                let lines: Vec<_> = lines.filter(|it| matches!(it, SheetRow::Line(..))).collect();
                let hunks = patch.files.iter().flat_map(|it| &it.hunks).enumerate();
                let all: Vec<_> = hunks
                    .flat_map(|(hunk, it)| (0..it.lines.len()).map(move |at| SheetRow::Line(0, hunk, at)))
                    .collect();
                prop_assert_eq!(lines, all);
            }
            let number = |it: Option<SheetRow>, patch: &Patch| match it? {
                SheetRow::Line(file, hunk, line) => patch.files[file].hunks[hunk].lines[line].before,
                _ => None,
            };
            for row in &rows {
                if let (Some(one), Some(other)) = (number(row[0], left), number(row[1], right)) {
                    prop_assert_eq!(one, other);
                }
            }
        }
    }
}
