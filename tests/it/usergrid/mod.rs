//! What Usergrid's own tests pin, one test for each row that concerns authentication, management, users, roles, groups
//! and permissions. A test is named after the class and method that it stands for.
mod accounts;
mod admins;
mod application;
mod applications;
mod clients;
mod errors;
mod groups;
mod mail;
mod members;
mod organizations;
mod permissions;
mod portal;
mod query;
mod query_bounds;
mod roles;
mod sdks;
mod social;
mod stage;
mod system;
mod tokens;
mod user_credentials;
mod users;
