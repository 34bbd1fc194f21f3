//! A stream of bytes becomes JSON objects, one at a time, whatever they are wrapped in: one a line, elements of arrays,
//! or members of one large object that is keyed by UUIDs. Only one object is held, and a broken one costs itself alone.

use std::io::{self, BufRead};

use uuid::Uuid;

/// The longest object that is read. Usergrid's own limit of an entity is far below.
const OBJECT_MAX: usize = 16 * 1024 * 1024;

/// One object as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    /// The line that it begins on, from 1.
    pub line: u64,
    /// Under which key it stands in an object that is keyed by UUIDs.
    pub key: Option<Uuid>,
    pub text: Result<&'a [u8], &'static str>,
}

/// Cuts a stream into objects.
pub(super) struct Splitter<R> {
    input: R,
    state: State,
}

#[derive(Default)]
struct State {
    object: Vec<u8>,
    /// What stands between objects: the key of the next member.
    between: Vec<u8>,
    depth: usize,
    in_string: bool,
    is_escaped: bool,
    is_too_long: bool,
    is_in_map: bool,
    key: Option<Uuid>,
    line: u64,
    began: u64,
    /// The last byte that was no space, and whether a line began since.
    last: u8,
    is_line_start: bool,
}

/// What a byte completed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    More,
    Object,
    Broken(&'static str),
    /// The byte begins another object; it must be read again.
    BrokenBefore(&'static str),
}

const NO_JSON: &str = "this is no JSON object";
const UNFINISHED: &str = "the JSON object is not complete";

impl<R: BufRead> Splitter<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, state: State { line: 1, is_line_start: true, ..State::default() } }
    }

    /// The next object; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece<'_>>> {
        self.state.object.clear();
        let found = loop {
            let chunk = self.input.fill_buf()?;
            if chunk.is_empty() {
                break self.state.end();
            }
            let mut used = 0;
            let mut step = Step::More;
            for &byte in chunk {
                step = self.state.step(byte);
                if !matches!(step, Step::BrokenBefore(_)) {
                    used += 1;
                }
                if step != Step::More {
                    break;
                }
            }
            self.input.consume(used);
            if step != Step::More {
                break step;
            }
        };
        let (line, key) = (self.state.began, self.state.key.filter(|_| self.state.is_in_map));
        Ok(match found {
            Step::More => None,
            Step::Object => Some(Piece { line, key, text: Ok(&self.state.object) }),
            Step::Broken(why) | Step::BrokenBefore(why) => Some(Piece { line, key, text: Err(why) }),
        })
    }
}

impl State {
    fn step(&mut self, byte: u8) -> Step {
        let began_line = std::mem::take(&mut self.is_line_start);
        let step = if self.depth == 0 { self.outside(byte) } else { self.inside(byte, began_line) };
        if byte == b'\n' && !matches!(step, Step::BrokenBefore(_)) {
            self.line += 1;
            self.is_line_start = true;
        }
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
        step
    }

    /// Between objects: brackets and commas of what they stand in, and keys.
    fn outside(&mut self, byte: u8) -> Step {
        match byte {
            b'{' => {
                self.key = key_of(&self.between);
                self.between.clear();
                self.open();
                Step::More
            }
            b'[' | b']' | b',' | b' ' | b'\t' | b'\r' => Step::More,
            b'}' if self.is_in_map && self.between.is_empty() => {
                self.is_in_map = false;
                Step::More
            }
            b'\n' if self.between.is_empty() || self.is_in_map => Step::More,
            b'\n' => {
                self.between.clear();
                Step::Broken(NO_JSON)
            }
            // A byte order mark is passed over.
            0xEF | 0xBB | 0xBF if self.line == 1 => Step::More,
            _ => {
                if self.between.is_empty() {
                    self.began = self.line;
                }
                if self.between.len() < 64 {
                    self.between.push(byte);
                }
                Step::More
            }
        }
    }

    fn open(&mut self) {
        self.began = self.line;
        self.depth = 1;
        self.object.clear();
        self.object.push(b'{');
    }

    fn inside(&mut self, byte: u8, began_line: bool) -> Step {
        if self.in_string {
            return self.in_text(byte);
        }
        // A line that begins another object, where none can stand: the former was cut off.
        if byte == b'{' && began_line && !matches!(self.last, b':' | b',' | b'[') {
            self.depth = 0;
            self.is_line_start = true;
            return Step::BrokenBefore(UNFINISHED);
        }
        match byte {
            b'{' if self.depth == 1 && !self.is_in_map && self.begins_a_map() => {
                self.is_in_map = true;
                self.open();
                return Step::More;
            }
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            b'"' => self.in_string = true,
            _ => {}
        }
        self.keep(byte);
        if self.depth == 0 { self.complete() } else { Step::More }
    }

