//! C5, C7 and T1–T14, each by its code.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use centralino::sandbox::{Profile, SchemaViolation};
use jiff::SignedDuration;
use serde_json::json;

use super::bench::{Back, Bench, CANCEL, LIST, REPORT, ROSSI, Service, VERDI, VERIFY, back, structure};

const TODAY: &str = "2021-01-11";
const SITE: (&str, &str) = ("descrizioneStruttura", "Drive-in Area Nord");
const DECLARED: (&str, &str) = ("tipoAutenticazione", "SPID");

/// The fields of a report but those of the caller.
const REPORTED: [(&str, &str); 4] =
    [("cfAssistito", VERDI), ("dataPrelievo", "2021-01-10"), ("tipologiaTest", "M"), ("esitoTest", "P")];

fn fields<'a>(caller: &[(&'a str, &'a str)], rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [caller, rest].concat()
}

async fn report(bench: &Bench) -> String {
    let region = bench.client_of("region");
    let answer = bench.ask_as(&region, REPORT, &fields(&[DECLARED, SITE], &REPORTED)).await;
    assert_eq!(answer.code(), "0000", "{}", answer.text());
    answer.field("idTransazione").expect("a CUN")
}

async fn cancel(bench: &Bench, client: &str, patient: &str, cun: &str) -> String {
    let rest = [("cfAssistito", patient), ("idTransazione", cun), ("tipologiaTest", "M")];
    bench.ask_as(&bench.client_of(client), CANCEL, &fields(&[DECLARED, SITE], &rest)).await.code()
}

async fn list(bench: &Bench, client: &str, first: &str, last: &str, operator: &str) -> Back {
    let rest = [("dataInizio", first), ("dataFine", last), ("tipologiaTest", "M"), ("identificativoUtente", operator)];
    bench.ask_as(&bench.client_of(client), LIST, &fields(&[DECLARED, SITE], &rest)).await
}

#[tokio::test]
async fn a_region_reports_cancels_and_lists() {
    let bench = Bench::start().await;
    let cun = report(&bench).await;
    assert!(cun.parse::<centralino::domain::code::Cun>().is_ok() && cun.starts_with("CUN-"), "T7: {cun}");
    let listed = list(&bench, "region", TODAY, TODAY, ROSSI).await;
    assert_eq!((listed.code(), listed.all("identificativoTest")), ("0000".into(), vec![cun.clone()]));
    assert_eq!(listed.field("descrizioneStruttura").as_deref(), Some(SITE.1));
    assert_eq!(listed.field("dataInserimento").as_deref(), Some("2021-01-11T11:15:30.123+01:00"));
    assert!(!listed.text().contains(VERDI), "T14");
    assert_eq!(cancel(&bench, "region", VERDI, &cun).await, "0000");
    assert!(list(&bench, "region", TODAY, TODAY, ROSSI).await.all("identificativoTest").is_empty());
}

#[tokio::test]
async fn c2_only_regions_and_structures_may_call() {
    let bench = Bench::start().await;
    for client in ["client", "body"] {
        let refused = bench.ask_as(&bench.client_of(client), REPORT, &fields(&[DECLARED, SITE], &REPORTED)).await;
        assert_eq!(refused.status, 500);
        assert_eq!(refused.field("faultstring").as_deref(), Some("Rejected by policy. (from client)"), "{client}");
    }
    let region = bench.client_of("region");
    let call_center = [("cfOperatore", ROSSI), ("numTesseraSanitaria", "12345678"), ("cun", "CUN-H17KZ6247A")];
    assert_eq!(bench.ask_as(&region, VERIFY, &call_center).await.status, 500);
}

#[tokio::test]
async fn c7_a_region_declares_how_its_operators_are_authenticated() {
    let bench = Bench::start().await;
    let region = bench.client_of("region");
    assert_eq!(bench.ask_as(&region, REPORT, &fields(&[SITE], &REPORTED)).await.code(), "9002");
}

