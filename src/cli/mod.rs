//! The command line: what can be typed, and how operands become values.

pub mod args;
pub mod operand;
