//! The real window, as an agent sees it: parts are known by their `data-testid`, everything waits until it is there.

use crate::Result;
use crate::session::Session;
use crate::wait::{LATER, SOON, until};
use crate::webdriver::{Element, WebDriver, kill};
use serde_json::Value;
use std::path::Path;

/// Keys as WebDriver writes them.
pub mod key {
    /// Return.
    pub const ENTER: char = '\u{E007}';
    /// Escape.
    pub const ESCAPE: char = '\u{E00C}';
    /// Backspace.
    pub const BACKSPACE: char = '\u{E003}';
    /// Control.
    pub const CONTROL: char = '\u{E009}';
    /// Shift.
    pub const SHIFT: char = '\u{E008}';
}

/// The system's colour scheme at the time when a window opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The open window.
pub struct Window(WebDriver);

impl Window {
    /// Opens the window and waits until the page has drawn itself.
    pub async fn open(session: &Session, data: &Path, scheme: Scheme) -> Result<Self> {
        let theme = match scheme {
            Scheme::Light => "Adwaita",
            Scheme::Dark => "Adwaita:dark",
        };
        let program = Path::new(env!("CARGO_BIN_EXE_muster"));
        let environment = [("GTK_THEME", theme.as_ref()), ("MUSTER_DATA_DIR", data.as_os_str())];
        let window = Self(WebDriver::open(session, program, &environment).await?);
        until("the window to draw itself", LATER, async || {
            let ready =
                "return document.readyState === 'complete' && !!document.querySelector('[data-testid]')";
            Ok(window.0.script(ready, &[]).await?.as_bool().unwrap_or_default().then_some(()))
        })
        .await?;
        Ok(window)
    }

    /// The window's process.
    pub fn process(&self) -> Result<u32> {
        self.0.program()
    }

    /// `kill -9` of the window's process.
    pub fn kill(self) -> Result<()> {
        kill(self.0.program()?)
    }

    /// Waits until the page has drawn what it holds now.
    pub async fn drawn(&self) -> Result<()> {
        self.0.drawn().await
    }

    /// Closes it as its owner would.
    pub async fn close(self) -> Result<()> {
        self.0.close().await
    }

    /// Waits for a part to be there and visible.
    pub async fn see(&self, part: &str) -> Result<()> {
        self.see_within(part, SOON).await
    }

    /// Waits for a part to be there and visible, longer.
    pub async fn see_within(&self, part: &str, patience: std::time::Duration) -> Result<()> {
        until(&format!("{part} to be seen"), patience, async || Ok(self.sees(part).await?.then_some(())))
            .await
    }

    /// Waits for a part to be gone.
    pub async fn gone(&self, part: &str) -> Result<()> {
        until(&format!("{part} to be gone"), SOON, async || Ok((!self.sees(part).await?).then_some(()))).await
    }

    /// Waits for what a selector matches to be gone.
    pub async fn gone_css(&self, selector: &str) -> Result<()> {
        until(&format!("{selector} to be gone"), SOON, async || {
            Ok((!self.sees_css(selector).await?).then_some(()))
        })
        .await
    }

    /// Whether a part is there and visible now.
    pub async fn sees(&self, part: &str) -> Result<bool> {
        self.sees_css(&css(part)).await
    }

    async fn sees_css(&self, selector: &str) -> Result<bool> {
        let visible = "const e = document.querySelector(arguments[0]); return !!e && e.checkVisibility() && e.getClientRects().length > 0";
        Ok(self.0.script(visible, &[selector.into()]).await?.as_bool().unwrap_or_default())
    }

    /// Clicks a part once it is there and can be clicked.
    pub async fn click(&self, part: &str) -> Result<()> {
        self.click_css(&css(part)).await
    }

    /// Clicks what a selector matches first.
    pub async fn click_css(&self, selector: &str) -> Result<()> {
        self.with(selector, 0, async |element| self.0.click(element).await).await
    }

