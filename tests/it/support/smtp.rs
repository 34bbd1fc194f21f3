//! A mail server on loopback that speaks just enough SMTP (RFC 5321), by TLS too (RFC 3207, RFC 8314), and can be told
//! to misbehave.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tokengrid::config::{Settings, SmtpTls};

use super::eventually;

thread_local! {
    /// Where the mail server of this test listens; settings are changed by plain functions, which hold nothing.
    static PORT: Cell<u16> = const { Cell::new(0) };
}

/// How a mail server is reached.
#[derive(Clone)]
pub enum Way {
    Plain,
    /// It offers TLS after the greeting.
    StartTls(Arc<ServerConfig>),
    /// It speaks TLS from the first byte on.
    Tls(Arc<ServerConfig>),
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

/// What the conversations of a mail server share.
#[derive(Default)]
struct Book {
    moods: Mutex<VecDeque<Mood>>,
    taken: Mutex<Vec<Taken>>,
    in_the_clear: Mutex<Vec<String>>,
    conversations: Mutex<usize>,
    stopped: AtomicBool,
}

/// The mail server. It stops when it is dropped.
pub struct SmtpServer {
    port: u16,
    book: Arc<Book>,
    thread: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// Starts the mail server of this test; [`SmtpServer::configure`] leads there.
    pub fn start() -> Self {
        Self::reached_by(Way::Plain)
    }

    /// As `start`, with another way to it.
    pub fn reached_by(way: Way) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        PORT.set(port);
        let book: Arc<Book> = Arc::default();
        let shared = Arc::clone(&book);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if shared.stopped.load(Ordering::SeqCst) {
                    return;
                }
                if let Some(mail) = converse(stream, &way, &shared) {
                    shared.taken.lock().unwrap().push(mail);
                }
                *shared.conversations.lock().unwrap() += 1;
            }
        });
        Self { port, book, thread: Some(thread) }
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
        self.book.moods.lock().unwrap().extend(moods);
    }

    /// Whether every mood has been met.
    pub fn is_calm(&self) -> bool {
        self.book.moods.lock().unwrap().is_empty()
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.book.taken.lock().unwrap().clone()
    }

    /// Every line that was heard without TLS.
    pub fn in_the_clear(&self) -> Vec<String> {
        self.book.in_the_clear.lock().unwrap().clone()
    }

    /// How many conversations have ended, those that came to nothing among them.
    pub fn conversations(&self) -> usize {
        *self.book.conversations.lock().unwrap()
    }

    /// Waits until so many mails were taken.
    pub fn wait_for(&self, count: usize) -> Vec<Taken> {
        eventually(&format!("{count} mails"), || self.taken().len() >= count);
        self.taken()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.book.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// One side of a conversation, under TLS or not.
struct Line<'a> {
    wire: BufReader<Box<dyn Wire>>,
    book: &'a Book,
    is_secret: bool,
}

impl<'a> Line<'a> {
    fn open(stream: TcpStream, way: &Way, book: &'a Book) -> Self {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        match way {
            Way::Tls(tls) => Self { wire: BufReader::new(secured(stream, tls)), book, is_secret: true },
            Way::Plain | Way::StartTls(_) => Self { wire: BufReader::new(Box::new(stream)), book, is_secret: false },
        }
    }

    /// TLS from here on, over the same connection.
    fn secure(self, tls: &Arc<ServerConfig>) -> Self {
        Self { wire: BufReader::new(secured(self.wire.into_inner(), tls)), book: self.book, is_secret: true }
    }

    fn hear(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.wire.read_line(&mut line).ok()? > 0).then_some(())?;
        let line = line.trim_end_matches(['\r', '\n']).to_owned();
        if !self.is_secret {
            self.book.in_the_clear.lock().unwrap().push(line.clone());
        }
        Some(line)
    }

    fn say(&mut self, text: &str) -> Option<()> {
        self.wire.get_mut().write_all(format!("{text}\r\n").as_bytes()).ok()?;
        self.wire.get_mut().flush().ok()
    }
}

fn secured(wire: impl Wire + 'static, tls: &Arc<ServerConfig>) -> Box<dyn Wire> {
    Box::new(StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), wire))
}

/// One conversation; the mail when it was taken. Credentials are asked for by name and taken whatever they are.
fn converse(stream: TcpStream, way: &Way, book: &Book) -> Option<Taken> {
    let mood = book.moods.lock().unwrap().pop_front();
    let mut line = Line::open(stream, way, book);
    let mut to = String::new();
    line.say("220 ready")?;
    while let Some(said) = line.hear() {
        let command = said.to_ascii_uppercase();
        if command.starts_with("EHLO") {
            let offers_tls = matches!(way, Way::StartTls(_)) && !line.is_secret;
            line.say(&format!("250-ready\r\n{}250 AUTH PLAIN", if offers_tls { "250-STARTTLS\r\n" } else { "" }))?;
        } else if let ("STARTTLS", Way::StartTls(tls)) = (command.as_str(), way) {
            line.say("220 go on")?;
            line = line.secure(tls);
        } else if command.starts_with("AUTH") {
            line.say("235 welcome")?;
        } else if let Some(address) = command.starts_with("RCPT TO:").then(|| said["RCPT TO:".len()..].to_owned()) {
            if let Some(Mood::Refuse(answer)) = mood {
                line.say(answer)?;
                continue;
            }
            to = address.trim_matches(['<', '>']).to_owned();
            line.say("250 ok")?;
        } else if command == "DATA" {
            line.say("354 go on")?;
            return take(&mut line, to, mood);
        } else if command == "QUIT" {
            line.say("221 bye");
            return None;
        } else {
            line.say("250 ok")?;
        }
    }
    None
}

fn take(line: &mut Line<'_>, to: String, mood: Option<Mood>) -> Option<Taken> {
    let mut raw = String::new();
    while let Some(said) = line.hear().filter(|said| said != ".") {
        raw.push_str(said.strip_prefix('.').unwrap_or(&said));
        raw.push_str("\r\n");
        if mood == Some(Mood::DropInData) {
            return None;
        }
    }
    if mood != Some(Mood::DropAfterTaking) {
        line.say("250 taken")?;
    }
    Some(Taken { to, raw })
}
