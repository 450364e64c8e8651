//! What a newcomer needs to try the desk, on the sign-in page of the sandbox environment.

use leptos::prelude::*;
use rust_i18n::t;

use crate::{
    components::table::{Column, DataTable, Row},
    features::accounts::demo::DemoAccount,
    server::language::Language,
};

/// The demo accounts with the PIN of this moment.
#[component]
pub fn DemoTables(
    /// The accounts.
    accounts: Vec<DemoAccount>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let locale = language.tag();
    let seconds_left = accounts.first().map_or(0, |account| account.seconds_left);
    let columns = ["login.username", "login.demo_name", "login.password", "login.pin"];
    let columns = columns.map(|key| Column::text(t!(key, locale = locale))).to_vec();
    let cells = |account: DemoAccount| {
        let code = |text: String| view! { <code>{text}</code> }.into_any();
        let name = view! { {account.name} }.into_any();
        vec![code(account.username.to_owned()), name, code(account.password.to_owned()), code(account.pin)]
    };
    let rows = accounts.into_iter().map(|account| Row { href: None, cells: cells(account) }).collect();
    view! {
        <section class="demo" aria-labelledby="demo-title">
            <h2 id="demo-title">{t!("login.demo_title", locale = locale)}</h2>
            <h3>{t!("login.demo_accounts", locale = locale)}</h3>
            <p>{t!("login.demo_pin", locale = locale, seconds = seconds_left)}</p>
            <DataTable caption=t!("login.demo_accounts", locale = locale) columns rows empty="" />
        </section>
    }
}
