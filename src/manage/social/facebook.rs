//! Facebook: `GET {api_url}?access_token=`. Where the application's secret is set, it is proved beside the token, so that
//! Facebook refuses a token that was issued to another application.

use serde_json::{Map, Value, json};

use super::profile::{Confirmed, Profile, account_id, keepable, object, text};
use super::{Asked, ManageError, Registry};
use crate::crypto::mac::hmac_hex;
use crate::domain::secret::Secret;
use crate::domain::social::{SocialIdentity, SocialProvider};
use crate::upstream::Question;

const API_URL: &str = "https://graph.facebook.com/me";
/// `http` as ever: clients compare it.
const PIC_URL: &str = "http://graph.facebook.com/{id}/picture";

impl Registry {
    pub(super) async fn facebook_profile(&self, asked: Asked<'_>) -> Result<Profile, ManageError> {
        let url = self.upstream.check(asked.settings.api_url.as_deref().unwrap_or(API_URL))?;
        let mut question = Question::get(url).secret_in_query("access_token", asked.token);
        if let Some(secret) = &asked.settings.client_secret {
            let proof = Secret::new(hmac_hex(secret, asked.token));
            question = question.secret_in_query("appsecret_proof", &proof);
        }
        let reply = self.ask_provider(question).await?;
        let pic_url = asked.settings.pic_url.as_deref().unwrap_or(PIC_URL);
        object(&reply.body).and_then(|account| read(&account, pic_url)).ok_or(ManageError::ProviderRefused)
    }
}

/// *Shape*: `{"id":"..","name":"..","email":".."}`. Facebook does not say whether the address was confirmed.
fn read(account: &Map<String, Value>, pic_url: &str) -> Option<Profile> {
    let subject = account_id(account.get("id")?)?;
    let name = text(account.get("name")?)?;
    let mut properties = Map::new();
    properties.insert("facebook".to_owned(), keepable(account));
    properties.insert("picture".to_owned(), json!(pic_url.replace("{id}", &subject)));
    Some(Profile {
        usernames: vec![format!("fb_{subject}")],
        identity: SocialIdentity { provider: SocialProvider::Facebook, subject },
        name: Some(name),
        email: account.get("email").and_then(text),
        confirmed: Confirmed::No,
        properties,
        lifetime: None,
    })
}
