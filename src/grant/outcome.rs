//! What a successful exchange yields.

use std::sync::Arc;
use std::time::Duration;

use crate::domain::authority::Principal;
use crate::domain::secret::Secret;
use crate::domain::tenant::{AdminOverview, Application, OrgOverview};
use crate::domain::user::AppUser;

/// Who got the token, as the answer shows them.
#[derive(Clone, Debug)]
pub enum Holder {
    AppUser(Box<AppUser>),
    AppClient(Arc<Application>),
    OrgClient(Box<OrgOverview>),
    Admin(Box<AdminOverview>),
    /// Whoever it is: a registered client is shown nothing beside its token, and asks userinfo for what it may know.
    Registered,
}

/// A successful exchange.
#[derive(Clone, Debug)]
pub struct Issued {
    pub access_token: Secret,
    /// *Units*: whole seconds.
    pub expires_in: Duration,
    pub refresh_token: Option<Secret>,
    /// Where `openid` was granted to a registered client.
    pub id_token: Option<Secret>,
    /// What kind of token an exchange gave (RFC 8693 §2.2.1).
    pub issued_token_type: Option<&'static str>,
    pub scope: String,
    pub principal: Principal,
    pub holder: Holder,
}
