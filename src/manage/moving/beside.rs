//! The last reading: what stands beside entities that are here by now, in files of their own or with them.

use std::collections::HashMap;

use serde_json::Value;
use uuid::Uuid;

use super::entities::{links, permissions, role_names};
use super::files::{ExportFile, Read};
use super::people;
use super::place::Whose;
use super::record::{Beside, Entity, Record, uuid};
use super::survey::Survey;
use super::{MoveError, Mover, remark};
use crate::crypto::password::Legacy;
use crate::domain::id::{AdminId, AppId, GroupId, RoleId, UserId};
use crate::domain::link::Link;
use crate::domain::name::lookup_key;
use crate::domain::permission::Holder;
use crate::domain::user::Identifier;
use crate::store::{Kinds, Load};

/// How many entities' surroundings are written at once.
const BATCH: usize = 2_000;

/// What stands beside one entity, and where it was read.
struct Surroundings {
    file: ExportFile,
    line: u64,
    of: Uuid,
    beside: Beside,
}

impl Mover<'_> {
    /// Permissions, memberships, followers, and credentials that were kept apart.
    pub(super) fn beside(&mut self, survey: &Survey) -> Result<(), MoveError> {
        let mut waiting: HashMap<AppId, Vec<Surroundings>> = HashMap::new();
        for (file, _) in survey.files.iter().filter(|(_, holds)| holds.beside) {
            file.records::<MoveError>(|(line, read): Read| {
                let (of, hint, beside) = match read {
                    Ok(Record::Beside { of, hint, beside }) => (of, hint, *beside),
                    Ok(Record::Entity(entity)) => match late(*entity) {
                        Some(late) => late,
                        None => return Ok(()),
                    },
                    _ => return Ok(()),
                };
                match self.places.whose(file, &hint) {
                    Whose::Admins => self.beside_admin(file, line, of, &beside),
                    Whose::App(app) => {
                        let batch = waiting.entry(app).or_default();
                        batch.push(Surroundings { file: file.clone(), line, of, beside });
                        if batch.len() < BATCH {
                            return Ok(());
                        }
                        let batch = std::mem::take(batch);
                        self.write_beside(app, batch)
                    }
                    // Whoever they stand beside was left out and is in the report.
                    Whose::Nobody => Ok(()),
                }
            })?;
        }
        waiting.into_iter().try_for_each(|(app, batch)| self.write_beside(app, batch))
    }

    fn write_beside(&mut self, app: AppId, batch: Vec<Surroundings>) -> Result<(), MoveError> {
        let ids: Vec<Uuid> = batch.iter().map(|one| one.of).collect();
        let kinds = self.registry.store.kinds_of(app, &ids)?;
        let mut load = Load::default();
        for one in &batch {
            if let Some(holder) = holder_of(&kinds, one.of) {
                self.surround(app, holder, one, &mut load)?;
            }
        }
        let landed = self.land(app, &load)?;
        for Link { kind, from, to } in landed.lost_links {
            let at = batch.iter().find(|one| one.of == from || one.of == to);
            let what = format!("{} from {from} to {to}", kind.as_str());
            if let Some(Surroundings { file, line, .. }) = at {
                self.report.remark(remark(file, *line, what, "one of the two is not here"));
            }
        }
        Ok(())
    }

    fn surround(&mut self, app: AppId, holder: Holder, one: &Surroundings, load: &mut Load) -> Result<(), MoveError> {
        let Surroundings { file, line, beside, .. } = one;
        let what = || format!("{} {}", holder.kind(), holder.uuid());
        let (granted, refused) = permissions(holder, beside);
        load.permissions.extend(granted);
        load.links.extend(links(holder, beside));
        for why in refused {
            self.report.leave_out("permissions", remark(file, *line, what(), why));
        }
        for name in role_names(beside) {
            let role = self.registry.store.find_role_by_name(app, &lookup_key(&name))?;
            match (role, holder) {
                (Some(role), Holder::User(user)) => load.links.push(Link::role_user(role.id, user)),
                (Some(role), Holder::Group(group)) => load.links.push(Link::role_group(role.id, group)),
                (Some(_), Holder::Role(_)) => {}
                (None, _) => self.report.remark(remark(file, *line, what(), format!("the role {name} is not here"))),
            }
        }
        let Holder::User(user) = holder else { return Ok(()) };
        let proofs = people::proofs(beside, &serde_json::Map::new());
        for why in proofs.remarks {
            self.report.remark(remark(file, *line, what(), why));
        }
        if self.plan.dry_run {
            return Ok(());
        }
        if let Some(password) = proofs.password {
            load.hashes.push((user, self.hash(password)?));
        }
        if let Some(pin) = proofs.pin {
            load.pins.push((user, self.hash(Legacy::Clear(pin))?));
        }
        Ok(())
    }

    fn beside_admin(&mut self, file: &ExportFile, line: u64, of: Uuid, beside: &Beside) -> Result<(), MoveError> {
        let Some(admin) = self.registry.store.find_admin(&Identifier::Id(of))? else { return Ok(()) };
        let proofs = people::proofs(beside, &serde_json::Map::new());
        for why in proofs.remarks {
            let what = format!("admin {}", admin.person.username.as_str());
            self.report.remark(remark(file, line, what, why));
        }
        if let (Some(password), false) = (proofs.password, self.plan.dry_run) {
            let hash = self.hash(password)?;
            self.registry.store.give_admin_hash(AdminId::new(of), &hash)?;
        }
        for organization in &beside.organizations {
            let id = organization.get("uuid").and_then(uuid).or_else(|| uuid(organization));
            match id.and_then(|id| self.places.org_ids.get(&id).copied()) {
                Some(org) => self.member(org, AdminId::new(of))?,
                None => {
                    let named = organization.get("name").and_then(Value::as_str).unwrap_or("?");
                    let why = format!("the organization {named} is not moved in");
                    let what = format!("admin {}", admin.person.username.as_str());
                    self.report.leave_out("memberships", remark(file, line, what, why));
                }
            }
        }
        Ok(())
    }
}

/// What could not be written with the entity, because the other end may have come later.
fn late(entity: Entity) -> Option<(Uuid, super::record::Hint, Beside)> {
    let of = entity.members.get("uuid").and_then(uuid)?;
    let mut beside = entity.beside;
    if entity.kind == "user" {
        beside = Beside { connections: beside.connections, ..Beside::default() };
        beside.connections.retain(|name, _| name == "following");
    } else {
        // Roles' and groups' permissions were written with them; the names of a group's roles were not.
        beside.dictionaries.retain(|name, _| name == "rolenames");
    }
    (!beside.is_empty()).then_some((of, entity.hint, beside))
}

fn holder_of(kinds: &Kinds, id: Uuid) -> Option<Holder> {
    if kinds.users.contains(&id) {
        return Some(Holder::User(UserId::new(id)));
    }
    if kinds.groups.contains(&id) {
        return Some(Holder::Group(GroupId::new(id)));
    }
    kinds.roles.contains(&id).then(|| Holder::Role(RoleId::new(id)))
}
