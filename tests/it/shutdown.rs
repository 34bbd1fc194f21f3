//! SIGTERM: what is under way is answered, what comes later is not let in, and the process ends well.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::support::{PATIENCE, Program, Serving, eventually};

const SLOW: usize = 4;

/// A program whose user's password takes a few tenths of a second to check, one after another.
fn slow() -> Program {
    let program = Program::fresh();
    program.json(&["org", "create", "acme", "--admin-username", "ada", "--admin-email", "ada@acme.test"]);
    let program = program
        .set("TOKENGRID_PASSWORDS__BCRYPT_COST", "12")
        .set("TOKENGRID_PASSWORDS__THREADS", "1")
        .set("TOKENGRID_SERVER__WORKERS", "1");
    let user =
        ["user", "create", "acme/sandbox", "--username", "ann", "--email", "ann@example.test", "--password-stdin"];
    assert_eq!(program.run_with(&user, "correct horse").code, Some(0));
    program
}

fn connect(serving: &Serving) -> TcpStream {
    let stream = TcpStream::connect(&serving.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends a sign-in and does not wait for the answer.
fn begin_sign_in(serving: &Serving) -> TcpStream {
    let body = "grant_type=password&username=ann&password=correct+horse";
    let mut stream = connect(serving);
    let length = body.len();
    write!(
        stream,
        "POST /acme/sandbox/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    stream
}

/// All that still comes, until the server closes: in order, or by a reset where it left bytes of the request unread.
fn rest(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(cause) => assert_eq!(cause.kind(), std::io::ErrorKind::ConnectionReset),
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn sign_ins_under_way_finish_while_new_connections_are_refused() {
    let program = slow();
    let mut serving = program.serve(&[]);
    let mut streams: Vec<TcpStream> = (0..SLOW).map(|_| begin_sign_in(&serving)).collect();
    // One worker serves in turn: when it answers this, it has taken up all that came before.
    assert_eq!(serving.client().get("/status").status, 200);

    serving.terminate();
    eventually("new connections are refused", || TcpStream::connect(&serving.address).is_err());
    assert!(serving.is_running(), "the sign-ins are still under way");
    for stream in &mut streams {
        let answer = rest(stream);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains(r#""access_token":""#), "{answer}");
    }
    assert_eq!(serving.ended().code(), Some(0));
}

#[test]
fn an_idle_connection_does_not_keep_the_process_up() {
    let program = Program::fresh();
    let mut serving = program.serve(&[]);
    let mut idle = connect(&serving);
    idle.write_all(b"GET /status HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut byte = [0];
    idle.read_exact(&mut byte).unwrap();
    let begun = Instant::now();
    serving.terminate();
    assert_eq!(serving.ended().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
}

#[test]
fn a_request_that_never_ends_is_cut_off_after_the_configured_time() {
    let program = Program::fresh().set("TOKENGRID_SERVER__SHUTDOWN_TIMEOUT_SECONDS", "1");
    let mut serving = program.serve(&[]);
    let mut endless = connect(&serving);
    endless.write_all(b"POST /management/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ngrant_type=").unwrap();
    assert_eq!(serving.client().get("/status").status, 200);
    let begun = Instant::now();
    serving.terminate();
    let reader = thread::spawn(move || rest(&mut endless));
    assert_eq!(serving.ended().code(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    reader.join().unwrap();
}
