//! The words of mails: the server's own, an application's instead of them, and how placeholders become values.
//!
//! The server's own words repeat nothing that a stranger chose (a name, a username) to someone who has not confirmed the
//! address: otherwise anybody could write to anybody through a form.

use serde::{Deserialize, Serialize};

use super::error::TemplateError;
use crate::domain::mail::{MailKind, MailTemplate};

/// What a template may ask for.
pub const PLACEHOLDERS: [&str; 7] = ["link", "lifetime", "username", "email", "organization", "application", "pin"];

const SUBJECT_MAX: usize = 200;
const BODY_MAX: usize = 20_000;
/// No value but the link is longer in a mail.
const VALUE_MAX: usize = 254;

/// A mail's subject and bodies.
#[derive(Clone, Serialize, Deserialize)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[mail]")
    }
}

/// What the placeholders of one mail become.
#[derive(Clone, Default)]
pub struct Values {
    pub link: Option<String>,
    /// How long the link lives, in words.
    pub lifetime: Option<String>,
    pub username: Option<String>,
    pub email: Option<String>,
    pub organization: Option<String>,
    pub application: Option<String>,
    pub pin: Option<String>,
}

impl Values {
    /// The value on one line; empty for one that this mail does not have, `None` for an unknown name.
    fn get(&self, name: &str) -> Option<String> {
        let value = match name {
            "link" => return Some(self.link.clone().unwrap_or_default()),
            "lifetime" => &self.lifetime,
            "username" => &self.username,
            "email" => &self.email,
            "organization" => &self.organization,
            "application" => &self.application,
            "pin" => &self.pin,
            _ => return None,
        };
        Some(value.as_deref().map(one_line).unwrap_or_default())
    }
}

/// A text without line breaks and other controls, so that it can end no header and begin no paragraph.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(VALUE_MAX).collect()
}

/// The server's own subject and text.
const fn own(kind: MailKind) -> (&'static str, &'static str) {
    match kind {
        MailKind::PasswordReset => (
            "Password Reset",
            "Hello,\n\nsomeone, most likely you, asked for a new password for your account at {{application}}. If it \
             was not you, you need not do anything: your password stays as it is.\n\nChoose a new password here. The \
             link works once and for {{lifetime}}.\n\n{{link}}",
        ),
        MailKind::UserConfirmation => (
            "User Account Confirmation: {{email}}",
            "Hello,\n\nan account at {{application}} was made with this address. If it is not yours, you need not do \
             anything: it stays closed.\n\nPlease confirm that the address is yours. The link works once and for \
             {{lifetime}}.\n\n{{link}}",
        ),
        MailKind::UserConfirmed => (
            "User Account Confirmed",
            "Hello,\n\nthank you for confirming {{email}}. Your account at {{application}} now waits for an \
             administrator to let you in; you will hear of it.",
        ),
        MailKind::UserActivation => (
            "User Account Activation",
            "Hello,\n\nyour account at {{application}} can be made active again. The link works once and for \
             {{lifetime}}.\n\n{{link}}",
        ),
        MailKind::UserActivated => {
            ("User Account Activated", "Hello,\n\nyour account at {{application}} is active. You can sign in now.")
        }
        MailKind::UserInvited => (
            "User Invited To Organization",
            "Hello,\n\nyou are now an administrator of the organization {{organization}}. Sign in with this address, \
             {{email}}. If you have no password yet, another mail brings you a link to choose one.",
        ),
        MailKind::UserActivationRequest => (
            "Request For User Account Activation {{email}}",
            "Hello,\n\na new user of {{application}} waits for your approval.\n\nUsername: {{username}}\nEmail: \
             {{email}}\n\nIf you do not know them, you need not do anything: the account stays closed. Let them in \
             here. The link works once and for {{lifetime}}.\n\n{{link}}",
        ),
        MailKind::AdminActivationRequest => (
            "Request For Admin User Account Activation {{email}}",
            "Hello,\n\na new admin waits for your approval.\n\nUsername: {{username}}\nEmail: {{email}}\n\nIf you do \
             not know them, you need not do anything: the account stays closed. Let them in here. The link works once \
             and for {{lifetime}}.\n\n{{link}}",
        ),
        MailKind::NewUser => (
            "New User Account {{email}}",
            "Hello,\n\n{{application}} has a new user.\n\nUsername: {{username}}\nEmail: {{email}}",
        ),
        MailKind::AppPin => (
            "Your app pin",
            "Hello,\n\nwhoever has your PIN for {{application}} can sign in as you: keep it to yourself.\n\nYour PIN: \
             {{pin}}",
        ),
        MailKind::OrganizationConfirmation => (
            "Organization Account Confirmation",
            "Hello,\n\nthe organization {{organization}} was made with this address. If it is not yours, you need not \
             do anything.\n\nPlease confirm that it is yours. The link works once and for {{lifetime}}.\n\n{{link}}",
        ),
        MailKind::OrganizationActivated => (
            "Organization Account Activated: {{organization}}",
            "Hello,\n\nthe organization {{organization}} is active. You can work with it now.",
        ),
    }
}

