//! The control address: plain HTTP and JSON, on the loopback alone, for testers and tests.

use std::{net::IpAddr, sync::Arc};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    codes::{card, code},
    demo::Scenario,
    faults::{Fault, Order},
    house::{Caller, House},
    immuni::Upload,
    profile::Profile,
    rules,
    seed::{Seed, SeedError},
};
use crate::{
    domain::{
        code::{CUN_PREFIX, Otp},
        fiscal_code::FiscalCode,
    },
    server::random::NoRandomness,
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

impl From<SeedError> for Refused {
    fn from(error: SeedError) -> Self {
        match error {
            SeedError::Wrong(what) => Self::Unprocessable(what),
            SeedError::NoRandomness => Self::NoRandomness,
        }
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
        .route("/seed", post(seed))
        .route("/accesses", get(accesses))
        .route("/profile", get(profile).put(set_profile))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/callers", get(callers).post(add_caller))
        .route("/operators", get(operators).post(add_operator))
        .route("/otp", get(otp))
        .route("/uploads", post(upload))
        .layer(DefaultBodyLimit::max(MOST_SEED))
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
        "people": register.cards,
        "listers": register.listers,
        "users": state.certifications.users,
        "certifications": state.certifications.certifications,
        "unlocked_otps": living,
    }))
}

/// Far more than ten thousand tests.
const MOST_SEED: usize = 16 << 20;

async fn seed(State(house): Shared, Json(seed): Json<Seed>) -> Answer {
    let seeded = seed.apply(&mut house.state.lock(), house.clock.now(), &house.random)?;
    Ok((StatusCode::CREATED, Json(seeded)).into_response())
}

async fn accesses(State(house): Shared) -> Response {
    Json(house.state.lock().journal.accesses()).into_response()
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
    if let Some(code) = order.code.as_deref().filter(|code| rules::refusal(code).is_none()) {
        return Err(Refused::Unprocessable(format!("no refusal has the code {code:?}")));
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
    let caller = Caller { scenario: wanted.scenario, card: card(&house.random)?, cun };
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
