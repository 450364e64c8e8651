//! The roles that this program plays in processes of their own: the floors, and the simulated Sistema TS.

use std::{io::Write, net::Ipv4Addr, path::Path};

use axum::{Router, routing::get};
use centralino::{
    sandbox::{Sandbox, Settings},
    server::{clock::Clock, random::Random},
};
use leptos::config::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};
use tokio::{io::AsyncReadExt, net::TcpListener};

use crate::{
    Outcome,
    floor::{App, shell},
};

/// The first argument of a child.
pub const MARK: &str = "child";
/// Bare axum, serving 10 kB.
pub const BARE: &str = "bare";
/// Axum and Leptos, serving a minimal page.
pub const LEPTOS: &str = "leptos";
/// The simulated Sistema TS, in the folder that follows.
pub const SANDBOX: &str = "sandbox";

/// Plays a role until the parent closes the standard input.
pub async fn run(role: &[String]) -> Outcome<()> {
    let words: Vec<&str> = role.iter().map(String::as_str).collect();
    match words.as_slice() {
        [BARE] => serve(Router::new().route("/", get(|| async { ten_kilobytes() }))).await,
        [LEPTOS] => {
            any_spawner::Executor::init_tokio()?;
            let options = LeptosOptions::builder().output_name("minimal").build();
            let pages = generate_route_list(App);
            let router = Router::new().leptos_routes(&options, pages, {
                let options = options.clone();
                move || shell(options.clone())
            });
            serve(router.with_state(options)).await
        }
        [SANDBOX, folder] => sandbox(Path::new(folder)).await,
        _ => Err("no such role".into()),
    }
}

fn ten_kilobytes() -> String {
    "a".repeat(10_000)
}

async fn serve(router: Router) -> Outcome<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    announce(&listener.local_addr()?.to_string())?;
    axum::serve(listener, router).with_graceful_shutdown(until_alone()).await?;
    Ok(())
}

async fn sandbox(folder: &Path) -> Outcome<()> {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    let settings = Settings { listen: any, control: any, ..Settings::in_folder(folder.to_owned()) };
    let running = Sandbox::start(settings, Clock::system(), Random::system()).await?;
    announce(&format!("{} {}", running.address(), running.control_address()))?;
    until_alone().await;
    running.stop().await;
    Ok(())
}

fn announce(text: &str) -> Outcome<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Resolves when the parent has gone.
async fn until_alone() {
    let mut byte = [0];
    while tokio::io::stdin().read(&mut byte).await.is_ok_and(|read| read > 0) {}
}
