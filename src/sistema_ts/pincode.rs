//! The pincode of a structure as it travels: RSA with PKCS#1 v1.5 under Sistema TS's own certificate (`SanitelCF`),
//! then base64 (seed 003, Tab. 1; the way of the sibling services). Encrypted anew for each message.

use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::identity::{certificates, check_validity};

/// The pincode and the key under which it is encrypted. Nothing of it is printed.
pub struct Sealer {
    key: Pkcs1PublicEncryptingKey,
    pincode: Zeroizing<String>,
}

impl Sealer {
    /// Takes the key of a certificate in PEM, if it is in its time.
    pub fn new(certificate: &[u8], pincode: &str, now: Timestamp) -> Result<Self, String> {
        let chain = certificates(certificate)?;
        check_validity(&chain, now)?;
        let leaf = chain.first().ok_or("it holds no certificate in PEM")?;
        let (_, leaf) = x509_parser::parse_x509_certificate(leaf).map_err(|_| "it holds no X.509 certificate")?;
        let key = PublicEncryptingKey::from_der(leaf.public_key().raw).ok();
        let key = key.and_then(|key| Pkcs1PublicEncryptingKey::new(key).ok());
        let key = key.ok_or("its key is not RSA of 2048 bits or more")?;
        if pincode.len() > key.max_plaintext_size() {
            return Err("its key is too short for the pincode".to_owned());
        }
        Ok(Self { key, pincode: Zeroizing::new(pincode.to_owned()) })
    }

    /// The pincode, encrypted; none where the provider of cryptography fails.
    pub fn seal(&self) -> Option<String> {
        let mut room = vec![0; self.key.ciphertext_size()];
        let sealed = self.key.encrypt(self.pincode.as_bytes(), &mut room).ok()?;
        Some(BASE64_STANDARD.encode(sealed))
    }
}
