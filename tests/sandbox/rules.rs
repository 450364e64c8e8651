//! C6, C7, V1–V4, S1–S3, K1–K4 and T8–T9, each by its code.

use centralino::sandbox::{Cancellation, Profile, SchemaViolation};
use jiff::SignedDuration;

use super::bench::{Bench, CONFIRM, ROSSI, UNLOCK, VERDI, VERIFY};

const TODAY: &str = "2021-01-11";
const NOBODY: &str = "8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80";

#[tokio::test]
async fn all_three_steps_succeed_for_a_positive_caller() {
    let bench = Bench::start().await;
    let (card, cun) = bench.caller("positive").await;
    let verified = bench.verify(ROSSI, &card, &cun).await;
    assert_eq!((verified.status, verified.code().as_str()), (200, "0000"));
    assert_eq!(verified.content_type, "text/xml;charset=UTF-8");
    assert_eq!(verified.field("dataPrelievo").as_deref(), Some("2021-01-08"));
    let id = verified.field("idVerificaTampone").expect("V3");
    let unlocked = bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await;
    assert_eq!(unlocked.code(), "0000");
    assert_eq!(unlocked.field("dataOra").as_deref(), Some("2021-01-11T11:15:30.123+01:00"));
    let confirmed = bench.confirm("C", ROSSI, Some(&id), &cun).await;
    assert_eq!(confirmed.code(), "0000");
    let transactions = [verified, unlocked, confirmed].map(|back| back.field("idTransazione").expect("always"));
    assert!(transactions[0] != transactions[1] && transactions[1] != transactions[2]);
}

#[tokio::test]
async fn c6_the_operator_has_to_be_authorised_before() {
    let bench = Bench::start().await;
    let (card, cun) = bench.caller("positive").await;
    let stranger = "MRTMTT91D08F205J";
    assert_eq!(bench.verify(stranger, &card, &cun).await.code(), "9001");
    assert_eq!(bench.unlock(stranger, &bench.otp().await, TODAY, NOBODY).await.code(), "9001");
    assert_eq!(bench.confirm("C", stranger, None, &cun).await.code(), "9001");
    bench.control("POST", "/operators", Some(serde_json::json!({ "fiscal_code": stranger }))).await;
    assert_eq!(bench.verify(stranger, &card, &cun).await.code(), "0000");
}

#[tokio::test]
async fn c7_the_type_of_authentication_is_declared_where_the_profile_wants_it() {
    let silent = [("cfOperatore", ROSSI), ("numTesseraSanitaria", "12345678"), ("cun", "CUN-H17KZ6247A")];
    let strict = Bench::start().await;
    assert_eq!(strict.ask(VERIFY, &silent).await.code(), "9002");
    let lenient = Bench::with(Profile { authentication_required: false, ..Profile::default() }).await;
    assert_eq!(lenient.ask(VERIFY, &silent).await.code(), "0000");
}

#[tokio::test]
async fn v1_a_wrong_card_and_an_unknown_cun_are_not_told_apart() {
    let bench = Bench::start().await;
    let (_, cun) = bench.caller("positive").await;
    let (card, unknown) = bench.caller("unknown").await;
    let wrong_card = bench.verify(ROSSI, "00000000", &cun).await;
    let unknown_cun = bench.verify(ROSSI, &card, &unknown).await;
    let wrong_check_symbol = bench.verify(ROSSI, "12345678", "CUN-H17KZ6247L").await;
    for back in [&wrong_card, &unknown_cun, &wrong_check_symbol] {
        assert_eq!((back.code().as_str(), back.field("descrEsito")), ("9020", unknown_cun.field("descrEsito")));
        assert_eq!(back.field("idVerificaTampone"), None);
    }
    let (_, negative) = bench.caller("negative").await;
    assert_eq!(bench.verify(ROSSI, "00000000", &negative).await.code(), "9020", "the card comes first");
}

#[tokio::test]
async fn v2_t8_only_a_living_positive_unused_cun_is_verified() {
    let bench = Bench::start().await;
    for (scenario, code) in [("negative", "9023"), ("expired", "9021"), ("used", "9022")] {
        let (card, cun) = bench.caller(scenario).await;
        let back = bench.verify(ROSSI, &card, &cun).await;
        assert_eq!((back.field("esito").as_deref(), back.code().as_str()), (Some("9999"), code));
    }
}

#[tokio::test]
async fn t8_a_cun_lasts_fourteen_days() {
    let bench = Bench::start().await;
    let (card, cun) = bench.caller("positive").await;
    let id = bench.verify(ROSSI, &card, &cun).await.field("idVerificaTampone").expect("an ID");
    // Communicated two days ago.
    bench.clock.advance(SignedDuration::from_hours(12 * 24));
    assert_eq!(bench.verify(ROSSI, &card, &cun).await.code(), "0000");
    bench.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(bench.verify(ROSSI, &card, &cun).await.code(), "9021");
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await.code(), "9021");
}

