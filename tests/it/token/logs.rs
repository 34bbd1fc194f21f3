//! What the server writes about token requests: enough to follow them, and never a credential.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread::JoinHandle;
use std::time::Duration;

use super::form;
use crate::support::Client;

/// The server as it is shipped, in a process of its own, with everything logged that can be.
struct Process {
    child: Child,
    log: JoinHandle<String>,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl Process {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_tokengrid"))
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .env("TOKENGRID_LOGGING__LEVEL", "trace")
            .env("TOKENGRID_METRICS__LISTEN", "off")
            .env("TOKENGRID_PASSWORDS__BCRYPT_COST", "4")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (log, serving) = follow(child.stderr.take().unwrap());
        let address = serving.recv_timeout(Duration::from_secs(60)).expect("the server comes up");
        Self { child, log, address, _folder: folder }
    }

    /// All that it wrote until now.
    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.log.join().unwrap()
    }
}

/// Collects the log, and says where the server listens as soon as the log says so.
fn follow(stderr: impl Read + Send + 'static) -> (JoinHandle<String>, Receiver<SocketAddr>) {
    let (found, serving) = mpsc::channel();
    let collect = move || {
        let mut log = String::new();
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let bound = line.split(' ').find_map(|word| word.strip_prefix("bound="));
            if let Some(address) = bound.and_then(|text| text.parse().ok()) {
                let _ = found.send(address);
            }
            log.push_str(&line);
            log.push('\n');
        }
        log
    };
    (std::thread::spawn(collect), serving)
}

/// Credentials that stand out, right ones and wrong ones, in every place that a request has.
fn ask_in_every_way(base: &str) -> Vec<String> {
    let guest = Client::new(base);
    let path = "/my-org/my-app/token";
    let answer = guest.sign_in("/my-org/my-app", "john.doe", "testpw");
    let (access, refresh) = (answer.token(), super::successor(&answer));
    let admin = guest.sign_in("/management", "testadmin", "testadminpw").token();
    let secrets: Vec<String> =
        ["hunter2-password", "hunter2-secret", "hunter2-bearer", "hunter2-token"].map(str::to_owned).to_vec();

    let wrong = [
        form(&[("grant_type", "password"), ("username", "john.doe"), ("password", &secrets[0])]),
        form(&[("grant_type", "client_credentials"), ("client_id", "x"), ("client_secret", &secrets[1])]),
        form(&[("grant_type", "refresh_token"), ("refresh_token", &secrets[3])]),
        form(&[("grant_type", "nonsense"), ("access_token", &secrets[2]), ("token", &secrets[3])]),
        format!("password={}&password={}", secrets[0], secrets[0]),
        format!("password={}%00", secrets[0]),
        format!("ttl={}&grant_type=password&username=x&password=y", secrets[3]),
        format!("callback={}(&password={}", secrets[3], secrets[0]),
    ];
    for parameters in &wrong {
        guest.form(path, parameters);
        guest.get(&format!("{path}?{parameters}"));
        guest.get(&format!("/nowhere/{path}?{parameters}"));
        guest.send("DELETE", &format!("{path}?{parameters}"), None, "");
        guest.basic("hunter", &secrets[1]).get(&format!("{path}?{parameters}"));
        guest.bearer(&secrets[2]).get(&format!("/management/me?{parameters}"));
    }
    let query = form(&[("grant_type", "refresh_token"), ("refresh_token", &refresh)]);
    assert_eq!(guest.get(&format!("{path}?{query}")).status, 200);
    assert_eq!(guest.get(&format!("/my-org/my-app/users/me?access_token={access}")).status, 200);
    assert_eq!(guest.get(&format!("/management/token?access_token={admin}")).status, 200);
    let query = form(&[("grant_type", "password"), ("username", "john.doe"), ("password", "testpw")]);
    assert_eq!(guest.get(&format!("{path}?{query}")).status, 200);

    let used = [access, refresh, admin, "testpw".to_owned(), "testadminpw".to_owned()];
    secrets.into_iter().chain(used).collect()
}

#[test]
fn no_credential_reaches_the_log_even_at_its_most_talkative() {
    let process = Process::start();
    let secrets = ask_in_every_way(&format!("http://{}", process.address));
    let log = process.stop();
    // The requests are there: the log was not merely silent.
    assert!(log.contains("route=\"/{org}/{app}/token\""), "{log}");
    assert!(log.matches("tokengrid::access").count() > 40, "{log}");
    assert!(log.contains("wrong password"), "a refusal names its cause");
    assert!(log.contains(" TRACE ") || log.contains("TRACE "), "trace is on");
    for secret in &secrets {
        let lines: Vec<&str> = log.lines().filter(|line| line.contains(secret.as_str())).collect();
        assert_eq!(lines, Vec::<&str>::new(), "{secret}");
    }
    // Nor in the form in which Basic carries them: "hunter:hunter2-secret".
    assert!(!log.contains("aHVudGVy"), "Basic in base64");
}
