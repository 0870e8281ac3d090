//! A proxy before Request Tracker that fails the way real ones do, at the calls that write to customers.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What is done to a reply on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The first loses its connection in the middle of the request, the second before its answer.
    Cut,
    /// Nobody waits longer than this for the answer; RT goes on.
    Impatient(Duration),
}

/// The proxy; it ends with the test.
pub struct Proxy {
    pub url: String,
    failed: Arc<AtomicUsize>,
}

impl Proxy {
    pub fn start(upstream: &str, fault: Fault) -> std::io::Result<Self> {
        let upstream: SocketAddr =
            upstream.trim_start_matches("http://").parse().map_err(std::io::Error::other)?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let failed = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&failed);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let count = Arc::clone(&count);
                std::thread::spawn(move || drop(serve(client, upstream, fault, &count)));
            }
        });
        Ok(Self { url, failed })
    }

    /// How many replies were failed.
    pub fn failed(&self) -> usize {
        self.failed.load(Ordering::SeqCst)
    }
}

/// One request of one connection; then it is closed, so that the next one is a new connection.
fn serve(
    mut client: TcpStream,
    upstream: SocketAddr,
    fault: Fault,
    failed: &AtomicUsize,
) -> std::io::Result<()> {
    let (head, body) = request(&mut client)?;
    let is_reply =
        head.starts_with("POST ") && head.lines().next().is_some_and(|line| line.contains("correspond"));
    let head = with_close(&head);
    let mut server = TcpStream::connect(upstream)?;
    if is_reply && fault == Fault::Cut {
        match failed.fetch_add(1, Ordering::SeqCst) {
            0 => {
                server.write_all(head.as_bytes())?;
                return server.write_all(&body[..body.len() / 2]);
            }
            1 => {
                server.write_all(head.as_bytes())?;
                server.write_all(&body)?;
                drop(client);
                // RT works on, and answers nobody.
                return server.read_to_end(&mut Vec::new()).map(drop);
            }
            _ => {}
        }
    }
    server.write_all(head.as_bytes())?;
    server.write_all(&body)?;
    let mut answer = Vec::new();
    if let (true, Fault::Impatient(patience)) = (is_reply, fault) {
        server.set_read_timeout(Some(patience))?;
        let mut first = [0; 1];
        if server.read_exact(&mut first).is_err() {
            failed.fetch_add(1, Ordering::SeqCst);
            let page = "<html><h1>504 Gateway Time-out</h1></html>";
            let said = format!(
                "HTTP/1.1 504 Gateway Time-out\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            client.write_all(said.as_bytes())?;
            drop(client);
            server.set_read_timeout(None)?;
            return server.read_to_end(&mut answer).map(drop);
        }
        server.set_read_timeout(None)?;
        answer.extend(first);
    }
    server.read_to_end(&mut answer)?;
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

/// The same request, after which RT closes the connection.
fn with_close(head: &str) -> String {
    let lines = head.trim_end().lines().filter(|line| !line.to_lowercase().starts_with("connection:"));
    format!("{}\r\nConnection: close\r\n\r\n", lines.collect::<Vec<_>>().join("\r\n"))
}
