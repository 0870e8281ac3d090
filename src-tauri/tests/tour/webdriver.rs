//! WebDriver, as much of it as the tour speaks: a handful of JSON calls to WebKitWebDriver. No client library, because
//! each brings its own polling, retries and HTTP stack, and the tour wants to say itself what it waits for.

use crate::Result;
use crate::process::{Process, descendants};
use crate::session::Session;
use crate::wait::{LATER, SOON, until};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;

/// The key under which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// One automated window: a driver process, and the program it started.
pub struct WebDriver {
    http: Client,
    session: String,
    driver: Process,
    program: String,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Element {
    /// An element as a script returned it.
    pub fn from_json(value: &Value) -> Option<Self> {
        Some(Self(value[ELEMENT].as_str()?.to_owned()))
    }
}

impl WebDriver {
    /// Starts a driver, and through it the program.
    pub async fn open(session: &Session, program: &Path, environment: &[(&str, &OsStr)]) -> Result<Self> {
        let port = free_port()?;
        let mut command = session.command("WebKitWebDriver");
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.envs(environment.iter().copied());
        let driver = Process::start("window", &mut command, session.logs())?;
        // A driver whose program did not come up never answers.
        let http = Client::builder().no_proxy().timeout(LATER).build()?;
        let base = format!("http://127.0.0.1:{port}");
        until("WebKitWebDriver", SOON, async || {
            let status = http.get(format!("{base}/status")).send().await?;
            Ok(status.status().is_success().then_some(()))
        })
        .await?;
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": program, "args": [] }
        }}});
        let opened = call(&http, Method::POST, &format!("{base}/session"), Some(&capabilities)).await?;
        let id = opened["sessionId"].as_str().ok_or("WebKitWebDriver gave no session")?;
        let program = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { session: format!("{base}/session/{id}"), http, driver, program })
    }

    /// The window's process.
    pub fn program(&self) -> Result<u32> {
        let found = descendants(self.driver.id(), &self.program);
        found.first().copied().ok_or_else(|| format!("{} is not running", self.program).into())
    }

    /// All elements that a CSS selector matches.
    pub async fn find_all(&self, css: &str) -> Result<Vec<Element>> {
        let query = json!({ "using": "css selector", "value": css });
        let found = self.post("elements", &query).await?;
        let elements = found.as_array().map_or(&[][..], Vec::as_slice);
        Ok(elements.iter().filter_map(Element::from_json).collect())
    }

    /// Clicks as a mouse does; fails when something else lies above.
    pub async fn click(&self, element: &Element) -> Result<()> {
        self.post(&format!("element/{}/click", element.0), &json!({})).await.map(drop)
    }

    /// Clicks while Shift is held.
    pub async fn shift_click(&self, element: &Element) -> Result<()> {
        let there =
            json!({ "type": "pointerMove", "duration": 0, "origin": { ELEMENT: element.0 }, "x": 0, "y": 0 });
        let wait = json!({ "type": "pause" });
        let mouse = [
            &wait,
            &there,
            &json!({ "type": "pointerDown", "button": 0 }),
            &json!({ "type": "pointerUp", "button": 0 }),
            &wait,
        ];
        let shift = '\u{E008}';
        let keys = [
            &json!({ "type": "keyDown", "value": shift }),
            &wait,
            &wait,
            &wait,
            &json!({ "type": "keyUp", "value": shift }),
        ];
        let both = json!({ "actions": [
            { "type": "key", "id": "keyboard", "actions": keys },
            { "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": mouse },
        ]});
        self.post("actions", &both).await.map(drop)
    }

    /// Types into an element.
    pub async fn type_into(&self, element: &Element, text: &str) -> Result<()> {
        self.post(&format!("element/{}/value", element.0), &json!({ "text": text })).await.map(drop)
    }

    /// Presses and releases a key in whatever has the focus, with others held down meanwhile.
    pub async fn press(&self, held: &[char], key: char) -> Result<()> {
        let down = held.iter().map(|key| json!({ "type": "keyDown", "value": key }));
        let stroke = [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        let up = held.iter().rev().map(|key| json!({ "type": "keyUp", "value": key }));
        let actions: Vec<Value> = down.chain(stroke).chain(up).collect();
        let keyboard = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.post("actions", &keyboard).await.map(drop)
    }

    /// Moves the mouse over an element.
    pub async fn hover(&self, element: &Element) -> Result<()> {
        let there =
            json!({ "type": "pointerMove", "duration": 0, "origin": { ELEMENT: element.0 }, "x": 0, "y": 0 });
        let mouse = json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": [there] });
        self.post("actions", &json!({ "actions": [mouse] })).await.map(drop)
    }

    /// What can be read in the page that an element frames.
    pub async fn text_in_frame(&self, frame: &Element) -> Result<String> {
        self.post("frame", &json!({ "id": { ELEMENT: frame.0 } })).await?;
        let read = async {
            let body = self.find_all("body").await?;
            let body = body.first().ok_or("the frame is empty")?;
            let text =
                call(&self.http, Method::GET, &format!("{}/element/{}/text", self.session, body.0), None)
                    .await?;
            Ok(text.as_str().unwrap_or_default().to_owned())
        };
        let text = read.await;
        self.post("frame", &json!({ "id": null })).await?;
        text
    }

    /// Runs the body of a function in the page; `arguments` are its arguments.
    pub async fn script(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post("execute/sync", &json!({ "script": body, "args": arguments })).await
    }

    /// Runs the body of a function in the page that calls its last argument with the answer.
    pub async fn script_async(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        self.post("execute/async", &json!({ "script": body, "args": arguments })).await
    }

    /// Waits until the page has drawn what it holds now.
    pub async fn drawn(&self) -> Result<()> {
        // All of it: nobody composites this display, and a notification that closes leaves a hole.
        let frames = "const done = arguments[arguments.length - 1];
            const page = document.documentElement.style;
            page.opacity = '0.999';
            requestAnimationFrame(() => requestAnimationFrame(() => {
                page.opacity = '';
                requestAnimationFrame(() => requestAnimationFrame(() => done(true)));
            }))";
        self.post("execute/async", &json!({ "script": frames, "args": [] })).await.map(drop)
    }

    /// Closes the window as its owner would.
    pub async fn close(self) -> Result<()> {
        call(&self.http, Method::DELETE, &self.session, None).await.map(drop)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        call(&self.http, Method::POST, &format!("{}/{path}", self.session), Some(body)).await
    }
}

impl Drop for WebDriver {
    /// The driver would leave its program behind.
    fn drop(&mut self) {
        for program in descendants(self.driver.id(), &self.program) {
            let _ = kill(program);
        }
    }
}

/// `kill -9`
pub fn kill(process: u32) -> Result<()> {
    signal(process, "KILL")
}

/// `kill`, the shell's own: a small Debian has no program of that name.
pub fn signal(process: u32, name: &str) -> Result<()> {
    let arguments = ["-c", "kill -s $0 $1", name, &process.to_string()];
    let status = std::process::Command::new("sh").args(arguments).status()?;
    if status.success() { Ok(()) } else { Err(format!("process {process} takes no {name}").into()) }
}

async fn call(http: &Client, method: Method, url: &str, body: Option<&Value>) -> Result<Value> {
    let mut request = http.request(method, url);
    if let Some(body) = body {
        request = request.json(body);
    }
    let mut answer: Value = request.send().await?.json().await?;
    let value = answer["value"].take();
    match value["error"].as_str() {
        None => Ok(value),
        Some(error) => Err(format!("{error}: {}", value["message"].as_str().unwrap_or_default()).into()),
    }
}

/// A port on which nobody listens.
pub fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
