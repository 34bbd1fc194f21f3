//! A mail server on loopback that speaks just enough SMTP (RFC 5321) and can be told to misbehave.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokengrid::config::{Settings, SmtpTls};

use super::eventually;

thread_local! {
    /// Where the mail server of this test listens; settings are changed by plain functions, which hold nothing.
    static PORT: Cell<u16> = const { Cell::new(0) };
}

/// What the next conversation comes to; without one the mail is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// The recipient is refused with this reply.
    Refuse(&'static str),
    /// The connection ends while the mail is being sent.
    DropInData,
    /// The mail is taken, and the connection ends before the reply.
    DropAfterTaking,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    /// Headers and bodies as they came.
    pub raw: String,
}

impl Taken {
    pub fn header(&self, name: &str) -> String {
        let head = self.raw.split("\r\n\r\n").next().unwrap();
        let prefix = format!("{name}: ");
        head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default().to_owned()
    }

    /// Everything with soft line breaks and escapes undone.
    pub fn readable(&self) -> String {
        self.raw.replace("=\r\n", "").replace("=3D", "=")
    }
}

/// The mail server. It stops when it is dropped.
pub struct SmtpServer {
    port: u16,
    moods: Arc<Mutex<VecDeque<Mood>>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// Starts the mail server of this test; [`SmtpServer::configure`] leads there.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        PORT.set(port);
        let moods: Arc<Mutex<VecDeque<Mood>>> = Arc::default();
        let taken: Arc<Mutex<Vec<Taken>>> = Arc::default();
        let stopped = Arc::new(AtomicBool::new(false));
        let thread = {
            let (moods, taken, stopped) = (Arc::clone(&moods), Arc::clone(&taken), Arc::clone(&stopped));
            std::thread::spawn(move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let mood = moods.lock().unwrap().pop_front();
                    if let Some(mail) = converse(stream, mood) {
                        taken.lock().unwrap().push(mail);
                    }
                }
            })
        };
        Self { port, moods, taken, stopped, thread: Some(thread) }
    }

    /// Settings that send to this test's mail server, quickly.
    pub fn configure(settings: &mut Settings) {
        settings.mail.smtp_host = "127.0.0.1".to_owned();
        settings.mail.smtp_port = PORT.get();
        settings.mail.smtp_tls = SmtpTls::None;
        settings.mail.smtp_timeout = Duration::from_secs(60);
        settings.mail.poll = Duration::from_millis(20);
        settings.mail.from = "no-reply@id.example.test".to_owned();
    }

    /// The next conversations come to this.
    pub fn expect(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
    }

    /// Whether every mood has been met.
    pub fn is_calm(&self) -> bool {
        self.moods.lock().unwrap().is_empty()
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// Waits until so many mails were taken.
    pub fn wait_for(&self, count: usize) -> Vec<Taken> {
        eventually(&format!("{count} mails"), || self.taken().len() >= count);
        self.taken()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// One conversation; the mail when it was taken.
fn converse(stream: TcpStream, mood: Option<Mood>) -> Option<Taken> {
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut say = stream.try_clone().unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let mut reply = |text: &str| say.write_all(format!("{text}\r\n").as_bytes()).ok();
    let mut to = String::new();
    reply("220 ready")?;
    while let Some(line) = lines.next() {
        let command = line.to_ascii_uppercase();
        if command.starts_with("EHLO") {
            reply("250 ready")?;
        } else if let Some(address) = command.starts_with("RCPT TO:").then(|| line["RCPT TO:".len()..].to_owned()) {
            if let Some(Mood::Refuse(answer)) = mood {
                reply(answer)?;
                continue;
            }
            to = address.trim_matches(['<', '>']).to_owned();
            reply("250 ok")?;
        } else if command == "DATA" {
            reply("354 go on")?;
            let mut raw = String::new();
            for line in lines.by_ref().take_while(|line| line != ".") {
                raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                raw.push_str("\r\n");
                if mood == Some(Mood::DropInData) {
                    return None;
                }
            }
            if mood != Some(Mood::DropAfterTaking) {
                reply("250 taken")?;
            }
            return Some(Taken { to, raw });
        } else if command == "QUIT" {
            reply("221 bye");
            return None;
        } else {
            reply("250 ok")?;
        }
    }
    None
}
