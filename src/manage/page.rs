//! What a page gives its form to bring back: sealed, for one browser, one place and a quarter of an hour, so that no
//! other site can write it and nothing of a request has to be kept here between two steps.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{ManageError, Registry};
use crate::crypto::digest::sha256;
use crate::crypto::entropy::uuid_v4;
use crate::crypto::vault::{Binding, Purpose, VaultError};
use crate::domain::id::TenantId;
use crate::domain::place::Place;
use crate::domain::secret::{Sealed, Secret};

const LIFE: Duration = Duration::from_secs(900);

/// *Units*: `until` is UTC seconds.
#[derive(Serialize, Deserialize)]
struct Kept<T> {
    until: i64,
    page: T,
}

impl Registry {
    /// Draws the value by which one browser is told from another while nobody is signed in there.
    pub fn draw_browser(&self) -> Secret {
        Secret::new(uuid_v4(&*self.entropy).simple().to_string())
    }

    /// Seals what a page of `browser` is to bring back.
    pub fn seal_page(&self, place: &Place, browser: &Secret, page: &impl Serialize) -> Result<String, ManageError> {
        let until = self.clock.now().plus(LIFE).seconds();
        let plain = serde_json::to_vec(&Kept { until, page }).map_err(ManageError::Cursor)?;
        let row = row_of(browser);
        let sealed = self.vault.seal(&binding(place.tenant(), &row), &plain, &*self.entropy)?;
        let mut bytes = vec![u8::try_from(sealed.by.len()).unwrap_or(u8::MAX)];
        bytes.extend_from_slice(sealed.by.as_bytes());
        bytes.extend_from_slice(&sealed.bytes);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// What a page brought back.
    ///
    /// *Errors*: `StalePage` for what was made up, is too old, or was another browser's or place's.
    pub fn open_page<T: DeserializeOwned>(
        &self,
        place: &Place,
        browser: &Secret,
        text: &str,
    ) -> Result<T, ManageError> {
        let sealed = unpack(text).ok_or(ManageError::StalePage)?;
        let row = row_of(browser);
        let plain = match self.vault.open(&binding(place.tenant(), &row), &sealed) {
            Err(VaultError::Refused | VaultError::UnknownKey { .. }) => return Err(ManageError::StalePage),
            opened => opened?,
        };
        let kept: Kept<T> = serde_json::from_slice(&plain).ok().ok_or(ManageError::StalePage)?;
        if self.clock.now().seconds() >= kept.until {
            return Err(ManageError::StalePage);
        }
        Ok(kept.page)
    }
}

fn unpack(text: &str) -> Option<Sealed> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (length, rest) = bytes.split_first()?;
    let (by, bytes) = rest.split_at_checked(usize::from(*length))?;
    Some(Sealed { by: String::from_utf8(by.to_vec()).ok()?, bytes: bytes.to_vec() })
}

/// The browser's value stands in no log, so its digest stands for it.
fn row_of(browser: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(sha256(browser.expose()).0)
}

fn binding(tenant: TenantId, row: &str) -> Binding<'_> {
    Binding { tenant, purpose: Purpose::Page, row }
}
