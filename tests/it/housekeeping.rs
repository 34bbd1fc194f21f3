//! Rules about files rather than code: size, headers, and nothing that ties the repository to one machine.

use std::fs;
use std::path::{Path, PathBuf};

const LONGEST_FILE: usize = 400;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the repository, less what `.gitignore` names and git's own.
fn files() -> Vec<PathBuf> {
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let mut skipped: Vec<PathBuf> = ignored.lines().map(|line| root().join(line.trim_matches('/'))).collect();
    skipped.push(root().join(".git"));
    let mut files = Vec::new();
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match () {
                () if skipped.contains(&path) => {}
                () if path.is_dir() => folders.push(path),
                () => files.push(path),
            }
        }
    }
    files
}

/// The text files that `wanted` accepts, each with its text.
fn texts(wanted: impl Fn(&Path) -> bool) -> Vec<(PathBuf, String)> {
    files()
        .into_iter()
        .filter(|file| wanted(file))
        .filter_map(|file| fs::read_to_string(&file).ok().map(|text| (file, text)))
        .collect()
}

fn is_rust(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "rs")
}

#[test]
fn every_rust_file_opens_with_a_header() {
    let bare: Vec<PathBuf> =
        texts(is_rust).into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(file, _)| file).collect();
    assert!(bare.is_empty(), "these files do not open with `//!`: {bare:?}");
}

#[test]
fn no_rust_file_is_too_long_to_read() {
    for (file, text) in texts(is_rust) {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines: split it", file.display());
    }
}

/// The folders of a person, never those of a container or a system.
fn names_a_machine(line: &str) -> bool {
    ["root", "home", "Users"].iter().any(|folder| {
        line.match_indices(&format!("/{folder}/")).any(|(at, _)| {
            // `docs/home/` and `https://example.org/home/` are no absolute paths.
            line[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric() && !"./_-~}".contains(before))
        })
    })
}

#[test]
fn no_file_names_a_path_of_one_machine() {
    let checkout = format!("{}/", root().display());
    for (file, text) in texts(|file| !file.ends_with("tests/it/housekeeping.rs")) {
        for (number, line) in text.lines().enumerate() {
            let is_local = names_a_machine(line) || line.contains(&checkout);
            assert!(!is_local, "{}:{}: {line}", file.display(), number + 1);
        }
    }
}

#[test]
fn a_path_of_one_machine_is_told_from_a_relative_one() {
    for line in ["/home/jo", "see `/root/.cargo`", "(/home/jo/x)", "DIR=/Users/jo/x", "sqlite:/home/a"] {
        assert!(names_a_machine(line), "{line}");
    }
    for line in ["docs/home/plan", "/homes/", "../root/x", "https://example.org/home/x", "/var/lib/x", "~/home/x"] {
        assert!(!names_a_machine(line), "{line}");
    }
}

/// The image is built from the sources alone (`.dockerignore`), and cargo refuses a manifest whose targets it has to
/// look for and does not find.
#[test]
fn every_target_beside_the_sources_names_its_file() {
    let manifest: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    for kind in ["bench", "example", "test"] {
        for target in manifest[kind].as_array().unwrap() {
            let path = target.get("path").and_then(toml::Value::as_str);
            assert!(path.is_some_and(|path| root().join(path).is_file()), "{kind} {target} has no path");
        }
    }
}

/// What the sources take in at build time beside themselves.
#[test]
fn the_image_has_every_folder_that_the_build_reads() {
    let allowed = fs::read_to_string(root().join(".dockerignore")).unwrap();
    for folder in ["config", "migrations", "src", "templates"] {
        assert!(root().join(folder).is_dir(), "{folder}");
        assert!(allowed.lines().any(|line| line == format!("!{folder}")), "{folder} is missing in .dockerignore");
    }
}
