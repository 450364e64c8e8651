//! A1–A5 and C7.

use centralino::sandbox::{Profile, SchemaViolation};
use serde_json::json;

use super::bench::{Back, Bench, ROSSI, SEND_OTP, VERDI};

const DECLARED: (&str, &str) = ("tipoAutenticazione", "CNS");
const OPERATOR: (&str, &str) = ("cfOperatore", ROSSI);

async fn send(bench: &Bench, fields: &[(&str, &str)]) -> Back {
    bench.ask_as(&bench.client_of("region"), SEND_OTP, fields).await
}

#[tokio::test]
async fn a1_otp_and_patient_are_mandatory_and_the_onset_is_not() {
    let bench = Bench::with(Profile { schema_violation: SchemaViolation::Esito, ..Profile::default() }).await;
    let otp = bench.otp().await;
    let patient = ("cfAssistito", VERDI);
    assert_eq!(send(&bench, &[DECLARED, OPERATOR, patient]).await.code(), "9013");
    assert_eq!(send(&bench, &[DECLARED, OPERATOR, ("codiceOtp", &otp)]).await.code(), "9013");
    let onset = |day| [DECLARED, OPERATOR, ("codiceOtp", otp.as_str()), ("dataInizioSintomi", day), patient];
    assert_eq!(send(&bench, &onset("2021-01-12")).await.code(), "9016");
    assert_eq!(send(&bench, &onset("2021-01-10")).await.field("esito").as_deref(), Some("204"));
    let next = bench.otp().await;
    assert_eq!(send(&bench, &[DECLARED, OPERATOR, ("codiceOtp", &next), patient]).await.code(), "204");
}

#[tokio::test]
async fn c6_c7_a_region_says_who_asks_and_how_they_were_authenticated() {
    let bench = Bench::start().await;
    let otp = bench.otp().await;
    let rest = [("codiceOtp", otp.as_str()), ("cfAssistito", VERDI)];
    let with = |caller: &[(&'static str, &'static str)]| [caller, &rest].concat();
    assert_eq!(send(&bench, &with(&[OPERATOR])).await.code(), "9002");
    assert_eq!(send(&bench, &with(&[DECLARED])).await.code(), "9013");
    assert_eq!(send(&bench, &with(&[DECLARED, ("cfOperatore", "MRTMTT91D08F205J")])).await.code(), "9001");
    assert_eq!(send(&bench, &with(&[("cfOperatore", "MRTMTT91D08F205J")])).await.code(), "9001", "C6 before C7");
    let lenient = Profile { otp_operator_required: false, ..Profile::default() };
    bench.control("PUT", "/profile", Some(json!(lenient))).await;
    assert_eq!(send(&bench, &with(&[DECLARED])).await.code(), "204");
}

#[tokio::test]
async fn a2_every_cun_of_the_patient_is_forgotten_and_none_is_no_error() {
    let bench = Bench::start().await;
    let test = json!({ "fiscal_code": VERDI, "result": "P", "sampled_on": "2021-01-09" });
    let (status, seeded) = bench.control("POST", "/seed", Some(json!({ "tests": [test, test] }))).await;
    assert_eq!(status, 201, "{seeded}");
    let before = bench.state().await["patients"].as_u64().expect("a number");
    for forgotten in [2, 2] {
        let otp = bench.otp().await;
        let fields = [DECLARED, OPERATOR, ("codiceOtp", otp.as_str()), ("cfAssistito", VERDI)];
        assert_eq!(send(&bench, &fields).await.code(), "204");
        assert_eq!(bench.state().await["patients"].as_u64(), Some(before - forgotten));
    }
    let said = |name: &str| seeded["tests"][0][name].as_str().expect(name).to_owned();
    assert_eq!(bench.verify(ROSSI, &said("card"), &said("cun")).await.code(), "9020");
}

#[tokio::test]
async fn a4_the_outcome_is_the_immuni_back_ends() {
    let bench = Bench::start().await;
    let otp = bench.otp().await;
    let fields = |otp| [DECLARED, OPERATOR, ("codiceOtp", otp), ("cfAssistito", VERDI)];
    assert_eq!(send(&bench, &fields(&otp)).await.code(), "204");
    assert_eq!(send(&bench, &fields(&otp)).await.code(), "409");
    assert_eq!(send(&bench, &fields("59Y5QWWF4A")).await.code(), "400");
    let (status, _) = bench.control("POST", "/uploads", Some(json!({ "otp": otp }))).await;
    assert_eq!(status, 204, "it was unlocked");
}

#[tokio::test]
async fn a5_neither_otp_nor_onset_nor_patient_is_noted_or_kept() {
    let bench = Bench::start().await;
    let otp = bench.otp().await;
    let fields =
        [DECLARED, OPERATOR, ("codiceOtp", otp.as_str()), ("dataInizioSintomi", "2021-01-05"), ("cfAssistito", VERDI)];
    let answer = send(&bench, &fields).await;
    let (_, accesses) = bench.control("GET", "/accesses", None).await;
    assert_eq!(accesses[0]["operator"], ROSSI);
    assert_eq!(accesses[0]["party"], "regione 190");
    assert_eq!(accesses[0]["transaction"].as_str(), answer.field("idTransazione").as_deref());
    let state = bench.state().await.to_string();
    for kept in [accesses.to_string(), state] {
        assert!(!kept.contains(&otp) && !kept.contains("2021-01-05"));
    }
    assert!(!accesses.to_string().contains(VERDI));
}
