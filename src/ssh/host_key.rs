//! The key by which a host is known: made once, kept where nobody else can read it.

use std::{fs, io::Write, path::Path};

use russh::keys::{Algorithm, PrivateKey, key::safe_rng, ssh_key::LineEnding};

use super::SshError;
use crate::export::file::folder;

/// The key of this file; made where there is none.
pub fn of(path: &Path) -> Result<PrivateKey, SshError> {
    let failed = |what: &'static str| move |why: String| SshError::HostKey { path: path.display().to_string(), what, why };
    match fs::read(path) {
        Ok(_) if is_open(path) => {
            Err(failed("used")("others can read it, so it is no secret any more; chmod 600, or remove it for a new one".to_owned()))
        }
        Ok(bytes) => PrivateKey::from_openssh(bytes).map_err(|e| failed("read")(e.to_string())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let key = PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).map_err(|e| failed("made")(e.to_string()))?;
            let text = key.to_openssh(LineEnding::LF).map_err(|e| failed("made")(e.to_string()))?;
            keep(path, text.as_bytes()).map_err(|e| failed("kept")(e.to_string()))?;
            Ok(key)
        }
        Err(e) => Err(failed("read")(e.to_string())),
    }
}

/// Written whole or not at all, and never over another.
fn keep(path: &Path, text: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = path.parent() {
        folder(parent)?;
    }
    let parent = path.parent().unwrap_or(Path::new("."));
    // Only its owner can read a temporary file.
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    file.write_all(text)?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map(drop).map_err(|e| e.error)
}

/// Whether others than its owner can read a file.
#[cfg(unix)]
fn is_open(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0)
}

/// Told by no mode here; the state folder is the person's own.
#[cfg(not(unix))]
fn is_open(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::file::private;

    #[test]
    fn a_host_is_known_by_the_same_key_the_next_time_and_nobody_else_can_read_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/host_key");
        let first = of(&path).unwrap();
        assert_eq!(of(&path).unwrap().public_key(), first.public_key());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            assert!(of(&path).unwrap_err().to_string().contains("chmod 600"));
        }
    }

    #[test]
    fn a_file_that_is_no_key_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("host_key");
        private().write(true).open(&path).unwrap().write_all(b"rubbish").unwrap();
        assert!(of(&path).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"rubbish");
    }
}
