//! The codes of the errors in a refusal (`codEsito`). The technical documents give none: these are the proposal of
//! `contracts/`, and one that is not among them says nothing.

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $number:literal;)+) => {
        /// A code that the proposal knows.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant),+ }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The four digits.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$variant => $number),+ }
            }
        }
    };
}

error_codes! {
    /// The operator is not authorised.
    NotAuthorised = 9001;
    /// How the operator is authenticated is not declared.
    NoAuthentication = 9002;
    /// The address that calls is not registered.
    ForeignSource = 9003;
    /// A structure says where by its code alone.
    NotOneStructure = 9010;
    /// A region says where by code or in words, in one way.
    NotOneSite = 9011;
    /// The description of the structure is too long.
    LongDescription = 9012;
    /// A mandatory field is missing or not well-formed.
    Missing = 9013;
    /// A value is none of its list.
    NotInList = 9014;
    /// Telephone and e-mail at once.
    TwoContacts = 9015;
    /// A day in the future, or too far back.
    WrongDate = 9016;
    /// An interval ends before it begins.
    WrongInterval = 9017;
    /// A pincode beside a certificate.
    PincodeNotAllowed = 9018;
    /// There is no such test of this reporter and patient.
    NoSuchTest = 9030;
    /// The report is cancelled already.
    Cancelled = 9031;
    /// The operator may not list the tests of the region.
    NotALister = 9040;
}

impl ErrorCode {
    /// The code of these four digits.
    #[must_use]
    pub fn of(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}
