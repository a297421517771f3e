//! Hears of every process that is made on this machine, where the kernel tells: so
//! a guard that has to count wakes up when there may be more, and at no other time.
//!
//! The kernel's process events connector, which it opens to root alone, and not in a
//! sandbox. Source: <https://docs.kernel.org/driver-api/connector.html>, and
//! `include/uapi/linux/cn_proc.h`.

use rustix::{
    io::Errno,
    net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind,
        netlink::{CONNECTOR, SocketAddrNetlink},
        recv, send, socket_with,
    },
    process::getpid,
};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The connector of process events, and its group (`CN_IDX_PROC`, `CN_VAL_PROC`).
const PROCESSES: u32 = 1;
/// `PROC_CN_MCAST_LISTEN`.
const LISTEN: u32 = 1;
/// `NLMSG_DONE`, which every message of a connector is.
const DONE: u16 = 3;
/// What stands before an event: the heads of `nlmsghdr` and `cn_msg`.
const HEADS: usize = 16 + 20;
/// No event is longer.
const LONGEST: usize = 256;

/// A place where new processes are heard of.
#[derive(Debug)]
pub(super) struct Forks(OwnedFd);

impl Forks {
    /// Listens; none where the kernel does not say that it will tell.
    pub(super) fn listen() -> Option<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let netlink = AddressFamily::NETLINK;
        let socket = socket_with(netlink, SocketType::DGRAM, flags, Some(CONNECTOR)).ok()?;
        bind(&socket, &SocketAddrNetlink::new(0, PROCESSES)).ok()?;
        let own = getpid().as_raw_nonzero().get().cast_unsigned();
        let asked = request(own);
        send(&socket, &asked, SendFlags::empty()).ok()?;
        let forks = Self(socket);
        forks.is_promised(own).then_some(forks)
    }

    /// Whether the kernel has answered that it tells us. It answers before the
    /// question is sent, among the events of others.
    fn is_promised(&self, own: u32) -> bool {
        let mut event = [0; LONGEST];
        while let Ok((_, length)) = recv(&self.0, &mut event, RecvFlags::empty()) {
            let word = |at: usize| event.get(at..at + 4)?.try_into().ok().map(u32::from_ne_bytes);
            // An event acknowledges nothing.
            let acknowledged = word(HEADS - 8).filter(|_| length >= HEADS + 20);
            if acknowledged == Some(own + 1) && word(HEADS) == Some(0) {
                return word(HEADS + 16) == Some(0);
            }
        }
        false
    }

    /// Hears all there is to hear; whether it was anything. What was too much to be
    /// kept was something.
    pub(super) fn hear(&self) -> bool {
        let (mut event, mut is_any) = ([0; LONGEST], false);
        loop {
            match recv(&self.0, &mut event, RecvFlags::empty()) {
                Ok(_) | Err(Errno::NOBUFS | Errno::INTR) => is_any = true,
                Err(_) => return is_any,
            }
        }
    }
}

impl AsFd for Forks {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Asks for all events, as every kernel understands it, under a number: the answer
/// bears the next one.
fn request(number: u32) -> Vec<u8> {
    let length = u32::try_from(HEADS + 4).unwrap_or_default();
    let mut all = Vec::with_capacity(HEADS + 4);
    // struct nlmsghdr: length, type, flags, sequence, port
    all.extend(length.to_ne_bytes());
    all.extend(DONE.to_ne_bytes());
    all.extend(0_u16.to_ne_bytes());
    all.extend([0_u32, number].map(u32::to_ne_bytes).concat());
    // struct cn_msg: index, value, sequence, acknowledged, length, flags
    all.extend([PROCESSES, PROCESSES, 0, number].map(u32::to_ne_bytes).concat());
    all.extend([4_u16, 0].map(u16::to_ne_bytes).concat());
    all.extend(LISTEN.to_ne_bytes());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_told_of_processes_hears_of_a_new_one() {
        // Without leave to listen there is nothing to be heard, and nobody does.
        let Some(forks) = Forks::listen() else { return };
        forks.hear();
        std::process::Command::new("true").status().unwrap();
        assert!(forks.hear(), "a process was made");
    }
}
