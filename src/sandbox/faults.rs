//! Faults and odd answers by name, and which of them the next request meets.

use serde::{Deserialize, Serialize};

use crate::domain::operator::words;

words! {
    /// Something that goes wrong, or only looks as if it did.
    Fault {
        /// The request is read and carried out, and never answered.
        Timeout = "timeout",
        /// The answer comes late (`delay_ms`, 5 s by default).
        Slow = "slow",
        /// The connection is reset before the request's body is read.
        ResetBeforeReading = "reset_before_reading",
        /// The connection is reset after the request was carried out.
        ResetAfterReading = "reset_after_reading",
        /// The connection is reset in the middle of the answer.
        CutShort = "cut_short",
        /// A byte a second.
        ByteASecond = "byte_a_second",
        /// A chunked answer without end.
        ChunkedForever = "chunked_forever",
        /// A small compressed answer that becomes 256 MB.
        GzipBomb = "gzip_bomb",
        /// An answer of 64 MB.
        HugeBody = "huge_body",
        /// 401 with a page for people.
        #[serde(rename = "http_401")]
        Http401 = "http_401",
        /// 403 with a page for people.
        #[serde(rename = "http_403")]
        Http403 = "http_403",
        /// 404 with a page for people.
        #[serde(rename = "http_404")]
        Http404 = "http_404",
        /// 429 with a page for people.
        #[serde(rename = "http_429")]
        Http429 = "http_429",
        /// 500 with a page for people.
        #[serde(rename = "http_500")]
        Http500 = "http_500",
        /// 502 with a page for people.
        #[serde(rename = "http_502")]
        Http502 = "http_502",
        /// 503 with a page for people.
        #[serde(rename = "http_503")]
        Http503 = "http_503",
        /// 504 with a page for people.
        #[serde(rename = "http_504")]
        Http504 = "http_504",
        /// A redirect to another address.
        Redirect = "redirect",
        /// 200 with a page for people.
        Html = "html",
        /// 200 with nothing.
        Empty = "empty",
        /// XML that stops in the middle.
        Truncated = "truncated",
        /// XML whose elements do not close.
        Malformed = "malformed",
        /// The right names in another namespace.
        WrongNamespace = "wrong_namespace",
        /// The answer of another operation.
        OtherOperation = "other_operation",
        /// Two outcomes in one answer.
        DuplicateField = "duplicate_field",
        /// An outcome that nobody knows.
        UnknownEsito = "unknown_esito",
        /// The outcome that the order names (`esito`); the request is not carried out.
        GivenEsito = "given_esito",
        /// No outcome.
        MissingEsito = "missing_esito",
        /// Success without the ID Verifica Tampone.
        MissingId = "missing_id",
        /// Success without the sampling date.
        MissingDate = "missing_date",
        /// No transaction id.
        MissingTransaction = "missing_transaction",
        /// The CUN that a report returns, or the first of a list, has a wrong check symbol.
        WrongCun = "wrong_cun",
        /// The codes of the request stand in the transaction id.
        EchoedCodes = "echoed_codes",
        /// The ID Verifica Tampone is the transaction id too.
        EchoedId = "echoed_id",
        /// A billion laughs in a DTD.
        Dtd = "dtd",
        /// An external entity.
        Entities = "entities",
        /// Elements within elements, thousands deep.
        DeepNesting = "deep_nesting",
        /// A refusal, with the code that the order names (`code`) or an unspecific one.
        Refused = "refused",
        /// Success with a warning (0001).
        Warning = "warning",
        /// Success (0000) with a list of errors.
        SuccessWithErrors = "success_with_errors",
        /// Values in CDATA sections.
        Cdata = "cdata",
        /// Comments between and within elements.
        Comments = "comments",
        /// Blanks around values.
        Blanks = "blanks",
        /// The answer's namespace as default.
        DefaultNamespace = "default_namespace",
        /// Other prefixes than usual.
        OtherPrefixes = "other_prefixes",
        /// An optional field as `xsi:nil`.
        Nil = "nil",
        /// A byte order mark.
        Bom = "bom",
        /// ISO-8859-1, declared as such.
        Latin1 = "latin1",
        /// `text/xml` without charset.
        NoCharset = "no_charset",
        /// A SOAP fault of the server.
        ServerError = "server_error",
        /// A SOAP fault with status 200.
        ServerErrorInOk = "server_error_in_ok",
        /// "Credenziali invalide".
        BadCredentials = "bad_credentials",
        /// "Rejected by policy. (from client)".
        RejectedByPolicy = "rejected_by_policy",
        /// A validator's fault that echoes what was sent.
        CvcEcho = "cvc_echo",
    }
}

