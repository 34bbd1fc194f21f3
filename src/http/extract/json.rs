//! Bodies that are entities: any JSON object, an array of them, or a form read as an object of texts.

use serde_json::{Map, Value};

use super::parameters::{BYTE_ORDER_MARK, ParameterError};
use super::urlencoded::{decode, pairs};

/// What a body with entities holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Objects {
    One(Map<String, Value>),
    /// Usergrid's batch; an element that is no object is `None`, so that the others keep their places.
    Many(Vec<Option<Map<String, Value>>>),
}

/// Whether the body is JSON: its first character tells, whatever the content type says (Usergrid).
pub fn is_json(body: &[u8]) -> bool {
    matches!(text_of(body).first(), Some(b'{' | b'['))
}

/// The body as one object.
///
/// *Errors*: `NoBody`, `MalformedJson`, `MalformedForm`, `NotAnObject`, `Repeated` for a form, `IllegalCharacter`.
pub fn object(body: &[u8]) -> Result<Map<String, Value>, ParameterError> {
    match objects(body)? {
        Objects::One(object) => Ok(object),
        Objects::Many(_) => Err(ParameterError::NotAnObject),
    }
}

/// The body as one object or as an array of them.
///
/// *Errors*: as [`object`].
pub fn objects(body: &[u8]) -> Result<Objects, ParameterError> {
    let text = text_of(body);
    match text.first() {
        None => Err(ParameterError::NoBody),
        Some(b'{' | b'[') => {
            let value: Value = serde_json::from_slice(text).map_err(ParameterError::MalformedJson)?;
            // PostgreSQL's JSON cannot hold it, and no member needs it.
            if has_nul(&value) {
                return Err(ParameterError::IllegalCharacter("body"));
            }
            match value {
                Value::Object(object) => Ok(Objects::One(object)),
                Value::Array(list) => Ok(Objects::Many(list.into_iter().map(into_object).collect())),
                _ => Err(ParameterError::NotAnObject),
            }
        }
        Some(_) => form(text).map(Objects::One),
    }
}

fn text_of(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body).trim_ascii()
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn form(text: &[u8]) -> Result<Map<String, Value>, ParameterError> {
    let mut object = Map::new();
    for (name, value) in pairs(text) {
        let name = decode(name).map_err(ParameterError::MalformedForm)?;
        let value = decode(value).map_err(ParameterError::MalformedForm)?;
        if name.contains('\0') || value.contains('\0') {
            return Err(ParameterError::IllegalCharacter("body"));
        }
        if object.insert(name.into_owned(), Value::String(value.into_owned())).is_some() {
            return Err(ParameterError::Repeated("body"));
        }
    }
    Ok(object)
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(list) => list.iter().any(has_nul),
        Value::Object(object) => object.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(body: &str) -> Result<Value, String> {
        object(body.as_bytes()).map(Value::Object).map_err(|cause| cause.to_string())
    }

    #[test]
    fn an_object_comes_as_json_or_as_a_form() {
        assert_eq!(read(r#" {"a":{"b":[1]}} "#), Ok(json!({ "a": { "b": [1] } })));
        assert_eq!(read("\u{feff}{}"), Ok(json!({})));
        assert_eq!(read("a=1&b=x%20y"), Ok(json!({ "a": "1", "b": "x y" })));
        for (bad, why) in [
            ("", "the request has no body and no parameters"),
            ("[]", "the body is JSON but not an object"),
            ("{", "the body is not JSON"),
            ("a=1&a=2", "the parameter body is given more than once"),
            (r#"{"a":["\u0000"]}"#, "the parameter body contains a NUL character"),
            (r#"{"\u0000":1}"#, "the parameter body contains a NUL character"),
            ("a=%00", "the parameter body contains a NUL character"),
        ] {
            assert_eq!(read(bad), Err(why.to_owned()), "{bad}");
        }
    }

    #[test]
    fn a_batch_keeps_the_places_of_what_is_no_object() {
        let Ok(Objects::Many(list)) = objects(br#"[{"a":1},2]"#) else { panic!("an array") };
        assert_eq!(list.len(), 2);
        assert_eq!(list.last(), Some(&None));
    }
}
