//! Organizations and applications: found by what the export calls them, and created with all that they are born with.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::people::{client_secret, holds_nul, moment, number};
use super::record::{text, uuid};
use super::survey::{Found, Survey};
use super::{MoveError, Mover, remark};
use crate::domain::client::{ClientId, ClientSecret};
use crate::domain::id::{AppId, OrgId, TenantId};
use crate::domain::journal::ChangeKind;
use crate::domain::key::{KeyPurpose, KeyState};
use crate::domain::name::TenantName;
use crate::domain::secret::Secret;
use crate::domain::tenant::{AppSettings, Application, OrgSettings, Organization, Switch};
use crate::manage::organization::PASSWORD_HISTORY_MAX;
use crate::manage::{Actor, ManageError};
use crate::store::{Conflict, Journal, Provision, StoreError};

const NO_PROPERTIES: [&str; 17] = [
    "passwordHistorySize",
    "uuid",
    "type",
    "created",
    "modified",
    "name",
    "metadata",
    "admins",
    "credentials",
    "dictionaries",
    "client_secret",
    "clientSecret",
    "accesstokenttl",
    "organizationName",
    "applicationName",
    "organization",
    "application",
];

impl Mover<'_> {
    /// Organizations, then applications.
    pub(super) fn tenants(&mut self, survey: &Survey) -> Result<(), MoveError> {
        for found in &survey.orgs {
            if let Err(why) = self.org(found)? {
                let what = format!("organization {}", text(&found.members, "name").unwrap_or("?"));
                self.report.leave_out("organizations", remark(&found.file, found.line, what, why));
            }
        }
        let with_roles = self.with_roles(survey);
        for found in &survey.apps {
            if let Err(why) = self.app(found, survey, &with_roles)? {
                let what = format!("application {}", text(&found.members, "name").unwrap_or("?"));
                self.report.leave_out("applications", remark(&found.file, found.line, what, why));
            }
        }
        for name in survey.named.iter().chain(&self.plan.into) {
            if !self.places.apps.contains_key(name)
                && let Some(app) = self.app_here(name)?
            {
                self.places.apps.insert(name.clone(), app);
                self.places.app_ids.insert(app.uuid(), app);
            }
        }
        self.places.fallback = self.plan.into.as_ref().and_then(|name| self.places.apps.get(name).copied());
        Ok(())
    }

    /// An application that the export does not describe, but that is here by that name.
    fn app_here(&self, name: &str) -> Result<Option<AppId>, MoveError> {
        let Some((org, app)) = name.split_once('/') else { return Ok(None) };
        let (Ok(org), Ok(app)) = (self.new_name(org, None), self.new_name(app, Some(org))) else { return Ok(None) };
        let Some(org) = self.registry.store.find_org_by_name(&org)? else { return Ok(None) };
        Ok(self.registry.store.find_app_by_name(org.id, &app)?.map(|app| app.id))
    }

    /// The name that a tenant gets here.
    fn new_name(&self, name: &str, org: Option<&str>) -> Result<TenantName, String> {
        let asked = match org {
            Some(org) => format!("{org}/{name}"),
            None => name.to_owned(),
        };
        let new = self.plan.rename.get(&asked.to_ascii_lowercase()).map_or(name, String::as_str);
        TenantName::parse(new).map_err(|cause| format!("{cause} (--rename {asked}=NEW gives another)"))
    }

    fn org(&mut self, found: &Found) -> Result<Result<(), String>, MoveError> {
        let members = &found.members;
        let Some(id) = members.get("uuid").and_then(uuid).filter(is_free) else {
            return Ok(Err("its uuid is missing or none".to_owned()));
        };
        let Some(old_name) = text(members, "name") else { return Ok(Err("it has no name".to_owned())) };
        let name = match self.new_name(old_name, None) {
            Ok(name) => name,
            Err(why) => return Ok(Err(why)),
        };
        let id = OrgId::new(id);
        if let Some(here) = self.registry.store.find_org(id)? {
            self.note_org(old_name, id);
            if here.name == name {
                self.report.count("organizations").here += 1;
            } else {
                let why = format!("it is here as {}", here.name);
                let what = format!("organization {old_name}");
                self.report.differs("organizations", remark(&found.file, found.line, what, why));
            }
            return Ok(Ok(()));
        }
        if self.registry.store.find_org_by_name(&name)?.is_some() {
            return Ok(Err(format!("another organization is called {name} here (--rename {old_name}=NEW)")));
        }
        let written = self.create_org(id, name, members)?;
        if written.is_ok() {
            self.note_org(old_name, id);
            self.report.count("organizations").new += 1;
        }
        Ok(written)
    }

    fn note_org(&mut self, name: &str, id: OrgId) {
        self.places.orgs.insert(name.to_ascii_lowercase(), id);
        self.places.org_ids.insert(id.uuid(), id);
    }

    fn create_org(
        &mut self,
        id: OrgId,
        name: TenantName,
        members: &Map<String, Value>,
    ) -> Result<Result<(), String>, MoveError> {
        let registry = self.registry;
        let now = registry.clock.now();
        let created = moment(members, "created").unwrap_or(now);
        let detail = json!({ "name": name });
        let history = members.get("passwordHistorySize").and_then(number).and_then(|count| u32::try_from(count).ok());
        let password_history = history.unwrap_or(0).min(PASSWORD_HISTORY_MAX);
        let settings = OrgSettings { password_history, ..OrgSettings::default() };
        let org = Organization { id, name, properties: properties(members), settings, created, modified: created };
        let (secret, _) = self.secret(ClientId::Org(id), beside(members), members)?;
        let provision = Provision {
            organizations: vec![org],
            secrets: vec![(id.into(), secret)],
            journal: Journal {
                changes: vec![registry.change(id, ChangeKind::Tenant), registry.change(id, ChangeKind::ClientSecrets)],
                audit: vec![registry.audit(id, Actor::Operator, "import organization from Usergrid", detail)],
                ..Journal::default()
            },
            ..Provision::default()
        };
        self.provision(&provision)
    }

    fn app(
        &mut self,
        found: &Found,
        survey: &Survey,
        with_roles: &HashSet<String>,
    ) -> Result<Result<(), String>, MoveError> {
        let members = &found.members;
        let Some(id) = members.get("uuid").and_then(uuid).filter(is_free) else {
            return Ok(Err("its uuid is missing or none".to_owned()));
        };
        let Some((org_name, app_name)) = self.app_name(found, survey) else {
            return Ok(Err("it does not say which organization it belongs to".to_owned()));
        };
        let org = self.places.orgs.get(&org_name).copied();
        let org = match org {
            Some(org) => org,
            None => match self.org_here(&org_name)? {
                Some(org) => org,
                None => return Ok(Err(format!("its organization {org_name} is neither in the export nor here"))),
            },
        };
        let name = match self.new_name(&app_name, Some(&org_name)) {
            Ok(name) => name,
            Err(why) => return Ok(Err(why)),
        };
        let (id, full) = (AppId::new(id), format!("{org_name}/{app_name}"));
        if let Some(here) = self.registry.store.find_app(id)? {
            self.note_app(found, &full, id);
            if here.name == name && here.org == org {
                self.report.count("applications").here += 1;
            } else {
                let why = format!("it is here as {}, or in another organization", here.name);
                let what = format!("application {full}");
                self.report.differs("applications", remark(&found.file, found.line, what, why));
            }
            return Ok(Ok(()));
        }
        if self.registry.store.find_app_by_name(org, &name)?.is_some() {
            return Ok(Err(format!("another application is called {name} here (--rename {full}=NEW)")));
        }
        let born = !with_roles.contains(&full) && !with_roles.contains(&found.file.shown);
        let written = self.create_app(Application { id, org, ..blank(name) }, members, born)?;
        if written.is_ok() {
            self.note_app(found, &full, id);
            self.report.count("applications").new += 1;
        }
        Ok(written)
    }

    fn note_app(&mut self, found: &Found, name: &str, id: AppId) {
        self.places.apps.insert(name.to_owned(), id);
        self.places.app_ids.insert(id.uuid(), id);
        self.places.note(&found.file, id);
    }

    fn org_here(&self, name: &str) -> Result<Option<OrgId>, MoveError> {
        let Ok(name) = self.new_name(name, None) else { return Ok(None) };
        Ok(self.registry.store.find_org_by_name(&name)?.map(|org| org.id))
    }

    /// The names of an application's organization and of itself, in lower case.
    fn app_name(&self, found: &Found, survey: &Survey) -> Option<(String, String)> {
        let members = &found.members;
        let name = ["applicationName", "name"].into_iter().find_map(|name| text(members, name))?.to_ascii_lowercase();
        if let Some((org, app)) = name.split_once('/') {
            return Some((org.to_owned(), app.to_owned()));
        }
        if let Some((org, app)) = text(members, "name").and_then(|name| name.split_once('/')) {
            return Some((org.to_ascii_lowercase(), app.to_ascii_lowercase()));
        }
        let metadata = members.get("metadata").and_then(|metadata| metadata.get("organization"));
        let told = metadata.and_then(|told| told.get("value").unwrap_or(told).as_str());
        if let Some(org) = text(members, "organizationName").or(told) {
            return Some((org.to_ascii_lowercase(), name));
        }
        // The newest tool puts an organization's file into the folder above those of its applications.
        let above = |org: &&Found| {
            let folder = org.file.path.parent();
            folder.is_some_and(|folder| found.file.path.starts_with(folder) && found.file.path.parent() != Some(folder))
        };
        let org = survey.orgs.iter().find(above).and_then(|org| text(&org.members, "name"))?;
        Some((org.to_ascii_lowercase(), name))
    }

    fn create_app(
        &mut self,
        app: Application,
        members: &Map<String, Value>,
        is_born: bool,
    ) -> Result<Result<(), String>, MoveError> {
        let registry = self.registry;
        let (id, now) = (app.id, registry.clock.now());
        let created = moment(members, "created").unwrap_or(now);
        let ttl = members.get("accesstokenttl").and_then(number).and_then(|millis| u64::try_from(millis).ok());
        let settings = AppSettings { accesstokenttl: ttl, highest_accesstokenttl: ttl, ..AppSettings::default() };
        let key = registry.new_key(id.into(), KeyPurpose::Access, settings.algorithm, KeyState::Active)?;
        let (secret, _) = self.secret(ClientId::App(id), beside(members), members)?;
        let detail = json!({ "application": id, "name": app.name });
        let app = Application { properties: properties(members), settings, created, modified: created, ..app };
        let roles = if is_born { registry.born_roles(&app) } else { Vec::new() };
        let provision = Provision {
            applications: vec![app],
            roles,
            secrets: vec![(id.into(), secret)],
            keys: vec![key],
            journal: Journal {
                changes: vec![registry.change(id, ChangeKind::Tenant), registry.change(id, ChangeKind::ClientSecrets)],
                audit: vec![registry.audit(id, Actor::Operator, "import application from Usergrid", detail)],
                ..Journal::default()
            },
            ..Provision::default()
        };
        self.provision(&provision)
    }

    /// The client's former secret, so that its holders notice nothing; a new one where the export has none.
    fn secret(
        &mut self,
        client: ClientId,
        dictionaries: &Map<String, Value>,
        members: &Map<String, Value>,
    ) -> Result<(ClientSecret, Secret), ManageError> {
        let known = client_secret(dictionaries, members);
        let tally = self.report.count("client_secrets");
        if known.is_some() {
            tally.new += 1
        } else {
            tally.left_out += 1
        }
        match known {
            Some(text) => Ok((self.registry.secret_of(client, &text, Switch::On)?, text)),
            None => {
                let (secret, _) = self.registry.new_secret(client, Switch::On)?;
                Ok((secret, Secret::new("")))
            }
        }
    }

    fn provision(&self, provision: &Provision) -> Result<Result<(), String>, MoveError> {
        if self.plan.dry_run {
            return Ok(Ok(()));
        }
        match self.registry.store.provision(provision) {
            Ok(()) => {
                self.registry.directory.apply(&provision.journal.changes);
                Ok(Ok(()))
            }
            // Deleted tenants keep their rows for a while.
            Err(StoreError::Conflict(Conflict::Other)) => Ok(Err("a tenant of this uuid was deleted here".to_owned())),
            Err(StoreError::Conflict(conflict)) => Ok(Err(conflict.to_string())),
            Err(cause) => Err(cause.into()),
        }
    }

    /// What applications with roles of their own are called in the export: by name, or by the file of the roles.
    fn with_roles(&self, survey: &Survey) -> HashSet<String> {
        let mut names = HashSet::new();
        let stems: HashMap<&std::path::Path, &str> =
            survey.apps.iter().filter_map(|app| Some((app.file.path.parent()?, app.file.shown.as_str()))).collect();
        for (index, hint) in &survey.roles {
            names.extend(hint.clone());
            let Some((file, _)) = survey.files.get(*index) else { continue };
            names.insert(file.shown.clone());
            names.extend(file.path.ancestors().filter_map(|folder| stems.get(folder)).map(|shown| (*shown).to_owned()));
            if hint.is_none() {
                names.extend(self.plan.into.clone());
            }
        }
        names
    }
}

