//! Text in XML and HTML.

/// The text as it stands there between tags and in attributes; a letter that XML has no place for is a blank, as is one that ends a
/// line or turns text around.
pub(crate) fn escaped(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => clean.push_str("&amp;"),
            '<' => clean.push_str("&lt;"),
            '>' => clean.push_str("&gt;"),
            '"' => clean.push_str("&quot;"),
            '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => clean.push(' '),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => clean.push(' '),
            letter => clean.push(letter),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_means_something_in_xml_is_written_out() {
        assert_eq!(escaped("a<b> & \"c\"\u{0}\u{ffff}\u{202e}é"), "a&lt;b&gt; &amp; &quot;c&quot;   é");
    }
}
