//! The door of a sandbox that some hosts can be reached from: a place to connect
//! to, opened by the guard in the network of its sandbox, and handed out to us,
//! who stand in the world's. See [`crate::tools::proxy`].

use crate::tools::{hosts::Host, proxy};
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use std::{
    io::{self, IoSlice, IoSliceMut},
    mem::MaybeUninit,
    net::{Ipv4Addr, TcpListener},
    os::fd::{AsFd, BorrowedFd},
    sync::Arc,
};
use tokio::{
    io::{AsyncReadExt as _, Interest},
    net::UnixStream,
};

/// Where it is, in the sandbox.
pub(super) const PLACE: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 3128);
/// The byte that it comes with.
const DOOR: u8 = b'd';

/// Opens it, and hands it out through this socket.
///
/// # Errors
/// When there is no network of our own, or nobody at the other end.
pub(super) fn hand_out(to: BorrowedFd<'_>) -> io::Result<()> {
    let door = TcpListener::bind(PLACE)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let handed = [door.as_fd()];
    // There is room for one.
    let _ = ancillary.push(SendAncillaryMessage::ScmRights(&handed));
    rustix::net::sendmsg(to, &[IoSlice::new(&[DOOR])], &mut ancillary, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Waits for the door, and answers at it until the guard has ended.
pub(super) async fn answer(mut guard: UnixStream, hosts: Arc<[Host]>) {
    let received = loop {
        if guard.readable().await.is_err() {
            return;
        }
        match guard.try_io(Interest::READABLE, || receive(guard.as_fd())) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            received => break received,
        }
    };
    // A guard that never opened one has complained elsewhere, or is gone.
    let Ok(Some(door)) = received else { return };
    let door = door.set_nonblocking(true).and_then(|()| tokio::net::TcpListener::from_std(door));
    let Ok(door) = door else { return };
    let mut rest = [0; 64];
    let ended = async { while guard.read(&mut rest).await.is_ok_and(|count| count > 0) {} };
    tokio::select! {
        () = proxy::serve(door, hosts) => {}
        () = ended => {}
    }
}

fn receive(from: BorrowedFd<'_>) -> io::Result<Option<TcpListener>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let mut into = [IoSliceMut::new(&mut byte)];
    rustix::net::recvmsg(from, &mut into, &mut ancillary, RecvFlags::CMSG_CLOEXEC)?;
    let handed = ancillary.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    Ok(handed.map(TcpListener::from))
}
