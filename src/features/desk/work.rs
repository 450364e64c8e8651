//! The middle of the page of a case: one thing to do, and beside it the sentence for the caller.

use leptos::{either::Either, prelude::*};

use super::{
    call_data::Typed,
    case_view::{CaseView, LooseEnd, Question},
    countdown::{has_died, sentence},
};
use crate::{
    components::{
        alert::FormErrors,
        buttons::{Button, ButtonKind, LinkButton},
        field::{Checkbox, DateField},
        holed::{Fill, Holed, hole},
        kept::Kept,
        script::Script,
    },
    domain::{
        case::Stage,
        dates,
        service::{OutcomeClass, Service},
        spelling::Alphabet,
    },
    features::requests::fields::{Decision, DictatedField, Notes},
    islands::{code_feedback::CodeKind, fill_date::FillDate},
    server::{language::Language, page::FORM},
};

/// What there is to do now.
#[component]
pub fn Work(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    match (view.question, view.stage) {
        (Question::Cancel, _) => {
            let what = view.language.text("desk.ask_cancel_text");
            view! { <Ask view act="cancel" title="desk.ask_cancel_title" what button="desk.cancel" /> }.into_any()
        }
        (Question::Close, _) => {
            let loose = LooseEnd::of(&view.steps);
            let is_half_way = loose != LooseEnd::Nothing;
            let title = if is_half_way { "desk.ask_close_half_way_title" } else { "desk.ask_close_title" };
            let what = [loose.text(), if is_half_way { "desk.ask_close_half_way" } else { "desk.ask_close" }];
            let what = what.map(|key| view.language.text(key)).join(" ").trim().to_owned();
            view! { <Ask view act="close" title what button="desk.close" /> }.into_any()
        }
        (Question::None, Stage::Opened) => view! { <Verify view /> }.into_any(),
        (Question::None, Stage::Verified) => view! { <Unlock view is_again=false /> }.into_any(),
        (Question::None, Stage::Unlocked) => view! { <Conclude view /> }.into_any(),
        (Question::None, Stage::Concluded) => view! { <Concluded view /> }.into_any(),
        (Question::None, Stage::Closed) => view! { <Closed language=view.language /> }.into_any(),
    }
}

/// What every form of the case sends along.
#[component]
fn Key(
    /// The one-time key.
    key: String,
) -> impl IntoView {
    view! { <input type="hidden" name="key" value=key /> }
}

/// Step 1.
#[component]
fn Verify(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let (action, is_needed) = (view.action("verify"), view.asks_decision(Service::Verify));
    let say = sentence(&view, "desk.say_verify", true);
    let CaseView { key, errors, typed, alphabet, .. } = view;
    view! {
        <form id=FORM class="desk-form" method="post" action=action>
            <Key key />
            <div class="desk-work">
                <h2>{language.text("desk.verify_title")}</h2>
                <DictatedField kind=CodeKind::Card value=typed.card errors=errors.clone() alphabet language />
                <DictatedField kind=CodeKind::Cun value=typed.cun errors=errors.clone() alphabet language />
                <Decision is_needed service=Service::Verify errors language />
            </div>
            <div class="desk-action">
                <Button>{language.text("desk.verify")}</Button>
            </div>
            <Script say language>
                <Notes of=&["note_cun", "open_note"] language />
            </Script>
        </form>
    }
}

/// The date of onset.
#[component]
fn Onset(
    /// What stands in the field.
    value: String,
    /// What is wrong with it.
    error: Option<String>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    static EMPTY: Kept<Language> = Kept::new();
    let is_empty = value.is_empty() && error.is_none();
    let field = || {
        let (label, hint) = (language.text("desk.onset"), language.text("desk.onset_hint"));
        view! { <DateField name="onset" label hint value error /> }
    };
    if is_empty { Either::Left(EMPTY.piece(language, field)) } else { Either::Right(field()) }
}

/// What lets the box of the asymptomatic fill in the date.
static FILL_DATE: Kept<()> = Kept::new();

/// The fields of step 2.
#[component]
fn UnlockFields(
    /// What stands in them.
    typed: Typed,
    /// What is wrong with them.
    errors: FormErrors,
    /// When the swab was taken.
    sampled: String,
    /// Whether a second decision is asked for.
    is_needed: bool,
    /// How codes are read back.
    alphabet: Alphabet,
    /// In which language.
    language: Language,
) -> impl IntoView {
    view! {
        <DictatedField kind=CodeKind::Otp value=typed.otp errors=errors.clone() alphabet language />
        <Onset value=typed.onset error=errors.of("onset") language />
        <Checkbox name="asymptomatic" label=language.text("desk.asymptomatic") is_checked=typed.asymptomatic>
            {language.text("desk.asymptomatic_hint")}
            " "
            <span id="sampled-on">{sampled}</span>
        </Checkbox>
        {FILL_DATE.piece((), || {
            let name = str::to_owned;
            view! { <FillDate tick=name("asymptomatic") field=name("onset") source=name("sampled-on") /> }
        })}
        <Decision is_needed service=Service::Unlock errors language />
    }
}

