//! When the program breaks: the terminal is given back first, then a report is written and it is said where.

use std::{
    backtrace::Backtrace,
    io::{self, Write},
    panic::PanicHookInfo,
    path::{Path, PathBuf},
    sync::{Mutex, Once},
    time::{SystemTime, UNIX_EPOCH},
};

use super::terminal::give_back;
use crate::{debate::Clean, export::file};

/// The hook is put in once.
static HOOK: Once = Once::new();
/// Where reports go; none are written without a folder.
static FOLDER: Mutex<Option<PathBuf>> = Mutex::new(None);

/// From now on a break gives the terminal back and is reported to this folder.
pub fn watch(folder: Option<PathBuf>) {
    if let Ok(mut place) = FOLDER.lock() {
        *place = folder.or(place.take());
    }
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let guest = std::thread::current().name() == Some(super::GUESTS_THREADS);
            // The message has to land on the normal screen.
            if !guest {
                give_back();
            }
            let folder = FOLDER.try_lock().ok().and_then(|folder| folder.clone());
            match folder.map(|folder| report(&folder, info)) {
                // That guest is gone, and the host's screen is not to be written over.
                _ if guest => {}
                Some(Ok(path)) => {
                    // It may quote a text that was on its way to be cleaned.
                    let what = Clean::new(&info.to_string());
                    // A closed standard error is nobody's concern.
                    let _ = writeln!(
                        io::stderr(),
                        "agon broke, and that is our fault: {what}\nWhat was said is stored (agon open goes back to it). A report for us: {}",
                        path.display()
                    );
                }
                Some(Err(_)) | None if Clean::new(&info.to_string()) == info.to_string().as_str() => before(info),
                Some(Err(_)) | None => drop(writeln!(io::stderr(), "{}", Clean::new(&info.to_string()))),
            }
        }));
    });
}

/// Writes what is needed to mend it. Nothing of what was said is in it.
fn report(folder: &Path, info: &PanicHookInfo<'_>) -> io::Result<PathBuf> {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    file::folder(folder)?;
    let path = folder.join(format!("agon-broke-{at}.txt"));
    let thread = std::thread::current();
    let text = format!(
        "agon {} on {} {}\nthread: {}\n{info}\n\n{}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        thread.name().unwrap_or("?"),
        Backtrace::force_capture()
    );
    file::private().write(true).truncate(true).open(&path)?.write_all(text.as_bytes())?;
    Ok(path)
}
