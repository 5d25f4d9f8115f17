//! Comma-separated values (RFC 4180): a record a line.

/// A record, with its line's end.
pub(super) fn record(fields: &[impl AsRef<str>]) -> String {
    let quoted = |field: &str| {
        if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
    };
    fields.iter().map(|field| quoted(field.as_ref())).collect::<Vec<_>>().join(",") + "\n"
}

/// The records of a text, each with the line that it begins in.
pub(super) fn records(text: &str) -> Vec<(usize, Vec<String>)> {
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let (mut line, mut begins, mut quoted) = (1, 1, false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        line += usize::from(letter == '\n');
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(core::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                fields.push(core::mem::take(&mut field));
                records.push((begins, core::mem::take(&mut fields)));
                begins = line;
            }
            letter => field.push(letter),
        }
    }
    // A last line without its end was cut short: it does not count.
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let fields = ["plain", "gnp:10,0.3", "a \"quote\"", "two\nlines", ""].map(str::to_owned);
        assert_eq!(records(&record(&fields)), [(1, fields.to_vec())]);
    }

    #[test]
    fn records_know_their_lines_and_what_was_cut_short_does_not_count() {
        let right = [(1, ["a", "b\nc"]), (3, ["1", "2"])].map(|(line, fields)| (line, fields.map(str::to_owned).to_vec()));
        assert_eq!(records("a,\"b\nc\"\r\n1,2\r\n3,"), right);
    }
}
