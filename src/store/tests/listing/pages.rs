//! What happens between two pages, and what a list is bounded by.

use super::*;
use crate::domain::link::{LinkDirection, LinkKind};

fn asked(text: &str, limit: u32) -> Asked {
    Asked { limit, ..Asked::parse(Collection::Users, text).expect("a query") }
}

/// Users `a`, `b`, .. in this order of creation.
fn with_users(store: &Store, app: AppId, names: &[&str]) -> Vec<Uuid> {
    let users: Vec<_> = names.iter().map(|name| a_user(app, name, None)).collect();
    let ids = users.iter().map(|user| user.who.id.uuid()).collect();
    store.provision(&Provision { users, ..Provision::default() }).expect("new users");
    ids
}

fn delete(store: &Store, app: AppId, name: &str) {
    let sql = format!("DELETE FROM app_user WHERE username_key = '{name}'");
    tamper(store, app.into(), &sql);
}

#[test]
fn rows_that_come_or_go_between_two_pages_neither_repeat_nor_hide_others() {
    each(|store| {
        for (org, order) in
            [("acme", "order by username"), ("rival", "order by rank"), ("third", "order by username desc")]
        {
            let (_, app) = a_tenant(store, org);
            let names = ["b", "d", "f", "h", "j"];
            let ids = with_users(store, app, &names);
            let mut expected: Vec<Uuid> = ids.clone();
            if order.ends_with("desc") {
                expected.reverse();
            }
            let asked = asked(order, 2);
            let first = page(store, app, &asked, None, None);
            assert_eq!(first.ids, expected[..2], "{order}");
            // The very row at which the page ended goes, and one comes on either side of it.
            let at_the_end = names[ids.iter().position(|id| *id == expected[1]).expect("one of them")];
            delete(store, app, at_the_end);
            with_users(store, app, &["a", "k"]);
            let rest = page(store, app, &Asked { limit: 100, ..asked.clone() }, None, first.end);
            assert_eq!(
                rest.ids.iter().filter(|id| ids.contains(id)).copied().collect::<Vec<_>>(),
                expected[2..],
                "{order}"
            );
        }
    });
}

#[test]
fn the_last_page_says_that_it_is_the_last() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        with_users(store, app, &["a", "b", "c", "d"]);
        let first = page(store, app, &asked("", 2), None, None);
        let second = page(store, app, &asked("", 2), None, first.end);
        assert_eq!((second.ids.len(), second.end), (2, None));
        assert_eq!(page(store, app, &asked("", 4), None, None).end, None);
        assert!(page(store, app, &asked("username = 'nobody'", 4), None, None).ids.is_empty());
    });
}

#[test]
fn marks_of_another_list_are_none_of_this_one() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        with_users(store, app, &["a", "b"]);
        let marks = page(store, app, &asked("order by username", 1), None, None).end.expect("more");
        for (text, after) in [
            ("", marks.clone()),
            ("order by created", marks.clone()),
            ("order by age", marks.clone()),
            ("order by uuid", marks),
            ("", Vec::new()),
            ("order by username", vec![Mark::Whole(1)]),
        ] {
            let listing = Listing { asked: asked(text, 1), within: None, after: Some(after) };
            assert_eq!(store.list_entities(app, &listing).expect("a read"), None, "{text}");
        }
    });
}

#[test]
fn a_list_may_be_restricted_to_what_is_linked_to_one_entity() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let (_, rival) = a_tenant(store, "rival");
        let ids = with_users(store, app, &["a", "b", "c"]);
        let group = fresh();
        let written = |id: Uuid| match store.side() {
            Side::Postgres(_) => format!("'{id}'"),
            Side::Sqlite(_) => format!("x'{}'", id.simple()),
        };
        let time = match store.side() {
            Side::Postgres(_) => "now()",
            Side::Sqlite(_) => "0",
        };
        let link = |tenant: AppId, kind: &str, from: Uuid, to: Uuid| {
            let (owner, from, to) = (written(tenant.uuid()), written(from), written(to));
            let sql = format!("INSERT INTO link VALUES ({owner}, '{kind}', {from}, {to}, {time})");
            tamper(store, tenant.into(), &sql);
        };
        link(app, "group_user", group, ids[0]);
        link(app, "group_user", group, ids[2]);
        link(app, "role_user", group, ids[1]);
        link(app, "user_user", ids[0], ids[1]);
        link(rival, "group_user", group, ids[1]);

        let list = |kind, end, direction| {
            page(store, app, &asked("order by username", 10), Some(Within { kind, end, direction }), None).ids
        };
        use LinkDirection::{Incoming, Outgoing};
        assert_eq!(list(LinkKind::GroupUser, group, Outgoing), [ids[0], ids[2]]);
        assert_eq!(list(LinkKind::RoleUser, group, Outgoing), [ids[1]]);
        assert!(list(LinkKind::RoleGroup, group, Outgoing).is_empty());
        assert_eq!(list(LinkKind::Following, ids[0], Outgoing), [ids[1]]);
        assert_eq!(list(LinkKind::Following, ids[1], Incoming), [ids[0]]);
        assert!(list(LinkKind::Following, ids[1], Outgoing).is_empty());
        let first = Within { kind: LinkKind::GroupUser, end: group, direction: Outgoing };
        let page_one = page(store, app, &asked("order by username", 1), Some(first), None);
        let page_two = page(store, app, &asked("order by username", 1), Some(first), page_one.end);
        assert_eq!((page_two.ids, page_two.end), (vec![ids[2]], None));
    });
}

#[test]
fn a_text_of_any_length_is_found_by_the_whole_of_it_and_by_its_beginning() {
    each(|store| {
        let (_, app) = a_tenant(store, "acme");
        let long = |end: &str| format!("{}{end}", "Lorem ".repeat(200));
        let mut users = ["one", "two"].map(|name| a_user(app, name, None));
        for user in &mut users {
            let end = user.who.person.username.as_str().to_owned();
            user.who.person.properties.insert("text".to_owned(), long(&end).into());
        }
        let one = users[0].who.id.uuid();
        store.provision(&Provision { users: users.to_vec(), ..Provision::default() }).expect("new users");
        let find = |operand: &str| page(store, app, &asked(&format!("text = '{operand}'"), 10), None, None).ids;
        assert_eq!(find(&long("ONE")), [one]);
        assert!(find(&long("three")).is_empty());
        assert_eq!(find("lorem lorem*").len(), 2);
        assert!(find("lorem").is_empty());
        assert_eq!(page(store, app, &asked("text contains 'one'", 10), None, None).ids, [one]);
    });
}
