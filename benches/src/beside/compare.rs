//! The figures of two commits, compared.

use std::io::{self, BufRead as _};
use std::process::ExitCode;

use nodes::protocol::Random;

/// How often the commit's figures are split in two.
const SPLITS: usize = 2000;

/// What was measured with each.
struct Figures {
    /// With the commit, in both series.
    base: Vec<f64>,
    /// With the work tree.
    now: Vec<f64>,
}

/// Reads the figures from standard input, one a line, behind the name of its series.
fn read() -> Figures {
    let mut figures = Figures { base: Vec::new(), now: Vec::new() };
    for line in io::stdin().lock().lines() {
        let line = line.expect("figures are text");
        let (series, figure) = line.split_once(' ').expect("a series and a figure");
        let series = if series == "now" { &mut figures.now } else { &mut figures.base };
        series.push(figure.parse().expect("a number"));
    }
    figures
}

/// Prints a row of the table, of rates: fails if the ratio is smaller than `least`.  Without that, it has to be within the spread of
/// the commit against itself: the commit's figures are split in two at random many times, and the ratio of the halves' medians is
/// within the spread 19 times of 20.
pub(crate) fn rates(title: &str, least: Option<f64>) -> ExitCode {
    let figures = read();
    let (low, high) = spread(&figures.base);
    let wanted = least.map_or_else(|| format!("{low:.3} .. {high:.3}"), |least| format!(">= {least}"));
    row(title, figures, &wanted, |ratio| ratio >= least.unwrap_or(low))
}

/// Prints a row of costs: fails if the ratio is larger than `most`.
pub(crate) fn costs(title: &str, most: f64) -> ExitCode {
    row(title, read(), &format!("<= {most}"), |ratio| ratio <= most)
}

fn row(title: &str, figures: Figures, wanted: &str, is_well: impl Fn(f64) -> bool) -> ExitCode {
    let Figures { mut base, mut now } = figures;
    let (was, is) = (median(&mut base), median(&mut now));
    let well = is_well(is / was);
    let verdict = if well { "ok" } else { "NOT REACHED" };
    println!("{title:<26} {}   {}   {:>6.3}   {wanted:<16} {verdict}", three(was, &base), three(is, &now), is / was);
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Median, least and most.
fn three(median: f64, sorted: &[f64]) -> String {
    let [least, most] = [sorted[0], sorted[sorted.len() - 1]].map(text);
    format!("{:>7} ({least:>6} .. {most:>6})", text(median))
}

fn text(figure: f64) -> String {
    let (figure, unit) = match figure {
        _ if figure >= 1e6 => (figure / 1e6, "M"),
        _ if figure >= 1e3 => (figure / 1e3, "k"),
        _ => (figure, ""),
    };
    let digits = if figure < 10.0 { 2 } else { usize::from(figure < 100.0) };
    format!("{figure:.digits$}{unit}")
}

/// Sorts the figures.
fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    if figures.len() % 2 == 1 { figures[middle] } else { (figures[middle - 1] + figures[middle]) / 2.0 }
}

/// Between which bounds the ratio of the medians of two halves lies, 19 times of 20.
fn spread(figures: &[f64]) -> (f64, f64) {
    let mut figures = figures.to_vec();
    let mut random = Random::stream(1, "splits", 0);
    let half = figures.len() / 2;
    let mut ratios = Vec::with_capacity(SPLITS);
    for _ in 0..SPLITS {
        for place in 1..figures.len() {
            figures.swap(place, random.below(place as u64 + 1) as usize);
        }
        let (one, other) = figures.split_at(half);
        ratios.push(median(&mut one.to_vec()) / median(&mut other.to_vec()));
    }
    ratios.sort_by(f64::total_cmp);
    (ratios[SPLITS / 40], ratios[SPLITS - 1 - SPLITS / 40])
}
