//! Medians, percentiles, and the comparison of two that were measured in pairs.

/// The value below which `share` (0 to 1) of the values lie: the nearest rank.
pub fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
}

/// The middle value; the mean of both where two are in the middle.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let at = |place: usize| sorted.get(place).copied().unwrap_or(f64::NAN);
    if sorted.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.wrapping_sub(1)), at(middle)) }
}

/// What was measured of the product and of its floor, round by round.
#[derive(Default)]
pub struct Pairs {
    floor: Vec<f64>,
    product: Vec<f64>,
}

impl Pairs {
    /// Adds a round.
    pub fn add(&mut self, floor: f64, product: f64) {
        self.floor.push(floor);
        self.product.push(product);
    }

    /// The median of the floor.
    pub fn floor(&self) -> f64 {
        median(&self.floor)
    }

    /// The median of the product.
    pub fn product(&self) -> f64 {
        median(&self.product)
    }

    /// The median of the ratios, each of one round: product to floor.
    pub fn ratio(&self) -> f64 {
        median(&self.ratios())
    }

    /// The smallest and the largest ratio.
    pub fn spread(&self) -> (f64, f64) {
        let ratios = self.ratios();
        (quantile(&ratios, 0.0), quantile(&ratios, 1.0))
    }

    fn ratios(&self) -> Vec<f64> {
        self.product.iter().zip(&self.floor).map(|(product, floor)| product / floor).collect()
    }
}
