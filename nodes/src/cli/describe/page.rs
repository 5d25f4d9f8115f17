//! All that is known of a protocol, as text.

use super::super::report::counted;
use super::super::terminal::Terminal;
use super::matrix::matrix;
use crate::check::{Known, KnownChecks};
use crate::link::DEFAULT_MAX_MESSAGE;
use crate::lint;
use crate::protocol::{Action, AnyProtocol, Description, InitiatorRule, Links, RecoveryInfo, When};

/// The page.
pub(super) fn page(protocol: &AnyProtocol, description: &Description, terminal: Terminal) -> String {
    let mut page = Page { text: String::new(), terminal };
    page.text.push_str(&format!("{}  {}\n", terminal.title(&description.name), terminal.quiet(description.snake_name())));
    if !description.doc.trim().is_empty() {
        page.paragraph(&description.doc, 0);
    }
    page.text.push('\n');
    assumptions(&mut page, description);
    messages(&mut page, description);
    page.heading("rules: what happens in which state");
    page.text.push_str(&matrix(description, terminal));
    handlers(&mut page, description);
    let states = description.states.iter().filter(|state| !state.doc.trim().is_empty());
    page.definitions("states", states.map(|state| (state.name.clone(), vec![state.doc.clone()])).collect());
    let properties = description.properties.iter().map(|property| {
        let when = match property.when {
            When::Always => "always",
            When::Finally => "finally",
        };
        let doc = property.doc.trim();
        (property.name.clone(), vec![if doc.is_empty() { when.to_owned() } else { format!("{when}: {doc}") }])
    });
    page.definitions("properties", properties.collect());
    page.definitions("checked on every schedule", known(protocol));
    let usual = protocol.config();
    let flags = description.flags.iter().map(|flag| {
        let default = usual.get(&flag.name).unwrap_or_default();
        let help = flag.help.trim().trim_end_matches('.');
        (
            format!("--{} {default}", flag.name),
            vec![if help.is_empty() { flag.kind_and_range() } else { format!("{help} ({})", flag.kind_and_range()) }],
        )
    });
    page.definitions("options of its configuration", flags.collect());
    for warning in lint::warnings_of(protocol) {
        page.text.push_str(&format!("\n{} {warning}\n", terminal.warning("warning:")));
    }
    page.text
}

/// What checks have found.
fn known(protocol: &AnyProtocol) -> Vec<(String, Vec<String>)> {
    let name = protocol.name();
    let checks = protocol.extension::<KnownChecks>().into_iter().flat_map(|checks| checks.of(&name));
    let entry = |Known { instance, verdict, states, messages, .. }: &Known| {
        let messages = messages.map_or_else(String::new, |(least, greatest)| match least == greatest {
            true => format!(", {greatest} messages"),
            false => format!(", {least} to {greatest} messages"),
        });
        (verdict.name().to_owned(), vec![format!("{instance}: {}{messages}", counted(*states, "state"))])
    };
    checks.map(entry).collect()
}

fn assumptions(page: &mut Page, description: &Description) {
    let links = match description.links {
        Links::Fifo => "every message arrives once, in the order of sending on its link",
        Links::Reliable => "every message arrives once, in any order",
        Links::Lossy => "messages may be lost, duplicated and reordered",
    };
    let initiators = match description.initiators {
        InitiatorRule::Any => "any nodes, at least one",
        InitiatorRule::One => "exactly one node",
        InitiatorRule::All => "every node",
    };
    let mut knows = vec!["its links"];
    if description.anonymous {
        knows.push("no id: nodes are anonymous");
    } else {
        knows.push("its own id");
    }
    if description.knows_neighbour_ids {
        knows.push("its neighbours' ids");
    }
    if description.knows_size {
        knows.push("n");
    }
    if description.has_input {
        knows.push("an input of its own");
    }
    page.facts(&[
        ("problem", description.problem.clone()),
        ("topology", format!("{}, for example {}", description.topology.name, description.topology.default)),
        ("links", format!("{}: {links}", description.links.name())),
        ("messages", size_of_messages(description.max_message)),
        ("initiators", initiators.to_owned()),
        ("a node knows", knows.join(", ")),
        ("after a crash", after_a_crash(description)),
        ("cost", description.cost.clone()),
        ("source", description.source.clone()),
    ]);
}

/// How large a message may be, if that is worth a word.
fn size_of_messages(most: usize) -> String {
    let (bytes, unit) = match most {
        DEFAULT_MAX_MESSAGE => return String::new(),
        most if most.is_multiple_of(1 << 30) => (most >> 30, "GiB"),
        most if most.is_multiple_of(1 << 20) => (most >> 20, "MiB"),
        most if most.is_multiple_of(1 << 10) => (most >> 10, "KiB"),
        most => (most, "B"),
    };
    format!("of up to {bytes} {unit}")
}

/// What a node knows that comes back.
fn after_a_crash(description: &Description) -> String {
    match &description.recovery {
        Some(RecoveryInfo { handler, stored, .. }) => {
            format!("what it stored last, `{stored}`, which `{handler}` takes up; if it has stored nothing, it begins anew")
        }
        None => "nothing: it begins anew, without an impulse".to_owned(),
    }
}

