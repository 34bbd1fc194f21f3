//! What roles, users and groups may do: granted and withdrawn, in force with the next request.

use serde_json::json;

use super::{Actor, ManageError, Registry};
use crate::domain::id::AppId;
use crate::domain::permission::{Holder, Permission};
use crate::store::{Journal, PermissionChange};

impl Registry {
    /// What the holder was granted, in the order of the grants. *Tenancy*: the application.
    pub async fn list_permissions(&self, app: AppId, holder: Holder) -> Result<Vec<Permission>, ManageError> {
        Ok(self.store.point(move |store| store.list_permissions(app, holder)).await?)
    }

    /// Grants a permission and answers all that the holder has then.
    ///
    /// *Errors*: `Permission` for one that says nothing.
    pub async fn grant_permission(
        &self,
        app: AppId,
        holder: Holder,
        text: &str,
        actor: Actor,
    ) -> Result<Vec<Permission>, ManageError> {
        let permission = Permission::parse(text)?;
        let detail = json!({ holder.kind(): holder.uuid(), "permission": permission.as_str() });
        let entry = self.audit(app, actor, "grant permission", detail);
        let change = PermissionChange { grant: vec![permission], withdraw: Vec::new(), now: self.clock.now() };
        self.change_permissions(
            app,
            holder,
            change,
            Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() },
        )
        .await
    }

    /// Withdraws permissions, spelled as they were granted in any letter case, and answers what remains.
    pub async fn withdraw_permissions(
        &self,
        app: AppId,
        holder: Holder,
        texts: &[String],
        actor: Actor,
    ) -> Result<Vec<Permission>, ManageError> {
        // What could never be granted is not there, and the database need not hear of it.
        let granted = texts.iter().filter_map(|text| Permission::parse(text).ok());
        let withdraw: Vec<String> = granted.map(|permission| permission.as_str().to_owned()).collect();
        let detail = json!({ holder.kind(): holder.uuid(), "permissions": withdraw });
        let entry = self.audit(app, actor, "withdraw permission", detail);
        let change = PermissionChange { grant: Vec::new(), withdraw, now: self.clock.now() };
        self.change_permissions(
            app,
            holder,
            change,
            Journal { changes: Vec::new(), audit: vec![entry], ..Journal::default() },
        )
        .await
    }

    async fn change_permissions(
        &self,
        app: AppId,
        holder: Holder,
        change: PermissionChange,
        journal: Journal,
    ) -> Result<Vec<Permission>, ManageError> {
        self.write(journal, move |store, journal| store.change_permissions(app, holder, &change, journal)).await
    }
}
