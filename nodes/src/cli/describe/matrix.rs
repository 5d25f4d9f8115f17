//! STATE x EVENT -> ACTION, as a table.

use console::Color;

use super::super::sheet::{Cell, Sheet};
use super::super::terminal::Terminal;
use super::transitions::event_name;
use crate::protocol::{Action, Description, RuleInfo, Trigger};

/// The table, and below it what its marks mean.
pub(super) fn matrix(description: &Description, terminal: Terminal) -> String {
    let matrix = Matrix::of(description);
    let upright = matrix.sheet(terminal, false);
    let lying = matrix.sheet(terminal, true);
    let fits = upright.natural_width() <= terminal.width || upright.natural_width() < lying.natural_width();
    let sheet = if fits { upright } else { lying };
    let mut text = sheet.text();
    text.push('\n');
    for (letter, guard) in ('a'..='z').zip(&matrix.guards) {
        text.push_str(&format!("  {} if {guard}\n", terminal.quiet(format!("({letter})"))));
    }
    for (mark, meaning) in [
        ("*", "terminal: a node there has decided"),
        ("late", "arrives after the decision: dropped, and counted"),
        ("ignore", "dropped, as intended"),
        ("defer", "kept until the state changes, or a condition does"),
        ("never", "declared impossible: a violation if it happens"),
        ("·", "nothing happens"),
    ] {
        if matrix.has(mark) {
            text.push_str(&format!("  {} {meaning}\n", terminal.quiet(format!("{mark:<6}"))));
        }
    }
    text
}

struct Matrix {
    events: Vec<String>,
    states: Vec<String>,
    /// By event, then by state: one line each.
    cells: Vec<Vec<Vec<String>>>,
    guards: Vec<String>,
}

impl Matrix {
    fn of(description: &Description) -> Self {
        let mut matrix = Matrix { events: Vec::new(), states: Vec::new(), cells: Vec::new(), guards: Vec::new() };
        for state in &description.states {
            matrix.states.push(if state.terminal { format!("{}*", state.name) } else { state.name.clone() });
        }
        let messages = (0..description.messages.len()).map(|tag| Trigger::Message(tag as u8));
        let alarms = (0..description.alarms.len()).map(|tag| Trigger::Alarm(tag as u8));
        for trigger in std::iter::once(Trigger::Spontaneously).chain(messages).chain(alarms) {
            let rules = description.rules.iter().filter(|rule| rule.trigger == trigger).collect::<Vec<_>>();
            matrix.events.push(event_name(description, trigger).to_owned());
            let row = description.states.iter().enumerate().map(|(index, state)| {
                let lines = matrix.lines(rules.iter().copied().filter(|rule| rule.states.contains(&index)));
                match (lines.is_empty(), trigger) {
                    (false, _) => lines,
                    (true, Trigger::Message(_)) if state.terminal => vec!["late".into()],
                    (true, _) => vec!["·".into()],
                }
            });
            let row = row.collect();
            matrix.cells.push(row);
        }
        matrix
    }

    fn lines<'a>(&mut self, rules: impl Iterator<Item = &'a RuleInfo>) -> Vec<String> {
        rules
            .map(|rule| {
                let action = match &rule.action {
                    Action::Handle { handler, .. } => handler,
                    Action::Ignore => "ignore",
                    Action::Defer => "defer",
                    Action::Never => "never",
                };
                match &rule.guard {
                    None => action.to_owned(),
                    Some(guard) => format!("{action} ({})", self.letter(guard)),
                }
            })
            .collect()
    }

    fn letter(&mut self, guard: &str) -> char {
        let known = self.guards.iter().position(|other| other == guard);
        let place = known.unwrap_or_else(|| {
            self.guards.push(guard.to_owned());
            self.guards.len() - 1
        });
        ('a'..='z').nth(place).unwrap_or('?')
    }

    fn has(&self, mark: &str) -> bool {
        if mark == "*" {
            return self.states.iter().any(|state| state.ends_with('*'));
        }
        self.cells.iter().flatten().flatten().any(|line| line.split(" (").next() == Some(mark))
    }

    fn sheet(&self, terminal: Terminal, lying: bool) -> Sheet {
        let (heads, names) = if lying { (&self.events, &self.states) } else { (&self.states, &self.events) };
        let mut sheet = Sheet::new(terminal);
        let mut head = vec![String::new()];
        head.extend(heads.iter().cloned());
        sheet.head(&head);
        for (place, name) in names.iter().enumerate() {
            let mut row = vec![sheet.name(name)];
            for other in 0..heads.len() {
                let lines = if lying { &self.cells[other][place] } else { &self.cells[place][other] };
                row.push(cell(&sheet, lines));
            }
            sheet.row(row);
        }
        sheet
    }
}

fn cell(sheet: &Sheet, lines: &[String]) -> Cell {
    match lines {
        [only] if only == "never" => sheet.coloured(only, Color::Red),
        [only] if ["late", "ignore", "·"].contains(&only.as_str()) => sheet.quiet(only),
        [only] if only == "defer" => sheet.coloured(only, Color::Yellow),
        lines => sheet.coloured(&lines.join("\n"), Color::Cyan),
    }
}
