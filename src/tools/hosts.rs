//! Which hosts commands may reach, and which addresses no name may lead to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where no port is named, these are meant.
const USUAL: [u16; 2] = [443, 80];

/// A host that may be reached, as it stands in the settings: `example.com`,
/// `*.example.com`, `127.0.0.1:8080`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: Name,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    /// This host.
    Exactly(String),
    /// Every host below this one.
    Below(String),
    /// This address, whatever it is.
    Address(IpAddr),
}

impl Host {
    /// Reads one; none where it is no host.
    pub fn read(text: &str) -> Option<Self> {
        if let Ok(address) = bare(text).parse() {
            return Some(Self { name: Name::Address(address), port: None });
        }
        let (name, port) = match text.rsplit_once(':') {
            Some((name, port)) => (name, Some(port.parse().ok().filter(|it| *it > 0)?)),
            None => (text, None),
        };
        let name = match (bare(name).parse(), name.strip_prefix("*.")) {
            (Ok(address), _) => Name::Address(address),
            (_, Some(rest)) => Name::Below(plain(rest).filter(|it| it.contains('.'))?),
            _ => Name::Exactly(plain(name)?),
        };
        Some(Self { name, port })
    }

    fn is(&self, wanted: &str, port: u16) -> bool {
        let is_port = self.port.map_or_else(|| USUAL.contains(&port), |it| it == port);
        is_port
            && match &self.name {
                Name::Exactly(name) => name == wanted,
                Name::Below(name) => {
                    wanted.strip_suffix(name.as_str()).is_some_and(|it| it.ends_with('.'))
                }
                Name::Address(address) => wanted.parse() == Ok(*address),
            }
    }

    /// Whether it is the host of this name, or at this address.
    pub fn is_called(&self, name: &str) -> bool {
        match &self.name {
            Name::Exactly(own) => own == name,
            Name::Below(_) => false,
            Name::Address(address) => name.parse() == Ok(*address),
        }
    }

    /// Whether its own words say that it is on this machine or in this house.
    fn is_near(&self) -> bool {
        match &self.name {
            Name::Address(_) => true,
            Name::Exactly(name) => name == "localhost",
            Name::Below(_) => false,
        }
    }
}

/// Where somebody wants to go, and may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// The host, in small letters.
    pub(super) host: String,
    /// The port.
    pub(super) port: u16,
    /// Whether it may lead to this machine or this house: it was named so.
    pub(super) is_near: bool,
}

/// Whether one of the hosts is at `host:port`.
pub(super) fn may_reach(hosts: &[Host], to: &str) -> bool {
    way(hosts, to).is_some()
}

/// The way to `host:port`, if one of the hosts is that.
pub(super) fn way(hosts: &[Host], to: &str) -> Option<Way> {
    let (host, port) = to.rsplit_once(':')?;
    let port = port.parse().ok()?;
    let host = match bare(host).parse::<IpAddr>() {
        Ok(address) => address.to_string(),
        Err(_) => plain(host)?,
    };
    let rule = hosts.iter().find(|it| it.is(&host, port))?;
    Some(Way { host, port, is_near: rule.is_near() })
}

/// Whether an address is one of the wide world: not this machine, not this
/// house, not the place where a cloud tells its secrets (RFC 6890).
pub(super) fn is_far(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_far_v4(address),
        IpAddr::V6(address) => is_far_v6(address),
    }
}

fn is_far_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (b == 18 || b == 19))
        || (a == 192 && b == 0 && c == 0)
        || (a == 168 && b == 63 && c == 129))
}

fn is_far_v6(address: Ipv6Addr) -> bool {
    let all = address.segments();
    // An address of the fourth version, of which these are the segments.
    let v4 = |at: usize| {
        let [high, low] = [at, at + 1].map(|at| all.get(at).copied().unwrap_or(0).to_be_bytes());
        is_far_v4(Ipv4Addr::from([high[0], high[1], low[0], low[1]]))
    };
    match all {
        // Other ways to write, or to reach, such an address.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => v4(6),
        [0x2002, ..] => v4(1),
        [0x2001, 0xdb8 | 0, ..] => false,
        // Global unicast, the only part of the space that is given out.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

fn bare(address: &str) -> &str {
    address.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(address)
}

/// A name in small letters, without the dot at its end; none where it is none.
fn plain(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let is_label = |it: &str| {
        (1..=63).contains(&it.len())
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_')
    };
    let is_name = name.len() <= 253 && name.split('.').all(is_label);
    // `127.1` and `2130706433` are addresses for some resolvers.
    let is_number =
        name.rsplit('.').next().is_some_and(|it| it.starts_with(|it: char| it.is_ascii_digit()));
    (is_name && !is_number).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(all: &[&str]) -> Vec<Host> {
        all.iter().map(|it| Host::read(it).unwrap()).collect()
    }

    #[test]
    fn a_host_is_reached_as_it_was_named_and_in_no_other_way() {
        let named = hosts(&["crates.io", "*.npmjs.org", "git.example.com:22", "10.0.0.7:8080"]);
        for to in [
            "crates.io:443",
            "CRATES.IO.:443",
            "crates.io:80",
            "registry.npmjs.org:443",
            "git.example.com:22",
            "10.0.0.7:8080",
        ] {
            assert!(way(&named, to).is_some(), "{to}");
        }
        for to in [
            "crates.io:22",
            "evil-crates.io:443",
            "crates.io.evil.com:443",
            "a.crates.io:443",
            "npmjs.org:443",
            "evilnpmjs.org:443",
            "git.example.com:443",
            "10.0.0.8:8080",
            "10.0.0.7:443",
            "crates.io",
            "user@crates.io:443",
            "crates.io/x:443",
            "crates.io\r\nx:443",
            ":443",
        ] {
            assert_eq!(way(&named, to), None, "{to:?}");
        }
    }

    #[test]
    fn what_is_no_host_is_not_read() {
        for text in [
            "",
            "*",
            "*.com",
            "http://x.com",
            "x.com/",
            "x.com:0",
            "x.com:99999",
            "a b",
            "0x7f.1",
            "127.1",
        ] {
            assert_eq!(Host::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn only_one_who_is_named_so_is_near() {
        let named = hosts(&["localhost:3000", "127.0.0.1:1", "[::1]:2", "example.com"]);
        let is_near = |to| way(&named, to).unwrap().is_near;
        assert!(is_near("localhost:3000") && is_near("127.0.0.1:1") && is_near("[::1]:2"));
        assert!(!is_near("example.com:443"));
    }

    #[test]
    fn no_name_leads_to_this_machine_this_house_or_a_clouds_secrets() {
        for near in [
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "64:ff9b:1::1",
            "2001:db8::1",
        ] {
            assert!(!is_far(near.parse().unwrap()), "{near}");
        }
        for far in
            ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
        {
            assert!(is_far(far.parse().unwrap()), "{far}");
        }
    }
}
