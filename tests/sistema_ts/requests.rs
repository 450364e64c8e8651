//! What goes out: validated by xmllint against the contracts, byte by byte what the WSDLs ask for.

use centralino::sistema_ts::{call_center::Communication, settings::AuthenticationType};

use super::rig::{CARD, CUN, Client, ONSET, OPERATOR, OTP, Rig, cun, operator, summary};
use crate::support::upstream::{
    Act, Received, http,
    xml::{TEST_ID, confirmed, validate},
};

const VERIFY_SCHEMA: &str = "verificapositivitarichiesta.xsd";
const UNLOCK_SCHEMA: &str = "sbloccocodiceimmunirichiesta.xsd";
const CONFIRM_SCHEMA: &str = "confermasbloccoimmunirichiesta.xsd";

async fn rig() -> Rig {
    Rig::answering(404, "text/plain", "").await
}

fn has(request: &Received, field: &str, value: &str) -> bool {
    request.body.contains(&format!("{field}>{value}</"))
}

#[tokio::test]
async fn every_request_validates_against_its_schema() {
    let rig = rig().await;
    let _ = rig.client.verify().await;
    let _ = rig.client.unlock().await;
    let _ = rig.client.confirm(Communication::Confirm).await;
    let _ = rig.client.confirm(Communication::Cancel).await;
    let _ = rig.client.0.confirm(Communication::Confirm, &operator(), None, &cun()).await;
    let schemas = [VERIFY_SCHEMA, UNLOCK_SCHEMA, CONFIRM_SCHEMA, CONFIRM_SCHEMA, CONFIRM_SCHEMA];
    let requests = rig.upstream.seen.requests();
    assert_eq!(requests.len(), schemas.len());
    for (request, schema) in requests.iter().zip(schemas) {
        assert_eq!(validate(&request.body, schema), Ok(()), "{}", request.body);
    }
    let [verify, unlock, confirm, cancel, deferred] = requests.as_slice() else { panic!("five requests") };
    assert!(
        has(verify, "cfOperatore", OPERATOR) && has(verify, "numTesseraSanitaria", CARD) && has(verify, "cun", CUN)
    );
    assert!(has(unlock, "codiceOtp", OTP) && has(unlock, "dataInizioSintomi", &ONSET.to_string()));
    assert!(has(unlock, "cfOperatore", OPERATOR) && has(unlock, "idVerificaTampone", TEST_ID));
    assert!(has(confirm, "idTipoComunicazione", "C") && has(confirm, "idVerificaTampone", TEST_ID));
    assert!(has(cancel, "idTipoComunicazione", "A") && has(cancel, "cun", CUN));
    assert!(!deferred.body.contains("idVerificaTampone") && has(deferred, "cun", CUN));
}

#[tokio::test]
async fn the_validator_refuses_what_the_schema_refuses() {
    let rig = rig().await;
    let _ = rig.client.verify().await;
    let request = rig.upstream.seen.only_request().body;
    for (from, to) in [(CUN, "CUN-0000000000"), (CARD, "1234"), ("cun>", "cum>"), ("richiesta.xsd", "ricevuta.xsd")] {
        assert!(validate(&request.replace(from, to), VERIFY_SCHEMA).is_err(), "{from} → {to}");
    }
}

#[tokio::test]
async fn the_declared_authentication_is_configuration() {
    for (kind, word) in [
        (AuthenticationType::TwoFactors, Some("2F")),
        (AuthenticationType::Cns, Some("CNS")),
        (AuthenticationType::Cie, Some("CIE")),
        (AuthenticationType::Spid, Some("SPID")),
        (AuthenticationType::Undeclared, None),
    ] {
        let gone = http(404, "text/plain", "");
        let rig = Rig::with(|settings| settings.authentication_type = kind, move |_| Act::Send(gone.clone())).await;
        let _ = rig.client.verify().await;
        let _ = rig.client.unlock().await;
        let _ = rig.client.confirm(Communication::Confirm).await;
        for (request, schema) in rig.upstream.seen.requests().iter().zip([VERIFY_SCHEMA, UNLOCK_SCHEMA, CONFIRM_SCHEMA])
        {
            assert_eq!(validate(&request.body, schema), Ok(()), "{kind:?}");
            match word {
                Some(word) => assert!(has(request, "tipoAutenticazione", word), "{kind:?}"),
                None => assert!(!request.body.contains("tipoAutenticazione")),
            }
        }
    }
}

#[tokio::test]
async fn the_head_is_that_of_soap_over_http() {
    let rig = rig().await;
    let _ = rig.client.verify().await;
    let _ = rig.client.unlock().await;
    let _ = rig.client.confirm(Communication::Cancel).await;
    let names = ["VerificaPositivita", "SbloccoCodiceImmuni", "ConfermaSbloccoImmuni"];
    for (request, name) in rig.upstream.seen.requests().iter().zip(names) {
        let line = format!("POST /ImmuniCallCenterWEB/services/{name} HTTP/1.1");
        assert_eq!(request.head.lines().next(), Some(line.as_str()));
        let action = format!("\"http://{}.wsdl.immuni.sanita.finanze.it/{name}\"", name.to_lowercase());
        assert_eq!(request.header("SOAPAction"), Some(action.as_str()));
        assert_eq!(request.header("Content-Type"), Some("text/xml; charset=UTF-8"));
        assert_eq!(request.header("Content-Length"), Some(request.body.len().to_string().as_str()));
        assert!(request.body.starts_with(r#"<?xml version="1.0" encoding="UTF-8"?>"#));
        for secret in [CUN, CARD, OTP, TEST_ID, OPERATOR] {
            assert!(!request.head.contains(secret), "nothing of the call stands in the head");
        }
    }
    let wsdl = include_str!("../../contracts/VerificaPositivita.wsdl");
    let action = rig.upstream.seen.requests()[0].header("SOAPAction").expect("an action").to_owned();
    assert!(wsdl.contains(&format!("soapAction={action}")), "as the WSDL says");
}

#[tokio::test]
async fn the_base_may_be_a_reverse_proxy_and_a_service_may_lie_elsewhere() {
    let gone = http(404, "text/plain", "");
    let rig = Rig::with(
        |settings| {
            settings.base_url += "/rp/";
            settings.confirm_path = Some("/elsewhere".into());
        },
        move |_| Act::Send(gone.clone()),
    )
    .await;
    let _ = rig.client.verify().await;
    let _ = rig.client.confirm(Communication::Confirm).await;
    let heads: Vec<_> = rig.upstream.seen.requests().into_iter().map(|request| request.head).collect();
    assert!(heads[0].starts_with("POST /rp/ImmuniCallCenterWEB/services/VerificaPositivita "));
    assert!(heads[1].starts_with("POST /rp/elsewhere "));
}

#[tokio::test]
async fn a_service_at_another_address_is_called_there() {
    let rig = Rig::saying(&confirmed("")).await;
    let mut settings = rig.pki.settings(1);
    settings.unlock_path = Some(format!("https://localhost:{}/u", rig.upstream.address.port()));
    let client = Client::new(&settings);
    assert_eq!(summary(&client.unlock().await), ("uncertain", "wrong_operation"));
    assert!(rig.upstream.seen.only_request().head.starts_with("POST /u "));
}
