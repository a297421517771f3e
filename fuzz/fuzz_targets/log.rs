//! Any bytes as a log of another tool's.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::{path::PathBuf, sync::LazyLock};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().unwrap());
static PATH: LazyLock<PathBuf> = LazyLock::new(|| FOLDER.path().join("log"));

fuzz_target!(|bytes: &[u8]| auteur::fuzz::log(&PATH, bytes));
