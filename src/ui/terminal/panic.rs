//! A panic gives the terminal back before it says anything, and what it says is
//! safe to print.

use super::give_back;
use crate::text;
use std::{
    io::{self, Write},
    panic::{self, PanicHookInfo},
    sync::{Arc, atomic::AtomicBool},
    thread,
};

/// Lets a panic of this thread, which draws, give the terminal back first. A
/// panic elsewhere fails one agent only, and goes to the log: the screen stays.
pub(super) fn give_back_first(is_ours: Arc<AtomicBool>) {
    let drawing = thread::current().id();
    panic::set_hook(Box::new(move |info| {
        let words = words(info);
        if thread::current().id() != drawing {
            tracing::error!("{words}");
            return;
        }
        give_back(&is_ours);
        // Nobody is left to tell if this fails.
        let _told = writeln!(io::stderr(), "auteur: {words}");
        tracing::error!("{words}");
    }));
}

fn words(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |it| format!(" at {it}"));
    let said = info.payload_as_str().unwrap_or("for an unknown reason");
    format!("panicked{place}: {}", text::sanitise(said))
}
