//! Identifiers: UUIDs that know what they identify, so that one kind cannot stand in for another.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// The UUIDv7 of one `Of`.
///
/// *Shape*: a lower-case hyphenated UUID in JSON and text.
pub struct Id<Of> {
    uuid: Uuid,
    of: PhantomData<fn() -> Of>,
}

/// Identifies an organization.
pub type OrgId = Id<of::Organization>;
/// Identifies an application.
pub type AppId = Id<of::Application>;
/// Identifies a user of one application.
pub type UserId = Id<of::AppUser>;
/// Identifies an admin of the management plane.
pub type AdminId = Id<of::Admin>;

/// Identifies a group of one application's users.
pub type GroupId = Id<of::Group>;
/// Identifies a role of one application.
pub type RoleId = Id<of::Role>;
/// Identifies a registered client of one tenant.
pub type RegisteredId = Id<of::RegisteredClient>;

impl AdminId {
    /// The superuser: one account of the server itself, made from its configuration and never by a name.
    pub const SUPERUSER: Self = Self::new(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0002));
}

impl UserId {
    /// Stands for a user who does not exist, where that must cost what an existing one costs.
    pub const NOBODY: Self = Self::new(Uuid::nil());
}

/// The kinds that ids are told apart by. They have no values.
pub mod of {
    /// An organization.
    pub enum Organization {}
    /// An application.
    pub enum Application {}
    /// A user of one application.
    pub enum AppUser {}
    /// An admin.
    pub enum Admin {}
    /// A group.
    pub enum Group {}
    /// A role.
    pub enum Role {}
    /// A registered client.
    pub enum RegisteredClient {}
}

impl<Of> Id<Of> {
    /// Gives a UUID its kind.
    pub const fn new(uuid: Uuid) -> Self {
        Self { uuid, of: PhantomData }
    }

    /// The bare UUID, for rows and tokens.
    pub const fn uuid(self) -> Uuid {
        self.uuid
    }
}

impl<Of> Clone for Id<Of> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<Of> Copy for Id<Of> {}
impl<Of> PartialEq for Id<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<Of> Eq for Id<Of> {}
impl<Of> Hash for Id<Of> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}
impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uuid)
    }
}
impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.uuid)
    }
}
impl<Of> FromStr for Id<Of> {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self::new)
    }
}
impl<Of> Serialize for Id<Of> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.uuid.serialize(serializer)
    }
}
impl<'de, Of> Deserialize<'de> for Id<Of> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}

/// The id that leads every key of a tenant table: an application, an organization, or the management plane.
///
/// Applications and organizations never share a UUID, so one id space serves all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TenantId(Uuid);

impl TenantId {
    /// The management plane: the tenant of admins and of tokens above application level.
    pub const MANAGEMENT: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0001));

    /// Reads a tenant id back from a row.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The bare UUID, for rows.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<OrgId> for TenantId {
    fn from(id: OrgId) -> Self {
        Self(id.uuid())
    }
}
impl From<AppId> for TenantId {
    fn from(id: AppId) -> Self {
        Self(id.uuid())
    }
}
impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
