//! Operators who take one call after the other while something else happens.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::task::JoinHandle;

use crate::support::{TestApp, app::Person, call::Call};

/// A call from its opening to its closing; its id.
pub async fn whole_call(app: &TestApp, call: &mut Call) -> String {
    let opened = call.browser.post("/cases", &[("call", "88213")]).await;
    opened.location().clone_into(&mut call.path);
    call.verify(&app.caller("positive").await).await.shows(200, "Sblocca codice");
    call.unlock(&app.otp().await).await.shows(200, "Conferma sblocco");
    call.step("confirm", &[]).await.shows(200, "Sblocco confermato");
    assert_eq!(call.browser.post(&format!("{}/close", call.path), &[("sure", "1")]).await.status, 303);
    call.path.trim_start_matches("/cases/").to_owned()
}

/// Somebody who works until told to go home.
pub struct AtWork {
    stop: Arc<AtomicBool>,
    calls: JoinHandle<Vec<String>>,
}

impl AtWork {
    /// Begins to work.
    pub async fn begin(app: &Arc<TestApp>, person: &Person) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (app, until, browser) = (Arc::clone(app), Arc::clone(&stop), app.signed_in(person).await);
        let calls = tokio::spawn(async move {
            let (mut call, mut done) = (Call { browser, path: String::new() }, Vec::new());
            while !until.load(Ordering::SeqCst) {
                done.push(whole_call(&app, &mut call).await);
            }
            done
        });
        Self { stop, calls }
    }

    /// Goes home; the cases that were taken.
    pub async fn end(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        self.calls.await.expect("no call fails")
    }
}
