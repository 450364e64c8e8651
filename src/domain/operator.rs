//! Who works at the desk: operators and supervisors (seed 003, 4).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// All of them, in the order in which people read them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word under which it is stored and given on the command line.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::operator::UnknownWord;

            fn from_str(word: &str) -> Result<Self, $crate::domain::operator::UnknownWord> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err($crate::domain::operator::UnknownWord(concat!($($word, " "),+))) }
            }
        }
    };
}
pub(crate) use words;

/// A word that is none of those known, which are these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownWord(pub &'static str);

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected one of: {}", self.0.trim_end().replace(' ', ", "))
    }
}

impl std::error::Error for UnknownWord {}

words! {
    /// What an account may do.
    Role {
        /// Takes calls.
        Operator = "operator",
        /// Manages operators' accounts and reads the registers.
        Supervisor = "supervisor",
    }
}

words! {
    /// A service queue ("coda"; seed 003, 4): which desks an operator works at.
    Queue {
        /// The call center of the Immuni app.
        Immuni = "immuni",
        /// Reporting swab tests.
        Swabs = "swabs",
        /// The health authority's own OTP service.
        Asl = "asl",
        /// Closing exemption certificates.
        Exemptions = "exemptions",
    }
}

impl Role {
    /// Whether it may more than `other`.
    #[must_use]
    pub fn is_above(self, other: Self) -> bool {
        (self, other) == (Self::Supervisor, Self::Operator)
    }
}

impl Queue {
    /// The words of these queues in the order in which people read them, a blank between.
    #[must_use]
    pub fn words(queues: &[Self]) -> String {
        let words: Vec<_> = Self::ALL.iter().filter(|queue| queues.contains(queue)).map(|queue| queue.word()).collect();
        words.join(" ")
    }
}

words! {
    /// Where an account stands.
    Status {
        /// Made, not yet activated by its owner.
        Invited = "invited",
        /// May sign in.
        Enabled = "enabled",
        /// May not sign in; its sessions are over.
        Disabled = "disabled",
    }
}

/// The id of an account (UUIDv7).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperatorId(pub String);

/// The name with which one signs in: 3–64 of a–z, 0–9, dot, dash, underscore; capitals are forgiven.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Username(String);

/// A user name is 3 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidUsername;

impl fmt::Display for InvalidUsername {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a user name is 3 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit",
        )
    }
}

impl std::error::Error for InvalidUsername {}

impl Username {
    /// The name, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Username {
    type Err = InvalidUsername;

    fn from_str(typed: &str) -> Result<Self, InvalidUsername> {
        let name = typed.trim().to_ascii_lowercase();
        let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = (3..=64).contains(&name.len())
            && name.bytes().all(|byte| is_plain(byte) || matches!(byte, b'.' | b'-' | b'_'))
            && name.bytes().next().is_some_and(is_plain);
        if fits { Ok(Self(name)) } else { Err(InvalidUsername) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_are_plain() {
        assert_eq!("  M.Rossi ".parse::<Username>().as_ref().map(Username::as_str), Ok("m.rossi"));
        for wrong in ["", "ab", ".ab", "a b c", "è.tardi", &"x".repeat(65)] {
            assert_eq!(wrong.parse::<Username>(), Err(InvalidUsername), "{wrong}");
        }
    }

    #[test]
    fn words_go_both_ways() {
        for queue in Queue::ALL {
            assert_eq!(queue.word().parse(), Ok(*queue));
        }
        assert_eq!(
            "x".parse::<Role>().map_err(|error| error.to_string()),
            Err("expected one of: operator, supervisor".into())
        );
    }
}
