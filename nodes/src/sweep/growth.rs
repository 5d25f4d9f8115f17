//! Which law measurements support.
//!
//! Each candidate law f is fitted as y = a f and as y = a f + b g, where g is a term of lower order: a linear term beside n log
//! n, a constant beside n.  What an algorithm costs that doubles something until it reaches n rises in steps, at powers of two:
//! so n log n is fitted as n ⌈log n⌉ too, and n as 2^⌈log n⌉, the smallest power of two that is not below.  The fit is by least
//! squares of *relative* errors, because the spread of a cost grows with the cost; a measurement's own error makes it count
//! less.  The fits are compared by the corrected Akaike criterion, which weighs how much is left against the number of
//! constants, and turns into the share of evidence for each law (Burnham and Anderson, *Model Selection and Multimodel
//! Inference*, 2002).  Measurements *decide* if one law has nearly all of the evidence and describes them well; else nothing is
//! claimed.

use core::fmt;

use serde::Serialize;

use super::least_squares;
use super::student::t95;
use crate::sorting;

/// One law must have so large a share of the evidence.
const ENOUGH: f64 = 0.95;
/// The largest value of what a law is in must be so many times the smallest.
const RANGE: f64 = 3.0;
/// So many measurements at least.
const POINTS: usize = 5;
/// A law that misses the measurements by more than this share of them (root mean square) does not describe them.
const MISSES: f64 = 0.1;
/// A law must make up so large a share of the largest cost, beside its term of lower order.
const SHARE: f64 = 1.0 / 3.0;
/// Measurements are no better than this share of themselves: exact laws leave rounding errors only.
const FLOOR: f64 = 1e-3;

/// A product of factors such as n, n^2 and log n.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Law {
    /// As people write it: `n log n`.
    pub name: String,
    /// For each factor which quantity, its power, and the power of its logarithm (to base 2).
    factors: Vec<(usize, u8, u8)>,
    /// Whether it rises at powers of two only.
    steps: bool,
}

impl Law {
    fn of(names: &[String], factors: &[(usize, u8, u8)]) -> Self {
        let power = |base: &str, exponent: u8| match exponent {
            0 => None,
            1 => Some(base.to_owned()),
            _ => Some(format!("{base}^{exponent}")),
        };
        let words = factors.iter().flat_map(|(of, whole, log)| {
            let name = &names[*of];
            [power(name, *whole), (*log > 0).then(|| format!("log {name}"))]
        });
        let name = words.flatten().collect::<Vec<_>>().join(" ");
        Law { name: if name.is_empty() { "1".into() } else { name }, factors: factors.to_vec(), steps: false }
    }

    /// The same law as an algorithm follows it that doubles something; none where that is not usual.
    fn in_steps(&self) -> Option<Self> {
        matches!(self.factors[..], [(_, 0 | 1, 1) | (_, 1, 0)]).then(|| Law { steps: true, ..self.clone() })
    }

    fn is_linear(&self) -> bool {
        matches!(self.factors[..], [(_, 1, 0)])
    }

    /// Its value where the quantities are these.
    pub fn value(&self, quantities: &[f64]) -> f64 {
        let factor = |(of, whole, log): &(usize, u8, u8)| {
            let x = quantities[*of];
            match (self.steps, libm::log2(x.max(1.0))) {
                (false, exponent) => x.powi(i32::from(*whole)) * exponent.powi(i32::from(*log)),
                (true, exponent) if *log == 0 => libm::exp2(exponent.ceil()),
                (true, exponent) => x.powi(i32::from(*whole)) * exponent.ceil(),
            }
        };
        self.factors.iter().map(factor).product()
    }
}

impl fmt::Display for Law {
    /// `n log n`; in steps `n ⌈log n⌉`, and `2^⌈log n⌉` for n.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.steps, self.name.find("log ")) {
            (false, _) => f.write_str(&self.name),
            (true, Some(place)) => write!(f, "{}⌈{}⌉", &self.name[..place], &self.name[place..]),
            (true, None) => write!(f, "2^⌈log {}⌉", self.name),
        }
    }
}

/// What was measured at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The quantities that the cost may depend on, such as n and m.
    pub quantities: Vec<f64>,
    /// The cost.
    pub cost: f64,
    /// Its standard error.
    pub error: f64,
}

/// A law with its constants.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// What grows fastest, maybe in steps.
    pub law: Law,
    /// Its constant.
    pub constant: f64,
    /// Half of the constant's 95 % interval.
    pub margin: f64,
    /// A term of lower order, with its constant.
    pub lower: Option<(Law, f64)>,
    /// How far the measurements are from it: root mean square of relative deviations.
    pub misses: f64,
    /// The law's share of the evidence, from 0 to 1, over all its fits.
    pub evidence: f64,
}

