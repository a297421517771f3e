//! Which git this is, and what it is good for.

use std::fmt;

/// A version of git: its first two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitVersion(pub u32, pub u32);

impl GitVersion {
    /// The oldest that takes settings from its environment, which is how a
    /// repository's own are overruled. (git 2.31 release notes.)
    pub const LEAST: Self = Self(2, 31);
    /// The oldest that merges without touching any files: `merge-tree
    /// --write-tree`. (git 2.38 release notes.)
    pub const MERGES: Self = Self(2, 38);

    /// Reads `git version 2.47.3`, whatever follows the numbers.
    pub fn parse(said: &str) -> Option<Self> {
        let mut numbers = said.split_whitespace().nth(2)?.split('.').map(str::parse);
        Some(Self(numbers.next()?.ok()?, numbers.next()?.ok()?))
    }
}

impl fmt::Display for GitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vendor_s_version_is_read() {
        let read = |said| GitVersion::parse(said);
        assert_eq!(read("git version 2.47.3"), Some(GitVersion(2, 47)));
        assert_eq!(read("git version 2.39.5 (Apple Git-154)"), Some(GitVersion(2, 39)));
        assert_eq!(read("git version 2.50.0.windows.1"), Some(GitVersion(2, 50)));
        assert_eq!(read("gti: command not found"), None);
        assert!(GitVersion(2, 9) < GitVersion::LEAST && GitVersion::LEAST < GitVersion(3, 0));
    }
}
