//! C1–C4: the channel, before a message is read.

use std::{net::IpAddr, time::Duration};

use centralino::sandbox::{ForeignSource, Profile, UnknownCertificate};

use super::bench::{Back, Bench, ROSSI, VERIFY, back, client};

const FIELDS: [(&str, &str); 4] = [
    ("cfOperatore", ROSSI),
    ("tipoAutenticazione", "2F"),
    ("numTesseraSanitaria", "12345678"),
    ("cun", "CUN-H17KZ6247A"),
];

async fn verify_with(bench: &Bench, client: reqwest::ClientBuilder) -> reqwest::Result<Back> {
    let request = client
        .build()
        .expect("a client")
        .post(format!("{}{}", bench.sandbox.base_url(), VERIFY.path()))
        .header("content-type", "text/xml")
        .header("soapaction", VERIFY.action())
        .body(VERIFY.message(&FIELDS));
    back(request).await
}

#[tokio::test]
async fn c1_tls_1_2_and_1_3_are_spoken() {
    let bench = Bench::start().await;
    for version in [reqwest::tls::Version::TLS_1_2, reqwest::tls::Version::TLS_1_3] {
        let known = client(&bench.sandbox, Some(bench.sandbox.client_files()));
        let known = known.tls_version_min(version).tls_version_max(version);
        assert_eq!(verify_with(&bench, known).await.expect("an answer").code(), "0000");
    }
}

#[tokio::test]
async fn c2_without_a_certificate_of_sistema_ts_the_handshake_fails() {
    let bench = Bench::start().await;
    for files in [None, Some(bench.sandbox.unknown_client_files())] {
        let refused = verify_with(&bench, client(&bench.sandbox, files)).await;
        assert!(refused.is_err(), "{refused:?}");
    }
    assert!(bench.state().await["counts"]["requests"].get("verify").is_none(), "nothing arrived");
}

#[tokio::test]
async fn c2_a_gateway_may_refuse_it_instead() {
    let profile = Profile { unknown_certificate: UnknownCertificate::Policy, ..Profile::default() };
    let bench = Bench::with(profile).await;
    for files in [None, Some(bench.sandbox.unknown_client_files())] {
        let refused = verify_with(&bench, client(&bench.sandbox, files)).await.expect("an answer");
        assert_eq!(refused.status, 500);
        assert_eq!(refused.field("faultcode").as_deref(), Some("env:Client"));
        assert_eq!(refused.field("faultstring").as_deref(), Some("Rejected by policy. (from client)"));
    }
    let known = client(&bench.sandbox, Some(bench.sandbox.client_files()));
    assert_eq!(verify_with(&bench, known).await.expect("an answer").code(), "0000");
}

#[tokio::test]
async fn c4_a_foreign_address_is_answered_9003() {
    let bench = Bench::start().await;
    let elsewhere: IpAddr = "127.0.0.2".parse().expect("an address");
    let foreign = client(&bench.sandbox, Some(bench.sandbox.client_files())).local_address(elsewhere);
    let answer = verify_with(&bench, foreign).await.expect("an answer");
    answer.is_valid();
    assert_eq!(answer.code(), "9003");
    let both = Profile { sources: vec![elsewhere], ..Profile::default() };
    bench.control("PUT", "/profile", Some(serde_json::json!(both))).await;
    let foreign = client(&bench.sandbox, Some(bench.sandbox.client_files())).local_address(elsewhere);
    assert_eq!(verify_with(&bench, foreign).await.expect("an answer").code(), "0000");
}

#[tokio::test]
async fn c4_or_never_gets_a_connection() {
    let bench = Bench::with(Profile { foreign_source: ForeignSource::Silence, ..Profile::default() }).await;
    let elsewhere: IpAddr = "127.0.0.2".parse().expect("an address");
    let foreign = client(&bench.sandbox, Some(bench.sandbox.client_files()))
        .local_address(elsewhere)
        .connect_timeout(Duration::from_millis(300));
    let refused = verify_with(&bench, foreign).await.expect_err("no connection");
    assert!(refused.is_timeout() && refused.is_connect(), "{refused:?}");
    let registered = client(&bench.sandbox, Some(bench.sandbox.client_files()));
    assert_eq!(verify_with(&bench, registered).await.expect("an answer").code(), "0000");
}

#[tokio::test]
async fn a_thousand_calls_need_few_handshakes() {
    let bench = Bench::start().await;
    for _ in 0..50 {
        assert_eq!(bench.send(VERIFY, VERIFY.message(&FIELDS)).await.expect("an answer").code(), "0000");
    }
    let counts = &bench.state().await["counts"];
    assert_eq!((&counts["requests"]["verify"], &counts["full_handshakes"]), (&50.into(), &1.into()));
}

