//! The contracts as they are served, and the samples that come with them.

use super::bench::{Bench, CANCEL, CLOSE, CONFIRM, LIST, REPORT, SEND_OTP, SERVICES, Service, UNLOCK, VERIFY, back};
use crate::contracts::validate_all;

async fn get(bench: &Bench, address: &str) -> (u16, String) {
    let answer = back(bench.client.get(address)).await.expect("an answer");
    (answer.status, answer.text())
}

/// The addresses in an attribute of all elements.
fn addresses(xml: &str, attribute: &str) -> Vec<String> {
    let document = roxmltree::Document::parse(xml).expect("XML");
    document.descendants().filter_map(|node| node.attribute(attribute)).map(str::to_owned).collect()
}

#[tokio::test]
async fn wsdl_and_schemas_lead_to_one_another_at_the_address_at_hand() {
    let bench = Bench::start().await;
    let port = bench.sandbox.address().port();
    for host in ["localhost", "127.0.0.1"] {
        for service in SERVICES {
            let address = format!("https://{host}:{port}{}", service.path());
            let (status, wsdl) = get(&bench, &format!("{address}?wsdl")).await;
            assert_eq!((status, addresses(&wsdl, "location")), (200, vec![address.clone()]));
            let schemas = addresses(&wsdl, "schemaLocation");
            assert_eq!(schemas.len(), if service.0 == SEND_OTP.0 { 1 } else { 2 });
            for schema in schemas {
                assert!(schema.starts_with(&format!("{address}?xsd=")), "{schema}");
                let (status, text) = get(&bench, &schema).await;
                assert_eq!(status, 200);
                for types in addresses(&text, "schemaLocation") {
                    assert_eq!(get(&bench, &types).await.0, 200, "{types}");
                }
            }
        }
    }
    let unknown = format!("{}{}?xsd=../tipodati.xsd", bench.sandbox.base_url(), VERIFY.path());
    assert_eq!(get(&bench, &unknown).await.0, 404);
}

#[tokio::test]
async fn the_samples_keep_to_the_contract_and_are_answered() {
    let bench = Bench::start().await;
    let samples: [(&str, Service, &str, &str); 8] = [
        ("client", VERIFY, include_str!("../../contracts/samples/verifica-req.xml"), "0000"),
        ("client", UNLOCK, include_str!("../../contracts/samples/sblocco-req.xml"), "9050"),
        ("client", CONFIRM, include_str!("../../contracts/samples/conferma-req.xml"), "9002"),
        ("region", REPORT, include_str!("../../contracts/samples/invio-req-regione.xml"), "0000"),
        ("region", CANCEL, include_str!("../../contracts/samples/annullamento-req.xml"), "9030"),
        ("region", LIST, include_str!("../../contracts/samples/elenco-req.xml"), "0000"),
        ("region", SEND_OTP, include_str!("../../contracts/samples/otp-req.xml"), "204"),
        ("body", CLOSE, include_str!("../../contracts/samples/chiusura-req.xml"), "7499"),
    ];
    let mut answers = Vec::new();
    for (client, service, sample, code) in samples {
        let answer = bench.send_as(&bench.client_of(client), service, sample).await.expect("an answer");
        assert_eq!(answer.code(), code, "{}", service.0);
        answers.push((format!("{}.xml", service.0), answer.text()));
    }
    assert_eq!(validate_all(&answers), Ok(()));
}

#[tokio::test]
async fn what_the_schema_refuses_is_refused_here_too() {
    let bench = Bench::start().await;
    let sample = include_str!("../../contracts/samples/verifica-req.xml");
    for (from, to) in [
        ("12345678", "123456789"),
        ("CUN-H17KZ6247A", "H17KZ6247A"),
        (">2F<", ">3F<"),
        ("<ver:tipoAutenticazione>2F</ver:tipoAutenticazione>", "<ver:altro/>"),
        ("RSSMRA80A01H501U", "rssmra80a01h501u"),
        ("verificapositivitarichiesta", "altro"),
    ] {
        let answer = bench.send(VERIFY, sample.replace(from, to)).await.expect("an answer");
        assert_eq!(answer.status, 500, "{from} → {to}");
        assert!(answer.field("faultstring").expect("a fault").starts_with("cvc-"));
    }
}
