//! Passwords of users and admins: what a new one must be, who may set it, and what ends with the old one.

use serde_json::json;
use uuid::Uuid;

use super::{Actor, ManageError, Registry};
use crate::crypto::password::Verdict;
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, TenantId, UserId};
use crate::domain::journal::ChangeKind;
use crate::domain::mail::{Post, SpentToken, TokenPurpose};
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::secret::{Digest, Secret};
use crate::domain::user::{Identifier, Person, WithPassword};
use crate::store::{Journal, NewPassword, Store};

/// How often a change that lost the race for the row looks again.
const LOOKS: usize = 3;

/// What allows a password to be set.
#[derive(Clone, Debug)]
pub enum Proof {
    /// Whoever knows the present password may set another, whatever they came with.
    Old(Secret),
    /// Someone above the account decides.
    Authority,
    /// A link that was mailed to its owner, by the digest of its token. It is used up with the change.
    Mailed(Digest),
}

/// A password to be set.
#[derive(Clone, Debug)]
pub struct PasswordChange {
    pub proof: Proof,
    pub new: Secret,
    /// The caller's own session (`sid`), which survives; every other token and session of the holder ends.
    pub spare: Option<Uuid>,
}

/// Whose password it is.
#[derive(Clone, Copy)]
enum Account {
    User(AppId, UserId),
    Admin(AdminId),
}

impl Account {
    fn tenant(self) -> TenantId {
        match self {
            Self::User(app, _) => app.into(),
            Self::Admin(_) => TenantId::MANAGEMENT,
        }
    }

    fn uuid(self) -> Uuid {
        match self {
            Self::User(_, user) => user.uuid(),
            Self::Admin(admin) => admin.uuid(),
        }
    }
}

/// The password that an account has now.
struct Present {
    hash: Option<Secret>,
    changed: Option<Moment>,
    /// How many former ones are remembered.
    keep: u32,
}

impl Present {
    fn of<Who>(found: WithPassword<Who>, keep: u32, person: impl FnOnce(&Who) -> &Person) -> Self {
        Self { changed: person(&found.who).password_changed, hash: found.hash, keep }
    }
}

/// A hash that is about to take the place of another.
struct Fresh {
    hash: Secret,
    /// The session that survives.
    spare: Option<Uuid>,
    proof: Proof,
}

impl Registry {
    /// Whether a password may be taken at all.
    ///
    /// *Errors*: `PasswordPolicy` with every rule that it breaks.
    pub fn check_password_policy(&self, password: &Secret) -> Result<(), ManageError> {
        let breaches = self.policy.passwords.breaches(password);
        if breaches.is_empty() { Ok(()) } else { Err(ManageError::PasswordPolicy(breaches)) }
    }

    /// Sets the password of a user.
    ///
    /// *Errors*: `PasswordPolicy`; `WrongOldPassword`, also for a user who does not exist, at the same cost;
    /// `RecentlyUsedPassword`. *Tenancy*: the application.
    pub async fn set_user_password(
        &self,
        app: AppId,
        user: UserId,
        change: PasswordChange,
        actor: Actor,
    ) -> Result<(), ManageError> {
        self.set_password(Account::User(app, user), change, actor).await
    }

    /// Sets the password of an admin.
    ///
    /// *Errors*: as [`Registry::set_user_password`], and `ConfiguredPassword` for the superuser.
    pub async fn set_admin_password(
        &self,
        admin: AdminId,
        change: PasswordChange,
        actor: Actor,
    ) -> Result<(), ManageError> {
        if admin == AdminId::SUPERUSER {
            return Err(ManageError::ConfiguredPassword);
        }
        self.set_password(Account::Admin(admin), change, actor).await
    }

    /// Puts a hash in the place of a user's present one; as after any change of a password, their tokens end.
    ///
    /// *Errors*: `UnknownUser`, `Overtaken`. *Tenancy*: the application.
    pub(super) async fn set_user_hash(
        &self,
        app: AppId,
        user: UserId,
        hash: Secret,
        actor: Actor,
    ) -> Result<(), ManageError> {
        let account = Account::User(app, user);
        let keep = self.remembered(account).await?;
        for _ in 0..LOOKS {
            let present = self.present_password(account, keep).await?;
            let present = present.ok_or_else(|| ManageError::UnknownUser(user.to_string()))?;
            if self
                .write_hash(account, present, Fresh { hash: hash.clone(), spare: None, proof: Proof::Authority }, actor)
                .await?
            {
                return Ok(());
            }
        }
        Err(ManageError::Overtaken)
    }

    async fn set_password(&self, account: Account, change: PasswordChange, actor: Actor) -> Result<(), ManageError> {
        self.check_password_policy(&change.new)?;
        let keep = self.remembered(account).await?;
        for _ in 0..LOOKS {
            let present = self.present_password(account, keep).await?;
            let present = self.prove(account, present, &change.proof).await?;
            self.refuse_recent(account, &present, &change.new).await?;
            if self.write_password(account, present, &change, actor).await? {
                return Ok(());
            }
        }
        Err(ManageError::Overtaken)
    }

