//! Operators with active accounts, and the PINs that their telephones show.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use centralino::{
    domain::{
        operator::{Queue, Role},
        secret::Password,
    },
    features::{
        accounts::{
            demo::current_pin,
            invite::{Invited, Invitee, Office, activated_by_owner, token_hash},
            passwords::Passwords,
            second_factor::STEP,
        },
        registers::act::By,
    },
    server::{clock::Clock, random::Random, secrets::Secrets},
    storage::{Db, activations::Activated, credentials::SecondFactor, operators::rules::Authority},
};
use jiff::{SignedDuration, Timestamp};

use crate::Outcome;

/// Everybody's password.
pub const PASSWORD: &str = "sette nani e mezzo";
/// Authorised in the sandbox.
const FISCAL_CODE: &str = "RSSMRA80A01H501U";
/// How many seconds at most lie between the choice of a PIN and its judgement.
const MARGIN: i64 = 5;

/// Somebody with an active account.
pub struct Person {
    /// The user name.
    pub username: String,
    factor: SecondFactor,
    /// The last step of which the PIN was used.
    used: AtomicI64,
}

impl Person {
    /// Does not sign in any more: a new session would end the one in use.
    pub fn stays(&self) {
        self.used.store(i64::MAX / 2, Ordering::Relaxed);
    }
}

/// Those of one desk.
pub struct People {
    secrets: Secrets,
    clock: Clock,
    all: Vec<Arc<Person>>,
    next: AtomicUsize,
    /// The hash of [`PASSWORD`], as it is stored.
    pub hash: String,
}

impl People {
    /// Makes accounts of this queue in a database that nobody serves yet.
    pub async fn make(db: &Db, secrets: Secrets, count: usize, queue: Queue) -> Outcome<Self> {
        let (clock, random) = (Clock::system(), Random::system());
        let hash = Passwords::new(&secrets).hash(Password::new(PASSWORD.to_owned()), &random).await?;
        let (by, mut all) = (By::service(), Vec::new());
        for number in 0..count {
            let authority = Authority::Console { may_reset_last: false };
            let office =
                Office { db, secrets: &secrets, clock: &clock, random: &random, by: &by, authority, form: None };
            all.push(Arc::new(person(&office, &hash, number, queue).await?));
        }
        Ok(Self { secrets, clock, all, next: AtomicUsize::new(0), hash })
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<Person>] {
        &self.all
    }

    /// The next one whose telephone has a PIN that was not used yet, and the PIN.
    pub fn next(&self) -> Outcome<(Arc<Person>, String)> {
        for _ in 0..self.all.len() {
            let place = self.next.fetch_add(1, Ordering::Relaxed) % self.all.len();
            if let Some(person) = self.all.get(place)
                && let Some(pin) = self.pin(person)?
            {
                return Ok((Arc::clone(person), pin));
            }
        }
        Err("everybody has used the PINs of this moment: more people are needed".into())
    }

    /// A PIN that is good now and was not used yet, if there is one.
    pub fn pin(&self, person: &Person) -> Outcome<Option<String>> {
        let now = self.clock.now().as_second();
        // The oldest step must still be good when the PIN arrives.
        let step = (person.used.load(Ordering::Relaxed) + 1).max((now + MARGIN) / STEP - 1);
        if step > now / STEP + 1 {
            return Ok(None);
        }
        person.used.store(step, Ordering::Relaxed);
        let then = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(step * STEP);
        Ok(current_pin(&self.secrets, &person.factor, then)?.map(|(pin, _)| pin))
    }
}

async fn person(office: &Office<'_>, hash: &str, number: usize, queue: Queue) -> Outcome<Person> {
    let username = format!("operatore.{number}");
    let invitee = Invitee {
        username: username.parse().map_err(|_| "a user name")?,
        name: format!("Maria Bianchi {number}"),
        fiscal_code: FISCAL_CODE.parse().map_err(|_| "a codice fiscale")?,
        role: Role::Operator,
        queues: vec![queue],
    };
    let Invited { id, path } = office.invite(&invitee).await?;
    let token = token_hash(path.as_str().trim_start_matches("/activate/"));
    let activated = Activated { password_hash: hash, step: 0, recovery_codes: &[] };
    let record = office.record(activated_by_owner(&username));
    office.db.activate(&token, &activated, office.clock.now_ms(), &record).await?;
    let factor = office.db.second_factor(&id).await?.ok_or("no second factor")?;
    Ok(Person { username, factor, used: AtomicI64::new(0) })
}
