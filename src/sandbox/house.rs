//! Everything that the two addresses share: state, switches, clock; and what becomes of one message.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use parking_lot::{Mutex, RwLock};

use super::{
    certifications::Certifications,
    demo::{DemoCaller, Scenario},
    faults::{Fault, Order, Switchboard},
    immuni::Immuni,
    journal::Journal,
    party::{Access, Badge, Party, invalid_credentials},
    profile::{Profile, SchemaViolation},
    register::Register,
    rules::{self, PINCODE_NOT_ALLOWED, Refusal, Scene, exemptions},
    services::{Manner, Service},
    soap::{self, Answer, Fields, PINCODE, Request, ServiceError, Unread},
    structures::Structures,
};
use crate::{
    domain::code::CUN_PREFIX,
    server::{
        clock::Clock,
        random::{NoRandomness, Random},
    },
};

/// The state of the sandbox.
pub(super) struct House {
    pub(super) services: Vec<Service>,
    /// Structures and their credentials; none where they are not served.
    pub(super) structures: Option<Structures>,
    pub(super) profile: Arc<RwLock<Profile>>,
    pub(super) state: Mutex<State>,
    pub(super) clock: Clock,
    pub(super) random: Random,
}

/// What changes with the calls.
pub(super) struct State {
    pub(super) register: Register,
    pub(super) certifications: Certifications,
    pub(super) immuni: Immuni,
    /// Who called what.
    pub(super) journal: Journal,
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
#[derive(Clone)]
pub(super) struct Sender {
    pub(super) address: IpAddr,
    pub(super) badge: Badge,
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
        structures: Option<Structures>,
        profile: Profile,
        clock: Clock,
        random: Random,
    ) -> Result<Self, NoRandomness> {
        let state = State {
            register: Register::default(),
            certifications: Certifications::default(),
            journal: Journal::default(),
            immuni: Immuni::new(random.bytes()?),
            faults: Switchboard::default(),
            scenarios: Switchboard::default(),
            callers: Vec::new(),
            counts: Counts::default(),
        };
        let (profile, state) = (Arc::new(RwLock::new(profile)), Mutex::new(state));
        let house = Self { services, structures, profile, state, clock, random };
        house.reset();
        Ok(house)
    }

    /// Goes back to the demo callers and operators, with no fault switched on. Counts go on.
    pub(super) fn reset(&self) {
        let mut state = self.state.lock();
        state.register = Register::at_start(self.clock.now());
        state.certifications = Certifications::at_start();
        state.journal = Journal::default();
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
        state.register.add_caller(caller.scenario, &caller.card, &caller.cun, self.clock.now());
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
        sender: &Sender,
        order: Option<Order>,
    ) -> Decision {
        let profile = self.profile.read().clone();
        *self.state.lock().counts.requests.entry(service.word).or_default() += 1;
        let refused = |said| {
            log(service, &said, order.as_ref());
            Decision { said, order: order.clone(), request: Request::default() }
        };
        if service.access == Access::CallCenter && !profile.sources.contains(&sender.address) {
            return refused(self.refusal(service, rules::FOREIGN_SOURCE));
        }
        let party = match service.access.admit(&sender.badge) {
            Ok(party) => party,
            Err(fault) => return refused(Said::Fault(fault)),
        };
        let request = match soap::read(service.contract(&profile), message) {
            Ok(request) => request,
            Err(Unread::Envelope(fault)) => return refused(Said::Fault(fault)),
            Err(Unread::Body { pincode, .. }) if !self.is_let_in(party, pincode.as_deref()) => {
                return refused(Said::Fault(invalid_credentials()));
            }
            Err(Unread::Body { violation, .. }) => {
                return refused(match profile.schema_violation {
                    SchemaViolation::Fault => Said::Fault(soap::Fault::client(violation.text)),
                    SchemaViolation::Esito => self.refusal(service, rules::of_violation(&violation)),
                });
            }
        };
        let pincode = request.get(PINCODE);
        if !self.is_let_in(party, pincode) {
            return refused(Said::Fault(invalid_credentials()));
        }
        match party {
            Party::Region(_) if pincode.is_some() => refused(self.refusal(service, PINCODE_NOT_ALLOWED)),
            _ => self.carry_out(service, party, request, &profile, order),
        }
    }

