//! The registers of accesses and of administration (seed 003, 4.3.8, 6.8): chains of entries that are only added to.
//!
//! Nothing of a caller is in them, and nothing that somebody typed: a user name that nobody has is a keyed hash.

pub mod append;
pub mod case_span;
pub mod chain;
pub mod checkpoints;
pub mod find;
pub mod retention;
pub mod verify;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::domain::operator::words;

words! {
    /// One of the two registers, each a chain of its own.
    Register {
        /// Who came in, was refused, left (seed 003, 4.3.8: "accesso operatori").
        Access = "access",
        /// What was done to accounts and registers (seed 003, 4.3.8: "accesso amministratori").
        Admin = "admin",
    }
}

words! {
    /// How the act ended.
    Outcome {
        /// It was done.
        Done = "done",
        /// It was refused.
        Refused = "refused",
    }
}

words! {
    /// What was done, or tried.
    Action {
        /// The first factor of a sign-in.
        Password = "password",
        /// The second factor, with which a sign-in is complete.
        SignIn = "sign_in",
        /// The second factor of a session that had locked itself.
        Unlock = "unlock",
        /// The second factor once more, before a sensitive act.
        FreshPin = "fresh_pin",
        /// Too many wrong attempts locked a name or an account.
        LockOut = "lock_out",
        /// A session locked itself, because nobody used it.
        Lock = "lock",
        /// The operator left.
        SignOut = "sign_out",
        /// A newer sign-in of the same operator ended the session.
        Superseded = "superseded",
        /// A session lasted as long as a session may.
        Expiry = "expiry",
        /// Somebody signed in was turned away: from a page, a case or a step that is not theirs.
        TurnedAway = "turned_away",
        /// The second factor of a sign-in did not follow the first one in time.
        SignInExpiry = "sign_in_expiry",
        /// An account was made.
        AccountAdded = "account_added",
        /// Its owner set password and second factor.
        AccountActivated = "account_activated",
        /// Its name, codice fiscale, role or queues were changed.
        AccountEdited = "account_edited",
        /// It was kept out, its sessions ended.
        AccountDisabled = "account_disabled",
        /// It was let in again.
        AccountEnabled = "account_enabled",
        /// Its lock-out was ended.
        AccountUnlocked = "account_unlocked",
        /// Its credentials were taken away and a new link was made.
        CredentialsReset = "credentials_reset",
        /// Its owner changed the password.
        PasswordChanged = "password_changed",
        /// Its owner paired another authenticator, with new recovery codes.
        AuthenticatorChanged = "authenticator_changed",
        /// Its owner made new recovery codes.
        RecoveryCodesChanged = "recovery_codes_changed",
        /// Its sessions were ended.
        SessionsEnded = "sessions_ended",
        /// The list of accounts was taken away as a file.
        AccountsExported = "accounts_exported",
        /// The activation links of a file of accounts were taken away.
        LinksTaken = "links_taken",
        /// A page of a register was read.
        RegisterRead = "register_read",
        /// A part of a register was taken away as a file.
        RegisterExported = "register_exported",
        /// Entries that had been kept long enough were purged.
        RegisterPurged = "register_purged",
        /// Cases that had been kept long enough were deleted.
        CasesPurged = "cases_purged",
        /// A copy of the database was made.
        BackupMade = "backup_made",
        /// The database was put back as a backup has it.
        BackupRestored = "backup_restored",
        /// The database was moved from one engine to the other.
        DatabaseMoved = "database_moved",
    }
}

impl Action {
    /// In which register it is written.
    #[must_use]
    pub const fn register(self) -> Register {
        match self {
            Self::Password
            | Self::SignIn
            | Self::Unlock
            | Self::FreshPin
            | Self::LockOut
            | Self::Lock
            | Self::SignOut
            | Self::Superseded
            | Self::Expiry
            | Self::TurnedAway
            | Self::SignInExpiry => Register::Access,
            Self::AccountAdded
            | Self::AccountActivated
            | Self::AccountEdited
            | Self::AccountDisabled
            | Self::AccountEnabled
            | Self::AccountUnlocked
            | Self::CredentialsReset
            | Self::PasswordChanged
            | Self::AuthenticatorChanged
            | Self::RecoveryCodesChanged
            | Self::SessionsEnded
            | Self::AccountsExported
            | Self::LinksTaken
            | Self::RegisterRead
            | Self::RegisterExported
            | Self::RegisterPurged
            | Self::CasesPurged
            | Self::BackupMade
            | Self::BackupRestored
            | Self::DatabaseMoved => Register::Admin,
        }
    }
}

