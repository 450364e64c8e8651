//! How a code is shown while it is typed: in groups, without changing a symbol of it.

use crate::domain::{code::strip_cun_prefix, symbols::normalise};

/// The sizes of the groups of a code of ten symbols, as the app shows them.
pub const CODE_GROUPS: &[usize] = &[3, 4, 3];
/// The sizes of the groups of the eight digits of a card.
pub const CARD_GROUPS: &[usize] = &[4, 4];

/// The value in groups; a prefix that was typed stays. `caret` is the place in `typed`, in characters, and comes back
/// as the place behind the same symbol.
#[must_use]
pub fn regroup(typed: &str, caret: usize, groups: &[usize]) -> (String, usize) {
    let before: String = typed.chars().take(caret).collect();
    let symbols_before = normalise(&before).chars().count();
    let normalised = normalise(typed);
    let (prefix, body) = match strip_cun_prefix(&normalised) {
        Some(body) => ("CUN", body.to_owned()),
        None => ("", normalised),
    };
    let mut shown = String::new();
    let mut place = None;
    let mut count = 0;
    let mut note = |shown: &String, count: usize| {
        if count == symbols_before && place.is_none() {
            place = Some(shown.chars().count());
        }
    };
    note(&shown, count);
    for symbol in prefix.chars() {
        shown.push(symbol);
        count += 1;
        note(&shown, count);
    }
    if !prefix.is_empty() && !body.is_empty() {
        shown.push('-');
    }
    for (index, symbol) in body.chars().enumerate() {
        if index > 0 && is_boundary(index, groups) {
            shown.push(' ');
        }
        shown.push(symbol);
        count += 1;
        note(&shown, count);
    }
    let end = shown.chars().count();
    (shown, place.unwrap_or(end))
}

fn is_boundary(index: usize, groups: &[usize]) -> bool {
    groups
        .iter()
        .scan(0, |end, size| {
            *end += size;
            Some(*end)
        })
        .any(|end| end == index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_in_groups_and_the_caret_stays_behind_its_symbol() {
        assert_eq!(regroup("59y5", 4, CODE_GROUPS), ("59Y 5".into(), 5));
        assert_eq!(regroup("59Y5QWWF4Z", 3, CODE_GROUPS), ("59Y 5QWW F4Z".into(), 3));
        assert_eq!(regroup("cun-h17kz6247a", 14, CODE_GROUPS), ("CUN-H17 KZ62 47A".into(), 16));
        assert_eq!(regroup("CUN", 3, CODE_GROUPS), ("CUN".into(), 3));
        assert_eq!(regroup("1234 5678", 9, CARD_GROUPS), ("1234 5678".into(), 9));
        assert_eq!(regroup("", 0, CARD_GROUPS), (String::new(), 0));
    }

    #[test]
    fn grouping_changes_no_symbol() {
        for typed in ["0O1", "CUN: H17", "ab\u{200b}c", "12345678901234"] {
            let (shown, _) = regroup(typed, 0, CODE_GROUPS);
            let plain = normalise(typed).replace(':', "");
            assert_eq!(normalise(&shown), plain, "{typed}");
        }
    }
}
