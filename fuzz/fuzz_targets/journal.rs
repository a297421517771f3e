//! Any bytes as a journal.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::{path::PathBuf, sync::LazyLock};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().unwrap());
static PATH: LazyLock<PathBuf> = LazyLock::new(|| FOLDER.path().join(auteur::journal::FILE));

fuzz_target!(|bytes: &[u8]| auteur::fuzz::journal(&PATH, bytes));