words! {
    /// What is told of an act beside who, what, when, from where and on what.
    Fact {
        /// By what somebody proved who they are: `password`, `pin`, `recovery_code` ("Login Type").
        LoginType = "login_type",
        /// Why it was refused.
        Reason = "reason",
        /// Name and major version.
        Browser = "browser",
        /// The operating system.
        Platform = "platform",
        /// The name of the program.
        Application = "application",
        /// Its version ("Client Version").
        Version = "version",
        /// The route of the request, never its path as it came ("Login URL").
        Path = "path",
        /// The HTTP method.
        Method = "method",
        /// The version of TLS between browser and proxy.
        TlsProtocol = "tls_protocol",
        /// The cipher suite.
        TlsCipher = "tls_cipher",
        /// The country of the address, by its code ("Country Code"); this and what follows by the operator's own file.
        CountryCode = "country_code",
        /// Its name ("Country").
        Country = "country",
        /// The largest part of the country, a region ("Subdivision").
        Subdivision = "subdivision",
        /// The city ("City").
        City = "city",
        /// Its postal code ("Postal Code").
        PostalCode = "postal_code",
        /// Degrees north ("Latitude").
        Latitude = "latitude",
        /// Degrees east ("Longitude").
        Longitude = "longitude",
        /// Through what it was done: web, console or service.
        Namespace = "namespace",
        /// Of what: accounts or registers.
        Section = "section",
        /// On whose behalf ("Delegate User").
        Delegate = "delegate",
        /// In which form an export was taken.
        Format = "format",
        /// Which part of a register was read, which of the sessions were ended.
        Part = "part",
        /// How many.
        Count = "count",
    }
}

/// The rest of what an entry tells. Its JSON is what the hash covers, so its keys are in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Details {
    /// By the word of the [`Fact`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// What changed; never a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// One thing that changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Change {
    /// What.
    pub what: String,
    /// How it was; empty for what was not there.
    pub before: String,
    /// How it is; empty for what is there no more.
    pub after: String,
}

impl Details {
    /// What is told under `fact`; nothing is an empty text.
    #[must_use]
    pub fn fact(&self, fact: Fact) -> &str {
        self.facts.get(fact.word()).map_or("", String::as_str)
    }

    /// The same with `fact`, unless there is nothing to tell.
    #[must_use]
    pub fn with(mut self, fact: Fact, value: impl Into<String>) -> Self {
        let value = value.into();
        if !value.is_empty() {
            self.facts.insert(fact.word().to_owned(), value);
        }
        self
    }

    /// The same with a change, if `before` and `after` differ.
    #[must_use]
    pub fn changed(mut self, what: &str, before: &str, after: &str) -> Self {
        if before != after {
            let (what, before, after) = (what.to_owned(), before.to_owned(), after.to_owned());
            self.changes.push(Change { what, before, after });
        }
        self
    }
}

/// An act to be written, before it has its place in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Who: a user name, or `unknown:…`, `uid:…`, `service:…`, none of which can be one.
    pub actor: String,
    /// From which address; empty where there was none.
    pub ip: String,
    /// On what: a user name, a register, the id of a case or of a transaction; may be empty.
    pub target: String,
    /// The rest.
    pub details: Details,
}

/// An entry as kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, FromRow, Serialize)]
pub struct StoredEntry {
    /// Its place, from 1 on without gaps.
    pub seq: i64,
    /// When, milliseconds since 1970; never before the entry before it.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// The word of the [`Action`].
    pub action: String,
    /// The word of the [`Outcome`].
    pub outcome: String,
    /// From which address.
    pub ip: String,
    /// On what.
    pub target: String,
    /// The JSON of its [`Details`].
    pub details: String,
    /// The hash of the entry before it; empty for the first.
    pub previous: String,
    /// Its own hash.
    pub hash: String,
    /// The HMAC of its hash.
    pub seal: String,
}

impl StoredEntry {
    /// The rest of what it tells. What can't be read tells nothing: `verify` names such an entry.
    #[must_use]
    pub fn read_details(&self) -> Details {
        serde_json::from_str(&self.details).unwrap_or_default()
    }
}

/// An entry as a point of the chain: its end, or where a walk begins. The default is before the first entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Head {
    /// The place of the entry; 0 before the first.
    pub seq: i64,
    /// Its instant, milliseconds since 1970.
    pub at: i64,
    /// Its hash.
    pub hash: String,
}

impl Head {
    /// Of this entry.
    #[must_use]
    pub fn of(entry: &StoredEntry) -> Self {
        Self { seq: entry.seq, at: entry.at, hash: entry.hash.clone() }
    }
}