#[tokio::test]
async fn v4_an_id_is_its_operators_alone() {
    let bench = Bench::start().await;
    let (id, cun) = bench.verified(ROSSI).await;
    assert_eq!(bench.unlock(VERDI, &bench.otp().await, TODAY, &id).await.code(), "9050");
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await.code(), "0000");
    assert_eq!(bench.confirm("C", VERDI, Some(&id), &cun).await.code(), "9050");
    let (card, others) = bench.caller("other_operator").await;
    let foreign = bench.verify(ROSSI, &card, &others).await.field("idVerificaTampone").expect("an ID");
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, &foreign).await.code(), "9050");
}

#[tokio::test]
async fn s1_every_field_of_an_unlock_is_mandatory_and_well_formed() {
    let bench = Bench::with(Profile { schema_violation: SchemaViolation::Esito, ..Profile::default() }).await;
    let (id, _) = bench.verified(ROSSI).await;
    let otp = bench.otp().await;
    let whole = [
        ("codiceOtp", otp.as_str()),
        ("dataInizioSintomi", TODAY),
        ("cfOperatore", ROSSI),
        ("tipoAutenticazione", "2F"),
        ("idVerificaTampone", id.as_str()),
    ];
    for missing in ["codiceOtp", "dataInizioSintomi", "cfOperatore", "idVerificaTampone"] {
        let fields: Vec<_> = whole.iter().copied().filter(|(name, _)| *name != missing).collect();
        assert_eq!(bench.ask(UNLOCK, &fields).await.code(), "9013", "{missing}");
    }
    assert_eq!(bench.unlock(ROSSI, "59Y5QWWF4A", TODAY, &id).await.code(), "9060", "check symbol");
    for (onset, code) in [("2021-01-12", "9016"), ("2020-07-14", "9016"), ("2020-07-15", "0000")] {
        assert_eq!(bench.unlock(ROSSI, &bench.otp().await, onset, &id).await.code(), code, "{onset}");
    }
}

#[tokio::test]
async fn an_otp_is_unlocked_once_and_a_new_one_may_follow_it() {
    let bench = Bench::start().await;
    let (id, _) = bench.verified(ROSSI).await;
    let otp = bench.otp().await;
    let upload = async || bench.control("POST", "/uploads", Some(serde_json::json!({ "otp": otp }))).await.0;
    assert_eq!(upload().await, 404, "not unlocked");
    assert_eq!(bench.unlock(ROSSI, &otp, TODAY, &id).await.code(), "0000");
    assert_eq!(bench.unlock(ROSSI, &otp, TODAY, &id).await.code(), "9061");
    bench.clock.advance(SignedDuration::from_secs(149));
    assert_eq!(upload().await, 204);
    assert_eq!(upload().await, 409, "used");
    assert_eq!(bench.unlock(ROSSI, &otp, TODAY, &id).await.code(), "9061", "used");
    let next = bench.otp().await;
    assert_eq!(bench.unlock(ROSSI, &next, TODAY, &id).await.code(), "0000");
    bench.clock.advance(SignedDuration::from_secs(150));
    let (status, _) = bench.control("POST", "/uploads", Some(serde_json::json!({ "otp": next }))).await;
    assert_eq!(status, 404, "dead");
}

#[tokio::test]
async fn s2_no_otp_is_kept_anywhere() {
    let bench = Bench::start().await;
    let (id, _) = bench.verified(ROSSI).await;
    let otp = bench.otp().await;
    assert_eq!(bench.unlock(ROSSI, &otp, TODAY, &id).await.code(), "0000");
    for path in ["/state", "/callers", "/faults", "/operators", "/profile"] {
        let (status, shown) = bench.control("GET", path, None).await;
        assert_eq!(status, 200);
        assert!(!shown.to_string().contains(&otp), "{path}");
    }
    assert_eq!(bench.state().await["unlocked_otps"], 1);
    let files = std::fs::read_dir(bench.dir.path().join("sandbox")).expect("a folder");
    let names: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    assert_eq!(names.len(), 16, "certificates and keys, and nothing else: {names:?}");
    assert!(names.iter().all(|path| !std::fs::read_to_string(path).expect("PEM").contains(&otp)));
}

