//! A protocol whose configuration names files: what it does depends on what they hold.

use nodes::prelude::*;

/// A line of a file.
#[message]
pub struct Line;

/// What is read.
#[config]
pub struct Source {
    /// a file; a message is sent for each of its lines
    #[default("nothing".to_owned())]
    pub file: String,
    /// another one
    pub more: Option<String>,
}

/// The initiator sends the lines of both files.
#[protocol]
pub struct Reading {
    lines: usize,
}

#[protocol]
impl Reading {
    #[init]
    fn new(config: &Source, _net: &mut Net<Self>) -> Self {
        let lines = |file: &str| std::fs::read_to_string(file).map_or(0, |text| text.lines().count());
        Reading { lines: lines(&config.file) + config.more.as_deref().map_or(0, lines) }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        for _ in 0..self.lines {
            net.send_to_all(Line);
        }
    }

    #[on(Line)]
    fn line(&mut self) {}
}
