-- Twin of migrations/postgres. Usergrid's planes: groups, roles, permissions, search terms, mail, moving in.

ALTER TABLE app_user ADD COLUMN deactivated integer;
ALTER TABLE app_user ADD COLUMN pin_hash text;
ALTER TABLE admin ADD COLUMN deactivated integer;
-- The empty object in SQLite's binary form of JSON.
ALTER TABLE application ADD COLUMN properties blob NOT NULL DEFAULT x'0c';

-- Groups of an application's users; `path` may be nested with `/`.
CREATE TABLE app_group (
    tenant_id blob NOT NULL REFERENCES application (id),
    id blob NOT NULL,
    path text NOT NULL,
    path_key text NOT NULL,
    name text,
    title text,
    properties blob NOT NULL,
    created integer NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX app_group_path ON app_group (tenant_id, path_key);
CREATE INDEX app_group_created ON app_group (tenant_id, created, id);

-- Roles of an application. `inactivity` is in milliseconds, 0 for none.
CREATE TABLE app_role (
    tenant_id blob NOT NULL REFERENCES application (id),
    id blob NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL,
    title text,
    inactivity integer NOT NULL,
    properties blob NOT NULL,
    created integer NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX app_role_name ON app_role (tenant_id, name_key);
CREATE INDEX app_role_created ON app_role (tenant_id, created, id);

-- What a role, a user or a group may do: `get,put:/users/me/**`.
CREATE TABLE granted_permission (
    tenant_id blob NOT NULL,
    holder_kind text NOT NULL,
    holder_id blob NOT NULL,
    permission text NOT NULL,
    created integer NOT NULL,
    PRIMARY KEY (tenant_id, holder_kind, holder_id, permission)
) STRICT, WITHOUT ROWID;

-- Who belongs to what: `group_user`, `role_user`, `role_group`, `user_user` (following).
CREATE TABLE link (
    tenant_id blob NOT NULL,
    kind text NOT NULL,
    from_id blob NOT NULL,
    to_id blob NOT NULL,
    created integer NOT NULL,
    PRIMARY KEY (tenant_id, kind, from_id, to_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_to ON link (tenant_id, kind, to_id, from_id);

-- What entities can be searched and sorted by: one row for each scalar of their JSON, written beside them.
-- `kind` is `text`, `number`, `true` or `false`; a text is kept as a folded key, so that both databases compare alike.
CREATE TABLE term (
    tenant_id blob NOT NULL,
    collection text NOT NULL,
    field text NOT NULL,
    entity_id blob NOT NULL,
    ordinal integer NOT NULL,
    kind text NOT NULL,
    number real,
    text_key text,
    words text,
    PRIMARY KEY (tenant_id, entity_id, collection, field, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX term_text ON term (tenant_id, collection, field, text_key, entity_id) WHERE text_key IS NOT NULL;
CREATE INDEX term_number ON term (tenant_id, collection, field, number, entity_id) WHERE number IS NOT NULL;

-- Former passwords, where an organization asks for them to be remembered.
CREATE TABLE password_history (
    tenant_id blob NOT NULL,
    holder_id blob NOT NULL,
    created integer NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (tenant_id, holder_id, created)
) STRICT, WITHOUT ROWID;

-- Links in mails: the digest of a token that may be used once, for one purpose, while the password is the same.
CREATE TABLE mail_token (
    tenant_id blob NOT NULL,
    digest blob NOT NULL,
    purpose text NOT NULL,
    holder_id blob NOT NULL,
    password_changed integer,
    created integer NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_token_holder ON mail_token (tenant_id, holder_id);
CREATE INDEX mail_token_expires ON mail_token (tenant_id, expires);

-- An application's own words for a mail.
CREATE TABLE mail_template (
    tenant_id blob NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- How an application reaches an outside provider; sealed, because it holds the provider's secret.
CREATE TABLE signin_provider (
    tenant_id blob NOT NULL,
    provider text NOT NULL,
    sealed blob NOT NULL,
    sealed_by text NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, provider)
) STRICT, WITHOUT ROWID;

-- Which user an outside account signs in as.
CREATE TABLE social_identity (
    tenant_id blob NOT NULL,
    provider text NOT NULL,
    subject text NOT NULL,
    user_id blob NOT NULL,
    created integer NOT NULL,
    PRIMARY KEY (tenant_id, provider, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX social_identity_user ON social_identity (tenant_id, user_id);

-- The longest pause in the use of a token, in milliseconds; kept only for holders of roles that ask for it.
CREATE TABLE token_activity (
    tenant_id blob NOT NULL,
    token_id blob NOT NULL,
    accessed integer NOT NULL,
    inactive integer NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, token_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_activity_expires ON token_activity (tenant_id, expires);

-- The outbox. No row-level security: the sender serves all tenants. Subject and body are sealed, since links are secrets.
CREATE TABLE mail (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    event text NOT NULL,
    recipient text NOT NULL,
    recipient_key text NOT NULL,
    purpose text NOT NULL,
    sealed blob NOT NULL,
    sealed_by text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_attempt integer NOT NULL,
    last_error text,
    created integer NOT NULL,
    sent integer,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mail_event ON mail (tenant_id, event);
CREATE INDEX mail_due ON mail (next_attempt) WHERE state = 'queued';
CREATE INDEX mail_recipient ON mail (tenant_id, recipient_key, created);

-- Tokens that another server issued before a move, by the UUID inside them. A registry table: the text names no tenant.
CREATE TABLE legacy_token (
    id blob PRIMARY KEY,
    authority text NOT NULL,
    principal blob NOT NULL,
    org blob,
    app blob,
    issued integer NOT NULL,
    expires integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX legacy_token_expires ON legacy_token (expires);

CREATE INDEX app_user_created ON app_user (tenant_id, created, id);
CREATE INDEX audit_actor ON audit (tenant_id, actor, id);
CREATE INDEX admin_created ON admin (created, id);

-- Applications that are there already get the roles that new ones are born with.
INSERT INTO app_role (tenant_id, id, name, name_key, title, inactivity, properties, created, modified)
SELECT a.id, randomblob(16), r.name, r.name, r.title, 0, x'0c', a.created, a.created
FROM application a CROSS JOIN (
    SELECT 'admin' AS name, 'Administrator' AS title
    UNION ALL SELECT 'default', 'Default'
    UNION ALL SELECT 'guest', 'Guest'
) r;
INSERT INTO granted_permission (tenant_id, holder_kind, holder_id, permission, created)
SELECT r.tenant_id, 'role', r.id, p.permission, r.created
FROM app_role r JOIN (
    SELECT 'default' AS name, 'get,put,post,delete:/**' AS permission
    UNION ALL SELECT 'guest', 'post:/users'
    UNION ALL SELECT 'guest', 'post:/devices'
    UNION ALL SELECT 'guest', 'put:/devices/*'
) p ON p.name = r.name;
INSERT INTO granted_permission (tenant_id, holder_kind, holder_id, permission, created)
SELECT r.tenant_id, 'role', r.id, 'get,post,put,delete:/**', r.created
FROM app_role r JOIN application a ON a.id = r.tenant_id
WHERE r.name = 'guest' AND a.name_key = 'sandbox';
