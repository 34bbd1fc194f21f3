//! Whose a record is: what it says itself, what its file is called, or which folder it lies in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::files::ExportFile;
use super::record::Hint;
use crate::domain::id::{AppId, OrgId};

/// How Usergrid's tools write a `/` of a name into the name of a file, in lower case.
const SLASH: &str = "usergrid-path-backslash";
/// The application that keeps admins as its users (Usergrid).
const MANAGEMENT: &str = "management";

/// Where a record belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Admins,
    App(AppId),
    Nobody,
}

/// The tenants of an export, by all that they are called in it.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub orgs: HashMap<String, OrgId>,
    pub org_ids: HashMap<uuid::Uuid, OrgId>,
    /// By `org/app`.
    pub apps: HashMap<String, AppId>,
    pub app_ids: HashMap<uuid::Uuid, AppId>,
    /// By the file that begins with the application.
    by_file: HashMap<PathBuf, AppId>,
    /// By the part of a file's name that its siblings share.
    by_stem: HashMap<String, AppId>,
    /// By folder; none where several lie in one.
    by_folder: HashMap<PathBuf, Option<AppId>>,
    pub fallback: Option<AppId>,
}

impl Places {
    /// Remembers the file that an application stands in.
    pub(super) fn note(&mut self, file: &ExportFile, app: AppId) {
        self.by_file.insert(file.path.clone(), app);
        if let Some(stem) = stem(&file.name) {
            self.by_stem.insert(stem, app);
        }
        if let Some(folder) = file.path.parent() {
            let alone = self.by_folder.entry(folder.to_owned()).or_insert(Some(app));
            *alone = alone.filter(|other| *other == app);
        }
    }

    /// Whose a record of this file is.
    pub(super) fn whose(&self, file: &ExportFile, hint: &Hint) -> Whose {
        if file.name.starts_with("admin-user") || hint.0.as_deref().is_some_and(is_management) {
            return Whose::Admins;
        }
        let app = match &hint.0 {
            Some(name) => self.apps.get(name).copied(),
            None => self.of_file(file),
        };
        app.map_or(Whose::Nobody, Whose::App)
    }

    fn of_file(&self, file: &ExportFile) -> Option<AppId> {
        let by_stem = || {
            let stem = stem(&file.name)?;
            self.by_stem.get(&stem).or_else(|| self.apps.get(&stem)).copied()
        };
        let by_folder = || {
            let mut folders = file.path.ancestors().skip(1).map(Path::to_owned);
            folders.find_map(|folder| self.by_folder.get(&folder).copied()).flatten()
        };
        self.by_file.get(&file.path).copied().or_else(by_stem).or_else(by_folder).or(self.fallback)
    }
}

fn is_management(name: &str) -> bool {
    name.rsplit('/').next() == Some(MANAGEMENT)
}

/// `collections.acme<slash>shop.1400000000000.json` is about `acme/shop`.
fn stem(name: &str) -> Option<String> {
    let (_, rest) = name.split_once('.')?;
    let (rest, _ending) = rest.rsplit_once('.')?;
    let (stem, time) = rest.rsplit_once('.')?;
    time.bytes().all(|byte| byte.is_ascii_digit()).then(|| stem.replace(SLASH, "/"))
}
