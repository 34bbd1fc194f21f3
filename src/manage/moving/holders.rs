//! The second reading: roles and groups, which people are put into afterwards.

use std::collections::{HashMap, HashSet};

use super::entities::{group, permissions, role};
use super::files::{ExportFile, Read};
use super::place::Whose;
use super::record::{Entity, Record, text};
use super::survey::{Survey, shown};
use super::{MoveError, Mover, remark};
use crate::domain::id::AppId;
use crate::domain::permission::Holder;
use crate::store::{Landed, Load};

/// How many roles and groups are written at once.
const BATCH: usize = 1_000;

/// Roles and groups of one application that wait to be written, with where each was.
#[derive(Default)]
struct Waiting {
    load: Load,
    roles: Vec<(ExportFile, u64)>,
    groups: Vec<(ExportFile, u64)>,
}

impl Mover<'_> {
    /// Roles and groups with what they may do.
    pub(super) fn holders(&mut self, survey: &Survey) -> Result<(), MoveError> {
        let mut waiting: HashMap<AppId, Waiting> = HashMap::new();
        for (file, _) in survey.files.iter().filter(|(_, holds)| holds.holders) {
            file.records::<MoveError>(|(line, read): Read| {
                if let Ok(Record::Entity(entity)) = read {
                    self.holder(file, line, *entity, &mut waiting)?;
                }
                Ok(())
            })?;
        }
        for (app, batch) in waiting {
            self.write_holders(app, batch)?;
        }
        Ok(())
    }

    fn holder(
        &mut self,
        file: &ExportFile,
        line: u64,
        entity: Entity,
        waiting: &mut HashMap<AppId, Waiting>,
    ) -> Result<(), MoveError> {
        let Entity { kind, hint, members, beside } = entity;
        let (counted, named) = match kind.as_str() {
            "role" => ("roles", text(&members, "name").or_else(|| text(&members, "roleName"))),
            "group" => ("groups", text(&members, "path")),
            _ => return Ok(()),
        };
        let what = format!("{kind} {}", named.unwrap_or("?"));
        let Whose::App(app) = self.places.whose(file, &hint) else {
            let why = format!("{} is not moved in", shown(&hint));
            self.report.leave_out(counted, remark(file, line, what, why));
            return Ok(());
        };
        let batch = waiting.entry(app).or_default();
        let place = (file.clone(), line);
        let read = if kind == "role" {
            role(app, members).map(|role| {
                let holder = Holder::Role(role.id);
                batch.load.roles.push(role);
                batch.roles.push(place);
                holder
            })
        } else {
            group(app, members).map(|group| {
                let holder = Holder::Group(group.id);
                batch.load.groups.push(group);
                batch.groups.push(place);
                holder
            })
        };
        match read {
            Ok(holder) => {
                let (granted, refused) = permissions(holder, &beside);
                batch.load.permissions.extend(granted);
                for why in refused {
                    self.report.leave_out("permissions", remark(file, line, what.clone(), why));
                }
            }
            Err(why) => self.report.leave_out(counted, remark(file, line, what, why)),
        }
        if batch.load.roles.len() + batch.load.groups.len() >= BATCH {
            let batch = std::mem::take(batch);
            self.write_holders(app, batch)?;
        }
        Ok(())
    }

    fn write_holders(&mut self, app: AppId, batch: Waiting) -> Result<(), MoveError> {
        let Waiting { load, roles, groups } = batch;
        let landed = self.land(app, &load)?;
        for (role, (file, line)) in load.roles.iter().zip(&roles) {
            let here = landed.roles_here.iter().find(|here| here.id == role.id);
            let is_same = here.map(|here| here == role);
            let what = format!("role {}", role.name.as_str());
            self.count_one("roles", (landed.new.contains(&role.id.uuid()), is_same), || remark(file, *line, what, ""));
        }
        for (group, (file, line)) in load.groups.iter().zip(&groups) {
            let here = landed.groups_here.iter().find(|here| here.id == group.id);
            let is_same = here.map(|here| here == group);
            let what = format!("group {}", group.path.as_str());
            self.count_one("groups", (landed.new.contains(&group.id.uuid()), is_same), || {
                remark(file, *line, what, "")
            });
        }
        Ok(())
    }

    /// Writes a load, or looks what of it is here already, and counts its permissions and links.
    pub(super) fn land(&mut self, app: AppId, load: &Load) -> Result<Landed, MoveError> {
        let landed = if self.plan.dry_run { self.look(app, load)? } else { self.write(app, load)? };
        self.note_moved(app, landed.new.len() + landed.permissions + landed.links + landed.hashes);
        let mut count = |kind, all: usize, new: usize, lost: usize| {
            let tally = self.report.count(kind);
            tally.new += u64::try_from(new).unwrap_or(u64::MAX);
            tally.left_out += u64::try_from(lost).unwrap_or(u64::MAX);
            tally.here += u64::try_from(all.saturating_sub(new + lost)).unwrap_or(u64::MAX);
        };
        count("permissions", load.permissions.len(), landed.permissions, landed.lost_permissions.len());
        count("memberships", load.links.len(), landed.links, landed.lost_links.len());
        Ok(landed)
    }

    fn write(&self, app: AppId, load: &Load) -> Result<Landed, MoveError> {
        Ok(self.registry.store.move_in(app, load, self.registry.clock.now())?)
    }

    /// What a write would find new. Names that are taken are told by the write alone.
    fn look(&self, app: AppId, load: &Load) -> Result<Landed, MoveError> {
        let store = &self.registry.store;
        let users: Vec<_> = load.users.iter().map(|user| user.who.id.uuid()).collect();
        let roles: Vec<_> = load.roles.iter().map(|role| role.id.uuid()).collect();
        let groups: Vec<_> = load.groups.iter().map(|group| group.id.uuid()).collect();
        let users_here = store.list_users_with_passwords(app, &users)?;
        let roles_here = store.find_roles_by_ids(app, &roles)?;
        let groups_here = store.find_groups_by_ids(app, &groups)?;
        let mut here: HashSet<_> = users_here.iter().map(|user| user.who.id.uuid()).collect();
        here.extend(roles_here.iter().map(|role| role.id.uuid()));
        here.extend(groups_here.iter().map(|group| group.id.uuid()));
        let new = users.into_iter().chain(roles).chain(groups).filter(|id| !here.contains(id)).collect();
        Ok(Landed { new, users_here, roles_here, groups_here, ..Landed::default() })
    }

    /// Counts a record that is new, the same as the one here, another than the one here, or in nobody's place.
    pub(super) fn count_one(
        &mut self,
        kind: &'static str,
        (is_new, is_same): (bool, Option<bool>),
        remark: impl FnOnce() -> super::Remark,
    ) {
        match (is_new, is_same) {
            (true, _) => self.report.count(kind).new += 1,
            (_, Some(true)) => self.report.count(kind).here += 1,
            (_, Some(false)) => {
                let why = "it is here and not the same; what is here stays".to_owned();
                self.report.differs(kind, super::Remark { why, ..remark() });
            }
            (_, None) => {
                let why = "its name or email address is taken here by another".to_owned();
                self.report.leave_out(kind, super::Remark { why, ..remark() });
            }
        }
    }
}
