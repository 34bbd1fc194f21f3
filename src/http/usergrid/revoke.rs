//! `revoketokens` and `revoketoken` of both planes. Never anonymous: by the holder, by someone above them, or by
//! whoever presents the very token that is to end.

use actix_web::HttpResponse;

use super::application::envelope;
use super::envelope::Envelope;
use crate::access::revoke::Request;
use crate::access::{AccessError, Need, Session};
use crate::domain::authority::Principal;
use crate::domain::place::Place;
use crate::http::error::Refusal;
use crate::http::extract::call::Call;

/// Which tokens a route ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    All,
    One,
}

/// `PUT|POST /{org}/{app}/users/{user}/revoketokens`
pub async fn all_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    of_user(call, Which::All).await
}

/// `PUT|POST /{org}/{app}/users/{user}/revoketoken?token=`
pub async fn one_of_user(call: Call) -> Result<HttpResponse, Refusal> {
    of_user(call, Which::One).await
}

/// `PUT|POST /management/users/{user}/revoketokens`
pub async fn all_of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    of_admin(call, Which::All).await
}

/// `PUT|POST /management/users/{user}/revoketoken?token=`
pub async fn one_of_admin(call: Call) -> Result<HttpResponse, Refusal> {
    of_admin(call, Which::One).await
}

async fn of_user(call: Call, which: Which) -> Result<HttpResponse, Refusal> {
    let place = call.place().await?;
    let session = call.session(&place).await?;
    let Place::App { org, app } = &place else { return Err(call.unknown_place()) };
    let is_over = match call.state.guard.application_admin(session.as_ref(), &place).await {
        Ok(_) => true,
        Err(AccessError::Forbidden(_)) => false,
        Err(cause) => return Err(call.refuse(&cause)),
    };
    let named = call.named("user")?;
    let user = match own_user(session.as_ref(), &place, &named) {
        Some(own) => Some(own),
        None => {
            let found = call.state.registry.find_user(app.id, &named).await;
            found.map_err(|cause| call.refuse(&cause))?.map(|user| user.id)
        }
    };
    let holder = user.map(|user| Principal::AppUser { org: org.id, app: app.id, user });
    let asked = Asked { holder, session: session.as_ref(), is_over, lacks: Need::Permission };
    end(&call, which, asked).await?;
    let action = match which {
        Which::All => "revoked user tokens",
        Which::One => "revoked user token",
    };
    Ok(envelope(&call, &place, action).into_response(call.state.clock.now()))
}

fn own_user(session: Option<&Session>, place: &Place, named: &str) -> Option<crate::domain::id::UserId> {
    match (session?.principal, place) {
        (Principal::AppUser { app: own, user, .. }, Place::App { app, .. })
            if own == app.id && named.eq_ignore_ascii_case("me") =>
        {
            Some(user)
        }
        _ => None,
    }
}

async fn of_admin(call: Call, which: Which) -> Result<HttpResponse, Refusal> {
    let session = call.session(&Place::Management).await?;
    let named = call.named("user")?;
    let own = session.as_ref().and_then(|session| match session.principal {
        Principal::Admin { admin } if named.eq_ignore_ascii_case("me") => Some(admin),
        _ => None,
    });
    let admin = match own {
        Some(own) => Some(own),
        None => {
            let found = call.state.registry.find_admin(&named).await;
            found.map_err(|cause| call.refuse(&cause))?.map(|admin| admin.id)
        }
    };
    let holder = admin.map(|admin| Principal::Admin { admin });
    let is_over = call.state.guard.superuser(session.as_ref()).is_ok();
    let asked = Asked { holder, session: session.as_ref(), is_over, lacks: Need::Admin };
    end(&call, which, asked).await?;
    // Usergrid: the management plane says the plural for one token too.
    Ok(Envelope::new(call.started).action("revoked user tokens").into_response(call.state.clock.now()))
}

struct Asked<'a> {
    holder: Option<Principal>,
    session: Option<&'a Session>,
    is_over: bool,
    /// What is said to be missing where nobody has the name.
    lacks: Need,
}

/// An unknown user is refused like a foreign one, so that nobody learns who exists.
async fn end(call: &Call, which: Which, asked: Asked<'_>) -> Result<(), Refusal> {
    let token = match which {
        Which::All => None,
        Which::One => Some(call.named_token()?),
    };
    let holder = asked.holder.ok_or_else(|| call.refuse(&AccessError::Forbidden(asked.lacks)))?;
    let request = Request { holder, caller: asked.session, is_over: asked.is_over };
    let ended = match token {
        None => call.state.revoker.all(request).await,
        Some(token) => call.state.revoker.one(request, &token).await,
    };
    ended.map_err(|cause| call.refuse(&cause))
}
