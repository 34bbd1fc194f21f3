//! What is told of a person by the claims of OpenID Connect, one group of them for each scope. Tokens and userinfo say
//! the same because both ask here. *Spec*: OpenID Connect Core §5.1, §5.4.

use serde_json::{Map, Value, json};

use super::scope::Scopes;
use super::user::Person;

/// Name, picture and the like.
pub const PROFILE: &str = "profile";
/// The address, and whether it is proved.
pub const EMAIL: &str = "email";
/// The groups of a user.
pub const GROUPS: &str = "groups";
/// The roles of a user.
pub const ROLES: &str = "roles";

/// Claims of `profile` that are taken from the properties of the same name, where those are texts. An account keeps
/// whatever JSON its application likes, so nothing else of it is ever told.
const FROM_PROPERTIES: [&str; 11] = [
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
];

/// What an account does not know of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Whether addresses are proved where the account lives; elsewhere `confirmed` says nothing of one.
    pub proves_addresses: bool,
    /// Names of the groups that the user is in; asked for only where the scope is granted.
    pub groups: Vec<String>,
    /// Names of the roles that the user has.
    pub roles: Vec<String>,
}

/// The claims that these scopes open, without `sub`, which is the business of whoever answers.
///
/// *Shape*: `{"name":"Ann","preferred_username":"ann","updated_at":1,"email":"ann@example.test","email_verified":true}`
/// *Units*: `updated_at` is UTC seconds.
pub fn claims_of(person: &Person, around: &Surroundings, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    if scopes.contains(PROFILE) {
        add_profile(&mut claims, person);
    }
    if let Some(email) = person.email.as_ref().filter(|_| scopes.contains(EMAIL)) {
        claims.insert("email".to_owned(), json!(email.as_str()));
        claims.insert("email_verified".to_owned(), json!(around.proves_addresses && person.confirmed));
    }
    if scopes.contains(GROUPS) {
        claims.insert("groups".to_owned(), json!(around.groups));
    }
    if scopes.contains(ROLES) {
        claims.insert("roles".to_owned(), json!(around.roles));
    }
    claims
}

fn add_profile(claims: &mut Map<String, Value>, person: &Person) {
    for name in FROM_PROPERTIES {
        if let Some(Value::String(text)) = person.properties.get(name) {
            claims.insert(name.to_owned(), json!(text));
        }
    }
    if let Some(name) = &person.name {
        claims.insert("name".to_owned(), json!(name));
    }
    claims.insert("preferred_username".to_owned(), json!(person.username.as_str()));
    claims.insert("updated_at".to_owned(), json!(person.modified.seconds()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Moment;
    use crate::domain::name::{Email, Username};

    fn ann() -> Person {
        let properties = json!({"picture": "https://a.example/p.png", "nickname": 7, "card": "4111", "sub": "root"});
        Person {
            username: Username::parse("ann").unwrap(),
            email: Some(Email::parse("ann@example.test").unwrap()),
            name: Some("Ann".to_owned()),
            properties: properties.as_object().unwrap().clone(),
            activated: true,
            confirmed: true,
            disabled: false,
            deactivated: None,
            password_changed: None,
            created: Moment::EPOCH,
            modified: Moment::from_millis(5_900),
        }
    }

    fn told(scopes: &str, around: &Surroundings) -> Value {
        Value::Object(claims_of(&ann(), around, &scopes.parse().unwrap()))
    }

    #[test]
    fn each_scope_opens_its_own_claims_and_no_other_property() {
        let around = Surroundings { proves_addresses: true, groups: vec!["staff".into()], roles: vec!["admin".into()] };
        assert_eq!(told("openid api offline_access", &around), json!({}));
        let profile = json!({"name": "Ann", "preferred_username": "ann", "updated_at": 5,
            "picture": "https://a.example/p.png"});
        assert_eq!(told("openid profile", &around), profile);
        assert_eq!(told("email", &around), json!({"email": "ann@example.test", "email_verified": true}));
        assert_eq!(told("groups roles", &around), json!({"groups": ["staff"], "roles": ["admin"]}));
    }

    #[test]
    fn an_address_counts_as_verified_only_where_addresses_are_proved() {
        let claims = told("email", &Surroundings::default());
        assert_eq!(claims["email_verified"], false);
    }
}
