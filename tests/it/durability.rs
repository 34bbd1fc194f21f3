//! Kill -9 at any moment: whatever was answered before it holds after a restart on the same data.
//!
//! Every worker knows what it was promised. A request that was under way at the kill promised nothing: it may have
//! happened or not, and the worker accepts both, but nothing else.

use std::sync::mpsc::{Sender, channel};
use std::thread;

use serde_json::{Value, json};
use ureq::Error;

use crate::support::{PATIENCE, Program, Serving};

const ROUNDS: u32 = 6;
const APPS: [&str; 3] = ["shop", "desk", "mail"];
const PASSWORD: &str = "correct horse";

/// What one worker was promised.
#[derive(Default)]
struct Promises {
    /// The newest refresh token of each session, and the access token that came with it.
    sessions: Vec<(String, String)>,
    revoked: Vec<String>,
    secret: String,
    /// A rotation of the secret was under way at the end.
    is_rotating: bool,
}

/// One application's user, admin and client, whose server may go at any moment.
struct Worker<'a> {
    app: &'static str,
    client_id: &'a str,
    base: String,
    agent: ureq::Agent,
    promises: Promises,
    acknowledged: &'a Sender<()>,
}

impl Worker<'_> {
    /// Sends one request; `None` when the server went before it answered.
    fn post(&self, path: &str, token: &str, body: &Value) -> Option<Value> {
        let url = format!("{}{path}", self.base);
        let request = self.agent.post(&url).header("authorization", format!("Bearer {token}"));
        let answered = if token.is_empty() { self.agent.post(&url).send_json(body) } else { request.send_json(body) };
        match answered {
            Ok(mut response) => {
                // The head alone is no acknowledgement: the body holds what was promised.
                let body: Value = response.body_mut().read_json().ok()?;
                let _ = self.acknowledged.send(());
                Some(body)
            }
            Err(Error::StatusCode(status)) => panic!("{path} was refused with {status} before the kill"),
            Err(_) => None,
        }
    }

    fn place(&self) -> String {
        format!("/acme/{}", self.app)
    }

    fn grant(&self, body: &Value) -> Option<(String, String)> {
        let answer = self.post(&format!("{}/token", self.place()), "", body)?;
        let member = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        Some((member("refresh_token"), member("access_token")))
    }

    /// Works until the server is gone.
    fn work(mut self) -> Promises {
        while self.step().is_some() {}
        self.promises
    }

    fn step(&mut self) -> Option<()> {
        let password = json!({ "grant_type": "password", "username": "ann", "password": PASSWORD });
        let session = self.grant(&password)?;
        self.promises.sessions.push(session.clone());
        let mut head = session.0;
        for _ in 0..2 {
            let next = self.grant(&json!({ "grant_type": "refresh_token", "refresh_token": head }))?;
            head.clone_from(&next.0);
            *self.promises.sessions.last_mut().unwrap() = next;
        }
        let (_, token) = self.grant(&password)?;
        self.post(&format!("{}/users/ann/revoketoken?token={token}", self.place()), &token, &json!({}))?;
        self.promises.revoked.push(token);
        self.rotate()
    }

    fn rotate(&mut self) -> Option<()> {
        let client = |secret: &str| json!({ "grant_type": "client_credentials", "client_id": self.client_id, "client_secret": secret });
        let (_, token) = self.grant(&client(&self.promises.secret))?;
        self.promises.is_rotating = true;
        let rotated = self.post(&format!("{}/credentials", self.place()), &token, &json!({}));
        let secret = rotated?["credentials"]["client_secret"].as_str().unwrap().to_owned();
        self.promises.secret = secret;
        self.promises.is_rotating = false;
        Some(())
    }
}

/// Checks every promise of one application on the restarted server, and returns the secret that works now.
fn keeps(program: &Program, serving: &Serving, app: &str, (id, promised): (&str, &Promises)) -> String {
    let place = format!("/acme/{app}");
    let client = serving.client();
    for (refresh, access) in &promised.sessions {
        let me = client.bearer(access).get(&format!("{place}/users/me"));
        assert_eq!(me.status, 200, "an acknowledged access token: {}", me.text);
        // The head, or the predecessor of a head that nobody heard of: an honest retry.
        let used = client.form(&format!("{place}/token"), &format!("grant_type=refresh_token&refresh_token={refresh}"));
        assert_eq!(used.status, 200, "an acknowledged refresh token: {}", used.text);
    }
    for token in &promised.revoked {
        let me = client.bearer(token).get(&format!("{place}/users/me"));
        assert_eq!(me.status, 401, "a revoked token: {}", me.text);
    }
    let stored = program.json(&["credentials", &place[1..]])["client_secret"].as_str().unwrap().to_owned();
    assert_eq!(client.client_token(&place, id, &stored).status, 200, "what is stored is what is checked");
    let is_kept = client.client_token(&place, id, &promised.secret).status == 200;
    assert!(is_kept || promised.is_rotating, "an acknowledged secret is refused");
    assert_eq!(is_kept, stored == promised.secret);
    stored
}

#[test]
fn what_was_acknowledged_before_a_kill_holds_after_a_restart() {
    let program = Program::fresh()
        .set("TOKENGRID_SERVER__BASE_URL", "http://tokengrid.test")
        .set("TOKENGRID_TOKENS__REFRESH_RETRY_WINDOW_SECONDS", "300");
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let mut clients: Vec<(String, String)> = Vec::new();
    for app in APPS {
        let path = format!("acme/{app}");
        let made = program.json(&["app", "create", &path]);
        let member = |name: &str| made["credentials"][name].as_str().unwrap().to_owned();
        clients.push((member("client_id"), member("client_secret")));
        let user = ["user", "create", &path, "--username", "ann", "--email", "ann@example.test", "--password-stdin"];
        assert_eq!(program.run_with(&user, PASSWORD).code, Some(0));
    }

    let mut serving = program.serve(&[]);
    for round in 0..ROUNDS {
        let (acknowledged, answers) = channel();
        // Another number of answers in each run and round, so that the kill meets every kind of request in time.
        let kill_after = 30 + std::process::id() % 41 + round * 13 % 29;
        let all = thread::scope(|scope| {
            let workers: Vec<_> = APPS
                .iter()
                .zip(&clients)
                .map(|(app, (client_id, secret))| {
                    let promises = Promises { secret: secret.clone(), ..Promises::default() };
                    let base = format!("http://{}", serving.address);
                    let agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
                    let worker = Worker { app, client_id, base, agent, promises, acknowledged: &acknowledged };
                    scope.spawn(|| worker.work())
                })
                .collect();
            for _ in 0..kill_after {
                answers.recv_timeout(PATIENCE).expect("the workers are answered");
            }
            serving.kill();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
        });
        let sessions: usize = all.iter().map(|promises| promises.sessions.len()).sum();
        assert!(sessions >= 3, "a round of {kill_after} answers promised no more than {sessions} sessions");
        serving = program.serve(&[]);
        for ((app, (id, secret)), promised) in APPS.iter().zip(&mut clients).zip(&all) {
            *secret = keeps(&program, &serving, app, (id, promised));
        }
    }
}
