//! The call center's services: verify, unlock, confirm (seed 003, 3.3).

use std::{fmt, sync::Arc};

use jiff::{Timestamp, civil::Date};
use reqwest::Url;

use super::{
    answers::{Confirmed, Unlocked, Verified},
    breaker::Circuit,
    call_center::{
        CONFIRM, CUN, Communication, UNLOCK, VERIFY, confirm_fields, confirmed, unlock_fields, unlocked, verified,
        verify_fields,
    },
    client::{Call, Client},
    outcome::Outcome,
    settings::{AuthenticationType, Settings},
    transport::BuildError,
};
use crate::{
    domain::{
        call::TestVerificationId,
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
        service::Service,
    },
    server::clock::Clock,
};

/// The way to the call center's services; cheap to clone.
#[derive(Clone)]
pub struct SistemaTs {
    client: Client,
    /// Verify, unlock, confirm.
    urls: Arc<[Url; 3]>,
}

/// Nothing of the caller, but no use in printing either.
impl fmt::Debug for SistemaTs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SistemaTs(…)")
    }
}

impl SistemaTs {
    /// Checks the settings, loads the identity; connects to nothing yet.
    pub fn build(settings: &Settings, clock: Clock) -> Result<Self, BuildError> {
        let client = Client::build(settings, clock)?;
        let urls = Arc::new([settings.url(&VERIFY)?, settings.url(&UNLOCK)?, settings.url(&CONFIRM)?]);
        Ok(Self { client, urls })
    }

    /// Verifica positività (seed 003, 3.3.1). Repeated once when it was certainly not sent.
    pub async fn verify(&self, operator: &FiscalCode, card: &HealthCardDigits, cun: &Cun) -> Outcome<Verified> {
        let fields = verify_fields(operator, self.authentication(), card, cun);
        let [url, ..] = &*self.urls;
        let call = Call::of(Service::Verify, &VERIFY, url, fields).repeatable();
        self.client.call(call, verified).await
    }

    /// Sblocco codice Immuni (seed 003, 3.3.2). `onset` is the sampling date for a caller without symptoms; `id` must
    /// have been obtained by the same operator. `cun`, to which the id belongs, is not sent, but the service knows it: an
    /// answer that repeats it is known by it. Never repeated.
    pub async fn unlock(
        &self,
        operator: &FiscalCode,
        otp: &Otp,
        onset: Date,
        id: &TestVerificationId,
        cun: &Cun,
    ) -> Outcome<Unlocked> {
        let fields = unlock_fields(operator, self.authentication(), otp, onset, id).knowing(CUN, cun.to_wire());
        let [_, url, _] = &*self.urls;
        self.client.call(Call::of(Service::Unlock, &UNLOCK, url, fields), unlocked).await
    }

    /// Conferma sblocco Immuni, type C or A (seed 003, 3.3.3). Without `id` where it is not part of the caller's call.
    /// Never repeated.
    pub async fn confirm(
        &self,
        communication: Communication,
        operator: &FiscalCode,
        id: Option<&TestVerificationId>,
        cun: &Cun,
    ) -> Outcome<Confirmed> {
        let fields = confirm_fields(communication, operator, self.authentication(), id, cun);
        let [.., url] = &*self.urls;
        self.client.call(Call::of(communication.service(), &CONFIRM, url, fields), confirmed).await
    }

    fn authentication(&self) -> AuthenticationType {
        self.client.authentication()
    }

    /// The end of our certificate's validity.
    pub fn expires_at(&self) -> Timestamp {
        // The call center always has a certificate.
        self.client.expires_at().unwrap_or(Timestamp::MAX)
    }

    /// Whether calls are sent at all.
    pub fn circuit(&self) -> Circuit {
        self.client.circuit()
    }

    /// The way itself.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// See [`Client::reload`].
    ///
    /// # Errors
    /// What is wrong with the changed files; the identity in use then stays.
    pub fn reload(&self) -> Result<bool, BuildError> {
        self.client.reload()
    }
}
