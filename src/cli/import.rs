//! `tokengrid import`: moving in from another server.

use std::collections::HashMap;

use super::args::{ImportCommand, ImportUsergrid};
use super::error::CommandError;
use super::print;
use crate::config::Settings;
use crate::manage::moving::Move;
use crate::server::Core;

/// Moves an export in and prints the report.
pub(super) fn run(core: &Core, settings: &Settings, command: &ImportCommand) -> Result<(), CommandError> {
    let ImportCommand::Usergrid(ImportUsergrid { source, rename, into, dry_run, output }) = command;
    let plan = Move {
        source: source.clone(),
        rename: rename.iter().map(|rename| (rename.old.clone(), rename.new.to_string())).collect::<HashMap<_, _>>(),
        into: into.as_ref().map(ToString::to_string),
        dry_run: *dry_run,
        bcrypt_cost: settings.passwords.bcrypt_cost,
    };
    let report = core.registry.move_in(&plan)?;
    if output.json {
        print::line(&serde_json::to_string(&report).map_err(std::io::Error::other)?);
    } else {
        print::line(&print::lines(&report.lines()));
    }
    Ok(())
}
