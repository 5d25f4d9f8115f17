//! The picture of a sweep.

use super::cell::{Cell, Measure, Plan, Swept};
use super::report::Grown;
use super::theory::expected;
use crate::sorting;
use crate::sweep::{Curve, Figure, Says, Series, Spot, Told};

/// What was measured over the first variable; the others' values tell lines of the same protocol apart.
pub(super) fn figure<'a>(plan: &'a Plan, swept: &'a Swept, growth: &'a [Grown], log: bool) -> Figure<'a> {
    let variables = &plan.grid.variables;
    let first = variables.first();
    let numbers = first.is_none_or(|variable| variable.values.iter().all(|value| value.parse::<f64>().is_ok()));
    let x_of = |cell: &Cell| match (first, cell.row.values.first()) {
        (Some(_), Some(value)) if numbers => value.parse().unwrap_or(0.0),
        (Some(variable), Some(value)) => variable.values.iter().position(|other| other == value).unwrap_or(0) as f64,
        _ => cell.nodes,
    };
    let mut series: Vec<Series<'a>> = Vec::new();
    for protocol in &plan.protocols {
        let mut lines: Vec<(&[String], Vec<&Cell>)> = Vec::new();
        for cell in swept.cells.iter().filter(|cell| cell.row.protocol == *protocol) {
            let others = cell.row.values.get(1..).unwrap_or_default();
            match lines.iter_mut().find(|(values, _)| *values == others) {
                Some((_, cells)) => cells.push(cell),
                None => lines.push((others, vec![cell])),
            }
        }
        let grown = growth.iter().find(|grown| grown.protocol == *protocol);
        for (others, mut cells) in lines {
            sorting::by(&mut cells, |a, b| x_of(a).total_cmp(&x_of(b)));
            let spot = |cell: &&Cell| {
                let cost = cell.cost(plan.measure)?;
                Some(Spot { x: x_of(cell), y: cost.mean, margin: cost.margin().unwrap_or(0.0) })
            };
            let spots = cells.iter().filter_map(spot).collect::<Vec<_>>();
            let named = variables.iter().skip(1).zip(others).map(|(variable, value)| format!("{} = {value}", variable.name));
            let mut notes = named.collect::<Vec<_>>();
            let place = |cell: &&Cell| Some((x_of(cell), cell.cost(plan.measure)?.mean));
            notes.extend(cells.last().and_then(place).map(|(x, y)| at_the_end(x, y, first.filter(|_| numbers))));
            let mut curves = Vec::new();
            let theories = expected(plan, protocol);
            let (exact, bounds): (Vec<_>, Vec<_>) =
                theories.into_iter().partition(|expected| expected.theory.says != Says::AtMost);
            // A bound is drawn where nothing says how much it is.
            let drawn = if exact.is_empty() { bounds.len() } else { exact.len() };
            let is_exact = exact.iter().any(|expected| expected.theory.says == Says::Exactly);
            for (number, expected) in exact.into_iter().chain(bounds).enumerate() {
                notes.push(format!("theory: {}", raised(&expected.text())));
                let known = cells.iter().filter_map(|cell| Some((x_of(cell), expected.quantities(cell)?))).collect::<Vec<_>>();
                let of = Box::new(move |x: f64| Some(expected.value(&between(&known, x)?)));
                curves.extend((numbers && number < drawn).then_some(Curve { told: Told::Theory, of }));
            }
            if let Some((grown, fit)) = grown.and_then(|grown| Some((grown, grown.supported()?))) {
                notes.push(format!("fit: {}", raised(&fit.to_string())));
                let known = cells.iter().map(|cell| (x_of(cell), grown.quantities_of(cell))).collect::<Vec<_>>();
                let of = Box::new(move |x: f64| Some(fit.value(&between(&known, x)?)));
                // It would lie on what theory says.
                curves.extend((numbers && !is_exact).then_some(Curve { told: Told::Fit, of }));
            }
            series.push(Series { name: protocol.clone(), notes, spots, curves });
        }
    }
    mark_the_cheapest(plan, &mut series);
    let x = match first {
        Some(variable) if variable.name == "n" => "n, the number of nodes".to_owned(),
        Some(variable) => variable.name.clone(),
        None => "nodes".to_owned(),
    };
    Figure {
        title: title(plan),
        subtitle: subtitle(plan),
        x,
        y: unit(plan).to_owned(),
        names: first.filter(|_| !numbers).map(|variable| variable.values.clone()),
        log: log && numbers,
        series,
    }
}

