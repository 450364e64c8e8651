//! Answers as text, and a validator of requests that is not ours: xmllint.

use std::{io::Write, process::Command};

pub const VERIFIED_NAMESPACE: &str = "http://verificapositivitaricevuta.xsd.immuni.sanita.finanze.it";
pub const UNLOCKED_NAMESPACE: &str = "http://sbloccocodiceimmuniricevuta.xsd.immuni.sanita.finanze.it";
pub const CONFIRMED_NAMESPACE: &str = "http://confermasbloccoimmuniricevuta.xsd.immuni.sanita.finanze.it";
pub const TYPES_NAMESPACE: &str = "http://tipodati.xsd.immuni.sanita.finanze.it";

pub const TRANSACTION: &str = "<idTransazione>2c9f1b5e-0d7a-4f5c-8f37-6e2b8f1d0a11</idTransazione>";
pub const TEST_ID: &str = "8b0a5f44-7a3e-4f0e-9a2b-3c1d5e6f7a80";

/// An envelope around `content`.
pub fn envelope(content: &str) -> String {
    format!(
        r#"<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>{content}</env:Body></env:Envelope>"#
    )
}

/// An answer of Verifica with these fields.
pub fn verified(fields: &str) -> String {
    envelope(&format!(
        r#"<VerificaPositivitaRicevuta xmlns="{VERIFIED_NAMESPACE}">{fields}</VerificaPositivitaRicevuta>"#
    ))
}

/// An answer of Sblocco with these fields.
pub fn unlocked(fields: &str) -> String {
    envelope(&format!(
        r#"<SbloccoCodiceImmuniRicevuta xmlns="{UNLOCKED_NAMESPACE}">{fields}</SbloccoCodiceImmuniRicevuta>"#
    ))
}

/// An answer of Conferma with these fields.
pub fn confirmed(fields: &str) -> String {
    envelope(&format!(
        r#"<ConfermaSbloccoImmuniRicevuta xmlns="{CONFIRMED_NAMESPACE}">{fields}</ConfermaSbloccoImmuniRicevuta>"#
    ))
}

/// The fields of a yes of Verifica.
pub fn yes() -> String {
    format!(
        "{TRANSACTION}<esito>0000</esito><idVerificaTampone>{TEST_ID}</idVerificaTampone><dataPrelievo>2021-01-08</dataPrelievo>"
    )
}

/// A fault.
pub fn fault(code: &str, text: &str) -> String {
    envelope(&format!("<env:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></env:Fault>"))
}

/// What xmllint says of the one element in the Body of `request` under a schema of `contracts/`.
pub fn validate(request: &str, schema: &str) -> Result<(), String> {
    let document = roxmltree::Document::parse(request).expect("well-formed");
    let body = document.descendants().find(|node| node.tag_name().name() == "Body").expect("a Body");
    let content = body.first_element_child().expect("a request");
    assert!(content.next_sibling_element().is_none(), "one element in the Body");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(request[content.range()].as_bytes()).expect("written");
    let schema = format!("{}/contracts/{schema}", env!("CARGO_MANIFEST_DIR"));
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema", &schema])
        .arg(file.path())
        .output()
        .expect("xmllint can be run: install libxml2-utils (Debian) or libxml2 (elsewhere)");
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
