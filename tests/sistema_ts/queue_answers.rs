//! What the services of the other queues may say, and what each is taken for.

use centralino::{
    domain::{
        call::TransactionId,
        code::Cun,
        swab::{Site, TestResult},
    },
    sistema_ts::{exemptions::ClosureCode, outcome::Outcome, queues::Mode, upstream_text::UpstreamText},
};
use jiff::civil::date;

use super::{
    queues::{PATIENT, Queues, patient},
    rig::{CUN, OTP, cun, summary},
};
use crate::support::upstream::xml::{envelope, fault};

const SWABS: &str = "http://tamponiricevuta.xsd.tamponi.sanita.finanze.it";
const OTP_NAMESPACE: &str = "http://inviocodiceotp.xsd.immuni.sanita.finanze.it";
const CLOSURE: &str = "http://chiusuracertresponse.xsd.cert.esenzionireddito.sanita.finanze.it";
const TRANSACTION: &str = "<idTransazione>9a7d2f40-2f4f-4d0e-8a11-5f0c3b2a1908</idTransazione>";

fn answer(name: &str, namespace: &str, fields: &str) -> String {
    envelope(&format!("<{name} xmlns=\"{namespace}\">{fields}</{name}>"))
}

async fn reported(fields: &str) -> (&'static str, &'static str) {
    let queues = Queues::saying(&answer("InvioEsecuzioneTestRicevuta", SWABS, fields)).await;
    let outcome = queues.report().await;
    assert!(!format!("{outcome:?}").contains("CUN-"));
    summary(&outcome)
}

#[tokio::test]
async fn the_samples_of_the_contracts_are_understood() {
    let queues = Queues::saying(include_str!("../../contracts/samples/invio-res.xml")).await;
    let Outcome::Done(reported) = queues.report().await else { panic!("done") };
    assert_eq!(reported.cun.to_wire(), "CUN-7SWLFKFIAX");
    assert_eq!(reported.at, "2021-01-08T16:02:11.045Z".parse().ok());

    let queues = Queues::saying(include_str!("../../contracts/samples/annullamento-res.xml")).await;
    let Outcome::Done(cancelled) = queues.swabs.cancel(queues.site().as_ref(), &patient(), &cun()).await else {
        panic!("done")
    };
    assert_eq!(cancelled.transaction.as_str(), "4f2d8a10-6f0e-4c56-9d0b-7a1e2b3c4d5e");

    let queues = Queues::saying(include_str!("../../contracts/samples/elenco-res.xml")).await;
    let Outcome::Done(listed) = queues.list().await else { panic!("done") };
    let [test] = listed.tests.as_slice() else { panic!("one test") };
    assert_eq!(test.cun.as_ref().map(Cun::to_wire).as_deref(), Some("CUN-7SWLFKFIAX"));
    assert_eq!((test.sampled_on.expose(), test.result), (date(2021, 1, 8), TestResult::Positive));
    assert!(matches!(&test.site, Some(Site::Described(words)) if words.as_str() == "Drive-in Area Nord"));

    let queues = Queues::saying(include_str!("../../contracts/samples/otp-res.xml")).await;
    let Outcome::Done(sent) = queues.send_otp().await else { panic!("done") };
    assert_eq!(sent.at, "2021-01-11T09:15:30.123Z".parse().ok());

    let queues = Queues::saying(include_str!("../../contracts/samples/otp-ko.xml")).await;
    let Outcome::Refused(refusal) = queues.send_otp().await else { panic!("refused") };
    assert_eq!(refusal.reason.word(), "otp_conflict");
    assert_eq!(refusal.transaction.as_ref().map(TransactionId::as_str), Some("1a2b3c4d-5e6f-4a0b-9c8d-7e6f5a4b3c2d"));
    assert_eq!(refusal.text.as_ref().map(UpstreamText::expose), Some("OTP in uso"), "passed on");

    let queues = Queues::saying(include_str!("../../contracts/samples/chiusura-ok.xml")).await;
    let Outcome::Done(closed) = queues.close().await else { panic!("done") };
    assert_eq!((closed.updated_on, closed.old_end), (Some(date(2022, 5, 5)), Some(date(2023, 3, 31))));
    assert!(closed.notes.is_empty());

    let queues = Queues::saying(include_str!("../../contracts/samples/chiusura-ko.xml")).await;
    let outcome = queues.close().await;
    assert_eq!(outcome.code(), Some(7470));
    let Outcome::Refused(refusal) = outcome else { panic!("refused") };
    assert_eq!(refusal.text.as_ref().map(UpstreamText::expose), Some("CERTIFICAZIONE DA CHIUDERE NON TROVATA"));
}

