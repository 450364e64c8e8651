//! Reply → yes or no. The one place that decides how an answer is classed (`outcome`).

use jiff::civil::Date;

use super::{
    echo::repeats,
    encoding::decode,
    envelope::{Answer, Fault, Fields, Message, read},
    error_codes::ErrorCode,
    operation::{ERROR_CODE, ERROR_TEXT, ESITO, Meaning, Operation, TRANSACTION, TransactionField},
    outcome::{Failure, Outcome, Refusal},
    reasons::{FailureReason, RefusalReason},
    transport::Reply,
    upstream_text::UpstreamText,
};
use crate::domain::call::TransactionId;

/// How gateways mark what happened between them and the service: the request may have been carried out.
const FROM_SERVER: &str = "(from server)";

/// An answer that is not a yes.
pub enum No {
    /// The service said no.
    Refused(Refusal),
    /// Nothing that can be trusted was said.
    Uncertain(Failure),
}

impl From<FailureReason> for No {
    fn from(reason: FailureReason) -> Self {
        Self::Uncertain(reason.into())
    }
}

impl<T> From<No> for Outcome<T> {
    fn from(no: No) -> Self {
        match no {
            No::Refused(refusal) => Self::Refused(refusal),
            No::Uncertain(failure) => Self::Uncertain(failure),
        }
    }
}

/// An answer with a positive `esito`.
pub struct Yes {
    /// Its fields.
    pub answer: Answer,
    /// The day on which it came, in Rome.
    pub today: Date,
    transaction: Result<TransactionId, FailureReason>,
    /// What the service says beside its yes, where that is a warning.
    warning: Option<UpstreamText>,
    text: Option<UpstreamText>,
}

impl Yes {
    /// The id of the transaction, without which a yes can't be registered.
    pub fn transaction(&self) -> Result<TransactionId, No> {
        Ok(self.transaction.clone()?)
    }

    /// The warnings that came with it.
    pub fn notes(&self) -> Vec<UpstreamText> {
        let errors = self.answer.errors.iter().filter_map(|error| error.get(ERROR_TEXT)).map(UpstreamText::new);
        self.warning.clone().into_iter().chain(errors).collect()
    }

    /// The yes that is none, because something is missing in it.
    pub fn refused(&self, reason: RefusalReason) -> No {
        let Self { answer, transaction, text, .. } = self;
        No::Refused(refusal(answer, reason, transaction.clone().ok(), text.clone()))
    }
}

/// Classes `reply` to `operation`. `said` are the values that went out or that the service knows, by which a fault or a
/// transaction that quotes one is known.
pub fn judge(reply: &Reply, operation: &Operation, said: &Fields, today: Date) -> Result<Yes, No> {
    let message = || -> Result<Message, FailureReason> {
        let body = reply.body.as_ref().map_err(|reason| *reason)?;
        read(&decode(body, reply.content_type.as_deref())?, operation)
    };
    match (reply.status, message()) {
        (status @ 400..=499, message) => Err(No::Refused(refused_by_status(status, message.ok()))),
        (200 | 500..=599, Ok(Message::Fault(fault))) => Err(judge_fault(&fault, said)),
        (200, Ok(Message::Answer(answer))) => judge_answer(answer, operation, said, today),
        (200, Err(reason)) => Err(reason.into()),
        (status, _) => Err(FailureReason::HttpStatus(status).into()),
    }
}

fn judge_answer(answer: Answer, operation: &Operation, said: &Fields, today: Date) -> Result<Yes, No> {
    let Some(esito) = answer.get(ESITO) else { return Err(FailureReason::UnknownEsito.into()) };
    let text = answer.get(operation.esito_text).map(UpstreamText::new);
    match (operation.meaning)(esito) {
        meaning @ (Meaning::Done | Meaning::DoneWithWarning) => {
            let transaction = match operation.transaction {
                TransactionField::Id => transaction(&answer, said, today),
                TransactionField::Cun | TransactionField::Absent => Err(FailureReason::MissingTransaction),
            };
            let warning = text.clone().filter(|_| meaning == Meaning::DoneWithWarning);
            Ok(Yes { answer, today, transaction, warning, text })
        }
        Meaning::Refused(reason) => {
            let transaction = transaction(&answer, said, today).ok();
            Err(No::Refused(refusal(&answer, reason, transaction, text)))
        }
        Meaning::Uncertain(reason) => {
            let said = answer.get(operation.esito_text).unwrap_or_default();
            let text = Some(UpstreamText::new(&format!("{esito} {said}")));
            Err(No::Uncertain(Failure { reason, text }))
        }
    }
}

/// The id of the transaction, if it is one that may be kept.
fn transaction(answer: &Answer, said: &Fields, today: Date) -> Result<TransactionId, FailureReason> {
    let id = answer.get(TRANSACTION).ok_or(FailureReason::MissingTransaction)?;
    // That the id repeats itself says nothing.
    let returned = answer.fields().filter(|(name, _)| *name != TRANSACTION);
    if repeats(id, said.texts().chain(returned), today) {
        return Err(FailureReason::UnreadableTransaction);
    }
    id.parse().map_err(|_| FailureReason::UnreadableTransaction)
}

fn refusal(
    answer: &Answer,
    reason: RefusalReason,
    transaction: Option<TransactionId>,
    text: Option<UpstreamText>,
) -> Refusal {
    let part = |error: &Answer, name| error.get(name).unwrap_or_default().to_owned();
    let error = |error: &Answer| UpstreamText::new(&[part(error, ERROR_CODE), part(error, ERROR_TEXT)].join(" "));
    let code = answer.errors.iter().find_map(|error| ErrorCode::of(error.get(ERROR_CODE)?.parse().ok()?));
    Refusal { reason, transaction, code, errors: answer.errors.iter().map(error).collect(), text }
}

