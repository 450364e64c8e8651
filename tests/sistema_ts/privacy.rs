//! Nothing of a call in the log at its most verbose, in the metrics, or in what `Debug` prints.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use centralino::sistema_ts::call_center::Communication;
use metrics_exporter_prometheus::PrometheusBuilder;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

use super::rig::{CARD, CUN, ONSET, OPERATOR, OTP, Rig, summary};
use crate::support::upstream::{
    Act, http,
    xml::{TEST_ID, TRANSACTION, fault, unlocked, verified, yes},
};

/// Everything that this thread logs, until it goes out of scope.
pub struct Log {
    written: Written,
    _guard: DefaultGuard,
}

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub fn start() -> Self {
        let written = Written::default();
        let writer = written.clone();
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(move || writer.clone());
        let everything = tracing_subscriber::filter::LevelFilter::TRACE;
        Self { written, _guard: tracing_subscriber::registry().with(everything).with(layer).set_default() }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.written.0.lock().expect("no panic")).into_owned()
    }
}

/// Whatever must not be found, as it is and as it could be disguised.
fn canaries() -> Vec<String> {
    let onset = ONSET.to_string();
    let words = [CARD, CUN, &CUN[4..], OTP, TEST_ID, &onset, "2021-01-08", "SEGRETO"];
    words
        .iter()
        .flat_map(|word| {
            let hex: String = word
                .bytes()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .filter_map(|digit| char::from_digit(digit.into(), 16))
                .collect();
            let bytes = format!("{:?}", word.as_bytes());
            [
                (*word).to_owned(),
                word.to_lowercase(),
                hex,
                BASE64_STANDARD.encode(word),
                bytes.trim_matches(['[', ']']).to_owned(),
            ]
        })
        .collect()
}

#[tokio::test]
async fn nothing_of_a_call_is_logged_counted_or_printed() {
    let log = Log::start();
    let recorder = PrometheusBuilder::new().build_recorder();
    let metrics = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let quoting = format!("cvc-pattern-valid: Value '{CUN}' SEGRETO {OTP} {CARD} {TEST_ID}");
    let scripts: Vec<Act> = vec![
        Act::Send(http(200, "text/xml", verified(&yes()))),
        Act::Send(http(200, "text/xml", unlocked(&format!("{TRANSACTION}<esito>0000</esito>")))),
        Act::Send(http(
            200,
            "text/xml",
            verified(&format!("<esito>9999</esito><descrizioneEsito>{quoting}</descrizioneEsito>")),
        )),
        Act::Send(http(
            200,
            "text/xml",
            verified(&format!("<esito>SEGRETO</esito><descrizioneEsito>{quoting}</descrizioneEsito>")),
        )),
        Act::Send(http(500, "text/xml", fault("env:Client", &quoting))),
        Act::Send(http(500, "text/xml", fault("env:Server", &quoting.replace("cvc-", "")))),
        Act::Send(http(400, "text/html", format!("<html>{quoting}</html>"))),
        Act::Send(http(200, "text/xml", format!("<SEGRETO>{quoting}"))),
        Act::Send(http(200, &format!("text/xml; charset={CUN}"), &quoting)),
        Act::SendAndClose(format!("{quoting}\r\n\r\n").into_bytes()),
        Act::SendAndCut(format!("HTTP/1.1 200 OK\r\nX: {quoting}\r\n").into_bytes()),
    ];
    let mut printed = Vec::new();
    for act in scripts {
        let rig = Rig::new(move |_| act.clone()).await;
        let verified = rig.client.verify().await;
        let unlocked = rig.client.unlock().await;
        let confirmed = rig.client.confirm(Communication::Confirm).await;
        printed.push(format!("{verified:?} {unlocked:?} {confirmed:?} {:?}", rig.client.0));
        printed.push(format!("{:?} {:?} {:?}", summary(&verified), summary(&unlocked), summary(&confirmed)));
    }
    let (log, metrics, printed) = (log.text(), metrics.render(), printed.join("\n"));
    assert!(log.contains("Sistema TS was called") && log.contains("unlock"), "the log is heard");
    assert!(log.contains("rustls") || log.contains("hyper"), "and so is that of the libraries");
    for wanted in
        ["service=\"verify\"", "service=\"unlock\"", "service=\"confirm\"", "outcome=\"done\"", "outcome=\"refused\""]
    {
        assert!(metrics.contains(wanted), "{wanted} is counted:\n{metrics}");
    }
    for name in ["centralino_upstream_requests_total", "centralino_upstream_request_duration_seconds"] {
        assert!(metrics.contains(name), "{name}");
    }
    assert!(printed.contains("Done") && printed.contains("Refused") && printed.contains("Uncertain"));
    for canary in canaries().into_iter().chain([OPERATOR.to_owned()]) {
        for (place, text) in [("the log", &log), ("the metrics", &metrics), ("Debug", &printed)] {
            assert!(!text.contains(&canary), "{canary} in {place}");
        }
    }
}
