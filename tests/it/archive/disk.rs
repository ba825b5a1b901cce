//! A disk that fails, tears and forgets when it is told to: a layer below SQLite (a VFS, as SQLite's own tests have it) that hands every
//! call on to the real one.
//!
//! The only unsafe code of this project, and in tests only: SQLite takes its file system as a table of C functions. Each function gets
//! a file that `open` below filled (ours first, the real one right behind it in the same memory, as the size that `layer` told asks for)
//! and calls the same function of the real one with arguments that it doesn't look at.
#![allow(unsafe_code)]

use std::{
    collections::BTreeMap,
    ffi::{CStr, c_char, c_int, c_void},
    path::{Path, PathBuf},
    ptr::null_mut,
    sync::{Arc, Mutex, Once},
};

use rusqlite::ffi::{
    SQLITE_CANTOPEN, SQLITE_FULL, SQLITE_IOERR_DELETE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_LOCK, SQLITE_IOERR_READ, SQLITE_IOERR_SHMMAP,
    SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_WRITE, SQLITE_NOMEM, SQLITE_OK, sqlite3_file, sqlite3_int64, sqlite3_io_methods, sqlite3_vfs,
    sqlite3_vfs_find, sqlite3_vfs_register,
};

use super::steered::Dice;

/// What a call wants of the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    Open,
    Read,
    Write,
    Sync,
    Truncate,
    Delete,
    Lock,
    Share,
}

impl Call {
    /// How it fails: a disk without room, or one that is broken.
    fn error(self, full: bool) -> c_int {
        match self {
            Self::Write if full => SQLITE_FULL,
            Self::Open => SQLITE_CANTOPEN,
            Self::Read => SQLITE_IOERR_READ,
            Self::Write => SQLITE_IOERR_WRITE,
            Self::Sync => SQLITE_IOERR_FSYNC,
            Self::Truncate => SQLITE_IOERR_TRUNCATE,
            Self::Delete => SQLITE_IOERR_DELETE,
            Self::Lock => SQLITE_IOERR_LOCK,
            Self::Share => SQLITE_IOERR_SHMMAP,
        }
    }
}

enum Change {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

/// A file as the disk surely has it, and what it was given since.
#[derive(Default)]
struct Held {
    synced: Vec<u8>,
    since: Vec<Change>,
}

impl Held {
    fn change(bytes: &mut Vec<u8>, change: &Change, keep: usize) {
        match change {
            Change::Write(at, data) => {
                let (at, data) = (*at as usize, &data[..keep.min(data.len())]);
                bytes.resize(bytes.len().max(at + data.len()), 0);
                bytes[at..at + data.len()].copy_from_slice(data);
            }
            Change::Truncate(size) => bytes.truncate(*size as usize),
        }
    }

    fn sync(&mut self) {
        for change in std::mem::take(&mut self.since) {
            Self::change(&mut self.synced, &change, usize::MAX);
        }
    }

    /// After a power cut: of what was not synced each part is there, or isn't, or is there in part.
    fn cut(&self, dice: &mut Dice) -> Vec<u8> {
        let mut bytes = self.synced.clone();
        let all = dice.roll(4);
        for change in &self.since {
            match (all, dice.roll(3)) {
                (0, _) | (2 | 3, 0) => {}
                (1, _) | (_, 1) => Self::change(&mut bytes, change, usize::MAX),
                _ => Self::change(&mut bytes, change, 512 * dice.roll(9)),
            }
        }
        bytes
    }
}

/// The files after a power cut, and what had been acknowledged before it.
pub struct Cut {
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    pub firm: u64,
    pub calls: u64,
}

#[derive(Default)]
struct State {
    calls: u64,
    /// Fails from this call on.
    fails_from: Option<u64>,
    full: bool,
    failed: u64,
    held: BTreeMap<PathBuf, Held>,
    /// One call in so many has a power cut before it.
    cuts: Option<(usize, Dice)>,
    cut: Vec<Cut>,
    firm: u64,
}

/// The disk below one folder.
#[derive(Clone, Default)]
pub struct Disk(Arc<Mutex<State>>);

/// The folders that are watched.
static DISKS: Mutex<Vec<(PathBuf, Disk)>> = Mutex::new(Vec::new());

impl Disk {
    /// Watches what SQLite does below a folder from here on.
    pub fn below(dir: &Path) -> Self {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| assert_eq!(layer(), SQLITE_OK));
        let disk = Self::default();
        DISKS.lock().unwrap().push((dir.to_owned(), disk.clone()));
        disk
    }

    fn of(path: &Path) -> Option<Self> {
        DISKS.lock().unwrap().iter().find(|(dir, _)| path.starts_with(dir)).map(|(_, disk)| disk.clone())
    }

    /// Fails each call from the `nth` after this one on, until it is healed.
    pub fn fail_from(&self, nth: u64, full: bool) {
        let mut state = self.0.lock().unwrap();
        state.fails_from = Some(state.calls + nth);
        state.full = full;
    }

