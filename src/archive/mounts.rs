//! Whether a folder is shared with other machines. SQLite's write-ahead log needs memory that all its users share, which a
//! network file system can't give, though some say they do.

use std::path::{Path, PathBuf};

/// Kinds of file systems that another machine (or the other side of a virtual one) may write at the same time.
const SHARED: &[&str] = &[
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "drvfs",
    "fuse.glusterfs",
    "fuse.sshfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "ocfs2",
    "prl_fs",
    "smb3",
    "smbfs",
    "vboxsf",
    "vmhgfs",
];

/// Whether the file at `path` lies on such a file system; false where that can't be told.
pub(super) fn is_shared(path: &Path) -> bool {
    if !cfg!(target_os = "linux") {
        return false;
    }
    let (Ok(path), Ok(mounts)) = (path.canonicalize(), std::fs::read_to_string("/proc/self/mounts")) else { return false };
    kind(&mounts, &path).is_some_and(|kind| SHARED.contains(&kind))
}

/// The kind of file system at a path, from a table with a line a mount: device, folder, kind. Later mounts cover earlier ones.
fn kind<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    mounts
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ').skip(1);
            // A blank in the folder's name is written in octal.
            Some((PathBuf::from(words.next()?.replace("\\040", " ")), words.next()?))
        })
        .filter(|(folder, _)| path.starts_with(folder))
        .max_by_key(|(folder, _)| folder.as_os_str().len())
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mount_nearest_to_the_file_counts() {
        let mounts =
            "/dev/vda / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\ntmpfs /home/ada/tmp tmpfs rw 0 0\nC: /mnt/my\\040disk 9p rw 0 0\n";
        for (path, expected) in [
            ("/var/lib/agon", "ext4"),
            ("/home/ada/.local/state", "nfs4"),
            ("/home/ada/tmp/x", "tmpfs"),
            ("/homeless/x", "ext4"),
            ("/mnt/my disk/x", "9p"),
        ] {
            assert_eq!(kind(mounts, Path::new(path)), Some(expected), "{path}");
        }
        assert_eq!(kind("", Path::new("/x")), None);
    }
}
