//! The third reading: users of applications, of whom there may be millions. One thread reads, parses and hashes; the
//! other writes some thousands in each transaction.

use std::collections::HashMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::accounts::hash;
use super::entities::{links, permissions, role_names};
use super::files::{ExportFile, Read};
use super::people::{self, Moved, Proofs};
use super::place::{Places, Whose};
use super::record::{Entity, Record, text};
use super::survey::{Survey, shown};
use super::{Move, MoveError, Mover, Remark, remark};
use crate::domain::id::{AppId, RoleId, UserId};
use crate::domain::link::{Link, LinkKind};
use crate::domain::name::lookup_key;
use crate::domain::permission::Holder;
use crate::domain::term::terms_of;
use crate::domain::user::{AppUser, WithPassword};
use crate::manage::{ManageError, Registry};
use crate::store::Load;

/// How many users are written at once. A transaction writes every page once that it changed, however often: larger ones
/// write less. On SQLite nobody else writes for as long, about a second.
const BATCH: usize = 10_000;
/// How many batches may wait for the writer.
const AHEAD: usize = 2;

/// Users of one application, with where each stood.
#[derive(Default)]
struct Batch {
    load: Load,
    places: Vec<(usize, u64)>,
}

/// What the reading thread hands over.
enum Message {
    Batch(AppId, Box<Batch>),
    LeaveOut(&'static str, Remark),
    Remark(Remark),
}

impl Mover<'_> {
    /// Every user of the export.
    pub(super) fn users(&mut self, survey: &Survey) -> Result<(), MoveError> {
        let (sender, receiver) = sync_channel(AHEAD);
        let places = std::mem::take(&mut self.places);
        let reader = Reader { registry: self.registry, plan: self.plan, places: &places };
        let done = thread::scope(|scope| {
            let reading = scope.spawn(move || reader.read(survey, &sender));
            let mut written = Ok(());
            for message in receiver {
                match message {
                    Message::Batch(app, batch) => written = self.write_users(survey, app, *batch),
                    Message::LeaveOut(kind, remark) => self.report.leave_out(kind, remark),
                    Message::Remark(remark) => self.report.remark(remark),
                }
                if written.is_err() {
                    break;
                }
            }
            // The reader has met a closed channel if the writer failed; its own failure counts only otherwise.
            let read = reading.join().unwrap_or_else(|_panic| Err(std::io::Error::other("the reader stopped").into()));
            written.and(read)
        });
        self.places = places;
        done
    }

    fn write_users(&mut self, survey: &Survey, app: AppId, batch: Batch) -> Result<(), MoveError> {
        let Batch { load, places } = batch;
        let mut landed = self.land(app, &load)?;
        let here: HashMap<_, _> = landed.users_here.drain(..).map(|user| (user.who.id, user.who)).collect();
        for (user, (file, line)) in load.users.iter().zip(&places) {
            // A record that stands twice in an export is new once.
            let is_new = landed.new.remove(&user.who.id.uuid());
            if is_new {
                self.report.count("users").new += 1;
                continue;
            }
            let is_same = here.get(&user.who.id).map(|here| is_same(here, &user.who));
            let Some((file, _)) = survey.files.get(*file) else { continue };
            let what = format!("user {}", user.who.person.username.as_str());
            self.count_one("users", (false, is_same), || remark(file, *line, what, ""));
        }
        Ok(())
    }
}

/// The password is no part of it: one that was rehashed or changed here stays.
fn is_same(here: &AppUser, moved: &AppUser) -> bool {
    let mut here = here.person.clone();
    here.password_changed = moved.person.password_changed;
    here == moved.person
}

/// The reading side. It asks the database for roles by name alone.
struct Reader<'a> {
    registry: &'a Registry,
    plan: &'a Move,
    places: &'a Places,
}

#[derive(Default)]
struct Pending {
    batches: HashMap<AppId, Batch>,
    roles: HashMap<(AppId, String), Option<RoleId>>,
    users: usize,
}