#[tokio::test]
async fn a_cun_whose_check_symbol_is_wrong_is_not_handed_on() {
    for (id, wanted) in [
        ("CUN-7SWLFKFIAX", ("done", "done")),
        ("CUN-7SWLFKFIAA", ("uncertain", "wrong_cun")),
        ("CUN-7SWLFKFIA", ("uncertain", "wrong_cun")),
        ("7SWLFKFIAX", ("uncertain", "wrong_cun")),
        ("cun-7swlfkfiax", ("uncertain", "wrong_cun")),
        ("9a7d2f40-2f4f-4d0e-8a11-5f0c3b2a1908", ("uncertain", "wrong_cun")),
        ("", ("uncertain", "missing_transaction")),
    ] {
        let fields = format!("<idTransazione>{id}</idTransazione><esito>0000</esito>");
        assert_eq!(reported(&fields).await, wanted, "{id}");
    }
    let refused = format!("{TRANSACTION}<esito>9999</esito>");
    assert_eq!(reported(&refused).await, ("refused", "esito"));
    assert_eq!(reported(&format!("{TRANSACTION}<esito>1234</esito>")).await, ("uncertain", "unknown_esito"));
}

#[tokio::test]
async fn a_list_may_be_long_and_a_wrong_cun_in_it_is_flagged() {
    let test = |cun: &str| {
        format!(
            "<test><identificativoStruttura><t:codRegione>190</t:codRegione><t:codAsl>201</t:codAsl>\
             <t:codSsa>123456</t:codSsa></identificativoStruttura><dataPrelievo>2021-01-08</dataPrelievo>\
             <identificativoTest>{cun}</identificativoTest><dataInserimento>2021-01-08T17:02:11.045+01:00</dataInserimento>\
             <esitoTest>N</esitoTest><tipologiaTest>M</tipologiaTest></test>"
        )
    };
    let list = |tests: String| {
        let types = "xmlns:t=\"http://tipodati.xsd.immuni.sanita.finanze.it\"";
        let fields = format!("{TRANSACTION}<esito>0000</esito><listaTest {types}>{tests}</listaTest>");
        answer("ElencoTestRicevuta", SWABS, &fields)
    };
    let queues = Queues::saying(&list(test("CUN-7SWLFKFIAX").repeat(10_000) + &test("CUN-7SWLFKFIAA"))).await;
    let started = std::time::Instant::now();
    let Outcome::Done(listed) = queues.list().await else { panic!("done") };
    assert!(started.elapsed() < std::time::Duration::from_secs(2), "{:?}", started.elapsed());
    assert_eq!(listed.tests.len(), 10_001);
    assert!(listed.tests[..10_000].iter().all(|test| test.cun.is_some()));
    assert_eq!(listed.tests[10_000].cun, None);
    assert!(matches!(&listed.tests[0].site, Some(Site::Known(id)) if id.to_string() == "190-201-123456"));
    let broken = Queues::saying(&list(test("CUN-7SWLFKFIAX").replace("<esitoTest>N", "<esitoTest>X"))).await;
    assert_eq!(summary(&broken.list().await), ("uncertain", "unreadable_field"));
    let twice =
        test("CUN-7SWLFKFIAX").replace("<esitoTest>N</esitoTest>", "<esitoTest>N</esitoTest><esitoTest>P</esitoTest>");
    assert_eq!(summary(&Queues::saying(&list(twice)).await.list().await), ("uncertain", "duplicate_field"));
    let none = answer("ElencoTestRicevuta", SWABS, &format!("{TRANSACTION}<esito>0000</esito>"));
    let Outcome::Done(listed) = Queues::saying(&none).await.list().await else { panic!("done") };
    assert!(listed.tests.is_empty());
}

#[tokio::test]
async fn the_immuni_back_ends_outcome_is_passed_through() {
    for (esito, wanted) in [
        ("204", ("done", "done")),
        ("0000", ("done", "done")),
        ("400", ("refused", "otp_malformed")),
        ("409", ("refused", "otp_conflict")),
        ("9999", ("refused", "esito")),
        ("503", ("uncertain", "unknown_esito")),
    ] {
        let fields = format!("{TRANSACTION}<dataOra>2021-01-11T10:15:30.123+01:00</dataOra><esito>{esito}</esito>");
        let queues = Queues::saying(&answer("InvioCodiceOtpRicevuta", OTP_NAMESPACE, &fields)).await;
        assert_eq!(summary(&queues.send_otp().await), wanted, "{esito}");
    }
}

