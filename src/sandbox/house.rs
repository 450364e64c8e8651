//! Everything that the two addresses share: state, switches, clock; and what becomes of one message.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use parking_lot::{Mutex, RwLock};

use super::{
    demo::{DemoCaller, Scenario},
    faults::{Fault, Order, Switchboard},
    immuni::Immuni,
    odd::rejected_by_policy,
    profile::{Profile, SchemaViolation},
    register::Register,
    rules::{self, Refusal, Scene},
    services::Service,
    soap::{self, Answer, Request, ServiceError, Unread},
};
use crate::server::{
    clock::Clock,
    random::{NoRandomness, Random},
};

/// The state of the sandbox.
pub(super) struct House {
    pub(super) services: Vec<Service>,
    pub(super) profile: Arc<RwLock<Profile>>,
    pub(super) state: Mutex<State>,
    pub(super) clock: Clock,
    pub(super) random: Random,
}

/// What changes with the calls.
pub(super) struct State {
    pub(super) register: Register,
    pub(super) immuni: Immuni,
    /// Switched on by people.
    pub(super) faults: Switchboard,
    /// Met by callers because of their scenario.
    pub(super) scenarios: Switchboard,
    pub(super) callers: Vec<Caller>,
    pub(super) counts: Counts,
}

/// What a caller says.
#[derive(Clone, serde::Serialize)]
pub(super) struct Caller {
    pub(super) scenario: Scenario,
    pub(super) card: String,
    pub(super) cun: String,
}

/// What happened since the start.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub(super) struct Counts {
    /// Requests by service.
    pub(super) requests: BTreeMap<&'static str, u64>,
    /// TLS handshakes with all their cryptography.
    pub(super) full_handshakes: u64,
    /// TLS handshakes that resumed a session.
    pub(super) resumed_handshakes: u64,
}

/// Who sent a message.
#[derive(Clone, Copy)]
pub(super) struct Sender {
    pub(super) address: IpAddr,
    /// Whether its certificate is one of this Sistema TS.
    pub(super) is_known: bool,
}

/// What a service says to a message.
pub(super) enum Said {
    Answer(Answer),
    Fault(soap::Fault),
}

/// What becomes of a message.
pub(super) struct Decision {
    pub(super) said: Said,
    /// The fault that strikes.
    pub(super) order: Option<Order>,
    /// What the message said; nothing where it can't be read.
    pub(super) request: Request,
}

impl House {
    /// As at the first start.
    pub(super) fn new(
        services: Vec<Service>,
        profile: Profile,
        clock: Clock,
        random: Random,
    ) -> Result<Self, NoRandomness> {
        let state = State {
            register: Register::default(),
            immuni: Immuni::new(random.bytes()?),
            faults: Switchboard::default(),
            scenarios: Switchboard::default(),
            callers: Vec::new(),
            counts: Counts::default(),
        };
        let house = Self { services, profile: Arc::new(RwLock::new(profile)), state: Mutex::new(state), clock, random };
        house.reset();
        Ok(house)
    }

    /// Goes back to the demo callers and operators, with no fault switched on. Counts go on.
    pub(super) fn reset(&self) {
        let mut state = self.state.lock();
        state.register = Register::at_start(self.clock.today());
        state.immuni.clear();
        state.faults = Switchboard::default();
        state.scenarios = Switchboard::default();
        state.callers.clear();
        for DemoCaller { scenario, card, cun } in super::demo::callers() {
            state.welcome(Caller { scenario: *scenario, card: (*card).to_owned(), cun: (*cun).to_owned() });
        }
    }

    /// Adds a caller to whom a scenario happens.
    pub(super) fn add_caller(&self, caller: Caller) {
        let mut state = self.state.lock();
        state.register.add_caller(caller.scenario, &caller.card, &caller.cun, self.clock.today());
        state.welcome(caller);
    }

    /// Takes the fault that strikes whatever comes next for a service.
    pub(super) fn take_fault(&self, service: &Service) -> Option<Order> {
        self.state.lock().faults.take(service.word, None)
    }