/// What an invitation says instead where admins sign in elsewhere; its link leads there.
const INVITED_ELSEWHERE: (&str, &str) = (
    "User Invited To Organization",
    "Hello,\n\nyou are now an administrator of the organization {{organization}}. Sign in here, as the one with this \
     address, {{email}}.\n\n{{link}}",
);

/// What a template of this kind cannot do without.
const fn essential(kind: MailKind) -> Option<&'static str> {
    match kind {
        MailKind::PasswordReset
        | MailKind::UserConfirmation
        | MailKind::UserActivation
        | MailKind::UserActivationRequest
        | MailKind::AdminActivationRequest
        | MailKind::OrganizationConfirmation => Some("{{link}}"),
        MailKind::AppPin => Some("{{pin}}"),
        MailKind::UserConfirmed
        | MailKind::UserActivated
        | MailKind::UserInvited
        | MailKind::NewUser
        | MailKind::OrganizationActivated => None,
    }
}

/// The server's own words as a template, to be shown and to begin from.
pub(super) fn default_of(kind: MailKind) -> (String, String) {
    let (subject, text) = own(kind);
    (subject.to_owned(), text.to_owned())
}

/// Checks an application's own words.
///
/// *Errors*: every cause of [`TemplateError`].
pub(super) fn check(template: &MailTemplate) -> Result<(), TemplateError> {
    let parts = [("subject", template.subject.as_str(), SUBJECT_MAX), ("text", &template.text, BODY_MAX)];
    let html = template.html.as_deref().map(|html| ("html", html, BODY_MAX));
    for (part, body, max) in parts.into_iter().chain(html) {
        if body.trim().is_empty() {
            return Err(TemplateError::Empty(part));
        }
        if body.chars().count() > max {
            return Err(TemplateError::TooLong { part, max });
        }
        fill(body, |name| PLACEHOLDERS.contains(&name).then(String::new))?;
        match essential(template.kind) {
            Some(needed) if part != "subject" && !body.contains(needed) => {
                return Err(TemplateError::Pointless(needed));
            }
            _ => {}
        }
    }
    if template.subject.contains(char::is_control) {
        return Err(TemplateError::ManyLines);
    }
    Ok(())
}

/// Writes a mail in an application's own words, or in the server's.
///
/// *Errors*: a template that was not checked.
pub(super) fn render(
    kind: MailKind,
    own_words: Option<&MailTemplate>,
    values: &Values,
) -> Result<Words, TemplateError> {
    let (subject, text) = match own_words {
        Some(template) => (template.subject.as_str(), template.text.as_str()),
        None if kind == MailKind::UserInvited && values.link.is_some() => INVITED_ELSEWHERE,
        None => own(kind),
    };
    let plain = |name: &str| values.get(name);
    let escaped = |name: &str| values.get(name).map(|value| escape(&value));
    let html = match own_words.and_then(|template| template.html.as_deref()) {
        Some(html) => fill(html, escaped)?,
        None => fill(&page_of(subject, text), escaped)?,
    };
    Ok(Words { subject: one_line(&fill(subject, plain)?), text: fill(text, plain)?, html })
}

