//! One account, with all that its page tells.

use sqlx::FromRow;

use super::account::{Administered, administered_row};
use crate::{
    domain::operator::{OperatorId, Username},
    storage::{Db, read},
};

/// What is known of an account beside what is administered. Instants in milliseconds since 1970.
#[derive(Clone, Debug, FromRow)]
pub struct Circumstances {
    /// When it was made.
    pub created_at: i64,
    /// When its owner last signed in.
    pub last_sign_in: Option<i64>,
    /// When its open link stops working, where it has one.
    pub link_until: Option<i64>,
    /// When its live session was last used, where it has one.
    pub last_seen: Option<i64>,
}

impl Db {
    /// The account of an id.
    pub async fn operator(&self, id: &OperatorId) -> Result<Option<Administered>, sqlx::Error> {
        read!(self, |pool| {
            let mut connection = pool.acquire().await?;
            Ok(administered_row!(connection, &id.0))
        })
    }

    /// The account of a user name.
    pub async fn operator_named(&self, username: &Username) -> Result<Option<Administered>, sqlx::Error> {
        match self.operator_id(username).await? {
            Some(id) => self.operator(&id).await,
            None => Ok(None),
        }
    }

    /// What else is known of an account.
    pub async fn circumstances(&self, id: &OperatorId) -> Result<Option<Circumstances>, sqlx::Error> {
        const SQL: &str = "SELECT created_at, last_sign_in, \
             (SELECT MAX(a.expires_at) FROM activations a WHERE a.operator_id = o.id AND a.used_at IS NULL) AS link_until, \
             (SELECT MAX(s.last_seen) FROM sessions s WHERE s.operator_id = o.id AND s.stage = 'full' \
             AND s.ended_at IS NULL) AS last_seen FROM operators o WHERE o.id = $1";
        read!(self, |pool| sqlx::query_as(SQL).bind(&id.0).fetch_optional(pool).await)
    }
}
