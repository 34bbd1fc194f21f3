//! The grant room.
