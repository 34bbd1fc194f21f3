//! What the tests of roles, groups and permissions have in common: an application, its owner, its users, and a guest.

use serde_json::{Value, json};
use tokengrid::domain::authority::Authority::AppClient;
use tokengrid::domain::user::AppUser;
use tokengrid::manage::Actor;

use crate::support::{Answer, Client, PASSWORD, World, person, world};

/// A world with callers of acme's application `shop`.
pub struct Stage {
    pub world: World,
    /// The application's client, who may do everything.
    pub owner: Client,
    pub guest: Client,
}

impl Stage {
    pub fn new() -> Self {
        let world = world();
        let (owner, guest) = (world.caller(&world.acme, AppClient), world.guest());
        Self { world, owner, guest }
    }

    /// A further user of the application.
    pub fn user(&self, name: &str) -> AppUser {
        let new = person(name, &format!("{name}@example.test"));
        let registry = self.world.registry();
        self.world.server.wait(registry.create_user(self.world.acme.app.id, new, Actor::Operator)).unwrap()
    }

    /// A user of the application as a caller.
    pub fn caller(&self, name: &str) -> Client {
        let token = self.guest.sign_in("/acme/shop", name, PASSWORD).token();
        self.guest.bearer(&token)
    }

    /// Gives a user a username that is another's email, as no request does: who came before that was refused bears one.
    pub fn shadow(&self, user: &str, name: &str) {
        let set = format!("UPDATE app_user SET username = '{name}', username_key = '{name}'");
        self.world.server.sql_for(self.world.acme.app.id, &format!("{set} WHERE username_key = '{user}'"));
    }

    /// Grants a permission to what stands at `holder`, as `/roles/guest`.
    #[track_caller]
    pub fn grant(&self, holder: &str, permission: &str) {
        let answer = post(&self.owner, &format!("{holder}/permissions"), &json!({ "permission": permission }));
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// Takes away what users may do by being users.
    pub fn remove_default(&self) {
        assert_eq!(delete(&self.owner, "/roles/default").status, 200);
    }

    /// Makes a role.
    #[track_caller]
    pub fn role(&self, name: &str) -> Value {
        let answer = post(&self.owner, "/roles", &json!({ "name": name, "title": format!("The {name}") }));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["entities"][0].clone()
    }

    /// Makes a group.
    #[track_caller]
    pub fn group(&self, path: &str) -> Value {
        let answer = post(&self.owner, "/groups", &json!({ "path": path, "title": format!("The {path}") }));
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json["entities"][0].clone()
    }

    /// Links what a path names, as `/groups/staff/users/ann`.
    #[track_caller]
    pub fn link(&self, path: &str) {
        let answer = post(&self.owner, path, &json!({}));
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }
}

fn at(path: &str) -> String {
    format!("/acme/shop{path}")
}

pub fn get(caller: &Client, path: &str) -> Answer {
    caller.get(&at(path))
}

pub fn post(caller: &Client, path: &str, body: &Value) -> Answer {
    caller.json(&at(path), body)
}

pub fn put(caller: &Client, path: &str, body: &Value) -> Answer {
    caller.send("PUT", &at(path), Some("application/json"), &body.to_string())
}

pub fn delete(caller: &Client, path: &str) -> Answer {
    caller.send("DELETE", &at(path), None, "")
}

/// One member of every entity of an answer, in their order.
pub fn each(answer: &Answer, member: &str) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let entities = answer.json["entities"].as_array().unwrap();
    entities.iter().map(|entity| entity[member].as_str().unwrap_or_default().to_owned()).collect()
}
