//! What the services answer when they say yes, read and checked.

use std::fmt;

use jiff::{Timestamp, civil::Date};

use super::upstream_text::UpstreamText;
use crate::domain::{
    call::{TestVerificationId, TransactionId},
    code::Cun,
    swab::{Site, TestResult},
};

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
