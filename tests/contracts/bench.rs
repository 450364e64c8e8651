//! Both sides at once: the one real client of each queue against the sandbox, over the real wire.

use centralino::{
    domain::swab::{Contact, Site, TestResult},
    sandbox::Running,
    server::clock::Clock,
    sistema_ts::{
        Asl, Exemptions, SistemaTs, Swabs,
        call_center::Communication,
        outcome::Outcome,
        queues::{AslSettings, ExemptionSettings, Mode, Place, SwabSettings},
        reasons::RefusalReason,
        settings::{CredentialFiles, Settings},
        swabs::Report,
    },
};
use jiff::civil::date;
use serde_json::json;

use crate::{
    sandbox::bench::{Bench, ROSSI, VERDI},
    sistema_ts::rig::summary,
};

fn by_certificate(sandbox: &Running, stem: &str) -> Place {
    let certificate = Some(sandbox.files(stem));
    Place { base_url: sandbox.base_url().to_owned(), ca_file: sandbox.ca_file(), certificate, credentials: None }
}

fn by_credentials(sandbox: &Running) -> Place {
    let issued = sandbox.structure("structure").expect("issued");
    let credentials = CredentialFiles {
        user: issued.user.to_owned(),
        password_file: issued.password_file,
        pincode_file: issued.pincode_file,
        pincode_certificate_file: issued.pincode_certificate_file,
    };
    let base_url = sandbox.structures_url().expect("served").to_owned();
    Place { base_url, ca_file: sandbox.ca_file(), certificate: None, credentials: Some(credentials) }
}

fn swabs(bench: &Bench, mode: Mode) -> Swabs {
    let own = SwabSettings { mode, structure: Some("190-201-123456".into()), ..SwabSettings::default() };
    let place =
        if mode == Mode::Region { by_certificate(&bench.sandbox, "region") } else { by_credentials(&bench.sandbox) };
    Swabs::build(&own.towards(place), &Settings::default(), bench.clock.clone()).expect("a client")
}

fn asl(bench: &Bench, mode: Mode) -> Asl {
    let place =
        if mode == Mode::Region { by_certificate(&bench.sandbox, "region") } else { by_credentials(&bench.sandbox) };
    let own = AslSettings { mode, ..AslSettings::default() }.towards(place);
    Asl::build(&own, &Settings::default(), bench.clock.clone()).expect("a client")
}

fn exemptions(bench: &Bench, change: impl FnOnce(&mut ExemptionSettings)) -> Exemptions {
    let mut own = ExemptionSettings { user_id: Some("ASL201-OPER01".into()), ..ExemptionSettings::default() };
    change(&mut own);
    let own = own.towards(by_certificate(&bench.sandbox, "body"));
    Exemptions::build(&own, &Settings::default(), bench.clock.clone()).expect("a client")
}

fn call_center(bench: &Bench) -> SistemaTs {
    let (certificate_file, key_file) = bench.sandbox.client_files();
    let settings = Settings {
        base_url: bench.sandbox.base_url().to_owned(),
        ca_file: bench.sandbox.ca_file(),
        certificate_file,
        key_file,
        ..Settings::default()
    };
    SistemaTs::build(&settings, Clock::system()).expect("a client")
}

fn report(site: Option<Site>) -> Report {
    Report {
        site,
        patient: VERDI.parse().expect("a codice fiscale"),
        sampled_on: date(2021, 1, 10),
        result: TestResult::Positive,
        contact: Contact::phone("+39 333 0000000").ok(),
    }
}

