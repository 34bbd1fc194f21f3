//! The documents keep their word: their commands are run as they stand, by bash, against the real binary and its
//! demonstration on SQLite.
//!
//! A block that opens with "```sh,run" is run; the blocks of a file share one shell, in order. The next "```json" block
//! before another command shows the answer: every member that it shows must be there with the same value. A text that
//! ends with `…` shows only how the value begins.

mod links;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_tokengrid");
/// Between the outputs of two commands.
const SEPARATOR: &str = "=== next command ===";

struct Example {
    line: usize,
    command: String,
    answer: Option<String>,
}

/// The commands of a document, each with the answer that it shows.
fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, fence)) = lines.next() {
        let Some(kind) = fence.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        match (kind, examples.last_mut()) {
            ("sh,run", _) => examples.push(Example { line, command: block.join("\n"), answer: None }),
            ("json", Some(last)) if last.answer.is_none() => last.answer = Some(block.join("\n")),
            _ => {}
        }
    }
    examples
}

/// Whether `answer` has everything that `shown` shows.
fn shows(shown: &Value, answer: &Value) -> bool {
    match (shown, answer) {
        (Value::Object(shown), Value::Object(answer)) => {
            shown.iter().all(|(name, shown)| answer.get(name).is_some_and(|answer| shows(shown, answer)))
        }
        (Value::Array(shown), Value::Array(answer)) => {
            shown.len() == answer.len() && shown.iter().zip(answer).all(|(shown, answer)| shows(shown, answer))
        }
        (Value::String(shown), Value::String(answer)) => {
            shown.strip_suffix('…').map_or(shown == answer, |start| answer.starts_with(start))
        }
        _ => shown == answer,
    }
}

/// `tokengrid serve --demo` in a folder of its own.
struct Demo {
    process: Child,
    address: String,
    folder: TempDir,
}

impl Demo {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = settle(Command::new(BINARY), folder.path())
            .args(["serve", "--demo", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let greeting = BufReader::new(process.stdout.take().unwrap()).lines().next();
        let greeting = greeting.expect("the server greets").unwrap();
        let (_, rest) = greeting.split_once("http://").expect("the greeting names the URL");
        let address = rest.split(". ").next().unwrap_or_default().to_owned();
        Self { process, address, folder }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// The surroundings of every process here: its own folder, no configuration of the caller's, cheap passwords.
fn settle(mut command: Command, folder: &Path) -> Command {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOKENGRID_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).env("TOKENGRID_METRICS__LISTEN", "off").env("TOKENGRID_PASSWORDS__BCRYPT_COST", "4");
    command
}

fn every_command_works(document: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(document);
    let examples = examples(&std::fs::read_to_string(path).unwrap());
    assert!(!examples.is_empty(), "{document} shows no command to run");
    let demo = Demo::start();
    let mut script = String::from("set -euo pipefail\n");
    for Example { command, .. } in &examples {
        script.push_str(&format!("{command}\nprintf '\\n%s\\n' '{SEPARATOR}'\n"));
    }
    let script = script.replace("127.0.0.1:8080", &demo.address);
    let programs = Path::new(BINARY).parent().unwrap().display();
    let search = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let output = settle(Command::new("bash"), demo.folder.path()).args(["-c", &script]).env("PATH", search).output();
    let output = output.expect("bash is there");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));

    let outputs: Vec<&str> = stdout.split(SEPARATOR).collect();
    for (Example { line, answer, .. }, output) in examples.iter().zip(&outputs) {
        let Some(shown) = answer else { continue };
        let shown: Value = serde_json::from_str(shown).unwrap_or_else(|cause| panic!("{document}:{line}: {cause}"));
        let answer = serde_json::from_str(output).unwrap_or(Value::Null);
        assert!(shows(&shown, &answer), "{document}:{line} answers otherwise:\n{output}\n{stderr}");
    }
    assert!(output.status.success(), "{document}: a command failed (curl and bash are needed)\n{stdout}\n{stderr}");
    assert_eq!(outputs.len(), examples.len() + 1, "{document}: a command was not reached");
}

#[test]
fn every_command_of_the_readme_works() {
    every_command_works("README.md");
}

#[test]
fn every_command_of_the_first_five_minutes_works() {
    every_command_works("docs/start.md");
}

#[test]
fn every_command_of_registered_clients_works() {
    every_command_works("docs/api/clients.md");
}

#[test]
fn every_command_of_coming_from_usergrid_works() {
    every_command_works("docs/usergrid.md");
}

#[test]
fn an_answer_must_have_all_that_is_shown() {
    let answer = serde_json::json!({ "a": "xyz", "b": [{ "c": 1, "d": 2 }] });
    for (shown, is_kept) in [
        (r#"{ "a": "x…", "b": [{ "c": 1 }] }"#, true),
        (r#"{ "a": "x" }"#, false),
        (r#"{ "a": "y…" }"#, false),
        (r#"{ "b": [] }"#, false),
        (r#"{ "b": [{ "c": 2 }] }"#, false),
        (r#"{ "e": null }"#, false),
    ] {
        assert_eq!(shows(&serde_json::from_str(shown).unwrap(), &answer), is_kept, "{shown}");
    }
}
