//! "Esenzioni": certifications of exemption are closed (seed 000).

mod close;

pub use close::CloseCertification;
