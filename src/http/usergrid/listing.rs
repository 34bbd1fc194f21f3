//! What a listing is asked for: `ql` or its aliases, `limit`, `cursor`, `reversed`. *Spec*: Usergrid "query parameters".

use crate::domain::query::{Asked, Collection, Turn};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::Call;
use crate::http::extract::parameters::ParameterError;
use crate::http::extract::urlencoded::{DecodeError, decode, pairs};

/// The names of the query, the first one that says something wins (Usergrid).
const QUERY: [&str; 3] = ["ql", "q", "query"];

/// Reads what the request's URL asks a collection for.
///
/// *Errors*: 400 for a query or a limit that cannot be read, and for a URL that cannot be decoded: a query that fell
/// out of sight would list everything.
pub fn read(call: &Call, collection: Collection) -> Result<Asked, Refusal> {
    let given = Given::read(call.request.query_string());
    let given = given.map_err(|cause| call.refuse(&ParameterError::MalformedForm(cause)))?;
    let text = QUERY.iter().filter_map(|name| given.first(name)).find(|text| !text.trim().is_empty());
    let mut asked = Asked::parse(collection, text.unwrap_or_default()).map_err(|cause| call.refuse(&cause))?;
    if let Some(limit) = given.first("limit").filter(|limit| !limit.is_empty()) {
        let limit = read_limit(limit).ok_or_else(|| call.refuse(&RequestError::BadLimit))?;
        asked.limit = limit;
    }
    if given.first("reversed").is_some_and(|reversed| reversed.trim().eq_ignore_ascii_case("true")) {
        asked.turn = Turn::Reversed;
    }
    asked.cursor = given.first("cursor").filter(|cursor| !cursor.is_empty()).map(str::to_owned);
    Ok(asked)
}

/// Usergrid: whoever asks for more than the most gets the most.
fn read_limit(text: &str) -> Option<u32> {
    let text = text.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = is_number.then(|| text.parse().unwrap_or(Asked::MAX_LIMIT))?;
    (limit > 0).then_some(limit.min(Asked::MAX_LIMIT))
}

/// The parameters of the URL, decoded.
struct Given(Vec<(String, String)>);

impl Given {
    fn read(query: &str) -> Result<Self, DecodeError> {
        let decoded =
            pairs(query.as_bytes()).map(|(name, value)| Ok((decode(name)?.into_owned(), decode(value)?.into_owned())));
        Ok(Self(decoded.collect::<Result<_, DecodeError>>()?))
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_a_whole_number_and_cut_at_the_most() {
        for (text, limit) in [("1", 1), (" 10 ", 10), ("1000", 1000), ("1001", 1000), ("99999999999999", 1000)] {
            assert_eq!(read_limit(text), Some(limit), "{text}");
        }
        for bad in ["", "0", "000", "-1", "+1", "1.5", "ten", "0x10"] {
            assert_eq!(read_limit(bad), None, "{bad}");
        }
    }
}
