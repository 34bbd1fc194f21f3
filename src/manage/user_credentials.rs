//! The stored credentials of users as Usergrid shows and takes them: how a password was hashed, and the result.
//! They move an account from one server to another without its password. *Spec*: Usergrid `CredentialsInfo`.

use serde_json::{Map, Value, json};

use super::{Actor, ManageError, Registry};
use crate::crypto::password::{Legacy, LegacyError};
use crate::domain::id::{AppId, UserId};
use crate::domain::secret::Secret;
use crate::domain::user::{AppUser, Identifier};

/// A stored password, and how it came to be.
#[derive(Clone, Debug)]
pub struct UserCredentials {
    chain: Vec<String>,
    secret: Secret,
    /// *Units*: UTC milliseconds.
    created: i64,
}

impl UserCredentials {
    /// *Shape*: `{"recoverable":false,"encrypted":true,"cryptoChain":["bcrypt"],"secret":"..","created":ms}`. It is to
    /// be shown to the superuser alone.
    pub fn expose(&self) -> Value {
        json!({
            "recoverable": false,
            "encrypted": true,
            "cryptoChain": self.chain,
            "secret": self.secret.expose(),
            "created": self.created,
        })
    }
}

impl Registry {
    /// A user with their stored credentials; without any, they have no password. *Tenancy*: the application.
    pub async fn user_credentials(
        &self,
        app: AppId,
        who: &str,
    ) -> Result<(AppUser, Option<UserCredentials>), ManageError> {
        let identifier = Identifier::parse(who);
        let found = self.store.point(move |store| store.find_user_with_password(app, &identifier)).await?;
        let found = found.ok_or_else(|| ManageError::UnknownUser(who.to_owned()))?;
        let created = found.who.person.password_changed.unwrap_or(found.who.person.created).millis();
        let shown = found.hash.as_ref().map(|hash| {
            let (chain, secret) = Legacy::show(hash);
            UserCredentials { chain, secret, created }
        });
        Ok((found.who, shown))
    }

    /// Puts credentials in the place of a user's present ones. A secret that lies in clear is hashed first.
    ///
    /// *Errors*: `Credentials` for a way of hashing that is not known here; `Lane`. *Tenancy*: the application.
    pub async fn set_user_credentials(
        &self,
        app: AppId,
        user: UserId,
        credentials: &Map<String, Value>,
        actor: Actor,
    ) -> Result<(), ManageError> {
        let hash = match read_credentials(credentials)? {
            Legacy::Hash(hash) => hash,
            Legacy::Clear(clear) => self.lane.hash(app.into(), clear).await?,
        };
        self.set_user_hash(app, user, hash, actor).await
    }
}

/// Reads one of Usergrid's credentials.
///
/// *Shape*: `{"secret":"..","cryptoChain":["bcrypt"]}`; older ones have `hashType` and `cipher` instead of a chain.
pub(super) fn read_credentials(credentials: &Map<String, Value>) -> Result<Legacy, LegacyError> {
    let text = |name: &str| credentials.get(name).and_then(Value::as_str);
    let chain: Vec<String> = match credentials.get("cryptoChain") {
        Some(Value::Array(names)) if !names.is_empty() => {
            names.iter().map(|name| name.as_str().unwrap_or_default().to_owned()).collect()
        }
        _ => ["hashType", "cipher"].into_iter().filter_map(text).map(str::to_owned).collect(),
    };
    Legacy::read(&chain, text("secret").unwrap_or_default())
}
