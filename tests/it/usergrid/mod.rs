//! What Usergrid's own tests pin, one test for each row that concerns authentication, management, users, roles, groups
//! and permissions. A test is named after the class and method that it stands for.

mod accounts;
mod admins;
mod application;
mod applications;
mod groups;
mod mail;
mod organizations;
mod permissions;
mod roles;
mod stage;
mod system;
mod tokens;
mod users;
