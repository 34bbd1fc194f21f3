-- Runs once, on an empty data folder, as the superuser. The server's own role owns its database and nothing else:
-- a superuser, or a role with BYPASSRLS, would not be bound by row-level security.
\getenv password TOKENGRID_DATABASE_PASSWORD
CREATE ROLE tokengrid LOGIN PASSWORD :'password' NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE DATABASE tokengrid OWNER tokengrid;
REVOKE CONNECT ON DATABASE tokengrid FROM PUBLIC;
