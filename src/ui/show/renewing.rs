//! What a screen takes up while it is shown: what files of settings say anew.

use super::{Options, Show, heralding::Heralding};
use crate::{
    model::Millis,
    ui::{
        desk::{Done, Furnishing, SettingsFault},
        terminal::Screen,
        theme::{Rgb, Theme},
    },
};
use std::{fmt, io};
use tokio::sync::mpsc;

/// Tells what files say anew, each time that they do. Does not block.
pub type Renew = Box<dyn FnOnce(mpsc::Sender<Renewal>) + Send>;

/// What came of reading them anew.
pub enum Renewal {
    /// This holds from now on.
    Taken(Box<Fresh>),
    /// Something is wrong with them, and what held before stays.
    Faulty(Vec<SettingsFault>),
}

/// What holds from now on.
pub struct Fresh {
    /// How the show runs.
    pub options: Options,
    /// How things look, on a terminal whose background nobody has told of.
    pub theme: Theme,
    /// What the desk is furnished with.
    pub furnishing: Furnishing,
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken(_) => f.write_str("Taken"),
            Self::Faulty(faults) => f.debug_tuple("Faulty").field(faults).finish(),
        }
    }
}

/// What of the loop a renewal is about.
pub(super) struct Furnished<'a> {
    pub(super) show: &'a mut Show,
    pub(super) options: &'a mut Options,
    pub(super) screen: &'a mut Screen,
    pub(super) heralding: &'a mut Heralding,
    /// What the terminal said of its background.
    pub(super) background: Option<Rgb>,
}

impl Furnished<'_> {
    /// Takes it up. What was read of agents, and what the window is called, stays.
    pub(super) fn take_up(self, renewal: Renewal, now: Millis) -> io::Result<()> {
        let Self { show, options, screen, heralding, background } = self;
        let fresh = match renewal {
            Renewal::Faulty(faults) => {
                show.desk.take_faults(faults);
                show.repaint();
                return Ok(());
            }
            Renewal::Taken(fresh) => *fresh,
        };
        let Options { title, diffs, comparer, .. } = std::mem::replace(options, fresh.options);
        (options.title, options.diffs, options.comparer) = (title, diffs, comparer);
        heralding.follow(options);
        screen.listen_to_mouse(options.mouse)?;
        let fitting = options.wardrobe.theme_for.as_ref();
        show.theme = match (fitting, background) {
            (Some(theme_for), Some(background)) => theme_for(background),
            _ => fresh.theme,
        };
        let _redraw: Done = show.desk.take_settings(fresh.furnishing, &show.stage, now);
        show.repaint();
        if options.wardrobe.theme_for.is_some() && background.is_none() {
            screen.ask_background()?;
        }
        Ok(())
    }
}
