//! The token endpoint.

mod four_levels;
