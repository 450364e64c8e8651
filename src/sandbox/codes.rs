//! Codes as Sistema TS and the app draw them.

use crate::{
    domain::code::{ALPHABET, LENGTH, check_symbol},
    server::random::{NoRandomness, Random},
};

/// Nine symbols, each as likely as the others (seed 003, 2.4.1.1), and the check symbol.
pub(super) fn code(random: &Random) -> Result<String, NoRandomness> {
    let symbols = u32::try_from(ALPHABET.len()).unwrap_or_default();
    let symbol = |_| Ok(ALPHABET.get(random.below(symbols)? as usize).copied().unwrap_or('A'));
    let body = (1..LENGTH).map(symbol).collect::<Result<Vec<char>, NoRandomness>>()?;
    Ok(body.iter().copied().chain(check_symbol(&body)).collect())
}

/// Eight digits, as of the end of a health card's number.
pub(super) fn card(random: &Random) -> Result<String, NoRandomness> {
    Ok(format!("{:08}", random.below(100_000_000)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::code::Otp;

    #[test]
    fn codes_are_well_formed_and_no_symbol_is_favoured() {
        let random = Random::system();
        let mut counts = std::collections::BTreeMap::new();
        for _ in 0..40_000 {
            let code = code(&random).unwrap();
            assert!(code.parse::<Otp>().is_ok(), "{code}");
            code.chars().take(LENGTH - 1).for_each(|symbol| *counts.entry(symbol).or_insert(0_u32) += 1);
        }
        // 14,400 are expected of each, give or take 118; a byte's remainder would give six of them 15,469.
        assert!(counts.len() == 25 && counts.values().all(|count| (13_700..15_100).contains(count)), "{counts:?}");
    }
}
