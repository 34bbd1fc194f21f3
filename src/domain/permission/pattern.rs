//! Ant patterns over paths: `?` is a character, `*` any part of a segment, `**` any number of segments. Both sides are
//! walked with one place to return to, so that no pattern makes a comparison explode.
//!
//! *Spec*: Usergrid's resolver; its table is the test.

/// The spellings of one user: what `${user}` and `me` stand for. A guest has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named(Vec<String>);

impl Named {
    /// A user by the key of their name, then by their id.
    pub fn new(spellings: impl IntoIterator<Item = String>) -> Self {
        Self(spellings.into_iter().map(|text| text.to_lowercase()).collect())
    }
}

/// What may stand for the caller in a segment of a path that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// A text that names nobody in particular: it is the caller's where it reads like one of their spellings.
    AsRead,
    /// The name of a user who is not known to be the caller, however it reads: a stranger may bear as their username
    /// what is another's email.
    NotTheCallers,
}

/// One segment of a path that is asked for, in all the spellings that name the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedSegment {
    spellings: Vec<String>,
    whose: Whose,
}

impl AskedSegment {
    /// A text, or a name of the caller's own.
    pub fn new(spellings: Vec<String>) -> Self {
        Self { spellings: spellings.iter().map(|text| text.to_lowercase()).collect(), whose: Whose::AsRead }
    }

    /// A name that is never the caller's: neither `me` nor `${user}` stands for it.
    pub fn of_another(spellings: Vec<String>) -> Self {
        Self { whose: Whose::NotTheCallers, ..Self::new(spellings) }
    }
}

/// A path that is asked for, below the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPath {
    segments: Vec<AskedSegment>,
    ends_in_slash: bool,
}

impl AskedPath {
    /// From decoded segments, so that an escaped slash never becomes a separator.
    pub fn new(segments: impl IntoIterator<Item = AskedSegment>) -> Self {
        Self { segments: segments.into_iter().collect(), ends_in_slash: false }
    }

    /// From a path without escapes, as `/users/ann`.
    pub fn of_text(path: &str) -> Self {
        let segments = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| AskedSegment::new(vec![segment.to_owned()]));
        Self { ends_in_slash: path.ends_with('/'), ..Self::new(segments) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// `**`
    AnyDepth,
    /// `me`: the caller.
    Me,
    Text(Vec<Token>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Char(char),
    /// `?`
    One,
    /// `*`
    Any,
    /// `${user}`
    User,
}

/// One path of a permission.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    segments: Vec<Segment>,
    ends_in_slash: bool,
}

const USER: &str = "${user}";

impl Pattern {
    /// Reads a lower-case path; a leading slash is understood, and `*` alone is everything.
    pub(super) fn parse(path: &str) -> Self {
        if path == "*" {
            return Self { segments: vec![Segment::AnyDepth], ends_in_slash: false };
        }
        let segments = path.split('/').filter(|segment| !segment.is_empty()).map(|segment| match segment {
            "**" => Segment::AnyDepth,
            "me" => Segment::Me,
            text => Segment::Text(tokens(text)),
        });
        Self { segments: segments.collect(), ends_in_slash: path.ends_with('/') }
    }

    /// Whether the path is one of those that the pattern stands for.
    pub(super) fn matches(&self, path: &AskedPath, caller: &Named) -> bool {
        self.matches_as(path, (self.ends_in_slash, path.ends_in_slash), caller) || {
            // Usergrid: a second try with a slash behind each side that could have one.
            let ends_in_star = matches!(self.segments.last(), Some(Segment::AnyDepth))
                || matches!(self.segments.last(), Some(Segment::Text(tokens)) if tokens.last() == Some(&Token::Any));
            let asks_for_star =
                path.segments.last().is_some_and(|last| last.spellings.iter().any(|text| text.ends_with('*')));
            let slashes = (self.ends_in_slash || !ends_in_star, path.ends_in_slash || !asks_for_star);
            self.matches_as(path, slashes, caller)
        }
    }