/// What it costs where the variable is largest: `2025 at n = 45`.
fn at_the_end(x: f64, y: f64, variable: Option<&crate::sweep::Variable>) -> String {
    let y = match y {
        large if large >= 100.0 || large.fract() == 0.0 => format!("{large:.0}"),
        small if small >= 1.0 => format!("{small:.1}"),
        _ => format!("{y:.2e}"),
    };
    match variable {
        Some(variable) => format!("{y} at {} = {x}", variable.name),
        None => y,
    }
}

/// Says of the line that ends lowest that it does, if there are several.
fn mark_the_cheapest(plan: &Plan, series: &mut [Series<'_>]) {
    let ends = |series: &Series<'_>| series.spots.last().map_or(f64::INFINITY, |spot| spot.y);
    let several = series.len() > 1;
    let cheapest = series.iter_mut().min_by(|one, other| ends(one).total_cmp(&ends(other))).filter(|_| several);
    if let Some(series) = cheapest {
        let least = if plan.measure == Measure::Messages { "the fewest: " } else { "the least: " };
        let note = series.notes.iter_mut().find(|note| note.starts_with(|first: char| first.is_ascii_digit()));
        note.into_iter().for_each(|note| note.insert_str(0, least));
    }
}

/// Powers as people write them.
fn raised(text: &str) -> String {
    text.replace("^2", "\u{b2}").replace("^3", "\u{b3}")
}

fn title(plan: &Plan) -> String {
    let of = |name: &str| plan.conditions.iter().find(|(option, _)| option == name).and_then(|(_, value)| value.as_deref());
    let what = match plan.measure {
        Measure::Messages => "Messages",
        Measure::Bytes => "Bytes",
        Measure::Time => "Time",
        Measure::Causal => "Longest chain of messages",
    };
    of("topology").map_or(what.to_owned(), |topology| format!("{what} on {}", topology.replace(['{', '}'], "")))
}

/// The other conditions.
fn subtitle(plan: &Plan) -> String {
    let shown = |name: &str| !["topology", "no-properties"].contains(&name);
    let options = plan.conditions.iter().filter(|(name, _)| shown(name));
    let mut parts = options.map(|(name, value)| format!("{name} {}", value.as_deref().unwrap_or("on"))).collect::<Vec<_>>();
    let engine = if plan.processes { "real processes" } else { "simulated" };
    let runs = match plan.precision {
        Some(precision) => format!("means to \u{b1}{}\u{2009}%", precision * 100.0),
        None => format!("means of {} runs with 95\u{2009}% intervals", plan.seeds),
    };
    parts.extend(plan.all_start().then(|| "every node starts".to_owned()));
    parts.extend([engine.to_owned(), runs]);
    parts.join(", ")
}

fn unit(plan: &Plan) -> &'static str {
    let units =
        !plan.processes && plan.conditions.iter().all(|(name, value)| name != "delay" || value.as_deref() == Some("unit"));
    match plan.measure {
        Measure::Messages => "messages",
        Measure::Bytes => "bytes, without headers",
        Measure::Time if units => "time in units (the delay of a message)",
        Measure::Time => "time in seconds",
        Measure::Causal => "longest chain, in messages",
    }
}

/// The quantities at x, between those that are known.
fn between(known: &[(f64, Vec<f64>)], x: f64) -> Option<Vec<f64>> {
    let after = known.iter().position(|(at, _)| *at >= x - 1e-9 * x.abs())?;
    let (to, high) = &known[after];
    let (from, low) = &known[after.saturating_sub(1)];
    let share = if to > from { ((x - from) / (to - from)).clamp(0.0, 1.0) } else { 1.0 };
    Some(low.iter().zip(high).map(|(low, high)| low + share * (high - low)).collect())
}
