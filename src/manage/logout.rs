//! What a client may ask for when it wants its person signed out (OpenID Connect RP-Initiated Logout 1.0).

use uuid::Uuid;

use super::{ManageError, Registry};
use crate::domain::browser::BrowserSession;
use crate::domain::id::{RegisteredId, TenantId};
use crate::domain::place::Place;
use crate::domain::registered::{ClientMetadata, SubjectType};
use crate::domain::secret::Secret;

/// What an ID token says of the session that it was made for.
#[derive(Clone, Debug)]
pub struct LogoutHint {
    /// The client that it was made for.
    pub client: RegisteredId,
    /// The person, by the name that this client knows.
    pub subject: String,
    pub session: Option<Uuid>,
}

impl Registry {
    /// Reads an ID token of this place as a hint. That it has expired does not matter; `None` for anything that this
    /// issuer never signed. *Spec*: RP-Initiated Logout §2, `id_token_hint`.
    pub async fn read_logout_hint(&self, place: &Place, token: &Secret) -> Result<Option<LogoutHint>, ManageError> {
        let ring = self.directory.keys(place.tenant()).await?;
        let Ok(hint) = ring.verify_id_token(token.expose(), &self.base.issuer(place)) else { return Ok(None) };
        let named = hint.azp.as_deref().into_iter().chain(hint.aud.iter());
        let client = named.filter_map(RegisteredId::parse_client_id).next();
        let session = hint.sid.as_deref().and_then(|sid| Uuid::try_parse(sid).ok());
        Ok(client.map(|client| LogoutHint { client, subject: hint.sub, session }))
    }

    /// What a client registered, if it may act. *Tenancy*: of this tenant alone.
    pub async fn client_metadata(
        &self,
        tenant: TenantId,
        client: RegisteredId,
    ) -> Result<Option<(String, ClientMetadata)>, ManageError> {
        let known = self.directory.registered(tenant, client).await?;
        Ok(known.map(|known| (known.client().name.clone(), known.client().metadata.clone())))
    }
}

impl LogoutHint {
    /// Whether the ID token was made for this session: it names the session, or the person where it names none.
    pub fn is_of(&self, session: &BrowserSession) -> bool {
        match self.session {
            Some(named) => named == session.id,
            None => self.subject == session.holder.to_string(),
        }
    }
}

/// By which name a client knows a person, where that is everybody's name for them: `None` for clients that have a name
/// of their own for each, for whom the session's name has to do.
pub(super) fn public_subject(client: &ClientMetadata, holder: Uuid) -> Option<String> {
    (client.subject_type == SubjectType::Public).then(|| holder.to_string())
}
