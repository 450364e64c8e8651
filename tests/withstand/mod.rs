//! What may happen to a machine: it dies, its disk fills, its database goes away, its clock is set back; and how one goes
//! back to a backup, and on to PostgreSQL.

mod accounts;
mod backups;
mod balancer;
mod clock;
mod crash;
mod fleet;
mod instances;
mod moving;
mod outages;
mod own_server;
mod work;
