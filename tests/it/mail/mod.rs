//! Mail: how it leaves, who may cause it, what its links are good for, and what its administrators see.

mod administration;
mod limits;
mod links;
mod pages;
mod sending;
mod standing;
mod tls;
