//! What the page of a case says first, what comes next by keyboard, and what is said to the caller.

use std::collections::BTreeSet;

use crate::support::{Answer, Engine, TestApp, on_both_engines};

on_both_engines!(
    the_work_comes_before_what_is_beside_it,
    what_went_wrong_comes_first_and_takes_the_focus,
    the_caller_is_told_one_thing_at_a_time,
    what_is_no_fault_of_the_callers_is_not_told_as_one,
);

/// Where each of `parts` begins in a page that has all of them.
fn places(page: &Answer, parts: &[&str]) -> Vec<usize> {
    let place = |part: &&str| page.text.find(*part).unwrap_or_else(|| panic!("no {part:?} in {}", page.text));
    parts.iter().map(place).collect()
}

async fn the_work_comes_before_what_is_beside_it(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let beside = ["script-title", "steps-title", "/close\""];
    let first = places(&call.page().await, &[["<h1", "id=\"card\"", "id=\"cun\""].as_slice(), &beside].concat());
    assert!(first.is_sorted(), "{first:?}");
    let verified = call.verify(&app.caller("positive").await).await;
    let fields =
        ["<h1", "id=\"otp\"", "id=\"onset\"", "id=\"asymptomatic\"", "type=\"submit\" class=\"button button-primary\""];
    let copy = ["tx-verify-", "/close\""];
    let second = places(&verified, &[fields.as_slice(), &copy].concat());
    assert!(second.is_sorted(), "{second:?}");
}

async fn what_went_wrong_comes_first_and_takes_the_focus(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let refused = call.verify(&app.caller("negative").await).await;
    refused.shows(200, "<title>Errore: Caso ").shows(200, "<a href=\"#card\">").shows(200, "<a href=\"#cun\">");
    let order = places(&refused, &["<main", "<section role=\"alert\"", " autofocus", "Verifica non accettata", "<h1"]);
    assert!(order.is_sorted(), "{order:?}");
    app.fault("verify", "reset_after_reading").await;
    let uncertain = call.verify(&app.caller("positive").await).await;
    uncertain.shows(200, "<title>Errore: Caso ").shows(200, "<a href=\"#repeat\">").shows(200, "id=\"repeat\"");
    let caller = app.caller("positive").await;
    let done = call.step("verify", &[("card", &caller.card), ("cun", &caller.cun), ("repeat", "1")]).await;
    done.shows(200, "<title>Caso ");
    let order = places(&done, &["<h1", "<section role=\"status\""]);
    assert!(order.is_sorted() && !done.text.contains("outcome-uncertain"), "{order:?}");
}

/// The sentences for the caller at this moment: not the notes of what else may happen.
fn said(page: &Answer) -> BTreeSet<String> {
    let quotes = page.text.split("<q class=\"say\">").zip(page.text.split("<q class=\"say\">").skip(1));
    let now = quotes.filter(|(before, _)| !before.trim_end().ends_with("<dd>")).map(|(_, quote)| quote);
    let words = |quote: &str| {
        let quote = quote.split("</q>").next().unwrap_or_default();
        quote.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect::<String>()
    };
    now.map(|quote| words(quote).trim().to_owned()).collect()
}

async fn the_caller_is_told_one_thing_at_a_time(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let only = |page: &Answer, start: &str| {
        let said = said(page);
        assert!(said.len() == 1 && said.iter().all(|sentence| sentence.starts_with(start)), "{said:?}");
    };
    only(&call.page().await, "Mi legga le ultime 8 cifre");
    only(&call.verify(&app.caller("positive").await).await, "La verifica è riuscita. Ora apra Immuni");
    app.fault("unlock", "refused").await;
    only(&call.unlock(&app.otp().await).await, "Lo sblocco non è stato accettato");
    // The page stays as it is where nothing counts: what it says holds at the end of the time too.
    let otp = app.otp().await;
    let unlocked = call.unlock(&otp).await;
    only(
        &unlocked,
        "Tenga aperta la schermata. Poi, fino alle 10:02:30: Ora tocchi Continua. Dopo: Il codice è scaduto",
    );
    app.wait_seconds(11);
    // The same once more: a no, but the code lives on.
    call.unlock(&otp).await.shows(200, "Sblocco non accettato").shows(200, "vale ancora, fino alle 10:02:30");
    only(&call.unlock(&app.otp().await).await, "Tenga aperta la schermata");
    app.wait_seconds(11);
    only(&call.page().await, "Ora tocchi Continua, fino alle 10:02:41. Dopo: Il codice è scaduto: ne serve uno nuovo.");
    app.wait_seconds(140);
    only(&call.page().await, "Il codice è scaduto: ne serve uno nuovo");
    app.fault("unlock", "refused").await;
    only(&call.unlock(&app.otp().await).await, "Lo sblocco non è stato accettato");
    only(&call.step("confirm", &[]).await, "È tutto confermato");
}

/// What turns a request away before the service has looked at a code.
async fn what_is_no_fault_of_the_callers_is_not_told_as_one(engine: Engine) {
    let app = TestApp::start(engine).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    let ours = |page: &Answer| {
        page.shows(200, "un problema nostro, non dei suoi codici").shows(200, "non ripeta con altri codici");
        assert!(
            !page.text.contains("rileggiamoli insieme") && !page.text.contains("Da ricontrollare"),
            "{}",
            page.text
        );
    };
    for fault in ["http_401", "http_404", "http_429", "bad_credentials"] {
        app.fault("verify", fault).await;
        ours(&call.verify(&caller).await);
    }
    call.verify(&caller).await.shows(200, "Sblocca codice");
    app.fault("unlock", "http_403").await;
    ours(&call.unlock(&app.otp().await).await);
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    for (act, fields) in [("cancel", [("sure", "1")].as_slice()), ("confirm", &[])] {
        app.fault("confirm", "bad_credentials").await;
        let page = call.step(act, fields).await;
        page.shows(200, "non ripeta adesso e avvisi il supervisore");
        assert!(!page.text.contains("ripeta. Se la risposta") && !page.text.contains("ripeta; se la risposta"));
    }
    app.fault("unlock", "http_500").await;
    call.unlock(&app.otp().await).await.shows(200, "può essere già sbloccato oppure no");
}