#[tokio::test]
async fn t2_a_region_says_where_in_one_way() {
    let bench = Bench::start().await;
    let region = bench.client_of("region");
    let id = structure("190-201-123456");
    let known = ("identificativoStruttura", id.as_str());
    let empty = ("descrizioneStruttura", " ");
    for (caller, code) in [
        (vec![known], "0000"),
        (vec![SITE], "0000"),
        (vec![known, empty], "0000"),
        (vec![known, SITE], "9011"),
        (vec![empty], "9011"),
        (vec![], "9011"),
    ] {
        let caller = [vec![DECLARED], caller].concat();
        assert_eq!(bench.ask_as(&region, REPORT, &fields(&caller, &REPORTED)).await.code(), code);
        let cancelled =
            fields(&caller, &[("cfAssistito", VERDI), ("idTransazione", "CUN-7SWLFKFIAX"), ("tipologiaTest", "M")]);
        let code = if code == "0000" { "9030" } else { code };
        assert_eq!(bench.ask_as(&region, CANCEL, &cancelled).await.code(), code);
    }
}

#[tokio::test]
async fn t3_a_description_has_256_characters_at_most_as_people_count_them() {
    let bench = Bench::start().await;
    let region = bench.client_of("region");
    for (one, length, code) in [
        ("e", 256, "0000"),
        ("è", 256, "0000"),
        ("è", 257, "9012"),
        ("e\u{300}", 256, "0000"),
        ("e\u{300}", 257, "9012"),
        ("👩‍⚕️", 256, "0000"),
        ("👩‍⚕️", 257, "9012"),
    ] {
        let text = one.repeat(length);
        let caller = [DECLARED, ("descrizioneStruttura", text.as_str())];
        let answer = bench.ask_as(&region, REPORT, &fields(&caller, &REPORTED)).await;
        assert_eq!(answer.code(), code, "{length} {one}");
        let rest =
            [("dataInizio", TODAY), ("dataFine", TODAY), ("tipologiaTest", "M"), ("identificativoUtente", ROSSI)];
        let listed = bench.ask_as(&region, LIST, &fields(&caller, &rest)).await;
        assert_eq!(listed.code(), code, "{length} {one}");
        let shown = (code == "0000").then_some(text);
        assert_eq!(listed.field("descrizioneStruttura"), shown, "{length} {one}");
    }
}

#[tokio::test]
async fn t4_t5_t6_the_form_is_judged_by_its_code() {
    let bench = Bench::with(Profile { schema_violation: SchemaViolation::Esito, ..Profile::default() }).await;
    let region = bench.client_of("region");
    let ask =
        async |rest: &[(&str, &str)]| bench.ask_as(&region, REPORT, &fields(&[DECLARED, SITE], rest)).await.code();
    for missing in 0..REPORTED.len() {
        let rest: Vec<_> =
            REPORTED.iter().enumerate().filter(|(index, _)| *index != missing).map(|(_, it)| *it).collect();
        assert_eq!(ask(&rest).await, "9013", "T4: {missing}");
    }
    let with = |name: &str, value: &'static str| REPORTED.map(|it| if it.0 == name { (it.0, value) } else { it });
    assert_eq!(ask(&with("cfAssistito", "VRDLGU75B02F205X")).await, "9013", "the check letter");
    assert_eq!(ask(&with("tipologiaTest", "A")).await, "9014", "T5");
    assert_eq!(ask(&with("esitoTest", "X")).await, "9014");
    assert_eq!(ask(&with("dataPrelievo", "2021-01-12")).await, "9016");
    let (phone, email) = (("numeroCellulare", "+393330000000"), ("contattoEmail", "a@example.org"));
    assert_eq!(ask(&[&REPORTED[..], &[phone]].concat()).await, "0000", "T6");
    assert_eq!(ask(&[&REPORTED[..], &[email]].concat()).await, "0000", "T6");
    assert_eq!(ask(&[&REPORTED[..], &[phone, email]].concat()).await, "9015", "T6");
}

#[tokio::test]
async fn t10_only_ones_own_report_of_this_patient_is_cancelled_and_once() {
    let bench = Bench::start().await;
    let cun = report(&bench).await;
    assert_eq!(cancel(&bench, "region", ROSSI, &cun).await, "9030", "another patient");
    assert_eq!(cancel(&bench, "region-2", VERDI, &cun).await, "9030", "another region");
    assert_eq!(cancel(&bench, "region", VERDI, "CUN-7SWLFKFIAX").await, "9030", "nobody's");
    assert_eq!(cancel(&bench, "region", VERDI, &cun).await, "0000");
    assert_eq!(cancel(&bench, "region", VERDI, &cun).await, "9031");
}

