//! A sandbox of a test's own, and a client that speaks SOAP by hand.

use std::time::Duration;

use centralino::{
    sandbox::{Profile, Running, Sandbox, Settings},
    server::{clock::Clock, random::Random},
};
use serde_json::{Value, json};

use crate::contracts::validate_all;

pub const ROSSI: &str = "RSSMRA80A01H501U";
pub const VERDI: &str = "VRDLGU75B02F205A";

/// A sandbox whose clock stands at 2021-01-11 11:15:30.123 of Rome.
pub struct Bench {
    pub sandbox: Running,
    pub clock: Clock,
    pub client: reqwest::Client,
    pub dir: tempfile::TempDir,
}

/// A service by its name.
#[derive(Clone, Copy)]
pub struct Service(pub &'static str);

pub const VERIFY: Service = Service("VerificaPositivita");
pub const UNLOCK: Service = Service("SbloccoCodiceImmuni");
pub const CONFIRM: Service = Service("ConfermaSbloccoImmuni");
pub const REPORT: Service = Service("InvioEsecuzioneTest");
pub const CANCEL: Service = Service("AnnullamentoEsecuzioneTest");
pub const LIST: Service = Service("ElencoTest");
pub const SEND_OTP: Service = Service("InvioCodiceOtp");
pub const CLOSE: Service = Service("ChiusuraCertEseRed");

pub const SERVICES: [Service; 8] = [VERIFY, UNLOCK, CONFIRM, REPORT, CANCEL, LIST, SEND_OTP, CLOSE];

impl Service {
    pub fn path(self) -> String {
        let folder = match self.0 {
            "InvioEsecuzioneTest" | "AnnullamentoEsecuzioneTest" | "ElencoTest" => "TamponiWEB",
            "InvioCodiceOtp" => "ImmuniAslWEB",
            "ChiusuraCertEseRed" => "CertEseRedChiusuraWEB",
            _ => "ImmuniCallCenterWEB",
        };
        format!("/{folder}/services/{}", self.0)
    }

    pub fn action(self) -> String {
        let area = match self.0 {
            "ChiusuraCertEseRed" => return "\"\"".to_owned(),
            "InvioEsecuzioneTest" | "AnnullamentoEsecuzioneTest" | "ElencoTest" => "tamponi",
            _ => "immuni",
        };
        format!("\"http://{}.wsdl.{area}.sanita.finanze.it/{}\"", self.0.to_lowercase(), self.0)
    }

    /// Its request: namespace and element.
    fn request(self) -> (String, String) {
        let element = format!("{}Richiesta", self.0);
        match self.0 {
            "InvioEsecuzioneTest" | "AnnullamentoEsecuzioneTest" | "ElencoTest" => {
                ("http://tamponirichiesta.xsd.tamponi.sanita.finanze.it".to_owned(), element)
            }
            "InvioCodiceOtp" => ("http://inviocodiceotp.xsd.immuni.sanita.finanze.it".to_owned(), element),
            "ChiusuraCertEseRed" => (
                "http://chiusuracertrequest.xsd.cert.esenzionireddito.sanita.finanze.it".to_owned(),
                "ChiusuraCertificazione".to_owned(),
            ),
            name => (format!("http://{}richiesta.xsd.immuni.sanita.finanze.it", name.to_lowercase()), element),
        }
    }

    /// A message with these children, whose values may be XML.
    pub fn message(self, fields: &[(&str, &str)]) -> String {
        let fields =
            fields.iter().map(|(name, value)| format!("<r:{name}>{value}</r:{name}>")).collect::<Vec<_>>().concat();
        self.envelope(&fields)
    }

    /// A message with this content.
    pub fn envelope(self, content: &str) -> String {
        let (namespace, name) = self.request();
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><r:{name} \
             xmlns:r=\"{namespace}\">{content}</r:{name}></s:Body></s:Envelope>"
        )
    }
}

/// The children of `identificativoStruttura`.
pub fn structure(id: &str) -> String {
    let parts: Vec<_> = id.split('-').collect();
    let element = |name: &str, text: &str| {
        format!("<{name} xmlns=\"http://tipodati.xsd.immuni.sanita.finanze.it\">{text}</{name}>")
    };
    [element("codRegione", parts[0]), element("codAsl", parts[1]), element("codSsa", parts[2])].concat()
}

/// What came back.
#[derive(Debug)]
pub struct Back {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Back {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first element of this name.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let found = document.descendants().find(|node| node.tag_name().name() == name)?;
        Some(found.text().unwrap_or_default().to_owned())
    }

    /// The code of the first error, else the esito.
    pub fn code(&self) -> String {
        self.field("codEsito").or_else(|| self.field("esito")).unwrap_or_else(|| self.text())
    }

    /// Every element of this name.
    pub fn all(&self, name: &str) -> Vec<String> {
        let text = self.text();
        let document = roxmltree::Document::parse(&text).expect("XML");
        let found = document.descendants().filter(|node| node.tag_name().name() == name);
        found.map(|node| node.text().unwrap_or_default().to_owned()).collect()
    }

    /// Checks the whole message against the contracts.
    pub fn is_valid(&self) {
        assert_eq!(validate_all(&[("answer.xml".to_owned(), self.text())]), Ok(()), "{}", self.text());
    }
}

impl Bench {
    pub async fn start() -> Self {
        Self::with(Profile::default()).await
    }

    pub async fn with(profile: Profile) -> Self {
        Self::new(profile, false).await
    }

    /// One that serves structures too.
    pub async fn with_structures() -> Self {
        Self::new(Profile::default(), true).await
    }

