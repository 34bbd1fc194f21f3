-- Twin of migrations/sqlite. Registered clients, browsers, codes, devices, and what may be used once: the standards' dialect.

-- A family may descend from a browser's session; `details` says how its holder signed in and what binds its tokens.
ALTER TABLE refresh_family ADD COLUMN session uuid;
ALTER TABLE refresh_family ADD COLUMN details jsonb NOT NULL DEFAULT '{}';
CREATE INDEX refresh_family_session ON refresh_family (tenant_id, session) WHERE session IS NOT NULL;
CREATE INDEX refresh_family_client ON refresh_family (tenant_id, client_id) WHERE client_id IS NOT NULL;
-- When this node heard of it, for the revocation feed.
ALTER TABLE revocation ADD COLUMN recorded timestamptz;
CREATE INDEX revocation_recorded ON revocation (tenant_id, recorded);
-- `access` signs access tokens; `id_token` is for ID tokens in another algorithm than the issuer's own.
ALTER TABLE signing_key ADD COLUMN purpose text NOT NULL DEFAULT 'access';
DROP INDEX signing_key_active;
CREATE UNIQUE INDEX signing_key_active ON signing_key (tenant_id) WHERE state = 'active' AND purpose = 'access';
CREATE UNIQUE INDEX signing_key_active_id_token ON signing_key (tenant_id, algorithm) WHERE state = 'active' AND purpose = 'id_token';

-- Registered clients (RFC 7591). `metadata` is what was registered; `kept_by` is `management` or `registration`.
CREATE TABLE oauth_client (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    metadata jsonb NOT NULL,
    kept_by text NOT NULL,
    disabled boolean NOT NULL,
    registration_digest bytea,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX oauth_client_created ON oauth_client (tenant_id, created, id);

-- Secrets of registered clients, by digest alone.
CREATE TABLE oauth_client_secret (
    tenant_id uuid NOT NULL,
    client_id uuid NOT NULL,
    id uuid NOT NULL,
    name text,
    digest bytea NOT NULL,
    created timestamptz NOT NULL,
    expires timestamptz,
    PRIMARY KEY (tenant_id, client_id, id)
);

-- Who may register a client by themselves (RFC 7591 §3). `uses_left` is null where there is no bound.
CREATE TABLE initial_access_token (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    name text,
    digest bytea NOT NULL,
    uses_left bigint,
    created timestamptz NOT NULL,
    expires timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX initial_access_token_digest ON initial_access_token (tenant_id, digest);

-- Who is signed in at a browser. The cookie is kept as a digest.
CREATE TABLE browser_session (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    digest bytea NOT NULL,
    authority text NOT NULL,
    principal uuid NOT NULL,
    details jsonb NOT NULL,
    auth_time timestamptz NOT NULL,
    seen timestamptz NOT NULL,
    created timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    ended timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX browser_session_digest ON browser_session (tenant_id, digest);
CREATE INDEX browser_session_principal ON browser_session (tenant_id, principal);
CREATE INDEX browser_session_expires ON browser_session (tenant_id, expires);

-- What a person has allowed a client.
CREATE TABLE consent (
    tenant_id uuid NOT NULL,
    principal uuid NOT NULL,
    client_id uuid NOT NULL,
    scope text NOT NULL,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, principal, client_id)
);
CREATE INDEX consent_client ON consent (tenant_id, client_id);

-- Authorization codes, by digest. `family` is the session that the first use began: a second use ends it.
CREATE TABLE authorization_code (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL,
    client_id uuid NOT NULL,
    authority text NOT NULL,
    principal uuid NOT NULL,
    session uuid,
    redirect_uri text NOT NULL,
    scope text NOT NULL,
    details jsonb NOT NULL,
    created timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    used timestamptz,
    family uuid,
    PRIMARY KEY (tenant_id, digest)
);
CREATE INDEX authorization_code_expires ON authorization_code (tenant_id, expires);
CREATE INDEX authorization_code_client ON authorization_code (tenant_id, client_id, expires);
CREATE INDEX authorization_code_principal ON authorization_code (tenant_id, principal, expires);

-- Authorization requests that were pushed (RFC 9126).
CREATE TABLE pushed_request (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL,
    client_id uuid NOT NULL,
    parameters jsonb NOT NULL,
    created timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
CREATE INDEX pushed_request_expires ON pushed_request (tenant_id, expires);
CREATE INDEX pushed_request_client ON pushed_request (tenant_id, client_id, expires);

-- Devices that wait for a person (RFC 8628). `state` is `pending`, `approved`, `denied` or `used`; `pause` is in
-- milliseconds.
CREATE TABLE device_grant (
    tenant_id uuid NOT NULL,
    digest bytea NOT NULL,
    user_code text NOT NULL,
    client_id uuid NOT NULL,
    scope text NOT NULL,
    details jsonb NOT NULL,
    state text NOT NULL,
    authority text,
    principal uuid,
    session uuid,
    pause bigint NOT NULL,
    polled timestamptz,
    family uuid,
    created timestamptz NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);
CREATE UNIQUE INDEX device_grant_user_code ON device_grant (tenant_id, user_code);
CREATE INDEX device_grant_expires ON device_grant (tenant_id, expires);
CREATE INDEX device_grant_client ON device_grant (tenant_id, client_id);

-- What may be used once and was: proofs and assertions, by the digest of who said it and its `jti`.
CREATE TABLE seen_proof (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    digest bytea NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, digest)
);
CREATE INDEX seen_proof_expires ON seen_proof (tenant_id, expires);

-- Issuers whose assertions an application takes for a grant (RFC 7523).
CREATE TABLE trusted_issuer (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    issuer text NOT NULL,
    settings jsonb NOT NULL,
    created timestamptz NOT NULL,
    modified timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX trusted_issuer_issuer ON trusted_issuer (tenant_id, issuer);

-- Secrets of a tenant that never leave the server, such as what pairwise subjects are made with.
CREATE TABLE tenant_secret (
    tenant_id uuid NOT NULL,
    purpose text NOT NULL,
    sealed bytea NOT NULL,
    sealed_by text NOT NULL,
    created timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, purpose)
);

-- Clients to be told that a session ended (OpenID Connect Back-Channel Logout). No row-level security: the sender
-- serves all tenants.
CREATE TABLE logout_notice (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    subject text NOT NULL,
    session uuid NOT NULL,
    uri text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    next_attempt timestamptz NOT NULL,
    last_error text,
    created timestamptz NOT NULL,
    done timestamptz,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX logout_notice_due ON logout_notice (next_attempt) WHERE state = 'queued';

-- Why requests were refused, for the tenant's administration.
CREATE TABLE refusal (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    cause text NOT NULL,
    detail jsonb NOT NULL,
    expires timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX refusal_expires ON refusal (tenant_id, expires);

ALTER TABLE oauth_client ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_client FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON oauth_client
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE oauth_client_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE oauth_client_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON oauth_client_secret
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE initial_access_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE initial_access_token FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON initial_access_token
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE browser_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE browser_session FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON browser_session
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
ALTER TABLE consent FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON consent
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE authorization_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE authorization_code FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON authorization_code
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE pushed_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE pushed_request FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON pushed_request
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE device_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE device_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON device_grant
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE seen_proof ENABLE ROW LEVEL SECURITY;
ALTER TABLE seen_proof FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON seen_proof
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE trusted_issuer ENABLE ROW LEVEL SECURITY;
ALTER TABLE trusted_issuer FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON trusted_issuer
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE tenant_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenant_secret
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);

ALTER TABLE refusal ENABLE ROW LEVEL SECURITY;
ALTER TABLE refusal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refusal
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);