#[tokio::test]
async fn t11_a_cancelled_cun_is_not_verified() {
    let bench = Bench::start().await;
    let cun = report(&bench).await;
    let card = bench.state().await["people"][VERDI].as_str().expect("a card").to_owned();
    let id = bench.verify(ROSSI, &card, &cun).await.field("idVerificaTampone").expect("an ID");
    assert_eq!(cancel(&bench, "region", VERDI, &cun).await, "0000");
    assert_eq!(bench.verify(ROSSI, &card, &cun).await.code(), "9020");
    assert_eq!(bench.unlock(ROSSI, &bench.otp().await, TODAY, &id).await.code(), "9050");
}

#[tokio::test]
async fn t12_only_operators_of_the_region_who_are_enabled_list() {
    let bench = Bench::start().await;
    assert_eq!(list(&bench, "region", TODAY, TODAY, "BNCLRA90C43L219I").await.code(), "9040");
    assert_eq!(list(&bench, "region-2", TODAY, TODAY, ROSSI).await.code(), "9040");
    assert_eq!(list(&bench, "region-2", TODAY, TODAY, "BNCLRA90C43L219I").await.code(), "0000");
    assert_eq!(list(&bench, "region", "2021-01-12", TODAY, ROSSI).await.code(), "9017");
}

#[tokio::test]
async fn t13_a_fourth_operator_of_a_region_is_not_enabled() {
    let bench = Bench::start().await;
    let enable = async |code: &str| {
        let seed = json!({ "listers": [{ "region": "190", "fiscal_code": code }] });
        bench.control("POST", "/seed", Some(seed)).await
    };
    assert_eq!(enable("BNCLRA90C43L219I").await.0, 201);
    let (status, said) = enable("NREGNN85D04A662V").await;
    assert_eq!(status, 422);
    assert!(said["error"].as_str().expect("why").contains("9041"), "{said}");
    assert_eq!(list(&bench, "region", TODAY, TODAY, "BNCLRA90C43L219I").await.code(), "0000");
}

#[tokio::test]
async fn t14_a_list_is_of_the_reporters_site_and_days() {
    let bench = Bench::start().await;
    let first = report(&bench).await;
    bench.clock.advance(SignedDuration::from_hours(24));
    let second = report(&bench).await;
    let cuns = async |from, to| list(&bench, "region", from, to, ROSSI).await.all("identificativoTest");
    assert_eq!(cuns(TODAY, "2021-01-12").await, [first.clone(), second.clone()]);
    assert_eq!(cuns(TODAY, TODAY).await, [first]);
    assert_eq!(cuns("2021-01-12", "2021-01-31").await, [second]);
    assert!(list(&bench, "region-2", TODAY, TODAY, "BNCLRA90C43L219I").await.all("test").is_empty());
}

#[tokio::test]
async fn t15_who_a_cun_belongs_to_is_not_listed() {
    let bench = Bench::start().await;
    let cun = report(&bench).await;
    let state = bench.state().await;
    assert!(!state["tests"][&cun].to_string().contains(VERDI));
    assert!(!state["people"].to_string().contains(&cun));
}

#[tokio::test]
async fn t16_accesses_are_noted_as_the_document_says() {
    let bench = Bench::start().await;
    let cun = report(&bench).await;
    list(&bench, "region", TODAY, TODAY, ROSSI).await;
    cancel(&bench, "region", ROSSI, &cun).await;
    let (_, accesses) = bench.control("GET", "/accesses", None).await;
    let [reported, listed, refused] = accesses.as_array().expect("a list").as_slice() else { panic!("{accesses}") };
    assert_eq!((&reported["service"], &reported["site"]), (&json!("swab_report"), &json!(SITE.1)));
    assert_eq!((&reported["esito"], &reported["transaction"]), (&json!("0000"), &json!(cun)));
    assert_eq!(reported["at"], "2021-01-11T10:15:30.123Z");
    assert_eq!((&listed["operator"], &listed["party"]), (&json!(ROSSI), &json!("regione 190")));
    assert_eq!((&refused["esito"], &refused["code"]), (&json!("9999"), &json!("9030")));
    assert!(!accesses.to_string().contains(VERDI) && !accesses.to_string().contains("2021-01-10"));
}

