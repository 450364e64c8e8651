//! How a call of Sistema TS ends: one of four classes, and the only words that logs and metrics have for it.
//!
//! What the service writes may echo what the caller said, so its texts are [`UpstreamText`]: shown to the operator,
//! never printed, never kept.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use super::exemptions::ClosureCode;
use crate::domain::{
    call::{TestVerificationId, TransactionId},
    code::Cun,
    service::OutcomeClass,
    swab::{Site, TestResult},
};

/// How a call ended. What may follow: after `NotSent` it is safe to repeat, after `Refused` to correct and repeat,
/// after `Uncertain` only a person decides, after `Done` comes the next step.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is certain that the request never reached the service.
    NotSent(Failure),
    /// The service said no.
    Refused(Refusal),
    /// The request left, or may have left, and no trustworthy answer came.
    Uncertain(Failure),
    /// The service said yes, with every mandatory field.
    Done(T),
}

impl<T> Outcome<T> {
    /// Of a request that can't be made: there is no way to the service, or what it would hold does not fit together.
    pub fn unbuildable() -> Self {
        Self::NotSent(FailureReason::Unbuildable.into())
    }

    /// The class alone, as kept in the register and counted in the metrics.
    pub const fn class(&self) -> OutcomeClass {
        match self {
            Self::NotSent(_) => OutcomeClass::NotSent,
            Self::Refused(_) => OutcomeClass::Refused,
            Self::Uncertain(_) => OutcomeClass::Uncertain,
            Self::Done(_) => OutcomeClass::Done,
        }
    }

    /// The stable word of the reason, for logs and keys of texts; `done` where there is none.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotSent(failure) | Self::Uncertain(failure) => failure.reason.word(),
            Self::Refused(refusal) => refusal.reason.word(),
            Self::Done(_) => "done",
        }
    }

    /// The number that stands behind the reason: a status of HTTP, or a code of the closure of exemptions.
    pub const fn code(&self) -> Option<u16> {
        match self {
            Self::NotSent(Failure { reason, .. }) | Self::Uncertain(Failure { reason, .. }) => match reason {
                FailureReason::HttpStatus(status) => Some(*status),
                FailureReason::Closure(code) => Some(code.number()),
                _ => None,
            },
            Self::Refused(Refusal { reason, .. }) => match reason {
                RefusalReason::HttpStatus(status) => Some(*status),
                RefusalReason::Closure(code) => Some(code.number()),
                _ => None,
            },
            Self::Done(_) => None,
        }
    }
}

/// No answer, or none to be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What happened.
    pub reason: FailureReason,
    /// What the service wrote, where it wrote something readable.
    pub text: Option<UpstreamText>,
}

impl From<FailureReason> for Failure {
    fn from(reason: FailureReason) -> Self {
        Self { reason, text: None }
    }
}

/// The service's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In what form it said no.
    pub reason: RefusalReason,
    /// The id of the transaction, where a readable one came.
    pub transaction: Option<TransactionId>,
    /// `errori`, in the order of the answer, each with its code and its words.
    pub errors: Vec<UpstreamText>,
    /// `descrizioneEsito`, or the text of the fault.
    pub text: Option<UpstreamText>,
}

impl From<RefusalReason> for Refusal {
    fn from(reason: RefusalReason) -> Self {
        Self { reason, transaction: None, errors: Vec::new(), text: None }
    }
}

/// The positive answer of Verifica positività (seed 003, 3.3.1, Tab. 10).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The id of the transaction.
    pub transaction: TransactionId,
    /// The id that the next two services ask for.
    pub id: TestVerificationId,
    /// The day of the swab: the onset date to send for a caller without symptoms.
    pub sampled_on: SamplingDate,
    /// Warnings that came with the yes.
    pub notes: Vec<UpstreamText>,
}

/// The positive answer of Sblocco codice Immuni (seed 003, 3.3.2, Tab. 12).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlocked {
    /// The id of the transaction.
    pub transaction: TransactionId,
    /// The service's own instant; none where it is absent or unreadable. The OTP lives 150 s from it.
    pub at: Option<Timestamp>,
    /// Warnings that came with the yes.
    pub notes: Vec<UpstreamText>,
}

