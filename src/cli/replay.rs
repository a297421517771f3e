//! `auteur replay`: the same screen, fed from a journal. A player and a show.

use super::{House, args::ReplayArgs, foreign, opening, run, screen, sessions, speed::Speed};
use crate::{
    journal::Reel,
    model::Stage,
    ui::{
        desk::{Pace, Play},
        player::Player,
        show::{self, Ended, Show, Source as _},
    },
};
use std::{path::PathBuf, process::ExitCode};

/// Plays a session until the director leaves.
pub(super) fn replay(house: &House, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    screen::must_be_possible(&house.environment)?;
    let reader = foreign::open(house, &journal(house, args)?)?;
    let stage = Stage::new(reader.header().clone());
    let options = screen::options(house, &stage);
    opening::on_runtime(|runtime| {
        runtime.block_on(async {
            let mut player = Player::new(Reel::new(reader)?);
            player.play(Play::Pace(pace(args.speed)));
            player.play(Play::Toggle);
            let mut desk = screen::desk(house)?;
            desk.playhead = Some(player.playhead());
            let mut show = Show::new(stage, desk, screen::theme(house)?, None);
            Ok(match show::run(&mut show, &mut player, options).await? {
                Ended::Left => ExitCode::SUCCESS,
                Ended::Signalled(signal) => run::signalled(signal),
            })
        })
    })
}

/// The file that was named, or the journal of the session that was.
fn journal(house: &House, args: &ReplayArgs) -> anyhow::Result<PathBuf> {
    if args.session.is_file() {
        return Ok(args.session.clone());
    }
    let inside = args.session.join(crate::journal::FILE);
    if inside.is_file() {
        return Ok(inside);
    }
    let named = args.session.display();
    if args.session.is_dir() {
        let file = crate::journal::FILE;
        anyhow::bail!("{named} is a folder without a {file}: name a session's folder or file");
    }
    if args.session.exists() {
        anyhow::bail!("{named} is no file, so no journal: name a session, its folder or its file");
    }
    sessions::find(house, Some(&args.session.to_string_lossy()))
}

fn pace(speed: Speed) -> Pace {
    match speed {
        Speed::Percent(percent) => Pace::Quarters((percent / 25).max(1)),
        Speed::Full => Pace::Full,
    }
}
