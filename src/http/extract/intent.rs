//! What a request is about to do inside an application: its verb, and its path below `/{org}/{app}` with what each
//! segment names. It knows words and shapes only; whom a name means is not asked here.

use actix_web::HttpRequest;

use super::urlencoded::{DecodeError, decode_path};
use crate::access::{Intent, Step};
use crate::domain::permission::Verb;
use crate::domain::user::{Identifier, Reading};

/// How many segments name the application; `/~/{uuid}` has as many.
const OF_PLACE: usize = 2;

/// Usergrid: collections answer to their singular, too; permissions speak of the plural.
const PLURALS: [(&str, &str); 3] = [("user", "users"), ("group", "groups"), ("role", "roles")];

/// What the request is about to do, its users read as the handlers read them; `None` for a method that no route serves.
///
/// *Errors*: a segment that cannot be decoded.
pub fn read(request: &HttpRequest, reading: Reading) -> Result<Option<Intent>, DecodeError> {
    let Some(verb) = Verb::of_method(request.method().as_str()) else { return Ok(None) };
    // A group's path may have slashes; how many of the segments are its own is what the route has found out.
    let group = request.match_info().get("group").map_or(1, |path| path.split('/').count());
    let path = steps(request.path(), group, reading)?;
    Ok(Some(Intent { verb, path }))
}

/// How a caller wants users to be read, by the query's `force` (Usergrid).
pub fn reading(force: Option<&str>) -> Reading {
    match force {
        Some("email") => Reading::Email,
        Some("name") => Reading::Username,
        _ => Reading::Any,
    }
}

fn steps(path: &str, group_length: usize, reading: Reading) -> Result<Vec<Step>, DecodeError> {
    let mut rest = path.split('/').filter(|segment| !segment.is_empty()).skip(OF_PLACE).peekable();
    let mut steps = Vec::new();
    let mut before = String::new();
    while let Some(segment) = rest.next() {
        let text = decode_path(segment)?;
        let step = match before.as_str() {
            "users" => Step::User { who: Identifier::read(&text, reading), text },
            "roles" => Step::Role(text),
            "groups" => {
                let mut path = text;
                for _ in 1..group_length {
                    let Some(more) = rest.next() else { break };
                    path = format!("{path}/{}", decode_path(more)?);
                }
                Step::Group(path)
            }
            _ => Step::Word(plural(&text)),
        };
        // What a name is followed by is a word again, also where somebody bears a collection's name.
        before = match &step {
            Step::Word(word) => word.clone(),
            Step::User { .. } | Step::Group(_) | Step::Role(_) => String::new(),
        };
        steps.push(step);
    }
    Ok(steps)
}

fn plural(word: &str) -> String {
    let word = word.to_lowercase();
    PLURALS.iter().find(|(singular, _)| *singular == word).map_or(word, |(_, plural)| (*plural).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Step {
        Step::Word(text.to_owned())
    }

    #[test]
    fn names_are_told_from_words_by_what_stands_before_them() {
        let user = |name: &str| Step::User { text: name.to_owned(), who: Identifier::parse(name) };
        let steps = |path, group| steps(path, group, Reading::Any);
        assert_eq!(
            steps("/acme/shop/user/Ann%2Fe+x%40y/roles/Guest", 1).unwrap(),
            [word("users"), user("Ann/e+x@y"), word("roles"), Step::Role("Guest".to_owned())]
        );
        assert_eq!(
            steps("/~/id/groups/a/b/users/users", 2).unwrap(),
            [word("groups"), Step::Group("a/b".to_owned()), word("users"), user("users")]
        );
        assert_eq!(
            steps("/acme/shop/users/ann/following/user/bob", 1).unwrap(),
            [word("users"), user("ann"), word("following"), word("users"), user("bob")]
        );
        assert_eq!(steps("/acme/shop/auth/facebook", 1).unwrap(), [word("auth"), word("facebook")]);
        assert_eq!(steps("/acme/shop", 1).unwrap(), []);
        assert!(steps("/acme/shop/users/%ff", 1).is_err());
    }

    #[test]
    fn users_are_read_as_the_caller_says() {
        let read = |reading| steps("/acme/shop/users/Ann@y", 1, reading).unwrap().pop();
        for (reading, who) in [
            (Reading::Any, Identifier::EmailOrUsername("ann@y".to_owned())),
            (Reading::Email, Identifier::Email("ann@y".to_owned())),
            (Reading::Username, Identifier::Username("ann@y".to_owned())),
        ] {
            assert_eq!(read(reading), Some(Step::User { text: "Ann@y".to_owned(), who }));
        }
    }
}
