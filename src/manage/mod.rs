//! The manage room.
