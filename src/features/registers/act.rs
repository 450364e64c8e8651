//! From an act to the entry that is written with it.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::keys;
use crate::{
    server::{geoip::Place, secrets::Secrets, source::Source},
    storage::registers::{Action, Details, Entry, Fact, Outcome, append::Record},
};

/// Who acts, and from where.
#[derive(Clone, Debug)]
pub struct By {
    /// A user name, or what can't be one: `unknown:…`, `uid:…`, `service:…`.
    pub actor: String,
    /// From where.
    pub source: Source,
}

/// What is done.
#[derive(Clone, Debug)]
pub struct Act {
    action: Action,
    outcome: Outcome,
    target: String,
    details: Details,
}

impl Act {
    /// It is done.
    #[must_use]
    pub fn done(action: Action) -> Self {
        Self { action, outcome: Outcome::Done, target: String::new(), details: Details::default() }
    }

    /// It is refused, for this reason: a word of ours.
    #[must_use]
    pub fn refused(action: Action, reason: &'static str) -> Self {
        let details = Details::default().with(Fact::Reason, reason);
        Self { action, outcome: Outcome::Refused, target: String::new(), details }
    }

    /// On what it is done.
    #[must_use]
    pub fn on(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// What else is told of it.
    #[must_use]
    pub fn with(mut self, fact: Fact, value: &str) -> Self {
        self.details = self.details.with(fact, value);
        self
    }

    /// What changes by it; never a secret.
    #[must_use]
    pub fn changed(mut self, what: &str, before: &str, after: &str) -> Self {
        self.details = self.details.changed(what, before, after);
        self
    }
}

impl By {
    /// Somebody who typed a user name that nobody has: a keyed hash of it, so that attempts on the same name are seen
    /// to be such, and a password typed into the wrong field is in no register.
    #[must_use]
    pub fn unknown(name: &str, source: Source, secrets: &Secrets) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(secrets.derive("unknown user names", name.as_bytes()));
        Self { actor: format!("unknown:{}", hash.get(..22).unwrap_or_default()), source }
    }

    /// The running program itself.
    #[must_use]
    pub fn service() -> Self {
        Self { actor: "service:centralino".to_owned(), source: Source::service() }
    }

    /// The entry of an act, at an instant (milliseconds since 1970), to be written in its transaction.
    #[must_use]
    pub fn record(&self, act: Act, secrets: &Secrets, at: i64) -> Record {
        let Act { action, outcome, target, details } = act;
        let source = &self.source;
        let details = details
            .with(Fact::Application, "Centralino")
            .with(Fact::Version, env!("CARGO_PKG_VERSION"))
            .with(Fact::Namespace, source.namespace)
            .with(Fact::Browser, &*source.browser)
            .with(Fact::Platform, &*source.platform)
            .with(Fact::Path, &*source.path)
            .with(Fact::Method, source.method)
            .with(Fact::TlsProtocol, &*source.tls_protocol)
            .with(Fact::TlsCipher, &*source.tls_cipher)
            .with(Fact::Delegate, &*source.delegate);
        let details = with_place(details, &source.place);
        let (actor, ip) = (self.actor.clone(), source.ip.clone());
        Record::new(Entry { action, outcome, at, actor, ip, target, details }, keys::seal(secrets))
    }
}

fn with_place(details: Details, place: &Place) -> Details {
    details
        .with(Fact::CountryCode, &*place.country_code)
        .with(Fact::Country, &*place.country)
        .with(Fact::Subdivision, &*place.subdivision)
        .with(Fact::City, &*place.city)
        .with(Fact::PostalCode, &*place.postal_code)
        .with(Fact::Latitude, &*place.latitude)
        .with(Fact::Longitude, &*place.longitude)
}
