//! Tables as this tool shows them: light lines, no frame, as wide as the terminal at most.

use std::fmt::Display;

use console::{Color, Style, measure_text_width};

use super::terminal::Terminal;
use crate::plain;

/// A column has a blank on either side, and one between it and the next.
const BESIDE: usize = 3;

/// A line ends where it has no more columns left than this: they are too few for a blank and a word.
const TOO_NARROW: usize = 2;

/// How many columns a character takes at most.
const WIDEST: usize = 2;

/// A table.
pub(super) struct Sheet {
    terminal: Terminal,
    rows: Vec<Row>,
    /// The columns whose text stands to the right.
    numbers: Vec<usize>,
}

enum Row {
    /// The names of the columns, above a rule.
    Head(Vec<Cell>),
    Cells(Vec<Cell>),
    /// A line over all columns.
    Title(String),
}

/// What stands in a row and a column: text of some lines.
pub(super) struct Cell {
    lines: Vec<String>,
    style: Style,
}

impl Cell {
    pub(super) fn new(text: impl Display) -> Self {
        Cell { lines: plain::lines(&text.to_string()).split('\n').map(str::to_owned).collect(), style: Style::new() }
    }

    fn styled(text: &str, style: Style) -> Self {
        Cell { style, ..Cell::new(text) }
    }

    /// The lines, broken where they are too wide.
    fn broken(&self, width: usize) -> Vec<String> {
        let fit = |line: &String| if measure_text_width(line) > width { broken(line, width) } else { vec![line.clone()] };
        self.lines.iter().flat_map(fit).collect()
    }

    fn width(lines: &[String]) -> usize {
        lines.iter().map(|line| measure_text_width(line)).max().unwrap_or(0)
    }
}

impl Sheet {
    pub(super) fn new(terminal: Terminal) -> Self {
        Sheet { terminal, rows: Vec::new(), numbers: Vec::new() }
    }

    /// The names of the columns.
    pub(super) fn head<S: AsRef<str>>(&mut self, names: &[S]) {
        self.rows.push(Row::Head(names.iter().map(|name| self.quiet(name.as_ref())).collect()));
    }