    fn matches_as(&self, path: &AskedPath, (pattern_slash, path_slash): (bool, bool), caller: &Named) -> bool {
        let has_depth = self.segments.contains(&Segment::AnyDepth);
        if has_depth || pattern_slash == path_slash {
            return walk(&self.segments, &path.segments, caller);
        }
        // `/foo/*` stands for `/foo/`, too.
        match self.segments.split_last() {
            Some((Segment::Text(last), before)) if path_slash && last.as_slice() == [Token::Any] => {
                walk(before, &path.segments, caller)
            }
            _ => false,
        }
    }
}

/// Compares segment by segment. On a difference it returns to the last `**`, which then takes one segment more.
fn walk(mut pattern: &[Segment], mut path: &[AskedSegment], caller: &Named) -> bool {
    let mut retry: Option<(&[Segment], &[AskedSegment])> = None;
    loop {
        match (pattern.split_first(), path.split_first()) {
            (Some((Segment::AnyDepth, rest)), _) => {
                retry = Some((rest, path));
                pattern = rest;
                continue;
            }
            (Some((segment, pattern_rest)), Some((asked, path_rest))) if is_one_of(segment, asked, caller) => {
                (pattern, path) = (pattern_rest, path_rest);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after_depth, taken)) = retry else { return false };
        let Some((_, taken_rest)) = taken.split_first() else { return false };
        retry = Some((after_depth, taken_rest));
        (pattern, path) = (after_depth, taken_rest);
    }
}

fn is_one_of(segment: &Segment, AskedSegment { spellings, whose }: &AskedSegment, caller: &Named) -> bool {
    match segment {
        Segment::AnyDepth => true,
        Segment::Me if *whose == Whose::NotTheCallers => false,
        Segment::Text(tokens) if *whose == Whose::NotTheCallers && tokens.contains(&Token::User) => false,
        Segment::Me => spellings.iter().any(|text| text == "me" || caller.0.contains(text)),
        Segment::Text(tokens) if tokens.contains(&Token::User) => caller.0.iter().any(|name| {
            let tokens = with_user(tokens, name);
            spellings.iter().any(|text| is_like(&tokens, text))
        }),
        Segment::Text(tokens) => spellings.iter().any(|text| is_like(tokens, text)),
    }
}

/// Puts a name in the place of `${user}`. Its characters stand for themselves: a user named `*` is not everyone.
fn with_user(tokens: &[Token], name: &str) -> Vec<Token> {
    let mut named = Vec::with_capacity(tokens.len().saturating_add(name.len()));
    for token in tokens {
        match token {
            Token::User => named.extend(name.chars().map(Token::Char)),
            other => named.push(*other),
        }
    }
    named
}

/// Compares character by character, in the manner of [`walk`].
fn is_like(tokens: &[Token], text: &str) -> bool {
    let mut tokens = tokens;
    let mut rest = text.chars();
    let mut retry = None;
    loop {
        let mut ahead = rest.clone();
        match (tokens.split_first(), ahead.next()) {
            (Some((Token::Any, after)), _) => {
                retry = Some((after, rest.clone()));
                tokens = after;
                continue;
            }
            (Some((token, after)), Some(c)) if *token == Token::One || *token == Token::Char(c) => {
                (tokens, rest) = (after, ahead);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        let Some((after_any, mut taken)) = retry else { return false };
        if taken.next().is_none() {
            return false;
        }
        retry = Some((after_any, taken.clone()));
        (tokens, rest) = (after_any, taken);
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix(USER) {
            tokens.push(Token::User);
            rest = after;
            continue;
        }
        let mut chars = rest.chars();
        tokens.push(match chars.next() {
            None => return tokens,
            Some('*') => Token::Any,
            Some('?') => Token::One,
            Some(c) => Token::Char(c),
        });
        rest = chars.as_str();
    }
}
