//! Usergrid's own table, what else is promised, and that nothing makes the comparison fail or crawl.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

const ANN: &str = "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";

fn ann() -> Named {
    Named::new(["Ann".to_owned(), ANN.to_owned()])
}

#[track_caller]
fn allows(granted: &str, verb: Verb, path: &str) -> bool {
    let permission = Permission::parse(granted).unwrap_or_else(|cause| panic!("{granted}: {cause}"));
    permission.allows(verb, &AskedPath::of_text(path), &ann())
}

#[test]
fn usergrids_table_holds() {
    let table = [
        ("/foo", "/foo", true),
        ("/foo/bar/*", "/foo/bar", true),
        ("/foo/bar/*", "/foo/bar/baz", true),
        ("/foo/bar/*", "/foo/bar/baz/", false),
        ("/foo/bar/*", "/foo/bar/baz/boz", false),
        ("/foo/bar/**", "/foo/bar/baz/boz", true),
        ("/foo/bar/*/boz/*", "/foo/bar/baz/boz", true),
        ("/foo/bar/*/boz/*", "/foo/bar/baz/boz/biz", true),
        ("/foo/bar/*/boz/*", "/foo/bar/baz/boz/biz/box", false),
        ("/bar/*/boz/*", "/bar/11111111-84a5-11e3-884d-f18e8f6fb3bc/boz/22222222-84a5-11e3-884d-f18e8f6fb3bc", true),
        ("/users/me/**", "/users/ann/permissions", true),
        ("/users/me/**", "/users/8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc/permissions", true),
        ("/users/me/**", "/users/bob/permissions", false),
        ("/users/mefake@usergrid.org/**", "/users/mefake@usergrid.org/permissions", true),
    ];
    for (granted, asked, expected) in table {
        for ops in ["", ":", "get:", "*:", "put, get:"] {
            assert_eq!(allows(&format!("{ops}{granted}"), Verb::Get, asked), expected, "{ops}{granted} {asked}");
        }
    }
}

#[test]
fn only_the_verbs_that_were_granted_count() {
    assert!(allows("get,put:/a", Verb::Put, "/a"));
    assert!(!allows("get,put:/a", Verb::Post, "/a"));
    assert!(!allows("get:/a", Verb::Delete, "/a"));
    for verb in Verb::ALL {
        assert!(allows("/a", verb, "/a"), "{verb:?}");
        assert!(allows("get,*:/a", verb, "/a"), "{verb:?}");
        assert!(allows("*", verb, "/a/b"), "{verb:?}");
        assert!(allows("get,post,put,delete:/**", verb, "/"), "{verb:?}");
    }
}

#[test]
fn a_pattern_is_compared_without_case_and_with_its_slash_understood() {
    for granted in ["GET:/Reviews/*", "get:reviews/*", "get:/reviews/??", "get:/r*s/X1", "get:/x,/reviews/x?"] {
        assert!(allows(granted, Verb::Get, "/reviews/X1"), "{granted}");
    }
    assert!(!allows("get:/reviews", Verb::Get, "/reviews/x1"), "a path without a wildcard stands for itself");
    assert!(!allows("get:/reviews/*", Verb::Get, "/reviewsandmore"));
    assert!(allows("get:/a/", Verb::Get, "/a"));
    assert!(allows("get:/a", Verb::Get, "/a/"));
    assert!(allows("get:/**/z", Verb::Get, "/z"));
    assert!(allows("get:/**/b/**/z", Verb::Get, "/a/b/c/b/d/z"));
    assert!(!allows("get:/**/b/**/z", Verb::Get, "/a/c/z"));
    assert_eq!(Permission::parse(" GET:/A/${USER} ").map(|granted| granted.to_string()), Ok("get:/a/${user}".into()));
}

#[test]
fn the_caller_stands_where_the_pattern_says_user_or_me() {
    for path in ["/users/ann/x", "/users/8AE8A6EA-84a5-11e3-884d-f18e8f6fb3bc/x"] {
        assert!(allows("get:/users/${user}/**", Verb::Get, path), "{path}");
    }
    assert!(allows("get:/lists/of-${user}", Verb::Get, "/lists/of-ann"));
    for path in ["/users/bob/x", "/users/${user}/x", "/users/me/x"] {
        assert!(!allows("get:/users/${user}/**", Verb::Get, path), "{path}");
    }
    let guest = Named::default();
    for granted in ["get:/users/${user}/**", "get:/users/${user}"] {
        let granted = Permission::parse(granted).unwrap();
        assert!(!granted.allows(Verb::Get, &AskedPath::of_text("/users//"), &guest));
        assert!(!granted.allows(Verb::Get, &AskedPath::of_text("/users/ann"), &guest));
    }
}

