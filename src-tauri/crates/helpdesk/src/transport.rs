//! HTTP habits that all connectors share: TLS, time-outs, the key's header, redirects, and what a failure means.
//!
//! A read that fails changed nothing, so it says why. A write that fails is split by what can be proved: either not one
//! byte of it reached the server's work ([`NotSent`]), or its fate is not known ([`Written::Lost`]).

use std::time::Duration;

use futures::{StreamExt, stream};
use jiff::SignedDuration;
use muster_model::Reason;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;

use crate::address::Address;
use crate::rate::{Pace, retry_after};
use crate::turns::Turns;
use crate::{ApiKey, ByteStream, NotSent, Now, Rate, ReadError};

/// An answer larger than this is not one of a help desk (a wrong address may lead to anything).
const MAX_ANSWER_BYTES: usize = 64 << 20;

/// The code of a write that was refused because what it was based on is not so any more (412).
pub(crate) const CHANGED_MEANWHILE: &str = "changed_meanwhile";

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For a connection, TLS included.
    pub(crate) connect: Duration,
    /// For a whole read.
    pub(crate) read: Duration,
    /// For a whole write: a batch may keep the server busy, and giving up early makes its fate unknown.
    pub(crate) write: Duration,
    /// For the next byte; also ends a live stream whose keep-alive comments stay away.
    pub(crate) silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            read: Duration::from_secs(30),
            write: Duration::from_secs(60),
            silence: Duration::from_secs(60),
        }
    }
}

/// How one kind of server speaks, as far as transport must know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    /// The kind's name, for sentences.
    pub(crate) kind: &'static str,
    /// How the key travels.
    pub(crate) auth: Auth,
    /// The server's own words in the body of a refusal.
    pub(crate) refusal: fn(&[u8]) -> Option<Reason>,
}

/// How a key travels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Auth {
    /// `Authorization: Bearer …`, or another word before the key.
    Scheme(&'static str),
    /// In a header of its own, as it is.
    Header(&'static str),
}

impl Auth {
    fn header(self, key: &ApiKey) -> Option<(HeaderName, HeaderValue)> {
        let (name, mut value) = match self {
            Self::Scheme(word) => {
                (AUTHORIZATION, HeaderValue::from_str(&format!("{word} {}", key.expose())).ok()?)
            }
            Self::Header(name) => {
                (HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(key.expose()).ok()?)
            }
        };
        value.set_sensitive(true);
        Some((name, value))
    }
}

/// What became of a write that left this machine.
#[derive(Debug)]
pub(crate) enum Written<T> {
    /// The server's answer, whole.
    Answered(T),
    /// No answer that could be read: it may or may not have been worked on.
    Lost(Reason),
}

/// A connection to one help desk, with or without a key.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    client: Client,
    address: Address,
    dialect: Dialect,
    patience: Patience,
    pace: Pace,
    turns: Turns,
}

