-- Twin of migrations/sqlite. Usergrid's planes: groups, roles, permissions, search terms, mail, moving in.
-- Keys that are compared by order are COLLATE "C", so that every database sorts them alike, by code point.

ALTER TABLE app_user ALTER COLUMN username_key TYPE text COLLATE "C";
ALTER TABLE app_user ALTER COLUMN email_key TYPE text COLLATE "C";
ALTER TABLE app_user ADD COLUMN deactivated timestamptz;
ALTER TABLE app_user ADD COLUMN pin_hash text;
ALTER TABLE admin ADD COLUMN deactivated timestamptz;
ALTER TABLE application ADD COLUMN properties jsonb NOT NULL DEFAULT '{}';

-- Groups of an application's users; `path` may be nested with `/`.
CREATE TABLE app_group (
    tenant_id uuid NOT NULL REFERENCES application (id),
    id uuid NOT NULL,
    path text NOT NULL,
    path_key text COLLATE "C" NOT NULL,
    name text,
    title text,
    properties jsonb NOT NULL,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX app_group_path ON app_group (tenant_id, path_key);
CREATE INDEX app_group_created ON app_group (tenant_id, created, id);

-- Roles of an application. `inactivity` is in milliseconds, 0 for none.
CREATE TABLE app_role (
    tenant_id uuid NOT NULL REFERENCES application (id),
    id uuid NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    title text,
    inactivity bigint NOT NULL,
    properties jsonb NOT NULL,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX app_role_name ON app_role (tenant_id, name_key);
CREATE INDEX app_role_created ON app_role (tenant_id, created, id);

-- What a role, a user or a group may do: `get,put:/users/me/**`.
CREATE TABLE granted_permission (
    tenant_id uuid NOT NULL,
    holder_kind text NOT NULL,
    holder_id uuid NOT NULL,
    permission text COLLATE "C" NOT NULL,
    created timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, holder_kind, holder_id, permission)
);

-- Who belongs to what: `group_user`, `role_user`, `role_group`, `user_user` (following).
CREATE TABLE link (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    created timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, from_id, to_id)
);
CREATE INDEX link_to ON link (tenant_id, kind, to_id, from_id);

-- What entities can be searched and sorted by: one row for each scalar of their JSON, written beside them.
-- `kind` is `text`, `number`, `true` or `false`; a text is kept as a folded key, so that both databases compare alike.
CREATE TABLE term (
    tenant_id uuid NOT NULL,
    collection text NOT NULL,
    field text COLLATE "C" NOT NULL,
    entity_id uuid NOT NULL,
    ordinal bigint NOT NULL,
    kind text NOT NULL,
    number double precision,
    text_key text COLLATE "C",
    words text COLLATE "C",
    PRIMARY KEY (tenant_id, entity_id, collection, field, ordinal)
);
CREATE INDEX term_text ON term (tenant_id, collection, field, text_key, entity_id) WHERE text_key IS NOT NULL;
CREATE INDEX term_number ON term (tenant_id, collection, field, number, entity_id) WHERE number IS NOT NULL;

-- Former passwords, where an organization asks for them to be remembered.
CREATE TABLE password_history (
    tenant_id uuid NOT NULL,
    holder_id uuid NOT NULL,
    created timestamptz NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (tenant_id, holder_id, created)
);

-- Links in mails: the digest of a token that may be used once, for one purpose, while the password is the same.
CREATE TABLE mail_token (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL,
    purpose text NOT NULL,
    holder_id uuid NOT NULL,
    password_changed timestamptz,
    created timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
CREATE INDEX mail_token_holder ON mail_token (tenant_id, holder_id);
CREATE INDEX mail_token_expires ON mail_token (tenant_id, expires);

-- An application's own words for a mail.
CREATE TABLE mail_template (
    tenant_id uuid NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    text text NOT NULL,
    html text,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- How an application reaches an outside provider; sealed, because it holds the provider's secret.
CREATE TABLE signin_provider (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    sealed bytea NOT NULL,
    sealed_by text NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider)
);

-- Which user an outside account signs in as.
CREATE TABLE social_identity (
    tenant_id uuid NOT NULL,
    provider text NOT NULL,
    subject text COLLATE "C" NOT NULL,
    user_id uuid NOT NULL,
    created timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, provider, subject)
);
CREATE INDEX social_identity_user ON social_identity (tenant_id, user_id);

-- The longest pause in the use of a token, in milliseconds; kept only for holders of roles that ask for it.
CREATE TABLE token_activity (
    tenant_id uuid NOT NULL,
    token_id uuid NOT NULL,
    accessed timestamptz NOT NULL,
    inactive bigint NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, token_id)
);
CREATE INDEX token_activity_expires ON token_activity (tenant_id, expires);

-- The outbox. No row-level security: the sender serves all tenants. Subject and body are sealed, since links are secrets.
CREATE TABLE mail (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    event text NOT NULL,
    recipient text NOT NULL,
    recipient_key text COLLATE "C" NOT NULL,
    purpose text NOT NULL,
    sealed bytea NOT NULL,
    sealed_by text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    next_attempt timestamptz NOT NULL,
    last_error text,
    created timestamptz NOT NULL,
    sent timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX mail_event ON mail (tenant_id, event);
CREATE INDEX mail_due ON mail (next_attempt) WHERE state = 'queued';
CREATE INDEX mail_recipient ON mail (tenant_id, recipient_key, created);

-- Tokens that another server issued before a move, by the UUID inside them. A registry table: the text names no tenant.
CREATE TABLE legacy_token (
    id uuid PRIMARY KEY,
    authority text NOT NULL,
    principal uuid NOT NULL,
    org uuid,
    app uuid,
    issued timestamptz NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX legacy_token_expires ON legacy_token (expires);

CREATE INDEX app_user_created ON app_user (tenant_id, created, id);
CREATE INDEX audit_actor ON audit (tenant_id, actor, id);
CREATE INDEX admin_created ON admin (created, id);

-- Applications that are there already get the roles that new ones are born with.
INSERT INTO app_role (tenant_id, id, name, name_key, title, inactivity, properties, created, modified)
SELECT a.id, gen_random_uuid(), r.name, r.name, r.title, 0, '{}', a.created, a.created
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

-- As in the foundation: each statement sees the rows of the tenant that its transaction entered.
ALTER TABLE app_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_group FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON app_group
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE app_role ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_role FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON app_role
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE granted_permission ENABLE ROW LEVEL SECURITY;
ALTER TABLE granted_permission FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON granted_permission
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE link ENABLE ROW LEVEL SECURITY;
ALTER TABLE link FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON link
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE term ENABLE ROW LEVEL SECURITY;
ALTER TABLE term FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON term
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE password_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE password_history FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON password_history
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE mail_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail_token FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON mail_token
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE mail_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE mail_template FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON mail_template
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE signin_provider ENABLE ROW LEVEL SECURITY;
ALTER TABLE signin_provider FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON signin_provider
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE social_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE social_identity FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON social_identity
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE token_activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE token_activity FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON token_activity
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);