impl Fit {
    /// Its value where the quantities are these.
    pub fn value(&self, quantities: &[f64]) -> f64 {
        let lower = self.lower.as_ref().map_or(0.0, |(law, constant)| constant * law.value(quantities));
        self.constant * self.law.value(quantities) + lower
    }
}

impl fmt::Display for Fit {
    /// `3.98 n log n + 2.1 n`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        term(f, self.constant, &self.law)?;
        if let Some((law, constant)) = &self.lower
            && constant.abs() > 1e-6 * self.constant
        {
            write!(f, " {} ", if *constant < 0.0 { '-' } else { '+' })?;
            term(f, constant.abs(), law)?;
        }
        Ok(())
    }
}

fn term(f: &mut fmt::Formatter<'_>, constant: f64, law: &Law) -> fmt::Result {
    let constant = significant(constant);
    match (constant.as_str(), law.name.as_str()) {
        (constant, "1") => f.write_str(constant),
        ("1", _) => write!(f, "{law}"),
        (constant, _) if law.steps && law.is_linear() => write!(f, "{constant}·{law}"),
        (constant, _) => write!(f, "{constant} {law}"),
    }
}

/// Three significant digits; all of whole numbers.
fn significant(value: f64) -> String {
    if (value - value.round()).abs() < 5e-4 * value.abs().min(1.0) {
        return value.round().to_string();
    }
    let digits = (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    format!("{value:.digits$}")
}

/// What the measurements say.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// They support the first law.
    Supported,
    /// The first laws describe them about equally well: so many of them.
    Undecided(usize),
    /// None of the laws describes them.
    NoLaw,
    /// There are too few of them, or over too small a range; why.
    TooFew(String),
}

/// The laws that were held against measurements, the best first.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Growth {
    /// What follows from them.
    pub verdict: Verdict,
    /// At most five.
    pub fits: Vec<Fit>,
}

impl Growth {
    /// Holds the measurements against all candidate laws in these quantities.
    pub fn of(names: &[String], measured: &[Measured]) -> Self {
        let usable = measured.iter().filter(|point| point.cost > 0.0).cloned().collect::<Vec<_>>();
        let varying = varying(names.len(), &usable);
        if let Some(why) = too_few(names, &varying, &usable) {
            return Growth { verdict: Verdict::TooFew(why), fits: Vec::new() };
        }
        let weights = weights(&usable);
        let column = |law: &Law| usable.iter().map(|point| law.value(&point.quantities)).collect::<Vec<_>>();
        let mut fits: Vec<(f64, Fit)> = Vec::new();
        let mut columns: Vec<Vec<f64>> = Vec::new();
        let mut described = false;
        for law in candidates(names, &varying) {
            let f = column(&law);
            // m is n on a ring: the same law under another name says nothing new.
            if columns.iter().any(|earlier| proportional(earlier, &f)) {
                continue;
            }
            columns.push(f.clone());
            let lower = below(&law, names, &varying);
            let in_steps = law.in_steps().filter(|steps| !proportional(&column(steps), &f));
            let forms = core::iter::once(law).chain(in_steps).flat_map(|law| {
                let plain = (law.steps && law.is_linear()).then(|| Law { steps: false, ..law.clone() });
                let terms = core::iter::once(None).chain(lower.iter().cloned().chain(plain).map(Some));
                terms.filter_map(|lower| fitted(&law, lower, &usable, &weights)).collect::<Vec<_>>()
            });
            let forms = forms.inspect(|(_, fit)| described |= fit.misses <= MISSES);
            fits.extend(forms.min_by(|one, other| one.0.total_cmp(&other.0)));
        }
        let mut growth = judged(fits);
        if growth.verdict == Verdict::NoLaw && described {
            // Some law would describe them, with more constants than so few can tell.
            growth.verdict = Verdict::TooFew(format!("{} measured, more are needed to tell laws apart", usable.len()));
        }
        growth
    }
}

