//! Finds who runs elsewhere on this machine, beside the screen.

use super::Finding;
use crate::ui::desk::{Desk, Offer};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Finds who can be watched. Blocks, so it runs on a thread that may.
pub type FindNearby = Arc<dyn Fn() -> Vec<Offer> + Send + Sync>;

/// Has them looked for, where the desk wants that.
pub(super) fn see_to_nearby(desk: &mut Desk, find: &FindNearby, finder: &mpsc::Sender<Finding>) {
    if !desk.take_nearby_wish() {
        return;
    }
    let (find, done) = (Arc::clone(find), finder.clone());
    // A show that has closed wants to know nothing more.
    let find = move || drop(done.blocking_send(Finding::Nearby(find())));
    drop(tokio::task::spawn_blocking(find));
}
