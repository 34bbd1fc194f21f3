//! What a caller may do inside an application: administration may do everything, a user what they were granted, a
//! guest what the role `guest` was. *Spec*: Usergrid's permission check; `docs/api/permissions.md`.
//!
//! Permissions are read anew for every request, in a few point queries. Usergrid kept them in memory, and had to mend
//! time and again that one caller met another's rights or that a withdrawn right lived on (its issues 1280, 1353 and
//! more); what is not kept cannot be stale.

use std::time::Duration;

use super::error::{AccessError, Need};
use super::guard::Guard;
use super::verify::{PresentedToken, Session};
use crate::domain::authority::Principal;
use crate::domain::id::{AppId, GroupId, RoleId, UserId};
use crate::domain::name::lookup_key;
use crate::domain::permission::{AskedPath, AskedSegment, Named, Permission, Verb};
use crate::domain::place::Place;
use crate::domain::role::{DEFAULT_ROLE, GUEST_ROLE};
use crate::domain::token::moment_of;
use crate::domain::user::{AppUser, Identifier};
use crate::store::{Granted, Store, StoreError, TokenUse};

/// One part of a path below an application, decoded, and what it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A word of the route, such as `users`, in the plural.
    Word(String),
    /// A user by UUID, username, email or `me`: as it came, and whom the handlers take it for.
    User { text: String, who: Identifier },
    /// A group by UUID or path; the path may have slashes.
    Group(String),
    /// A role by UUID or name.
    Role(String),
}

/// What a request is about to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub verb: Verb,
    pub path: Vec<Step>,
}

impl Intent {
    /// The path as it came. Whom a user's name means is not known here, so it is nobody's but for `me`.
    fn raw(&self) -> AskedPath {
        let segment = |text: &str| AskedSegment::new(vec![text.to_owned()]);
        AskedPath::new(self.path.iter().flat_map(|step| match step {
            Step::Group(path) => path.split('/').map(segment).collect(),
            Step::User { text, .. } if !is_me(text) => vec![AskedSegment::of_another(vec![text.clone()])],
            Step::Word(text) | Step::User { text, .. } | Step::Role(text) => vec![segment(text)],
        }))
    }

    /// The user that the request only reads, as Usergrid lets everyone read themselves.
    fn reads_user(&self) -> Option<(&str, &Identifier)> {
        match (self.verb, self.path.as_slice()) {
            (Verb::Get, [Step::Word(users), Step::User { text, who }]) if users == "users" => Some((text, who)),
            _ => None,
        }
    }
}

/// The outcome of a check.
type Verdict = Result<(), AccessError>;

const REFUSED: Verdict = Err(AccessError::Forbidden(Need::Permission));

impl Guard {
    /// Decides whether the caller may do what they are about to.
    ///
    /// *Errors*: `Forbidden`, with `Application` for a caller of another place, `Guest` where the application has no
    /// role for guests, `Permission` for all others. *Tenancy*: the place's application.
    pub async fn enter(&self, session: Option<&Session>, place: &Place, intent: Intent) -> Result<(), AccessError> {
        let Place::App { app, .. } = place else { return Err(AccessError::Forbidden(Need::Application)) };
        let app = app.id;
        let Some(session) = session else {
            return self.store.point(move |store| guest_may(store, app, &intent)).await?;
        };
        match session.principal {
            Principal::AppUser { app: own, user, .. } if own == app => {
                let used = session.token.as_ref().map(|token| self.token_use(token));
                self.user_enters(Caller { app, user }, used, intent).await
            }
            _ => self.application_access(session, place).await,
        }
    }

    async fn user_enters(&self, caller: Caller, used: Option<TokenUse>, intent: Intent) -> Verdict {
        // Usergrid: whoever has signed in may read themselves, whatever was withdrawn.
        let own = Identifier::Id(caller.user.uuid());
        if intent.reads_user().is_some_and(|(text, who)| is_me(text) || *who == own) {
            return Ok(());
        }
        let Caller { app, user } = caller;
        let granted = self.store.point(move |store| store.list_granted_to(app, user, DEFAULT_ROLE)).await?;
        let is_timed = granted.iter().any(|grant| grant.inactivity > Duration::ZERO);
        let pause = match used {
            Some(used) if is_timed => self.store.blocking(move |store| store.note_token_use(app, &used)).await?,
            _ => Duration::ZERO,
        };
        // A role rests once the token's longest pause has exceeded its patience.
        let is_live = |grant: &Granted| grant.inactivity.is_zero() || pause <= grant.inactivity;
        let granted: Vec<_> = granted.into_iter().filter(is_live).map(|grant| grant.permission).collect();
        self.store.point(move |store| user_may(store, caller, &granted, &intent)).await?
    }

    async fn application_access(&self, session: &Session, place: &Place) -> Verdict {
        match self.is_over_app(session.principal, place).await? {
            true => Ok(()),
            false => Err(AccessError::Forbidden(Need::Application)),
        }
    }

    fn token_use(&self, token: &PresentedToken) -> TokenUse {
        let now = self.clock.now();
        TokenUse { token: token.jti, issued: moment_of(token.jti).unwrap_or(now), now, expires: token.expires }
    }
}

