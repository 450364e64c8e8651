//! A case: one call, and the steps it may take (seed 003, 4.1).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::service::Service;

/// How far a case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Nothing is verified.
    Opened,
    /// The test is verified as positive.
    Verified,
    /// The OTP is unlocked.
    Unlocked,
    /// The unlock is confirmed or cancelled.
    Concluded,
    /// The case is closed.
    Closed,
}

/// A step that the case can't take at its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// Where the case stands.
    pub stage: Stage,
    /// What was asked for.
    pub service: Service,
}

impl fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not a step of a case that is {:?}", self.service.word(), self.stage)
    }
}

impl std::error::Error for OutOfOrder {}

impl Stage {
    /// Whether `service` may be called now: verify again until the OTP is unlocked, unlock once verified (and again
    /// with a new OTP while it is not confirmed), confirm or cancel once unlocked.
    ///
    /// # Errors
    /// [`OutOfOrder`] otherwise.
    pub const fn allow(self, service: Service) -> Result<(), OutOfOrder> {
        let allowed = match service {
            Service::Verify => matches!(self, Self::Opened | Self::Verified),
            Service::Unlock => matches!(self, Self::Verified | Self::Unlocked),
            Service::Confirm | Service::Cancel => matches!(self, Self::Unlocked),
            _ => false,
        };
        if allowed { Ok(()) } else { Err(OutOfOrder { stage: self, service }) }
    }

    /// The stage after `service` was done.
    ///
    /// # Errors
    /// [`OutOfOrder`] where it was not allowed.
    pub fn after(self, service: Service) -> Result<Self, OutOfOrder> {
        self.allow(service).map(|()| match service {
            Service::Verify => Self::Verified,
            Service::Unlock => Self::Unlocked,
            _ => Self::Concluded,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_steps_is_kept() {
        use Service::{Cancel, Confirm, Unlock, Verify};
        use Stage::{Closed, Concluded, Opened, Unlocked, Verified};
        let allowed = [
            (Opened, vec![Verify]),
            (Verified, vec![Verify, Unlock]),
            (Unlocked, vec![Unlock, Confirm, Cancel]),
            (Concluded, vec![]),
            (Closed, vec![]),
        ];
        for (stage, services) in allowed {
            for service in Service::ALL {
                assert_eq!(stage.allow(*service).is_ok(), services.contains(service), "{stage:?} {service:?}");
            }
        }
        assert_eq!(
            Opened.after(Verify).and_then(|stage| stage.after(Unlock)).and_then(|stage| stage.after(Confirm)),
            Ok(Concluded)
        );
    }
}
