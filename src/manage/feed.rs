//! Feeds: the audit log as an organization and an admin read it, newest first.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{ManageError, Registry};
use crate::domain::authority::Principal;
use crate::domain::id::{AdminId, TenantId};
use crate::domain::journal::AuditEntry;
use crate::domain::tenant::Organization;
use crate::domain::user::Admin;

/// The most lines a feed shows.
const FEED_MAX: u32 = 200;

/// Who did something.
#[derive(Clone, Debug)]
pub enum FeedActor {
    Admin(Box<Admin>),
    /// The organization's own client.
    Client,
    /// The command line, or an account that is gone.
    Server,
}

/// One line of a feed.
#[derive(Clone, Debug)]
pub struct Activity {
    pub entry: AuditEntry,
    pub actor: FeedActor,
    /// The organization it happened in; none for what an admin did to their own account.
    pub org: Option<Organization>,
    /// The admin whom it was done to.
    pub object: Option<Box<Admin>>,
}

impl Registry {
    /// What happened in an organization.
    pub async fn org_feed(&self, org: &Organization, limit: Option<u32>) -> Result<Vec<Activity>, ManageError> {
        let limit = limit.unwrap_or(FEED_MAX).min(FEED_MAX);
        let tenant: TenantId = org.id.into();
        let entries = self.store.blocking(move |store| store.list_audit(tenant, limit)).await?;
        let lines = entries.into_iter().map(|entry| (entry, Some(org.clone()))).collect();
        self.told(lines).await
    }

    /// What an admin did, in their account and in the organizations they belong to.
    pub async fn admin_feed(&self, admin: AdminId, limit: Option<u32>) -> Result<Vec<Activity>, ManageError> {
        let limit = limit.unwrap_or(FEED_MAX).min(FEED_MAX);
        let orgs = self.store.blocking(move |store| store.list_orgs_of(admin)).await?;
        let actor = Principal::Admin { admin }.to_string();
        let places = std::iter::once((TenantId::MANAGEMENT, None))
            .chain(orgs.into_iter().map(|org| (TenantId::from(org.id), Some(org))));
        let mut lines: Vec<(AuditEntry, Option<Organization>)> = Vec::new();
        for (tenant, org) in places {
            let actor = actor.clone();
            let found = self.store.blocking(move |store| store.list_audit_of(tenant, &actor, limit)).await?;
            lines.extend(found.into_iter().map(|entry| (entry, org.clone())));
        }
        lines.sort_by_key(|(entry, _)| std::cmp::Reverse(entry.id));
        lines.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        self.told(lines).await
    }

    /// Finds the people of the lines, each once.
    async fn told(&self, lines: Vec<(AuditEntry, Option<Organization>)>) -> Result<Vec<Activity>, ManageError> {
        let mut known: BTreeMap<Uuid, Option<Admin>> = BTreeMap::new();
        let mut told = Vec::with_capacity(lines.len());
        for (entry, org) in lines {
            let actor = match entry.actor.split_once(':') {
                Some(("admin", id)) => match self.met(&mut known, id).await? {
                    Some(admin) => FeedActor::Admin(Box::new(admin)),
                    None => FeedActor::Server,
                },
                Some(("org_client", _)) => FeedActor::Client,
                _ => FeedActor::Server,
            };
            let object = match entry.detail.get("admin").and_then(|id| id.as_str()) {
                Some(id) => self.met(&mut known, id).await?.map(Box::new),
                None => None,
            };
            told.push(Activity { entry, actor, org, object });
        }
        Ok(told)
    }

    async fn met(&self, known: &mut BTreeMap<Uuid, Option<Admin>>, id: &str) -> Result<Option<Admin>, ManageError> {
        let Ok(uuid) = Uuid::try_parse(id) else { return Ok(None) };
        if let Some(admin) = known.get(&uuid) {
            return Ok(admin.clone());
        }
        let admin = self.find_admin(id).await?;
        known.insert(uuid, admin.clone());
        Ok(admin)
    }
}