fn messages(page: &mut Page, description: &Description) {
    let messages = description.messages.iter().map(|message| {
        let (fields, doc) = (message.schema.trim(), message.doc.trim());
        // The fields as they are written, then what the message means.
        (message.name.clone(), vec![spaced(fields), doc.to_owned()])
    });
    page.definitions("messages", messages.collect());
    let alarms = description.alarms.iter().map(|alarm| (alarm.name.clone(), vec![alarm.doc.clone()]));
    page.definitions("alarms", alarms.collect());
}

/// Fields as people write them: `origin: Id, limit: u32`.
fn spaced(schema: &str) -> String {
    let inner = schema.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(schema);
    let mut text = String::new();
    let mut letters = inner.trim().trim_end_matches(',').chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        text.push(letter);
        let of_path = letter == ':' && (before == ':' || letters.peek() == Some(&':'));
        if (letter == ',' || letter == ':' && !of_path) && letters.peek().is_some_and(|next| *next != ' ') {
            text.push(' ');
        }
        before = letter;
    }
    text
}

/// What stands above handlers.
fn handlers(page: &mut Page, description: &Description) {
    let mut documented: Vec<(String, Vec<String>)> = Vec::new();
    for rule in &description.rules {
        if let Action::Handle { handler, .. } = &rule.action
            && !rule.doc.trim().is_empty()
            && !documented.iter().any(|(name, _)| name == handler)
        {
            documented.push((handler.clone(), vec![rule.doc.clone()]));
        }
    }
    if let Some(RecoveryInfo { handler, doc, .. }) = &description.recovery
        && !doc.trim().is_empty()
    {
        documented.push((handler.clone(), vec![doc.clone()]));
    }
    page.definitions("handlers", documented);
}

struct Page {
    text: String,
    terminal: Terminal,
}

impl Page {
    fn heading(&mut self, title: &str) {
        self.text.push_str(&format!("\n{}\n", self.terminal.title(title)));
    }

    /// What is known, name by name; what is empty is left out.
    fn facts(&mut self, facts: &[(&str, String)]) {
        let width = facts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in facts.iter().filter(|(_, value)| !value.trim().is_empty()) {
            self.entry(&self.terminal.quiet(name).to_string(), name.len(), std::slice::from_ref(value), width);
        }
    }

    fn definitions(&mut self, title: &str, entries: Vec<(String, Vec<String>)>) {
        if entries.is_empty() {
            return;
        }
        self.heading(title);
        let width = entries.iter().map(|(name, _)| name.len()).max().unwrap_or(0).min(24);
        for (name, paragraphs) in entries {
            self.entry(&name, name.len(), &paragraphs, width);
        }
    }

    fn entry(&mut self, painted: &str, length: usize, paragraphs: &[String], width: usize) {
        let indent = width + 4;
        let room = self.terminal.width.saturating_sub(indent).max(20);
        let mut lines = paragraphs.iter().flat_map(|text| wrap(text.trim_end(), room));
        let blanks = " ".repeat(width.saturating_sub(length));
        let first = lines.next().unwrap_or_default();
        self.text.push_str(format!("  {painted}{blanks}  {first}").trim_end());
        self.text.push('\n');
        for line in lines {
            self.text.push_str(format!("{:indent$}{line}", "").trim_end());
            self.text.push('\n');
        }
    }

    fn paragraph(&mut self, text: &str, indent: usize) {
        for line in wrap(text, self.terminal.width.saturating_sub(indent)) {
            self.text.push_str(format!("{:indent$}{line}", "").trim_end());
            self.text.push('\n');
        }
    }
}

/// Breaks text into lines; an empty line, and one that is indented, stay as they are.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for source in text.lines() {
        let source = source.strip_prefix(' ').unwrap_or(source).trim_end();
        if source.is_empty() || source.starts_with(' ') {
            lines.extend((!line.is_empty()).then(|| std::mem::take(&mut line)));
            lines.push(source.to_owned());
            continue;
        }
        for word in source.split(' ') {
            let length = console::measure_text_width(&line) + 1 + console::measure_text_width(word);
            if !line.is_empty() && length > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines
}

#[cfg(test)]
mod tests {
    use super::{size_of_messages, spaced, wrap};

    #[test]
    fn fields_are_spaced_as_people_write_them() {
        assert_eq!(spaced("{origin:Id,limit:u32}"), "origin: Id, limit: u32");
        assert_eq!(spaced("{ at: core::time::Duration }"), "at: core::time::Duration");
        assert_eq!(spaced("(Id,u32)"), "(Id, u32)");
        assert_eq!(spaced(""), "");
    }

    #[test]
    fn a_size_of_messages_is_told_in_its_largest_unit_unless_it_is_the_usual() {
        let told = [1 << 20, 45 << 20, 1 << 30, 1 << 10, 1500, 3 << 10].map(size_of_messages);
        assert_eq!(told, ["", "of up to 45 MiB", "of up to 1 GiB", "of up to 1 KiB", "of up to 1500 B", "of up to 3 KiB"]);
    }

    #[test]
    fn text_is_wrapped_between_words() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap(" one\n two", 80), ["one two"], "the lines of a doc comment are one paragraph");
        assert_eq!(wrap("one\n\ntwo", 80), ["one", "", "two"]);
        assert_eq!(wrap("overlong word", 4), ["overlong", "word"]);
    }
}