#[test]
fn a_name_with_wildcards_in_it_is_just_a_name() {
    let star = Named::new(["*".to_owned(), "**".to_owned(), "?ob".to_owned()]);
    for granted in ["get:/users/${user}", "get:/users/me", "get:/users/${user}/**"] {
        let granted = Permission::parse(granted).unwrap();
        assert!(!granted.allows(Verb::Get, &AskedPath::of_text("/users/bob"), &star), "{granted}");
        assert!(granted.allows(Verb::Get, &AskedPath::of_text("/users/**"), &star), "{granted}");
    }
}

#[test]
fn any_spelling_of_a_segment_may_be_the_one_that_was_granted() {
    let spelt = |texts: &[&str]| AskedSegment::new(texts.iter().map(|text| (*text).to_owned()).collect());
    let asked = AskedPath::new([spelt(&["users"]), spelt(&["BOB@x.example", "bob", "id-of-bob"]), spelt(&["roles"])]);
    for granted in ["/users/bob/*", "/users/id-of-bob/roles", "/users/bob@x.example/**"] {
        assert!(Permission::parse(granted).unwrap().allows(Verb::Get, &asked, &ann()), "{granted}");
    }
    assert!(!Permission::parse("/users/ann/*").unwrap().allows(Verb::Get, &asked, &ann()));
    // An escaped slash is no separator.
    let one = AskedPath::new([spelt(&["a/b"])]);
    assert!(!Permission::parse("/a/b").unwrap().allows(Verb::Get, &one, &ann()));
}

#[test]
fn a_name_that_is_not_the_callers_is_not_theirs_however_it_reads() {
    let words = || [AskedSegment::new(vec!["users".to_owned()])].into_iter();
    let foreign = AskedPath::new(words().chain([AskedSegment::of_another(vec!["ann".to_owned(), "me".to_owned()])]));
    for granted in ["/users/me", "/users/${user}", "/users/${user}*", "/users/me/**"] {
        assert!(!Permission::parse(granted).unwrap().allows(Verb::Get, &foreign, &ann()), "{granted}");
    }
    for granted in ["/users/ann", "/users/*", "/users/**"] {
        assert!(Permission::parse(granted).unwrap().allows(Verb::Get, &foreign, &ann()), "{granted}");
    }
}

#[test]
fn nonsense_is_told_what_it_lacks() {
    for (text, cause) in [
        ("", PermissionError::Empty),
        ("  ", PermissionError::Empty),
        ("fetch:/a", PermissionError::UnknownVerb),
        ("get,:/a", PermissionError::UnknownVerb),
        ("get post:/a", PermissionError::UnknownVerb),
        ("get:", PermissionError::NoPath),
        (":", PermissionError::NoPath),
        ("get: , ", PermissionError::NoPath),
        ("get:/a\0b", PermissionError::IllegalCharacter),
        ("get:/a\nb", PermissionError::IllegalCharacter),
    ] {
        assert_eq!(Permission::parse(text), Err(cause), "{text:?}");
    }
    assert_eq!(Permission::parse(&format!("get:/{}", "x".repeat(1_000))), Err(PermissionError::TooLong(1_000)));
    assert!(allows("/a:b/*", Verb::Get, "/a:b/c"), "a colon behind a slash is part of the path");
}

#[test]
fn many_wildcards_do_not_make_it_crawl() {
    let deep = format!("/{}", "a/".repeat(2_000));
    let long = format!("/{}", "a".repeat(8_000));
    let begun = Instant::now();
    for granted in ["/**/a".repeat(190) + "/b", "/a*".repeat(300), format!("/{}b", "*a".repeat(450)), "/**".repeat(300)]
    {
        for path in [&deep, &long] {
            allows(&granted, Verb::Get, path);
        }
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(granted in "[a-z*?/,:${}\\PC]{0,40}", path in "[a-z*?/\\PC]{0,40}", name in "\\PC{0,8}") {
        if let Ok(permission) = Permission::parse(&granted) {
            let caller = Named::new([name]);
            permission.allows(Verb::Get, &AskedPath::of_text(&path), &caller);
            prop_assert_eq!(Permission::parse(permission.as_str()), Ok(permission.clone()));
        }
    }

    #[test]
    fn what_is_granted_without_wildcards_is_that_path_alone(path in "(/[a-z]{1,3}){1,4}", other in "(/[a-z]{1,3}){1,4}") {
        prop_assume!(!path.contains("/me"));
        prop_assert_eq!(allows(&path, Verb::Get, &other), path == other);
        let below = format!("{}/**", path);
        let is_below = format!("{other}/").starts_with(&format!("{path}/"));
        prop_assert_eq!(allows(&below, Verb::Get, &other), is_below);
    }
}
