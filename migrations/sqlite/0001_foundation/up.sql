-- Twin of migrations/postgres: the same tables and columns, in the types of SQLite.
-- A uuid is a blob of 16 bytes, a moment is an integer of UTC microseconds, JSON is SQLite's binary form of it.

CREATE TABLE organization (
    id blob PRIMARY KEY,
    name_key text NOT NULL,
    properties blob NOT NULL,
    settings blob NOT NULL,
    created integer NOT NULL,
    modified integer NOT NULL,
    deleted_at integer
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organization_name ON organization (name_key) WHERE deleted_at IS NULL;

CREATE TABLE application (
    org_id blob NOT NULL REFERENCES organization (id),
    id blob NOT NULL,
    name_key text NOT NULL,
    settings blob NOT NULL,
    created integer NOT NULL,
    modified integer NOT NULL,
    deleted_at integer,
    PRIMARY KEY (org_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX application_id ON application (id);
CREATE UNIQUE INDEX application_name ON application (org_id, name_key) WHERE deleted_at IS NULL;

CREATE TABLE admin (
    id blob PRIMARY KEY,
    username text NOT NULL,
    username_key text NOT NULL,
    email text,
    email_key text,
    name text,
    properties blob NOT NULL,
    activated integer NOT NULL,
    confirmed integer NOT NULL,
    disabled integer NOT NULL,
    hash text,
    password_changed integer,
    created integer NOT NULL,
    modified integer NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX admin_username ON admin (username_key);
CREATE UNIQUE INDEX admin_email ON admin (email_key) WHERE email_key IS NOT NULL;

CREATE TABLE membership (
    org_id blob NOT NULL REFERENCES organization (id),
    admin_id blob NOT NULL REFERENCES admin (id),
    PRIMARY KEY (org_id, admin_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_admin ON membership (admin_id, org_id);

CREATE TABLE change_log (
    id blob PRIMARY KEY,
    tenant_id blob NOT NULL,
    kind text NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE app_user (
    tenant_id blob NOT NULL REFERENCES application (id),
    id blob NOT NULL,
    username text NOT NULL,
    username_key text NOT NULL,
    email text,
    email_key text,
    name text,
    properties blob NOT NULL,
    activated integer NOT NULL,
    confirmed integer NOT NULL,
    disabled integer NOT NULL,
    hash text,
    password_changed integer,
    created integer NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX app_user_username ON app_user (tenant_id, username_key);
CREATE UNIQUE INDEX app_user_email ON app_user (tenant_id, email_key) WHERE email_key IS NOT NULL;

CREATE TABLE client_secret (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    digest blob NOT NULL,
    sealed blob,
    sealed_by text,
    created integer NOT NULL,
    expires integer,
    PRIMARY KEY (tenant_id, id),
    CHECK ((sealed IS NULL) = (sealed_by IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX client_secret_current ON client_secret (tenant_id) WHERE expires IS NULL;

CREATE TABLE signing_key (
    tenant_id blob NOT NULL,
    kid text NOT NULL,
    algorithm text NOT NULL,
    state text NOT NULL,
    public blob,
    private blob NOT NULL,
    private_by text NOT NULL,
    created integer NOT NULL,
    gone_at integer,
    PRIMARY KEY (tenant_id, kid)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX signing_key_active ON signing_key (tenant_id) WHERE state = 'active';

CREATE TABLE refresh_family (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    authority text NOT NULL,
    principal blob NOT NULL,
    org blob,
    app blob,
    client_id text NOT NULL,
    scope text NOT NULL,
    key blob NOT NULL,
    key_by text NOT NULL,
    head integer NOT NULL,
    previous integer,
    rotated integer NOT NULL,
    created integer NOT NULL,
    expires integer NOT NULL,
    ended integer,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_family_principal ON refresh_family (tenant_id, principal);
CREATE INDEX refresh_family_expires ON refresh_family (tenant_id, expires);

CREATE TABLE revocation (
    tenant_id blob NOT NULL,
    target_kind text NOT NULL,
    target_id blob NOT NULL,
    reason text NOT NULL,
    watermark integer NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, target_kind, target_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX revocation_expires ON revocation (tenant_id, expires);

CREATE TABLE audit (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    at integer NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    detail blob NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
