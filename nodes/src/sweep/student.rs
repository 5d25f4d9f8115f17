//! Student's t distribution.

/// How many standard errors a 95 % interval reaches to either side, with so many degrees of freedom; infinite with none.
pub(super) fn t95(freedom: usize) -> f64 {
    // As in every table.
    const FEW: [f64; 10] = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281];
    match freedom {
        0 => f64::INFINITY,
        1..=10 => FEW[freedom - 1],
        // The expansion in 1/freedom around the normal distribution (Abramowitz and Stegun, 26.7.5).
        _ => {
            let (z, v) = (1.959_963_984_540_054_f64, freedom as f64);
            let (z3, z5, z7) = (z.powi(3), z.powi(5), z.powi(7));
            z + (z3 + z) / (4.0 * v)
                + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * v * v)
                + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * v.powi(3))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_in_tables() {
        for (freedom, table) in [(1, 12.706), (5, 2.571), (11, 2.201), (15, 2.131), (19, 2.093), (30, 2.042), (120, 1.980)] {
            assert!((t95(freedom) - table).abs() < 1e-3, "{freedom}: {} instead of {table}", t95(freedom));
        }
    }
}
