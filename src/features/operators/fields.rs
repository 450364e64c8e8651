//! The fields of an account, from what was typed to the domain's types.

use serde::Deserialize;

use crate::{
    components::alert::FormErrors,
    domain::{
        fiscal_code::FiscalCode,
        operator::{Queue, Role, Username},
    },
    features::{
        accounts::{form_key::FormKey, invite::Invitee},
        requests::fields::read,
    },
    server::{errors::AppError, language::Language, retained::Retained},
    storage::operators::{account::Administered, rules::Edit},
};

/// The field of the one-time key.
pub const KEY: &str = "key";
/// The longest name, in characters.
pub const LONGEST_NAME: u16 = 100;

/// What the form of an account sends.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// First and last name.
    pub name: String,
    /// The user name; of a new account only.
    pub username: String,
    /// The codice fiscale.
    pub fiscal_code: String,
    /// The word of the role.
    pub role: String,
    /// `1` where the queue is ticked.
    pub queue_immuni: String,
    /// Likewise.
    pub queue_swabs: String,
    /// Likewise.
    pub queue_asl: String,
    /// Likewise.
    pub queue_exemptions: String,
    /// The version that the form showed; of an account that is there only.
    pub version: String,
    /// The form's one-time key; of a new account only.
    pub key: String,
}

/// The name under which a queue's box is sent.
pub const fn box_of(queue: Queue) -> &'static str {
    match queue {
        Queue::Immuni => "queue_immuni",
        Queue::Swabs => "queue_swabs",
        Queue::Asl => "queue_asl",
        Queue::Exemptions => "queue_exemptions",
    }
}

/// How an account is to be.
pub struct Changed {
    name: String,
    fiscal_code: FiscalCode,
    role: Role,
    queues: Vec<Queue>,
    version: i64,
}

impl Changed {
    /// For the storage.
    pub fn edit(&self) -> Edit<'_> {
        let Self { name, fiscal_code, role, queues, version } = self;
        Edit { version: Some(*version), name, fiscal_code, role: *role, queues }
    }
}

impl Typed {
    /// The form of a new account.
    pub fn blank(key: &FormKey) -> Self {
        let key = key.as_str().to_owned();
        Self { key, role: Role::Operator.word().to_owned(), queue_immuni: "1".to_owned(), ..Self::default() }
    }

    /// An account as its form shows it.
    pub fn of(account: &Administered) -> Self {
        let tick = |queue| if account.queues.contains(&queue) { "1".to_owned() } else { String::new() };
        Self {
            name: account.name.clone(),
            username: account.username.clone(),
            fiscal_code: account.fiscal_code.to_wire().to_owned(),
            role: account.role.word().to_owned(),
            queue_immuni: tick(Queue::Immuni),
            queue_swabs: tick(Queue::Swabs),
            queue_asl: tick(Queue::Asl),
            queue_exemptions: tick(Queue::Exemptions),
            version: account.version.to_string(),
            key: String::new(),
        }
    }

    /// What was typed before the language was switched.
    pub fn retained(retained: &Retained) -> Option<Self> {
        let field = |name| retained.get(name).unwrap_or_default();
        (!retained.is_empty()).then(|| Self {
            name: field("name"),
            username: field("username"),
            fiscal_code: field("fiscal_code"),
            role: field("role"),
            queue_immuni: field(box_of(Queue::Immuni)),
            queue_swabs: field(box_of(Queue::Swabs)),
            queue_asl: field(box_of(Queue::Asl)),
            queue_exemptions: field(box_of(Queue::Exemptions)),
            version: field("version"),
            // Each page has a key of its own, in whichever language.
            key: String::new(),
        })
    }

    /// The key of this form. A form without one is none of ours.
    pub fn form_key(&self) -> Result<FormKey, AppError> {
        self.key.parse().map_err(|_| AppError::BadRequest("the form has no one-time key"))
    }

    /// Whether a queue is ticked.
    pub fn has(&self, queue: Queue) -> bool {
        let ticked = match queue {
            Queue::Immuni => &self.queue_immuni,
            Queue::Swabs => &self.queue_swabs,
            Queue::Asl => &self.queue_asl,
            Queue::Exemptions => &self.queue_exemptions,
        };
        ticked == "1"
    }

    /// Who is to be invited, or what is wrong.
    pub fn invitee(&self, language: Language) -> Result<Invitee, FormErrors> {
        let mut reader = Reader { errors: FormErrors::default(), language };
        let name = reader.name(&self.name);
        let username = self.username.parse::<Username>();
        let username = username.map_err(|_| reader.refuse("username", "username_form")).ok();
        let fiscal_code = read(self.fiscal_code.parse(), "fiscal_code", &mut reader.errors, language);
        let office = reader.office(self);
        match (name, username, fiscal_code, office) {
            (Some(name), Some(username), Some(fiscal_code), Some((role, queues))) => {
                Ok(Invitee { username, name, fiscal_code, role, queues })
            }
            _ => Err(reader.errors),
        }
    }

    /// How an account is to be, or what is wrong. A form without a version is none of ours.
    pub fn changed(&self, language: Language) -> Result<Result<Changed, FormErrors>, AppError> {
        let version = self.version.parse().map_err(|_| AppError::BadRequest("the form has no version"))?;
        let mut reader = Reader { errors: FormErrors::default(), language };
        let name = reader.name(&self.name);
        let fiscal_code = read(self.fiscal_code.parse(), "fiscal_code", &mut reader.errors, language);
        let office = reader.office(self);
        Ok(match (name, fiscal_code, office) {
            (Some(name), Some(fiscal_code), Some((role, queues))) => {
                Ok(Changed { name, fiscal_code, role, queues, version })
            }
            _ => Err(reader.errors),
        })
    }
}

/// A name as it is kept: without blanks around it, at most [`LONGEST_NAME`] characters; none where it is no name.
pub fn name_of(typed: &str) -> Option<&str> {
    let name = typed.trim();
    let fits = (1..=usize::from(LONGEST_NAME)).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    fits.then_some(name)
}

struct Reader {
    errors: FormErrors,
    language: Language,
}

impl Reader {
    fn refuse(&mut self, field: &'static str, key: &str) {
        self.errors.add(field, self.language.text(&format!("operators.{key}")));
    }

    fn name(&mut self, typed: &str) -> Option<String> {
        let name = name_of(typed);
        if name.is_none() {
            self.refuse("name", if typed.trim().is_empty() { "name_empty" } else { "name_form" });
        }
        name.map(str::to_owned)
    }

    /// Role and queues. An operator without a queue could do nothing.
    fn office(&mut self, typed: &Typed) -> Option<(Role, Vec<Queue>)> {
        let queues: Vec<_> = Queue::ALL.iter().copied().filter(|queue| typed.has(*queue)).collect();
        match typed.role.parse() {
            Ok(Role::Operator) if queues.is_empty() => self.refuse("queues", "queues_empty"),
            Ok(role) => return Some((role, queues)),
            Err(_) => self.refuse("role", "role_form"),
        }
        None
    }
}
