//! A complete test bench: what is reported through one service is verified, unlocked and confirmed through the others.

use serde_json::json;

use super::bench::{Bench, REPORT, ROSSI, VERDI};

#[tokio::test]
async fn a_reported_swab_is_verified_unlocked_and_confirmed() {
    let bench = Bench::start().await;
    let fields = [
        ("tipoAutenticazione", "SPID"),
        ("descrizioneStruttura", "Drive-in Area Nord"),
        ("cfAssistito", VERDI),
        ("dataPrelievo", "2021-01-10"),
        ("tipologiaTest", "M"),
        ("esitoTest", "P"),
    ];
    let seed = json!({ "people": [{ "fiscal_code": VERDI, "card": "87654321" }] });
    assert_eq!(bench.control("POST", "/seed", Some(seed)).await.0, 201);
    let region = bench.client_of("region");
    let cun = bench.ask_as(&region, REPORT, &fields).await.field("idTransazione").expect("a CUN");
    assert_eq!(bench.verify(ROSSI, "12345678", &cun).await.code(), "9020", "another's card");
    let verified = bench.verify(ROSSI, "87654321", &cun).await;
    assert_eq!(verified.field("dataPrelievo").as_deref(), Some("2021-01-10"));
    let id = verified.field("idVerificaTampone").expect("an ID");
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, "2021-01-10", &id).await.code(), "0000");
    let before = bench.state().await["patients"].as_u64().expect("a number");
    assert_eq!(bench.confirm("C", ROSSI, Some(&id), &cun).await.code(), "0000");
    assert_eq!(bench.state().await["patients"].as_u64(), Some(before - 1));
    assert_eq!(bench.verify(ROSSI, "87654321", &cun).await.code(), "9022");
}

#[tokio::test]
async fn a_negative_result_gets_a_cun_that_unlocks_nothing() {
    let bench = Bench::start().await;
    let fields = [
        ("tipoAutenticazione", "SPID"),
        ("descrizioneStruttura", "Drive-in Area Nord"),
        ("cfAssistito", "MRTMTT91D08F205J"),
        ("dataPrelievo", "2021-01-10"),
        ("tipologiaTest", "M"),
        ("esitoTest", "N"),
    ];
    let region = bench.client_of("region");
    let cun = bench.ask_as(&region, REPORT, &fields).await.field("idTransazione").expect("T9: a CUN");
    // Someone whom the bench did not know has got a card.
    let card = bench.state().await["people"]["MRTMTT91D08F205J"].as_str().expect("a card").to_owned();
    assert_eq!(bench.verify(ROSSI, &card, &cun).await.code(), "9023");
}

#[tokio::test]
async fn a_file_is_taken_over_whole_or_not_at_all() {
    let bench = Bench::start().await;
    let seed = json!({
        "people": [{ "fiscal_code": VERDI, "card": "11112222" }],
        "operators": ["MRTMTT91D08F205J"],
        "users": { "ASL201-OPER09": { "region": "190", "authority": "201", "is_authorised": true } },
        "tests": [
            { "cun": "CUN-LZ44EL8YF3", "fiscal_code": VERDI, "result": "P", "sampled_on": "2021-01-09",
              "communicated_on": "2021-01-10", "structure": "190-201-123456", "reporter": "190-201-123456" },
            { "fiscal_code": VERDI, "result": "N", "sampled_on": "2021-01-09" },
        ],
    });
    let (status, seeded) = bench.control("POST", "/seed", Some(seed.clone())).await;
    assert_eq!((status, &seeded["tests"][0]["cun"]), (201, &json!("CUN-LZ44EL8YF3")), "{seeded}");
    assert_eq!(seeded["tests"][1]["card"], "11112222");
    assert_eq!(bench.verify("MRTMTT91D08F205J", "11112222", "CUN-LZ44EL8YF3").await.code(), "0000");
    let before = bench.state().await;
    assert!(before["users"].get("ASL201-OPER09").is_some());
    for (wrong, why) in [
        (seed, "tests[0]"),
        (json!({ "operators": ["NREGNN85D04A662V"], "people": [{ "fiscal_code": "X", "card": "1" }] }), "people[0]"),
        (json!({ "tests": [{ "fiscal_code": VERDI, "result": "X", "sampled_on": "2021-01-09" }] }), "P or N"),
        (json!({ "altro": [] }), ""),
    ] {
        let (status, said) = bench.control("POST", "/seed", Some(wrong)).await;
        assert_eq!(status, 422, "{said}");
        assert!(said["error"].as_str().unwrap_or_default().contains(why), "{said}");
    }
    let after = bench.state().await;
    assert_eq!((&before["tests"], &before["people"]), (&after["tests"], &after["people"]));
    assert_eq!(bench.control("POST", "/reset", None).await.0, 204);
    assert!(bench.state().await["tests"].get("CUN-LZ44EL8YF3").is_none());
}