/// A text with its placeholders filled.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, TemplateError> {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once("{{") {
        let (name, after) = tail.split_once("}}").ok_or(TemplateError::Unclosed)?;
        let name = name.trim();
        filled.push_str(before);
        filled.push_str(&value(name).ok_or_else(|| TemplateError::Unknown(one_line(name)))?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A plain text as a page: a paragraph a block, and a link alone in its block as a button.
fn page_of(subject: &str, text: &str) -> String {
    let mut body = String::new();
    for block in text.split("\n\n") {
        if block.trim() == "{{link}}" {
            body.push_str(
                "<p><a href=\"{{link}}\" style=\"display:inline-block;padding:12px 20px;border-radius:8px;\
                 background:#1d4ed8;color:#ffffff;text-decoration:none\">Open the link</a></p>\
                 <p style=\"font-size:14px;word-break:break-all\">{{link}}</p>",
            );
        } else {
            body.push_str(&format!("<p>{}</p>", escape(block).replace('\n', "<br>")));
        }
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
         <body style=\"margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;\
         color:#1a1a1a;background:#ffffff\"><div style=\"max-width:560px\">{body}</div></body></html>",
        escape(subject)
    )
}

/// Text that can stand between tags and in attributes. The braces of placeholders are left alone.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::Moment;

    fn template(subject: &str, text: &str, html: Option<&str>) -> MailTemplate {
        let html = html.map(str::to_owned);
        MailTemplate {
            kind: MailKind::PasswordReset,
            subject: subject.to_owned(),
            text: text.to_owned(),
            html,
            modified: Moment::EPOCH,
        }
    }

    fn values() -> Values {
        Values {
            link: Some("https://id.example.com/x?token=ZW0tA&b=1".to_owned()),
            username: Some("<b>ann</b>\r\nBcc: eve@example.test".to_owned()),
            email: Some("ann@example.test".to_owned()),
            ..Values::default()
        }
    }

    #[test]
    fn the_servers_own_words_pass_their_own_check() {
        for kind in MailKind::ALL {
            let (subject, text) = default_of(kind);
            let template = MailTemplate { kind, subject, text, html: None, modified: Moment::EPOCH };
            assert_eq!(check(&template), Ok(()), "{kind:?}");
            render(kind, None, &values()).unwrap();
        }
    }

    #[test]
    fn subjects_are_those_that_clients_know() {
        let subject = |kind| render(kind, None, &values()).unwrap().subject;
        assert_eq!(subject(MailKind::PasswordReset), "Password Reset");
        assert_eq!(subject(MailKind::UserConfirmation), "User Account Confirmation: ann@example.test");
        assert_eq!(subject(MailKind::UserActivated), "User Account Activated");
        assert_eq!(subject(MailKind::UserInvited), "User Invited To Organization");
        assert_eq!(subject(MailKind::OrganizationConfirmation), "Organization Account Confirmation");
        assert_eq!(subject(MailKind::AppPin), "Your app pin");
        assert_eq!(subject(MailKind::UserConfirmed), "User Account Confirmed");
        assert_eq!(subject(MailKind::UserActivationRequest), "Request For User Account Activation ann@example.test");
        let to_superuser = "Request For Admin User Account Activation ann@example.test";
        assert_eq!(subject(MailKind::AdminActivationRequest), to_superuser);
    }

    #[test]
    fn a_link_ends_its_text_where_usergrids_own_tests_look_for_it() {
        for kind in MailKind::ALL.into_iter().filter(|kind| essential(*kind) == Some("{{link}}")) {
            assert!(own(kind).1.ends_with("\n\n{{link}}"), "{kind:?}");
        }
    }

    #[test]
    fn values_end_no_line_and_open_no_tag() {
        let own = template("For {{username}}", "{{ username }}: {{link}}", Some("<p>{{username}} {{link}}</p>"));
        let words = render(MailKind::PasswordReset, Some(&own), &values()).unwrap();
        assert_eq!(words.subject, "For <b>ann</b>  Bcc: eve@example.test");
        assert_eq!(words.text, "<b>ann</b>  Bcc: eve@example.test: https://id.example.com/x?token=ZW0tA&b=1");
        assert_eq!(
            words.html,
            "<p>&lt;b&gt;ann&lt;/b&gt;  Bcc: eve@example.test https://id.example.com/x?token=ZW0tA&amp;b=1</p>"
        );
    }

    #[test]
    fn a_plain_text_becomes_a_page_with_a_button() {
        let words = render(MailKind::PasswordReset, None, &values()).unwrap();
        assert!(words.html.contains("<a href=\"https://id.example.com/x?token=ZW0tA&amp;b=1\""), "{}", words.html);
        assert!(!words.html.contains("{{") && !words.text.contains("{{"));
    }

    #[test]
    fn a_template_is_checked_when_it_is_saved() {
        let subject = |text: &str| check(&template(text, "{{link}}", None));
        assert_eq!(subject("{{nothing}}"), Err(TemplateError::Unknown("nothing".to_owned())));
        assert_eq!(subject("{{link"), Err(TemplateError::Unclosed));
        assert_eq!(subject("a\nb"), Err(TemplateError::ManyLines));
        assert_eq!(subject(" "), Err(TemplateError::Empty("subject")));
        assert_eq!(subject(&"x".repeat(201)), Err(TemplateError::TooLong { part: "subject", max: 200 }));
        assert_eq!(check(&template("a", "no link", None)), Err(TemplateError::Pointless("{{link}}")));
        assert_eq!(check(&template("a", "{{link}}", Some("<p>")),), Err(TemplateError::Pointless("{{link}}")));
        assert_eq!(check(&template("a", "{{link}}", Some("<a href=\"{{link}}\">x</a>"))), Ok(()));
        assert_eq!(TemplateError::Unknown("x".to_owned()).to_string(), "{{x}} is no placeholder of mails.");
    }
}