/// A law, and maybe a term of lower order, fitted; with Akaike's criterion.  None if the law is not seen in the cost.
fn fitted(law: &Law, lower: Option<Law>, measured: &[Measured], weights: &[f64]) -> Option<(f64, Fit)> {
    let column = |law: &Law| measured.iter().map(|point| law.value(&point.quantities)).collect::<Vec<_>>();
    let cost = measured.iter().map(|point| point.cost).collect::<Vec<_>>();
    let terms = core::iter::once(law).chain(&lower).map(column).collect::<Vec<_>>();
    let line = least_squares::fit(&terms, &cost, weights)?;
    // It must be seen where the cost is largest.
    let largest = (0..cost.len()).max_by(|a, b| cost[*a].total_cmp(&cost[*b]))?;
    if line.coefficients[0] * terms[0][largest] < SHARE * cost[largest] {
        return None;
    }
    let mut fit = Fit {
        law: law.clone(),
        constant: line.coefficients[0],
        margin: t95(cost.len() - terms.len()) * line.errors[0],
        lower: lower.map(|lower| (lower, line.coefficients[1])),
        misses: 0.0,
        evidence: 0.0,
    };
    let miss = |point: &Measured| (fit.value(&point.quantities) / point.cost - 1.0).powi(2);
    fit.misses = (measured.iter().map(miss).sum::<f64>() / cost.len() as f64).sqrt();
    Some((akaike(line.left, cost.len(), terms.len()), fit))
}

/// The quantities that vary.
fn varying(quantities: usize, measured: &[Measured]) -> Vec<usize> {
    let varies = |of: &usize| measured.iter().any(|point| point.quantities[*of] != measured[0].quantities[*of]);
    (0..quantities).filter(varies).collect()
}

fn too_few(names: &[String], varying: &[usize], measured: &[Measured]) -> Option<String> {
    if measured.len() < POINTS {
        return Some(format!("{} measured, {POINTS} are needed", measured.len()));
    }
    let span = |of: usize| {
        let values = measured.iter().map(|point| point.quantities[of]);
        let (low, high) = values.fold((f64::INFINITY, 0.0), |(low, high), x| (f64::min(low, x), f64::max(high, x)));
        (low, high)
    };
    let spans = varying.iter().map(|of| (&names[*of], span(*of))).collect::<Vec<_>>();
    if spans.iter().any(|(_, (low, high))| *high >= RANGE * low) {
        return None;
    }
    Some(match spans.first() {
        Some((name, (low, high))) => format!("{name} from {low} to {high} is too small a range"),
        _ => "nothing varies that it could depend on".into(),
    })
}

/// One over the square of what each measurement is uncertain by, relative to the cost.
fn weights(measured: &[Measured]) -> Vec<f64> {
    // Even a measurement that is much surer than the others must not be all that counts: no law is exact to the last digit.
    let relative = measured.iter().map(|point| point.error / point.cost).collect::<Vec<_>>();
    let mean = (relative.iter().map(|error| error * error).sum::<f64>() / relative.len() as f64).sqrt();
    let weight = |(point, error): (&Measured, &f64)| {
        1.0 / (point.cost * point.cost) / (error * error + mean * mean + FLOOR * FLOOR) * (2.0 * mean * mean + FLOOR * FLOOR)
    };
    measured.iter().zip(&relative).map(weight).collect()
}

fn candidates(names: &[String], varying: &[usize]) -> Vec<Law> {
    let mut laws = vec![Law::of(names, &[])];
    let quantities = varying.iter().copied();
    for of in quantities.clone() {
        laws.extend([(0, 1), (1, 0), (1, 1), (2, 0), (2, 1), (3, 0)].map(|(whole, log)| Law::of(names, &[(of, whole, log)])));
    }
    for (one, other) in quantities.clone().flat_map(|one| quantities.clone().map(move |other| (one, other))) {
        if one < other {
            laws.push(Law::of(names, &[(one, 1, 0), (other, 1, 0)]));
        }
        if one != other {
            laws.push(Law::of(names, &[(one, 2, 0), (other, 1, 0)]));
            laws.push(Law::of(names, &[(one, 1, 0), (other, 0, 1)]));
        }
    }
    laws
}

/// The terms of lower order that may stand beside a law.
fn below(law: &Law, names: &[String], varying: &[usize]) -> Vec<Law> {
    let one = Law::of(names, &[]);
    let degree = law.factors.iter().map(|(_, whole, log)| 2 * whole + log).sum::<u8>();
    let linear = varying.iter().map(|of| Law::of(names, &[(*of, 1, 0)]));
    match degree {
        0 => Vec::new(),
        1 => vec![one],
        2 => core::iter::once(one).chain(linear.filter(|other| other != law)).collect(),
        _ => linear.collect(),
    }
}

fn proportional(one: &[f64], other: &[f64]) -> bool {
    let ratio = one[0] / other[0];
    if !ratio.is_finite() || ratio == 0.0 {
        return one == other;
    }
    one.iter().zip(other).all(|(one, other)| (one / other / ratio - 1.0).abs() < 1e-9)
}