impl Transport {
    /// Builds the client; connects to nothing yet.
    pub(crate) fn new(
        address: Address,
        dialect: Dialect,
        key: Option<&ApiKey>,
        patience: Patience,
    ) -> Result<Self, ReadError> {
        // Somebody else in this process may have installed it already: the same one, or one chosen on purpose.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(key) = key {
            // A key that no header can carry is not a key of any help desk.
            let (name, value) = dialect
                .auth
                .header(key)
                .ok_or_else(|| ReadError::KeyRefused { host: address.host().to_owned() })?;
            headers.insert(name, value);
        }
        let mut builder = Client::builder()
            .user_agent(concat!("Muster/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers)
            // A redirect could lead the key to another host, or repeat a write.
            .redirect(redirect::Policy::none())
            .connect_timeout(patience.connect)
            .read_timeout(patience.silence)
            // Shorter than the usual keep-alive of servers and proxies: a write on a connection that the other side is
            // just closing would end as unknown.
            .pool_idle_timeout(Duration::from_secs(20));
        if address.is_loopback() {
            builder = builder.no_proxy();
        } else {
            builder = builder.https_only(true);
        }
        let client = builder.build().map_err(|err| unreachable(&address, err))?;
        Ok(Self { client, address, dialect, patience, pace: Pace::default(), turns: Turns::default() })
    }

    /// Host of the address, with its port where it is not the usual one.
    pub(crate) fn host(&self) -> &str {
        self.address.host()
    }

    /// The same for a server that works on few requests at a time: no more of ours are there at once.
    pub(crate) fn with_at_once(self, requests: usize) -> Self {
        Self { turns: Turns::of(requests), ..self }
    }

    /// The same with another clock.
    pub(crate) fn with_clock(self, now: Now) -> Self {
        Self { pace: Pace::with_clock(now), ..self }
    }

    /// How far the server's clock is ahead of ours, as its last answer said.
    pub(crate) fn skew(&self) -> SignedDuration {
        self.pace.skew()
    }

    /// What the server last said about its pace.
    pub(crate) fn rate(&self) -> Option<Rate> {
        self.pace.last()
    }

    /// A read of one resource.
    pub(crate) fn get(&self, path: &[&str]) -> RequestBuilder {
        self.client.get(self.address.at(path)).timeout(self.patience.read)
    }

    /// A write of one resource.
    pub(crate) fn post(&self, path: &[&str]) -> RequestBuilder {
        self.client.post(self.address.at(path)).timeout(self.patience.write)
    }

    /// A write that replaces what a resource says of itself.
    pub(crate) fn put(&self, path: &[&str]) -> RequestBuilder {
        self.client.put(self.address.at(path)).timeout(self.patience.write)
    }

    /// A read whose question is too long for an address.
    pub(crate) fn ask(&self, path: &[&str]) -> RequestBuilder {
        self.client.post(self.address.at(path)).timeout(self.patience.read)
    }

    /// A read that goes on for as long as bytes come: a live stream.
    pub(crate) async fn stream(
        &self,
        path: &[&str],
        headers: HeaderMap,
        what: &str,
    ) -> Result<Response, ReadError> {
        let request = self.client.get(self.address.at(path)).headers(headers);
        self.accepted(request, what).await
    }

    /// A file as it comes, for as long as bytes come, and no more than `most` of them.
    pub(crate) async fn download(
        &self,
        path: &[&str],
        what: &str,
        most: u64,
    ) -> Result<ByteStream, ReadError> {
        let request = self.client.get(self.address.at(path)).header(ACCEPT, "*/*");
        let response = self.accepted(request, what).await?;
        if response.content_length().is_some_and(|length| length > most) {
            return Err(ReadError::TooLarge { most });
        }
        let transport = self.clone();
        let bytes = stream::unfold(Some((response, 0)), move |place| {
            let transport = transport.clone();
            async move {
                let (mut response, so_far) = place?;
                match response.chunk().await {
                    Ok(None) => None,
                    Ok(Some(chunk)) => {
                        let so_far: u64 = so_far + chunk.len() as u64;
                        if so_far > most {
                            return Some((Err(ReadError::TooLarge { most }), None));
                        }
                        Some((Ok(chunk.to_vec()), Some((response, so_far))))
                    }
                    Err(err) if err.is_timeout() => Some((Err(transport.broken(err)), None)),
                    Err(_) => Some((Err(transport.malformed("the file was cut off.".to_owned())), None)),
                }
            }
        });
        Ok(bytes.boxed())
    }

    /// Sends a read and gives the JSON of its answer. `what` names what was asked for, should it not exist.
    pub(crate) async fn read<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        what: &str,
    ) -> Result<T, ReadError> {
        self.read_with_headers(request, what).await.map(|(answer, _)| answer)
    }

