//! `--diagram`: a small run as a space-time diagram in the terminal.
//!
//! Nodes are columns, time runs downwards.  The axis is that of causal rounds: what happens stands below all that it depends
//! on, and rounds are apart, so that the length of the picture is the time that the algorithm would take if every message took
//! one unit.

use super::terminal::Terminal;
use crate::plain;
use crate::protocol::{NO_STATE, of_state};
use crate::sorting;
use crate::trace::{Arrival, Event, Trace, What};

/// A column is at least so wide, in characters.
const NARROWEST: usize = 5;

/// And at most.
const WIDEST: usize = 14;

/// More rows than that nobody reads.
const MOST_ROWS: usize = 250;

/// The room for the number of the round.
const MARGIN: usize = 5;

/// What there is to say of a run that is not drawn.
pub(super) fn too_large() -> String {
    "  the run is too large for a diagram here; record it with `--trace run.trace`, and look at it with `view run.trace`\n"
        .to_owned()
}

/// Draws a run; or says that it is too large.
pub(super) fn draw(trace: &Trace, terminal: Terminal) -> String {
    drawn(trace, terminal).unwrap_or_else(too_large)
}

/// Draws a run that is not too large.
pub(super) fn drawn(trace: &Trace, terminal: Terminal) -> Option<String> {
    let nodes = trace.header().nodes;
    let column = terminal.width.saturating_sub(MARGIN + 1) / nodes.max(1);
    if column < NARROWEST {
        return None;
    }
    let mut sheet = Sheet { column: column.min(WIDEST), nodes, rows: Vec::new() };
    let items = items(trace);
    sheet.head(trace);
    let mut last = vec![sheet.rows.len(); nodes];
    let mut round = None;
    for Item { depth, what, .. } in &items {
        if round != Some(*depth) {
            round = Some(*depth);
            let row = sheet.rows.len();
            last.fill(row);
            sheet.add_row();
            sheet.write(row, 0, &format!("{depth:>3} "), Ink::Quiet);
        }
        sheet.place(what, &mut last);
        if sheet.rows.len() > MOST_ROWS {
            return None;
        }
    }
    let mut text = sheet.rows.iter().map(|row| row_text(row, terminal)).collect::<String>();
    text.push_str(&format!("  {}\n", terminal.quiet(legend(&items))));
    Some(text)
}

