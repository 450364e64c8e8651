//! The middle of the page of a case: one thing to do, and beside it the sentence for the caller.

use leptos::prelude::*;

use super::{
    case_view::{CaseView, Question},
    fields::{Decision, DictatedField},
};
use crate::{
    components::{
        buttons::{Button, ButtonKind, LinkButton},
        field::{Checkbox, DateField},
        script::{Script, ScriptNote},
    },
    domain::{
        case::{OutcomeClass, Service, Stage},
        dates,
    },
    islands::{code_feedback::CodeKind, fill_date::FillDate},
    server::page::FORM,
};

/// What there is to do now.
#[component]
pub fn Work(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    match (view.question, view.stage) {
        (Question::Cancel, Stage::Unlocked) => {
            let act = "cancel";
            view! { <Ask view act title="desk.ask_cancel_title" what="desk.ask_cancel_text" button="desk.cancel" /> }
                .into_any()
        }
        (Question::Close, _) if view.is_half_way() => {
            let act = "close";
            view! { <Ask view act title="desk.ask_close_title" what="desk.ask_close_text" button="desk.close" /> }
                .into_any()
        }
        (_, Stage::Opened) => view! { <Verify view /> }.into_any(),
        (_, Stage::Verified) => view! { <Unlock view is_again=false /> }.into_any(),
        (_, Stage::Unlocked) => view! { <Conclude view /> }.into_any(),
        (_, Stage::Concluded) => {
            view! { <Rest view title="desk.concluded_title" what="desk.concluded_text" say="desk.say_concluded" /> }
                .into_any()
        }
        (_, Stage::Closed) => {
            view! { <Rest view title="desk.closed_title" what="desk.closed_text" say="desk.say_concluded" /> }
                .into_any()
        }
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
    let say = view.say("desk.say_verify");
    let CaseView { key, errors, typed, alphabet, .. } = view;
    view! {
        <form id=FORM class="desk-form" method="post" action=action>
            <Key key />
            <div class="desk-work">
                <h2>{language.text("desk.verify_title")}</h2>
                <DictatedField kind=CodeKind::Card value=typed.card errors=errors.clone() alphabet language />
                <DictatedField kind=CodeKind::Cun value=typed.cun errors=errors.clone() alphabet language />
                <Decision is_needed label="desk.repeat_verify" errors language />
            </div>
            <Script say language>
                <ScriptNote when=language.text("desk.note_cun_when") say=language.text("desk.note_cun_say") />
                <ScriptNote when=language.text("desk.open_note_when") say=language.text("desk.open_note_say") />
            </Script>
            <div class="desk-action">
                <Button>{language.text("desk.verify")}</Button>
            </div>
        </form>
    }
}

/// The fields of step 2.
#[component]
fn UnlockFields(
    /// The case.
    view: CaseView,
) -> impl IntoView {
    let language = view.language;
    let is_needed = view.asks_decision(Service::Unlock);
    let CaseView { data, errors, typed, alphabet, .. } = view;
    let sampled = data.verified.map(|verified| dates::display(verified.sampled_on)).unwrap_or_default();
    view! {
        <DictatedField kind=CodeKind::Otp value=typed.otp errors=errors.clone() alphabet language />
        <DateField name="onset" label=language.text("desk.onset") hint=language.text("desk.onset_hint")
            value=typed.onset error=errors.of("onset") />
        <Checkbox name="asymptomatic" label=language.text("desk.asymptomatic") is_checked=typed.asymptomatic>
            {language.text("desk.asymptomatic_hint")}
            " "
            <span id="sampled-on">{sampled}</span>
        </Checkbox>
        <FillDate tick="asymptomatic".to_owned() field="onset".to_owned() source="sampled-on".to_owned() />
        <Decision is_needed errors language />
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
    let language = view.language;
    let say = view.say("desk.say_unlock");
    let kind = if is_again { ButtonKind::Secondary } else { ButtonKind::Primary };
    let script = (!is_again).then(|| {
        view! {
            <Script say=say.clone() language>
                <ScriptNote when=language.text("desk.note_otp_when") say=language.text("desk.note_otp_say") />
                <ScriptNote when=language.text("desk.note_symptoms_when") say=language.text("desk.note_symptoms_say") />
            </Script>
        }
    });
    let (action, key) = (view.action("unlock"), view.key.clone());
    view! {
        <form id=FORM class=if is_again { "desk-again" } else { "desk-form" } method="post" action=action>
            <Key key />
            <div class="desk-work">
                {(!is_again).then(|| view! { <h2>{language.text("desk.unlock_title")}</h2> })}
                <UnlockFields view />
            </div>
            {script}
            <div class="desk-action">
                <Button kind>{language.text("desk.unlock")}</Button>
            </div>
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
    let say = view.say("desk.say_conclude");
    let (confirm, cancel, key) = (view.action("confirm"), view.action("cancel"), view.key.clone());
    view! {
        <form class="desk-form" method="post" action=confirm>
            <Key key />
            <div class="desk-work">
                <h2>{language.text("desk.conclude_title")}</h2>
                <p>{language.text("desk.conclude_text")}</p>
                <Decision is_needed errors language />
            </div>
            <Script say language>
                <ScriptNote when=language.text("desk.note_upload_when") say=language.text("desk.note_upload_say") />
            </Script>
            <div class="desk-action">
                <Button>{language.text("desk.confirm")}</Button>
                <p class="field-hint">{language.text("desk.conclude_cancel")}</p>
                <Button kind=ButtonKind::Danger formaction=cancel>{language.text("desk.cancel")}</Button>
            </div>
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
        || super::countdown::left(&view) == Some(0);
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
    what: &'static str,
    /// The button's text.
    button: &'static str,
) -> impl IntoView {
    let language = view.language;
    let say = language.text(if act == "cancel" { "desk.say_cancel" } else { "desk.say_close" });
    let is_needed = act == "cancel" && view.asks_decision(Service::Cancel);
    let (action, back) = (view.action(act), format!("/cases/{}", view.record.id));
    let CaseView { key, errors, .. } = view;
    view! {
        <form class="desk-form" method="post" action=action>
            <Key key />
            <input type="hidden" name="sure" value="1" />
            <div class="desk-work">
                <h2>{language.text(title)}</h2>
                <p>{language.text(what)}</p>
                <Decision is_needed errors language />
            </div>
            <Script say language />
            <div class="desk-action">
                <Button kind=ButtonKind::Danger>{language.text(button)}</Button>
                <LinkButton href=back>{language.text("desk.back")}</LinkButton>
            </div>
        </form>
    }
}

/// When nothing is left to do.
#[component]
fn Rest(
    /// The case.
    view: CaseView,
    /// The heading.
    title: &'static str,
    /// What is left.
    what: &'static str,
    /// The sentence for the caller.
    say: &'static str,
) -> impl IntoView {
    let (language, is_closed) = (view.language, view.stage == Stage::Closed);
    let script = (!is_closed).then(|| {
        view! {
            <Script say=language.text(say) language>
                <ScriptNote when=language.text("desk.note_after_when") say=language.text("desk.note_after_say") />
            </Script>
        }
    });
    view! {
        <div class="desk-work">
            <h2>{language.text(title)}</h2>
            <p>{language.text(what)}</p>
            {is_closed.then(|| {
                view! { <LinkButton href="/" kind=ButtonKind::Primary>{language.text("desk.new_case")}</LinkButton> }
            })}
        </div>
        {script}
    }
}
