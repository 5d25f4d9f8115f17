//! Formats in XML, which the feature `cli` of the crate reads.

#[cfg(feature = "cli")]
pub(in crate::topology) use super::{gexf::read as gexf, graphml::read as graphml};

#[cfg(feature = "cli")]
mod parsed {
    use roxmltree::{Document, Node, ParsingOptions};

    use crate::topology::read::wrong::{Place, Wrong};

    /// The document.  Entities are refused, which could make a small file large.
    pub(in crate::topology::read) fn parse(text: &str) -> Result<Document<'_>, Wrong> {
        if let Some(doctype) = text.find("<!DOCTYPE")
            && let Some(entity) = text[doctype..].find("<!ENTITY")
        {
            return Err(Wrong::at(
                Place::Byte(doctype + entity),
                "this defines an entity, which is not read; write its text instead",
            ));
        }
        let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
        Document::parse_with_options(text, options)
            .map_err(|cause| Wrong::at(cause.pos().row.max(1) as usize, format!("this is not XML: {cause}")))
    }

    /// Where an element begins.
    pub(in crate::topology::read) fn place(node: Node<'_, '_>) -> Place {
        Place::Byte(node.range().start)
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