fn refused_by_status(status: u16, message: Option<Message>) -> Refusal {
    let Some(Message::Fault(fault)) = message else { return RefusalReason::HttpStatus(status).into() };
    let reason = known_refusal(&fault).unwrap_or(RefusalReason::HttpStatus(status));
    Refusal { text: fault_text(&fault), ..reason.into() }
}

fn judge_fault(fault: &Fault, said: &Fields) -> No {
    let text = fault_text(fault);
    let is_blamed = blames_sender(fault) || quotes(fault, said);
    match known_refusal(fault).or_else(|| is_blamed.then_some(RefusalReason::Fault)) {
        Some(reason) => No::Refused(Refusal { text, ..reason.into() }),
        None => No::Uncertain(Failure { reason: FailureReason::ServiceFault, text }),
    }
}

/// The faults that siblings of these services are known to give.
fn known_refusal(fault: &Fault) -> Option<RefusalReason> {
    let text = fault.text.to_lowercase();
    if text.contains("credenziali invalide") {
        Some(RefusalReason::BadCredentials)
    } else if text.contains("rejected by policy") && !text.contains(FROM_SERVER) {
        Some(RefusalReason::RejectedByPolicy)
    } else {
        None
    }
}

/// SOAP's `Client` lays the blame on the message; but gateways also give it for errors of their own ("Internal
/// Error", "… (from server)"), after which nobody knows what the service did.
fn blames_sender(fault: &Fault) -> bool {
    let is_client = fault.code == "Client" || fault.code.starts_with("Client.");
    let text = fault.text.to_lowercase();
    is_client && !text.contains("internal error") && !text.contains(FROM_SERVER)
}

/// A complaint of the schema's validator (`cvc-…`) about a value that we said, whatever the fault's code.
fn quotes(fault: &Fault, said: &Fields) -> bool {
    let text = format!("{} {}", fault.text, fault.detail);
    text.contains("cvc-") && said.texts().any(|(_, value)| value.len() >= 8 && text.contains(value))
}

fn fault_text(fault: &Fault) -> Option<UpstreamText> {
    let text = UpstreamText::new(&format!("{} {}", fault.text, fault.detail));
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sistema_ts::{
        answers::Verified,
        call_center::{VERIFY, verified},
    };

    const ANSWER: &str = include_str!("../../contracts/samples/verifica-res.xml");
    const MANDATORY: [&str; 4] = ["idTransazione>", "esito>", "idVerificaTampone>", "dataPrelievo>"];

    fn verdict(status: u16, content_type: Option<String>, body: &[u8]) -> Result<Verified, No> {
        let reply = Reply { status, content_type, body: Ok(body.to_vec()) };
        let today = jiff::civil::date(2021, 1, 11);
        judge(&reply, &VERIFY, &Fields::new().with("cun", "CUN-H17KZ6247A"), today).and_then(verified)
    }

    /// Cuts, doubles or overwrites a stretch of the bytes.
    fn mutate(bytes: &mut Vec<u8>, (kind, at, length, with): (u8, prop::sample::Index, usize, u8)) {
        let start = at.index(bytes.len());
        let end = bytes.len().min(start + length);
        match kind {
            0 => drop(bytes.drain(start..end)),
            1 => {
                let stretch = bytes[start..end].to_vec();
                bytes.splice(end..end, stretch);
            }
            _ => bytes[start..end].fill(with),
        }
    }

    #[test]
    fn the_sample_is_a_yes() {
        assert!(verdict(200, None, ANSWER.as_bytes()).is_ok());
    }

    #[test]
    fn no_stretch_of_the_answer_can_be_missing_or_double_unseen() {
        for field in MANDATORY {
            let start = ANSWER.find(&format!("<ns2:{field}")).expect("the field");
            let end = start + ANSWER[start..].find('\n').expect("a line");
            let (line, without) = (&ANSWER[start..end], [&ANSWER[..start], &ANSWER[end..]].concat());
            assert!(verdict(200, None, without.as_bytes()).is_err(), "without {field}");
            let double = [&ANSWER[..end], line, &ANSWER[end..]].concat();
            assert!(verdict(200, None, double.as_bytes()).is_err(), "{field} twice");
        }
        for end in 0..ANSWER.trim_end().len() {
            assert!(verdict(200, None, &ANSWER.as_bytes()[..end]).is_err(), "cut at {end}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_judged_and_noise_is_never_a_yes(
            status: u16,
            content_type in prop::option::of(".{0,40}"),
            body in prop::collection::vec(any::<u8>(), 0..2_000),
        ) {
            prop_assert!(verdict(status, content_type, &body).is_err());
        }

        #[test]
        fn a_yes_has_every_mandatory_field_once(
            mutations in prop::collection::vec((0_u8..3, any::<prop::sample::Index>(), 1_usize..60, any::<u8>()), 1..4),
        ) {
            let mut bytes = ANSWER.as_bytes().to_vec();
            for mutation in mutations {
                if !bytes.is_empty() {
                    mutate(&mut bytes, mutation);
                }
            }
            if let Ok(yes) = verdict(200, None, &bytes) {
                let text = String::from_utf8(bytes).expect("what is read is UTF-8");
                for field in MANDATORY {
                    prop_assert_eq!(text.matches(&format!("<ns2:{field}")).count(), 1, "{}", text);
                }
                prop_assert!(text.contains(yes.id.to_wire()));
                prop_assert!(text.contains(&yes.sampled_on.expose().to_string()));
            }
        }

        #[test]
        fn a_status_other_than_200_is_never_a_yes(status in prop::num::u16::ANY.prop_filter("not 200", |it| *it != 200)) {
            prop_assert!(verdict(status, None, ANSWER.as_bytes()).is_err());
        }
    }
}
