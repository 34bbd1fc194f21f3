//! The files of an export: which are read, in which order, and what each of their objects is.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::record::{self, Record};
use super::splitter::Splitter;

/// Large files are read in pieces of this size.
const BUFFER: usize = 256 * 1024;
/// What names of files end in that hold JSON.
const ENDINGS: [&str; 6] = ["json", "jsonl", "ndjson", "entities", "collections", "connections"];
/// Folders may lie in one another this deep.
const DEPTH_MAX: usize = 16;

/// One file of the export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ExportFile {
    pub path: PathBuf,
    /// As the report names it.
    pub shown: String,
    /// Its last part alone.
    pub name: String,
}

/// The files to read, in order, and those that are passed over.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub read: Vec<ExportFile>,
    pub passed_over: Vec<String>,
}

/// Lists what is at `root`: a file as it is, or the readable files of a folder.
pub(super) fn list(root: &Path) -> io::Result<Files> {
    let mut files = Files::default();
    if root.is_dir() {
        walk(root, root, DEPTH_MAX, &mut files)?;
        files.read.sort_by(|a, b| a.shown.cmp(&b.shown));
        files.passed_over.sort();
    } else {
        File::open(root)?;
        files.read.push(file(root, root.file_name().map(Path::new).unwrap_or(root)));
    }
    Ok(files)
}

fn walk(root: &Path, folder: &Path, depth: usize, files: &mut Files) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let found = file(&path, path.strip_prefix(root).unwrap_or(&path));
        // A link could lead round in a circle, or out of the folder.
        let kind = std::fs::symlink_metadata(&path)?.file_type();
        match (kind.is_dir(), kind.is_file()) {
            (true, _) if depth > 0 => walk(root, &path, depth - 1, files)?,
            (_, true) if is_readable(&found.name) => files.read.push(found),
            _ => files.passed_over.push(found.shown),
        }
    }
    Ok(())
}

fn file(path: &Path, shown: &Path) -> ExportFile {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    ExportFile { path: path.to_owned(), shown: shown.display().to_string(), name }
}

/// The newest tool writes dictionaries and connections to files without an ending, beside lists of bare ids.
fn is_readable(name: &str) -> bool {
    if name.starts_with('.') || name.contains("_assets_") {
        return false;
    }
    match name.rsplit_once('.') {
        Some((_, ending)) => ENDINGS.contains(&ending),
        None => name.contains("_dictionaries_") || name.contains("_connections_"),
    }
}

/// A record, or why there is none, with its line.
pub(super) type Read = (u64, Result<Record, String>);

impl ExportFile {
    /// Reads the records one after another.
    ///
    /// *Errors*: the file cannot be read, or what `each` says.
    pub(super) fn records<E: From<io::Error>>(&self, mut each: impl FnMut(Read) -> Result<(), E>) -> Result<(), E> {
        let mut pieces = Splitter::new(BufReader::with_capacity(BUFFER, File::open(&self.path)?));
        while let Some(piece) = pieces.next()? {
            let read = match piece.text.map(serde_json::from_slice::<Value>) {
                Ok(Ok(Value::Object(members))) => Ok(record::read(members, piece.key, &self.name)),
                Ok(Ok(_)) => Err("this is no JSON object".to_owned()),
                Ok(Err(cause)) => Err(format!("this is no JSON: {cause}")),
                Err(why) => Err(why.to_owned()),
            };
            each((piece.line, read))?;
        }
        Ok(())
    }
}
