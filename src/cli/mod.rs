//! The command line: what may be asked (`args`, `operand`), how it is carried out (`run`) and shown (`print`).

pub mod args;
mod error;
mod import;
pub mod operand;
mod print;
mod run;
mod serve;

pub use run::main;
