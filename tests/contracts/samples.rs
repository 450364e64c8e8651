//! Every sample keeps to its schema, every WSDL names schemas that are there and elements that they declare.

use std::{collections::BTreeMap, fs, path::Path};

use roxmltree::Document;

use super::validate_all;

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";

fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .filter(|path| path.extension().is_some_and(|it| it == ending))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a file"))
        })
        .collect()
}

#[test]
fn every_sample_keeps_to_its_schema() {
    let samples: Vec<_> = files("contracts/samples", "xml").into_iter().collect();
    assert_eq!(samples.len(), 20);
    assert_eq!(validate_all(&samples), Ok(()));
}

#[test]
fn what_breaks_its_schema_is_told() {
    let samples = files("contracts/samples", "xml");
    for (name, from, to) in [
        ("verifica-req.xml", ">12345678<", ">1234567<"),
        ("annullamento-req.xml", "CUN-7SWLFKFIAX", "7SWLFKFIAX"),
        ("elenco-res.xml", "2021-01-08</", "08/01/2021</"),
        ("otp-req.xml", "W8ILHZ97U6", "W8ILHZ97U"),
        ("chiusura-req.xml", "assistito>", "assistita>"),
        ("invio-req-struttura.xml", "t:codSsa>123456<", "t:codSsa>1234567<"),
    ] {
        let broken = samples[name].replace(from, to);
        assert_ne!(broken, samples[name]);
        assert!(validate_all(&[(name.to_owned(), broken)]).is_err(), "{name}");
    }
}

#[test]
fn every_service_of_the_two_documents_has_a_wsdl_whose_elements_are_declared() {
    let (wsdls, schemas) = (files("contracts", "wsdl"), files("contracts", "xsd"));
    let services: Vec<_> = wsdls.keys().map(|name| name.trim_end_matches(".wsdl")).collect();
    assert_eq!(
        services,
        [
            "AnnullamentoEsecuzioneTest",
            "ChiusuraCertEseRed",
            "ConfermaSbloccoImmuni",
            "ElencoTest",
            "InvioCodiceOtp",
            "InvioEsecuzioneTest",
            "SbloccoCodiceImmuni",
            "VerificaPositivita"
        ]
    );
    for (service, text) in services.iter().zip(wsdls.values()) {
        let wsdl = Document::parse(text).expect("XML");
        let all = |name| wsdl.descendants().filter(move |node| node.has_tag_name((WSDL, name)));
        for import in wsdl.descendants().filter_map(|node| node.attribute("schemaLocation")) {
            assert!(schemas.contains_key(import), "{service}: {import}");
        }
        for part in all("part") {
            let (prefix, element) = part.attribute("element").and_then(|it| it.split_once(':')).expect("a name");
            let namespace = part.lookup_namespace_uri(Some(prefix)).expect("declared");
            let is_declared = schemas.values().any(|schema| {
                schema.contains(&format!("targetNamespace=\"{namespace}\""))
                    && schema.contains(&format!("<xs:element name=\"{element}\""))
            });
            assert!(is_declared, "{service}: {element}");
        }
        assert_eq!(all("part").count(), 2);
        assert!(all("operation").all(|operation| operation.attribute("name") == Some(service)));
        let address = wsdl.descendants().find(|node| node.has_tag_name((WSDL_SOAP, "address"))).expect("an address");
        assert!(address.attribute("location").is_some_and(|it| it.ends_with(&format!("/services/{service}"))));
    }
}
