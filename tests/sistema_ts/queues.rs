//! The clients of the other queues against an upstream whose every byte is chosen.

use std::process::Command;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use centralino::{
    domain::{
        exemption::ExemptionCode,
        fiscal_code::FiscalCode,
        swab::{Contact, Site, TestResult},
    },
    server::clock::Clock,
    sistema_ts::{
        Asl, BuildError, Exemptions, Swabs,
        answers::{Closed, Listed, Reported, Unlocked},
        outcome::Outcome,
        queues::{AslSettings, ExemptionSettings, Mode, SwabSettings},
        settings::Settings,
        swabs::Report,
    },
};
use jiff::civil::date;

use super::rig::{CUN, ONSET, OTP, cun, operator};
use crate::support::upstream::{Act, Received, Upstream, http, pki::Pki};

pub const PATIENT: &str = "VRDLGU75B02F205A";
pub const DESCRIPTION: &str = "Drive-in Area Nord";
pub const PASSWORD: &str = "parola-segreta";
pub const PINCODE: &str = "8147120369";

/// An upstream and the clients of all queues.
pub struct Queues {
    pub pki: Pki,
    pub upstream: Upstream,
    pub swabs: Swabs,
    pub asl: Asl,
    pub exemptions: Exemptions,
}

impl Queues {
    /// As a region, against an upstream that gives this answer to everything.
    pub async fn saying(envelope: &str) -> Self {
        Self::answering(200, envelope, Mode::Region).await
    }

    pub async fn answering(status: u16, body: &str, mode: Mode) -> Self {
        let bytes = http(status, "text/xml; charset=UTF-8", body);
        let pki = Pki::new();
        let server = if mode == Mode::Region { pki.server() } else { pki.anonymous_server() };
        let upstream = Upstream::tls(server, move |_| Act::Send(bytes.clone())).await;
        let common = pki.settings(upstream.address.port());
        let swabs = Swabs::build(&swab_settings(&pki, &common, mode), &common, Clock::system()).expect("a client");
        let asl = Asl::build(&asl_settings(&pki, &common, mode), &common, Clock::system()).expect("a client");
        let exemptions = ExemptionSettings { user_token: None, ..exemption_settings(&common) };
        let exemptions = Exemptions::build(&exemptions, &common, Clock::system()).expect("a client");
        Self { pki, upstream, swabs, asl, exemptions }
    }

    pub async fn report(&self) -> Outcome<Reported> {
        self.swabs.report(&report(self.site())).await
    }

    pub async fn list(&self) -> Outcome<Listed> {
        let days = (date(2021, 1, 1), date(2021, 1, 31));
        self.swabs.list(self.site().as_ref(), days, &operator()).await
    }

    pub async fn send_otp(&self) -> Outcome<Unlocked> {
        self.asl.send_otp(&operator(), &OTP.parse().expect("an OTP"), Some(ONSET), &patient()).await
    }

    pub async fn close(&self) -> Outcome<Closed> {
        let code: ExemptionCode = "E02".parse().expect("a code");
        self.exemptions.close(&operator(), &code, date(2022, 4, 1), &patient()).await
    }

    pub fn site(&self) -> Option<Site> {
        let described = || Site::Described(DESCRIPTION.parse().expect("a description"));
        self.swabs.structure().is_none().then(described)
    }
}

pub fn patient() -> FiscalCode {
    PATIENT.parse().expect("a codice fiscale")
}

pub fn report(site: Option<Site>) -> Report {
    Report {
        site,
        patient: patient(),
        sampled_on: date(2021, 1, 8),
        result: TestResult::Positive,
        contact: Contact::email("assistito@example.org").ok(),
    }
}

pub fn exemption_settings(common: &Settings) -> ExemptionSettings {
    ExemptionSettings {
        base_url: Some(common.base_url.clone()),
        ca_file: Some(common.ca_file.clone()),
        certificate_file: Some(common.certificate_file.clone()),
        key_file: Some(common.key_file.clone()),
        user_token: serde_json::from_str("\"TOKEN\"").ok(),
        ..ExemptionSettings::default()
    }
}

