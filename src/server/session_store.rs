//! tower-sessions on our own tables: the layer, and the store behind it.
//!
//! The library reads the cookie, loads the session when somebody asks for it and at most once a request, and sets the
//! cookie when the id has changed. What a session is worth is ours to judge (`session::standing`).

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, Time};
use tower_sessions::{
    Expiry, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{self as library, Id, Record},
    session_store::{Error, Result},
};

use super::{
    clock::Clock,
    session::{COOKIE, SessionToken},
    state::AppState,
};
use crate::storage::{Db, Outage, sessions::SessionRow};

/// The one key of a record's data, under which a [`Carried`] lies.
pub(super) const KEY: &str = "login";
/// No record is ever out of date for the library, which would ask the system's clock: idleness and age are judged by
/// ours, against what the configuration says now, and somebody whose session is over is told why.
const NEVER: OffsetDateTime = OffsetDateTime::new_utc(Date::MAX, Time::MIDNIGHT);

/// What the library carries of a session, in memory, through one request.
#[derive(Deserialize, Serialize)]
pub(super) enum Carried {
    /// As it was loaded.
    Stored(Box<SessionRow>),
    /// It goes on under this id, whose row has just been written.
    Renewed([u8; 16]),
}

/// The layer for every route that may be asked for who is signed in.
///
/// `SameSite=Lax`, not `Strict`: the telephone system opens the desk by a link (`/?call=…`), which must find the
/// operator signed in; what changes anything is a POST, which Lax and the check of the origin keep from others.
pub fn layer(state: &AppState) -> SessionManagerLayer<LoginSessions> {
    SessionManagerLayer::new(LoginSessions::new(state))
        .with_name(COOKIE)
        .with_path("/")
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnSessionEnd)
}

/// The sessions of our tables, found by the hash of their id, never by the id.
#[derive(Clone)]
pub struct LoginSessions {
    db: Db,
    clock: Clock,
}

impl LoginSessions {
    /// Those of the running application.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { db: state.db.clone(), clock: state.clock.clone() }
    }
}

impl fmt::Debug for LoginSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginSessions(…)")
    }
}

#[async_trait]
impl SessionStore for LoginSessions {
    /// Takes over the id under which signing in has written the session. The row is written by the transaction that
    /// uses the proof up and ends the operator's other sessions (`storage::credentials`): all of it must be kept or
    /// nothing, and nothing else opens a session.
    async fn create(&self, record: &mut Record) -> Result<()> {
        let carried = record.data.get(KEY).map(Carried::deserialize).transpose().map_err(undecodable)?;
        let Some(Carried::Renewed(id)) = carried else {
            return Err(Error::Backend("a session is opened by signing in alone".to_owned()));
        };
        record.id = Id(i128::from_le_bytes(id));
        Ok(())
    }

    /// Notes that the session is being used. It is an UPDATE of a live one: a slow request brings no ended one back.
    async fn save(&self, record: &Record) -> Result<()> {
        self.db.touch_session(&hash(record.id), self.clock.now_ms()).await.map_err(unanswered)
    }

    /// The session with its account. An id that is not known gets an empty record rather than none: with none the
    /// library forgets the id, by which a form sent twice finds its renewed session, and takes the cookie away, which
    /// by then may be the new one.
    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = self.db.session(&hash(*id)).await.map_err(unanswered)?;
        let carried = row.map(|row| serde_json::to_value(Carried::Stored(Box::new(row)))).transpose();
        let data = carried.map_err(undecodable)?.map(|carried| (KEY.to_owned(), carried)).into_iter().collect();
        Ok(Some(Record { id: *id, data, expiry_date: NEVER }))
    }

    /// Does nothing to the row: it was ended by the transaction that records who left (`storage::sessions::sign_out`).
    async fn delete(&self, _: &Id) -> Result<()> {
        Ok(())
    }
}

fn hash(id: Id) -> String {
    SessionToken::from(id).hash()
}

/// The library carries an error as a text: an outage is known by the words with which it begins.
fn unanswered(error: sqlx::Error) -> Error {
    metrics::counter!("centralino_database_errors_total").increment(1);
    Error::Backend(Outage::of(&error).map_or_else(|| error.to_string(), |outage| format!("{outage}: {error}")))
}

/// What keeps the database from answering, if that is why a session can't be had.
pub(super) fn outage_in(error: &library::Error) -> Option<Outage> {
    let library::Error::Store(Error::Backend(text)) = error else { return None };
    Outage::ALL.into_iter().find(|outage| text.starts_with(&outage.to_string()))
}

fn undecodable(error: serde_json::Error) -> Error {
    Error::Decode(error.to_string())
}