/// What is drawn.
struct Item {
    depth: u32,
    what: Sign,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Sign {
    /// The node starts spontaneously.
    Impulse(usize),
    /// A message; to nobody if it does not arrive.
    Arrow { from: usize, to: usize, name: String, head: Head },
    /// A state, and whether it is terminal.
    State(usize, String, bool),
    /// Something else, in a word.
    Word(usize, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Head {
    Handled,
    /// Late, or ignored.
    Idle,
    Deferred,
    Lost,
}

fn items(trace: &Trace) -> Vec<Item> {
    let header = trace.header();
    let mut items = Vec::new();
    for (place, Event { node, what, .. }) in trace.events().enumerate() {
        let at = node as usize;
        let arrow = |message: u64, head| {
            let message = &trace.messages()[message as usize];
            let name = header.messages[message.kind as usize].clone();
            Sign::Arrow { from: message.sender as usize, to: message.receiver as usize, name, head }
        };
        let sign = match what {
            What::Impulse => Sign::Impulse(at),
            What::Arrive { message: Some(message), how, .. } => arrow(
                message,
                match how {
                    Arrival::Handled => Head::Handled,
                    Arrival::Ignored | Arrival::Late => Head::Idle,
                    Arrival::Deferred => Head::Deferred,
                    Arrival::Dead => Head::Lost,
                },
            ),
            What::Lost { message: Some(message) } => arrow(message, Head::Lost),
            What::Recover { state } if header.states[state as usize].name == NO_STATE => Sign::Word(at, "back"),
            What::State { state } | What::Recover { state } => {
                let state = &header.states[state as usize];
                Sign::State(at, state.name.clone(), state.terminal)
            }
            What::Crash { .. } => Sign::Word(at, "crash"),
            What::Rung { .. } => Sign::Word(at, "alarm"),
            _ => continue,
        };
        // A message that is lost is drawn where it would have arrived.
        let depth = match what {
            What::Lost { message: Some(message) } => trace.messages()[message as usize].depth,
            _ => trace.depth(place),
        };
        items.push(Item { depth, what: sign });
    }
    sorting::by_key(&mut items, |item| item.depth);
    items
}

fn legend(items: &[Item]) -> String {
    let has = |wanted: Head| items.iter().any(|item| matches!(item.what, Sign::Arrow { head, .. } if head == wanted));
    let mut words = vec!["rounds of messages downwards", "\u{25cf} wakes up", "\u{25b6} a message arrives"];
    words.extend(has(Head::Idle).then_some("\u{25b7} it changes nothing"));
    words.extend(has(Head::Deferred).then_some("\u{25c7} it is deferred"));
    words.extend(has(Head::Lost).then_some("\u{d7} it is lost"));
    words.join("   ")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ink {
    Plain,
    Quiet,
    Bold,
    Good,
}

type Row = Vec<(char, Ink)>;

struct Sheet {
    column: usize,
    nodes: usize,
    rows: Vec<Row>,
}

impl Sheet {
    /// Where a node's line is.
    fn line(&self, node: usize) -> usize {
        MARGIN + node * self.column + self.column / 2
    }

    fn width(&self) -> usize {
        MARGIN + self.nodes * self.column
    }

    fn add_row(&mut self) {
        let mut row = vec![(' ', Ink::Plain); self.width()];
        for node in 0..self.nodes {
            row[self.line(node)] = ('\u{2502}', Ink::Quiet);
        }
        self.rows.push(row);
    }

    fn write(&mut self, row: usize, at: usize, text: &str, ink: Ink) {
        for (place, letter) in text.chars().enumerate() {
            if let Some(cell) = self.rows[row].get_mut(at + place) {
                *cell = (letter, ink);
            }
        }
    }

    /// Whether nothing but lines of nodes stands there.
    fn is_free(&self, row: usize, from: usize, to: usize) -> bool {
        self.rows[row][from..to.min(self.width())].iter().all(|(letter, _)| matches!(letter, ' ' | '\u{2502}'))
    }

    /// The titles of the nodes, and their first states.
    fn head(&mut self, trace: &Trace) {
        let header = trace.header();
        let mut states = vec![String::new(); self.nodes];
        for Event { node, what, .. } in trace.events() {
            if let What::Start { state } = what {
                states[node as usize] = of_state("", &header.states[state as usize].name);
            }
        }
        let room = self.column - 1;
        for row in 0..2 {
            self.rows.push(vec![(' ', Ink::Plain); self.width()]);
            for (node, state) in states.iter().enumerate() {
                let text = if row == 0 { header.title(node as u32) } else { state.clone() };
                let (text, ink) = (shortened(&text, room), if row == 0 { Ink::Bold } else { Ink::Quiet });
                self.write(row, self.label_at(node, text.chars().count()), &text, ink);
            }
        }
    }

    /// Where a word of that length begins that is centred on a node's line.
    fn label_at(&self, node: usize, length: usize) -> usize {
        let at = (self.line(node) + 1).saturating_sub(length.div_ceil(2)).max(MARGIN);
        at.min(self.width().saturating_sub(length))
    }

    /// Draws it in the first row that is below all that its nodes have done, and free there.
    fn place(&mut self, sign: &Sign, last: &mut [usize]) {
        match sign {
            Sign::Impulse(node) => self.place_word(*node, "\u{25cf}", Ink::Bold, last),
            Sign::Word(node, word) => self.place_word(*node, word, Ink::Bold, last),
            Sign::State(node, name, terminal) => {
                let name = shortened(name, self.column - 1);
                self.place_word(*node, &name, if *terminal { Ink::Good } else { Ink::Plain }, last);
            }
            // To itself.
            Sign::Arrow { from, to, name, .. } if from == to => {
                let word = shortened(&format!("\u{21ba}{name}"), self.column - 1);
                self.place_word(*to, &word, Ink::Plain, last);
            }
            Sign::Arrow { from, to, name, head } => self.place_arrow(*from, *to, name, *head, last),
        }
    }

    fn find(&mut self, first: usize, from: usize, to: usize) -> usize {
        let mut row = first;
        loop {
            if row == self.rows.len() {
                self.add_row();
            }
            if self.is_free(row, from, to) {
                return row;
            }
            row += 1;
        }
    }

    fn place_word(&mut self, node: usize, word: &str, ink: Ink, last: &mut [usize]) {
        let length = word.chars().count();
        let at = self.label_at(node, length);
        let row = self.find(last[node], at, at + length);
        self.write(row, at, word, ink);
        last[node] = row + 1;
    }

    fn place_arrow(&mut self, from: usize, to: usize, name: &str, head: Head, last: &mut [usize]) {
        let (left, right) = (self.line(from.min(to)), self.line(from.max(to)));
        let row = self.find(last[to], left, right + 1);
        let rightwards = from < to;
        for at in left + 1..right {
            let crossed = self.rows[row][at].0 != ' ';
            self.rows[row][at] = (if crossed { '\u{253c}' } else { '\u{2500}' }, Ink::Plain);
        }
        let point = match head {
            Head::Handled if rightwards => '\u{25b6}',
            Head::Handled => '\u{25c0}',
            Head::Idle if rightwards => '\u{25b7}',
            Head::Idle => '\u{25c1}',
            Head::Deferred => '\u{25c7}',
            Head::Lost => '\u{d7}',
        };
        let (start, tip) = if rightwards { (left, right - 1) } else { (right, left + 1) };
        self.rows[row][start] = (if rightwards { '\u{251c}' } else { '\u{2524}' }, Ink::Plain);
        self.rows[row][tip] = (point, Ink::Plain);
        // The name stands beside the sender, between its line and the next.
        let room = (self.column - 1).saturating_sub(2);
        let name = shortened(name, room);
        let length = name.chars().count();
        let spare = (room - length) / 2;
        let at = if rightwards { left + 1 + spare } else { right - 1 - spare - length };
        self.write(row, at, &name, Ink::Plain);
        last[to] = row + 1;
    }
}

/// What of a text fits.
fn shortened(text: &str, room: usize) -> String {
    plain::line(text).chars().take(room).collect()
}

fn row_text(row: &Row, terminal: Terminal) -> String {
    let mut text = String::new();
    let end = row.iter().rposition(|(letter, _)| *letter != ' ').map_or(0, |last| last + 1);
    for piece in row[..end].chunk_by(|(_, one), (_, two)| one == two) {
        let letters = piece.iter().map(|(letter, _)| letter).collect::<String>();
        let painted = match piece[0].1 {
            Ink::Plain => letters,
            Ink::Quiet => terminal.quiet(letters).to_string(),
            Ink::Bold => terminal.title(letters).to_string(),
            Ink::Good => terminal.good(letters).to_string(),
        };
        text.push_str(&painted);
    }
    text.push('\n');
    text
}