#[tokio::test]
async fn a_transaction_that_repeats_what_is_the_patients_is_none() {
    for echo in [PATIENT, OTP, "2021-01-06"] {
        let fields = format!("<idTransazione>tx.{echo}</idTransazione><esito>204</esito>");
        let queues = Queues::saying(&answer("InvioCodiceOtpRicevuta", OTP_NAMESPACE, &fields)).await;
        assert_eq!(summary(&queues.send_otp().await), ("uncertain", "unreadable_transaction"), "{echo}");
    }
    let fields = format!("<idTransazione>x{}1</idTransazione><esito>0000</esito>", &CUN[4..]);
    let queues = Queues::saying(&answer("AnnullamentoEsecuzioneTestRicevuta", SWABS, &fields)).await;
    let cancelled = queues.swabs.cancel(queues.site().as_ref(), &patient(), &cun()).await;
    assert_eq!(summary(&cancelled), ("uncertain", "unreadable_transaction"));
}

#[tokio::test]
async fn every_code_of_a_closure_has_its_class() {
    for code in ClosureCode::ALL {
        let number = code.number().to_string();
        for esito in [number.clone(), format!(" {number} "), format!("{number} - ESITO")] {
            let queues =
                Queues::saying(&answer("RicevutaChiusuraCertificazione", CLOSURE, &format!("<esito>{esito}</esito>")))
                    .await;
            let outcome = queues.close().await;
            assert_eq!(outcome.class(), code.class(), "{esito}");
            let wanted = if outcome.word() == "done" { None } else { Some(code.number()) };
            assert_eq!(outcome.code(), wanted, "{esito}");
        }
    }
    for esito in ["7498", "0000", "749", "OK"] {
        let queues =
            Queues::saying(&answer("RicevutaChiusuraCertificazione", CLOSURE, &format!("<esito>{esito}</esito>")))
                .await;
        assert_eq!(summary(&queues.close().await), ("uncertain", "unknown_esito"), "{esito}");
    }
}

#[tokio::test]
async fn a_closure_is_read_by_local_names_and_its_days_in_both_forms() {
    let fields = |from: &str, to: &str| {
        format!(
            "<datAggRec>{from}</datAggRec><datFinValOld>{to}</datFinValOld><esito>7499</esito><diagnostico>OK</diagnostico>"
        )
    };
    let wanted = (Some(date(2022, 5, 5)), Some(date(2023, 3, 31)));
    let whole = answer("RicevutaChiusuraCertificazione", CLOSURE, &fields("05/05/2022", "31/03/2023"));
    let bare = envelope(&format!(
        "<c:RicevutaChiusuraCertificazione xmlns:c=\"{CLOSURE}\">{}</c:RicevutaChiusuraCertificazione>",
        fields("2022-05-05", "2023-03-31")
    ));
    for text in [whole, bare] {
        let Outcome::Done(closed) = Queues::saying(&text).await.close().await else { panic!("done: {text}") };
        assert_eq!((closed.updated_on, closed.old_end), wanted, "{text}");
    }
    let odd = answer("RicevutaChiusuraCertificazione", CLOSURE, &fields("5 maggio 2022", "31/02/2023"));
    let Outcome::Done(closed) = Queues::saying(&odd).await.close().await else { panic!("done") };
    assert_eq!((closed.updated_on, closed.old_end), (None, None));
    assert_eq!(closed.notes.iter().map(UpstreamText::expose).collect::<Vec<_>>(), ["5 maggio 2022", "31/02/2023"]);
    let twice = answer("RicevutaChiusuraCertificazione", CLOSURE, "<esito>7499</esito><esito xmlns=\"\">7470</esito>");
    assert_eq!(summary(&Queues::saying(&twice).await.close().await), ("uncertain", "duplicate_field"));
    let foreign = answer("RicevutaChiusuraCertificazione", "http://altro", "<esito>7499</esito>");
    assert_eq!(summary(&Queues::saying(&foreign).await.close().await), ("uncertain", "wrong_namespace"));
}

#[tokio::test]
async fn wrong_credentials_are_tried_once() {
    let queues = Queues::answering(500, &fault("env:Client", "Credenziali invalide"), Mode::Structure).await;
    assert_eq!(summary(&queues.report().await), ("refused", "bad_credentials"));
    assert_eq!(queues.upstream.seen.requests().len(), 1);
}

#[tokio::test]
async fn nothing_is_repeated_once_it_left() {
    let queues = Queues::answering(503, "", Mode::Region).await;
    let site = queues.site();
    assert_eq!(summary(&queues.report().await), ("uncertain", "http_status"));
    assert_eq!(summary(&queues.swabs.cancel(site.as_ref(), &patient(), &cun()).await), ("uncertain", "http_status"));
    assert_eq!(summary(&queues.list().await), ("uncertain", "http_status"));
    assert_eq!(summary(&queues.send_otp().await), ("uncertain", "http_status"));
    assert_eq!(summary(&queues.close().await), ("uncertain", "http_status"));
    assert_eq!(queues.upstream.seen.requests().len(), 5);
}
