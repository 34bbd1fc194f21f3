//! Pages for people: those who follow a link from a mail, and those whom a client sends here to sign in. Plain HTML that
//! needs no script, usable by keyboard and on a small screen. Programs that ask for JSON get it from the same addresses.

pub mod admission;
pub mod authorize;
pub mod consent;
mod cookie;
pub mod device;
mod guard;
pub mod logout;
pub mod organization;
pub mod recovery;
pub mod signin;
mod visit;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CONTENT_SECURITY_POLICY};
use askama::Template;
use serde_json::{Map, Value};

use super::error::Refusal;
use super::extract::call::Call;
use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::manage::Theme;

/// The one style of all pages, by its SHA-256, so that no other may slip in (CSP Level 3 §6.7.2).
const STYLE: &str = "'sha256-VGtw5w8udbW9QnGCCYOdU/Oh/pgi9df+cJTnn11y23Q='";

/// The one script of all pages, by its SHA-256: it presses the button of the page that hands a code over.
const SCRIPT: &str = "'sha256-ePniVEkSivX/c7XWBGafqh8tSpiRrKiqYeqbG7N1TOE='";

/// The address for a new password is asked for.
#[derive(Template)]
#[template(path = "ask.html")]
struct Ask<'a> {
    title: &'a str,
    place: &'a Theme,
    wrong: Option<&'a str>,
    asks_address: bool,
}

/// A new password is asked for.
#[derive(Template)]
#[template(path = "password.html")]
struct NewPassword<'a> {
    title: &'a str,
    place: &'a Theme,
    wrong: Option<&'a str>,
    token: &'a str,
}

/// Something is done by a button.
#[derive(Template)]
#[template(path = "act.html")]
struct Act<'a> {
    title: &'a str,
    place: &'a Theme,
    text: &'a str,
    button: &'a str,
    token: &'a str,
}

/// Something is told.
#[derive(Template)]
#[template(path = "notice.html")]
struct Notice<'a> {
    title: &'a str,
    place: &'a Theme,
    text: &'a str,
}

/// Who may show a page in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Framing {
    Nobody,
    /// The configured portals (Usergrid: its portal frames the page for forgotten passwords).
    Portals,
}

/// What came with a request to a page, from the query or the body.
struct Said {
    members: Map<String, Value>,
    token: Option<Secret>,
}

impl Said {
    fn read(call: &Call) -> Result<Self, Refusal> {
        let members = call.object_or_empty()?;
        let own = members.get("token").and_then(Value::as_str).map(str::to_owned);
        let token = own.or_else(|| call.query("token")).filter(|token| !token.is_empty()).map(Secret::new);
        Ok(Self { members, token })
    }

    /// A member of the body that is a text with something in it.
    fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }
}

/// Whether the caller is a program: it asks for JSON and not for HTML, or it speaks JSON itself.
fn wants_json(call: &Call) -> bool {
    let accepts = |kind: &str| {
        let given = call.request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
        given.flat_map(|value| value.split(',')).any(|part| part.trim().starts_with(kind))
    };
    !accepts("text/html") && (accepts("application/json") || call.speaks_json())
}

/// Whether a browser or a mail program fetches the link before anyone has asked it to.
fn is_prefetch(call: &Call) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        let value = call.request.headers().get(*name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| ["prefetch", "preview", "prerender"].iter().any(|word| value.contains(word)))
    })
}

/// How the pages of a place look.
fn theme_of(call: &Call, place: &Place) -> Theme {
    call.state.registry.theme(place)
}

/// How a page is sent.
struct Frame<'a> {
    status: StatusCode,
    framing: Framing,
    /// Where its forms may lead beside our own pages: sources of `form-action`.
    targets: &'a [String],
    /// Whether it has the one script.
    scripted: bool,
}

impl From<StatusCode> for Frame<'_> {
    fn from(status: StatusCode) -> Self {
        Self { status, framing: Framing::Nobody, targets: &[], scripted: false }
    }
}

