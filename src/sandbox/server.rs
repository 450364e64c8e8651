//! The services over HTTP: contracts on GET, messages on POST.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use http_body_util::{BodyExt as _, Limited};
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{ALLOW, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HOST, HeaderName, HeaderValue},
};

use super::{
    faults::Fault,
    house::{Decision, House, Said, Sender},
    odd,
    party::Badge,
    reply::{Body, Reply, XML, page, whole},
    services::Service,
    soap::{self, Style},
    text,
};

/// Far more than the longest message that keeps to a contract.
const MOST_BYTES: usize = 64 << 10;
/// After this long, a client that is never answered is left alone.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");

/// One connection, as its requests see it.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) house: Arc<House>,
    pub(super) sender: Sender,
    /// Where the server is reached, for clients that do not say.
    pub(super) base: Arc<str>,
    /// Set: the connection ends with a reset.
    pub(super) cut: Arc<AtomicBool>,
}

/// The connection was reset on purpose.
#[derive(Debug, thiserror::Error)]
#[error("reset on purpose")]
pub(super) struct Cut;

impl Line {
    /// Answers a request, or does not.
    pub(super) async fn answer(mut self, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
        self.look_at_credentials(&request);
        let services = &self.house.services;
        let Some(service) = services.iter().find(|service| service.path() == request.uri().path()) else {
            return Ok(page(StatusCode::NOT_FOUND));
        };
        let reply = match *request.method() {
            Method::GET => Reply::Http(self.contract(service, &request)),
            Method::POST => self.post(service, request).await,
            _ => Reply::Http(not_allowed()),
        };
        match reply {
            Reply::Http(response) => Ok(response),
            Reply::Late(delay, response) => {
                tokio::time::sleep(delay).await;
                Ok(response)
            }
            Reply::Silence => {
                tokio::time::sleep(PATIENCE).await;
                Err(self.cut())
            }
            Reply::Reset => Err(self.cut()),
        }
    }

    /// At the door of the structures each message brings its credentials along.
    fn look_at_credentials(&mut self, request: &Request<Incoming>) {
        if let (Badge::Credentials(_), Some(structures)) = (&self.sender.badge, &self.house.structures) {
            self.sender.badge = structures.badge(header(request, &AUTHORIZATION));
        }
    }

    fn cut(&self) -> Cut {
        self.cut.store(true, Ordering::SeqCst);
        Cut
    }

    /// `?wsdl` and `?xsd=<file>`, with the addresses under which the client came.
    fn contract(&self, service: &Service, request: &Request<Incoming>) -> Response<Body> {
        let profile = self.house.profile.read().clone();
        if self.sender.badge.party().is_none() || !profile.sources.contains(&self.sender.address) {
            return page(StatusCode::FORBIDDEN);
        }
        let contract = service.contract(&profile);
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).filter(|host| is_authority(host));
        let base = host.map_or_else(|| self.base.to_string(), |host| format!("https://{host}"));
        let query = request.uri().query().unwrap_or_default();
        let text = match query.split_once('=') {
            Some((key, name)) if key.eq_ignore_ascii_case("xsd") => contract.schema(name, &base),
            None if query.eq_ignore_ascii_case("wsdl") => Some(contract.wsdl(&base)),
            _ => return not_allowed(),
        };
        text.map_or_else(|| page(StatusCode::NOT_FOUND), |text| whole(StatusCode::OK, XML, text))
    }

    async fn post(&self, service: &Service, request: Request<Incoming>) -> Reply {
        let order = self.house.take_fault(service);
        if order.as_ref().is_some_and(|order| order.fault == Fault::ResetBeforeReading) {
            return Reply::Reset;
        }
        let misplaced = misplaced(service, &request);
        let content_type = header(&request, &CONTENT_TYPE).to_owned();
        let Ok(message) = Limited::new(request.into_body(), MOST_BYTES).collect().await else {
            return Reply::Http(page(StatusCode::PAYLOAD_TOO_LARGE));
        };
        let decision = match misplaced {
            Some(Misplaced::ContentType) => return Reply::Http(page(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
            Some(Misplaced::Action(said)) => Decision { said, order, request: soap::Request::default() },
            None => {
                let message = text::decode(&message.to_bytes(), &content_type);
                self.house.decide(service, message.as_deref(), &self.sender, order)
            }
        };
        self.speak(service, decision)
    }

    fn speak(&self, service: &Service, decision: Decision) -> Reply {
        let Decision { said, order, request } = decision;
        let profile = self.house.profile.read().clone();
        let (status, text) = match said {
            Said::Fault(fault) => (StatusCode::INTERNAL_SERVER_ERROR, fault.render()),
            Said::Answer(mut answer) => {
                let mut style = Style::default();
                if let Some(order) = &order {
                    odd::prepare(order, &request, &mut answer, &mut style);
                }
                let is_other = order.as_ref().is_some_and(|order| order.fault == Fault::OtherOperation);
                let spoken = if is_other { self.other(service) } else { service };
                (StatusCode::OK, answer.render(spoken.contract(&profile), &style))
            }
        };
        match order {
            None => Reply::Http(whole(status, XML, text)),
            Some(order) => odd::reply(&order, service.contract(&profile), status, text, &request),
        }
    }

    fn other<'s>(&'s self, service: &'s Service) -> &'s Service {
        self.house.services.iter().find(|other| other.word != service.word).unwrap_or(service)
    }
}

fn header<'a>(request: &'a Request<Incoming>, name: &HeaderName) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Why a message is not for the service.
enum Misplaced {
    /// Not XML as such: another media type, or compressed.
    ContentType,
    Action(Said),
}

fn misplaced(service: &Service, request: &Request<Incoming>) -> Option<Misplaced> {
    let media_type = header(request, &CONTENT_TYPE).split(';').next().unwrap_or_default().trim();
    let is_plain = matches!(header(request, &CONTENT_ENCODING).trim(), "" | "identity");
    if !media_type.eq_ignore_ascii_case("text/xml") || !is_plain {
        return Some(Misplaced::ContentType);
    }
    if header(request, &SOAP_ACTION).trim_matches('"') == service.action() {
        return None;
    }
    let text = "The given SOAPAction does not match an operation.";
    Some(Misplaced::Action(Said::Fault(soap::Fault::client(text))))
}

fn is_authority(host: &str) -> bool {
    !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
}

fn not_allowed() -> Response<Body> {
    let mut response = page(StatusCode::METHOD_NOT_ALLOWED);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
    response
}
