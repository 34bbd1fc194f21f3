//! What a move did and what it left out, for people and for programs. No secret is in it.

use std::collections::BTreeMap;

use serde::Serialize;

/// How many lines about single records a report holds; the counts go on.
const LINES_MAX: usize = 10_000;

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Written, or in a dry run: to be written.
    pub new: u64,
    /// Here already, and the same.
    pub here: u64,
    /// Here already and not the same; what is here stays.
    pub differs: u64,
    /// Not taken over, for a reason that the report names.
    pub left_out: u64,
}

/// One record that was not taken over, or not wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Remark {
    pub file: String,
    pub line: u64,
    /// Which record: `user ann`.
    pub what: String,
    pub why: String,
}

/// What a move did.
///
/// *Shape*: `{"dry_run":false,"files":1,"records":3,"unreadable":0,"kinds":{"users":{"new":2,..}},"not_carried":
/// {"activity":7},"files_not_read":[..],"remarks":[..],"remarks_left_out":0}`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MoveReport {
    pub dry_run: bool,
    pub files: u64,
    pub records: u64,
    /// Pieces of files that are no JSON object.
    pub unreadable: u64,
    pub kinds: BTreeMap<&'static str, Tally>,
    /// Entities of types that this server does not keep.
    pub not_carried: BTreeMap<String, u64>,
    pub files_not_read: Vec<String>,
    pub remarks: Vec<Remark>,
    /// Remarks beyond those that are shown.
    pub remarks_left_out: u64,
}

/// The kinds that a report counts.
pub const KINDS: [&str; 10] = [
    "organizations",
    "applications",
    "client_secrets",
    "admins",
    "users",
    "roles",
    "groups",
    "permissions",
    "memberships",
    "tokens",
];

impl MoveReport {
    pub(super) fn new(dry_run: bool) -> Self {
        let kinds = KINDS.into_iter().map(|kind| (kind, Tally::default())).collect();
        Self { dry_run, kinds, ..Self::default() }
    }

    /// The count of one kind.
    pub fn tally(&self, kind: &str) -> Tally {
        self.kinds.get(kind).copied().unwrap_or_default()
    }

    pub(super) fn count(&mut self, kind: &'static str) -> &mut Tally {
        self.kinds.entry(kind).or_default()
    }

    pub(super) fn remark(&mut self, remark: Remark) {
        if self.remarks.len() < LINES_MAX { self.remarks.push(remark) } else { self.remarks_left_out += 1 }
    }

    pub(super) fn leave_out(&mut self, kind: &'static str, remark: Remark) {
        self.count(kind).left_out += 1;
        self.remark(remark);
    }

    pub(super) fn differs(&mut self, kind: &'static str, remark: Remark) {
        self.count(kind).differs += 1;
        self.remark(remark);
    }

    /// Whether anything was, or would be, written.
    pub fn is_change(&self) -> bool {
        self.kinds.values().any(|tally| tally.new > 0)
    }

    /// The report as lines to read.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.dry_run {
            lines.push("A dry run: nothing was written.".to_owned());
        }
        lines.push(format!("{} records in {} files; {} unreadable.", self.records, self.files, self.unreadable));
        for kind in KINDS {
            let Tally { new, here, differs, left_out } = self.tally(kind);
            let kind = kind.replace('_', " ");
            lines.push(format!("{kind:<15} {new:>9} new {here:>9} here {differs:>7} differ {left_out:>7} left out"));
        }
        lines.extend(self.not_carried.iter().map(|(kind, count)| format!("not carried: {count} of type {kind}")));
        lines.extend(self.files_not_read.iter().map(|file| format!("not read: {file}")));
        lines.extend(
            self.remarks.iter().map(|Remark { file, line, what, why }| format!("{file}:{line}: {what}: {why}")),
        );
        if self.remarks_left_out > 0 {
            lines.push(format!("and {} more remarks", self.remarks_left_out));
        }
        lines
    }
}