    /// Judges a message and carries it out. `order` is the fault that strikes it whatever it says.
    pub(super) fn decide(
        &self,
        service: &Service,
        message: Option<&str>,
        sender: Sender,
        order: Option<Order>,
    ) -> Decision {
        let profile = self.profile.read().clone();
        *self.state.lock().counts.requests.entry(service.word).or_default() += 1;
        let refused = |said| {
            log(service, &said, order.as_ref());
            Decision { said, order: order.clone(), request: Request::default() }
        };
        if !profile.sources.contains(&sender.address) {
            return refused(self.refusal(rules::FOREIGN_SOURCE));
        }
        if !sender.is_known {
            return refused(Said::Fault(rejected_by_policy()));
        }
        match soap::read(&service.contract, message) {
            Ok(request) => self.carry_out(service, request, &profile, order),
            Err(Unread::Envelope(fault)) => refused(Said::Fault(fault)),
            Err(Unread::Body(violation)) => refused(match profile.schema_violation {
                SchemaViolation::Fault => Said::Fault(soap::Fault::client(violation.text)),
                SchemaViolation::Esito => self.refusal(rules::of_violation(&violation)),
            }),
        }
    }

    fn carry_out(&self, service: &Service, request: Request, profile: &Profile, order: Option<Order>) -> Decision {
        let mut state = self.state.lock();
        let state = &mut *state;
        let subject = rules::subject(&state.register, &request);
        if let Some(cun) = &subject {
            state.register.count(cun, service.word);
        }
        let order = order.or_else(|| {
            let cun = subject.as_deref()?;
            state.faults.take(service.word, Some(cun)).or_else(|| state.scenarios.take(service.word, Some(cun)))
        });
        let is_applied = order.as_ref().is_none_or(|order| order.applied.unwrap_or(order.fault.is_applied()));
        let mut scene = Scene {
            register: &mut state.register,
            immuni: &mut state.immuni,
            profile,
            clock: &self.clock,
            random: &self.random,
        };
        let outcome = if is_applied {
            (service.rules)(&mut scene, &request)
        } else if order.as_ref().is_some_and(|order| order.fault == Fault::Refused) {
            Err(rules::SYSTEM)
        } else {
            Ok(rules::Fields::new())
        };
        let said = self.answer(outcome);
        log(service, &said, order.as_ref());
        Decision { said, order, request }
    }

    fn refusal(&self, refusal: Refusal) -> Said {
        self.answer(Err(refusal))
    }

    fn answer(&self, outcome: Result<rules::Fields, Refusal>) -> Said {
        let Ok(transaction) = self.random.uuid_v7(self.clock.now()) else {
            return Said::Fault(soap::Fault { code: "Server", text: "Internal Error".to_owned() });
        };
        let (esito, description) = match &outcome {
            Ok(_) => ("0000", "Operazione eseguita correttamente"),
            Err(_) => ("9999", "Richiesta non accolta"),
        };
        let mut fields = vec![
            ("idTransazione", transaction),
            ("esito", esito.to_owned()),
            ("descrizioneEsito", description.to_owned()),
        ];
        let mut errors = Vec::new();
        match outcome {
            Ok(more) => fields.extend(more),
            Err(refusal) => {
                errors.push(ServiceError { kind: "Bloccante", code: refusal.code, text: refusal.text });
            }
        }
        Said::Answer(Answer { fields, errors })
    }
}

impl State {
    fn welcome(&mut self, caller: Caller) {
        for (service, fault, times) in caller.scenario.oddities() {
            self.scenarios.add(Order::for_caller(service, *fault, *times, &caller.cun));
        }
        self.callers.push(caller);
    }
}

/// What may be logged of a request (seed 003, 3.4, less anybody's data): service, outcome, transaction.
fn log(service: &Service, said: &Said, order: Option<&Order>) {
    let (fields, errors): (&[_], &[_]) = match said {
        Said::Answer(answer) => (&answer.fields, &answer.errors),
        Said::Fault(_) => (&[], &[]),
    };
    let field = |name: &str| fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    tracing::info!(
        target: "centralino::sandbox",
        service = service.word,
        esito = field("esito"),
        code = errors.first().map(|error| error.code),
        transaction = field("idTransazione"),
        fault = order.map(|order| order.fault.word()),
        "{}",
        if fields.is_empty() { "answered with a fault" } else { "answered" }
    );
}
