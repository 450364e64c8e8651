//! What Prometheus is told: by its conventions, complete, without a person, and what `deploy/` names is among it.

#![expect(clippy::float_cmp, reason = "what is compared are whole numbers")]

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::{Engine, TestApp, browser::client, on_both_engines};

on_both_engines!(figures_follow_the_conventions_and_are_complete, what_cannot_be_looked_up_is_said);

/// A figure as Prometheus reads it.
#[derive(Debug, Default)]
struct Family {
    help: String,
    kind: String,
    /// The labels of each number, by name and value.
    samples: Vec<(String, BTreeMap<String, String>, f64)>,
}

/// The text form of the figures.
fn read(text: &str) -> BTreeMap<String, Family> {
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let sample = Regex::new(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$").expect("a pattern");
    let label = Regex::new(r#"([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)""#).expect("a pattern");
    let mut current = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').expect("words");
            families.entry(name.to_owned()).or_default().help = help.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').expect("a kind");
            families.entry(name.to_owned()).or_default().kind = kind.to_owned();
            current = name.to_owned();
        } else {
            let parts = sample.captures(line).unwrap_or_else(|| panic!("no sample: {line}"));
            let labels = parts.get(2).map_or("", |labels| labels.as_str());
            let labels = label.captures_iter(labels).map(|pair| (pair[1].to_owned(), pair[2].to_owned())).collect();
            let value = parts[3].parse().expect("a number");
            assert!(parts[1].starts_with(&current), "{line} stands under {current}");
            families.get_mut(&current).expect("a family").samples.push((parts[1].to_owned(), labels, value));
        }
    }
    families
}

/// An application at work, and what Prometheus is told of it.
async fn at_work(engine: Engine) -> (TestApp, String) {
    let app = TestApp::start_with(engine, |config| config.metrics.listen = Some(([127, 0, 0, 1], 0).into())).await;
    let mut call = app.call(&app.operator("m.bianchi").await).await;
    let caller = app.caller("positive").await;
    call.verify(&caller).await.shows(200, "Positività verificata");
    let mut stranger = app.browser();
    for _ in 0..10 {
        stranger.post("/login", &[("username", "n.nessuno"), ("password", "wrong")]).await;
    }
    stranger.get("/CUN-H17KZ6247A?card=47135715").await;
    centralino::server::housekeeping::once(&app.state).await.expect("a round");
    let text = scrape(&app).await;
    (app, text)
}

async fn scrape(app: &TestApp) -> String {
    let address = app.figures.expect("an address");
    client().get(format!("http://{address}/metrics")).send().await.expect("an answer").text().await.expect("text")
}

/// Labels and what may stand in them.
fn allowed(name: &str, value: &str) -> bool {
    let is_one_of = |words: &str| words.split(' ').any(|word| word == value);
    match name {
        "method" => is_one_of("GET POST HEAD OPTIONS PUT DELETE PATCH other"),
        "status" => value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_digit()),
        // A route of the table: places in it are named, never filled.
        "route" => value == "unmatched" || (value.starts_with('/') && value.bytes().all(|it| !it.is_ascii_digit())),
        "service" => {
            is_one_of("verify unlock confirm cancel swab_report swab_cancel swab_list asl_otp exemption_close")
        }
        "outcome" => {
            is_one_of("done refused uncertain not_sent wrong locked disabled malformed used_before no_such_code")
        }
        "state" => is_one_of("closed open half_open idle used"),
        "section" => is_one_of("sistema_ts swabs asl exemptions"),
        "step" => is_one_of("password sign_in unlock"),
        "register" => is_one_of("access admin"),
        "pool" => is_one_of("readers writer postgres"),
        "version" => value == env!("CARGO_PKG_VERSION"),
        "le" => value == "+Inf" || value.parse::<f64>().is_ok(),
        _ => false,
    }
}

