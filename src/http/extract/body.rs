//! Reads a body up to a limit. It does not know what the bytes mean.

use std::pin::pin;
use std::time::Duration;

use actix_web::error::PayloadError;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    #[error("the body is longer than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("the body ended early or is not encoded as it says")]
    CutShort(#[source] PayloadError),
}

/// How long a body may take to arrive; a caller that never ends must not keep its connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a body as [`read_body`] does, within a bounded time.
///
/// *Errors*: `TooSlow` (408), and those of `read_body`.
pub async fn read_body_in_time<S>(payload: S, limit: usize) -> Result<Bytes, BodyError>
where
    S: Stream<Item = Result<Bytes, PayloadError>>,
{
    timeout(PATIENCE, read_body(payload, limit)).await.unwrap_or(Err(BodyError::TooSlow))
}

/// Reads the whole body, at most `limit` bytes of it.
///
/// A compressed body is wrapped by the caller (`actix_web::dev::Decompress`), so that the limit counts what it
/// unpacks to. A body that comes in one piece, as most do, is not copied.
///
/// *Errors*: `TooLarge` (413) before more than the limit is kept; `CutShort` (400).
pub async fn read_body<S>(payload: S, limit: usize) -> Result<Bytes, BodyError>
where
    S: Stream<Item = Result<Bytes, PayloadError>>,
{
    let mut pieces = pin!(payload);
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| match error {
            PayloadError::Overflow => BodyError::TooLarge { limit },
            other => BodyError::CutShort(other),
        })?;
        let so_far = first.len().max(joined.len());
        if piece.len() > limit.saturating_sub(so_far) {
            return Err(BodyError::TooLarge { limit });
        }
        if so_far == 0 {
            first = piece;
        } else {
            if joined.is_empty() {
                joined.extend_from_slice(&first);
            }
            joined.extend_from_slice(&piece);
        }
    }
    Ok(if joined.is_empty() { first } else { joined.freeze() })
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    async fn read(pieces: Vec<Result<Bytes, PayloadError>>, limit: usize) -> Result<Bytes, BodyError> {
        read_body(stream::iter(pieces), limit).await
    }

    fn pieces(texts: &[&'static str]) -> Vec<Result<Bytes, PayloadError>> {
        texts.iter().map(|text| Ok(Bytes::from_static(text.as_bytes()))).collect()
    }

    #[actix_web::test]
    async fn pieces_are_joined_up_to_the_limit() {
        assert_eq!(read(pieces(&[]), 5).await.expect("no body"), "");
        assert_eq!(read(pieces(&["ab", "", "cd", "e"]), 5).await.expect("within the limit"), "abcde");
        assert!(matches!(read(pieces(&["ab", "cde", "f"]), 5).await, Err(BodyError::TooLarge { limit: 5 })));
        assert!(matches!(read(pieces(&["abcdef"]), 5).await, Err(BodyError::TooLarge { limit: 5 })));
    }

    #[actix_web::test]
    async fn a_body_cut_short_is_not_an_empty_one() {
        let cut = vec![Ok(Bytes::from_static(b"ab")), Err(PayloadError::Incomplete(None))];
        assert!(matches!(read(cut, 5).await, Err(BodyError::CutShort(PayloadError::Incomplete(_)))));
    }
}
