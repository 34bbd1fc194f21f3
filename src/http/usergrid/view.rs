//! Entities as Usergrid's clients read them. Never a hash, a secret or a pin.

use serde_json::{Map, Value, json};

use crate::domain::id::TenantId;
use crate::domain::tenant::{
    AdminOverview, Application, ClientRegistration, CollectionCounts, OrgOverview, Organization, Switch,
};
use crate::domain::user::{Admin, AppUser, Person};

/// An application user.
pub fn user(user: &AppUser) -> Value {
    Value::Object(user.entity())
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

/// An organization by itself. *Spec*: Usergrid `OrganizationInfo`.
pub fn organization_info(org: &Organization) -> Value {
    let mut info = json!({
        "uuid": org.id,
        "name": org.name,
        "passwordHistorySize": org.settings.password_history,
        "properties": org.properties,
    });
    note_password_grant(&mut info, org);
    info
}

/// Shown where it is not as Usergrid has it.
fn note_password_grant(info: &mut Value, org: &Organization) {
    if let Some(members) = info.as_object_mut().filter(|_| org.settings.password_grant == Switch::Off) {
        members.insert("password_grant".to_owned(), json!("off"));
    }
}

/// An organization with its applications and admins. *Spec*: Usergrid "organization data".
pub fn organization_data(overview: &OrgOverview) -> Value {
    let org = &overview.org;
    let users: Map<String, Value> = overview
        .admins
        .iter()
        .map(|member| (member.person.username.as_str().to_owned(), Value::Object(admin(member))))
        .collect();
    let mut data = json!({
        "uuid": org.id,
        "name": org.name,
        "passwordHistorySize": org.settings.password_history,
        "properties": org.properties,
        "applications": applications(org, &overview.apps),
        "users": users,
    });
    note_password_grant(&mut data, org);
    data
}

/// An application as an entity, with its settings beside its free properties.
pub fn application(org: &Organization, app: &Application) -> Value {
    let mut entity = app.properties.clone();
    let mut set = |name: &str, value: Value| entity.insert(name.to_owned(), value);
    set("uuid", json!(app.id));
    set("type", json!("application"));
    set("name", json!(format!("{}/{}", org.name, app.name)));
    set("created", json!(app.created.millis()));
    set("modified", json!(app.modified.millis()));
    set("applicationName", json!(app.name));
    set("organizationName", json!(org.name));
    if let Some(ttl) = app.settings.accesstokenttl {
        set("accesstokenttl", json!(ttl));
    }
    if app.settings.password_grant == Switch::Off {
        set("password_grant", json!("off"));
    }
    if app.settings.registration_of_clients != ClientRegistration::Off {
        set("registration_of_clients", json!(app.settings.registration_of_clients));
    }
    if let Some(branding) = &app.settings.branding {
        set("branding", json!(branding));
    }
    let rules = &app.settings.registration;
    for (name, rule) in [
        ("registration_requires_email_confirmation", rules.requires_email_confirmation),
        ("registration_requires_admin_approval", rules.requires_admin_approval),
        ("notify_admin_of_new_users", rules.notify_admins),
        ("allow_open_registration", rules.open),
    ] {
        if let Some(rule) = rule {
            set(name, json!(rule == Switch::On));
        }
    }
    Value::Object(entity)
}

/// The same with the collections that the application has. *Spec*: Usergrid: four members each, no more.
pub fn application_with_collections(org: &Organization, app: &Application, counts: &CollectionCounts) -> Value {
    let mut entity = application(org, app);
    let collection = |title: &str, name: &str, kind: &str, count: u64| {
        (name.to_owned(), json!({ "title": title, "count": count, "name": name, "type": kind }))
    };
    let collections: Map<String, Value> = [
        collection("Users", "users", "user", counts.users),
        collection("Groups", "groups", "group", counts.groups),
        collection("Roles", "roles", "role", counts.roles),
    ]
    .into_iter()
    .collect();
    if let Some(members) = entity.as_object_mut() {
        members.insert("metadata".to_owned(), json!({ "collections": collections }));
    }
    entity
}

/// Applications by their full names: `{"acme/shop":"<uuid>"}`.
pub fn applications(org: &Organization, apps: &[Application]) -> Map<String, Value> {
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

/// The name that an admin is shown by.
pub fn shown_name(admin: &Admin) -> &str {
    admin.person.name.as_deref().unwrap_or(admin.person.username.as_str())
}

/// An admin as a link to their address, with their username: `<a href="mailto:E">N (E)</a>`.
pub fn mail_link(admin: &Admin) -> String {
    let (name, username) = (escape(shown_name(admin)), escape(admin.person.username.as_str()));
    match &admin.person.email {
        Some(email) => {
            let email = escape(email.as_str());
            format!("<a href=\"mailto:{email}\" title=\"{username}\">{name} ({email})</a>")
        }
        None => format!("{name} ({username})"),
    }
}

/// Text as HTML shows it, inside elements and attributes.
pub fn escape(text: &str) -> String {
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
