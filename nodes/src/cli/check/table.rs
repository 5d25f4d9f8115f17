//! What was found on many instances, as a table: for people, and as CSV.

use super::super::csv;
use super::super::report::seconds;
use super::super::sheet::{Cell, Sheet};
use super::super::terminal::Terminal;
use crate::check::Class;

/// The columns of `--csv`.
const COLUMNS: [&str; 12] = [
    "protocol",
    "nodes",
    "edges",
    "graphs",
    "instances",
    "states",
    "largest",
    "transitions",
    "messages_least",
    "messages_greatest",
    "longest",
    "outcome",
];

/// The table as comma-separated values: a row for each size of graphs.
pub(super) fn csv(protocol: &str, classes: &[Class]) -> String {
    let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut text = csv::record(&COLUMNS);
    for class in classes {
        text.push_str(&csv::record(&[
            protocol.to_owned(),
            class.nodes.to_string(),
            class.edges.to_string(),
            class.graphs.to_string(),
            class.instances.to_string(),
            class.states.total.to_string(),
            class.states.largest.to_string(),
            class.transitions.to_string(),
            number(class.least),
            number(class.greatest),
            number(class.longest),
            class.outcome.name().to_owned(),
        ]));
    }
    text
}

/// A column of the table for people.
struct Column {
    name: &'static str,
    /// Whether it is left out where there is no room: the greatest first.
    spare: u8,
    /// Whether it holds numbers.
    numbers: bool,
    text: fn(&Class) -> String,
}

const FOR_PEOPLE: [Column; 9] = [
    column("graphs", 3, |row| row.graphs.to_string()),
    column("instances", 0, |row| row.instances.to_string()),
    column("states", 0, |row| row.states.total.to_string()),
    column("largest", 2, |row| row.states.largest.to_string()),
    column("transitions", 4, |row| row.transitions.to_string()),
    column("messages", 0, |row| match (row.least, row.greatest) {
        (Some(least), Some(greatest)) if least != greatest => format!("{least}..{greatest}"),
        (least, _) => known(least),
    }),
    column("longest run", 0, |row| known(row.longest)),
    Column { name: "verdict", spare: 1, numbers: false, text: |row| row.outcome.name().to_owned() },
    column("time", 0, |row| seconds(row.time_s)),
];

const fn column(name: &'static str, spare: u8, text: fn(&Class) -> String) -> Column {
    Column { name, spare, numbers: true, text }
}

fn known(value: Option<u64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// The table for people: a row for each number of links, or of nodes if there are several; and one of all, if there are several rows.
pub(super) fn text(classes: &[Class], terminal: Terminal) -> String {
    let nodes = |class: &Class| class.nodes;
    let by_nodes = classes.iter().map(nodes).min() != classes.iter().map(nodes).max();
    let size = |row: &Class| if by_nodes { row.nodes } else { row.edges };
    let mut rows: Vec<(String, Class)> = Vec::new();
    for class in classes {
        match rows.iter_mut().find(|(_, row)| size(row) == size(class)) {
            Some((_, row)) => row.add(class),
            None => rows.push((size(class).to_string(), class.clone())),
        }
    }
    if let [(_, first), rest @ ..] = &rows[..]
        && !rest.is_empty()
    {
        let mut all = first.clone();
        rest.iter().for_each(|(_, row)| all.add(row));
        rows.push(("all".to_owned(), all));
    }
    let sheet = |spared: u8| {
        let columns = FOR_PEOPLE.iter().filter(|column| column.spare <= spared).collect::<Vec<_>>();
        let mut sheet = Sheet::new(terminal);
        let head = [if by_nodes { "nodes" } else { "links" }].into_iter().chain(columns.iter().map(|column| column.name));
        sheet.head(&head.collect::<Vec<_>>());
        for (name, row) in &rows {
            let cells = columns.iter().map(|column| Cell::new((column.text)(row)));
            sheet.row([sheet.name(name)].into_iter().chain(cells).collect());
        }
        sheet.numbers(0);
        let numbers = columns.iter().enumerate().filter(|(_, column)| column.numbers);
        numbers.for_each(|(place, _)| sheet.numbers(place + 1));
        sheet
    };
    let most = FOR_PEOPLE.iter().map(|column| column.spare).max().unwrap_or(0);
    let fitting = (0..=most).rev().map(sheet).find(|sheet| sheet.natural_width() <= terminal.width);
    fitting.unwrap_or_else(|| sheet(0)).text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{StateCount, Verdict};

    fn class(nodes: usize, edges: usize, least: u64, greatest: Option<u64>) -> Class {
        let states = StateCount { total: 100 * edges as u64, largest: 10 };
        Class {
            nodes,
            edges,
            graphs: 2,
            instances: 30,
            states,
            transitions: 1_000_000_000,
            least: Some(least),
            greatest,
            longest: Some(7),
            outcome: if greatest.is_some() { Verdict::Holds } else { Verdict::Bounded },
            time_s: 0.5,
        }
    }

    fn lines(classes: &[Class], width: usize) -> Vec<String> {
        text(classes, Terminal { width, colour: false, watched: false }).lines().map(str::to_owned).collect()
    }

    #[test]
    fn rows_are_by_links_and_what_is_not_known_of_one_is_not_known_of_all() {
        let right = [
            " links   graphs   instances   states   largest   transitions   messages   longest run   verdict     time",
            "─────────────────────────────────────────────────────────────────────────────────────────────────────────",
            "     3        2          30      300        10    1000000000       3..6             7   holds     500 ms",
            "     4        2          30      400        10    1000000000          -             7   bounded   500 ms",
            "   all        4          60      700        10    2000000000          -             7   bounded   1.00 s",
        ];
        let mut classes = [class(4, 3, 3, Some(6)), class(4, 4, 5, None)];
        classes[1].least = None;
        assert_eq!(lines(&classes, 120), right);
    }

    #[test]
    fn rows_are_by_nodes_if_there_are_several_and_columns_leave_where_there_is_no_room() {
        let right = [
            " nodes   instances   states   largest   messages   longest run   verdict     time",
            "──────────────────────────────────────────────────────────────────────────────────",
            "     3          60      500        10       2..6             7   holds     500 ms",
        ];
        let classes = [class(3, 2, 2, Some(4)), class(3, 3, 4, Some(6)), class(4, 3, 3, Some(6))];
        let narrow = lines(&classes, 90);
        assert_eq!((&*narrow[0], &*narrow[1]), (right[0], right[1]));
        assert!(narrow[2].starts_with("     3          60      500        10       2..6"), "{}", narrow[2]);
        assert_eq!(narrow.len(), 5);
    }

    #[test]
    fn the_columns_of_the_file_are_these() {
        let right = "protocol,nodes,edges,graphs,instances,states,largest,transitions,messages_least,messages_greatest,longest,outcome\n\
                     echo,4,3,2,30,300,10,1000000000,3,6,7,holds\necho,4,4,2,30,400,10,1000000000,5,,7,bounded\n";
        assert_eq!(csv("echo", &[class(4, 3, 3, Some(6)), class(4, 4, 5, None)]), right);
    }
}