pub fn swab_settings(pki: &Pki, common: &Settings, mode: Mode) -> SwabSettings {
    let issued = issued(pki);
    SwabSettings {
        mode,
        base_url: Some(common.base_url.clone()),
        ca_file: Some(common.ca_file.clone()),
        certificate_file: Some(common.certificate_file.clone()),
        key_file: Some(common.key_file.clone()),
        structure: Some("190-201-123456".into()),
        user: Some("STRUTTURA1".into()),
        password_file: Some(issued[0].clone()),
        pincode_file: Some(issued[1].clone()),
        pincode_certificate_file: Some(issued[2].clone()),
        ..SwabSettings::default()
    }
}

fn asl_settings(pki: &Pki, common: &Settings, mode: Mode) -> AslSettings {
    let swabs = swab_settings(pki, common, mode);
    AslSettings {
        mode,
        base_url: swabs.base_url,
        ca_file: swabs.ca_file,
        certificate_file: swabs.certificate_file,
        key_file: swabs.key_file,
        user: swabs.user,
        password_file: swabs.password_file,
        pincode_file: swabs.pincode_file,
        pincode_certificate_file: swabs.pincode_certificate_file,
        otp_path: None,
    }
}

/// Password, pincode and the certificate for it, made by openssl.
fn issued(pki: &Pki) -> [std::path::PathBuf; 3] {
    let (certificate, key) = (pki.path("sanitelcf.pem"), pki.path("sanitelcf.key"));
    if !certificate.exists() {
        openssl(
            &["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=SanitelCF", "-days", "30"],
            &[("-keyout", &key), ("-out", &certificate)],
        );
    }
    [pki.write("password", &format!("{PASSWORD}\n")), pki.write("pincode", PINCODE), certificate]
}

