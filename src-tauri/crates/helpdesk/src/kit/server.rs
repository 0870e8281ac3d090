//! A help desk on loopback that answers as long as a test runs, and breaks where the test says.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::world::{Call, Server, World};
use crate::HelpDesk;
use crate::tiny_server::{Answer, request};
use crate::transport::Patience;

/// A request: `GET`, `/conversations?limit=3`, its head in lower case, its body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Asked {
    fn parse(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut words = head.split_whitespace();
        let mut word = || words.next().unwrap_or_default().to_owned();
        Self { method: word(), target: word(), head: head.to_lowercase(), body: body.to_owned() }
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// A value of the query, as it is written there.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|err| panic!("{err}: {}", self.body))
    }

    /// The number behind a prefix of the path, up to the next slash.
    pub(crate) fn number(&self, prefix: &str) -> Option<u32> {
        self.path().strip_prefix(prefix)?.split('/').next()?.parse().ok()
    }
}

type Connect = Box<dyn Fn(&str, Patience) -> Box<dyn HelpDesk> + Send + Sync>;

/// What requests of one call get instead, and how many of them.
struct Fault {
    call: Call,
    left: usize,
    /// The work is done all the same.
    works: bool,
    answer: Box<dyn Fn() -> Answer + Send>,
}

struct State {
    world: Mutex<World>,
    fault: Mutex<Option<Fault>>,
    asked: Mutex<Vec<(Call, Asked)>>,
}

/// A running help desk of the suite; it ends with the test's process.
pub(crate) struct Running {
    pub(crate) url: String,
    state: Arc<State>,
    connect: Connect,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Running {
    pub(super) fn start<S: Server>(server: S, world: World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state =
            Arc::new(State { world: Mutex::new(world), fault: Mutex::default(), asked: Mutex::default() });
        let serving = state.clone();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let state = serving.clone();
                std::thread::spawn(move || state.serve(server, socket));
            }
        });
        Self { url, state, connect: Box::new(move |url, patience| server.connect(url, patience)) }
    }

    /// A connector of its own, as a new process has it.
    pub(crate) fn connect(&self, patience: Patience) -> Box<dyn HelpDesk> {
        (self.connect)(&self.url, patience)
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut lock(&self.state.world));
    }

    /// From now on requests of this call get that instead, the first `times` of them.
    pub(crate) fn fail(&self, call: Call, left: usize, answer: impl Fn() -> Answer + Send + 'static) {
        *lock(&self.state.fault) = Some(Fault { call, left, works: false, answer: Box::new(answer) });
    }

    /// The same, after the work was done.
    pub(crate) fn fail_after(&self, call: Call, left: usize, answer: impl Fn() -> Answer + Send + 'static) {
        *lock(&self.state.fault) = Some(Fault { call, left, works: true, answer: Box::new(answer) });
    }

    /// What was asked for one call.
    pub(crate) fn asked(&self, call: Call) -> Vec<Asked> {
        let asked = lock(&self.state.asked);
        asked.iter().filter(|(of, _)| *of == call).map(|(_, asked)| asked.clone()).collect()
    }

    pub(crate) fn everything_asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).iter().map(|(_, asked)| asked.clone()).collect()
    }
}

impl State {
    fn serve(&self, server: impl Server, mut socket: TcpStream) {
        let text = request(&mut socket);
        if text.is_empty() {
            return;
        }
        let asked = Asked::parse(&text);
        let call = server.call(&asked);
        lock(&self.asked).push((call, asked.clone()));
        let mut broken = None;
        let mut works = true;
        if let Some(fault) = &mut *lock(&self.fault)
            && fault.call == call
            && fault.left > 0
        {
            fault.left -= 1;
            works = fault.works;
            broken = Some((fault.answer)());
        }
        let healthy = works.then(|| server.answer(&asked, &mut lock(&self.world)));
        let Some(answer) = broken.or(healthy) else { return };
        match answer {
            Answer::Bytes(bytes) => drop(socket.write_all(&bytes)),
            Answer::Silence(bytes) => {
                let _ = socket.write_all(&bytes);
                let _ = socket.read_to_end(&mut Vec::new());
            }
        }
    }
}
