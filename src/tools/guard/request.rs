//! A command on its way to a guard: one byte on the control socket, with
//! descriptors: a file in memory that says what is to be run, then those of the
//! command's three that are given. It arrives whole or not at all, whatever its size.

use rustix::{
    fs::MemfdFlags,
    io::Errno,
    net::{
        RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
        SendAncillaryMessage, SendFlags,
    },
};
use std::{
    ffi::{OsStr, OsString},
    fs::File,
    io::{self, IoSlice, IoSliceMut, Write},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, BorrowedFd, OwnedFd},
        unix::{ffi::OsStrExt, fs::FileExt},
    },
    path::Path,
};

/// The byte that a command comes with.
const RUN: u8 = b'r';

/// A program to be run under a guard.
#[derive(Debug, Clone, Copy)]
pub struct Start<'a> {
    /// The program and its arguments. A program without a slash is looked for
    /// in the `PATH` of `environment`, which costs more than a path.
    pub argv: &'a [&'a OsStr],
    /// Where it begins.
    pub folder: &'a Path,
    /// All of its environment, but for the mark that its guard adds.
    pub environment: &'a [(String, String)],
    /// Whether `stdin` is a terminal that is to be the program's own: it leads
    /// a session on it, so that keys interrupt it and its end hangs it up. That
    /// such a program is not there is said on `stderr`, with exit code 127.
    pub is_on_terminal: bool,
    /// What it reads; nothing when absent.
    pub stdin: Option<BorrowedFd<'a>>,
    /// Where it writes; nowhere when absent.
    pub stdout: Option<BorrowedFd<'a>>,
    /// Where it writes its errors; nowhere when absent.
    pub stderr: Option<BorrowedFd<'a>>,
}

impl<'a> Start<'a> {
    /// A program that reads nothing, and that nobody listens to.
    pub(super) const fn silent(argv: &'a [&'a OsStr], folder: &'a Path) -> Self {
        let (stdin, stdout, stderr) = (None, None, None);
        Self { argv, folder, environment: &[], is_on_terminal: false, stdin, stdout, stderr }
    }
}

impl Start<'_> {
    /// Hands this over to the guard at the other end of `control`.
    ///
    /// # Errors
    /// When it can't be put into words, which is `InvalidInput`; when no file
    /// in memory can be made; or when the guard is gone.
    pub(super) fn send(&self, control: BorrowedFd<'_>, mark: &str) -> io::Result<()> {
        let file = rustix::fs::memfd_create("request", MemfdFlags::CLOEXEC)?;
        let mut file = File::from(file);
        file.write_all(&self.text(mark)?)?;
        let given = [self.stdin, self.stdout, self.stderr];
        let handed: Vec<_> = [Some(file.as_fd())].into_iter().chain(given).flatten().collect();
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        // There is room for four.
        let _ = ancillary.push(SendAncillaryMessage::ScmRights(&handed));
        let byte = [IoSlice::new(&[RUN])];
        rustix::net::sendmsg(control, &byte, &mut ancillary, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// Texts that each end with a zero: which of the three are given and
    /// whether the first is its terminal, how many arguments there are, the folder, the arguments, the environment.
    fn text(&self, mark: &str) -> io::Result<Vec<u8>> {
        let given = [
            (self.stdin.is_some(), 'i'),
            (self.stdout.is_some(), 'o'),
            (self.stderr.is_some(), 'e'),
            (self.is_on_terminal, 't'),
        ];
        let given: String =
            given.iter().filter_map(|(is_so, name)| is_so.then_some(*name)).collect();
        let count = self.argv.len().to_string();
        let mut parts =
            vec![given.as_bytes(), count.as_bytes(), self.folder.as_os_str().as_bytes()];
        parts.extend(self.argv.iter().map(|argument| argument.as_bytes()));
        let mark = format!("{}={mark}", super::MARK);
        let variables: Vec<_> =
            self.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        parts.extend(variables.iter().map(String::as_bytes));
        parts.push(mark.as_bytes());
        if parts.iter().any(|part| part.contains(&0)) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it holds a zero byte"));
        }
        let mut text = parts.join(&0);
        text.push(0);
        Ok(text)
    }
}

/// What a guard is to run.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) argv: Vec<OsString>,
    pub(super) folder: OsString,
    pub(super) environment: Vec<(OsString, OsString)>,
    pub(super) is_on_terminal: bool,
    pub(super) stdin: Option<OwnedFd>,
    pub(super) stdout: Option<OwnedFd>,
    pub(super) stderr: Option<OwnedFd>,
}

