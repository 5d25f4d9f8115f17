//! The picture of a sweep.

use super::cell::{Cell, Measure, Plan, Swept};
use super::report::Grown;
use crate::sweep::{Figure, Series, Spot};

/// What was measured over the first variable; the others' values tell lines of the same protocol apart.
pub(super) fn figure<'a>(plan: &'a Plan, swept: &'a Swept, growth: &'a [Grown], log: bool) -> Figure<'a> {
    let variables = &plan.grid.variables;
    let first = variables.first();
    let numbers = first.is_none_or(|variable| variable.values.iter().all(|value| value.parse::<f64>().is_ok()));
    let x_of = |cell: &Cell| match (first, cell.values.first()) {
        (Some(_), Some(value)) if numbers => value.parse().unwrap_or(0.0),
        (Some(variable), Some(value)) => variable.values.iter().position(|other| other == value).unwrap_or(0) as f64,
        _ => cell.nodes,
    };
    let mut series: Vec<Series<'a>> = Vec::new();
    for protocol in &plan.protocols {
        let mut lines: Vec<(&[String], Vec<&Cell>)> = Vec::new();
        for cell in swept.cells.iter().filter(|cell| cell.protocol == *protocol) {
            let others = cell.values.get(1..).unwrap_or_default();
            match lines.iter_mut().find(|(values, _)| *values == others) {
                Some((_, cells)) => cells.push(cell),
                None => lines.push((others, vec![cell])),
            }
        }
        let grown = growth.iter().find(|grown| grown.protocol == *protocol);
        for (others, mut cells) in lines {
            cells.sort_by(|a, b| x_of(a).total_cmp(&x_of(b)));
            let spot = |cell: &&Cell| {
                let cost = cell.cost(plan.measure)?;
                Some(Spot { x: x_of(cell), y: cost.mean, margin: cost.margin().unwrap_or(0.0) })
            };
            let spots = cells.iter().filter_map(spot).collect::<Vec<_>>();
            let named = variables.iter().skip(1).zip(others).map(|(variable, value)| format!("{} = {value}", variable.name));
            let fit = grown.and_then(Grown::supported);
            let mut notes = named.collect::<Vec<_>>();
            notes.extend(fit.map(|fit| fit.to_string()));
            let curve = grown.zip(fit).filter(|_| numbers).map(|(grown, fit)| {
                let known = cells.iter().map(|cell| (x_of(cell), grown.quantities_of(cell))).collect::<Vec<_>>();
                let at = move |x: f64| Some(fit.value(&between(&known, x)?));
                Box::new(at) as Box<dyn Fn(f64) -> Option<f64> + 'a>
            });
            series.push(Series { name: protocol.clone(), note: notes.join(", "), spots, curve });
        }
    }
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
    let shown = |name: &str| !["topology", "seed", "seeds", "engine", "precision", "no-properties"].contains(&name);
    let options = plan.conditions.iter().filter(|(name, _)| shown(name));
    let mut parts = options.map(|(name, value)| format!("{name} {}", value.as_deref().unwrap_or("on"))).collect::<Vec<_>>();
    let engine = if plan.processes { "real processes" } else { "simulated" };
    let runs = match plan.precision {
        Some(precision) => format!("means to \u{b1}{}\u{2009}%", precision * 100.0),
        None => format!("means of {} runs with 95\u{2009}% intervals", plan.seeds),
    };
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
