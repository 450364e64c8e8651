//! Who types a command: the account of the operating system, and the one for which `sudo` stands in.

use std::env;

use crate::{features::registers::act::By, server::source::Source};

/// Who. The number of the account is the system's word. Behind `sudo` it is root's: that a person stands behind it,
/// whom sudo names in its own variable, is worth telling, although root could write there what it likes.
#[must_use]
pub fn by() -> By {
    let number = rustix::process::getuid().as_raw();
    let delegate = env::var("SUDO_UID").ok().and_then(|number| number.parse::<u32>().ok());
    let actor = format!("uid:{number}");
    By {
        actor,
        source: Source {
            delegate: delegate.map(|number| format!("uid:{number}")).unwrap_or_default(),
            ..Source::console()
        },
    }
}
