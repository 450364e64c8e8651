//! Forms by which something was done to an account. Who looks for one holds the row that every act on an account takes
//! first, so that of two sendings, on whatever instances, the second finds the first.

/// For how many milliseconds a form is remembered: longer than any session in which it was shown.
pub(super) const REMEMBERED: i64 = 24 * 60 * 60 * 1000;
pub(super) const WAS_SENT: &str =
    "SELECT form FROM account_forms WHERE form = $1 AND action = $2 AND username = $3 AND sent_at > $4";
pub(super) const FORGET: &str = "DELETE FROM account_forms WHERE sent_at <= $1";
pub(super) const NOTE: &str = "INSERT INTO account_forms (form, action, username, sent_at) VALUES ($1, $2, $3, $4)";

/// Whether what is to be recorded was done by this very form before: `was_sent!(tx, form, record)`. What comes without
/// a form was not.
macro_rules! was_sent {
    ($tx:expr, $form:expr, $record:expr) => {{
        use $crate::storage::operators::forms::{REMEMBERED, WAS_SENT};
        let (form, record): (Option<&str>, &$crate::storage::registers::append::Record) = ($form, $record);
        let asked = sqlx::query(WAS_SENT).bind(form).bind(record.action().word()).bind(record.target());
        asked.bind(record.at() - REMEMBERED).fetch_optional(&mut *$tx).await?.is_some()
    }};
}
pub(super) use was_sent;

/// Notes by which form it was done, if by any, and forgets the old ones: `note_form!(tx, form, record)`.
macro_rules! note_form {
    ($tx:expr, $form:expr, $record:expr) => {{
        use $crate::storage::operators::forms::{FORGET, NOTE, REMEMBERED};
        let (form, record): (Option<&str>, &$crate::storage::registers::append::Record) = ($form, $record);
        if let Some(form) = form {
            sqlx::query(FORGET).bind(record.at() - REMEMBERED).execute(&mut *$tx).await?;
            let note = sqlx::query(NOTE).bind(form).bind(record.action().word()).bind(record.target());
            note.bind(record.at()).execute(&mut *$tx).await?;
        }
    }};
}
pub(super) use note_form;
