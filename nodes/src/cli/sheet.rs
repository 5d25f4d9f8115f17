//! Tables as this tool shows them: light lines, no frame, as wide as the terminal at most.

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ContentArrangement, ContentLineStyle, LineStyle, Row, Table, TableStyle,
};

use super::terminal::Terminal;

/// A rule under the head, nothing else.
const STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none().junction(' '))
    .header_separator(LineStyle::none().fill('─').junction('─'))
    .content_lines(ContentLineStyle::none().junction(' '));

/// A table.
pub(super) struct Sheet {
    table: Table,
    terminal: Terminal,
    /// The lines that stand between rows, over all columns.
    titles: Vec<String>,
}

/// Stands in the table where a title goes; no text has it.
const TITLE: &str = "\u{fffc}";

impl Sheet {
    pub(super) fn new(terminal: Terminal) -> Self {
        let mut table = Table::new();
        table
            .load_style(STYLE)
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(u16::try_from(terminal.width).unwrap_or(u16::MAX));
        if terminal.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        Sheet { table, terminal, titles: Vec::new() }
    }

    /// The names of the columns.
    pub(super) fn head<S: AsRef<str>>(&mut self, names: &[S]) {
        let cells = names.iter().map(|name| self.quiet(name.as_ref())).collect::<Vec<_>>();
        self.table.set_header(cells);
    }

    /// The numbers of a column stand to the right.
    pub(super) fn numbers(&mut self, column: usize) {
        if let Some(column) = self.table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.table.add_row(Row::from(cells));
    }

    /// A line of its own, for the rows below.
    pub(super) fn group(&mut self, title: &str) {
        self.titles.push(format!(" {}", self.terminal.heading(title)));
        self.row(vec![Cell::new(TITLE)]);
    }

    /// The name of what a row is about.
    pub(super) fn name(&self, text: &str) -> Cell {
        let cell = Cell::new(text);
        if self.terminal.colour { cell.add_attribute(Attribute::Bold) } else { cell }
    }

    pub(super) fn quiet(&self, text: &str) -> Cell {
        let cell = Cell::new(text);
        if self.terminal.colour { cell.add_attribute(Attribute::Dim) } else { cell }
    }

    /// Text in a colour, where there are colours.
    pub(super) fn coloured(&self, text: &str, colour: Color) -> Cell {
        let cell = Cell::new(text);
        if self.terminal.colour { cell.fg(colour) } else { cell }
    }

    /// How wide it would be with all the room in the world.
    pub(super) fn natural_width(&self) -> usize {
        // Each column has a blank on either side, and one between it and the next.
        self.table.column_max_content_widths().iter().map(|width| usize::from(*width) + 3).sum::<usize>().saturating_sub(1)
    }

    /// The lines, each with its end.
    pub(super) fn text(&self) -> String {
        let mut titles = self.titles.iter();
        let line = |line: String| match line.trim() {
            TITLE => titles.next().cloned().unwrap_or_default(),
            _ => line.trim_end().to_owned(),
        };
        self.table.lines().map(line).map(|line| line + "\n").collect()
    }
}