    pub fn heal(&self) {
        self.0.lock().unwrap().fails_from = None;
    }

    /// Calls so far, and calls that failed.
    pub fn calls(&self) -> (u64, u64) {
        let state = self.0.lock().unwrap();
        (state.calls, state.failed)
    }

    /// Cuts the power before about one call in so many, and goes on as if nothing had been.
    pub fn cut_one_in(&self, calls: usize, seed: u64) {
        self.0.lock().unwrap().cuts = Some((calls, Dice(seed)));
    }

    /// So many events were acknowledged as surviving a power cut.
    pub fn acknowledged(&self, firm: u64) {
        self.0.lock().unwrap().firm = firm;
    }

    pub fn cuts(&self) -> Vec<Cut> {
        std::mem::take(&mut self.0.lock().unwrap().cut)
    }

    /// Before a call: how it fails, if it does.
    fn before(&self, call: Call) -> Option<c_int> {
        let mut state = self.0.lock().unwrap();
        let state = &mut *state;
        state.calls += 1;
        if let Some((one_in, dice)) = &mut state.cuts
            && dice.roll(*one_in) == 0
        {
            let files = state.held.iter().map(|(path, held)| (path.clone(), held.cut(dice))).collect();
            state.cut.push(Cut { files, firm: state.firm, calls: state.calls });
        }
        let fails = state.fails_from.is_some_and(|from| state.calls >= from);
        state.failed += u64::from(fails);
        fails.then(|| call.error(state.full))
    }

    /// After a call that went well.
    fn after(&self, path: &Path, done: impl FnOnce(&mut Held)) {
        let mut state = self.0.lock().unwrap();
        if state.cuts.is_some() {
            done(state.held.entry(path.to_owned()).or_default());
        }
    }
}

/// Which file of which disk.
struct Watched {
    disk: Disk,
    path: PathBuf,
}

/// A file of SQLite's: this, and the real one right behind.
#[repr(C)]
struct File {
    base: sqlite3_file,
    watched: *mut Watched,
}

/// The real file behind one of ours.
fn real(file: *mut sqlite3_file) -> *mut sqlite3_file {
    file.wrapping_byte_add(size_of::<File>())
}

fn watched<'a>(file: *mut sqlite3_file) -> Option<&'a Watched> {
    // SAFETY: SQLite gives back what `open` filled, and nobody else writes the pointer before `close`.
    unsafe { (*file.cast::<File>()).watched.as_ref() }
}

/// A call of the real file, where that has it.
macro_rules! hand_on {
    ($file:expr, $call:ident $(, $argument:expr)*) => {
        // SAFETY: the real file was opened by the real file system, and SQLite's own arguments go to it as they came.
        unsafe { (*(*real($file)).pMethods).$call.map_or(SQLITE_OK, |call| call(real($file) $(, $argument)*)) }
    };
}

/// Fails here when the disk is told to.
macro_rules! may_fail {
    ($file:expr, $call:expr) => {
        if let Some(error) = watched($file).and_then(|w| w.disk.before($call)) {
            return error;
        }
    };
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let closed = hand_on!(file, xClose);
    // SAFETY: made by `Box::into_raw` in `open`, and a file is closed once.
    unsafe {
        let watched = std::mem::replace(&mut (*file.cast::<File>()).watched, null_mut());
        if !watched.is_null() {
            drop(Box::from_raw(watched));
        }
    }
    closed
}

unsafe extern "C" fn read(file: *mut sqlite3_file, to: *mut c_void, count: c_int, at: sqlite3_int64) -> c_int {
    may_fail!(file, Call::Read);
    hand_on!(file, xRead, to, count, at)
}

unsafe extern "C" fn write(file: *mut sqlite3_file, from: *const c_void, count: c_int, at: sqlite3_int64) -> c_int {
    if let Some(error) = watched(file).and_then(|w| w.disk.before(Call::Write)) {
        // Half of it is on the disk: a write that fails is torn.
        let _ = hand_on!(file, xWrite, from, count / 2, at);
        return error;
    }
    let done = hand_on!(file, xWrite, from, count, at);
    if let (SQLITE_OK, Some(w)) = (done, watched(file)) {
        // SAFETY: SQLite gives `count` bytes at `from`.
        let data = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), count as usize) };
        w.disk.after(&w.path, |held| held.since.push(Change::Write(at as u64, data.to_vec())));
    }
    done
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: sqlite3_int64) -> c_int {
    may_fail!(file, Call::Truncate);
    let done = hand_on!(file, xTruncate, size);
    if let (SQLITE_OK, Some(w)) = (done, watched(file)) {
        w.disk.after(&w.path, |held| held.since.push(Change::Truncate(size as u64)));
    }
    done
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
    may_fail!(file, Call::Sync);
    let done = hand_on!(file, xSync, flags);
    if let (SQLITE_OK, Some(w)) = (done, watched(file)) {
        w.disk.after(&w.path, Held::sync);
    }
    done
}

