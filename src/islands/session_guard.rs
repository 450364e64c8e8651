//! Warns before the session locks, extends it in one action, and covers the page when it has locked, until the PIN opens
//! it again with everything that was typed still there.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};

use super::{
    session_cover::{ROOT, cover, focus_soon, give_focus_back, leave, on_return, uncover, watch_focus},
    session_lock::{Over, PinLock, Warning},
    session_state::{SessionState, ask, extend, unlock},
    timer::{Restart, now, remaining},
};

/// The words of the warning and of the lock, in the visitor's language.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct GuardTexts {
    /// What stands before the time left.
    pub warning: String,
    /// The same before the end of a session that can't be extended.
    pub last_warning: String,
    /// The button that extends.
    pub extend: String,
    /// Said when it is extended.
    pub extended: String,
    /// The heading of the lock.
    pub locked_title: String,
    /// What the lock says.
    pub locked: String,
    /// Who is asked for the PIN.
    pub who: String,
    /// The label of the PIN.
    pub pin: String,
    /// The hint under it.
    pub pin_hint: String,
    /// The button that opens.
    pub verify: String,
    /// The button for who is somebody else.
    pub someone_else: String,
    /// The heading when the session is over.
    pub over_title: String,
    /// What becomes of what was typed.
    pub kept: String,
    /// The link to the sign-in page.
    pub sign_in: String,
    /// Said when the server does not answer.
    pub unreachable: String,
    /// Said when the lock is lifted.
    pub lifted: String,
}

/// How long the session lasts, in milliseconds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct GuardTimes {
    /// Until it locks, when the page was made.
    pub left: i64,
    /// Whether it then ends, used or not.
    pub is_final: bool,
    /// How long before it locks the warning is shown.
    pub warning: i64,
}

/// How often the server is asked while the session is about to lock, in milliseconds: another tab may have extended it.
const BEAT: i64 = 5_000;
/// How long the page waits for the server's word that the session has locked.
const PATIENCE: Duration = Duration::from_secs(2);
/// For how many milliseconds a covered page keeps what was typed: as long as a sealed cookie lives.
const KEPT: f64 = 30.0 * 60_000.0;
/// How often it is looked whether that time is over: a timer that is set for the end would stand still in sleep.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// The id of the PIN's field.
pub(super) const PIN_FIELD: &str = "session-pin";
/// The id of the heading of a session that is over.
pub(super) const OVER_TITLE: &str = "session-over";

/// What covers the page.
#[derive(Clone, PartialEq, Eq)]
enum Cover {
    Nothing,
    Pin,
    Over(String),
}

/// The guard of one page.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    operator: StoredValue<String>,
    texts: StoredValue<GuardTexts>,
    warning: i64,
    pub(super) left: ReadSignal<i64>,
    restart: Restart,
    pub(super) is_final: RwSignal<bool>,
    /// Whether the server has said, or could not be asked, that the session is about to lock.
    is_near: RwSignal<bool>,
    cover: RwSignal<Cover>,
    /// When it was covered, by the clock on the wall.
    covered_at: StoredValue<Option<f64>>,
    /// What went wrong with the last act.
    pub(super) problem: RwSignal<Option<String>>,
    /// Announced in its turn.
    said: RwSignal<Option<String>>,
}

impl Guard {
    fn new(operator: String, times: GuardTimes, texts: GuardTexts) -> Self {
        let (left, restart) = remaining(times.left);
        Self {
            operator: StoredValue::new(operator),
            texts: StoredValue::new(texts),
            warning: times.warning,
            left,
            restart,
            is_final: RwSignal::new(times.is_final),
            is_near: RwSignal::new(false),
            cover: RwSignal::new(Cover::Nothing),
            covered_at: StoredValue::new(None),
            problem: RwSignal::new(None),
            said: RwSignal::new(None),
        }
    }

    pub(super) fn text(self, of: impl Fn(&GuardTexts) -> &String) -> String {
        self.texts.with_value(|texts| of(texts).clone())
    }

    fn is_covered(self) -> bool {
        self.cover.with_untracked(|cover| *cover != Cover::Nothing)
    }

    fn look(self) {
        spawn_local(async move {
            let answer = ask().await;
            self.take(answer);
        });
    }

