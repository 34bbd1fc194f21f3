//! The two cookies of a place: who is signed in at a browser, and which browser a form was shown to. Each place has names
//! of its own, because a `__Host-` cookie is sent to every path (decision 0026): the cookie of one application is not
//! even looked at by another. *Spec*: RFC 6265bis §4.1.3, §5.6.

use actix_web::http::header::{COOKIE, HeaderValue};

use crate::domain::place::Place;
use crate::domain::secret::Secret;
use crate::http::extract::call::Call;

/// What a cookie says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// Who is signed in.
    Session,
    /// Which browser it is.
    Browser,
}

impl Cookie {
    /// *Shape*: `__Host-session-<tenant>`; without the prefix on plain http, where no browser would take it.
    fn name(self, call: &Call, place: &Place) -> String {
        let prefix = if is_secure(call) { "__Host-" } else { "" };
        let word = match self {
            Self::Session => "session",
            Self::Browser => "browser",
        };
        format!("{prefix}{word}-{}", place.tenant().uuid().simple())
    }

    /// The value that the browser sent; none where it sent two that differ, of which one may be planted.
    pub(super) fn read(self, call: &Call, place: &Place) -> Option<Secret> {
        let name = self.name(call, place);
        let lines = call.request.headers().get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let mut values = lines.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then_some(value)
        });
        let first = values.next()?;
        values.all(|other| other == first).then(|| Secret::new(first))
    }

    /// The header that sets it. It goes with the browser: the row knows when the session ends.
    pub(super) fn set(self, call: &Call, place: &Place, value: &Secret) -> Option<HeaderValue> {
        self.header(call, place, value.expose(), "")
    }

    /// The header that takes it back.
    pub(super) fn clear(self, call: &Call, place: &Place) -> Option<HeaderValue> {
        self.header(call, place, "", "; Max-Age=0")
    }

    fn header(self, call: &Call, place: &Place, value: &str, end: &str) -> Option<HeaderValue> {
        let secure = if is_secure(call) { "; Secure" } else { "" };
        let name = self.name(call, place);
        HeaderValue::try_from(format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}")).ok()
    }
}

fn is_secure(call: &Call) -> bool {
    call.state.base.as_str().starts_with("https:")
}
