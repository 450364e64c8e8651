//! The HTML shell of every page.

use leptos::{config::LeptosOptions, hydration::HydrationScripts, prelude::*};

use crate::{
    components::{
        kept::Kept,
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
pub fn Shell(
    /// Which page.
    page: Page,
    /// For which request.
    context: PageContext,
    /// The main part.
    children: Children,
) -> impl IntoView {
    let language = context.language.tag();
    let title = format!("{} · Centralino", page.title);
    let (has_islands, has_form) = (page.has_islands && site::has_islands(), page.has_form);
    let refresh = page.refresh.map(|seconds| {
        view! { <noscript><meta http-equiv="refresh" content=seconds.to_string() /></noscript> }
    });
    let scripts = has_islands.then(|| {
        let options = LeptosOptions::builder().output_name("centralino").build();
        view! { <HydrationScripts options islands=true root=site::root() /> }
    });
    view! {
        <!DOCTYPE html>
        <html lang=language>
            <head>
                <Head />
                <title>{title}</title>
                {refresh}
                {scripts}
            </head>
            <body>
                <Header context=context.clone() />
                {has_islands.then(|| view! { <SessionWarning context=context.clone() /> })}
                <main id="main" tabindex="-1">{children()}</main>
                <Footer context has_form />
            </body>
        </html>
    }
}

/// What the head of every page has.
#[component]
fn Head() -> impl IntoView {
    static KEPT: Kept<()> = Kept::new();
    KEPT.piece((), || {
        view! {
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
        }
    })
}
