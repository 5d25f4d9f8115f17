//! An axis of a figure: from values to places, and the values that are written at it.

/// An axis.
#[derive(Clone, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    log: bool,
    /// What is written, and where.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// Over these values, which are finite; from 0 unless it is logarithmic.
    pub(super) fn over(values: impl Iterator<Item = f64>, log: bool) -> Self {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| !log || *value > 0.0) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            (low, high) = (1.0, 2.0);
        }
        if log {
            return Axis::logarithmic(low, high);
        }
        low = low.min(0.0);
        if low == high {
            high = low + 1.0;
        }
        let step = step((high - low) / 6.0);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let ticks = (first..=last).map(|tick| (tick as f64 * step, tick_text(tick as f64 * step, step)));
        Axis { low: first as f64 * step, high: last as f64 * step, log, ticks: ticks.collect() }
    }

    fn logarithmic(low: f64, high: f64) -> Self {
        let around = if high / low < 1.5 { 1.3 } else { 1.12 };
        let (from, to) = (low / around, high * around);
        let decades = (to / from).log10();
        let within: &[f64] = if decades <= 1.2 {
            &[1.0, 2.0, 3.0, 5.0, 7.0]
        } else if decades <= 3.0 {
            &[1.0, 2.0, 5.0]
        } else {
            &[1.0]
        };
        let decade = |exponent: i32| within.iter().map(move |part| part * 10_f64.powi(exponent));
        let all = (from.log10().floor() as i32..=to.log10().ceil() as i32).flat_map(decade);
        let ticks = all.filter(|tick| (from..=to).contains(tick)).map(|tick| (tick, tick_text(tick, tick)));
        Axis { low: from, high: to, log: true, ticks: ticks.collect() }
    }

    /// Over named places 0, 1, .. .
    pub(super) fn named(names: &[String]) -> Self {
        let ticks = names.iter().enumerate().map(|(place, name)| (place as f64, name.clone())).collect();
        Axis { low: -0.5, high: names.len() as f64 - 0.5, log: false, ticks }
    }

    /// Where a value is, from 0 to 1; `None` off the axis.
    pub(super) fn place(&self, value: f64) -> Option<f64> {
        let share = if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        (share.is_finite() && (-1e-9..=1.0 + 1e-9).contains(&share)).then_some(share)
    }

    /// The value at a place from 0 to 1.
    pub(super) fn value(&self, place: f64) -> f64 {
        if self.log { self.low * (self.high / self.low).powf(place) } else { self.low + place * (self.high - self.low) }
    }
}

/// 1, 2 or 5 times a power of ten, not below.
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|part| part * power).find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(least)
}

/// With thousands apart, and as many decimals as the step needs.
fn tick_text(value: f64, step: f64) -> String {
    if value.abs() >= 1e7 {
        return format!("{value:e}");
    }
    let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    if value.abs() < 10_000.0 {
        return text;
    }
    // A narrow blank, as typographers set it.
    let mut parts = Vec::new();
    let mut rest = text.as_str();
    while rest.len() > 3 {
        let (front, three) = rest.split_at(rest.len() - 3);
        parts.push(three);
        rest = front;
    }
    parts.push(rest);
    parts.reverse();
    parts.join("\u{2009}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers_around_the_values() {
        let texts = |axis: Axis| axis.ticks.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join(" ");
        assert_eq!(texts(Axis::over([5.0, 45.0].into_iter(), false)), "0 10 20 30 40 50");
        assert_eq!(texts(Axis::over([0.05, 0.3].into_iter(), false)), "0.00 0.05 0.10 0.15 0.20 0.25 0.30");
        assert_eq!(texts(Axis::over([5.0, 50_000.0].into_iter(), true)), "10 100 1000 10\u{2009}000");
        assert_eq!(texts(Axis::over([5.0, 45.0].into_iter(), true)), "5 7 10 20 30 50");
    }
}
