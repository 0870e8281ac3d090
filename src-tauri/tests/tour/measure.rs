//! What the window costs on a large cache: `cargo xtask bench window`. A file of invented conversations is imported, the
//! real window is opened on it, and the page itself takes the times from a key to the frame that shows what it means. The
//! baseline is the same window on a small cache, in the same run: what is above it is what size costs. Prints measures, one
//! JSON object a line; asserts nothing but that everything was shown.

mod memory;
mod shop;

use crate::ctl::Ctl;
use crate::session::Session;
use crate::wait::{LATER, until};
use crate::window::{Scheme, Window};
use crate::{Result, measure::shop::write_shop};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;

/// What a large cache is compared with.
const SMALL: u64 = 5_000;
/// Jumps from view to view, and how often everything is typed.
const JUMPS: usize = 24;
const ROUNDS: usize = 2;
/// What is typed, letter by letter.
const TYPED: [&str; 4] =
    ["is:active payment", "tag:tag-003 refund", "delivery late", "team:team-02 older:30d"];
/// Keys behind `g`, and back.
const VIEWS: [char; 4] = ['a', 'd', 'h', 'u'];
/// Frames of one scroll, and of rest before it.
const FRAMES: u64 = 200;

/// A measure: its name, its unit, and what was taken.
type Taken = (&'static str, &'static str, Vec<f64>);

/// Takes every measure with so many conversations, and with few.
pub async fn window(conversations: u64, logs: &Path) -> Result<()> {
    let small = if conversations > SMALL { take(SMALL, logs).await? } else { Vec::new() };
    for (place, (name, unit, samples)) in take(conversations, logs).await?.into_iter().enumerate() {
        let baseline = small.get(place).map(|(_, _, samples)| samples.as_slice()).unwrap_or_default();
        println!(
            "{}",
            json!({ "name": name, "n": conversations, "unit": unit, "samples": samples, "baseline": baseline })
        );
    }
    Ok(())
}

async fn take(conversations: u64, logs: &Path) -> Result<Vec<Taken>> {
    let session = Session::start(logs).await?;
    let file = session.scratch().join("shop.jsonl");
    std::fs::create_dir_all(session.scratch())?;
    write_shop(&file, conversations)?;
    let ctl = Ctl::new(session.data());
    let began = Instant::now();
    ctl.must(&session, &["import", "shop", &file.display().to_string()])?;
    let mut taken: Vec<Taken> = vec![("window import", "s", vec![began.elapsed().as_secs_f64()])];
    std::fs::remove_file(&file)?;

    let began = Instant::now();
    let window = Window::open(&session, &session.data(), Scheme::Light).await?;
    until("the sidebar to count", LATER, async || Ok(window.sees("nav-active").await?.then_some(()))).await?;
    taken.push(("window start to counted sidebar", "s", vec![began.elapsed().as_secs_f64()]));
    taken.push(("window memory at start", "MB", vec![memory::of_tree(window.process()?)?]));

    let mut jumps = Vec::new();
    for round in 0..JUMPS {
        let key = VIEWS[round % VIEWS.len()].to_string();
        jumps.push(number(&window.script_async(JUMP, &[json!(key)]).await?)?);
    }
    taken.push(("window jump to view", "ms", jumps));

    let (mut echoes, mut lists) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for text in TYPED {
            // Another end every time, so that no answer is one that was given before.
            let text = format!("{text} x{round}");
            for end in text.char_indices().map(|(at, c)| at + c.len_utf8()) {
                let times = window.script_async(TYPE, &[json!(text.get(..end))]).await?;
                echoes.push(number(&times["echo"])?);
                lists.extend(times["list"].as_f64());
            }
        }
    }
    taken.push(("window letter to frame", "ms", echoes));
    taken.push(("window letter to list", "ms", lists));

    window.script_async(JUMP, &[json!("a")]).await?;
    // How long a frame takes here in which nothing happens is the display's affair.
    for (name, rows) in [("window frame at rest", 0), ("window scroll frame", 5)] {
        let frames = window.script_async(SCROLL, &[json!(FRAMES), json!(rows)]).await?;
        let frames = frames.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        taken.push((name, "ms", frames));
    }
    taken.push(("window memory at end", "MB", vec![memory::of_tree(window.process()?)?]));
    window.close().await?;
    Ok(taken)
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().ok_or_else(|| format!("the page took no time: {value}").into())
}

/// From the second key of `g X` to the frame in which the list of that view stands.
const JUMP: &str = "
    const [key, done] = arguments;
    const list = () => document.querySelector('[data-testid=list]');
    const press = key => document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    document.activeElement?.blur();
    press('g');
    press('i');
    setTimeout(() => {
        const before = list().dataset.shown;
        press('g');
        const began = performance.now();
        press(key);
        const look = () => list().dataset.shown === before
            ? requestAnimationFrame(look)
            : requestAnimationFrame(() => done(performance.now() - began));
        requestAnimationFrame(look);
    }, 300);";

/// From a letter to the frame that shows it, and to the one that shows its list; none where the filter makes no sense yet
/// or shows what was shown before: a list that takes longer than it is waited for is missing from its measure, which then has
/// fewer samples than letters.
const TYPE: &str = "
    const [text, done] = arguments;
    const input = document.querySelector('[data-testid=filter-input]');
    const list = document.querySelector('[data-testid=list]');
    const before = list.dataset.shown;
    input.focus();
    input.value = text;
    input.setSelectionRange(text.length, text.length);
    const began = performance.now();
    let echo = null;
    input.dispatchEvent(new Event('input', { bubbles: true }));
    const look = () => {
        const now = performance.now() - began;
        echo ??= now;
        if (list.dataset.shown !== before) requestAnimationFrame(() => done({ echo, list: performance.now() - began }));
        else if (now > 700) done({ echo, list: null });
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);";

/// The times between frames while the list is scrolled, so many rows a frame.
const SCROLL: &str = "
    const [frames, rows, done] = arguments;
    const list = document.querySelector('[data-testid=list]');
    const times = [];
    let last = performance.now();
    const step = () => {
        const now = performance.now();
        times.push(now - last);
        last = now;
        list.scrollTop += rows * 72;
        if (times.length < frames) requestAnimationFrame(step);
        else done(times);
    };
    requestAnimationFrame(step);";
