//! Follows `mod` declarations as the compiler does, `#[path]` too, so that each file is known by its module path.

use std::fs;
use std::path::{Path, PathBuf};

use syn::{Expr, ExprLit, Item, ItemMod, Lit, Meta};

/// One parsed file at one place of the module tree; a file that is compiled twice is two modules.
pub(super) struct Module {
    /// As shown to people: relative to the package, with `/`.
    pub(super) file: String,
    /// From the crate's root: `["store", "sqlite"]`; empty for `lib.rs` and `main.rs`.
    pub(super) path: Vec<String>,
    pub(super) syntax: syn::File,
}

impl Module {
    /// The room of this file: the first step of its path, or the name of the crate's root file.
    pub(super) fn room(&self) -> &str {
        match self.path.first() {
            Some(room) => room,
            None => Path::new(&self.file).file_stem().and_then(|stem| stem.to_str()).unwrap(),
        }
    }
}

pub(super) struct SourceTree {
    pub(super) modules: Vec<Module>,
}

impl SourceTree {
    /// The library and the binary of the package at `root`.
    pub(super) fn read(root: &Path) -> Self {
        let mut tree = Self { modules: Vec::new() };
        for entry in ["src/lib.rs", "src/main.rs"] {
            let file = root.join(entry);
            if file.is_file() {
                tree.add(root, &file, Vec::new());
            }
        }
        tree
    }

    /// One made-up file, for the tests of the checker itself.
    pub(super) fn from_source(path: &str, source: &str) -> Self {
        let file = format!("src/{}.rs", path.replace("::", "/"));
        let path = if path == "main" { Vec::new() } else { path.split("::").map(String::from).collect() };
        Self { modules: vec![Module { file, path, syntax: syn::parse_file(source).unwrap() }] }
    }

    fn add(&mut self, root: &Path, file: &Path, path: Vec<String>) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut children = Vec::new();
        find_children(&syntax.items, &Spot::of(file), &path, &mut children);
        self.modules.push(Module { file: shown(root, file), path, syntax });
        for (file, path) in children {
            self.add(root, &file, path);
        }
    }
}

/// Where the files of child modules are looked for.
struct Spot {
    /// For plain declarations, and for `#[path]` inside an inline module.
    below: PathBuf,
    /// For `#[path]` outside of inline modules: beside the file.
    beside: PathBuf,
}

impl Spot {
    fn of(file: &Path) -> Self {
        let beside = file.parent().unwrap().to_path_buf();
        let stem = file.file_stem().unwrap();
        let owns_folder = ["lib", "main", "mod"].iter().any(|name| stem == *name);
        Self { below: if owns_folder { beside.clone() } else { beside.join(stem) }, beside }
    }
}

fn find_children(items: &[Item], spot: &Spot, path: &[String], found: &mut Vec<(PathBuf, Vec<String>)>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        let name = module.ident.to_string();
        let path: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
        match (&module.content, path_attribute(module)) {
            (Some((_, items)), _) => {
                let below = spot.below.join(&name);
                find_children(items, &Spot { beside: below.clone(), below }, &path, found);
            }
            (None, Some(place)) => found.push((spot.beside.join(place), path)),
            (None, None) => {
                let flat = spot.below.join(format!("{name}.rs"));
                found.push((if flat.is_file() { flat } else { spot.below.join(name).join("mod.rs") }, path));
            }
        }
    }
}

fn path_attribute(module: &ItemMod) -> Option<String> {
    module.attrs.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// All `.rs` files below `folder`.
pub(super) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// `file` relative to the package, its `..` resolved.
pub(super) fn shown(root: &Path, file: &Path) -> String {
    let (root, file) = (fs::canonicalize(root).unwrap(), fs::canonicalize(file).unwrap());
    file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/")
}