impl Request {
    /// Waits for the next request; `None` when the program is gone. Orders
    /// that came too late for the command before are passed over.
    ///
    /// # Errors
    /// When the control socket is none, or what comes is no request.
    pub(super) fn receive(control: BorrowedFd<'_>) -> io::Result<Option<Self>> {
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(4))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let mut byte = [0];
            let mut into = [IoSliceMut::new(&mut byte)];
            match rustix::net::recvmsg(control, &mut into, &mut ancillary, RecvFlags::CMSG_CLOEXEC)
            {
                Ok(message) if message.bytes == 0 => return Ok(None),
                Ok(_) if byte == [RUN] => return Self::read(handed(&mut ancillary)).map(Some),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn read(handed: Vec<OwnedFd>) -> io::Result<Self> {
        let mut handed = handed.into_iter();
        let file = File::from(handed.next().ok_or_else(no_request)?);
        let mut text = vec![0; usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?];
        file.read_exact_at(&mut text, 0)?;
        Self::parse(&text, handed).ok_or_else(no_request)
    }

    fn parse(text: &[u8], mut handed: impl Iterator<Item = OwnedFd>) -> Option<Self> {
        let mut parts = text.strip_suffix(&[0])?.split(|byte| *byte == 0).map(OsStr::from_bytes);
        let given = parts.next()?.as_bytes();
        let mut end =
            |name| if given.contains(&name) { handed.next().map(Some) } else { Some(None) };
        let (stdin, stdout, stderr) = (end(b'i')?, end(b'o')?, end(b'e')?);
        let is_on_terminal = given.contains(&b't');
        let count = parts.next()?.to_str()?.parse().ok()?;
        let folder = parts.next()?.to_owned();
        let argv: Vec<_> = parts.by_ref().take(count).map(OsStr::to_owned).collect();
        let environment = parts.filter_map(variable).collect();
        (argv.len() == count).then_some(Self {
            argv,
            folder,
            environment,
            is_on_terminal,
            stdin,
            stdout,
            stderr,
        })
    }
}

fn handed(ancillary: &mut RecvAncillaryBuffer<'_>) -> Vec<OwnedFd> {
    let mut handed = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            handed.extend(descriptors);
        }
    }
    handed
}

fn no_request() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "this is no request")
}

fn variable(text: &OsStr) -> Option<(OsString, OsString)> {
    let text = text.as_bytes();
    let name_ends = memchr::memchr(b'=', text)?;
    let (name, value) = (&text[..name_ends], &text[name_ends + 1..]);
    Some((OsStr::from_bytes(name).to_owned(), OsStr::from_bytes(value).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixStream;

    fn start<'a>(argv: &'a [&'a OsStr], environment: &'a [(String, String)]) -> Start<'a> {
        let folder = Path::new("/a b");
        let (stdin, stdout, stderr) = (None, None, None);
        Start { argv, folder, environment, is_on_terminal: false, stdin, stdout, stderr }
    }

    #[test]
    fn what_is_handed_over_arrives_as_it_was() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let big = "x".repeat(3_000_000);
        let argv =
            [OsStr::new("sh"), OsStr::from_bytes(b"\xff\n"), OsStr::new(&big), OsStr::new("")];
        let environment = [("A".to_owned(), "=b=\n".to_owned()), ("E".to_owned(), String::new())];
        let file = tempfile::tempfile().unwrap();
        let start = Start { stderr: Some(file.as_fd()), ..start(&argv, &environment) };
        start.send(ours.as_fd(), "7").unwrap();
        drop(ours);
        let request = Request::receive(theirs.as_fd()).unwrap().unwrap();
        assert_eq!(request.argv, argv);
        assert_eq!(request.folder, "/a b");
        let expected = [("A", "=b=\n"), ("E", ""), (super::super::MARK, "7")];
        let expected = expected.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        assert_eq!(request.environment, expected);
        let given = [&request.stdin, &request.stdout, &request.stderr].map(Option::is_some);
        assert_eq!(given, [false, false, true]);
        let mut theirs_of_it = File::from(request.stderr.unwrap());
        theirs_of_it.write_all(b"seen").unwrap();
        assert_eq!(file.metadata().unwrap().len(), 4);
        assert!(Request::receive(theirs.as_fd()).unwrap().is_none());
    }

    #[test]
    fn an_order_that_came_too_late_is_passed_over() {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.write_all(b"kft").unwrap();
        start(&[OsStr::new("sh")], &[]).send(ours.as_fd(), "7").unwrap();
        ours.write_all(b"k").unwrap();
        assert_eq!(Request::receive(theirs.as_fd()).unwrap().unwrap().argv, ["sh"]);
    }

    #[test]
    fn a_zero_byte_is_refused_before_anything_is_sent() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let refused = start(&[OsStr::new("a\0b")], &[]).send(ours.as_fd(), "7").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
        drop(ours);
        assert!(Request::receive(theirs.as_fd()).unwrap().is_none());
    }

    #[test]
    fn what_is_no_request_is_refused() {
        let none = || std::iter::empty();
        for text in ["", "\0", "i;1;/;sh;", ";2;/;sh;", ";x;/;sh;", ";1;/;sh"] {
            let text = text.replace(';', "\0");
            assert!(Request::parse(text.as_bytes(), none()).is_none(), "{text:?}");
        }
        assert!(Request::parse(";1;/;sh;".replace(';', "\0").as_bytes(), none()).is_some());
    }
}
