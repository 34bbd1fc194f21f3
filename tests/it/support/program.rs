//! The real program as a process: its commands, run to their end, and its server, until it is told to stop or killed.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::client::Client;
use super::database::Database;
use super::server::MASTER_KEY;

/// How long anything may take that a process does beside us.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The program over a folder of its own, with nothing of this process's environment.
pub struct Program {
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
    database: Option<Database>,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Program {
    /// Over the embedded database and a key file, as a newcomer has it.
    pub fn embedded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = vec![
            ("TOKENGRID_METRICS__LISTEN", "off".to_owned()),
            ("TOKENGRID_PASSWORDS__BCRYPT_COST", "4".to_owned()),
            ("TOKENGRID_LOGGING__FORMAT", "json".to_owned()),
            ("TOKENGRID_DATABASE__POOL_SIZE", "4".to_owned()),
        ];
        Self { folder, variables, database: None }
    }

    /// Over a database of the kind that this run tests.
    pub fn fresh() -> Self {
        Self::over(Database::fresh)
    }

    /// Over a database of the kind that this run tests, before its first migration.
    pub fn bare() -> Self {
        Self::over(Database::bare)
    }

    fn over(make: fn(&Path) -> Database) -> Self {
        let mut program = Self::embedded();
        let database = make(program.folder.path());
        program = program.set("TOKENGRID_DATABASE__URL", &database.url);
        program = program.set("TOKENGRID_SECURITY__MASTER_KEYS", MASTER_KEY);
        Self { database: Some(database), ..program }
    }

    /// Takes the database away from whoever uses it.
    pub fn lose_database(&mut self) {
        self.database = None;
    }

    /// With an environment variable; the last of one name counts.
    pub fn set(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    /// Where it keeps its files unless it is told otherwise.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A file beside the data, for a test's own use.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tokengrid"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command with something to read from standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A command that was refused before it read anything has closed its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap().into()
    }

    /// What a command that must succeed says with `--json`.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.err);
        serde_json::from_str(&ended.out).unwrap_or_else(|cause| panic!("{cause}: {}", ended.out))
    }

    /// Starts `serve` on a free port and waits until it answers.
    pub fn serve(&self, arguments: &[&str]) -> Serving {
        let given = if arguments.contains(&"--listen") { &[][..] } else { &["--listen", "127.0.0.1:0"] };
        let mut child = self.command(&[&["serve"], arguments, given].concat()).spawn().unwrap();
        let (said, events) = channel();
        let errors = child.stderr.take().unwrap();
        thread::spawn(move || {
            BufReader::new(errors).lines().map_while(Result::ok).try_for_each(|line| said.send(line))
        });
        let (told, lines) = channel();
        let out = child.stdout.take().unwrap();
        thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        let mut serving =
            Serving { child, address: String::new(), metrics: String::new(), events, log: Vec::new(), lines };
        let started = serving.event("serving");
        serving.address = started["bound"].as_str().unwrap().to_owned();
        serving.metrics = started["metrics"].as_str().unwrap_or_default().to_owned();
        serving
    }
}

impl Ended {
    /// The one line that a refused command says.
    pub fn fault(&self) -> &str {
        let line = self.err.strip_prefix("tokengrid: ").unwrap_or_else(|| panic!("no fault: {self:?}"));
        let line = line.strip_suffix('\n').unwrap();
        assert!(!line.contains('\n'), "more than a line: {line}");
        assert_eq!(self.out, "");
        line
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A server process. It is killed when it is dropped.
pub struct Serving {
    child: Child,
    pub address: String,
    /// Where metrics are served, if they are.
    pub metrics: String,
    events: Receiver<String>,
    log: Vec<String>,
    /// What it prints on standard output.
    pub lines: Receiver<String>,
}

impl Serving {
    pub fn client(&self) -> Client {
        Client::new(&format!("http://{}", self.address))
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the log line with this message.
    pub fn event(&mut self, message: &str) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let line = self.events.recv_timeout(left).unwrap_or_else(|_| panic!("no {message}: {:#?}", self.log));
            self.log.push(line);
            let event: Value = serde_json::from_str(self.log.last().unwrap()).unwrap_or_default();
            if event["message"] == message {
                return event;
            }
        }
    }

    /// Ends it as a power cut would: no handler of its own runs.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as a service manager does.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the server ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Stops it and returns all that it logged.
    pub fn stop(mut self) -> Vec<String> {
        self.terminate();
        assert_eq!(self.ended().code(), Some(0));
        let rest: Vec<String> = self.events.iter().collect();
        [std::mem::take(&mut self.log), rest].concat()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again until it is so.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "not in time: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// What a pasted line answers, as JSON.
pub fn pasted(line: &str) -> Value {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let output = Command::new("bash").args(["-c", line]).env_clear().env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{line}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{line}\n{}", String::from_utf8_lossy(&output.stdout)))
}

/// A file's permission bits.
pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
