//! Somebody at a browser, of whom everything is kept that the desk sent: where it led, the headers, and of the pages
//! what is more than text on the screen.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use axum::http::{Method, header};
use centralino::{
    domain::operator::Username,
    features::{
        accounts::demo::{PASSWORD, current_pin},
        desk::call_data::CallData,
        requests::sealed::{Drawer, Sealed},
    },
    server::{clock::Clock, random::Random, secrets::Secrets, session::SessionToken},
    storage::Db,
};
use jiff::SignedDuration;
use parking_lot::Mutex;
use reqwest::RequestBuilder;
use tower_sessions::session::Id;

use crate::support::{Answer, Browser};

/// What the desk sent, of every visitor.
pub type Sent = Arc<Mutex<BTreeSet<String>>>;

/// A browser and what it was sent.
#[derive(Clone)]
pub struct Visitor {
    browser: Browser,
    sent: Sent,
    /// The open case.
    pub case: String,
}

impl Visitor {
    /// Somebody new.
    pub fn new(address: std::net::SocketAddr, sent: &Sent) -> Self {
        Self { browser: Browser::new(address), sent: Arc::clone(sent), case: String::new() }
    }

    /// Where what is sent to it is kept.
    pub fn sent(&self) -> Sent {
        Arc::clone(&self.sent)
    }

    /// The same browser, before a desk that listens elsewhere now.
    pub fn moved_to(&self, address: std::net::SocketAddr) -> Self {
        let mut moved = Self { case: self.case.clone(), ..Self::new(address, &self.sent) };
        moved.browser.cookies.clone_from(&self.browser.cookies);
        moved
    }

    /// Opens an address.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.browser.get(path).await;
        self.keep(answer)
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.browser.post(path, fields).await;
        self.keep(answer)
    }

    /// Opens a page that has nothing of a caller on the screen either: all of it is kept.
    pub async fn look(&mut self, path: &str) -> Answer {
        let answer = self.get(path).await;
        self.keep_whole(answer)
    }

    /// Takes a file away by a form; all of it is kept.
    pub async fn take(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await;
        self.keep_whole(answer)
    }

    fn keep_whole(&self, answer: Answer) -> Answer {
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.sent.lock().insert(answer.text.clone());
        answer
    }

    /// Sends whatever `fill` makes of a request.
    pub async fn send(
        &mut self,
        method: Method,
        path: &str,
        fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Answer {
        let request = fill(self.browser.request(method, path));
        let answer = self.browser.send(request).await;
        self.keep(answer)
    }

    /// Signs a demo account in with a PIN that was not used before.
    pub async fn sign_in(&mut self, desk: &Backstage, username: &str) {
        let first = self.post("/login", &[("username", username), ("password", PASSWORD)]).await;
        assert_eq!(first.location(), "/login/pin");
        let second = self.post("/login/pin", &[("pin", &desk.new_pin(username).await)]).await;
        assert!(["/", "/operators"].contains(&second.location()), "{}", second.location());
    }

    /// Opens a case.
    pub async fn open_case(&mut self, call: &str) {
        self.case = self.post("/cases", &[("call", call)]).await.location().to_owned();
        assert!(self.case.starts_with("/cases/"), "{}", self.case);
    }

    /// Sends the form of a step under a new key, decided and sure, and opens the page that it leads to.
    pub async fn step(&mut self, act: &str, fields: &[(&str, &str)]) -> Answer {
        let key = new_key();
        let fields = [&[("key", key.as_str()), ("repeat", "1"), ("sure", "1")], fields].concat();
        let answer = self.post(&format!("{}/{act}", self.case), &fields).await;
        if answer.status != 303 {
            return answer;
        }
        let to = answer.location().to_owned();
        self.get(&to).await
    }

    /// What the sealed cookie of the case carries.
    pub async fn call_data(&self, desk: &Backstage, username: &str) -> CallData {
        let pairs: Vec<_> = self.browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let headers = [(header::COOKIE, pairs.join("; ").parse().expect("a header"))].into_iter().collect();
        let id: Id = self.browser.cookies["__Host-session"].parse().expect("the id of a session");
        let token = SessionToken::from(id);
        let operator = desk.db.operator_id(&name(username)).await.expect("an answer").expect("an account");
        let random = Random::system();
        let sealed = Sealed::new(&desk.secrets, &random, &operator, token.expose());
        sealed.open::<CallData>(Drawer::Case, &headers, Clock::system().now()).expect("the data of the call")
    }

    /// A page shows the caller's data on purpose; what is kept of it here is what must never hold them.
    fn keep(&self, answer: Answer) -> Answer {
        assert!(!answer.status.is_server_error(), "{}: {}", answer.status, answer.text);
        let mut sent = self.sent.lock();
        sent.extend(
            answer.headers.iter().map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))),
        );
        if answer.status != 200 && answer.status != 422 {
            sent.insert(answer.text.clone());
        }
        sent.extend(markup(&answer.text));
        answer
    }
}

