//! Patterns of paths, as a scope has them: `src/**`, `*.md`.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// What these patterns let through; none where there are none. One that is no pattern is
/// the path that it says. A `*` stays inside of a folder, a `**` does not.
pub fn scope(patterns: &[String]) -> Option<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = |it: &str| GlobBuilder::new(it).literal_separator(true).build();
        let glob = glob(pattern).or_else(|_| glob(&globset::escape(pattern)));
        set.add(glob.ok()?);
    }
    set.build().ok().filter(|it| !it.is_empty())
}