/// The positive answer of Conferma sblocco Immuni (seed 003, 3.3.3, Tab. 14).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// The id of the transaction.
    pub transaction: TransactionId,
    /// Warnings that came with the yes.
    pub notes: Vec<UpstreamText>,
}

/// The positive answer of Invio esecuzione test (seed 003, 2.4.1, Tab. 3). The CUN is the patient's: shown, not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported {
    /// The CUN to hand on; its check symbol is right.
    pub cun: Cun,
    /// The service's own instant; none where it is absent or unreadable.
    pub at: Option<Timestamp>,
    /// Warnings that came with the yes.
    pub notes: Vec<UpstreamText>,
}

/// The positive answer of Annullamento esecuzione test (seed 003, 2.4.2, Tab. 5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportCancelled {
    /// The id of the cancellation, which is no CUN.
    pub transaction: TransactionId,
    /// The service's own instant; none where it is absent or unreadable.
    pub at: Option<Timestamp>,
    /// Warnings that came with the yes.
    pub notes: Vec<UpstreamText>,
}

/// The positive answer of Elenco test (seed 003, 2.4.3, Tab. 7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The id of the transaction.
    pub transaction: TransactionId,
    /// The service's own instant; none where it is absent or unreadable.
    pub at: Option<Timestamp>,
    /// The tests, in the order of the service.
    pub tests: Vec<ListedTest>,
    /// Warnings that came with the yes.
    pub notes: Vec<UpstreamText>,
}

/// A test that was communicated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTest {
    /// Where it was taken; none where the service does not say.
    pub site: Option<Site>,
    /// The day of the swab.
    pub sampled_on: SamplingDate,
    /// The CUN; none where its check symbol is wrong, so that it must not be handed on.
    pub cun: Option<Cun>,
    /// When it was communicated.
    pub inserted_at: Timestamp,
    /// What came of it.
    pub result: TestResult,
    /// The type of the test (`M`).
    pub kind: String,
}

/// The positive answer of Chiusura certificazione (seed 000, 2.4), which has no id of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// "Data aggiornamento"; none where it is absent or can't be read, which a note then tells.
    pub updated_on: Option<Date>,
    /// The end of its validity before it was closed; likewise.
    pub old_end: Option<Date>,
    /// What came with the yes and could not be read.
    pub notes: Vec<UpstreamText>,
}

/// The day of a swab. It is the caller's, so it is not printed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SamplingDate(Date);

impl SamplingDate {
    /// Takes the day that the service gave.
    pub const fn new(day: Date) -> Self {
        Self(day)
    }

    /// The day, for the page, the sealed cookie and the request of the next step.
    pub const fn expose(self) -> Date {
        self.0
    }
}

impl fmt::Debug for SamplingDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SamplingDate(…)")
    }
}

/// A text of the service: personal data, because it may repeat what the caller said (`Value 'CUN-…' is not …`). It
/// can't be printed or serialised; [`UpstreamText::expose`] is for the operator's page and the sealed cookie.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct UpstreamText(String);

impl UpstreamText {
    /// The longest text that is taken over, in characters; the contracts allow 256, faults are not bounded.
    pub const MOST_CHARACTERS: usize = 1000;

    /// Takes a text, blanks and control characters run together, cut to [`Self::MOST_CHARACTERS`].
    pub fn new(text: &str) -> Self {
        let words = text.split(|symbol: char| symbol.is_whitespace() || symbol.is_control());
        let joined = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
        Self(joined.chars().take(Self::MOST_CHARACTERS).collect())
    }

    /// The text, for the operator's eyes.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether the service wrote nothing.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for UpstreamText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamText(…)")
    }
}

macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident $(($number:ty))? = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant $(($number))?),+ }

        impl $name {
            /// Every word of these reasons, for the texts that explain them.
            pub const WORDS: &[&str] = &[$($word),+];

            /// The stable word for logs, metrics and keys of texts; holds nothing of the caller.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant { .. } => $word),+ }
            }
        }
    };
}

