//! Strict `application/x-www-form-urlencoded`: a bad escape or bad UTF-8 is an error and is never guessed at,
//! so that two readers of one request cannot see two values. *Spec*: WHATWG URL §5, RFC 6749 Appendix B.

use std::borrow::Cow;
use std::str::Utf8Error;

/// Why a piece of a form or query could not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("a percent sign is not followed by two hexadecimal digits")]
    Escape,
    #[error("the text is not UTF-8")]
    Utf8(#[source] Utf8Error),
}

/// The still encoded names and values of a form or query; a missing `=` means an empty value.
pub fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|&byte| byte == b'&').filter(|piece| !piece.is_empty()).map(|piece| {
        let mut sides = piece.splitn(2, |&byte| byte == b'=');
        (sides.next().unwrap_or_default(), sides.next().unwrap_or_default())
    })
}

/// Decodes `%XX` and `+`. Borrows when there is nothing to decode.
pub fn decode(text: &[u8]) -> Result<Cow<'_, str>, DecodeError> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+'))
        && let Ok(plain) = str::from_utf8(text)
    {
        return Ok(Cow::Borrowed(plain));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = hex_digit(bytes.next())?;
                high << 4 | hex_digit(bytes.next())?
            }
            other => other,
        });
    }
    // The source keeps the position and not the bytes, which may be a password's.
    String::from_utf8(decoded).map(Cow::Owned).map_err(|error| DecodeError::Utf8(error.utf8_error()))
}

/// Decodes the `%XX` of one segment of a path, where `+` stands for itself. A segment that the router has decoded but
/// for its `%25`, `%2F` and `%2B` comes out the same.
pub fn decode_path(segment: &str) -> Result<String, DecodeError> {
    decode(segment.replace('+', "%2B").as_bytes()).map(Cow::into_owned)
}

fn hex_digit(byte: Option<&u8>) -> Result<u8, DecodeError> {
    match byte {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(letter @ b'a'..=b'f') => Ok(letter - b'a' + 10),
        Some(letter @ b'A'..=b'F') => Ok(letter - b'A' + 10),
        _ => Err(DecodeError::Escape),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_plus_are_decoded_and_plain_text_is_borrowed() {
        assert_eq!(decode(b"a%20b+c%C3%bc").expect("good escapes"), "a b cü");
        assert!(matches!(decode(b"plain"), Ok(Cow::Borrowed("plain"))));
    }

    #[test]
    fn bad_escapes_and_bad_utf8_are_errors() {
        for bad in ["%", "%2", "%zz", "a%+1", "%C3%B"] {
            assert!(matches!(decode(bad.as_bytes()), Err(DecodeError::Escape)), "{bad}");
        }
        for bad in [&b"%ff"[..], b"\xff", b"%C3"] {
            assert!(matches!(decode(bad), Err(DecodeError::Utf8(_))), "{bad:?}");
        }
    }

    #[test]
    fn pairs_split_at_the_first_equals_sign() {
        let found: Vec<_> = pairs(b"a=1&&b=2=3&c&=4").collect();
        assert_eq!(found, [(&b"a"[..], &b"1"[..]), (b"b", b"2=3"), (b"c", b""), (b"", b"4")]);
    }
}
