//! What a cost grows like.

use nodes::sweep::{Growth, Measured, Verdict};
use pyo3::prelude::*;

/// A fit: the law with its constants, its constant, half of the constant's 95 % interval, how far it misses, its evidence.
type Fitted = (String, f64, f64, f64, f64);

/// What the measurements say, in a sentence, and the laws that were held against them, the best first.
///
/// Each measurement has its quantities, such as n and m, the cost, and its standard error.
#[pyfunction]
pub(crate) fn growth(names: Vec<String>, measured: Vec<(Vec<f64>, f64, f64)>) -> (String, Vec<Fitted>) {
    let measured = measured.into_iter().map(|(quantities, cost, error)| Measured { quantities, cost, error });
    let growth = Growth::of(&names, &measured.collect::<Vec<_>>());
    let says = match &growth.verdict {
        Verdict::Supported => "supported".to_owned(),
        Verdict::Undecided(laws) => format!("undecided between {laws} laws"),
        Verdict::NoLaw => "none of the laws describes it".to_owned(),
        Verdict::TooFew(why) => why.clone(),
    };
    let fits = growth.fits.iter().map(|fit| (fit.to_string(), fit.constant, fit.margin, fit.misses, fit.evidence));
    (says, fits.collect())
}
