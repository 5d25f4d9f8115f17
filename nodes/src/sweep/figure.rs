//! A figure for a paper: measured means with their 95 % intervals over a variable, and what theory and the fitted laws say.

use super::axis::Axis;
use super::drawing::{Drawing, Pen, Point, Text};
use crate::sorting;

const LEFT: f64 = 88.0;
const RIGHT: f64 = 600.0;
/// Where the legend's text begins.
const LEGEND: f64 = RIGHT + 58.0;
const HEIGHT: f64 = 366.0;
const MARGIN: f64 = 20.0;
/// Between lines of small text.
const LINE: f64 = 15.0;
const GREY: &str = "#555555";

/// Colours that people with any colour vision tell apart (Okabe and Ito, *Color Universal Design*, 2008); yellow is too light
/// for lines on white.
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000", "#56b4e9", "#e69f00"];

/// A mean over a value of the variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// The variable's value; of a variable without numbers, its place among them.
    pub x: f64,
    /// The mean.
    pub y: f64,
    /// Half of its 95 % interval.
    pub margin: f64,
}

/// What a curve tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// What theory says.
    Theory,
    /// The law that was fitted to the measurements.
    Fit,
}

/// A curve beside the measurements: for x its y, where it has one.
pub struct Curve<'a> {
    /// What it tells.
    pub told: Told,
    /// What it is.
    pub of: Box<dyn Fn(f64) -> Option<f64> + 'a>,
}

/// What belongs together: a line of the figure.
pub struct Series<'a> {
    /// Its name.
    pub name: String,
    /// What stands below the name, line by line, such as the law.
    pub notes: Vec<String>,
    /// What was measured, by x.
    pub spots: Vec<Spot>,
    /// What stands beside it.
    pub curves: Vec<Curve<'a>>,
}

impl core::fmt::Debug for Series<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Series").field("name", &self.name).field("spots", &self.spots).finish_non_exhaustive()
    }
}

/// A figure.
#[derive(Debug, Default)]
pub struct Figure<'a> {
    /// What it shows.
    pub title: String,
    /// Under which conditions.
    pub subtitle: String,
    /// What x is, with its unit.
    pub x: String,
    /// What y is, with its unit.
    pub y: String,
    /// The values of a variable without numbers.
    pub names: Option<Vec<String>>,
    /// Whether both axes are logarithmic.
    pub log: bool,
    /// The lines.
    pub series: Vec<Series<'a>>,
}

/// The area of the axes.
struct Frame {
    x: Axis,
    y: Axis,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn place(&self, x: f64, y: f64) -> Option<Point> {
        let (right, up) = (self.x.place(x)?, self.y.place(y)?);
        Some((LEFT + right * (RIGHT - LEFT), self.bottom - up * (self.bottom - self.top)))
    }
}