    /// Clicks the n-th of a part, counted from 0.
    pub async fn click_nth(&self, part: &str, nth: usize) -> Result<()> {
        self.with(&css(part), nth, async |element| self.0.click(element).await).await
    }

    /// Clicks the n-th of a part with Shift held: the end of a range.
    pub async fn shift_click_nth(&self, part: &str, nth: usize) -> Result<()> {
        self.with(&css(part), nth, async |element| self.0.shift_click(element).await).await
    }

    /// Clicks a tab until it is the chosen one: what it stands on may still be growing.
    pub async fn choose(&self, tab: &str) -> Result<()> {
        let chosen = format!("{}[aria-pressed=true]", css(tab));
        until(&format!("{tab} to be chosen"), SOON, async || {
            if !self.sees_css(&chosen).await? {
                self.click(tab).await?;
            }
            Ok(self.sees_css(&chosen).await?.then_some(()))
        })
        .await
    }

    /// Picks one of a few: the entry with this value.
    pub async fn pick(&self, part: &str, value: &str) -> Result<()> {
        self.click_css(&format!("{} option[value=\"{value}\"]", css(part))).await?;
        until(&format!("{part} to be {value}"), SOON, async || {
            Ok((self.value(part).await? == value).then_some(()))
        })
        .await
    }

    /// What a field holds.
    pub async fn value(&self, part: &str) -> Result<String> {
        let body = "return document.querySelector(arguments[0])?.value ?? ''";
        Ok(string(&self.0.script(body, &[css(part).into()]).await?))
    }

    /// Moves the mouse over the n-th of a part.
    pub async fn hover_nth(&self, part: &str, nth: usize) -> Result<()> {
        self.with(&css(part), nth, async |element| self.0.hover(element).await).await
    }

    /// Replaces what a field holds, by the keys that a person would use.
    pub async fn fill(&self, part: &str, text: &str) -> Result<()> {
        self.click(part).await?;
        self.retype(part, text).await
    }

    /// The same for a field that has the focus already.
    pub async fn retype(&self, part: &str, text: &str) -> Result<()> {
        self.chord(&[key::CONTROL], 'a').await?;
        self.press(key::BACKSPACE).await?;
        if text.is_empty() {
            return Ok(());
        }
        self.with(&css(part), 0, async |element| self.0.type_into(element, text).await).await
    }

    /// Presses a key.
    pub async fn press(&self, key: char) -> Result<()> {
        self.0.press(&[], key).await
    }

    /// Presses a key while others are held.
    pub async fn chord(&self, held: &[char], key: char) -> Result<()> {
        self.0.press(held, key).await
    }

    /// The visible text of a part; empty when it is not there.
    pub async fn text(&self, part: &str) -> Result<String> {
        self.text_css(&css(part)).await
    }

    /// The visible text of what a selector matches first; empty when there is none.
    pub async fn text_css(&self, selector: &str) -> Result<String> {
        let body =
            "const e = document.querySelector(arguments[0]); return e ? (e.innerText ?? e.textContent) : ''";
        Ok(string(&self.0.script(body, &[selector.into()]).await?))
    }

    /// What can be read in the only frame of the page; empty when there is none.
    pub async fn text_in_frame(&self) -> Result<String> {
        match self.0.find_all("iframe").await?.first() {
            Some(frame) => self.0.text_in_frame(frame).await,
            None => Ok(String::new()),
        }
    }

    /// An attribute of every instance of a part, top to bottom.
    pub async fn attributes(&self, part: &str, name: &str) -> Result<Vec<String>> {
        let body = "return [...document.querySelectorAll(arguments[0])].map((e) => e.getAttribute(arguments[1]) ?? '')";
        let found = self.0.script(body, &[css(part).into(), name.into()]).await?;
        Ok(found.as_array().map_or(&[][..], Vec::as_slice).iter().map(string).collect())
    }

