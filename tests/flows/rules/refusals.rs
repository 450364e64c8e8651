//! Each code of a service's no: the card, the words, where it leads, what is kept.

use centralino::{
    domain::service::{OutcomeClass, Service},
    sistema_ts::queues::{Mode, SwabSettings},
};

use super::{CANCEL, CLOSURE, CODE, LIST, OTP, REPORT, keeps, leads, send, with};
use crate::support::{Engine, TestApp, counter::Counter, on_both_engines};

on_both_engines!(
    each_code_leads_to_the_fields_that_it_is_about,
    a_structure_is_led_to_no_field_that_it_does_not_have,
    whose_credentials_are_refused_is_said_by_desk,
);

/// What a code is about: fields of the form, or none.
type Code = (&'static str, &'static [&'static str]);

/// Who we are, which the form does not ask.
const OURS: [Code; 3] = [("9001", &[]), ("9002", &[]), ("9018", &[])];
const OF_REPORT: &[Code] = &[
    ("9010", &["description"]),
    ("9011", &["description"]),
    ("9012", &["description"]),
    ("9013", &["patient", "sampled_on", "result"]),
    ("9014", &["result"]),
    ("9015", &["phone", "email"]),
    ("9016", &["sampled_on"]),
    ("9099", &["description", "patient", "sampled_on", "result"]),
];
const OF_CANCELLATION: &[Code] = &[
    ("9011", &["description"]),
    ("9012", &["description"]),
    ("9013", &["patient", "cun"]),
    ("9030", &["patient", "cun"]),
    ("9031", &["cun"]),
    ("9099", &["description", "patient", "cun"]),
];
const OF_LIST: &[Code] = &[
    ("9011", &["description"]),
    ("9012", &["description"]),
    ("9013", &["from", "to"]),
    ("9017", &["from", "to"]),
    ("9040", &[]),
    ("9099", &[]),
];
const OF_OTP: &[Code] = &[("9016", &["onset"]), ("9013", &["otp", "onset", "patient"])];

/// Where a desk is, which service it asks, what is typed, the title of its no, its codes.
type Desk = (&'static str, Service, &'static [(&'static str, &'static str)], &'static str, &'static [Code]);

const DESKS: [Desk; 5] = [
    ("/swabs", Service::SwabReport, REPORT, "Esito non accettato", OF_REPORT),
    ("/swabs/cancel", Service::SwabCancel, CANCEL, "Annullamento non accettato", OF_CANCELLATION),
    ("/swabs/list", Service::SwabList, LIST, "Elenco non concesso", OF_LIST),
    ("/swabs/list/export", Service::SwabList, LIST, "Elenco non concesso", OF_LIST),
    ("/asl", Service::AslOtp, OTP, "Codice OTP non accettato", OF_OTP),
];

async fn each_code_leads_to_the_fields_that_it_is_about(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    for (path, service, typed, title, codes) in DESKS {
        for (code, fields) in codes.iter().chain(&OURS) {
            app.refuse(service.word(), code).await;
            let refused = send(&mut counter, path, typed).await;
            refused.shows(200, "<title>Errore:").shows(200, title).shows(200, &format!("{code} SANDBOX: "));
            assert_eq!(leads(&refused), *fields, "{code} at {path}");
            let is_ours = OURS.iter().any(|(ours, _)| ours == code);
            assert_eq!(refused.text.contains("non riguarda i dati dell'assistito"), is_ours, "{code} at {path}");
            keeps(&refused, typed);
            let (class, transaction) = app.kept(service).await.expect("a request");
            assert_eq!(class, OutcomeClass::Refused, "{code} at {path}");
            refused.shows(200, &transaction.expect("it may be kept: it is no CUN"));
        }
    }
    by_code_as_well(&app, &mut counter).await;
}

/// The field in which the structure stands is the one that is led to.
async fn by_code_as_well(app: &TestApp, counter: &mut Counter<'_>) {
    app.refuse("swab_report", "9011").await;
    let refused = send(counter, "/swabs", &with(REPORT, &[("description", ""), CODE])).await;
    assert_eq!(leads(&refused), ["structure"]);
}

async fn a_structure_is_led_to_no_field_that_it_does_not_have(engine: Engine) {
    let app = TestApp::start_with(engine, |config| {
        config.swabs = Some(SwabSettings { mode: Mode::Structure, ..SwabSettings::default() });
    })
    .await;
    let mut counter = app.counter("/swabs").await;
    let own = |typed: &'static [(&str, &str)]| with(typed, &[("description", "")]);
    for (path, service, typed, code, fields) in [
        ("/swabs", "swab_report", REPORT, "9010", &[][..]),
        ("/swabs", "swab_report", REPORT, "9099", &["patient", "sampled_on", "result"]),
        ("/swabs/cancel", "swab_cancel", CANCEL, "9010", &[]),
        ("/swabs/cancel", "swab_cancel", CANCEL, "9099", &["patient", "cun"]),
        ("/swabs/list", "swab_list", LIST, "9010", &[]),
    ] {
        app.refuse(service, code).await;
        let refused = send(&mut counter, path, &own(typed)).await;
        refused.shows(200, &format!("{code} SANDBOX: "));
        assert_eq!(leads(&refused), fields, "T1: {code} at {path}");
        assert!(!refused.text.contains("name=\"structure\""), "T1");
    }
}

async fn whose_credentials_are_refused_is_said_by_desk(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut counter = app.counter("/swabs").await;
    for (path, service, typed, whose) in [
        ("/swabs", "swab_report", REPORT, "della regione o della struttura"),
        ("/swabs/list", "swab_list", LIST, "della regione o della struttura"),
        ("/asl", "asl_otp", OTP, "della regione o della struttura"),
        ("/exemptions", "exemption_close", CLOSURE, "dell'ente che chiude le certificazioni"),
    ] {
        for (fault, what) in [("bad_credentials", "le credenziali"), ("rejected_by_policy", "respinge il certificato")]
        {
            app.fault(service, fault).await;
            let refused = send(&mut counter, path, typed).await;
            refused.shows(200, &format!("{what} {whose}"));
            assert!(!refused.text.contains("call center"), "{fault} at {path}: {}", refused.text);
        }
    }
}
