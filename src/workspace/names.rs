//! What a path's words say, before the kernel is asked.

use std::path::{Component, Path, PathBuf};

/// The path from `root` that `path` names, or where it leads instead. Compares
/// components, never strings: `/w/a-evil` is not inside `/w/a`.
pub(super) fn inside(root: &Path, path: &str) -> Result<PathBuf, PathBuf> {
    if path == "~" || path.starts_with("~/") {
        return Err(PathBuf::from(path));
    }
    let whole = plain(&root.join(path));
    match whole.strip_prefix(root) {
        Ok(inside) => Ok(inside.to_owned()),
        Err(_) => Err(whole),
    }
}

/// Takes `.` and `..` out of an absolute path.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}
