//! How screens are painted, in a dark and in a light theme: what is read stands out from what
//! it stands on as it is drawn, and where each colour goes is kept.

use super::*;
use crate::ui::theme::Rgb;
use std::{collections::BTreeSet, fmt::Write as _};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 35), (200, 60)];
const THEMES: [&str; 2] = ["night", "day"];

/// The five screens.
const SCREENS: [Screen; 5] =
    [Screen::Stage, Screen::Cast, Screen::Script, Screen::Inbox, Screen::Past];

/// What a cell is painted with.
type Paint = (Color, Color, Modifier);

fn paint(cell: &Cell) -> Paint {
    (cell.fg, cell.bg, cell.modifier)
}

/// Each line as runs of one paint: how many cells, and which of those below.
fn runs(buffer: &Buffer) -> String {
    let paints: BTreeSet<String> = buffer.content.iter().map(|it| told(paint(it))).collect();
    let paints: Vec<String> = paints.into_iter().collect();
    let mut text = String::new();
    for line in buffer.content.chunks(usize::from(buffer.area.width)) {
        for run in line.chunk_by(|a, b| paint(a) == paint(b)) {
            let nth = paints.iter().position(|it| *it == told(paint(&run[0]))).unwrap();
            write!(text, "{}×{nth} ", run.len()).unwrap();
        }
        text.push('\n');
    }
    for (nth, paint) in paints.iter().enumerate() {
        writeln!(text, "{nth}: {paint}").unwrap();
    }
    text
}

fn told((ink, ground, modifier): Paint) -> String {
    format!("{ink} on {ground} {modifier:?}")
}

/// A picture in that theme.
fn painted(story: &Story, desk: &Desk, theme: &Theme, size: (u16, u16)) -> Buffer {
    shot(&Scene { theme, ..scene(story, desk) }, size)
}

/// The letters of a picture that don't stand out from what they stand on, with how much they
/// do; 4.5 is enough (WCAG 2.2, 1.4.3). What lies behind a dialog is not to be read.
fn hidden(buffer: &Buffer, theme: &Theme) -> Vec<String> {
    let behind = theme.style(Tone::Border).fg;
    let rgb = |it: Color| match it {
        Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        _ => None,
    };
    let is_hidden = |cell: &&Cell| {
        let is_letter = cell.symbol().chars().any(char::is_alphanumeric);
        let both = rgb(cell.fg).zip(rgb(cell.bg));
        let is_behind = Some(cell.fg) == behind;
        is_letter && !is_behind && both.is_none_or(|(ink, ground)| ink.contrast(ground) < 4.5)
    };
    let hidden = buffer.content.iter().filter(is_hidden);
    let hidden: BTreeSet<String> = hidden.map(|it| told(paint(it))).collect();
    hidden.into_iter().collect()
}

#[test]
fn what_is_read_stands_out_on_every_screen_and_dialog_in_a_dark_and_a_light_theme() {
    let six = six();
    let on = |screen| with(|it| it.screen = screen);
    let screens = SCREENS.into_iter().chain([Screen::Zoom, Screen::Ledger, Screen::Audition]);
    let opened = DIALOGS.into_iter().map(|act| {
        with(|it| {
            it.roles = specimen::roles();
            drop(it.act(act, &six.stage, six.now()));
        })
    });
    let desks: Vec<Desk> = screens.map(on).chain(opened).collect();
    for desk in &desks {
        for size in SIZES {
            let themes = THEMES.map(|it| Theme::builtin(it).unwrap());
            let pictures = themes.map(|it| painted(&six, desk, &it, size));
            let place = format!("{:?} {:?} {size:?}", desk.screen, desk.dialog.is_some());
            for (picture, name) in pictures.iter().zip(THEMES) {
                let theme = Theme::builtin(name).unwrap();
                assert_eq!(hidden(picture, &theme), Vec::<String>::new(), "{name} {place}");
            }
            let [dark, light] = pictures.each_ref().map(words);
            assert_eq!(dark, light, "a theme changes no word: {place}");
        }
    }
}

#[test]
fn where_each_colour_goes_on_the_five_screens() {
    let six = six();
    for screen in SCREENS {
        let desk = with(|it| it.screen = screen);
        for (width, height) in SIZES {
            for name in THEMES {
                let theme = Theme::builtin(name).unwrap();
                let picture = painted(&six, &desk, &theme, (width, height));
                let name = format!("paint-{screen:?}-{name}-{width}x{height}").to_lowercase();
                keep_words(&name, &runs(&picture));
            }
        }
    }
}

#[test]
fn where_each_colour_goes_in_each_dialog() {
    let six = six();
    for act in DIALOGS {
        let open = with(|it| {
            it.roles = specimen::roles();
            drop(it.act(act, &six.stage, six.now()));
        });
        for name in THEMES {
            let theme = Theme::builtin(name).unwrap();
            let sizes = SIZES.map(|size| {
                let picture = painted(&six, &open, &theme, size);
                format!("{}x{}\n{}", size.0, size.1, runs(&picture))
            });
            keep_words(&format!("paint-dialog-{}-{name}", act.name()), &sizes.join("\n"));
        }
    }
}

#[test]
fn each_dialog_on_a_large_screen() {
    let six = six();
    for act in DIALOGS {
        let open = with(|it| {
            it.roles = specimen::roles();
            drop(it.act(act, &six.stage, six.now()));
        });
        keep(&format!("dialog-{}-200x60", act.name()), &shot(&scene(&six, &open), (200, 60)));
    }
}
