//! A caller of the sandbox, and an operator who takes the call.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{Answer, Browser, TestApp, app::Person, browser::client};

/// What a caller reads out.
#[derive(Clone)]
pub struct Caller {
    /// The last digits of the card.
    pub card: String,
    /// The CUN.
    pub cun: String,
    /// The day of the swab, gg/mm/aaaa; empty for a CUN that nobody knows.
    pub sampled_on: String,
}

/// The control address of a sandbox.
#[derive(Clone, Copy)]
pub struct Control(pub SocketAddr);

impl Control {
    async fn order(&self, path: &str, order: Value) -> Value {
        let request = client().post(format!("http://{}{path}", self.0)).header("content-type", "application/json");
        let answer = request.body(order.to_string()).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_str(&answer.text().await.expect("text")).unwrap_or(Value::Null)
    }

    /// What the sandbox holds.
    pub async fn sandbox(&self, path: &str) -> Value {
        let answer = client().get(format!("http://{}{path}", self.0)).send().await.expect("an answer");
        serde_json::from_str(&answer.text().await.expect("text")).expect("JSON")
    }

    /// A new caller of this scenario.
    pub async fn caller(&self, scenario: &str) -> Caller {
        let caller = self.order("/callers", json!({ "scenario": scenario })).await;
        let text = |key: &str| caller[key].as_str().map(str::to_owned);
        let sampled = text("sampled_on").map(|day| day.parse().expect("a day"));
        Caller {
            card: text("card").expect("a card"),
            cun: text("cun").expect("a CUN"),
            sampled_on: sampled.map(centralino::domain::dates::display).unwrap_or_default(),
        }
    }

    /// A well-formed OTP that was never used.
    pub async fn otp(&self) -> String {
        self.sandbox("/otp").await["otp"].as_str().expect("an OTP").to_owned()
    }

    /// Takes a file of people and tests over.
    pub async fn seed(&self, file: Value) -> Value {
        self.order("/seed", file).await
    }

    /// Lets the next request to `service` meet `fault`.
    pub async fn fault(&self, service: &str, fault: &str) {
        self.order("/faults", json!({ "service": service, "fault": fault, "times": 1 })).await;
    }

    /// Lets as many requests to `service` be carried out at once and answered `delay_ms` later.
    pub async fn slow(&self, service: &str, times: usize, delay_ms: u64) {
        let order = json!({ "service": service, "fault": "slow", "times": times, "delay_ms": delay_ms });
        self.order("/faults", order).await;
    }

    /// Lets the sandbox behave like this where the sources leave a choice.
    pub async fn profile(&self, profile: Value) {
        let request = client().put(format!("http://{}/profile", self.0)).header("content-type", "application/json");
        let answer = request.body(profile.to_string()).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
    }

    /// Takes back every fault that has not struck yet.
    pub async fn no_faults(&self) {
        let cleared = client().delete(format!("http://{}/faults", self.0)).send().await.expect("an answer");
        assert!(cleared.status().is_success());
    }

    /// Lets the next request to `service` be refused with the code of this error, and not be carried out.
    pub async fn refuse(&self, service: &str, code: &str) {
        self.order("/faults", json!({ "service": service, "fault": "refused", "code": code, "times": 1 })).await;
    }

    /// Lets the next request to `service` be answered with this outcome, and not be carried out.
    pub async fn esito(&self, service: &str, esito: &str) {
        let order = json!({ "service": service, "fault": "given_esito", "esito": esito, "times": 1 });
        self.order("/faults", order).await;
    }
}

impl TestApp {
    fn control(&self) -> Control {
        Control(self.state.sandbox.as_ref().expect("a sandbox").control_address())
    }

    /// See [`Control::sandbox`].
    pub async fn sandbox(&self, path: &str) -> Value {
        self.control().sandbox(path).await
    }

    /// How many requests to a service the sandbox has received.
    pub async fn received(&self, service: &str) -> u64 {
        self.sandbox("/state").await["counts"]["requests"][service].as_u64().unwrap_or_default()
    }

    /// See [`Control::caller`].
    pub async fn caller(&self, scenario: &str) -> Caller {
        self.control().caller(scenario).await
    }

    /// See [`Control::otp`].
    pub async fn otp(&self) -> String {
        self.control().otp().await
    }

    /// See [`Control::seed`].
    pub async fn seed(&self, file: Value) -> Value {
        self.control().seed(file).await
    }

    /// See [`Control::fault`].
    pub async fn fault(&self, service: &str, fault: &str) {
        self.control().fault(service, fault).await;
    }

    /// See [`Control::profile`].
    pub async fn profile(&self, profile: Value) {
        self.control().profile(profile).await;
    }

    /// See [`Control::refuse`].
    pub async fn refuse(&self, service: &str, code: &str) {
        self.control().refuse(service, code).await;
    }

    /// See [`Control::slow`].
    pub async fn slow(&self, service: &str, times: usize, delay_ms: u64) {
        self.control().slow(service, times, delay_ms).await;
    }

    /// See [`Control::esito`].
    pub async fn esito(&self, service: &str, esito: &str) {
        self.control().esito(service, esito).await;
    }

    /// An operator at an open case.
    pub async fn call(&self, person: &Person) -> Call {
        let mut browser = self.signed_in(person).await;
        let opened = browser.post("/cases", &[("call", "88213")]).await;
        assert_eq!(opened.status, 303);
        Call { path: opened.location().to_owned(), browser }
    }
}

/// A call that is being taken.
#[derive(Clone)]
pub struct Call {
    /// The operator's browser.
    pub browser: Browser,
    /// The path of the case.
    pub path: String,
}

impl Call {
    /// The page of the case.
    pub async fn page(&mut self) -> Answer {
        let path = self.path.clone();
        self.browser.get(&path).await
    }

    /// A one-time key, as the page of the case has it.
    pub async fn key(&mut self) -> String {
        key_of(&self.page().await.text)
    }

    /// Sends the form of a step as it stands on the page, and opens the page that it leads to.
    pub async fn step(&mut self, act: &str, fields: &[(&str, &str)]) -> Answer {
        let key = self.key().await;
        let answer = self.submit(act, &key, fields).await;
        if answer.status == 303 { self.page().await } else { answer }
    }

    /// Sends a form with this one-time key.
    pub async fn submit(&mut self, act: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
        let fields = [&[("key", key)], fields].concat();
        let path = format!("{}/{act}", self.path);
        self.browser.post(&path, &fields).await
    }

    /// Step 1.
    pub async fn verify(&mut self, caller: &Caller) -> Answer {
        self.step("verify", &[("card", &caller.card), ("cun", &caller.cun)]).await
    }

    /// Step 2, for a caller without symptoms.
    pub async fn unlock(&mut self, otp: &str) -> Answer {
        self.step("unlock", &[("otp", otp), ("asymptomatic", "1")]).await
    }
}

/// The first one-time key in a page.
pub fn key_of(page: &str) -> String {
    let after = page.split("name=\"key\" value=\"").nth(1).unwrap_or_else(|| panic!("no form on the page: {page}"));
    after.split('"').next().expect("a value").to_owned()
}
