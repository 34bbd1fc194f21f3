//! An authorization request that was read, checked and found to be its client's. Pages keep it, sealed, between their
//! steps. *Spec*: RFC 6749 §4.1.1; OpenID Connect Core §3.1.2.1.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::AuthorizeError;
use super::redirect::ResponseMode;
use crate::domain::authority::Principal;
use crate::domain::id::RegisteredId;
use crate::domain::scope::{OPENID, Scopes};
use crate::domain::token::SignInEvent;

/// What the client wants the person to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing at all.
    None,
    Login,
    Consent,
    SelectAccount,
}

impl Prompt {
    /// Every prompt, for metadata.
    pub const ALL: [Self; 4] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount];

    /// The registered name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }

    /// Reads a `prompt`. `none` stands alone (OpenID Connect Core §3.1.2.1).
    pub(super) fn parse_all(text: &str) -> Option<BTreeSet<Self>> {
        let read = |word: &str| Self::ALL.into_iter().find(|prompt| prompt.as_str() == word);
        let prompts: BTreeSet<Self> = text.split(' ').map(read).collect::<Option<_>>()?;
        (prompts.len() == 1 || !prompts.contains(&Self::None)).then_some(prompts)
    }
}

/// A request of a client for a code.
///
/// *Units*: `opened` is UTC seconds, `max_age` seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    pub client: RegisteredId,
    /// As the client wrote it; for a loopback address its port may be another than the registered one.
    pub redirect_uri: String,
    /// Whether the request named it: then the token request may be asked to repeat it (RFC 6749 §4.1.3).
    pub redirect_named: bool,
    pub scopes: Scopes,
    pub state: Option<String>,
    pub nonce: Option<String>,
    /// The `code_challenge`, by S256; `None` only for a client that need not bring one.
    pub challenge: Option<String>,
    pub mode: ResponseMode,
    pub prompts: BTreeSet<Prompt>,
    pub max_age: Option<u64>,
    pub login_hint: Option<String>,
    /// The `sub` of the `id_token_hint`: the one person who may answer, by the name that this client knows.
    pub hint: Option<String>,
    pub acr_values: Vec<String>,
    /// RFC 8707.
    pub resources: Vec<String>,
    /// The thumbprint of the key that the code will be bound to (RFC 9449 §10).
    pub dpop_jkt: Option<String>,
    pub ui_locales: Vec<String>,
    /// When it was opened.
    pub opened: i64,
    /// The browser's session that was begun for it, once a person has signed in at its pages.
    pub begun: Option<Uuid>,
}

/// Who is signed in at a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// A user of the place's application, or an admin at the management plane.
    pub principal: Principal,
    /// The browser's session.
    pub session: Uuid,
    pub event: SignInEvent,
}

/// What has to happen before a request can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A person signs in, or once more.
    SignIn,
    /// The person says which account it is to be.
    SelectAccount,
    /// The person is asked what the client may.
    Consent,
    /// Nothing: the request may be approved.
    Approve,
}

impl AuthorizationRequest {
    /// Whether it is one of OpenID Connect.
    pub fn is_openid(&self) -> bool {
        self.scopes.contains(OPENID)
    }

    /// Whether the client wants this asked.
    pub fn wants(&self, prompt: Prompt) -> bool {
        self.prompts.contains(&prompt)
    }

    /// The request without a prompt that the person has answered.
    pub fn answered(mut self, prompt: Prompt) -> Self {
        self.prompts.remove(&prompt);
        self
    }

    /// The request after a person signed in for it, whose session is a new one.
    pub fn begun_by(self, session: Uuid) -> Self {
        let answered = self.answered(Prompt::Login).answered(Prompt::SelectAccount);
        Self { begun: Some(session), ..answered }
    }

    /// The next step, by whom the browser is signed in as and whether they allowed the client all of this before.
    /// `is_hinted` is whether they are the person of the `id_token_hint`.
    pub(super) fn next(
        &self,
        seen: Option<&SignedIn>,
        is_hinted: bool,
        is_allowed: bool,
    ) -> Result<Step, AuthorizeError> {
        let is_silent = self.wants(Prompt::None);
        let ask = |step, cause| if is_silent { Err(cause) } else { Ok(step) };
        let Some(seen) = seen.filter(|seen| self.is_fresh(seen)) else {
            return ask(Step::SignIn, AuthorizeError::LoginRequired);
        };
        if !is_hinted {
            // Whoever signed in for this very request is not the one who was meant, and would not become so by asking.
            let is_asked = self.begun == Some(seen.session);
            return if is_asked {
                Err(AuthorizeError::LoginRequired)
            } else {
                ask(Step::SignIn, AuthorizeError::LoginRequired)
            };
        }
        if self.wants(Prompt::SelectAccount) {
            return Ok(Step::SelectAccount);
        }
        if !is_allowed || self.wants(Prompt::Consent) {
            return ask(Step::Consent, AuthorizeError::ConsentRequired);
        }
        Ok(Step::Approve)
    }

