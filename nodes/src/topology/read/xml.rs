//! Formats in XML, which the feature `cli` of the crate reads.

#[cfg(feature = "cli")]
pub(in crate::topology) use super::{gexf::read as gexf, graphml::read as graphml};

#[cfg(feature = "cli")]
mod parsed {
    use roxmltree::{Document, Node, ParsingOptions};

    use crate::topology::read::wrong::{Place, Wrong};

    /// How many attributes an element has at most, and how many namespaces are declared where it stands: the parser compares each
    /// with every other.
    const MOST_NAMES: usize = 256;

    /// The document.  Entities are refused, which could make a small file large.
    pub(in crate::topology::read) fn parse(text: &str) -> Result<Document<'_>, Wrong> {
        if let Some(doctype) = text.find("<!DOCTYPE")
            && let Some(entity) = text[doctype..].find("<!ENTITY")
        {
            return Err(Wrong::at(byte(doctype + entity), "this defines an entity, which is not read; write its text instead"));
        }
        if let Some(refused) = refused(text) {
            return Err(refused);
        }
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        Document::parse_with_options(text, options)
            .map_err(|cause| Wrong::at(cause.pos().row.max(1) as usize, format!("this is not XML: {cause}")))
    }

    /// What would take the parser very long: an element with too many names, or definitions, in which they may be hidden.
    fn refused(text: &str) -> Option<Wrong> {
        // By element that is open: the namespaces that are declared in it and around it.
        let mut declared: Vec<usize> = Vec::new();
        let mut place = 0;
        // What does not end is the parser's to refuse.
        while let Some(start) = text[place..].find('<').map(|start| place + start) {
            let rest = &text[start..];
            let passed =
                [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")].into_iter().find(|(open, _)| rest.starts_with(open));
            if let Some((_, close)) = passed {
                place = start + rest.find(close)? + close.len();
                continue;
            }
            if rest.starts_with("<!") {
                let end = outside_quotes(rest, |_, byte| matches!(byte, b'[' | b'>'))?;
                if rest.as_bytes()[end] == b'[' {
                    return Some(Wrong::at(byte(start), "a DOCTYPE with definitions in brackets is not read; take it out"));
                }
                place = start + end;
                continue;
            }
            let (mut attributes, mut namespaces) = (0, declared.last().copied().unwrap_or(0));
            let end = outside_quotes(rest, |place, byte| {
                if byte == b'=' {
                    let name = rest[..place].trim_end().rsplit(char::is_whitespace).next();
                    attributes += 1;
                    namespaces += usize::from(name.is_some_and(|name| name.starts_with("xmlns")));
                }
                byte == b'>' || attributes > MOST_NAMES
            })?;
            place = start + end;
            if attributes.max(namespaces) > MOST_NAMES {
                let why = format!("an element has more than {MOST_NAMES} attributes or namespaces, which is no graph's");
                return Some(Wrong::at(byte(start), why));
            }
            match (rest.starts_with("</"), rest[..end].ends_with('/')) {
                (true, _) => drop(declared.pop()),
                (false, true) => {}
                (false, false) => declared.push(namespaces),
            }
        }
        None
    }

    /// Where a byte stands that is looked for, and not in quotes.
    fn outside_quotes(text: &str, mut is: impl FnMut(usize, u8) -> bool) -> Option<usize> {
        let mut quote = None;
        text.bytes().enumerate().position(|(place, byte)| match quote {
            Some(open) => {
                quote = quote.filter(|_| byte != open);
                false
            }
            None if matches!(byte, b'"' | b'\'') => {
                quote = Some(byte);
                false
            }
            None => is(place, byte),
        })
    }

    fn byte(place: usize) -> Place {
        Place::Byte(place as u32)
    }

    /// Where an element begins.
    pub(in crate::topology::read) fn place(node: Node<'_, '_>) -> Place {
        byte(node.range().start)
    }

    /// Whether it is an element of that name.
    pub(in crate::topology::read) fn is(node: Node<'_, '_>, name: &str) -> bool {
        node.is_element() && node.tag_name().name() == name
    }
}

#[cfg(feature = "cli")]
pub(super) use parsed::{is, parse, place};

#[cfg(not(feature = "cli"))]
pub(in crate::topology) fn graphml(_text: &str) -> Result<super::Collector, super::Wrong> {
    Err(super::Wrong::whole("XML is read by the feature `cli` of the crate `nodes`, which this program was built without"))
}

#[cfg(not(feature = "cli"))]
pub(in crate::topology) use graphml as gexf;
