//! Users, admins and memberships.

use super::*;
use crate::domain::user::Identifier;
use crate::store::Journal;
use crate::store::error::Conflict;

fn with_users(store: &Store, users: &[&WithPassword<AppUser>]) {
    let users = users.iter().map(|user| (*user).clone()).collect();
    store.provision(&Provision { users, ..Provision::default() }).expect("new users");
}

#[test]
fn a_user_is_found_by_id_email_and_username_within_their_application() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let (_, other) = a_tenant(store, "other");
        let john = a_user(app, "John.Doe", Some("John@Example.com"));
        with_users(store, &[&john]);

        for who in [john.who.id.to_string().as_str(), "JOHN@example.COM", "john.doe"].map(Identifier::parse) {
            assert_eq!(store.find_user(app, &who).expect("a read"), Some(john.who.clone()), "{who:?}");
            assert_eq!(store.find_user(other, &who).expect("a read"), None, "{who:?}");
        }
        for who in ["jane", "jane@example.com", "john.doe\0"].map(Identifier::parse) {
            assert_eq!(store.find_user(app, &who).expect("a read"), None, "{who:?}");
        }
        let found = store.find_user_with_password(app, &Identifier::parse("john.doe")).expect("a read");
        assert_eq!(found.and_then(|found| found.hash).expect("a hash").expose(), "old hash");
    });
}

#[test]
fn an_email_is_preferred_to_a_username_of_the_same_look() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let by_name = a_user(app, "june", None);
        let by_email = a_user(app, "jane", Some("jane@example.com"));
        let alone = a_user(app, "joe@example.com", Some("else@example.com"));
        with_users(store, &[&by_name, &by_email, &alone]);
        // Nobody takes such a name any more; who bears one came before that.
        let shadow = "UPDATE app_user SET username = 'jane@example.com', username_key = 'jane@example.com'";
        tamper(store, app.into(), &format!("{shadow} WHERE username_key = 'june'"));

        let find = |text| store.find_user(app, &Identifier::parse(text)).expect("a read").map(|user| user.id);
        assert_eq!(find("jane@example.com"), Some(by_email.who.id));
        assert_eq!(find("joe@example.com"), Some(alone.who.id));
        let exact = Identifier::Username("jane@example.com".to_owned());
        assert_eq!(store.find_user(app, &exact).expect("a read").map(|user| user.id), Some(by_name.who.id));
    });
}

#[test]
fn nobody_takes_as_a_username_what_is_anothers_email_nor_the_other_way_around() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let (_, other) = a_tenant(store, "other");
        with_users(store, &[&a_user(app, "jane", Some("jane@example.com")), &a_user(app, "joe@example.com", None)]);
        let own = a_user(app, "ann@example.com", Some("Ann@example.com"));
        with_users(store, &[&own, &a_user(other, "jane@example.com", Some("joe@example.com"))]);

        let add = |user| store.provision(&Provision { users: vec![user], ..Provision::default() });
        let refused = add(a_user(app, "JANE@example.com", None));
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Username))), "{refused:?}");
        let refused = add(a_user(app, "squatter", Some("Joe@Example.com")));
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Email))), "{refused:?}");

        let save = |username: &str, email: &str| {
            let mut user = store.find_user(app, &Identifier::Id(own.who.id.uuid())).expect("a read").expect("ann");
            let seen = user.person.modified;
            user.person.username = Username::parse(username).expect("a name");
            user.person.email = Some(Email::parse(email).expect("an address"));
            store.save_user(&user, seen, None, &Journal::default())
        };
        let refused = save("jane@example.com", "ann@example.com");
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Username))), "{refused:?}");
        let refused = save("ann@example.com", "joe@example.com");
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Email))), "{refused:?}");
        assert!(save("ann@example.com", "ann@example.com").expect("a write"));
    });
}

#[test]
fn admins_are_found_and_listed_by_the_organizations_they_belong_to() {
    each(|store| {
        let (acme, other) = (an_org("acme"), an_org("other"));
        let (zoe, ann) = (an_admin("zoe", Some("zoe@example.com")), an_admin("Ann", None));
        let new = Provision {
            organizations: vec![acme.clone(), other.clone()],
            admins: vec![zoe.clone(), ann.clone()],
            memberships: vec![(acme.id, zoe.who.id), (acme.id, ann.who.id), (other.id, zoe.who.id)],
            ..Provision::default()
        };
        store.provision(&new).expect("new people");

        assert_eq!(store.find_admin(&Identifier::parse("ZOE@example.com")).expect("a read"), Some(zoe.who.clone()));
        assert_eq!(store.find_admin(&Identifier::parse("ann")).expect("a read"), Some(ann.who.clone()));
        assert_eq!(store.find_admin(&Identifier::Id(fresh())).expect("a read"), None);
        assert_eq!(store.find_admin(&Identifier::parse("a\0")).expect("a read"), None);
        assert_eq!(store.list_admins_of(acme.id).expect("a read"), [ann.who.clone(), zoe.who.clone()]);
        assert_eq!(store.list_orgs_of(zoe.who.id).expect("a read"), [acme.clone(), other.clone()]);
        assert_eq!(store.list_orgs_of(ann.who.id).expect("a read"), std::slice::from_ref(&acme));
        assert_eq!(store.list_admins_of(other.id).expect("a read"), std::slice::from_ref(&zoe.who));
    });
}

#[test]
fn a_hash_is_replaced_only_while_it_is_the_one_that_was_checked() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let (user, admin) = (a_user(app, "john", None), an_admin("ann", None));
        let new = Provision { users: vec![user.clone()], admins: vec![admin.clone()], ..Provision::default() };
        store.provision(&new).expect("new people");
        let (old, new) = (Secret::new("old hash"), Secret::new("new hash"));

        assert!(store.replace_user_hash(app, user.who.id, &old, &new).expect("a write"));
        assert!(!store.replace_user_hash(app, user.who.id, &old, &new).expect("a write"));
        let found = store.find_user_with_password(app, &Identifier::parse("john")).expect("a read").expect("john");
        assert_eq!(found.hash.expect("a hash").expose(), "new hash");
        assert_eq!(found.who, user.who);

        assert!(store.replace_admin_hash(admin.who.id, &old, &new).expect("a write"));
        assert!(!store.replace_admin_hash(admin.who.id, &old, &new).expect("a write"));
        let found = store.find_admin_with_password(&Identifier::parse("ann")).expect("a read").expect("ann");
        assert_eq!(found.hash.expect("a hash").expose(), "new hash");
    });
}