fn guest_may(store: &Store, app: AppId, intent: &Intent) -> Result<Verdict, StoreError> {
    let Some(granted) = store.find_granted_to_role(app, GUEST_ROLE)? else {
        return Ok(Err(AccessError::Forbidden(Need::Guest)));
    };
    let is_allowed = is_granted(&granted, intent.verb, &[intent.raw()], &Named::default())
        || is_granted(&granted, intent.verb, &resolved(store, app, intent, None)?, &Named::default());
    Ok(if is_allowed { Ok(()) } else { REFUSED })
}

/// A user of the application that is entered.
#[derive(Clone, Copy)]
struct Caller {
    app: AppId,
    user: UserId,
}

fn user_may(
    store: &Store,
    Caller { app, user }: Caller,
    granted: &[Permission],
    intent: &Intent,
) -> Result<Verdict, StoreError> {
    if is_granted(granted, intent.verb, &[intent.raw()], &Named::default()) {
        return Ok(Ok(()));
    }
    // Only who was not let in so far costs the look at what the names stand for.
    let Some(own) = store.find_user(app, &Identifier::Id(user.uuid()))? else { return Ok(REFUSED) };
    if let Some((_, who)) = intent.reads_user()
        && store.find_user(app, who)?.is_some_and(|found| found.id == user)
    {
        return Ok(Ok(()));
    }
    let asked = resolved(store, app, intent, Some(&own))?;
    let is_allowed = is_granted(granted, intent.verb, &asked, &Named::new(spellings(&own)))
        || is_granted(granted, intent.verb, &[intent.raw()], &Named::new(spellings(&own)));
    Ok(if is_allowed { Ok(()) } else { REFUSED })
}

fn is_granted(granted: &[Permission], verb: Verb, paths: &[AskedPath], caller: &Named) -> bool {
    paths.iter().any(|path| granted.iter().any(|permission| permission.allows(verb, path, caller)))
}

/// The path with every name beside the other names of the same entity: once with a group's id, once with its path,
/// which may be several segments.
fn resolved(
    store: &Store,
    app: AppId,
    intent: &Intent,
    caller: Option<&AppUser>,
) -> Result<[AskedPath; 2], StoreError> {
    let mut with_ids = Vec::new();
    let mut with_paths = Vec::new();
    for step in &intent.path {
        let spelt = match step {
            Step::Word(word) => AskedSegment::new(vec![word.clone()]),
            Step::User { text, who } => user_segment(store, app, (text, who), caller)?,
            Step::Role(named) => AskedSegment::new(role_spellings(store, app, named)?),
            Step::Group(named) => {
                if let Some((id, path)) = group_spellings(store, app, named)? {
                    with_ids.push(AskedSegment::new(vec![id]));
                    with_paths.extend(path.split('/').map(|part| AskedSegment::new(vec![part.to_owned()])));
                } else {
                    with_ids.push(AskedSegment::new(vec![named.clone()]));
                    with_paths.push(AskedSegment::new(vec![named.clone()]));
                }
                continue;
            }
        };
        with_ids.push(spelt.clone());
        with_paths.push(spelt);
    }
    Ok([AskedPath::new(with_ids), AskedPath::new(with_paths)])
}

/// The caller's own names only where the name means the caller. What reads like one may mean somebody else: a username
/// may be what another's email is.
fn user_segment(
    store: &Store,
    app: AppId,
    (text, who): (&str, &Identifier),
    caller: Option<&AppUser>,
) -> Result<AskedSegment, StoreError> {
    if let Some(caller) = caller.filter(|_| is_me(text)) {
        return Ok(AskedSegment::new([text.to_owned()].into_iter().chain(spellings(caller)).collect()));
    }
    let found = store.find_user(app, who)?;
    let mut spelt = vec![text.to_owned()];
    spelt.extend(found.iter().flat_map(spellings));
    Ok(match (found, caller) {
        (Some(found), Some(caller)) if found.id == caller.id => AskedSegment::new(spelt),
        _ => AskedSegment::of_another(spelt),
    })
}

fn role_spellings(store: &Store, app: AppId, named: &str) -> Result<Vec<String>, StoreError> {
    let found = match named.parse::<RoleId>() {
        Ok(id) => store.find_role(app, id)?,
        Err(_) => store.find_role_by_name(app, &lookup_key(named))?,
    };
    let other = found.map(|role| [role.id.to_string(), role.name.as_str().to_owned()]);
    Ok([named.to_owned()].into_iter().chain(other.into_iter().flatten()).collect())
}

fn group_spellings(store: &Store, app: AppId, named: &str) -> Result<Option<(String, String)>, StoreError> {
    let found = match named.parse::<GroupId>() {
        Ok(id) => store.find_group(app, id)?,
        Err(_) => store.find_group_by_path(app, &named.to_ascii_lowercase())?,
    };
    Ok(found.map(|group| (group.id.to_string(), group.path.as_str().to_owned())))
}

fn spellings(user: &AppUser) -> [String; 2] {
    [user.person.username.as_str().to_owned(), user.id.to_string()]
}

fn is_me(named: &str) -> bool {
    named.eq_ignore_ascii_case("me")
}
