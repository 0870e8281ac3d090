//! How a job leaves, between the wire and the model.

use jiff::{Timestamp, civil::Time, tz::TimeZone};
use muster_model::{
    Day, Drip, IfChanged, Interval, IntervalUnit, ScheduleError, Sending, SnoozeUntil, When, Window,
    parse_snooze,
};

use crate::wire::{DripView, SendingView};
use crate::words::rfc3339;
use crate::{ErrorCode, UiError};

impl From<ScheduleError> for UiError {
    fn from(err: ScheduleError) -> Self {
        Self::new(ErrorCode::BadInput, err.to_string())
    }
}

/// As the wire has it.
pub(crate) fn sending_view(sending: &Sending) -> SendingView {
    let (mode, at, drip) = match &sending.when {
        When::AtOnce => ("at_once", None, None),
        When::At { at } => ("at", Some(rfc3339(*at)), None),
        When::Drip(drip) => ("drip", None, Some(drip_view(drip))),
    };
    SendingView {
        mode: mode.to_owned(),
        at,
        drip,
        hold: Some(sending.hold),
        canary: sending.canary,
        if_changed: sending.if_changed.to_string(),
    }
}

fn drip_view(drip: &Drip) -> DripView {
    let time = |time: Time| time.strftime("%H:%M").to_string();
    DripView {
        start: rfc3339(drip.start),
        batch: drip.batch,
        every: drip.every.n,
        unit: drip.every.unit.to_string(),
        days: drip.days.iter().map(ToString::to_string).collect(),
        from: drip.window.map(|window| time(window.from)),
        to: drip.window.map(|window| time(window.to)),
        zone: drip.zone.clone(),
    }
}

/// As the model has it, checked. Nobody said how long to hold it: `usual_hold` seconds.
///
/// # Errors
/// What makes no sense in it, in a sentence.
pub(crate) fn sending_of(
    view: &SendingView,
    usual_hold: u32,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Sending, UiError> {
    let when = match (view.mode.as_str(), &view.drip) {
        ("" | "at_once", _) => When::AtOnce,
        ("at", _) => When::At { at: moment(view.at.as_deref().unwrap_or_default(), now, zone)? },
        ("drip", Some(drip)) => When::Drip(drip_of(drip, now, zone)?),
        ("drip", None) => {
            return Err(bad("A drip needs a batch and an interval, for example 100 every 5 hours."));
        }
        (other, _) => return Err(bad(format!("\"{other}\" is not a way to send. Use at_once, at or drip."))),
    };
    let if_changed = match view.if_changed.as_str() {
        "" => IfChanged::Hold,
        word => IfChanged::from(word),
    };
    if let IfChanged::Other(word) = &if_changed {
        return Err(bad(format!(
            "\"{word}\" is not what can be done when somebody wrote. Use hold, skip or send."
        )));
    }
    let sending = Sending {
        when,
        hold: view.hold.unwrap_or(usual_hold),
        canary: view.canary.filter(|first| *first > 0),
        if_changed,
    };
    sending.check()?;
    Ok(sending)
}

fn drip_of(view: &DripView, now: Timestamp, zone: &TimeZone) -> Result<Drip, UiError> {
    let window = match (&view.from, &view.to) {
        (Some(from), Some(to)) => Some(Window { from: time(from)?, to: time(to)? }),
        (None, None) => None,
        _ => return Err(bad("A window has a beginning and an end. Write 09:00-17:00.")),
    };
    let own_zone = || zone.iana_name().unwrap_or("UTC").to_owned();
    Ok(Drip {
        start: match view.start.parse() {
            // The start of a drip that is under way lies in the past.
            Ok(start) => start,
            Err(_) if view.start.is_empty() => now,
            Err(_) => moment(&view.start, now, zone)?,
        },
        batch: view.batch,
        every: Interval { n: view.every, unit: IntervalUnit::from(view.unit.as_str()) },
        days: view.days.iter().map(|day| Day::from(day.as_str())).collect(),
        window,
        zone: if view.zone.is_empty() { own_zone() } else { view.zone.clone() },
    })
}

/// RFC 3339, or as a person writes it: `tomorrow at 9am`.
fn moment(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, UiError> {
    match parse_snooze(text, now, zone) {
        Ok(SnoozeUntil::At(at)) => Ok(at),
        Ok(SnoozeUntil::Reply) => {
            Err(bad("A job leaves at a time. Write tomorrow at 9am, or 2026-05-22T09:00."))
        }
        Err(err) => Err(bad(err.to_string())),
    }
}

/// `09:00`
fn time(text: &str) -> Result<Time, UiError> {
    text.parse().map_err(|_| bad(format!("\"{text}\" is not a time of day. Write 09:00.")))
}

fn bad(message: impl Into<String>) -> UiError {
    UiError::new(ErrorCode::BadInput, message)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn drip() -> DripView {
        DripView { batch: 100, every: 5, unit: "hours".into(), ..DripView::default() }
    }

    fn of(view: &SendingView) -> Result<Sending, UiError> {
        sending_of(view, 30, Timestamp::UNIX_EPOCH, &TimeZone::UTC)
    }

    fn mode(mode: &str) -> SendingView {
        SendingView { mode: mode.into(), ..SendingView::default() }
    }

    #[rstest]
    #[case::nothing_said(SendingView::default())]
    #[case::canary(SendingView { canary: Some(10), hold: Some(0), if_changed: "skip".into(), ..mode("at_once") })]
    #[case::at(SendingView { at: Some("1970-01-02T09:00:00Z".into()), ..mode("at") })]
    #[case::drip(SendingView { drip: Some(DripView {
        days: vec!["mon".into()], from: Some("09:00".into()), to: Some("17:00".into()), zone: "Europe/Berlin".into(), ..drip()
    }), ..mode("drip") })]
    fn there_and_back(#[case] view: SendingView) {
        let sending = of(&view).expect("makes sense");
        assert_eq!(of(&sending_view(&sending)), Ok(sending));
    }

    #[test]
    fn what_nobody_said_is_usual() {
        let sending = of(&SendingView::default()).expect("makes sense");
        assert_eq!(sending, Sending { hold: 30, ..Sending::default() });
        let When::Drip(drip) =
            of(&SendingView { drip: Some(drip()), ..mode("drip") }).expect("makes sense").when
        else {
            panic!("not a drip")
        };
        assert_eq!((drip.start, drip.zone.as_str()), (Timestamp::UNIX_EPOCH, "UTC"));
    }

    #[rstest]
    #[case(mode("slowly"), "\"slowly\" is not a way to send. Use at_once, at or drip.")]
    #[case(SendingView { at: Some("until reply".into()), ..mode("at") }, "A job leaves at a time. Write tomorrow at 9am, or 2026-05-22T09:00.")]
    #[case(mode("drip"), "A drip needs a batch and an interval, for example 100 every 5 hours.")]
    #[case(SendingView { drip: Some(DripView { batch: 0, ..drip() }), ..mode("drip") }, "A batch needs at least one recipient.")]
    #[case(SendingView { drip: Some(DripView { from: Some("9".into()), to: Some("17:00".into()), ..drip() }), ..mode("drip") }, "\"9\" is not a time of day. Write 09:00.")]
    #[case(SendingView { if_changed: "shout".into(), ..mode("") }, "\"shout\" is not what can be done when somebody wrote. Use hold, skip or send.")]
    fn what_makes_no_sense_says_so(#[case] view: SendingView, #[case] message: &str) {
        assert_eq!(of(&view).expect_err("makes no sense").message, message);
    }
}
