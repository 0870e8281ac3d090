//! A proxy before a help desk that says another number of conversations than there are.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

/// The proxy; it ends with the test.
pub struct Liar {
    pub url: String,
    count: Arc<AtomicU64>,
}

impl Liar {
    pub fn start(upstream: &str, count: u64) -> Self {
        let upstream: SocketAddr = upstream.trim_start_matches("http://").parse().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let count = Arc::new(AtomicU64::new(count));
        let said = Arc::clone(&count);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let said = Arc::clone(&said);
                // A client that goes away breaks off only its own request.
                std::thread::spawn(move || drop(serve(client, upstream, &said)));
            }
        });
        Self { url, count }
    }

    /// From now on.
    pub fn says(&self, count: u64) {
        self.count.store(count, Ordering::SeqCst);
    }
}

/// One request of one connection; then it is closed, so that the next one is a new connection.
fn serve(mut client: TcpStream, upstream: SocketAddr, count: &AtomicU64) -> std::io::Result<()> {
    let (head, body) = request(&mut client)?;
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(with_close(&head).as_bytes())?;
    server.write_all(&body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    if head.starts_with("GET /api/directory ")
        && let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n")
        && let Ok(mut directory) = serde_json::from_slice::<Value>(&answer[end + 4..])
    {
        directory["conversations"] = json!(count.load(Ordering::SeqCst));
        let body = directory.to_string();
        answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes();
    }
    client.write_all(&answer)
}

/// Head and body of a request.
fn request(client: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 16_384]);
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
            let length: usize = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok())
                .unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Ok((head, bytes[end + 4..end + 4 + length].to_vec()));
            }
        }
        match client.read(&mut chunk)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

/// The same request, after which the help desk closes the connection.
fn with_close(head: &str) -> String {
    let lines = head.trim_end().lines().filter(|line| !line.to_lowercase().starts_with("connection:"));
    format!("{}\r\nConnection: close\r\n\r\n", lines.collect::<Vec<_>>().join("\r\n"))
}
