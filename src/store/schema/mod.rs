//! The tables as queries see them, one description for both databases; the migrations say the same in SQL.

mod oauth;

pub use oauth::*;

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
        properties -> Jsonb,
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
        deactivated -> Nullable<Instant>,
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
        deactivated -> Nullable<Instant>,
        pin_hash -> Nullable<Text>,
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
        purpose -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Jsonb, Nullable, Text};
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
        session -> Nullable<Uid>,
        details -> Jsonb,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    revocation (tenant_id, target_kind, target_id) {
        tenant_id -> Uid,
        target_kind -> Text,
        target_id -> Uid,
        reason -> Text,
        watermark -> Instant,
        expires -> Instant,
        recorded -> Nullable<Instant>,
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

diesel::table! {
    use diesel::sql_types::{Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    app_group (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        path -> Text,
        path_key -> Text,
        name -> Nullable<Text>,
        title -> Nullable<Text>,
        properties -> Jsonb,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Jsonb, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    app_role (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        name -> Text,
        name_key -> Text,
        title -> Nullable<Text>,
        inactivity -> BigInt,
        properties -> Jsonb,
        created -> Instant,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::{Instant, Uid};

    granted_permission (tenant_id, holder_kind, holder_id, permission) {
        tenant_id -> Uid,
        holder_kind -> Text,
        holder_id -> Uid,
        permission -> Text,
        created -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::{Instant, Uid};

    link (tenant_id, kind, from_id, to_id) {
        tenant_id -> Uid,
        kind -> Text,
        from_id -> Uid,
        to_id -> Uid,
        created -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Double, Nullable, Text};
    use crate::store::columns::Uid;

    term (tenant_id, entity_id, collection, field, ordinal) {
        tenant_id -> Uid,
        collection -> Text,
        field -> Text,
        entity_id -> Uid,
        ordinal -> BigInt,
        kind -> Text,
        number -> Nullable<Double>,
        text_key -> Nullable<Text>,
        words -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::{Instant, Uid};

    password_history (tenant_id, holder_id, created) {
        tenant_id -> Uid,
        holder_id -> Uid,
        created -> Instant,
        hash -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    mail_token (tenant_id, digest) {
        tenant_id -> Uid,
        digest -> Binary,
        purpose -> Text,
        holder_id -> Uid,
        password_changed -> Nullable<Instant>,
        created -> Instant,
        expires -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    mail_template (tenant_id, name) {
        tenant_id -> Uid,
        name -> Text,
        subject -> Text,
        text -> Text,
        html -> Nullable<Text>,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::store::columns::{Instant, Uid};

    signin_provider (tenant_id, provider) {
        tenant_id -> Uid,
        provider -> Text,
        sealed -> Binary,
        sealed_by -> Text,
        modified -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::columns::{Instant, Uid};

    social_identity (tenant_id, provider, subject) {
        tenant_id -> Uid,
        provider -> Text,
        subject -> Text,
        user_id -> Uid,
        created -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::store::columns::{Instant, Uid};

    token_activity (tenant_id, token_id) {
        tenant_id -> Uid,
        token_id -> Uid,
        accessed -> Instant,
        inactive -> BigInt,
        expires -> Instant,
    }
}

diesel::table! {
    sign_in_name (tenant_id, name_key) {
        tenant_id -> crate::store::columns::Uid,
        name_key -> diesel::sql_types::Text,
        holder_id -> crate::store::columns::Uid,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    mail (tenant_id, id) {
        tenant_id -> Uid,
        id -> Uid,
        event -> Text,
        recipient -> Text,
        recipient_key -> Text,
        purpose -> Text,
        sealed -> Binary,
        sealed_by -> Text,
        state -> Text,
        attempts -> BigInt,
        next_attempt -> Instant,
        last_error -> Nullable<Text>,
        created -> Instant,
        sent -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::store::columns::{Instant, Uid};

    legacy_token (id) {
        id -> Uid,
        authority -> Text,
        principal -> Uid,
        org -> Nullable<Uid>,
        app -> Nullable<Uid>,
        issued -> Instant,
        expires -> Instant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(admin, membership, organization);