    /// The same, with what the head of the answer says.
    pub(crate) async fn read_with_headers<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        what: &str,
    ) -> Result<(T, HeaderMap), ReadError> {
        let endless = || self.malformed("its answer does not end.".to_owned());
        self.read_at_most(request, what, MAX_ANSWER_BYTES, endless).await
    }

    /// The same of an answer that may hold a whole file; `too_long` is what more than `most` bytes mean.
    pub(crate) async fn read_at_most<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        what: &str,
        most: usize,
        too_long: impl FnOnce() -> ReadError,
    ) -> Result<(T, HeaderMap), ReadError> {
        let _turn = self.turns.take().await;
        let response = self.accepted(request, what).await?;
        let headers = response.headers().clone();
        let is_json = says_json(&headers);
        let body = match body_of(response, most).await {
            Ok(body) => body,
            Err(CutOff::TooLong) => return Err(too_long()),
            Err(CutOff::Lost(err)) if err.is_timeout() => return Err(unreachable(&self.address, err)),
            Err(CutOff::Lost(_)) => return Err(self.malformed("its answer was cut off.".to_owned())),
        };
        let answer = serde_json::from_slice(&body).map_err(|err| {
            self.malformed(if is_json {
                err.to_string()
            } else {
                "it sent a page, not data. Check the address.".to_owned()
            })
        })?;
        Ok((answer, headers))
    }

    /// Sends a write. `Err` only where the server provably did not work on it.
    pub(crate) async fn write<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<Written<T>, NotSent> {
        let _turn = self.turns.take().await;
        let response = match request.send().await {
            Ok(response) => response,
            // hyper reports a connect error only while there is no connection to write on.
            Err(err) if err.is_connect() => {
                tracing::debug!(host = self.host(), error = ?err.without_url(), "not sent");
                return Err(NotSent::Unreachable { host: self.host().to_owned() });
            }
            Err(err) if err.is_builder() => {
                return Err(NotSent::Unsupported("Muster could not put the request together.".to_owned()));
            }
            Err(err) => {
                tracing::warn!(host = self.host(), error = ?err.without_url(), "sent, and no answer came");
                return Ok(Written::Lost(no_answer()));
            }
        };
        let status = response.status();
        let headers = response.headers().clone();
        self.pace.note(&headers, status == StatusCode::TOO_MANY_REQUESTS);
        let body = body(response).await;
        if status.is_success() {
            let Ok(body) = body else { return Ok(Written::Lost(cut())) };
            return Ok(serde_json::from_slice(&body)
                .map_or_else(|_| Written::Lost(not_understood()), Written::Answered));
        }
        let said = body.ok().and_then(|body| (self.dialect.refusal)(&body));
        let host = || self.host().to_owned();
        match status {
            StatusCode::UNAUTHORIZED => Err(NotSent::KeyRefused { host: host() }),
            StatusCode::FORBIDDEN => Err(NotSent::NotPermitted { message: permission(said) }),
            StatusCode::TOO_MANY_REQUESTS => Err(NotSent::SlowDown { retry_after: retry_after(&headers) }),
            // Somebody else was there between our look and our write.
            StatusCode::PRECONDITION_FAILED => Err(NotSent::Refused {
                reason: Reason::new(CHANGED_MEANWHILE, "Somebody else changed it at the same moment."),
            }),
            // Their own words for "I looked at the request and did not begin".
            StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::METHOD_NOT_ALLOWED
            | StatusCode::CONFLICT
            | StatusCode::GONE
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNSUPPORTED_MEDIA_TYPE
            | StatusCode::UNPROCESSABLE_ENTITY => {
                let reason = said.unwrap_or_else(|| {
                    Reason::new("refused", format!("The help desk refused it ({}).", status.as_u16()))
                });
                Err(NotSent::Refused { reason })
            }
            _ => {
                tracing::warn!(
                    host = self.host(),
                    status = status.as_u16(),
                    "sent, and the answer does not say"
                );
                Ok(Written::Lost(if status.is_server_error() {
                    server_error(status)
                } else {
                    not_understood()
                }))
            }
        }
    }

    /// Whether somebody without a key is refused in this kind's own words (401).
    pub(crate) async fn refuses_strangers(&self, request: RequestBuilder) -> Result<bool, ReadError> {
        let response = request.send().await.map_err(|err| unreachable(&self.address, err))?;
        let is_refusal = response.status() == StatusCode::UNAUTHORIZED;
        Ok(is_refusal && body(response).await.is_ok_and(|body| (self.dialect.refusal)(&body).is_some()))
    }

    /// The answer is not what this kind of help desk says.
    pub(crate) fn malformed(&self, detail: String) -> ReadError {
        ReadError::Malformed { host: self.host().to_owned(), kind: self.dialect.kind, detail }
    }

    /// What a stream that broke off means.
    pub(crate) fn broken(&self, err: reqwest::Error) -> ReadError {
        unreachable(&self.address, err)
    }

    /// Sends a read and looks at the status.
    async fn accepted(&self, request: RequestBuilder, what: &str) -> Result<Response, ReadError> {
        let response = request.send().await.map_err(|err| unreachable(&self.address, err))?;
        let status = response.status();
        self.pace.note(response.headers(), status == StatusCode::TOO_MANY_REQUESTS);
        if status.is_success() {
            return Ok(response);
        }
        if status.is_redirection() {
            return Err(self.malformed(self.redirected(response.headers())));
        }
        let host = self.host().to_owned();
        Err(match status {
            StatusCode::UNAUTHORIZED => ReadError::KeyRefused { host },
            StatusCode::FORBIDDEN => ReadError::NotPermitted {
                message: permission(body(response).await.ok().and_then(|body| (self.dialect.refusal)(&body))),
            },
            // 409 to a read: what it refers to, a place in the changes say, is not there any more.
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::CONFLICT => {
                // A page says that the address is wrong; the server's own words say that the thing is not there.
                match body(response).await.ok().and_then(|body| (self.dialect.refusal)(&body)) {
                    Some(_) => ReadError::NotFound { what: what.to_owned() },
                    None => self
                        .malformed("there is nothing of it at this address. Check the address.".to_owned()),
                }
            }
            StatusCode::TOO_MANY_REQUESTS => {
                ReadError::SlowDown { retry_after: retry_after(response.headers()) }
            }
            status if status.is_server_error() => ReadError::ServerFault { status: status.as_u16() },
            status => {
                let said = body(response).await.ok().and_then(|body| (self.dialect.refusal)(&body));
                self.malformed(said.map_or_else(|| format!("it answers {status}."), |reason| reason.message))
            }
        })
    }

    /// The sentence about a redirect: where it leads, without following it.
    fn redirected(&self, headers: &HeaderMap) -> String {
        let target = headers.get(LOCATION).and_then(|location| location.to_str().ok());
        match target.and_then(|target| self.address.at(&[]).join(target).ok()) {
            Some(target) if target.has_host() => {
                format!(
                    "it sends us on to {}. If that is your help desk, enter that address.",
                    target.origin().ascii_serialization()
                )
            }
            _ => "it sends us on to another address.".to_owned(),
        }
    }
}

