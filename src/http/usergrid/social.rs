//! Sign-in of users by an account of another service. *Spec*: Usergrid `/{org}/{app}/auth/{provider}`.

use actix_web::HttpResponse;

use crate::domain::secret::Secret;
use crate::domain::social::SocialProvider;
use crate::domain::tenant::Switch;
use crate::grant::{GrantError, Issued};
use crate::http::error::{Refusal, RequestError};
use crate::http::extract::call::{Call, Entered};
use crate::http::extract::parameters::Parameters;
use crate::http::middleware::access_log::AccessFields;
use crate::http::oauth::token;
use crate::http::usergrid::jsonp::Callback;

/// `GET|POST /{org}/{app}/auth/facebook?fb_access_token=&ttl=&callback=`
pub async fn facebook(call: Call) -> Result<HttpResponse, Refusal> {
    sign_in(call, SocialProvider::Facebook).await
}

/// `GET|POST /{org}/{app}/auth/foursquare?fq_access_token=&ttl=`
pub async fn foursquare(call: Call) -> Result<HttpResponse, Refusal> {
    sign_in(call, SocialProvider::Foursquare).await
}

/// `GET|POST /{org}/{app}/auth/pingident?ping_access_token=`: the token lives as long as the provider's own session.
pub async fn pingident(call: Call) -> Result<HttpResponse, Refusal> {
    sign_in(call, SocialProvider::Pingident).await
}

async fn sign_in(call: Call, provider: SocialProvider) -> Result<HttpResponse, Refusal> {
    // Whoever may not use this path is told so before anyone outside is asked.
    let entered = call.enter().await?;
    let said = call.parameters()?;
    let callback = match (provider, said.callback.as_deref()) {
        (SocialProvider::Facebook, Some(name)) => {
            Some(Callback::parse(name).ok_or_else(|| call.refuse(&RequestError::BadCallback))?)
        }
        _ => None,
    };
    match prove(&call, &entered, provider, said).await {
        Ok(issued) => Ok(token::respond(&issued, callback.as_ref())),
        Err(refusal) => Err(refusal.called_back(callback)),
    }
}

async fn prove(call: &Call, entered: &Entered, provider: SocialProvider, said: &Parameters) -> Result<Issued, Refusal> {
    let (name, token) = match provider {
        SocialProvider::Facebook => ("fb_access_token", &said.fb_access_token),
        SocialProvider::Foursquare => ("fq_access_token", &said.fq_access_token),
        SocialProvider::Pingident => ("ping_access_token", &said.ping_access_token),
    };
    let by_url = said.is_in_query(name) || said.callback.is_some();
    if by_url && entered.app.settings.url_grants == Switch::Off {
        return Err(call.refuse(&GrantError::UrlGrantsOff));
    }
    let token: &Secret = token.as_ref().ok_or_else(|| call.refuse(&RequestError::MissingOutsideToken))?;
    let wish = token::ttl(said).map_err(|cause| call.refuse(&cause))?;
    let proved = call.state.registry.prove_outside(entered.app.id, provider, token, entered.actor()).await;
    let proved = proved.map_err(|cause| call.refuse(&cause))?;

    let dispatcher = &call.state.dispatcher;
    let ttl = match proved.lifetime {
        Some(lifetime) => Some(lifetime.min(dispatcher.longest_life(&entered.place))),
        None => wish,
    };
    let issued = dispatcher.sign_in_user(&entered.place, proved.user, ttl, &call.origin()).await;
    let mut issued = issued.map_err(|cause| call.refuse(&cause))?;
    if proved.lifetime.is_some() {
        // The session ends when the provider's does: it is not to be renewed without asking there.
        issued.refresh_token = None;
    }
    AccessFields::note(&call.request, |fields| {
        fields.authority = Some(issued.principal.authority());
        fields.outcome = Some("ok");
    });
    Ok(issued)
}