impl Figure<'_> {
    /// The figure as an SVG document, which loads nothing from elsewhere.
    pub fn svg(&self) -> String {
        self.drawing().svg()
    }

    /// The figure as a PNG file, with 240 pixels to the inch.
    pub fn png(&self) -> Vec<u8> {
        self.drawing().png()
    }

    fn drawing(&self) -> Drawing {
        let notes = self.series.iter().flat_map(|series| &series.notes).map(|note| small((0.0, 0.0), note).width());
        let names = self.series.iter().map(|series| bold((0.0, 0.0), 13.0, &series.name).width());
        let width = (LEGEND + notes.chain(names).fold(170.0, f64::max) + MARGIN).max(820.0).ceil();
        let subtitle = wrapped(&self.subtitle, width - LEFT - MARGIN);
        let top = 52.0 + LINE * subtitle.len() as f64;
        let rows = self.series.iter().map(|series| 26.0 + LINE * series.notes.len() as f64).sum::<f64>();
        let height = (top + HEIGHT + 64.0).max(top + rows + 84.0).ceil();

        let spots = || self.series.iter().flat_map(|series| &series.spots);
        let x = match &self.names {
            Some(names) => Axis::named(names),
            None => Axis::over(spots().map(|spot| spot.x), self.log),
        };
        let ends = spots().flat_map(|spot| [spot.y - spot.margin, spot.y + spot.margin, spot.y]);
        let y = Axis::over(ends.map(|end| end.max(0.0)), self.log);
        let frame = Frame { x, y, top, bottom: top + HEIGHT };

        let mut drawing = Drawing::new(width, height);
        drawing.text(bold((LEFT, 28.0), 17.0, &self.title));
        for (row, line) in subtitle.iter().enumerate() {
            drawing.text(Text { colour: GREY, ..Text::new((LEFT, 47.0 + LINE * row as f64), 12.0, line) });
        }
        self.axes(&mut drawing, &frame);
        for (series, colour) in self.series.iter().zip(COLOURS.iter().cycle()) {
            curves(&mut drawing, &frame, series, colour);
        }
        for (number, (series, colour)) in self.series.iter().zip(COLOURS.iter().cycle()).enumerate() {
            measured(&mut drawing, &frame, series, number, colour);
        }
        self.legend(&mut drawing, top);
        drawing
    }

    /// Axes, their ticks, what they mean.
    fn axes(&self, drawing: &mut Drawing, frame: &Frame) {
        let (ink, top, bottom) = (Pen::of("#1a1a1a", 1.0), frame.top, frame.bottom);
        for (value, name) in &frame.y.ticks {
            let Some(place) = frame.y.place(*value) else { continue };
            let at = bottom - place * (bottom - top);
            drawing.line(vec![(LEFT, at), (RIGHT, at)], Pen::of("#e4e4e4", 1.0));
            drawing.text(Text { anchor: 1.0, ..Text::new((LEFT - 8.0, at + 4.5), 13.0, name) });
        }
        for (value, name) in &frame.x.ticks {
            let Some(place) = frame.x.place(*value) else { continue };
            let at = LEFT + place * (RIGHT - LEFT);
            drawing.line(vec![(at, bottom), (at, bottom + 5.0)], ink);
            drawing.text(Text { anchor: 0.5, ..Text::new((at, bottom + 21.0), 13.0, name) });
        }
        drawing.line(vec![(LEFT, top), (LEFT, bottom), (RIGHT, bottom)], ink);
        drawing.text(Text { anchor: 0.5, ..Text::new(((LEFT + RIGHT) / 2.0, bottom + 46.0), 14.0, &self.x) });
        let middle = (22.0, (top + bottom) / 2.0);
        drawing.text(Text { anchor: 0.5, turned: true, ..Text::new(middle, 14.0, &self.y) });
    }

    /// Names beside the lines, in the order of their right ends: the dearest on top.
    fn legend(&self, drawing: &mut Drawing, top: f64) {
        let last = |number: &usize| self.series[*number].spots.last().map_or(0.0, |spot| spot.y);
        let mut order = (0..self.series.len()).collect::<Vec<_>>();
        sorting::by(&mut order, |a, b| last(b).total_cmp(&last(a)));
        let mut at = top + 12.0;
        for number in order {
            let (series, colour) = (&self.series[number], COLOURS[number % COLOURS.len()]);
            drawing.line(vec![(RIGHT + 18.0, at), (RIGHT + 50.0, at)], Pen::of(colour, 1.6));
            marker(drawing, number, colour, (RIGHT + 34.0, at));
            drawing.text(bold((LEGEND, at + 4.5), 13.0, &series.name));
            for note in &series.notes {
                at += LINE;
                drawing.text(small((LEGEND, at + 4.5), note));
            }
            at += 26.0;
        }
        let tells = |told| self.series.iter().any(|series| series.curves.iter().any(|curve| curve.told == told));
        for (told, meaning) in [(Told::Theory, "what theory says"), (Told::Fit, "the law that fits")] {
            if tells(told) {
                drawing.line(vec![(RIGHT + 18.0, at), (RIGHT + 50.0, at)], pen(told, GREY));
                drawing.text(small((LEGEND, at + 4.0), meaning));
                at += LINE + 2.0;
            }
        }
    }
}