/// Akaike's criterion, corrected for few measurements: the smaller the better.
fn akaike(left: f64, points: usize, constants: usize) -> f64 {
    let (n, k) = (points as f64, constants as f64 + 1.0);
    let correction = if n - k - 1.0 > 0.0 { 2.0 * k * (k + 1.0) / (n - k - 1.0) } else { f64::INFINITY };
    n * libm::log((left / n).max(FLOOR.powi(4))) + 2.0 * k + correction
}

fn judged(mut fits: Vec<(f64, Fit)>) -> Growth {
    sorting::by(&mut fits, |one, other| one.0.total_cmp(&other.0));
    let best = fits.first().map_or(0.0, |(score, _)| *score);
    let shares = fits.iter().map(|(score, _)| libm::exp((best - score) / 2.0)).collect::<Vec<_>>();
    let all = shares.iter().sum::<f64>();
    let mut fits = fits.into_iter().map(|(_, fit)| fit).collect::<Vec<_>>();
    fits.iter_mut().zip(&shares).for_each(|(fit, share)| fit.evidence = share / all);
    let verdict = match fits.first() {
        Some(first) if first.misses > MISSES => Verdict::NoLaw,
        Some(first) if first.evidence >= ENOUGH => Verdict::Supported,
        Some(_) => Verdict::Undecided(fits.iter().filter(|fit| fit.evidence > 1.0 - ENOUGH).count()),
        None => Verdict::NoLaw,
    };
    fits.truncate(5);
    Growth { verdict, fits }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Random;

    /// Measured at these n, each with so large a relative error.
    fn sweep(sizes: &[f64], noise: f64, seed: u64, cost: impl Fn(f64) -> f64) -> Growth {
        let mut random = Random::stream(seed, "growth", 0);
        let mut point = |n: &f64| {
            let uniform = random.below(2_000_001) as f64 / 1e6 - 1.0;
            let exact = cost(*n);
            // Uniform in -1 to 1 has deviation 1 / sqrt 3.
            Measured { quantities: vec![*n], cost: exact * (1.0 + noise * uniform * 3.0_f64.sqrt()), error: exact * noise }
        };
        Growth::of(&["n".into()], &sizes.iter().map(&mut point).collect::<Vec<_>>())
    }

    fn sizes() -> Vec<f64> {
        (1..=9).map(|step| 5.0 * f64::from(step)).collect()
    }

    #[test]
    fn exact_laws_are_found_with_their_constants() {
        type Cost = fn(f64) -> f64;
        let laws: [(&str, f64, Cost); 8] = [
            ("1", 7.0, |_| 7.0),
            ("log n", 3.0, |n| 3.0 * n.log2() + 2.0),
            ("n", 3.0, |n| 3.0 * n - 4.0),
            ("n log n", 2.5, |n| 2.5 * n * n.log2() + n),
            ("n^2", 1.0, |n| n * n),
            ("n^2", 0.5, |n| n * (n - 1.0) / 2.0),
            ("n^2 log n", 2.0, |n| 2.0 * n * n * n.log2()),
            ("n^3", 0.25, |n| 0.25 * n * n * n + n),
        ];
        for (name, constant, cost) in laws {
            let growth = sweep(&sizes(), 0.0, 1, cost);
            assert_eq!(growth.verdict, Verdict::Supported, "{name}: {growth:?}");
            assert_eq!(growth.fits[0].law.name, name);
            assert!((growth.fits[0].constant - constant).abs() < 1e-6, "{name}: {growth:?}");
        }
    }

    #[test]
    fn steps_at_powers_of_two_are_seen() {
        type Cost = fn(f64) -> f64;
        let laws: [(&str, &str, Cost); 3] = [
            ("log n", "3 ⌈log n⌉ + 2", |n| 3.0 * n.log2().ceil() + 2.0),
            ("n", "5·2^⌈log n⌉ + 2 n", |n| 5.0 * n.log2().ceil().exp2() + 2.0 * n),
            ("n log n", "3.50 n ⌈log n⌉ + 1.50 n", |n| n * (3.5 * n.log2().ceil() + 1.5)),
        ];
        for (name, text, cost) in laws {
            let growth = sweep(&sizes(), 0.0, 1, cost);
            assert_eq!(growth.verdict, Verdict::Supported, "{name}: {growth:?}");
            assert_eq!((growth.fits[0].law.name.as_str(), growth.fits[0].to_string().as_str()), (name, text));
            // At powers of two there are no steps to be seen.
            let powers = (2..=10).map(|power| f64::from(1 << power)).collect::<Vec<_>>();
            let growth = sweep(&powers, 0.0, 1, cost);
            assert_eq!((growth.verdict.clone(), growth.fits[0].law.name.as_str()), (Verdict::Supported, name), "{growth:?}");
        }
    }

    #[test]
    fn noise_seldom_deceives_and_the_interval_covers_the_constant() {
        let (mut right, mut wrong, mut covered) = (0, 0, 0);
        let sizes = (2..=10).map(|power| f64::from(1 << power)).collect::<Vec<_>>();
        for seed in 0..400 {
            let growth = sweep(&sizes, 0.03, seed, |n| 4.0 * n * n.log2() + 3.0 * n);
            match (&growth.verdict, growth.fits[0].law.name.as_str()) {
                (Verdict::Supported, "n log n") => {
                    right += 1;
                    covered += usize::from((growth.fits[0].constant - 4.0).abs() <= growth.fits[0].margin);
                }
                (Verdict::Supported, _) => wrong += 1,
                _ => {}
            }
        }
        assert!(right >= 380 && wrong <= 4, "{right} right, {wrong} wrong of 400");
        assert!(covered * 100 >= right * 90, "the interval holds the constant in {covered} of {right}");
    }

    #[test]
    fn what_measurements_cannot_tell_is_not_told() {
        // Noise that hides a logarithm.
        let noisy = (0..100).map(|seed| sweep(&[8.0, 12.0, 16.0, 20.0, 24.0, 28.0], 0.2, seed, |n| n * n.log2()));
        let wrong = noisy.filter(|growth| growth.verdict == Verdict::Supported && growth.fits[0].law.name != "n log n").count();
        assert!(wrong <= 5, "{wrong} of 100");
        // Too few, too near to each other, nothing that varies.
        for sizes in [&[5.0, 10.0, 15.0, 20.0][..], &[100.0, 110.0, 120.0, 130.0, 140.0], &[8.0; 6]] {
            let growth = sweep(sizes, 0.0, 1, |n| n);
            assert!(matches!(growth.verdict, Verdict::TooFew(_)), "{sizes:?}: {growth:?}");
        }
    }

    #[test]
    fn what_no_law_describes_is_said_so() {
        let growth = sweep(&sizes(), 0.0, 1, |n| if (n as u64).is_multiple_of(2) { n } else { 3.0 * n });
        assert_eq!(growth.verdict, Verdict::NoLaw, "{growth:?}");
    }

    /// n H(n) + n at five places: n alone misses it, and five are few for n log n with a linear term.
    #[test]
    fn what_more_measurements_may_describe_is_said_so() {
        let harmonic = |n: f64| (1..=n as u32).map(|part| 1.0 / f64::from(part)).sum::<f64>();
        let sizes = [8.0, 16.0, 32.0, 64.0, 128.0];
        let growths = (0..20).map(|seed| sweep(&sizes, 0.04, seed, |n| n * harmonic(n) + n)).collect::<Vec<_>>();
        assert!(growths.iter().all(|growth| growth.verdict != Verdict::NoLaw), "{growths:?}");
        assert!(growths.iter().any(|growth| matches!(growth.verdict, Verdict::TooFew(_))), "{growths:?}");
    }

    #[test]
    fn two_quantities_have_laws_of_both() {
        let names = ["n".to_owned(), "m".to_owned()];
        let measured = (0..20).map(|place| {
            let (n, m) = (5.0 + 3.0 * f64::from(place % 5), 30.0 * f64::from(place / 5 + 1));
            (n, m)
        });
        type Cost = fn(f64, f64) -> f64;
        let laws: [(&str, Cost); 3] = [("m", |_, m| 4.0 * m), ("n m", |n, m| n * m), ("m", |n, m| 4.0 * m - 2.0 * n + 2.0)];
        for (law, cost) in laws {
            let point = |(n, m)| Measured { quantities: vec![n, m], cost: cost(n, m), error: 0.0 };
            let growth = Growth::of(&names, &measured.clone().map(point).collect::<Vec<_>>());
            assert_eq!(growth.fits[0].law.name, law, "{growth:?}");
        }
    }

    #[test]
    fn m_that_is_n_says_nothing_new() {
        let point = |n: &f64| Measured { quantities: vec![*n, *n], cost: 2.0 * n, error: 0.0 };
        let growth = Growth::of(&["n".into(), "m".into()], &sizes().iter().map(point).collect::<Vec<_>>());
        assert_eq!((growth.verdict.clone(), growth.fits[0].to_string()), (Verdict::Supported, "2 n".into()), "{growth:?}");
    }
}
