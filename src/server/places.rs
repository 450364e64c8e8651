//! Which pages are for whom: what the navigation shows, and where one lands.

use crate::domain::operator::{Queue, Role};

/// For whom a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Who works in this queue.
    Queue(Queue),
    /// Supervisors.
    Supervisors,
}

/// A page of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub href: &'static str,
    /// The key of its name.
    pub name: &'static str,
    /// For whom it is.
    pub whom: For,
}

/// All of them, in the order of the navigation.
const PLACES: [Place; 11] = [
    Place { href: "/", name: "layout.desk", whom: For::Queue(Queue::Immuni) },
    Place { href: "/cases", name: "layout.cases", whom: For::Queue(Queue::Immuni) },
    Place { href: "/confirm", name: "layout.deferred", whom: For::Queue(Queue::Immuni) },
    Place { href: "/swabs", name: "swabs.report.title", whom: For::Queue(Queue::Swabs) },
    Place { href: "/swabs/cancel", name: "swabs.cancel.title", whom: For::Queue(Queue::Swabs) },
    Place { href: "/swabs/list", name: "swab_list.title", whom: For::Queue(Queue::Swabs) },
    Place { href: "/asl", name: "asl.title", whom: For::Queue(Queue::Asl) },
    Place { href: "/exemptions", name: "exemptions.title", whom: For::Queue(Queue::Exemptions) },
    Place { href: "/operators", name: "layout.operators", whom: For::Supervisors },
    Place { href: "/registers/access", name: "layout.registers", whom: For::Supervisors },
    Place { href: "/statistics", name: "layout.statistics", whom: For::Supervisors },
];

/// The pages for who has this role and these queues.
pub fn places_of(role: Role, queues: &[Queue]) -> impl Iterator<Item = Place> {
    PLACES.into_iter().filter(move |place| place.is_for(role, queues))
}

/// Which of the pages these are, a bit each.
#[must_use]
pub fn set_of(role: Role, queues: &[Queue]) -> u32 {
    PLACES.iter().rev().fold(0, |set, place| set << 1 | u32::from(place.is_for(role, queues)))
}

impl Place {
    fn is_for(&self, role: Role, queues: &[Queue]) -> bool {
        match self.whom {
            For::Queue(queue) => queues.contains(&queue),
            For::Supervisors => role == Role::Supervisor,
        }
    }
}

/// Where somebody lands; none for an operator of whose queues no desk is here.
#[must_use]
pub fn home_of(role: Role, queues: &[Queue]) -> Option<&'static str> {
    places_of(role, queues).next().map(|place| place.href)
}

/// Whose services matter on a page: those of its queue; on a page of no queue, those of the desk where one lands.
#[must_use]
pub fn queue_at(path: &str, queues: &[Queue]) -> Option<Queue> {
    let is_within = |place: &Place| {
        let rest = path.strip_prefix(place.href);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let queue_of = |place: Place| match place.whom {
        For::Queue(queue) => Some(queue),
        For::Supervisors => None,
    };
    let here = PLACES.into_iter().filter(is_within).find_map(queue_of);
    here.or_else(|| PLACES.into_iter().filter_map(queue_of).find(|queue| queues.contains(queue)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_lands_where_they_work() {
        assert_eq!(home_of(Role::Operator, &[Queue::Immuni]), Some("/"));
        assert_eq!(home_of(Role::Supervisor, &[Queue::Immuni]), Some("/"));
        assert_eq!(home_of(Role::Supervisor, &[]), Some("/operators"));
        assert_eq!(home_of(Role::Operator, &[]), None);
    }

    #[test]
    fn other_pages_are_another_set() {
        assert_eq!(set_of(Role::Operator, &[]), 0);
        let sets = [
            (Role::Operator, vec![Queue::Immuni]),
            (Role::Supervisor, vec![Queue::Immuni]),
            (Role::Supervisor, vec![]),
        ];
        let sets = sets.map(|(role, queues)| (set_of(role, &queues), places_of(role, &queues).count()));
        assert!(sets.iter().all(|(set, count)| set.count_ones() as usize == *count), "{sets:?}");
        assert!(sets[0].0 != sets[1].0 && sets[1].0 != sets[2].0, "{sets:?}");
    }

    #[test]
    fn a_page_is_of_its_queue_or_of_the_desk_where_one_lands() {
        for (path, queues, queue) in [
            ("/", &[Queue::Immuni][..], Some(Queue::Immuni)),
            ("/cases/0193", &[Queue::Asl, Queue::Immuni], Some(Queue::Immuni)),
            ("/asl", &[Queue::Immuni, Queue::Asl], Some(Queue::Asl)),
            ("/exemptions", &[Queue::Asl, Queue::Exemptions], Some(Queue::Exemptions)),
            ("/profile", &[Queue::Exemptions, Queue::Asl], Some(Queue::Asl)),
            ("/operators/new", &[Queue::Immuni], Some(Queue::Immuni)),
            ("/operators", &[], None),
        ] {
            assert_eq!(queue_at(path, queues), queue, "{path}");
        }
    }
}
