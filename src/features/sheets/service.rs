//! Applying a plan: links are made beforehand, so that the transaction that writes all of it is short.

use crate::{
    domain::operator::OperatorId,
    features::accounts::{
        invite::{ActivationPath, InviteError, Invitee, NewLink, Office, added},
        second_factor::SecondFactorError,
    },
    storage::operators::{
        AddError, NewOperator,
        many::{Applied, NewAccount},
    },
};

/// After so many accounts it is noted how far the preparation has come.
const NOTE_EVERY: i64 = 500;

/// An account that is to be made, with all that is stored of it and its link.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// Who is invited.
    pub invitee: &'a Invitee,
    id: OperatorId,
    link: NewLink,
}

impl Prepared<'_> {
    /// Where its owner activates it, once it is made.
    #[must_use]
    pub const fn path(&self) -> &ActivationPath {
        &self.link.path
    }
}

impl Office<'_> {
    /// Prepares the accounts of a plan, and notes how far it has come where a file is waited for.
    pub async fn prepare<'a>(
        &self,
        invitees: Vec<&'a Invitee>,
        import: Option<&str>,
    ) -> Result<Vec<Prepared<'a>>, InviteError> {
        let mut prepared = Vec::with_capacity(invitees.len());
        for (done, invitee) in (1..).zip(invitees) {
            let id = OperatorId(self.random.uuid_v7(self.clock.now()).map_err(SecondFactorError::from)?);
            let link = self.link(&id)?;
            prepared.push(Prepared { invitee, id, link });
            if let Some(import) = import.filter(|_| done % NOTE_EVERY == 0) {
                self.db.note_import(import, done).await.map_err(AddError::from)?;
            }
        }
        Ok(prepared)
    }

    /// Makes all prepared accounts, each with its entry, or none.
    pub async fn make(&self, prepared: &[Prepared<'_>], applied: Option<Applied<'_>>) -> Result<(), InviteError> {
        let created_at = self.clock.now_ms();
        let accounts: Vec<_> = prepared
            .iter()
            .map(|it| NewAccount {
                operator: NewOperator {
                    id: &it.id,
                    username: &it.invitee.username,
                    name: &it.invitee.name,
                    fiscal_code: &it.invitee.fiscal_code,
                    role: it.invitee.role,
                    queues: &it.invitee.queues,
                    created_at,
                },
                activation: it.link.activation(),
            })
            .collect();
        let records: Vec<_> = prepared.iter().map(|it| self.record(added(it.invitee))).collect();
        Ok(self.db.add_operators(self.authority, &accounts, &records, applied).await?)
    }
}
