//! Outside providers of sign-in as an application's administrator sets them. Kept sealed, because they hold a secret;
//! shown without it. *Spec*: Usergrid `sia-provider`.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

use super::{Actor, ManageError, Registry};
use crate::crypto::vault::{Binding, Purpose};
use crate::domain::id::AppId;
use crate::domain::secret::Secret;
use crate::domain::social::{LinkByEmail, ProviderSettings, SocialProvider};
use crate::domain::tenant::Switch;
use crate::store::{Journal, SealedProvider, Store};

const LONGEST: usize = 2_048;

/// Settings as their owner may see them.
///
/// *Shape*: `{"api_url":"..","client_id":"..","link_by_email":"off"}`; the secret is only said to be there.
pub type ShownProvider = Map<String, Value>;

/// Settings as they lie under the seal.
#[derive(Deserialize)]
struct Kept {
    api_url: Option<String>,
    pic_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    link_by_email: Switch,
}

impl Registry {
    /// Sets how an application reaches a provider, whatever was set before.
    ///
    /// *Errors*: `UnknownProviderSetting`, `ProviderSetting`; URLs must lead outside. *Tenancy*: the application.
    pub async fn set_signin_provider(
        &self,
        app: AppId,
        provider: SocialProvider,
        given: &Map<String, Value>,
        actor: Actor,
    ) -> Result<ShownProvider, ManageError> {
        let settings = self.read_provider(given)?;
        let plain = Zeroizing::new(kept(&settings).to_string());
        let sealed = self.vault.seal(&binding(app, provider), plain.as_bytes(), &*self.entropy)?;
        let detail = json!({ "provider": provider.as_str(), "settings": names(given) });
        let entry = self.audit(app, actor, "set signin provider", detail);
        let journal = Journal { audit: vec![entry], ..Journal::default() };
        let new = SealedProvider { provider, sealed, at: self.clock.now() };
        let write = move |store: &Store, journal: &Journal| store.set_signin_provider(app, &new, journal);
        self.write(journal, write).await?;
        Ok(shown(&settings))
    }

    /// The settings of a provider, without its secret; empty where none were set.
    pub async fn get_signin_provider(
        &self,
        app: AppId,
        provider: SocialProvider,
    ) -> Result<ShownProvider, ManageError> {
        Ok(shown(&self.provider_settings(app, provider).await?))
    }

    /// The settings of a provider with its secret, for sign-in alone; the usual ones where none were set.
    pub(super) async fn provider_settings(
        &self,
        app: AppId,
        provider: SocialProvider,
    ) -> Result<ProviderSettings, ManageError> {
        let sealed = self.store.point(move |store| store.find_signin_provider(app, provider)).await?;
        let Some(sealed) = sealed else { return Ok(ProviderSettings::default()) };
        let plain = self.vault.open(&binding(app, provider), &sealed)?;
        // What lies under the seal was written here; other content is as good as none.
        let Ok(Kept { api_url, pic_url, client_id, client_secret, link_by_email }) = serde_json::from_slice(&plain)
        else {
            return Err(ManageError::ProviderNotSet);
        };
        let link_by_email = LinkByEmail(link_by_email);
        Ok(ProviderSettings { api_url, pic_url, client_id, client_secret, link_by_email })
    }

    fn read_provider(&self, given: &Map<String, Value>) -> Result<ProviderSettings, ManageError> {
        let mut settings = ProviderSettings::default();
        for (name, value) in given {
            match name.as_str() {
                "api_url" => settings.api_url = text("api_url", value)?,
                "pic_url" => settings.pic_url = text("pic_url", value)?,
                "client_id" => settings.client_id = text("client_id", value)?,
                "client_secret" => settings.client_secret = text("client_secret", value)?.map(Secret::new),
                "link_by_email" => settings.link_by_email = LinkByEmail(switch("link_by_email", value)?),
                other => return Err(ManageError::UnknownProviderSetting(other.chars().take(64).collect())),
            }
        }
        if let Some(url) = &settings.api_url {
            let refused = |_cause| ManageError::ProviderSetting("api_url", "must be an https URL of a public host");
            self.upstream.check(url).map_err(refused)?;
        }
        let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if settings.pic_url.as_ref().is_some_and(|url| !is_web(url)) {
            return Err(ManageError::ProviderSetting("pic_url", "must be an http or https URL"));
        }
        Ok(settings)
    }
}

fn binding(app: AppId, provider: SocialProvider) -> Binding<'static> {
    Binding { tenant: app.into(), purpose: Purpose::SigninProvider, row: provider.as_str() }
}

/// A setting that is null or empty is not set.
fn text(name: &'static str, value: &Value) -> Result<Option<String>, ManageError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) if text.is_empty() => Ok(None),
        Value::String(text) if text.len() <= LONGEST => Ok(Some(text.clone())),
        _ => Err(ManageError::ProviderSetting(name, "must be a text of at most 2048 bytes")),
    }
}

fn switch(name: &'static str, value: &Value) -> Result<Switch, ManageError> {
    match value.as_str() {
        Some("on") => Ok(Switch::On),
        Some("off") => Ok(Switch::Off),
        _ => Err(ManageError::ProviderSetting(name, "must be on or off")),
    }
}

fn names(given: &Map<String, Value>) -> Vec<&String> {
    given.keys().collect()
}

/// What is sealed; the one place where the secret is written out.
fn kept(settings: &ProviderSettings) -> Value {
    json!({
        "api_url": settings.api_url,
        "pic_url": settings.pic_url,
        "client_id": settings.client_id,
        "client_secret": settings.client_secret.as_ref().map(Secret::expose),
        "link_by_email": settings.link_by_email.0,
    })
}

fn shown(settings: &ProviderSettings) -> ShownProvider {
    let texts = [("api_url", &settings.api_url), ("pic_url", &settings.pic_url), ("client_id", &settings.client_id)];
    let mut shown: ShownProvider =
        texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?)))).collect();
    shown.insert("has_client_secret".to_owned(), json!(settings.client_secret.is_some()));
    shown.insert("link_by_email".to_owned(), json!(settings.link_by_email.0));
    shown
}
