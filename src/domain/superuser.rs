//! The superuser: the one account that the configuration makes. Its row has a fixed id, `AdminId::SUPERUSER`.

use super::name::{Email, Username};
use super::secret::Secret;

/// The superuser as configured, checked.
#[derive(Clone, Debug)]
pub struct Superuser {
    pub username: Username,
    pub email: Email,
    pub password: Secret,
}
