//! The HTML shell of every page.

use leptos::{config::LeptosOptions, hydration::HydrationScripts, nonce::Nonce, prelude::*};

use crate::{
    components::{
        holed::{Fill, Holed, hole},
        layout::{Footer, Header, SessionWarning},
    },
    server::{
        page::{Page, PageContext},
        site,
    },
};

/// The typefaces of every page, asked for before the style sheet that names them has come: no text jumps.
const FONTS: [&str; 2] = ["titillium-web-400", "titillium-web-600"];

/// The document: head, header, main part, footer.
#[component]
pub fn Shell<'a>(
    /// Which page.
    page: &'a Page,
    /// For which request.
    context: &'a PageContext,
    /// What allows our scripts to run.
    nonce: &'a str,
    /// The main part.
    children: Children,
) -> impl IntoView + use<> {
    let has_islands = page.has_islands && site::has_islands();
    view! {
        <!DOCTYPE html>
        <html lang=context.language.tag()>
            <Head page has_islands nonce />
            <body>
                <Header context />
                {has_islands.then(|| view! { <SessionWarning context /> })}
                <main id="main" tabindex="-1">{children()}</main>
                <Footer context has_form=page.has_form />
            </body>
        </html>
    }
}

/// The head of a page.
#[component]
fn Head<'a>(
    /// Which page.
    page: &'a Page,
    /// Whether something comes to life in it.
    has_islands: bool,
    /// What allows our scripts to run.
    nonce: &'a str,
) -> impl IntoView + use<> {
    static KEPT: Holed<(bool, Option<u32>)> = Holed::new();
    let refresh = page.refresh;
    KEPT.piece((has_islands, refresh), &[Fill::Text(&page.title), Fill::Text(nonce)], || {
        let scripts = has_islands.then(|| {
            provide_context(Nonce::from_value(hole(1)));
            let options = LeptosOptions::builder().output_name("centralino").build();
            view! { <HydrationScripts options islands=true root=site::root() /> }
        });
        view! {
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <link rel="icon" href=format!("{}/favicon.svg", site::root()) type="image/svg+xml" />
                {FONTS.map(|font| {
                    let href = format!("{}/fonts/{font}.woff2", site::root());
                    view! { <link rel="preload" href=href r#as="font" type="font/woff2" crossorigin="anonymous" /> }
                })}
                <link rel="stylesheet" href=format!("{}/pkg/centralino.css", site::root()) />
                <title>{format!("{} · Centralino", hole(0))}</title>
                {refresh.map(|seconds| {
                    view! { <noscript><meta http-equiv="refresh" content=seconds.to_string() /></noscript> }
                })}
                {scripts}
            </head>
        }
    })
}
