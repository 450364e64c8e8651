//! Verifica positività, from the form to the redirect, beside the least that it takes: one call and two commits.

use std::{path::Path, time::Instant};

use centralino::server::{clock::Clock, random::Random};
use reqwest::{Certificate, Client, Identity};
use sqlx::{
    Connection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tempfile::TempDir;

use crate::{
    Outcome, ROUNDS,
    client::{self, Browser},
    desk::Desk,
    numbers::{Pairs, quantile},
    report::Figure,
    upstream::{Caller, Upstream, folder},
};

/// How many of each are measured in a round.
const CALLS: usize = 200;

/// An open case.
pub struct Call {
    path: String,
}

impl Call {
    /// Opens a case.
    pub async fn open(browser: &mut Browser) -> Outcome<Self> {
        let answer = browser.post("/cases", &[("call", "88213")]).await?;
        answer.leads_to("/cases/")?;
        Ok(Self { path: answer.location })
    }

    /// Verifies; how many seconds it took from the form to the redirect.
    pub async fn verify(&self, browser: &mut Browser, caller: &Caller) -> Outcome<f64> {
        let key = Random::system().uuid_v7(Clock::system().now())?;
        let fields = [("key", key.as_str()), ("card", &caller.card), ("cun", &caller.cun)];
        let path = format!("{}/verify", self.path);
        let start = Instant::now();
        let answer = browser.post(&path, &fields).await?;
        let took = start.elapsed().as_secs_f64();
        answer.leads_to(&self.path)?;
        // A redirect alone would also follow a call that came to nothing.
        let page = browser.read(&self.path).await?.text();
        let unlock = format!("{}/unlock", self.path);
        if page.contains(&unlock) { Ok(took) } else { Err("the verification came to nothing".into()) }
    }

    /// Closes the case.
    pub async fn close(self, browser: &mut Browser) -> Outcome<()> {
        browser.post(&format!("{}/close", self.path), &[("sure", "1")]).await?.leads_to("/")
    }

    /// Where its page is.
    pub fn path(&self) -> &str {
        &self.path
    }
}

/// One warm call over mutual TLS, two commits that are on disk before they are acknowledged.
pub struct Floor {
    http: Client,
    url: String,
    database: SqliteConnection,
    _folder: TempDir,
}

impl Floor {
    /// With a database of its own.
    pub async fn start(upstream: &Upstream) -> Outcome<Self> {
        let read = |name: &str| std::fs::read(upstream.file(name));
        let identity = Identity::from_pem(&[read("client.pem")?, read("client.key")?].concat())?;
        let authority = Certificate::from_pem(&read("ca.pem")?)?;
        let http = client::builder().tls_certs_only([authority]).identity(identity).build()?;
        let folder = folder()?;
        let database = open(&folder.path().join("floor.db")).await?;
        let path = "ImmuniCallCenterWEB/services/VerificaPositivita";
        let url = format!("https://localhost:{}/{path}", upstream.address.port());
        Ok(Self { http, url, database, _folder: folder })
    }

    /// How many seconds it took.
    pub async fn verify(&mut self, caller: &Caller) -> Outcome<f64> {
        let start = Instant::now();
        self.commit("before").await?;
        let request = self.http.post(&self.url).header("content-type", "text/xml; charset=UTF-8");
        let action = "\"http://verificapositivita.wsdl.immuni.sanita.finanze.it/VerificaPositivita\"";
        let answer = request.header("soapaction", action).body(envelope(caller)).send().await?.text().await?;
        self.commit("after").await?;
        let took = start.elapsed().as_secs_f64();
        if answer.contains("idVerificaTampone") { Ok(took) } else { Err("the floor's call came to nothing".into()) }
    }

    async fn commit(&mut self, word: &str) -> Outcome<()> {
        let mut transaction = self.database.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query("INSERT INTO notes (word) VALUES ($1)").bind(word).execute(&mut *transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn open(file: &Path) -> Outcome<SqliteConnection> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let options = options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut database = SqliteConnection::connect_with(&options).await?;
    sqlx::query("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT NOT NULL)").execute(&mut database).await?;
    Ok(database)
}

fn envelope(caller: &Caller) -> String {
    let Caller { card, cun } = caller;
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><r:VerificaPositivitaRichiesta \
         xmlns:r=\"http://verificapositivitarichiesta.xsd.immuni.sanita.finanze.it\">\
         <r:cfOperatore>RSSMRA80A01H501U</r:cfOperatore><r:tipoAutenticazione>2F</r:tipoAutenticazione>\
         <r:numTesseraSanitaria>{card}</r:numTesseraSanitaria><r:cun>{cun}</r:cun>\
         </r:VerificaPositivitaRichiesta></s:Body></s:Envelope>"
    )
}

/// Median and 99th percentile of one operator's verifications, each beside the floor's.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let desk = Desk::start(upstream, upstream.address, 1).await?;
    let person = desk.people.all().first().ok_or("nobody")?;
    let mut browser = desk.sign_in(person).await?;
    let mut floor = Floor::start(upstream).await?;
    let caller = upstream.caller().await?;
    let (mut medians, mut worst) = (Pairs::default(), Pairs::default());
    for round in 0..=ROUNDS {
        let (mut of_floor, mut of_desk) = (Vec::new(), Vec::new());
        for _ in 0..CALLS {
            let call = Call::open(&mut browser).await?;
            of_desk.push(call.verify(&mut browser, &caller).await?);
            call.close(&mut browser).await?;
            of_floor.push(floor.verify(&caller).await?);
        }
        // The first round warms both.
        if round > 0 {
            medians.add(quantile(&of_floor, 0.5) * 1e3, quantile(&of_desk, 0.5) * 1e3);
            worst.add(quantile(&of_floor, 0.99) * 1e3, quantile(&of_desk, 0.99) * 1e3);
        }
    }
    Ok(vec![
        Figure::at_most("verify: form post to redirect, median", "ms", &medians, 2.5),
        Figure::at_most("the same, 99th percentile", "ms", &worst, 5.0),
    ])
}
