//! The second factor: what it opens, what it uses up, and how each attempt is recorded.

use zeroize::Zeroizing;

use super::service::{PINS, Recorder, WRONG_PINS, count, count_lock_out, cut_off, subject};
use crate::{
    domain::{operator::OperatorId, secret::Pin},
    features::{
        accounts::{recovery::RecoveryCode, second_factor::TotpSecret},
        registers::act::{Act, By},
    },
    server::{
        errors::AppError,
        login_session::LoginSession,
        session::{SessionToken, Standing, WhyOver, standing},
        source::Source,
        state::AppState,
    },
    storage::{
        attempts::{Attempt, Counted},
        credentials::Proof,
        registers::{Action, append::Record},
        sessions::{Stage, StoredSession},
        step_up::{Refusal, StepUp, SteppedUp, Told},
    },
};

/// For how many milliseconds the same PIN sent twice (a double click) is one sign-in.
const TWICE_WITHIN: i64 = 10_000;
/// Who types a second factor without any session. No user name has a colon.
const NOBODY: &str = "unknown:session";

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

/// Judges a PIN, or a recovery code in its place, for the session `login`, whose id is `token`, and records how. A task
/// of its own, as the first step is.
pub async fn second_step(
    state: &AppState,
    source: Source,
    login: &LoginSession,
    token: &SessionToken,
    typed: &str,
) -> Result<SecondStep, AppError> {
    let (of, login, token, typed) = (state.clone(), login.clone(), token.clone(), typed.to_owned());
    let typed = Zeroizing::new(typed);
    let judged = state.tasks.spawn(async move { judge_proof(&of, source, &login, &token, &typed).await });
    judged.await.map_err(|_| cut_off())?
}

async fn judge_proof(
    state: &AppState,
    source: Source,
    login: &LoginSession,
    token: &SessionToken,
    typed: &str,
) -> Result<SecondStep, AppError> {
    let (session, is_repeat) = match session_to_prove(state, login, token).await? {
        ToProve::Session { session, is_repeat } => (session, is_repeat),
        ToProve::Nothing => return Ok(SecondStep::AlreadyIn),
        ToProve::Over { whose, why } => return refuse_over(state, source, whose, why).await,
    };
    let action = if session.stage == Stage::Password { Action::SignIn } else { Action::Unlock };
    let by = By { actor: session.account.username.clone(), source };
    let typed = Typed::read(typed);
    let login_type = typed.as_ref().map_or("", Typed::login_type);
    let recorder = Recorder { state, by: &by, action, login_type };
    let Some(typed) = typed else {
        recorder.refuse("malformed").await?;
        return Ok(SecondStep::Malformed);
    };
    let operator = &session.account.id;
    let attempts = subject(&state.secrets, WRONG_PINS, &operator.0);
    let code_hash = match &typed {
        Typed::Code(code) => code.hash(&state.secrets, operator),
        Typed::Pin(_) => String::new(),
    };
    let proof = match &typed {
        Typed::Pin(pin) => matching_step(state, operator, pin).await?.map(Proof::Step),
        Typed::Code(_) => Some(Proof::RecoveryCode(&code_hash)),
    };
    let attempt = Attempted { operator, typed: &typed, proof, attempts: &attempts };
    if is_repeat {
        return judge_repeat(&recorder, token, &attempt).await;
    }
    use_proof(&recorder, token, &attempt).await
}

/// A form sent twice is one sign-in, which the first of them has recorded.
async fn judge_repeat(
    recorder: &Recorder<'_>,
    old: &SessionToken,
    attempt: &Attempted<'_>,
) -> Result<SecondStep, AppError> {
    let (state, operator) = (recorder.state, attempt.operator);
    let left = match recorder.begin(attempt.attempts, PINS).await? {
        Attempt::Allowed { left } => left,
        Attempt::Locked { until } => return Ok(SecondStep::Locked { until }),
    };
    let Some(proof) = attempt.proof else {
        let locks = recorder.fail(attempt.attempts, left, "wrong").await?;
        return Ok(locks.map_or(SecondStep::Wrong { left }, |until| SecondStep::Locked { until }));
    };
    let (token, since) = (SessionToken::new(&state.random)?, state.clock.now_ms() - TWICE_WITHIN);
    if state.db.step_up_again(&old.hash(), &token.hash(), proof, since).await? {
        return Ok(SecondStep::SignedIn { token, operator: operator.clone() });
    }
    refuse_without_session(recorder, attempt.attempts, left).await
}

/// Records a counted attempt for which there is no session any more.
async fn refuse_without_session(recorder: &Recorder<'_>, attempts: &str, left: i64) -> Result<SecondStep, AppError> {
    let locks = recorder.fail(attempts, left, "no_session").await?;
    Ok(locks.map_or(SecondStep::Over(None), |until| SecondStep::Locked { until }))
}

