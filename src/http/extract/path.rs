//! Usergrid's many spellings of one address, turned into one before routing.
//! It knows words and shapes only; whether a tenant exists is not asked here. *Spec*: Usergrid `RootResource`.
//!
//! | came as | becomes |
//! |---|---|
//! | `//a///b/` | `/a/b` |
//! | `/organizations/{org}/..`, `/orgs/{org}/..`, `/o/{org}/..` | `/{org}/..` |
//! | `/{org}/applications/{app}/..`, `/{org}/apps/{app}/..`, `/{org}/a/{app}/..` | `/{org}/{app}/..` |
//! | `/{app uuid}/..`, `/applications/{app uuid}/..`, `/apps/{app uuid}/..` | `/~/{app uuid}/..` |
//! | `/management/organizations/{org}/applications/..` | `/management/orgs/{org}/apps/..` |
//! | `/management/users/{user}/orgs/..` | `/management/users/{user}/organizations/..` |

use std::borrow::Cow;

use uuid::Uuid;

use crate::domain::name::is_reserved;

/// Where addresses go that must not be served: no route has it, and `~` can name no tenant.
const NOWHERE: &str = "/~";

/// The one spelling of a path. To be applied once, to the path as it came, still percent-encoded.
///
/// Escapes are left alone, so that `%2F` never becomes a separator. Dot segments, and `~` before anything but a UUID,
/// lead nowhere, which the router answers with 404.
pub fn canonical_path(path: &str) -> Cow<'_, str> {
    match tidy(path) {
        Cow::Borrowed(tidied) => rewrite(tidied),
        Cow::Owned(tidied) => Cow::Owned(rewrite(&tidied).into_owned()),
    }
}

/// Drops empty segments; refuses dot segments. `*` and other paths without a root are left as they are.
fn tidy(path: &str) -> Cow<'_, str> {
    let Some(relative) = path.strip_prefix('/').filter(|relative| !relative.is_empty()) else {
        return Cow::Borrowed(path);
    };
    let mut is_tidy = true;
    for segment in relative.split('/') {
        is_tidy &= !segment.is_empty();
        if is_dots(segment) {
            return Cow::Borrowed(NOWHERE);
        }
    }
    if is_tidy {
        return Cow::Borrowed(path);
    }
    let mut tidied = String::with_capacity(path.len());
    for segment in relative.split('/').filter(|segment| !segment.is_empty()) {
        tidied.push('/');
        tidied.push_str(segment);
    }
    if tidied.is_empty() { Cow::Borrowed("/") } else { Cow::Owned(tidied) }
}

/// `.` or `..`, also where a dot is written as `%2e`, which the router would decode.
fn is_dots(segment: &str) -> bool {
    let mut rest = segment;
    let mut dots = 0_u8;
    while let Some(tail) = strip_dot(rest) {
        rest = tail;
        dots = dots.saturating_add(1);
    }
    rest.is_empty() && matches!(dots, 1 | 2)
}

fn strip_dot(text: &str) -> Option<&str> {
    text.strip_prefix('.').or_else(|| text.strip_prefix("%2e")).or_else(|| text.strip_prefix("%2E"))
}

fn rewrite(path: &str) -> Cow<'_, str> {
    let Some((first, rest)) = cut(path) else { return Cow::Borrowed(path) };
    match first {
        "management" => management(path, rest),
        "organizations" | "orgs" | "o" => match cut(rest) {
            Some((org, tail)) if may_name_tenant(org) => below_org(rest, org, tail),
            Some(_) => Cow::Borrowed(NOWHERE),
            None => Cow::Borrowed(path),
        },
        "applications" | "apps" if starts_with_uuid(rest) => Cow::Owned(format!("/~{rest}")),
        "~" | "%7e" | "%7E" if !starts_with_uuid(rest) => Cow::Borrowed(NOWHERE),
        id if is_uuid(id) && !starts_with_uuid(rest) && app_after_word(rest).is_none() => {
            Cow::Owned(format!("/~{path}"))
        }
        org if may_name_tenant(org) => below_org(path, org, rest),
        _ => Cow::Borrowed(path),
    }
}

/// `/{org}/apps/{app}/..` without the word between; `path` is `/{org}{rest}`.
fn below_org<'a>(path: &'a str, org: &str, rest: &str) -> Cow<'a, str> {
    match app_after_word(rest) {
        Some(app_and_tail) => Cow::Owned(format!("/{org}{app_and_tail}")),
        None => Cow::Borrowed(path),
    }
}

/// What follows the word that announces an application, when something follows.
fn app_after_word(rest: &str) -> Option<&str> {
    let (word, tail) = cut(rest)?;
    (matches!(word, "applications" | "apps" | "a") && !tail.is_empty()).then_some(tail)
}

fn management<'a>(path: &'a str, rest: &str) -> Cow<'a, str> {
    if let Some(("users", below)) = cut(rest) {
        return below_admin(path, below);
    }
    let Some((word @ ("organizations" | "orgs"), below)) = cut(rest) else { return Cow::Borrowed(path) };
    if let Some((org, below_org)) = cut(below)
        && let Some(("applications", tail)) = cut(below_org)
    {
        return Cow::Owned(format!("/management/orgs/{org}/apps{tail}"));
    }
    if word == "orgs" { Cow::Borrowed(path) } else { Cow::Owned(format!("/management/orgs{below}")) }
}

