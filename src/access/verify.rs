//! Who calls: a bearer token or a client pair becomes a session. A warm directory answers without a query.

use std::sync::Arc;
use std::time::Duration;

use uuid::{Builder, Uuid};

use super::error::AccessError;
use super::external::{ExternalError, Voucher};
use super::legacy::LegacyTokens;
use super::proof::{Demonstration, ProofError, Proofs};
use crate::crypto::compare;
use crate::crypto::digest;
use crate::crypto::jwt::{self, Expected, JwtError, Peek};
use crate::crypto::keys::KeyRing;
use crate::directory::Directory;
use crate::domain::authority::{Authority, Principal};
use crate::domain::clock::{Clock, Moment};
use crate::domain::id::{AdminId, RegisteredId};
use crate::domain::name::lookup_key;
use crate::domain::place::{BaseUrl, Place};
use crate::domain::revocation::RevocationReason;
use crate::domain::scope::API;
use crate::domain::secret::Secret;
use crate::domain::superuser::Superuser;
use crate::domain::token::{AccessClaims, LenderClaim, moment_of};

/// A `kid` that is not known may be a key that another node made a moment ago: one fresh look, at most this often.
const FRESH_LOOK: Duration = Duration::from_secs(1);

/// What a caller presented.
#[derive(Clone, Debug)]
pub enum Presented {
    Bearer(Secret),
    /// A token with the proof of a key (RFC 9449 §7.1).
    Dpop {
        token: Secret,
        shown: Box<Demonstration>,
    },
    /// `client_id` and `client_secret` as parameters of any request (Usergrid).
    ClientParameters {
        id: String,
        secret: Secret,
    },
    /// The same pair by HTTP Basic.
    ClientBasic {
        id: String,
        secret: Secret,
        /// The password as it stood between colon and end, for the superuser: RFC 7617 knows no form encoding.
        plain: Secret,
    },
}

/// Whose use of a token is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    /// This server's own: its issuer must be among the audience.
    Us,
    /// Whoever it is for: introspection and revocation are not a use.
    Anyone,
}

/// A caller who proved who they are.
#[derive(Clone, Debug)]
pub struct Session {
    pub principal: Principal,
    /// The token they came with; `None` for a client pair.
    pub token: Option<PresentedToken>,
}

/// A token that was verified.
#[derive(Clone, Debug)]
pub struct PresentedToken {
    pub text: Secret,
    pub jti: Uuid,
    /// The session it belongs to.
    pub session: Option<Uuid>,
    pub expires: Moment,
    /// What it says; `None` for a token of another server, which has all that its holder's authority reaches.
    pub claims: Option<Box<AccessClaims>>,
    /// What another server calls the holder, where the token is that server's.
    pub known_as: Option<Arc<str>>,
}

impl PresentedToken {
    /// Whether it may be used for this (RFC 6749 §3.3).
    pub fn has_scope(&self, word: &str) -> bool {
        self.claims.as_ref().is_none_or(|claims| claims.scope.split(' ').any(|granted| granted == word))
    }
}

impl Session {
    /// The thumbprint of the key that the caller's token is bound to, if to any.
    pub fn jkt(&self) -> Option<&str> {
        let claims = self.token.as_ref()?.claims.as_ref()?;
        claims.cnf.as_ref().map(|cnf| cnf.jkt.as_str())
    }

    /// Whether the caller may use the planes of this server; a client pair may.
    ///
    /// *Errors*: `InsufficientScope`.
    pub fn reaches_planes(&self) -> Result<(), AccessError> {
        match self.token.as_ref().is_none_or(|token| token.has_scope(API)) {
            true => Ok(()),
            false => Err(AccessError::InsufficientScope(API)),
        }
    }
}