    /// Whether the sign-in is as recent as the client asks.
    pub(super) fn is_fresh(&self, seen: &SignedIn) -> bool {
        if self.begun == Some(seen.session) {
            return true;
        }
        let age = u64::try_from(self.opened.saturating_sub(seen.event.auth_time)).unwrap_or(0);
        // A `max_age` of 0 asks for a sign-in, too (OpenID Connect Core §3.1.2.1).
        !self.wants(Prompt::Login) && self.max_age.is_none_or(|max| max > 0 && age <= max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AdminId;

    const OPENED: i64 = 1_000_000;

    fn request(prompt: Option<&str>, max_age: Option<u64>) -> AuthorizationRequest {
        AuthorizationRequest {
            client: RegisteredId::new(Uuid::nil()),
            redirect_uri: "https://app.example/cb".to_owned(),
            redirect_named: true,
            scopes: Scopes::default(),
            state: None,
            nonce: None,
            challenge: None,
            mode: ResponseMode::Query,
            prompts: prompt.map(|text| Prompt::parse_all(text).unwrap()).unwrap_or_default(),
            max_age,
            login_hint: None,
            hint: None,
            acr_values: Vec::new(),
            resources: Vec::new(),
            dpop_jkt: None,
            ui_locales: Vec::new(),
            opened: OPENED,
            begun: None,
        }
    }

    fn seen(seconds_ago: i64) -> SignedIn {
        SignedIn {
            principal: Principal::Admin { admin: AdminId::SUPERUSER },
            session: Uuid::from_u128(7),
            event: SignInEvent { auth_time: OPENED - seconds_ago, ..SignInEvent::default() },
        }
    }

    #[derive(Clone, Copy)]
    struct Case<'a> {
        prompt: Option<&'a str>,
        max_age: Option<u64>,
        /// How long ago whoever is signed in did so.
        seen: Option<i64>,
        is_allowed: bool,
    }

    fn step(case: Case<'_>) -> Result<Step, &'static str> {
        let seen = case.seen.map(seen);
        let next = request(case.prompt, case.max_age).next(seen.as_ref(), true, case.is_allowed);
        next.map_err(|cause| cause.code())
    }

    #[test]
    fn s3_1_2_3_prompts_and_ages_decide_the_next_step() {
        let plain = Case { prompt: None, max_age: None, seen: Some(10), is_allowed: true };
        let cases = [
            (plain, Ok(Step::Approve)),
            (Case { seen: None, ..plain }, Ok(Step::SignIn)),
            (Case { is_allowed: false, ..plain }, Ok(Step::Consent)),
            (Case { prompt: Some("none"), ..plain }, Ok(Step::Approve)),
            (Case { prompt: Some("none"), seen: None, ..plain }, Err("login_required")),
            (Case { prompt: Some("none"), is_allowed: false, ..plain }, Err("consent_required")),
            (Case { prompt: Some("none"), max_age: Some(9), ..plain }, Err("login_required")),
            (Case { prompt: Some("login"), ..plain }, Ok(Step::SignIn)),
            (Case { prompt: Some("login"), seen: Some(0), ..plain }, Ok(Step::SignIn)),
            (Case { prompt: Some("consent"), ..plain }, Ok(Step::Consent)),
            (Case { prompt: Some("consent login"), ..plain }, Ok(Step::SignIn)),
            (Case { prompt: Some("select_account"), ..plain }, Ok(Step::SelectAccount)),
            (Case { prompt: Some("select_account consent"), seen: None, ..plain }, Ok(Step::SignIn)),
            (Case { max_age: Some(10), ..plain }, Ok(Step::Approve)),
            (Case { max_age: Some(9), ..plain }, Ok(Step::SignIn)),
            (Case { max_age: Some(0), seen: Some(0), ..plain }, Ok(Step::SignIn)),
            (Case { max_age: Some(u64::MAX), ..plain }, Ok(Step::Approve)),
        ];
        for (at, (case, expected)) in cases.into_iter().enumerate() {
            assert_eq!(step(case), expected, "case {at}");
        }
    }

    #[test]
    fn a_sign_in_for_the_request_answers_login_max_age_and_the_choice_of_an_account() {
        for (prompt, max_age) in [(Some("login"), None), (None, Some(0)), (Some("select_account login"), Some(5))] {
            let begun = request(prompt, max_age).begun_by(Uuid::from_u128(7));
            assert_eq!(begun.next(Some(&seen(0)), true, true).unwrap(), Step::Approve, "{prompt:?}");
        }
        let begun = request(Some("login consent"), None).begun_by(Uuid::from_u128(7));
        assert_eq!(begun.next(Some(&seen(0)), true, true).unwrap(), Step::Consent);
        let asked = begun.answered(Prompt::Consent);
        assert_eq!(asked.next(Some(&seen(0)), true, true).unwrap(), Step::Approve);
        // Another session than the one that was begun has answered nothing but its age.
        let other = request(None, Some(0)).begun_by(Uuid::from_u128(8));
        assert_eq!(other.next(Some(&seen(0)), true, true).unwrap(), Step::SignIn);
    }

    #[test]
    fn another_person_than_the_hinted_one_is_asked_to_sign_in_once() {
        let next =
            |request: AuthorizationRequest| request.next(Some(&seen(1)), false, true).map_err(|cause| cause.code());
        assert_eq!(next(request(None, None)), Ok(Step::SignIn));
        assert_eq!(next(request(Some("none"), None)), Err("login_required"));
        assert_eq!(next(request(None, None).begun_by(Uuid::from_u128(7))), Err("login_required"));
    }

    #[test]
    fn prompts_are_known_words_and_none_stands_alone() {
        assert!(Prompt::parse_all("login consent login").is_some_and(|prompts| prompts.len() == 2));
        for bad in ["none login", "nobody", "login  consent", "Login", " login"] {
            assert!(Prompt::parse_all(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_request_survives_being_kept() {
        let full = AuthorizationRequest {
            state: Some("s".to_owned()),
            resources: vec!["https://api.example".to_owned()],
            mode: ResponseMode::FormPost,
            ..request(Some("login consent"), Some(60)).begun_by(Uuid::from_u128(1))
        };
        let kept = serde_json::to_string(&full).unwrap();
        assert_eq!(serde_json::from_str::<AuthorizationRequest>(&kept).unwrap(), full);
    }
}
