//! What a first visit weighs: the page and everything that it refers to, as it comes over the wire.

use std::{collections::BTreeSet, sync::LazyLock};

use regex::Regex;

use crate::{Outcome, client::Browser, desk::Desk, report::Figure, upstream::Upstream, verify::Call};

/// The most for the sign-in page and for the desk, in bytes.
const MOST: (usize, usize) = (80_000, 200_000);

/// Builds the pattern at its first use.
macro_rules! pattern {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new($text).unwrap());
    };
}
// Of a page: what is loaded along with it.
pattern!(LOADED, r#"<(?:link|script|img|source|iframe)\b[^>]*?\b(?:href|src)="([^"]+)""#);
// Of a page: how the islands are called in, with the root, the folder and the names of the two files.
pattern!(ISLANDS, r#"\("([^"]+)", "([^"]+)", "([^"]+)", "([^"]+)""#);
// Of a style sheet.
pattern!(STYLE, r#"url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']"#);
// Of a script: other scripts, by relative address.
pattern!(SCRIPT, r#"(?:from|import)\s*\(?\s*["']([./][^"']+)["']"#);

/// What was loaded.
#[derive(Default)]
struct Weight {
    bytes: usize,
    files: usize,
    elsewhere: Vec<String>,
}

/// Loads `path` and, from a new browser's empty cache, all that it refers to.
async fn weigh(browser: &mut Browser, path: &str) -> Outcome<Weight> {
    let mut weight = Weight::default();
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![path.to_owned()]);
    while let Some(path) = waiting.pop() {
        if path.contains("://") || path.starts_with("//") {
            weight.elsewhere.push(path);
        } else if !path.starts_with("data:") && seen.insert(path.clone()) {
            let compressed = browser.get(&path).await?;
            if compressed.status != 200 {
                return Err(format!("{path} answers {}", compressed.status).into());
            }
            weight.bytes += compressed.body.len();
            weight.files += 1;
            // What is not text holds no addresses.
            waiting.extend(references(&path, &browser.read(&path).await?.text()));
        }
    }
    Ok(weight)
}

/// The addresses that a page, a style sheet or a script refers to.
fn references(path: &str, text: &str) -> Vec<String> {
    let from = |pattern: &Regex| -> Vec<String> {
        let found = pattern.captures_iter(text).filter_map(|found| found.iter().skip(1).flatten().next());
        found.map(|found| absolute(path, found.as_str())).collect()
    };
    match path.rsplit_once('.').map(|(_, suffix)| suffix) {
        Some("css") => from(&STYLE),
        Some("js") => from(&SCRIPT),
        Some("wasm" | "woff2" | "svg" | "png" | "ico") => Vec::new(),
        _ => {
            let islands = ISLANDS.captures_iter(text).flat_map(|found| {
                let [root, folder, script, wasm] = found.extract().1;
                [format!("{root}/{folder}/{script}.js"), format!("{root}/{folder}/{wasm}.wasm")]
            });
            from(&LOADED).into_iter().chain(islands).collect()
        }
    }
}

/// An address, seen from the file at `path`.
fn absolute(path: &str, address: &str) -> String {
    if address.starts_with('/') || address.contains(':') {
        return address.to_owned();
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The sign-in page for whoever comes, and the desk with a case for who is signed in.
pub async fn figures(upstream: &Upstream) -> Outcome<Vec<Figure>> {
    let desk = Desk::start(upstream, upstream.address, 1).await?;
    let login = weigh(&mut Browser::new(desk.address)?, "/login").await?;
    let mut browser = desk.sign_in(desk.people.all().first().ok_or("nobody")?).await?;
    let call = Call::open(&mut browser).await?;
    let case = weigh(&mut browser, call.path()).await?;
    if case.files <= login.files {
        return Err("the page of a case loads no islands: build the site first, with `make site`".into());
    }
    let figure = |name: &str, weight: &Weight, most: usize| {
        let Weight { bytes, files, elsewhere } = weight;
        let elsewhere = match elsewhere.as_slice() {
            [] => "none elsewhere".to_owned(),
            others => format!("elsewhere: {}", others.join(", ")),
        };
        let measured = format!("{} kB in {files} files, {elsewhere}", bytes.div_ceil(1000));
        let is_met = *bytes <= most && weight.elsewhere.is_empty();
        Figure::limit(name, &measured, &format!("{} kB, none elsewhere", most / 1000), is_met)
    };
    Ok(vec![
        figure("compressed bytes of a first visit: sign-in page", &login, MOST.0),
        figure("the same: desk with a case and its islands", &case, MOST.1),
    ])
}
