//! `mail://localhost/<account>/<conversation>/<message>`: cleaned message HTML under its own policy, for a sandboxed
//! frame in the window.

use muster_app::{App, MAIL_CSP};
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

/// Answers one request of the scheme.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().state::<App>().inner().clone();
    let path: Vec<String> = request.uri().path().split('/').skip(1).map(decoded).collect();
    tauri::async_runtime::spawn(async move {
        let (status, page) = match path.as_slice() {
            [account, conversation, message] => match app.mail(account, conversation, message).await {
                Ok(page) => (StatusCode::OK, page),
                Err(err) => (StatusCode::NOT_FOUND, err.message),
            },
            _ => (StatusCode::NOT_FOUND, "No such message.".to_owned()),
        };
        let kind =
            if status == StatusCode::OK { "text/html; charset=utf-8" } else { "text/plain; charset=utf-8" };
        let response = Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, kind)
            .header(header::CONTENT_SECURITY_POLICY, MAIL_CSP)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .header(header::REFERRER_POLICY, "no-referrer")
            .body(page.into_bytes());
        match response {
            Ok(response) => responder.respond(response),
            Err(err) => tracing::error!("a mail page could not be answered: {err}"),
        }
    });
}

/// One part of a path, `%41` read as `A`.
fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}
