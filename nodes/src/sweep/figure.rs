//! A figure for a paper: measured means with their 95 % intervals, and the laws that fit, over a variable.  SVG, nothing loaded
//! from elsewhere.

use core::fmt::Write;

use super::axis::Axis;

const WIDTH: f64 = 860.0;
const HEIGHT: f64 = 500.0;
const LEFT: f64 = 88.0;
const RIGHT: f64 = 600.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 430.0;
/// Between names in the legend.
const ROW: f64 = 40.0;

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

/// What belongs together: a line of the figure.
pub struct Series<'a> {
    /// Its name.
    pub name: String,
    /// What stands below the name, such as the law.
    pub note: String,
    /// What was measured, by x.
    pub spots: Vec<Spot>,
    /// The law that fits, as a curve.
    pub curve: Option<Box<dyn Fn(f64) -> Option<f64> + 'a>>,
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

impl Figure<'_> {
    /// The figure as an SVG document.
    pub fn svg(&self) -> String {
        let spots = || self.series.iter().flat_map(|series| &series.spots);
        let x = match &self.names {
            Some(names) => Axis::named(names),
            None => Axis::over(spots().map(|spot| spot.x), self.log),
        };
        let ends = spots().flat_map(|spot| [spot.y - spot.margin, spot.y + spot.margin, spot.y]);
        let y = Axis::over(ends.map(|end| end.max(0.0)), self.log);
        // In the legend the order is that of the lines at their right ends: the dearest on top.
        let mut order = (0..self.series.len()).collect::<Vec<_>>();
        let last = |series: &Series<'_>| series.spots.last().map_or((0.0, 0.0), |spot| (spot.x, spot.y));
        order.sort_by(|a, b| last(&self.series[*b]).1.total_cmp(&last(&self.series[*a]).1));
        let height = HEIGHT.max(TOP + 30.0 + ROW * order.len() as f64);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
             font-family=\"DejaVu Sans,Verdana,Helvetica,Arial,sans-serif\" font-size=\"13\" fill=\"#1a1a1a\">\n\
             <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n"
        );
        text(&mut svg, LEFT, 28.0, "font-size=\"17\" font-weight=\"bold\"", &self.title);
        text(&mut svg, LEFT, 48.0, "fill=\"#555\"", &self.subtitle);
        self.frame(&mut svg, &x, &y);
        let place = |spot_x: f64, spot_y: f64| {
            Some((LEFT + x.place(spot_x)? * (RIGHT - LEFT), BOTTOM - y.place(spot_y)? * (BOTTOM - TOP)))
        };
        for (number, series) in self.series.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            self.line(&mut svg, series, colour, &x, &place);
            for spot in &series.spots {
                let Some((at, middle)) = place(spot.x, spot.y) else { continue };
                if let (Some((_, low)), Some((_, high))) =
                    (place(spot.x, spot.y - spot.margin), place(spot.x, spot.y + spot.margin))
                    && low - high > 1.0
                {
                    let path = format!("M{at:.1} {low:.1}V{high:.1}M{:.1} {low:.1}h8M{:.1} {high:.1}h8", at - 4.0, at - 4.0);
                    let _ = writeln!(svg, "<path d=\"{path}\" stroke=\"{colour}\" stroke-width=\"1.2\" fill=\"none\"/>");
                }
                marker(&mut svg, number, colour, at, middle);
            }
        }
        for (row, number) in order.into_iter().enumerate() {
            let (at, colour, series) = (TOP + 14.0 + ROW * row as f64, COLOURS[number % COLOURS.len()], &self.series[number]);
            let _ = writeln!(svg, "<path d=\"M{:.1} {at:.1}h32\" stroke=\"{colour}\" stroke-width=\"2\"/>", RIGHT + 18.0);
            marker(&mut svg, number, colour, RIGHT + 34.0, at);
            text(&mut svg, RIGHT + 58.0, at + 4.5, "font-weight=\"bold\"", &series.name);
            text(&mut svg, RIGHT + 58.0, at + 20.0, "font-size=\"11\" fill=\"#555\"", &series.note);
        }
        svg.push_str("</svg>\n");
        svg
    }

    /// Axes, their ticks, what they mean.
    fn frame(&self, svg: &mut String, x: &Axis, y: &Axis) {
        for (value, name) in &y.ticks {
            let Some(place) = y.place(*value) else { continue };
            let at = BOTTOM - place * (BOTTOM - TOP);
            let _ = writeln!(svg, "<path d=\"M{LEFT} {at:.1}H{RIGHT}\" stroke=\"#e4e4e4\"/>");
            text(svg, LEFT - 8.0, at + 4.5, "text-anchor=\"end\"", name);
        }
        for (value, name) in &x.ticks {
            let Some(place) = x.place(*value) else { continue };
            let at = LEFT + place * (RIGHT - LEFT);
            let _ = writeln!(svg, "<path d=\"M{at:.1} {BOTTOM}v5\" stroke=\"#1a1a1a\"/>");
            text(svg, at, BOTTOM + 21.0, "text-anchor=\"middle\"", name);
        }
        let _ = writeln!(svg, "<path d=\"M{LEFT} {TOP}V{BOTTOM}H{RIGHT}\" fill=\"none\" stroke=\"#1a1a1a\"/>");
        let middle = (TOP + BOTTOM) / 2.0;
        text(svg, (LEFT + RIGHT) / 2.0, BOTTOM + 48.0, "text-anchor=\"middle\" font-size=\"14\"", &self.x);
        let turned = format!("text-anchor=\"middle\" font-size=\"14\" transform=\"rotate(-90 22 {middle})\"");
        text(svg, 22.0, middle, &turned, &self.y);
    }

    /// The law, dashed; without one the means are joined.
    fn line(
        &self,
        svg: &mut String,
        series: &Series<'_>,
        colour: &str,
        x: &Axis,
        place: &dyn Fn(f64, f64) -> Option<(f64, f64)>,
    ) {
        let (Some(first), Some(last)) = (series.spots.first(), series.spots.last()) else { return };
        let measured = series.spots.iter().map(|spot| place(spot.x, spot.y)).collect::<Vec<_>>();
        if let Some(curve) = &series.curve {
            let (from, to) = (x.place(first.x).unwrap_or(0.0), x.place(last.x).unwrap_or(1.0));
            let steps = (0..=96).map(|step| x.value(from + (to - from) * f64::from(step) / 96.0));
            let points = steps.map(|x| curve(x).and_then(|y| place(x, y))).collect::<Vec<_>>();
            path(svg, &points, &format!("stroke=\"{colour}\" stroke-width=\"1.6\" stroke-dasharray=\"6 4\""));
        } else {
            path(svg, &measured, &format!("stroke=\"{colour}\" stroke-width=\"1.6\""));
        }
    }
}