async fn figures_follow_the_conventions_and_are_complete(engine: Engine) {
    let (app, text) = at_work(engine).await;
    let families = read(&text);
    let name_form = Regex::new("^[a-z][a-z0-9_]*$").expect("a pattern");
    for (name, family) in &families {
        assert!(!family.help.is_empty() && family.help.ends_with('.'), "{name} has no words: {:?}", family.help);
        assert!(!family.samples.is_empty(), "{name} has no number");
        assert!(name_form.is_match(name), "{name}");
        assert!(name.starts_with("centralino_") || name.starts_with("process_"), "{name}");
        assert_eq!(family.kind == "counter", name.ends_with("_total"), "{name} is a {}", family.kind);
        let is_foreign = name.starts_with("process_");
        assert!(
            is_foreign || !["_ms", "_milliseconds", "_minutes", "_kb"].iter().any(|end| name.ends_with(end)),
            "{name}"
        );
        if family.kind == "histogram" {
            assert!(name.ends_with("_seconds"), "{name} has no unit");
        }
        for (_, labels, _) in &family.samples {
            for (label, value) in labels {
                assert!(allowed(label, value), "{name}: {label}={value:?}");
            }
        }
    }
    let number = |name: &str, wanted: &[(&str, &str)]| {
        let family = families.get(name).unwrap_or_else(|| panic!("no {name}"));
        let has_all = |labels: &BTreeMap<String, String>| {
            wanted.iter().all(|(label, value)| labels.get(*label).is_some_and(|found| found == value))
        };
        family.samples.iter().filter(|(_, labels, _)| has_all(labels)).map(|(_, _, value)| value).sum::<f64>()
    };
    assert_eq!(number("centralino_upstream_requests_total", &[("service", "verify"), ("outcome", "done")]), 1.0);
    let in_flight = ["centralino_upstream_in_flight", "centralino_upstream_waiting"].map(|name| number(name, &[]));
    assert_eq!(in_flight, [0.0, 0.0], "all have ended");
    for section in ["sistema_ts", "swabs", "asl", "exemptions"] {
        let in_state =
            |state: &[_]| number("centralino_upstream_circuit_state", &[&[("section", section)], state].concat());
        assert_eq!((in_state(&[]), in_state(&[("state", "closed")])), (1.0, 1.0), "{section}: one state at a time");
    }
    assert_eq!(number("centralino_open_cases", &[]), 1.0);
    assert_eq!(number("centralino_signed_in_operators", &[]), 1.0);
    assert_eq!(number("centralino_sign_ins_total", &[("step", "password"), ("outcome", "wrong")]), 10.0);
    assert_eq!(number("centralino_sign_ins_total", &[("step", "sign_in"), ("outcome", "done")]), 1.0);
    assert_eq!(number("centralino_lock_outs_total", &[]), 1.0);
    assert_eq!(number("centralino_register_checkpoints_total", &[]), 2.0);
    assert_eq!(number("centralino_database_up", &[]), 1.0);
    assert_eq!(number("centralino_password_hashing_queue", &[]), 0.0);
    assert_eq!(number("centralino_build_info", &[]), 1.0);
    let head = app.state.db.register_head(centralino::storage::registers::Register::Access).await.expect("a head");
    let entries = number("centralino_register_entries_total", &[("register", "access")]);
    assert_eq!(entries, f64::from(i32::try_from(head.seq).expect("few")));
    let ends = app.state.sistema_ts.expires_at().as_duration().as_secs_f64();
    assert_eq!(number("centralino_upstream_certificate_expiry_timestamp_seconds", &[("section", "sistema_ts")]), ends);
    assert!(number("centralino_database_connections", &[]) >= 1.0);
    assert!(number("process_resident_memory_bytes", &[]) > 1e6);
    assert!(number("process_start_time_seconds", &[]) > 1e9);
    assert!(families.contains_key("process_cpu_seconds_total"));
    for secret in ["H17KZ6247A", "47135715", "n.nessuno", "m.bianchi", &caller_free(&text)] {
        assert!(secret.is_empty() || !text.contains(secret), "{secret}");
    }
    deploy_names_what_is_there(&families);
}

/// Anything that looks like an id of a case.
fn caller_free(text: &str) -> String {
    let id = Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-7").expect("a pattern");
    id.find(text).map(|found| found.as_str().to_owned()).unwrap_or_default()
}

async fn what_cannot_be_looked_up_is_said(engine: Engine) {
    let (app, _) = at_work(engine).await;
    app.state.db.close().await;
    let families = read(&scrape(&app).await);
    assert_eq!(families["centralino_database_up"].samples[0].2, 0.0);
}

