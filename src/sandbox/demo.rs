//! The demo callers and operators: known beforehand, so that a newcomer can take a call at once.

use jiff::civil::{Date, date};
use serde::Serialize;

use super::faults::Fault;
use crate::domain::operator::words;

words! {
    /// What a caller's data meet. Each is shown on the sign-in page under a text of its own.
    Scenario {
        /// All three steps succeed.
        Positive = "positive",
        /// The test was negative (9023).
        Negative = "negative",
        /// The CUN is older than 14 days (9021).
        Expired = "expired",
        /// The unlock was confirmed before (9022).
        Used = "used",
        /// No such CUN (9020).
        Unknown = "unknown",
        /// The verification succeeds with an ID that belongs to another operator: the unlock is refused (9050).
        OtherOperator = "other_operator",
        /// Each step succeeds with a warning (0001).
        Warning = "warning",
        /// Each step takes some seconds.
        Slow = "slow",
        /// The verification meets a service that is down (HTTP 503).
        ServiceDown = "service_down",
        /// The answer to the first verification is lost.
        VerifyUncertain = "verify_uncertain",
        /// The answer to the first unlock is lost, although it took place.
        UnlockUncertain = "unlock_uncertain",
        /// The answer to the first confirmation is lost, although it took place.
        ConfirmUncertain = "confirm_uncertain",
        /// The verification answers 0000 without the ID.
        MissingId = "missing_id",
        /// The verification refuses the call center's certificate.
        RejectedByPolicy = "rejected_by_policy",
    }
}

impl Scenario {
    /// The odd answers that its callers meet: service, fault, and how often (0: always).
    pub(super) const fn oddities(self) -> &'static [(&'static str, Fault, u32)] {
        match self {
            Self::Warning => {
                &[("verify", Fault::Warning, 0), ("unlock", Fault::Warning, 0), ("confirm", Fault::Warning, 0)]
            }
            Self::Slow => &[("verify", Fault::Slow, 0), ("unlock", Fault::Slow, 0), ("confirm", Fault::Slow, 0)],
            Self::ServiceDown => &[("verify", Fault::Http503, 0)],
            Self::VerifyUncertain => &[("verify", Fault::ResetAfterReading, 1)],
            Self::UnlockUncertain => &[("unlock", Fault::ResetAfterReading, 1)],
            Self::ConfirmUncertain => &[("confirm", Fault::ResetAfterReading, 1)],
            Self::MissingId => &[("verify", Fault::MissingId, 0)],
            Self::RejectedByPolicy => &[("verify", Fault::RejectedByPolicy, 0)],
            Self::Positive | Self::Negative | Self::Expired | Self::Used | Self::Unknown | Self::OtherOperator => &[],
        }
    }
}

/// A caller who can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DemoCaller {
    /// What happens.
    pub scenario: Scenario,
    /// The last eight digits of the health card.
    pub card: &'static str,
    /// The CUN, with its prefix.
    pub cun: &'static str,
}

const fn caller(scenario: Scenario, card: &'static str, cun: &'static str) -> DemoCaller {
    DemoCaller { scenario, card, cun }
}

/// The demo callers. Several are positive, so that a call can be tried again without a restart.
#[must_use]
pub const fn callers() -> &'static [DemoCaller] {
    const CALLERS: &[DemoCaller] = &[
        caller(Scenario::Positive, "12345678", "CUN-H17KZ6247A"),
        caller(Scenario::Positive, "12659816", "CUN-LRH8WZIFFJ"),
        caller(Scenario::Positive, "47135715", "CUN-W2R9EL12UI"),
        caller(Scenario::Positive, "35962489", "CUN-9JHQKA5QQA"),
        caller(Scenario::Positive, "62067331", "CUN-JRR58UF4S4"),
        caller(Scenario::Negative, "10967888", "CUN-1LJLZQF2RJ"),
        caller(Scenario::Expired, "90384671", "CUN-R37R91KXX2"),
        caller(Scenario::Used, "16217233", "CUN-RXYJLRQEFQ"),
        caller(Scenario::Unknown, "29469993", "CUN-Y5Q125Z7SX"),
        caller(Scenario::OtherOperator, "34656286", "CUN-6KFXK55YQU"),
        caller(Scenario::Warning, "23553230", "CUN-UX83S52KSJ"),
        caller(Scenario::Slow, "54435059", "CUN-E7LQ934LH7"),
        caller(Scenario::ServiceDown, "53905593", "CUN-JRYAEU7FR6"),
        caller(Scenario::VerifyUncertain, "20436272", "CUN-ASRSI95X43"),
        caller(Scenario::UnlockUncertain, "31327822", "CUN-R4KYRIQW41"),
        caller(Scenario::ConfirmUncertain, "48968001", "CUN-S3AUEYJUUE"),
        caller(Scenario::MissingId, "17418297", "CUN-3HYKXKHEEX"),
        caller(Scenario::RejectedByPolicy, "40718265", "CUN-7SWLFKFIAX"),
    ];
    CALLERS
}

