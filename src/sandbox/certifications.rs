//! What this Sistema TS knows of exemptions: the certifications, and the users who may close them (seed 000).

use std::collections::BTreeMap;

use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::demo;

/// A user of a region or health authority, censused by the local security administrator (seed 000, 4).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) region: String,
    pub(super) authority: String,
    /// Whether the administrator authorised it.
    pub(super) is_authorised: bool,
}

/// A certification of exemption.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Certification {
    pub(super) fiscal_code: String,
    pub(super) code: String,
    pub(super) valid_from: Date,
    /// Its last day; once it is closed, the day before the closure's at the latest.
    pub(super) valid_to: Date,
    #[serde(default)]
    pub(super) is_closed: bool,
}

/// All of them.
#[derive(Default)]
pub(super) struct Certifications {
    pub(super) users: BTreeMap<String, User>,
    pub(super) certifications: Vec<Certification>,
}

/// There is none to close: no such certification, or it is closed already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotFound;

impl Certifications {
    /// With the demo users and certifications alone.
    pub(super) fn at_start() -> Self {
        let user = |&(id, region, authority, is_authorised): &(&str, &str, &str, bool)| {
            (id.to_owned(), User { region: region.to_owned(), authority: authority.to_owned(), is_authorised })
        };
        let certification = |&(person, code, valid_from, valid_to): &(&str, &str, Date, Date)| Certification {
            fiscal_code: person.to_owned(),
            code: code.to_owned(),
            valid_from,
            valid_to,
            is_closed: false,
        };
        Self {
            users: demo::USERS.iter().map(user).collect(),
            certifications: demo::CERTIFICATIONS.iter().map(certification).collect(),
        }
    }

    /// Closes a certification; its end until then.
    pub(super) fn close(&mut self, code: &str, from: Date, person: &str, today: Date) -> Result<Date, NotFound> {
        let is_it = |known: &&mut Certification| {
            known.code == code && known.valid_from == from && known.fiscal_code == person && !known.is_closed
        };
        let certification = self.certifications.iter_mut().find(is_it).ok_or(NotFound)?;
        certification.is_closed = true;
        let old_end = certification.valid_to;
        // What has ended already does not go on.
        certification.valid_to = old_end.min(today.saturating_sub(1.day()));
        Ok(old_end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certification_is_closed_once_and_tells_its_old_end() {
        let mut known = Certifications::at_start();
        let &(person, code, from, to) = demo::CERTIFICATIONS.first().expect("one");
        let today = from.saturating_add(40.days());
        assert_eq!(known.close(code, from, "RSSMRA80A01H501U", today), Err(NotFound));
        assert_eq!(known.close(code, today, person, today), Err(NotFound));
        assert_eq!(known.close(code, from, person, today), Ok(to));
        assert_eq!(known.close(code, from, person, today), Err(NotFound));
        let &(person, code, from, to) = demo::CERTIFICATIONS.last().expect("another");
        assert_eq!(known.close(code, from, person, to.saturating_add(9.days())), Ok(to));
        let ends = known.certifications.iter().map(|one| one.valid_to).collect::<Vec<_>>();
        assert!(ends.contains(&from.saturating_add(39.days())) && ends.contains(&to), "{ends:?}");
    }
}
