//! Demo accounts, in the sandbox environment only: four operators and a supervisor with a password that everybody
//! knows and a second factor of their own, made anew in each installation.

use jiff::Timestamp;

use super::{
    invite::{InviteError, Invited, Invitee, Office, activated_by_owner, token_hash},
    passwords::PasswordError,
    recovery::RecoveryCode,
    second_factor::{STEP, SecondFactorError, TotpSecret},
};
use crate::{
    domain::{
        operator::{OperatorId, Queue, Role},
        secret::Password,
    },
    features::registers::act::By,
    server::{config::Environment, secrets::Secrets, state::AppState},
    storage::{
        activations::Activated,
        credentials::SecondFactor,
        operators::{AddError, rules::Authority},
    },
};

/// The password of every demo account.
pub const PASSWORD: &str = "quattro gatti blu";
/// The queues of those who work at the other desks.
const OTHER_DESKS: &[Queue] = &[Queue::Swabs, Queue::Asl, Queue::Exemptions];
/// User name, name, codice fiscale (all of nobody; the operators' are those that the sandbox pre-authorises), role,
/// queues. Who takes calls lands at the desk: the supervisor, without a queue, lands on the supervisors' pages.
const PEOPLE: [(&str, &str, &str, Role, &[Queue]); 6] = [
    ("operatore1", "Mario Rossi", "RSSMRA80A01H501U", Role::Operator, &[Queue::Immuni]),
    ("operatore2", "Luigi Verdi", "VRDLGU75B02F205A", Role::Operator, &[Queue::Immuni]),
    ("operatore3", "Carla Bianchi", "BNCLRA90C43L219I", Role::Operator, &[Queue::Immuni]),
    ("operatore4", "Gianna Neri", "NREGNN85D04A662V", Role::Operator, &[Queue::Immuni]),
    ("sanitario1", "Mario Rossi", "RSSMRA80A01H501U", Role::Operator, OTHER_DESKS),
    ("supervisore1", "Sara Gialli", "GLLSRA82E45D612X", Role::Supervisor, &[]),
];

/// Why the demo accounts could not be made or shown.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// There are none in production.
    #[error("demo accounts exist in the sandbox environment only")]
    Production,
    /// One of them is not an account that can be made.
    #[error("the demo account {0} is not well-formed")]
    Form(&'static str),
    /// It was not made.
    #[error(transparent)]
    Invite(#[from] InviteError),
    /// Its password was not hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// Its PIN can't be told.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
    /// The database refused.
    #[error(transparent)]
    Engine(#[from] sqlx::Error),
}

/// A demo account as the banner and `serve` show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoAccount {
    /// The user name.
    pub username: &'static str,
    /// First and last name.
    pub name: &'static str,
    /// The password.
    pub password: &'static str,
    /// The PIN of this moment.
    pub pin: String,
    /// For how many seconds more it is the one shown by an authenticator.
    pub seconds_left: i64,
}

/// Makes the demo accounts that are not there yet, unless the configuration wants none.
pub async fn ensure(state: &AppState) -> Result<(), DemoError> {
    if state.config.environment != Environment::Sandbox {
        return Err(DemoError::Production);
    }
    if !state.config.has_demo_accounts() {
        return Ok(());
    }
    for (username, name, fiscal_code, role, queues) in PEOPLE {
        let form = || DemoError::Form(username);
        let invitee = Invitee {
            username: username.parse().map_err(|_| form())?,
            name: name.to_owned(),
            fiscal_code: fiscal_code.parse().map_err(|_| form())?,
            role,
            queues: queues.to_vec(),
        };
        if state.db.operator_id(&invitee.username).await?.is_none() {
            make(state, &invitee).await?;
        }
    }
    Ok(())
}

async fn make(state: &AppState, invitee: &Invitee) -> Result<(), DemoError> {
    let (db, secrets, by) = (&state.db, &state.secrets, &By::service());
    let authority = Authority::Console { may_reset_last: false };
    let office = Office { db, secrets, clock: &state.clock, random: &state.random, by, authority, form: None };
    let Invited { id: operator, path } = match office.invite(invitee).await {
        // Another instance on the same database was quicker.
        Err(InviteError::Add(AddError::Taken)) => return Ok(()),
        other => other?,
    };
    let token = path.as_str().trim_start_matches("/activate/");
    let codes = RecoveryCode::set(&state.random).map_err(SecondFactorError::from)?;
    let codes: Vec<_> = codes.iter().map(|code| code.hash(&state.secrets, &operator)).collect();
    let password_hash = state.passwords.hash(Password::new(PASSWORD.to_owned()), &state.random).await?;
    // No PIN has been used: the one of this moment must still be good for a first sign-in.
    let step = state.clock.now().as_second() / STEP - 2;
    let activated = Activated { password_hash: &password_hash, step, recovery_codes: &codes };
    let record = office.record(activated_by_owner(invitee.username.as_str()));
    db.activate(&token_hash(token), &activated, state.clock.now_ms(), &record).await?;
    Ok(())
}

/// The demo accounts that can sign in, each with its PIN of this moment. None in production.
pub async fn accounts(state: &AppState) -> Result<Vec<DemoAccount>, DemoError> {
    if !state.config.has_demo_accounts() {
        return Ok(Vec::new());
    }
    let factors = state.db.second_factors(PEOPLE.map(|(username, ..)| username)).await?;
    let account = |factor| {
        let (pin, seconds_left) = current_pin(&state.secrets, &factor, state.clock.now()).transpose()?.ok()?;
        let (username, name, ..) = PEOPLE.into_iter().find(|(username, ..)| *username == factor.username)?;
        Some(DemoAccount { username, name, password: PASSWORD, pin, seconds_left })
    };
    Ok(factors.into_iter().filter_map(account).collect())
}

/// The PIN of this moment, and for how many seconds it stays so; none for an account without a second factor.
///
/// For the sandbox environment: the caller has made sure that it is.
pub fn current_pin(
    secrets: &Secrets,
    factor: &SecondFactor,
    now: Timestamp,
) -> Result<Option<(String, i64)>, SecondFactorError> {
    let Some(sealed) = &factor.totp_secret else { return Ok(None) };
    let pin = TotpSecret::open(sealed, secrets, &OperatorId(factor.operator_id.clone()))?.pin(now)?;
    Ok(Some((pin, STEP - now.as_second().rem_euclid(STEP))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{fiscal_code::FiscalCode, operator::Username};

    #[test]
    fn demo_people_are_well_formed() {
        for (username, _, fiscal_code, ..) in PEOPLE {
            assert!(username.parse::<Username>().is_ok(), "{username}");
            assert!(fiscal_code.parse::<FiscalCode>().is_ok(), "{fiscal_code}");
        }
    }
}