/// A line through the points that are there.
fn path(svg: &mut String, points: &[Option<(f64, f64)>], style: &str) {
    let mut pen = 'M';
    let mut path = String::new();
    for point in points {
        match point {
            Some((x, y)) => {
                let _ = write!(path, "{pen}{x:.1} {y:.1}");
                pen = 'L';
            }
            None => pen = 'M',
        }
    }
    let _ = writeln!(svg, "<path d=\"{path}\" fill=\"none\" {style}/>");
}

/// A shape for each line, so that a figure without colours can be read.
fn marker(svg: &mut String, number: usize, colour: &str, x: f64, y: f64) {
    let shape = match number % 7 {
        0 => format!("M{:.1} {y:.1}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", x - 4.5),
        1 => format!("M{:.1} {:.1}h8.4v8.4h-8.4z", x - 4.2, y - 4.2),
        2 => format!("M{x:.1} {:.1}l5.2 9h-10.4z", y - 5.6),
        3 => format!("M{x:.1} {:.1}l5.8 5.8l-5.8 5.8l-5.8 -5.8z", y - 5.8),
        4 => format!("M{x:.1} {:.1}l5.2 -9h-10.4z", y + 5.6),
        5 => format!("M{:.1} {:.1}l4.8 -3.6l4.8 3.6l-1.9 5.6h-5.8z", x - 4.8, y - 1.2),
        _ => format!("M{:.1} {:.1}h3v-3h3v3h3v3h-3v3h-3v-3h-3z", x - 4.5, y - 1.5),
    };
    let _ = writeln!(svg, "<path d=\"{shape}\" fill=\"{colour}\" stroke=\"#fff\" stroke-width=\"0.8\"/>");
}

fn text(svg: &mut String, x: f64, y: f64, style: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" {style}>{text}</text>");
}
