//! A good token whose time, holder or tenant has ended: each end has its own code, on which clients decide.

use std::time::Duration;

use tokengrid::domain::authority::{Authority, Principal};
use tokengrid::domain::id::TenantId;
use tokengrid::domain::journal::{Change, ChangeKind};
use tokengrid::domain::revocation::{Revocation, RevocationReason, RevocationTarget};
use tokengrid::store::{Journal, Provision};
use uuid::Uuid;

use crate::support::{Answer, Tenant, World, world};

const CHALLENGE: &str = r#"Bearer realm="Tokengrid", error="invalid_token""#;

#[track_caller]
fn dead(answer: &Answer, code: &str, description: &str) {
    assert_eq!(answer.error(), (401, code), "{}", answer.text);
    assert_eq!(answer.text_of("error_description"), description);
    assert_eq!(answer.header("www-authenticate"), CHALLENGE);
}

fn principal(tenant: &Tenant, level: Authority) -> Principal {
    let (org, app) = (tenant.org.id, tenant.app.id);
    match level {
        Authority::AppUser => Principal::AppUser { org, app, user: tenant.user.id },
        Authority::AppClient => Principal::AppClient { org, app },
        Authority::OrgClient => Principal::OrgClient { org },
        Authority::Admin => Principal::Admin { admin: tenant.admin.id },
    }
}

fn own_door(level: Authority) -> &'static str {
    match level {
        Authority::AppUser => "/acme/shop/users/me",
        Authority::AppClient => "/acme/shop/credentials",
        Authority::OrgClient => "/management/orgs/acme",
        Authority::Admin => "/management/users/me",
    }
}

/// Ends what was issued so far, as a change of the holder's account does.
fn end(world: &World, tenant: TenantId, target: RevocationTarget, reason: RevocationReason) {
    let core = &world.server.core;
    let now = core.clock.now();
    let revocation =
        Revocation { tenant, target, reason, watermark: now, expires: now.plus(Duration::from_secs(9_999)) };
    core.store.revoke(&revocation, &Journal::default()).unwrap();
    core.directory.apply(&[Change { id: Uuid::nil(), tenant, kind: ChangeKind::Revocations }]);
}

#[test]
fn a_token_dies_in_the_very_second_of_its_expiry() {
    let world = world();
    let callers: Vec<_> = Authority::ALL.iter().map(|level| (*level, world.caller(&world.acme, *level))).collect();
    world.server.advance(Duration::from_secs(3_599));
    for (level, caller) in &callers {
        assert_eq!(caller.get(own_door(*level)).status, 200, "{level}");
    }
    world.server.advance(Duration::from_secs(1));
    for (level, caller) in &callers {
        dead(&caller.get(own_door(*level)), "expired_token", "Unable to authenticate due to expired access token");
    }
}

#[test]
fn what_became_of_the_holder_decides_the_code() {
    let reasons = [
        (RevocationReason::Revoked, "auth_invalid", "Unable to authenticate"),
        (RevocationReason::Disabled, "authentication", "Disabled identity"),
        (RevocationReason::Deactivated, "authentication", "Unactivated identity"),
        (RevocationReason::Deleted, "auth_bad_access_token", "Unable to authenticate due to corrupt access token"),
    ];
    for (reason, code, description) in reasons {
        let world = world();
        for level in Authority::ALL {
            let (caller, other) = (world.caller(&world.acme, level), world.caller(&world.rival, level));
            assert_eq!(caller.get(own_door(level)).status, 200, "{level}");
            let holder = principal(&world.acme, level);
            end(&world, holder.issuing_tenant(), RevocationTarget::Principal(holder.uuid()), reason);
            dead(&caller.get(own_door(level)), code, description);
            let door = own_door(level).replace("acme", "rival");
            assert_eq!(other.get(&door).status, 200, "{level} of the namesake");
            assert_eq!(world.caller(&world.acme, level).get(own_door(level)).status, 200, "{level} issued after it");
        }
    }
}

#[test]
fn the_end_of_all_tokens_of_an_application_ends_no_other_applications() {
    let world = world();
    let (user, client) =
        (world.caller(&world.acme, Authority::AppUser), world.caller(&world.acme, Authority::AppClient));
    let org = world.caller(&world.acme, Authority::OrgClient);
    let rival = world.caller(&world.rival, Authority::AppUser);
    end(&world, world.acme.app.id.into(), RevocationTarget::Tenant, RevocationReason::Revoked);
    for caller in [user, client] {
        assert_eq!(caller.get("/acme/shop").error(), (401, "auth_invalid"));
    }
    assert_eq!(org.get("/acme/shop").status, 200);
    assert_eq!(rival.get("/rival/shop").status, 200);
}

#[test]
fn an_expired_token_is_called_expired_though_it_was_revoked_too() {
    let world = world();
    let caller = world.caller(&world.acme, Authority::AppUser);
    let holder = principal(&world.acme, Authority::AppUser);
    end(&world, holder.issuing_tenant(), RevocationTarget::Principal(holder.uuid()), RevocationReason::Revoked);
    world.server.advance(Duration::from_secs(3_600));
    assert_eq!(caller.get("/acme/shop/users/me").error(), (401, "expired_token"));
}

