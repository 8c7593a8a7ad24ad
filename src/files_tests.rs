//! The configuration on a real disk: what is read, what is told of what cannot be.

use std::fs;
use std::path::Path;

use super::{absolute, load, signature};

fn write(folder: &Path, name: &str, text: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder can be made");
    fs::write(&path, text).expect("the file can be written");
    path
}

const WATCH: &str = "[[watch]]\nid = \"a\"\nany = [\"a\"]\n";

#[test]
fn a_tree_is_read_with_its_includes_and_its_secret_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(
        folder.path(),
        "bongsu.toml",
        "include = [\"w*/*.toml\", \"builtin:sources/kr.toml\"]\n[[receiver]]\nid = \"desk\"\n\
         kind = \"slack\"\nurl_file = \"secret/url\"\n",
    );
    write(folder.path(), "watches/a.toml", WATCH);
    write(folder.path(), "watches/.hidden.toml", "not TOML");
    write(folder.path(), "secret/url", "https://hook.example.org/abc\n");
    let loaded = load(Some(&root));
    let errors: Vec<String> = loaded.faults.iter().map(ToString::to_string).collect();
    let settings = loaded.settings.unwrap_or_else(|| panic!("{errors:?}"));
    assert_eq!(settings.watches.len(), 1);
    assert!(settings.sources.iter().any(|source| source.id == "yonhap-en"));
    assert!(settings.receivers.iter().all(|receiver| receiver.enabled));
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let missing = load(Some(&folder.path().join("no-such.toml")));
    let told = missing.faults.first().map(ToString::to_string).unwrap_or_default();
    assert!(missing.settings.is_none());
    assert!(told.contains("no-such.toml") && told.contains("no such file"), "{told}");
    let told = load(Some(folder.path()));
    let told = told.faults.first().map(ToString::to_string).unwrap_or_default();
    assert!(told.contains("it is a folder"), "{told}");
}

#[cfg(unix)]
#[test]
fn only_a_file_that_others_may_read_is_called_exposed() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("a folder");
    let text =
        "[[receiver]]\nid = \"desk\"\nkind = \"slack\"\nurl = \"https://hook.example.org/a\"\n";
    let root = write(folder.path(), "bongsu.toml", text);
    for (mode, exposed) in [(0o600, false), (0o644, true)] {
        fs::set_permissions(&root, fs::Permissions::from_mode(mode)).expect("the mode can be set");
        let faults = load(Some(&root)).faults;
        let told = faults.iter().any(|fault| fault.message.contains("every user of this machine"));
        assert_eq!(told, exposed, "{mode:o}");
    }
}

#[test]
fn the_signature_follows_content_in_any_file_of_the_tree() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(folder.path(), "bongsu.toml", "include = [\"watches/*.toml\"]\n");
    write(folder.path(), "watches/a.toml", WATCH);
    let first = signature(Some(&root));
    write(folder.path(), "watches/a.toml", WATCH);
    assert_eq!(signature(Some(&root)), first, "written again, the same");
    write(folder.path(), "watches/a.toml", &WATCH.replace("[\"a\"]", "[\"b\"]"));
    let second = signature(Some(&root));
    assert_ne!(second, first, "changed");
    write(folder.path(), "watches/b.toml", "");
    assert_ne!(signature(Some(&root)), second, "added");
}

#[test]
fn includes_in_a_circle_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = write(folder.path(), "a.toml", "include = [\"b.toml\"]\n");
    write(folder.path(), "b.toml", "include = [\"a.toml\"]\n");
    let loaded = load(Some(&root));
    assert!(loaded.faults.iter().any(|fault| fault.message.contains("leads back")));
}

#[test]
fn a_path_is_told_from_the_root_without_dots_that_lead_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = fs::canonicalize(folder.path()).expect("it is there");
    write(&root, "real/deep/x.toml", "");
    write(&root, "y.toml", "");
    assert_eq!(absolute(&root.join("./real/../y.toml")), root.join("y.toml"));
    assert_eq!(absolute(&root.join("none/../none.toml")), root.join("none.toml"));
    assert!(absolute(Path::new("x.toml")).is_absolute());
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(root.join("real/deep"), root.join("link")).expect("a link");
        write(&root, "real/z.toml", "");
        let through = root.join("link/../z.toml");
        assert_eq!(absolute(&through), through, "without the dots it would be another file");
    }
}
