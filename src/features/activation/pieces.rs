//! What an activation and a profile show alike: a second factor to be paired, recovery codes to be saved.

use leptos::prelude::*;
use zeroize::Zeroizing;

use super::{codes::CodesToShow, qr};
use crate::{
    components::buttons::{Button, LinkButton},
    features::accounts::second_factor::TotpSecret,
    islands::{copy_button::CopyButton, print_button::PrintButton},
    server::{errors::AppError, language::Language},
};

/// The id of the list, for the button that copies it and for what is wrong with it.
pub const LIST: &str = "recovery-codes";

/// A second factor in the three ways in which an app takes it.
#[derive(Clone)]
pub struct Pairing {
    picture: String,
    address: Zeroizing<String>,
    spelled: Zeroizing<String>,
}

impl Pairing {
    /// Of this secret, for the account of this user name.
    pub fn of(secret: &TotpSecret, username: &str) -> Result<Self, AppError> {
        let address = secret.address(username).map_err(AppError::internal)?;
        let picture = qr::svg(&address).map_err(AppError::internal)?;
        Ok(Self { picture, address, spelled: secret.spelled() })
    }
}

/// Shows it: as a picture to scan, as a key to type, as a link to follow.
#[component]
pub fn Secret(
    /// What.
    pairing: Pairing,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    view! {
        <div class="qr" role="img" aria-label=text("qr") inner_html=pairing.picture></div>
        <p>
            {text("by_hand")} " "
            <code class="secret">{pairing.spelled.to_string()}</code>
        </p>
        <p>
            <a href=pairing.address.to_string()>{text("open_app")}</a>
        </p>
    }
}

/// Recovery codes, the ways to keep them, and the button that says that they are saved.
#[component]
pub fn SaveCodes(
    /// The codes.
    shown: CodesToShow,
    /// Where the form posts to, under which `/file` is the file.
    #[prop(into)]
    action: String,
    /// What happens when they are saved.
    #[prop(into)]
    until: String,
    /// In which language.
    language: Language,
) -> impl IntoView {
    let text = move |key: &str| language.text(&format!("activation.{key}"));
    let file = format!("{action}/file");
    let item = |code: &str| view! { <li><code>{code.to_owned()}</code></li>"\n" };
    view! {
        <p>{text("codes_how")}</p>
        // Each code on a line of its own, as they are copied too.
        <ol id=LIST class="recovery-codes" aria-label=text("codes")>
            {shown.codes.text().lines().map(item).collect_view()}
        </ol>
        <div class="recovery-ways">
            <LinkButton href=file>{text("codes_file")}</LinkButton>
            <PrintButton label=text("codes_print") />
            <CopyButton target=LIST.to_owned() label=text("codes_copy") done=text("codes_copied") />
        </div>
        <form method="post" action=action>
            <input type="hidden" name="set" value=shown.set />
            <p>{until}</p>
            <Button>{text("codes_saved")}</Button>
        </form>
    }
}
