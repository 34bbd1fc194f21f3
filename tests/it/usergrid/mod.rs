//! What Usergrid's own tests pin, one test for each row that concerns authentication, management, users, roles, groups
//! and permissions. A test is named after the class and method that it stands for.

mod mail;
