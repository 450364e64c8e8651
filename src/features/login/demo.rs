//! What a newcomer needs to try the desk, on the sign-in page of the sandbox environment.

use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    components::table::{Column, DataTable, Row},
    features::accounts::demo::DemoAccount,
    sandbox::demo::{DemoCaller, OTPS, callers},
    server::language::Language,
};

/// The demo accounts with the PIN of this moment and, where the sandbox answers, the demo callers.
#[component]
pub fn DemoTables(
    /// The accounts.
    accounts: Vec<DemoAccount>,
    /// Whether Sistema TS is the sandbox.
    has_callers: bool,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let locale = language.tag();
    view! {
        <section class="demo" aria-labelledby="demo-title">
            <h2 id="demo-title">{t!("login.demo_title", locale = locale)}</h2>
            <Accounts accounts locale />
            {has_callers.then(|| view! { <Callers locale /> })}
        </section>
    }
}

/// Who can sign in.
#[component]
fn Accounts(
    /// The accounts.
    accounts: Vec<DemoAccount>,
    /// The tag of the language.
    locale: &'static str,
) -> impl IntoView {
    let seconds_left = accounts.first().map_or(0, |account| account.seconds_left);
    let columns = ["login.username", "login.demo_name", "login.password", "login.pin"];
    let columns = columns.map(|key| Column::text(t!(key, locale = locale))).to_vec();
    let cells = |account: DemoAccount| {
        vec![code(account.username), account.name.into_any(), code(account.password), code(account.pin)]
    };
    let rows = accounts.into_iter().map(|account| Row { href: None, cells: cells(account) }).collect();
    view! {
        <h3>{t!("login.demo_accounts", locale = locale)}</h3>
        <p>{t!("login.demo_pin", locale = locale, seconds = seconds_left)}</p>
        <DataTable caption=t!("login.demo_accounts", locale = locale) columns rows empty="" />
    }
}

/// Nobody's data: these people exist in the sandbox alone.
#[component]
fn Callers(
    /// The tag of the language.
    locale: &'static str,
) -> impl IntoView {
    let columns = ["login.demo_scenario", "login.demo_card", "login.demo_cun"];
    let columns = columns.map(|key| Column::text(t!(key, locale = locale))).to_vec();
    let row = |caller: &'static DemoCaller| {
        let scenario = t!(format!("login.caller_{}", caller.scenario.word()), locale = locale).into_owned();
        Row { href: None, cells: vec![scenario.into_any(), code(caller.card), code(caller.cun)] }
    };
    let rows = callers().iter().map(row).collect();
    view! {
        <h3>{t!("login.demo_callers", locale = locale)}</h3>
        <p>{t!("login.demo_otp", locale = locale)} " " {code(OTPS.join(" · "))}</p>
        <DataTable caption=t!("login.demo_callers", locale = locale) columns rows empty="" />
    }
}

fn code(text: impl Into<String>) -> AnyView {
    let text = text.into();
    view! { <code>{text}</code> }.into_any()
}