/// Step 2.
#[component]
fn Unlock(
    /// The case.
    view: CaseView,
    /// Whether another OTP is unlocked after a first.
    is_again: bool,
) -> impl IntoView {
    static FRESH: Holed<(Language, &str)> = Holed::new();
    let say = (!is_again).then(|| sentence(&view, "desk.say_unlock", true));
    let (action, is_needed) = (view.action("unlock"), view.asks_decision(Service::Unlock));
    let CaseView { data, errors, typed, key, alphabet, language, .. } = view;
    let sampled = data.verified.map(|verified| dates::display(verified.sampled_on)).unwrap_or_default();
    let is_fresh = !is_needed && errors.is_empty() && typed == Typed::default();
    match say {
        // Nearly always: nothing is typed yet and nothing is wrong.
        Some(say) if is_fresh => {
            let say = say.to_html();
            let fills = [Fill::Text(&action), Fill::Text(&key), Fill::Text(&sampled), Fill::Html(&say)];
            Either::Left(FRESH.piece((language, alphabet.word()), &fills, || {
                let fields = view! { <UnlockFields typed errors sampled=hole(2) is_needed alphabet language /> };
                let (fields, say) = (fields.into_any(), Some(hole(3).into_any()));
                view! { <UnlockForm action=hole(0) key=hole(1) fields say language /> }
            }))
        }
        say => {
            let fields = view! { <UnlockFields typed errors sampled is_needed alphabet language /> }.into_any();
            Either::Right(view! { <UnlockForm action key fields say language /> })
        }
    }
}

/// The form of step 2; without a sentence for the caller it is that of another OTP after a first.
#[component]
fn UnlockForm(
    /// Where it posts to.
    action: String,
    /// The one-time key.
    key: String,
    /// Its fields.
    fields: AnyView,
    /// The sentence for the caller.
    say: Option<AnyView>,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let is_again = say.is_none();
    let kind = if is_again { ButtonKind::Secondary } else { ButtonKind::Primary };
    let script = say.map(|say| {
        view! {
            <Script say language>
                <Notes of=&["note_otp", "note_symptoms"] language />
            </Script>
        }
    });
    view! {
        <form id=FORM class=if is_again { "desk-again" } else { "desk-form" } method="post" action=action>
            <Key key />
            <div class="desk-work">
                {(!is_again).then(|| view! { <h2>{language.text("desk.unlock_title")}</h2> })}
                {fields}
            </div>
            <div class="desk-action">
                <Button kind>{language.text("desk.unlock")}</Button>
            </div>
            {script}
        </form>
    }
}

/// Step 3.
#[component]
fn Conclude(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let errors = view.errors.clone();
    let is_needed = view.asks_decision(Service::Confirm);
    let say = sentence(&view, "desk.say_conclude", true);
    let (confirm, cancel, key) = (view.action("confirm"), view.action("cancel"), view.key.clone());
    view! {
        <form class="desk-form" method="post" action=confirm>
            <Key key />
            <div class="desk-work">
                <h2>{language.text("desk.conclude_title")}</h2>
                <p>{language.text("desk.conclude_text")}</p>
                <Decision is_needed service=Service::Confirm errors language />
            </div>
            <div class="desk-action">
                <Button>{language.text("desk.confirm")}</Button>
                <p class="field-hint">{language.text("desk.conclude_cancel")}</p>
                <Button kind=ButtonKind::Danger formaction=cancel>{language.text("desk.cancel")}</Button>
            </div>
            <Script say language>
                <Notes of=&["note_tapped", "note_upload"] language />
            </Script>
        </form>
    }
}

/// Another OTP, once the first has died or changed: open where that is what there is to do.
#[component]
pub fn Again(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let is_offered = view.stage == Stage::Unlocked && view.question == Question::None;
    let is_open = view.refused == Some(Service::Unlock)
        || view.last_class(Service::Unlock) != Some(OutcomeClass::Done)
        || has_died(&view);
    is_offered.then(|| {
        view! {
            <details class="desk-strip" open=is_open>
                <summary>{view.language.text("desk.again")}</summary>
                <Unlock view is_again=true />
            </details>
        }
    })
}

/// The second act before something that can't be undone.
#[component]
fn Ask(
    /// The case.
    view: CaseView,
    /// What is asked about, as in the address.
    act: &'static str,
    /// The question.
    title: &'static str,
    /// What will happen.
    what: String,
    /// The button's text.
    button: &'static str,
) -> impl IntoView {
    let language = view.language;
    let say = language.text(if act == "cancel" { "desk.say_cancel" } else { "desk.say_close" }).into_any();
    let is_needed = act == "cancel" && view.asks_decision(Service::Cancel);
    let (action, back) = (view.action(act), format!("/cases/{}", view.record.id));
    let CaseView { key, errors, .. } = view;
    view! {
        <form class="desk-form" method="post" action=action>
            <Key key />
            <input type="hidden" name="sure" value="1" />
            <div class="desk-work">
                <h2>{language.text(title)}</h2>
                <p>{what}</p>
                <Decision is_needed service=Service::Cancel errors language />
            </div>
            <div class="desk-action">
                <Button kind=ButtonKind::Danger>{language.text(button)}</Button>
                <LinkButton href=back>{language.text("desk.back")}</LinkButton>
            </div>
            <Script say language />
        </form>
    }
}

/// The unlock is confirmed or cancelled: what is left to do is to close, whose effect is told beside the button.
#[component]
fn Concluded(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let say = sentence(&view, "desk.say_concluded", true);
    view! {
        <form class="desk-form" method="post" action=view.action("close")>
            <div class="desk-work">
                <h2>{language.text("desk.concluded_title")}</h2>
                <p>{language.text("desk.concluded_text")}</p>
            </div>
            <div class="desk-action">
                <Button>{language.text("desk.close")}</Button>
            </div>
            <Script say language>
                <Notes of=&["note_after"] language />
            </Script>
        </form>
    }
}

/// When nothing is left to do.
#[component]
fn Closed(
    /// In which language.
    language: Language,
) -> impl IntoView {
    view! {
        <div class="desk-work">
            <h2>{language.text("desk.closed_title")}</h2>
            <p>{language.text("desk.closed_text")}</p>
            <LinkButton href="/" kind=ButtonKind::Primary>{language.text("desk.new_case")}</LinkButton>
        </div>
    }
}
