//! Organizations and applications.

use super::Store;
use super::error::StoreError;
use super::journal::Journal;
use super::side::{Scope, query, transact};
use crate::domain::clock::Moment;
use crate::domain::id::{AdminId, AppId, OrgId, TenantId};
use crate::domain::name::TenantName;
use crate::domain::tenant::{AppSettings, Application, OrgSettings, Organization};

impl Store {
    /// The organization of this id, unless it was deleted.
    pub fn find_org(&self, id: OrgId) -> Result<Option<Organization>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::organization::find(conn, id))
    }

    /// The organization of this name, unless it was deleted.
    pub fn find_org_by_name(&self, name: &TenantName) -> Result<Option<Organization>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::organization::find_by_name(conn, name))
    }

    /// Organizations behind the name `after`, by name.
    pub fn list_orgs(&self, after: Option<&TenantName>, limit: u32) -> Result<Vec<Organization>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::organization::list(conn, after, limit))
    }

    /// The organizations that an admin belongs to, by name.
    pub fn list_orgs_of(&self, admin: AdminId) -> Result<Vec<Organization>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::organization::list_of(conn, admin))
    }

    /// The application of this id, unless it was deleted.
    pub fn find_app(&self, id: AppId) -> Result<Option<Application>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::application::find(conn, id))
    }

    /// The application of this name in one organization, unless it was deleted.
    pub fn find_app_by_name(&self, org: OrgId, name: &TenantName) -> Result<Option<Application>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::application::find_by_name(conn, org, name))
    }

    /// The applications of one organization, by name.
    pub fn list_apps(&self, org: OrgId) -> Result<Vec<Application>, StoreError> {
        query!(self, Scope::Registry, |q, conn| q::application::list(conn, org))
    }

    /// The tenants behind `after`, in the order of their ids: the management plane, organizations and applications.
    /// Deleted ones are among them, because their rows need tending too.
    pub fn list_tenants(&self, after: Option<TenantId>, limit: u32) -> Result<Vec<TenantId>, StoreError> {
        let mut tenants = query!(self, Scope::Registry, |q, conn| {
            let mut tenants = q::organization::list_ids(conn, after, limit)?;
            tenants.extend(q::application::list_ids(conn, after, limit)?);
            Ok(tenants)
        })?;
        if after.is_none_or(|after| after < TenantId::MANAGEMENT) {
            tenants.push(TenantId::MANAGEMENT);
        }
        tenants.sort_unstable();
        tenants.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(tenants)
    }

    /// Replaces an organization's settings; false when there is no such organization, and then nothing is written.
    pub fn set_org_settings(
        &self,
        org: OrgId,
        settings: &OrgSettings,
        now: Moment,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, org.into(), |q, conn| {
            let found = q::organization::set_settings(conn, org, settings, now)?;
            if found {
                q::append(conn, org.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Writes an organization's properties and settings anew; false when there is no such organization.
    pub fn replace_org(&self, org: &Organization, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, org.id.into(), |q, conn| {
            let found = q::organization::replace(conn, org)?;
            if found {
                q::append(conn, org.id.into(), journal)?;
            }
            Ok(found)
        })
    }

    /// Writes an application's settings and properties as changed. False when it is gone or no longer as seen at `seen`,
    /// the moment of its last change, and then nothing is written.
    pub fn save_app(&self, app: &Application, seen: Moment, journal: &Journal) -> Result<bool, StoreError> {
        transact!(self, app.id.into(), |q, conn| {
            let is_saved = q::application::update(conn, app, seen)?;
            if is_saved {
                q::append(conn, app.id.into(), journal)?;
            }
            Ok(is_saved)
        })
    }

    /// Replaces an application's settings; false when there is no such application, and then nothing is written.
    pub fn set_app_settings(
        &self,
        app: AppId,
        settings: &AppSettings,
        now: Moment,
        journal: &Journal,
    ) -> Result<bool, StoreError> {
        transact!(self, app.into(), |q, conn| {
            let found = q::application::set_settings(conn, app, settings, now)?;
            if found {
                q::append(conn, app.into(), journal)?;
            }
            Ok(found)
        })
    }
}