    /// Does what the server's answer asks for.
    fn take(self, answer: Option<SessionState>) {
        let is_ours = |operator: &String| self.operator.with_value(|ours| ours == operator);
        match answer {
            // What the page knows by itself counts.
            None => self.is_near.set(self.left.get_untracked() <= self.warning),
            Some(SessionState::Active { operator, left, is_final }) if is_ours(&operator) => {
                self.restart.with(left);
                self.is_final.set(is_final);
                self.is_near.set(left <= self.warning);
                self.problem.set(None);
                self.cover_with(Cover::Nothing);
            }
            Some(SessionState::Locked { operator, refusal }) if is_ours(&operator) => {
                self.problem.set(refusal);
                self.cover_with(Cover::Pin);
            }
            // Another operator is at this browser: nothing of this page may be left in it.
            Some(SessionState::Active { .. } | SessionState::Locked { .. }) => leave("/"),
            Some(SessionState::Over { why }) => self.cover_with(Cover::Over(why)),
            Some(SessionState::Left) => leave("/login"),
        }
    }

    fn cover_with(self, next: Cover) {
        if self.cover.with_untracked(|cover| *cover == next) {
            return;
        }
        let (was, will) = (self.is_covered(), next != Cover::Nothing);
        match &next {
            Cover::Nothing => {}
            Cover::Pin => focus_soon(PIN_FIELD),
            Cover::Over(_) => focus_soon(OVER_TITLE),
        }
        self.cover.set(next);
        if will && !was {
            cover();
            self.said.set(None);
            self.covered_at.set_value(Some(now()));
        } else if was && !will {
            self.covered_at.set_value(None);
            uncover();
            self.said.set(Some(self.text(|texts| &texts.lifted)));
        }
    }

    /// Leaves the page if nobody has come back in time since it was covered.
    fn forget_in_time(self) {
        if self.covered_at.get_value().is_some_and(|at| now() - at >= KEPT) {
            leave("/login/pin");
        }
    }

    /// Somebody comes back, perhaps after the machine has slept: covers first, by the clock on the wall, and asks after.
    fn come_back(self) {
        self.forget_in_time();
        self.restart.look();
        self.insist();
        self.look();
    }

    /// The time is over and the server has not said so: the page is covered all the same.
    fn insist(self) {
        if self.left.get_untracked() == 0 && !self.is_covered() {
            self.cover_with(Cover::Pin);
        }
    }

    /// Asks when the session is about to lock, and when somebody comes back.
    fn watch(self) {
        let beat = Memo::new(move |_| {
            let left = self.left.get();
            (left <= self.warning).then_some((left + BEAT - 1) / BEAT)
        });
        Effect::new(move |before: Option<Option<i64>>| {
            let now = beat.get();
            if let Some(beats) = now.filter(|_| !self.is_covered()) {
                match before.flatten() {
                    // The server was asked a moment ago, and again now: perhaps another tab has extended it.
                    Some(1) if beats == 0 => set_timeout(move || self.insist(), PATIENCE),
                    // The machine has slept, or the browser has let the page sleep.
                    _ => self.insist(),
                }
                self.look();
            }
            now
        });
        Effect::new(move |_| {
            watch_focus();
            on_return(move || self.come_back());
            if let Ok(interval) = set_interval_with_handle(move || self.forget_in_time(), LOOK_EVERY) {
                on_cleanup(move || interval.clear());
            }
        });
    }

    pub(super) fn extend(self) {
        self.said.set(None);
        spawn_local(async move {
            let answer = extend().await;
            if answer.is_none() {
                self.problem.set(Some(self.text(|texts| &texts.unreachable)));
            }
            self.take(answer);
            if !self.is_near.get_untracked() && !self.is_covered() {
                give_focus_back();
                self.said.set(Some(self.text(|texts| &texts.extended)));
            }
        });
    }

    pub(super) fn unlock(self, pin: String, is_busy: RwSignal<bool>) {
        is_busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let answer = unlock(&pin).await;
            is_busy.set(false);
            if answer.is_none() {
                self.problem.set(Some(self.text(|texts| &texts.unreachable)));
            } else {
                self.take(answer);
            }
            focus_soon(PIN_FIELD);
        });
    }
}

/// The warning and the lock, each shown only when it is time.
#[island]
pub fn SessionGuard(
    /// The id of the account whose page this is.
    operator: String,
    /// How long.
    times: GuardTimes,
    /// The words.
    texts: GuardTexts,
) -> impl IntoView {
    let guard = Guard::new(operator, times, texts);
    guard.watch();
    let is_warning = Memo::new(move |_| guard.is_near.get() && guard.cover.get() == Cover::Nothing);
    view! {
        <div id=ROOT>
            <p class="visually-hidden" role="status">{move || guard.said.get()}</p>
            <div class="session-guard" role="alert" hidden=move || !is_warning.get()>
                {move || is_warning.get().then(|| view! { <Warning guard /> })}
            </div>
            {move || match guard.cover.get() {
                Cover::Nothing => None,
                Cover::Pin => Some(view! { <PinLock guard /> }.into_any()),
                Cover::Over(why) => Some(view! { <Over guard why /> }.into_any()),
            }}
        </div>
    }
}
