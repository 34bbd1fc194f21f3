//! Moving in from Usergrid: its export becomes rows here. What is here already is never overwritten, so that a move may
//! be stopped and run again; what could not be taken over stands in the report.
//!
//! The files are read more than once, because rows depend on each other and exports are not in order: first the tenants
//! and who is in which file, then roles and groups, then people, and last what links them. Nothing is held but a batch.

mod accounts;
mod beside;
mod entities;
mod files;
mod holders;
mod people;
mod place;
mod record;
mod report;
mod splitter;
mod survey;
mod tenants;
mod tokens;
mod users;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;

use serde_json::json;

pub use report::{KINDS, MoveReport, Remark, Tally};

use super::{Actor, ManageError, Registry};
use crate::domain::id::AppId;
use crate::domain::tenant::Switch;
use crate::store::{Journal, StoreError};
use files::{ExportFile, Files};
use place::Places;
use survey::Survey;

/// What to move in, and how.
#[derive(Clone, Debug)]
pub struct Move {
    /// A file or a folder.
    pub source: PathBuf,
    /// New names, by the old ones: of organizations, or of applications as `org/app`.
    pub rename: HashMap<String, String>,
    /// The application, as `org/app`, of files that do not say whose they are.
    pub into: Option<String>,
    /// Whether anything is written.
    pub dry_run: bool,
    /// The bcrypt cost for passwords that lay in clear.
    pub bcrypt_cost: u32,
}

/// Why a move stopped. What was written stays, and the move may be run again.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    #[error("the export cannot be read: {0}")]
    Source(#[from] io::Error),
    #[error("there is nothing to read at {0}")]
    Nothing(String),
    #[error("{0}")]
    Manage(#[from] ManageError),
}

impl From<StoreError> for MoveError {
    fn from(cause: StoreError) -> Self {
        Self::Manage(cause.into())
    }
}

impl Registry {
    /// Moves an export of Usergrid in. Blocking, and long: for the command line.
    ///
    /// *Errors*: the files or the database cannot be used. A record that cannot be taken over is no error.
    pub fn move_in(&self, plan: &Move) -> Result<MoveReport, MoveError> {
        let Files { read, passed_over } = files::list(&plan.source)?;
        if read.is_empty() {
            return Err(MoveError::Nothing(plan.source.display().to_string()));
        }
        let mut report = MoveReport::new(plan.dry_run);
        report.files = u64::try_from(read.len()).unwrap_or(u64::MAX);
        report.files_not_read = passed_over;
        let survey = Survey::take(read, &mut report)?;
        let mut mover = Mover { registry: self, plan, report, places: Places::default(), moved: HashMap::new() };
        self.store.set_loading(Switch::On)?;
        let moved = mover.everything(&survey);
        self.store.set_loading(Switch::Off)?;
        moved?;
        Ok(mover.report)
    }
}

/// A move under way.
struct Mover<'a> {
    registry: &'a Registry,
    plan: &'a Move,
    report: MoveReport,
    places: Places,
    /// What each application got, for its audit log.
    moved: HashMap<AppId, usize>,
}

impl Mover<'_> {
    fn everything(&mut self, survey: &Survey) -> Result<(), MoveError> {
        self.tenants(survey)?;
        self.holders(survey)?;
        self.admins(survey)?;
        self.users(survey)?;
        self.beside(survey)?;
        self.tokens(survey)?;
        self.write_audit()
    }

    /// One line in the audit log of each application that anything was moved into.
    fn write_audit(&mut self) -> Result<(), MoveError> {
        let entry = |(app, rows): (&AppId, &usize)| {
            self.registry.audit(*app, Actor::Operator, "import from Usergrid", json!({ "rows": rows }))
        };
        let audit: Vec<_> = self.moved.iter().filter(|(_, rows)| **rows > 0).map(entry).collect();
        if !audit.is_empty() {
            self.registry.store.record(&Journal { changes: Vec::new(), audit, ..Journal::default() })?;
        }
        Ok(())
    }

    fn note_moved(&mut self, app: AppId, rows: usize) {
        *self.moved.entry(app).or_default() += rows;
    }
}

fn remark(file: &ExportFile, line: u64, what: impl Into<String>, why: impl Into<String>) -> Remark {
    Remark { file: file.shown.clone(), line, what: what.into(), why: why.into() }
}
