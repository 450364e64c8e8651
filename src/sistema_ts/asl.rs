//! The health authority's own OTP service: the names of its elements, its request and its answer (seed 003, 5.1).
//!
//! The names are a proposal (`contracts/`); when the official ones arrive, this file alone changes.

use std::fmt;

use jiff::civil::Date;
use reqwest::Url;

use super::{
    answers::Unlocked,
    call_center::unlocked,
    client::{Call, Client},
    envelope::Fields,
    operation::{AUTHENTICATION, Meaning, ONSET, OPERATOR, OTP, Operation, PATIENT, USUAL, usual_meaning},
    outcome::Outcome,
    queues::{AslSettings, Mode},
    reasons::{FailureReason, RefusalReason},
    settings::{AuthenticationType, Settings},
    transport::BuildError,
};
use crate::{
    domain::{code::Otp, fiscal_code::FiscalCode, service::Service},
    server::clock::Clock,
};

/// Invio codice OTP (seed 003, 5.1).
pub const SEND_OTP: Operation = Operation {
    name: "InvioCodiceOtp",
    action: "http://inviocodiceotp.wsdl.immuni.sanita.finanze.it/InvioCodiceOtp",
    request: "InvioCodiceOtpRichiesta",
    request_namespace: "http://inviocodiceotp.xsd.immuni.sanita.finanze.it",
    answer: "InvioCodiceOtpRicevuta",
    answer_namespace: "http://inviocodiceotp.xsd.immuni.sanita.finanze.it",
    path: "/ImmuniAslWEB/services/InvioCodiceOtp",
    meaning,
    ..USUAL
};

/// The outcome is the Immuni back end's: 204, 400 and 409 are what it is seen to answer. Sistema TS's own words for a no
/// of its own may stand there too.
fn meaning(esito: &str) -> Meaning {
    match esito {
        "204" => Meaning::Done,
        "400" => Meaning::Refused(RefusalReason::OtpMalformed),
        "409" => Meaning::Refused(RefusalReason::OtpConflict),
        other if other.len() == 4 => usual_meaning(other),
        _ => Meaning::Uncertain(FailureReason::UnknownEsito),
    }
}

/// The way to the service; cheap to clone.
#[derive(Clone)]
pub struct Asl {
    client: Client,
    url: Url,
    authentication: AuthenticationType,
    mode: Mode,
}

/// Nothing of a patient, but no use in printing either.
impl fmt::Debug for Asl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asl(…)")
    }
}

impl Asl {
    /// Checks the settings, loads the identity; connects to nothing yet.
    pub fn build(own: &AslSettings, common: &Settings, clock: Clock) -> Result<Self, BuildError> {
        let settings = own.over(common)?;
        let url = settings.url_at("otp_path", own.otp_path.as_deref(), &SEND_OTP)?;
        let (authentication, mode) = (settings.authentication_type, own.mode);
        Ok(Self { client: Client::build(&settings, clock)?, url, authentication, mode })
    }

    /// Sends the OTP that the patient's app shows. A region says who its operator is and how they were authenticated.
    /// Never repeated.
    pub async fn send_otp(
        &self,
        operator: &FiscalCode,
        otp: &Otp,
        onset: Option<Date>,
        patient: &FiscalCode,
    ) -> Outcome<Unlocked> {
        let caller = match self.mode {
            Mode::Region => Fields::new()
                .with_some(AUTHENTICATION, self.authentication.to_wire())
                .with(OPERATOR, operator.to_wire()),
            Mode::Structure => Fields::new(),
        };
        let fields = caller
            .with(OTP, otp.to_wire())
            .with_some(ONSET, onset.map(|day| day.to_string()))
            .with(PATIENT, patient.to_wire());
        self.client.call(Call::of(Service::AslOtp, &SEND_OTP, &self.url, fields), unlocked).await
    }

    /// The way itself.
    pub const fn client(&self) -> &Client {
        &self.client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_the_immuni_back_ends() {
        for (esito, wanted) in [
            ("204", Meaning::Done),
            ("0000", Meaning::Done),
            ("0001", Meaning::DoneWithWarning),
            ("400", Meaning::Refused(RefusalReason::OtpMalformed)),
            ("409", Meaning::Refused(RefusalReason::OtpConflict)),
            ("9999", Meaning::Refused(RefusalReason::Esito)),
            ("200", Meaning::Uncertain(FailureReason::UnknownEsito)),
            ("500", Meaning::Uncertain(FailureReason::UnknownEsito)),
            ("CONFLICT", Meaning::Uncertain(FailureReason::UnknownEsito)),
        ] {
            assert_eq!(meaning(esito), wanted, "{esito}");
        }
    }
}
