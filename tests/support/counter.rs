//! An operator at a desk without cases.

use centralino::domain::operator::Queue;

use super::{Answer, Browser, TestApp, call::key_of};

/// The desk as its operator has it open.
pub struct Counter<'a> {
    app: &'a TestApp,
    /// The operator's browser.
    pub browser: Browser,
    /// The page's address.
    pub path: &'static str,
}

impl TestApp {
    /// An operator at the desk of this address.
    pub async fn counter(&self, path: &'static str) -> Counter<'_> {
        let person = self.operator_of("g.neri", &[Queue::Swabs, Queue::Asl, Queue::Exemptions]).await;
        Counter { app: self, browser: self.signed_in(&person).await, path }
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