/// `/management/users/{user}/orgs/..` with the long word.
fn below_admin<'a>(path: &'a str, below: &str) -> Cow<'a, str> {
    let Some((user, tail)) = cut(below) else { return Cow::Borrowed(path) };
    match cut(tail) {
        Some(("orgs", rest)) => Cow::Owned(format!("/management/users/{user}/organizations{rest}")),
        _ => Cow::Borrowed(path),
    }
}

/// The first segment of a path, and what follows it: empty, or with its slash.
fn cut(path: &str) -> Option<(&str, &str)> {
    let relative = path.strip_prefix('/')?;
    Some(relative.find('/').and_then(|at| relative.split_at_checked(at)).unwrap_or((relative, "")))
}

fn starts_with_uuid(path: &str) -> bool {
    cut(path).is_some_and(|(segment, _)| is_uuid(segment))
}

/// The hyphenated spelling alone, so that an application has one address by id.
fn is_uuid(segment: &str) -> bool {
    segment.len() == 36 && Uuid::try_parse(segment).is_ok()
}

/// Whether the segment is a tenant's name or id by its first letter: not one of the server's own, not escaped.
fn may_name_tenant(segment: &str) -> bool {
    segment.starts_with(|c: char| c.is_ascii_alphanumeric()) && !segment.contains('%') && !is_reserved(segment)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc";

    #[track_caller]
    fn becomes(from: &str, to: &str) {
        assert_eq!(canonical_path(&from.replace("ID", ID)), to.replace("ID", ID), "{from}");
    }

    #[test]
    fn the_canonical_form_is_borrowed() {
        for path in ["/", "*", "", "/acme/shop/token", "/management/token", "/management/orgs/acme/apps", "/status"] {
            assert!(matches!(canonical_path(path), Cow::Borrowed(same) if same == path), "{path}");
        }
        assert!(matches!(canonical_path("/orgs/acme/shop"), Cow::Borrowed("/acme/shop")));
    }

    #[test]
    fn doubled_and_trailing_slashes_are_dropped() {
        becomes("//acme///shop//", "/acme/shop");
        becomes("/acme/", "/acme");
        becomes("///", "/");
        becomes("//orgs//acme//a//shop/token/", "/acme/shop/token");
    }

    #[test]
    fn an_application_has_one_address_by_name() {
        for alias in ["/acme/applications/shop/users/a", "/acme/apps/shop/users/a", "/acme/a/shop/users/a"] {
            becomes(alias, "/acme/shop/users/a");
        }
        for alias in ["/organizations/acme/shop/token", "/orgs/acme/apps/shop/token", "/o/acme/a/shop/token"] {
            becomes(alias, "/acme/shop/token");
        }
        becomes("/ID/apps/ID/token", "/ID/ID/token");
        becomes("/orgs/ID/shop/token", "/ID/shop/token");
        becomes("/acme/apps", "/acme/apps");
        becomes("/orgs", "/orgs");
    }

    #[test]
    fn an_application_has_one_address_by_id() {
        becomes("/ID/token", "/~/ID/token");
        becomes("/ID", "/~/ID");
        becomes("/apps/ID/token", "/~/ID/token");
        becomes("/applications/ID", "/~/ID");
        becomes("/~/ID/token", "/~/ID/token");
        becomes("/ID/ID/token", "/ID/ID/token");
        becomes("/apps/shop/token", "/apps/shop/token");
    }

    #[test]
    fn management_has_its_own_words() {
        becomes("/management/organizations", "/management/orgs");
        becomes("/management/organizations/acme/users", "/management/orgs/acme/users");
        becomes("/management/organizations/acme/applications/shop", "/management/orgs/acme/apps/shop");
        becomes("/management/orgs/acme/applications", "/management/orgs/acme/apps");
        becomes("/management/orgs/acme/apps", "/management/orgs/acme/apps");
        becomes("/management/users/apps/applications", "/management/users/apps/applications");
    }

    #[test]
    fn words_of_the_server_are_not_taken_for_tenants() {
        becomes("/portal/a/x.js", "/portal/a/x.js");
        becomes("/.well-known/a/x", "/.well-known/a/x");
        becomes("/orgs/management/token", NOWHERE);
        becomes("/orgs/%6danagement/token", NOWHERE);
        becomes("/orgs/~/ID/token", NOWHERE);
    }

    #[test]
    fn the_inner_mark_and_dot_segments_lead_nowhere() {
        for path in ["/~", "/~/shop/token", "/%7e/shop/token", "/%7E", "/./a", "/acme/../b", "/a/%2e%2E/b", "/a/.%2e"] {
            becomes(path, NOWHERE);
        }
        becomes("/acme/...", "/acme/...");
        becomes("/acme/.git", "/acme/.git");
    }

    #[test]
    fn escapes_stay_escaped() {
        becomes("/acme%2Fapps/shop", "/acme%2Fapps/shop");
        becomes("/acme/%61pps/shop", "/acme/%61pps/shop");
        becomes("/orgs%2facme/shop/", "/orgs%2facme/shop");
    }

    proptest! {
        #[test]
        fn nothing_untidy_comes_out(
            path in "(/|[a-z.~%27eE]{1,4}|orgs|apps|management|8ae8a6ea-84a5-11e3-884d-f18e8f6fb3bc){0,12}"
        ) {
            let path = format!("/{path}");
            let canonical = canonical_path(&path);
            prop_assert!(canonical.starts_with('/'));
            prop_assert!(!canonical.contains("//"));
            prop_assert!(canonical == "/" || !canonical.ends_with('/'));
            prop_assert!(!canonical.split('/').any(is_dots));
        }
    }
}
