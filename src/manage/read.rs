//! Reading: tenants and people as the management routes and the command line show them.

use std::sync::Arc;

use super::{ManageError, Registry};
use crate::domain::id::{AdminId, AppId, OrgId, UserId};
use crate::domain::place::{Place, PlaceName};
use crate::domain::tenant::{AdminOverview, OrgOverview, Organization};
use crate::domain::user::{Admin, AppUser, Identifier};

impl Registry {
    /// A place by name; `None` when there is none.
    pub async fn place(&self, name: &PlaceName) -> Result<Option<Place>, ManageError> {
        Ok(self.directory.place(name).await?)
    }

    /// An organization by name or UUID.
    pub async fn get_org(&self, text: &str) -> Result<Arc<Organization>, ManageError> {
        let org = self.directory.org_named(text).await?;
        org.ok_or_else(|| ManageError::UnknownOrganization(text.to_owned()))
    }

    /// An organization with its applications and admins.
    pub async fn get_org_overview(&self, id: OrgId) -> Result<OrgOverview, ManageError> {
        let overview = self.store.blocking(move |store| store.org_overview(id)).await?;
        overview.ok_or_else(|| ManageError::UnknownOrganization(id.to_string()))
    }

    /// An admin by UUID, email or username.
    pub async fn find_admin(&self, text: &str) -> Result<Option<Admin>, ManageError> {
        let identifier = Identifier::parse(text);
        Ok(self.store.point(move |store| store.find_admin(&identifier)).await?)
    }

    /// An admin with their organizations.
    pub async fn get_admin_overview(&self, id: AdminId) -> Result<AdminOverview, ManageError> {
        let admin = self.find_admin(&id.to_string()).await?;
        let admin = admin.ok_or_else(|| ManageError::UnknownUser(id.to_string()))?;
        Ok(self.store.blocking(move |store| store.admin_overview(admin)).await?)
    }

    /// A user of an application by UUID, email or username. *Tenancy*: the application.
    pub async fn find_user(&self, app: AppId, text: &str) -> Result<Option<AppUser>, ManageError> {
        let identifier = Identifier::parse(text);
        Ok(self.store.point(move |store| store.find_user(app, &identifier)).await?)
    }

    /// A user of an application by id.
    pub async fn get_user(&self, app: AppId, id: UserId) -> Result<AppUser, ManageError> {
        let user = self.find_user(app, &id.to_string()).await?;
        user.ok_or_else(|| ManageError::UnknownUser(id.to_string()))
    }
}
