//! The first reading: which tenants an export has, and what is in which file.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::files::{ExportFile, Read};
use super::record::{Entity, Hint, Record};
use super::report::MoveReport;
use super::{MoveError, remark};

/// What a file holds, so that later readings leave out the others.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Holds {
    pub holders: bool,
    pub people: bool,
    pub beside: bool,
    pub tokens: bool,
}

/// A tenant as the export has it, with its file and line.
#[derive(Debug)]
pub(super) struct Found {
    pub file: ExportFile,
    pub line: u64,
    pub members: Map<String, Value>,
}

/// What the first reading found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub files: Vec<(ExportFile, Holds)>,
    pub orgs: Vec<Found>,
    pub apps: Vec<Found>,
    /// The names of applications that records say they belong to.
    pub named: HashSet<String>,
    /// Where roles are, so that their applications get no others.
    pub roles: HashSet<(usize, Option<String>)>,
}

impl Survey {
    /// Reads everything once.
    pub(super) fn take(files: Vec<ExportFile>, report: &mut MoveReport) -> Result<Self, MoveError> {
        let mut survey = Self::default();
        for (index, file) in files.into_iter().enumerate() {
            let mut holds = Holds::default();
            file.records::<MoveError>(|(line, read): Read| {
                match read {
                    Ok(record) => {
                        report.records += 1;
                        survey.note(&file, (index, line), record, (&mut holds, report));
                    }
                    Err(why) => {
                        report.unreadable += 1;
                        report.remark(remark(&file, line, "unreadable", why));
                    }
                }
                Ok(())
            })?;
            survey.files.push((file, holds));
        }
        Ok(survey)
    }

    fn note(
        &mut self,
        file: &ExportFile,
        (index, line): (usize, u64),
        record: Record,
        (holds, report): (&mut Holds, &mut MoveReport),
    ) {
        let found = |members| Found { file: file.clone(), line, members };
        match record {
            Record::Organization(members) => self.orgs.push(found(members)),
            Record::Application(members) => self.apps.push(found(members)),
            Record::Entity(entity) => {
                let Entity { kind, hint, beside, .. } = *entity;
                self.named.extend(hint.0.clone());
                match kind.as_str() {
                    "user" => holds.people = true,
                    "role" => {
                        holds.holders = true;
                        self.roles.insert((index, hint.0));
                    }
                    "group" => holds.holders = true,
                    _ => *report.not_carried.entry(kind).or_default() += 1,
                }
                holds.beside |= !(beside.collections.is_empty() && beside.connections.is_empty());
            }
            Record::Beside { hint, .. } => {
                self.named.extend(hint.0);
                holds.beside = true;
            }
            Record::Token(_) => holds.tokens = true,
            Record::Unknown => *report.not_carried.entry("unknown".to_owned()).or_default() += 1,
        }
    }
}

/// The name that stands for a hint in the report.
pub(super) fn shown(hint: &Hint) -> &str {
    hint.0.as_deref().unwrap_or("an application that the export does not name")
}
