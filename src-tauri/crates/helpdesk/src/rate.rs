//! What a server says about its pace with every answer: so many calls a minute, so many left, until when.
//!
//! A reset that is an instant is read against the server's own `Date`, because the two clocks need not agree.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::Rate;

/// From here on a number of seconds is an instant of our time, not a wait.
const EPOCH: i64 = 1_000_000_000;

/// Where a connection takes the time from that it counts waits from. A test brings its own.
#[derive(Clone)]
pub struct Now(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Now {
    /// A clock.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The current instant.
    #[must_use]
    pub fn instant(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Now {
    /// The computer's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "the instant at which an answer came; waits are counted from it"
    )]
    fn default() -> Self {
        Self::new(Timestamp::now)
    }
}

impl fmt::Debug for Now {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Now(…)")
    }
}

/// What the last answers said; shared by the clones of one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    said: Arc<Mutex<Said>>,
    now: Now,
}

#[derive(Clone, Copy, Debug, Default)]
struct Said {
    rate: Option<Rate>,
    /// How far the server's clock is ahead of ours, as its `Date` said.
    skew: SignedDuration,
}

impl Pace {
    /// With another clock.
    pub(crate) fn with_clock(now: Now) -> Self {
        Self { now, ..Self::default() }
    }

    /// Takes note of an answer. `refused`: it was a 429.
    pub(crate) fn note(&self, headers: &HeaderMap, refused: bool) {
        let now = self.now.instant();
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rate) = read(headers, refused, said.rate, now) {
            said.rate = Some(rate);
        }
        if let Some(server) = http_date(headers, DATE.as_str()) {
            said.skew = server.duration_since(now);
        }
    }

    pub(crate) fn last(&self) -> Option<Rate> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).rate
    }

    /// How far the server's clock is ahead of ours.
    pub(crate) fn skew(&self) -> SignedDuration {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).skew
    }
}

/// What the headers say, if anything. A refusal means that nothing is left – unless the server says that there is: then it
/// has a limit of its own for that kind of call, which is its caller's business and nobody else's.
fn read(headers: &HeaderMap, refused: bool, before: Option<Rate>, now: Timestamp) -> Option<Rate> {
    let number = |name: &str| -> Option<i64> {
        let value =
            headers.get(format!("x-ratelimit-{name}")).or_else(|| headers.get(format!("ratelimit-{name}")));
        value?.to_str().ok()?.trim().parse().ok()
    };
    let limit = number("limit").and_then(|limit| u32::try_from(limit).ok());
    let remaining = number("remaining").map(|left| u32::try_from(left).unwrap_or_default());
    let server = http_date(headers, DATE.as_str()).unwrap_or(now);
    let wait = number("reset").map(|reset| match reset {
        EPOCH.. => reset.saturating_sub(server.as_second()),
        wait => wait,
    });
    let at = |wait: i64| now.saturating_add(SignedDuration::from_secs(wait.max(0))).unwrap_or(Timestamp::MAX);
    if refused && remaining.is_none_or(|left| left == 0) {
        let wait =
            retry_after(headers).map(|wait| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX)).or(wait)?;
        let limit = limit.or(before.map(|rate| rate.limit)).unwrap_or_default();
        return Some(Rate { limit, remaining: 0, reset: at(wait) });
    }
    Some(Rate { limit: limit?, remaining: remaining?, reset: at(wait?) })
}

/// When to come back: seconds, or an instant that is read against the server's own clock; where that is not said, when
/// its limit is set anew.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let Some(value) = headers.get(RETRY_AFTER) else { return until_reset(headers) };
    let value = value.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (at, now) = (http_date(headers, RETRY_AFTER.as_str())?, http_date(headers, DATE.as_str())?);
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

/// From a reset that is an instant, against the server's own clock, or a number of seconds.
fn until_reset(headers: &HeaderMap) -> Option<Duration> {
    let reset: i64 = headers.get("x-ratelimit-reset")?.to_str().ok()?.trim().parse().ok()?;
    let seconds = match reset {
        EPOCH.. => reset.saturating_sub(http_date(headers, DATE.as_str())?.as_second()),
        wait => wait,
    };
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

fn http_date(headers: &HeaderMap, name: &str) -> Option<Timestamp> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    jiff::fmt::rfc2822::parse(text).ok().map(|at| at.timestamp())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use rstest::rstest;

    use super::*;

    fn map(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        headers
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[rstest]
    #[case(&[("retry-after", "7")], Some(7))]
    #[case(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(30))]
    #[case(&[("retry-after", "Sun, 06 Nov 1994 08:49:00 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")], Some(0))]
    #[case(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], None)]
    #[case(&[("retry-after", "soon")], None)]
    #[case(&[("x-ratelimit-reset", "30")], Some(30))]
    #[case(&[("x-ratelimit-reset", "1700000045"), ("date", "Tue, 14 Nov 2023 22:13:20 GMT")], Some(45))]
    #[case(&[], None)]
    fn when_to_come_back(#[case] headers: &[(&'static str, &'static str)], #[case] seconds: Option<u64>) {
        assert_eq!(retry_after(&map(headers)), seconds.map(Duration::from_secs));
    }

    #[rstest]
    #[case::a_wait(false, &[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "12"), ("x-ratelimit-reset", "30")], Some((60, 12, 30)))]
    #[case::the_draft_standard(false, &[("ratelimit-limit", "60"), ("ratelimit-remaining", "12"), ("ratelimit-reset", "30")], Some((60, 12, 30)))]
    // The server's clock is years behind ours.
    #[case::an_instant(false, &[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1700000045"), ("date", "Tue, 14 Nov 2023 22:13:20 GMT")], Some((60, 0, 45)))]
    #[case::a_past_instant(false, &[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "1699999990"), ("date", "Tue, 14 Nov 2023 22:13:20 GMT")], Some((60, 0, 0)))]
    #[case::a_refusal(true, &[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30"), ("retry-after", "3")], Some((60, 0, 3)))]
    #[case::of_one_kind_of_call(true, &[("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "44"), ("x-ratelimit-reset", "30"), ("retry-after", "3")], Some((60, 44, 30)))]
    #[case::a_bare_refusal(true, &[("retry-after", "3")], Some((90, 0, 3)))]
    #[case::a_silent_refusal(true, &[], None)]
    #[case::half_of_it(false, &[("x-ratelimit-limit", "60")], None)]
    #[case::nonsense(false, &[("x-ratelimit-limit", "many"), ("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "1")], None)]
    fn what_is_left(
        #[case] refused: bool,
        #[case] headers: &[(&'static str, &'static str)],
        #[case] expected: Option<(u32, u32, i64)>,
    ) {
        let now: Timestamp = "2026-05-20T14:30:00Z".parse().unwrap();
        let before = Some(Rate { limit: 90, remaining: 5, reset: now });
        let rate = read(&map(headers), refused, before, now);
        let said = rate.map(|rate| (rate.limit, rate.remaining, rate.reset.duration_since(now).as_secs()));
        assert_eq!(said, expected);
    }
}
