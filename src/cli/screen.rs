//! What a show needs on this terminal: keys, theme, roles to cast, and the words
//! of the first screen.

use super::{
    House, compare, elsewhere, found, library, past, renew, roles, sessions::Left, themes,
    tracks::Past,
};
use crate::{
    config::{
        CallBy, CallWhen, Colour, Glyphs, Motion, NoModel, Notify, Output, arrangements,
        choose_model, local_services,
    },
    model::{Level, Millis, Stage},
    text::one_line,
    tools::{alerts::Ways, guard::Pool},
    ui::{
        desk::{AUTO, Desk},
        keys::Keymap,
        show::{
            self, Comparer, DiffReader, FindOut, Finding, Manners, Options, SendAlert, Wardrobe,
        },
        terminal::{Calling, Clipboard},
        theme::{Depth, Rgb, Theme, choose},
        view::Welcome,
    },
    workspace::git::Git,
};
use std::{
    io::{self, IsTerminal as _},
    sync::Arc,
};

/// Why no screen can be shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoScreen {
    #[error(
        "there is no terminal here to show the stage on: start it in one, or use --linear, or \
         `auteur run ROLE \"BRIEF\" --headless`"
    )]
    NoTerminal,
    #[error(
        "TERM=dumb says that this terminal can't place a cursor, which the stage needs: start it \
         in one that can, or if this one can, with TERM=xterm-256color; without a screen, \
         --linear tells it in lines here too"
    )]
    Dumb,
}

/// Says at once, before anything is opened, that a screen can't be shown here.
///
/// # Errors
/// When keys can't be read or pictures can't be drawn.
pub(super) fn must_be_possible(house: &House) -> Result<(), NoScreen> {
    let environment = &house.environment;
    if output(house) == Output::Linear {
        return Ok(());
    }
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(NoScreen::NoTerminal);
    }
    if environment.term() == Some("dumb") { Err(NoScreen::Dumb) } else { Ok(()) }
}

/// How a session is told: in lines where the settings, or the command line, say so.
pub(super) fn output(house: &House) -> Output {
    let said = house.company.config().settings.ui.output;
    if house.environment.wants_lines() { Output::Linear } else { said }
}

/// A desk for this project.
pub(super) fn desk(house: &House) -> anyhow::Result<Desk> {
    let keymap = Keymap::load(&house.environment, house.company.project())?;
    let mut desk = Desk::new(Arc::new(keymap), roles::offers(house));
    desk.providers = house.company.config().settings.providers.keys().cloned().collect();
    desk.past.is_there = true;
    let ui = &house.company.config().settings.ui;
    desk.is_plain = ui.glyphs == Glyphs::Ascii;
    desk.layout = ui.layout;
    desk.is_calm = ui.motion == Motion::Reduced;
    match arrangements(&house.environment) {
        Ok(kept) => desk.arrangements = kept,
        Err(why) => {
            let _drawn_later = desk.say(Level::Warning, one_line(&why, 300), Millis(0));
        }
    }
    if let Some(why) = &house.unlogged {
        let _drawn_later = desk.say(Level::Warning, why, Millis(0));
    }
    Ok(desk)
}

/// Asks the programs that are here for their versions, one after the other, and
/// tells each as it comes; reads meanwhile how the roles have done so far.
fn find_out(house: &House) -> FindOut {
    let programs = house.company.config().programs.clone();
    let environment = house.environment.clone();
    let past = Past::of(house);
    Box::new(move |tell| {
        let told = tell.clone();
        let read = move || {
            let tracks = past.read(|| !told.is_closed());
            // A show that has closed wants to know nothing more.
            let _closed = told.blocking_send(Finding::Tracks(tracks));
        };
        drop(tokio::task::spawn_blocking(read));
        let ask = async move {
            let guards = Pool::default();
            for mut found in found::look(&programs, &environment) {
                found.version = found::version(&found, &guards, &environment).await;
                let about = found.about();
                let told = Finding::Program(found.name, about);
                if found.path.is_some() && tell.send(told).await.is_err() {
                    break;
                }
            }
        };
        // It ends by itself, with the last program or with the screen.
        drop(tokio::spawn(ask));
    })
}

/// Whether no agent of ours could call a model now.
pub(super) fn reaches_no_model(house: &House) -> bool {
    let settings = &house.company.config().settings;
    choose_model(settings, &house.environment, None, &local_services(settings)).is_err()
}

/// What the first screen says beyond its keys: a session that can be taken up,
/// and what was looked for where no model can be reached.
pub(super) fn welcome(house: &House, left: Option<&Left>) -> Option<Welcome> {
    let mut lines = Vec::new();
    let offer = left.map(|it| it.offer.clone());
    let settings = &house.company.config().settings;
    match choose_model(settings, &house.environment, None, &local_services(settings)) {
        Ok(_) => {}
        Err(NoModel::None { looked_for }) => lines.extend([
            "No model can be reached: there is no key, and no local server is named.".to_owned(),
            format!(
                "Looked for {}; for api_key_cmd, and for the models of local servers, in config.toml.",
                looked_for.join(", ")
            ),
            "A local server needs no key: providers.ollama.models = [\"NAME\"]. `auteur doctor` \
             says more."
                .to_owned(),
        ]),
        Err(other) => lines.push(other.to_string()),
    }
    (offer.is_some() || !lines.is_empty()).then_some(Welcome { offer, lines })
}

