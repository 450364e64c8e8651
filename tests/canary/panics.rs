//! A panic that holds a caller's data, in a process of its own: what it prints is all that is left of it.

use std::{env, net::SocketAddr, process::Command};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    routing::post,
};
use centralino::server::{
    application::Application,
    clock::Clock,
    config::{Config, LogFormat, LogLevel},
    layers, telemetry,
};
use tower::ServiceExt;

use super::search::{Canary, Searcher};

const CUN: &str = "CUN-H17KZ6247A";
/// Tells the process of its own that it is it.
const MARK: &str = "CENTRALINO_TEST_PANICS";

#[test]
fn a_panic_tells_nothing_of_what_it_holds() {
    let searcher = Searcher::new(&[Canary::code(CUN)]);
    let mut child = Command::new(env::current_exe().expect("a path"));
    child.args(["--exact", "canary::panics::in_a_process_of_its_own", "--ignored", "--nocapture"]);
    let output = child.env(MARK, "1").env("RUST_BACKTRACE", "full").output().expect("runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(err.matches("panicked").count(), 3, "each panic is told: {err}");
    assert!(err.contains("panics.rs"), "with its place: {err}");
    for (place, said) in [("output", &output.stdout), ("errors", &output.stderr)] {
        assert!(searcher.find(said).is_empty(), "{place}: {:?}", searcher.find(said));
    }
}

#[tokio::test]
#[ignore = "run by the test above, as a process of its own"]
async fn in_a_process_of_its_own() {
    if env::var_os(MARK).is_none() {
        return;
    }
    telemetry::install(LogLevel::Trace, LogFormat::Pretty).expect("a log");
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::default();
    config.data.0 = folder.path().to_owned();
    config.server.listen.set_port(0);
    config.sandbox.listen.set_port(0);
    config.sandbox.control.set_port(0);
    let application = Application::build(config, Clock::system()).await.expect("an application");
    // Last: the test runner has put a hook of its own.
    telemetry::hush_panics();
    let routes = Router::new().route("/panics", post(|body: String| async move { panic(&body) }));
    let routes = layers::around(routes, application.state().clone());
    let mut request = Request::post("/panics").body(Body::from(CUN)).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 40000))));
    assert_eq!(routes.oneshot(request).await.expect("an answer").status().as_u16(), 500);
    assert!(tokio::spawn(async { panic(CUN) }).await.is_err());
    assert!(std::thread::spawn(|| std::panic::panic_any(CUN.to_owned())).join().is_err());
}

fn panic(text: &str) {
    panic!("{text}");
}