unsafe extern "C" fn size(file: *mut sqlite3_file, size: *mut sqlite3_int64) -> c_int {
    hand_on!(file, xFileSize, size)
}

unsafe extern "C" fn lock(file: *mut sqlite3_file, level: c_int) -> c_int {
    may_fail!(file, Call::Lock);
    hand_on!(file, xLock, level)
}

unsafe extern "C" fn unlock(file: *mut sqlite3_file, level: c_int) -> c_int {
    hand_on!(file, xUnlock, level)
}

unsafe extern "C" fn reserved(file: *mut sqlite3_file, out: *mut c_int) -> c_int {
    hand_on!(file, xCheckReservedLock, out)
}

unsafe extern "C" fn control(file: *mut sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    hand_on!(file, xFileControl, what, argument)
}

unsafe extern "C" fn sector(file: *mut sqlite3_file) -> c_int {
    hand_on!(file, xSectorSize)
}

/// None: whatever the real disk keeps whole by itself, this one does not.
unsafe extern "C" fn characteristics(_: *mut sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn shm_map(file: *mut sqlite3_file, page: c_int, size: c_int, extend: c_int, out: *mut *mut c_void) -> c_int {
    may_fail!(file, Call::Share);
    hand_on!(file, xShmMap, page, size, extend, out)
}

unsafe extern "C" fn shm_lock(file: *mut sqlite3_file, offset: c_int, count: c_int, flags: c_int) -> c_int {
    hand_on!(file, xShmLock, offset, count, flags)
}

unsafe extern "C" fn shm_barrier(file: *mut sqlite3_file) {
    // SAFETY: as in `hand_on`.
    unsafe {
        if let Some(call) = (*(*real(file)).pMethods).xShmBarrier {
            call(real(file));
        }
    }
}

unsafe extern "C" fn shm_unmap(file: *mut sqlite3_file, delete: c_int) -> c_int {
    hand_on!(file, xShmUnmap, delete)
}

static METHODS: sqlite3_io_methods = sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// The real file system behind ours.
fn below(vfs: *mut sqlite3_vfs) -> *mut sqlite3_vfs {
    // SAFETY: `layer` put it there, for as long as the process lives.
    unsafe { (*vfs).pAppData.cast() }
}

fn path(name: *const c_char) -> PathBuf {
    // SAFETY: SQLite's file names end with a zero; a temporary file has none.
    if name.is_null() { PathBuf::new() } else { unsafe { PathBuf::from(CStr::from_ptr(name).to_string_lossy().into_owned()) } }
}

unsafe extern "C" fn open(vfs: *mut sqlite3_vfs, name: *const c_char, file: *mut sqlite3_file, flags: c_int, out: *mut c_int) -> c_int {
    let path = path(name);
    let disk = Disk::of(&path);
    // SAFETY: SQLite gives room for as many bytes as `layer` asked for: ours and the real file's.
    unsafe {
        let ours = file.cast::<File>();
        (*ours).watched = null_mut();
        (*ours).base.pMethods = null_mut();
        if let Some(error) = disk.as_ref().and_then(|disk| disk.before(Call::Open)) {
            return error;
        }
        let done = (*below(vfs)).xOpen.map_or(SQLITE_NOMEM, |call| call(below(vfs), name, real(file), flags, out));
        if (*real(file)).pMethods.is_null() {
            return done;
        }
        (*ours).base.pMethods = &METHODS;
        if let Some(disk) = disk {
            // As it stands there: whoever made it before is not asked.
            let there = std::fs::read(&path).unwrap_or_default();
            disk.after(&path, |held| {
                if held.since.is_empty() && held.synced.is_empty() {
                    held.synced = there;
                }
            });
            (*ours).watched = Box::into_raw(Box::new(Watched { disk, path }));
        }
        done
    }
}

unsafe extern "C" fn delete(vfs: *mut sqlite3_vfs, name: *const c_char, sync: c_int) -> c_int {
    let path = path(name);
    let disk = Disk::of(&path);
    if let Some(error) = disk.as_ref().and_then(|disk| disk.before(Call::Delete)) {
        return error;
    }
    // SAFETY: as in `open`.
    let done = unsafe { (*below(vfs)).xDelete.map_or(SQLITE_NOMEM, |call| call(below(vfs), name, sync)) };
    if let Some(disk) = disk {
        disk.0.lock().unwrap().held.remove(&path);
    }
    done
}

/// Puts the layer in front of the real file system, for every file that is opened from here on.
fn layer() -> c_int {
    // SAFETY: SQLite's own table is copied and never changed; ours lives as long as the process.
    unsafe {
        let real = sqlite3_vfs_find(std::ptr::null());
        let vfs = sqlite3_vfs {
            szOsFile: (*real).szOsFile + size_of::<File>() as c_int,
            zName: c"agon-test".as_ptr(),
            pNext: null_mut(),
            pAppData: real.cast(),
            xOpen: Some(open),
            xDelete: Some(delete),
            ..*real
        };
        sqlite3_vfs_register(Box::into_raw(Box::new(vfs)), 1)
    }
}
