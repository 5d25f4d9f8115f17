//! Comma-separated values (RFC 4180): a record a line.

/// A record, with its line's end.
pub(super) fn record<S: AsRef<str>>(fields: impl IntoIterator<Item = S>) -> String {
    let quoted = |field: S| {
        let field = field.as_ref();
        if field.contains([',', '"', '\n', '\r']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.to_owned() }
    };
    fields.into_iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

/// The records of a text.
pub(super) fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut fields, mut field) = (Vec::new(), Vec::new(), String::new());
    let mut quoted = false;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
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
                records.push(core::mem::take(&mut fields));
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
        let fields = ["plain", "gnp:10,0.3", "a \"quote\"", "two\nlines", ""];
        assert_eq!(records(&record(fields)), [fields]);
        assert_eq!(records("a,b\r\n1,2\r\n3,"), [["a", "b"], ["1", "2"]]);
    }
}
