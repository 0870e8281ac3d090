//! How a job leaves, as it stands on the command line: `100/5h`, `mon-fri`, `09:00-17:00`, `30s`.

use muster_app::wire::{DripView, SendingView};

use crate::args::BulkCommand;

/// So many every so often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Every {
    batch: u32,
    every: u32,
    unit: &'static str,
}

/// Days of the week, as words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Days(Vec<String>);

/// A part of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    from: String,
    to: String,
}

const WEEK: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `100/5h`
pub fn drip(text: &str) -> Result<Every, String> {
    let wrong = || format!("\"{text}\" is not a drip. Write 100/5h: a number, a slash, and m, h or d");
    let (batch, interval) = text.split_once('/').ok_or_else(wrong)?;
    let (every, unit) = with_unit(interval).ok_or_else(wrong)?;
    let unit = match unit {
        "m" | "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        _ => return Err(wrong()),
    };
    let batch: u32 = batch.trim().parse().map_err(|_| wrong())?;
    if batch == 0 || every == 0 {
        return Err(wrong());
    }
    Ok(Every { batch, every, unit })
}

/// `mon-fri`, `mon,wed`, `fri-mon`
pub fn days(text: &str) -> Result<Days, String> {
    let wrong = || format!("\"{text}\" are not days. Write mon-fri, or mon,wed");
    let place = |word: &str| WEEK.iter().position(|day| *day == word.trim().to_lowercase()).ok_or_else(wrong);
    let mut found = [false; 7];
    for part in text.split(',') {
        let (first, last) = match part.split_once('-') {
            Some((first, last)) => (place(first)?, place(last)?),
            None => (place(part)?, place(part)?),
        };
        // A range may run over the end of the week.
        let length = (last + 7 - first) % 7;
        for step in 0..=length {
            found[(first + step) % 7] = true;
        }
    }
    Ok(Days(WEEK.iter().zip(found).filter(|(_, found)| *found).map(|(day, _)| (*day).to_owned()).collect()))
}

/// `09:00-17:00`
pub fn window(text: &str) -> Result<Hours, String> {
    let wrong = || format!("\"{text}\" is not a part of the day. Write 09:00-17:00");
    let (from, to) = text.split_once('-').ok_or_else(wrong)?;
    let time = |text: &str| text.trim().parse::<jiff::civil::Time>().map_err(|_| wrong());
    if time(to)? <= time(from)? {
        return Err(format!("\"{text}\" ends before it begins. Write 09:00-17:00"));
    }
    Ok(Hours { from: from.trim().to_owned(), to: to.trim().to_owned() })
}

/// `30s`, `5m`, `1h`, in seconds.
pub fn hold(text: &str) -> Result<u32, String> {
    let wrong = || format!("\"{text}\" is not a length of time. Write 30s, 5m or 1h");
    let (n, unit) = with_unit(text).ok_or_else(wrong)?;
    let seconds = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3600,
        _ => return Err(wrong()),
    };
    n.checked_mul(seconds).ok_or_else(wrong)
}

/// `5h` → 5 and h.
fn with_unit(text: &str) -> Option<(u32, &str)> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (n, unit) = text.split_at(digits);
    Some((n.parse().ok()?, unit.trim()))
}

/// How a bulk command leaves.
pub fn sending(command: &BulkCommand) -> SendingView {
    let hours = command.window.clone();
    let drip = command.drip.as_ref().map(|every| DripView {
        start: command.at.clone().unwrap_or_default(),
        batch: every.batch,
        every: every.every,
        unit: every.unit.to_owned(),
        days: command.days.clone().map(|days| days.0).unwrap_or_default(),
        from: hours.as_ref().map(|hours| hours.from.clone()),
        to: hours.map(|hours| hours.to),
        zone: command.zone.clone().unwrap_or_default(),
    });
    let mode = match (&drip, &command.at) {
        (Some(_), _) => "drip",
        (None, Some(_)) => "at",
        (None, None) => "at_once",
    };
    SendingView {
        mode: mode.to_owned(),
        at: command.at.clone().filter(|_| drip.is_none()),
        drip,
        hold: Some(command.hold),
        canary: command.canary,
        if_changed: command.if_changed.clone(),
    }
}
