//! What each fault does to an answer: to what it says, to how it is written, or to how it travels.

use std::time::Duration;

use hyper::StatusCode;

use super::{
    contract::Contract,
    faults::{Fault, Order},
    reply::{self, Reply, XML, whole},
    soap::{self, Answer, Request, ServiceError, Style, Value},
};

const DELAY_MS: u64 = 5_000;
const DEPTH: usize = 20_000;
const NOTE: ServiceError =
    ServiceError { kind: "Avviso", code: "9070", text: "SANDBOX: comunicazione tardiva del test" };

/// Changes what the answer to `request` says and how it is written.
pub(super) fn prepare(order: &Order, request: &Request, answer: &mut Answer, style: &mut Style) {
    match order.fault {
        Fault::GivenEsito => answer.replace("esito", order.esito.as_deref()),
        Fault::EchoedCodes => answer.replace("idTransazione", Some(&format!("tx.{}", codes(request).join("/")))),
        Fault::EchoedId => {
            let id = answer.get("idVerificaTampone").or(request.get("idVerificaTampone")).unwrap_or("1");
            answer.replace("idTransazione", Some(&id.to_uppercase()));
        }
        Fault::DuplicateField => answer.fields.push(("esito", "9999".into())),
        Fault::UnknownEsito => answer.replace("esito", Some("1234")),
        Fault::MissingEsito => answer.replace("esito", None),
        Fault::MissingId => answer.replace("idVerificaTampone", None),
        Fault::MissingDate => answer.replace("dataPrelievo", None),
        Fault::MissingTransaction => answer.replace("idTransazione", None),
        Fault::WrongCun => {
            let wrong = answer.get("idTransazione").map(wrong_code);
            answer.replace("idTransazione", wrong.as_deref());
            if let Some(cun) = first_listed(answer) {
                *cun = wrong_code(cun.text()).into();
            }
        }
        Fault::Warning if answer.is_done() => {
            answer.replace("esito", Some("0001"));
            answer.errors.push(NOTE);
        }
        Fault::SuccessWithErrors if answer.is_done() => answer.errors.push(NOTE),
        fault => restyle(fault, answer, style),
    }
}

fn restyle(fault: Fault, answer: &mut Answer, style: &mut Style) {
    match fault {
        Fault::Cdata => style.in_cdata = true,
        Fault::Comments => style.comment = "<!-- generato da Sistema TS -->",
        Fault::Blanks => style.around = "\n\t  ",
        Fault::DefaultNamespace => style.prefix = None,
        Fault::OtherPrefixes => style.prefix = Some("p-1.x"),
        Fault::Nil => style.nil = &["descrizioneEsito", "diagnostico"],
        Fault::Latin1 => {
            style.declaration = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
            answer.replace("descrizioneEsito", Some("Operazione già eseguita: è tutto a posto"));
        }
        _ => {}
    }
}

/// What a request says of its caller, in lower case.
fn codes(request: &Request) -> Vec<String> {
    let names = ["numTesseraSanitaria", "cun", "codiceOtp", "dataInizioSintomi", "cfAssistito", "idTransazione"];
    names.iter().filter_map(|name| request.get(name)).map(str::to_lowercase).collect()
}

/// The CUN of the first test of a list.
fn first_listed(answer: &mut Answer) -> Option<&mut Value> {
    let list = answer.fields.iter_mut().find(|(name, _)| *name == "listaTest").map(|(_, list)| list)?;
    let Value::Fields(tests) = list else { return None };
    let Value::Fields(test) = tests.first_mut().map(|(_, test)| test)? else { return None };
    test.iter_mut().find(|(name, _)| *name == "identificativoTest").map(|(_, cun)| cun)
}

/// A code whose check symbol is another's.
fn wrong_code(code: &str) -> String {
    let last = if code.ends_with('A') { 'E' } else { 'A' };
    let body: String = code.chars().take(code.chars().count().saturating_sub(1)).collect();
    format!("{body}{last}")
}

impl Answer {
    /// A field's text.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.text())
    }

    fn replace(&mut self, name: &'static str, value: Option<&str>) {
        self.fields.retain(|(known, _)| *known != name);
        self.fields.extend(value.map(|value| (name, value.into())));
    }

    fn is_done(&self) -> bool {
        self.get("esito") == Some("0000")
    }
}