/// Tenants that the server itself is made of cannot be moved in.
fn is_free(id: &Uuid) -> bool {
    !id.is_nil() && *id != TenantId::MANAGEMENT.uuid()
}

fn blank(name: TenantName) -> Application {
    let (nobody, epoch) = (Uuid::nil(), crate::domain::clock::Moment::EPOCH);
    Application {
        id: AppId::new(nobody),
        org: OrgId::new(nobody),
        name,
        properties: Map::new(),
        settings: AppSettings::default(),
        created: epoch,
        modified: epoch,
    }
}

/// The dictionaries that an application or organization brings, wherever its tool put them.
fn beside(members: &Map<String, Value>) -> &Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    let inside = members.get("metadata").and_then(|metadata| metadata.get("dictionaries"));
    let own = inside.or_else(|| members.get("dictionaries")).and_then(Value::as_object);
    own.unwrap_or_else(|| if members.contains_key("credentials") { members } else { &NONE })
}

fn properties(members: &Map<String, Value>) -> Map<String, Value> {
    let is_kept = |(name, value): &(&String, &Value)| {
        !NO_PROPERTIES.contains(&name.as_str()) && !value.is_null() && !name.contains('\0') && !holds_nul(value)
    };
    members.iter().filter(is_kept).map(|(name, value)| (name.clone(), value.clone())).collect()
}
