-- Twin of migrations/postgres. Names to sign in by that could be another's: emails, and usernames that read like one.
-- One row a name, of an application's users or, under the management tenant, of admins: who comes second is refused.

CREATE TABLE sign_in_name (
    tenant_id blob NOT NULL,
    name_key text NOT NULL,
    holder_id blob NOT NULL,
    PRIMARY KEY (tenant_id, name_key)
) STRICT, WITHOUT ROWID;

-- Of two who have borne the same name until now, the first keeps it; both sign in as they did.
INSERT INTO sign_in_name (tenant_id, name_key, holder_id)
SELECT tenant_id, name_key, holder_id FROM (
    SELECT tenant_id, email_key AS name_key, id AS holder_id, created FROM app_user WHERE email_key IS NOT NULL
    UNION ALL SELECT tenant_id, username_key, id, created FROM app_user WHERE username_key LIKE '%@%'
    UNION ALL SELECT x'00000000000070008000000000000001', email_key, id, created FROM admin WHERE email_key IS NOT NULL
    UNION ALL SELECT x'00000000000070008000000000000001', username_key, id, created FROM admin
        WHERE username_key LIKE '%@%'
) AS borne
WHERE true
ORDER BY tenant_id, name_key, created, holder_id
ON CONFLICT DO NOTHING;
