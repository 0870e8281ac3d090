//! How many requests of ours a server works on at a time. A Request Tracker has a handful of workers, and whoever opens
//! it in a browser needs one of them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Turns of one server; any number of them where nothing else is said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Turns(Option<Arc<Semaphore>>);

impl Turns {
    pub(crate) fn of(requests: usize) -> Self {
        Self(Some(Arc::new(Semaphore::new(requests))))
    }

    /// Waits for a turn, first come, first served; it lasts until it is dropped.
    pub(crate) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        // Fails only when it is closed, and nobody closes it.
        Arc::clone(self.0.as_ref()?).acquire_owned().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures::StreamExt;
    use futures::future::join_all;
    use futures::stream::FuturesUnordered;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::Barrier;

    use crate::address::Address;
    use crate::transport::{Auth, Dialect, Patience, Transport, Written};

    const AT_ONCE: usize = 3;
    const DIALECT: Dialect = Dialect { kind: "Test", auth: Auth::Scheme("token"), refusal: |_| None };

    /// Answers as soon as so many requests are there as may be; says how many there ever were at once.
    async fn answers(mut socket: TcpStream, there: Arc<(AtomicUsize, AtomicUsize)>, full: Arc<Barrier>) {
        let now = there.0.fetch_add(1, Ordering::SeqCst) + 1;
        there.1.fetch_max(now, Ordering::SeqCst);
        let mut head = Vec::new();
        while !head.windows(4).any(|four| four == b"\r\n\r\n") {
            head.push(socket.read_u8().await.unwrap());
        }
        full.wait().await;
        there.0.fetch_sub(1, Ordering::SeqCst);
        let said = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
        socket.write_all(said).await.unwrap();
    }

    #[tokio::test]
    async fn no_more_requests_are_there_than_the_server_has_turns() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let there = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
        let (seen, full) = (Arc::clone(&there), Arc::new(Barrier::new(AT_ONCE)));
        let serve = async move {
            let mut busy = FuturesUnordered::new();
            loop {
                tokio::select! {
                    Ok((socket, _)) = listener.accept() => {
                        busy.push(answers(socket, Arc::clone(&seen), Arc::clone(&full)));
                    }
                    Some(()) = busy.next() => {}
                    else => return,
                }
            }
        };
        let patience = Patience::default();
        let transport = Transport::new(Address::parse(&url).unwrap(), DIALECT, None, patience).unwrap();
        let transport = transport.with_at_once(AT_ONCE);
        let reads = join_all((0..9).map(|no| {
            let transport = transport.clone();
            async move {
                let path = no.to_string();
                match no % 2 {
                    0 => transport.read(transport.get(&[&path]), "it").await.unwrap(),
                    _ => match transport.write(transport.post(&[&path])).await.unwrap() {
                        Written::Answered(said) => said,
                        Written::Lost(why) => panic!("{why:?}"),
                    },
                }
            }
        }));
        let all: Vec<serde_json::Value> = tokio::select! {
            all = tokio::time::timeout(Duration::from_secs(60), reads) => {
                all.expect("fewer are there at once than may be")
            }
            () = serve => panic!("nobody can be accepted"),
        };
        assert_eq!((all.len(), there.1.load(Ordering::SeqCst)), (9, AT_ONCE));
    }
}
