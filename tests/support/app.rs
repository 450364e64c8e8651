//! The application, served on a port of its own, with a clock that the test turns.

use centralino::{
    domain::{
        operator::{OperatorId, Queue, Role},
        secret::Password,
    },
    features::{
        accounts::{
            demo::current_pin,
            form_key::FormKey,
            invite::{ActivationPath, Invited, Invitee, Office, token_hash},
        },
        registers::act::{Act, By},
    },
    server::{
        application::Application,
        clock::Clock,
        config::{Config, DatabaseUrl, Environment},
        state::AppState,
    },
    storage::{
        activations::Activated,
        operators::{acts::Acted, rules::Authority},
        registers::{Action, append::Record},
    },
};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{Browser, postgres};

/// On which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A SQLite file.
    Sqlite,
    /// The tests' PostgreSQL.
    Postgres,
}

/// A running application.
pub struct TestApp {
    /// Its state.
    pub state: AppState,
    /// Its folder.
    pub data: TempDir,
    /// Where its figures are, if anywhere.
    pub figures: Option<std::net::SocketAddr>,
    address: std::net::SocketAddr,
    by: By,
    /// Dropped with the rest, which stops the application.
    _stop: oneshot::Sender<()>,
}

/// Somebody with an active account.
#[derive(Clone, Debug)]
pub struct Person {
    /// The id of the account.
    pub id: OperatorId,
    /// The user name.
    pub username: &'static str,
}

/// Everybody's password.
pub const PASSWORD: &str = "sette nani e mezzo";

impl TestApp {
    /// Serves an application without accounts.
    pub async fn start(engine: Engine) -> Self {
        Self::start_with(engine, |_| ()).await
    }

    /// Serves an application whose configuration `change` has changed.
    pub async fn start_with(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let mut config = Config { environment: Environment::Sandbox, ..Config::default() };
        config.data.0 = data.path().to_owned();
        config.server.listen = ([127, 0, 0, 1], 0).into();
        config.sandbox.listen = ([127, 0, 0, 1], 0).into();
        config.sandbox.control = ([127, 0, 0, 1], 0).into();
        config.sandbox.demo_accounts = Some(false);
        config.sandbox.listen = ([127, 0, 0, 1], 0).into();
        config.sandbox.control = ([127, 0, 0, 1], 0).into();
        if engine == Engine::Postgres {
            config.database.url = Some(DatabaseUrl(postgres::database().await));
        }
        change(&mut config);
        let start: Timestamp = "2021-01-10T09:00:00Z".parse().expect("an instant");
        let application = Application::build(config, Clock::standing_at(start)).await.expect("an application");
        let (address, state) = (application.address().expect("an address"), application.state().clone());
        let figures = application.figures_address();
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(application.serve(async {
            let _ = stopped.await;
        }));
        Self { state, data, figures, address, by: By::service(), _stop: stop }
    }

    /// A new browser.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// Turns the clock on.
    pub fn wait_seconds(&self, seconds: i64) {
        self.state.clock.advance(SignedDuration::from_secs(seconds));
    }

