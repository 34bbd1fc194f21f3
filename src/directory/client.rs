//! A client as the directory knows it: whose it is and which secrets it may present.

use std::sync::Arc;

use crate::crypto::compare;
use crate::crypto::digest;
use crate::domain::authority::Principal;
use crate::domain::client::{ClientId, ClientSecret};
use crate::domain::clock::Moment;
use crate::domain::id::OrgId;

/// A client whose owner exists.
#[derive(Clone, Debug)]
pub struct KnownClient {
    id: ClientId,
    org: OrgId,
    secrets: Arc<[ClientSecret]>,
}

impl KnownClient {
    /// A client that belongs to `org`, with all its secrets, dead ones too.
    pub fn new(id: ClientId, org: OrgId, secrets: Arc<[ClientSecret]>) -> Self {
        Self { id, org, secrets }
    }

    /// The client's id.
    pub fn id(&self) -> ClientId {
        self.id
    }

    /// Whether `secret` is one of the client's live secrets.
    ///
    /// Compares digests, every one of them, in constant time (security rule JWT-12).
    pub fn accepts(&self, secret: &str, now: Moment) -> bool {
        let presented = digest::sha256(secret);
        self.secrets
            .iter()
            .filter(|known| known.is_live(now))
            .fold(false, |found, known| compare::same(&known.digest.0, &presented.0) | found)
    }

    /// Who this client is once it has proved itself.
    pub fn principal(&self) -> Principal {
        match self.id {
            ClientId::App(app) => Principal::AppClient { org: self.org, app },
            ClientId::Org(org) => Principal::OrgClient { org },
        }
    }
}
