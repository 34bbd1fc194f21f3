//! PingFederate: the token is validated by `POST {api_url}` with the application's own client at that server, which is
//! the authority on the names of its people.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::profile::{Confirmed, Profile, object, text};
use super::{Asked, ManageError, Registry};
use crate::domain::name::{Email, lookup_key};
use crate::domain::secret::Secret;
use crate::domain::social::{SocialIdentity, SocialProvider};
use crate::upstream::Question;

const GRANT: &str = "urn:pingidentity.com:oauth2:grant_type:validate_bearer";
/// Where the server does not say how long its own session lasts. *Units*: seconds.
const LIFETIME: u64 = 7_200;

impl Registry {
    pub(super) async fn pingident_profile(&self, asked: Asked<'_>) -> Result<Profile, ManageError> {
        let settings = asked.settings;
        let (Some(api_url), Some(id), Some(secret)) = (&settings.api_url, &settings.client_id, &settings.client_secret)
        else {
            return Err(ManageError::ProviderNotSet);
        };
        let question = Question::get(self.upstream.check(api_url)?).form(&[
            ("grant_type", GRANT),
            ("client_id", id),
            ("client_secret", Secret::expose(secret)),
            ("token", asked.token.expose()),
        ]);
        let reply = self.ask_provider(question).await?;
        object(&reply.body).and_then(|answer| read(&answer)).ok_or(ManageError::ProviderRefused)
    }
}

/// *Shape*: `{"access_token":{"username":"bob@corp.test"},"expires_in":7199}`; some servers say it without the object.
fn read(answer: &Map<String, Value>) -> Option<Profile> {
    let token = answer.get("access_token").and_then(Value::as_object).unwrap_or(answer);
    let username = ["username", "subject"].into_iter().find_map(|name| text(token.get(name)?))?;
    // The name is an address: it is what the server vouches for.
    let email = Email::parse(&username).ok()?;
    let lifetime = ["expires_in", "expiration"].into_iter().find_map(|name| answer.get(name)?.as_u64());
    let lifetime = lifetime.filter(|seconds| *seconds > 0).unwrap_or(LIFETIME);
    let mut properties = Map::new();
    properties.insert("expiration".to_owned(), json!(lifetime));
    let name = ["name", "display_name"].into_iter().find_map(|name| text(token.get(name)?));
    Some(Profile {
        identity: SocialIdentity { provider: SocialProvider::Pingident, subject: lookup_key(email.as_str()) },
        name: Some(name.unwrap_or_else(|| username.clone())),
        usernames: vec![username],
        email: Some(email.as_str().to_owned()),
        confirmed: Confirmed::Yes,
        properties,
        lifetime: Some(Duration::from_secs(lifetime)),
    })
}
