//! DOT, the language of Graphviz: nodes, chains of links, groups; of attributes only weights and labels are read.

use super::collector::Collector;
use super::cursor::Cursor;
use super::names::{self, Best};
use super::{Wrong, entities, shown, weight};
use crate::sorting;

/// How deep groups may stand in groups.
const DEEPEST: usize = 100;
/// How many links may come of links between groups, which are a product.
const MOST_OF_GROUPS: usize = 1_000_000;

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut reader = Reader { cursor: Cursor::new(text), collector: Collector::default(), directed: false, of_groups: 0 };
    reader.space()?;
    if reader.is_word("strict") {
        reader.identifier()?;
    }
    reader.directed = reader.is_word("digraph");
    if !reader.directed && !reader.is_word("graph") {
        return Err(reader.cursor.expected("`graph` or `digraph`"));
    }
    reader.identifier()?;
    if reader.directed {
        reader.collector.set_directed();
    }
    if !reader.cursor.starts_with("{") {
        reader.identifier()?;
    }
    reader.group(None, 0)?;
    if reader.cursor.peek().is_some() {
        return Err(reader.cursor.expected("nothing after the graph"));
    }
    Ok(reader.collector)
}

/// Numbers at links that say how they are drawn.
const DRAWN: [&str; 9] =
    ["arrowsize", "fontsize", "labelangle", "labeldistance", "labelfontsize", "minlen", "nojustify", "penwidth", "peripheries"];

struct Reader<'a> {
    cursor: Cursor<'a>,
    collector: Collector,
    directed: bool,
    of_groups: usize,
}

