//! How the pages of a place look, and what lets a browser believe it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Registry;
use crate::crypto::digest::sha256;
use crate::domain::place::Place;

/// What is laid over the look of all pages.
#[derive(Clone, Debug, Default)]
pub struct Theme {
    /// How the place is called.
    pub name: String,
    /// A `data:` URL.
    pub logo: Option<String>,
    /// A style sheet of its own, and its SHA-256 for the page's policy (CSP Level 3 §6.7.2).
    pub style: Option<(String, String)>,
}

impl Registry {
    /// How the pages of a place look.
    pub fn theme(&self, place: &Place) -> Theme {
        let Place::App { org, app } = place else {
            return Theme { name: "Tokengrid".to_owned(), ..Theme::default() };
        };
        let plain = format!("{}/{}", org.name, app.name);
        let Some(branding) = &app.settings.branding else { return Theme { name: plain, ..Theme::default() } };
        let hashed = |style: String| {
            let hash = STANDARD.encode(sha256(&style).0);
            (style, hash)
        };
        Theme {
            name: branding.name.clone().unwrap_or(plain),
            logo: branding.logo.clone(),
            style: branding.style().map(hashed),
        }
    }
}
