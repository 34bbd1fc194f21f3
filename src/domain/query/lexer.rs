//! A text into words. *Spec*: Usergrid `CpQueryFilter`.

use uuid::Uuid;
use uuid::fmt::Hyphenated;

use super::{Comparison, QueryError};

/// A word and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    pub at: usize,
    pub kind: Kind,
}

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A name or a keyword: which of them, the place decides.
    Name(String),
    Number(f64),
    Text(String),
    Id(Uuid),
    Compare(Comparison),
    And,
    Or,
    Open,
    Close,
    OpenBrace,
    CloseBrace,
    Comma,
    Colon,
    Star,
    End,
}

/// Reads every word; the last one is [`Kind::End`].
pub fn read(text: &str) -> Result<Vec<Token>, QueryError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.next()?;
        let is_last = token.kind == Kind::End;
        tokens.push(token);
        if is_last {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// Signs, the longer before the shorter.
const SIGNS: [(&str, Kind); 14] = [
    ("<=", Kind::Compare(Comparison::LessOrEqual)),
    (">=", Kind::Compare(Comparison::GreaterOrEqual)),
    ("&&", Kind::And),
    ("||", Kind::Or),
    ("=", Kind::Compare(Comparison::Equal)),
    ("<", Kind::Compare(Comparison::Less)),
    (">", Kind::Compare(Comparison::Greater)),
    ("(", Kind::Open),
    (")", Kind::Close),
    ("{", Kind::OpenBrace),
    ("}", Kind::CloseBrace),
    (",", Kind::Comma),
    (":", Kind::Colon),
    ("*", Kind::Star),
];

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Result<Token, QueryError> {
        self.at += self.rest().len() - self.rest().trim_start().len();
        let at = self.at;
        let Some(first) = self.rest().chars().next() else { return Ok(Token { at, kind: Kind::End }) };
        if let Some((sign, kind)) = SIGNS.iter().find(|(sign, _)| self.rest().starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token { at, kind: kind.clone() });
        }
        let kind = match first {
            '\'' => self.string()?,
            _ => match self.id() {
                Some(id) => id,
                None if first.is_ascii_digit() || matches!(first, '-' | '.') => self.number()?,
                None if begins_name(first) => self.name(),
                None => return Err(QueryError::Token { at }),
            },
        };
        Ok(Token { at, kind })
    }

    /// Takes what `belongs` from the front.
    fn take(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|c| belongs(*c)).collect();
        self.at += taken.len();
        taken
    }

    /// A string up to its closing quote; a backslash stands before a character that means itself.
    fn string(&mut self) -> Result<Kind, QueryError> {
        let (at, mut text) = (self.at, String::new());
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((offset, c)) = chars.next() {
            match c {
                '\'' => {
                    self.at += offset + 1;
                    return Ok(Kind::Text(text));
                }
                '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                _ => text.push(c),
            }
        }
        Err(QueryError::OpenString { at })
    }

    /// A UUID with hyphens that stands alone.
    fn id(&mut self) -> Option<Kind> {
        let (text, rest) = self.rest().split_at_checked(Hyphenated::LENGTH)?;
        let id = Uuid::try_parse(text).ok().filter(|_| !rest.starts_with(in_name))?;
        self.at += Hyphenated::LENGTH;
        Some(Kind::Id(id))
    }

    /// A number, in digits that a float of 64 bits is read from.
    fn number(&mut self) -> Result<Kind, QueryError> {
        let at = self.at;
        let mut digits = self.take(|c| c.is_ascii_digit() || matches!(c, '-' | '.'));
        if self.rest().starts_with(['e', 'E']) {
            digits.push_str(&self.take(|c| matches!(c, 'e' | 'E')));
            digits.push_str(&self.take(|c| c.is_ascii_digit() || matches!(c, '-' | '+')));
        }
        let number =
            digits.parse::<f64>().ok().filter(|number| number.is_finite() && !self.rest().starts_with(in_name));
        number.map(Kind::Number).ok_or(QueryError::Token { at })
    }

    fn name(&mut self) -> Kind {
        Kind::Name(self.take(in_name))
    }
}

/// Whether a name may begin with the character.
pub fn begins_name(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// Whether a name may have the character; a dot leads into an object.
pub fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
