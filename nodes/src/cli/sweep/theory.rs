//! What the protocols' declared costs say at the places of a sweep.

use super::cell::{Cell, Measure, Plan, Swept};
use crate::execution::Initiators;
use crate::protocol::InitiatorRule;
use crate::sorting;
use crate::sweep::{Says, Theory};

/// A declared formula, and what it says for a cell.
pub(super) struct Expected<'a> {
    pub(super) theory: Theory,
    plan: &'a Plan,
}

/// The formulas of a protocol; they are about messages, nothing else.
pub(super) fn expected<'a>(plan: &'a Plan, protocol: &str) -> Vec<Expected<'a>> {
    let task = plan.tasks.iter().find(|task| task.row.protocol == protocol && plan.measure == Measure::Messages);
    let theories = task.map(|task| Theory::read(&task.choices.protocol().description().cost)).unwrap_or_default();
    theories.into_iter().map(|theory| Expected { theory, plan }).collect()
}

impl Expected<'_> {
    /// n, m, k and how often the cost is paid: what the formula's value follows from.
    pub(super) fn quantities(&self, cell: &Cell) -> Option<Vec<f64>> {
        let task = self.plan.tasks.iter().find(|task| task.row == cell.row)?;
        let (n, m) = (cell.nodes, cell.edges);
        let k = match task.choices.initiators() {
            Initiators::All => n,
            Initiators::One => 1.0,
            Initiators::Random(count) => *count as f64,
            Initiators::Given(given) => sorting::set(given.iter().map(|(node, _)| *node)).len() as f64,
            Initiators::Declared if task.choices.protocol().description().initiators == InitiatorRule::All => n,
            Initiators::Declared => 1.0,
        };
        let times = if self.theory.per_entry {
            // Each node enters so often.
            n * task.choices.flag("requests")?.parse::<f64>().ok()?
        } else {
            1.0
        };
        Some(vec![n, m, k, times])
    }

    /// The formula's value for such quantities.
    pub(super) fn value(&self, quantities: &[f64]) -> f64 {
        self.theory.value(quantities[0], quantities[1], quantities[2]) * quantities[3]
    }

    /// `n²`, `≤ 8n(1 + ceil(log2 n)) + n`, `2(n - 1) per entry`.
    pub(super) fn text(&self) -> String {
        let bound = if self.theory.says == Says::AtMost { "at most " } else { "" };
        let mean = if self.theory.says == Says::OnAverage { " on average" } else { "" };
        let each = if self.theory.per_entry { " per entry" } else { "" };
        format!("{bound}{}{mean}{each}", self.theory)
    }

    /// How the measurements agree, in a few words; none without any.
    pub(super) fn agreement(&self, swept: &Swept, protocol: &str) -> Option<String> {
        let cells = swept.cells.iter().filter(|cell| cell.row.protocol == protocol);
        let ratios = cells.filter_map(|cell| {
            let says = self.value(&self.quantities(cell)?);
            Some((cell.cost(Measure::Messages)?.mean / says).max(0.0)).filter(|ratio| ratio.is_finite())
        });
        let ratios = ratios.collect::<Vec<_>>();
        let (low, high) = (ratios.iter().copied().reduce(f64::min)?, ratios.iter().copied().reduce(f64::max)?);
        let off = (high - 1.0).max(1.0 - low);
        Some(match self.theory.says {
            Says::AtMost if high <= 1.0 + 1e-9 => format!("kept: {:.0} % of it at most", high * 100.0),
            Says::AtMost => format!("exceeded: {:.0} % of it", high * 100.0),
            _ if off < 1e-9 => "measured to the message".to_owned(),
            _ => format!("measured within {:.1} % of it", off * 100.0),
        })
    }
}