#[tokio::test]
async fn a_swab_goes_all_its_way_by_the_real_clients() {
    let bench = Bench::with_structures().await;
    let (rossi, verdi) = (ROSSI.parse().expect("an operator"), VERDI.parse().expect("a patient"));
    for mode in [Mode::Region, Mode::Structure] {
        let swabs = swabs(&bench, mode);
        let known = Site::Known("190-201-123456".parse().expect("a structure"));
        let site = (mode == Mode::Region).then_some(known.clone());
        let Outcome::Done(first) = swabs.report(&report(site.clone())).await else { panic!("{mode:?}") };
        let Outcome::Done(second) = swabs.report(&report(site.clone())).await else { panic!("{mode:?}") };
        assert_eq!(first.at, Some(bench.clock.now()));
        let days = (date(2021, 1, 11), date(2021, 1, 11));
        let Outcome::Done(listed) = swabs.list(site.as_ref(), days, &rossi).await else { panic!("{mode:?}") };
        let mut cuns: Vec<_> = listed.tests.iter().filter_map(|test| Some(test.cun.as_ref()?.to_wire())).collect();
        let mut wanted = vec![first.cun.to_wire(), second.cun.to_wire()];
        cuns.sort();
        wanted.sort();
        assert_eq!(cuns, wanted, "{mode:?}");
        assert!(listed.tests.iter().all(|test| test.site.as_ref() == Some(&known)));
        let cancelled = swabs.cancel(site.as_ref(), &verdi, &second.cun).await;
        assert_eq!(summary(&cancelled), ("done", "done"), "{mode:?}");
        let again = swabs.cancel(site.as_ref(), &verdi, &second.cun).await;
        assert_eq!(summary(&again), ("refused", "esito"));

        let desk = call_center(&bench);
        let card = bench.state().await["people"][VERDI].as_str().expect("a card").parse().expect("digits");
        let Outcome::Done(verified) = desk.verify(&rossi, &card, &first.cun).await else { panic!("verified") };
        assert_eq!(verified.sampled_on.expose(), date(2021, 1, 10));
        let otp = bench.otp().await.parse().expect("an OTP");
        let unlocked = desk.unlock(&rossi, &otp, date(2021, 1, 9), &verified.id, &first.cun).await;
        assert_eq!(summary(&unlocked), ("done", "done"));
        let confirmed = desk.confirm(Communication::Confirm, &rossi, Some(&verified.id), &first.cun).await;
        assert_eq!(summary(&confirmed), ("done", "done"));
    }
}

#[tokio::test]
async fn the_health_authoritys_otp_goes_its_way_by_the_real_client() {
    let bench = Bench::with_structures().await;
    let (rossi, verdi) = (ROSSI.parse().expect("an operator"), VERDI.parse().expect("a patient"));
    for mode in [Mode::Region, Mode::Structure] {
        let asl = asl(&bench, mode);
        let otp = bench.otp().await.parse().expect("an OTP");
        let Outcome::Done(sent) = asl.send_otp(&rossi, &otp, None, &verdi).await else { panic!("{mode:?}") };
        assert_eq!(sent.at, Some(bench.clock.now()));
        let Outcome::Refused(refusal) = asl.send_otp(&rossi, &otp, None, &verdi).await else { panic!("{mode:?}") };
        assert_eq!(refusal.reason, RefusalReason::OtpConflict);
        assert!(refusal.transaction.is_some());
    }
}

#[tokio::test]
async fn a_certification_is_closed_by_the_real_client() {
    let bench = Bench::start().await;
    let (rossi, verdi) = (ROSSI.parse().expect("an operator"), VERDI.parse().expect("a patient"));
    let code = "E02".parse().expect("a code");
    let day = date(2022, 4, 1);
    let usual = exemptions(&bench, |_| {});
    let Outcome::Done(closed) = usual.close(&rossi, &code, day, &verdi).await else { panic!("closed") };
    assert_eq!((closed.updated_on, closed.old_end), (Some(date(2021, 1, 11)), Some(date(2023, 3, 31))));
    assert_eq!(usual.close(&rossi, &code, day, &verdi).await.code(), Some(7470));
    let own = exemptions(&bench, |settings| settings.user_id = None);
    assert_eq!(own.close(&rossi, &code, day, &verdi).await.code(), Some(7485), "the operator's codice fiscale");
    let profile = json!({ "closure_children": "unqualified" });
    assert_eq!(bench.control("PUT", "/profile", Some(profile)).await.0, 200);
    let bare = exemptions(&bench, |settings| settings.unqualified = true);
    assert_eq!(bare.close(&rossi, &code, day, &verdi).await.code(), Some(7470));
    assert_eq!(summary(&usual.close(&rossi, &code, day, &verdi).await), ("refused", "fault"));
}

#[tokio::test]
async fn what_the_sandbox_is_told_to_do_is_known_for_what_it_is() {
    let bench = Bench::start().await;
    let swabs = swabs(&bench, Mode::Region);
    let site = || Some(Site::Described("Drive-in".parse().expect("a description")));
    for (fault, wanted) in [
        ("wrong_cun", ("uncertain", "wrong_cun")),
        ("missing_transaction", ("uncertain", "missing_transaction")),
        ("bad_credentials", ("refused", "bad_credentials")),
        ("rejected_by_policy", ("refused", "rejected_by_policy")),
        ("http_503", ("uncertain", "http_status")),
        ("reset_after_reading", ("uncertain", "reset")),
        ("default_namespace", ("done", "done")),
        ("other_prefixes", ("done", "done")),
    ] {
        bench.fault(json!({ "service": "swab_report", "fault": fault, "times": 1 })).await;
        assert_eq!(summary(&swabs.report(&report(site())).await), wanted, "{fault}");
    }
    let before = bench.state().await["counts"]["requests"]["swab_report"].clone();
    assert_eq!(before, 8, "each was sent once");
}
