//! Many rows of one application at once, of whoever moves in. The transaction has entered the application.

use std::collections::{BTreeMap, HashSet};

use diesel::prelude::*;
use uuid::Uuid;

use super::{Conn, app_user, group, link, role, term};
use crate::domain::clock::Moment;
use crate::domain::id::AppId;
use crate::domain::link::{Link, LinkKind};
use crate::domain::permission::{Holder, Permission};
use crate::domain::query::Collection;
use crate::domain::term::Term;
use crate::store::columns::RowId;
use crate::store::error::StoreError;
use crate::store::moving::{Kinds, Landed, Load};
use crate::store::schema::{app_group, app_role, granted_permission};

const IDS_A_STATEMENT: usize = 500;
const ROWS_A_STATEMENT: usize = 1_000;

/// Moves a load in.
pub fn insert(conn: &mut Conn, app: AppId, load: &Load, now: Moment) -> Result<Landed, StoreError> {
    let mut landed = Landed::default();
    users(conn, app, load, &mut landed)?;
    roles(conn, app, load, &mut landed)?;
    groups(conn, app, load, &mut landed)?;
    for (user, hash) in &load.hashes {
        landed.hashes += usize::from(app_user::give_hash(conn, app, *user, hash)?);
    }
    for (user, hash) in &load.pins {
        app_user::give_pin(conn, app, *user, hash)?;
    }
    let mut ends: Vec<Uuid> = load.permissions.iter().map(|(holder, _)| holder.uuid()).collect();
    ends.extend(load.links.iter().flat_map(|link| [link.from, link.to]));
    let known = kinds(conn, app, &ends)?;
    permissions(conn, app, (load, &known, now), &mut landed)?;
    links(conn, app, (load, &known, now), &mut landed)?;
    Ok(landed)
}

fn users(conn: &mut Conn, app: AppId, load: &Load, landed: &mut Landed) -> Result<(), StoreError> {
    let new: HashSet<Uuid> = app_user::insert_free(conn, app, &load.users)?.into_iter().collect();
    let mut terms: BTreeMap<Uuid, &[Term]> = BTreeMap::new();
    for (user, found_by) in load.users.iter().zip(&load.terms) {
        if new.contains(&user.who.id.uuid()) {
            terms.entry(user.who.id.uuid()).or_insert(found_by);
        }
    }
    term::insert_all(conn, app, Collection::Users, terms.into_iter())?;
    let others: Vec<Uuid> = load.users.iter().map(|user| user.who.id.uuid()).filter(|id| !new.contains(id)).collect();
    landed.users_here = app_user::list_with_passwords(conn, app, &others)?;
    landed.new.extend(new);
    Ok(())
}

fn roles(conn: &mut Conn, app: AppId, load: &Load, landed: &mut Landed) -> Result<(), StoreError> {
    for new in &load.roles {
        if let Some(here) = role::find(conn, app, new.id)? {
            landed.roles_here.push(here);
        } else if role::find_by_name(conn, app, &new.name.key())?.is_none() {
            role::insert(conn, app, new)?;
            landed.new.insert(new.id.uuid());
        }
    }
    Ok(())
}

fn groups(conn: &mut Conn, app: AppId, load: &Load, landed: &mut Landed) -> Result<(), StoreError> {
    for new in &load.groups {
        if let Some(here) = group::find(conn, app, new.id)? {
            landed.groups_here.push(here);
        } else if group::find_by_path(conn, app, &new.path.key())?.is_none() {
            group::insert(conn, app, new)?;
            landed.new.insert(new.id.uuid());
        }
    }
    Ok(())
}

fn permissions(
    conn: &mut Conn,
    app: AppId,
    (load, known, now): (&Load, &Kinds, Moment),
    landed: &mut Landed,
) -> Result<(), StoreError> {
    let is_there = |holder: &Holder| match holder {
        Holder::User(id) => known.users.contains(&id.uuid()),
        Holder::Role(id) => known.roles.contains(&id.uuid()),
        Holder::Group(id) => known.groups.contains(&id.uuid()),
    };
    let (there, lost): (Vec<_>, Vec<_>) = load.permissions.iter().partition(|(holder, _)| is_there(holder));
    landed.lost_permissions = lost.into_iter().cloned().collect();
    for some in there.chunks(ROWS_A_STATEMENT) {
        let row = |(holder, permission): &&(Holder, Permission)| {
            (
                granted_permission::tenant_id.eq(RowId(app.uuid())),
                granted_permission::holder_kind.eq(holder.kind()),
                granted_permission::holder_id.eq(RowId(holder.uuid())),
                granted_permission::permission.eq(permission.as_str().to_owned()),
                granted_permission::created.eq(now),
            )
        };
        let rows: Vec<_> = some.iter().map(row).collect();
        landed.permissions +=
            diesel::insert_into(granted_permission::table).values(rows).on_conflict_do_nothing().execute(conn)?;
    }
    Ok(())
}

fn links(
    conn: &mut Conn,
    app: AppId,
    (load, known, now): (&Load, &Kinds, Moment),
    landed: &mut Landed,
) -> Result<(), StoreError> {
    let is_there = |link: &Link| match link.kind {
        LinkKind::GroupUser => known.groups.contains(&link.from) && known.users.contains(&link.to),
        LinkKind::RoleUser => known.roles.contains(&link.from) && known.users.contains(&link.to),
        LinkKind::RoleGroup => known.roles.contains(&link.from) && known.groups.contains(&link.to),
        LinkKind::Following => known.users.contains(&link.from) && known.users.contains(&link.to),
    };
    let (there, lost): (Vec<Link>, Vec<Link>) = load.links.iter().partition(|link| is_there(link));
    landed.lost_links = lost;
    for some in there.chunks(ROWS_A_STATEMENT) {
        landed.links += link::insert_all(conn, app, some, now)?;
    }
    Ok(())
}

/// Which of these ids are users, roles and groups of the application.
pub fn kinds(conn: &mut Conn, app: AppId, ids: &[Uuid]) -> Result<Kinds, StoreError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let users = app_user::list_known(conn, app, &ids)?.into_iter().collect();
    let (mut roles, mut groups) = (HashSet::new(), HashSet::new());
    for some in ids.chunks(IDS_A_STATEMENT) {
        let wanted = || some.iter().map(|id| RowId(*id));
        let of_roles = app_role::table.filter(app_role::tenant_id.eq(RowId(app.uuid())));
        let found: Vec<RowId> = of_roles.filter(app_role::id.eq_any(wanted())).select(app_role::id).load(conn)?;
        roles.extend(found.into_iter().map(|id| id.0));
        let of_groups = app_group::table.filter(app_group::tenant_id.eq(RowId(app.uuid())));
        let found: Vec<RowId> = of_groups.filter(app_group::id.eq_any(wanted())).select(app_group::id).load(conn)?;
        groups.extend(found.into_iter().map(|id| id.0));
    }
    Ok(Kinds { users, roles, groups })
}
