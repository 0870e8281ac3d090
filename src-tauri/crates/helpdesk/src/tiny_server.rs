//! A server of a few lines for tests: answers each connection with given bytes, however broken, and keeps what it was
//! asked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// What one connection gets.
pub(crate) enum Answer {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// Nothing: the connection stays open until the client goes.
    Silence(Vec<u8>),
}

/// A whole answer with a body.
pub(crate) fn answer(status: &str, kind: &str, body: &str) -> Answer {
    with_headers(status, &format!("content-type: {kind}\r\n"), body)
}

/// A whole answer with headers (each ending in CR LF) and a body.
pub(crate) fn with_headers(status: &str, headers: &str, body: &str) -> Answer {
    let length = body.len();
    Answer::Bytes(
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}")
            .into_bytes(),
    )
}

/// A whole answer with a body that is no text.
pub(crate) fn file(kind: &str, bytes: &[u8]) -> Answer {
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    Answer::Bytes([head.as_bytes(), bytes].concat())
}

/// The server, and the requests that it got, head and body.
pub(crate) struct TinyServer {
    pub(crate) url: String,
    worker: JoinHandle<Vec<String>>,
}

impl TinyServer {
    /// Serves one connection per answer, then is gone.
    pub(crate) fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answers: Vec<Answer> = answers.into_iter().collect();
        let worker = std::thread::spawn(move || {
            let mut requests = Vec::new();
            for answer in answers {
                let (mut socket, _) = listener.accept().unwrap();
                requests.push(request(&mut socket));
                match answer {
                    Answer::Bytes(bytes) => socket.write_all(&bytes).unwrap(),
                    Answer::Silence(bytes) => {
                        socket.write_all(&bytes).unwrap();
                        let _ = socket.read_to_end(&mut Vec::new());
                    }
                }
            }
            requests
        });
        Self { url, worker }
    }

    /// What was asked, once every answer is given.
    pub(crate) async fn requests(self) -> Vec<String> {
        // Not on the test's own thread: the client needs it to close its connections.
        tokio::task::spawn_blocking(|| self.worker.join().unwrap()).await.unwrap()
    }
}

/// An address where nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) fn request(socket: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match socket.read(&mut chunk) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&chunk[..n]),
            _ => return text,
        }
    }
}
