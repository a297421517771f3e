//! A guard holds itself, before it takes a command: all that it starts is held
//! to the same, and nothing can be taken back.

use super::restraint::{Quota, Words};
use landlock::{
    ABI, Access as _, AccessFs, AccessNet, CompatLevel, Compatible as _, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit, geteuid, getrlimit, getuid, setrlimit};
use rustix::thread::{CapabilitySet, CapabilitySets, set_capabilities};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Compare,
    SeccompCondition as Condition, SeccompFilter, SeccompRule, TargetArch,
};
use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// Devices that a command may write to: no terminal but its own.
const DEVICES: [&str; 6] =
    ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"];

/// System calls that no command of an agent needs: they reach what no sandbox
/// divides (keys of the session), or are the kernel's thinnest ice.
const REFUSED: [i64; 19] = [
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_open_by_handle_at,
    libc::SYS_kexec_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_settimeofday,
];
/// Types into a terminal as if its user had.
const TIOCSTI: u64 = 0x5412;
/// The same on a console, by way of its selection.
const TIOCLINUX: u64 = 0x541c;
/// On x86-64 each system call can be made in a second way, by this bit.
const X32: i64 = 0x4000_0000;

/// Holds this process to what it was told. Says what could not be done that the
/// sandbox can do without; it is empty where all could.
///
/// # Errors
/// When something else could not be done: then no command may be taken.
pub(super) fn restrain(words: &Words) -> io::Result<String> {
    limit(&words.quota, words.is_alone)?;
    // Nothing that it starts can look into it or drive it.
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    let mut lacks = String::new();
    if let Some(writable) = &words.writable {
        lacks = enclose(writable, words.is_offline)?;
    } else if words.is_alone && !words.is_offline {
        keep_from_abstract_sockets();
    }
    if words.is_alone || words.writable.is_some() {
        refuse_calls(words)?;
        // Root can look into other processes without being asked, and more. No
        // program gives anything back, now that none may gain privileges.
        let none = CapabilitySet::empty();
        set_capabilities(
            None,
            CapabilitySets { effective: none, permitted: none, inheritable: none },
        )?;
    }
    Ok(lacks)
}

fn limit(quota: &Quota, is_alone: bool) -> io::Result<()> {
    // Without a table of its own, every process of the user counts; but the kernel
    // holds root to nothing, and then the guard counts.
    let others = || if is_alone { 0 } else { threads_of_user() };
    let is_counted = is_alone || !geteuid().is_root();
    let processes = quota.processes.filter(|_| is_counted);
    let limits = [
        (Resource::Data, quota.memory),
        (Resource::Nproc, processes.map(|most| most.saturating_add(others()))),
        (Resource::Fsize, quota.file),
        (Resource::Nofile, quota.open_files),
        (Resource::Core, Some(0)),
    ];
    for (resource, most) in limits {
        let Some(most) = most else { continue };
        let most = getrlimit(resource).maximum.map_or(most, |hard| hard.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

fn threads_of_user() -> u64 {
    let me = getuid().as_raw();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mine = processes.filter(|it| it.metadata().is_ok_and(|about| about.uid() == me));
    mine.map(|it| fs::read_dir(it.path().join("task")).map_or(0, Iterator::count) as u64).sum()
}

/// Landlock: writes only there, no TCP without a network, no signal and no
/// abstract socket out of it. A kernel that knows no truncation is too old, one
/// that knows no scopes is not.
fn enclose(writable: &[PathBuf], is_offline: bool) -> io::Result<String> {
    let write = AccessFs::from_write(ABI::V3);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::HardRequirement)
        .handle_access(write)
        .map_err(io::Error::other)?
        .set_compatibility(CompatLevel::BestEffort);
    if is_offline {
        rules = rules.handle_access(AccessNet::from_all(ABI::V4)).map_err(io::Error::other)?;
    }
    let rules = rules.scope(Scope::from_all(ABI::V6)).map_err(io::Error::other)?;
    let devices = DEVICES.iter().map(Path::new);
    let places = writable.iter().map(PathBuf::as_path).chain(devices);
    let held = rules
        .create()
        .and_then(|it| it.add_rules(path_beneath_rules(places, write)))
        .and_then(landlock::RulesetCreated::restrict_self)
        .map_err(io::Error::other)?;
    Ok(match held.ruleset {
        RulesetStatus::FullyEnforced => String::new(),
        _ => "this kernel's Landlock does not hold signals".to_owned(),
    })
}

/// A network that is shared has everybody's abstract sockets; those of a screen
/// or a bus are no business of an agent. A kernel that can't do it leaves them.
fn keep_from_abstract_sockets() {
    let rules = Ruleset::default().set_compatibility(CompatLevel::BestEffort);
    let scoped = rules.scope(Scope::AbstractUnixSocket).and_then(Ruleset::create);
    drop(scoped.and_then(landlock::RulesetCreated::restrict_self));
}

fn refuse_calls(words: &Words) -> io::Result<()> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    // In a network of its own a socket leads nowhere. Without one, that is up to
    // this: sockets of the file system are refused, too, since Landlock does not
    // know them.
    let families: &[i32] = match (words.is_alone, words.is_offline) {
        (false, true) => &[],
        _ => &[libc::AF_UNIX, libc::AF_INET, libc::AF_INET6, libc::AF_NETLINK],
    };
    let strange: Result<Vec<Condition>, _> =
        families.iter().map(|it| is(0, Compare::Ne, u64::from(it.unsigned_abs()))).collect();
    let strange = strange?;
    let socket = if strange.is_empty() {
        Vec::new()
    } else {
        vec![SeccompRule::new(strange).map_err(io::Error::other)?]
    };
    rules.insert(libc::SYS_socket, socket);
    let typing = [TIOCSTI, TIOCLINUX].map(|order| {
        let is_so = is(1, Compare::Eq, order)?;
        SeccompRule::new(vec![is_so]).map_err(io::Error::other)
    });
    rules.insert(libc::SYS_ioctl, typing.into_iter().collect::<io::Result<_>>()?);
    if cfg!(target_arch = "x86_64") {
        let twice: Vec<_> = rules.iter().map(|(call, rules)| (call | X32, rules.clone())).collect();
        rules.extend(twice);
    }
    let refused = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let machine = TargetArch::try_from(std::env::consts::ARCH).map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refused, machine);
    let program: Result<BpfProgram, _> = filter.map_err(io::Error::other)?.try_into();
    seccompiler::apply_filter(&program.map_err(io::Error::other)?).map_err(io::Error::other)
}

fn is(argument: u8, so: Compare, value: u64) -> io::Result<Condition> {
    Condition::new(argument, Length::Dword, so, value).map_err(io::Error::other)
}