/// The curves beside a series, from its first place to its last.
fn curves(drawing: &mut Drawing, frame: &Frame, series: &Series<'_>, colour: &'static str) {
    let (Some(first), Some(last)) = (series.spots.first(), series.spots.last()) else { return };
    let (from, to) = (frame.x.place(first.x).unwrap_or(0.0), frame.x.place(last.x).unwrap_or(1.0));
    for curve in &series.curves {
        let steps = (0..=240).map(|step| frame.x.value(from + (to - from) * f64::from(step) / 240.0));
        let points = steps.map(|x| (curve.of)(x).and_then(|y| frame.place(x, y))).collect::<Vec<_>>();
        // It may leave the frame and come back.
        for part in points.split(Option::is_none).filter(|part| part.len() > 1) {
            drawing.line(part.iter().copied().flatten().collect(), pen(curve.told, colour));
        }
    }
}

fn pen(told: Told, colour: &'static str) -> Pen {
    match told {
        Told::Theory => Pen::of(colour, 1.6).dashed(1.6, 3.2),
        Told::Fit => Pen::of(colour, 1.2).dashed(7.0, 4.0),
    }
}

/// The means, joined, with their intervals.
fn measured(drawing: &mut Drawing, frame: &Frame, series: &Series<'_>, number: usize, colour: &'static str) {
    let thin = Pen::of(colour, 1.2);
    drawing.line(series.spots.iter().filter_map(|spot| frame.place(spot.x, spot.y)).collect(), Pen::of(colour, 1.6));
    for spot in &series.spots {
        let Some((at, middle)) = frame.place(spot.x, spot.y) else { continue };
        let ends = frame.place(spot.x, spot.y - spot.margin).zip(frame.place(spot.x, spot.y + spot.margin));
        if let Some(((_, low), (_, high))) = ends.filter(|((_, low), (_, high))| low - high > 1.0) {
            drawing.line(vec![(at, low), (at, high)], thin);
            for end in [low, high] {
                drawing.line(vec![(at - 4.0, end), (at + 4.0, end)], thin);
            }
        }
        marker(drawing, number, colour, (at, middle));
    }
}

/// A shape for each line, so that a figure without colours can be read; white around it.
fn marker(drawing: &mut Drawing, number: usize, colour: &'static str, (x, y): Point) {
    let polygon = |corners: u32, radius: f64, turn: f64| {
        let angles = (0..corners).map(move |corner| (f64::from(corner) / f64::from(corners) + turn) * core::f64::consts::TAU);
        angles.map(move |angle| (radius * libm::sin(angle), -radius * libm::cos(angle))).collect::<Vec<_>>()
    };
    let plus = [(-1.0, -3.0), (1.0, -3.0), (1.0, -1.0), (3.0, -1.0), (3.0, 1.0), (1.0, 1.0)];
    let plus = plus.into_iter().chain(plus.map(|(x, y)| (-x, -y))).map(|(x, y)| (1.7 * x, 1.7 * y)).collect::<Vec<_>>();
    let shape = match number % 7 {
        0 => polygon(24, 4.6, 0.0),
        1 => polygon(4, 5.8, 0.125),
        2 => polygon(3, 6.0, 0.0),
        3 => polygon(4, 5.8, 0.0),
        4 => polygon(3, 6.0, 0.5),
        5 => polygon(5, 5.4, 0.0),
        _ => plus,
    };
    for (size, colour) in [(1.25, "#ffffff"), (1.0, colour)] {
        drawing.area(shape.iter().map(|(dx, dy)| (x + size * dx, y + size * dy)).collect(), colour);
    }
}

fn bold(at: Point, size: f64, text: &str) -> Text {
    Text { bold: true, ..Text::new(at, size, text) }
}

fn small(at: Point, text: &str) -> Text {
    Text { colour: GREY, ..Text::new(at, 11.0, text) }
}

/// The text in lines, broken between its parts.
fn wrapped(text: &str, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(", ").filter(|part| !part.is_empty()) {
        let fits = |line: &String| Text::new((0.0, 0.0), 12.0, format!("{line}, {part}")).width() <= width;
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) => line.push_str(&format!(", {part}")),
            None => lines.push(part.to_owned()),
        }
    }
    lines
}
