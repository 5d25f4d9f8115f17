//! Least squares with one or two terms.

/// y = a f + b g, fitted: coefficients, their standard errors, and the weighted sum of squares that is left.
pub(super) struct Line {
    pub(super) coefficients: Vec<f64>,
    pub(super) errors: Vec<f64>,
    pub(super) left: f64,
}

/// Fits y = a f (+ b g) so that the sum of weight * (y - ..)^2 is smallest; `None` if the terms do not differ.
pub(super) fn fit(terms: &[Vec<f64>], y: &[f64], weights: &[f64]) -> Option<Line> {
    let dot = |p: &[f64], q: &[f64]| p.iter().zip(q).zip(weights).map(|((p, q), weight)| p * q * weight).sum::<f64>();
    let freedom = y.len().checked_sub(terms.len()).filter(|freedom| *freedom > 0)? as f64;
    let (coefficients, inverse) = match terms {
        [f] => {
            let ff = dot(f, f);
            (vec![dot(f, y) / ff], vec![1.0 / ff])
        }
        [f, g] => {
            let (ff, fg, gg) = (dot(f, f), dot(f, g), dot(g, g));
            let determinant = ff * gg - fg * fg;
            // Terms that grow alike over all measurements cannot be told apart.
            if determinant <= 1e-9 * ff * gg {
                return None;
            }
            let (fy, gy) = (dot(f, y), dot(g, y));
            let coefficients = vec![(gg * fy - fg * gy) / determinant, (ff * gy - fg * fy) / determinant];
            (coefficients, vec![gg / determinant, ff / determinant])
        }
        _ => return None,
    };
    let value = |place: usize| coefficients.iter().zip(terms).map(|(c, term)| c * term[place]).sum::<f64>();
    let left = (0..y.len()).map(|place| weights[place] * (y[place] - value(place)).powi(2)).sum::<f64>();
    let errors = inverse.iter().map(|part| (part * left / freedom).sqrt()).collect();
    coefficients.iter().all(|c| c.is_finite()).then_some(Line { coefficients, errors, left })
}