#[test]
fn an_admin_reaches_each_organization_they_belong_to_and_leaves_it_at_once() {
    let world = world();
    let (core, caller) = (&world.server.core, world.caller(&world.acme, Authority::Admin));
    let reaches = |org: &str| {
        let doors = [format!("/management/orgs/{org}"), format!("/{org}/shop"), format!("/{org}/shop/credentials")];
        doors.map(|door| caller.get(&door).status)
    };
    assert_eq!((reaches("acme"), reaches("rival")), ([200; 3], [401; 3]));
    let forget = |org| {
        core.directory.apply(&[Change { id: Uuid::nil(), tenant: TenantId::from(org), kind: ChangeKind::Membership }]);
    };
    let both = Provision { memberships: vec![(world.rival.org.id, world.acme.admin.id)], ..Provision::default() };
    core.store.provision(&both).unwrap();
    forget(world.rival.org.id);
    assert_eq!((reaches("acme"), reaches("rival")), ([200; 3], [200; 3]));
    let leave = "DELETE FROM membership WHERE org_id = (SELECT id FROM organization WHERE name_key = 'acme')";
    world.server.sql(leave, leave);
    forget(world.acme.org.id);
    assert_eq!((reaches("acme"), reaches("rival")), ([401; 3], [200; 3]));
    assert_eq!(caller.get("/management/users/me").status, 200);
}

const GONE: (&str, &str) = ("auth_bad_access_token", "Unable to authenticate due to corrupt access token");

fn forget_tenant(world: &World, tenant: impl Into<TenantId>) {
    let change = Change { id: Uuid::nil(), tenant: tenant.into(), kind: ChangeKind::Tenant };
    world.server.core.directory.apply(&[change]);
}

#[test]
fn tokens_of_a_deleted_application_are_dead() {
    let world = world();
    let callers = [Authority::AppUser, Authority::AppClient].map(|level| world.caller(&world.acme, level));
    let org = world.caller(&world.acme, Authority::OrgClient);
    let (id, secret) = &world.acme.app_client;
    let of_acme = "name_key = 'shop' AND org_id = (SELECT id FROM organization WHERE name_key = 'acme')";
    world.server.sql(
        &format!("UPDATE application SET deleted_at = 1 WHERE {of_acme}"),
        &format!("UPDATE application SET deleted_at = now() WHERE {of_acme}"),
    );
    forget_tenant(&world, world.acme.app.id);
    for caller in callers {
        // Where the application was there is nothing; elsewhere the token is known to be of nothing.
        assert_eq!(caller.get("/acme/shop").error(), (404, "organization_application_not_found"));
        dead(&caller.get("/acme/sandbox"), GONE.0, GONE.1);
        dead(&caller.get("/management/orgs/acme"), GONE.0, GONE.1);
    }
    let pair = world.guest().basic(id, secret).get("/acme/sandbox");
    assert_eq!(pair.error(), (401, "auth_invalid_credentials"));
    assert_eq!(world.guest().client_token("/management", id, secret).status, 401);
    assert_eq!(org.get("/acme/sandbox").status, 200);
    assert_eq!(world.caller(&world.rival, Authority::AppUser).get("/rival/shop").status, 200);
}

#[test]
fn tokens_of_a_deleted_organization_are_dead() {
    let world = world();
    let levels = [Authority::AppUser, Authority::AppClient, Authority::OrgClient];
    let callers = levels.map(|level| world.caller(&world.acme, level));
    let admin = world.caller(&world.acme, Authority::Admin);
    world.server.sql(
        "UPDATE organization SET deleted_at = 1 WHERE name_key = 'acme'",
        "UPDATE organization SET deleted_at = now() WHERE name_key = 'acme'",
    );
    forget_tenant(&world, world.acme.org.id);
    for caller in callers {
        assert_eq!(caller.get("/acme/shop").error(), (404, "organization_application_not_found"));
        dead(&caller.get("/rival/shop"), GONE.0, GONE.1);
        dead(&caller.get("/management/orgs/rival"), GONE.0, GONE.1);
    }
    assert_eq!(admin.get("/management/orgs/acme").error(), (400, "management"));
    assert_eq!(admin.get("/management/users/me").json["data"]["organizations"], serde_json::json!({}));
}

#[test]
fn a_token_whose_holder_has_no_row_is_dead() {
    let world = world();
    let user = world.caller(&world.acme, Authority::AppUser);
    let admin = world.caller(&world.acme, Authority::Admin);
    let app = world.acme.app.id;
    world.server.sql(
        &format!("DELETE FROM app_user WHERE tenant_id = x'{}'", app.uuid().simple()),
        &format!("SELECT set_config('tokengrid.tenant', '{app}', false); DELETE FROM app_user"),
    );
    world.server.sql(
        "DELETE FROM membership; DELETE FROM admin WHERE username_key = 'acme-admin'",
        "DELETE FROM membership; DELETE FROM admin WHERE username_key = 'acme-admin'",
    );
    dead(&user.get("/acme/shop/users/me"), GONE.0, GONE.1);
    dead(&admin.get("/management/me"), GONE.0, GONE.1);
    dead(&admin.get("/management/users/me"), GONE.0, GONE.1);
    assert_eq!(world.caller(&world.rival, Authority::AppUser).get("/rival/shop/users/me").status, 200);
}
