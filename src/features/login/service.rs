//! The rules of signing in: what counts as an attempt, what locks, what renews a session.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    domain::{
        operator::{OperatorId, Status, Username},
        secret::{Password, Pin},
    },
    features::{
        accounts::{demo, recovery::RecoveryCode, second_factor::TotpSecret},
        registers::act::{Act, By},
    },
    server::{
        errors::AppError,
        login_session::LoginSession,
        secrets::Secrets,
        session::{SessionToken, Standing, WhyOver, standing},
        source::Source,
        state::AppState,
    },
    storage::{
        attempts::{Attempt, Limit},
        credentials::{Proof, StepUp, SteppedUp},
        registers::{Action, Fact, append::Record},
        sessions::{Stage, StoredSession},
    },
};

/// How long a lock-out lasts, in milliseconds.
pub(super) const LOCK: i64 = 15 * 60 * 1000;
pub(super) const PASSWORDS: Limit = Limit { attempts: 10, lock: LOCK };
pub(super) const PINS: Limit = Limit { attempts: 5, lock: LOCK };
pub(super) const WRONG_PASSWORDS: &str = "wrong passwords";
pub(super) const WRONG_PINS: &str = "wrong pins";
/// For how many milliseconds the same PIN sent twice (a double click) is one sign-in.
const TWICE_WITHIN: i64 = 10_000;
/// For how many milliseconds past its end a session is remembered, to say why it ended.
const REMEMBER: i64 = 24 * 60 * 60 * 1000;

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

/// Judges a user name and a password, and records how.
pub async fn first_step(
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
    let attempts = subject(&state.secrets, WRONG_PASSWORDS, &name);
    let left = match state.db.begin_attempt(&attempts, PASSWORDS, now).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => {
            recorder.refuse("locked", false).await?;
            return Ok(FirstStep::Locked { until });
        }
    };
    let hash = factor.as_ref().and_then(|factor| factor.password_hash.clone());
    // Demo accounts may be left in a database that has become another's: their password is no secret.
    let is_everybodys = !state.config.has_demo_accounts() && password.expose() == demo::PASSWORD;
    let is_right = state.passwords.verify(password, hash).await.map_err(AppError::internal)? && !is_everybodys;
    match factor {
        Some(factor) if is_right && factor.status == Status::Enabled => {
            let token = SessionToken::new(&state.random)?;
            let forget = now - i64::from(state.config.session.absolute) * 1000 - REMEMBER;
            let record = recorder.done();
            state.db.open_session(&token.hash(), &factor.operator, &attempts, now, forget, &record).await?;
            count(Action::Password, "done");
            Ok(FirstStep::Opened(token))
        }
        Some(_) if is_right => {
            recorder.refuse("disabled", false).await?;
            Ok(FirstStep::Disabled)
        }
        _ => {
            recorder.refuse("wrong", left == 0).await?;
            Ok(if left == 0 { FirstStep::Locked { until: now + LOCK } } else { FirstStep::Wrong { left } })
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
    fn record(&self, act: Act) -> Record {
        self.by.record(act.with(Fact::LoginType, self.login_type), &self.state.secrets, self.state.clock.now_ms())
    }

    pub(super) fn done(&self) -> Record {
        self.record(Act::done(self.action))
    }

    /// What cannot be recorded is not answered either: the visitor gets the page of an internal error.
    pub(super) async fn refuse(&self, reason: &'static str, locks: bool) -> Result<(), AppError> {
        let lock_out = locks.then(|| self.record(Act::done(Action::LockOut)));
        let refused = self.record(Act::refused(self.action, reason));
        let records: Vec<_> = std::iter::once(refused).chain(lock_out).collect();
        self.state.db.record(&records).await?;
        count(self.action, reason);
        if locks {
            metrics::counter!("centralino_lock_outs_total").increment(1);
        }
        Ok(())
    }
}

/// One more proof that was judged; the outcome is a word of ours.
fn count(step: Action, outcome: &'static str) {
    metrics::counter!("centralino_sign_ins_total", "step" => step.word(), "outcome" => outcome).increment(1);
}

/// How the second factor was judged.
#[derive(Clone, Debug)]
pub enum SecondStep {
    /// Signed in.
    SignedIn {
        /// Under which id the session goes on.
        token: SessionToken,
        /// Who.
        operator: OperatorId,
    },
    /// Nothing was to be proved: the session is in use.
    AlreadyIn,
    /// Neither six digits nor a recovery code.
    Malformed,
    /// Not the PIN of this moment.
    Wrong {
        /// How many more wrong ones there may be before the account is locked.
        left: i64,
    },
    /// The right PIN, but of a step that was used before.
    UsedBefore,
    /// A recovery code that the account does not have, or has no more.
    NoSuchCode,
    /// Too many wrong ones.
    Locked {
        /// Until when, milliseconds since 1970.
        until: i64,
    },
    /// There is no session to go on with.
    Over(Option<WhyOver>),
}

/// What was typed into the one field of the second factor.
pub(super) enum Typed {
    Pin(Pin),
    Code(RecoveryCode),
}

impl Typed {
    pub(super) fn read(typed: &str) -> Option<Self> {
        typed.parse().map(Self::Pin).ok().or_else(|| RecoveryCode::parse(typed).map(Self::Code))
    }

    pub(super) const fn login_type(&self) -> &'static str {
        match self {
            Self::Pin(_) => "pin",
            Self::Code(_) => "recovery_code",
        }
    }
}

