//! How a number was distributed over many runs.

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

/// How a number was distributed over many runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// Ascending, once sorted.
    values: Vec<f64>,
}

impl Distribution {
    pub(super) fn add(&mut self, value: f64) {
        self.values.push(value);
    }

    pub(super) fn sort(&mut self) {
        self.values.sort_unstable_by(f64::total_cmp);
    }

    /// The smallest; `None` if there were no runs.
    pub fn min(&self) -> Option<f64> {
        self.values.first().copied()
    }

    /// The largest.
    pub fn max(&self) -> Option<f64> {
        self.values.last().copied()
    }

    /// The mean.
    pub fn mean(&self) -> Option<f64> {
        // From the smallest up: the same sum in whichever order the runs were made.
        (!self.values.is_empty()).then(|| self.values.iter().sum::<f64>() / self.values.len() as f64)
    }

    /// The smallest value that so large a share (0 to 1) of the runs does not exceed: 0.5 for the median.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let rank = (share * self.values.len() as f64).ceil() as usize;
        self.values.get(rank.saturating_sub(1)).copied()
    }

    /// How many runs lie in each of so many parts of equal width between the smallest and the largest.
    pub fn histogram(&self, parts: usize) -> Vec<usize> {
        let mut counts = vec![0; parts];
        let (Some(min), Some(max)) = (self.min(), self.max()) else { return counts };
        for value in &self.values {
            let place = if max > min { (value - min) / (max - min) * parts as f64 } else { 0.0 };
            counts[(place as usize).min(parts - 1)] += 1;
        }
        counts
    }
}

impl Serialize for Distribution {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Distribution", 5)?;
        fields.serialize_field("min", &self.min())?;
        fields.serialize_field("mean", &self.mean())?;
        fields.serialize_field("max", &self.max())?;
        fields.serialize_field("median", &self.quantile(0.5))?;
        fields.serialize_field("p95", &self.quantile(0.95))?;
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_a_hundred() {
        let mut distribution = Distribution::default();
        (1..=100).rev().for_each(|value| distribution.add(f64::from(value)));
        distribution.sort();
        assert_eq!((distribution.min(), distribution.mean(), distribution.max()), (Some(1.0), Some(50.5), Some(100.0)));
        assert_eq!((distribution.quantile(0.5), distribution.quantile(0.95)), (Some(50.0), Some(95.0)));
        assert_eq!(distribution.histogram(3), [33, 33, 34]);
    }

    #[test]
    fn of_nothing_nothing_is_known() {
        let nothing = Distribution::default();
        assert_eq!((nothing.min(), nothing.mean(), nothing.quantile(0.5)), (None, None, None));
        assert_eq!(nothing.histogram(2), [0, 0]);
    }
}