/// The pincode of a structure as `openssl` encrypts it.
fn sealed(bench: &Bench, pincode: &str) -> String {
    let issued = bench.sandbox.structure("structure").expect("issued");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pincode");
    std::fs::write(&file, pincode).expect("written");
    let output = std::process::Command::new("openssl")
        .args(["pkeyutl", "-encrypt", "-certin", "-pkeyopt", "rsa_padding_mode:pkcs1", "-inkey"])
        .arg(&issued.pincode_certificate_file)
        .arg("-in")
        .arg(&file)
        .output()
        .expect("openssl is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    BASE64_STANDARD.encode(output.stdout)
}

/// Sends as the structure, with this password.
async fn as_structure(bench: &Bench, password: &str, service: Service, fields: &[(&str, &str)]) -> Back {
    let issued = bench.sandbox.structure("structure").expect("issued");
    let client = super::bench::client(&bench.sandbox, None).build().expect("a client");
    let url = format!("{}{}", bench.sandbox.structures_url().expect("served"), service.path());
    let request = client
        .post(url)
        .basic_auth(issued.user, Some(password))
        .header("content-type", "text/xml; charset=UTF-8")
        .header("soapaction", service.action())
        .body(service.message(fields));
    let answer = back(request).await.expect("an answer");
    if answer.status == 200 {
        answer.is_valid();
    }
    answer
}

#[tokio::test]
async fn c5_t1_a_structure_has_password_and_pincode_and_its_code_alone() {
    let bench = Bench::with_structures().await;
    let issued = bench.sandbox.structure("structure").expect("issued");
    let read = |file: &std::path::Path| std::fs::read_to_string(file).expect("a file").trim().to_owned();
    let (password, pincode) = (read(&issued.password_file), read(&issued.pincode_file));
    let (right, wrong, id) = (sealed(&bench, &pincode), sealed(&bench, "0000000000"), structure(issued.structure));
    let (known, pin) = (("identificativoStruttura", id.as_str()), ("pinCode", right.as_str()));
    let ask = async |password: &str, caller: &[(&str, &str)]| {
        as_structure(&bench, password, REPORT, &fields(caller, &REPORTED)).await
    };
    let answer = ask(&password, &[pin, known]).await;
    assert_eq!(answer.code(), "0000", "{}", answer.text());
    for (password, caller) in [
        ("wrong", vec![pin, known]),
        (&password, vec![known]),
        (&password, vec![("pinCode", &wrong), known]),
        (&password, vec![("pinCode", "BASE64OFRSAPKCS1"), known]),
    ] {
        let refused = ask(password, &caller).await;
        assert_eq!((refused.status, refused.field("faultstring").as_deref()), (500, Some("Credenziali invalide")));
        assert_eq!(refused.field("faultcode").as_deref(), Some("env:Client"));
    }
    let broken = async |pin: &str| {
        let caller = [("pinCode", pin), known];
        as_structure(&bench, &password, REPORT, &fields(&caller, &REPORTED[..1])).await.field("faultstring")
    };
    assert_eq!(broken(&wrong).await.as_deref(), Some("Credenziali invalide"), "who calls comes before what is said");
    assert!(broken(&right).await.is_some_and(|text| text.starts_with("cvc-complex-type")));
    assert_eq!(ask(&password, &[pin, SITE]).await.code(), "9010", "T1");
    assert_eq!(ask(&password, &[pin, known, SITE]).await.code(), "9010", "T1");
    assert_eq!(ask(&password, &[pin]).await.code(), "9010", "T1");
    let region = bench.client_of("region");
    let answer = bench.ask_as(&region, REPORT, &fields(&[pin, DECLARED, known], &REPORTED)).await;
    assert_eq!(answer.code(), "9018", "a pincode beside a certificate");
}

#[tokio::test]
async fn a_structures_credentials_are_kept_and_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::with_structures().await;
    for stem in ["structure", "structure-2"] {
        let issued = bench.sandbox.structure(stem).expect("issued");
        for file in [&issued.password_file, &issued.pincode_file] {
            assert_eq!(std::fs::metadata(file).expect("a file").permissions().mode() & 0o777, 0o600);
        }
    }
    assert!(bench.sandbox.structure("other").is_none());
}
