//! A server of others on loopback: it says what a test wants to hear, and remembers what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::Value;

/// How a host answers every request from now on.
#[derive(Clone)]
pub enum Says {
    /// Status, further headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Nothing, and the connection stays open until the asker goes.
    Nothing,
    /// The connection is closed at once, as by a host that is dead.
    Closed,
}

impl Says {
    pub fn json(body: Value) -> Self {
        Self::Answer(200, Vec::new(), body.to_string())
    }

    pub fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), "{}".to_owned())
    }
}

/// The host. It stops when it is dropped.
pub struct Host {
    pub address: SocketAddr,
    says: Arc<Mutex<Says>>,
    heard: Arc<Mutex<Vec<String>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    pub fn start(says: Says) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (says, heard) = (Arc::new(Mutex::new(says)), Arc::new(Mutex::new(Vec::new())));
        let is_over = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (says, heard, is_over) = (Arc::clone(&says), Arc::clone(&heard), Arc::clone(&is_over));
            move || {
                // Connections that wait for an answer in vain; they end with the host.
                let mut held = Vec::new();
                for stream in listener.incoming().map(Result::unwrap) {
                    if is_over.load(Ordering::SeqCst) {
                        return;
                    }
                    let says = says.lock().unwrap().clone();
                    if let Some(waiting) = serve(stream, says, &heard) {
                        held.push(waiting);
                    }
                }
            }
        });
        Self { address, says, heard, is_over, thread: Some(thread) }
    }

    /// The address of a path at this host.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn says(&self, says: Says) {
        *self.says.lock().unwrap() = says;
    }

    /// Every request so far: request line, headers and body.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How often it was asked.
    pub fn count(&self) -> usize {
        self.heard.lock().unwrap().len()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the host ends well");
        }
    }
}

/// Serves one request; gives the connection back where no answer is to come.
fn serve(mut stream: TcpStream, says: Says, heard: &Mutex<Vec<String>>) -> Option<TcpStream> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut request, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        request.push_str(&line);
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    request.push_str(&String::from_utf8(body).unwrap());
    heard.lock().unwrap().push(request);
    match says {
        Says::Nothing => return Some(stream),
        Says::Closed => {}
        Says::Answer(status, headers, body) => {
            let mut answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n", body.len());
            for (name, value) in headers {
                answer.push_str(&format!("{name}: {value}\r\n"));
            }
            // The asker may have gone, as it does from an answer that is too long.
            let _ = stream.write_all(format!("{answer}\r\n{body}").as_bytes());
        }
    }
    None
}