/// A one-time key that no form had.
pub fn new_key() -> String {
    Random::system().uuid_v7(Clock::system().now()).expect("a key")
}

/// The tags of a page without what stands in its fields, and the texts that are not on the screen: title, scripts.
fn markup(page: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), page);
    while let Some(start) = rest.find('<') {
        rest = &rest[start..];
        let (tag, after) = rest.split_at(end_of_tag(rest));
        let (before, value) = tag.split_once(" value=\"").unwrap_or((tag, "\""));
        found.push(format!("{before} {}", value.split_once('"').map_or("", |(_, after)| after)));
        if ["<title", "<script", "<style"].iter().any(|name| tag.starts_with(name)) {
            found.push(after.split("</").next().unwrap_or_default().to_owned());
        }
        rest = after;
    }
    found
}

/// Where a tag ends: the first `>` outside quotes.
fn end_of_tag(text: &str) -> usize {
    let mut is_quoted = false;
    let end = text.bytes().position(|byte| {
        is_quoted ^= byte == b'"';
        byte == b'>' && !is_quoted
    });
    end.map_or(text.len(), |end| end + 1)
}

fn name(username: &str) -> Username {
    username.parse().expect("a user name")
}

/// What the test knows of an installation besides what a browser sees.
pub struct Backstage {
    /// Its database.
    pub db: Db,
    secrets: Secrets,
    used: Mutex<BTreeMap<String, i64>>,
}

impl Backstage {
    /// Of a desk that has been started once.
    pub async fn of(place: &super::process::Place) -> Self {
        Self::at(place.database(), place.secrets()).await
    }

    /// Of desks on this database, with this secret.
    pub async fn at(database: &str, secrets: Secrets) -> Self {
        Self { db: Db::open(database).await.expect("a database"), secrets, used: Mutex::default() }
    }

    /// A PIN of this operator's that is good now and was not used before; waits for one if need be.
    pub async fn new_pin(&self, username: &str) -> String {
        let operator = self.db.operator_id(&name(username)).await.expect("an answer").expect("an account");
        let factor = self.db.second_factor(&operator).await.expect("an answer").expect("a factor");
        let clock = Clock::system();
        loop {
            let step = clock.now().as_second() / 30;
            let next = self.used.lock().get(username).map_or(step, |used| (*used + 1).max(step));
            if next <= step + 1 {
                self.used.lock().insert(username.to_owned(), next);
                let then = clock.now() + SignedDuration::from_secs(30 * (next - step));
                return current_pin(&self.secrets, &factor, then).expect("a PIN").expect("a PIN").0;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

mod tests {
    #[test]
    fn what_stands_in_a_field_is_on_the_screen_and_the_rest_is_not() {
        let page = "<title>T1</title><p>shown</p><input name=\"a\" value=\"F1\" data-x=\"D1\"><a href=\"/x>L1\">l</a><script>S1</script>";
        let kept = super::markup(page).join("\n");
        for (word, is_kept) in [("T1", true), ("shown", false), ("F1", false), ("D1", true), ("L1", true), ("S1", true)]
        {
            assert_eq!(kept.contains(word), is_kept, "{word} in {kept}");
        }
    }
}