    /// C5: a structure has its pincode in the message, whatever else is in it.
    fn is_let_in(&self, party: &Party, pincode: Option<&str>) -> bool {
        match (party, &self.structures) {
            (Party::Structure(account), Some(structures)) => structures.is_pincode(pincode, account),
            _ => true,
        }
    }

    fn carry_out(
        &self,
        service: &Service,
        party: &Party,
        request: Request,
        profile: &Profile,
        order: Option<Order>,
    ) -> Decision {
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
            party,
            register: &mut state.register,
            certifications: &mut state.certifications,
            immuni: &mut state.immuni,
            profile,
            clock: &self.clock,
            random: &self.random,
        };
        let outcome = if is_applied {
            (service.rules)(&mut scene, &request)
        } else if let Some(order) = order.as_ref().filter(|order| order.fault == Fault::Refused) {
            Err(order.code.as_deref().and_then(rules::refusal).unwrap_or(rules::SYSTEM))
        } else {
            Ok(Fields::new())
        };
        let said = self.answer(service, outcome);
        state.journal.note(self.clock.now(), service.word, party, &request, &said);
        log(service, &said, order.as_ref());
        Decision { said, order, request }
    }

    fn refusal(&self, service: &Service, refusal: Refusal) -> Said {
        self.answer(service, Err(refusal))
    }

    fn answer(&self, service: &Service, outcome: Result<Fields, Refusal>) -> Said {
        let Ok(transaction) = self.random.uuid_v7(self.clock.now()) else {
            return Said::Fault(soap::Fault { code: "Server", text: "Internal Error".to_owned() });
        };
        let (fields, refusal) = match outcome {
            Ok(fields) => (fields, None),
            Err(refusal) => (Fields::new(), Some(refusal)),
        };
        let (usual, errors) = match service.manner {
            Manner::Errors => in_errors(transaction, rules::stamp(self.clock.now()), refusal),
            Manner::Codes => (in_codes(refusal), Vec::new()),
        };
        // What the rules say goes before what is usual.
        let is_said = |name: &str| fields.iter().any(|(known, _)| *known == name);
        let usual: Vec<_> = usual.into_iter().filter(|(name, _)| !is_said(name)).collect();
        Said::Answer(Answer { fields: usual.into_iter().chain(fields).collect(), errors })
    }
}

/// 0000 or 9999, and why.
fn in_errors(transaction: String, stamp: String, refusal: Option<Refusal>) -> (Fields, Vec<ServiceError>) {
    let (esito, description) = match refusal {
        None => ("0000", "Operazione eseguita correttamente"),
        Some(_) => ("9999", "Richiesta non accolta"),
    };
    let fields = vec![
        ("idTransazione", transaction.into()),
        ("dataOra", stamp.into()),
        ("esito", esito.into()),
        ("descrizioneEsito", description.into()),
    ];
    let error = refusal.map(|refusal| ServiceError { kind: "Bloccante", code: refusal.code, text: refusal.text });
    (fields, error.into_iter().collect())
}

/// The document's code of a closure; what it has none for is an error of the system.
fn in_codes(refusal: Option<Refusal>) -> Fields {
    let said = match refusal {
        None => exemptions::DONE,
        Some(refusal) if refusal.code.starts_with("74") => refusal,
        Some(_) => exemptions::SYSTEM,
    };
    vec![("esito", said.code.into()), ("diagnostico", said.text.into())]
}

impl State {
    fn welcome(&mut self, caller: Caller) {
        for (service, fault, times) in caller.scenario.oddities() {
            self.scenarios.add(Order::for_caller(service, *fault, *times, &caller.cun));
        }
        self.callers.push(caller);
    }
}

/// What may be logged of a request (seed 003, 2.5, 3.4, 5.2, less anybody's data): service, outcome, transaction, which
/// is a CUN where a test is reported.
fn log(service: &Service, said: &Said, order: Option<&Order>) {
    let answer = match said {
        Said::Answer(answer) => Some(answer),
        Said::Fault(_) => None,
    };
    let field = |name: &str| answer.and_then(|answer| answer.get(name)).filter(|text| !text.starts_with(CUN_PREFIX));
    tracing::info!(
        target: "centralino::sandbox",
        service = service.word,
        esito = field("esito"),
        code = answer.and_then(|answer| answer.errors.first()).map(|error| error.code),
        transaction = field("idTransazione"),
        fault = order.map(|order| order.fault.word()),
        "{}",
        if answer.is_none() { "answered with a fault" } else { "answered" }
    );
}
