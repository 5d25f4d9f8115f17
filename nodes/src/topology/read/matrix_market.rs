//! Matrix Market (Boisvert, Pozo, Remington 1996): a square matrix, sparse or dense, an entry of which is a link.

use super::collector::Collector;
use super::{Wrong, shown, weight};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let header = text.lines().next().unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = header.split_whitespace().collect();
    let ["%%matrixmarket", "matrix", layout, field, symmetry] = words[..] else {
        return Err(Wrong::at(1, "expected `%%MatrixMarket matrix coordinate real symmetric` or its like"));
    };
    if !["general", "symmetric"].contains(&symmetry) {
        let why = format!("a matrix that is `{}` is no graph: expected `general` or `symmetric`", shown(symmetry));
        return Err(Wrong::at(1, why));
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
    let is_dense = match layout {
        "coordinate" => false,
        "array" if has_weights => true,
        "array" => return Err(Wrong::at(1, "the entries of an `array` are numbers: expected `real` or `integer`")),
        _ => {
            let why = format!("a matrix in the form `{}` is not read: expected `coordinate` or `array`", shown(layout));
            return Err(Wrong::at(1, why));
        }
    };
    let is_symmetric = symmetry == "symmetric";
    let mut lines = content(text);
    let (line, sizes) = lines.next().ok_or_else(|| Wrong::whole("the size of the matrix is missing"))?;
    let (n, entries) = size(sizes, is_dense, is_symmetric).map_err(|why| Wrong::at(line, why))?;
    let mut matrix = Matrix::default();
    matrix.collector.numbered_from(1, n, entries, text.len());
    if is_dense {
        matrix.read_dense(lines, n, is_symmetric)?;
    } else {
        matrix.read_sparse(lines, n, has_weights)?;
    }
    let Matrix { mut collector, read, diagonal, zero } = matrix;
    if read != entries {
        return Err(Wrong::whole(format!("it says {entries} entries, and has {read}")));
    }
    for (count, what) in [(diagonal, "on the diagonal"), (zero, "that are 0")] {
        if count > 0 {
            collector.notice(line, format!("entries {what} are no links: {count} left out"));
        }
    }
    if !is_symmetric {
        collector.set_directed();
        collector.undirected_if_symmetric();
    }
    Ok(collector)
}

/// The lines after the first that are not empty, numbered from 1, without comments.
fn content(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().skip(1).map(|(line, content)| (line + 1, content.trim()));
    lines.filter(|(_, content)| !content.is_empty() && !content.starts_with('%'))
}

/// How many nodes there are, and how many entries follow.
fn size(sizes: &str, is_dense: bool, is_symmetric: bool) -> Result<(u64, u64), String> {
    let sizes: Vec<Option<u64>> = sizes.split_whitespace().map(|word| word.parse().ok()).collect();
    let (n, columns, entries) = match (is_dense, &sizes[..]) {
        (true, [Some(n), Some(columns)]) if is_symmetric => (*n, *columns, n.saturating_add(1).saturating_mul(*n) / 2),
        (true, [Some(n), Some(columns)]) => (*n, *columns, n.saturating_mul(*n)),
        (false, [Some(n), Some(columns), Some(entries)]) => (*n, *columns, *entries),
        (true, _) => return Err("expected the numbers of rows and columns".into()),
        (false, _) => return Err("expected the numbers of rows, columns and entries".into()),
    };
    if n != columns {
        return Err(format!("{n} rows and {columns} columns: only a square matrix says which nodes are linked"));
    }
    Ok((n, entries))
}

/// The links of a matrix, and its entries that are none.
#[derive(Default)]
struct Matrix {
    collector: Collector,
    read: u64,
    diagonal: u64,
    zero: u64,
}

impl Matrix {
    /// Row, column and perhaps a number in each line.
    fn read_sparse<'a>(
        &mut self,
        lines: impl Iterator<Item = (usize, &'a str)>,
        n: u64,
        has_weights: bool,
    ) -> Result<(), Wrong> {
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
            self.read += 1;
            let [a, b] = [self.collector.numbered(a, n, line)?, self.collector.numbered(b, n, line)?];
            match heavy {
                _ if a == b => self.diagonal += 1,
                Some(0.0) => self.zero += 1,
                _ => self.collector.link(&a, &b, heavy, line)?,
            }
        }
        Ok(())
    }

    /// A number for each row of each column; of a symmetric matrix from the diagonal on.  Most are 0, which needs no word.
    fn read_dense<'a>(
        &mut self,
        lines: impl Iterator<Item = (usize, &'a str)>,
        n: u64,
        is_symmetric: bool,
    ) -> Result<(), Wrong> {
        let first = |column: u64| if is_symmetric { column } else { 1 };
        let mut places = (1..=n).flat_map(|column| (first(column)..=n).map(move |row| (row, column)));
        for (line, content) in lines {
            for word in content.split_whitespace() {
                let heavy = weight(word, line)?;
                let (row, column) =
                    places.next().ok_or_else(|| Wrong::at(line, format!("it has more than {} entries", self.read)))?;
                self.read += 1;
                if heavy == 0.0 {
                    continue;
                }
                if row == column {
                    self.diagonal += 1;
                } else {
                    self.collector.link(&row.to_string(), &column.to_string(), Some(heavy), line)?;
                }
            }
        }
        Ok(())
    }
}
