//! Foursquare: `GET {api_url}?oauth_token=&v=`.

use serde_json::{Map, Value, json};

use super::profile::{Confirmed, Profile, account_id, keepable, object, text};
use super::{Asked, ManageError, Registry};
use crate::domain::secret::Secret;
use crate::domain::social::{SocialIdentity, SocialProvider};
use crate::upstream::Question;

const API_URL: &str = "https://api.foursquare.com/v2/users/self";
/// The day whose form of the API is read.
const VERSION: &str = "20120505";

impl Registry {
    pub(super) async fn foursquare_profile(&self, asked: Asked<'_>) -> Result<Profile, ManageError> {
        let url = self.upstream.check(asked.settings.api_url.as_deref().unwrap_or(API_URL))?;
        let question =
            Question::get(url).secret_in_query("oauth_token", asked.token).secret_in_query("v", &Secret::new(VERSION));
        let reply = self.ask_provider(question).await?;
        let pic_url = asked.settings.pic_url.as_deref();
        object(&reply.body).and_then(|answer| read(&answer, pic_url)).ok_or(ManageError::ProviderRefused)
    }
}

/// *Shape*: `{"response":{"user":{"id":"..","firstName":"..","lastName":"..","photo":"..","homeCity":"..",
/// "contact":{"email":".."}}}}`
fn read(answer: &Map<String, Value>, pic_url: Option<&str>) -> Option<Profile> {
    let account = answer.get("response")?.get("user")?.as_object()?;
    let subject = account_id(account.get("id")?)?;
    let names: Vec<String> =
        ["firstName", "lastName"].into_iter().filter_map(|part| text(account.get(part)?)).collect();
    let mut properties = Map::new();
    properties.insert("foursquare".to_owned(), keepable(account));
    let picture = pic_url.map(|url| url.replace("{id}", &subject)).or_else(|| account.get("photo").and_then(photo));
    if let Some(picture) = picture {
        properties.insert("picture".to_owned(), json!(picture));
    }
    if let Some(city) = account.get("homeCity").and_then(text) {
        properties.insert("location".to_owned(), json!(city));
    }
    Some(Profile {
        usernames: vec![subject.clone(), format!("fq_{subject}")],
        identity: SocialIdentity { provider: SocialProvider::Foursquare, subject },
        name: (!names.is_empty()).then(|| names.join(" ")),
        email: account.get("contact").and_then(|contact| contact.get("email")).and_then(text),
        confirmed: Confirmed::No,
        properties,
        lifetime: None,
    })
}

/// An address, or the two halves of one with the size between them.
fn photo(value: &Value) -> Option<String> {
    let halves = || Some(format!("{}original{}", text(value.get("prefix")?)?, text(value.get("suffix")?)?));
    text(value).or_else(halves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_an_address_or_two_halves_of_one() {
        assert_eq!(photo(&json!("https://x.test/p.jpg")), Some("https://x.test/p.jpg".to_owned()));
        let halves = json!({ "prefix": "https://x.test/", "suffix": "/p.jpg" });
        assert_eq!(photo(&halves), Some("https://x.test/original/p.jpg".to_owned()));
        assert_eq!(photo(&json!(7)), None);
    }
}
