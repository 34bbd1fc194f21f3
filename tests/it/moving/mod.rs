//! Moving in from Usergrid: what an export becomes, and how its passwords, secrets and tokens go on working.

mod export;
mod files;
mod import;
mod passwords;
mod tokens;
