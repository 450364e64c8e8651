//! The control address: plain HTTP and JSON, on the loopback alone, for testers and tests.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    demo::Scenario,
    faults::{Fault, Order},
    house::{Caller, House},
    immuni::Upload,
    profile::Profile,
};
use crate::{
    domain::{
        code::{ALPHABET, CUN_PREFIX, LENGTH, Otp, check_symbol},
        fiscal_code::FiscalCode,
    },
    server::random::{NoRandomness, Random},
};

type Shared = State<Arc<House>>;
type Answer = Result<Response, Refused>;

/// Why a request to the control address is refused.
enum Refused {
    Unprocessable(String),
    NoRandomness,
}

impl From<NoRandomness> for Refused {
    fn from(_: NoRandomness) -> Self {
        Self::NoRandomness
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Unprocessable(error) => (StatusCode::UNPROCESSABLE_ENTITY, error),
            Self::NoRandomness => (StatusCode::INTERNAL_SERVER_ERROR, NoRandomness.to_string()),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}

/// The table of its routes.
pub(super) fn router(house: Arc<House>) -> Router {
    Router::new()
        .route("/state", get(state))
        .route("/reset", post(reset))
        .route("/profile", get(profile).put(set_profile))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/callers", get(callers).post(add_caller))
        .route("/operators", get(operators).post(add_operator))
        .route("/otp", get(otp))
        .route("/uploads", post(upload))
        .layer(middleware::from_fn(refuse_foreign_pages))
        .with_state(house)
}

/// A page of another site, a name that points here included, has no business with this address.
async fn refuse_foreign_pages(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    let is_own = headers.get(header::ORIGIN).is_none() || text(header::ORIGIN) == Some(&format!("http://{host}"));
    if is_loopback(host) && is_own && !is_cross_site(headers) {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, Json(json!({ "error": "only from this machine" }))).into_response()
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_cross_site(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "none" && site != "same-origin")
}

async fn state(State(house): Shared) -> Json<Value> {
    let now = house.clock.now();
    let mut state = house.state.lock();
    let living = state.immuni.living(now);
    let register = &state.register;
    let tests: serde_json::Map<String, Value> = register
        .tests
        .iter()
        .map(|(cun, test)| {
            let mut shown = json!(test);
            if let Some(shown) = shown.as_object_mut() {
                shown.insert("is_unlocked".to_owned(), register.is_unlocked(cun).into());
                let ids = register.verifications.values().filter(|verification| verification.cun == *cun).count();
                shown.insert("ids".to_owned(), ids.into());
            }
            (cun.clone(), shown)
        })
        .collect();
    Json(json!({
        "now": now,
        "counts": state.counts,
        "patients": register.patients(),
        "tests": tests,
        "unlocked_otps": living,
    }))
}

async fn reset(State(house): Shared) -> StatusCode {
    house.reset();
    StatusCode::NO_CONTENT
}

async fn profile(State(house): Shared) -> Json<Profile> {
    Json(house.profile.read().clone())
}

/// What is left out goes back to what it is by default.
async fn set_profile(State(house): Shared, Json(profile): Json<Profile>) -> Json<Profile> {
    *house.profile.write() = profile.clone();
    Json(profile)
}

async fn faults(State(house): Shared) -> Json<Value> {
    let services: Vec<_> = house.services.iter().map(|service| service.word).collect();
    Json(json!({ "active": house.state.lock().faults.orders(), "known": Fault::ALL, "services": services }))
}

async fn add_fault(State(house): Shared, Json(order): Json<Order>) -> Answer {
    if !house.services.iter().any(|service| service.word == order.service) {
        return Err(Refused::Unprocessable(format!("no service is called {:?}", order.service)));
    }
    house.state.lock().faults.add(order.clone());
    Ok((StatusCode::CREATED, Json(order)).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cleared {
    service: Option<String>,
}

async fn clear_faults(State(house): Shared, Query(cleared): Query<Cleared>) -> StatusCode {
    house.state.lock().faults.clear(cleared.service.as_deref());
    StatusCode::NO_CONTENT
}

async fn callers(State(house): Shared) -> Json<Vec<Caller>> {
    Json(house.state.lock().callers.clone())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    scenario: Scenario,
    /// An operator to authorise along with it.
    operator: Option<String>,
}

#[derive(Serialize)]
struct Made {
    #[serde(flatten)]
    caller: Caller,
    /// None: there is no such test.
    sampled_on: Option<jiff::civil::Date>,
}

async fn add_caller(State(house): Shared, Json(wanted): Json<Wanted>) -> Answer {
    if let Some(operator) = &wanted.operator {
        authorise(&house, operator)?;
    }
    let cun = format!("{CUN_PREFIX}{}", code(&house.random)?);
    let number = house.random.below(100_000_000)?;
    let caller = Caller { scenario: wanted.scenario, card: format!("{number:08}"), cun };
    house.add_caller(caller.clone());
    let sampled_on = house.state.lock().register.tests.get(&caller.cun).map(|test| test.sampled_on);
    Ok((StatusCode::CREATED, Json(Made { caller, sampled_on })).into_response())
}

async fn operators(State(house): Shared) -> Json<Value> {
    Json(json!(house.state.lock().register.operators))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Authorised {
    fiscal_code: String,
}

async fn add_operator(State(house): Shared, Json(operator): Json<Authorised>) -> Answer {
    authorise(&house, &operator.fiscal_code)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn authorise(house: &House, operator: &str) -> Result<(), Refused> {
    let operator: FiscalCode =
        operator.parse().map_err(|_| Refused::Unprocessable("not a codice fiscale".to_owned()))?;
    house.state.lock().register.operators.insert(operator.to_wire().to_owned());
    Ok(())
}

async fn otp(State(house): Shared) -> Answer {
    Ok(Json(json!({ "otp": code(&house.random)? })).into_response())
}

/// Nine symbols, each as likely as the others (seed 003, 2.4.1.1), and the check symbol.
fn code(random: &Random) -> Result<String, NoRandomness> {
    let symbols = u32::try_from(ALPHABET.len()).unwrap_or_default();
    let symbol = |_| Ok(ALPHABET.get(random.below(symbols)? as usize).copied().unwrap_or('A'));
    let body = (1..LENGTH).map(symbol).collect::<Result<Vec<char>, NoRandomness>>()?;
    Ok(body.iter().copied().chain(check_symbol(&body)).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Uploaded {
    otp: String,
}

/// What the caller's app does with its OTP once it is unlocked.
async fn upload(State(house): Shared, Json(uploaded): Json<Uploaded>) -> Answer {
    let otp: Otp = uploaded.otp.parse().map_err(|_| Refused::Unprocessable("not an OTP".to_owned()))?;
    let outcome = house.state.lock().immuni.upload(&otp, house.clock.now());
    Ok(match outcome {
        Upload::Taken => StatusCode::NO_CONTENT,
        Upload::Used => StatusCode::CONFLICT,
        Upload::Unknown => StatusCode::NOT_FOUND,
    }
    .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_well_formed_and_no_symbol_is_favoured() {
        let random = Random::system();
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..40_000 {
            let code = code(&random).unwrap();
            assert!(code.parse::<Otp>().is_ok(), "{code}");
            code.chars().take(LENGTH - 1).for_each(|symbol| *counts.entry(symbol).or_insert(0_u32) += 1);
        }
        // 14,400 are expected of each, give or take 118; a byte's remainder would give six of them 15,469.
        assert!(counts.len() == 25 && counts.values().all(|count| (13_700..15_100).contains(count)), "{counts:?}");
    }
}