    async fn new(profile: Profile, with_structures: bool) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let clock = Clock::standing_at("2021-01-11T10:15:30.123Z".parse().expect("an instant"));
        let any = "127.0.0.1:0".parse().expect("an address");
        let settings = Settings {
            listen: any,
            control: any,
            structures: with_structures.then_some(any),
            profile,
            ..Settings::in_folder(dir.path().join("sandbox"))
        };
        let sandbox = Sandbox::start(settings, clock.clone(), Random::system()).await.expect("a sandbox");
        let client = client(&sandbox, Some(sandbox.client_files())).build().expect("a client");
        Self { sandbox, clock, client, dir }
    }

    pub async fn send(&self, service: Service, message: impl Into<reqwest::Body>) -> reqwest::Result<Back> {
        self.send_as(&self.client, service, message).await
    }

    /// The client with a certificate of the sandbox, by the name of its files.
    pub fn client_of(&self, stem: &str) -> reqwest::Client {
        client(&self.sandbox, Some(self.sandbox.files(stem))).build().expect("a client")
    }

    pub async fn send_as(
        &self,
        client: &reqwest::Client,
        service: Service,
        message: impl Into<reqwest::Body>,
    ) -> reqwest::Result<Back> {
        let request = client
            .post(format!("{}{}", self.sandbox.base_url(), service.path()))
            .header("content-type", "text/xml; charset=UTF-8")
            .header("soapaction", service.action())
            .body(message);
        back(request).await
    }

    /// Sends a message that is answered in keeping with the contract.
    pub async fn ask(&self, service: Service, fields: &[(&str, &str)]) -> Back {
        self.ask_as(&self.client, service, fields).await
    }

    pub async fn ask_as(&self, client: &reqwest::Client, service: Service, fields: &[(&str, &str)]) -> Back {
        let back = self.send_as(client, service, service.message(fields)).await.expect("an answer");
        if back.status == 200 {
            back.is_valid();
        }
        back
    }

    pub async fn verify(&self, operator: &str, card: &str, cun: &str) -> Back {
        let fields =
            [("cfOperatore", operator), ("tipoAutenticazione", "2F"), ("numTesseraSanitaria", card), ("cun", cun)];
        self.ask(VERIFY, &fields).await
    }

    pub async fn unlock(&self, operator: &str, otp: &str, onset: &str, id: &str) -> Back {
        let fields = [
            ("codiceOtp", otp),
            ("dataInizioSintomi", onset),
            ("cfOperatore", operator),
            ("tipoAutenticazione", "2F"),
            ("idVerificaTampone", id),
        ];
        self.ask(UNLOCK, &fields).await
    }

    pub async fn confirm(&self, kind: &str, operator: &str, id: Option<&str>, cun: &str) -> Back {
        let mut fields = vec![("idTipoComunicazione", kind), ("cfOperatore", operator), ("tipoAutenticazione", "2F")];
        fields.extend(id.map(|id| ("idVerificaTampone", id)));
        fields.push(("cun", cun));
        self.ask(CONFIRM, &fields).await
    }

    /// A new caller: card and CUN.
    pub async fn caller(&self, scenario: &str) -> (String, String) {
        let (status, caller) = self.control("POST", "/callers", Some(json!({ "scenario": scenario }))).await;
        assert_eq!(status, 201, "{caller}");
        let text = |name: &str| caller[name].as_str().expect(name).to_owned();
        (text("card"), text("cun"))
    }

    pub async fn otp(&self) -> String {
        self.control("GET", "/otp", None).await.1["otp"].as_str().expect("an OTP").to_owned()
    }

    /// Verifies a new positive caller for an operator: the ID and the CUN.
    pub async fn verified(&self, operator: &str) -> (String, String) {
        let (card, cun) = self.caller("positive").await;
        let back = self.verify(operator, &card, &cun).await;
        (back.field("idVerificaTampone").unwrap_or_else(|| panic!("{}", back.text())), cun)
    }

    pub async fn control(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("http://{}{path}", self.sandbox.control_address());
        let mut request = self.client.request(method.parse().expect("a method"), url);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let back = back(request).await.expect("an answer");
        (back.status, serde_json::from_slice(&back.body).unwrap_or(Value::Null))
    }

    pub async fn fault(&self, order: Value) {
        let (status, said) = self.control("POST", "/faults", Some(order)).await;
        assert_eq!(status, 201, "{said}");
    }

    pub async fn state(&self) -> Value {
        self.control("GET", "/state", None).await.1
    }
}

pub async fn back(request: reqwest::RequestBuilder) -> reqwest::Result<Back> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let content_type =
        response.headers().get("content-type").map(|value| value.to_str().unwrap_or_default().to_owned());
    Ok(Back { status, content_type: content_type.unwrap_or_default(), body: response.bytes().await?.to_vec() })
}

/// A client that trusts the sandbox and presents a certificate, if given one.
pub fn client(sandbox: &Running, files: Option<(std::path::PathBuf, std::path::PathBuf)>) -> reqwest::ClientBuilder {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let read = |path| std::fs::read(path).expect("a file");
    let authority = reqwest::Certificate::from_pem(&read(sandbox.ca_file())).expect("a certificate");
    let builder = reqwest::Client::builder()
        .tls_certs_only([authority])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(20));
    match files {
        None => builder,
        Some((certificate, key)) => {
            let pem = [read(certificate), read(key)].concat();
            builder.identity(reqwest::Identity::from_pem(&pem).expect("an identity"))
        }
    }
}
