//! A picture of lines, areas and text, and what it becomes: SVG, or a PNG without any other program.
//!
//! Text is as wide in both: letters are those of DejaVu Sans (see `letters/`), whose outlines are kept here as text; in an SVG
//! they are left to whoever shows it.

mod letters;
mod png;
mod raster;
mod svg;

use letters::Font;

/// A point, in pixels to the right and down.
pub(super) type Point = (f64, f64);

/// A picture.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub(super) width: f64,
    pub(super) height: f64,
    shapes: Vec<Shape>,
}

#[derive(Debug)]
enum Shape {
    Line { points: Vec<Point>, pen: Pen },
    Area { corners: Vec<Point>, colour: &'static str },
    Text(Text),
}

/// What a line is drawn with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    pub(super) colour: &'static str,
    pub(super) width: f64,
    /// So long a dash, so long a gap.
    pub(super) dash: Option<(f64, f64)>,
}

impl Pen {
    pub(super) fn of(colour: &'static str, width: f64) -> Self {
        Pen { colour, width, dash: None }
    }

    pub(super) fn dashed(self, dash: f64, gap: f64) -> Self {
        Pen { dash: Some((dash, gap)), ..self }
    }
}

/// A line of text.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) at: Point,
    pub(super) text: String,
    pub(super) size: f64,
    pub(super) colour: &'static str,
    pub(super) bold: bool,
    /// Which of its ends is at the point: 0 the first, 0.5 the middle, 1 the last.
    pub(super) anchor: f64,
    /// From below to above.
    pub(super) turned: bool,
}

impl Text {
    pub(super) fn new(at: Point, size: f64, text: impl Into<String>) -> Self {
        Text { at, text: text.into(), size, colour: "#1a1a1a", bold: false, anchor: 0.0, turned: false }
    }

    /// How wide it is, in pixels.
    pub(super) fn width(&self) -> f64 {
        Font::of(self.bold).width(&self.text) * self.size
    }
}

impl Drawing {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Drawing { width, height, shapes: Vec::new() }
    }

    pub(super) fn line(&mut self, points: Vec<Point>, pen: Pen) {
        self.shapes.push(Shape::Line { points, pen });
    }

    pub(super) fn area(&mut self, corners: Vec<Point>, colour: &'static str) {
        self.shapes.push(Shape::Area { corners, colour });
    }

    pub(super) fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }
}
