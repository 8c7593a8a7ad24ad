//! Where the store lies: on a disk that stays, or on the layer of a container, which goes with it.
//!
//! Reads what Linux says of its mounts; on other systems nothing is said. Called by `daemon`.

use std::path::Path;

/// Whether the store lies on an overlay, as a container's own layer is one.
pub fn is_on_own_layer(store: &Path) -> bool {
    let Ok(mounts) = std::fs::read_to_string("/proc/self/mountinfo") else { return false };
    let absolute = std::path::absolute(store).unwrap_or_else(|_| store.to_owned());
    let folder = absolute.parent().unwrap_or(&absolute);
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    kind(&mounts, &folder).is_some_and(|kind| kind == "overlay")
}

/// The kind of file system that a folder is on, by `/proc/self/mountinfo` (proc(5)): the mount point is
/// the fifth field, the kind the first one behind the lone dash; of equal points the last covers.
fn kind<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let (Some(point), Some(kind)) = (before.split(' ').nth(4), after.split(' ').next()) else {
            continue;
        };
        let point = point.replace("\\040", " ");
        let depth = Path::new(&point).components().count();
        if folder.starts_with(&point) && best.is_none_or(|(deepest, _)| depth >= deepest) {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
21 1 0:20 / / rw,relatime - overlay overlay rw,lowerdir=/l
22 21 0:21 / /proc rw - proc proc rw
23 21 8:1 /vol /var/lib/bongsu rw,relatime shared:1 master:2 - ext4 /dev/sda1 rw
24 21 8:1 / /srv/my\\040data rw - xfs /dev/sdb rw
25 21 0:30 / /mnt rw - ext4 /dev/sdc rw
26 25 0:31 / /mnt rw - overlay overlay rw
not a line of mounts";

    #[test]
    fn a_volume_is_told_from_the_layer_of_the_container() {
        let kind = |folder: &str| kind(MOUNTS, Path::new(folder)).unwrap();
        assert_eq!(kind("/var/lib/bongsu"), "ext4");
        assert_eq!(kind("/var/lib/bongsu/deep/er"), "ext4");
        assert_eq!(kind("/var/lib/bongsu2"), "overlay", "a name that only begins alike");
        assert_eq!(kind("/opt/nonroot"), "overlay");
        assert_eq!(kind("/srv/my data/x"), "xfs");
        assert_eq!(kind("/mnt"), "overlay", "what was mounted over it");
    }
}
