//! What several tables say of one organization or admin, read together.

use super::Store;
use super::error::StoreError;
use crate::domain::id::{AdminId, OrgId};
use crate::domain::tenant::{AdminOverview, OrgOverview};
use crate::domain::user::Admin;

/// Usergrid's default of `usergrid.sysadmin.login.fetch_orgs`.
const ORGS_OF_SUPERUSER: u32 = 10;

impl Store {
    /// An organization with its live applications and its admins.
    pub fn org_overview(&self, id: OrgId) -> Result<Option<OrgOverview>, StoreError> {
        let Some(org) = self.find_org(id)? else { return Ok(None) };
        Ok(Some(OrgOverview { org, apps: self.list_apps(id)?, admins: self.list_admins_of(id)? }))
    }

    /// An admin with their organizations and the live applications of each. The superuser, who stands over all, sees the
    /// first few.
    pub fn admin_overview(&self, admin: Admin) -> Result<AdminOverview, StoreError> {
        let orgs = if admin.id == AdminId::SUPERUSER {
            self.list_orgs(None, ORGS_OF_SUPERUSER)?
        } else {
            self.list_orgs_of(admin.id)?
        };
        let with_apps = orgs.into_iter().map(|org| {
            let apps = self.list_apps(org.id)?;
            Ok((org, apps))
        });
        let orgs = with_apps.collect::<Result<_, StoreError>>()?;
        Ok(AdminOverview { admin, orgs })
    }
}