    /// Waits until a part's text satisfies `good`, and returns it.
    pub async fn text_where(&self, part: &str, what: &str, good: impl Fn(&str) -> bool) -> Result<String> {
        self.text_where_within(part, what, SOON, good).await
    }

    /// Waits until a part's text satisfies `good`, longer.
    pub async fn text_where_within(
        &self,
        part: &str,
        what: &str,
        patience: std::time::Duration,
        good: impl Fn(&str) -> bool,
    ) -> Result<String> {
        until(&format!("{part} to say {what}"), patience, async || {
            let text = self.text(part).await?;
            if good(&text) { Ok(Some(text)) } else { Err(format!("it says \"{text}\"").into()) }
        })
        .await
    }

    /// Waits until the text of what a selector matches first satisfies `good`, and returns it.
    pub async fn text_css_where(
        &self,
        selector: &str,
        what: &str,
        good: impl Fn(&str) -> bool,
    ) -> Result<String> {
        until(&format!("{selector} to say {what}"), SOON, async || {
            let text = self.text_css(selector).await?;
            Ok(good(&text).then_some(text))
        })
        .await
    }

    /// Closes what the strip is saying, so that its own parts come back.
    pub async fn until_strip_is_quiet(&self) -> Result<()> {
        if self.sees("strip-said").await? {
            self.click_css(&format!("{} button:last-of-type", css("strip"))).await?;
        }
        self.gone("strip-said").await
    }

    /// Whether a part is a button that cannot be pressed, or a box that is off.
    pub async fn is_disabled(&self, part: &str) -> Result<bool> {
        let body = "const e = document.querySelector(arguments[0]); return !e || e.disabled || e.getAttribute('aria-disabled') === 'true'";
        Ok(self.0.script(body, &[css(part).into()]).await?.as_bool().unwrap_or_default())
    }

    /// Whether a box or switch is on.
    pub async fn is_on(&self, part: &str) -> Result<bool> {
        let body = "const e = document.querySelector(arguments[0]); return !!e && (e.checked === true || e.getAttribute('aria-checked') === 'true' || e.getAttribute('aria-pressed') === 'true')";
        Ok(self.0.script(body, &[css(part).into()]).await?.as_bool().unwrap_or_default())
    }

    /// The colours in which the page draws itself, as the style sheet resolves them.
    pub async fn prefers_dark(&self) -> Result<bool> {
        let body = "return matchMedia('(prefers-color-scheme: dark)').matches";
        Ok(self.0.script(body, &[]).await?.as_bool().unwrap_or_default())
    }

    /// Runs the body of a function in the page that calls its last argument with the answer.
    pub async fn script_async(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.0.script_async(body, arguments).await
    }

    /// Runs a function body in the page.
    pub async fn script(&self, body: &str) -> Result<Value> {
        self.0.script(body, &[]).await
    }

    /// Does something with the n-th element of a selector, again and again until it works.
    async fn with(
        &self,
        selector: &str,
        nth: usize,
        mut act: impl AsyncFnMut(&Element) -> Result<()>,
    ) -> Result<()> {
        until(&format!("{selector} to be at hand"), SOON, async || {
            let found = self.0.find_all(selector).await?;
            let Some(element) = found.get(nth) else { return Ok(None) };
            act(element).await.map(Some)
        })
        .await
    }
}

/// The selector of a part.
pub fn css(part: &str) -> String {
    format!("[data-testid=\"{part}\"]")
}

/// The first number in a text, thousands separators read over: "All 1,284 matching" is 1284.
pub fn number(text: &str) -> Option<u64> {
    let from = text.find(|sign: char| sign.is_ascii_digit())?;
    let digits = text[from..]
        .chars()
        .take_while(|sign| sign.is_ascii_digit() || matches!(sign, ',' | '\u{202f}' | '\u{a0}'));
    digits.filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