#[tokio::test]
async fn an_envelope_that_is_none_is_refused_by_a_fault() {
    let bench = Bench::start().await;
    let whole = VERIFY.message(&FIELDS);
    let envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    let cases = [
        ("not XML".to_owned(), "env:Client"),
        ("<a/>".to_owned(), "env:Client"),
        (whole.replace(envelope, "http://www.w3.org/2003/05/soap-envelope"), "env:VersionMismatch"),
        (whole.replace("<s:Body>", "<s:Header><x s:mustUnderstand=\"1\"/></s:Header><s:Body>"), "env:MustUnderstand"),
        (whole.replace("<s:Envelope", "<!DOCTYPE a [<!ENTITY e \"\">]><s:Envelope"), "env:Client"),
        (whole.replace("</s:Body>", "<x/></s:Body>"), "env:Client"),
    ];
    for (message, code) in cases {
        let refused = bench.send(VERIFY, message.clone()).await.expect("an answer");
        assert_eq!((refused.status, refused.field("faultcode").as_deref()), (500, Some(code)), "{message}");
    }
    let huge = bench.send(VERIFY, " ".repeat(100_000)).await.expect("an answer");
    assert_eq!(huge.status, 413);
}

#[tokio::test]
async fn a_breach_of_the_contract_is_echoed() {
    let bench = Bench::start().await;
    let message = VERIFY.message(&FIELDS).replace("12345678", "1234567X");
    let refused = bench.send(VERIFY, message).await.expect("an answer");
    let text = refused.field("faultstring").expect("a fault");
    assert_eq!((refused.status, refused.field("faultcode").as_deref()), (500, Some("env:Client")));
    assert!(text.starts_with("cvc-pattern-valid: Value '1234567X' is not facet-valid"), "{text}");
}

#[tokio::test]
async fn a_message_for_another_operation_is_refused() {
    let bench = Bench::start().await;
    let url = format!("{}{}", bench.sandbox.base_url(), VERIFY.path());
    let post = |action: &str, media_type: &str| {
        let request = bench.client.post(&url).header("soapaction", action).header("content-type", media_type);
        back(request.body(VERIFY.message(&FIELDS)))
    };
    assert_eq!(post("\"http://altro\"", "text/xml").await.expect("an answer").status, 500);
    assert_eq!(post(&VERIFY.action(), "application/soap+xml").await.expect("an answer").status, 415);
    assert_eq!(post(VERIFY.action().trim_matches('"'), "text/xml").await.expect("an answer").status, 200);
    assert_eq!(back(bench.client.get(&url)).await.expect("an answer").status, 405);
    assert_eq!(back(bench.client.delete(&url)).await.expect("an answer").status, 405);
    let lost = bench.client.post(format!("{}/altro", bench.sandbox.base_url()));
    assert_eq!(back(lost).await.expect("an answer").status, 404);
}

#[tokio::test]
async fn a_message_is_read_in_whatever_way_xml_lets_it_be_written() {
    let bench = Bench::start().await;
    let whole = VERIFY.message(&FIELDS);
    let post = |content_type: &'static str, body: Vec<u8>| {
        let request = bench.client.post(format!("{}{}", bench.sandbox.base_url(), VERIFY.path()));
        back(request.header("soapaction", VERIFY.action()).header("content-type", content_type).body(body))
    };
    let wide: Vec<u8> = format!("\u{feff}{whole}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let declared = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><!-- \u{e8} -->{whole}");
    let latin1 = declared.chars().map(|symbol| u8::try_from(u32::from(symbol)).expect("latin")).collect();
    let default = whole.replace("<s:", "<").replace("</s:", "</").replace("xmlns:s=", "xmlns=");
    let cdata = whole.replace("12345678", "<![CDATA[1234]]>56<!-- -->78");
    for (content_type, body) in [
        ("text/xml; charset=utf-16", wide),
        ("text/xml", latin1),
        ("Text/XML; charset=\"utf-8\"", format!("\u{feff}{whole}").into_bytes()),
        ("text/xml", format!("<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n{whole}\n").into_bytes()),
        ("text/xml", default.into_bytes()),
        ("text/xml", cdata.into_bytes()),
        ("text/xml", whole.replace("<r:", "\n\t<r:").into_bytes()),
    ] {
        let answer = post(content_type, body.clone()).await.expect("an answer");
        assert_eq!(answer.code(), "0000", "{content_type} {}", String::from_utf8_lossy(&body));
    }
    // A value is what stands between its tags, blanks included, and nothing is raised or dropped.
    for (from, to) in [("12345678", " 12345678 "), ("CUN-H17KZ6247A", "cun-h17kz6247a"), (">2F<", "> 2F<")] {
        let refused = post("text/xml", whole.replace(from, to).into_bytes()).await.expect("an answer");
        assert!(refused.field("faultstring").expect("a fault").starts_with("cvc-"), "{to}");
    }
    let unread = post("text/xml; charset=windows-1252", whole.clone().into_bytes()).await.expect("an answer");
    assert_eq!((unread.status, unread.field("faultcode").as_deref()), (500, Some("env:Client")));
    let request = bench.client.post(format!("{}{}", bench.sandbox.base_url(), VERIFY.path()));
    let packed = request.header("soapaction", VERIFY.action()).header("content-type", "text/xml");
    assert_eq!(back(packed.header("content-encoding", "gzip").body(whole)).await.expect("an answer").status, 415);
}
