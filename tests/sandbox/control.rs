//! The control address.

use centralino::{
    sandbox::{Profile, Sandbox, Settings, StartError},
    server::{clock::Clock, random::Random},
};
use serde_json::json;

use super::bench::{Bench, ROSSI, back};

#[tokio::test]
async fn it_listens_on_the_loopback_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = Settings {
        listen: "127.0.0.1:0".parse().expect("an address"),
        control: "0.0.0.0:0".parse().expect("an address"),
        ..Settings::in_folder(dir.path().to_owned())
    };
    let refused = Sandbox::start(settings, Clock::system(), Random::system()).await;
    assert!(matches!(refused, Err(StartError::ControlIsPublic(_))));
}

#[tokio::test]
async fn pages_of_other_sites_are_refused() {
    let bench = Bench::start().await;
    let url = format!("http://{}/state", bench.sandbox.control_address());
    let own = format!("http://{}", bench.sandbox.control_address());
    let cases = [
        ("host", "rebound.example.org", 403),
        ("host", "127.0.0.1.example.org:8444", 403),
        ("host", "localhost:8444", 200),
        ("host", "[::1]:8444", 200),
        ("origin", "https://example.org", 403),
        ("origin", "null", 403),
        ("origin", own.as_str(), 200),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "none", 200),
    ];
    for (header, value, status) in cases {
        let answer = back(bench.client.get(&url).header(header, value)).await.expect("an answer");
        assert_eq!(answer.status, status, "{header}: {value}");
    }
    let form = bench.client.post(format!("{own}/faults")).header("content-type", "text/plain");
    assert_eq!(back(form.body(r#"{"service":"verify","fault":"empty"}"#)).await.expect("an answer").status, 415);
}

#[tokio::test]
async fn every_scenario_can_be_made() {
    let bench = Bench::start().await;
    for scenario in centralino::sandbox::demo::Scenario::ALL {
        let (status, caller) = bench
            .control("POST", "/callers", Some(json!({ "scenario": scenario, "operator": "MRTMTT91D08F205J" })))
            .await;
        assert_eq!((status, &caller["scenario"]), (201, &json!(scenario)));
        assert_eq!(caller["sampled_on"].is_null(), *scenario == centralino::sandbox::demo::Scenario::Unknown);
    }
    let (_, operators) = bench.control("GET", "/operators", None).await;
    assert!(operators.as_array().expect("a list").contains(&json!("MRTMTT91D08F205J")));
}

#[tokio::test]
async fn nonsense_is_refused() {
    let bench = Bench::start().await;
    for (path, body) in [
        ("/faults", json!({ "service": "altro", "fault": "empty" })),
        ("/faults", json!({ "service": "verify", "fault": "altro" })),
        ("/faults", json!({ "service": "verify", "fault": "empty", "times": -1 })),
        ("/callers", json!({ "scenario": "altro" })),
        ("/callers", json!({ "scenario": "positive", "operator": "RSSMRA80A01H501X" })),
        ("/operators", json!({ "fiscal_code": "altro" })),
        ("/uploads", json!({ "otp": "altro" })),
    ] {
        assert_eq!(bench.control("POST", path, Some(body.clone())).await.0, 422, "{path} {body}");
    }
}

#[tokio::test]
async fn calls_are_counted_by_caller_and_a_reset_forgets_them() {
    let bench = Bench::start().await;
    let (id, cun) = bench.verified(ROSSI).await;
    bench.unlock(ROSSI, &bench.otp().await, "2021-01-10", &id).await;
    bench.unlock(ROSSI, "59Y5QWWF4A", "2021-01-10", &id).await;
    let test = &bench.state().await["tests"][&cun];
    assert_eq!(test["calls"], json!({ "verify": 1, "unlock": 2 }));
    assert_eq!((&test["is_unlocked"], &test["is_used"]), (&json!(true), &json!(false)));
    bench.fault(json!({ "service": "verify", "fault": "empty" })).await;
    let changed = Profile { authentication_required: false, ..Profile::default() };
    bench.control("PUT", "/profile", Some(json!(changed))).await;
    assert_eq!(bench.control("POST", "/reset", None).await.0, 204);
    let state = bench.state().await;
    assert!(state["tests"].get(&cun).is_none() && state["unlocked_otps"] == 0);
    assert_eq!(bench.control("GET", "/faults", None).await.1["active"], json!([]));
    assert_eq!(bench.verify(ROSSI, "12345678", "CUN-H17KZ6247A").await.code(), "0000");
    assert_eq!(bench.control("GET", "/profile", None).await.1["authentication_required"], json!(false), "kept");
}

#[tokio::test]
async fn it_can_be_stopped_and_started_with_the_same_certificates() {
    let bench = Bench::start().await;
    let settings = Settings {
        listen: bench.sandbox.address(),
        control: bench.sandbox.control_address(),
        ..Settings::in_folder(bench.dir.path().join("sandbox"))
    };
    let authority = std::fs::read(bench.sandbox.ca_file()).expect("a file");
    bench.sandbox.stop().await;
    let again = Sandbox::start(settings, Clock::system(), Random::system()).await.expect("the ports are free");
    assert_eq!(std::fs::read(again.ca_file()).expect("a file"), authority);
    again.stop().await;
}
