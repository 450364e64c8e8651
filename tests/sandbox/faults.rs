//! Every fault and odd answer, over the wire.

use std::time::{Duration, Instant};

use centralino::sandbox::Fault;
use regex::Regex;
use serde_json::json;

use super::bench::{Back, Bench, CONFIRM, ROSSI, Service, UNLOCK, VERIFY, back};

const FIELDS: [(&str, &str); 4] = [
    ("cfOperatore", ROSSI),
    ("tipoAutenticazione", "2F"),
    ("numTesseraSanitaria", "12345678"),
    ("cun", "CUN-H17KZ6247A"),
];

/// One verification that meets a fault; the error's text if no whole answer comes within two seconds.
async fn meeting(bench: &Bench, fault: &str) -> Result<Back, String> {
    bench.fault(json!({ "service": "verify", "fault": fault, "times": 1, "delay_ms": 600 })).await;
    let request = bench
        .client
        .post(format!("{}{}", bench.sandbox.base_url(), VERIFY.path()))
        .header("content-type", "text/xml")
        .header("soapaction", VERIFY.action())
        .timeout(Duration::from_secs(2))
        .body(VERIFY.message(&FIELDS));
    back(request).await.map_err(|error| format!("{error:?}"))
}

/// What of an answer does not change from call to call.
fn constant(back: &Back) -> (u16, String, String) {
    let ids = Regex::new("[0-9a-f]{8}-[0-9a-f-]{27}").expect("a pattern");
    (back.status, back.content_type.clone(), ids.replace_all(&back.text(), "ID").into_owned())
}

#[tokio::test]
async fn each_changes_the_answer_once_and_the_next_is_whole() {
    let bench = Bench::start().await;
    let plain = constant(&bench.send(VERIFY, VERIFY.message(&FIELDS)).await.expect("an answer"));
    for fault in Fault::ALL {
        let word = fault.word();
        let start = Instant::now();
        match meeting(&bench, word).await {
            Err(_) => {}
            Ok(back) if word == "slow" => {
                assert!(start.elapsed() >= Duration::from_millis(600) && constant(&back) == plain);
            }
            Ok(back) => assert_ne!(constant(&back), plain, "{word}"),
        }
        let next = bench.send(VERIFY, VERIFY.message(&FIELDS)).await;
        assert_eq!(constant(&next.expect(word)), plain, "after {word}");
    }
}

#[tokio::test]
async fn no_whole_answer_comes_where_none_should() {
    let bench = Bench::start().await;
    for word in ["timeout", "byte_a_second", "chunked_forever"] {
        assert!(meeting(&bench, word).await.expect_err(word).contains("TimedOut"), "{word}");
    }
    for word in ["reset_before_reading", "reset_after_reading", "cut_short"] {
        let error = meeting(&bench, word).await.expect_err(word);
        assert!(!error.contains("TimedOut"), "{word}: {error}");
    }
}

#[tokio::test]
async fn pages_for_people_come_with_their_status() {
    let bench = Bench::start().await;
    for status in [401, 403, 404, 429, 500, 502, 503, 504] {
        let page = meeting(&bench, &format!("http_{status}")).await.expect("a page");
        assert_eq!((page.status, page.content_type.as_str()), (status, "text/html"));
        assert!(page.text().contains("<html>"));
    }
    assert_eq!(meeting(&bench, "redirect").await.expect("a page").status, 302);
    assert_eq!(meeting(&bench, "html").await.expect("a page").content_type, "text/html");
}

#[tokio::test]
async fn odd_answers_that_the_contract_allows_still_keep_to_it() {
    let bench = Bench::start().await;
    for word in [
        "warning",
        "success_with_errors",
        "cdata",
        "comments",
        "default_namespace",
        "other_prefixes",
        "bom",
        "no_charset",
    ] {
        let odd = meeting(&bench, word).await.expect("an answer");
        let text = odd.text().trim_start_matches('\u{feff}').to_owned();
        Back { body: text.into_bytes(), ..odd }.is_valid();
    }
    let latin1 = meeting(&bench, "latin1").await.expect("an answer");
    assert!(std::str::from_utf8(&latin1.body).is_err() && latin1.content_type.contains("ISO-8859-1"));
}

#[tokio::test]
async fn answers_that_lack_or_double_something_do() {
    let bench = Bench::start().await;
    for (word, field) in [
        ("missing_id", "idVerificaTampone"),
        ("missing_date", "dataPrelievo"),
        ("missing_transaction", "idTransazione"),
        ("missing_esito", "esito"),
    ] {
        assert_eq!(meeting(&bench, word).await.expect("an answer").field(field), None, "{word}");
    }
    let doubled = meeting(&bench, "duplicate_field").await.expect("an answer").text();
    assert_eq!(doubled.matches("<ns2:esito>").count(), 2);
    assert_eq!(meeting(&bench, "unknown_esito").await.expect("an answer").code(), "1234");
    assert_eq!(meeting(&bench, "warning").await.expect("an answer").field("esito").as_deref(), Some("0001"));
    let echoed = meeting(&bench, "echoed_codes").await.expect("an answer").field("idTransazione");
    assert_eq!(echoed.as_deref(), Some("tx.12345678/cun-h17kz6247a"));
    let echoed = meeting(&bench, "echoed_id").await.expect("an answer");
    let id = echoed.field("idVerificaTampone").map(|id| id.to_uppercase());
    assert!(id.is_some() && echoed.field("idTransazione") == id);
    let bomb = meeting(&bench, "gzip_bomb").await;
    assert!(bomb.is_err() || bomb.is_ok_and(|back| back.body.len() > 100 << 20));
    assert!(meeting(&bench, "cvc_echo").await.expect("a fault").text().contains("CUN-H17KZ6247A"));
}

