//! What Usergrid's own tests pin, one test for each row that concerns authentication, management, users, roles, groups
//! and permissions. A test is named after the class and method that it stands for.

mod accounts;
mod application;
mod groups;
mod permissions;
mod roles;
mod social;
mod stage;
mod users;
