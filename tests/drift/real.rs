//! Sessions of other tools, as people had them: translated to journals, and watched.

use crate::{Told, Watched};
use auteur::{interop::Foreign, journal::Reader, llm::PriceTable, model::Event};
use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The samples are not a part of the project.
fn samples() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures/samples");
    let folder = env::var_os("AUTEUR_TEST_SAMPLES").map_or_else(beside, PathBuf::from);
    folder.join("EXPECTED.json").is_file().then_some(folder)
}

pub(super) fn are_there() -> bool {
    samples().is_some()
}

/// Those that can be read, each watched to its end.
pub(super) fn sessions() -> Vec<Watched> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/interop");
    let mut files = Vec::new();
    for folder in [Some(own), samples()].into_iter().flatten() {
        let mut found = Vec::new();
        below(&folder, &mut found);
        found.sort();
        files.extend(found.into_iter().map(|it| (folder.clone(), it)));
    }
    files.iter().filter_map(|(folder, path)| watched(folder, path)).collect()
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn watched(folder: &Path, path: &Path) -> Option<Watched> {
    let log = Foreign::open(path).ok()??;
    let scratch = tempfile::tempdir().unwrap();
    let reader: Reader = log.translate(&Arc::new(PriceTable::embedded()), scratch.path()).ok()?;
    let mut told = Told::default();
    for (_, record) in reader.after(0, None, usize::MAX) {
        // What another version's watches have seen is not taken over.
        if !matches!(record.event, Event::Drifted { .. }) {
            told.tell(record.event, record.at);
        }
    }
    let calls: usize = told.stage.agents().map(|it| it.trail.moves().len()).sum();
    let name = path.strip_prefix(folder).unwrap().display().to_string();
    let drifts = BTreeMap::new();
    (calls > 0).then_some(Watched { name, drifts, seen: told.seen, is_real: true })
}
