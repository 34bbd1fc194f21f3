//! How an application looks at its pages: a name, a logo and colours, all of it checked when it is set, so that a page
//! can show it as it is. Nothing of it leads a browser to another server.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// *Units*: characters.
const NAME_MAX: usize = 60;
/// *Units*: bytes of the `data:` URL.
const LOGO_MAX: usize = 16_384;
/// Pictures that hold no script and lead nowhere.
const LOGO_KINDS: [&str; 4] =
    ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];
/// What the pages are written on, light and dark (`templates/style.css`).
const PAPER: Colour = Colour([0xff, 0xff, 0xff]);
const DARK_PAPER: Colour = Colour([0x18, 0x18, 0x1b]);
/// The least contrast of a colour with the paper (WCAG 2.2, 1.4.11).
const CONTRAST: f64 = 3.0;

/// How an application looks.
///
/// *Shape*: `{"name":"The Shop","logo":"data:image/png;base64,..","colours":{"accent":"#0a5c36","accent_dark":"#7fd6a8"}}`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    pub colours: Colours,
}

/// The colours of buttons and marks; what is not set is the server's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Colours {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<Colour>,
    /// The same for people who read light on dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent_dark: Option<Colour>,
}

/// A colour.
///
/// *Shape*: `#` and six hexadecimal digits, and nothing else that a style sheet might understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Colour([u8; 3]);

impl TryFrom<String> for Colour {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6);
        let digits = digits.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or("not a colour")?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl From<Colour> for String {
    fn from(Colour([red, green, blue]): Colour) -> Self {
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    /// WCAG 2.2, relative luminance.
    fn luminance(self) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(part);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(other) / one.min(other)
    }

    /// Black or white, whichever is read better on this colour; never below 4.5 to 1.
    fn ink(self) -> &'static str {
        if self.contrast(Self([0; 3])) > self.contrast(Self([0xff; 3])) { "#000" } else { "#fff" }
    }
}

impl Branding {
    /// Reads and checks what an administrator wants; `null` goes back to the server's own look.
    ///
    /// *Errors*: what `branding` must be, for a sentence that begins so.
    pub fn read(value: &Value) -> Result<Option<Self>, &'static str> {
        if value.is_null() {
            return Ok(None);
        }
        let read: Self = serde_json::from_value(value.clone())
            .ok()
            .ok_or("an object of name, logo and colours (accent and accent_dark, each as #rrggbb)")?;
        let is_name =
            |name: &String| (1..=NAME_MAX).contains(&name.chars().count()) && !name.contains(char::is_control);
        if !read.name.as_ref().is_none_or(is_name) {
            return Err("an object whose name has 1 to 60 characters");
        }
        if !read.logo.as_deref().is_none_or(is_logo) {
            return Err("an object whose logo is a data: URL of a PNG, JPEG, GIF or WebP of at most 16 KiB");
        }
        let is_seen = |colour: Option<Colour>, paper| colour.is_none_or(|colour| colour.contrast(paper) >= CONTRAST);
        if !is_seen(read.colours.accent, PAPER) || !is_seen(read.colours.accent_dark, DARK_PAPER) {
            return Err("an object whose colours stand out: accent 3 to 1 on white, accent_dark 3 to 1 on #18181b");
        }
        Ok(Some(read))
    }

    /// The style that is laid over that of all pages; `None` where no colour is set.
    pub fn style(&self) -> Option<String> {
        let scheme = |name: &str, colour: Option<Colour>| {
            let colour = colour?;
            let (accent, ink) = (String::from(colour), colour.ink());
            Some(format!(
                "@media(prefers-color-scheme:{name}){{:root{{--accent:{accent};--hover:{accent};--on-accent:{ink}}}}}"
            ))
        };
        let schemes = [scheme("light", self.colours.accent), scheme("dark", self.colours.accent_dark)];
        let style: String = schemes.into_iter().flatten().collect();
        (!style.is_empty()).then_some(style)
    }
}

fn is_logo(url: &str) -> bool {
    let data = LOGO_KINDS.iter().find_map(|kind| url.strip_prefix(kind));
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    url.len() <= LOGO_MAX && data.is_some_and(|data| !data.is_empty() && data.bytes().all(is_base64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_style_holds_colours_and_nothing_that_was_written() {
        let read =
            Branding::read(&json!({"colours": {"accent": "#0A5C36", "accent_dark": "#7fd6a8"}})).unwrap().unwrap();
        assert_eq!(
            read.style().unwrap(),
            "@media(prefers-color-scheme:light){:root{--accent:#0a5c36;--hover:#0a5c36;--on-accent:#fff}}\
             @media(prefers-color-scheme:dark){:root{--accent:#7fd6a8;--hover:#7fd6a8;--on-accent:#000}}"
        );
        assert_eq!(Branding::read(&json!({"name": "The Shop"})).unwrap().unwrap().style(), None);
        assert_eq!(Branding::read(&Value::Null), Ok(None));
    }

    #[test]
    fn what_a_page_could_not_show_safely_is_refused() {
        let long = "x".repeat(61);
        for bad in [
            json!("blue"),
            json!({"colours": {"accent": "red"}}),
            json!({"colours": {"accent": "#fff}body{display:none"}}),
            json!({"colours": {"accent": "#abc"}}),
            json!({"colours": {"accent": "#+12345"}}),
            json!({"colours": {"accent": "#ffffff"}}),
            json!({"colours": {"accent_dark": "#000000"}}),
            json!({"colours": {"ink": "#000000"}}),
            json!({"name": ""}),
            json!({"name": "a\nb"}),
            json!({"name": long}),
            json!({"logo": "https://cdn.example/logo.png"}),
            json!({"logo": "data:image/svg+xml;base64,AAAA"}),
            json!({"logo": "data:image/png;base64,\"><script>"}),
            json!({"logo": format!("data:image/png;base64,{}", "A".repeat(16_384))}),
            json!({"script": "x"}),
        ] {
            assert!(Branding::read(&bad).is_err(), "{bad}");
        }
        assert!(Branding::read(&json!({"logo": "data:image/png;base64,iVBORw0KGgo="})).is_ok());
    }
}