/// What the fault of an order makes of the finished text and its status. A validator would echo something of `request`.
pub(super) fn reply(order: &Order, contract: &Contract, status: StatusCode, text: String, request: &Request) -> Reply {
    let response = match order.fault {
        Fault::Timeout => return Reply::Silence,
        Fault::ResetBeforeReading | Fault::ResetAfterReading => return Reply::Reset,
        Fault::Slow => {
            let delay = Duration::from_millis(order.delay_ms.unwrap_or(DELAY_MS));
            return Reply::Late(delay, whole(status, XML, text));
        }
        Fault::CutShort => reply::cut_short(text),
        Fault::ByteASecond => reply::byte_a_second(text),
        Fault::ChunkedForever => reply::chunked_forever(text),
        Fault::HugeBody => reply::huge(text),
        Fault::GzipBomb => match reply::gzip_bomb() {
            Ok(response) => response,
            Err(_) => return Reply::Reset,
        },
        Fault::Redirect => reply::redirect(),
        Fault::Html => reply::page(StatusCode::OK),
        Fault::NoCharset => whole(status, "text/xml", text),
        Fault::Latin1 => whole(status, "text/xml;charset=ISO-8859-1", latin1(&text)),
        fault => match (error_page(fault), soap_fault(fault, request)) {
            (Some(status), _) => reply::page(status),
            (None, Some((status, fault))) => whole(status, XML, fault.render()),
            (None, None) => whole(status, XML, garbled(fault, contract, text)),
        },
    };
    Reply::Http(response)
}

const fn error_page(fault: Fault) -> Option<StatusCode> {
    Some(match fault {
        Fault::Http401 => StatusCode::UNAUTHORIZED,
        Fault::Http403 => StatusCode::FORBIDDEN,
        Fault::Http404 => StatusCode::NOT_FOUND,
        Fault::Http429 => StatusCode::TOO_MANY_REQUESTS,
        Fault::Http500 => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::Http502 => StatusCode::BAD_GATEWAY,
        Fault::Http503 => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Http504 => StatusCode::GATEWAY_TIMEOUT,
        _ => return None,
    })
}

/// The texts are those of the sibling services.
fn soap_fault(fault: Fault, request: &Request) -> Option<(StatusCode, soap::Fault)> {
    let echo = request.get("cun").or_else(|| request.get("codiceOtp")).unwrap_or_default();
    let error = StatusCode::INTERNAL_SERVER_ERROR;
    Some(match fault {
        Fault::ServerError => (error, soap::Fault { code: "Server", text: "Internal Error".to_owned() }),
        Fault::ServerErrorInOk => (StatusCode::OK, soap::Fault { code: "Server", text: "Internal Error".to_owned() }),
        Fault::BadCredentials => (error, soap::Fault::client("Credenziali invalide")),
        Fault::RejectedByPolicy => (error, rejected_by_policy()),
        Fault::CvcEcho => (
            error,
            soap::Fault::client(format!(
                "cvc-pattern-valid: Value '{echo}' is not facet-valid with respect to pattern '[0-9]{{4}}' for type \
                 'codiceType'."
            )),
        ),
        _ => return None,
    })
}

/// What a gateway says to a client that it does not want.
pub(super) fn rejected_by_policy() -> soap::Fault {
    soap::Fault::client("Rejected by policy. (from client)")
}

fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|symbol| u8::try_from(u32::from(symbol)).unwrap_or(b'?')).collect()
}

fn garbled(fault: Fault, contract: &Contract, text: String) -> String {
    match fault {
        Fault::Empty => String::new(),
        Fault::Truncated => text.chars().take(text.len() / 2).collect(),
        Fault::Malformed => text.replace("</ns2:esito>", "</ns2:esit>"),
        Fault::WrongNamespace => text.replace(&contract.answer.namespace, "http://altro.xsd.sanita.finanze.it"),
        Fault::Bom => format!("\u{feff}{text}"),
        Fault::Dtd => {
            let laughs = (1..=9)
                .map(|level| format!("<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10)))
                .collect::<Vec<_>>()
                .concat();
            format!("<!DOCTYPE a [<!ENTITY l0 \"ah\">{laughs}]>{}", with_entity(&text, "l9"))
        }
        Fault::Entities => {
            let entity = "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>";
            format!("{entity}{}", with_entity(&text, "e"))
        }
        Fault::DeepNesting => {
            let (open, close) = ("<a>".repeat(DEPTH), "</a>".repeat(DEPTH));
            text.replacen("<env:Body>", &format!("<env:Header>{open}{close}</env:Header><env:Body>"), 1)
        }
        _ => text,
    }
}

fn with_entity(text: &str, entity: &str) -> String {
    text.replace("</ns2:descrizioneEsito>", &format!("&{entity};</ns2:descrizioneEsito>"))
}
