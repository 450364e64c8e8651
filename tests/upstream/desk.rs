//! An operator at a desk whose services are, for each failure, another server.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use centralino::sistema_ts::settings::Settings;
use tokio::{io::copy_bidirectional, net::TcpStream};

use super::table::Row;
use crate::support::{
    Answer, Browser, Engine, TestApp,
    browser::client,
    call::key_of,
    upstream::{Upstream, pki::Pki},
};

/// For how long calls are held back after one has failed, in seconds.
const PAUSE: u32 = 10;
/// The titles of the card of a verification, by class.
const TITLES: [(&str, &str); 4] = [
    ("done", "Positività verificata"),
    ("refused", "Verifica non accettata"),
    ("uncertain", "Esito della verifica incerto"),
    ("not_sent", "Verifica non inviata"),
];

/// A desk with an operator.
pub struct Desk {
    pub app: TestApp,
    browser: Browser,
    cases: u32,
    /// Where calls arrive.
    target: Arc<Mutex<SocketAddr>>,
    _front: Upstream,
}

/// A client's certificate that is valid at the desk's clock, which stands in January 2021, until `to` days from now.
pub fn install(pki: &Pki, to: i64) {
    pki.install(&pki.authority.client(-4_000, to));
}

impl Desk {
    /// Whose client trusts `pki` and has these settings besides; the first failure already holds calls back.
    pub async fn new(pki: &Pki, change: impl FnOnce(&mut Settings)) -> Self {
        let target = Arc::new(Mutex::new(SocketAddr::from(([127, 0, 0, 1], 1))));
        let front = Upstream::tcp({
            let target = Arc::clone(&target);
            move |mut stream, _| {
                let target = *target.lock().expect("no panic");
                async move {
                    let mut server = TcpStream::connect(target).await.expect("a server");
                    let _ = copy_bidirectional(&mut stream, &mut server).await;
                }
            }
        })
        .await;
        let usual = pki.settings(front.address.port());
        // No connection is kept for the next failure, which another server has.
        let mut settings = Settings { breaker_failures: 1, breaker_seconds: PAUSE, idle_ms: 1, ..usual };
        settings.deadline_ms = 1_600;
        change(&mut settings);
        let app = TestApp::start_with(Engine::Sqlite, |config| {
            config.sistema_ts = Some(settings);
            config.metrics.listen = Some(([127, 0, 0, 1], 0).into());
        })
        .await;
        let browser = app.browser();
        Self { app, browser, cases: 0, target, _front: front }
    }

    /// Lets an operator sign in.
    pub async fn sign_in(&mut self) {
        let person = self.app.operator("m.bianchi").await;
        self.browser = self.app.signed_in(&person).await;
    }

    /// Calls arrive here from now on.
    pub fn turn_to(&self, server: &Upstream) {
        *self.target.lock().expect("no panic") = server.address;
    }

    /// A verification, as it is seen at the desk and in the figures; what of it is not as expected.
    pub async fn verify_and_compare(&mut self, row: &Row) -> Vec<String> {
        let before = self.counts().await;
        let page = self.verify().await;
        let title = TITLES.iter().find(|(class, _)| *class == row.class).expect("one of the four classes").1;
        let after = self.counts().await;
        let grown: Vec<_> = after.iter().filter(|(labels, number)| before.get(*labels) != Some(number)).collect();
        let is_its = |labels: &str| {
            let labels_of_it = ["service=\"verify\"".to_owned(), format!("outcome=\"{}\"", row.class)];
            labels_of_it.iter().all(|label| labels.contains(label))
        };
        let is_one_more = |(labels, number): &(&String, &u64)| {
            is_its(labels) && **number == before.get(*labels).copied().unwrap_or_default() + 1
        };
        let state = format!("centralino_upstream_circuit_state{{section=\"sistema_ts\",state=\"{}\"}} 1", row.circuit);
        let figures = self.figures().await;
        let later = self.browser.get("/confirm").await.text;
        let is_unanswered = matches!(row.class.as_str(), "not_sent" | "uncertain");
        self.app.wait_seconds(i64::from(PAUSE) + 1);
        let held = [
            ("the title of the card", page.text.contains(title)),
            ("the words", page.text.contains(&row.words)),
            ("one call counted, once, in its class", grown.len() == 1 && grown.iter().all(is_one_more)),
            ("the state of the circuit", figures.contains(&state)),
            ("what every page says of Sistema TS", later.contains("Sistema TS non risponde") == is_unanswered),
            ("when to try again", later.contains("Può riprovare dalle") == (row.circuit == "open")),
        ];
        let problem = |(what, _): &(&str, bool)| format!("{}: {what}", row.name);
        held.iter().filter(|(_, holds)| !holds).map(problem).collect()
    }

    /// A verification in a new case.
    async fn verify(&mut self) -> Answer {
        self.cases += 1;
        let opened = self.browser.post("/cases", &[("call", &format!("88{:03}", self.cases))]).await;
        let path = opened.location().to_owned();
        let key = key_of(&self.browser.get(&path).await.text);
        let fields = [("key", key.as_str()), ("card", "73510264"), ("cun", "CUN-H17KZ6247A")];
        assert_eq!(self.browser.post(&format!("{path}/verify"), &fields).await.location(), path);
        let page = self.browser.get(&path).await;
        let closed = self.browser.post(&format!("{path}/close"), &[("sure", "1")]).await;
        assert_eq!(closed.location(), "/", "{}", closed.text);
        page
    }

    async fn figures(&self) -> String {
        let address = self.app.figures.expect("an address");
        client().get(format!("http://{address}/metrics")).send().await.expect("an answer").text().await.expect("text")
    }

    /// The counted calls by their labels.
    async fn counts(&self) -> BTreeMap<String, u64> {
        let figures = self.figures().await;
        let lines = figures.lines().filter_map(|line| line.strip_prefix("centralino_upstream_requests_total"));
        let count = |line: &str| {
            let (labels, number) = line.rsplit_once(' ').expect("a number");
            (labels.to_owned(), number.parse().expect("a whole number"))
        };
        lines.map(count).collect()
    }
}
