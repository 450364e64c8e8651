//! A desk of one act: a form, a request, its outcome on the same page. What such desks have in common is theirs in
//! `act_page`; what each is, it says here.

use std::future::Future;

use axum::http::HeaderValue;
use jiff::Timestamp;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::Error;

use super::{
    answer::Answered,
    at::At,
    errand::{Ended, Errand, When},
    memory::{Last, Memory, Typed},
    sealed::{Drawer, Sealed},
};
use crate::{
    components::alert::FormErrors,
    domain::{fiscal_code::FiscalCode, operator::OperatorId, service::Service, spelling::Alphabet},
    server::{auth::Admits, errors::AppError, language::Language, state::AppState},
    sistema_ts::{self, breaker::Circuit},
    storage::{Db, requests::Ask, steps::Beginning},
};

/// An act, its form read.
pub trait Act: Clone + Send + Sync + Sized + 'static {
    /// Who works at the desk.
    type Queue: Admits + 'static;
    /// How the service is reached.
    type Way: Way;
    /// What a yes brings that is shown afterwards. Carried by the browser, sealed.
    type Receipt: Clone + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// Which service is asked.
    const SERVICE: Service;
    /// In which cookie the browser carries what is shown.
    const DRAWER: Drawer;
    /// The page's address, of the form too.
    const PATH: &'static str;
    /// Under which key the page's texts are.
    const TEXTS: &'static str;
    /// The names of the form's fields.
    const FIELDS: &'static [&'static str];
    /// What to say in special cases, by the keys of their texts.
    const NOTES: &'static [&'static str];
    /// Those of the fields that stay filled in after a yes: nothing of a patient's.
    const KEPT: &'static [&'static str] = &[];
    /// Whether a second act is asked for before it is sent: it can't be undone.
    const ASKS_FIRST: bool = false;

    /// Those of the fields that are not there to be corrected: no outcome leads to them.
    fn absent(_form: &Form) -> &'static [&'static str] {
        &[]
    }

    /// Reads the form, all mistakes noted.
    fn read(typed: &Typed, at: &At<Self::Queue>, errors: &mut FormErrors) -> Option<Self>;

    /// What it is about: two acts about the same are a repetition.
    fn subject(&self) -> String;

    /// Asks the service, once.
    fn send(&self, way: &Self::Way, operator: &FiscalCode) -> impl Future<Output = Answered<Self::Receipt>> + Send;

    /// What is to be kept of a receipt, by when it was answered.
    fn received(receipt: Self::Receipt, _when: When) -> Self::Receipt {
        receipt
    }

    /// The fields of the form.
    fn fields(form: &Form) -> AnyView;

    /// What will be done, repeated before it is, where [`Act::ASKS_FIRST`].
    fn question(&self, _shown: &Shown) -> AnyView {
        ().into_any()
    }

    /// What the yes brought, in its card.
    fn brought(_receipt: &Self::Receipt, _shown: &Shown) -> Option<AnyView> {
        None
    }

    /// What the yes brought, beside its card.
    fn receipt(_receipt: Self::Receipt, _shown: &Shown) -> AnyView {
        ().into_any()
    }

    /// The sentence for the caller after a yes, where it is not the outcome's own.
    fn sentence(_receipt: &Self::Receipt, _shown: &Shown, _is_live: bool) -> Option<AnyView> {
        None
    }
}

/// The way to the services of a queue.
pub trait Way: Sync {
    /// The one that is configured, if any.
    fn of(state: &AppState) -> Option<&Self>;

    /// How calls stand.
    fn circuit(&self) -> Circuit;
}

macro_rules! ways {
    ($($way:ident: $field:ident),+) => {
        $(impl Way for sistema_ts::$way {
            fn of(state: &AppState) -> Option<&Self> {
                state.queues.$field.as_ref()
            }

            fn circuit(&self) -> Circuit {
                self.client().circuit()
            }
        })+
    };
}
ways!(Swabs: swabs, Asl: asl, Exemptions: exemptions);

/// What the fields show.
#[derive(Clone)]
pub struct Form {
    /// What stands in them.
    pub typed: Typed,
    /// What is wrong with them.
    pub errors: FormErrors,
    /// What the page is shown with.
    pub shown: Shown,
}

/// With what a page is shown.
#[derive(Clone)]
pub struct Shown {
    /// How codes are read back.
    pub alphabet: Alphabet,
    /// In which language.
    pub language: Language,
    /// Now.
    pub now: Timestamp,
    /// The running application.
    pub state: AppState,
}

impl Shown {
    /// To who asks.
    pub fn to<Q>(at: &At<Q>) -> Self {
        let (state, language) = (at.state.clone(), at.context.language);
        Self { alphabet: state.config.desk.alphabet_in(language), language, now: at.now, state }
    }
}

/// What an act is about, told apart from the desk's other acts.
pub fn subject_of<A: Act>(act: &A) -> String {
    format!("{} {}", A::SERVICE.word(), act.subject())
}

/// An act as it is carried out.
pub struct ActErrand<A: Act> {
    /// The form's one-time key.
    pub key: String,
    /// What is asked.
    pub act: A,
    /// What was typed, kept if it is not accepted.
    pub typed: Typed,
    /// Whether the operator has decided to repeat what may have happened, or it is about something else.
    pub repeats_knowingly: bool,
    /// What the browser carried until now.
    pub memory: Memory<A::Receipt>,
}

impl<A: Act> Errand for ActErrand<A> {
    type Effect = A::Receipt;

    fn key(&self) -> &str {
        &self.key
    }

    fn service(&self) -> Service {
        A::SERVICE
    }

    async fn begin(&self, db: &Db, operator: &OperatorId, at: Timestamp) -> Result<Beginning, Error> {
        let ask = Ask {
            submission: self.key.clone(),
            operator: operator.clone(),
            service: A::SERVICE,
            repeats_knowingly: self.repeats_knowingly,
            at,
        };
        db.begin_request(&ask).await
    }

    async fn send(&self, state: &AppState, operator: &FiscalCode) -> Answered<A::Receipt> {
        match A::Way::of(state) {
            Some(way) => self.act.send(way, operator).await,
            None => Answered::without_way(),
        }
    }

    fn carry_on(self, ended: Ended<A::Receipt>, sealed: &Sealed<'_>) -> Result<HeaderValue, AppError> {
        let Self { act, typed, mut memory, .. } = self;
        let Ended { class, effect, answer, when } = ended;
        let receipt = effect.map(|receipt| A::received(receipt, when));
        let last = Last { service: A::SERVICE, subject: subject_of(&act), answer, receipt };
        memory.note(class, last, (typed, A::KEPT), when.at);
        sealed.close(A::DRAWER, memory, when.at)
    }
}
