use super::*;
use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
};

const MOST: u64 = 1 << 20;

/// A folder with `a` in it, the workspace, and `outside` and `a-evil` beside it.
fn stage() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in [("a/in.txt", "inside"), ("outside/f", "secret"), ("a-evil/f", "secret")]
    {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let workspace = Workspace::open(&folder.path().join("a")).unwrap();
    (folder, workspace)
}

fn is_outside<T: std::fmt::Debug>(result: &Result<T, WorkspaceError>) -> bool {
    matches!(result, Err(WorkspaceError::Outside { .. }))
}

#[test]
fn a_refusal_names_where_a_link_leads_though_nothing_is_there_yet() {
    let (outside, inside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let place = outside.path().canonicalize().unwrap();
    let link = |target: &Path, name| {
        std::os::unix::fs::symlink(target, inside.path().join(name)).unwrap();
    };
    link(&place, "folder");
    link(&place.join("none"), "dangling");
    let workspace = Workspace::open(inside.path()).unwrap();
    for (path, leads_to) in [("folder/new", "new"), ("dangling", "none"), ("dangling/x", "none/x")]
    {
        let error = workspace.read(path, 100).unwrap_err();
        let WorkspaceError::Outside { resolved, .. } = error else { panic!("{path}: {error}") };
        assert_eq!(resolved, place.join(leads_to), "{path}");
    }
}

#[test]
fn s31_a_path_out_is_refused_and_says_where_it_led() {
    let (folder, workspace) = stage();
    let evil = folder.path().join("a-evil/f").display().to_string();
    let up = "../outside/f";
    for path in [up, "/etc/hosts", "~/x", "b/../../outside/f", &evil, "../a-evil/f", "~"] {
        assert!(is_outside(&workspace.read(path, MOST)), "{path}");
        assert!(is_outside(&workspace.replace(path, b"changed")), "{path}");
        assert!(is_outside(&workspace.entries(path)), "{path}");
    }
    let said = workspace.read(up, MOST).unwrap_err().to_string();
    assert!(said.contains(&folder.path().join("outside/f").display().to_string()), "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("outside/f")).unwrap(), "secret");
}

#[test]
fn a_path_inside_may_be_named_in_any_way() {
    let (_folder, workspace) = stage();
    let whole = workspace.root().join("in.txt").display().to_string();
    for path in ["in.txt", "./in.txt", "b/../in.txt", &whole] {
        assert_eq!(workspace.read(path, MOST).unwrap(), b"inside", "{path}");
    }
}

#[test]
fn s32_a_link_out_leads_nowhere() {
    let (folder, workspace) = stage();
    let root = workspace.root();
    symlink(folder.path().join("outside"), root.join("dir")).unwrap();
    symlink("../outside/f", root.join("file")).unwrap();
    symlink(folder.path().join("outside/new"), root.join("new")).unwrap();
    for path in ["dir/f", "file", "dir"] {
        assert!(is_outside(&workspace.read(path, MOST)), "{path}");
    }
    for path in ["dir/f", "dir/made", "file", "new"] {
        let refused = workspace.replace(path, b"changed");
        assert!(
            matches!(refused, Err(WorkspaceError::Link { .. } | WorkspaceError::Outside { .. })),
            "{path}: {refused:?}"
        );
    }
    let outside: Vec<_> = fs::read_dir(folder.path().join("outside")).unwrap().collect();
    assert_eq!(outside.len(), 1);
    assert_eq!(fs::read_to_string(folder.path().join("outside/f")).unwrap(), "secret");
}

#[test]
fn a_link_inside_is_read_through_but_not_written_through() {
    let (_folder, workspace) = stage();
    symlink("in.txt", workspace.root().join("link")).unwrap();
    assert_eq!(workspace.read("link", MOST).unwrap(), b"inside");
    assert_eq!(workspace.true_name("link").unwrap(), Path::new("in.txt"));
    assert!(matches!(workspace.replace("link", b"x"), Err(WorkspaceError::Link { .. })));
}

#[test]
fn s33_a_flipping_link_is_never_followed_out() {
    let (folder, workspace) = stage();
    let root = workspace.root().to_owned();
    fs::create_dir(root.join("real")).unwrap();
    fs::write(root.join("real/f"), "inside").unwrap();
    symlink("real", root.join("dir")).unwrap();
    symlink("real", root.join("to-real")).unwrap();
    symlink(folder.path().join("outside"), root.join("to-outside")).unwrap();
    let over = AtomicBool::new(false);
    let escapes = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for link in ["to-real", "to-outside"] {
                    let draft = root.join("draft");
                    fs::hard_link(root.join(link), &draft).unwrap();
                    fs::rename(&draft, root.join("dir")).unwrap();
                }
            }
        });
        let mut escapes = 0;
        for _ in 0..20_000 {
            let content = workspace.read("dir/f", MOST).unwrap_or_default();
            escapes += usize::from(content == b"secret");
            escapes += usize::from(workspace.replace("dir/f", b"changed").is_ok());
        }
        over.store(true, Ordering::Relaxed);
        escapes
    });
    assert_eq!(escapes, 0);
    assert_eq!(fs::read_to_string(folder.path().join("outside/f")).unwrap(), "secret");
}

#[test]
fn only_regular_files_are_read() {
    let (_folder, workspace) = stage();
    let root = workspace.root();
    assert!(Command::new("mkfifo").arg(root.join("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
    fs::create_dir(root.join("folder")).unwrap();
    for path in ["pipe", "socket", "folder", ""] {
        let refused = workspace.read(path, MOST);
        assert!(matches!(refused, Err(WorkspaceError::NotAFile { .. })), "{path}: {refused:?}");
        let refused = workspace.replace(path, b"x");
        assert!(matches!(refused, Err(WorkspaceError::NotAFile { .. })), "{path}: {refused:?}");
    }
    for path in ["/proc/self/root/etc/passwd", "/proc/self/fd/0", "/dev/stdin", "/dev/zero"] {
        assert!(is_outside(&workspace.read(path, MOST)), "{path}");
    }
}

#[test]
fn a_magic_link_leads_nowhere() {
    let proc = Workspace::open(Path::new("/proc/self")).unwrap();
    assert!(proc.read("root/etc/passwd", MOST).is_err());
    assert!(proc.read("cwd/Cargo.toml", MOST).is_err());
}

#[test]
fn a_file_too_large_is_not_read() {
    let (_folder, workspace) = stage();
    let sparse = fs::File::create(workspace.root().join("sparse")).unwrap();
    sparse.set_len(1 << 40).unwrap();
    let refused = workspace.read("sparse", MOST);
    assert!(matches!(refused, Err(WorkspaceError::TooLarge { size, .. }) if size == 1 << 40));
}

#[test]
fn s36_a_write_keeps_the_mode_and_leaves_other_names_of_the_file_alone() {
    let (folder, workspace) = stage();
    let (file, other) = (workspace.root().join("in.txt"), folder.path().join("other"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o751)).unwrap();
    fs::hard_link(&file, &other).unwrap();
    workspace.replace("in.txt", b"changed").unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "changed");
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o7777, 0o751);
    assert_eq!(fs::read_to_string(&other).unwrap(), "inside");
    assert_eq!(workspace.entries("").unwrap().len(), 1, "no draft is left");
}

#[test]
fn missing_folders_are_made() {
    let (_folder, workspace) = stage();
    workspace.replace("b/c/d.txt", b"new").unwrap();
    assert_eq!(workspace.read("b/c/d.txt", MOST).unwrap(), b"new");
    assert!(matches!(workspace.read("b/x", MOST), Err(WorkspaceError::Missing { .. })));
}
