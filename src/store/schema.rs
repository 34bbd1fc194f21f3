//! The tables as queries see them, one description for both databases; the migrations say the same in SQL.

diesel::table! {
    use diesel::sql_types::{Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    organization (id) {
        id -> Uid,
        name_key -> Text,
        properties -> Jsonb,
        settings -> Jsonb,
        created -> Instant,
        modified -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    application (org_id, id) {
        org_id -> Uid,
        id -> Uid,
        name_key -> Text,
        settings -> Jsonb,
        created -> Instant,
        modified -> Instant,
        deleted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    admin (id) {
        id -> Uid,
        username -> Text,
        username_key -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        name -> Nullable<Text>,
        properties -> Jsonb,
        activated -> Bool,
        confirmed -> Bool,
        disabled -> Bool,
        hash -> Nullable<Text>,
        password_changed -> Nullable<Instant>,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use crate::store::columns::Uid;

    membership (org_id, admin_id) {
        org_id -> Uid,
        admin_id -> Uid,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::Uid;

    change_log (id) {
        id -> Uid,
        tenant_id -> Uid,
        kind -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    app_user (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        username -> Text,
        username_key -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        name -> Nullable<Text>,
        properties -> Jsonb,
        activated -> Bool,
        confirmed -> Bool,
        disabled -> Bool,
        hash -> Nullable<Text>,
        password_changed -> Nullable<Instant>,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    client_secret (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        digest -> Binary,
        sealed -> Nullable<Binary>,
        sealed_by -> Nullable<Text>,
        created -> Instant,
        expires -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    signing_key (tenant_id, kid) {
        tenant_id -> Uid,
        kid -> Text,
        algorithm -> Text,
        state -> Text,
        public -> Nullable<Jsonb>,
        private -> Binary,
        private_by -> Text,
        created -> Instant,
        gone_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    refresh_family (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        authority -> Text,
        principal -> Uid,
        org -> Nullable<Uid>,
        app -> Nullable<Uid>,
        client_id -> Nullable<Text>,
        scope -> Text,
        key -> Binary,
        key_by -> Text,
        head -> BigInt,
        previous -> Nullable<BigInt>,
        rotated -> Instant,
        created -> Instant,
        expires -> Instant,
        ended -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::{Instant, Uid};

    revocation (tenant_id, target_kind, target_id) {
        tenant_id -> Uid,
        target_kind -> Text,
        target_id -> Uid,
        reason -> Text,
        watermark -> Instant,
        expires -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Jsonb, Text};
    use crate::store::columns::{Instant, Uid};

    audit (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        at -> Instant,
        actor -> Text,
        action -> Text,
        detail -> Jsonb,
    }
}

diesel::allow_tables_to_appear_in_same_query!(admin, membership, organization);