/// Judges a PIN, or a recovery code in its place, for the session `login`, whose id is `token`, and records how.
pub async fn second_step(
    state: &AppState,
    source: Source,
    login: &LoginSession,
    token: &SessionToken,
    typed: &str,
) -> Result<SecondStep, AppError> {
    let (session, is_repeat) = match session_to_prove(state, login, token).await? {
        Ok(session) => session,
        Err(refusal) => return Ok(refusal),
    };
    let action = if session.stage == Stage::Password { Action::SignIn } else { Action::Unlock };
    let by = By { actor: session.account.username.clone(), source };
    let typed = Typed::read(typed);
    let login_type = typed.as_ref().map_or("", Typed::login_type);
    let recorder = Recorder { state, by: &by, action, login_type };
    let Some(typed) = typed else {
        recorder.refuse("malformed", false).await?;
        return Ok(SecondStep::Malformed);
    };
    let operator = &session.account.id;
    let attempts = subject(&state.secrets, WRONG_PINS, &operator.0);
    let left = match state.db.begin_attempt(&attempts, PINS, state.clock.now_ms()).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => {
            recorder.refuse("locked", false).await?;
            return Ok(SecondStep::Locked { until });
        }
    };
    let attempt = Attempted { operator, typed: &typed, attempts: &attempts, is_repeat };
    let outcome = use_proof(&recorder, token, &attempt).await?;
    let reason = match outcome {
        SecondStep::Wrong { .. } => "wrong",
        SecondStep::UsedBefore => "used_before",
        SecondStep::NoSuchCode => "no_such_code",
        other => return Ok(other),
    };
    recorder.refuse(reason, left == 0).await?;
    Ok(match outcome {
        _ if left == 0 => SecondStep::Locked { until: state.clock.now_ms() + LOCK },
        SecondStep::Wrong { .. } => SecondStep::Wrong { left },
        other => other,
    })
}

/// An attempt to use up a proof of the second factor.
struct Attempted<'a> {
    operator: &'a OperatorId,
    typed: &'a Typed,
    /// Under which key it was counted.
    attempts: &'a str,
    /// Whether the form was sent twice, and the first of them has renewed the session.
    is_repeat: bool,
}

/// The session that a second factor would open, and whether a form sent twice has opened it a moment ago.
async fn session_to_prove(
    state: &AppState,
    login: &LoginSession,
    token: &SessionToken,
) -> Result<Result<(StoredSession, bool), SecondStep>, AppError> {
    let now = state.clock.now_ms();
    let Some(session) = login.stored().await? else {
        let renewed = state.db.session_renewed_from(&token.hash(), now - TWICE_WITHIN).await?;
        return Ok(renewed.map(|session| (session, true)).ok_or(SecondStep::Over(None)));
    };
    Ok(match standing(&state.config.session, &session, now) {
        Standing::AwaitsPin | Standing::Locked => Ok((session, false)),
        Standing::Active => Err(SecondStep::AlreadyIn),
        Standing::Over(why) => Err(SecondStep::Over(Some(why))),
    })
}

async fn use_proof(
    recorder: &Recorder<'_>,
    old: &SessionToken,
    attempt: &Attempted<'_>,
) -> Result<SecondStep, AppError> {
    let Attempted { operator, typed, attempts, is_repeat } = *attempt;
    let state = recorder.state;
    let code_hash;
    let proof = match typed {
        Typed::Pin(pin) => match matching_step(state, operator, pin).await? {
            Some(step) => Proof::Step(step),
            None => return Ok(SecondStep::Wrong { left: 0 }),
        },
        Typed::Code(code) => {
            code_hash = code.hash(&state.secrets, operator);
            Proof::RecoveryCode(&code_hash)
        }
    };
    let (token, now) = (SessionToken::new(&state.random)?, state.clock.now_ms());
    let (record, superseded) = (&recorder.done(), &recorder.record(Act::done(Action::Superseded)));
    let (old, new) = (&old.hash(), &token.hash());
    let step_up = StepUp { operator, old, new, proof, attempts, record, superseded, now };
    // A form sent twice is one sign-in, which the first of them has recorded.
    let outcome = if is_repeat {
        let is_same = state.db.step_up_again(&step_up, now - TWICE_WITHIN).await?;
        if is_same { SteppedUp::Done } else { SteppedUp::NoSession }
    } else {
        let outcome = state.db.step_up(&step_up).await?;
        if outcome == SteppedUp::Done {
            count(recorder.action, "done");
        }
        outcome
    };
    Ok(match (outcome, typed) {
        (SteppedUp::Done, _) => SecondStep::SignedIn { token, operator: operator.clone() },
        (SteppedUp::NoSession, _) => SecondStep::Over(None),
        (SteppedUp::UsedBefore, Typed::Pin(_)) => SecondStep::UsedBefore,
        (SteppedUp::UsedBefore, Typed::Code(_)) => SecondStep::NoSuchCode,
    })
}

pub(super) async fn matching_step(state: &AppState, operator: &OperatorId, pin: &Pin) -> Result<Option<i64>, AppError> {
    let factor = state.db.second_factor(operator).await?;
    let Some(sealed) = factor.and_then(|factor| factor.totp_secret) else { return Ok(None) };
    TotpSecret::open(&sealed, &state.secrets, operator)
        .and_then(|secret| secret.step_of(pin, state.clock.now()))
        .map_err(AppError::internal)
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