/// The effect was not worked on at all, or was, and nobody told us.
fn no_answer() -> Reason {
    Reason::new("no_answer", "It was sent, and no answer came.")
}

fn cut() -> Reason {
    Reason::new("cut", "It was sent, and the answer was cut off.")
}

fn not_understood() -> Reason {
    Reason::new("not_understood", "It was sent, and the answer cannot be read.")
}

fn server_error(status: StatusCode) -> Reason {
    Reason::new(
        "server_error",
        format!("It was sent, and the help desk had a problem of its own ({}).", status.as_u16()),
    )
}

fn permission(said: Option<Reason>) -> String {
    said.map_or_else(|| "This key's role does not permit that.".to_owned(), |reason| reason.message)
}

fn unreachable(address: &Address, err: reqwest::Error) -> ReadError {
    // The address is in `host` already, and nothing of a query belongs into a log.
    ReadError::Unreachable { host: address.host().to_owned(), source: Box::new(err.without_url()) }
}

fn says_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("json"))
}

/// Why there is no whole body.
enum CutOff {
    TooLong,
    Lost(reqwest::Error),
}

/// The whole body, if it ends, and ends in time.
async fn body(response: Response) -> Result<Vec<u8>, CutOff> {
    body_of(response, MAX_ANSWER_BYTES).await
}

async fn body_of(mut response: Response, most: usize) -> Result<Vec<u8>, CutOff> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(CutOff::Lost)? {
        if body.len() + chunk.len() > most {
            return Err(CutOff::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
