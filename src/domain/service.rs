//! The services of Sistema TS, and how a call of one ends.

use super::operator::{Queue, words};

words! {
    /// The services: those of the call center in the order of a call (seed 003, 3.3.1–3.3.3), then those of the other
    /// queues (seed 003, 2.4 and 5.1; seed 000).
    Service {
        /// Verifica positività.
        Verify = "verify",
        /// Sblocco codice Immuni.
        Unlock = "unlock",
        /// Conferma sblocco Immuni, type C.
        Confirm = "confirm",
        /// Conferma sblocco Immuni, type A.
        Cancel = "cancel",
        /// Invio esecuzione test.
        SwabReport = "swab_report",
        /// Annullamento esecuzione test.
        SwabCancel = "swab_cancel",
        /// Elenco test.
        SwabList = "swab_list",
        /// Invio codice OTP.
        AslOtp = "asl_otp",
        /// Chiusura certificazione.
        ExemptionClose = "exemption_close",
    }
}

words! {
    /// How a call of a service ended.
    OutcomeClass {
        /// It is certain that the request never reached the service.
        NotSent = "not_sent",
        /// The service said no.
        Refused = "refused",
        /// The request left and no trustworthy answer came.
        Uncertain = "uncertain",
        /// The service said yes.
        Done = "done",
    }
}

impl Service {
    /// At whose desk it is called.
    #[must_use]
    pub const fn queue(self) -> Queue {
        match self {
            Self::Verify | Self::Unlock | Self::Confirm | Self::Cancel => Queue::Immuni,
            Self::SwabReport | Self::SwabCancel | Self::SwabList => Queue::Swabs,
            Self::AslOtp => Queue::Asl,
            Self::ExemptionClose => Queue::Exemptions,
        }
    }

    /// The services that ask for the same act: repeating one after an uncertain outcome of another is a repetition.
    #[must_use]
    pub const fn same_act(self) -> &'static [Self] {
        match self {
            Self::Verify => &[Self::Verify],
            Self::Unlock => &[Self::Unlock],
            Self::Confirm | Self::Cancel => &[Self::Confirm, Self::Cancel],
            Self::SwabReport => &[Self::SwabReport],
            Self::SwabCancel => &[Self::SwabCancel],
            Self::SwabList => &[Self::SwabList],
            Self::AslOtp => &[Self::AslOtp],
            Self::ExemptionClose => &[Self::ExemptionClose],
        }
    }

    /// Whether calling it again does no harm: it changes nothing.
    #[must_use]
    pub const fn only_asks(self) -> bool {
        matches!(self, Self::Verify | Self::SwabList)
    }
}
