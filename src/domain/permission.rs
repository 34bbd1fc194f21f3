//! What a caller may do in an application: verbs and paths. *Spec*: Usergrid's permission strings.

/// What is done to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 4] = [Self::Get, Self::Post, Self::Put, Self::Delete];

    /// The method's name, in upper case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }

    /// The verb of an HTTP method; HEAD asks for what GET answers.
    pub fn of_method(method: &str) -> Option<Self> {
        if method == "HEAD" { Some(Self::Get) } else { Self::ALL.into_iter().find(|verb| verb.as_str() == method) }
    }
}
