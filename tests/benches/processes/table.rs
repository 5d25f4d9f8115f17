//! The table, a row at a time.

/// What a figure counts.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    PerSecond,
    Seconds,
    Bytes,
}

/// What must be reached.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// At most so many times the bare loop's time, or so small a part of its rate.
    Ratio(f64),
    /// At least, or at most, this figure.
    Figure(f64),
}

/// One job's figures.
pub(crate) struct Row {
    pub(crate) job: String,
    pub(crate) unit: Unit,
    /// Of the bare loop, and of ours, repetition by repetition.
    pub(crate) bare: Vec<f64>,
    pub(crate) ours: Vec<f64>,
    pub(crate) target: Option<Target>,
    /// What others reach, as they were measured on a machine of the same kind.
    pub(crate) peers: &'static str,
}

/// The table.
pub(crate) struct Table;

impl Table {
    pub(crate) fn new() -> Self {
        println!("{:42} {:>11} {:>11} {:>11} {:>13}       peers", "job", "bare loop", "ours", "ours/bare", "target");
        Table
    }

    pub(crate) fn print(&mut self, row: &Row) {
        let ours = median(&row.ours);
        let ratio = median(&row.ours.iter().zip(&row.bare).map(|(ours, bare)| ours / bare).collect::<Vec<_>>());
        let more_is_better = matches!(row.unit, Unit::PerSecond);
        let bare = if row.bare.is_empty() { String::new() } else { text(median(&row.bare), row.unit) };
        let relation = if more_is_better { ">=" } else { "<=" };
        let met = |is: f64, bound: f64| if (is >= bound) == more_is_better { "met" } else { "MISSED" };
        let (target, verdict) = match row.target {
            None => (String::new(), ""),
            Some(Target::Ratio(bound)) => (format!("{relation} {bound:.2} bare"), met(ratio, bound)),
            Some(Target::Figure(bound)) => (format!("{relation} {}", text(bound, row.unit)), met(ours, bound)),
        };
        let ratio = if row.bare.is_empty() { String::new() } else { format!("{ratio:.2}") };
        let (job, ours) = (&row.job, text(ours, row.unit));
        println!("{job:42} {bare:>11} {ours:>11} {ratio:>11} {target:>13} {verdict:6} {}", row.peers);
    }
}

fn text(figure: f64, unit: Unit) -> String {
    match unit {
        Unit::PerSecond if figure >= 1e6 => format!("{:.2} M/s", figure / 1e6),
        Unit::PerSecond => format!("{:.1} k/s", figure / 1e3),
        Unit::Seconds => format!("{:.1} ms", figure * 1e3),
        Unit::Bytes => format!("{:.0} kB", figure / 1e3),
    }
}

/// The middle one; NaN of none.
fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[count / 2],
        count => (sorted[count / 2 - 1] + sorted[count / 2]) / 2.0,
    }
}