/// How many colours are drawn.
fn depth(house: &House) -> Depth {
    let environment = &house.environment;
    match house.company.config().settings.ui.colour {
        Colour::Auto => Depth::detect(
            environment.text("COLORTERM"),
            environment.term(),
            environment.wants_no_colour(),
        ),
        Colour::Truecolor => Depth::TrueColor,
        Colour::Indexed => Depth::Ansi256,
        Colour::Ansi => Depth::Ansi16,
        Colour::None => Depth::Mono,
    }
}

/// What a terminal has behind its words that is only said to be light, or dark.
const LIGHT: Rgb = Rgb(255, 255, 255);
const DARK: Rgb = Rgb(0, 0, 0);

/// The theme that was asked for, or the one for the terminal's background, as
/// far as that is known yet.
pub(super) fn theme(house: &House) -> anyhow::Result<Theme> {
    let depth = depth(house);
    let named = house.theme_named()?.map(|it| it.at(depth));
    Ok(named.unwrap_or_else(|| fitting(said_background(house), depth)))
}

/// The theme of a film: as on this screen, in all colours, and dark where the terminal
/// would choose.
pub(super) fn theme_for_film(house: &House) -> anyhow::Result<Theme> {
    let named = house.theme_named()?.map(|it| it.at(Depth::TrueColor));
    Ok(named.unwrap_or_else(|| fitting(None, Depth::TrueColor)))
}

/// The background that the environment tells of, where it does.
pub(super) fn said_background(house: &House) -> Option<Rgb> {
    house.environment.is_light().map(|it| if it { LIGHT } else { DARK })
}

pub(super) fn fitting(background: Option<Rgb>, depth: Depth) -> Theme {
    Theme::builtin(choose(background, depth)).unwrap_or_default().at(depth)
}

/// When a director who looks elsewhere is called.
fn manners(house: &House) -> Manners {
    let notify = &house.company.config().settings.notify;
    let seconds = |it: u32| Millis(u64::from(it) * 1000);
    Manners {
        always: notify.when == CallWhen::Always,
        dwell: seconds(notify.dwell_s),
        cooldown: seconds(notify.cooldown_s),
    }
}

/// How, by what the terminal says of itself, and whether that goes through `tmux`.
fn calling(house: &House) -> (Calling, bool) {
    let (notify, environment) = (&house.company.config().settings.notify, &house.environment);
    let program = environment.text("TERM_PROGRAM").unwrap_or_default();
    let term = environment.term().unwrap_or_default();
    let is_any = |names: &[&str]| names.iter().any(|it| program == *it || term.starts_with(*it));
    let calling = match notify.by {
        _ if notify.when == CallWhen::Never => Calling::Off,
        CallBy::Osc9 => Calling::Line,
        CallBy::Osc777 => Calling::Notify,
        CallBy::Osc99 => Calling::Kitty,
        CallBy::Auto if environment.text("KITTY_WINDOW_ID").is_some() => Calling::Kitty,
        CallBy::Auto if is_any(&["iTerm.app", "WezTerm", "ghostty", "xterm-ghostty"]) => {
            Calling::Line
        }
        CallBy::Auto if is_any(&["foot", "rxvt"]) => Calling::Notify,
        CallBy::Auto | CallBy::Bell => Calling::Bell,
    };
    (calling, environment.text("TMUX").is_some())
}

/// Calls a director beside the terminal, if they want that.
fn alert(house: &House) -> Option<SendAlert> {
    let Notify { when, desktop, command, webhook, sounds, .. } =
        house.company.config().settings.notify.clone();
    if when == CallWhen::Never {
        return None;
    }
    let ways = Arc::new(Ways { desktop, command, webhook, sounds });
    ways.is_any().then(|| -> SendAlert {
        Arc::new(move |alert| {
            let ways = Arc::clone(&ways);
            drop(tokio::spawn(async move {
                for trouble in ways.call(&alert).await {
                    tracing::warn!(%trouble, "nobody could be called so");
                }
            }));
        })
    })
}

/// How the show runs on this terminal.
pub(super) fn options(house: &House, stage: &Stage) -> Options {
    let ui = &house.company.config().settings.ui;
    let project = house.company.project().file_name().unwrap_or_default().to_string_lossy();
    let title = if stage.title().is_empty() { project.into_owned() } else { stage.title().into() };
    let depth = depth(house);
    Options {
        title: format!("auteur · {}", crate::text::one_line(&title, 60)),
        mouse: ui.mouse,
        editor: house.environment.editor().map(str::to_owned),
        clipboard: Clipboard::find(&house.environment),
        drafts: house.state.join("drafts"),
        log: house.state.join("log"),
        diffs: Arc::new(DiffReader::new(Git::find(&house.environment))),
        comparer: Arc::new(Comparer::new(compare::opener(house))),
        find_out: Some(find_out(house)),
        change_role: roles::change(house),
        see_to_scripts: Some(library::see_to(house)),
        see_to_past: Some(past::see_to(house)),
        recall: past::recall(house),
        find_nearby: elsewhere::nearby(house),
        manners: manners(house),
        calling: calling(house),
        kinds: house.company.config().settings.notify.kinds.clone(),
        alert: alert(house),
        output: output(house),
        frame: show::frame(ui.fps, ui.motion == Motion::Reduced),
        wardrobe: Wardrobe {
            theme_for: (ui.theme == AUTO).then(|| -> Box<dyn Fn(Rgb) -> Theme + Send> {
                Box::new(move |it| fitting(Some(it), depth))
            }),
            see_to: themes::see_to(house, depth),
        },
        renew: Some(renew::for_screen(house)),
    }
}