    fn in_text(&mut self, byte: u8) -> Step {
        match byte {
            // No string of JSON runs over a line: this object was cut off.
            b'\n' => {
                self.depth = 0;
                self.in_string = false;
                self.is_escaped = false;
                return Step::Broken(UNFINISHED);
            }
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.in_string = false,
            _ => {}
        }
        self.keep(byte);
        Step::More
    }

    fn keep(&mut self, byte: u8) {
        if self.object.len() < OBJECT_MAX {
            self.object.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    fn complete(&mut self) -> Step {
        match std::mem::take(&mut self.is_too_long) {
            true => Step::Broken("the JSON object has more than 16 MiB"),
            false => Step::Object,
        }
    }

    /// Whether the object so far is `{"<uuid>":`, so that its members are what is read.
    fn begins_a_map(&mut self) -> bool {
        if self.object.len() > 256 {
            return false;
        }
        self.key = self.object.strip_prefix(b"{").and_then(key_of);
        self.key.is_some()
    }

    fn end(&mut self) -> Step {
        if self.depth > 0 {
            self.depth = 0;
            self.in_string = false;
            return Step::Broken(UNFINISHED);
        }
        match std::mem::take(&mut self.between).is_empty() {
            true => Step::More,
            false => Step::Broken(NO_JSON),
        }
    }
}

/// The UUID of `"<uuid>":`.
fn key_of(text: &[u8]) -> Option<Uuid> {
    let text = std::str::from_utf8(text).ok()?.trim().strip_suffix(':')?.trim();
    Uuid::try_parse(text.strip_prefix('"')?.strip_suffix('"')?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";
    const B: &str = "9ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";

    fn split(text: &str) -> Vec<String> {
        // A tiny buffer, so that every boundary falls somewhere.
        let mut splitter = Splitter::new(io::BufReader::with_capacity(3, text.as_bytes()));
        let mut found = Vec::new();
        while let Some(piece) = splitter.next().expect("memory does not fail") {
            let key = piece.key.map(|key| format!("{key}=")).unwrap_or_default();
            let shown = piece.text.map_or_else(|why| format!("!{why}"), |text| String::from_utf8_lossy(text).into());
            found.push(format!("{}:{key}{shown}", piece.line));
        }
        found
    }

    #[test]
    fn objects_are_found_in_lines_arrays_and_pretty_print() {
        assert_eq!(split("{\"a\":1}\n{\"b\":[{}]}\n"), ["1:{\"a\":1}", "2:{\"b\":[{}]}"]);
        assert_eq!(split("\u{feff}[ {\"a\":\"}{\"}, {\"b\":\"\\\"}\"} ]"), ["1:{\"a\":\"}{\"}", "1:{\"b\":\"\\\"}\"}"]);
        assert_eq!(split("[ {\n  \"a\" : {\n  \"b\" : 1 }\n}, {\n \"c\" : 2\n} ]").len(), 2);
        assert_eq!(split("[{\"a\":1}][{\"b\":2}]"), ["1:{\"a\":1}", "1:{\"b\":2}"]);
        assert!(split("").is_empty());
        assert!(split(" \n\n[]\n").is_empty());
    }

    #[test]
    fn the_members_of_an_object_keyed_by_uuids_are_read_one_by_one() {
        let text = format!("{{\n \"{A}\" : {{\"x\":[1]}},\n \"{B}\" : {{ }}\n}}\n{{\"c\":1}}");
        let expected = [format!("2:{A}={{\"x\":[1]}}"), format!("3:{B}={{ }}"), "5:{\"c\":1}".to_owned()];
        assert_eq!(split(&text), expected);
    }

    #[test]
    fn a_broken_line_costs_itself_alone() {
        let bad = format!("!{UNFINISHED}");
        assert_eq!(split("{\"a\":\n{\"b\":\"x\n{\"c\":1}\n"), [format!("1:{bad}"), "3:{\"c\":1}".to_owned()]);
        assert_eq!(split("{\"a\":1\n{\"b\":2}\n"), [format!("1:{bad}"), "2:{\"b\":2}".to_owned()]);
        assert_eq!(split("hello\n{\"b\":2}\n"), [format!("1:!{NO_JSON}"), "2:{\"b\":2}".to_owned()]);
        assert_eq!(split("{\"a\":1}\n{\"b\""), ["1:{\"a\":1}".to_owned(), format!("2:{bad}")]);
        assert_eq!(split("{\"a\":1}}\n{\"b\":2}\n").last().map(String::as_str), Some("2:{\"b\":2}"));
    }
}
