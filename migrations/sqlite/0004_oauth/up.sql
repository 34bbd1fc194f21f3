-- Twin of migrations/postgres. Registered clients, browsers, codes, devices, and what may be used once: the standards' dialect.

-- A family may descend from a browser's session; `details` says how its holder signed in and what binds its tokens.
ALTER TABLE refresh_family ADD COLUMN session blob;
ALTER TABLE refresh_family ADD COLUMN details blob NOT NULL DEFAULT x'0c';
CREATE INDEX refresh_family_session ON refresh_family (tenant_id, session) WHERE session IS NOT NULL;
CREATE INDEX refresh_family_client ON refresh_family (tenant_id, client_id) WHERE client_id IS NOT NULL;
-- When this node heard of it, for the revocation feed.
ALTER TABLE revocation ADD COLUMN recorded integer;
CREATE INDEX revocation_recorded ON revocation (tenant_id, recorded);
-- `access` signs access tokens; `id_token` is for ID tokens in another algorithm than the issuer's own.
ALTER TABLE signing_key ADD COLUMN purpose text NOT NULL DEFAULT 'access';
DROP INDEX signing_key_active;
CREATE UNIQUE INDEX signing_key_active ON signing_key (tenant_id) WHERE state = 'active' AND purpose = 'access';
CREATE UNIQUE INDEX signing_key_active_id_token ON signing_key (tenant_id, algorithm) WHERE state = 'active' AND purpose = 'id_token';

-- Registered clients (RFC 7591). `metadata` is what was registered; `kept_by` is `management` or `registration`.
CREATE TABLE oauth_client (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text NOT NULL,
    metadata blob NOT NULL,
    kept_by text NOT NULL,
    disabled integer NOT NULL,
    registration_digest blob,
    created integer NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX oauth_client_created ON oauth_client (tenant_id, created, id);

-- Secrets of registered clients, by digest alone.
CREATE TABLE oauth_client_secret (
    tenant_id blob NOT NULL,
    client_id blob NOT NULL,
    id blob NOT NULL,
    name text,
    digest blob NOT NULL,
    created integer NOT NULL,
    expires integer,
    PRIMARY KEY (tenant_id, client_id, id)
) STRICT, WITHOUT ROWID;

-- Who may register a client by themselves (RFC 7591 §3). `uses_left` is null where there is no bound.
CREATE TABLE initial_access_token (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    name text,
    digest blob NOT NULL,
    uses_left integer,
    created integer NOT NULL,
    expires integer,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX initial_access_token_digest ON initial_access_token (tenant_id, digest);

-- Who is signed in at a browser. The cookie is kept as a digest.
CREATE TABLE browser_session (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    digest blob NOT NULL,
    authority text NOT NULL,
    principal blob NOT NULL,
    details blob NOT NULL,
    auth_time integer NOT NULL,
    seen integer NOT NULL,
    created integer NOT NULL,
    expires integer NOT NULL,
    ended integer,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX browser_session_digest ON browser_session (tenant_id, digest);
CREATE INDEX browser_session_principal ON browser_session (tenant_id, principal);
CREATE INDEX browser_session_expires ON browser_session (tenant_id, expires);

-- What a person has allowed a client.
CREATE TABLE consent (
    tenant_id blob NOT NULL,
    principal blob NOT NULL,
    client_id blob NOT NULL,
    scope text NOT NULL,
    created integer NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, principal, client_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_client ON consent (tenant_id, client_id);

-- Authorization codes, by digest. `family` is the session that the first use began: a second use ends it.
CREATE TABLE authorization_code (
    tenant_id blob NOT NULL,
    digest blob NOT NULL,
    client_id blob NOT NULL,
    authority text NOT NULL,
    principal blob NOT NULL,
    session blob,
    redirect_uri text NOT NULL,
    scope text NOT NULL,
    details blob NOT NULL,
    created integer NOT NULL,
    expires integer NOT NULL,
    used integer,
    family blob,
    PRIMARY KEY (tenant_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_code_expires ON authorization_code (tenant_id, expires);
CREATE INDEX authorization_code_client ON authorization_code (tenant_id, client_id, expires);
CREATE INDEX authorization_code_principal ON authorization_code (tenant_id, principal, expires);

-- Authorization requests that were pushed (RFC 9126).
CREATE TABLE pushed_request (
    tenant_id blob NOT NULL,
    digest blob NOT NULL,
    client_id blob NOT NULL,
    parameters blob NOT NULL,
    created integer NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX pushed_request_expires ON pushed_request (tenant_id, expires);
CREATE INDEX pushed_request_client ON pushed_request (tenant_id, client_id, expires);

-- Devices that wait for a person (RFC 8628). `state` is `pending`, `approved`, `denied` or `used`; `pause` is in
-- milliseconds.
CREATE TABLE device_grant (
    tenant_id blob NOT NULL,
    digest blob NOT NULL,
    user_code text NOT NULL,
    client_id blob NOT NULL,
    scope text NOT NULL,
    details blob NOT NULL,
    state text NOT NULL,
    authority text,
    principal blob,
    session blob,
    pause integer NOT NULL,
    polled integer,
    family blob,
    created integer NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, digest)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX device_grant_user_code ON device_grant (tenant_id, user_code);
CREATE INDEX device_grant_expires ON device_grant (tenant_id, expires);
CREATE INDEX device_grant_client ON device_grant (tenant_id, client_id);

-- What may be used once and was: proofs and assertions, by the digest of who said it and its `jti`.
CREATE TABLE seen_proof (
    tenant_id blob NOT NULL,
    kind text NOT NULL,
    digest blob NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, kind, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_proof_expires ON seen_proof (tenant_id, expires);

-- Issuers whose assertions an application takes for a grant (RFC 7523).
CREATE TABLE trusted_issuer (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    issuer text NOT NULL,
    settings blob NOT NULL,
    created integer NOT NULL,
    modified integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX trusted_issuer_issuer ON trusted_issuer (tenant_id, issuer);

-- Secrets of a tenant that never leave the server, such as what pairwise subjects are made with.
CREATE TABLE tenant_secret (
    tenant_id blob NOT NULL,
    purpose text NOT NULL,
    sealed blob NOT NULL,
    sealed_by text NOT NULL,
    created integer NOT NULL,
    PRIMARY KEY (tenant_id, purpose)
) STRICT, WITHOUT ROWID;

-- Clients to be told that a session ended (OpenID Connect Back-Channel Logout). No row-level security: the sender
-- serves all tenants.
CREATE TABLE logout_notice (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    client_id blob NOT NULL,
    subject text NOT NULL,
    session blob NOT NULL,
    uri text NOT NULL,
    state text NOT NULL,
    attempts integer NOT NULL,
    next_attempt integer NOT NULL,
    last_error text,
    created integer NOT NULL,
    done integer,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX logout_notice_due ON logout_notice (next_attempt) WHERE state = 'queued';

-- Why requests were refused, for the tenant's administration.
CREATE TABLE refusal (
    tenant_id blob NOT NULL,
    id blob NOT NULL,
    at integer NOT NULL,
    cause text NOT NULL,
    detail blob NOT NULL,
    expires integer NOT NULL,
    PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refusal_expires ON refusal (tenant_id, expires);
