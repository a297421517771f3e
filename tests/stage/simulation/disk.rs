//! A disk that fills up, writes in part, breaks off and comes back.

use auteur::journal::Paper;
use fastrand::Rng;
use std::{
    io::{self, ErrorKind},
    sync::{Arc, Mutex},
};

/// What becomes of the next writes.
#[derive(Debug)]
pub(super) struct Fate {
    dice: Rng,
    is_bad: bool,
    /// It says at times that it has written what it has not.
    pub(super) lies: bool,
    /// So many writes fail before there is room again.
    full_for: u32,
    /// The program was killed: nothing is written any more.
    pub(super) is_dead: bool,
}

impl Fate {
    pub(super) fn new(seed: u64, is_bad: bool) -> Arc<Mutex<Self>> {
        let dice = Rng::with_seed(seed);
        Arc::new(Mutex::new(Self { dice, is_bad, lies: false, full_for: 0, is_dead: false }))
    }
}

/// Nothing is written from here on, not even on the way out.
pub(super) fn kill(fate: &Arc<Mutex<Fate>>) {
    fate.lock().unwrap().is_dead = true;
}

/// A paper of this fate.
#[derive(Debug)]
pub(super) struct Failing {
    paper: Box<dyn Paper>,
    fate: Arc<Mutex<Fate>>,
}

impl Failing {
    pub(super) fn new(paper: Box<dyn Paper>, fate: Arc<Mutex<Fate>>) -> Self {
        Self { paper, fate }
    }

    /// Writes only a part, whatever it was.
    fn write_in_part(&mut self, bytes: &[u8], count: usize) -> io::Result<usize> {
        self.paper.write(&bytes[..count])
    }
}

impl Paper for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut fate = self.fate.lock().unwrap();
        if fate.is_dead {
            return Err(ErrorKind::Other.into());
        }
        if fate.full_for > 0 {
            fate.full_for -= 1;
            return Err(ErrorKind::StorageFull.into());
        }
        if fate.lies && fate.dice.u8(0..20) == 0 {
            return Ok(bytes.len());
        }
        let roll = if fate.is_bad { fate.dice.u32(0..200) } else { u32::MAX };
        let part = fate.dice.usize(0..bytes.len());
        match roll {
            0 => fate.is_dead = true,
            1 => fate.full_for = fate.dice.u32(1..4),
            2 => return Err(ErrorKind::Interrupted.into()),
            3 => return Err(ErrorKind::Other.into()),
            4 if part > 0 => {}
            _ => {
                drop(fate);
                return self.paper.write(bytes);
            }
        }
        drop(fate);
        // Killed, or without room, in the middle of a write.
        if part == 0 { Err(ErrorKind::StorageFull.into()) } else { self.write_in_part(bytes, part) }
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut fate = self.fate.lock().unwrap();
        if fate.is_dead || (fate.is_bad && fate.dice.u32(0..8) == 0) {
            return Err(ErrorKind::Other.into());
        }
        drop(fate);
        self.paper.cut(length)
    }
}
