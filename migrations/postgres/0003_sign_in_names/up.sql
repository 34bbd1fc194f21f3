-- Twin of migrations/sqlite. Names to sign in by that could be another's: emails, and usernames that read like one.
-- One row a name, of an application's users or, under the management tenant, of admins: who comes second is refused.

CREATE TABLE sign_in_name (
    tenant_id uuid NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    holder_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, name_key)
);

-- Of two who have borne the same name until now, the first keeps it; both sign in as they did. The owner of the table
-- sees the users of every tenant while this transaction holds it alone.
ALTER TABLE app_user NO FORCE ROW LEVEL SECURITY;
INSERT INTO sign_in_name (tenant_id, name_key, holder_id)
SELECT tenant_id, name_key, holder_id FROM (
    SELECT tenant_id, email_key AS name_key, id AS holder_id, created FROM app_user WHERE email_key IS NOT NULL
    UNION ALL SELECT tenant_id, username_key, id, created FROM app_user WHERE username_key LIKE '%@%'
    UNION ALL SELECT '00000000-0000-7000-8000-000000000001'::uuid, email_key, id, created FROM admin
        WHERE email_key IS NOT NULL
    UNION ALL SELECT '00000000-0000-7000-8000-000000000001'::uuid, username_key, id, created FROM admin
        WHERE username_key LIKE '%@%'
) AS borne
ORDER BY tenant_id, name_key, created, holder_id
ON CONFLICT DO NOTHING;
ALTER TABLE app_user FORCE ROW LEVEL SECURITY;

-- As in the foundation: each statement sees the rows of the tenant that its transaction entered.
ALTER TABLE sign_in_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_name FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sign_in_name
    USING (tenant_id = nullif(current_setting('tokengrid.tenant', true), '')::uuid);
