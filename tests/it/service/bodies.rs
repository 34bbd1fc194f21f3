//! Compressed bodies, in both directions.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::support::{raw, world};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A sign-in whose body is these bytes, which are said to be gzip.
fn sign_in(body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /acme/shop/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn a_gzip_request_is_read() {
    let world = world();
    let form = gzip(b"grant_type=password&username=ann&password=correct+horse");
    let answer = raw(world.server.address, &sign_in(&form));
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("access_token"), "{answer}");
}

#[test]
fn a_small_body_that_unpacks_to_a_large_one_is_refused() {
    let world = world();
    let bomb = gzip(&vec![b'x'; 50_000_000]);
    assert!(bomb.len() < 100_000, "it passes the limit as it comes");
    let answer = raw(world.server.address, &sign_in(&bomb));
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("body_too_large"), "{answer}");
}

#[test]
fn a_body_that_is_not_what_it_says_is_refused() {
    let world = world();
    let cut = gzip(b"grant_type=password&username=ann&password=correct+horse");
    for body in [&b"grant_type=password&username=ann&password=correct+horse"[..], &cut[..cut.len() - 12]] {
        let answer = raw(world.server.address, &sign_in(body));
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("application/json"), "{answer}");
    }
}

#[test]
fn an_answer_is_compressed_for_whoever_can_read_it() {
    let world = world();
    let plain = world.guest().get("/status");
    assert!(!plain.headers.contains_key("content-encoding"));
    let mut stream = std::net::TcpStream::connect(world.server.address).unwrap();
    stream.write_all(b"GET /status HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    assert!(
        head.contains("content-encoding: gzip\r\n") && head.contains("content-type: application/json\r\n"),
        "{head}"
    );
    assert!(head.contains("vary: "), "{head}");
    let mut body = String::new();
    GzDecoder::new(&joined(&answer[end..])[..]).read_to_string(&mut body).unwrap();
    assert!(body.starts_with(r#"{"status":{"product":"Tokengrid""#), "{body}");
}

/// The bytes behind the chunks of RFC 9112 §7.1.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let line = chunks.windows(2).position(|window| window == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&chunks[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return bytes;
        }
        bytes.extend_from_slice(&chunks[line + 2..line + 2 + size]);
        chunks = &chunks[line + 2 + size + 2..];
    }
}

#[test]
fn an_http_1_0_answer_is_neither_compressed_nor_in_chunks() {
    let world = world();
    let answer = raw(world.server.address, b"GET /status HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200 OK\r\n"), "{head}");
    assert!(!head.contains("encoding: "), "{head}");
    assert!(body.starts_with(r#"{"status":{"#) && body.ends_with("}}"), "{body}");
}

#[test]
fn a_body_that_says_nothing_is_not_waited_for() {
    let world = world();
    // Announced and never sent: the sending side stays open until the answer is there.
    let mut stream = std::net::TcpStream::connect(world.server.address).unwrap();
    let head = "GET /acme/shop HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n";
    std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
    let mut begin = [0; 12];
    stream.set_read_timeout(Some(std::time::Duration::from_secs(10))).unwrap();
    std::io::Read::read_exact(&mut stream, &mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 401");
}

#[test]
fn a_body_in_an_unknown_encoding_is_415() {
    let world = world();
    for encoding in ["br", "nonsense"] {
        let form = Some("application/x-www-form-urlencoded");
        let header = [("content-encoding", encoding)];
        let answer = world.guest().send_with("POST", "/acme/shop/token", form, "grant_type=password", &header);
        assert_eq!(answer.error(), (415, "not_supported"), "{encoding}: {}", answer.text);
    }
}