    /// What accounts are made with.
    pub fn office(&self) -> Office<'_> {
        let (state, by, authority) = (&self.state, &self.by, Authority::Console { may_reset_last: true });
        let (db, secrets, clock, random) = (&state.db, &state.secrets, &state.clock, &state.random);
        Office { db, secrets, clock, random, by, authority, form: None }
    }

    /// The one-time key of another form that acts on an account.
    pub fn form_key(&self) -> String {
        FormKey::new(&self.state.random, &self.state.clock).expect("a key").as_str().to_owned()
    }

    /// The entry of an act of the program itself.
    pub fn record(&self, action: Action) -> Record {
        self.by.record(Act::done(action), &self.state.secrets, self.state.clock.now_ms())
    }

    /// Disables an account.
    pub async fn disable(&self, person: &Person) -> Result<Acted, sqlx::Error> {
        self.office().disable(&person.id).await
    }

    /// Takes an account's credentials away; the path of the new link.
    pub async fn reset(&self, person: &Person) -> ActivationPath {
        let (acted, path) = self.office().reset(&person.id).await.expect("a link");
        assert_eq!(acted, Acted::Done);
        path
    }

    /// Lets an account in again.
    pub async fn enable(&self, person: &Person) -> Result<Acted, sqlx::Error> {
        self.office().enable(&person.id).await
    }

    /// Somebody who is invited, and the path of the link.
    pub async fn invite(&self, username: &'static str, fiscal_code: &str, role: Role) -> (Person, String) {
        let invitee = Invitee {
            username: username.parse().expect("a user name"),
            name: "Maria Bianchi".to_owned(),
            fiscal_code: fiscal_code.parse().expect("a codice fiscale"),
            role,
            queues: vec![Queue::Immuni],
        };
        let Invited { id, path } = self.office().invite(&invitee).await.expect("an account");
        (Person { id, username }, path.as_str().to_owned())
    }

    /// An account that is still to be activated; the path of its link.
    pub async fn account(&self, username: &str, name: &str, role: Role, queues: &[Queue]) -> Invited {
        self.account_of(username, name, role, queues, "RSSMRA80A01H501U").await
    }

    /// The same, of somebody with this codice fiscale.
    async fn account_of(&self, username: &str, name: &str, role: Role, queues: &[Queue], code: &str) -> Invited {
        let invitee = Invitee {
            username: username.parse().expect("a user name"),
            name: name.to_owned(),
            fiscal_code: code.parse().expect("a codice fiscale"),
            role,
            queues: queues.to_vec(),
        };
        self.office().invite(&invitee).await.expect("an account")
    }

    /// Who has this user name.
    pub async fn person(&self, username: &'static str) -> Person {
        let found = self.state.db.operator_id(&username.parse().expect("a user name")).await.expect("an answer");
        Person { id: found.expect("an account"), username }
    }

    /// Somebody with an active account, [`PASSWORD`] and no PIN used yet.
    pub async fn operator(&self, username: &'static str) -> Person {
        self.active(username, Role::Operator).await
    }

    /// The same with the rights of a supervisor.
    pub async fn supervisor(&self, username: &'static str) -> Person {
        self.active(username, Role::Supervisor).await
    }

    /// An operator of other queues than the call center's, with this codice fiscale.
    pub async fn operator_of(&self, username: &'static str, queues: &[Queue], fiscal_code: &str) -> Person {
        let invited = self.account_of(username, "Gianna Neri", Role::Operator, queues, fiscal_code).await;
        let Invited { id, path } = invited;
        self.make_active(path.as_str()).await;
        Person { id, username }
    }

    async fn active(&self, username: &'static str, role: Role) -> Person {
        let (person, path) = self.invite(username, "RSSMRA80A01H501U", role).await;
        self.make_active(&path).await;
        person
    }

    async fn make_active(&self, path: &str) {
        let token = token_hash(path.trim_start_matches("/activate/"));
        let password = Password::new(PASSWORD.to_owned());
        let password_hash = self.state.passwords.hash(password, &self.state.random).await.expect("a hash");
        let activated = Activated { password_hash: &password_hash, step: 0, recovery_codes: &[] };
        let (now, record) = (self.state.clock.now_ms(), self.record(Action::AccountActivated));
        assert!(self.state.db.activate(&token, &activated, now, &record).await.expect("an answer"));
    }

    /// Somebody opens an activation link, chooses this password and proves the second factor with this PIN.
    pub async fn activate_at(&self, path: &str, password: &str, pin: &str) {
        let mut browser = self.browser();
        let fields = [("password", password), ("again", password)];
        assert_eq!(browser.post(&format!("{path}/password"), &fields).await.location(), path);
        assert_eq!(browser.post(&format!("{path}/pin"), &[("pin", pin)]).await.location(), path);
        let page = browser.get(path).await.text;
        let set = page.split("name=\"set\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a set");
        assert_eq!(browser.post(&format!("{path}/codes"), &[("set", set)]).await.location(), path);
    }

    /// The PIN that a person's telephone shows, `steps` of 30 seconds from now.
    pub async fn pin(&self, person: &Person, steps: i64) -> String {
        let factor = self.state.db.second_factor(&person.id).await.expect("an answer").expect("a factor");
        let then = self.state.clock.now() + SignedDuration::from_secs(30 * steps);
        current_pin(&self.state.secrets, &factor, then).expect("a PIN").expect("a PIN").0
    }

    /// A browser in which the person has signed in with the PIN of this moment.
    pub async fn signed_in(&self, person: &Person) -> Browser {
        let mut browser = self.browser();
        let first = browser.post("/login", &[("username", person.username), ("password", PASSWORD)]).await;
        assert_eq!(first.location(), "/login/pin");
        let second = browser.post("/login/pin", &[("pin", &self.pin(person, 0).await)]).await;
        assert_eq!(second.location(), "/");
        browser
    }
}
