//! Pictures that stand beside a word, never instead of it.

use leptos::prelude::*;

use super::kept::Kept;

/// A picture, drawn in a square of 16 units in the colour of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Icon {
    /// It is done.
    Check,
    /// It was refused.
    Cross,
    /// Something needs attention.
    Warning,
    /// Nobody knows yet.
    Question,
    /// Something worth knowing.
    Info,
    /// Where one stands.
    Current,
    /// Still to come.
    Pending,
    /// Words to say.
    Speech,
}

impl Icon {
    const fn outline(self) -> &'static str {
        match self {
            Self::Check => "M2.5 8.5l3.5 3.5 7.5-8",
            Self::Cross => "M3.5 3.5l9 9m0-9l-9 9",
            Self::Warning => "M8 2L1.5 13.5h13zM8 6.5v3.5m0 1.6v.4",
            Self::Question => "M5.2 6a2.8 2.8 0 1 1 4 2.5C8.3 9 8 9.5 8 10.3M8 12.6v.4",
            Self::Info => "M8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13zM8 7.5v3.8m0-6.6v.4",
            Self::Current => {
                "M8 11.5a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7zM8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13z"
            }
            Self::Pending => "M8 14.5a6.5 6.5 0 1 1 0-13 6.5 6.5 0 0 1 0 13z",
            Self::Speech => "M2 2.5h12v8.5H8l-3.5 3v-3H2z",
        }
    }
}

/// The picture, hidden from screen readers.
#[component]
pub fn Picture(
    /// Which one.
    icon: Icon,
) -> impl IntoView {
    static KEPT: Kept<Icon> = Kept::new();
    KEPT.piece(icon, || {
        view! {
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
                <path d=icon.outline() />
            </svg>
        }
    })
}
