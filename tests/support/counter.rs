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

    /// Sends a form with this one-time key.
    pub async fn submit(&mut self, key: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("key", key)], fields].concat();
        self.browser.post(self.path, &fields).await
    }
}