async fn unlock_meeting(bench: &Bench, order: serde_json::Value) -> (bool, String) {
    let (id, cun) = bench.verified(ROSSI).await;
    let mut order = order;
    order["service"] = json!("unlock");
    order["cun"] = json!(cun);
    order["times"] = json!(1);
    bench.fault(order).await;
    let otp = bench.otp().await;
    let fields = [
        ("codiceOtp", otp.as_str()),
        ("dataInizioSintomi", "2021-01-10"),
        ("cfOperatore", ROSSI),
        ("tipoAutenticazione", "CNS"),
        ("idVerificaTampone", id.as_str()),
    ];
    let met = bench.send(UNLOCK, UNLOCK.message(&fields)).await;
    let unlocked = bench.state().await["tests"][&cun]["is_unlocked"].as_bool().expect("a state");
    (unlocked, met.map_or_else(|_| "broken".to_owned(), |back| back.status.to_string()))
}

#[tokio::test]
async fn a_lost_answer_does_not_tell_whether_it_took_place() {
    let bench = Bench::start().await;
    let met = |order| unlock_meeting(&bench, order);
    assert_eq!(met(json!({ "fault": "reset_after_reading" })).await, (true, "broken".to_owned()));
    assert_eq!(met(json!({ "fault": "reset_after_reading", "applied": false })).await, (false, "broken".to_owned()));
    assert_eq!(met(json!({ "fault": "reset_before_reading" })).await, (false, "broken".to_owned()));
    assert_eq!(met(json!({ "fault": "http_503" })).await, (false, "503".to_owned()));
    assert_eq!(met(json!({ "fault": "http_503", "applied": true })).await, (true, "503".to_owned()));
}

#[tokio::test]
async fn a_callers_fault_leaves_the_others_alone() {
    let bench = Bench::start().await;
    let ((card, struck), (other_card, spared)) = (bench.caller("positive").await, bench.caller("positive").await);
    bench.fault(json!({ "service": "verify", "fault": "http_500", "cun": struck })).await;
    assert_eq!(bench.verify(ROSSI, &other_card, &spared).await.code(), "0000");
    assert_eq!(bench.verify(ROSSI, &card, &struck).await.status, 500);
    assert_eq!(bench.verify(ROSSI, &card, &struck).await.status, 500, "until cleared");
    bench.control("DELETE", "/faults?service=verify", None).await;
    assert_eq!(bench.verify(ROSSI, &card, &struck).await.code(), "0000");
}

/// One step of a scenario's caller: the status and code, or that the connection broke.
async fn step(bench: &Bench, service: Service, fields: &[(&str, &str)]) -> String {
    match bench.send(service, service.message(fields)).await {
        Err(_) => "broken".to_owned(),
        Ok(back) if back.content_type.starts_with("text/xml") && back.status == 200 => {
            let warned = back.field("esito").is_some_and(|esito| esito == "0001");
            if warned { "0001".to_owned() } else { back.code() }
        }
        Ok(back) => back.status.to_string(),
    }
}

#[tokio::test]
async fn demo_callers_meet_what_they_were_made_for() {
    let bench = Bench::start().await;
    for (scenario, expected) in [
        ("warning", ["0001", "0001", "0001"]),
        ("service_down", ["503", "-", "-"]),
        ("rejected_by_policy", ["500", "-", "-"]),
        ("verify_uncertain", ["broken", "-", "-"]),
        ("unlock_uncertain", ["0000", "broken", "0000"]),
        ("confirm_uncertain", ["0000", "0000", "broken"]),
    ] {
        let (card, cun) = bench.caller(scenario).await;
        let mut fields = FIELDS;
        (fields[2].1, fields[3].1) = (&card, &cun);
        assert_eq!(step(&bench, VERIFY, &fields).await, expected[0], "{scenario}");
        if expected[1] == "-" {
            continue;
        }
        let id = bench.verify(ROSSI, &card, &cun).await.field("idVerificaTampone").expect("an ID");
        let otp = bench.otp().await;
        let unlock = [
            ("codiceOtp", otp.as_str()),
            ("dataInizioSintomi", "2021-01-10"),
            ("cfOperatore", ROSSI),
            ("tipoAutenticazione", "SPID"),
            ("idVerificaTampone", id.as_str()),
        ];
        assert_eq!(step(&bench, UNLOCK, &unlock).await, expected[1], "{scenario}");
        let confirm =
            [("idTipoComunicazione", "C"), ("cfOperatore", ROSSI), ("tipoAutenticazione", "2F"), ("cun", cun.as_str())];
        assert_eq!(step(&bench, CONFIRM, &confirm).await, expected[2], "{scenario}");
    }
    let (card, cun) = bench.caller("missing_id").await;
    let back = bench.verify(ROSSI, &card, &cun).await;
    assert_eq!((back.code().as_str(), back.field("idVerificaTampone")), ("0000", None));
}
