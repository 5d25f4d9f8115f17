//! Matrix Market (Boisvert, Pozo, Remington 1996): a sparse square matrix, an entry of which is a link.

use super::collector::Collector;
use super::{Wrong, shown, weight};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let header = text.lines().next().unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = header.split_whitespace().collect();
    let ["%%matrixmarket", "matrix", layout, field, symmetry] = words[..] else {
        return Err(Wrong::at(1, "expected `%%MatrixMarket matrix coordinate real symmetric` or its like"));
    };
    if layout != "coordinate" {
        return Err(Wrong::at(1, format!("a matrix in the form `{}` is not read: expected `coordinate`", shown(layout))));
    }
    let has_weights = match field {
        "pattern" => false,
        "real" | "integer" | "double" => true,
        _ => {
            return Err(Wrong::at(
                1,
                format!("numbers of the kind `{}` are no weights: expected `real`, `integer` or `pattern`", shown(field)),
            ));
        }
    };
    let mut lines = text.lines().enumerate().skip(1).map(|(line, content)| (line + 1, content.trim()));
    let mut lines = lines.by_ref().filter(|(_, content)| !content.is_empty() && !content.starts_with('%'));
    let (line, size) = lines.next().ok_or_else(|| Wrong::whole("the size of the matrix is missing"))?;
    let size: Vec<Option<u64>> = size.split_whitespace().map(|word| word.parse().ok()).collect();
    let [Some(n), Some(columns), Some(entries)] = size[..] else {
        return Err(Wrong::at(line, "expected the numbers of rows, columns and entries"));
    };
    if n != columns {
        return Err(Wrong::at(
            line,
            format!("{n} rows and {columns} columns: only a square matrix says which nodes are linked"),
        ));
    }
    let mut collector = Collector::default();
    collector.number_from_1(n, entries, text.len())?;
    let (mut read, mut diagonal, mut zero) = (0u64, 0u64, 0u64);
    for (line, content) in lines {
        let words: Vec<&str> = content.split_whitespace().collect();
        let (a, b, heavy) = match words[..] {
            [a, b] if !has_weights => (a, b, None),
            [a, b, heavy] if has_weights => (a, b, Some(weight(heavy, line)?)),
            _ => {
                let what = if has_weights { "row, column and number" } else { "row and column" };
                return Err(Wrong::at(line, format!("expected {what}, found `{}`", shown(content))));
            }
        };
        read += 1;
        let [a, b] = [collector.numbered(a, n, line)?, collector.numbered(b, n, line)?];
        match heavy {
            _ if a == b => diagonal += 1,
            Some(0.0) => zero += 1,
            _ => collector.link(&a, &b, heavy, line)?,
        }
    }
    if read != entries {
        return Err(Wrong::whole(format!("it says {entries} entries, and has {read}")));
    }
    for (count, what) in [(diagonal, "on the diagonal"), (zero, "that are 0")] {
        if count > 0 {
            collector.notice(line, format!("entries {what} are no links: {count} left out"));
        }
    }
    if symmetry == "general" {
        collector.set_directed();
        collector.undirected_if_symmetric();
    }
    Ok(collector)
}
