//! Where wrong passwords count. Those of strangers: on the name that they try, and at the address that they come from.
//! Those of a device with which the account's owner has signed in: on that device. So who knows a name keeps other
//! strangers out of it, and not its owner.

use std::net::IpAddr;

use super::service::{LOCK, PASSWORDS, Recorder, WRONG_PASSWORDS, count, count_lock_out, subject};
use crate::{
    features::registers::act::Act,
    server::{
        errors::AppError,
        source::{Source, network},
        state::AppState,
    },
    storage::{
        attempts::{AtAddress, Attempt, Counted, Failed, Limit},
        credentials::FirstFactor,
        registers::{Action, Fact},
    },
};

/// How many wrong passwords of strangers from one address, on whatever names and without a pause of a quarter of an
/// hour, lock it: of an office that shares one address only who has never signed in with the same browser is one.
const AT_ADDRESS: Limit = Limit { attempts: 100, lock: LOCK };
/// Under which keys an attempt counts.
pub(super) struct Tally {
    subject: String,
    whose: Whose,
}

enum Whose {
    /// A device of the account's owner; `account` is the strangers' key.
    Device { account: String },
    /// Anybody else; `address` is the key of the address, where it is known.
    Stranger { address: Option<String> },
}

impl Tally {
    /// Of an attempt on `name`, which has this first factor if anybody has it.
    pub(super) fn of(state: &AppState, source: &Source, name: &str, factor: Option<&FirstFactor>) -> Self {
        let secrets = &state.secrets;
        let account = subject(secrets, WRONG_PASSWORDS, name);
        let device = factor.and_then(|factor| {
            let hash = factor.password_hash.as_deref();
            source.device.subject(&factor.operator, hash, secrets, state.clock.now_ms())
        });
        if let Some(subject) = device {
            return Self { subject, whose: Whose::Device { account } };
        }
        let address = source.ip.parse::<IpAddr>().ok().and_then(network);
        let address = address.map(|network| subject(secrets, "wrong passwords at", &network.to_string()));
        Self { subject: account, whose: Whose::Stranger { address } }
    }

    /// The key that a right password clears.
    pub(super) fn subject(&self) -> &str {
        &self.subject
    }

    fn account(&self) -> Option<&str> {
        match &self.whose {
            Whose::Device { account } => Some(account),
            Whose::Stranger { .. } => None,
        }
    }

    fn address(&self) -> Option<&str> {
        match &self.whose {
            Whose::Device { .. } => None,
            Whose::Stranger { address } => address.as_deref(),
        }
    }
}

impl Recorder<'_> {
    /// Counts a password before it is judged; one that may not be tried is recorded as refused.
    pub(super) async fn begin_password(&self, tally: &Tally) -> Result<Attempt, AppError> {
        let (now, refused) = (self.state.clock.now_ms(), self.refused("locked"));
        let db = &self.state.db;
        if let Some(address) = tally.address()
            && let Some(until) = db.locked_until(address, now).await?
        {
            self.refuse("locked").await?;
            return Ok(Attempt::Locked { until });
        }
        let counted = Counted { subject: &tally.subject, account: tally.account(), limit: PASSWORDS, now };
        let begun = db.begin_attempt(counted, &refused).await?;
        if let Attempt::Locked { .. } = begun {
            count(self.action, "locked");
        }
        Ok(begun)
    }

    /// A counted password was wrong. Until when it locks, if it was the last one allowed.
    pub(super) async fn fail_password(
        &self,
        tally: &Tally,
        left: i64,
        reason: &'static str,
    ) -> Result<Option<i64>, AppError> {
        let now = self.state.clock.now_ms();
        let until = (left == 0).then_some(now + LOCK);
        let lock_out = |part| self.record(Act::done(Action::LockOut).with(Fact::Part, part));
        let (by_address, refused) = (lock_out("address"), self.refused(reason));
        let own = lock_out(if tally.account().is_some() { "known_device" } else { "" });
        let address = tally.address();
        let address = address.map(|subject| AtAddress { subject, limit: AT_ADDRESS, now, lock_out: &by_address });
        let failed = Failed { subject: &tally.subject, until, address, refused: &refused, lock_out: &own };
        let locks = self.state.db.fail_attempt(&failed).await?;
        count(self.action, reason);
        for _ in [locks.subject, locks.address].into_iter().filter(|locks| *locks) {
            count_lock_out();
        }
        Ok((locks.subject || locks.address).then_some(now + LOCK))
    }
}
