//! C3 and D1–D5: the codes of the closure of exemptions, in their order.

use centralino::sandbox::{ClosureChildren, Profile};
use serde_json::json;

use super::bench::{Back, Bench, CLOSE, VERDI, back};

const WHOLE: [(&str, &str); 5] = [
    ("UserId", "ASL201-OPER01"),
    ("UtenteToken", "TOKEN"),
    ("codiceEsenzione", "E02"),
    ("dataInizioValid", "01/04/2022"),
    ("assistito", VERDI),
];

/// The whole with one field of another value, or without it.
fn with(name: &str, value: Option<&'static str>) -> Vec<(&'static str, &'static str)> {
    WHOLE.into_iter().filter_map(|it| if it.0 == name { value.map(|value| (it.0, value)) } else { Some(it) }).collect()
}

async fn close(bench: &Bench, client: &str, fields: &[(&str, &str)]) -> Back {
    bench.ask_as(&bench.client_of(client), CLOSE, fields).await
}

#[tokio::test]
async fn d5_a_closure_tells_the_day_and_the_old_end() {
    let bench = Bench::start().await;
    let answer = close(&bench, "body", &WHOLE).await;
    assert_eq!(answer.code(), "7499");
    assert_eq!(answer.field("datAggRec").as_deref(), Some("11/01/2021"));
    assert_eq!(answer.field("datFinValOld").as_deref(), Some("31/03/2023"));
    assert_eq!(answer.field("diagnostico").as_deref(), Some("ELABORAZIONE CORRETTAMENTE EFFETTUATA"));
    assert_eq!(answer.field("idTransazione"), None);
    assert_eq!(close(&bench, "body", &WHOLE).await.code(), "7470", "closed already");
    let known = bench.state().await["certifications"].as_array().expect("a list").len();
    assert_eq!(known, 4);
}

#[tokio::test]
async fn d3_what_is_absent_or_malformed_has_its_code() {
    let bench = Bench::with(Profile { token_required: true, ..Profile::default() }).await;
    for (name, value, code) in [
        ("UserId", None, "7460"),
        ("UserId", Some("  "), "7460"),
        ("codiceEsenzione", None, "7461"),
        ("UtenteToken", None, "7462"),
        ("assistito", None, "7463"),
        ("UtenteToken", Some("a b"), "7464"),
        ("dataInizioValid", None, "7465"),
        ("dataInizioValid", Some("2022-04-01"), "7466"),
        ("dataInizioValid", Some("31/02/2022"), "7466"),
        ("dataInizioValid", Some("1/4/2022"), "7466"),
    ] {
        let answer = close(&bench, "body", &with(name, value)).await;
        assert_eq!(answer.code(), code, "{name} {value:?}");
        assert_eq!(answer.field("datAggRec"), None);
    }
    let text = close(&bench, "body", &with("assistito", None)).await.field("diagnostico");
    assert_eq!(text.as_deref(), Some("IL CAMPO ASSISITITO E' ASSENTE"), "as the document has it");
    let lenient = Bench::start().await;
    assert_eq!(close(&lenient, "body", &with("UtenteToken", None)).await.code(), "7499");
}

#[tokio::test]
async fn d1_d2_the_user_is_judged_against_the_certificate() {
    let bench = Bench::start().await;
    for (client, user, code) in [
        ("body", "NOBODY", "7485"),
        ("body", "ASL201-OPER02", "7486"),
        ("body", "ASL301-OPER01", "7487"),
        ("body", "ASL202-OPER01", "7488"),
        ("body-2", "ASL201-OPER01", "7487"),
        ("body-2", "ASL301-OPER01", "7499"),
    ] {
        assert_eq!(close(&bench, client, &with("UserId", Some(user))).await.code(), code, "{client} {user}");
    }
}

