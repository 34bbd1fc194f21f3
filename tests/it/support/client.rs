//! Callers: each speaks HTTP with one kind of credentials.

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::{Request, Response};

/// A caller. Clones with other credentials are made by `bearer` and `basic`.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    authorization: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
    /// The body as JSON; `null` when it is not.
    pub json: Value,
}

impl Client {
    pub fn new(base: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: config.into(), base: base.to_owned(), authorization: None }
    }

    pub fn bearer(&self, token: &str) -> Self {
        Self { authorization: Some(format!("Bearer {token}")), ..self.clone() }
    }

    pub fn basic(&self, id: &str, secret: &str) -> Self {
        use base64::Engine;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
        Self { authorization: Some(format!("Basic {pair}")), ..self.clone() }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None, "")
    }

    /// A GET with a form as its body, which nobody is to read.
    pub fn get_with_body(&self, path: &str, body: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.base));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let request = match &self.authorization {
            Some(value) => request.header("authorization", value),
            None => request,
        };
        Answer::read(request.force_send_body().send(body).unwrap())
    }

    pub fn form(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, Some("application/x-www-form-urlencoded"), body)
    }

    pub fn json(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some("application/json"), &body.to_string())
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some("application/json"), &body.to_string())
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None, "")
    }

    /// Any request. A body is sent only when there is one.
    pub fn send(&self, method: &str, path: &str, content_type: Option<&str>, body: &str) -> Answer {
        self.send_with(method, path, content_type, body, &[])
    }

    /// As `send`, with further headers.
    #[expect(clippy::too_many_arguments, reason = "all that a request is made of")]
    pub fn send_with(
        &self,
        method: &str,
        path: &str,
        content_type: Option<&str>,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.base));
        if let Some(value) = &self.authorization {
            request = request.header("authorization", value);
        }
        if let Some(value) = content_type {
            request = request.header("content-type", value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = if body.is_empty() && method != "POST" && method != "PUT" {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body.to_owned()).unwrap())
        };
        Answer::read(sent.unwrap_or_else(|cause| panic!("{method} {path}: {cause}")))
    }

    /// Signs in with a password, in JSON as Usergrid's clients do.
    pub fn sign_in(&self, place: &str, username: &str, password: &str) -> Answer {
        let body = json!({ "grant_type": "password", "username": username, "password": password });
        self.json(&format!("{place}/token"), &body)
    }

    /// Asks for a token with a client pair, as a form.
    pub fn client_token(&self, place: &str, id: &str, secret: &str) -> Answer {
        let body = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        self.form(&format!("{place}/token"), &body)
    }
}

impl Answer {
    fn read(mut response: Response<ureq::Body>) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.body_mut().read_to_string().unwrap_or_default();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, json }
    }

    /// A member that must be a string; empty when it is not.
    pub fn text_of(&self, member: &str) -> &str {
        self.json[member].as_str().unwrap_or_default()
    }

    /// The body, with the same word in place of the trace, which is new in every refusal.
    pub fn less_trace(&self) -> String {
        match self.json["trace_id"].as_str() {
            Some(trace) => self.text.replace(trace, "TRACE"),
            None => self.text.clone(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn error(&self) -> (u16, &str) {
        (self.status, self.text_of("error"))
    }

    /// The access token of a successful answer.
    pub fn token(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.text_of("access_token").to_owned()
    }
}
