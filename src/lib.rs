//! Tokengrid: a multi-tenant OAuth 2.0 token and user-management server. This page is the map of the house.
//!
//! # The rooms
//!
//! | room | what it is for | what it must not do |
//! |---|---|---|
//! | [`domain`] | the words: ids, names, tenants, people, authority, tokens, time | I/O, and asking for the time |
//! | [`config`] | settings as values: defaults, file, environment, flags | live on as a global |
//! | [`crypto`] | chance, digests, the vault, signing keys, JWT, the password lane | know storage or HTTP |
//! | [`store`] | the rows of two databases; the only room with SQL | word anything for a client |
//! | [`upstream`] | asking servers of others: bounded, and never inside the own network unless allowed | know what for |
//! | [`directory`] | what memory knows of tenants, clients, keys and revocations | write a row, decide |
//! | [`grant`] | the token exchange: one [`Dispatcher`](grant::Dispatcher), one file a grant | know HTTP or SQL |
//! | [`access`] | the other side of a token: verify, guard, revoke | issue anything |
//! | [`mail`] | the words of mails, the outbox, and the sender that empties it | decide about accounts |
//! | [`manage`] | use cases on tenants, people, credentials and keys | decide who may call them |
//! | [`http`] | routes, reading requests, and the words of every answer | see `store` or `crypto` |
//! | [`telemetry`] | log lines and metrics | meet a secret |
//! | [`server`] | the composition root: settings become services, services a running server | hold a rule |
//! | [`cli`] | the command line over the same services | hold a rule |
//!
//! # Who may use whom
//!
//! | room | may use |
//! |---|---|
//! | `domain` | none of ours |
//! | `config`, `crypto`, `store`, `upstream` | `domain` |
//! | `telemetry` | `domain`, `config` |
//! | `directory` | `domain`, `crypto`, `store` |
//! | `mail` | `domain`, `crypto`, `store` |
//! | `grant`, `access` | `domain`, `crypto`, `store`, `directory`; not each other |
//! | `manage` | the same, `mail`, `upstream`, `access::guard`, and `access::external` and `grant::external` which it answers |
//! | `http` | `domain`, `grant`, `access`, `manage`, `telemetry` |
//! | `server`, `cli`, `main` | everything; nobody uses them |
//!
//! No arrow points up. `http` cannot see `store`, so no handler can invent a query; a method of a tenant table takes
//! its tenant first. Some foreign crates live in one room only: `diesel` in `store`, `actix-web` in `http` and
//! `server`, `oxide-auth` in `grant::oxide`, `lettre` in `mail`, `reqwest` in `upstream`. `tests/it/architecture.rs`
//! holds both tables, reads every path in the
//! source, and fails with file, line and rule.
//!
//! # The way of `POST /acme/shop/token`
//!
//! | stop | where | what happens |
//! |---|---|---|
//! | 1 | `http/middleware/mod.rs` | the request gets its id; too large is refused; the path is spelled one way |
//! | 2 | [`http/routes/`](http::routes) | `/{org}/{app}/token` and `/management/token` lead to the same handler |
//! | 3 | `http/extract/call.rs` | form, JSON or query is read into one set of parameters, none given twice |
//! | 4 | `http/oauth/token.rs` | the place is found in the [`directory`]; the voice is chosen; credentials become one |
//! | 5 | `grant/dispatch.rs` | the [`GrantRequest`](grant::GrantRequest) is served: `grant_type` chooses the file |
//! | 6 | `grant/password.rs` | **load** the person, **decide**; no connection is held while bcrypt runs |
//! | 7 | `grant/oxide/` | **issue**: the issuer's active key signs the token |
//! | 8 | `grant/password.rs` | **commit**: one short write, the refresh family, before anyone sees the token |
//! | 9 | `http/oauth/token.rs` | [`Issued`](grant::Issued) becomes a body; `http/error/grant.rs` words a refusal |
//! | 10 | `http/middleware/mod.rs` | headers that every answer bears, one log line, the metrics |
//!
//! `grant/client_credentials.rs` and `grant/refresh_token.rs` take the place of stops 6 and 8 for their grants; an
//! application's client is answered from memory alone once the directory knows it.
//!
//! # Reading on
//!
//! `docs/concepts.md` explains the words to users of the server, `docs/decisions/` why the house stands as it does, and
//! `CONTRIBUTING.md` what a change looks like.

pub mod access;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod directory;
pub mod domain;
pub mod grant;
pub mod http;
pub mod mail;
pub mod manage;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod upstream;
