//! Links inside the documents lead somewhere: to a file that exists and, after `#`, to a heading of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Every document below a folder, and those at the top.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (Vec::new(), vec![root.join("docs")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.extension() {
                // The built book has copies of all this.
                None if entry.is_dir() && !entry.ends_with("book") => folders.push(entry),
                Some(kind) if kind == "md" => found.push(entry),
                _ => {}
            }
        }
    }
    let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
    found.extend(top.iter().map(|name| root.join(name)));
    found.sort();
    found
}

/// A document's lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_code = false;
    (1..).zip(text.lines()).filter(move |(_, line)| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The name that mdBook and forges give a heading: its words in small letters with `-` between.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// What the links of a line lead to.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

/// Why a link of `document` leads nowhere.
fn fault(document: &Path, target: &str, texts: &HashMap<PathBuf, String>) -> Option<&'static str> {
    let (file, heading) = target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let path = if file.is_empty() { document.to_path_buf() } else { document.parent().unwrap().join(file) };
    let Ok(path) = path.canonicalize() else { return Some("there is no such file") };
    let heading = heading?;
    let Some(text) = texts.get(&path) else { return Some("only a document has headings") };
    let is_there = prose(text).any(|(_, line)| line.starts_with('#') && anchor(line) == heading);
    (!is_there).then_some("there is no such heading")
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let texts: HashMap<PathBuf, String> = documents()
        .into_iter()
        .map(|path| (path.canonicalize().unwrap(), std::fs::read_to_string(path).unwrap()))
        .collect();
    let (mut seen, mut faults) = (0, Vec::new());
    for (document, text) in &texts {
        for (line, words) in prose(text) {
            for target in targets(words).filter(|target| !target.contains("://") && !target.starts_with("mailto:")) {
                seen += 1;
                if let Some(fault) = fault(document, target, &texts) {
                    faults.push(format!("{}:{line}: {target}: {fault}", document.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(seen > 100, "only {seen} links were found");
}

#[test]
fn every_page_of_the_book_is_in_its_contents() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let contents = std::fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    for page in documents().iter().filter_map(|path| path.strip_prefix(&docs).ok()) {
        let link = format!("]({})", page.display());
        assert!(
            page == Path::new("SUMMARY.md") || contents.contains(&link),
            "docs/SUMMARY.md lacks {}",
            page.display()
        );
    }
}

#[test]
fn a_link_to_nowhere_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).canonicalize().unwrap();
    let readme = root.join("README.md");
    let texts = HashMap::from([(readme.clone(), "# One\n```sh\n# two\n```\n## `three` four?\n".to_owned())]);
    for (target, expected) in [
        ("#one", None),
        ("README.md#three-four", None),
        ("docs", None),
        ("#two", Some("there is no such heading")),
        ("docs/nowhere.md", Some("there is no such file")),
        ("Cargo.toml#one", Some("only a document has headings")),
    ] {
        assert_eq!(fault(&readme, target, &texts), expected, "{target}");
    }
}

#[test]
fn every_shell_takes_the_urls_of_commands_as_they_stand() {
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        // To zsh, a bare `?` asks for a file, and to every shell a bare `&` ends the command.
        for (line, words) in (1..).zip(text.lines()).filter(|(_, line)| line.contains("curl ")) {
            let bare = words.split_whitespace().find(|word| word.starts_with("http") && word.contains(['?', '&']));
            assert_eq!(bare, None, "{}:{line}", document.display());
        }
    }
}
