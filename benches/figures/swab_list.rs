//! A list of ten thousand swab tests: from the form to its last byte, the memory that it takes, and how soon Chromium
//! can be worked in.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use centralino::server::clock::Clock;
use reqwest::{Certificate, Client, Identity};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Outcome, ROUNDS,
    client::{self, Browser},
    desk::Desk,
    numbers::{Pairs, median},
    report::Figure,
    say,
    upstream::Upstream,
};

/// How many tests.
const TESTS: usize = 10_000;
/// Where they were taken.
const PLACE: &str = "Drive-in Area Nord";
/// The most that the page may take in Chromium until it can be worked in, in milliseconds.
const MOST_IN_CHROMIUM: f64 = 1_000.0;
/// The most resident memory while a list is made, in MB.
const MOST_MEMORY: f64 = 160.0;
/// How long the desk is left alone before its memory is read.
const REST: Duration = Duration::from_secs(2);

/// The service alone, called as the desk calls it.
struct Floor {
    http: Client,
    url: String,
    envelope: String,
}

impl Floor {
    fn new(upstream: &Upstream) -> Outcome<Self> {
        let read = |name: &str| std::fs::read(upstream.file(name));
        let identity = Identity::from_pem(&[read("region.pem")?, read("region.key")?].concat())?;
        let authority = Certificate::from_pem(&read("ca.pem")?)?;
        let http = client::builder().tls_certs_only([authority]).identity(identity).build()?;
        let url = format!("https://localhost:{}/TamponiWEB/services/ElencoTest", upstream.address.port());
        let today = Clock::system().today();
        let envelope = format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><r:ElencoTestRichiesta \
             xmlns:r=\"http://tamponirichiesta.xsd.tamponi.sanita.finanze.it\">\
             <r:tipoAutenticazione>2F</r:tipoAutenticazione><r:descrizioneStruttura>{PLACE}</r:descrizioneStruttura>\
             <r:dataInizio>{today}</r:dataInizio><r:dataFine>{today}</r:dataFine><r:tipologiaTest>M</r:tipologiaTest>\
             <r:identificativoUtente>RSSMRA80A01H501U</r:identificativoUtente></r:ElencoTestRichiesta></s:Body></s:Envelope>"
        );
        Ok(Self { http, url, envelope })
    }

    /// How many seconds it took.
    async fn list(&self) -> Outcome<f64> {
        let start = Instant::now();
        let request = self.http.post(&self.url).header("content-type", "text/xml; charset=UTF-8");
        let action = "\"http://elencotest.wsdl.tamponi.sanita.finanze.it/ElencoTest\"";
        let answer = request.header("soapaction", action).body(self.envelope.clone()).send().await?.text().await?;
        let took = start.elapsed().as_secs_f64();
        let found = answer.matches("identificativoTest>").count() / 2;
        if found == TESTS { Ok(took) } else { Err(format!("the floor's list has {found} tests").into()) }
    }
}

/// How many seconds a list took, from the form to its last byte.
async fn list(browser: &mut Browser) -> Outcome<f64> {
    let start = Instant::now();
    let answer = browser.post("/swabs/list", &[("description", PLACE)]).await?;
    let took = start.elapsed().as_secs_f64();
    let found = answer.text().matches("<code>CUN-").count();
    if found == TESTS { Ok(took) } else { Err(format!("{}: the list has {found} tests", answer.status).into()) }
}

/// The figures of a list.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let test = json!({
        "fiscal_code": "VRDLGU75B02F205A", "result": "N", "sampled_on": Clock::system().today(), "description": PLACE,
    });
    upstream.seed(&json!({ "tests": vec![test; TESTS] })).await?;
    let desk = Desk::of_swabs(upstream).await?;
    let person = desk.people.all().first().ok_or("nobody")?;
    let mut browser = desk.sign_in(person).await?;
    let floor = Floor::new(upstream)?;
    tokio::time::sleep(REST).await;
    let before = desk.process.resident_mb()?;
    desk.process.forget_peak()?;
    let mut pairs = Pairs::default();
    for round in 0..=ROUNDS {
        let (of_floor, of_desk) = (floor.list().await?, list(&mut browser).await?);
        // The first round warms both.
        if round > 0 {
            pairs.add(of_floor * 1e3, of_desk * 1e3);
        }
    }
    let most = desk.process.peak_mb()?;
    tokio::time::sleep(REST).await;
    let after = desk.process.resident_mb()?;
    let name = format!("list of {TESTS} tests: form post to last byte, against the service's own answer");
    let memory = format!("{most:.1} MB (before {before:.1}, after {after:.1})");
    let mut figures = vec![
        Figure::context(name, "ms", &pairs, ""),
        Figure::limit("memory while it is made", &memory, &format!("{MOST_MEMORY:.0} MB"), most <= MOST_MEMORY),
    ];
    figures.extend(in_chromium(&desk).await?);
    Ok(figures)
}

/// What the script says of a page, in milliseconds from the click.
#[derive(Deserialize)]
struct Seen {
    first_byte: f64,
    interactive: f64,
    last_group: f64,
}

/// How soon the page can be worked in, told by Chromium itself; none where the browser tests are not set up.
async fn in_chromium(desk: &Desk) -> Outcome<Option<Figure>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("end2end");
    if !folder.join("node_modules").exists() {
        say("no figure of Chromium: the browser tests are not set up (npm ci --prefix end2end)");
        return Ok(None);
    }
    let person = desk.people.all().get(1).ok_or("nobody")?;
    let pin = desk.people.pin(person)?.ok_or("no PIN is left for now")?;
    let address = format!("http://localhost:{}", desk.address.port());
    let mut command = Command::new("node");
    command.arg("list-figure.mjs").args([&address, &person.username, &pin, PLACE]).current_dir(folder);
    let output = tokio::task::spawn_blocking(move || command.output()).await??;
    if !output.status.success() {
        return Err(format!("list-figure.mjs: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let seen: Vec<Seen> = serde_json::from_slice(&output.stdout)?;
    let of = |time: fn(&Seen) -> f64| median(&seen.iter().map(time).collect::<Vec<_>>());
    let (first, interactive, last) =
        (of(|seen| seen.first_byte), of(|seen| seen.interactive), of(|seen| seen.last_group));
    let measured = format!("{interactive:.0} ms ({first:.0} to the first byte; the last group opens in {last:.0})");
    let is_met = interactive <= MOST_IN_CHROMIUM;
    let wanted = format!("{MOST_IN_CHROMIUM:.0} ms");
    Ok(Some(Figure::limit("the same in Chromium: click to a page that can be worked in", &measured, &wanted, is_met)))
}
