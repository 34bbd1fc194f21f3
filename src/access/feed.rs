//! What an issuer has revoked, as those read it who verify tokens without asking this server. Ids are told by their
//! digests, so that only who holds a token finds it here. The format is in `docs/api/revocations.md`.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use uuid::Uuid;

use super::error::AccessError;
use crate::crypto::digest;
use crate::domain::clock::Moment;
use crate::domain::id::TenantId;
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::store::Store;

/// How long a document may be kept on the way. All documents of such a span bear its beginning as their date.
pub const FRESH: Duration = Duration::from_secs(15);
/// How long a document is worth believing.
pub const HOLDS: Duration = Duration::from_secs(60);
/// How far back a delta begins before its cursor: clocks of nodes differ, and a slow transaction commits an older row.
const OVERLAP: Duration = Duration::from_secs(60);
/// How much of a SHA-256 digest names an id. *Units*: bytes.
const NAME_LEN: usize = 16;

/// One end, as the feed tells it.
///
/// *Shape*: `{"token":"<name>","exp":1}`, `{"principal":"<name>","until":1000,"exp":1}`, `{"tenant":true,"until":..}` or
/// `{"spared":"<name>","until":..}`. *Units*: `until` is UTC milliseconds, included; `exp` UTC seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Ended {
    Token { token: String, exp: i64 },
    Principal { principal: String, until: i64, exp: i64 },
    Tenant { tenant: bool, until: i64, exp: i64 },
    Spared { spared: String, until: i64, exp: i64 },
}

impl Ended {
    fn of(row: &Revocation) -> Self {
        let until = row.watermark.millis();
        // Rounded up: what is remembered a second too long harms nobody.
        let exp = row.expires.seconds().saturating_add(1);
        match row.target {
            RevocationTarget::Token(id) => Self::Token { token: name_of(id), exp },
            RevocationTarget::Principal(id) => Self::Principal { principal: name_of(id), until, exp },
            RevocationTarget::Tenant => Self::Tenant { tenant: true, until, exp },
            RevocationTarget::Spared(id) => Self::Spared { spared: name_of(id), until, exp },
        }
    }
}

/// The feed of one issuer, or what came to it since a cursor.
///
/// *Shape*: `{"iss":"..","iat":0,"exp":60,"next":"<cursor>","revocations":[..]}`, with `since` for a delta.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FeedDocument {
    pub iss: String,
    pub iat: i64,
    /// From when on it is not to be believed.
    pub exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What to ask for next.
    pub next: String,
    pub revocations: Vec<Ended>,
}

/// Where a reader stands.
///
/// *Shape*: digits, to be given back as they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Moment);

impl Cursor {
    /// Reads what a document said; `None` for anything that none ever said.
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
        let millis = is_number.then(|| text.parse().ok()).flatten()?;
        Some(Self(Moment::from_millis(millis)))
    }

    fn text(self) -> String {
        self.0.millis().to_string()
    }
}

/// Tells what was revoked. A clone shares everything.
#[derive(Clone)]
pub struct Feed {
    pub store: Store,
}

impl Feed {
    /// The feed of an issuer. Every delta holds all that came after its cursor; some of what came before may be in it
    /// once more.
    ///
    /// *Tenancy*: revocations of tokens that this tenant's keys signed.
    pub async fn document(
        &self,
        tenant: TenantId,
        issuer: String,
        since: Option<Cursor>,
        now: Moment,
    ) -> Result<FeedDocument, AccessError> {
        let from = since.map(|Cursor(moment)| moment.minus(OVERLAP));
        let rows = self.store.blocking(move |store| store.list_revocations_since(tenant, from, now)).await?;
        let span = i64::try_from(FRESH.as_secs()).unwrap_or(1);
        let iat = now.seconds() - now.seconds().rem_euclid(span);
        let date = Moment::from_millis(iat.saturating_mul(1_000));
        Ok(FeedDocument {
            iss: issuer,
            iat,
            exp: date.plus(HOLDS).seconds(),
            since: since.map(Cursor::text),
            next: Cursor(date).text(),
            revocations: rows.iter().map(Ended::of).collect(),
        })
    }
}

/// By what an id is told: enough of its digest that no other has the same, and nothing that leads back to it.
fn name_of(id: Uuid) -> String {
    let digest = digest::sha256(&id.to_string()).0;
    URL_SAFE_NO_PAD.encode(digest.first_chunk::<NAME_LEN>().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_by_its_digest() {
        // printf 00000000-0000-0000-0000-000000000007 | openssl dgst -sha256 -binary | head -c 16 | base64
        assert_eq!(name_of(Uuid::from_u128(7)), "DSWlGke39II4i9RCRkDn5Q");
    }

    #[test]
    fn a_cursor_is_what_a_document_said() {
        assert_eq!(Cursor::parse("1700000000000").map(Cursor::text).as_deref(), Some("1700000000000"));
        for bad in ["", "-1", "+1", "1.0", "x", "1700000000000000", " 1"] {
            assert_eq!(Cursor::parse(bad), None, "{bad:?}");
        }
    }
}
