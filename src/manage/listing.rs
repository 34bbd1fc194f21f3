//! Listing users, groups and roles page by page. A cursor is sealed for its tenant and its list: nobody can make one
//! up, and none opens a list that it was not made for.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use super::{ManageError, Registry};
use crate::crypto::vault::{Binding, Purpose, VaultError};
use crate::domain::id::AppId;
use crate::domain::query::{Asked, Within};
use crate::domain::secret::Sealed;
use crate::store::{Listing, Mark, Store};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// In the order asked for.
    pub ids: Vec<Uuid>,
    /// Where the next page begins; none behind the last one.
    pub cursor: Option<String>,
}

impl Registry {
    /// The entities of a collection that meet a query, or those of them that are linked to one entity.
    ///
    /// *Errors*: `BadCursor` for one that was made up, or made for another tenant, query, order or link; the size of
    /// a page may change between two of them; `TooManyListings` and `SlowQuery`. *Tenancy*: the application.
    pub async fn list_entities(&self, app: AppId, asked: &Asked, within: Option<Within>) -> Result<Found, ManageError> {
        let list = list_of(asked, within);
        let after = asked.cursor.as_deref().map(|cursor| self.open_cursor(app, &list, cursor)).transpose()?;
        let listing = Listing { asked: asked.clone(), within, after };
        let place = self.listings.enter(app).await?;
        let read = move |store: &Store| {
            // Held until the read ends, which it does even if the caller goes.
            let _place = place;
            store.list_entities(app, &listing)
        };
        let page = self.store.blocking(read).await?;
        let page = page.ok_or(ManageError::BadCursor)?;
        let cursor = page.end.map(|end| self.seal_cursor(app, &list, &end)).transpose()?;
        Ok(Found { ids: page.ids, cursor })
    }

    /// *Shape*: base64url of the length of the master key's id, the id, and the sealed marks as JSON.
    fn seal_cursor(&self, app: AppId, list: &str, end: &[Mark]) -> Result<String, ManageError> {
        let plain = serde_json::to_vec(end).map_err(ManageError::Cursor)?;
        let sealed = self.vault.seal(&binding(app, list), &plain, &*self.entropy)?;
        let length = u8::try_from(sealed.by.len()).unwrap_or(u8::MAX);
        let bytes = [&[length], sealed.by.as_bytes(), sealed.bytes.as_slice()].concat();
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn open_cursor(&self, app: AppId, list: &str, cursor: &str) -> Result<Vec<Mark>, ManageError> {
        let sealed = unpack(cursor).ok_or(ManageError::BadCursor)?;
        match self.vault.open(&binding(app, list), &sealed) {
            // A master key that is gone takes its cursors along; that is no failure of the server.
            Err(VaultError::Refused | VaultError::UnknownKey { .. }) => Err(ManageError::BadCursor),
            Err(other) => Err(other.into()),
            Ok(plain) => serde_json::from_slice(&plain).map_err(ManageError::Cursor),
        }
    }
}

fn unpack(cursor: &str) -> Option<Sealed> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (length, rest) = bytes.split_first()?;
    let (by, bytes) = rest.split_at_checked(usize::from(*length))?;
    Some(Sealed { by: String::from_utf8(by.to_vec()).ok()?, bytes: bytes.to_vec() })
}

fn binding(app: AppId, list: &str) -> Binding<'_> {
    Binding { tenant: app.into(), purpose: Purpose::Cursor, row: list }
}

/// The list that a cursor belongs to: everything but the size of its pages.
fn list_of(asked: &Asked, within: Option<Within>) -> String {
    let within = within.map(|Within { kind, end, direction }| format!("{} {end} {direction:?}", kind.as_str()));
    let (collection, turn) = (asked.collection.as_str(), asked.turn);
    format!("{collection} {turn:?} {} {}", within.unwrap_or_default(), asked.query)
}