/// OTPs that the caller's app may show; each can be unlocked once in 150 seconds.
pub const OTPS: &[&str] =
    &["59Y5QWWF4Z", "W8ILHZ97U6", "5H66E5J2QR", "8J46I4E2ZA", "3LSEH1R9X4", "5KZKLYXZE3", "LXYL5XKZKF", "EEQQL1K9LJ"];

/// The codici fiscali of the operators authorised beforehand (seed 003, 3.3).
pub const OPERATORS: &[&str] = &["RSSMRA80A01H501U", "VRDLGU75B02F205A", "BNCLRA90C43L219I", "NREGNN85D04A662V"];

/// Codice fiscale and card digits of people whose tests can be reported.
pub const PEOPLE: &[(&str, &str)] = &[
    ("RSSMRA80A01H501U", "80121001"),
    ("VRDLGU75B02F205A", "80121002"),
    ("BNCLRA90C43L219I", "80121003"),
    ("NREGNN85D04A662V", "80121004"),
];

/// Region and operator: who is enabled to list tests (seed 003, 2.4.3). Each region has room for more.
pub const LISTERS: &[(&str, &str)] =
    &[("190", "RSSMRA80A01H501U"), ("190", "VRDLGU75B02F205A"), ("030", "BNCLRA90C43L219I")];

/// Users of the exemptions' service: id, region, health authority, whether authorised (seed 000, 4).
pub const USERS: &[(&str, &str, &str, bool)] = &[
    ("ASL201-OPER01", "190", "201", true),
    ("ASL201-OPER02", "190", "201", false),
    ("ASL202-OPER01", "190", "202", true),
    ("ASL301-OPER01", "030", "301", true),
];

/// Certifications to close: person, code, first and last day.
pub const CERTIFICATIONS: &[(&str, &str, Date, Date)] = &[
    ("VRDLGU75B02F205A", "E02", date(2022, 4, 1), date(2023, 3, 31)),
    ("RSSMRA80A01H501U", "E01", date(2022, 4, 1), date(2023, 3, 31)),
    ("BNCLRA90C43L219I", "E03", date(2022, 4, 1), date(2023, 3, 31)),
    ("NREGNN85D04A662V", "E04", date(2022, 4, 1), date(2023, 3, 31)),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::domain::{
        code::{Cun, Otp},
        fiscal_code::FiscalCode,
        health_card::HealthCardDigits,
    };

    #[test]
    fn what_demo_callers_say_is_well_formed_and_theirs_alone() {
        for caller in callers() {
            assert!(caller.cun.parse::<Cun>().is_ok(), "{}", caller.cun);
            assert!(caller.card.parse::<HealthCardDigits>().is_ok(), "{}", caller.card);
        }
        assert_eq!(callers().iter().map(|caller| caller.cun).collect::<HashSet<_>>().len(), callers().len());
        assert_eq!(callers().iter().map(|caller| caller.card).collect::<HashSet<_>>().len(), callers().len());
        assert!(OTPS.iter().all(|otp| otp.parse::<Otp>().is_ok()));
        assert!(OPERATORS.iter().all(|code| code.parse::<FiscalCode>().is_ok()));
    }

    #[test]
    fn every_scenario_has_a_caller() {
        for scenario in Scenario::ALL {
            assert!(callers().iter().any(|caller| caller.scenario == *scenario), "{}", scenario.word());
        }
    }
}