/// Records a second factor for a session that is over: of an account that was disabled meanwhile, for example. Where
/// nobody knows whose it was, the entry is nobody's.
pub(super) async fn refuse_over(
    state: &AppState,
    source: Source,
    whose: Option<String>,
    why: Option<WhyOver>,
) -> Result<SecondStep, AppError> {
    let by = By { actor: whose.unwrap_or_else(|| NOBODY.to_owned()), source };
    let reason = match why {
        None => "no_session",
        Some(WhyOver::SignedOut) => "signed_out",
        Some(WhyOver::Superseded) => "superseded",
        Some(WhyOver::Withdrawn) => "withdrawn",
        Some(WhyOver::TooOld) => "too_old",
    };
    Recorder { state, by: &by, action: Action::SignIn, login_type: "" }.refuse(reason).await?;
    Ok(SecondStep::Over(why))
}

/// An attempt to use up a proof of the second factor.
struct Attempted<'a> {
    operator: &'a OperatorId,
    typed: &'a Typed,
    /// What was typed, if it proves anything.
    proof: Option<Proof<'a>>,
    /// Under which key it counts.
    attempts: &'a str,
}

/// What a second factor is typed for.
enum ToProve {
    /// A session that it would open, and whether a form sent twice has opened it a moment ago.
    Session { session: Box<StoredSession>, is_repeat: bool },
    /// One that is in use.
    Nothing,
    /// One that is over, of this user name, or one that is not there.
    Over { whose: Option<String>, why: Option<WhyOver> },
}

async fn session_to_prove(state: &AppState, login: &LoginSession, token: &SessionToken) -> Result<ToProve, AppError> {
    let now = state.clock.now_ms();
    let Some(session) = login.stored().await? else {
        let renewed = state.db.session_renewed_from(&token.hash(), now - TWICE_WITHIN).await?;
        return Ok(renewed.map_or(ToProve::Over { whose: None, why: None }, |session| ToProve::Session {
            session: Box::new(session),
            is_repeat: true,
        }));
    };
    Ok(match standing(&state.config.session, &session, now) {
        Standing::AwaitsPin | Standing::Locked => ToProve::Session { session: Box::new(session), is_repeat: false },
        Standing::Active => ToProve::Nothing,
        Standing::Over(why) => ToProve::Over { whose: Some(session.account.username), why: Some(why) },
    })
}

async fn use_proof(
    recorder: &Recorder<'_>,
    old: &SessionToken,
    attempt: &Attempted<'_>,
) -> Result<SecondStep, AppError> {
    let Attempted { operator, typed, proof, attempts } = *attempt;
    let state = recorder.state;
    let (token, now) = (SessionToken::new(&state.random)?, state.clock.now_ms());
    let (old, new, was_locked) = (&old.hash(), &token.hash(), recorder.action == Action::Unlock);
    let record = |told| record_of(recorder, typed, told, now);
    let counted = Counted { subject: attempts, account: None, limit: PINS, now };
    let step_up = StepUp { operator, old, new, proof, attempt: counted, was_locked, record: &record };
    let (why, left, until) = match state.db.step_up(&step_up).await? {
        SteppedUp::Refused { why, left, until } => (why, left, until),
        SteppedUp::Done => {
            count(recorder.action, "done");
            return Ok(SecondStep::SignedIn { token, operator: operator.clone() });
        }
        // All of it was undone: the attempt counts all the same.
        SteppedUp::NoSession => match recorder.begin(attempts, PINS).await? {
            Attempt::Allowed { left } => return refuse_without_session(recorder, attempts, left).await,
            Attempt::Locked { until } => return Ok(SecondStep::Locked { until }),
        },
    };
    count(recorder.action, reason(why, typed));
    if until.is_some() && why != Refusal::Locked {
        count_lock_out();
    }
    Ok(match (until, why, typed) {
        (Some(until), ..) => SecondStep::Locked { until },
        (None, Refusal::UsedBefore, Typed::Pin(_)) => SecondStep::UsedBefore,
        (None, Refusal::UsedBefore, Typed::Code(_)) => SecondStep::NoSuchCode,
        (None, ..) => SecondStep::Wrong { left },
    })
}

/// The word of a refusal.
const fn reason(why: Refusal, typed: &Typed) -> &'static str {
    match (why, typed) {
        (Refusal::Locked, _) => "locked",
        (Refusal::Wrong, _) => "wrong",
        (Refusal::UsedBefore, Typed::Pin(_)) => "used_before",
        (Refusal::UsedBefore, Typed::Code(_)) => "no_such_code",
    }
}

fn record_of(recorder: &Recorder<'_>, typed: &Typed, told: Told, now: i64) -> Record {
    match told {
        Told::Done => recorder.done(),
        Told::Superseded => recorder.record(Act::done(Action::Superseded)),
        Told::Lock => recorder.by.record(Act::done(Action::Lock), &recorder.state.secrets, now),
        Told::Refused(why) => recorder.refused(reason(why, typed)),
        Told::LockOut => recorder.record(Act::done(Action::LockOut)),
    }
}

pub(super) async fn matching_step(state: &AppState, operator: &OperatorId, pin: &Pin) -> Result<Option<i64>, AppError> {
    let factor = state.db.second_factor(operator).await?;
    let Some(sealed) = factor.and_then(|factor| factor.totp_secret) else { return Ok(None) };
    TotpSecret::open(&sealed, &state.secrets, operator)
        .and_then(|secret| secret.step_of(pin, state.clock.now()))
        .map_err(AppError::internal)
}