    /// How many former passwords the account's organization remembers; for an admin of several, the most careful.
    async fn remembered(&self, account: Account) -> Result<u32, ManageError> {
        match account {
            Account::User(app, _) => {
                let place = self.directory.app(app).await?;
                let org = match place {
                    Some(app) => self.directory.org(app.org).await?,
                    None => None,
                };
                Ok(org.map_or(0, |org| org.settings.password_history))
            }
            Account::Admin(admin) => {
                let orgs = self.store.blocking(move |store| store.list_orgs_of(admin)).await?;
                Ok(orgs.iter().map(|org| org.settings.password_history).max().unwrap_or(0))
            }
        }
    }

    async fn present_password(&self, account: Account, keep: u32) -> Result<Option<Present>, ManageError> {
        let who = Identifier::Id(account.uuid());
        let find = move |store: &Store| match account {
            Account::User(app, _) => {
                let found = store.find_user_with_password(app, &who)?;
                Ok(found.map(|found| Present::of(found, keep, |user| &user.person)))
            }
            Account::Admin(_) => {
                let found = store.find_admin_with_password(&who)?;
                Ok(found.map(|found| Present::of(found, keep, |admin| &admin.person)))
            }
        };
        Ok(self.store.point(find).await?)
    }

    /// Checks the proof. An unknown account costs what a wrong password costs.
    async fn prove(&self, account: Account, present: Option<Present>, proof: &Proof) -> Result<Present, ManageError> {
        let Proof::Old(old) = proof else {
            return present.ok_or_else(|| ManageError::UnknownUser(account.uuid().to_string()));
        };
        let hash = present.as_ref().and_then(|present| present.hash.clone());
        match (self.lane.verify(account.tenant(), old.clone(), hash).await?, present) {
            (Verdict::Match { .. }, Some(present)) => Ok(present),
            _ => Err(ManageError::WrongOldPassword),
        }
    }

    /// Refuses the present password and those before it, where they are remembered.
    async fn refuse_recent(&self, account: Account, present: &Present, new: &Secret) -> Result<(), ManageError> {
        let keep = present.keep;
        if keep == 0 {
            return Ok(());
        }
        let (tenant, holder) = (account.tenant(), account.uuid());
        let mut former = self.store.blocking(move |store| store.list_former_passwords(tenant, holder, keep)).await?;
        former.extend(present.hash.clone());
        for hash in former {
            if let Verdict::Match { .. } = self.lane.verify(tenant, new.clone(), Some(hash)).await? {
                return Err(ManageError::RecentlyUsedPassword);
            }
        }
        Ok(())
    }

    async fn write_password(
        &self,
        account: Account,
        present: Present,
        change: &PasswordChange,
        actor: Actor,
    ) -> Result<bool, ManageError> {
        let hash = self.lane.hash(account.tenant(), change.new.clone()).await?;
        let fresh = Fresh { hash, spare: change.spare, proof: change.proof.clone() };
        self.write_hash(account, present, fresh, actor).await
    }

    async fn write_hash(
        &self,
        account: Account,
        present: Present,
        Fresh { hash, spare, proof }: Fresh,
        actor: Actor,
    ) -> Result<bool, ManageError> {
        let tenant = account.tenant();
        // It must grow even where the clock stands still: links in mails and clients compare it, in milliseconds.
        let after = |former: Moment| Moment::from_millis(former.millis().saturating_add(1));
        let changed = self.clock.now().max(present.changed.map_or(Moment::EPOCH, after));
        let ends = self.watermark(tenant, RevocationTarget::Principal(account.uuid())).await?;
        let new = NewPassword { seen: present.hash, hash, changed, keep: present.keep, ends, spare };
        let action = match account {
            Account::User(..) => "set user password",
            Account::Admin(_) => "set admin password",
        };
        // Links that were out end with the password that they were made for.
        let mut post = Post { voided: vec![(tenant, account.uuid())], ..Post::default() };
        if let Proof::Mailed(digest) = proof {
            let (purpose, holder, now) = (TokenPurpose::ResetPassword, account.uuid(), self.clock.now());
            let password_changed = present.changed;
            post.spent = Some(SpentToken { tenant, digest, purpose, holder, password_changed, now });
        }
        let journal = Journal {
            changes: vec![self.change(tenant, ChangeKind::Revocations)],
            audit: vec![self.audit(tenant, actor, action, json!({ "holder": account.uuid() }))],
            post,
        };
        let write = move |store: &Store, journal: &Journal| match account {
            Account::User(app, user) => store.set_user_password(app, user, &new, journal),
            Account::Admin(admin) => store.set_admin_password(admin, &new, journal),
        };
        self.write(journal, write).await
    }

    /// A revocation of everything that the target has up to now.
    pub(super) async fn watermark(
        &self,
        tenant: TenantId,
        target: RevocationTarget,
    ) -> Result<Revocation, ManageError> {
        let holder = match target {
            RevocationTarget::Principal(holder) => holder,
            RevocationTarget::Tenant | RevocationTarget::Token(_) | RevocationTarget::Spared(_) => tenant.uuid(),
        };
        let watermark = self.directory.revocations(tenant).await?.watermark(holder, self.clock.now());
        let longest = self.directory.longest_token(tenant, self.policy.access_ttl_max).await?;
        Ok(Revocation::revoked(tenant, target, watermark, longest))
    }
}