#[tokio::test]
async fn s3_only_what_was_unlocked_is_confirmed_or_cancelled() {
    let bench = Bench::start().await;
    let (id, cun) = bench.verified(ROSSI).await;
    for kind in ["C", "A"] {
        assert_eq!(bench.confirm(kind, ROSSI, Some(&id), &cun).await.code(), "9051");
        assert_eq!(bench.confirm(kind, ROSSI, None, &cun).await.code(), "9051");
    }
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, NOBODY).await.code(), "9050");
}

#[tokio::test]
async fn k1_only_c_and_a_exist() {
    let strict = Bench::start().await;
    let back = strict.confirm("X", ROSSI, None, "CUN-H17KZ6247A").await;
    assert_eq!(back.status, 500);
    assert!(back.field("faultstring").expect("a fault").starts_with("cvc-enumeration-valid: Value 'X'"));
    let lenient = Bench::with(Profile { schema_violation: SchemaViolation::Esito, ..Profile::default() }).await;
    assert_eq!(lenient.confirm("X", ROSSI, None, "CUN-H17KZ6247A").await.code(), "9014");
    let fields = [
        ("idTipoComunicazione", "C"),
        ("cfOperatore", ROSSI),
        ("tipoAutenticazione", "PIN"),
        ("cun", "CUN-H17KZ6247A"),
    ];
    assert_eq!(lenient.ask(CONFIRM, &fields).await.code(), "9002");
}

#[tokio::test]
async fn k2_without_the_id_a_confirmation_is_possible_outside_the_call() {
    let bench = Bench::start().await;
    let (id, cun) = bench.verified(ROSSI).await;
    let (other, _) = bench.verified(ROSSI).await;
    bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await;
    assert_eq!(bench.confirm("C", ROSSI, Some(&other), &cun).await.code(), "9050", "the ID of another CUN");
    assert_eq!(bench.confirm("C", VERDI, None, &cun).await.code(), "0000");
}

#[tokio::test]
async fn k3_a_confirmation_deletes_whose_the_cun_is_and_the_id() {
    let bench = Bench::start().await;
    let (card, cun) = bench.caller("positive").await;
    let id = bench.verify(ROSSI, &card, &cun).await.field("idVerificaTampone").expect("an ID");
    bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await;
    let before = bench.state().await["patients"].as_u64().expect("a number");
    assert_eq!(bench.confirm("C", ROSSI, Some(&id), &cun).await.code(), "0000");
    let state = bench.state().await;
    assert_eq!(state["patients"].as_u64(), Some(before - 1));
    assert_eq!((&state["tests"][&cun]["ids"], &state["tests"][&cun]["is_used"]), (&0.into(), &true.into()));
    assert_eq!(bench.verify(ROSSI, &card, &cun).await.code(), "9022");
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await.code(), "9050");
    assert_eq!(bench.confirm("C", ROSSI, Some(&id), &cun).await.code(), "9022");
}

#[tokio::test]
async fn k4_a_cancellation_releases_the_id_and_leaves_the_cun_usable() {
    let bench = Bench::start().await;
    for with_id in [true, false] {
        let (card, cun) = bench.caller("positive").await;
        let id = bench.verify(ROSSI, &card, &cun).await.field("idVerificaTampone").expect("an ID");
        bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await;
        assert_eq!(bench.confirm("A", ROSSI, with_id.then_some(id.as_str()), &cun).await.code(), "0000");
        assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await.code(), "9050");
        let again = bench.verify(ROSSI, &card, &cun).await.field("idVerificaTampone").expect("usable");
        bench.unlock(ROSSI, &bench.otp().await, TODAY, &again).await;
        bench.confirm("C", ROSSI, Some(&again), &cun).await;
        assert_eq!(bench.confirm("A", ROSSI, None, &cun).await.code(), "9052");
    }
}

#[tokio::test]
async fn k4_in_its_other_meaning_a_cancellation_follows_a_confirmation() {
    let bench = Bench::with(Profile { cancellation: Cancellation::AfterConfirmation, ..Profile::default() }).await;
    let (id, cun) = bench.verified(ROSSI).await;
    bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await;
    assert_eq!(bench.confirm("A", ROSSI, Some(&id), &cun).await.code(), "9052");
    assert_eq!(bench.confirm("C", ROSSI, Some(&id), &cun).await.code(), "0000");
    assert_eq!(bench.confirm("A", ROSSI, None, &cun).await.code(), "0000");
}

#[tokio::test]
async fn the_operator_is_judged_before_the_form_and_the_form_before_the_state() {
    let bench = Bench::start().await;
    let stranger = "MRTMTT91D08F205J";
    assert_eq!(bench.verify(stranger, "00000000", "CUN-H17KZ6247L").await.code(), "9001");
    assert_eq!(bench.unlock(ROSSI, "59Y5QWWF4A", TODAY, NOBODY).await.code(), "9060");
}
