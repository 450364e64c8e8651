//! What the page of a case shows: from what is kept, the work in progress and the sealed cookie.

use jiff::{Timestamp, tz::TimeZone};

use super::{
    at_desk::AtDesk,
    call_data::{CallData, Typed},
    outcome::say,
};
use crate::{
    components::alert::FormErrors,
    domain::{
        case::{OutcomeClass, Service, Stage},
        spelling::Alphabet,
    },
    server::{clock::rome, errors::AppError, language::Language, retained::Retained},
    storage::{
        cases::CaseRecord,
        steps::{Step, effective_stage, last_of, stage_after},
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
    /// Whether to close the case half-way.
    Close,
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
            errors,
            typed,
            refused,
            question,
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

    /// Whether an unlock was begun and is neither confirmed nor cancelled, even if the call's data are gone.
    #[must_use]
    pub fn is_half_way(&self) -> bool {
        self.record.closed_at.is_none() && matches!(stage_after(&self.steps), Stage::Verified | Stage::Unlocked)
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
        self.last_class(service) == Some(OutcomeClass::Uncertain)
    }

    /// The sentence for the caller at this moment: the one of the last outcome while it is not a yes, else the step's.
    #[must_use]
    pub fn say(&self, usual: &str) -> String {
        let last = self.last_step().filter(|step| step.class() != OutcomeClass::Done && self.errors.is_empty());
        last.map_or_else(
            || self.language.text(usual),
            |step| {
                let answer = self.data.last.as_ref().filter(|answer| answer.submission == step.submission);
                say(step, answer, self.language)
            },
        )
    }

    /// The address of an act of this case.
    #[must_use]
    pub fn action(&self, act: &str) -> String {
        format!("/cases/{}/{act}", self.record.id)
    }
}

/// hh:mm:ss in Europe/Rome.
#[must_use]
pub fn time_of_day(at: Timestamp) -> String {
    at.to_zoned(rome()).strftime("%H:%M:%S").to_string()
}

/// gg/mm/aaaa hh:mm:ss in Europe/Rome.
#[must_use]
pub fn date_and_time(at: Timestamp) -> String {
    at.to_zoned(rome()).strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// The instant for the `datetime` attribute.
#[must_use]
pub fn machine_time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
