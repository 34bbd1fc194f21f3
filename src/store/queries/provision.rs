//! The one write that spans tenants: it enters each in turn, inside one transaction.

use super::{
    Conn, admin, app_user, append, application, client_secret, enter, membership, organization, permission, role,
    signing_key,
};
use crate::domain::id::TenantId;
use crate::domain::permission::Holder;
use crate::store::error::StoreError;
use crate::store::provision::Provision;

/// Adds everything in the order in which it depends on each other.
pub fn insert(conn: &mut Conn, new: &Provision) -> Result<(), StoreError> {
    for org in &new.organizations {
        organization::insert(conn, org)?;
    }
    for app in &new.applications {
        application::insert(conn, app)?;
    }
    for person in &new.admins {
        admin::insert(conn, person)?;
    }
    for (org, person) in &new.memberships {
        membership::insert(conn, *org, *person)?;
    }
    for user in &new.users {
        enter(conn, user.who.app.into())?;
        app_user::insert(conn, user)?;
    }
    for (role, permissions) in &new.roles {
        enter(conn, role.app.into())?;
        role::insert(conn, role.app, role)?;
        permission::grant(conn, role.app, Holder::Role(role.id), permissions, role.created)?;
    }
    for (tenant, secret) in &new.secrets {
        enter(conn, *tenant)?;
        client_secret::insert(conn, *tenant, secret)?;
    }
    for key in &new.keys {
        enter(conn, key.tenant)?;
        signing_key::insert(conn, key)?;
    }
    enter(conn, TenantId::MANAGEMENT)?;
    append(conn, TenantId::MANAGEMENT, &new.journal)
}