/// Verifies tokens and client pairs. A clone shares everything.
#[derive(Clone)]
pub struct Verifier {
    pub directory: Directory,
    pub clock: Arc<dyn Clock>,
    pub base: BaseUrl,
    pub proofs: Proofs,
    /// Who speaks for tokens that are not ours, where the configuration names someone.
    pub external: Option<Arc<dyn Voucher>>,
    /// Tokens of another server that still hold.
    pub legacy: LegacyTokens,
    /// Where the configuration has one.
    pub superuser: Option<Arc<Superuser>>,
}

impl Verifier {
    /// Turns what was presented into a session.
    ///
    /// *Errors*: `Directory` where nobody knows what was revoked meanwhile; `Unverified`,
    /// `Expired`, `Revoked`, `TenantGone` for tokens, `Proof` for one that came without the proof it needs or with one
    /// that does not hold; `WrongClient*` for pairs.
    pub async fn verify(&self, presented: &Presented) -> Result<Session, AccessError> {
        self.directory.ensure_fresh().await?;
        match presented {
            Presented::Bearer(token) => match self.bearer(token).await? {
                session if session.jkt().is_some() => Err(ProofError::Bare.into()),
                session => Ok(session),
            },
            Presented::Dpop { token, shown } => {
                let session = self.bearer(token).await?;
                let jkt = session.jkt().ok_or(ProofError::Unbound)?;
                self.proofs.prove_beside(shown, (token, jkt)).await?;
                Ok(session)
            }
            Presented::ClientParameters { id, secret } => {
                self.client(id, secret).await?.ok_or(AccessError::WrongClientParameters)
            }
            Presented::ClientBasic { id, secret, plain } => match self.superuser(id, plain)? {
                Some(session) => Ok(session),
                None => self.client(id, secret).await?.ok_or(AccessError::WrongClientBasic),
            },
        }
    }

    /// Whether a name by Basic means the superuser, who needs no grant for a token.
    pub fn is_superuser_named(&self, name: &str) -> bool {
        self.superuser.as_ref().is_some_and(|known| known.username.key() == lookup_key(name))
    }

    /// The superuser, when that is whom `name` means. Digests are compared, so that nothing tells how long the password
    /// is; no slow hash, since this may come with every request.
    ///
    /// *Spec*: Usergrid: the superuser's name by Basic stands for the superuser and for no client.
    fn superuser(&self, name: &str, password: &Secret) -> Result<Option<Session>, AccessError> {
        let Some(superuser) = self.superuser.as_ref().filter(|known| known.username.key() == lookup_key(name)) else {
            return Ok(None);
        };
        let [known, presented] = [&superuser.password, password].map(|secret| digest::sha256(secret.expose()));
        match compare::same(&known.0, &presented.0) {
            true => Ok(Some(Session { principal: Principal::Admin { admin: AdminId::SUPERUSER }, token: None })),
            false => Err(AccessError::WrongSuperuser),
        }
    }

    /// The key set of an issuer as JSON (RFC 7517 §5): public halves alone.
    pub async fn jwks(&self, place: &Place) -> Result<String, AccessError> {
        Ok(self.directory.keys(place.tenant()).await?.jwks().to_string())
    }

    async fn client(&self, id: &str, secret: &Secret) -> Result<Option<Session>, AccessError> {
        let known = self.directory.client(id).await?;
        let proved = known.filter(|client| client.accepts(secret.expose(), self.clock.now()));
        Ok(proved.map(|client| Session { principal: client.principal(), token: None }))
    }

    async fn bearer(&self, token: &Secret) -> Result<Session, AccessError> {
        let own = self.own_bearer(token).await;
        match (&self.external, own) {
            // Not of our making, as far as can be told; a broken token of ours stays one.
            (
                Some(voucher),
                Err(
                    AccessError::Unverified(
                        JwtError::Malformed | JwtError::WrongType | JwtError::UnknownKey | JwtError::WrongIssuer,
                    )
                    | AccessError::UnverifiedLegacy
                    | AccessError::UnknownLegacy,
                ),
            ) => self.foreign_bearer(&**voucher, token).await,
            (_, own) => own,
        }
    }