impl Fault {
    /// Whether the request is carried out, unless said otherwise. It is where the answer alone goes wrong, and not
    /// where something in front of the service answers.
    pub(super) const fn is_applied(self) -> bool {
        !matches!(
            self,
            Self::ResetBeforeReading
                | Self::Http401
                | Self::Http403
                | Self::Http404
                | Self::Http429
                | Self::Http500
                | Self::Http502
                | Self::Http503
                | Self::Http504
                | Self::Redirect
                | Self::Html
                | Self::GivenEsito
                | Self::Refused
                | Self::ServerError
                | Self::ServerErrorInOk
                | Self::BadCredentials
                | Self::RejectedByPolicy
                | Self::CvcEcho
        )
    }
}

/// A fault switched on.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    /// The service that it strikes.
    pub(super) service: String,
    pub(super) fault: Fault,
    /// How often it still strikes; 0: until cleared.
    #[serde(default)]
    pub(super) times: u32,
    /// The one caller whom it strikes, by CUN; none: everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cun: Option<String>,
    /// Whether the request is carried out; none: as is usual for the fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) applied: Option<bool>,
    /// How late a slow answer comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) delay_ms: Option<u64>,
    /// The outcome of `given_esito`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) esito: Option<String>,
    /// The code of `refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<String>,
}

impl Order {
    /// A fault for the callers of a CUN.
    pub(super) fn for_caller(service: &str, fault: Fault, times: u32, cun: &str) -> Self {
        let (service, cun) = (service.to_owned(), Some(cun.to_owned()));
        Self { service, fault, times, cun, applied: None, delay_ms: None, esito: None, code: None }
    }
}

/// The faults that are switched on, the oldest first.
#[derive(Default)]
pub(super) struct Switchboard(Vec<Order>);

impl Switchboard {
    /// Switches a fault on.
    pub(super) fn add(&mut self, order: Order) {
        self.0.push(order);
    }

    /// Those switched on.
    pub(super) fn orders(&self) -> &[Order] {
        &self.0
    }

    /// Switches off those of everyone, of one service or of all.
    pub(super) fn clear(&mut self, service: Option<&str>) {
        self.0.retain(|order| service.is_some_and(|service| order.service != service));
    }

    /// The fault that strikes a request, if any; one that strikes a number of times has then one time less.
    pub(super) fn take(&mut self, service: &str, cun: Option<&str>) -> Option<Order> {
        let strikes = |order: &Order| order.service == service && order.cun.as_deref() == cun;
        let index = self.0.iter().position(strikes)?;
        let order = self.0.get_mut(index)?;
        let taken = order.clone();
        match order.times {
            0 => {}
            1 => drop(self.0.remove(index)),
            _ => order.times -= 1,
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(times: u32, cun: Option<&str>) -> Order {
        let service = "unlock".to_owned();
        let cun = cun.map(str::to_owned);
        Order { service, fault: Fault::Empty, times, cun, applied: None, delay_ms: None, esito: None, code: None }
    }

    #[test]
    fn a_word_is_the_same_in_json() {
        for fault in Fault::ALL {
            assert_eq!(serde_json::json!(fault), fault.word());
        }
    }

    #[test]
    fn a_fault_strikes_as_often_as_ordered() {
        let mut switchboard = Switchboard::default();
        switchboard.add(order(2, None));
        assert!(switchboard.take("verify", None).is_none());
        assert!(switchboard.take("unlock", None).is_some());
        assert!(switchboard.take("unlock", None).is_some());
        assert!(switchboard.take("unlock", None).is_none());
        switchboard.add(order(0, None));
        assert!((0..9).all(|_| switchboard.take("unlock", None).is_some()));
        switchboard.clear(Some("verify"));
        assert_eq!(switchboard.orders().len(), 1);
        switchboard.clear(Some("unlock"));
        assert!(switchboard.take("unlock", None).is_none());
    }

    #[test]
    fn a_callers_fault_strikes_that_caller_alone() {
        let mut switchboard = Switchboard::default();
        switchboard.add(order(1, Some("CUN-H17KZ6247A")));
        assert!(switchboard.take("unlock", None).is_none());
        assert!(switchboard.take("unlock", Some("CUN-7SWLFKFIAX")).is_none());
        assert!(switchboard.take("unlock", Some("CUN-H17KZ6247A")).is_some());
    }
}
