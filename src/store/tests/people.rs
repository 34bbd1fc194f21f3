//! Users, admins and memberships.

use super::*;
use crate::domain::revocation::{Revocation, RevocationTarget};
use crate::domain::user::{Identifier, Standing};
use crate::store::error::Conflict;
use crate::store::{AdminChange, Journal, Load};

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

fn load(users: Vec<WithPassword<AppUser>>) -> Load {
    let terms = users.iter().map(|_| Vec::new()).collect();
    Load { users, terms, ..Load::default() }
}

#[test]
fn who_moves_in_takes_no_name_that_another_signs_in_by() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let (_, other) = a_tenant(store, "other");
        with_users(store, &[&a_user(app, "jane", Some("jane@example.com")), &a_user(app, "joe@example.com", None)]);
        let by_username = a_user(app, "Jane@example.com", None);
        let by_email = a_user(app, "squatter", Some("Joe@Example.com"));
        let half = a_user(app, "free@example.com", Some("joe@example.com"));
        let own = a_user(app, "ann@example.com", Some("Ann@example.com"));
        let (first, second) = (a_user(app, "kim@example.com", None), a_user(app, "kim", Some("kim@example.com")));
        let users = vec![by_username, by_email, half, own.clone(), first.clone(), second];

        let landed = store.move_in(app, &load(users.clone()), at(9)).expect("a load");
        assert_eq!(landed.new, [own.who.id.uuid(), first.who.id.uuid()].into());
        assert!(store.move_in(app, &load(users), at(9)).expect("the same load").new.is_empty());
        // What a refused one could have had is still to be had.
        with_users(store, &[&a_user(app, "free@example.com", None), &a_user(app, "squatter", None)]);
        let elsewhere = a_user(other, "jane@example.com", Some("joe@example.com"));
        let landed = store.move_in(other, &load(vec![elsewhere.clone()]), at(9)).expect("a load");
        assert_eq!(landed.new, [elsewhere.who.id.uuid()].into());

        // Who moved in keeps others away as anybody does.
        let refused = store
            .provision(&Provision { users: vec![a_user(app, "x", Some("kim@EXAMPLE.com"))], ..Provision::default() });
        assert!(matches!(refused, Err(StoreError::Conflict(Conflict::Email))), "{refused:?}");
    });
}

#[test]
fn a_name_is_free_again_when_its_bearer_leaves_it_or_goes() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let ann = a_user(app, "ann@example.com", Some("ann@example.com"));
        let (jane, admin) = (a_user(app, "jane@example.com", None), an_admin("zoe@example.com", Some("z@example.com")));
        let new =
            Provision { users: vec![ann.clone(), jane.clone()], admins: vec![admin.clone()], ..Provision::default() };
        store.provision(&new).expect("people");
        let add = |user| store.provision(&Provision { users: vec![user], ..Provision::default() });

        // One of two names of the same spelling is left: the other still holds it.
        let mut renamed = ann.who.clone();
        renamed.person.username = Username::parse("ann").expect("a name");
        assert!(store.save_user(&renamed, renamed.person.modified, None, &Journal::default()).expect("a write"));
        assert!(add(a_user(app, "ann@example.com", None)).is_err());
        renamed.person.email = None;
        assert!(store.save_user(&renamed, renamed.person.modified, None, &Journal::default()).expect("a write"));
        add(a_user(app, "ann@example.com", None)).expect("a name that nobody bears");

        let target = RevocationTarget::Principal(jane.who.id.uuid());
        let ends = Revocation::revoked(app.into(), target, at(1), Duration::from_secs(60));
        assert!(store.delete_user(app, jane.who.id, &ends, &Journal::default()).expect("a write"));
        add(a_user(app, "new", Some("jane@example.com"))).expect("a name that nobody bears");

        let mut change = AdminChange::of(admin.who.id, at(5));
        change.profile = Some(a_person("z@example.com", Some("zoe@example.com")));
        assert!(store.change_admin(&change, &Journal::default()).expect("both names are their own"));
        change.profile = Some(a_person("zoe", None));
        assert!(store.change_admin(&change, &Journal::default()).expect("a write"));
        let admins = vec![an_admin("z@example.com", Some("zoe@example.com"))];
        store.provision(&Provision { admins, ..Provision::default() }).expect("names that nobody bears");
    });
}

/// Runs two writes at once, many times over, and says how often both came through.
fn both_come_through(rounds: i64, race: impl Fn(i64, bool) -> bool + Sync) -> usize {
    let both = |round| {
        let gate = std::sync::Barrier::new(2);
        let run = |side| {
            gate.wait();
            race(round, side)
        };
        std::thread::scope(|scope| {
            let other = scope.spawn(|| run(true));
            run(false) & other.join().expect("a thread")
        })
    };
    (0..rounds).filter(|round| both(*round)).count()
}

#[test]
fn of_two_who_take_one_name_at_once_only_one_gets_it() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let name = |round: i64| format!("{round}@example.com");
        let person = |round, is_email: bool| match is_email {
            true => (format!("user{round}"), Some(name(round))),
            false => (name(round), None),
        };
        let signed_up = both_come_through(50, |round, side| {
            let (username, email) = person(round, side);
            let users = vec![a_user(app, &username, email.as_deref())];
            store.provision(&Provision { users, ..Provision::default() }).is_ok()
        });
        let moved_in = both_come_through(50, |round, side| {
            let (username, email) = person(round + 1_000, side);
            let users = vec![a_user(app, &username, email.as_deref())];
            match side {
                true => store.provision(&Provision { users, ..Provision::default() }).is_ok(),
                false => !store.move_in(app, &load(users), at(9)).expect("a load").new.is_empty(),
            }
        });
        let admins = both_come_through(50, |round, side| {
            let (username, email) = person(round, side);
            let admins = vec![an_admin(&username, email.as_deref())];
            store.provision(&Provision { admins, ..Provision::default() }).is_ok()
        });
        assert_eq!((signed_up, moved_in, admins), (0, 0, 0));
    });
}

#[test]
fn what_was_decided_by_an_admin_as_seen_is_not_written_once_they_have_changed() {
    each(|store| {
        let admin = an_admin("ann", None);
        store.provision(&Provision { admins: vec![admin.clone()], ..Provision::default() }).expect("an admin");
        let seen = admin.who.person.modified;
        let standing = admin.who.person.standing();
        let mut shut = AdminChange::of(admin.who.id, at(5));
        shut.standing = Some(Standing { activated: false, deactivated: Some(at(5)), ..standing });
        assert!(store.change_admin(&shut, &Journal::default()).expect("a write"));

        let mut late = AdminChange { seen: Some(seen), ..AdminChange::of(admin.who.id, at(6)) };
        late.standing = Some(Standing { confirmed: true, ..standing });
        assert!(!store.change_admin(&late, &Journal::default()).expect("a write"));
        let find = || store.find_admin(&Identifier::parse("ann")).expect("a read").expect("ann").person;
        assert_eq!((find().standing(), find().modified), (shut.standing.expect("set"), at(5)));
        late.seen = Some(at(5));
        assert!(store.change_admin(&late, &Journal::default()).expect("a write"));
        assert_eq!((find().standing(), find().modified), (late.standing.expect("set"), at(6)));
    });
}