/// Every figure that the rules and the dashboard name is among those that are told.
fn deploy_names_what_is_there(families: &BTreeMap<String, Family>) {
    let parts: BTreeSet<_> =
        families.values().flat_map(|family| family.samples.iter().map(|(name, ..)| name.as_str())).collect();
    let name = Regex::new(r"\b(centralino_[a-z_]+|process_[a-z_]+)").expect("a pattern");
    let label = Regex::new(r#"\b([a-z]+)(?:=|!=|=~)"([^"]*)""#).expect("a pattern");
    let expressions = [alerts(), dashboard()].concat();
    assert!(expressions.len() > 30, "{}", expressions.len());
    let mut named = BTreeSet::new();
    for expression in &expressions {
        for found in name.find_iter(expression) {
            assert!(parts.contains(found.as_str()), "{} is told by nobody: {expression}", found.as_str());
            named.insert(found.as_str().to_owned());
        }
        for pair in label.captures_iter(expression).filter(|pair| &pair[1] != "job") {
            let is_told = |value: &str| allowed(&pair[1], &value.replace('.', "0"));
            assert!(pair[2].split('|').all(is_told), "no {} is such: {expression}", &pair[1]);
        }
        let brackets = |open, close| expression.matches(open).count() == expression.matches(close).count();
        assert!(brackets('(', ')') && brackets('{', '}') && brackets('[', ']'), "{expression}");
    }
    assert!(named.len() > 15, "{named:?}");
}

fn deployed(name: &str) -> String {
    std::fs::read_to_string(format!("{}/deploy/{name}", env!("CARGO_MANIFEST_DIR"))).expect("a file")
}

/// The expressions of the rules, each of which has its words.
fn alerts() -> Vec<String> {
    let rules = YamlLoader::load_from_str(&deployed("prometheus-alerts.yml")).expect("YAML");
    let rules = rules[0]["groups"][0]["rules"].as_vec().expect("rules").clone();
    let text = |rule: &Yaml, key: &str| rule[key].as_str().unwrap_or_else(|| panic!("no {key}: {rule:?}")).to_owned();
    for rule in &rules {
        assert!(text(rule, "alert").starts_with("Centralino"));
        assert!(["warning", "critical"].contains(&text(&rule["labels"], "severity").as_str()));
        assert!(
            !text(&rule["annotations"], "summary").is_empty() && !text(&rule["annotations"], "description").is_empty()
        );
    }
    rules.iter().map(|rule| text(rule, "expr")).collect()
}

/// Whoever has promtool runs them; here it is seen to that none is missing.
#[test]
fn every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() {
    let cases = include_str!("alerts.yml");
    let cases = YamlLoader::load_from_str(cases).expect("YAML").remove(0)["tests"].as_vec().expect("cases").clone();
    let asked = cases.iter().flat_map(|case| case["alert_rule_test"].as_vec().expect("questions").clone());
    let asked: Vec<_> = asked
        .map(|asked| {
            let fires = !asked["exp_alerts"].as_vec().expect("alerts").is_empty();
            (asked["alertname"].as_str().expect("a name").to_owned(), fires)
        })
        .collect();
    let rules = YamlLoader::load_from_str(&deployed("prometheus-alerts.yml")).expect("YAML");
    for rule in rules[0]["groups"][0]["rules"].as_vec().expect("rules") {
        let name = rule["alert"].as_str().expect("a name");
        for fires in [true, false] {
            assert!(asked.contains(&(name.to_owned(), fires)), "{name} has no case in which it fires: {fires}");
        }
    }
}

/// The expressions of the pictures, none of which lies over another.
fn dashboard() -> Vec<String> {
    let dashboard: serde_json::Value = serde_json::from_str(&deployed("grafana-dashboard.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let mut taken = BTreeSet::new();
    for panel in panels {
        let at = |key: &str| panel["gridPos"][key].as_u64().expect("a number");
        for place in (at("x")..at("x") + at("w")).flat_map(|x| (at("y")..at("y") + at("h")).map(move |y| (x, y))) {
            assert!(place.0 < 24 && taken.insert(place), "{} lies over another", panel["title"]);
        }
    }
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("targets"));
    let started = dashboard["annotations"]["list"].as_array().expect("a list").iter();
    targets.chain(started).map(|target| target["expr"].as_str().expect("an expression").to_owned()).collect()
}