    /// The numbers of a column stand to the right.
    pub(super) fn numbers(&mut self, column: usize) {
        self.numbers.push(column);
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row::Cells(cells));
    }

    /// A line of its own, for the rows below.
    pub(super) fn group(&mut self, title: &str) {
        self.rows.push(Row::Title(format!(" {}", self.terminal.heading(title))));
    }

    /// The name of what a row is about.
    pub(super) fn name(&self, text: &str) -> Cell {
        Cell::styled(text, Style::new().bold())
    }

    pub(super) fn quiet(&self, text: &str) -> Cell {
        Cell::styled(text, Style::new().dim())
    }

    /// Text in a colour, where there are colours.
    pub(super) fn coloured(&self, text: &str, colour: Color) -> Cell {
        Cell::styled(text, Style::new().fg(colour).bright())
    }

    /// How wide it would be with all the room in the world.
    pub(super) fn natural_width(&self) -> usize {
        self.natural_widths().iter().map(|width| width + BESIDE).sum::<usize>().saturating_sub(1)
    }

    /// The lines, each with its end.
    pub(super) fn text(&self) -> String {
        let widths = self.widths();
        let mut text = String::new();
        for row in &self.rows {
            match row {
                Row::Title(title) => text.push_str(&format!("{title}\n")),
                Row::Cells(cells) => self.write(cells, &widths, &mut text),
                Row::Head(cells) => {
                    self.write(cells, &widths, &mut text);
                    let columns = widths.iter().map(|width| width + BESIDE).sum::<usize>().saturating_sub(1);
                    text.push_str(&format!("{}\n", "─".repeat(columns)));
                }
            }
        }
        text
    }

    /// Writes the lines of a row.
    fn write(&self, cells: &[Cell], widths: &[usize], text: &mut String) {
        let broken = cells.iter().zip(widths).map(|(cell, width)| cell.broken(*width)).collect::<Vec<_>>();
        for place in 0..broken.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = String::new();
            for (column, width) in widths.iter().enumerate() {
                if column > 0 {
                    line.push(' ');
                }
                let part = broken.get(column).and_then(|lines| lines.get(place));
                let free = " ".repeat(width.saturating_sub(part.map_or(0, |part| measure_text_width(part))));
                let part = match (part, self.numbers.contains(&column)) {
                    (None, _) => format!(" {free} "),
                    (Some(part), true) => format!(" {free}{part} "),
                    (Some(part), false) => format!(" {part}{free} "),
                };
                let style = cells.get(column).filter(|cell| place < broken[column].len() && cell.style != Style::new());
                match style {
                    Some(cell) => line.push_str(&self.terminal.paint(cell.style.clone(), part).to_string()),
                    None => line.push_str(&part),
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }

    fn column(&self, column: usize) -> impl Iterator<Item = &Cell> {
        let cells = self.rows.iter().filter_map(|row| match row {
            Row::Head(cells) | Row::Cells(cells) => Some(cells),
            Row::Title(_) => None,
        });
        cells.filter_map(move |cells| cells.get(column))
    }

    /// How wide each column would be with all the room in the world.
    fn natural_widths(&self) -> Vec<usize> {
        let natural = |column| self.column(column).map(|cell| Cell::width(&cell.lines)).max();
        (0..).map_while(natural).map(|width| width.max(1)).collect()
    }

    /// How wide each column is.  Those that need less than an equal share of the room get what they need; the others break their
    /// text, and share the rest.
    fn widths(&self) -> Vec<usize> {
        let natural = self.natural_widths();
        let mut widths = vec![None; natural.len()];
        let room = self.terminal.width.saturating_sub((natural.len() * BESIDE).saturating_sub(1));
        let mut left = Left { room, columns: natural.len() };
        // Each column that is settled leaves the others a larger share, so more of them may fit.
        settle(&mut widths, &mut left, |column, share| (natural[column] <= share).then_some(natural[column]));
        // Broken text may be narrower than the share: words are as long as they are.
        settle(&mut widths, &mut left, |column, share| {
            let broken = self.column(column).map(|cell| Cell::width(&cell.broken(share.max(1)))).max().unwrap_or(0);
            (share >= broken + 3).then_some(broken)
        });
        let room = left.room.max(left.columns);
        let mut shares = (0..left.columns).map(|place| room / left.columns + usize::from(place < room % left.columns));
        widths.into_iter().map(|width| width.or_else(|| shares.next()).unwrap_or(1).max(1)).collect()
    }
}

/// What the columns that are not settled have.
struct Left {
    room: usize,
    columns: usize,
}

/// Settles columns until none can be settled any more; `width` gets a column and an equal share of the room.
fn settle(widths: &mut [Option<usize>], left: &mut Left, width: impl Fn(usize, usize) -> Option<usize>) {
    let mut again = true;
    while std::mem::take(&mut again) {
        for (column, settled) in widths.iter_mut().enumerate() {
            if settled.is_none()
                && let Some(width) = width(column, left.room / left.columns)
            {
                *settled = Some(width);
                left.room = left.room.saturating_sub(width);
                left.columns -= 1;
                again = true;
            }
        }
    }
}

/// A line, broken between words; within one only if it is too wide by itself.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut current, mut taken) = (String::new(), 0);
    for mut word in line.split(' ') {
        loop {
            let gap = usize::from(!current.is_empty());
            let needed = measured(word, width);
            if taken + gap + needed <= width {
                current.extend((gap > 0).then_some(' '));
                current.push_str(word);
                taken += gap + needed;
                break;
            }
            let room = width.saturating_sub(taken + gap);
            if gap > 0 && (room <= TOO_NARROW || needed <= width) {
                lines.push(std::mem::take(&mut current));
            } else {
                let (first, rest) = word.split_at(fitting(word, room, gap == 0));
                current.extend((gap > 0).then_some(' '));
                current.push_str(first);
                lines.push(std::mem::take(&mut current));
                word = rest;
            }
            taken = 0;
        }
        if taken > width.saturating_sub(TOO_NARROW) {
            lines.push(std::mem::take(&mut current));
            taken = 0;
        }
    }
    if !current.is_empty() {
        lines.push(current);
    }
    lines
}

/// How many letters a line has at most, some of which take no room: what is longer is not measured, and a long label takes time
/// in proportion.
fn most_letters(width: usize) -> usize {
    8 * width + 8
}

/// How wide a word is; more than `width` if it has too many letters for a line.
fn measured(word: &str, width: usize) -> usize {
    if word.chars().nth(most_letters(width)).is_some() { width + 1 } else { measure_text_width(word) }
}

