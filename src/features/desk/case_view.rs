//! What the page of a case shows: from what is kept, the work in progress and the sealed cookie.

use jiff::Timestamp;

use super::{
    at_desk::AtDesk,
    call_data::{CallData, Typed},
    note,
};
use crate::{
    components::alert::FormErrors,
    domain::{
        call::CallId,
        case::Stage,
        service::{OutcomeClass, Service},
        spelling::Alphabet,
    },
    features::requests::{
        outcome::{is_no, say},
        sealed::Drawer,
    },
    server::{errors::AppError, language::Language, retained::Retained},
    storage::{
        cases::CaseRecord,
        steps::{Step, effective_stage, last_of, open_question, stage_after},
    },
};

/// What the page asks before an act that can't be undone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Question {
    /// Nothing.
    #[default]
    None,
    /// Whether to cancel the unlock.
    Cancel,
    /// Whether to close the case.
    Close,
}

impl Question {
    /// The question, where the case stands so that there is something to ask. A case that is concluded is closed without
    /// another: its page says what closing does, and nothing is lost by it.
    const fn at(self, stage: Stage) -> Self {
        match (self, stage) {
            (Self::Cancel, Stage::Unlocked) => Self::Cancel,
            (Self::Close, Stage::Opened | Stage::Verified | Stage::Unlocked) => Self::Close,
            _ => Self::None,
        }
    }
}

/// What stays open of a call that is left where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LooseEnd {
    /// Nothing was done.
    Nothing,
    /// The test is verified, the OTP not unlocked.
    Verified,
    /// The OTP may be unlocked.
    UnlockUncertain,
    /// The OTP is unlocked, which is neither confirmed nor cancelled.
    Unlocked,
    /// The confirmation may be registered.
    ConfirmUncertain,
    /// The cancellation may be registered.
    CancelUncertain,
}

impl LooseEnd {
    /// What stays open after these requests.
    #[must_use]
    pub fn of(steps: &[Step]) -> Self {
        let uncertain = |service| open_question(steps, service).map(|step| step.service);
        // A verification that is repeated afterwards does not undo an unlock.
        let has_unlocked = steps.iter().any(|it| it.service == Service::Unlock && it.class() == OutcomeClass::Done);
        match (stage_after(steps), uncertain(Service::Confirm)) {
            (Stage::Concluded | Stage::Closed, _) => Self::Nothing,
            (_, Some(Service::Cancel)) => Self::CancelUncertain,
            (_, Some(_)) => Self::ConfirmUncertain,
            _ if has_unlocked => Self::Unlocked,
            _ if uncertain(Service::Unlock).is_some() => Self::UnlockUncertain,
            (Stage::Opened, _) => Self::Nothing,
            _ => Self::Verified,
        }
    }

    /// The key of the sentence that says so, and what to do about it.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Nothing => "desk.loose.nothing",
            Self::Verified => "desk.loose.verified",
            Self::UnlockUncertain => "desk.loose.unlock_uncertain",
            Self::Unlocked => "desk.loose.unlocked",
            Self::ConfirmUncertain => "desk.loose.confirm_uncertain",
            Self::CancelUncertain => "desk.loose.cancel_uncertain",
        }
    }

    /// Whether "Conferma differita" may be the way on.
    #[must_use]
    pub const fn can_be_confirmed_later(self) -> bool {
        matches!(self, Self::UnlockUncertain | Self::Unlocked | Self::ConfirmUncertain)
    }
}

/// A form that was refused, shown again with what was typed.
#[derive(Clone, Default)]
pub struct Refused {
    /// What is wrong.
    pub errors: FormErrors,
    /// What was typed.
    pub typed: Typed,
    /// In the form of which service.
    pub service: Option<Service>,
}

impl Refused {
    /// What was typed in a page that is shown again in the other language; nothing is wrong with it yet.
    #[must_use]
    pub fn retained(retained: &Retained) -> Option<Self> {
        let text = |name| retained.get(name).unwrap_or_default();
        let (card, cun, otp, onset) = (text("card"), text("cun"), text("otp"), text("onset"));
        let typed = Typed { card, cun, otp, onset, asymptomatic: retained.get("asymptomatic").is_some() };
        let service = if typed.otp.is_empty() && typed.onset.is_empty() { Service::Verify } else { Service::Unlock };
        (typed != Typed::default()).then(|| Self { typed, service: Some(service), ..Self::default() })
    }
}

/// The model of the page.
#[derive(Clone)]
pub struct CaseView {
    /// What is kept.
    pub record: CaseRecord,
    /// The requests so far.
    pub steps: Vec<Step>,
    /// Where the case stands.
    pub stage: Stage,
    /// What the call needs.
    pub data: CallData,
    /// Whether a verification was made whose data are gone.
    pub has_lost_data: bool,
    /// Whether a confirmation outside the call, of the same test, may have been carried out.
    pub is_unsettled: bool,
    /// The call that came meanwhile.
    pub waiting: Option<CallId>,
    /// What is wrong with the form.
    pub errors: FormErrors,
    /// What stands in the fields.
    pub typed: Typed,
    /// The form that was refused, of which service.
    pub refused: Option<Service>,
    /// What is asked.
    pub question: Question,
    /// The one-time key of the forms.
    pub key: String,
    /// How codes are read back.
    pub alphabet: Alphabet,
    /// In which language.
    pub language: Language,
    /// Now.
    pub now: Timestamp,
}

