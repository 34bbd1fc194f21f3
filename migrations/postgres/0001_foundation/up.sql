-- Twin of migrations/sqlite: the same tables and columns, in the types of PostgreSQL.
-- Registry tables are small and have no row-level security; on a distributed database they are reference tables.
-- In tenant tables the tenant leads every key, so that they can be distributed by it.

CREATE TABLE organization (
    id uuid PRIMARY KEY,
    name_key text NOT NULL,
    properties jsonb NOT NULL,
    settings jsonb NOT NULL,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX organization_name ON organization (name_key) WHERE deleted_at IS NULL;

CREATE TABLE application (
    org_id uuid NOT NULL REFERENCES organization (id),
    id uuid NOT NULL,
    name_key text NOT NULL,
    settings jsonb NOT NULL,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX application_id ON application (id);
CREATE UNIQUE INDEX application_name ON application (org_id, name_key) WHERE deleted_at IS NULL;

CREATE TABLE admin (
    id uuid PRIMARY KEY,
    username text NOT NULL,
    username_key text NOT NULL,
    email text,
    email_key text,
    name text,
    properties jsonb NOT NULL,
    activated boolean NOT NULL,
    confirmed boolean NOT NULL,
    disabled boolean NOT NULL,
    hash text,
    password_changed timestamptz,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL
);
CREATE UNIQUE INDEX admin_username ON admin (username_key);
CREATE UNIQUE INDEX admin_email ON admin (email_key) WHERE email_key IS NOT NULL;

CREATE TABLE membership (
    org_id uuid NOT NULL REFERENCES organization (id),
    admin_id uuid NOT NULL REFERENCES admin (id),
    PRIMARY KEY (org_id, admin_id)
);
CREATE INDEX membership_admin ON membership (admin_id, org_id);

CREATE TABLE change_log (
    id uuid PRIMARY KEY,
    tenant_id uuid NOT NULL,
    kind text NOT NULL
);

CREATE TABLE app_user (
    tenant_id uuid NOT NULL REFERENCES application (id),
    id uuid NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    email text,
    email_key text,
    name text,
    properties jsonb NOT NULL,
    activated boolean NOT NULL,
    confirmed boolean NOT NULL,
    disabled boolean NOT NULL,
    hash text,
    password_changed timestamptz,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX app_user_username ON app_user (tenant_id, username_key);
CREATE UNIQUE INDEX app_user_email ON app_user (tenant_id, email_key) WHERE email_key IS NOT NULL;

CREATE TABLE client_secret (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    digest bytea NOT NULL,
    sealed bytea,
    sealed_by text,
    created timestamptz NOT NULL,
    expires timestamptz,
    PRIMARY KEY (tenant_id, id),
    CHECK ((sealed IS NULL) = (sealed_by IS NULL))
);
CREATE UNIQUE INDEX client_secret_current ON client_secret (tenant_id) WHERE expires IS NULL;

CREATE TABLE signing_key (
    tenant_id uuid NOT NULL,
    kid text NOT NULL,
    algorithm text NOT NULL,
    state text NOT NULL,
    public jsonb,
    private bytea NOT NULL,
    private_by text NOT NULL,
    created timestamptz NOT NULL,
    gone_at timestamptz,
    PRIMARY KEY (tenant_id, kid)
);
CREATE UNIQUE INDEX signing_key_active ON signing_key (tenant_id) WHERE state = 'active';

CREATE TABLE refresh_family (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    authority text NOT NULL,
    principal uuid NOT NULL,
    org uuid,
    app uuid,
    client_id text NOT NULL,
    scope text NOT NULL,
    key bytea NOT NULL,
    key_by text NOT NULL,
    head bigint NOT NULL,
    previous bigint,
    rotated timestamptz NOT NULL,
    created timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX refresh_family_principal ON refresh_family (tenant_id, principal);
CREATE INDEX refresh_family_expires ON refresh_family (tenant_id, expires);

CREATE TABLE revocation (
    tenant_id uuid NOT NULL,
    target_kind text NOT NULL,
    target_id uuid NOT NULL,
    reason text NOT NULL,
    watermark timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, target_kind, target_id)
);
CREATE INDEX revocation_expires ON revocation (tenant_id, expires);

CREATE TABLE audit (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    detail jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- The database enforces the tenant below the program: a statement sees and writes the rows of the tenant that its
-- transaction entered, and none when it entered none (the setting is absent at first, and empty after its first use).
-- FORCE binds the owner too. Only superusers and BYPASSRLS roles escape, which the server warns of when it starts.
ALTER TABLE app_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE app_user FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON app_user
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE client_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON client_secret
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE signing_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE signing_key FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON signing_key
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE refresh_family ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_family FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_family
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE revocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE revocation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON revocation
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON audit
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);
