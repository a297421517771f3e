//! A terminal of 200 columns and 50 rows with one of the programs in it, and what
//! the kernel says about its processes.

use super::{
    parts::{naps, spent},
    peers::{Peer, Show},
};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    env, fs,
    io::{Read as _, Write},
    sync::mpsc::{Receiver, channel},
    thread::{sleep, spawn},
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Tells the processes of one stand from all others.
const MARK: &str = "AUTEUR_BENCH_STAND";

/// One program with its panes.
pub(crate) struct Stand {
    peer: Peer,
    show: Show,
    mark: String,
    _master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    _folder: TempDir,
}

impl Stand {
    /// Starts it; none where it can't show its panes so.
    pub(crate) fn start(peer: Peer, commands: &[Vec<String>], show: Show) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let command = peer.command(commands, show, folder.path())?;
        let size = PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mark = folder.path().display().to_string();
        let mut builder = CommandBuilder::new(&command[0]);
        builder.args(&command[1..]);
        builder.cwd(folder.path());
        builder.env_clear();
        builder.env("PATH", env::var_os("PATH").unwrap_or_default());
        builder.env("LANG", "C.UTF-8");
        for name in ["HOME", "XDG_CONFIG_HOME", "AUTEUR_STATE", "SCREENDIR", MARK] {
            builder.env(name, if name == "SCREENDIR" { format!("{mark}/s") } else { mark.clone() });
        }
        fs::create_dir(folder.path().join("s")).unwrap();
        private(&folder.path().join("s"));
        builder.env("TERM", "xterm-256color");
        builder.env("COLORTERM", "truecolor");
        pair.slave.spawn_command(builder).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        let (sender, output) = channel();
        spawn(move || {
            let mut room = vec![0; 64 << 10];
            while let Ok(count @ 1..) = reader.read(&mut room) {
                if sender.send(room[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Some(Self { peer, show, mark, _master: pair.master, writer, output, _folder: folder })
    }

    /// Waits until it has come up, and brings the pane before the eyes.
    pub(crate) fn settle(&mut self, length: Duration) {
        self.drain_for(length / 2);
        for key in self.peer.looks(self.show) {
            self.press(key);
            self.drain_for(length / 4);
        }
        self.drain_for(length / 2);
    }

    pub(crate) fn type_into_first(&mut self) {
        for key in self.peer.types(self.show) {
            self.press(key);
            self.drain_for(Duration::from_millis(700));
        }
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.writer.write_all(keys.as_bytes()).unwrap();
        self.writer.flush().unwrap();
    }

    /// Reads what it draws for so long; how much it was, in bytes.
    pub(crate) fn drain_for(&mut self, length: Duration) -> usize {
        let end = Instant::now() + length;
        let mut sum = 0;
        while let Some(rest) = end.checked_duration_since(Instant::now()) {
            sum += self.output.recv_timeout(rest).map_or(0, |it| it.len());
        }
        sum
    }

    /// Whether this letter is drawn in time. The panes print none like it.
    pub(crate) fn until_drawn(&mut self, letter: char, patience: Duration) -> bool {
        self.until(patience, |drawn| drawn.contains(&(letter as u8)))
    }

    pub(crate) fn until_words(&mut self, words: &str, patience: Duration) -> bool {
        let mut all = Vec::new();
        self.until(patience, |drawn| {
            all.extend_from_slice(drawn);
            all.windows(words.len()).any(|it| it == words.as_bytes())
        })
    }

    fn until(&mut self, patience: Duration, mut holds: impl FnMut(&[u8]) -> bool) -> bool {
        let end = Instant::now() + patience;
        while let Some(rest) = end.checked_duration_since(Instant::now()) {
            if self.output.recv_timeout(rest).is_ok_and(|drawn| holds(&drawn)) {
                return true;
            }
        }
        false
    }

    /// All of its processes, those of the panes, too.
    fn all(&self) -> Vec<String> {
        let mark = format!("{MARK}={}", self.mark);
        let numbers = fs::read_dir("/proc").unwrap().flatten();
        let numbers = numbers.filter_map(|it| it.file_name().into_string().ok());
        let numbers = numbers.filter(|it| it.bytes().all(|it| it.is_ascii_digit()));
        let has_mark = |number: &String| {
            let variables = fs::read(format!("/proc/{number}/environ")).unwrap_or_default();
            variables.split(|it| *it == 0).any(|it| it == mark.as_bytes())
        };
        let (mut all, mut others): (Vec<_>, Vec<_>) = numbers.partition(has_mark);
        // Some don't pass the mark on, but are their parents all the same.
        loop {
            let is_child = |it: &String| parent(it).is_some_and(|it| all.contains(&it));
            let (children, rest): (Vec<_>, Vec<_>) = others.into_iter().partition(is_child);
            others = rest;
            if children.is_empty() {
                return all;
            }
            all.extend(children);
        }
    }

    /// Its own processes, without what runs in its panes.
    fn own(&self) -> Vec<String> {
        let is_pane = |number: &String| {
            let name = fs::read_to_string(format!("/proc/{number}/comm")).unwrap_or_default();
            matches!(name.trim(), "cat" | "sh") || name.starts_with("panes")
        };
        self.all().into_iter().filter(|it| !is_pane(it)).collect()
    }

    /// What its own processes have spent on processors.
    pub(crate) fn cpu(&self) -> Duration {
        self.own().iter().map(|it| spent(it).own).sum()
    }

    /// How often they went to sleep.
    pub(crate) fn naps(&self) -> u64 {
        self.own().iter().map(|it| naps(it)).sum()
    }

    /// Their memory in MB; what they share with others is divided among these.
    pub(crate) fn memory(&self) -> f64 {
        let of = |number: &String| {
            let map = fs::read_to_string(format!("/proc/{number}/smaps_rollup")).ok()?;
            let line = map.lines().find(|it| it.starts_with("Pss:"))?.to_owned();
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        self.own().iter().filter_map(of).sum::<u64>() as f64 / 1024.0
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            let left = self.all();
            if left.is_empty() || Instant::now() > end {
                return;
            }
            for number in left {
                let process = number.parse().ok().and_then(Pid::from_raw);
                // It may have ended with another.
                process.map(|it| kill_process(it, Signal::KILL).ok());
            }
            sleep(Duration::from_millis(20));
        }
    }
}

/// Screen wants a folder that nobody else can look into.
fn private(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

fn parent(number: &str) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1).map(str::to_owned)
}