impl CaseView {
    /// Loads the case; none if this operator has none of this id.
    pub async fn load(
        desk: &AtDesk,
        id: &str,
        refused: Option<Refused>,
        question: Question,
    ) -> Result<Option<Self>, AppError> {
        let Some((record, mut steps)) = desk.state.db.case(id, &desk.actor.operator).await? else { return Ok(None) };
        let mut data = desk.call_data(id).unwrap_or_else(|| CallData::of_case(id));
        if let (Some(answer), Some(step)) = (&mut data.last, steps.last_mut()) {
            answer.complete(step);
        }
        let verified_by = data.verified.as_ref().map(|verified| verified.submission.as_str());
        let stage = if record.closed_at.is_some() { Stage::Closed } else { effective_stage(&steps, verified_by) };
        // Whatever the browser still carries, a call that is over has no data.
        let is_over = matches!(stage, Stage::Concluded | Stage::Closed);
        let data = if is_over { data.of_what_is_over() } else { data };
        let waiting = note::waiting_call(&desk.headers).filter(|_| record.closed_at.is_none());
        let waiting = waiting.filter(|call| record.call_id.as_deref() != Some(call.as_str()));
        let is_unsettled = is_unsettled(desk, &data);
        let has_lost_data = stage == Stage::Opened && stage_after(&steps) != Stage::Opened;
        let (errors, typed, refused) = match refused {
            Some(refused) => (refused.errors, refused.typed, refused.service),
            None => (FormErrors::default(), data.typed.clone(), None),
        };
        let (key, language, now) = (desk.new_key()?, desk.context.language, desk.now);
        let alphabet = desk.state.config.desk.alphabet_in(language);
        Ok(Some(Self {
            record,
            steps,
            stage,
            data,
            has_lost_data,
            is_unsettled,
            waiting,
            errors,
            typed,
            refused,
            question: question.at(stage),
            key,
            alphabet,
            language,
            now,
        }))
    }

    /// Whether the page has a form in which something is typed.
    #[must_use]
    pub fn has_fields(&self) -> bool {
        self.question == Question::None && matches!(self.stage, Stage::Opened | Stage::Verified | Stage::Unlocked)
    }

    /// The last request of the case that has ended or was cut off.
    #[must_use]
    pub fn last_step(&self) -> Option<&Step> {
        self.steps.last().filter(|step| !step.is_under_way(self.now))
    }

    /// The outcome that the page is about: of the last request, unless a form was refused since, a question is asked, or
    /// it belongs to a part of the call whose data are gone.
    #[must_use]
    pub fn outcome(&self) -> Option<&Step> {
        let is_about = self.errors.is_empty() && self.question == Question::None;
        let is_carried = |step: &&Step| self.data.last.as_ref().is_some_and(|last| last.submission == step.submission);
        self.last_step().filter(|step| is_about && (!self.has_lost_data || is_carried(step)))
    }

    /// Whether a request of the case is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.steps.last().is_some_and(|step| step.is_under_way(self.now))
    }

    /// The class of the last request for the same act as `service`.
    #[must_use]
    pub fn last_class(&self, service: Service) -> Option<OutcomeClass> {
        last_of(&self.steps, service).filter(|step| !step.is_under_way(self.now)).map(Step::class)
    }

    /// Whether repeating `service` asks for a second decision.
    #[must_use]
    pub fn asks_decision(&self, service: Service) -> bool {
        let is_conclusion = matches!(service, Service::Confirm | Service::Cancel);
        let is_open = open_question(&self.steps, service).is_some_and(|step| !step.is_under_way(self.now));
        is_open || (is_conclusion && self.is_unsettled)
    }

    /// Whether an earlier request for the same act as `step`, which did not come through, may have been carried out.
    #[must_use]
    pub fn is_after_uncertain(&self, step: &Step) -> bool {
        is_no(step) && self.asks_decision(step.service)
    }

    /// The sentence of the outcome that the page is about, else the step's usual one.
    #[must_use]
    pub fn say(&self, usual: &str) -> String {
        self.outcome().map_or_else(
            || self.language.text(usual),
            |step| {
                let answer = self.data.last.as_ref().filter(|answer| answer.submission == step.submission);
                say(step, answer, self.is_after_uncertain(step), self.language)
            },
        )
    }

    /// The address of an act of this case.
    #[must_use]
    pub fn action(&self, act: &str) -> String {
        format!("/cases/{}/{act}", self.record.id)
    }
}

/// Whether a confirmation outside the call of the verified test may have been carried out.
#[must_use]
pub fn is_unsettled(desk: &AtDesk, data: &CallData) -> bool {
    let Some(verified) = &data.verified else { return false };
    desk.open(Drawer::Deferred).is_some_and(|deferred| deferred.unsettled.holds(&verified.cun.to_wire(), ""))
}

#[cfg(test)]
mod tests {
    use super::{LooseEnd::*, *};

    #[test]
    fn every_loose_end_has_its_words_in_both_languages() {
        for language in Language::ALL {
            for loose in [Nothing, Verified, UnlockUncertain, Unlocked, ConfirmUncertain, CancelUncertain] {
                let words = language.text(loose.text());
                assert!(!words.contains("desk."), "{words}");
            }
        }
    }
}