reasons! {
    /// Why there is no answer, or none to be trusted.
    FailureReason {
        /// Not sent: the name of the host is not known.
        Dns = "dns",
        /// Not sent: no connection (refused, unreachable, closed while it was being opened).
        Connect = "connect",
        /// Not sent: the connection was not open in time.
        ConnectTimeout = "connect_timeout",
        /// Not sent: the forward proxy would not open a way.
        ProxyRefused = "proxy_refused",
        /// Not sent: no agreement on TLS 1.2 or 1.3.
        Tls = "tls",
        /// Not sent: the server's certificate is not of the configured bundle, not of this host, or not of today.
        ServerCertificate = "server_certificate",
        /// Not sent: the server refused our certificate during the handshake.
        ClientCertificate = "client_certificate",
        /// Not sent: our own certificate has ended, so nothing was tried.
        CertificateExpired = "certificate_expired",
        /// Not sent: our own request could not be made.
        Unbuildable = "unbuildable",
        /// Not sent: the last calls were not answered, so for some seconds none is tried.
        CircuitOpen = "circuit_open",
        /// Uncertain: the answer was not complete in time.
        Timeout = "timeout",
        /// Uncertain: the connection ended before the answer did.
        Reset = "reset",
        /// Uncertain: a status that is neither 200 nor 4xx, without a fault that can be trusted.
        HttpStatus(u16) = "http_status",
        /// Uncertain: HTML or something else that does not call itself XML.
        NotXml = "not_xml",
        /// Uncertain: an encoding other than UTF-8 and ISO-8859-1, or bytes that are not of the encoding declared.
        Encoding = "encoding",
        /// Uncertain: XML that is cut off, broken, too deep, or has a document type.
        Malformed = "malformed",
        /// Uncertain: more bytes or elements than an answer may have.
        TooLarge = "too_large",
        /// Uncertain: not the answer to the operation that was called.
        WrongOperation = "wrong_operation",
        /// Uncertain: a field in a foreign namespace.
        WrongNamespace = "wrong_namespace",
        /// Uncertain: a field twice.
        DuplicateField = "duplicate_field",
        /// Uncertain: no `esito`, or one that the contract does not know; `text` has it verbatim.
        UnknownEsito = "unknown_esito",
        /// Uncertain: a yes without the id of the transaction.
        MissingTransaction = "missing_transaction",
        /// Uncertain: a yes with an id of the transaction that can't be one, or that can't be kept.
        UnreadableTransaction = "unreadable_transaction",
        /// Uncertain: a yes with a field that can't be read as what it is.
        UnreadableField = "unreadable_field",
        /// Uncertain: a fault of the service's own.
        ServiceFault = "service_fault",
        /// Uncertain: a report was taken, but its CUN has a wrong check symbol and must not be handed on.
        WrongCun = "wrong_cun",
        /// Uncertain: an error of the system behind the closure of exemptions (7450, 7451).
        Closure(ClosureCode) = "closure",
    }
}

reasons! {
    /// In what form the service said no.
    RefusalReason {
        /// `esito` 9999.
        Esito = "esito",
        /// A fault that lays the blame on what was sent.
        Fault = "fault",
        /// The fault "Credenziali invalide": never repeat by yourself, accounts may lock.
        BadCredentials = "bad_credentials",
        /// The fault "Rejected by policy. (from client)". Five known causes: certificate not enabled, test and
        /// production certificates mixed up, clock skew, weak certificate, one wrong letter in the operator's codice
        /// fiscale.
        RejectedByPolicy = "rejected_by_policy",
        /// A status 4xx.
        HttpStatus(u16) = "http_status",
        /// A yes without a mandatory field of the service.
        MissingField = "missing_field",
        /// The Immuni back end does not take the OTP: it is not well-formed (400).
        OtpMalformed = "otp_malformed",
        /// The Immuni back end knows the OTP already: it was unlocked or used (409).
        OtpConflict = "otp_conflict",
        /// A code of the closure of exemptions.
        Closure(ClosureCode) = "closure",
    }
}
