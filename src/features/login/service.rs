//! The rules of signing in: what counts as an attempt, what locks; and the first factor. The second is in `second`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::tally::Tally;
use crate::{
    domain::{
        operator::{OperatorId, Status, Username},
        secret::Password,
    },
    features::{
        accounts::demo,
        registers::act::{Act, By},
    },
    server::{errors::AppError, secrets::Secrets, session::SessionToken, source::Source, state::AppState},
    storage::{
        attempts::{Attempt, Counted, Failed, Limit},
        registers::{Action, Fact, append::Record},
    },
};

/// How long a lock-out lasts, in milliseconds.
pub(super) const LOCK: i64 = 15 * 60 * 1000;
pub(super) const PASSWORDS: Limit = Limit { attempts: 10, lock: LOCK };
pub(super) const PINS: Limit = Limit { attempts: 5, lock: LOCK };
pub(super) const WRONG_PASSWORDS: &str = "wrong passwords";
pub(super) const WRONG_PINS: &str = "wrong pins";

/// How the first factor was judged. The answer for a name that nobody has is the one for a wrong password.
#[derive(Clone, Debug)]
pub enum FirstStep {
    /// The second factor is to come, in this session.
    Opened(SessionToken),
    /// Not the password of that name.
    Wrong {
        /// How many more wrong ones there may be before the name is locked.
        left: i64,
    },
    /// Too many wrong ones.
    Locked {
        /// Until when, milliseconds since 1970.
        until: i64,
    },
    /// The right password of an account that may not sign in.
    Disabled,
}

/// Judges a user name and a password, and records how. A task of its own: a browser that goes away does not cut off
/// between what is counted and what is recorded of it.
pub async fn first_step(
    state: &AppState,
    source: Source,
    typed_name: &str,
    password: Password,
) -> Result<FirstStep, AppError> {
    let (of, name) = (state.clone(), typed_name.to_owned());
    let judged = state.tasks.spawn(async move { judge_password(&of, source, &name, password).await });
    judged.await.map_err(|_| cut_off())?
}

/// A panic's message may quote what was typed: it is dropped.
pub(super) fn cut_off() -> AppError {
    AppError::internal("a sign-in was cut off")
}

async fn judge_password(
    state: &AppState,
    source: Source,
    typed_name: &str,
    password: Password,
) -> Result<FirstStep, AppError> {
    let now = state.clock.now_ms();
    // An account is one subject, however its name is written; what can be no name is cut and counted all the same.
    let username = typed_name.parse::<Username>();
    let name = match &username {
        Ok(username) => username.as_str().to_owned(),
        Err(_) => typed_name.trim().chars().take(200).collect::<String>().trim().to_lowercase(),
    };
    let factor = match &username {
        Ok(username) => state.db.first_factor(username).await?,
        Err(_) => None,
    };
    let by =
        if factor.is_some() { By { actor: name.clone(), source } } else { By::unknown(&name, source, &state.secrets) };
    let recorder = Recorder { state, by: &by, action: Action::Password, login_type: "password" };
    let tally = Tally::of(state, &by.source, &name, factor.as_ref());
    let left = match recorder.begin_password(&tally).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => return Ok(FirstStep::Locked { until }),
    };
    let hash = factor.as_ref().and_then(|factor| factor.password_hash.clone());
    // Demo accounts may be left in a database that has become another's: their password is no secret.
    let is_everybodys = !state.config.has_demo_accounts() && password.expose() == demo::PASSWORD;
    let is_right = state.passwords.verify(password, hash).await.map_err(AppError::internal)? && !is_everybodys;
    match factor {
        Some(factor) if is_right && factor.status == Status::Enabled => {
            let token = SessionToken::new(&state.random)?;
            state.db.open_session(&token.hash(), &factor.operator, tally.subject(), now, &recorder.done()).await?;
            count(Action::Password, "done");
            Ok(FirstStep::Opened(token))
        }
        factor => {
            let is_disabled = factor.is_some() && is_right;
            let reason = if is_disabled { "disabled" } else { "wrong" };
            Ok(match recorder.fail_password(&tally, left, reason).await? {
                Some(until) => FirstStep::Locked { until },
                None if is_disabled => FirstStep::Disabled,
                None => FirstStep::Wrong { left: if left == 0 { PASSWORDS.attempts } else { left } },
            })
        }
    }
}

/// Writes how one attempt to prove who somebody is ended.
pub(super) struct Recorder<'a> {
    pub(super) state: &'a AppState,
    pub(super) by: &'a By,
    pub(super) action: Action,
    pub(super) login_type: &'static str,
}

impl Recorder<'_> {
    pub(super) fn record(&self, act: Act) -> Record {
        self.by.record(act.with(Fact::LoginType, self.login_type), &self.state.secrets, self.state.clock.now_ms())
    }

    pub(super) fn done(&self) -> Record {
        self.record(Act::done(self.action))
    }

    pub(super) fn refused(&self, reason: &'static str) -> Record {
        self.record(Act::refused(self.action, reason))
    }

    /// What cannot be recorded is not answered either: the visitor gets the page of an internal error.
    pub(super) async fn refuse(&self, reason: &'static str) -> Result<(), AppError> {
        self.state.db.record(&[self.refused(reason)]).await?;
        count(self.action, reason);
        Ok(())
    }

    /// Counts an attempt before it is judged; one that may not be made is recorded as refused.
    pub(super) async fn begin(&self, subject: &str, limit: Limit) -> Result<Attempt, AppError> {
        let (now, refused) = (self.state.clock.now_ms(), self.refused("locked"));
        let counted = Counted { subject, account: None, limit, now };
        let begun = self.state.db.begin_attempt(counted, &refused).await?;
        if let Attempt::Locked { .. } = begun {
            count(self.action, "locked");
        }
        Ok(begun)
    }

    /// A counted attempt was wrong. Until when it locks, if it was the last one allowed.
    pub(super) async fn fail(&self, subject: &str, left: i64, reason: &'static str) -> Result<Option<i64>, AppError> {
        let until = (left == 0).then(|| self.state.clock.now_ms() + LOCK);
        let (refused, lock_out) = (&self.refused(reason), &self.record(Act::done(Action::LockOut)));
        let failed = Failed { subject, until, address: None, refused, lock_out };
        let locks = self.state.db.fail_attempt(&failed).await?;
        count(self.action, reason);
        if locks.subject {
            count_lock_out();
        }
        Ok(until.filter(|_| locks.subject))
    }
}

/// One more proof that was judged; the outcome is a word of ours.
pub(super) fn count(step: Action, outcome: &'static str) {
    metrics::counter!("centralino_sign_ins_total", "step" => step.word(), "outcome" => outcome).increment(1);
}

/// One more lock-out.
pub(super) fn count_lock_out() {
    metrics::counter!("centralino_lock_outs_total").increment(1);
}

/// Under which key the wrong attempts on `name` are counted: who reads the table learns no name, and a name that
/// nobody has is counted like any other.
pub(super) fn subject(secrets: &Secrets, kind: &str, name: &str) -> String {
    URL_SAFE_NO_PAD.encode(secrets.derive(kind, name.as_bytes()))
}

/// Under which keys the wrong passwords and PINs of an account are counted.
#[must_use]
pub fn attempts_on(secrets: &Secrets, username: &str, operator: &OperatorId) -> [String; 2] {
    [subject(secrets, WRONG_PASSWORDS, username), subject(secrets, WRONG_PINS, &operator.0)]
}