/// A page as an answer. Nobody keeps it, and its address, which may hold a token, goes nowhere.
fn page(call: &Call, theme: &Theme, page: &impl Template, frame: &Frame<'_>) -> HttpResponse {
    let framers = match frame.framing {
        Framing::Nobody => "'none'",
        Framing::Portals => &call.state.pages.frame_ancestors,
    };
    let own_style = theme.style.as_ref().map(|(_, hash)| format!(" 'sha256-{hash}'")).unwrap_or_default();
    let script = if frame.scripted { format!("; script-src {SCRIPT}") } else { String::new() };
    let pictures = if theme.logo.is_some() { "; img-src data:" } else { "" };
    let targets: String = frame.targets.iter().map(|target| format!(" {target}")).collect();
    let policy = format!(
        "default-src 'none'; style-src {STYLE}{own_style}{script}{pictures}; form-action 'self'{targets}; \
         base-uri 'none'; frame-ancestors {framers}"
    );
    match page.render() {
        Ok(html) => HttpResponse::build(frame.status)
            .content_type("text/html; charset=utf-8")
            .insert_header((CONTENT_SECURITY_POLICY, policy))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use sha2::{Digest, Sha256};

    use super::*;

    fn named(name: &str) -> Theme {
        Theme { name: name.to_owned(), ..Theme::default() }
    }

    #[test]
    fn the_policy_names_the_style_that_the_pages_have() {
        let html = Notice { title: "<T>", place: &named("a/b"), text: "\"&'" }.render().unwrap();
        let (_, rest) = html.split_once("<style>").unwrap();
        let (style, rest) = rest.split_once("</style>").unwrap();
        let hash = STANDARD.encode(Sha256::digest(style));
        assert_eq!(STYLE, format!("'sha256-{hash}'"));
        assert!(rest.contains("&#60;T&#62;") && !html.contains("<T>"), "{rest}");
        assert!(!html.contains("<script") && !html.contains("style=") && html.contains("lang=\"en\""));
    }

    /// The relative luminance of a colour such as `#18181b` or `#fff` (WCAG 2.2).
    fn luminance(colour: &str) -> f64 {
        let digits = colour.trim_start_matches('#');
        let digits = if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
    }

    #[test]
    fn light_and_dark_have_the_contrast_that_readers_need() {
        let html = Notice { title: "t", place: &named("p"), text: "" }.render().unwrap();
        let schemes: Vec<&str> = html.split(":root{").skip(1).map(|rest| rest.split('}').next().unwrap()).collect();
        assert_eq!(schemes.len(), 2);
        for scheme in schemes {
            let colour = |name: &str| {
                let rest = scheme.split(&format!("--{name}:")).nth(1).unwrap();
                luminance(rest.split(';').next().unwrap())
            };
            // WCAG 2.2: text 4.5 to 1 (1.4.3), borders and the ring of the focus 3 to 1 (1.4.11).
            for (front, back, least) in [
                ("ink", "paper", 7.0),
                ("soft", "paper", 4.5),
                ("wrong", "paper", 4.5),
                ("on-accent", "accent", 4.5),
                ("on-accent", "hover", 4.5),
                ("accent", "paper", 4.5),
                ("line", "paper", 3.0),
            ] {
                let (one, other) = (colour(front) + 0.05, colour(back) + 0.05);
                let ratio = one.max(other) / one.min(other);
                assert!(ratio >= least, "{front} on {back}: {ratio:.2} in {scheme}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_the_field() {
        for html in [
            Ask { title: "t", place: &named("p"), wrong: Some("w"), asks_address: true }.render().unwrap(),
            NewPassword { title: "t", place: &named("p"), wrong: Some("w"), token: "x" }.render().unwrap(),
        ] {
            assert!(html.contains("role=\"alert\" id=\"wrong\">w<"), "{html}");
            for field in html.split("<input ").skip(1).filter(|field| !field.starts_with("type=\"hidden\"")) {
                let field = field.split('>').next().unwrap();
                assert!(field.contains("aria-invalid=\"true\" aria-describedby=\"wrong\""), "{field}");
            }
        }
    }

    #[test]
    fn every_field_of_a_form_has_a_label() {
        let forms = [
            Ask { title: "t", place: &named("p"), wrong: None, asks_address: true }.render().unwrap(),
            NewPassword { title: "t", place: &named("p"), wrong: Some("w"), token: "x" }.render().unwrap(),
        ];
        for html in forms {
            for field in html.split("<input ").skip(1).filter(|field| !field.starts_with("type=\"hidden\"")) {
                let id = field.split('"').nth(1).unwrap();
                assert!(html.contains(&format!("<label for=\"{id}\">")), "{id} in {html}");
            }
        }
    }
}
