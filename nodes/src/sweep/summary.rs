//! What many runs of the same kind told of a number.

use serde::{Deserialize, Serialize};

use super::student::t95;

/// What many runs of the same kind told of a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many runs.
    pub runs: u64,
    /// The mean.
    pub mean: f64,
    /// The standard deviation of a run; 0 of a single one.
    pub sd: f64,
    /// The smallest value.
    pub min: f64,
    /// The value in the middle; of an even number of values, the mean of the two in the middle.
    pub median: f64,
    /// The largest value.
    pub max: f64,
}

impl Summary {
    /// Of these values; `None` if there are none.
    pub fn of(values: &[f64]) -> Option<Self> {
        let runs = values.len() as f64;
        let mean = values.iter().sum::<f64>() / runs;
        let squares = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>();
        let sd = if values.len() > 1 { (squares / (runs - 1.0)).sqrt() } else { 0.0 };
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Some(Summary { runs: values.len() as u64, mean, sd, min, median: f64::midpoint(low, high), max })
    }

    /// The standard error of the mean.
    pub fn error(&self) -> f64 {
        self.sd / (self.runs as f64).sqrt()
    }

    /// Half of the 95 % interval around the mean (Student's t); `None` of a single run, which does not tell it.
    pub fn margin(&self) -> Option<f64> {
        let freedom = self.runs.saturating_sub(1) as usize;
        (freedom > 0).then(|| t95(freedom) * self.error())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_textbook_sample() {
        // Sleep gained with a drug by ten patients (Student, 1908): mean 2.33, s 2.002, 95 % from 0.90 to 3.76.
        let gained = Summary::of(&[1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]).expect("there are some");
        let margin = gained.margin().expect("ten patients tell it");
        assert!((gained.mean - 2.33).abs() < 1e-9 && (gained.sd - 2.002).abs() < 1e-3);
        assert!((gained.mean - margin - 0.898).abs() < 2e-3 && (gained.mean + margin - 3.762).abs() < 2e-3);
        assert_eq!((gained.min, gained.median, gained.max), (-0.1, 1.75, 5.5));
    }

    #[test]
    fn the_median_of_an_odd_number_of_values_is_one_of_them() {
        assert_eq!(Summary::of(&[9.0, 1.0, 4.0]).map(|three| three.median), Some(4.0));
    }

    #[test]
    fn one_run_has_no_interval_and_none_no_mean() {
        assert_eq!(Summary::of(&[7.0]).map(|one| (one.mean, one.sd, one.margin())), Some((7.0, 0.0, None)));
        assert_eq!(Summary::of(&[]), None);
    }
}
