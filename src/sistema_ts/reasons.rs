//! Why a call did not end in a yes: the only words that logs and metrics have for it.

use super::exemptions::ClosureCode;

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
        /// Not sent: too many others were in flight for too long.
        Busy = "busy",
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