impl Reader<'_> {
    fn read(self, survey: &Survey, sender: &SyncSender<Message>) -> Result<(), MoveError> {
        let mut pending = Pending::default();
        for (index, (file, _)) in survey.files.iter().enumerate().filter(|(_, (_, holds))| holds.people) {
            file.records::<MoveError>(|(line, read): Read| match read {
                Ok(Record::Entity(entity)) if entity.kind == "user" => {
                    self.user((file, index, line), *entity, &mut pending, sender)
                }
                _ => Ok(()),
            })?;
        }
        flush(&mut pending, sender)
    }

    fn user(
        &self,
        (file, index, line): (&ExportFile, usize, u64),
        entity: Entity,
        pending: &mut Pending,
        sender: &SyncSender<Message>,
    ) -> Result<(), MoveError> {
        let named = text(&entity.members, "username").or_else(|| text(&entity.members, "uuid")).unwrap_or("?");
        let what = format!("user {named}");
        let app = match self.places.whose(file, &entity.hint) {
            Whose::Admins => return Ok(()),
            Whose::App(app) => app,
            Whose::Nobody => {
                let why = format!("{} is not moved in", shown(&entity.hint));
                return send(sender, Message::LeaveOut("users", remark(file, line, what, why)));
            }
        };
        let proofs = people::proofs(&entity.beside, &entity.members);
        let Entity { members, beside, .. } = entity;
        let moved = match people::read(members) {
            Ok(moved) => moved,
            Err(why) => return send(sender, Message::LeaveOut("users", remark(file, line, what, why))),
        };
        let holder = Holder::User(UserId::new(moved.id));
        let (granted, refused) = permissions(holder, &beside);
        let mut linked = links(holder, &beside);
        // Whom they follow may come later.
        linked.retain(|link| link.kind != LinkKind::Following);
        let mut whys: Vec<String> = moved.remarks.iter().chain(&proofs.remarks).cloned().collect();
        for name in role_names(&beside) {
            match self.role(app, &name, pending)? {
                Some(role) => linked.push(Link::role_user(role, UserId::new(moved.id))),
                None => whys.push(format!("the role {name} is not here")),
            }
        }
        for why in whys {
            send(sender, Message::Remark(remark(file, line, what.clone(), why)))?;
        }
        for why in refused {
            send(sender, Message::LeaveOut("permissions", remark(file, line, what.clone(), why)))?;
        }
        let batch = pending.batches.entry(app).or_default();
        batch.load.permissions.extend(granted);
        batch.load.links.extend(linked);
        batch.places.push((index, line));
        self.add(app, batch, moved, proofs)?;
        pending.users += 1;
        if pending.users >= BATCH { flush(pending, sender) } else { Ok(()) }
    }

    fn add(&self, app: AppId, batch: &mut Batch, moved: Moved, proofs: Proofs) -> Result<(), MoveError> {
        let Moved { id, mut person, .. } = moved;
        let id = UserId::new(id);
        person.password_changed = proofs.changed.filter(|_| proofs.password.is_some());
        let cost = self.plan.bcrypt_cost;
        let hash_of = |password| hash(password, cost, self.registry);
        let hash = proofs.password.map(hash_of).transpose()?;
        if let Some(pin) = proofs.pin {
            batch.load.pins.push((id, hash_of(crate::crypto::password::Legacy::Clear(pin))?));
        }
        batch.load.terms.push(terms_of(&person.searchable()));
        batch.load.users.push(WithPassword { who: AppUser { id, app, person }, hash });
        Ok(())
    }

    fn role(&self, app: AppId, name: &str, pending: &mut Pending) -> Result<Option<RoleId>, MoveError> {
        let key = lookup_key(name);
        if let Some(known) = pending.roles.get(&(app, key.clone())) {
            return Ok(*known);
        }
        let found = self.registry.store.find_role_by_name(app, &key).map_err(ManageError::from)?.map(|role| role.id);
        pending.roles.insert((app, key), found);
        Ok(found)
    }
}

fn flush(pending: &mut Pending, sender: &SyncSender<Message>) -> Result<(), MoveError> {
    pending.users = 0;
    for (app, batch) in pending.batches.drain() {
        send(sender, Message::Batch(app, Box::new(batch)))?;
    }
    Ok(())
}

/// A closed channel means that the writer has failed, and says why itself.
fn send(sender: &SyncSender<Message>, message: Message) -> Result<(), MoveError> {
    sender.send(message).map_err(|_closed| std::io::Error::other("the writer stopped").into())
}
