//! What an entity can be searched by: one [`Term`] for each scalar of its JSON, in the form in which both databases
//! compare alike. The same functions fold the operands of a query, so that the two sides always meet.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::query::Circle;

/// How deep objects and arrays are looked into; what lies deeper is kept and cannot be searched.
pub const MAX_DEPTH: usize = 8;
/// How many terms one entity has; further scalars, in the order of its members, are kept and cannot be searched.
pub const MAX_TERMS: usize = 256;
/// How much of a name of a field is compared. A member with a longer name cannot be searched. *Units*: characters.
const MAX_FIELD: usize = 200;
/// How much of a text stands in its key as it is; behind it, a longer one is told apart by its digest.
/// *Units*: characters.
const MAX_TEXT: usize = 200;
/// How much of a text is looked into for words. *Units*: characters.
const MAX_WORDS: usize = 4000;
/// The mean radius of the earth (IUGG). *Units*: metres.
const EARTH: f64 = 6_371_008.8;

/// One value of one field.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The key of the field's dotted name.
    pub field: String,
    /// Which of the field's values it is, from 0: an array has several.
    pub ordinal: i64,
    pub content: Content,
}

/// What a term is.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Flag(bool),
    Number(f64),
    /// *Shape*: `key` as [`text_key`] makes it; `words` as [`words_of`] does.
    Text {
        key: String,
        words: String,
    },
}

/// The terms of an entity, in the order of its members. An object with the numbers `latitude` and `longitude` is also
/// a place on earth: see [`place_fields`]. A member whose name no query could spell has none.
pub fn terms_of(entity: &Map<String, Value>) -> Vec<Term> {
    let mut terms = Terms::default();
    terms.members("", entity, MAX_DEPTH);
    terms.found
}

/// A member and its text, if there is one.
pub type Named<'a> = (&'static str, Option<&'a str>);

/// What an entity is found by: the names that have columns of their own, whose words stand among the terms, then its
/// other members and its properties. They come first, so that no bound on the number of terms leaves them out.
///
/// A property that spells one of `names` in other letters is another member to JSON and the same field to a query,
/// which means the column then: it has no terms.
pub fn searchable(names: &[Named<'_>], others: &[Named<'_>], properties: &Map<String, Value>) -> Map<String, Value> {
    let own = names.iter().chain(others).filter_map(|(name, text)| Some(((*name).to_owned(), Value::from((*text)?))));
    let is_free = |name: &str| names.iter().all(|(own, _)| field_key(name) != *own);
    let properties = properties.iter().filter(|(name, _)| is_free(name));
    own.chain(properties.map(|(name, value)| (name.clone(), value.clone()))).collect()
}

#[derive(Default)]
struct Terms {
    found: Vec<Term>,
    counts: std::collections::HashMap<String, i64>,
}

impl Terms {
    fn members(&mut self, path: &str, members: &Map<String, Value>, depth: usize) {
        for (name, value) in members {
            if let Some(field) = below(path, name) {
                self.value(field, value, depth);
            }
        }
    }

    fn value(&mut self, field: String, value: &Value, depth: usize) {
        match value {
            Value::Null => {}
            Value::Bool(flag) => self.push(field, Content::Flag(*flag)),
            Value::Number(number) => {
                if let Some(number) = number.as_f64() {
                    self.push(field, Content::Number(number));
                }
            }
            Value::String(text) => self.push(field, Content::Text { key: text_key(text), words: words_of(text) }),
            Value::Array(_) | Value::Object(_) if depth == 0 => {}
            Value::Array(values) => {
                for value in values {
                    self.value(field.clone(), value, depth - 1);
                }
            }
            Value::Object(members) => {
                self.place(&field, members);
                self.members(&field, members, depth - 1);
            }
        }
    }

    fn place(&mut self, field: &str, members: &Map<String, Value>) {
        let degrees = |name| members.get(name).and_then(Value::as_f64);
        if let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude"))
            && latitude.abs() <= 90.0
            && longitude.abs() <= 180.0
            && self.found.len() + 3 <= MAX_TERMS
        {
            for (axis, number) in place_fields(field).into_iter().zip(on_sphere(latitude, longitude)) {
                self.push(axis, Content::Number(number));
            }
        }
    }

    fn push(&mut self, field: String, content: Content) {
        if self.found.len() < MAX_TERMS {
            let count = self.counts.entry(field.clone()).or_default();
            self.found.push(Term { field, ordinal: *count, content });
            *count += 1;
        }
    }
}

/// The dotted name of a member, if a query could spell it.
fn below(path: &str, name: &str) -> Option<String> {
    let mut chars = name.chars();
    let is_name =
        chars.next().is_some_and(super::query::begins_name) && chars.all(|c| c != '.' && super::query::in_name(c));
    let key = field_key(name);
    let field = if path.is_empty() { key } else { format!("{path}.{key}") };
    (is_name && field.chars().count() <= MAX_FIELD).then_some(field)
}

/// The key of a field's name: names have no letter case (Usergrid).
pub fn field_key(name: &str) -> String {
    fold(name)
}

/// The three fields that a place is kept in: its point on a sphere of radius 1. `#` is in no name.
pub fn place_fields(field: &str) -> [String; 3] {
    ["x", "y", "z"].map(|axis| format!("{field}.#{axis}"))
}