impl Reader<'_> {
    /// `{ .. }`; gives the nodes in it.
    fn group(&mut self, mut usual_weight: Option<f64>, depth: usize) -> Result<Vec<String>, Wrong> {
        if depth > DEEPEST {
            return Err(Wrong::at(self.cursor.line(), format!("groups stand in groups more than {DEEPEST} deep")));
        }
        self.sign("{")?;
        let mut nodes = Vec::new();
        while !self.cursor.starts_with("}") {
            if self.cursor.eat(";") {
                self.space()?;
                continue;
            }
            if self.is_word("graph") || self.is_word("node") || self.is_word("edge") {
                let about_edges = self.is_word("edge");
                self.identifier()?;
                let (line, attributes) = (self.cursor.line(), self.attributes()?);
                if about_edges {
                    usual_weight = self.weight(&attributes, line)?.or(usual_weight);
                }
                continue;
            }
            self.statement(usual_weight, depth, &mut nodes)?;
        }
        self.sign("}")?;
        Ok(nodes)
    }

    /// `a`, `a -- b -- {c d}`, each with attributes; or `name = value`.
    fn statement(&mut self, usual_weight: Option<f64>, depth: usize, nodes: &mut Vec<String>) -> Result<(), Wrong> {
        let line = self.cursor.line();
        let is_name = !self.at_group();
        let mut chain = vec![self.operand(usual_weight, depth)?];
        if is_name && self.cursor.eat("=") {
            self.space()?;
            self.identifier()?;
            return Ok(());
        }
        loop {
            let (right, wrong) = if self.directed { ("->", "--") } else { ("--", "->") };
            if self.cursor.starts_with(wrong) {
                let kind = if self.directed { "digraph" } else { "graph" };
                return Err(self.cursor.expected(&format!("`{right}` in a {kind}")));
            }
            if !self.cursor.eat(right) {
                break;
            }
            self.space()?;
            chain.push(self.operand(usual_weight, depth)?);
        }
        let attributes = self.attributes()?;
        let heavy = if chain.len() > 1 { self.weight(&attributes, line)?.or(usual_weight) } else { None };
        for pair in chain.windows(2) {
            if pair[0].len() > 1 || pair[1].len() > 1 {
                self.of_groups = self.of_groups.saturating_add(pair[0].len().saturating_mul(pair[1].len()));
                if self.of_groups > MOST_OF_GROUPS {
                    return Err(Wrong::at(line, format!("links between groups make more than {MOST_OF_GROUPS} links")));
                }
            }
            for a in &pair[0] {
                for b in &pair[1] {
                    self.collector.link(a, b, heavy, line)?;
                }
            }
        }
        if let ([only], true, Some(label)) = (&chain[..], is_name, label(&attributes)) {
            for name in only {
                let node = self.collector.node(name);
                self.collector.label(node, &label);
            }
        }
        nodes.extend(chain.into_iter().flatten());
        Ok(())
    }

    /// A node, several with commas between them, or the nodes of a group.
    fn operand(&mut self, usual_weight: Option<f64>, depth: usize) -> Result<Vec<String>, Wrong> {
        if self.at_group() {
            let mut nodes = self.subgraph(usual_weight, depth)?;
            sorting::sort(&mut nodes);
            nodes.dedup();
            return Ok(nodes);
        }
        let mut nodes = Vec::new();
        loop {
            nodes.push(self.node()?);
            if !self.cursor.eat(",") {
                break;
            }
            self.space()?;
        }
        if nodes.len() > 1 {
            sorting::sort(&mut nodes);
            nodes.dedup();
        }
        Ok(nodes)
    }

    fn at_group(&self) -> bool {
        self.cursor.starts_with("{") || self.is_word("subgraph")
    }

    fn subgraph(&mut self, usual_weight: Option<f64>, depth: usize) -> Result<Vec<String>, Wrong> {
        if self.is_word("subgraph") {
            self.identifier()?;
            if !self.cursor.starts_with("{") {
                self.identifier()?;
            }
        }
        self.group(usual_weight, depth + 1)
    }

    fn node(&mut self) -> Result<String, Wrong> {
        let name = self.identifier()?;
        // A port, `a:n` or `a:p:n`, says where a line ends on the drawn node.
        while self.cursor.eat(":") {
            self.space()?;
            self.identifier()?;
        }
        if !self.cursor.starts_with("=") {
            self.collector.node(&name);
        }
        Ok(name)
    }

    /// The weight among a link's attributes.
    fn weight(&mut self, attributes: &[(String, String)], line: usize) -> Result<Option<f64>, Wrong> {
        let mut heavy = Best::default();
        for (name, value) in attributes.iter().rev() {
            match names::weight(name) {
                None if !DRAWN.contains(&&**name) => self.collector.unread(name, value),
                rank => heavy.offer(rank, value),
            }
        }
        heavy.take().map(|text| weight(text, line)).transpose()
    }

    /// `[a=b, c=d]`, any number of them.
    fn attributes(&mut self) -> Result<Vec<(String, String)>, Wrong> {
        let mut attributes = Vec::new();
        while self.cursor.starts_with("[") {
            self.sign("[")?;
            while !self.cursor.starts_with("]") {
                let name = self.identifier()?;
                let mut value = String::from("true");
                if self.cursor.eat("=") {
                    self.space()?;
                    value = self.identifier()?;
                }
                attributes.push((name, value));
                if self.cursor.eat(",") || self.cursor.eat(";") {
                    self.space()?;
                }
            }
            self.sign("]")?;
        }
        Ok(attributes)
    }

    fn sign(&mut self, sign: &str) -> Result<(), Wrong> {
        if !self.cursor.eat(sign) {
            return Err(self.cursor.expected(&format!("`{sign}`")));
        }
        self.space()
    }

    /// Whether that keyword comes next.
    fn is_word(&self, word: &str) -> bool {
        let mut ahead = self.cursor.clone();
        ahead.take_while(in_word).eq_ignore_ascii_case(word)
    }

    /// A name, a number, a text in quotes or in angle brackets; and the space after it.
    fn identifier(&mut self) -> Result<String, Wrong> {
        let line = self.cursor.line();
        let name = match self.cursor.peek() {
            Some('"') => {
                let mut text = self.quoted()?;
                self.space()?;
                while self.cursor.eat("+") {
                    self.space()?;
                    text += &self.quoted()?;
                    self.space()?;
                }
                text
            }
            Some('<') => {
                let (mut text, mut open) = (String::new(), 0usize);
                loop {
                    let letter = self.cursor.next().ok_or_else(|| Wrong::at(line, "this text has no closing `>`"))?;
                    match letter {
                        '<' => open += 1,
                        '>' => open -= 1,
                        _ => {}
                    }
                    text.push(letter);
                    if open == 0 {
                        break;
                    }
                }
                text
            }
            Some('-' | '.' | '0'..='9') if !self.cursor.starts_with("--") && !self.cursor.starts_with("->") => {
                let sign = if self.cursor.eat("-") { "-" } else { "" };
                let digits = self.cursor.take_while(|letter| letter.is_ascii_digit() || letter == '.');
                if digits.is_empty() {
                    return Err(self.cursor.expected("a number"));
                }
                if self.cursor.peek().is_some_and(in_word) {
                    let word = format!("{sign}{digits}{}", self.cursor.take_while(in_word));
                    let why = format!("`{0}` begins with a digit and is no number; write `\"{0}\"`", shown(&word));
                    return Err(Wrong::at(line, why));
                }
                format!("{sign}{digits}")
            }
            _ => {
                let word = self.cursor.take_while(in_word);
                if word.is_empty() {
                    return Err(self.cursor.expected("the name of a node"));
                }
                word.to_owned()
            }
        };
        self.space()?;
        Ok(name)
    }

    fn quoted(&mut self) -> Result<String, Wrong> {
        let line = self.cursor.line();
        if !self.cursor.eat("\"") {
            return Err(self.cursor.expected("a text in `\"`"));
        }
        let mut text = String::new();
        loop {
            match self.cursor.next() {
                None => return Err(Wrong::at(line, format!("this text has no closing `\"`: {}", shown(&text)))),
                Some('"') => return Ok(text),
                Some('\\') if self.cursor.eat("\"") => text.push('"'),
                // They stay, and the second means nothing to a quote behind it.
                Some('\\') if self.cursor.eat("\\") => text.push_str("\\\\"),
                // A line that goes on.
                Some('\\') if self.cursor.eat("\r\n") || self.cursor.eat("\n") => {}
                Some(letter) => text.push(letter),
            }
        }
    }

    /// Goes past spaces and comments.
    fn space(&mut self) -> Result<(), Wrong> {
        loop {
            self.cursor.take_while(char::is_whitespace);
            let line = self.cursor.line();
            if self.cursor.starts_with("//") || self.cursor.starts_with("#") {
                self.cursor.take_while(|letter| letter != '\n');
            } else if self.cursor.eat("/*") {
                self.cursor.take_until("*/").ok_or_else(|| Wrong::at(line, "this comment has no closing `*/`"))?;
            } else {
                return Ok(());
            }
        }
    }
}

fn in_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()
}

/// What a node is labelled; a text in angle brackets is a drawing, and `\\N` the node's name.
fn label(attributes: &[(String, String)]) -> Option<String> {
    let mut label = Best::default();
    for (name, value) in attributes.iter().rev().filter(|(_, value)| !value.starts_with('<') && value != "\\N") {
        label.offer(names::label(name), value);
    }
    label.take().map(|label| entities::replaced(label))
}
