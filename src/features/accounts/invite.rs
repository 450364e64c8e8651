//! Making an account, and the link by which its owner activates it.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    form_key::FormKey,
    second_factor::{SecondFactorError, TotpSecret},
};
use crate::{
    domain::{
        fiscal_code::FiscalCode,
        operator::{OperatorId, Queue, Role, Status, Username},
    },
    features::registers::act::{Act, By},
    server::{clock::Clock, random::Random, secrets::Secrets},
    storage::{
        Db,
        operators::{AddError, NewActivation, NewOperator, rules::Authority},
        registers::{Action, Fact, append::Record},
    },
};

/// For how many milliseconds a link works.
const LINK_LASTS: i64 = 24 * 60 * 60 * 1000;

/// What inviting needs of the application; the command line has it without a listening server.
#[derive(Clone, Copy, Debug)]
pub struct Office<'a> {
    /// What is kept.
    pub db: &'a Db,
    /// The server's secret.
    pub secrets: &'a Secrets,
    /// The time.
    pub clock: &'a Clock,
    /// Randomness.
    pub random: &'a Random,
    /// On whose behalf, and from where.
    pub by: &'a By,
    /// On whose authority.
    pub authority: Authority<'a>,
    /// The form that asks for an act, if one does.
    pub form: Option<&'a FormKey>,
}

/// Who is invited.
#[derive(Clone, Debug)]
pub struct Invitee {
    /// The name with which they will sign in.
    pub username: Username,
    /// First and last name.
    pub name: String,
    /// Their codice fiscale.
    pub fiscal_code: FiscalCode,
    /// What they may do.
    pub role: Role,
    /// At which desks.
    pub queues: Vec<Queue>,
}

/// Why nobody was invited.
#[derive(Debug, thiserror::Error)]
pub enum InviteError {
    /// The account was not made.
    #[error(transparent)]
    Add(#[from] AddError),
    /// The second factor was not made.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
}

/// The path of an activation link: a secret until it is used, and for 24 hours.
#[derive(Clone, PartialEq, Eq)]
pub struct ActivationPath(String);

impl ActivationPath {
    /// `/activate/…`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for ActivationPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ActivationPath(…)")
    }
}

/// An account that was made.
#[derive(Debug)]
pub struct Invited {
    /// Its id.
    pub id: OperatorId,
    /// Where its owner activates it.
    pub path: ActivationPath,
}

/// A link that is still to be given to an account.
#[derive(Debug)]
pub struct NewLink {
    /// Where the account's owner activates it.
    pub path: ActivationPath,
    token_hash: String,
    totp_secret: String,
    expires_at: i64,
}

impl NewLink {
    /// What is stored of it.
    #[must_use]
    pub fn activation(&self) -> NewActivation<'_> {
        NewActivation { token_hash: &self.token_hash, expires_at: self.expires_at, totp_secret: &self.totp_secret }
    }
}

/// What is stored of a link's token.
#[must_use]
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()))
}

impl<'a> Office<'a> {
    /// The same for what this form asks for: sent again, it does nothing more.
    #[must_use]
    pub const fn asked_by(self, form: &'a FormKey) -> Self {
        Self { form: Some(form), ..self }
    }
}

impl Office<'_> {
    /// Makes an account.
    pub async fn invite(&self, invitee: &Invitee) -> Result<Invited, InviteError> {
        let id = OperatorId(self.random.uuid_v7(self.clock.now()).map_err(SecondFactorError::from)?);
        let link = self.link(&id)?;
        let operator = NewOperator {
            id: &id,
            username: &invitee.username,
            name: &invitee.name,
            fiscal_code: &invitee.fiscal_code,
            role: invitee.role,
            queues: &invitee.queues,
            created_at: self.clock.now_ms(),
        };
        let record = self.record(added(invitee));
        let form = self.form.map(FormKey::as_str);
        self.db.add_operator(self.authority, operator, link.activation(), form, &record).await?;
        Ok(Invited { id, path: link.path })
    }

    /// The entry of an act on an account, for the register of administration.
    #[must_use]
    pub fn record(&self, act: Act) -> Record {
        self.by.record(act.with(Fact::Section, "accounts"), self.secrets, self.clock.now_ms())
    }

    /// A new link for an account, with the second factor that it will show.
    pub fn link(&self, operator: &OperatorId) -> Result<NewLink, SecondFactorError> {
        let token = URL_SAFE_NO_PAD.encode(self.random.bytes::<32>()?);
        let totp_secret = TotpSecret::new(self.random)?.seal(self.secrets, operator, self.random)?;
        let (token_hash, expires_at) = (token_hash(&token), self.clock.now_ms() + LINK_LASTS);
        Ok(NewLink { path: ActivationPath(format!("/activate/{token}")), token_hash, totp_secret, expires_at })
    }
}

/// What is told of a new account: nothing that lets anybody in.
#[must_use]
pub fn added(invitee: &Invitee) -> Act {
    Act::done(Action::AccountAdded)
        .on(invitee.username.as_str())
        .changed("name", "", &invitee.name)
        .changed("role", "", invitee.role.word())
        .changed("queues", "", &Queue::words(&invitee.queues))
        .changed("status", "", Status::Invited.word())
}

/// What is told of an account that its owner has activated.
#[must_use]
pub fn activated_by_owner(username: &str) -> Act {
    let act = Act::done(Action::AccountActivated).on(username).with(Fact::Section, "accounts");
    act.changed("status", Status::Invited.word(), Status::Enabled.word())
}
