//! The tables of the standards' dialect: clients, browsers, codes, devices and what may be used once.

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    oauth_client (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        metadata -> Jsonb,
        kept_by -> Text,
        disabled -> Bool,
        registration_digest -> Nullable<Binary>,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    oauth_client_secret (tenant_id, client_id, id) {
        tenant_id -> Uid,
        client_id -> Uid,
        id -> Uid,
        name -> Nullable<Text>,
        digest -> Binary,
        created -> Instant,
        expires -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    initial_access_token (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Nullable<Text>,
        digest -> Binary,
        uses_left -> Nullable<BigInt>,
        created -> Instant,
        expires -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    browser_session (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        digest -> Binary,
        authority -> Text,
        principal -> Uid,
        details -> Jsonb,
        auth_time -> Instant,
        seen -> Instant,
        created -> Instant,
        expires -> Instant,
        ended -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::{Instant, Uid};

    consent (tenant_id, principal, client_id) {
        tenant_id -> Uid,
        principal -> Uid,
        client_id -> Uid,
        scope -> Text,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    authorization_code (tenant_id, digest) {
        tenant_id -> Uid,
        digest -> Binary,
        client_id -> Uid,
        authority -> Text,
        principal -> Uid,
        session -> Nullable<Uid>,
        redirect_uri -> Text,
        scope -> Text,
        details -> Jsonb,
        created -> Instant,
        expires -> Instant,
        used -> Nullable<Instant>,
        family -> Nullable<Uid>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Jsonb};
    use crate::store::columns::{Instant, Uid};

    pushed_request (tenant_id, digest) {
        tenant_id -> Uid,
        digest -> Binary,
        client_id -> Uid,
        parameters -> Jsonb,
        created -> Instant,
        expires -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    device_grant (tenant_id, digest) {
        tenant_id -> Uid,
        digest -> Binary,
        user_code -> Text,
        client_id -> Uid,
        scope -> Text,
        details -> Jsonb,
        state -> Text,
        authority -> Nullable<Text>,
        principal -> Nullable<Uid>,
        session -> Nullable<Uid>,
        pause -> BigInt,
        polled -> Nullable<Instant>,
        family -> Nullable<Uid>,
        created -> Instant,
        expires -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::store::columns::{Instant, Uid};

    seen_proof (tenant_id, kind, digest) {
        tenant_id -> Uid,
        kind -> Text,
        digest -> Binary,
        expires -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Jsonb, Text};
    use crate::store::columns::{Instant, Uid};

    trusted_issuer (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        issuer -> Text,
        settings -> Jsonb,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::store::columns::{Instant, Uid};

    tenant_secret (tenant_id, purpose) {
        tenant_id -> Uid,
        purpose -> Text,
        sealed -> Binary,
        sealed_by -> Text,
        created -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    logout_notice (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        client_id -> Uid,
        subject -> Text,
        session -> Uid,
        uri -> Text,
        state -> Text,
        attempts -> BigInt,
        next_attempt -> Instant,
        last_error -> Nullable<Text>,
        created -> Instant,
        done -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Jsonb, Text};
    use crate::store::columns::{Instant, Uid};

    refusal (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        at -> Instant,
        cause -> Text,
        detail -> Jsonb,
        expires -> Instant,
    }
}
