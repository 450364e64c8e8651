//! Versions of TLS and cipher suites by the names that proxies have for them. Anything else is somebody's text, and is in
//! no register.

/// A version as recorded, and what proxies call it, in any case.
const PROTOCOLS: [(&str, &str); 7] = [
    ("TLSv1.3", "TLSv1.3"),
    ("TLSv1.3", "TLS1.3"),
    ("TLSv1.2", "TLSv1.2"),
    ("TLSv1.2", "TLS1.2"),
    ("TLSv1.1", "TLSv1.1"),
    ("TLSv1", "TLSv1"),
    ("TLSv1", "TLSv1.0"),
];
/// The suites of TLS 1.3, which have one name.
const SUITES_OF_1_3: [&str; 5] = [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_CCM_SHA256",
    "TLS_AES_128_CCM_8_SHA256",
];
/// The older suites that browsers offer: by IANA's name, which is recorded, and by OpenSSL's.
const SUITES: [(&str, &str); 23] = [
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
    ("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", "DHE-RSA-AES128-GCM-SHA256"),
    ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "DHE-RSA-AES256-GCM-SHA384"),
    ("TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "DHE-RSA-CHACHA20-POLY1305"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384", "ECDHE-ECDSA-AES256-SHA384"),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256"),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "ECDHE-RSA-AES256-SHA384"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"),
    ("TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
    ("TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
    ("TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256"),
    ("TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256"),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"),
    ("TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"),
];

/// The version that a proxy names; nothing for one that is not known.
pub fn protocol(name: &str) -> &'static str {
    PROTOCOLS.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map_or("", |(recorded, _)| recorded)
}

/// The cipher suite that a proxy names, by IANA's name; nothing for one that is not known.
pub fn cipher(name: &str) -> &'static str {
    let is_named = |known: &str| known.eq_ignore_ascii_case(name);
    let newer = SUITES_OF_1_3.iter().find(|known| is_named(known));
    let older = || SUITES.iter().find(|(iana, openssl)| is_named(iana) || is_named(openssl)).map(|(iana, _)| iana);
    newer.or_else(older).map_or("", |known| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_proxies_say_is_recorded_in_one_way_and_nothing_else() {
        for (said, recorded) in [
            ("TLSv1.3", "TLSv1.3"),
            ("tls1.3", "TLSv1.3"),
            ("TLSv1.2", "TLSv1.2"),
            ("TLSv9", ""),
            ("47135715", ""),
            ("", ""),
        ] {
            assert_eq!(protocol(said), recorded, "{said}");
        }
        for (said, recorded) in [
            ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
            ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            ("CUN-H17KZ6247A", ""),
            ("", ""),
        ] {
            assert_eq!(cipher(said), recorded, "{said}");
        }
    }
}
