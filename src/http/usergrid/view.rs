//! Entities as Usergrid's clients read them. Never a hash, a secret or a pin.

use serde_json::{Map, Value, json};

use crate::domain::id::TenantId;
use crate::domain::tenant::{AdminOverview, Application, OrgOverview, Organization};
use crate::domain::user::{Admin, AppUser, Person};

/// Collections of a user that the metadata names.
const USER_COLLECTIONS: [&str; 7] = ["activities", "devices", "feed", "groups", "roles", "following", "followers"];

/// An application user.
pub fn user(user: &AppUser) -> Value {
    Value::Object(user.entity())
}

/// The same with the `metadata` that clients navigate by.
pub fn user_with_metadata(subject: &AppUser) -> Value {
    let mut entity = user(subject);
    let path = format!("/users/{}", subject.id);
    let collections: Map<String, Value> =
        USER_COLLECTIONS.iter().map(|name| ((*name).to_owned(), json!(format!("{path}/{name}")))).collect();
    let sets = json!({ "rolenames": format!("{path}/roles"), "permissions": format!("{path}/permissions") });
    if let Some(members) = entity.as_object_mut() {
        members.insert("metadata".to_owned(), json!({ "path": path, "sets": sets, "collections": collections }));
    }
    entity
}

/// An admin. *Spec*: Usergrid `UserInfo`.
pub fn admin(admin: &Admin) -> Map<String, Value> {
    let person = &admin.person;
    let (plain, html) = display_addresses(person);
    let mut info = Map::new();
    info.insert("uuid".to_owned(), json!(admin.id));
    info.insert("username".to_owned(), json!(person.username.as_str()));
    info.insert("name".to_owned(), json!(person.name));
    info.insert("email".to_owned(), json!(person.email.as_ref().map(|email| email.as_str())));
    info.insert("displayEmailAddress".to_owned(), json!(plain));
    info.insert("htmldisplayEmailAddress".to_owned(), json!(html));
    info.insert("applicationId".to_owned(), json!(TenantId::MANAGEMENT));
    info.insert("activated".to_owned(), json!(person.activated));
    info.insert("confirmed".to_owned(), json!(person.confirmed));
    info.insert("disabled".to_owned(), json!(person.disabled));
    // Usergrid: stock answers false here for admins it reloads, a defect that breaks its own clients.
    info.insert("adminUser".to_owned(), json!(true));
    info.insert("properties".to_owned(), Value::Object(person.properties.clone()));
    info.retain(|_, value| !value.is_null());
    info
}

/// When the admin's password was set, for the top level of sign-in answers.
pub fn password_changed(admin: &Admin) -> Option<(String, Value)> {
    admin.person.password_changed.map(|at| ("passwordChanged".to_owned(), json!(at.millis())))
}

/// An admin with `organizations`, keyed by name.
pub fn admin_with_organizations(overview: &AdminOverview) -> Value {
    let organizations: Map<String, Value> = overview
        .orgs
        .iter()
        .map(|(org, apps)| {
            let entry = json!({
                "name": org.name,
                "uuid": org.id,
                "properties": org.properties,
                "applications": applications(org, apps),
            });
            (org.name.to_string(), entry)
        })
        .collect();
    let mut info = admin(&overview.admin);
    info.insert("organizations".to_owned(), Value::Object(organizations));
    Value::Object(info)
}

/// An organization with its applications and admins. *Spec*: Usergrid "organization data".
pub fn organization_data(overview: &OrgOverview) -> Value {
    let org = &overview.org;
    let users: Map<String, Value> = overview
        .admins
        .iter()
        .map(|member| (member.person.username.as_str().to_owned(), Value::Object(admin(member))))
        .collect();
    json!({
        "uuid": org.id,
        "name": org.name,
        // Usergrid: how many former passwords are remembered; none are.
        "passwordHistorySize": 0,
        "properties": org.properties,
        "applications": applications(org, &overview.apps),
        "users": users,
    })
}

/// An application as an entity.
pub fn application(org: &Organization, app: &Application) -> Value {
    let mut entity = json!({
        "uuid": app.id,
        "type": "application",
        "name": format!("{}/{}", org.name, app.name),
        "created": app.created.millis(),
        "modified": app.modified.millis(),
        "applicationName": app.name,
        "organizationName": org.name,
    });
    if let (Some(ttl), Some(members)) = (app.settings.accesstokenttl, entity.as_object_mut()) {
        members.insert("accesstokenttl".to_owned(), json!(ttl));
    }
    entity
}

fn applications(org: &Organization, apps: &[Application]) -> Map<String, Value> {
    apps.iter().map(|app| (format!("{}/{}", org.name, app.name), json!(app.id))).collect()
}

/// `Alice <alice@acme.test>`, plain and as HTML.
fn display_addresses(person: &Person) -> (String, String) {
    let name = person.name.as_deref().unwrap_or(person.username.as_str());
    match &person.email {
        None => (name.to_owned(), escape(name)),
        Some(email) => {
            let address = email.as_str();
            let (name_html, address_html) = (escape(name), escape(address));
            let html = format!("{name_html} &lt;<a href=\"mailto:{address_html}\">{address_html}</a>&gt;");
            (format!("{name} <{address}>"), html)
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_the_html_address() {
        assert_eq!(escape(r#"<a href="x">&'"#), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }
}
