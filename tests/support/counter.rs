//! An operator at a desk without cases.

use centralino::domain::{
    operator::Queue,
    service::{OutcomeClass, Service},
};

use super::{Answer, Browser, TestApp, call::key_of};

/// Who works there.
const OPERATOR: &str = "g.neri";

/// The desk as its operator has it open.
pub struct Counter<'a> {
    app: &'a TestApp,
    /// The operator's browser.
    pub browser: Browser,
    /// The page's address.
    pub path: &'static str,
}

impl TestApp {
    /// An operator at the desk of this address, whom Sistema TS knows.
    pub async fn counter(&self, path: &'static str) -> Counter<'_> {
        self.counter_as(path, OPERATOR, "RSSMRA80A01H501U").await
    }

    /// Another one, with this codice fiscale.
    pub async fn counter_as(&self, path: &'static str, username: &'static str, fiscal_code: &str) -> Counter<'_> {
        let queues = [Queue::Swabs, Queue::Asl, Queue::Exemptions];
        let person = self.operator_of(username, &queues, fiscal_code).await;
        Counter { app: self, browser: self.signed_in(&person).await, path }
    }

    /// What is kept of the operator's last request to a service: how it ended, and its transaction.
    pub async fn kept(&self, service: Service) -> Option<(OutcomeClass, Option<String>)> {
        let operator = self.person(OPERATOR).await.id;
        let last = self.state.db.last_request(&operator, service).await.expect("an answer")?;
        let transaction = last.end.as_ref().and_then(|end| end.transaction.as_ref());
        Some((last.class(), transaction.map(|id| id.as_str().to_owned())))
    }
}

impl Counter<'_> {
    /// The page.
    pub async fn page(&mut self) -> Answer {
        self.browser.get(self.path).await
    }

    /// A one-time key, as the page has it.
    pub async fn key(&mut self) -> String {
        key_of(&self.page().await.text)
    }

    /// Sends the form as it stands on the page, a second after whatever was sent before, and opens the page that it
    /// leads to.
    pub async fn send(&mut self, fields: &[(&str, &str)]) -> Answer {
        self.app.wait_seconds(1);
        let key = self.key().await;
        let answer = self.submit(&key, fields).await;
        if answer.status == 303 { self.page().await } else { answer }
    }

    /// The same, and says yes to the question that comes before what can't be undone.
    pub async fn send_surely(&mut self, fields: &[(&str, &str)]) -> Answer {
        let asked = self.send(fields).await;
        if !asked.text.contains("name=\"sure\"") {
            return asked;
        }
        let answer = self.browser.post(self.path, &borrowed(&hidden_of(&asked.text))).await;
        if answer.status == 303 { self.page().await } else { answer }
    }

    /// Sends a form with this one-time key.
    pub async fn submit(&mut self, key: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("key", key)], fields].concat();
        self.browser.post(self.path, &fields).await
    }
}

/// The CUN on the card of a report, as the copy button takes it.
#[track_caller]
pub fn cun_on(page: &Answer) -> String {
    let after = page.text.split("id=\"new-cun\"").nth(1).unwrap_or_else(|| panic!("no CUN: {}", page.text));
    let code = after.split_once('>').and_then(|(_, code)| code.split_once("</code>")).expect("a code").0;
    code.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

/// What the page's own form sends along unseen, by name.
pub fn hidden_of(page: &str) -> Vec<(String, String)> {
    let form = page.split("id=\"page-form\"").nth(1).and_then(|rest| rest.split("</form>").next()).expect("a form");
    let text = |field: &str, name: &str| {
        let value = field.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_default().to_owned()
    };
    let fields = form.split("<input type=\"hidden\"").skip(1).filter_map(|rest| rest.split('>').next());
    fields.map(|field| (text(field, "name"), text(field, "value"))).collect()
}

/// The same, as forms are sent.
pub fn borrowed(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}
