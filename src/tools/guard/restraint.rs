//! What a guard and its commands are held to, and the words in which a guard
//! that starts is told so.

use super::door;
use crate::{
    model::Network,
    tools::{hosts::Host, policy::Confinement},
    workspace::Bounds,
};
use std::{
    ffi::{OsStr, OsString},
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

/// What the words begin with, among a guard's arguments.
pub(super) const RESTRAINED: &str = "restrained";

/// Where programs look for a proxy.
const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
/// What is reached without one: the sandbox's own servers, unless a host that may be
/// reached is called the same. Then that one is meant.
const NEAR: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// What a guard and all its commands are held to, for as long as it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restraint {
    /// What holds them.
    pub by: Holder,
    /// What they may touch.
    pub bounds: Bounds,
    /// How much they may take.
    pub quota: Quota,
}

/// What holds a guard inside its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// Nothing; the quota holds all the same.
    Nobody,
    /// The kernel's Landlock and a filter of system calls, both asked for by the
    /// guard itself.
    Landlock,
    /// This program, bubblewrap.
    Bubblewrap(PathBuf),
}

/// How much a command may take of the machine; none is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    /// Memory of each process, in bytes.
    pub memory: Option<u64>,
    /// Processes and threads, all together.
    pub processes: Option<u64>,
    /// The size of each file that is written, in bytes.
    pub file: Option<u64>,
    /// Open files of each process.
    pub open_files: Option<u64>,
}

/// What a guard does to itself before it takes a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) quota: Quota,
    /// There is no network.
    pub(super) is_offline: bool,
    /// It opens a door to some hosts.
    pub(super) has_door: bool,
    /// It has process numbers of its own, so all it sees is below it.
    pub(super) is_alone: bool,
    /// Landlock is to hold it: it may write only here.
    pub(super) writable: Option<Vec<PathBuf>>,
}

impl Holder {
    /// How the policy is to take it: only what bubblewrap holds is held whole.
    pub const fn confinement(&self) -> Confinement {
        match self {
            Self::Bubblewrap(_) => Confinement::Sandboxed,
            Self::Landlock | Self::Nobody => Confinement::Open,
        }
    }
}

impl Restraint {
    /// How the policy is to take it.
    pub const fn confinement(&self) -> Confinement {
        self.by.confinement()
    }

    /// The hosts that are reached through a door: only where there is a network
    /// of the sandbox's own to put it in.
    pub fn hosts(&self) -> Option<&[String]> {
        match (&self.by, &self.bounds.network) {
            (Holder::Bubblewrap(_), Network::Hosts(hosts)) => Some(hosts),
            _ => None,
        }
    }

    /// As arguments of the guard.
    pub(super) fn words(&self) -> Vec<OsString> {
        let Quota { memory, processes, file, open_files } = self.quota;
        let numbers = [
            ("memory=", memory),
            ("processes=", processes),
            ("file=", file),
            ("open-files=", open_files),
        ];
        let mut words = vec![OsString::from(RESTRAINED)];
        words.extend(
            numbers.iter().filter_map(|(name, most)| {
                most.map(|most| OsString::from(format!("{name}{most}")))
            }),
        );
        let is_enclosed = self.by != Holder::Nobody;
        if is_enclosed && self.bounds.network != Network::On {
            words.push("offline".into());
        }
        match self.by {
            Holder::Nobody => {}
            Holder::Bubblewrap(_) => {
                words.push("alone".into());
                words.extend(self.hosts().map(|_| "door".into()));
            }
            Holder::Landlock => {
                words.push("landlock".into());
                let Bounds { writable, tmp, cache, .. } = &self.bounds;
                for path in writable.iter().chain([tmp, cache]) {
                    let mut word = OsString::from("write=");
                    word.push(path);
                    words.push(word);
                }
            }
        }
        words
    }

    /// The environment of its commands, with what belongs inside the sandbox.
    /// What leads to a place that may be written stays as it is.
    pub fn environment(&self, environment: Vec<(String, String)>) -> Vec<(String, String)> {
        if self.by == Holder::Nobody {
            return environment;
        }
        let tmp = match self.by {
            Holder::Bubblewrap(_) => PathBuf::from("/tmp"),
            _ => self.bounds.tmp.clone(),
        };
        let cache = &self.bounds.cache;
        let own = [
            ("TMPDIR", tmp),
            ("XDG_CACHE_HOME", cache.clone()),
            ("npm_config_cache", cache.join("npm")),
        ];
        let hosts = self.hosts();
        let door = hosts.map(|_| format!("http://{}:{}", door::PLACE.0, door::PLACE.1));
        let is_inside = |value: &str| {
            let mut folders = self.bounds.writable.iter().chain([&self.bounds.tmp]);
            folders.any(|it| Path::new(value).starts_with(it))
        };
        let mut all = environment;
        for (name, path) in own {
            all.retain(|(its, value)| its != name || is_inside(value));
            // What is no text can't be told; the command finds its own way then.
            if let Some(path) = path.to_str().filter(|_| all.iter().all(|(its, _)| its != name)) {
                all.push((name.to_owned(), path.to_owned()));
            }
        }
        if let Some(door) = door {
            all.retain(|(name, _)| !PROXIES.contains(&name.as_str()));
            all.extend(PROXIES.iter().map(|name| ((*name).to_owned(), door.clone())));
            let named = hosts.unwrap_or_default().iter().filter_map(|it| Host::read(it));
            let named: Vec<Host> = named.collect();
            let is_own = |near: &&str| !named.iter().any(|it| it.is_called(near));
            let near: Vec<&str> = NEAR.into_iter().filter(is_own).collect();
            all.extend(["NO_PROXY", "no_proxy"].map(|it| (it.to_owned(), near.join(","))));
        }
        all
    }
}

