//! What happens when tcrm itself is wrong: the terminal comes back first, then the story is told.

use std::backtrace::Backtrace;
use std::fs;
use std::io::{self, Write};
use std::panic::{self, PanicHookInfo};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::modes;

/// Makes a panic restore the terminal, write a report into `dir` and say where it is. Call it once, before
/// the terminal is taken. A panic on a thread that does not hold the terminal leaves the screen alone.
pub fn install_panic_hook(dir: PathBuf) {
    let standard = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let report = report(info, &Backtrace::force_capture());
        let written = write_report(&dir, &report);
        let (held, by_us) = modes::held();
        if held && !by_us {
            return;
        }
        // The panic is what counts now, not whether the terminal was still there.
        let _ = modes::restore();
        standard(info);
        let mut err = io::stderr();
        let _ = match written {
            Ok(path) => writeln!(err, "tcrm met an error of its own. A report is in {}", path.display()),
            Err(error) => writeln!(err, "tcrm met an error of its own. No report could be written: {error}"),
        };
    }));
}

fn report(info: &PanicHookInfo<'_>, backtrace: &Backtrace) -> String {
    let thread = std::thread::current();
    format!(
        "tcrm {} on {} {}\nthread {}\n{info}\n\n{backtrace}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        thread.name().unwrap_or("without name"),
    )
}

/// Writes a report that only the user can read, under a name of its own.
pub(super) fn write_report(dir: &Path, report: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(dir)?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for attempt in 0..100 {
        let path = dir.join(format!("crash-{seconds}-{}-{attempt}.txt", std::process::id()));
        match options.open(&path) {
            Ok(mut file) => return file.write_all(report.as_bytes()).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}