#[tokio::test]
async fn d4_the_certification_must_exist() {
    let bench = Bench::start().await;
    for (name, value) in
        [("codiceEsenzione", "E09"), ("dataInizioValid", "02/04/2022"), ("assistito", "NREGNN85D04A662V")]
    {
        assert_eq!(close(&bench, "body", &with(name, Some(value))).await.code(), "7470", "{name}");
    }
    let one = json!({ "fiscal_code": VERDI, "code": "E09", "valid_from": "2022-04-01", "valid_to": "2022-12-31" });
    assert_eq!(bench.control("POST", "/seed", Some(json!({ "certifications": [one] }))).await.0, 201);
    let closed = close(&bench, "body", &with("codiceEsenzione", Some("E09"))).await;
    assert_eq!((closed.code().as_str(), closed.field("datFinValOld").as_deref()), ("7499", Some("31/12/2022")));
}

#[tokio::test]
async fn the_codes_are_judged_in_their_order() {
    let bench = Bench::with(Profile { token_required: true, ..Profile::default() }).await;
    let mut fields: Vec<(&str, &str)> = Vec::new();
    let mut codes = vec![close(&bench, "body", &fields).await.code()];
    let steps = [
        ("UserId", "NOBODY"),
        ("codiceEsenzione", "E99"),
        ("UtenteToken", "a b"),
        ("UtenteToken", "TOKEN"),
        ("assistito", VERDI),
        ("dataInizioValid", "x"),
        ("dataInizioValid", "01/04/2022"),
        ("UserId", "ASL201-OPER02"),
        ("UserId", "ASL301-OPER01"),
        ("UserId", "ASL202-OPER01"),
        ("UserId", "ASL201-OPER01"),
        ("codiceEsenzione", "E02"),
    ];
    let order = ["UserId", "UtenteToken", "codiceEsenzione", "dataInizioValid", "assistito"];
    for (name, value) in steps {
        fields.retain(|(known, _)| *known != name);
        fields.push((name, value));
        fields.sort_by_key(|(name, _)| order.iter().position(|known| known == name));
        codes.push(close(&bench, "body", &fields).await.code());
    }
    let wanted =
        ["7460", "7461", "7462", "7464", "7463", "7465", "7466", "7485", "7486", "7487", "7488", "7470", "7499"];
    assert_eq!(codes, wanted);
}

#[tokio::test]
async fn c3_only_territorial_bodies_may_call() {
    let bench = Bench::start().await;
    for client in ["client", "region"] {
        let refused = close(&bench, client, &WHOLE).await;
        assert_eq!(refused.field("faultstring").as_deref(), Some("Rejected by policy. (from client)"), "{client}");
    }
}

#[tokio::test]
async fn elements_may_stand_in_no_namespace() {
    let bench = Bench::with(Profile { closure_children: ClosureChildren::Unqualified, ..Profile::default() }).await;
    let client = bench.client_of("body");
    assert_eq!(bench.send_as(&client, CLOSE, CLOSE.message(&WHOLE)).await.expect("an answer").status, 500);
    let bare = WHOLE.map(|(name, value)| format!("<{name}>{value}</{name}>")).concat();
    let answer = bench.send_as(&client, CLOSE, CLOSE.envelope(&bare)).await.expect("an answer");
    assert_eq!(answer.code(), "7499");
    let text = answer.text();
    let document = roxmltree::Document::parse(&text).expect("XML");
    let esito = document.descendants().find(|node| node.tag_name().name() == "esito").expect("an esito");
    assert_eq!(esito.tag_name().namespace(), None);
    let schema = format!("{}{}?xsd=chiusuracertrequest.xsd", bench.sandbox.base_url(), CLOSE.path());
    let schema = back(client.get(schema)).await.expect("a schema").text();
    assert!(schema.contains("elementFormDefault=\"unqualified\""));
}

#[tokio::test]
async fn any_code_can_be_had() {
    let bench = Bench::start().await;
    let fault = json!({ "service": "exemption_close", "fault": "given_esito", "esito": "7451", "times": 1 });
    bench.fault(fault).await;
    assert_eq!(close(&bench, "body", &WHOLE).await.code(), "7451");
    bench.fault(json!({ "service": "exemption_close", "fault": "refused", "times": 1 })).await;
    let answer = close(&bench, "body", &WHOLE).await;
    assert_eq!((answer.code().as_str(), answer.field("diagnostico").as_deref()), ("7450", Some("ERRORE DI SISTEMA")));
    assert_eq!(close(&bench, "body", &WHOLE).await.code(), "7499");
}