/// How many bytes of a word fit; at least one character if something must.
fn fitting(word: &str, room: usize, must: bool) -> usize {
    let mut ends = word.char_indices().map(|(start, letter)| start + letter.len_utf8()).take(most_letters(room)).peekable();
    let mut fitting = if must { ends.peek().copied().unwrap_or(0) } else { 0 };
    for end in ends {
        // Characters that are shown as one are measured together: a longer beginning may be narrower.
        let width = measure_text_width(&word[..end]);
        if width <= room {
            fitting = end;
        } else if width > room + WIDEST {
            break;
        }
    }
    fitting
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: usize) -> Terminal {
        Terminal { width, colour: false, watched: false }
    }

    /// Texts by row; the first row is the head.
    fn sheet(width: usize, rows: &[&[&str]]) -> Sheet {
        let mut sheet = Sheet::new(plain(width));
        sheet.head(rows[0]);
        rows[1..].iter().for_each(|row| sheet.row(row.iter().map(Cell::new).collect()));
        sheet
    }

    #[test]
    fn a_table_with_room_has_each_text_on_a_line() {
        let mut sheet = sheet(80, &[&["node", "state"], &["7", "Leader"], &["10", "two\nlines"]]);
        sheet.numbers(0);
        assert_eq!(sheet.natural_width(), 15);
        let right = [" node   state", "───────────────", "    7   Leader", "   10   two", "        lines"];
        assert_eq!(sheet.text().lines().collect::<Vec<_>>(), right);
    }

    #[test]
    fn where_room_is_scarce_the_longest_text_is_broken() {
        let long = "a text of many words that does not fit beside it";
        let right = [
            " for example   is",
            "─────────────────────────────────────────",
            " ring:8        a text of many words that",
            "               does not fit beside it",
        ];
        let text = sheet(41, &[&["for example", "is"], &["ring:8", long]]).text();
        assert_eq!(text.lines().collect::<Vec<_>>(), right);
    }

    #[test]
    fn titles_are_lines_of_their_own() {
        let mut sheet = sheet(40, &[&["a"], &["1"]]);
        sheet.group("a title that is wider than all columns");
        sheet.row(vec![Cell::new("2")]);
        let right = [" a", "───", " 1", " a title that is wider than all columns", " 2"];
        assert_eq!(sheet.text().lines().collect::<Vec<_>>(), right);
    }

    #[test]
    fn colours_end_in_each_cell() {
        let mut sheet = Sheet::new(Terminal { colour: true, ..plain(40) });
        let row = vec![sheet.name("a\nb"), Cell::new("c"), sheet.coloured("d", Color::Red)];
        sheet.row(row);
        let right = "\u{1b}[1m a \u{1b}[0m  c  \u{1b}[38;5;9m d \u{1b}[0m\n\u{1b}[1m b \u{1b}[0m\n";
        assert_eq!(sheet.text(), right);
    }

    #[test]
    fn lines_are_broken_between_words_and_long_words_anywhere() {
        assert_eq!(broken("one two three", 9), ["one two", "three"]);
        assert_eq!(broken("one incomprehensibilities", 10), ["one incomp", "rehensibil", "ities"]);
        assert_eq!(broken("  two blanks", 8), ["two", "blanks"]);
        assert_eq!(broken("ééééééé", 3), ["ééé", "ééé", "é"]);
        assert_eq!(broken("日本語", 4), ["日本", "語"]);
        // What is shown as one is not taken apart, and what is too wide for any line stands alone.
        assert_eq!(broken("👩\u{200d}🦰👩\u{200d}🦰", 2), ["👩\u{200d}🦰", "👩\u{200d}🦰"]);
        assert_eq!(broken("日本", 1), ["日", "本"]);
    }

    /// Measuring what is left of the word for each line, or each beginning of it, would take hours.
    #[test]
    fn long_words_are_broken_in_proportion() {
        let lines = |letter: &str| broken(&letter.repeat(300_000), 60).len();
        assert_eq!([lines("x"), lines("日"), lines("é")], [5_000, 10_000, 5_000]);
        // Letters that take no room make long lines, not one.
        assert!((300..3_000).contains(&lines("\u{301}")));
        assert_eq!(
            sheet(60, &[&["label"], &["x".repeat(57_000).as_str()]]).text().lines().count(),
            2 + 57_000_usize.div_ceil(58)
        );
    }

    #[test]
    fn a_table_is_as_wide_as_the_terminal_at_most() {
        let texts =
            ["a", "some words", "an incomprehensible name", "many more words than the first line has room for, and more"];
        for width in 40..120 {
            let mut sheet = sheet(width, &[&["name", "", "a longer name", "é"]]);
            for (first, second) in texts.iter().flat_map(|first| texts.map(|second| (first, second))) {
                sheet.row([*first, second, "x", *first].map(Cell::new).into());
            }
            let text = sheet.text();
            assert!(text.lines().all(|line| measure_text_width(line) <= width), "{width}:\n{text}");
        }
    }
}
