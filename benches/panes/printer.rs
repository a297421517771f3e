//! What runs in the panes: this very program, printing lines.

use super::LINE;
use std::{
    env, fs,
    io::Write as _,
    path::Path,
    thread::sleep,
    time::{Duration, Instant},
};

/// What a pane prints.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Load {
    /// So many lines a second.
    Lines(u64),
    /// As much as it is let.
    Flood,
}

/// Lines are printed this often.
const BEAT: Duration = Duration::from_millis(10);

impl Load {
    /// The command that prints it, and says in the folder how much it was.
    pub(crate) fn command(self, folder: &Path) -> Vec<String> {
        let program = env::current_exe().unwrap().display().to_string();
        let rate = match self {
            Self::Lines(rate) => rate,
            Self::Flood => 0,
        };
        vec![program, "print".to_owned(), rate.to_string(), folder.display().to_string()]
    }
}

/// What this process is to print, if that is what it is for.
pub(crate) fn asked() -> Option<(Load, String)> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [word, rate, folder] = words.as_slice() else { return None };
    let rate = rate.parse().ok().filter(|_| word == "print")?;
    Some((if rate == 0 { Load::Flood } else { Load::Lines(rate) }, folder.clone()))
}

/// Prints until nobody reads.
pub(crate) fn print((load, folder): (Load, String)) {
    let mut output = std::io::stdout().lock();
    let mut tally = Tally::new(&folder);
    let start = Instant::now();
    let mut lines = 0;
    loop {
        let due = match load {
            Load::Flood => lines + 256,
            Load::Lines(rate) => rate * start.elapsed().as_millis() as u64 / 1000,
        };
        let text: String = (lines..due).map(line).collect();
        lines = due;
        if output.write_all(text.as_bytes()).and_then(|()| output.flush()).is_err() {
            return;
        }
        tally.add(text.len() as u64);
        if matches!(load, Load::Lines(_)) {
            sleep(BEAT);
        }
    }
}

/// A line of so many bytes as its terminal has it, in lower case.
fn line(number: u64) -> String {
    let text = format!("{number:>8} compiling parser v0.1.0: a line of a log like many others");
    format!("{text:<width$}\n", width = LINE as usize - 2)
}

/// What was printed so far, in a file.
struct Tally {
    file: fs::File,
    sum: u64,
    told: Instant,
}

impl Tally {
    fn new(folder: &str) -> Self {
        let path = Path::new(folder).join(std::process::id().to_string());
        Self { file: fs::File::create(path).unwrap(), sum: 0, told: Instant::now() }
    }

    fn add(&mut self, bytes: u64) {
        use std::os::unix::fs::FileExt as _;
        self.sum += bytes;
        if self.told.elapsed() > Duration::from_millis(50) {
            self.told = Instant::now();
            self.file.write_all_at(&self.sum.to_le_bytes(), 0).ok();
        }
    }
}

/// What all printers of a folder have printed, in bytes as terminals have them.
pub(crate) fn written(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).unwrap().flatten();
    let sums = files.filter_map(|it| fs::read(it.path()).ok()?.try_into().ok());
    sums.map(u64::from_le_bytes).sum::<u64>() * LINE / (LINE - 1)
}
