//! The fuzz targets: each takes foreign bytes and holds what is read of them to its properties. `make fuzz` runs them
//! under libFuzzer (`fuzz/`); the tests give each its kept corpus and some thousands of mutations. Not in the product.

mod codes;
mod cookies;
mod forms;
mod headers;
mod sheets;

#[cfg(test)]
mod short;

/// Takes foreign bytes; panics where a property does not hold.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 7] = [
    ("answers", crate::sistema_ts::fuzz::answers),
    ("codes", codes::codes),
    ("cookies", cookies::cookies),
    ("forms", forms::forms),
    ("headers", headers::headers),
    ("requests", crate::sandbox::fuzz::requests),
    ("sheets", sheets::sheets),
];