/// The point of a place on a sphere of radius 1.
fn on_sphere(latitude: f64, longitude: f64) -> [f64; 3] {
    let (latitude, longitude) = (latitude.to_radians(), longitude.to_radians());
    [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
}

/// A circle as databases measure it: a centre on a sphere of radius 1, and how far a chord may reach from there.
/// Chords grow with distances, so no database needs an angle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cap {
    pub centre: [f64; 3],
    pub chord: f64,
}

impl Cap {
    /// The cap of a circle on the earth.
    pub fn of(circle: Circle) -> Self {
        let half_angle = (circle.metres / EARTH / 2.0).min(std::f64::consts::FRAC_PI_2);
        // Half around the earth is everywhere; the last digits of a sphere must not hide the point opposite.
        let chord = if half_angle < std::f64::consts::FRAC_PI_2 { 2.0 * half_angle.sin() } else { 3.0 };
        Self { centre: on_sphere(circle.latitude, circle.longitude), chord }
    }
}

/// A text without what does not count in a comparison: letter case, compatibility forms (NFKC), and which control
/// character it is. No folded text has one, so that no database meets a NUL and digests have characters of their own.
pub fn fold(text: &str) -> String {
    // ASCII is its own normal form, and most of what there is.
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_control()) {
        return text.to_ascii_lowercase();
    }
    let spaced = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    spaced.nfkc().flat_map(char::to_lowercase).nfkc().collect()
}

/// The key of a text that is never cut, as the columns of names keep it.
pub fn whole_key(text: &str) -> String {
    fold(text).trim().to_owned()
}

/// The key of a text: folded, without spaces at its ends. One of more than 200 characters is cut there, and the
/// digest of the whole follows, so that equality stays exact and order holds up to the cut.
pub fn text_key(text: &str) -> String {
    let folded = whole_key(text);
    let Some((cut, _)) = folded.char_indices().nth(MAX_TEXT) else { return folded };
    let (kept, _) = folded.split_at(cut);
    // Written in control characters, which no folded text has: a pattern cannot meet them by accident.
    let nibbles = Sha256::digest(&folded).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    kept.chars().chain(nibbles.map(|nibble| char::from(nibble + 1))).collect()
}

/// The words of a text, each between spaces: ` john smith `. A single space for none.
pub fn words_of(text: &str) -> String {
    let start: String = text.chars().take(MAX_WORDS).collect();
    let mut words = String::from(" ");
    for word in split(&fold(&start)) {
        words.push_str(word);
        words.push(' ');
    }
    words
}

fn split(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation()).filter(|word| !word.is_empty())
}

/// A word that has to occur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    Whole(String),
    /// The beginning of one.
    Beginning(String),
}

/// The words that `contains` asks for: those of the operand, of which one before a `*` may go on.
pub fn wanted_words(operand: &str) -> Vec<Word> {
    let folded = fold(operand);
    let mut wanted = Vec::new();
    for part in folded.split_inclusive('*') {
        let goes_on = part.strip_suffix('*').is_some_and(|word| word.ends_with(is_of_word));
        let mut words = split(part).peekable();
        while let Some(word) = words.next() {
            let word = word.to_owned();
            let is_cut = goes_on && words.peek().is_none();
            wanted.push(if is_cut { Word::Beginning(word) } else { Word::Whole(word) });
        }
    }
    wanted
}

/// Whether a text's words, as [`words_of`] writes them, have all that are wanted; nothing is had by nothing.
pub fn has_words(words: &str, wanted: &[Word]) -> bool {
    let has = |word: &Word| match word {
        Word::Whole(word) => words.contains(&format!(" {word} ")),
        Word::Beginning(word) => words.contains(&format!(" {word}")),
    };
    !wanted.is_empty() && wanted.iter().all(has)
}

fn is_of_word(c: char) -> bool {
    !c.is_whitespace() && !c.is_ascii_punctuation()
}

/// What a text has to look like: parts in their order, with anything between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What the text begins with; may be empty.
    pub start: String,
    /// What follows, each behind a `*`; the last is the end of the text.
    pub rest: Vec<String>,
}

impl Pattern {
    /// Reads an operand; `None` when it has no `*` and is a plain text.
    pub fn parse(operand: &str) -> Option<Self> {
        let folded = fold(operand);
        let mut parts = folded.trim().split('*').map(str::to_owned);
        let start = parts.next()?;
        let mut rest: Vec<String> = parts.collect();
        let last = rest.pop()?;
        rest.retain(|part| !part.is_empty());
        rest.push(last);
        Some(Self { start, rest })
    }

    /// Whether a key looks so.
    pub fn is_met_by(&self, key: &str) -> bool {
        let Some(mut left) = key.strip_prefix(self.start.as_str()) else { return false };
        let Some((last, between)) = self.rest.split_last() else { return left.is_empty() };
        for part in between {
            let Some((_, behind)) = left.split_once(part.as_str()) else { return false };
            left = behind;
        }
        left.ends_with(last.as_str())
    }

    /// Whether it asks for a beginning and nothing else.
    pub fn is_prefix(&self) -> bool {
        self.rest.iter().all(String::is_empty)
    }
}

/// The first key behind all that begin with `prefix`; `None` when there is none.
pub fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // The numbers between the two halves are surrogates, which are no characters.
        let next = if last == '\u{D7FF}' { Some('\u{E000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests;