    /// A token for which another server speaks. What is revoked here ends it, too.
    async fn foreign_bearer(&self, voucher: &dyn Voucher, token: &Secret) -> Result<Session, AccessError> {
        let vouched = voucher.vouch(token).await.map_err(|cause| match cause {
            ExternalError::Refused(cause) => AccessError::Unverified(cause),
            ExternalError::Expired => AccessError::Expired,
            ExternalError::Deactivated => AccessError::Revoked(RevocationReason::Deactivated),
            ExternalError::Disabled => AccessError::Revoked(RevocationReason::Disabled),
            other @ (ExternalError::NoAdmin | ExternalError::Failed { .. }) => AccessError::External(other),
        })?;
        let principal = Principal::Admin { admin: vouched.admin };
        let jti = name_of(token);
        let revocations = self.directory.revocations(principal.issuing_tenant()).await?;
        if let Some(reason) = revocations.find(principal.uuid(), &[jti], vouched.issued) {
            return Err(AccessError::Revoked(reason));
        }
        let (expires, known_as) = (vouched.expires, vouched.known_as);
        let token = PresentedToken { text: token.clone(), jti, session: None, expires, claims: None, known_as };
        Ok(Session { principal, token: Some(token) })
    }

    async fn own_bearer(&self, token: &Secret) -> Result<Session, AccessError> {
        if self.legacy.takes(token) {
            return self.legacy_bearer(token).await;
        }
        let (claims, principal) = self.genuine(token, For::Us).await?;
        self.lives(&claims, principal).await?;
        let expires = Moment::from_millis(claims.exp.saturating_mul(1_000));
        let (jti, session) = (claims.jti, claims.sid);
        let claims = Some(Box::new(claims));
        let token = PresentedToken { text: token.clone(), jti, session, expires, claims, known_as: None };
        Ok(Session { principal, token: Some(token) })
    }

    /// Whether a genuine token was not revoked and its tenant is still there.
    pub(super) async fn lives(&self, claims: &AccessClaims, principal: Principal) -> Result<(), AccessError> {
        let issued = issue_of(claims)?;
        let revocations = self.directory.revocations(principal.issuing_tenant()).await?;
        let ids = [claims.jti, claims.sid.unwrap_or(claims.jti)];
        if let Some(reason) = revocations.find(principal.uuid(), &ids, issued) {
            return Err(AccessError::Revoked(reason));
        }
        // With a registered client ends what it was given for others, too.
        let client = RegisteredId::parse_client_id(&claims.client_id);
        if let Some(reason) = client.and_then(|client| revocations.find(client.uuid(), &[], issued)) {
            return Err(AccessError::Revoked(reason));
        }
        self.tenant_lives(principal).await?;
        match &claims.lender {
            Some(by) => self.lender_stands(by, principal, issued).await,
            None => Ok(()),
        }
    }

    /// Whether what a token was lent by would still hold, and whoever lent it still stands above its holder.
    async fn lender_stands(&self, by: &LenderClaim, holder: Principal, issued: Moment) -> Result<(), AccessError> {
        let lender = lender_of(by, holder).ok_or(AccessError::Unverified(JwtError::Malformed))?;
        let revocations = self.directory.revocations(lender.issuing_tenant()).await?;
        let ids: Vec<Uuid> = [by.jti, by.sid].into_iter().flatten().collect();
        let since = by.jti.and_then(moment_of).unwrap_or(issued);
        let is_over = match (lender, holder.org()) {
            (Principal::Admin { admin }, Some(org)) if admin != AdminId::SUPERUSER => {
                self.directory.is_member(org, admin).await?
            }
            _ => true,
        };
        // Why the lender's own tokens ended is not for who holds a token of another.
        match revocations.find(lender.uuid(), &ids, since) {
            None if is_over => Ok(()),
            _ => Err(AccessError::Revoked(RevocationReason::Revoked)),
        }
    }