impl Words {
    /// Reads a guard's arguments; none where one of them is no word.
    pub(super) fn read(arguments: impl Iterator<Item = OsString>) -> Option<Self> {
        let mut words = Self::default();
        for argument in arguments {
            let text = argument.as_bytes();
            let number = |name: &str| text.strip_prefix(name.as_bytes()).map(number);
            if let Some(most) = number("memory=") {
                words.quota.memory = Some(most?);
            } else if let Some(most) = number("processes=") {
                words.quota.processes = Some(most?);
            } else if let Some(most) = number("file=") {
                words.quota.file = Some(most?);
            } else if let Some(most) = number("open-files=") {
                words.quota.open_files = Some(most?);
            } else if let Some(path) = text.strip_prefix(b"write=") {
                words
                    .writable
                    .get_or_insert_default()
                    .push(OsString::from_vec(path.to_vec()).into());
            } else {
                match argument.to_str()? {
                    "offline" => words.is_offline = true,
                    "alone" => words.is_alone = true,
                    "door" => words.has_door = true,
                    "landlock" => drop(words.writable.get_or_insert_default()),
                    _ => return None,
                }
            }
        }
        Some(words)
    }
}

fn number(text: &[u8]) -> Option<u64> {
    OsStr::from_bytes(text).to_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn restraint(by: Holder, network: Network) -> Restraint {
        let bounds = Bounds {
            writable: vec!["/w".into(), OsString::from_vec(b"/\xff".to_vec()).into()],
            tmp: "/t".into(),
            cache: "/c".into(),
            network,
            ..Bounds::default()
        };
        let quota = Quota { memory: Some(1), file: Some(2), ..Quota::default() };
        Restraint { by, bounds, quota }
    }

    #[test]
    fn what_is_near_is_the_sandboxs_own_unless_a_host_is_named_so() {
        let around = |hosts: &[&str]| {
            let hosts = Network::Hosts(hosts.iter().map(|it| (*it).to_owned()).collect());
            let environment =
                restraint(Holder::Bubblewrap("/bwrap".into()), hosts).environment(Vec::new());
            environment.into_iter().find(|(name, _)| name == "NO_PROXY").unwrap().1
        };
        assert_eq!(around(&["example.com"]), "localhost,127.0.0.1,::1");
        assert_eq!(around(&["127.0.0.1:8080"]), "localhost,::1");
        assert_eq!(around(&["localhost:1", "[::1]:2"]), "127.0.0.1");
    }

    #[test]
    fn a_guard_is_told_what_it_is_held_to() {
        let words = restraint(Holder::Landlock, Network::Off).words();
        let told = Words::read(words.into_iter().skip(1)).unwrap();
        let writable =
            ["/w".into(), OsString::from_vec(b"/\xff".to_vec()), "/t".into(), "/c".into()];
        assert_eq!(
            told,
            Words {
                quota: Quota { memory: Some(1), file: Some(2), ..Quota::default() },
                is_offline: true,
                has_door: false,
                is_alone: false,
                writable: Some(writable.map(PathBuf::from).to_vec()),
            }
        );
        let words = restraint(Holder::Bubblewrap("/bwrap".into()), Network::On).words();
        let told = Words::read(words.into_iter().skip(1)).unwrap();
        assert!(told.is_alone && !told.is_offline && told.writable.is_none());
    }

    #[test]
    fn what_is_no_word_is_not_passed_over() {
        for wrong in ["ofline", "memory=", "memory=-1", "processes=many"] {
            assert_eq!(Words::read([OsString::from(wrong)].into_iter()), None, "{wrong}");
        }
    }

    #[test]
    fn temporary_files_and_caches_have_their_place_in_the_sandbox() {
        let ours = vec![("TMPDIR".to_owned(), "/x".to_owned()), ("A".to_owned(), "a".to_owned())];
        let inside = restraint(Holder::Bubblewrap("/bwrap".into()), Network::Off);
        let environment = inside.environment(ours.clone());
        let of = |name: &str| environment.iter().filter(|it| it.0 == name).collect::<Vec<_>>();
        assert_eq!(of("TMPDIR"), [&("TMPDIR".to_owned(), "/tmp".to_owned())]);
        assert_eq!(of("A").len(), 1);
        let inside_already = vec![("TMPDIR".to_owned(), "/w/tmp".to_owned())];
        let environment = inside.environment(inside_already.clone());
        assert!(environment.starts_with(&inside_already), "{environment:?}");
        assert_eq!(restraint(Holder::Nobody, Network::On).environment(ours.clone()), ours);
    }
}
