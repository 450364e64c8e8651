//! Accepted although unusual, because real siblings do it.

use centralino::sistema_ts::{answers::Verified, outcome::Outcome, upstream_text::UpstreamText};
use jiff::civil::date;

use super::rig::{Rig, test_id};
use crate::support::upstream::{
    Act,
    xml::{TEST_ID, TRANSACTION, TYPES_NAMESPACE, VERIFIED_NAMESPACE, envelope, verified, yes},
};

async fn done(rig: &Rig) -> Verified {
    let outcome = rig.client.verify().await;
    let Outcome::Done(done) = outcome else { panic!("{outcome:?}") };
    assert_eq!((&done.id, done.sampled_on.expose()), (&test_id(), date(2021, 1, 8)));
    done
}

#[tokio::test]
async fn a_content_type_without_charset_and_its_relatives() {
    for content_type in
        ["text/xml", "TEXT/XML;charset=utf-8", "application/xml", "text/xml; charset=\"UTF-8\"; action=\"x\""]
    {
        done(&Rig::answering(200, content_type, verified(&yes())).await).await;
    }
}

#[tokio::test]
async fn no_content_type_at_all() {
    let body = verified(&yes());
    let bytes = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes();
    done(&Rig::new(move |_| Act::Send(bytes.clone())).await).await;
}

#[tokio::test]
async fn other_prefixes() {
    let fields = format!(
        "<q:idTransazione>a</q:idTransazione><q:esito>0000</q:esito><q:idVerificaTampone>{TEST_ID}</q:idVerificaTampone>\
         <q:dataPrelievo>2021-01-08</q:dataPrelievo>"
    );
    let answer = format!(
        r#"<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="{VERIFIED_NAMESPACE}"><S:Header><x xmlns="urn:x"/></S:Header><S:Body><q:VerificaPositivitaRicevuta>{fields}</q:VerificaPositivitaRicevuta></S:Body></S:Envelope>"#
    );
    done(&Rig::saying(&answer).await).await;
}

#[tokio::test]
async fn a_default_namespace() {
    let answer = verified(&yes()).replace("env:", "").replace("xmlns:env", "xmlns");
    done(&Rig::saying(&answer).await).await;
}

#[tokio::test]
async fn cdata_comments_blanks_and_declarations() {
    let answer = verified(&yes());
    for odd in [
        answer.replace(">0000<", "><![CDATA[0000]]><"),
        answer.replace(">0000<", ">\n  0000\t<"),
        answer.replace(">0000<", "><!-- esito -->0000<!-- fine --><"),
        answer.replace(">0000<", ">00<!-- in mezzo -->00<"),
        answer.replace(">0000<", ">&#48;000<"),
        answer.replace("<esito>", "<!-- esito -->\n<?pi x?><esito>"),
        format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<!-- ciao -->{answer}\n"),
    ] {
        done(&Rig::saying(&odd).await).await;
    }
}

#[tokio::test]
async fn a_field_that_the_contract_does_not_know() {
    done(&Rig::saying(&verified(&format!("{}<nuovo>x</nuovo>", yes()))).await).await;
}

#[tokio::test]
async fn a_success_that_carries_a_list_of_errors() {
    let errors = format!(
        r#"<errori xmlns:t="{TYPES_NAMESPACE}"><t:errore><t:tipoErrore>Avviso</t:tipoErrore><t:codEsito>0001</t:codEsito><t:descrEsito>Tessera in scadenza</t:descrEsito></t:errore></errori>"#
    );
    let done = done(&Rig::saying(&verified(&(yes() + &errors))).await).await;
    assert_eq!(done.notes.iter().map(UpstreamText::expose).collect::<Vec<_>>(), ["Tessera in scadenza"]);
    assert!(super::oddities::done(&Rig::saying(&verified(&(yes() + "<errori/>"))).await).await.notes.is_empty());
}

#[tokio::test]
async fn nil_fields() {
    let nil = |name: &str| format!(r#"<{name} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>"#);
    let fields = yes() + &nil("descrizioneEsito") + &nil("errori");
    done(&Rig::saying(&verified(&fields)).await).await;
}

#[tokio::test]
async fn a_byte_order_mark() {
    done(&Rig::answering(200, "text/xml", format!("\u{FEFF}{}", verified(&yes()))).await).await;
    let declared = format!("\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", verified(&yes()));
    done(&Rig::answering(200, "text/xml; charset=UTF-8", declared).await).await;
}

#[tokio::test]
async fn iso_8859_1_declared_as_such() {
    let fields = yes().replace("0000</esito>", "0001</esito><descrizioneEsito>Già verificato</descrizioneEsito>");
    let latin =
        |text: &str| text.chars().map(|symbol| u8::try_from(symbol as u32).expect("latin")).collect::<Vec<u8>>();
    let declared = latin(&format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>{}", verified(&fields)));
    let rigs = [
        Rig::answering(200, "text/xml", declared.clone()).await,
        Rig::answering(200, "text/xml; charset=ISO-8859-1", declared).await,
        Rig::answering(200, "text/xml; charset=iso-8859-1", latin(&verified(&fields))).await,
    ];
    for rig in &rigs {
        assert_eq!(done(rig).await.notes[0].expose(), "Già verificato");
    }
    let undeclared = Rig::answering(200, "text/xml", latin(&verified(&fields))).await;
    assert_eq!(super::rig::summary(&undeclared.client.verify().await), ("uncertain", "encoding"));
}

#[tokio::test]
async fn a_day_with_a_time_zone() {
    done(&Rig::saying(&verified(&yes().replace("2021-01-08", "2021-01-08+01:00"))).await).await;
}

#[tokio::test]
async fn a_chunked_answer() {
    let body = verified(&yes());
    let (start, end) = body.split_at(100);
    let bytes = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{start}\r\n{:x}\r\n{end}\r\n0\r\n\r\n",
        start.len(),
        end.len()
    );
    done(&Rig::new(move |_| Act::Send(bytes.clone().into_bytes())).await).await;
}

#[tokio::test]
async fn an_answer_that_ends_with_its_connection() {
    let bytes = format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n{}", verified(&yes())).into_bytes();
    done(&Rig::new(move |_| Act::SendAndClose(bytes.clone())).await).await;
}

#[tokio::test]
async fn the_samples_namespace_trap() {
    // The fields of an error are of the shared types: here by a prefix, there by a default namespace of its own.
    let item = "<errore xmlns=\"NS\"><codEsito>9023</codEsito><descrEsito>Non positivo</descrEsito></errore>";
    let fields = format!("{TRANSACTION}<esito>9999</esito><errori>{}</errori>", item.replace("NS", TYPES_NAMESPACE));
    let answer = envelope(&format!(
        r#"<VerificaPositivitaRicevuta xmlns="{VERIFIED_NAMESPACE}">{fields}</VerificaPositivitaRicevuta>"#
    ));
    let Outcome::Refused(refusal) = Rig::saying(&answer).await.client.verify().await else { panic!("refused") };
    assert_eq!(refusal.errors[0].expose(), "9023 Non positivo");
}
