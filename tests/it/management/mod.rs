//! The management plane's routes: admins, organizations and their credentials.

mod audit;
mod credentials;
mod orgs;
mod users;
