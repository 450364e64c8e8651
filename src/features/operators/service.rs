//! What can be done to an account, from its page and from the command line. Who may is judged in the transaction
//! (`storage/operators/acts.rs`).

use crate::{
    domain::operator::OperatorId,
    features::{
        accounts::{
            form_key::FormKey,
            invite::{ActivationPath, InviteError, Office},
        },
        login::service::attempts_on,
        registers::act::Act,
    },
    storage::{
        operators::{
            AddError,
            account::Administered,
            acts::{AccountAct, Acted},
            rules::{Deed, Edit},
        },
        registers::Action,
    },
};

impl Office<'_> {
    /// Changes name, codice fiscale, role and queues.
    pub async fn edit(&self, target: &OperatorId, edit: Edit<'_>) -> Result<Acted, sqlx::Error> {
        self.act(target, Deed::Edit(edit), Action::AccountEdited).await
    }

    /// Keeps an account out and ends its sessions.
    pub async fn disable(&self, target: &OperatorId) -> Result<Acted, sqlx::Error> {
        self.act(target, Deed::Disable, Action::AccountDisabled).await
    }

    /// Lets a disabled account sign in again, or be activated if it never was.
    pub async fn enable(&self, target: &OperatorId) -> Result<Acted, sqlx::Error> {
        self.act(target, Deed::Enable, Action::AccountEnabled).await
    }

    /// Ends an account's sessions.
    pub async fn end_sessions(&self, target: &OperatorId) -> Result<Acted, sqlx::Error> {
        self.act(target, Deed::EndSessions, Action::SessionsEnded).await
    }

    /// Forgets the wrong attempts on an account, so that its owner can try again at once.
    pub async fn unlock(&self, target: &Administered) -> Result<Acted, sqlx::Error> {
        let [passwords, pins] = attempts_on(self.secrets, &target.username, &target.id);
        self.act(&target.id, Deed::Unlock([&passwords, &pins]), Action::AccountUnlocked).await
    }

    /// Takes an account's credentials and sessions away; its owner sets new ones at the path, if it was done.
    pub async fn reset(&self, target: &OperatorId) -> Result<(Acted, ActivationPath), InviteError> {
        let link = self.link(target).map_err(InviteError::SecondFactor)?;
        let acted = self.act(target, Deed::Reset(link.activation()), Action::CredentialsReset).await;
        Ok((acted.map_err(AddError::from)?, link.path))
    }

    async fn act(&self, target: &OperatorId, deed: Deed<'_>, action: Action) -> Result<Acted, sqlx::Error> {
        let record = self.record(Act::done(action));
        let (authority, form, now) = (self.authority, self.form.map(FormKey::as_str), self.clock.now_ms());
        self.db.act_on_account(&AccountAct { authority, target, deed, form, record: &record, now }).await
    }

    /// Until when an account is locked by wrong attempts, milliseconds since 1970; none if it is not.
    pub async fn locked_until(&self, account: &Administered) -> Result<Option<i64>, sqlx::Error> {
        let mut until = None;
        for subject in attempts_on(self.secrets, &account.username, &account.id) {
            let now = self.clock.now_ms();
            until = until.max(self.db.locked_until(&subject, now).await?);
            until = until.max(self.db.device_locked_until(&subject, now).await?);
        }
        Ok(until)
    }
}