    /// Checks signature, issuer, audience and times, and who holds the token; not whether it was revoked.
    pub(super) async fn genuine(&self, token: &Secret, whom: For) -> Result<(AccessClaims, Principal), AccessError> {
        let peek = jwt::peek(token.expose()).map_err(AccessError::Unverified)?;
        let place = self.place_of(&peek).await?;
        let ring = self.ring_with(&place, &peek.kid).await?;
        let verifier = ring.verifier(&peek.kid).ok_or(AccessError::Unverified(JwtError::UnknownKey))?;
        let issuer = self.base.issuer(&place);
        let expected = Expected { issuer: &issuer, audience: &issuer, now: self.clock.now() };
        let verified = match whom {
            For::Us => verifier.verify(token.expose(), &expected),
            For::Anyone => verifier.verify_for_any(token.expose(), &expected),
        };
        let claims = verified.map_err(|cause| match cause {
            JwtError::Expired => AccessError::Expired,
            other => AccessError::Unverified(other),
        })?;
        let principal = claims.principal(&place).ok_or(AccessError::Unverified(JwtError::Malformed))?;
        issue_of(&claims)?;
        Ok((claims, principal))
    }

    /// Where the token says it comes from. Only a hint until the signature holds: it chooses the keys, no more.
    async fn place_of(&self, peek: &Peek) -> Result<Place, AccessError> {
        match (peek.authority, peek.app) {
            (Authority::AppUser | Authority::AppClient, Some(app)) => {
                self.directory.place_of(app).await?.ok_or(AccessError::TenantGone)
            }
            (Authority::AppUser, None) => Err(AccessError::Unverified(JwtError::Malformed)),
            // A client that is registered with the management plane has no application.
            (Authority::AppClient, None) | (Authority::OrgClient | Authority::Admin, _) => Ok(Place::Management),
        }
    }

    async fn ring_with(&self, place: &Place, kid: &str) -> Result<Arc<KeyRing>, AccessError> {
        let ring = self.directory.keys(place.tenant()).await?;
        if ring.verifier(kid).is_some() {
            return Ok(ring);
        }
        Ok(self.directory.keys_newer_than(place.tenant(), FRESH_LOOK).await?)
    }

    pub(super) async fn tenant_lives(&self, principal: Principal) -> Result<(), AccessError> {
        match principal {
            Principal::OrgClient { org } => self.directory.org(org).await?.map(|_| ()).ok_or(AccessError::TenantGone),
            // An application was found when its keys were chosen; an admin's end is a revocation.
            Principal::AppUser { .. }
            | Principal::AppClient { .. }
            | Principal::Admin { .. }
            | Principal::Registered { .. } => Ok(()),
        }
    }
}

/// Who lent a token: an admin, or a client that the holder lives under.
fn lender_of(by: &LenderClaim, holder: Principal) -> Option<Principal> {
    let lender = match (by.authority, holder) {
        (Authority::Admin, _) => Principal::Admin { admin: by.sub.parse::<AdminId>().ok()? },
        (Authority::OrgClient, _) => Principal::OrgClient { org: holder.org()? },
        (Authority::AppClient, Principal::AppUser { org, app, .. }) => match RegisteredId::parse_client_id(&by.sub) {
            Some(client) => Principal::Registered { org: Some(org), app: Some(app), client },
            None => Principal::AppClient { org, app },
        },
        _ => return None,
    };
    (lender.subject() == by.sub).then_some(lender)
}

/// A name for a token that has none of ours: the beginning of its digest, as a UUID of version 8 (RFC 9562 §5.8).
fn name_of(token: &Secret) -> Uuid {
    let digest = digest::sha256(token.expose()).0;
    let bytes = digest.first_chunk::<16>().copied().unwrap_or_default();
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// When a token was issued; one that contradicts itself is malformed.
fn issue_of(claims: &AccessClaims) -> Result<Moment, AccessError> {
    claims.issued().ok_or(AccessError::Unverified(JwtError::Malformed))
}
