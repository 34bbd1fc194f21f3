//! Admins, and which organizations they belong to.

use super::files::{ExportFile, Read};
use super::people::{self, Moved, Proofs};
use super::place::Whose;
use super::record::{Entity, Record, text};
use super::survey::Survey;
use super::{MoveError, Mover, remark};
use crate::crypto::password::{Legacy, hash_blocking};
use crate::domain::id::{AdminId, OrgId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::secret::Secret;
use crate::domain::user::{Admin, Identifier, WithPassword};
use crate::manage::Actor;
use crate::store::{Conflict, Journal, Provision, StoreError};

impl Mover<'_> {
    /// Every admin of the export, and those whom its organizations name.
    pub(super) fn admins(&mut self, survey: &Survey) -> Result<(), MoveError> {
        for (file, _) in survey.files.iter().filter(|(_, holds)| holds.people) {
            file.records::<MoveError>(|(line, read): Read| match read {
                Ok(Record::Entity(entity))
                    if entity.kind == "user" && self.places.whose(file, &entity.hint) == Whose::Admins =>
                {
                    self.admin(file, line, *entity)
                }
                _ => Ok(()),
            })?;
        }
        for org in &survey.orgs {
            let Some(id) = org.members.get("uuid").and_then(super::record::uuid) else { continue };
            let Some(id) = self.places.org_ids.get(&id).copied() else { continue };
            let admins = org.members.get("admins").and_then(serde_json::Value::as_array);
            for name in admins.into_iter().flatten().filter_map(serde_json::Value::as_str) {
                let admin = self.registry.store.find_admin(&Identifier::parse(name))?;
                match admin {
                    Some(admin) => self.member(id, admin.id)?,
                    None => {
                        let why = "there is no such admin in the export, nor here";
                        self.report.leave_out("memberships", remark(&org.file, org.line, format!("admin {name}"), why));
                    }
                }
            }
        }
        Ok(())
    }

    fn admin(&mut self, file: &ExportFile, line: u64, entity: Entity) -> Result<(), MoveError> {
        let what = format!("admin {}", text(&entity.members, "username").unwrap_or("?"));
        let proofs = people::proofs(&entity.beside, &entity.members);
        let moved = match people::read(entity.members) {
            Ok(moved) if moved.id != AdminId::SUPERUSER.uuid() => moved,
            Ok(_) => return Ok(()),
            Err(why) => {
                self.report.leave_out("admins", remark(file, line, what, why));
                return Ok(());
            }
        };
        for why in moved.remarks.iter().chain(&proofs.remarks) {
            self.report.remark(remark(file, line, what.clone(), why.clone()));
        }
        let id = AdminId::new(moved.id);
        let found = self.registry.store.find_admin(&Identifier::Id(moved.id))?;
        let is_same = found.map(|mut here| {
            here.person.password_changed = None;
            here.person == moved.person
        });
        let is_new = is_same.is_none() && self.write_admin(id, moved, proofs)?;
        self.count_one("admins", (is_new, is_same), || remark(file, line, what, ""));
        Ok(())
    }

    fn write_admin(&self, id: AdminId, moved: Moved, proofs: Proofs) -> Result<bool, MoveError> {
        if self.plan.dry_run {
            return Ok(true);
        }
        let mut person = moved.person;
        person.password_changed = proofs.changed.filter(|_| proofs.password.is_some());
        let hash = proofs.password.map(|password| self.hash(password)).transpose()?;
        let detail = serde_json::json!({ "admin": id });
        let audit = self.registry.audit(TenantId::MANAGEMENT, Actor::Operator, "import admin from Usergrid", detail);
        let provision = Provision {
            admins: vec![WithPassword { who: Admin { id, person }, hash }],
            journal: Journal { changes: Vec::new(), audit: vec![audit], ..Journal::default() },
            ..Provision::default()
        };
        match self.registry.store.provision(&provision) {
            Ok(()) => Ok(true),
            Err(StoreError::Conflict(Conflict::Username | Conflict::Email)) => Ok(false),
            Err(cause) => Err(cause.into()),
        }
    }

    /// A hash as it is kept; what lay in clear is hashed here, which takes a while.
    pub(super) fn hash(&self, password: Legacy) -> Result<Secret, MoveError> {
        hash(password, self.plan.bcrypt_cost, self.registry)
    }

    /// Makes an admin a member, unless they are one.
    pub(super) fn member(&mut self, org: OrgId, admin: AdminId) -> Result<(), MoveError> {
        let change = self.registry.change(org, ChangeKind::Membership);
        let journal = Journal { changes: vec![change], audit: Vec::new(), ..Journal::default() };
        let is_new = !self.plan.dry_run && self.registry.store.ensure_membership(org, admin, &journal)?;
        if is_new {
            self.registry.directory.apply(&journal.changes);
        }
        let tally = self.report.count("memberships");
        if is_new {
            tally.new += 1
        } else {
            tally.here += 1
        }
        Ok(())
    }
}

/// A hash as it is kept.
pub(super) fn hash(password: Legacy, cost: u32, registry: &crate::manage::Registry) -> Result<Secret, MoveError> {
    match password {
        Legacy::Hash(hash) => Ok(hash),
        Legacy::Clear(clear) => {
            Ok(hash_blocking(cost, &clear, &*registry.entropy).map_err(crate::manage::ManageError::from)?)
        }
    }
}
