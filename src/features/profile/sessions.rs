//! Where an account was in use, put together from what the registers have of it: they are kept for months anyway, and a
//! second store of addresses and devices would be one more to purge.

use crate::storage::registers::{Action, Fact, StoredEntry};

/// A session as its owner sees it. Instants in milliseconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastSession {
    /// Name and major version of the browser; empty where it is not known.
    pub browser: String,
    /// The operating system; empty where it is not known.
    pub platform: String,
    /// From which address.
    pub ip: String,
    /// When it began.
    pub began: i64,
    /// When it is known to have been in use for the last time.
    pub seen: i64,
    /// When and how it ended; none while it lasts.
    pub ended: Option<(i64, Ending)>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Its owner left.
    SignOut,
    /// Its owner left all of them.
    Everywhere,
    /// By a newer sign-in.
    Superseded,
    /// It lasted as long as a session may.
    Expiry,
    /// Somebody else ended it, or the account was disabled, or its credentials were made anew.
    Withdrawn,
    /// By a newer sign-in before its end was noted.
    Unknown,
}

impl Ending {
    /// The key of its words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::SignOut => "profile.ended_sign_out",
            Self::Everywhere => "profile.ended_everywhere",
            Self::Superseded => "profile.ended_superseded",
            Self::Expiry => "profile.ended_expiry",
            Self::Withdrawn => "profile.ended_withdrawn",
            Self::Unknown => "profile.ended_unknown",
        }
    }
}

/// What a [`Fact::Part`] of a sign-out says if it was one of all sessions.
pub const EVERYWHERE: &str = "everywhere";

/// The sessions that these entries tell of, the newest first. An account has one session at a time.
#[must_use]
pub fn sessions_of(entries: &[StoredEntry]) -> Vec<PastSession> {
    let mut sessions: Vec<PastSession> = Vec::new();
    for entry in entries {
        let open = sessions.last_mut().filter(|session| session.ended.is_none());
        let Ok(action) = entry.action.parse::<Action>() else { continue };
        match action {
            Action::SignIn => {
                if let Some(session) = open {
                    session.ended = Some((entry.at, Ending::Unknown));
                }
                sessions.push(begun(entry));
            }
            Action::Unlock => open.into_iter().for_each(|session| session.seen = entry.at),
            other => {
                if let (Some(session), Some(ending)) = (open, ending(other, entry)) {
                    session.ended = Some((entry.at, ending));
                }
            }
        }
    }
    sessions.reverse();
    sessions
}

fn begun(entry: &StoredEntry) -> PastSession {
    let details = entry.read_details();
    let (browser, platform) = (details.fact(Fact::Browser).to_owned(), details.fact(Fact::Platform).to_owned());
    PastSession { browser, platform, ip: entry.ip.clone(), began: entry.at, seen: entry.at, ended: None }
}

fn ending(action: Action, entry: &StoredEntry) -> Option<Ending> {
    match action {
        Action::SignOut if entry.read_details().fact(Fact::Part) == EVERYWHERE => Some(Ending::Everywhere),
        Action::SignOut => Some(Ending::SignOut),
        Action::Superseded => Some(Ending::Superseded),
        Action::Expiry => Some(Ending::Expiry),
        Action::AccountDisabled | Action::CredentialsReset | Action::SessionsEnded => Some(Ending::Withdrawn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::registers::Details;

    fn entry(at: i64, action: Action, part: &str) -> StoredEntry {
        let details = Details::default().with(Fact::Browser, "Firefox 115").with(Fact::Part, part);
        StoredEntry {
            seq: at,
            at,
            actor: "m.rossi".to_owned(),
            action: action.word().to_owned(),
            outcome: "done".to_owned(),
            ip: "192.0.2.1".to_owned(),
            target: String::new(),
            details: serde_json::to_string(&details).unwrap(),
            previous: String::new(),
            hash: String::new(),
            seal: String::new(),
        }
    }

    #[test]
    fn each_sign_in_is_a_session_and_ends_with_what_follows() {
        let entries = [
            entry(1, Action::SignOut, ""),
            entry(2, Action::SignIn, ""),
            entry(3, Action::Unlock, ""),
            entry(4, Action::SignOut, EVERYWHERE),
            entry(5, Action::Unlock, ""),
            entry(6, Action::SignIn, ""),
            entry(7, Action::Superseded, ""),
            entry(7, Action::SignIn, ""),
            entry(8, Action::SignIn, ""),
            entry(9, Action::CredentialsReset, ""),
            entry(10, Action::SignIn, ""),
        ];
        let told: Vec<_> = sessions_of(&entries).iter().map(|it| (it.began, it.seen, it.ended)).collect();
        assert_eq!(
            told,
            [
                (10, 10, None),
                (8, 8, Some((9, Ending::Withdrawn))),
                (7, 7, Some((8, Ending::Unknown))),
                (6, 6, Some((7, Ending::Superseded))),
                (2, 3, Some((4, Ending::Everywhere))),
            ]
        );
        assert_eq!(sessions_of(&entries)[0].browser, "Firefox 115");
    }
}