fn openssl(arguments: &[&str], files: &[(&str, &std::path::Path)]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments);
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    let output = command.output().expect("openssl is needed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The text of the first element of this name in a request.
pub fn field(request: &Received, name: &str) -> Option<String> {
    let document = roxmltree::Document::parse(&request.body).expect("XML");
    let found = document.descendants().find(|node| node.tag_name().name() == name)?;
    Some(found.text().unwrap_or_default().to_owned())
}

/// The names of a request's children, in their order.
pub fn children(request: &Received) -> Vec<String> {
    let document = roxmltree::Document::parse(&request.body).expect("XML");
    let body = document.descendants().find(|node| node.tag_name().name() == "Body").expect("a Body");
    let root = body.first_element_child().expect("a request");
    root.children().filter(roxmltree::Node::is_element).map(|node| node.tag_name().name().to_owned()).collect()
}

#[tokio::test]
async fn a_region_calls_with_its_certificate_and_says_where_and_how() {
    let queues = Queues::answering(404, "", Mode::Region).await;
    let _ = queues.report().await;
    let _ = queues.swabs.cancel(queues.site().as_ref(), &patient(), &cun()).await;
    let _ = queues.list().await;
    let _ = queues.send_otp().await;
    let requests = queues.upstream.seen.requests();
    let [report, cancel, list, otp] = requests.as_slice() else { panic!("four requests") };
    for request in &requests {
        assert!(request.header("authorization").is_none() && !request.body.contains("pinCode"));
        assert_eq!(field(request, "tipoAutenticazione").as_deref(), Some("2F"));
    }
    assert_eq!(
        children(report),
        [
            "tipoAutenticazione",
            "descrizioneStruttura",
            "cfAssistito",
            "dataPrelievo",
            "tipologiaTest",
            "esitoTest",
            "contattoEmail"
        ]
    );
    assert_eq!(field(cancel, "idTransazione").as_deref(), Some(CUN));
    assert_eq!(field(list, "identificativoUtente").as_deref(), Some(operator().to_wire()));
    assert_eq!(
        (field(otp, "cfOperatore").as_deref(), field(otp, "codiceOtp").as_deref()),
        (Some(operator().to_wire()), Some(OTP))
    );
    for (request, path) in requests.iter().zip([
        "/TamponiWEB/services/InvioEsecuzioneTest",
        "/TamponiWEB/services/AnnullamentoEsecuzioneTest",
        "/TamponiWEB/services/ElencoTest",
        "/ImmuniAslWEB/services/InvioCodiceOtp",
    ]) {
        assert!(request.head.starts_with(&format!("POST {path} ")), "{}", request.head);
        let name = path.rsplit('/').next().expect("a name");
        assert!(request.header("soapaction").is_some_and(|action| action.ends_with(&format!("/{name}\""))));
    }
}

#[tokio::test]
async fn a_structure_calls_with_password_and_pincode_and_for_itself_alone() {
    let queues = Queues::answering(404, "", Mode::Structure).await;
    let _ = queues.report().await;
    let _ = queues.report().await;
    let _ = queues.send_otp().await;
    let requests = queues.upstream.seen.requests();
    let wanted = format!("Basic {}", BASE64_STANDARD.encode(format!("STRUTTURA1:{PASSWORD}")));
    let mut sealed = Vec::new();
    for request in &requests {
        assert_eq!(request.header("authorization"), Some(wanted.as_str()));
        assert_eq!(children(request)[0], "pinCode", "the first child");
        assert!(!request.body.contains("tipoAutenticazione") && !request.body.contains(PINCODE));
        let pincode = field(request, "pinCode").expect("a pincode");
        let file = queues.pki.path("sealed");
        std::fs::write(&file, BASE64_STANDARD.decode(&pincode).expect("base64")).expect("written");
        let key = queues.pki.path("sanitelcf.key");
        let opened = openssl(
            &["pkeyutl", "-decrypt", "-pkeyopt", "rsa_padding_mode:pkcs1"],
            &[("-inkey", &key), ("-in", &file)],
        );
        assert_eq!(opened, PINCODE.as_bytes(), "as openssl reads it");
        sealed.push(pincode);
    }
    assert_ne!(sealed[0], sealed[1], "encrypted anew for each message");
    assert_eq!(children(&requests[0])[1], "identificativoStruttura");
    assert_eq!(field(&requests[0], "codSsa").as_deref(), Some("123456"));
    assert_eq!(children(&requests[2])[1..], ["codiceOtp", "dataInizioSintomi", "cfAssistito"]);
}

#[tokio::test]
async fn a_site_that_does_not_fit_the_caller_is_not_sent() {
    let described = || Some(Site::Described(DESCRIPTION.parse().expect("a description")));
    let structure = Queues::answering(404, "", Mode::Structure).await;
    let region = Queues::answering(404, "", Mode::Region).await;
    for outcome in [structure.swabs.report(&report(described())).await, region.swabs.report(&report(None)).await] {
        assert_eq!(super::rig::summary(&outcome), ("not_sent", "unbuildable"));
    }
    assert!(structure.upstream.seen.requests().is_empty() && region.upstream.seen.requests().is_empty());
}

#[tokio::test]
async fn what_is_wrong_with_credentials_is_told_with_its_key() {
    let pki = Pki::new();
    let common = pki.settings(1);
    let whole = swab_settings(&pki, &common, Mode::Structure);
    let key = |change: fn(&mut SwabSettings, &Pki)| {
        let mut settings = whole.clone();
        change(&mut settings, &pki);
        let text = match Swabs::build(&settings, &common, Clock::system()) {
            Err(error @ (BuildError::Identity(_) | BuildError::Settings(_))) => error.to_string(),
            other => panic!("{other:?}"),
        };
        assert!(text.contains("for example: ") && !text.contains(PASSWORD) && !text.contains(PINCODE), "{text}");
        text.split([' ', ':']).next().expect("a key").to_owned()
    };
    assert_eq!(key(|it, _| it.password_file = Some("/no/such".into())), "swabs.password_file");
    assert_eq!(key(|it, pki| it.pincode_file = Some(pki.write("two", "1\n2"))), "swabs.pincode_file");
    assert_eq!(key(|it, pki| it.password_file = Some(pki.write("none", "\n"))), "swabs.password_file");
    assert_eq!(
        key(|it, _| it.pincode_certificate_file.clone_from(&it.certificate_file)),
        "swabs.pincode_certificate_file"
    );
    assert_eq!(key(|it, _| it.base_url = Some("http://localhost".into())), "swabs.base_url");
    assert_eq!(key(|it, _| it.list_path = Some("elenco".into())), "swabs.list_path");
    assert_eq!(key(|it, _| it.most_answer_bytes = Some(0)), "swabs.most_answer_bytes");
}
