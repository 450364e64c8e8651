//! What the server says of the session to a page that is open, and how the page asks.

use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response, UrlSearchParams};

use leptos::prelude::window;

/// Answered by `GET /session`, which is no use of the session, and by `POST /session/unlock`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionState {
    /// It can be used.
    Active {
        /// The id of the account: a page is shown again to who opened it and to nobody else.
        operator: String,
        /// Milliseconds until it locks, or ends.
        left: i64,
        /// Whether it then ends, used or not.
        is_final: bool,
    },
    /// It lay idle: the PIN opens it again.
    Locked {
        /// The id of the account.
        operator: String,
        /// Why what was typed did not open it.
        refusal: Option<String>,
    },
    /// It can't be used any more.
    Over {
        /// Why, in the visitor's language.
        why: String,
    },
    /// Its operator has left.
    Left,
}

/// How the session stands; none if the server did not say.
pub async fn ask() -> Option<SessionState> {
    read(&send("GET", "/session", None).await?)
}

/// Says that the operator is still there, then asks.
pub async fn extend() -> Option<SessionState> {
    send("POST", "/session/extend", None).await?;
    ask().await
}

/// Opens a locked session by a PIN, or a recovery code.
pub async fn unlock(pin: &str) -> Option<SessionState> {
    let fields = UrlSearchParams::new().ok()?;
    fields.append("pin", pin);
    read(&send("POST", "/session/unlock", Some(&fields)).await?)
}

fn read(answer: &str) -> Option<SessionState> {
    serde_json::from_str(answer).ok()
}

async fn send(method: &str, address: &str, fields: Option<&JsValue>) -> Option<String> {
    let options = RequestInit::new();
    options.set_method(method);
    if let Some(fields) = fields {
        options.set_body(fields);
    }
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &options)).await.ok()?;
    let text = answer.dyn_into::<Response>().ok()?.text().ok()?;
    JsFuture::from(text).await.ok()?.as_string()
}
